//! Data points in JSON.

use crate::alias;
use crate::error::Result;
use crate::json::reader::Reader;
use crate::otlp::Context;
use crate::otlp::decode_metrics::BUCKETS_DECODED_MAX;
use crate::otlp::decode_traces::link_id;
use crate::otlp::json_decode::span::{place, resolve};
use crate::otlp::json_decode::value::{attributes, key_value};
use crate::otlp::metrics::{DataPointValue, ExponentialValue, HistogramValue, SummaryValue};
use crate::otlp::value::Collected;
use std::borrow::Cow;
use tacho_model::json;
use tacho_model::sink::{ExemplarFields, ExemplarValue, MetricSink, PointFields, PointPlace};
use tacho_model::value::ValueRef;
use xxhash_rust::xxh3::xxh3_128;

/// What a point is, by the key of its metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Number,
    Histogram,
    Exponential,
    Summary,
}

/// Decodes a point into the sink.
pub(super) fn decode<S: MetricSink + ?Sized>(
    json: &mut Reader<'_>,
    kind: Kind,
    context: &mut Context<'_>,
    sink: &mut S,
) -> Result<()> {
    context.begin_message();
    json.peek();
    let start = json.position();
    let mut head = Head::new(kind);
    json.object(|json, key| head.member(json, key))?;
    let end = json.position();
    if head.is_too_large() {
        context.stats.too_large += 1;
        head.value = DataPointValue::Absent;
    }
    let invalid_text = json.invalid_text;
    let stats = context.stats;
    let attributes_hash = head.hash(json, context)?;
    let fields = PointFields {
        start_ns: head.start_ns,
        time_ns: head.time_ns,
        flags: head.flags,
        value: head.value.view(),
        attributes_hash,
        place: PointPlace {
            offset: u32::try_from(start).unwrap_or(u32::MAX),
            length: u32::try_from(end - start).unwrap_or(u32::MAX),
        },
    };
    if sink.begin_point(&fields) {
        if let (Some(at), true) = (head.attributes, sink.wants_attributes()) {
            // They were counted when they were hashed.
            json.invalid_text = invalid_text;
            context.stats = stats;
            context.begin_message();
            json.seek(at);
            json.array(|json| {
                let (key, value) = key_value(json, 0, context)?;
                sink.attribute(&key, value.view());
                Ok(())
            })?;
        }
        if let (Some(at), true) = (head.exemplars, kind != Kind::Summary) {
            json.seek(at);
            json.array(|json| context.apart(|context| decode_exemplar(json, context, sink)))?;
        }
        sink.end_point();
    }
    json.seek(end);
    Ok(())
}

