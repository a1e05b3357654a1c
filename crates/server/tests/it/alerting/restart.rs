//! What survives a stop, and a death without one: the folder as it lies there is what a kill leaves.

use super::support::{
    Hook, Mode, TestClock, alertmanager, files, found, gauge, post_alerts, post_json, until,
};
use crate::harness::{Server, Setup};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use tacho_stdx::clock::Clock as _;

const PENDING: &str = r#"
groups:
- name: slow
  interval: 1s
  rules:
  - alert: Waits
    expr: queue_size > 10
    for: 2m
"#;

/// A copy of the folder of a server that still runs: what `kill -9` would leave.
#[expect(clippy::disallowed_methods, reason = "tests copy files of their own")]
fn left_behind(from: &Path) -> tempfile::TempDir {
    fn copy(from: &Path, to: &Path) {
        std::fs::create_dir_all(to).unwrap();
        for entry in std::fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            let place = to.join(entry.file_name());
            match entry.file_type().unwrap().is_dir() {
                true => copy(&entry.path(), &place),
                false => drop(std::fs::copy(entry.path(), place).unwrap()),
            }
        }
    }
    let dir = tempfile::tempdir().unwrap();
    copy(from, dir.path());
    dir
}

/// Waits for an evaluation that begins now, and until the alert is pending for so long.
async fn pending(server: &Server, clock: &TestClock, age_s: i64) {
    let now_ms = clock.now_ns() / 1_000_000;
    let ms = |text: &Value| {
        let at: Option<jiff::Timestamp> = text.as_str().and_then(|text| text.parse().ok());
        at.map_or(0, jiff::Timestamp::as_millisecond)
    };
    let evaluated = |body: &Value| ms(&body["data"]["groups"][0]["lastEvaluation"]) > now_ms;
    until(server, "/prometheus/api/v1/rules", evaluated).await;
    let old = |body: &Value| {
        let alert = &body["data"]["alerts"][0];
        alert["state"] == "pending" && now_ms - ms(&alert["activeAt"]) > age_s * 1_000
    };
    until(server, "/prometheus/api/v1/alerts", old).await;
}

