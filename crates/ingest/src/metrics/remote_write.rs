//! Remote write to a batch: samples are judged, labels stay in the body until the store asks for them.
//!
//! What is refused, with which words, is as in Prometheus; unlike there, the good series of a mixed request of
//! 1.0 are kept too, as its specification asks. Source: the remote-write specifications 1.0 and 2.0.

use crate::judge::{Bench, Counts, RefusedRange, Ruling};
use crate::limits::ItemLimits;
use crate::meter::Meter;
use crate::metrics::batch::{BatchBuilder, POINT_BYTES};
use crate::metrics::labels::check_limits;
use crate::metrics::settings::LabelLimits;
use crate::reason::Reason;
use bytes::Bytes;
use std::sync::Arc;
use tacho_model::histogram::Histogram;
use tacho_model::labels::Labels;
use tacho_model::time::Timestamp;
use tacho_storage::error::{Error, Result as StoreResult};
use tacho_storage::samples::batch::{LabelSource, Point, PointValue, RunKind};
use tacho_wire::remote_write::labels::Listed;
use tacho_wire::remote_write::{Sample, SampleValue, Series, Version, WriteRequest};

/// Nanoseconds reach to 2262-04-11.
const TIME_MS_MAX: i64 = i64::MAX / 1_000_000;
/// Characters of an exemplar's labels.
const EXEMPLAR_CHARS_MAX: usize = 128;
/// A message names so many refused samples at most.
const LINES_MAX: usize = 50;

/// The body and what was found in it: labels of its series.
pub(crate) struct WriteLabels {
    body: Bytes,
    request: WriteRequest,
    /// `None` at replay: what is in the log was within limits.
    limits: Option<LabelLimits>,
}

impl WriteLabels {
    fn series(&self, series: usize) -> Result<Labels, String> {
        self.request.labels(&self.body, series)
    }

    /// The labels of a series for a message.
    pub(crate) fn text(&self, series: usize) -> String {
        match self.series(series) {
            Ok(labels) => Listed(&labels).to_string(),
            Err(problem) => format!("({problem})"),
        }
    }
}

/// Labels out of a body that the report holds too.
pub(crate) struct SharedLabels(pub(crate) Arc<WriteLabels>);

impl LabelSource for SharedLabels {
    fn labels(&self, series: usize) -> StoreResult<Labels> {
        let labels = self.0.series(series).map_err(Error::invalid)?;
        match &self.0.limits {
            Some(limits) => check_limits(labels, limits),
            None => Ok(labels),
        }
    }
}

/// Lines for the sender, of which only so many are kept.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    lines: Vec<String>,
    more: u64,
}

impl Lines {
    pub(crate) fn push(&mut self, line: impl FnOnce() -> String) {
        if self.lines.len() < LINES_MAX {
            self.lines.push(line());
        } else {
            self.more += 1;
        }
    }

    pub(crate) fn add(&mut self, count: u64, line: impl FnOnce() -> String) {
        self.push(line);
        self.more += count.saturating_sub(1);
    }

    /// All lines; `None` if there are none.
    pub(crate) fn into_text(self) -> Option<String> {
        if self.lines.is_empty() {
            return None;
        }
        let mut text = self.lines.join("\n");
        if self.more > 0 {
            text.push_str(&format!("\nand {} more", self.more));
        }
        Some(text)
    }
}

/// A judged request.
pub(crate) struct Written {
    pub(crate) builder: BatchBuilder,
    pub(crate) labels: Arc<WriteLabels>,
    /// Samples that the request had.
    pub(crate) seen: u64,
    /// Samples that were refused, ascending, not touching each other.
    pub(crate) refused: Vec<RefusedRange>,
    pub(crate) counts: Counts,
    pub(crate) out_of_memory: bool,
    pub(crate) lines: Lines,
}

/// How a request is judged.
pub(crate) struct Judging<'a> {
    pub(crate) receive_time: Timestamp,
    pub(crate) ruling: Ruling<'a>,
    /// `None` at replay.
    pub(crate) limits: Option<LabelLimits>,
    pub(crate) version: Version,
}

struct Writer<'a, 'm, 'r> {
    bench: Bench<'a, 'm, 'r>,
    builder: BatchBuilder,
    labels: Arc<WriteLabels>,
    histograms: Vec<Option<Histogram>>,
    lines: Lines,
    is_live: bool,
}

