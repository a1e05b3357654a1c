//! The metrics that the orchestrator exposes at `/metrics`: names, types, units and labels in one
//! table (REQUIREMENTS R48 to R73). What is in this table is scraped and never pushed; what is
//! pushed over OTLP is in `instruments.rs`.

/// Bounds in seconds; a task of the stand-in takes between one and sixty.
const TASK_SECONDS: &[f64] = &[0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0];

/// How values of a family behave.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    Counter,
    Gauge,
    /// With the upper bounds of its buckets, without the last, which is infinite.
    Histogram(&'static [f64]),
}

/// One row of the table.
#[derive(Debug)]
pub(crate) struct Definition {
    /// As in the text format; counters end in `_total`.
    pub(crate) name: &'static str,
    pub(crate) help: &'static str,
    pub(crate) kind: Kind,
    /// What the name says about the unit, empty if nothing.
    pub(crate) unit: &'static str,
    pub(crate) labels: &'static [&'static str],
}

/// What is exposed; the discriminant is the row of [`TABLE`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exposed {
    Tasks,
    TasksActive,
    TaskDuration,
    TaskQueueSize,
    TaskRetries,
    AgentSpawn,
    AgentActive,
    AgentErrors,
    AgentMemory,
    AgentTokens,
    LatencyP50,
    LatencyP95,
    LatencyP99,
    Throughput,
    ParallelismEfficiency,
    Uptime,
    HealthStatus,
    McpTools,
    FileOperations,
    Memory,
    ExecutionDuration,
    Executions,
    LlmTokens,
    GatewayRequests,
    GatewayConnections,
    TeamSpend,
}

const fn row(
    name: &'static str,
    kind: Kind,
    unit: &'static str,
    labels: &'static [&'static str],
    help: &'static str,
) -> Definition {
    Definition {
        name,
        help,
        kind,
        unit,
        labels,
    }
}

#[rustfmt::skip]
pub(crate) const TABLE: [Definition; 26] = [
    row("orchestrator_tasks_total", Kind::Counter, "", &["agent", "status", "model"],
        "Tasks that ended, by how they ended."),
    row("orchestrator_tasks_active", Kind::Gauge, "", &["agent"],
        "Tasks that agents are working on."),
    row("orchestrator_task_duration_seconds", Kind::Histogram(TASK_SECONDS), "seconds", &["agent", "status"],
        "Time from the first dispatch of a task to its end, all attempts and pauses included."),
    row("orchestrator_task_queue_size", Kind::Gauge, "", &["priority"],
        "Requests that wait in the queue."),
    row("orchestrator_task_retries_total", Kind::Counter, "", &["agent", "reason"],
        "Attempts at tasks that had failed before."),
    row("orchestrator_agent_spawn_total", Kind::Counter, "", &["agent_type", "mode"],
        "Agents spawned."),
    row("orchestrator_agent_active", Kind::Gauge, "", &["agent_type"],
        "Agents between spawn and shutdown."),
    row("orchestrator_agent_errors_total", Kind::Counter, "", &["agent_type", "error_code"],
        "Attempts of agents that failed."),
    row("orchestrator_agent_memory_bytes", Kind::Gauge, "bytes", &["agent_type"],
        "Conversations that agents at work hold in memory."),
    row("orchestrator_agent_tokens_total", Kind::Counter, "tokens", &["agent_type", "model"],
        "Tokens that agents consumed, input and output."),
    row("orchestrator_latency_p50_ms", Kind::Gauge, "ms", &["operation"],
        "Median latency of the last five minutes."),
    row("orchestrator_latency_p95_ms", Kind::Gauge, "ms", &["operation"],
        "95th percentile of the latency of the last five minutes."),
    row("orchestrator_latency_p99_ms", Kind::Gauge, "ms", &["operation"],
        "99th percentile of the latency of the last five minutes."),
    row("orchestrator_throughput_ops_sec", Kind::Gauge, "", &["operation_type"],
        "Operations a second, over the last minute."),
    row("orchestrator_parallelism_efficiency", Kind::Gauge, "", &[],
        "Time that agents worked, by the time that they were there to work, over the batches of the last five minutes."),
    row("orchestrator_uptime_seconds", Kind::Gauge, "seconds", &[],
        "Time since the start."),
    row("orchestrator_health_status", Kind::Gauge, "", &["component"],
        "Whether a component is healthy (1) or not (0)."),
    row("orchestrator_mcp_tools_available", Kind::Gauge, "", &["plugin"],
        "Tools that a plugin offers."),
    row("orchestrator_file_operations_total", Kind::Counter, "", &["operation", "status"],
        "Operations of agents on files."),
    row("orchestrator_memory_bytes", Kind::Gauge, "bytes", &[],
        "Resident memory of the process."),
    row("agent_execution_duration_seconds", Kind::Histogram(TASK_SECONDS), "seconds",
        &["agent_id", "workspace", "status"],
        "Time of one attempt of an agent at a task."),
    row("agent_execution_total", Kind::Counter, "", &["agent_id", "workspace", "status"],
        "Attempts of agents at tasks."),
    row("llm_tokens_total", Kind::Counter, "tokens", &["provider", "model", "direction"],
        "Tokens sent to and received from language models."),
    row("gateway_requests_total", Kind::Counter, "", &["gateway_id", "method", "status"],
        "Requests that the HTTP side answered."),
    row("gateway_active_connections", Kind::Gauge, "", &["gateway_id"],
        "Open connections of the HTTP side."),
    row("team_spend_usd", Kind::Gauge, "usd", &["team"],
        "What a team's tokens cost since the start, by the demo's price list."),
];

impl Exposed {
    pub(crate) fn definition(self) -> &'static Definition {
        &TABLE[self as usize]
    }
}

impl Definition {
    /// The name in OpenMetrics, where counters have their `_total` on samples only.
    pub(crate) fn family_name(&self) -> &'static str {
        match self.kind {
            Kind::Counter => self.name.strip_suffix("_total").unwrap_or(self.name),
            Kind::Gauge | Kind::Histogram(_) => self.name,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Exposed, Kind, TABLE};

    #[test]
    fn rows_match_their_kinds_and_names_tell_their_units() {
        assert_eq!(Exposed::TeamSpend as usize, TABLE.len() - 1);
        assert_eq!(
            Exposed::Uptime.definition().name,
            "orchestrator_uptime_seconds"
        );
        assert_eq!(Exposed::LlmTokens.definition().name, "llm_tokens_total");
        for row in &TABLE {
            assert_eq!(
                row.name.ends_with("_total"),
                row.kind == Kind::Counter,
                "{}",
                row.name
            );
            assert!(row.family_name().ends_with(row.unit), "{}", row.name);
            let forbidden = |label: &&&str| ["run_id", "task_id", "session_id"].contains(*label);
            assert_eq!(row.labels.iter().find(forbidden), None, "{}", row.name);
        }
    }
}
