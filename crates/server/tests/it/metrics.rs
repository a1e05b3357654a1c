//! OTLP metrics in; out through the API of Prometheus and our own. One payload has every metric of the
//! catalogue, and every expression of the shipped rules and panels finds data in it.

use crate::harness::{Server, Setup, attributes};
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

/// Minutes between the two exports of a payload.
const GAP_S: u64 = 60;

#[expect(
    clippy::disallowed_methods,
    reason = "the server's clock is the real one"
)]
fn now_s() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs()
}

/// What a metric of the catalogue is.
enum What {
    Counter,
    UpDown,
    Gauge,
    Histogram,
}

/// Name, what it is, unit, attributes.
type Entry = (
    &'static str,
    What,
    &'static str,
    &'static [(&'static str, &'static str)],
);

const CATALOGUE: &[Entry] = &[
    (
        "workflow.runs.total",
        What::Counter,
        "1",
        &[
            ("status", "FAILED"),
            ("workflow_id", "w"),
            ("trigger_type", "api"),
        ],
    ),
    (
        "workflow.runs.total",
        What::Counter,
        "1",
        &[
            ("status", "SUCCESS"),
            ("workflow_id", "w"),
            ("trigger_type", "api"),
        ],
    ),
    (
        "workflow.duration",
        What::Histogram,
        "ms",
        &[("workflow_id", "w"), ("status", "SUCCESS")],
    ),
    ("workflows.active", What::UpDown, "1", &[]),
    ("workflow.approval.wait_time", What::Histogram, "ms", &[]),
    (
        "agent.runs.total",
        What::Counter,
        "1",
        &[("agent_id", "a"), ("action", "edit"), ("status", "FAILED")],
    ),
    (
        "agent.duration",
        What::Histogram,
        "ms",
        &[("agent_id", "a"), ("action", "edit"), ("status", "FAILED")],
    ),
    (
        "agent.errors.total",
        What::Counter,
        "1",
        &[("agent_id", "a"), ("error_type", "timeout")],
    ),
    ("agent.retry.count", What::Counter, "1", &[]),
    (
        "http.server.duration",
        What::Histogram,
        "ms",
        &[("http_route", "/health")],
    ),
    (
        "http_server_requests_total",
        What::Counter,
        "1",
        &[("status", "503")],
    ),
    ("db.client.operation.duration", What::Histogram, "s", &[]),
    ("process.runtime.nodejs.memory.heap", What::Gauge, "By", &[]),
    (
        "process.runtime.nodejs.event_loop.lag",
        What::Gauge,
        "ms",
        &[],
    ),
    (
        "orchestrator_tasks_total",
        What::Counter,
        "",
        &[("agent", "Coder"), ("status", "failed"), ("model", "m")],
    ),
    (
        "orchestrator_task_duration_seconds",
        What::Histogram,
        "s",
        &[("agent", "Coder"), ("status", "failed")],
    ),
    (
        "orchestrator_task_queue_size",
        What::Gauge,
        "",
        &[("priority", "high")],
    ),
    (
        "orchestrator_agent_active",
        What::Gauge,
        "",
        &[("agent_type", "Coder")],
    ),
    (
        "orchestrator_agent_errors_total",
        What::Counter,
        "",
        &[("agent_type", "Coder"), ("error_code", "1")],
    ),
    (
        "orchestrator_agent_memory_bytes",
        What::Gauge,
        "",
        &[("agent_type", "Coder")],
    ),
    ("orchestrator_memory_bytes", What::Gauge, "By", &[]),
    (
        "orchestrator_latency_p95_ms",
        What::Gauge,
        "",
        &[("operation", "task")],
    ),
    ("orchestrator_parallelism_efficiency", What::Gauge, "", &[]),
    (
        "orchestrator_health_status",
        What::Gauge,
        "",
        &[("component", "queue")],
    ),
    (
        "agent_execution_total",
        What::Counter,
        "",
        &[("agent_id", "a"), ("status", "failed")],
    ),
    ("team_spend_usd", What::Gauge, "", &[("team", "core")]),
];