/// Judges the samples of a request.
pub(crate) fn judge(
    body: Bytes,
    mut request: WriteRequest,
    judging: &Judging<'_>,
    meter: &mut Meter<'_>,
) -> Written {
    let item_limits = ItemLimits::default();
    let histograms = std::mem::take(&mut request.histograms);
    let samples = std::mem::take(&mut request.samples);
    let exemplars = std::mem::take(&mut request.exemplars);
    let metadata = std::mem::take(&mut request.metadata);
    let labels = Arc::new(WriteLabels {
        body,
        request,
        limits: judging.limits,
    });
    meter.charge(samples.len() * POINT_BYTES);
    let mut writer = Writer {
        bench: Bench::new(&item_limits, judging.receive_time, judging.ruling, meter),
        builder: BatchBuilder::default(),
        labels: Arc::clone(&labels),
        histograms: histograms.into_iter().map(Some).collect(),
        lines: Lines::default(),
        is_live: judging.limits.is_some(),
    };
    writer.builder.metadata = metadata;
    writer.builder.points.reserve(samples.len());
    writer.builder.series.reserve(labels.request.series.len());
    let mut rest = samples.as_slice();
    for (position, series) in labels.request.series.iter().enumerate() {
        let (own, after) = rest
            .split_at_checked(series.samples as usize)
            .unwrap_or((rest, &[]));
        rest = after;
        writer.series(position, series, own, judging.version);
    }
    for (series, exemplar) in exemplars {
        match exemplar {
            Ok(exemplar) if !is_too_long(&exemplar.labels) => {
                writer.builder.exemplars.push((series, exemplar));
            }
            // As in Prometheus, nobody is told.
            Ok(_) => {}
            Err(problem) => {
                let text = || {
                    format!(
                        "parsing exemplar for series {}: {problem}",
                        labels.text(series as usize)
                    )
                };
                writer.lines.push(text);
            }
        }
    }
    writer.drop_lost_exemplars();
    let out_of_memory = writer.bench.out_of_memory();
    let (seen, refused, counts) = writer.bench.into_parts();
    Written {
        builder: writer.builder,
        labels,
        seen,
        refused,
        counts,
        out_of_memory,
        lines: writer.lines,
    }
}

impl Writer<'_, '_, '_> {
    fn series(&mut self, position: usize, series: &Series, samples: &[Sample], version: Version) {
        self.builder.begin(series.alias, RunKind::Plain);
        if let Some(problem) = &series.problem {
            let count = samples.len() as u64;
            self.bench.refuse_next(count, Reason::SeriesInvalid);
            self.lines.push(|| problem.to_string());
            return;
        }
        if samples.is_empty() && version == Version::V2 && self.is_live {
            let labels = &self.labels;
            self.lines.push(|| {
                format!(
                    "TimeSeries must contain at least one sample or histogram for series {}",
                    labels.text(position)
                )
            });
        }
        for sample in samples {
            let taken = self.bench.admit(0, |latest| refusal(sample, latest));
            if taken {
                self.sample(sample);
            } else if self.is_live {
                self.explain(position, sample);
            }
        }
    }

    fn sample(&mut self, sample: &Sample) {
        let value = match sample.value {
            SampleValue::Float(value) => PointValue::Float(value),
            SampleValue::Histogram(at) => {
                let histogram = self.histograms.get_mut(at as usize).and_then(Option::take);
                self.builder.histogram(histogram.unwrap_or_default())
            }
            SampleValue::Invalid(_) => return,
        };
        self.builder.push(Point {
            time_ms: sample.time_ms,
            start_ms: sample.start_ms,
            value,
        });
    }

    fn explain(&mut self, position: usize, sample: &Sample) {
        let labels = &self.labels;
        self.lines.push(|| {
            let series = labels.text(position);
            match sample.value {
                SampleValue::Invalid(at) => {
                    let problem = labels.request.problems.get(at as usize);
                    format!("{} for series {series}", problem.map_or("", String::as_str))
                }
                _ if sample.time_ms > 0 => {
                    format!("out of bounds: timestamp is too far in the future for series {series}")
                }
                _ => format!("out of bounds for series {series}"),
            }
        });
    }

    /// Exemplars of series of which no sample is left go with them.
    fn drop_lost_exemplars(&mut self) {
        let series = &self.builder.series;
        let sent = &self.labels.request.series;
        self.builder.exemplars.retain(|(position, _)| {
            let position = *position as usize;
            let (Some(run), Some(sent)) = (series.get(position), sent.get(position)) else {
                return false;
            };
            sent.problem.is_none() && (run.points > 0 || sent.samples == 0)
        });
    }
}

/// OpenMetrics allows the labels of an exemplar so many characters.
fn is_too_long(labels: &Labels) -> bool {
    let chars = |(name, value): (&str, &str)| name.chars().count() + value.chars().count();
    labels.iter().map(chars).sum::<usize>() > EXEMPLAR_CHARS_MAX
}

fn refusal(sample: &Sample, latest: Timestamp) -> Option<Reason> {
    if let SampleValue::Invalid(_) = sample.value {
        return Some(Reason::HistogramInvalid);
    }
    if sample.time_ms > TIME_MS_MAX || sample.time_ms < -TIME_MS_MAX {
        return Some(Reason::TimeOutOfRange);
    }
    if sample.time_ms > latest.0.div_euclid(1_000_000) {
        return Some(Reason::TimeInFuture);
    }
    None
}
