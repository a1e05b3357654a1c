//! What pages need besides: patterns of log lines, colour slots, what an id stands for, the
//! configuration in force.

use crate::count::Count;
use crate::stats::QueryStats;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Patterns of log lines.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PatternList {
    /// The patterns, the most frequent first.
    pub patterns: Vec<LogPattern>,
    /// Lines that were looked at, the newest that match.
    pub lines: Count,
    /// There are more lines that match.
    pub sampled: bool,
    /// Begin of the time that trends are of.
    #[schema(format = DateTime)]
    pub start_time: String,
    /// Its end.
    #[schema(format = DateTime)]
    pub end_time: String,
    /// What the query cost.
    pub stats: QueryStats,
}

/// Lines that differ in a few words only.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LogPattern {
    /// The line with `<*>` for what differs.
    pub pattern: String,
    /// Lines of it among those looked at.
    pub count: Count,
    /// The highest severity number among them.
    pub severity: u8,
    /// The earliest of them.
    #[schema(format = DateTime)]
    pub first_seen: String,
    /// The latest of them.
    #[schema(format = DateTime)]
    pub last_seen: String,
    /// Id of the latest of them.
    pub example_id: String,
    /// Stages of LogQL that find at least them, to stand after a selector, such as
    /// `|= "chat completed"`. Empty if the lines have nothing in common.
    pub query: String,
    /// Lines in each of 30 equal parts of the time from `startTime` to `endTime`.
    pub trend: Vec<Count>,
}

/// Colour slots by name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ColourSlots {
    /// The slots; clients take them modulo the colours they have.
    pub slots: BTreeMap<String, u32>,
}

/// What an id stands for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Resolved {
    /// Everything that has this id, the most exact first.
    pub matches: Vec<ResolvedMatch>,
}

/// One thing that has an id.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResolvedMatch {
    /// `trace`, `span`, `log`, or the attribute that has this value, such as `run_id`, `task_id`, `session.id` or `correlation_id`.
    pub kind: String,
    /// The trace to open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    /// The span to open in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span_id: Option<String>,
    /// The log record to open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record_id: Option<String>,
    /// Its name or first words.
    pub name: String,
    /// Its service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// When it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub time: Option<String>,
}

/// The configuration in force.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Configuration {
    /// The file it was read from; absent for built-in defaults.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Every key that is in force, sorted.
    pub keys: Vec<ConfigurationKey>,
    /// What was found wrong with it that did not stop the server.
    pub warnings: Vec<String>,
    /// When it was last read.
    #[schema(format = DateTime)]
    pub loaded_at: String,
}

/// One key of the configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConfigurationKey {
    /// Its path, such as `storage.retention.spans.days`.
    pub key: String,
    /// Its value as YAML writes it, empty for none; `<secret>` stands for what must not be shown.
    pub value: String,
    /// `default`, `file`, `environment` or `flag`.
    pub source: String,
}

/// What comes in and what is refused.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IngestStatus {
    /// By signal, the busiest first.
    pub flows: Vec<IngestFlow>,
    /// What was refused since start, by reason, the most frequent first.
    pub refusals: Vec<RefusalCount>,
    /// How far limits are used.
    pub limits: Vec<LimitUse>,
}

/// What comes in of a signal.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IngestFlow {
    /// `spans`, `logs` or `samples`.
    pub signal: String,
    /// Items accepted since start.
    pub accepted: Count,
    /// Items refused since start.
    pub refused: Count,
    /// Items accepted a second over the last minute.
    pub per_second: f64,
    /// Items accepted in each of the last sixty minutes, the oldest first; fewer after a start, of
    /// which the first may be a part of a minute.
    pub minutes: Vec<Count>,
}

/// How often something was refused.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RefusalCount {
    /// What was refused: `spans`, `logs`, `samples` or `requests`.
    pub what: String,
    /// Why, in words.
    pub reason: String,
    /// How often since start.
    pub count: Count,
    /// What to do.
    pub hint: String,
}

/// How far a limit is used.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LimitUse {
    /// What is limited, in words.
    pub name: String,
    /// The configuration key.
    pub key: String,
    /// In use.
    pub used: f64,
    /// Allowed; absent for no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed: Option<f64>,
    /// `bytes`, `count`, `series`, `streams`, `queries`.
    pub unit: String,
}

/// Data has arrived: sent on the topic `changes` of the stream at most once an interval, and only if something did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChangeNotice {
    /// Signals of which something arrived: `spans`, `logs`, `samples`.
    pub signals: Vec<String>,
    /// Milliseconds between two notices at least.
    pub interval_ms: u64,
}