/// Expressions of rules and panels as they were asked for.
const EXPRESSIONS: &[&str] = &[
    "sum(rate(workflow_runs_total{status=\"FAILED\"}[5m]))/sum(rate(workflow_runs_total[5m])) > 0.10",
    "histogram_quantile(0.95, rate(workflow_duration_bucket[5m])) > 300",
    "sum(rate(http_server_requests_total{status=~\"5..\"}[5m])) > 0.05",
    "sum by (agent_id) (increase(agent_errors_total[10m])) > 5",
    "orchestrator_health_status != 0",
    "(sum(rate(orchestrator_tasks_total{status=\"failed\"}[5m]))/sum(rate(orchestrator_tasks_total[5m]))) > 0.25",
    "orchestrator_latency_p95_ms > 0",
    "rate(orchestrator_agent_errors_total[5m]) > 0",
    "orchestrator_task_queue_size > 0",
    "orchestrator_memory_bytes/(1024*1024) < 500",
    "orchestrator_task_duration_seconds > 1",
    "orchestrator_parallelism_efficiency < 5",
    "rate(agent_execution_total{status='failed'}[5m]) > 0",
    "team_spend_usd",
    "sum(rate(workflow_runs_total[2m])) by (status)",
    "histogram_quantile(0.95, rate(workflow_duration_bucket[5m]))",
    "workflows_active",
    "sum(rate(workflow_runs_total{status=\"SUCCESS\"}[5m]))/sum(rate(workflow_runs_total[5m]))",
    "agent_retry_count",
    "agent_duration_bucket",
    "agent_runs_total",
    "workflow_approval_wait_time_bucket",
    "histogram_quantile(0.95, sum by (le, http_route) (rate(http_server_duration_bucket[5m])))",
    "db_client_operation_duration_bucket",
    "process_runtime_nodejs_memory_heap_bytes",
    "process_runtime_nodejs_event_loop_lag_milliseconds",
    "sum(agent_duration / 60000) by (agent_id)",
    "sum(workflow_duration) by (workflow_id)",
    "sum(rate(orchestrator_tasks_total[5m]))",
    "histogram_quantile(0.5, sum by (le, agent) (rate(orchestrator_task_duration_seconds_bucket[5m])))",
    "orchestrator_agent_active",
    "sum(rate(orchestrator_agent_errors_total[5m])) by (agent_type)",
    // the names that the translation really gives
    "workflow_duration_milliseconds_bucket",
    "workflow_runs_total",
    "db_client_operation_duration_seconds_sum",
    "target_info",
];

fn point(round: u64, now_s: u64, entry: &Entry) -> Value {
    let (_, what, _, labels) = entry;
    let pairs: Vec<(&str, Value)> = labels.iter().map(|(k, v)| (*k, json!(v))).collect();
    let time = (now_s - GAP_S * (1 - round)).to_string() + "000000000";
    let start = (now_s - 600).to_string() + "000000000";
    let mut point = json!({
        "startTimeUnixNano": start,
        "timeUnixNano": time,
        "attributes": attributes(&pairs),
    });
    match what {
        What::Counter => point["asInt"] = json!((10 + 10 * round).to_string()),
        What::UpDown | What::Gauge => point["asDouble"] = json!(1.5),
        What::Histogram => {
            let n = 4 * (round + 1);
            point["count"] = json!(n.to_string());
            point["sum"] = json!(2000.0 * (round + 1) as f64);
            point["explicitBounds"] = json!([100, 500, 1000]);
            point["bucketCounts"] = json!(["0", "0", n.to_string(), "0"]);
        }
    }
    point
}

