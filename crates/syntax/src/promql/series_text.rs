//! Series written out with their values, `metric{a="b"} 1+2x3 _ stale {{schema:0 sum:5}}`: the notation
//! of PromQL test scripts and of unit tests of rules. Repetitions stay as they are written; `expand`
//! and the query crate make samples of them.
//! Source: Prometheus' documentation of unit testing for rules.

use crate::diagnostic::Diagnostic;
use reader::Reader;
use std::ops::Range;

mod histogram;
mod reader;

/// Most positions that one series may take.
pub const POSITIONS_MAX: u64 = 4_000_000;

/// A series and its values.
#[derive(Debug, Clone, PartialEq)]
pub struct SeriesText {
    /// The labels, `__name__` among them, in order of their names; values may be empty.
    pub labels: Vec<(String, String)>,
    /// What follows, in order of time.
    pub items: Vec<SeriesItem>,
}

/// One item of the values.
#[derive(Debug, Clone, PartialEq)]
pub enum SeriesItem {
    /// `_`, `_xN`: positions without a sample.
    Omitted {
        /// Number of positions.
        count: u64,
    },
    /// `5`, `5xN`, `5+1xN`, `stale`.
    Float {
        /// The first value; a stale marker is the float of the bits `STALE_BITS`.
        value: f64,
        /// Added from one position to the next.
        step: f64,
        /// Number of positions, at least one.
        count: u64,
    },
    /// `{{…}}`, `{{…}}xN`, `{{…}}+{{…}}xN`.
    Histogram {
        /// The first value.
        value: Box<HistogramText>,
        /// What is added (or taken away) from one position to the next.
        step: Option<Box<HistogramStep>>,
        /// Number of positions, at least one.
        count: u64,
    },
}

/// How a histogram changes from one position to the next.
#[derive(Debug, Clone, PartialEq)]
pub struct HistogramStep {
    /// Taken away if true, added if not.
    pub negative: bool,
    /// The other histogram.
    pub value: HistogramText,
}

/// A native histogram as written; what is not written is zero or empty.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct HistogramText {
    /// Resolution: -4 to 8, or -53 for custom buckets; not checked here.
    pub schema: i32,
    /// Sum of the observations.
    pub sum: f64,
    /// Number of observations.
    pub count: f64,
    /// Count of the zero bucket.
    pub zero_count: f64,
    /// Threshold of the zero bucket.
    pub zero_threshold: f64,
    /// Upper bounds of custom buckets.
    pub custom_values: Vec<f64>,
    /// Counts of the positive buckets, which lie side by side.
    pub buckets: Vec<f64>,
    /// Index of the first positive bucket.
    pub offset: i32,
    /// Counts of the negative buckets, which lie side by side.
    pub negative_buckets: Vec<f64>,
    /// Index of the first negative bucket.
    pub negative_offset: i32,
    /// What is known of counter resets, if it is written.
    pub counter_reset_hint: Option<CounterResetHint>,
}

/// What is known of counter resets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CounterResetHint {
    /// `unknown`.
    Unknown,
    /// `reset`.
    Reset,
    /// `not_reset`.
    NotReset,
    /// `gauge`.
    Gauge,
}

/// The bits of the float that ends a series.
pub const STALE_BITS: u64 = 0x7ff0_0000_0000_0002;

type Result<T> = std::result::Result<T, Diagnostic>;

/// Reads a series with its values. Positions of a problem are bytes of the text.
pub fn parse(text: &str) -> Result<SeriesText> {
    let mut reader = Reader { text, at: 0 };
    let labels = reader.labels()?;
    let items = reader.items()?;
    Ok(SeriesText { labels, items })
}

/// Reads the values alone, as unit tests of rules have them.
pub fn parse_values(text: &str) -> Result<Vec<SeriesItem>> {
    let mut reader = Reader { text, at: 0 };
    let text = text.trim_start();
    reader.at = reader.text.len() - text.len();
    let mut items = Vec::new();
    if !text.is_empty() {
        items.push(reader.item()?);
    }
    items.extend(reader.items()?);
    check_positions(&items, 0..reader.text.len())?;
    Ok(items)
}

/// Reads a series without values, `metric{a="b"}`, to its labels in order of their names.
pub fn parse_labels(text: &str) -> Result<Vec<(String, String)>> {
    let mut reader = Reader { text, at: 0 };
    reader.skip_blanks();
    let labels = reader.labels()?;
    reader.skip_blanks();
    if reader.at < text.len() {
        return Err(reader.unexpected("the end"));
    }
    Ok(labels)
}

impl SeriesText {
    /// Number of positions that the values take.
    pub fn position_count(&self) -> u64 {
        self.items.iter().map(SeriesItem::position_count).sum()
    }
}

impl SeriesItem {
    /// Number of positions that the item takes.
    pub fn position_count(&self) -> u64 {
        match self {
            Self::Omitted { count } | Self::Float { count, .. } | Self::Histogram { count, .. } => {
                *count
            }
        }
    }

    /// The values of an item of floats, added up step by step; `None` for positions without a
    /// sample. Nothing for histograms.
    pub fn expand(&self) -> Vec<Option<f64>> {
        match self {
            Self::Omitted { count } => (0..*count).map(|_| None).collect(),
            Self::Float { value, step, count } => {
                let mut next = *value;
                (0..*count)
                    .map(|_| {
                        let value = next;
                        // Adding zero would change the bits of a stale marker.
                        if *step != 0.0 {
                            next += step;
                        }
                        Some(value)
                    })
                    .collect()
            }
            Self::Histogram { .. } => Vec::new(),
        }
    }
}

fn check_positions(items: &[SeriesItem], range: Range<usize>) -> Result<()> {
    let sum = items
        .iter()
        .fold(0u64, |sum, item| sum.saturating_add(item.position_count()));
    if sum > POSITIONS_MAX {
        let message = format!("series has {sum} values, more than {POSITIONS_MAX}");
        return Err(Diagnostic::limit(range, message));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