/// Waits until the answers of all messages are on disk: the log of deliveries knows them a moment earlier.
async fn outbox_is_empty(server: &Server) {
    let url = server.url("/metrics");
    loop {
        let answer = server.client.get(&url).send().await.unwrap();
        let text = answer.text().await.unwrap();
        if text
            .lines()
            .any(|line| line == "tacho_alerting_notifications_waiting 0")
        {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

/// The two minutes of `for` begin before a stop and end after a kill that came between.
#[tokio::test(flavor = "multi_thread")]
async fn a_pending_alert_goes_on_where_it_was() {
    let hook = Hook::start().await;
    let clock = TestClock::new();
    let (dir, setup) = files(PENDING, &alertmanager(&hook));
    let setup = Setup {
        clock: Some(clock.shared()),
        ..setup
    };
    let server = Server::on(dir, &setup).await.unwrap();
    gauge(&server, clock.as_ref(), "queue.size", &[("a", 20.0)]).await;
    pending(&server, &clock, -60).await;
    found(&server, "ALERTS_FOR_STATE").await;

    clock.pass(50);
    gauge(&server, clock.as_ref(), "queue.size", &[("a", 20.0)]).await;
    pending(&server, &clock, 45).await;
    let dir = server.stop().await;
    let server = Server::on(dir, &setup).await.unwrap();
    pending(&server, &clock, 45).await;

    clock.pass(50);
    gauge(&server, clock.as_ref(), "queue.size", &[("a", 20.0)]).await;
    pending(&server, &clock, 90).await;
    let copy = left_behind(server.dir.path());
    let killed = Server::on(copy, &setup).await.unwrap();
    pending(&killed, &clock, 90).await;
    let _files = server.stop().await;
    assert!(hook.got("hook").is_empty(), "{:#?}", hook.got("hook"));

    // 100 of 120 seconds are over.
    clock.pass(40);
    gauge(&killed, clock.as_ref(), "queue.size", &[("a", 20.0)]).await;
    let message = hook.wait("hook", |body| body["status"] == "firing").await;
    assert_eq!(message["alerts"][0]["labels"]["alertname"], "Waits");
    killed.stop().await;
}

/// Silence, acknowledgement and what was told are known after a stop and after a kill; nothing is told twice.
#[tokio::test(flavor = "multi_thread")]
async fn silences_acknowledgements_and_what_was_told_survive() {
    let hook = Hook::start().await;
    let (dir, setup) = files("groups: []\n", &alertmanager(&hook));
    let server = Server::on(dir, &setup).await.unwrap();
    let ends = "2099-01-01T00:00:00Z";
    let alert =
        |name: &str| json!({"labels": {"alertname": name, "instance": "i"}, "endsAt": ends});
    let silence = json!({"matchers": [{"name": "alertname", "op": "=", "value": "Quiet"}],
        "duration": "2h", "createdBy": "ada", "comment": "known"});
    let (status, silence) = post_json(&server, "/api/v1/silences", &silence).await;
    assert_eq!(status, 200, "{silence}");
    post_alerts(&server, json!([alert("Loud"), alert("Quiet")])).await;
    hook.wait("hook", |body| body["groupLabels"]["alertname"] == "Loud")
        .await;
    let told = |body: &Value| body["alerts"].to_string().contains("\"told\":[\"hook\"]");
    let alerts = until(&server, "/api/v1/alerts", told).await;
    let alerts = alerts["alerts"].as_array().unwrap().iter();
    let loud = alerts.clone().find(|one| one["name"] == "Loud").unwrap();
    let path = format!(
        "/api/v1/alerts/{}/acknowledge",
        loud["id"].as_str().unwrap()
    );
    let body = json!({"by": "lin", "comment": "on it"});
    let (status, answer) = post_json(&server, &path, &body).await;
    assert_eq!(status, 200, "{answer}");
    let quiet = |body: &Value| {
        body["notifications"]
            .as_array()
            .is_some_and(|all| all.iter().all(|one| one["status"] == "sent") && !all.is_empty())
    };
    until(&server, "/api/v1/notifications", quiet).await;
    let messages = hook.got("hook").len();

    outbox_is_empty(&server).await;
    let copy = left_behind(server.dir.path());
    let dir = server.stop().await;
    let mut kept = Vec::new();
    for dir in [dir, copy] {
        let server = Server::on(dir, &setup).await.unwrap();
        let (status, found) = server
            .get(&format!(
                "/api/v1/silences/{}",
                silence["id"].as_str().unwrap()
            ))
            .await;
        assert_eq!(
            (status, &found["state"]),
            (200, &json!("active")),
            "{found}"
        );
        assert_eq!(found["hides"], 1);
        let alerts = server.ok("/api/v1/alerts").await;
        let alerts = alerts["alerts"].as_array().unwrap();
        let of = |name| alerts.iter().find(|one| one["name"] == name).unwrap();
        assert_eq!(of("Loud")["acknowledged"]["by"], "lin");
        assert_eq!(of("Quiet")["hidden"][0]["by"], "silence");
        // Several looks at the groups tell nobody anything.
        tokio::time::sleep(std::time::Duration::from_secs(3)).await;
        assert_eq!(hook.got("hook").len(), messages);
        kept.push(server.stop().await);
    }
}

/// A message that was not taken when the server died is sent after the next start.
#[tokio::test(flavor = "multi_thread")]
async fn a_message_on_its_way_is_sent_after_a_kill() {
    let hook = Hook::start().await;
    hook.answers(Mode::Status(503));
    let (dir, setup) = files("groups: []\n", &alertmanager(&hook));
    let server = Server::on(dir, &setup).await.unwrap();
    let alert = json!([{"labels": {"alertname": "A"}, "endsAt": "2099-01-01T00:00:00Z"}]);
    post_alerts(&server, alert).await;
    hook.wait_for_tries(1).await;
    let copy = left_behind(server.dir.path());
    let _files = server.stop().await;
    assert!(hook.got("hook").is_empty());
    hook.answers(Mode::Ok);
    let server = Server::on(copy, &setup).await.unwrap();
    hook.wait("hook", |body| body["groupLabels"]["alertname"] == "A")
        .await;
    server.stop().await;
    assert_eq!(hook.got("hook").len(), 1);
}

/// A label that makes the key of a group very long keeps nothing from being written.
#[tokio::test(flavor = "multi_thread")]
async fn a_group_with_a_very_long_name_is_told_once_whatever_restarts() {
    let hook = Hook::start().await;
    let routes = alertmanager(&hook).replace("[alertname]", "[alertname, path]");
    let (dir, setup) = files("groups: []\n", &routes);
    let server = Server::on(dir, &setup).await.unwrap();
    let ends = "2099-01-01T00:00:00Z";
    let long = "ö/".repeat(2_000);
    let alerts = json!([
        {"labels": {"alertname": "Long", "path": long}, "endsAt": ends},
        {"labels": {"alertname": "Short"}, "endsAt": ends},
    ]);
    post_alerts(&server, alerts).await;
    for name in ["Long", "Short"] {
        hook.wait("hook", |body| body["groupLabels"]["alertname"] == name)
            .await;
    }
    let sent = |body: &Value| body["waiting"] == 0 && body["notifications"][1]["status"] == "sent";
    until(&server, "/api/v1/notifications", sent).await;
    outbox_is_empty(&server).await;
    let copy = left_behind(server.dir.path());
    let _files = server.stop().await;
    let server = Server::on(copy, &setup).await.unwrap();
    let alerts = server.ok("/alertmanager/api/v2/alerts").await;
    assert_eq!(alerts.as_array().unwrap().len(), 2);
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    assert_eq!(hook.got("hook").len(), 2);
    server.stop().await;
}

/// What a receiver takes while the server stops is known to have been told.
#[tokio::test(flavor = "multi_thread")]
async fn a_stop_waits_for_the_answer_of_a_message_on_its_way() {
    let (began, mut begins) = tokio::sync::mpsc::channel::<()>(8);
    let count = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let seen = Arc::clone(&count);
    let slow = move || {
        let (began, seen) = (began.clone(), Arc::clone(&seen));
        async move {
            seen.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            let _ = began.send(()).await;
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
            "ok"
        }
    };
    let app = axum::Router::new().route("/hook", axum::routing::post(slow));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    let hook = Hook::start().await;
    let routes = alertmanager(&hook).replace(&hook.address, &address.to_string());
    let (dir, setup) = files("groups: []\n", &routes);
    let server = Server::on(dir, &setup).await.unwrap();
    let alert = json!([{"labels": {"alertname": "A"}, "endsAt": "2099-01-01T00:00:00Z"}]);
    post_alerts(&server, alert).await;
    begins.recv().await.unwrap();
    let dir = server.stop().await;
    let server = Server::on(dir, &setup).await.unwrap();
    let list = server.ok("/api/v1/notifications").await;
    assert_eq!(list["notifications"][0]["status"], "sent", "{list:#}");
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    assert_eq!(count.load(std::sync::atomic::Ordering::SeqCst), 1);
    server.stop().await;
}
