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
pub(crate) async fn fed() -> (Server, u64) {
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

pub(crate) fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02x}")).collect()
}

pub(crate) async fn query(server: &Server, text: &str) -> Value {
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
