//! Native histograms of remote write, which both versions write alike, and of Prometheus' protobuf exposition
//! once it is brought into this shape. What is refused, and in which words, is as in Prometheus.

mod check;
pub mod merge;

use crate::error::Result;
use crate::pb::{Field, FieldValue, Reader};
use crate::remote_write::histogram::check::{check_count, check_custom, check_spans};
use crate::remote_write::histogram::merge::downscale;
use std::sync::Arc;
use tacho_model::histogram::{
    BucketSpan, Buckets, CUSTOM_BUCKETS_SCHEMA, CounterResetHint, EXPONENTIAL_SCHEMA_MAX,
    EXPONENTIAL_SCHEMA_MIN, Histogram,
};

/// The finest schema that is taken and brought down to what is stored.
const RESERVED_SCHEMA_MAX: i32 = 52;

/// A histogram, or why it is none.
pub struct Outcome {
    /// When, milliseconds since the epoch.
    pub time_ms: i64,
    /// Start of what it covers, milliseconds since the epoch; 0 is unknown.
    pub start_ms: i64,
    /// The histogram, or what is wrong with it in Prometheus' words.
    pub histogram: Result<Histogram, String>,
}

/// A histogram as it stands in the message.
#[derive(Default)]
pub struct Raw {
    /// True if counts are floats: then buckets are absolute, else differences.
    pub is_float: bool,
    /// Count of an integer histogram.
    pub count_int: u64,
    /// Count of a float histogram.
    pub count_float: f64,
    /// Sum.
    pub sum: f64,
    /// Resolution.
    pub schema: i32,
    /// Width of the zero bucket.
    pub zero_threshold: f64,
    /// Zero bucket of an integer histogram.
    pub zero_count_int: u64,
    /// Zero bucket of a float histogram.
    pub zero_count_float: f64,
    /// Negative side.
    pub negative: RawSide,
    /// Positive side.
    pub positive: RawSide,
    /// Hint about resets, by number.
    pub reset_hint: i32,
    /// Upper bounds of schema −53.
    pub custom_values: Vec<f64>,
}

/// One side as it stands in the message.
#[derive(Default)]
pub struct RawSide {
    /// Where the buckets belong.
    pub spans: Vec<BucketSpan>,
    /// Differences of integer counts.
    pub deltas: Vec<i64>,
    /// Absolute float counts.
    pub counts: Vec<f64>,
}

fn sint(raw: u64) -> i64 {
    (raw >> 1) as i64 ^ -((raw & 1) as i64)
}

fn doubles(
    field: &Field<'_>,
    out: &mut Vec<f64>,
    take: &mut dyn FnMut(usize) -> Result<()>,
) -> Result<()> {
    match field.value {
        FieldValue::Fixed64(bits) => {
            take(8)?;
            out.push(f64::from_bits(bits));
        }
        FieldValue::Len(packed) => {
            let (chunks, rest) = packed.as_chunks::<8>();
            if !rest.is_empty() {
                return Err(field.mismatch("doubles of 8 bytes each"));
            }
            take(packed.len())?;
            out.extend(
                chunks
                    .iter()
                    .map(|chunk| f64::from_bits(u64::from_le_bytes(*chunk))),
            );
        }
        _ => return Err(field.mismatch("doubles")),
    }
    Ok(())
}

fn deltas(
    field: &Field<'_>,
    out: &mut Vec<i64>,
    take: &mut dyn FnMut(usize) -> Result<()>,
) -> Result<()> {
    // A byte holds at most one; they are kept twice for a while, as differences and as counts.
    let bytes = match field.value {
        FieldValue::Len(packed) => packed.len(),
        _ => 1,
    };
    take(bytes.saturating_mul(16))?;
    field.varints(|raw| out.push(sint(raw)))
}

fn span(reader: Reader<'_>) -> Result<BucketSpan> {
    let mut span = BucketSpan::default();
    for field in reader {
        let field = field?;
        match field.number {
            1 => span.offset = sint(u64::from(field.uint32()?)) as i32,
            2 => span.length = field.uint32()?,
            _ => {}
        }
    }
    Ok(span)
}

/// Decodes a histogram; `take` is told of memory before it is taken.
///
/// # Errors
/// If the message is malformed, or `take` says so.
pub fn decode(reader: Reader<'_>, take: &mut dyn FnMut(usize) -> Result<()>) -> Result<Outcome> {
    let mut raw = Raw::default();
    let (mut time_ms, mut start_ms) = (0, 0);
    take(size_of::<Histogram>() + 64)?;
    for field in reader {
        let field = field?;
        match field.number {
            1 => (raw.is_float, raw.count_int) = (false, field.varint()?),
            2 => (raw.is_float, raw.count_float) = (true, f64::from_bits(field.fixed64()?)),
            3 => raw.sum = f64::from_bits(field.fixed64()?),
            4 => raw.schema = sint(u64::from(field.uint32()?)) as i32,
            5 => raw.zero_threshold = f64::from_bits(field.fixed64()?),
            6 => raw.zero_count_int = field.varint()?,
            7 => raw.zero_count_float = f64::from_bits(field.fixed64()?),
            8 | 11 => {
                take(size_of::<BucketSpan>())?;
                let span = span(field.message()?)?;
                raw.side(field.number == 11).spans.push(span);
            }
            9 | 12 => deltas(&field, &mut raw.side(field.number == 12).deltas, take)?,
            10 | 13 => doubles(&field, &mut raw.side(field.number == 13).counts, take)?,
            14 => raw.reset_hint = field.enumeration()?,
            15 => time_ms = field.varint()? as i64,
            16 => doubles(&field, &mut raw.custom_values, take)?,
            17 => start_ms = field.varint()? as i64,
            _ => {}
        }
    }
    Ok(Outcome {
        time_ms,
        start_ms,
        histogram: raw.check(),
    })
}

