//! Bodies from outside that are junk, huge, deep or hostile: refused with a reason, and nothing breaks.

use super::support::{Hook, alertmanager, files, post_alerts, post_json};
use crate::harness::{Server, answer};
use serde_json::{Value, json};

async fn raw(server: &Server, path: &str, body: Vec<u8>) -> (u16, Value) {
    let request = server
        .client
        .post(server.url(path))
        .bearer_auth(server.token())
        .header("content-type", "application/json")
        .body(body);
    answer(request).await
}

#[tokio::test(flavor = "multi_thread")]
async fn junk_is_refused_with_a_reason() {
    let hook = Hook::start().await;
    let (dir, setup) = files("groups: []\n", &alertmanager(&hook));
    let server = Server::on(dir, &setup).await.unwrap();
    let deep = [b"[".repeat(200_000), b"]".repeat(200_000)].concat();
    let deep_alert = [b"{\"alerts\":".to_vec(), deep.clone(), b"}".to_vec()].concat();
    let bodies = [
        b"".to_vec(),
        b"junk".to_vec(),
        b"null".to_vec(),
        b"[]".to_vec(),
        b"{}".to_vec(),
        b"\"text\"".to_vec(),
        b"{\"alerts\": 1}".to_vec(),
        vec![0xff; 1000],
        deep.clone(),
        deep_alert,
    ];
    for path in ["/api/v1/webhooks/grafana", "/api/v1/webhooks/alertmanager"] {
        for body in &bodies {
            let (status, answer) = raw(&server, path, body.clone()).await;
            let text = answer.to_string();
            assert!([400, 413, 422].contains(&status), "{path}: {status} {text}");
            assert!(answer["error"]["message"].is_string(), "{path}: {text}");
            assert!(text.len() < 2_000, "{path}: a long answer");
        }
    }
    let junk: Vec<&Vec<u8>> = bodies
        .iter()
        .filter(|body| ![&b"[]"[..]].contains(&body.as_slice()))
        .collect();
    for path in [
        "/alertmanager/api/v2/alerts",
        "/alertmanager/api/v2/silences",
    ] {
        for body in &junk {
            let (status, answer) = raw(&server, path, (*body).clone()).await;
            assert!(
                [400, 413, 422].contains(&status),
                "{path}: {status} {answer}"
            );
        }
    }
    junk_for_our_own_routes(&server, &deep).await;
    far_too_long(&server).await;
    let text = server
        .client
        .get(server.url("/metrics"))
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(
        text.contains("tacho_server_requests_refused_total{reason=\"panic\"} 0"),
        "a handler panicked"
    );
    server.stop().await;
}

async fn junk_for_our_own_routes(server: &Server, deep: &[u8]) {
    for path in [
        "/api/v1/silences",
        "/api/v1/silences/preview",
        "/api/v1/rules",
        "/api/v1/rules/check",
        "/api/v1/rules/preview",
        "/api/v1/rules/import",
        "/api/v1/routes/test",
        "/api/v1/alerts/test",
    ] {
        for body in [&b"junk"[..], b"[1]", b"{\"nonsense\": 1}", deep] {
            let (status, answer) = raw(server, path, body.to_vec()).await;
            assert!((400..500).contains(&status), "{path}: {status} {answer}");
        }
    }
}

