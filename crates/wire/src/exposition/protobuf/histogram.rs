//! Histograms of the protobuf format: classic buckets, and native ones with integer or float counts.

use super::message::{RawExemplar, double, exemplar, timestamp_ms};
use crate::error::Malformed;
use crate::pb::{Field, FieldValue, Reader};
use tacho_model::histogram::{BucketSpan, Buckets, CounterResetHint, Histogram};

/// A classic bucket.
pub(super) struct ClassicBucket<'a> {
    /// Upper bound, inclusive.
    pub(super) bound: f64,
    /// Observations up to it.
    pub(super) count: f64,
    pub(super) exemplar: Option<RawExemplar<'a>>,
}

/// One side of a native histogram as it comes.
#[derive(Default)]
struct RawSide {
    spans: Vec<BucketSpan>,
    deltas: Vec<i64>,
    counts: Vec<f64>,
}

/// A message `Histogram` as it comes.
#[derive(Default)]
pub(super) struct RawHistogram<'a> {
    count: u64,
    count_float: f64,
    pub(super) sum: f64,
    pub(super) buckets: Vec<ClassicBucket<'a>>,
    pub(super) start_ms: Option<i64>,
    schema: i32,
    zero_threshold: f64,
    zero_count: u64,
    zero_count_float: f64,
    negative: RawSide,
    positive: RawSide,
    exemplars: Vec<RawExemplar<'a>>,
}

fn zigzag(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}

impl<'a> RawHistogram<'a> {
    pub(super) fn read(reader: Reader<'a>) -> Result<Self, Malformed> {
        let mut out = Self::default();
        for field in reader {
            let field = field?;
            match field.number {
                1 => out.count = field.varint()?,
                2 => out.sum = double(&field)?,
                3 => out.buckets.push(bucket(&field)?),
                4 => out.count_float = double(&field)?,
                5 => out.schema = zigzag(field.varint()?) as i32,
                6 => out.zero_threshold = double(&field)?,
                7 => out.zero_count = field.varint()?,
                8 => out.zero_count_float = double(&field)?,
                9 => out.negative.spans.push(span(&field)?),
                10 => deltas(&field, &mut out.negative.deltas)?,
                11 => doubles(&field, &mut out.negative.counts)?,
                12 => out.positive.spans.push(span(&field)?),
                13 => deltas(&field, &mut out.positive.deltas)?,
                14 => doubles(&field, &mut out.positive.counts)?,
                15 => out.start_ms = Some(timestamp_ms(&field)?),
                16 => out.exemplars.push(exemplar(field.message()?)?),
                _ => {}
            }
        }
        Ok(out)
    }

    /// As Prometheus tells: it has spans or a zero bucket.
    pub(super) fn is_native(&self) -> bool {
        !self.positive.spans.is_empty()
            || !self.negative.spans.is_empty()
            || self.zero_threshold > 0.0
            || self.zero_count > 0
    }

    /// The count of all observations; a float one counts if it is not 0.
    pub(super) fn total(&self) -> f64 {
        if self.count_float == 0.0 {
            self.count as f64
        } else {
            self.count_float
        }
    }

    /// Those that belong to the native histogram: its own, else those of the classic buckets; without
    /// a time they do not count.
    pub(super) fn native_exemplars(&self) -> impl Iterator<Item = &RawExemplar<'a>> {
        let own = !self.exemplars.is_empty();
        let of_buckets = self
            .buckets
            .iter()
            .filter(move |_| !own)
            .filter_map(|bucket| bucket.exemplar.as_ref());
        self.exemplars
            .iter()
            .chain(of_buckets)
            .filter(|exemplar| exemplar.time_ms.is_some())
    }

    /// The native histogram, and whether its counts are integers. Fails if spans and counts do not
    /// agree.
    pub(super) fn to_native(&self, is_gauge: bool) -> Result<(Histogram, bool), String> {
        let float = self.count_float > 0.0 || self.zero_count_float > 0.0;
        let (count, zero_count) = if float {
            (self.count_float, self.zero_count_float)
        } else {
            (self.count as f64, self.zero_count as f64)
        };
        let mut histogram = Histogram {
            counter_reset_hint: if is_gauge {
                CounterResetHint::Gauge
            } else {
                CounterResetHint::Unknown
            },
            schema: self.schema,
            zero_threshold: self.zero_threshold,
            zero_count,
            count,
            sum: self.sum,
            positive: self.positive.to_buckets(float, "positive")?,
            negative: self.negative.to_buckets(float, "negative")?,
            ..Histogram::default()
        };
        histogram.positive.compact();
        histogram.negative.compact();
        Ok((histogram, !float))
    }
}

impl RawSide {
    fn to_buckets(&self, float: bool, side: &str) -> Result<Buckets, String> {
        let have = if float {
            self.counts.len()
        } else {
            self.deltas.len()
        };
        let needed: u64 = self.spans.iter().map(|span| u64::from(span.length)).sum();
        if needed != have as u64 {
            return Err(format!(
                "{side} side: spans require {needed} buckets, have {have}"
            ));
        }
        let counts = if float {
            self.counts.clone()
        } else {
            let mut count = 0i64;
            let absolute = self.deltas.iter().map(|delta| {
                count = count.wrapping_add(*delta);
                count as f64
            });
            absolute.collect()
        };
        Ok(Buckets {
            spans: self.spans.clone(),
            counts,
        })
    }
}

fn bucket<'a>(field: &Field<'a>) -> Result<ClassicBucket<'a>, Malformed> {
    let (mut whole, mut float) = (0, 0.0);
    let mut out = ClassicBucket {
        bound: 0.0,
        count: 0.0,
        exemplar: None,
    };
    for field in field.message()? {
        let field = field?;
        match field.number {
            1 => whole = field.varint()?,
            2 => out.bound = double(&field)?,
            3 => out.exemplar = Some(exemplar(field.message()?)?),
            4 => float = double(&field)?,
            _ => {}
        }
    }
    out.count = if float == 0.0 { whole as f64 } else { float };
    Ok(out)
}

fn span(field: &Field<'_>) -> Result<BucketSpan, Malformed> {
    let mut out = BucketSpan::default();
    for field in field.message()? {
        let field = field?;
        match field.number {
            1 => out.offset = zigzag(field.varint()?) as i32,
            2 => out.length = field.uint32()?,
            _ => {}
        }
    }
    Ok(out)
}

fn deltas(field: &Field<'_>, out: &mut Vec<i64>) -> Result<(), Malformed> {
    field.varints(|value| out.push(zigzag(value)))
}

/// Doubles, packed or one alone.
fn doubles(field: &Field<'_>, out: &mut Vec<f64>) -> Result<(), Malformed> {
    let FieldValue::Len(packed) = field.value else {
        out.push(double(field)?);
        return Ok(());
    };
    let (chunks, rest) = packed.as_chunks::<8>();
    if !rest.is_empty() {
        return Err(field.mismatch("doubles"));
    }
    out.extend(chunks.iter().map(|bytes| f64::from_le_bytes(*bytes)));
    Ok(())
}
