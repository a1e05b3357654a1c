//! Remarks on a result: warnings and infos with the texts of Prometheus, each once, with the place in
//! the query that gave rise to it.
//!
//! Source: Prometheus' `util/annotations`; clients compare the texts.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::ops::Range;
use tacho_model::number_text::{shortest, significant};
use tacho_model::time::Timestamp;

/// Different annotations of one query; further ones are only counted.
const ANNOTATIONS_MAX: usize = 10_000;

/// A remark. Names are empty where a series has none.
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(missing_docs, reason = "the text of each is in `message`")]
pub enum Annotation<'a> {
    InvalidQuantile(f64),
    InvalidRatio {
        ratio: f64,
        cap: f64,
    },
    BadBucketLabel {
        name: &'a str,
        value: &'a str,
    },
    MixedFloatsHistograms(&'a str),
    MixedFloatsHistogramsAggregation,
    MixedClassicNative(&'a str),
    NotCounter(&'a str),
    NotGauge(&'a str),
    MixedExponentialCustom(&'a str),
    IncompatibleBucketLayout {
        operator: &'a str,
    },
    SortInRangeQuery,
    CounterResetCollision(Combining),
    StartTimeOverlap(&'a str),
    PossibleNonCounter(&'a str),
    PossibleNonCounterLabel {
        name: &'a str,
        kind: &'a str,
    },
    ForcedMonotonicity(ForcedMonotonicity<'a>),
    IncompatibleTypes {
        left: &'a str,
        operator: &'a str,
        right: &'a str,
    },
    HistogramIgnoredInAggregation(&'a str),
    HistogramIgnoredInMixedRange(&'a str),
    QuantileNan(&'a str),
    QuantileNanSkew(&'a str),
    FractionNan(&'a str),
    MismatchedCustomBuckets(Combining),
}

/// Buckets of a classic histogram whose counts had to be raised.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ForcedMonotonicity<'a> {
    /// Name of the metric.
    pub name: &'a str,
    /// Time of the step.
    pub time_ms: i64,
    /// Upper bound of the first bucket that was raised.
    pub min_bucket: f64,
    /// Upper bound of the last one.
    pub max_bucket: f64,
    /// The largest raise.
    pub max_diff: f64,
}

/// What histograms were combined for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Combining {
    /// `+`.
    Addition,
    /// `-`.
    Subtraction,
    /// `sum` and its like.
    Aggregation,
}

impl Combining {
    /// As the texts say it.
    pub fn as_str(self) -> &'static str {
        match self {
            Combining::Addition => "addition",
            Combining::Subtraction => "subtraction",
            Combining::Aggregation => "aggregation",
        }
    }
}

impl Annotation<'_> {
    /// True for a warning, false for an info.
    pub fn is_warning(&self) -> bool {
        use Annotation as A;
        matches!(
            self,
            A::InvalidQuantile(_)
                | A::InvalidRatio { .. }
                | A::BadBucketLabel { .. }
                | A::MixedFloatsHistograms(_)
                | A::MixedFloatsHistogramsAggregation
                | A::MixedClassicNative(_)
                | A::NotCounter(_)
                | A::NotGauge(_)
                | A::MixedExponentialCustom(_)
                | A::IncompatibleBucketLayout { .. }
                | A::SortInRangeQuery
                | A::CounterResetCollision(_)
                | A::StartTimeOverlap(_)
        )
    }

    /// The text without place.
    pub fn message(&self) -> String {
        let text = self.text();
        let severity = if self.is_warning() { "warning" } else { "info" };
        format!("PromQL {severity}: {text}")
    }

    #[rustfmt::skip]
    fn text(&self) -> String {
        use Annotation as A;
        match *self {
            A::InvalidQuantile(value) => format!("quantile value should be between 0 and 1, got {}", shortest(value)),
            A::InvalidRatio { ratio, cap } => format!("ratio value should be between -1 and 1, got {}, capping to {}", shortest(ratio), shortest(cap)),
            A::BadBucketLabel { name, value } => named(format!("bucket label \"le\" is missing or has a malformed value of {value:?}"), name),
            A::MixedFloatsHistograms(name) => format!("encountered a mix of histograms and floats for metric name {name:?}"),
            A::MixedFloatsHistogramsAggregation => "encountered a mix of histograms and floats for aggregation".to_owned(),
            A::MixedClassicNative(name) => named("vector contains a mix of classic and native histograms", name),
            A::NotCounter(name) => format!("this native histogram metric is not a counter: {name:?}"),
            A::NotGauge(name) => format!("this native histogram metric is not a gauge: {name:?}"),
            A::MixedExponentialCustom(name) => format!("vector contains a mix of histograms with exponential and custom buckets schemas for metric name {name:?}"),
            A::IncompatibleBucketLayout { operator } => format!("incompatible bucket layout encountered for binary operator {operator}"),
            A::SortInRangeQuery => "sort is ineffective for range queries since results are always ordered by labels".to_owned(),
            A::CounterResetCollision(combining) => format!("conflicting counter resets during histogram {}", combining.as_str()),
            A::StartTimeOverlap(name) => format!("sample has start time that overlaps with previous sample timestamp for metric {name:?}"),
            A::PossibleNonCounter(name) => format!("metric might not be a counter, name does not end in _total/_sum/_count/_bucket: {name:?}"),
            A::PossibleNonCounterLabel { name, kind } => format!("metric might not be a counter, __type__ label is not set to \"counter\" or \"histogram\", got {kind:?}: {name:?}"),
            A::ForcedMonotonicity(forced) => named("input to histogram_quantile needed to be fixed for monotonicity (see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)", forced.name),
            A::IncompatibleTypes { left, operator, right } => format!("incompatible sample types encountered for binary operator {operator:?}: {left} {operator} {right}"),
            A::HistogramIgnoredInAggregation(word) => format!("ignored histogram in {word} aggregation"),
            A::HistogramIgnoredInMixedRange(name) => format!("ignored histograms in a range containing both floats and histograms for metric name {name:?}"),
            A::QuantileNan(name) => named("input to histogram_quantile has NaN observations, result is NaN", name),
            A::QuantileNanSkew(name) => named("input to histogram_quantile has NaN observations, result is skewed higher", name),
            A::FractionNan(name) => named("input to histogram_fraction has NaN observations, which are excluded from all fractions", name),
            A::MismatchedCustomBuckets(combining) => format!("mismatched custom buckets were reconciled during {}", combining.as_str()),
        }
    }
}

fn named(text: impl Into<String>, name: &str) -> String {
    let mut text = text.into();
    if !name.is_empty() {
        let _ = write!(text, " for metric name {name:?}");
    }
    text
}

/// The remarks on a result.
#[derive(Debug, Clone, Default)]
pub struct Annotations {
    notes: Vec<Note>,
    by_message: HashMap<String, usize>,
    more_warnings: usize,
    more_infos: usize,
}

#[derive(Debug, Clone)]
struct Note {
    message: String,
    warning: bool,
    range: Range<usize>,
    detail: Detail,
}

/// What is joined when the same remark is made again.
#[derive(Debug, Clone, PartialEq)]
enum Detail {
    None,
    Overlap {
        count: usize,
    },
    Monotonicity {
        count: usize,
        times: (i64, i64),
        buckets: (f64, f64),
        max_diff: f64,
    },
}

impl Detail {
    fn new(annotation: &Annotation<'_>) -> Self {
        match annotation {
            Annotation::StartTimeOverlap(_) => Detail::Overlap { count: 1 },
            Annotation::ForcedMonotonicity(forced) => Detail::Monotonicity {
                count: 1,
                times: (forced.time_ms, forced.time_ms),
                buckets: (forced.min_bucket, forced.max_bucket),
                max_diff: forced.max_diff,
            },
            _ => Detail::None,
        }
    }

    fn join(&mut self, other: &Detail) {
        match (self, other) {
            (Detail::Overlap { count }, Detail::Overlap { count: more }) => *count += more,
            (
                Detail::Monotonicity {
                    count,
                    times,
                    buckets,
                    max_diff,
                },
                Detail::Monotonicity {
                    count: more,
                    times: t,
                    buckets: b,
                    max_diff: diff,
                },
            ) => {
                *count += more;
                *times = (times.0.min(t.0), times.1.max(t.1));
                *buckets = (buckets.0.min(b.0), buckets.1.max(b.1));
                *max_diff = max_diff.max(*diff);
            }
            _ => {}
        }
    }
}

impl Annotations {
    /// Adds a remark about these bytes of the query.
    pub fn add(&mut self, annotation: &Annotation<'_>, range: &Range<usize>) {
        self.insert(Note {
            message: annotation.message(),
            warning: annotation.is_warning(),
            range: range.clone(),
            detail: Detail::new(annotation),
        });
    }

    /// Adds all remarks of others.
    pub fn merge(&mut self, other: Annotations) {
        for note in other.notes {
            self.insert(note);
        }
        self.more_warnings += other.more_warnings;
        self.more_infos += other.more_infos;
    }

    /// True without any.
    pub fn is_empty(&self) -> bool {
        self.notes.is_empty()
    }

    fn insert(&mut self, note: Note) {
        if let Some(&index) = self.by_message.get(&note.message) {
            let before = &mut self.notes[index];
            before.detail.join(&note.detail);
            before.range = note.range;
        } else if self.notes.len() < ANNOTATIONS_MAX {
            self.by_message
                .insert(note.message.clone(), self.notes.len());
            self.notes.push(note);
        } else if note.warning {
            self.more_warnings += 1;
        } else {
            self.more_infos += 1;
        }
    }

    /// The texts of warnings and of infos with their places in the query. At most `max` each, 0
    /// for all; a last one tells how many more there are.
    pub fn texts(&self, query: &str, max: usize) -> (Vec<String>, Vec<String>) {
        let of = |warning: bool, word: &str, mut more: usize| {
            let mut texts: Vec<String> = self
                .notes
                .iter()
                .filter(|note| note.warning == warning)
                .map(|note| note.text(query))
                .collect();
            if max > 0 && texts.len() > max {
                more += texts.len() - max;
                texts.truncate(max);
            }
            if more > 0 {
                texts.push(format!("{more} more {word} annotations omitted"));
            }
            texts
        };
        (
            of(true, "warning", self.more_warnings),
            of(false, "info", self.more_infos),
        )
    }
}

impl Note {
    fn text(&self, query: &str) -> String {
        let (line, column) = position(query, self.range.start);
        let mut text = self.message.clone();
        match &self.detail {
            Detail::None => {}
            Detail::Overlap { count } if *count <= 1 => {}
            Detail::Overlap { count } => {
                let _ = write!(text, " ({count} occurrences)");
            }
            Detail::Monotonicity {
                count,
                times,
                buckets,
                max_diff,
            } => {
                let _ = write!(
                    text,
                    ", from buckets {} to {}, with a max diff of {}, over {count} samples from {} to {}",
                    shortest(buckets.0),
                    shortest(buckets.1),
                    significant(*max_diff, 2),
                    whole_second(times.0),
                    whole_second(times.1),
                );
            }
        }
        let _ = write!(text, " ({line}:{column})");
        text
    }
}

/// Line and column of a byte, both from 1; columns count bytes.
pub fn position(query: &str, byte: usize) -> (usize, usize) {
    let before = &query.as_bytes()[..byte.min(query.len())];
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let line_start = before
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |at| at + 1);
    (line, byte - line_start + 1)
}

fn whole_second(time_ms: i64) -> String {
    let second_ms = time_ms.saturating_sub(time_ms.rem_euclid(1_000));
    let text = Timestamp(second_ms.saturating_mul(1_000_000)).to_string();
    text.replace(".000000000", "")
}
