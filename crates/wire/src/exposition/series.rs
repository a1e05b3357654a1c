//! A series and an exemplar as they stand in an exposition: where name and labels lie. Labels are
//! built only when somebody asks, so that a series that is known by its text costs nothing more.

use super::number;
use std::borrow::Cow;
use tacho_model::labels::{BUCKET_LABEL, Labels, METRIC_NAME, QUANTILE_LABEL};
use tacho_model::metric::{Exemplar, MetricKind};
use tacho_model::number_text;
use xxhash_rust::xxh3::xxh3_128;

/// A range of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Span {
    pub(super) fn of(self, text: &[u8]) -> &[u8] {
        text.get(self.start..self.end).unwrap_or_default()
    }

    pub(super) fn len(self) -> usize {
        self.end - self.start
    }
}

/// Where a label's name and value lie, without their quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LabelSpan {
    pub(super) name: Span,
    pub(super) value: Span,
}

/// Why the labels of a series are none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LabelProblem {
    /// The series has no name.
    #[error("the metric has no name")]
    NoMetricName,
    /// A label has an empty name.
    #[error("a label has an empty name")]
    EmptyName,
    /// A name is given twice.
    #[error("label {0:?} is given twice")]
    Duplicate(String),
    /// A name or a value is no UTF-8.
    #[error("a label is not valid UTF-8")]
    NotUtf8,
}

/// A series as it is exposed.
#[derive(Debug, Clone, Copy)]
pub struct SeriesRef<'a> {
    /// What the ranges count in.
    pub(super) text: &'a [u8],
    pub(super) raw: Span,
    pub(super) name: Span,
    pub(super) labels: &'a [LabelSpan],
    /// Whether names and values have escapes.
    pub(super) escaped: bool,
    pub(super) kind: MetricKind,
    pub(super) line: usize,
}

impl<'a> SeriesRef<'a> {
    /// The text of name and labels as it stands in the exposition. Equal text is the same series;
    /// the same series may have several texts.
    pub fn raw(&self) -> &'a [u8] {
        self.raw.of(self.text)
    }

    /// Hash of the text, for finding a known series.
    pub fn hash(&self) -> u128 {
        xxh3_128(self.raw())
    }

    /// The line, from 1; in protobuf the number of the metric family, from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The kind that the last type line before it told. It is that of the series if the exposition
    /// keeps its families together.
    pub fn kind(&self) -> MetricKind {
        self.kind
    }

    /// Number of labels, the name not counted.
    pub fn label_count(&self) -> usize {
        self.labels.len()
    }

    /// The name of the metric; empty if it is no UTF-8.
    pub fn metric_name(&self) -> Cow<'a, str> {
        self.text_of(self.name).unwrap_or_default()
    }

    /// Length of the longest name and of the longest value among the labels, in bytes, as written.
    pub fn longest_label(&self) -> (usize, usize) {
        self.labels.iter().fold((0, 0), |(name, value), label| {
            (name.max(label.name.len()), value.max(label.value.len()))
        })
    }

    fn text_of(&self, span: Span) -> Option<Cow<'a, str>> {
        let text = std::str::from_utf8(span.of(self.text)).ok()?;
        Some(if self.escaped {
            unescape(text)
        } else {
            Cow::Borrowed(text)
        })
    }

    /// The labels as written, unescaped, without the name, in their order.
    pub fn written_labels(
        &self,
    ) -> impl Iterator<Item = Result<(Cow<'a, str>, Cow<'a, str>), LabelProblem>> {
        let series = *self;
        self.labels.iter().map(move |label| {
            let name = series.text_of(label.name);
            let value = series.text_of(label.value);
            name.zip(value).ok_or(LabelProblem::NotUtf8)
        })
    }

    /// The labels with the name. `le` of histograms and `quantile` of summaries become numbers as
    /// OpenMetrics writes them; labels with an empty value are left out.
    pub fn labels(&self) -> Result<Labels, LabelProblem> {
        let name = self.text_of(self.name).ok_or(LabelProblem::NotUtf8)?;
        if name.is_empty() {
            return Err(LabelProblem::NoMetricName);
        }
        let mut pairs = Vec::with_capacity(self.labels.len() + 1);
        pairs.push((Cow::Borrowed(METRIC_NAME), name));
        for label in self.written_labels() {
            let (name, value) = label?;
            if name.is_empty() {
                return Err(LabelProblem::EmptyName);
            }
            let value = self.canonical(&name, value);
            pairs.push((name, value));
        }
        build(pairs)
    }

    fn canonical(&self, name: &str, value: Cow<'a, str>) -> Cow<'a, str> {
        let is_number = match self.kind {
            MetricKind::Histogram => name == BUCKET_LABEL,
            MetricKind::Summary => name == QUANTILE_LABEL,
            _ => false,
        };
        if !is_number {
            return value;
        }
        match number::parse_float(value.as_bytes()) {
            Some(number) => Cow::Owned(number_text::open_metrics(number)),
            None => value,
        }
    }
}

