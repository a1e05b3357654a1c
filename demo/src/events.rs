//! The log events of the orchestrator: names, levels and required fields in one table (REQUIREMENTS
//! R92 to R106), and the check that an event carries what its row requires. `scope.rs` sends them.

use opentelemetry::Key;
use opentelemetry::logs::{AnyValue, Severity};

/// One row of the table.
#[derive(Debug)]
pub(crate) struct Definition {
    pub(crate) name: &'static str,
    pub(crate) severity: Severity,
    pub(crate) required: &'static [&'static str],
}

/// What can be reported; the discriminant is the row of [`TABLE`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EventKind {
    SessionStart,
    SessionEnd,
    TaskCreated,
    TaskDispatched,
    TaskStarted,
    TaskCompleted,
    TaskFailed,
    TaskRetried,
    AgentSpawned,
    AgentShutdown,
    ParallelBatchStart,
    ParallelBatchEnd,
    TeamCreated,
    TeamShutdown,
    McpToolInvoked,
    LlmRateLimited,
    CommandFinished,
    NotificationSent,
}

const fn row(
    name: &'static str,
    severity: Severity,
    required: &'static [&'static str],
) -> Definition {
    Definition {
        name,
        severity,
        required,
    }
}

/// How many rows of [`TABLE`] are standard events; the others are the orchestrator's own.
#[cfg(test)]
pub(crate) const STANDARD_COUNT: usize = 15;

pub(crate) const TABLE: [Definition; 18] = [
    row("session_start", Severity::Info, &["session_id"]),
    row(
        "session_end",
        Severity::Info,
        &["session_id", "duration_ms"],
    ),
    row("task_created", Severity::Debug, &["task_id", "agent"]),
    row(
        "task_dispatched",
        Severity::Info,
        &["task_id", "agent", "model"],
    ),
    row("task_started", Severity::Info, &["task_id", "agent"]),
    row(
        "task_completed",
        Severity::Info,
        &["task_id", "agent", "duration_ms"],
    ),
    row(
        "task_failed",
        Severity::Error,
        &["task_id", "agent", "error_code"],
    ),
    row(
        "task_retried",
        Severity::Warn,
        &["task_id", "agent", "retry_count"],
    ),
    row("agent_spawned", Severity::Info, &["agent_type", "mode"]),
    row(
        "agent_shutdown",
        Severity::Info,
        &["agent_type", "tasks_completed"],
    ),
    row(
        "parallel_batch_start",
        Severity::Info,
        &["batch_id", "task_count"],
    ),
    row(
        "parallel_batch_end",
        Severity::Info,
        &["batch_id", "success_count", "failed_count"],
    ),
    row("team_created", Severity::Info, &["team_id", "member_count"]),
    row("team_shutdown", Severity::Info, &["team_id", "duration_ms"]),
    row(
        "mcp_tool_invoked",
        Severity::Debug,
        &["plugin", "tool_name"],
    ),
    row(
        "llm_rate_limited",
        Severity::Warn,
        &["model", "retry_after_ms"],
    ),
    row(
        "command_finished",
        Severity::Debug,
        &["command", "exit_code"],
    ),
    row("notification_sent", Severity::Info, &["channel"]),
];

impl EventKind {
    pub(crate) fn definition(self) -> &'static Definition {
        &TABLE[self as usize]
    }
}

/// One event to send: its kind, the message for people, and fields beside the common ones.
#[derive(Debug)]
pub(crate) struct TaskEvent {
    pub(crate) kind: EventKind,
    pub(crate) message: String,
    pub(crate) fields: Vec<(Key, AnyValue)>,
    pub(crate) tags: Vec<&'static str>,
}

impl TaskEvent {
    pub(crate) fn new(kind: EventKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            fields: Vec::new(),
            tags: Vec::new(),
        }
    }

    pub(crate) fn with(mut self, key: &'static str, value: impl Into<AnyValue>) -> Self {
        self.fields.push((Key::from_static_str(key), value.into()));
        self
    }

    pub(crate) fn tag(mut self, tag: &'static str) -> Self {
        self.tags.push(tag);
        self
    }
}

/// The required fields that are absent or empty in `fields`.
pub(crate) fn missing_fields(
    kind: EventKind,
    fields: &[(Key, AnyValue)],
) -> impl Iterator<Item = &'static str> {
    let present = |wanted: &str| {
        fields.iter().any(|(key, value)| {
            key.as_str() == wanted
                && !matches!(value, AnyValue::String(text) if text.as_str().is_empty())
        })
    };
    kind.definition()
        .required
        .iter()
        .copied()
        .filter(move |wanted| !present(wanted))
}

/// The numeric code of a level (REQUIREMENTS R91), which is not OTLP's severity number.
pub(crate) fn level_code(severity: Severity) -> i64 {
    (severity as i64 - 1) / 4
}

#[cfg(test)]
mod tests {
    use super::{EventKind, STANDARD_COUNT, TABLE, TaskEvent, level_code, missing_fields};
    use opentelemetry::logs::Severity;

    #[test]
    fn rows_match_their_kinds() {
        assert_eq!(EventKind::NotificationSent as usize, TABLE.len() - 1);
        assert_eq!(EventKind::SessionStart.definition().name, "session_start");
        assert_eq!(EventKind::TaskRetried.definition().severity, Severity::Warn);
        assert_eq!(TABLE[STANDARD_COUNT - 1].name, "mcp_tool_invoked");
    }

    #[test]
    fn absent_and_empty_fields_are_reported() {
        let event = TaskEvent::new(EventKind::TaskFailed, "m")
            .with("task_id", "t")
            .with("agent", "");
        let missing: Vec<_> = missing_fields(event.kind, &event.fields).collect();
        assert_eq!(missing, ["agent", "error_code"]);
    }

    #[test]
    fn level_codes_follow_the_requirement() {
        let codes = [
            Severity::Trace,
            Severity::Debug,
            Severity::Info,
            Severity::Warn,
        ]
        .map(level_code);
        assert_eq!(codes, [0, 1, 2, 3]);
        assert_eq!(
            (level_code(Severity::Error), level_code(Severity::Fatal)),
            (4, 5)
        );
    }
}