fn payload(round: u64, now_s: u64) -> Value {
    let metrics: Vec<Value> = CATALOGUE
        .iter()
        .map(|entry| {
            let (name, what, unit, _) = entry;
            let points = json!([point(round, now_s, entry)]);
            let mut metric = json!({"name": name, "unit": unit, "description": "What it is."});
            match what {
                What::Counter => {
                    metric["sum"] =
                        json!({"aggregationTemporality": 2, "isMonotonic": true, "dataPoints": points});
                }
                What::UpDown => {
                    metric["sum"] =
                        json!({"aggregationTemporality": 2, "isMonotonic": false, "dataPoints": points});
                }
                What::Gauge => metric["gauge"] = json!({"dataPoints": points}),
                What::Histogram => {
                    metric["histogram"] = json!({"aggregationTemporality": 2, "dataPoints": points});
                }
            }
            metric
        })
        .collect();
    json!({"resourceMetrics": [{
        "resource": {"attributes": attributes(&[
            ("service.name", json!("orchestration-service")),
            ("service.namespace", json!("orchestrator")),
            ("service.instance.id", json!("i-1")),
            ("host.name", json!("box")),
        ])},
        "scopeMetrics": [{"scope": {"name": "lib", "version": "1.2"}, "metrics": metrics}],
    }]})
}

/// A server with both rounds of the payload.
async fn fed() -> (Server, u64) {
    let setup = Setup {
        config: "query:\n  promql:\n    admin_api: true".to_owned(),
        ..Setup::default()
    };
    let server = Server::with(setup).await;
    let now = now_s();
    for round in 0..2 {
        server.send("/v1/metrics", &payload(round, now)).await;
    }
    (server, now)
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02x}")).collect()
}

