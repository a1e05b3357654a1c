//! The metrics that the product promises to answer for: one payload, and the names of its series. Names
//! without unit (`workflow_duration_bucket`) are answered by the reader, through the OTLP name in the metadata.

use super::{COUNTER, group, histogram, metric, point, translate};
use crate::metrics::settings::TranslationSettings;
use std::collections::BTreeSet;
use tacho_model::metric::{MetricData, Temporality};
use tacho_wire::otlp::metrics::{DataPoint, DataPointValue};

const UP_DOWN: MetricData = MetricData::Sum {
    temporality: Temporality::Cumulative,
    is_monotonic: false,
};
const HISTOGRAM: MetricData = MetricData::Histogram(Temporality::Cumulative);
const GAUGE: MetricData = MetricData::Gauge;

/// OTLP name, unit, kind, name of the family.
const ROWS: [(&str, &str, MetricData, &str); 38] = [
    ("workflow.runs.total", "1", COUNTER, "workflow_runs_total"),
    (
        "workflow.duration",
        "ms",
        HISTOGRAM,
        "workflow_duration_milliseconds",
    ),
    ("workflows.active", "1", UP_DOWN, "workflows_active"),
    (
        "workflow.approval.wait_time",
        "ms",
        HISTOGRAM,
        "workflow_approval_wait_time_milliseconds",
    ),
    ("agent.runs.total", "1", COUNTER, "agent_runs_total"),
    (
        "agent.duration",
        "ms",
        HISTOGRAM,
        "agent_duration_milliseconds",
    ),
    ("agent.errors.total", "1", COUNTER, "agent_errors_total"),
    ("agent.retry.count", "1", COUNTER, "agent_retry_count_total"),
    (
        "http.server.duration",
        "ms",
        HISTOGRAM,
        "http_server_duration_milliseconds",
    ),
    (
        "http_server_requests_total",
        "1",
        COUNTER,
        "http_server_requests_total",
    ),
    (
        "db.client.operation.duration",
        "s",
        HISTOGRAM,
        "db_client_operation_duration_seconds",
    ),
    (
        "process.runtime.nodejs.memory.heap",
        "By",
        GAUGE,
        "process_runtime_nodejs_memory_heap_bytes",
    ),
    (
        "process.runtime.nodejs.event_loop.lag",
        "ms",
        GAUGE,
        "process_runtime_nodejs_event_loop_lag_milliseconds",
    ),
    (
        "orchestrator_tasks_total",
        "",
        COUNTER,
        "orchestrator_tasks_total",
    ),
    (
        "orchestrator_tasks_active",
        "",
        GAUGE,
        "orchestrator_tasks_active",
    ),
    (
        "orchestrator_task_duration_seconds",
        "s",
        HISTOGRAM,
        "orchestrator_task_duration_seconds",
    ),
    (
        "orchestrator_task_queue_size",
        "",
        GAUGE,
        "orchestrator_task_queue_size",
    ),
    (
        "orchestrator_task_retries_total",
        "",
        COUNTER,
        "orchestrator_task_retries_total",
    ),
    (
        "orchestrator_agent_spawn_total",
        "",
        COUNTER,
        "orchestrator_agent_spawn_total",
    ),
    (
        "orchestrator_agent_active",
        "",
        GAUGE,
        "orchestrator_agent_active",
    ),
    (
        "orchestrator_agent_errors_total",
        "",
        COUNTER,
        "orchestrator_agent_errors_total",
    ),
    (
        "orchestrator_agent_memory_bytes",
        "By",
        GAUGE,
        "orchestrator_agent_memory_bytes",
    ),
    (
        "orchestrator_agent_tokens_total",
        "",
        COUNTER,
        "orchestrator_agent_tokens_total",
    ),
    (
        "orchestrator_latency_p50_ms",
        "",
        GAUGE,
        "orchestrator_latency_p50_ms",
    ),
    (
        "orchestrator_latency_p95_ms",
        "",
        GAUGE,
        "orchestrator_latency_p95_ms",
    ),
    (
        "orchestrator_latency_p99_ms",
        "",
        GAUGE,
        "orchestrator_latency_p99_ms",
    ),
    (
        "orchestrator_throughput_ops_sec",
        "",
        GAUGE,
        "orchestrator_throughput_ops_sec",
    ),
    (
        "orchestrator_parallelism_efficiency",
        "",
        GAUGE,
        "orchestrator_parallelism_efficiency",
    ),
    (
        "orchestrator_uptime_seconds",
        "s",
        GAUGE,
        "orchestrator_uptime_seconds",
    ),
    (
        "orchestrator_health_status",
        "",
        GAUGE,
        "orchestrator_health_status",
    ),
    (
        "orchestrator_mcp_tools_available",
        "",
        GAUGE,
        "orchestrator_mcp_tools_available",
    ),
    (
        "orchestrator_file_operations_total",
        "",
        COUNTER,
        "orchestrator_file_operations_total",
    ),
    (
        "orchestrator_memory_bytes",
        "By",
        GAUGE,
        "orchestrator_memory_bytes",
    ),
    (
        "agent_execution_duration_seconds",
        "s",
        HISTOGRAM,
        "agent_execution_duration_seconds",
    ),
    (
        "agent_execution_total",
        "",
        COUNTER,
        "agent_execution_total",
    ),
    ("llm_tokens_total", "", COUNTER, "llm_tokens_total"),
    (
        "gateway_requests_total",
        "",
        COUNTER,
        "gateway_requests_total",
    ),
    (
        "gateway_active_connections",
        "",
        GAUGE,
        "gateway_active_connections",
    ),
];

fn one(data: MetricData) -> DataPoint {
    match data {
        MetricData::Histogram(_) => histogram(),
        _ => point(DataPointValue::Int(1)),
    }
}

#[test]
fn one_payload_answers_every_promised_name() {
    let metrics = ROWS.map(|(name, unit, data, _)| metric(name, unit, data, vec![one(data)]));
    let mut metrics = metrics.to_vec();
    let spend = metric("team_spend_usd", "", GAUGE, vec![one(GAUGE)]);
    metrics.push(spend);
    let resource = [
        ("service.name", "orchestration-service"),
        ("host.name", "h"),
    ];
    let groups = group(&resource, metrics);
    let seen = translate(&groups, TranslationSettings::default());
    assert!(seen.refused.is_empty(), "{:?}", seen.refused);
    let names: BTreeSet<&str> = seen
        .lines
        .iter()
        .filter_map(|line| line.split('{').next())
        .collect();
    for (_, _, data, family) in ROWS {
        let suffixes: &[&str] = match data {
            MetricData::Histogram(_) => &["_bucket", "_sum", "_count"],
            _ => &[""],
        };
        for suffix in suffixes {
            let name = format!("{family}{suffix}");
            assert!(names.contains(name.as_str()), "{name}");
        }
    }
    assert!(names.contains("team_spend_usd"));
    assert!(names.contains("target_info"));
}