/// The server need not read to the end what is far too long.
async fn far_too_long(server: &Server) {
    let huge = format!("{{\"title\": \"{}\"}}", "x".repeat(40 << 20)).into_bytes();
    for path in [
        "/api/v1/webhooks/grafana",
        "/alertmanager/api/v2/alerts",
        "/api/v1/rules/check",
    ] {
        let request = server
            .client
            .post(server.url(path))
            .bearer_auth(server.token());
        let request = request
            .header("content-type", "application/json")
            .body(huge.clone());
        if let Ok(response) = request.send().await {
            let status = response.status().as_u16();
            assert!([400, 413].contains(&status), "{path}: {status}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn silences_with_wrong_matchers_are_refused() {
    let hook = Hook::start().await;
    let (dir, setup) = files("groups: []\n", &alertmanager(&hook));
    let server = Server::on(dir, &setup).await.unwrap();
    let silence = |matchers: Value| json!({"matchers": matchers, "duration": "1h", "createdBy": "a", "comment": "c"});
    for matchers in [
        json!([]),
        json!([{"name": "", "op": "=", "value": "x"}]),
        json!([{"name": "a", "op": "~", "value": "x"}]),
        json!([{"name": "a", "op": "=~", "value": "("}]),
        json!([{"name": "a", "op": "=~", "value": "(a{1000}){1000}"}]),
        json!([{"name": "a", "op": "=~", "value": ".*"}]),
        json!([{"name": "a", "op": "=", "value": ""}]),
    ] {
        let (status, answer) =
            post_json(&server, "/api/v1/silences", &silence(matchers.clone())).await;
        assert_eq!(status, 400, "{matchers}: {answer}");
        let own = json!({"matchers": matchers.as_array().unwrap().iter().map(|one| json!({
                "name": one["name"], "value": one["value"], "isRegex": one["op"] != "=", "isEqual": true})).collect::<Vec<_>>(),
            "startsAt": "2026-01-01T00:00:00Z", "endsAt": "2099-01-01T00:00:00Z", "createdBy": "a", "comment": "c"});
        let (status, answer) = post_json(&server, "/alertmanager/api/v2/silences", &own).await;
        match matchers[0]["op"] == "~" {
            true => assert_eq!(status, 200, "{answer}"),
            false => assert_eq!(status, 400, "{own}: {answer}"),
        }
    }
    for (field, value) in [
        ("duration", json!("-1h")),
        ("duration", json!("x")),
        ("duration", json!("")),
        ("createdBy", json!("")),
        ("comment", json!(" ")),
        ("comment", json!("x".repeat(100_000))),
        ("endsAt", json!("2001-01-01T00:00:00Z")),
    ] {
        let mut body = silence(json!([{"name": "a", "op": "=", "value": "x"}]));
        body[field] = value.clone();
        let (status, answer) = post_json(&server, "/api/v1/silences", &body).await;
        assert!([400, 429].contains(&status), "{field}: {status} {answer}");
    }
    server.stop().await;
}

/// Alerts that are too large are refused one by one; hostile texts come through as they are.
#[tokio::test(flavor = "multi_thread")]
async fn hostile_labels_are_refused_or_told_as_they_are() {
    let hook = Hook::start().await;
    let (dir, setup) = files("groups: []\n", &alertmanager(&hook));
    let server = Server::on(dir, &setup).await.unwrap();
    let ends = "2099-01-01T00:00:00Z";
    let mut many: serde_json::Map<String, Value> = (0..50_000)
        .map(|at| (format!("l{at}"), json!("v")))
        .collect();
    many.insert("alertname".to_owned(), json!("Many"));
    let hostile = "a\r\nSet-Cookie: x\u{0}\u{1b}[31m</script><img src=x onerror=alert(1)>\"'`${x} {{ .Secret }} \u{202e}";
    let alerts = json!([
        {"labels": many, "endsAt": ends},
        {"labels": {"alertname": "Long", "l": "x".repeat(100 << 10)}, "endsAt": ends},
        {"labels": {"alertname": "Bad name", "a b": "x"}, "endsAt": ends},
        {"labels": {}, "endsAt": ends},
        {"labels": {"alertname": "Time"}, "startsAt": "yesterday"},
        {"labels": {"alertname": "Back"}, "startsAt": "2099-01-01T00:00:00Z", "endsAt": "2001-01-01T00:00:00Z"},
        {"labels": {"alertname": "Fine", "text": hostile}, "annotations": {"summary": hostile}, "endsAt": ends},
    ]);
    let webhook = json!({"status": "firing", "alerts": alerts});
    let (status, report) = post_json(&server, "/api/v1/webhooks/alertmanager", &webhook).await;
    assert_eq!(status, 200, "{report}");
    let (status, answer) = post_json(&server, "/alertmanager/api/v2/alerts", &alerts).await;
    assert_eq!(status, 400, "{answer}");
    assert!(answer.to_string().len() < 5_000, "a long answer");
    let message = hook
        .wait("hook", |body| body["groupLabels"]["alertname"] == "Fine")
        .await;
    assert_eq!(message["alerts"][0]["labels"]["text"], hostile);
    let listed = server
        .ok("/alertmanager/api/v2/alerts?filter=alertname%3D%22Fine%22")
        .await;
    assert_eq!(listed[0]["labels"]["text"], hostile);
    for path in [
        "/api/v1/alerts",
        "/api/v1/notifications",
        "/alertmanager/api/v2/alerts/groups",
    ] {
        let text = server.client.get(server.url(path)).send().await.unwrap();
        assert_eq!(text.status(), 200, "{path}");
        assert_eq!(text.headers()["x-content-type-options"], "nosniff");
    }
    for name in ["Many", "Long", "Time", "Back"] {
        assert!(!listed.to_string().contains(name));
    }
    server.stop().await;
}

/// What a Prometheus with many alerts sends in one go.
#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_alerts_at_once_are_taken() {
    let hook = Hook::start().await;
    let (dir, setup) = files("groups: []\n", &alertmanager(&hook));
    let server = Server::on(dir, &setup).await.unwrap();
    let alerts: Vec<Value> = (0..10_000)
        .map(|at| json!({"labels": {"alertname": "Wide", "instance": format!("i-{at}"), "pad": "p".repeat(200)},
            "annotations": {"summary": "s".repeat(100)}, "endsAt": "2099-01-01T00:00:00Z"}))
        .collect();
    post_alerts(&server, Value::Array(alerts)).await;
    let message = hook.wait("hook", |body| body["status"] == "firing").await;
    assert!(message["alerts"].as_array().unwrap().len() <= 10_000);
    let listed = server.ok("/api/v1/alerts?limit=10").await;
    assert_eq!(listed["counts"]["firing"], 10_000);
    server.stop().await;
}
