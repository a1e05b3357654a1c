//! The read interface of series: PromQL and the APIs read through these traits, and the in-memory
//! oracle of `testkit` implements them too. Times are milliseconds since the epoch.
//!
//! Unlike spans and logs, a view of series is live: each call sees everything that was appended
//! before it, heads and blocks at one and the same moment.

use crate::error::Result;
use crate::read::ReadContext;
use crate::samples::join::keep_newest;
use crate::samples::matcher::LabelMatcher;
use std::sync::Arc;
use tacho_model::labels::Labels;
use tacho_model::metric::{Exemplar, Metadata};
use tacho_model::sample::SampleColumns;

/// A tenant's series.
pub trait SeriesView: Send + Sync {
    /// Series that match and may have samples in the range, sorted by labels, each once.
    /// `LimitExceeded` beyond `request.series_max`.
    fn select(&self, request: &SelectRequest, context: &ReadContext)
    -> Result<Vec<SelectedSeries>>;

    /// Label sets of series that match any of the selectors (none: all) and have samples in the
    /// range, sorted, at most `limit` (0: no limit).
    fn label_sets(&self, request: &NamesRequest, context: &ReadContext) -> Result<Vec<Labels>>;

    /// Names of labels of such series, sorted.
    fn label_names(&self, request: &NamesRequest, context: &ReadContext) -> Result<Vec<String>>;

    /// Values of a label of such series, sorted.
    fn label_values(
        &self,
        name: &str,
        request: &NamesRequest,
        context: &ReadContext,
    ) -> Result<Vec<String>>;

    /// Exemplars of series that match any of the selectors, by series, each by time.
    fn exemplars(
        &self,
        request: &NamesRequest,
        context: &ReadContext,
    ) -> Result<Vec<(Labels, Vec<Exemplar>)>>;

    /// What is known about metric families, sorted by family name: every distinct record.
    fn metadata(&self, context: &ReadContext) -> Result<Vec<(String, Metadata)>>;

    /// The family whose OTLP name, escaped but without unit and type suffixes, is this; see decision
    /// C1. `None` if there is none. (`workflow_duration` → `workflow_duration_milliseconds`)
    fn family_of_alias(&self, alias: &str) -> Option<String>;

    /// How many series there are, by name, by label and by pair.
    fn cardinality(
        &self,
        request: &CardinalityRequest,
        context: &ReadContext,
    ) -> Result<Cardinality>;
}

/// Which series, and when.
#[derive(Debug, Clone)]
pub struct SelectRequest {
    /// All of them must match.
    pub matchers: Vec<LabelMatcher>,
    /// Earliest time that matters, inclusive.
    pub start_ms: i64,
    /// Latest time that matters, inclusive.
    pub end_ms: i64,
    /// At most so many series; 0 is no limit.
    pub series_max: usize,
}

/// A series that was found.
#[derive(Clone)]
pub struct SelectedSeries {
    /// Its labels.
    pub labels: Labels,
    /// Its samples.
    pub data: Arc<dyn SeriesData>,
}

/// Samples of a series, decoded when asked for. Compressed chunks of it are held until it is dropped.
pub trait SeriesData: Send + Sync {
    /// Puts the samples of the range (both ends inclusive) into `out`, which is cleared first: times
    /// strictly ascend, duplicates are merged.
    fn read(&self, start_ms: i64, end_ms: i64, out: &mut SampleColumns) -> Result<()>;

    /// Puts the newest sample of the range (both ends inclusive) into `out`, which is cleared first, if
    /// there is one.
    fn read_newest(&self, start_ms: i64, end_ms: i64, out: &mut SampleColumns) -> Result<()> {
        self.read(start_ms, end_ms, out)?;
        keep_newest(out);
        Ok(())
    }

    /// At most so many samples lie in the series.
    fn samples_max(&self) -> u64;
}

/// Which series' names.
#[derive(Debug, Clone, Default)]
pub struct NamesRequest {
    /// Series that match any of these lists of matchers; none at all: every series.
    pub selectors: Vec<Vec<LabelMatcher>>,
    /// Earliest time that matters, inclusive.
    pub start_ms: i64,
    /// Latest time that matters, inclusive.
    pub end_ms: i64,
    /// At most so many answers; 0 is no limit.
    pub limit: usize,
}

/// What to count.
#[derive(Debug, Clone, Default)]
pub struct CardinalityRequest {
    /// Only series that match all of these.
    pub matchers: Vec<LabelMatcher>,
    /// At most so many entries a list.
    pub limit: usize,
}

/// How many series there are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cardinality {
    /// Series that are active: had a sample lately.
    pub active_series: u64,
    /// Series of all time.
    pub total_series: u64,
    /// Distinct label pairs of active series.
    pub label_pairs: u64,
    /// Series that appeared since the head was last cut.
    pub created_series: u64,
    /// Series by name of metric, most first.
    pub by_name: Vec<(String, u64)>,
    /// Distinct values by label, most first.
    pub values_by_label: Vec<(String, u64)>,
    /// Bytes of values by label, most first.
    pub bytes_by_label: Vec<(String, u64)>,
    /// Series by pair `name=value`, most first.
    pub by_pair: Vec<(String, u64)>,
    /// Earliest and latest sample in memory, milliseconds.
    pub head_range_ms: Option<(i64, i64)>,
    /// Chunks in memory.
    pub head_chunks: u64,
}
