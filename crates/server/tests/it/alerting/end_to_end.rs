//! From a metric to the message about it, with the files of Prometheus and Alertmanager, and with nothing but
//! what comes with the program.

use super::support::{Hook, TestClock, alertmanager, files, found, gauge, post_json, send, until};
use crate::harness::{Server, Setup, attributes};
use serde_json::{Value, json};
use std::time::Duration;
use tacho_stdx::clock::{Clock as _, SystemClock};

const RULES: &str = r#"
groups:
- name: shop
  interval: 1s
  rules:
  - record: shop:queue:max
    expr: max by (k) (queue_size)
  - alert: QueueFull
    expr: queue_size > 10
    on_arrival: true
    labels: {severity: critical}
    annotations: {summary: 'queue {{ $labels.k }} has {{ $value }}'}
"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_metric_becomes_a_message_and_its_end_another() {
    let hook = Hook::start().await;
    let (dir, setup) = files(RULES, &alertmanager(&hook));
    let server = Server::on(dir, &setup).await.unwrap();
    let clock = SystemClock::new();
    gauge(&server, &clock, "queue.size", &[("a", 20.0), ("b", 3.0)]).await;
    let message = hook.wait("hook", |body| body["status"] == "firing").await;
    assert_eq!(message["receiver"], "hook");
    assert_eq!(message["version"], "4");
    assert_eq!(message["groupLabels"], json!({"alertname": "QueueFull"}));
    let alert = &message["alerts"][0];
    assert_eq!(alert["labels"]["k"], "a");
    assert_eq!(alert["annotations"]["summary"], "queue a has 20");
    assert_eq!(alert["endsAt"], "0001-01-01T00:00:00Z");

    let alerts = found(&server, "ALERTS{alertstate=\"firing\"}").await;
    assert_eq!(alerts[0]["metric"]["alertname"], "QueueFull");
    assert_eq!(alerts[0]["value"][1], "1");
    let state = found(&server, "ALERTS_FOR_STATE").await;
    assert_eq!(state[0]["metric"]["k"], "a");
    let recorded = found(&server, "shop:queue:max{k=\"a\"}").await;
    assert_eq!(recorded[0]["value"][1], "20");
    shapes(&server).await;

    gauge(&server, &clock, "queue.size", &[("a", 2.0), ("b", 3.0)]).await;
    let over = hook.wait("hook", |body| body["status"] == "resolved").await;
    assert_eq!(over["alerts"][0]["labels"]["k"], "a");
    assert_eq!(hook.got("hook").len(), 2);
    server.stop().await;
}

/// Rules and alerts as Prometheus shows them, and the alert as Alertmanager does.
async fn shapes(server: &Server) {
    let fires = |body: &Value| body["data"]["groups"][0]["rules"][1]["state"] == "firing";
    let rules = until(server, "/prometheus/api/v1/rules", fires).await;
    let group = &rules["data"]["groups"][0];
    assert_eq!(group["name"], "shop");
    assert_eq!(group["interval"], 1.0);
    assert!(group["file"].as_str().unwrap().ends_with("/rules.yml"));
    let [record, alert] = group["rules"].as_array().unwrap().as_slice() else {
        panic!("two rules: {group}");
    };
    assert_eq!(
        (&record["type"], &record["health"]),
        (&json!("recording"), &json!("ok"))
    );
    assert_eq!(alert["type"], "alerting");
    assert_eq!(alert["alerts"][0]["state"], "firing");
    assert_eq!(alert["alerts"][0]["value"], "2e+01");
    let alerts = server.ok("/prometheus/api/v1/alerts").await;
    assert_eq!(alerts["data"]["alerts"].as_array().unwrap().len(), 1);
    let alerts = server.ok("/alertmanager/api/v2/alerts").await;
    assert_eq!(alerts[0]["status"]["state"], "active");
    assert_eq!(alerts[0]["receivers"], json!([{"name": "hook"}]));
    let alerts = server.ok("/api/v1/alerts").await;
    assert_eq!(alerts["counts"]["firing"], 1, "{alerts}");
    assert_eq!(alerts["alerts"][0]["severity"], "critical");
}

