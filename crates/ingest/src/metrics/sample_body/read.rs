//! Bytes to batches. Every count is checked against the bytes that are left before memory is taken.

use crate::metrics::sample_body::{KnownLabels, VERSION};
use crate::verdict::Reader;
use std::sync::Arc;
use tacho_model::histogram::{BucketSpan, Buckets, CounterResetHint, Histogram};
use tacho_model::labels::Labels;
use tacho_model::metric::{Exemplar, Metadata, MetricKind};
use tacho_storage::error::{Error, Result};
use tacho_storage::samples::batch::{Point, PointValue, RunKind, SampleBatch, SeriesRun};

pub(super) fn batch(bytes: &[u8]) -> Result<SampleBatch> {
    let mut reader = Reader(bytes);
    let version = reader.byte()?;
    if version != VERSION {
        return Err(Error::invalid(format!(
            "batch of samples has version {version}, this program knows {VERSION}"
        )));
    }
    let mut labels = Vec::new();
    let mut series = Vec::new();
    let mut points = Vec::new();
    let mut time_ms = 0;
    for _ in 0..count(&mut reader, 3)? {
        let kind = match reader.byte()? {
            0 => RunKind::Plain,
            1 => RunKind::Delta,
            other => return Err(corrupt(&format!("the kind {other} of a series"))),
        };
        labels.push(label_set(&mut reader)?);
        let length = count(&mut reader, 3)?;
        for _ in 0..length {
            points.push(point(&mut reader, &mut time_ms)?);
        }
        series.push(SeriesRun {
            alias: 0,
            points: u32::try_from(length).map_err(|_| corrupt("too many points"))?,
            kind,
        });
    }
    let mut histograms = Vec::new();
    for _ in 0..count(&mut reader, 38)? {
        histograms.push(Arc::new(histogram(&mut reader)?));
    }
    let unknown = points.iter().any(|point: &Point| match point.value {
        PointValue::Float(_) => false,
        PointValue::Histogram(at) => at as usize >= histograms.len(),
    });
    if unknown {
        return Err(corrupt("a histogram that it does not have"));
    }
    let mut exemplars = Vec::new();
    for _ in 0..count(&mut reader, 11)? {
        let owner = reader.small()?;
        if owner as usize >= series.len() {
            return Err(corrupt("an exemplar of a series that it does not have"));
        }
        exemplars.push((owner, exemplar(&mut reader)?));
    }
    let mut metadata = Vec::new();
    for _ in 0..count(&mut reader, 5)? {
        metadata.push((reader.text()?, one_metadata(&mut reader)?));
    }
    if !reader.0.is_empty() {
        return Err(corrupt("bytes after its end"));
    }
    Ok(SampleBatch {
        series,
        points,
        histograms,
        exemplars,
        metadata,
        labels: Box::new(KnownLabels(labels)),
    })
}

fn corrupt(what: &str) -> Error {
    Error::corrupt(format!("batch of samples has {what}"))
}

/// A number of parts that take so many bytes each, at least.
fn count(reader: &mut Reader<'_>, bytes_each: u64) -> Result<u64> {
    let count = reader.varint()?;
    if count > reader.0.len() as u64 / bytes_each {
        return Err(corrupt(&format!("{count} parts and too few bytes")));
    }
    Ok(count)
}

fn zigzag(reader: &mut Reader<'_>) -> Result<i64> {
    let raw = reader.varint()?;
    Ok((raw >> 1) as i64 ^ -((raw & 1) as i64))
}

fn small_zigzag(reader: &mut Reader<'_>) -> Result<i32> {
    let number = zigzag(reader)?;
    i32::try_from(number).map_err(|_| corrupt(&format!("the number {number}")))
}

fn double(reader: &mut Reader<'_>) -> Result<f64> {
    reader
        .array()
        .map(|bytes| f64::from_bits(u64::from_le_bytes(bytes)))
}

fn label_set(reader: &mut Reader<'_>) -> Result<Labels> {
    let text = std::str::from_utf8(reader.bytes()?);
    let labels = text.ok().and_then(Labels::from_encoded);
    labels.ok_or_else(|| corrupt("labels that are none"))
}

fn point(reader: &mut Reader<'_>, time_ms: &mut i64) -> Result<Point> {
    let flags = reader.byte()?;
    if flags > 3 {
        return Err(corrupt(&format!("the kind {flags} of a point")));
    }
    *time_ms = time_ms.wrapping_add(zigzag(reader)?);
    let start_ms = match flags & 2 {
        0 => 0,
        _ => time_ms.wrapping_sub(zigzag(reader)?),
    };
    let value = match flags & 1 {
        0 => PointValue::Float(double(reader)?),
        _ => PointValue::Histogram(reader.small()?),
    };
    Ok(Point {
        time_ms: *time_ms,
        start_ms,
        value,
    })
}

fn histogram(reader: &mut Reader<'_>) -> Result<Histogram> {
    let counter_reset_hint = match reader.byte()? {
        0 => CounterResetHint::Unknown,
        1 => CounterResetHint::Reset,
        2 => CounterResetHint::NotReset,
        3 => CounterResetHint::Gauge,
        other => return Err(corrupt(&format!("the hint {other} of a histogram"))),
    };
    let schema = small_zigzag(reader)?;
    let zero_threshold = double(reader)?;
    let zero_count = double(reader)?;
    let total = double(reader)?;
    let sum = double(reader)?;
    let positive = buckets(reader)?;
    let negative = buckets(reader)?;
    let mut bounds = Vec::new();
    for _ in 0..count(reader, 8)? {
        bounds.push(double(reader)?);
    }
    Ok(Histogram {
        counter_reset_hint,
        schema,
        zero_threshold,
        zero_count,
        count: total,
        sum,
        positive,
        negative,
        custom_bounds: Arc::from(bounds),
    })
}

fn buckets(reader: &mut Reader<'_>) -> Result<Buckets> {
    let mut buckets = Buckets::default();
    for _ in 0..count(reader, 2)? {
        buckets.spans.push(BucketSpan {
            offset: small_zigzag(reader)?,
            length: reader.small()?,
        });
    }
    for _ in 0..count(reader, 8)? {
        buckets.counts.push(double(reader)?);
    }
    Ok(buckets)
}

fn exemplar(reader: &mut Reader<'_>) -> Result<Exemplar> {
    Ok(Exemplar {
        labels: label_set(reader)?,
        value: double(reader)?,
        time_ns: zigzag(reader)?,
    })
}

fn one_metadata(reader: &mut Reader<'_>) -> Result<Metadata> {
    let code = reader.byte()?;
    let kind = MetricKind::ALL.get(usize::from(code)).copied();
    Ok(Metadata {
        kind: kind.ok_or_else(|| corrupt(&format!("the kind {code} of a metric")))?,
        help: reader.text()?,
        unit: reader.text()?,
        otlp_name: reader.text()?,
    })
}