/// Sorts; refuses names that come twice; drops empty values.
fn build(mut pairs: Vec<(Cow<'_, str>, Cow<'_, str>)>) -> Result<Labels, LabelProblem> {
    pairs.sort_unstable();
    let twice = pairs
        .windows(2)
        .find_map(|pair| matches!(pair, [a, b] if a.0 == b.0).then(|| pair.first())?);
    if let Some((name, _)) = twice {
        return Err(LabelProblem::Duplicate(name.clone().into_owned()));
    }
    let kept = pairs.iter().filter(|(_, value)| !value.is_empty());
    Ok(Labels::from_sorted(
        kept.map(|(name, value)| (name.as_ref(), value.as_ref())),
    ))
}

/// An exemplar as it is exposed.
#[derive(Debug, Clone, Copy)]
pub struct ExemplarRef<'a> {
    pub(super) text: &'a [u8],
    pub(super) labels: &'a [LabelSpan],
    pub(super) escaped: bool,
    pub(super) value: f64,
    pub(super) time_ms: Option<i64>,
}

impl ExemplarRef<'_> {
    /// The observed value.
    pub fn value(&self) -> f64 {
        self.value
    }

    /// When, in milliseconds, if the exposition says so.
    pub fn time_ms(&self) -> Option<i64> {
        self.time_ms
    }

    /// Its labels.
    pub fn labels(&self) -> Result<Labels, LabelProblem> {
        let text_of = |span: Span| {
            let text = std::str::from_utf8(span.of(self.text)).map_err(|_| LabelProblem::NotUtf8);
            text.map(|text| {
                if self.escaped {
                    unescape(text)
                } else {
                    Cow::Borrowed(text)
                }
            })
        };
        let mut pairs = Vec::with_capacity(self.labels.len());
        for label in self.labels {
            let name = text_of(label.name)?;
            if name.is_empty() {
                return Err(LabelProblem::EmptyName);
            }
            pairs.push((name, text_of(label.value)?));
        }
        build(pairs)
    }

    /// The exemplar; without a time of its own it is of `fallback_ms`.
    pub fn to_exemplar(&self, fallback_ms: i64) -> Result<Exemplar, LabelProblem> {
        Ok(Exemplar {
            labels: self.labels()?,
            value: self.value,
            time_ns: self
                .time_ms
                .unwrap_or(fallback_ms)
                .saturating_mul(1_000_000),
        })
    }
}

/// Undoes `\\`, `\n` and `\"`; other backslashes stay.
pub(super) fn unescape(text: &str) -> Cow<'_, str> {
    unescape_with(text, true)
}

/// Likewise, `\"` only if wanted: the help of Prometheus text does not escape quotes.
pub(super) fn unescape_with(text: &str, quotes: bool) -> Cow<'_, str> {
    if memchr::memchr(b'\\', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        let after = chars.clone().next();
        let plain = match after {
            Some('\\') => '\\',
            Some('n') => '\n',
            Some('"') if quotes => '"',
            _ => {
                out.push('\\');
                continue;
            }
        };
        out.push(plain);
        chars.next();
    }
    Cow::Owned(out)
}
