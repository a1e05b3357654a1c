//! Clocks that jump: nothing is told twice for it, and nothing waits for ever.

use super::support::{Hook, TestClock, alertmanager, files, gauge, post_json};
use crate::harness::{Server, Setup};
use serde_json::{Value, json};
use std::time::Duration;

const RULES: &str = r#"
groups:
- name: shop
  interval: 1s
  rules:
  - {alert: Always, expr: vector(1)}
  - {alert: QueueFull, expr: queue_size > 10, on_arrival: true}
"#;

async fn jumped(by_s: i64) {
    let hook = Hook::start().await;
    let clock = TestClock::new();
    let (dir, setup) = files(RULES, &alertmanager(&hook));
    let setup = Setup {
        clock: Some(clock.shared()),
        ..setup
    };
    let server = Server::on(dir, &setup).await.unwrap();
    let about = |name: &'static str, status: &'static str| {
        move |body: &Value| body["groupLabels"]["alertname"] == name && body["status"] == status
    };
    hook.wait("hook", about("Always", "firing")).await;
    // Of somebody who tells it no more.
    let told = json!({"alerts": [{"status": "firing", "labels": {"alertname": "Told"}}]});
    let (status, _) = post_json(&server, "/api/v1/webhooks/alertmanager", &told).await;
    assert_eq!(status, 200);
    hook.wait("hook", about("Told", "firing")).await;
    clock.jump(by_s);
    tokio::time::sleep(Duration::from_secs(5)).await;
    let names: Vec<String> = hook
        .got("hook")
        .iter()
        .map(|body| body["groupKey"].to_string())
        .collect();
    assert_eq!(
        names.len(),
        2,
        "told again after a jump of {by_s} s: {names:#?}"
    );

    // Series that are new: those of before may lie in the future.
    gauge(&server, clock.as_ref(), "queue.size", &[("b", 20.0)]).await;
    hook.wait("hook", about("QueueFull", "firing")).await;
    gauge(&server, clock.as_ref(), "queue.size", &[("b", 1.0)]).await;
    hook.wait("hook", about("QueueFull", "resolved")).await;
    let over = json!({"alerts": [{"status": "resolved", "labels": {"alertname": "Told"}}]});
    let (status, _) = post_json(&server, "/api/v1/webhooks/alertmanager", &over).await;
    assert_eq!(status, 200);
    hook.wait("hook", about("Told", "resolved")).await;
    let count = hook.got("hook").len();
    assert_eq!(
        count,
        5,
        "after a jump of {by_s} s: {:#?}",
        hook.got("hook")
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_jumps_forwards_repeats_nothing_and_stalls_nothing() {
    jumped(5 * 3_600).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_jumps_backwards_repeats_nothing_and_stalls_nothing() {
    jumped(-5 * 3_600).await;
}
