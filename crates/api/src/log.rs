//! Log records: pages, one record by id, context around one, counts.

use crate::count::Count;
use crate::resource::{Attributes, Resource, Scope};
use crate::stats::QueryStats;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// A page of log records, newest first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LogList {
    /// The records.
    pub logs: Vec<LogRow>,
    /// Resources that the records point at.
    pub resources: Vec<Resource>,
    /// Scopes that the records point at.
    pub scopes: Vec<Scope>,
    /// Give this as `cursor` for the next page; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// Large values that are shown as `$ref` although they were asked for in full: their content
    /// is gone, or did not fit into the page.
    #[serde(default, skip_serializing_if = "Count::is_zero")]
    pub omitted_values: Count,
    /// What the query cost.
    pub stats: QueryStats,
}

/// A record in a page.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LogRow {
    /// The record.
    #[serde(flatten)]
    pub record: LogRecord,
    /// Index into `resources`.
    pub resource: u32,
    /// Index into `scopes`.
    pub scope: u32,
}

/// A record by itself: the answer for one id, and what a live stream sends.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LogDocument {
    /// The record.
    #[serde(flatten)]
    pub record: LogRecord,
    /// Who emitted it.
    pub resource: Resource,
    /// The library that emitted it.
    pub scope: Scope,
}

/// What a log record says.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LogRecord {
    /// The record's permalink: 16 hexadecimal digits.
    pub id: String,
    /// When it happened.
    #[schema(format = DateTime)]
    pub timestamp: String,
    /// When the collecting system saw it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub observed_timestamp: Option<String>,
    /// `TRACE`, `DEBUG`, `INFO`, `WARN`, `ERROR`, `FATAL` or `UNSET`.
    pub severity: String,
    /// OTLP's number, 1 to 24; 0 if not said.
    pub severity_number: u8,
    /// The sender's word for it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub severity_text: String,
    /// What it says; any JSON.
    pub body: Value,
    /// Name of the kind of event.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub event_name: String,
    /// `service.name` of the resource.
    pub service_name: String,
    /// Trace during which it was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    /// Span during which it was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span_id: Option<String>,
    /// Text of the trace id, where it was not hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_alias: Option<String>,
    /// Text of the span id, where it was not hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span_alias: Option<String>,
    /// What describes it.
    #[schema(value_type = Object)]
    pub attributes: Attributes,
    /// W3C trace flags.
    #[serde(default, skip_serializing_if = "Count::is_zero")]
    pub flags: Count,
    /// Attributes dropped by the sender or over our limits.
    #[serde(default, skip_serializing_if = "Count::is_zero")]
    pub dropped_attributes_count: Count,
}

/// What was written before and after a record, oldest first, the record in between.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LogContext {
    /// The records; the one asked for is at `index`.
    pub logs: Vec<LogRow>,
    /// Where in `logs` the record asked for stands.
    pub index: u32,
    /// Resources that the records point at.
    pub resources: Vec<Resource>,
    /// Scopes that the records point at.
    pub scopes: Vec<Scope>,
    /// What the query cost.
    pub stats: QueryStats,
}

/// How many records match.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LogCount {
    /// In all.
    pub count: Count,
    /// One for each time bucket (with `step`) and value (with `by`), by time; buckets without
    /// records are left out.
    pub groups: Vec<CountGroup>,
    /// What the query cost.
    pub stats: QueryStats,
}

/// One group of a count.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CountGroup {
    /// Start of the bucket; absent without `step`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub time: Option<String>,
    /// Value of the split; absent without `by` and for records that lack it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Number of records.
    pub count: Count,
}
