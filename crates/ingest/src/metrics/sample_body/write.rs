//! Batches to bytes.

use crate::metrics::sample_body::VERSION;
use crate::verdict::put_varint;
use tacho_model::histogram::{Buckets, CounterResetHint, Histogram};
use tacho_model::labels::Labels;
use tacho_model::metric::{Exemplar, Metadata};
use tacho_storage::samples::batch::{Point, PointValue, RunKind, SampleBatch};

pub(super) fn batch(batch: &SampleBatch, labels: &[Labels]) -> Vec<u8> {
    let mut out = Vec::with_capacity(64 + batch.series.len() * 96 + batch.points.len() * 12);
    out.push(VERSION);
    put_varint(&mut out, batch.series.len() as u64);
    let mut points = batch.points.iter();
    let mut time_ms = 0;
    for (at, run) in batch.series.iter().enumerate() {
        out.push(match run.kind {
            RunKind::Plain => 0,
            RunKind::Delta => 1,
        });
        let encoded = labels.get(at).map_or("", Labels::as_encoded);
        text(&mut out, encoded);
        put_varint(&mut out, u64::from(run.points));
        for own in points.by_ref().take(run.points as usize) {
            point(&mut out, own, &mut time_ms);
        }
    }
    put_varint(&mut out, batch.histograms.len() as u64);
    for own in &batch.histograms {
        histogram(&mut out, own);
    }
    put_varint(&mut out, batch.exemplars.len() as u64);
    for (series, own) in &batch.exemplars {
        put_varint(&mut out, u64::from(*series));
        exemplar(&mut out, own);
    }
    put_varint(&mut out, batch.metadata.len() as u64);
    for (family, own) in &batch.metadata {
        text(&mut out, family);
        metadata(&mut out, own);
    }
    out
}

fn zigzag(out: &mut Vec<u8>, number: i64) {
    put_varint(out, (number << 1 ^ number >> 63) as u64);
}

fn text(out: &mut Vec<u8>, text: &str) {
    put_varint(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

fn double(out: &mut Vec<u8>, value: f64) {
    out.extend_from_slice(&value.to_bits().to_le_bytes());
}

/// The time as the difference to the point before, the start as the difference to the time if it is known.
fn point(out: &mut Vec<u8>, point: &Point, time_ms: &mut i64) {
    let (kind, has_start) = match point.value {
        PointValue::Float(_) => (0, point.start_ms != 0),
        PointValue::Histogram(_) => (1, point.start_ms != 0),
    };
    out.push(kind | u8::from(has_start) << 1);
    zigzag(out, point.time_ms.wrapping_sub(*time_ms));
    *time_ms = point.time_ms;
    if has_start {
        zigzag(out, point.time_ms.wrapping_sub(point.start_ms));
    }
    match point.value {
        PointValue::Float(value) => double(out, value),
        PointValue::Histogram(at) => put_varint(out, u64::from(at)),
    }
}

fn histogram(out: &mut Vec<u8>, histogram: &Histogram) {
    out.push(match histogram.counter_reset_hint {
        CounterResetHint::Unknown => 0,
        CounterResetHint::Reset => 1,
        CounterResetHint::NotReset => 2,
        CounterResetHint::Gauge => 3,
    });
    zigzag(out, histogram.schema.into());
    for value in [
        histogram.zero_threshold,
        histogram.zero_count,
        histogram.count,
        histogram.sum,
    ] {
        double(out, value);
    }
    buckets(out, &histogram.positive);
    buckets(out, &histogram.negative);
    put_varint(out, histogram.custom_bounds.len() as u64);
    for bound in histogram.custom_bounds.iter() {
        double(out, *bound);
    }
}

fn buckets(out: &mut Vec<u8>, buckets: &Buckets) {
    put_varint(out, buckets.spans.len() as u64);
    for span in &buckets.spans {
        zigzag(out, span.offset.into());
        put_varint(out, span.length.into());
    }
    put_varint(out, buckets.counts.len() as u64);
    for count in &buckets.counts {
        double(out, *count);
    }
}

fn exemplar(out: &mut Vec<u8>, exemplar: &Exemplar) {
    text(out, exemplar.labels.as_encoded());
    double(out, exemplar.value);
    zigzag(out, exemplar.time_ns);
}

fn metadata(out: &mut Vec<u8>, metadata: &Metadata) {
    out.push(metadata.kind as u8);
    for part in [&metadata.help, &metadata.unit, &metadata.otlp_name] {
        text(out, part);
    }
}
