//! One target over time: each answer becomes samples, series that are gone get stale markers, and a
//! few series tell how the scrape went.
//!
//! A failed scrape writes nothing of what was read. The caller gives the batch to the store; what the
//! store refuses (too old, another value for the same time) does not fail the scrape.

mod collect;
mod convert;
mod labels;
mod metadata;
mod output;
#[cfg(test)]
mod tests;

use crate::scrape::config::job::Job;
use crate::scrape::config::protocol::Protocol;
use crate::scrape::target::Target;
use collect::Collector;
use metadata::MetadataCache;
use output::Output;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tacho_model::histogram::{EXPONENTIAL_SCHEMA_MAX, EXPONENTIAL_SCHEMA_MIN, Histogram};
use tacho_model::labels::Labels;
use tacho_model::metric::Metadata;
use tacho_model::sample::stale_nan;
use tacho_storage::samples::batch::SampleBatch;
use tacho_wire::exposition::{self, Format, HistogramForm, Options};

/// How far ahead of the clock a time in an answer may lie.
const AHEAD_MS_MAX: i64 = 600_000;
/// Texts of series that are remembered beyond twice what the last good answer had.
const KNOWN_SLACK: usize = 1_000;

/// What a text of a series stands for.
enum Known {
    /// Rules drop it.
    Dropped { seen: u64 },
    /// A series.
    Series {
        labels: Labels,
        alias: u128,
        seen: u64,
    },
}

/// A series that gets a stale marker once it is gone.
struct Live {
    labels: Labels,
    first: u64,
    seen: u64,
    is_histogram: bool,
}

/// What a scrape counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Samples that were read.
    pub scraped: u64,
    /// Samples after the rules.
    pub kept: u64,
    /// Series that the scrape before did not have.
    pub added: u64,
    /// Samples left out because their series came before in the same answer.
    pub duplicates: u64,
    /// Samples left out because their time lies too far ahead.
    pub out_of_bounds: u64,
    /// Bytes of the answer; −1 if it was cut off by the limit.
    pub body_bytes: i64,
}

/// What failed, apart from its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// The target could not be asked, or answered something else than was asked for.
    Target,
    /// The answer is larger than `body_size_limit`.
    BodySize,
    /// More samples than `sample_limit`.
    Samples,
    /// A limit of labels.
    Labels,
    /// More buckets than `native_histogram_bucket_limit`.
    Buckets,
    /// The answer cannot be read.
    Format,
}

/// Why a scrape failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What failed.
    pub kind: FailureKind,
    /// Prometheus' words, where it has some.
    pub message: String,
}

impl Failure {
    /// A failure.
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
        }
    }
}

/// What came of a scrape.
pub struct Taken {
    output: Output,
    /// What was counted.
    pub counts: Counts,
    /// Why it failed, if it did.
    pub failure: Option<Failure>,
}

/// A target over time.
pub struct Session {
    job: Arc<Job>,
    target: Arc<Target>,
    known: HashMap<u128, Known>,
    live: HashMap<u128, Live>,
    metadata: MetadataCache,
    round: u64,
    /// Texts and metadata after the last good answer.
    settled: usize,
}

impl Session {
    /// A target that was not scraped yet.
    pub fn new(job: Arc<Job>, target: Arc<Target>) -> Self {
        Self {
            job,
            target,
            known: HashMap::new(),
            live: HashMap::new(),
            metadata: MetadataCache::default(),
            round: 1,
            settled: 0,
        }
    }

    /// Goes on with another configuration of the same target: what is remembered of its labels is
    /// forgotten, but series that the new configuration does not give any more get stale markers.
    pub fn reconfigure(&mut self, job: Arc<Job>, target: Arc<Target>) {
        self.known.clear();
        self.job = job;
        self.target = target;
    }

    /// Takes an answer of this moment (milliseconds since the epoch).
    pub fn take(&mut self, body: &[u8], format: Format, now_ms: i64) -> Taken {
        let mut options = Options {
            histograms: self.histogram_form(),
            ..Options::default()
        };
        options.limits.line_bytes_max = options.limits.line_bytes_max.max(body.len().min(8 << 20));
        let mut collector = Collector::new(self, now_ms);
        let parsed = exposition::parse(body, format, &options, &mut collector);
        if parsed.is_ok() {
            collector.add_converted();
        }
        let (mut output, mut counts, mut failure) = collector.finish();
        counts.body_bytes = i64::try_from(body.len()).unwrap_or(i64::MAX);
        if let Err(error) = parsed
            && failure.is_none()
        {
            failure = Some(Failure::new(FailureKind::Format, error.to_string()));
        }
        if failure.is_some() {
            return Taken {
                output: self.end_round(None, now_ms),
                counts,
                failure,
            };
        }
        output = self.end_round(Some(output), now_ms);
        Taken {
            output,
            counts,
            failure,
        }
    }

    /// Takes an answer without content, or notes that there was none: all series end.
    pub fn take_nothing(&mut self, failure: Option<Failure>, now_ms: i64) -> Taken {
        let cut_off = matches!(&failure, Some(failure) if failure.kind == FailureKind::BodySize);
        let counts = Counts {
            body_bytes: if cut_off { -1 } else { 0 },
            ..Counts::default()
        };
        Taken {
            output: self.end_round(None, now_ms),
            counts,
            failure,
        }
    }