async fn query(server: &Server, text: &str) -> Value {
    let path = format!("/prometheus/api/v1/query?query={}", encoded(text));
    server.ok(&path).await["data"]["result"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_payload_answers_every_expression_of_rules_and_panels() {
    let (server, _) = fed().await;
    for expression in EXPRESSIONS {
        let result = query(&server, expression).await;
        assert!(
            result.as_array().is_some_and(|series| !series.is_empty()),
            "{expression} finds nothing"
        );
    }
    // The second name is given out as it was asked for.
    let result = query(&server, "workflow_duration_count").await;
    let metric = &result[0]["metric"];
    assert_eq!(metric["__name__"], "workflow_duration_count");
    assert_eq!(metric["job"], "orchestrator/orchestration-service");
    assert_eq!(metric["instance"], "i-1");
    assert_eq!(metric["otel_scope_name"], "lib");
    let info = query(&server, "target_info").await;
    assert_eq!(info[0]["metric"]["host_name"], "box");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_of_prometheus_has_its_shapes() {
    let (server, now) = fed().await;
    let base = "/prometheus/api/v1";
    let range = server
        .ok(&format!(
            "{base}/query_range?query=workflows_active&start={}&end={now}&step=60&stats=all",
            now - 60
        ))
        .await;
    assert_eq!(range["status"], "success");
    assert_eq!(range["data"]["resultType"], "matrix");
    let values = range["data"]["result"][0]["values"].as_array().unwrap();
    assert_eq!(values.len(), 2);
    assert_eq!(values[1], json!([now, "1.5"]));
    assert!(range["data"]["stats"]["samples"]["totalQueryableSamples"].as_u64() > Some(0));

    let names = server.ok(&format!("{base}/label/__name__/values")).await;
    let names = names["data"].as_array().unwrap();
    assert!(names.contains(&json!("workflow_runs_total")));
    let labels = server
        .ok(&format!("{base}/labels?match[]=team_spend_usd"))
        .await;
    assert!(labels["data"].as_array().unwrap().contains(&json!("team")));
    let series = server
        .ok(&format!(
            "{base}/series?match[]=workflow_runs_total&limit=1"
        ))
        .await;
    assert_eq!(series["data"].as_array().unwrap().len(), 1);
    assert_eq!(series["warnings"][0], "results truncated due to limit");
    let metadata = server
        .ok(&format!(
            "{base}/metadata?metric=workflow_duration_milliseconds"
        ))
        .await;
    assert_eq!(
        metadata["data"]["workflow_duration_milliseconds"][0]["type"],
        "histogram"
    );
    let tsdb = server.ok(&format!("{base}/status/tsdb")).await;
    assert!(tsdb["data"]["headStats"]["numSeries"].as_u64() > Some(20));
    for path in [
        "status/config",
        "status/flags",
        "status/runtimeinfo",
        "status/buildinfo",
        "status/walreplay",
        "rules",
        "alerts",
        "alertmanagers",
        "targets",
        "scrape_pools",
        "targets/metadata",
        "features",
    ] {
        let answer = server.ok(&format!("{base}/{path}")).await;
        assert_eq!(answer["status"], "success", "{path}");
    }
    let formatted = server
        .ok(&format!(
            "{base}/format_query?query={}",
            encoded("sum(a)  by(b)")
        ))
        .await;
    assert_eq!(formatted["data"], "sum by (b) (a)");
    let tree = server.ok(&format!("{base}/parse_query?query=up")).await;
    assert_eq!(tree["data"]["type"], "vectorSelector");
    // POST with a form.
    let posted = server
        .client
        .post(server.url(&format!("{base}/query")))
        .header("content-type", "application/x-www-form-urlencoded")
        .body("query=workflows_active")
        .send()
        .await
        .unwrap();
    assert_eq!(posted.status(), 200);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_are_told_in_the_words_of_prometheus() {
    let server = Server::start().await;
    let base = "/prometheus/api/v1";
    for (path, status, error_type, message) in [
        (
            "query?query=1%2B",
            400,
            "bad_data",
            "invalid parameter \"query\": 1:3: parse error: unexpected end of input",
        ),
        (
            "query?query=up&time=x",
            400,
            "bad_data",
            "invalid parameter \"time\": cannot parse \"x\" to a valid timestamp",
        ),
        (
            "query_range?query=up&start=10&end=5&step=1",
            400,
            "bad_data",
            "invalid parameter \"end\": end timestamp must not be before start time",
        ),
        (
            "query_range?query=up&start=1&end=5&step=0",
            400,
            "bad_data",
            "invalid parameter \"step\": zero or negative query resolution step widths are not accepted. Try a positive integer",
        ),
        (
            "query_range?query=up&start=1&end=50000&step=1",
            400,
            "bad_data",
            "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)",
        ),
        ("series", 400, "bad_data", "no match[] parameter provided"),
        (
            "series?match[]={}",
            400,
            "bad_data",
            "invalid parameter \"match[]\": match[] must contain at least one non-empty matcher",
        ),
        (
            "query?query=up&limit=-1",
            400,
            "bad_data",
            "invalid parameter \"limit\": limit must be non-negative",
        ),
    ] {
        let (found, body) = server.get(&format!("{base}/{path}")).await;
        assert_eq!(found, status, "{path}: {body}");
        assert_eq!(body["status"], "error");
        assert_eq!(body["errorType"], error_type, "{path}");
        assert_eq!(body["error"], message, "{path}");
    }
    // Switched off unless the configuration says so, and never without a token.
    let path = format!("{base}/admin/tsdb/delete_series?match[]=up");
    let url = server.url(&path);
    let denied = server.client.post(&url).send().await.unwrap();
    assert_eq!(denied.status(), 401);
    let (status, body) = server.admin(reqwest::Method::POST, &path).await;
    assert_eq!(
        (status, &body["error"]),
        (503, &json!("admin APIs disabled"))
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn series_can_be_deleted_where_it_is_switched_on() {
    let (server, _) = fed().await;
    let path = "/prometheus/api/v1/admin/tsdb/delete_series?match[]=workflow_runs_total";
    let (status, body) = server.admin(reqwest::Method::POST, path).await;
    assert_eq!(status, 204, "{body}");
    assert_eq!(query(&server, "workflow_runs_total").await, json!([]));
    assert_ne!(query(&server, "workflows_active").await, json!([]));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn our_own_endpoints_give_values_history_and_cardinality() {
    let (server, now) = fed().await;
    let snapshot = server
        .ok("/api/v1/metrics?match=workflow_duration_milliseconds_count")
        .await;
    let family = &snapshot["metrics"][0];
    assert_eq!(family["name"], "workflow_duration_milliseconds");
    assert_eq!(
        (&family["type"], &family["unit"]),
        (&json!("histogram"), &json!("ms"))
    );
    assert_eq!(family["otlpName"], "workflow.duration");
    assert_eq!(family["series"][0]["value"], 8.0);

    let text = server
        .ok("/api/v1/metrics/prometheus?match=team_spend_usd")
        .await;
    let text = text.as_str().unwrap();
    assert!(text.contains("# TYPE team_spend_usd gauge\n"), "{text}");
    assert!(text.contains("team=\"core\"} 1.5 "), "{text}");

    let history = server
        .ok(&format!("/api/v1/metrics/history?start={}&end={now}&step=60s&metrics=workflows_active,agent_retry_count", now - 60))
        .await;
    let series = history["series"].as_array().unwrap();
    assert_eq!(series.len(), 2, "{history}");
    assert_eq!(series[0]["points"].as_array().unwrap().len(), 2);
    server
        .fails("/api/v1/metrics/history?metrics=up", 400)
        .await;

    let body = json!({"queries": [
        {"id": "a", "expr": "sum(workflow_runs_total)"},
        {"id": "b", "expr": "sum(workflow_runs_total)", "start": (now - 60).to_string(), "end": now.to_string(), "step": "60s"},
        {"id": "c", "expr": "sum("},
    ]});
    let (status, results) = crate::harness::answer(
        server
            .client
            .post(server.url("/api/v1/metrics/query"))
            .json(&body),
    )
    .await;
    assert_eq!(status, 200, "{results}");
    let results = &results["results"];
    assert_eq!(results["a"]["data"]["result"][0]["value"][1], "40");
    assert_eq!(results["b"]["data"]["resultType"], "matrix");
    assert_eq!(results["c"]["errorType"], "bad_data");

    let cardinality = server.ok("/api/v1/metrics/cardinality?limit=3").await;
    assert_eq!(cardinality["byName"].as_array().unwrap().len(), 3);
    let status = server.ok("/api/v1/status").await;
    assert!(status["signals"]["samples"]["items"].as_u64() > Some(50));
    assert!(status["signals"]["samples"]["series"].as_u64() > Some(20));
    let labels = server
        .ok("/api/v1/labels?signal=samples&match=team_spend_usd")
        .await;
    let names: Vec<&str> = labels["labels"]
        .as_array()
        .unwrap()
        .iter()
        .map(|label| label["name"].as_str().unwrap())
        .collect();
    assert!(
        names.contains(&"team") && !names.contains(&"workflow_id"),
        "{names:?}"
    );
    let values = server
        .ok("/api/v1/labels/status/values?signal=samples&match=workflow_runs_total&prefix=S")
        .await;
    assert_eq!(values["values"][0]["value"], "SUCCESS");
    let series = server
        .ok("/api/v1/series?signal=samples&match=workflow_runs_total&limit=1")
        .await;
    assert_eq!(
        (series["series"].as_array().unwrap().len(), &series["more"]),
        (1, &json!(true))
    );
    let targets = server.ok("/api/v1/targets").await;
    assert_eq!(targets, json!({"targets": []}));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn samples_of_the_past_are_imported() {
    let server = Server::start().await;
    let text = "# TYPE old gauge\nold{x=\"1\"} 1 1000000000\nold{x=\"1\"} 2 1000000060\n# EOF\n";
    let import = |body: &'static str| {
        server
            .client
            .post(server.url("/api/v1/import/openmetrics?import_id=t&part=1"))
            .bearer_auth(server.token())
            .header(
                "content-type",
                "application/openmetrics-text; version=1.0.0",
            )
            .body(body)
    };
    for _ in 0..2 {
        let (status, report) = crate::harness::answer(import(text)).await;
        assert_eq!(status, 200, "{report}");
        assert_eq!(
            (&report["samples"], &report["refused"]),
            (&json!(2), &json!(0))
        );
    }
    let path = "/prometheus/api/v1/query?query=old&time=1000000061";
    let found = server.ok(path).await;
    assert_eq!(found["data"]["result"][0]["value"][1], "2");
    let (status, body) = crate::harness::answer(import("old 1\n# EOF\n")).await;
    assert_eq!(
        (status, &body["error"]["message"]),
        (400, &json!("line 1: the sample has no time"))
    );
    let unsigned = server
        .client
        .post(server.url("/api/v1/import/openmetrics"))
        .body(text)
        .send()
        .await;
    assert_eq!(unsigned.unwrap().status(), 401);
    server.stop().await;
}
