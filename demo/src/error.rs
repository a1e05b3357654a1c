//! What goes wrong in a task: a stable code for dashboards, a message for people, and the trail of
//! places it passed through.

use std::fmt;
use std::panic::Location;

/// A failed task, tool call or model call.
#[derive(Debug, Clone)]
pub(crate) struct TaskError {
    code: &'static str,
    message: String,
    trail: Vec<String>,
}

pub(crate) const CANCELLED: &str = "cancelled";
pub(crate) const AGENT_CRASHED: &str = "agent_crashed";

impl TaskError {
    #[track_caller]
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            trail: vec![format!("at {}", Location::caller())],
        }
    }

    #[track_caller]
    pub(crate) fn cancelled() -> Self {
        Self::new(CANCELLED, "the orchestrator was stopped")
    }

    /// Adds where the failure passed through, like a frame of a stack trace.
    #[track_caller]
    pub(crate) fn within(mut self, place: impl fmt::Display) -> Self {
        self.trail
            .push(format!("in {place} at {}", Location::caller()));
        self
    }

    /// `error.type` of spans, `error_code` of events.
    pub(crate) fn code(&self) -> &'static str {
        self.code
    }

    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// Whether trying again may help.
    pub(crate) fn retryable(&self) -> bool {
        self.code != CANCELLED
    }

    /// `exception.stacktrace`: the message, then one line a place, innermost first.
    pub(crate) fn stacktrace(&self) -> String {
        let mut text = format!("{}: {}", self.code, self.message);
        for place in &self.trail {
            text.push_str("\n    ");
            text.push_str(place);
        }
        text
    }
}

impl fmt::Display for TaskError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for TaskError {}