/// Hands over the attributes of the point that the text begins with.
pub(super) fn read_attributes(
    json: &mut Reader<'_>,
    context: &mut Context<'_>,
    each: &mut dyn FnMut(&str, ValueRef<'_>),
) -> Result<()> {
    let mut at = None;
    json.object(|json, key| {
        match key {
            "attributes" => at = place(json)?,
            _ => json.skip()?,
        }
        Ok(())
    })?;
    let Some(at) = at else {
        return Ok(());
    };
    json.seek(at);
    json.array(|json| {
        let (key, value) = key_value(json, 0, context)?;
        each(&key, value.view());
        Ok(())
    })
}

struct Head {
    start_ns: u64,
    time_ns: u64,
    flags: u32,
    value: DataPointValue,
    kind: Kind,
    attributes: Option<usize>,
    exemplars: Option<usize>,
}

impl Head {
    fn new(kind: Kind) -> Self {
        Self {
            start_ns: 0,
            time_ns: 0,
            flags: 0,
            value: match kind {
                Kind::Number => DataPointValue::Absent,
                Kind::Histogram => DataPointValue::Histogram(HistogramValue::default()),
                Kind::Exponential => DataPointValue::Exponential(Box::default()),
                Kind::Summary => DataPointValue::Summary(SummaryValue::default()),
            },
            kind,
            attributes: None,
            exemplars: None,
        }
    }

    fn member(&mut self, json: &mut Reader<'_>, key: &str) -> Result<()> {
        match key {
            "startTimeUnixNano" | "start_time_unix_nano" => self.start_ns = json.u64()?,
            "timeUnixNano" | "time_unix_nano" => self.time_ns = json.u64()?,
            "flags" => self.flags = json.u32()?,
            "attributes" => self.attributes = place(json)?,
            "exemplars" => self.exemplars = place(json)?,
            _ => match (&mut self.value, self.kind) {
                (value, Kind::Number) => number(json, key, value)?,
                (DataPointValue::Histogram(value), _) => histogram(json, key, value)?,
                (DataPointValue::Exponential(value), _) => exponential(json, key, value)?,
                (DataPointValue::Summary(value), _) => summary(json, key, value)?,
                _ => json.skip()?,
            },
        }
        Ok(())
    }

    fn is_too_large(&self) -> bool {
        let lengths = match &self.value {
            DataPointValue::Histogram(value) => [value.counts.len(), value.bounds.len()],
            DataPointValue::Exponential(value) => [value.positive.1.len(), value.negative.1.len()],
            DataPointValue::Summary(value) => [value.quantiles.len(), 0],
            _ => [0, 0],
        };
        lengths
            .into_iter()
            .any(|length| length > BUCKETS_DECODED_MAX)
    }

    /// Hash of the decoded attributes: keys and contents with their lengths, and the type of each value.
    fn hash(&self, json: &mut Reader<'_>, context: &mut Context<'_>) -> Result<u128> {
        let mut bytes = Vec::new();
        if let Some(at) = self.attributes {
            json.seek(at);
            json.array(|json| {
                let (key, value) = key_value(json, 0, context)?;
                push_pair(&mut bytes, &key, value.view());
                Ok(())
            })?;
        }
        Ok(xxh3_128(&bytes))
    }
}

fn push_part(bytes: &mut Vec<u8>, tag: u8, part: &[u8]) {
    bytes.push(tag);
    bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
    bytes.extend_from_slice(part);
}

fn push_pair(bytes: &mut Vec<u8>, key: &str, value: ValueRef<'_>) {
    push_part(bytes, 0, key.as_bytes());
    match value {
        ValueRef::Empty => push_part(bytes, 1, &[]),
        ValueRef::String(text) => push_part(bytes, 2, text.as_bytes()),
        ValueRef::Bool(value) => push_part(bytes, 3, &[u8::from(value)]),
        ValueRef::Int(value) => push_part(bytes, 4, &value.to_le_bytes()),
        ValueRef::Double(value) => push_part(bytes, 5, &value.to_bits().to_le_bytes()),
        ValueRef::Bytes(content) => push_part(bytes, 6, content),
        ValueRef::Nested(value) => push_part(bytes, 7, json::to_text(value).as_bytes()),
    }
}

fn number(json: &mut Reader<'_>, key: &str, value: &mut DataPointValue) -> Result<()> {
    match key {
        "asInt" | "as_int" => *value = DataPointValue::Int(json.i64()?),
        "asDouble" | "as_double" => *value = DataPointValue::Double(json.f64()?),
        _ => json.skip()?,
    }
    Ok(())
}

/// Numbers into a list that is cleared first; one more than allowed is kept, so that it shows.
fn list<'a, T>(
    json: &mut Reader<'a>,
    out: &mut Vec<T>,
    mut read: impl FnMut(&mut Reader<'a>) -> Result<T>,
) -> Result<()> {
    out.clear();
    json.array(|json| {
        let value = read(json)?;
        if out.len() <= BUCKETS_DECODED_MAX {
            out.push(value);
        }
        Ok(())
    })
}

fn histogram(json: &mut Reader<'_>, key: &str, value: &mut HistogramValue) -> Result<()> {
    match key {
        "count" => value.count = json.u64()?,
        "sum" => value.sum = Some(json.f64()?),
        "bucketCounts" | "bucket_counts" => list(json, &mut value.counts, Reader::u64)?,
        "explicitBounds" | "explicit_bounds" => list(json, &mut value.bounds, Reader::f64)?,
        "min" => value.min = Some(json.f64()?),
        "max" => value.max = Some(json.f64()?),
        _ => json.skip()?,
    }
    Ok(())
}

fn exponential(json: &mut Reader<'_>, key: &str, value: &mut ExponentialValue) -> Result<()> {
    match key {
        "count" => value.count = json.u64()?,
        "sum" => value.sum = Some(json.f64()?),
        "scale" => value.scale = json.i32()?,
        "zeroCount" | "zero_count" => value.zero_count = json.u64()?,
        "zeroThreshold" | "zero_threshold" => value.zero_threshold = json.f64()?,
        "positive" => buckets(json, &mut value.positive)?,
        "negative" => buckets(json, &mut value.negative)?,
        "min" => value.min = Some(json.f64()?),
        "max" => value.max = Some(json.f64()?),
        _ => json.skip()?,
    }
    Ok(())
}

fn buckets(json: &mut Reader<'_>, side: &mut (i32, Vec<u64>)) -> Result<()> {
    side.0 = 0;
    side.1.clear();
    json.object(|json, key| {
        match key {
            "offset" => side.0 = json.i32()?,
            "bucketCounts" | "bucket_counts" => list(json, &mut side.1, Reader::u64)?,
            _ => json.skip()?,
        }
        Ok(())
    })
}

fn summary(json: &mut Reader<'_>, key: &str, value: &mut SummaryValue) -> Result<()> {
    match key {
        "count" => value.count = json.u64()?,
        "sum" => value.sum = json.f64()?,
        "quantileValues" | "quantile_values" => list(json, &mut value.quantiles, quantile)?,
        _ => json.skip()?,
    }
    Ok(())
}

fn quantile(json: &mut Reader<'_>) -> Result<(f64, f64)> {
    let mut pair = (0.0, 0.0);
    json.object(|json, key| {
        match key {
            "quantile" => pair.0 = json.f64()?,
            "value" => pair.1 = json.f64()?,
            _ => json.skip()?,
        }
        Ok(())
    })?;
    Ok(pair)
}

fn decode_exemplar<S: MetricSink + ?Sized>(
    json: &mut Reader<'_>,
    context: &mut Context<'_>,
    sink: &mut S,
) -> Result<()> {
    let mut collected = Collected::default();
    let mut time_ns = 0;
    let mut value = ExemplarValue::Absent;
    let mut trace_id = Cow::Borrowed("");
    let mut span_id = Cow::Borrowed("");
    json.object(|json, key| {
        match key {
            "timeUnixNano" | "time_unix_nano" => time_ns = json.u64()?,
            "asInt" | "as_int" => value = ExemplarValue::Int(json.i64()?),
            "asDouble" | "as_double" => value = ExemplarValue::Double(json.f64()?),
            "traceId" | "trace_id" => trace_id = json.text()?,
            "spanId" | "span_id" => span_id = json.text()?,
            "filteredAttributes" | "filtered_attributes" => {
                attributes(json, &mut collected, context)?;
            }
            _ => json.skip()?,
        }
        Ok(())
    })?;
    let pairs: Vec<(&str, ValueRef<'_>)> = collected
        .attributes
        .0
        .iter()
        .map(|(key, value)| (key.as_str(), value.view()))
        .collect();
    sink.exemplar(&ExemplarFields {
        time_ns,
        value,
        trace_id: link_id(resolve(alias::trace_id, &trace_id).0, context),
        span_id: link_id(resolve(alias::span_id, &span_id).0, context),
        attributes: &pairs,
    });
    Ok(())
}
