//! Receivers that are down, slow, overrun, or refuse: what is to be told arrives as soon as it can, and no
//! receiver waits for another one.

use super::support::{Hook, Mode, TestClock, alertmanager, files, post_alerts, post_json, until};
use crate::harness::{Server, Setup};
use serde_json::{Value, json};
use std::time::Duration;

const ENDS: &str = "2099-01-01T00:00:00Z";

fn alert(name: &str, instance: &str) -> Value {
    json!({"labels": {"alertname": name, "instance": instance}, "endsAt": ENDS})
}

fn instances(body: &Value) -> usize {
    body["alerts"].as_array().unwrap().len()
}

/// Nothing listens for a while; then each group is told once, with what is true by then.
#[tokio::test(flavor = "multi_thread")]
async fn a_channel_that_was_down_gets_everything_once_it_is_up() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let other = Hook::start().await;
    let routes = alertmanager(&other).replace(&other.address, &address.to_string());
    let clock = TestClock::new();
    let (dir, setup) = files("groups: []\n", &routes);
    let setup = Setup {
        clock: Some(clock.shared()),
        ..setup
    };
    let server = Server::on(dir, &setup).await.unwrap();
    post_alerts(&server, json!([alert("A", "1"), alert("B", "1")])).await;
    let retries = |body: &Value| {
        let all = body["notifications"].as_array();
        all.is_some_and(|all| all.iter().any(|one| one["status"] == "retrying"))
    };
    until(&server, "/api/v1/notifications", retries).await;
    post_alerts(&server, json!([alert("A", "2")])).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let over =
        json!([{"labels": {"alertname": "B", "instance": "1"}, "endsAt": "2001-01-01T00:00:00Z"}]);
    post_alerts(&server, over).await;
    tokio::time::sleep(Duration::from_secs(2)).await;

    let hook = Hook::on(tokio::net::TcpListener::bind(address).await.unwrap());
    // A breaker rests for five minutes at most.
    clock.pass(301);
    let about = |name: &'static str| move |body: &Value| body["groupLabels"]["alertname"] == name;
    post_alerts(&server, json!([alert("C", "1")])).await;
    hook.wait("hook", |body| about("A")(body) && instances(body) == 2)
        .await;
    hook.wait("hook", about("C")).await;
    let sizes: Vec<usize> = hook
        .got("hook")
        .iter()
        .filter(|b| about("A")(b))
        .map(instances)
        .collect();
    assert!(sizes.is_sorted(), "older after newer: {sizes:?}");
    let empty = |body: &Value| body["waiting"] == 0;
    until(&server, "/api/v1/notifications", empty).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_that_asks_to_wait_is_given_time() {
    let hook = Hook::start().await;
    hook.answers(Mode::Later(600));
    let clock = TestClock::new();
    let (dir, setup) = files("groups: []\n", &alertmanager(&hook));
    let setup = Setup {
        clock: Some(clock.shared()),
        ..setup
    };
    let server = Server::on(dir, &setup).await.unwrap();
    post_alerts(&server, json!([alert("A", "1")])).await;
    hook.wait_for_tries(1).await;
    hook.answers(Mode::Ok);
    clock.pass(300);
    post_alerts(&server, json!([alert("B", "1")])).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(hook.tries(), 1, "asked before its time");
    clock.pass(301);
    post_alerts(&server, json!([alert("C", "1")])).await;
    for name in ["A", "B", "C"] {
        hook.wait("hook", |body| body["groupLabels"]["alertname"] == name)
            .await;
    }
    server.stop().await;
}

/// One says yes and never ends, another one is well: it is told meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn a_channel_that_hangs_delays_no_other() {
    let hangs = Hook::start().await;
    hangs.answers(Mode::Hang);
    let well = Hook::start().await;
    let routes = format!(
        "route:\n  receiver: both\n  group_by: [alertname]\n  group_wait: 10ms\n  group_interval: 1s\n\
         receivers:\n- name: both\n  webhook_configs:\n  - url: {}\n    timeout: 2s\n  - url: {}\n",
        hangs.url("hook"),
        well.url("hook")
    );
    let (dir, setup) = files("groups: []\n", &routes);
    let server = Server::on(dir, &setup).await.unwrap();
    for name in ["A", "B", "C"] {
        post_alerts(&server, json!([alert(name, "1")])).await;
        well.wait("hook", |body| body["groupLabels"]["alertname"] == name)
            .await;
    }
    // The one that hung counts as failed, and is told again.
    hangs.wait_for_tries(2).await;
    hangs.answers(Mode::Ok);
    for name in ["A", "B", "C"] {
        hangs
            .wait("hook", |body| body["groupLabels"]["alertname"] == name)
            .await;
    }
    assert_eq!(well.got("hook").len(), 3);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_is_refused_is_dead_and_can_be_sent_again() {
    let hook = Hook::start().await;
    hook.answers(Mode::Status(400));
    let (dir, setup) = files(
        "groups: []\n",
        &alertmanager(&hook).replace("group_interval: 1s", "group_interval: 1h"),
    );
    let server = Server::on(dir, &setup).await.unwrap();
    post_alerts(&server, json!([alert("A", "1")])).await;
    let dead = |body: &Value| body["dead"] == 1;
    let list = until(&server, "/api/v1/notifications?status=dead", dead).await;
    let message = &list["notifications"][0];
    assert!(
        message["error"].as_str().unwrap().contains("400"),
        "{message}"
    );
    assert!(
        !message.to_string().contains("/hook"),
        "the path is a secret: {message}"
    );
    hook.answers(Mode::Ok);
    let id = message["id"].as_str().unwrap();
    let (status, answer) = post_json(
        &server,
        &format!("/api/v1/notifications/{id}/retry"),
        &json!({}),
    )
    .await;
    assert_eq!(status, 200, "{answer}");
    hook.wait("hook", |body| body["groupLabels"]["alertname"] == "A")
        .await;
    let sent = |body: &Value| body["status"] == "sent";
    until(&server, &format!("/api/v1/notifications/{id}"), sent).await;
    let (status, _) = post_json(
        &server,
        &format!("/api/v1/notifications/{id}/retry"),
        &json!({}),
    )
    .await;
    assert_eq!(status, 409);
    server.stop().await;
}