    /// Ends a round: adds stale markers of series that it did not have. Without output the round has
    /// none at all.
    fn end_round(&mut self, output: Option<Output>, now_ms: i64) -> Output {
        let round = self.round;
        let good = output.is_some();
        let mut output = output.unwrap_or_default();
        let mut stale: Vec<(u128, Live)> = self
            .live
            .extract_if(|_, live| !good || live.seen != round)
            .filter(|(_, live)| live.first != round)
            .collect();
        stale.sort_unstable_by(|a, b| a.1.labels.cmp(&b.1.labels));
        for (alias, live) in stale {
            output.push_stale(alias, live.labels, live.is_histogram, now_ms);
        }
        let remembered = self.known.len() + self.metadata.len();
        if good {
            output.metadata = self.metadata.take_changed(round);
            self.settled = remembered;
        }
        if good || remembered > self.settled * 2 + KNOWN_SLACK {
            self.known.retain(|_, known| match known {
                Known::Dropped { seen } | Known::Series { seen, .. } => *seen == round,
            });
            self.metadata.forget_old(round);
        }
        self.round += 1;
        output
    }

    fn histogram_form(&self) -> HistogramForm {
        let target = &self.target;
        match (target.native_histograms, target.always_classic_histograms) {
            (false, _) => HistogramForm::Classic,
            (true, false) => HistogramForm::Native,
            (true, true) => HistogramForm::Both,
        }
    }

    /// Adds the series about the scrape and gives everything out.
    pub fn report(&self, mut taken: Taken, duration: Duration, now_ms: i64) -> SampleBatch {
        let counts = &taken.counts;
        let up = if taken.failure.is_none() { 1.0 } else { 0.0 };
        let mut values = vec![
            ("up", up),
            ("scrape_duration_seconds", duration.as_secs_f64()),
            ("scrape_samples_scraped", counts.scraped as f64),
            ("scrape_samples_post_metric_relabeling", counts.kept as f64),
            ("scrape_series_added", counts.added as f64),
        ];
        if self.job.extra_scrape_metrics {
            let limit = self.job.limits.samples as f64;
            values.extend([
                ("scrape_timeout_seconds", self.target.timeout.as_secs_f64()),
                ("scrape_sample_limit", limit),
                ("scrape_body_size_bytes", counts.body_bytes as f64),
            ]);
        }
        for (name, value) in values {
            let labels = labels::of_report(name, &self.target.public);
            taken.output.push_float(labels, value, now_ms);
        }
        taken.output.into_batch()
    }

    /// Ends all series, those about the scrapes too: the target is gone. `None` if there are none.
    pub fn end(&mut self, now_ms: i64) -> Option<SampleBatch> {
        if self.round == 1 {
            return None;
        }
        let mut output = self.end_round(None, now_ms);
        let mut names = vec![
            "up",
            "scrape_duration_seconds",
            "scrape_samples_scraped",
            "scrape_samples_post_metric_relabeling",
            "scrape_series_added",
        ];
        if self.job.extra_scrape_metrics {
            names.extend([
                "scrape_timeout_seconds",
                "scrape_sample_limit",
                "scrape_body_size_bytes",
            ]);
        }
        for name in names {
            let labels = labels::of_report(name, &self.target.public);
            output.push_float(labels, stale_nan(), now_ms);
        }
        Some(output.into_batch())
    }

    /// What the target tells about its metrics, by name.
    pub fn metadata(&mut self) -> Arc<Vec<(String, Metadata)>> {
        self.metadata.all()
    }
}

/// The format of an answer by its content type, or else by what the job says.
///
/// # Errors
/// Prometheus' words, if neither says.
pub fn format_of(content_type: &str, fallback: Option<Protocol>) -> Result<Format, String> {
    if let Some(format) = Format::from_content_type(content_type) {
        return Ok(format);
    }
    match fallback {
        Some(Protocol::PrometheusProto) => Ok(Format::Protobuf),
        Some(Protocol::OpenMetricsText001 | Protocol::OpenMetricsText100) => {
            Ok(Format::OpenMetrics)
        }
        Some(Protocol::PrometheusText004 | Protocol::PrometheusText100) => {
            Ok(Format::PrometheusText)
        }
        None if content_type.is_empty() => Err(
            "non-compliant scrape target sending blank Content-Type and no fallback_scrape_protocol specified for target"
                .to_owned(),
        ),
        None => Err(format!(
            "received unsupported Content-Type {content_type:?} and no fallback_scrape_protocol specified for target"
        )),
    }
}

/// The finest schema whose buckets grow by at least this factor.
fn schema_of_factor(factor: f64) -> i32 {
    if factor <= 1.0 {
        return EXPONENTIAL_SCHEMA_MAX;
    }
    let schema = (-factor.log2().log2()).floor();
    let (min, max) = (
        f64::from(EXPONENTIAL_SCHEMA_MIN),
        f64::from(EXPONENTIAL_SCHEMA_MAX),
    );
    schema.clamp(min, max) as i32
}

/// Merges buckets until factor and number of buckets are within the limits; false if that cannot be.
fn shrink(histogram: &mut Histogram, factor: f64, buckets_max: u64) -> bool {
    let exponential = !histogram.has_custom_bounds();
    if exponential {
        let schema = schema_of_factor(factor);
        if histogram.schema > schema {
            histogram.reduce_resolution(schema);
        }
    }
    let too_many = |histogram: &Histogram| {
        let buckets = histogram.positive.counts.len() + histogram.negative.counts.len();
        buckets_max > 0 && buckets as u64 > buckets_max
    };
    while too_many(histogram) {
        if !exponential || histogram.schema <= EXPONENTIAL_SCHEMA_MIN {
            return false;
        }
        histogram.reduce_resolution(histogram.schema - 1);
    }
    true
}
