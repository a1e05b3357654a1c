//! Names that occur, their values, and distinct sets of them.
//!
//! A name in splits, facets and lists of values is a fixed field (of spans `name`, `kind`,
//! `status`, `status_message`; of log records `severity`, `severity_text`, `event_name`; of both
//! `trace_id`, `span_id`, `scope_name`, `scope_version`, and `service` for `service.name`) or else
//! an attribute of the item, else of its resource, else of its scope.

pub(crate) mod series;
pub(crate) mod values;

use std::collections::BTreeMap;
use tacho_model::signal::Signal;
use tacho_model::time::TimeRange;
use tacho_storage::read::CatalogPlace;

/// A name that occurs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The key.
    pub name: String,
    /// Where it stands.
    pub place: CatalogPlace,
    /// Types of its values: `string`, `int`, `double`, `bool`, `bytes`, `json`, `empty`.
    pub types: Vec<&'static str>,
    /// About how many items have it.
    pub count: u64,
}

/// Which values of a name are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValuesRequest {
    /// The signal.
    pub signal: Signal,
    /// The name.
    pub name: String,
    /// Of items in this range.
    pub range: TimeRange,
    /// Only values that start so; empty for all.
    pub prefix: String,
    /// At most so many.
    pub limit: usize,
}

/// A value and how often it occurs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelValue {
    /// The value as text.
    pub value: String,
    /// Number of items that have it.
    pub count: u64,
}

/// Which series are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeriesRequest {
    /// The signal.
    pub signal: Signal,
    /// LogQL (logs) or TraceQL (spans); items that meet one of them. None: all.
    pub matches: Vec<String>,
    /// Of items in this range.
    pub range: TimeRange,
    /// At most so many.
    pub limit: usize,
}

/// Distinct sets of labels, sorted. Of log records: the attributes of their resource. Of spans:
/// `service.name` and `name` (service and operation).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeriesList {
    /// The sets, keys as they were sent.
    pub series: Vec<BTreeMap<String, String>>,
    /// There are more than the limit.
    pub more: bool,
}
