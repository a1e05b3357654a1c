//! The overview over real sockets: its shape, its figures, what needs a look.

use crate::harness::{Server, Setup, attributes, keys, span, spans_of};
use serde_json::{Value, json};

const RANGE: &str = "start=2026-11-20T09:00:00Z&end=2026-11-20T12:00:00Z";

fn trace(number: usize) -> String {
    format!("5b8efff798038103d269b6338{number:07x}")
}

/// Forty requests before the range, one of which failed; forty in it, of which twelve failed.
async fn filled() -> Server {
    let server = Server::start().await;
    let mut spans = Vec::new();
    for number in 0..80usize {
        // START is 10:15:20.
        let (start, failures) = if number < 40 {
            (-7_200_000, 1)
        } else {
            (0, 12)
        };
        let code = if number % 40 < failures { 2 } else { 1 };
        let request = json!({ "name": "GET /", "kind": 2, "status": { "code": code },
            "attributes": attributes(&[("agent.type", json!("coder"))]) });
        let start = start + (number % 40) as i64 * 1_000;
        spans.push(span(
            &trace(number),
            "00f067aa0ba902b7",
            start,
            200,
            request,
        ));
    }
    server.send("/v1/traces", &spans_of("api", spans)).await;
    server
}

fn figure<'a>(overview: &'a Value, id: &str) -> &'a Value {
    let figures = overview["figures"].as_array().unwrap();
    figures.iter().find(|figure| figure["id"] == id).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_overview_has_its_shape() {
    let server = filled().await;
    let found = server.ok(&format!("/api/v1/overview?{RANGE}")).await;
    assert_eq!(
        keys(&found),
        [
            "agents",
            "attention",
            "empty",
            "end",
            "errorRateThreshold",
            "errorRateWeek",
            "errors",
            "figures",
            "latency",
            "percentiles",
            "requests",
            "start",
            "stats",
            "stepMs",
            "throughput",
            "timeoutShare"
        ]
    );
    assert_eq!(
        (&found["empty"], &found["stepMs"]),
        (&json!(false), &json!(180_000.0))
    );
    let ids: Vec<&str> = found["figures"]
        .as_array()
        .unwrap()
        .iter()
        .map(|figure| figure["id"].as_str().unwrap())
        .collect();
    assert_eq!(
        ids,
        [
            "requests_per_minute",
            "error_rate",
            "p95_ms",
            "running",
            "tokens_per_minute",
            "error_logs_per_minute"
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn its_figures_are_those_of_the_range_and_of_the_one_before() {
    let server = filled().await;
    let found = server.ok(&format!("/api/v1/overview?{RANGE}")).await;
    let rate = figure(&found, "error_rate");
    assert_eq!(
        (&rate["value"], &rate["before"]),
        (&json!(0.3), &json!(0.025))
    );
    assert_eq!(rate["trend"].as_array().unwrap().len(), 60);
    assert_eq!(
        figure(&found, "requests_per_minute")["value"],
        json!(40.0 / 180.0)
    );
    assert!(figure(&found, "tokens_per_minute").get("value").is_none());
    assert_eq!(found["throughput"][0]["name"], "api");
    assert_eq!(
        found["throughput"][0]["values"].as_array().unwrap().len(),
        60
    );
    let sum = |counts: &Value| {
        let counts = counts.as_array().unwrap();
        counts
            .iter()
            .map(|count| count.as_u64().unwrap())
            .sum::<u64>()
    };
    assert_eq!((sum(&found["requests"]), sum(&found["errors"])), (40, 12));
    assert_eq!(found["errorRateThreshold"], 0.05);
    assert_eq!(found["agents"][0]["name"], "coder");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_needs_a_look() {
    let server = filled().await;
    let found = server.ok(&format!("/api/v1/overview?{RANGE}")).await;
    let attention = &found["attention"][0];
    assert_eq!(attention["kind"], "failing");
    assert_eq!(attention["level"], "critical");
    assert_eq!(
        attention["message"],
        "12 of 40 requests failed (30 %), 2.5 % before"
    );
    assert_eq!(
        (&attention["subject"], &attention["operation"]),
        (&json!("api"), &json!("GET /"))
    );
    assert_eq!(attention["traceId"], trace(51));
    assert_eq!(attention["spanId"], "00f067aa0ba902b7");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_data_there_is_nothing_to_tell() {
    let server = Server::start().await;
    let found = server.ok("/api/v1/overview").await;
    assert_eq!(
        (&found["empty"], &found["attention"]),
        (&json!(true), &json!([]))
    );
    assert!(found.get("queue").is_none());
    assert_eq!(found["errorRateWeek"], 0.0);
    let error = server
        .fails("/api/v1/overview?start=now&end=now-1h", 400)
        .await;
    assert_eq!(error["field"], "start");
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_data_and_targets_that_are_down_need_a_look() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("prometheus.yml");
    let jobs = "scrape_configs:\n- job_name: gone\n  scrape_interval: 200ms\n  scrape_timeout: 200ms\n  static_configs: [{targets: ['127.0.0.1:1']}]\n";
    write(&file, jobs);
    let setup = Setup {
        config: format!("scrape:\n  prometheus_config: {}", file.display()),
        ..Setup::default()
    };
    let server = Server::on(dir, &setup).await.unwrap();
    let body = spans_of(
        "api",
        vec![span(
            "00000000000000000000000000000000",
            "00f067aa0ba902b7",
            0,
            1,
            json!({}),
        )],
    );
    let url = format!("http://{}/v1/traces", server.addresses.otlp_http.unwrap());
    server.client.post(url).json(&body).send().await.unwrap();
    let mut found = Value::Null;
    for _ in 0..100 {
        found = server.ok("/api/v1/overview").await;
        if found["attention"].as_array().unwrap().len() > 1 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    let kinds: Vec<&Value> = found["attention"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["kind"])
        .collect();
    assert_eq!(kinds, ["target_down", "refused"], "{found}");
    let message = found["attention"][1]["message"].as_str().unwrap();
    assert_eq!(message, "1 span refused since the start: trace id zero");
    let message = found["attention"][0]["message"].as_str().unwrap();
    assert!(
        message.starts_with("http://127.0.0.1:1/metrics does not answer: "),
        "{message}"
    );
}

#[expect(clippy::disallowed_methods, reason = "tests write files of their own")]
fn write(path: &std::path::Path, text: &str) {
    std::fs::write(path, text).unwrap();
}