/// Sums of `items` of all signals.
fn items(status: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open = vec![(String::new(), status)];
    while let Some((path, value)) = open.pop() {
        if let Some(object) = value.as_object() {
            for (key, value) in object {
                match key == "items" {
                    true => found.push((path.clone(), value.to_string())),
                    false => open.push((format!("{path}.{key}"), value)),
                }
            }
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn shipped_rules_and_own_metrics_are_not_counted_among_the_users() {
    let setup = Setup {
        config: "alerting:\n  evaluation_interval: 200ms".to_owned(),
        ..Setup::default()
    };
    let server = Server::with(setup).await;
    let before = items(&server.ok("/api/v1/status").await);
    assert!(!before.is_empty());
    found(
        &server,
        "ALERTS{alertname=\"Watchdog\",alertstate=\"firing\"}",
    )
    .await;
    found(&server, "tacho_server_ready").await;
    let after = items(&server.ok("/api/v1/status").await);
    assert_eq!(before, after);
    assert!(after.iter().all(|(_, count)| count == "0"), "{after:?}");
    let names = server.ok("/prometheus/api/v1/label/__name__/values").await;
    assert_eq!(names["data"], json!([]));
    server.stop().await;
}

/// As an SDK does it whose counter begins with the first failure: the first value is not nought.
#[tokio::test(flavor = "multi_thread")]
async fn twenty_failures_of_an_agent_are_told_at_once() {
    let hook = Hook::start().await;
    let config = format!(
        "alerting:\n  receivers:\n    - {{name: hook, type: webhook, url: '{}'}}\nalert_routing:\n  receiver: hook\n  group_wait: 10ms",
        hook.url("hook")
    );
    let server = Server::with(Setup {
        config,
        ..Setup::default()
    })
    .await;
    let now = SystemClock::new().now_ns();
    let point = json!({
        "startTimeUnixNano": (now - 300_000_000_000).to_string(),
        "timeUnixNano": now.to_string(),
        "asInt": "20",
        "attributes": attributes(&[("agent_id", json!("coder-1")), ("error_type", json!("test"))]),
    });
    let sum = json!({"aggregationTemporality": 2, "isMonotonic": true, "dataPoints": [point]});
    send(
        &server,
        json!({"name": "agent.errors.total", "unit": "1", "sum": sum}),
    )
    .await;
    let message = hook
        .wait("hook", |body| body["ruleName"] == "AgentFailureSpike")
        .await;
    assert_eq!(message["state"], "alerting");
    for field in ["title", "message", "dashboardURL"] {
        let text = message[field].as_str().unwrap_or_default();
        assert!(!text.is_empty(), "{field} of {message:#}");
    }
    assert_eq!(message["labels"]["agent_id"], "coder-1");
    let text = message.to_string();
    assert!(text.contains("/runbooks/agent-failure-spike"), "{text}");
    assert!(text.contains("/traces?"), "{text}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn webhooks_of_others_take_the_same_routes() {
    let hook = Hook::start().await;
    let (dir, setup) = files("groups: []\n", &alertmanager(&hook));
    let server = Server::on(dir, &setup).await.unwrap();
    let legacy = json!({"title": "[Alerting] CPU high", "state": "alerting", "message": "hot",
        "dashboardURL": "http://g/d/1", "labels": {"team": "core"}});
    let (status, report) = post_json(&server, "/api/v1/webhooks/grafana", &legacy).await;
    assert_eq!((status, &report["accepted"]), (200, &json!(1)), "{report}");
    assert_eq!(report["alertIds"].as_array().unwrap().len(), 1, "{report}");
    let message = hook.wait("hook", |body| body["status"] == "firing").await;
    assert_eq!(message["commonLabels"]["team"], "core");
    let over = json!({"title": "[OK] CPU high", "state": "ok", "labels": {"team": "core", "severity": "critical"}});
    let (status, report) = post_json(&server, "/api/v1/webhooks/grafana", &over).await;
    assert_eq!(status, 200, "{report}");
    hook.wait("hook", |body| body["status"] == "resolved").await;

    // what we send ourselves is what we take
    let ours = json!({"version": "4", "status": "firing", "alerts": [
        {"status": "firing", "labels": {"alertname": "Other", "k": "v"}, "annotations": {}}]});
    let (status, report) = post_json(&server, "/api/v1/webhooks/alertmanager", &ours).await;
    assert_eq!((status, &report["accepted"]), (200, &json!(1)), "{report}");
    hook.wait("hook", |body| body["groupLabels"]["alertname"] == "Other")
        .await;
    server.stop().await;
}

/// A critical of a check hides the warning about the same thing, and only that.
#[tokio::test(flavor = "multi_thread")]
async fn a_critical_hides_the_warning_about_the_same_thing() {
    let hook = Hook::start().await;
    let config = format!(
        "alerting:\n  receivers:\n    - {{name: hook, type: webhook, url: '{}', settings: {{format: alertmanager, hmac_secret: hunter2}}}}\nrules:\n  builtin: false",
        hook.url("hook")
    );
    let clock = TestClock::new();
    let setup = Setup {
        config,
        clock: Some(clock.shared()),
        ..Setup::default()
    };
    let server = Server::with(setup).await;
    let one = |name: &str, severity: &str, mountpoint: &str| json!({"labels": {"alertname": name, "severity": severity, "check": "disk", "instance": "i", "mountpoint": mountpoint}});
    super::support::post_alerts(
        &server,
        json!([
            one("DiskCritical", "critical", "/"),
            one("DiskHigh", "warning", "/"),
            one("DiskHigh", "warning", "/data")
        ]),
    )
    .await;
    clock.pass(35);
    // Something small makes the machine look at the time.
    tokio::time::sleep(Duration::from_millis(100)).await;
    super::support::post_alerts(&server, json!([one("DiskCritical", "critical", "/")])).await;
    let warning = hook
        .wait("hook", |body| {
            body["groupLabels"]["alertname"] == "DiskHigh"
        })
        .await;
    assert_eq!(
        warning["alerts"].as_array().unwrap().len(),
        1,
        "{warning:#}"
    );
    assert_eq!(warning["alerts"][0]["labels"]["mountpoint"], "/data");
    for path in [
        "/api/v1/configuration",
        "/api/v1/routes",
        "/alertmanager/api/v2/status",
        "/api/v1/notifications",
    ] {
        let text = server.ok(path).await.to_string();
        assert!(!text.contains("hunter2"), "a secret is in {path}: {text}");
        assert!(!text.contains("/hook"), "an address is in {path}: {text}");
    }
    server.stop().await;
}