impl Raw {
    fn side(&mut self, positive: bool) -> &mut RawSide {
        if positive {
            &mut self.positive
        } else {
            &mut self.negative
        }
    }

    /// The histogram, with absolute counts and at most the finest resolution that is stored.
    ///
    /// # Errors
    /// What is wrong with it, in Prometheus' words.
    pub fn check(self) -> Result<Histogram, String> {
        let reserved = EXPONENTIAL_SCHEMA_MAX + 1..=RESERVED_SCHEMA_MAX;
        let is_custom = self.schema == CUSTOM_BUCKETS_SCHEMA;
        let negative_label = "negative side";
        let (positive_label, zero_count) = match self.is_float {
            true => ("positive side", self.zero_count_float),
            false => ("positive side", self.zero_count_int as f64),
        };
        if is_custom {
            check_custom(&self, zero_count)?;
        } else if (EXPONENTIAL_SCHEMA_MIN..=EXPONENTIAL_SCHEMA_MAX).contains(&self.schema)
            || reserved.contains(&self.schema)
        {
            check_spans(positive_label, &self.positive, self.is_float)?;
            check_spans(negative_label, &self.negative, self.is_float)?;
            if !self.custom_values.is_empty() {
                return Err(
                    "histogram with exponential schema must not have custom bounds".to_owned(),
                );
            }
        } else {
            return Err(format!(
                "histogram has an invalid schema, which must be between -4 and 8 for exponential \
                 buckets, or -53 for custom buckets, got schema {}",
                self.schema
            ));
        }
        let (negative, in_negative) = self.negative.counts(negative_label, self.is_float)?;
        if zero_count < 0.0 {
            return Err(format!(
                "zero bucket has observation count of {zero_count}: histogram has a bucket whose \
                 observation count is negative"
            ));
        }
        let (positive, in_positive) = self.positive.counts(positive_label, self.is_float)?;
        let count = match self.is_float {
            true if self.count_float < 0.0 => {
                return Err(format!(
                    "observation count is  {}: histogram's observation count is negative",
                    self.count_float
                ));
            }
            true => self.count_float,
            false => {
                check_count(&self, in_negative.wrapping_add(in_positive))?;
                self.count_int as f64
            }
        };
        let mut histogram = Histogram {
            counter_reset_hint: match self.reset_hint {
                1 => CounterResetHint::Reset,
                2 => CounterResetHint::NotReset,
                3 => CounterResetHint::Gauge,
                _ => CounterResetHint::Unknown,
            },
            schema: self.schema,
            zero_threshold: self.zero_threshold,
            zero_count,
            count,
            sum: self.sum,
            positive,
            negative,
            custom_bounds: Arc::from(self.custom_values),
        };
        if reserved.contains(&histogram.schema) {
            let steps = histogram.schema - EXPONENTIAL_SCHEMA_MAX;
            histogram.positive = downscale(&histogram.positive, steps);
            histogram.negative = downscale(&histogram.negative, steps);
            histogram.schema = EXPONENTIAL_SCHEMA_MAX;
        }
        Ok(histogram)
    }
}

impl RawSide {
    fn len(&self, is_float: bool) -> usize {
        if is_float {
            self.counts.len()
        } else {
            self.deltas.len()
        }
    }

    /// Absolute counts, and for integers their sum.
    fn counts(&self, label: &str, is_float: bool) -> Result<(Buckets, u64), String> {
        let negative = |index: usize, count: &dyn std::fmt::Display| {
            format!(
                "{label}: bucket number {} has observation count of {count}: histogram has a bucket \
                 whose observation count is negative",
                index + 1
            )
        };
        let mut counts = Vec::with_capacity(self.len(is_float));
        let mut sum = 0u64;
        if is_float {
            for (index, count) in self.counts.iter().copied().enumerate() {
                if count < 0.0 {
                    return Err(negative(index, &count));
                }
                counts.push(count);
            }
        } else {
            let mut count = 0i64;
            for (index, delta) in self.deltas.iter().enumerate() {
                count = count.wrapping_add(*delta);
                if count < 0 {
                    return Err(negative(index, &count));
                }
                sum = sum.wrapping_add(count as u64);
                counts.push(count as f64);
            }
        }
        let spans = self.spans.clone();
        Ok((Buckets { spans, counts }, sum))
    }
}
