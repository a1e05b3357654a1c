//! Data points in protobuf: one pass for values and the hash of the attributes, a second one only if
//! the sink wants attributes or there are exemplars. Lists go into buffers that are used again.

use crate::error::Result;
use crate::otlp::Context;
use crate::otlp::decode_metrics::lists::Lists;
use crate::otlp::decode_metrics::{BUCKETS_DECODED_MAX, exemplar};
use crate::otlp::value::hand_over;
use crate::pb::{Field, FieldValue, Reader};
use tacho_model::metric::MetricData;
use tacho_model::sink::{ExponentialBuckets, MetricSink, PointFields, PointPlace, PointValue};

/// What a point is, by the field of its metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Number,
    Histogram,
    Exponential,
    Summary,
}

impl Kind {
    pub(super) fn of_field(number: u32) -> Self {
        match number {
            9 => Kind::Histogram,
            10 => Kind::Exponential,
            11 => Kind::Summary,
            _ => Kind::Number,
        }
    }

    pub(super) fn of(data: MetricData) -> Self {
        match data {
            MetricData::Empty | MetricData::Gauge | MetricData::Sum { .. } => Kind::Number,
            MetricData::Histogram(_) => Kind::Histogram,
            MetricData::ExponentialHistogram(_) => Kind::Exponential,
            MetricData::Summary => Kind::Summary,
        }
    }

    /// Field numbers of attributes and exemplars; a summary has none of the latter.
    pub(super) fn lists(self) -> (u32, u32) {
        match self {
            Kind::Number => (7, 5),
            Kind::Histogram => (9, 8),
            Kind::Exponential => (1, 11),
            Kind::Summary => (7, u32::MAX),
        }
    }
}

/// Buffers that are used again for each point.
#[derive(Default)]
pub(super) struct Scratch {
    counts: Vec<u64>,
    negative: Vec<u64>,
    bounds: Vec<f64>,
    quantiles: Vec<(f64, f64)>,
    attributes: Vec<u8>,
}

impl Scratch {
    fn clear(&mut self) {
        self.counts.clear();
        self.negative.clear();
        self.bounds.clear();
        self.quantiles.clear();
    }

    fn is_too_large(&self) -> bool {
        [
            self.counts.len(),
            self.negative.len(),
            self.bounds.len(),
            self.quantiles.len(),
        ]
        .into_iter()
        .any(|length| length > BUCKETS_DECODED_MAX)
    }
}

/// Decodes a point into the sink.
pub(super) fn decode<S: MetricSink + ?Sized>(
    reader: Reader<'_>,
    kind: Kind,
    scratch: &mut Scratch,
    context: &mut Context<'_>,
    sink: &mut S,
) -> Result<()> {
    context.begin_message();
    let mut head = Head::default();
    let mut lists = Lists::new(kind);
    match kind {
        Kind::Number => head.number(reader, &mut lists)?,
        Kind::Histogram => {
            scratch.clear();
            head.histogram(reader, &mut lists, scratch)?;
        }
        Kind::Exponential => {
            scratch.clear();
            head.exponential(reader, &mut lists, scratch)?;
        }
        Kind::Summary => {
            scratch.clear();
            head.summary(reader, &mut lists, scratch)?;
        }
    }
    let attributes_hash = lists.hash(reader, &mut scratch.attributes)?;
    let too_large = kind != Kind::Number && scratch.is_too_large();
    context.stats.too_large += u64::from(too_large);
    let fields = PointFields {
        start_ns: head.start_ns,
        time_ns: head.time_ns,
        flags: head.flags,
        value: if too_large {
            PointValue::Absent
        } else {
            head.value(kind, scratch)
        },
        attributes_hash,
        place: PointPlace {
            offset: u32::try_from(reader.offset()).unwrap_or(u32::MAX),
            length: u32::try_from(reader.len()).unwrap_or(u32::MAX),
        },
    };
    if !sink.begin_point(&fields) {
        return Ok(());
    }
    let wants_attributes = lists.has_attributes && sink.wants_attributes();
    if wants_attributes || lists.has_exemplars {
        for field in reader {
            let field = field?;
            if field.number == lists.attributes && wants_attributes {
                hand_over(field.message()?, context, |key, value| {
                    sink.attribute(key, value);
                })?;
            } else if field.number == lists.exemplars {
                let reader = field.message()?;
                context.apart(|context| exemplar::decode(reader, context, sink))?;
            }
        }
    }
    sink.end_point();
    Ok(())
}

/// The fields of a point besides lists.
#[derive(Default)]
struct Head {
    start_ns: u64,
    time_ns: u64,
    flags: u32,
    number: Option<Number>,
    count: u64,
    sum: Option<f64>,
    min: Option<f64>,
    max: Option<f64>,
    scale: i32,
    zero_count: u64,
    zero_threshold: f64,
    positive_offset: i32,
    negative_offset: i32,
}

#[derive(Clone, Copy)]
enum Number {
    Int(i64),
    Double(f64),
}

/// Calls `each` for every field of a point; attributes and exemplars are noted.
fn walk<'a>(
    mut reader: Reader<'a>,
    lists: &mut Lists,
    mut each: impl FnMut(&Field<'a>) -> Result<()>,
) -> Result<()> {
    loop {
        let before = reader.len();
        let Some(field) = reader.next() else {
            return Ok(());
        };
        let field = field?;
        lists.note(&field, before, reader.len())?;
        each(&field)?;
    }
}

impl Head {
    #[inline]
    fn number(&mut self, reader: Reader<'_>, lists: &mut Lists) -> Result<()> {
        walk(reader, lists, |field| {
            match field.number {
                2 => self.start_ns = field.fixed64()?,
                3 => self.time_ns = field.fixed64()?,
                4 => self.number = Some(Number::Double(double(field)?)),
                6 => self.number = Some(Number::Int(field.fixed64()? as i64)),
                8 => self.flags = field.uint32()?,
                _ => {}
            }
            Ok(())
        })
    }

    fn histogram(
        &mut self,
        reader: Reader<'_>,
        lists: &mut Lists,
        scratch: &mut Scratch,
    ) -> Result<()> {
        walk(reader, lists, |field| {
            match field.number {
                2 => self.start_ns = field.fixed64()?,
                3 => self.time_ns = field.fixed64()?,
                4 => self.count = field.fixed64()?,
                5 => self.sum = Some(double(field)?),
                6 => fixed64s(field, &mut scratch.counts, |bits| bits)?,
                7 => fixed64s(field, &mut scratch.bounds, f64::from_bits)?,
                10 => self.flags = field.uint32()?,
                11 => self.min = Some(double(field)?),
                12 => self.max = Some(double(field)?),
                _ => {}
            }
            Ok(())
        })
    }

    fn exponential(
        &mut self,
        reader: Reader<'_>,
        lists: &mut Lists,
        scratch: &mut Scratch,
    ) -> Result<()> {
        walk(reader, lists, |field| {
            match field.number {
                2 => self.start_ns = field.fixed64()?,
                3 => self.time_ns = field.fixed64()?,
                4 => self.count = field.fixed64()?,
                5 => self.sum = Some(double(field)?),
                6 => self.scale = sint32(field)?,
                7 => self.zero_count = field.fixed64()?,
                8 => {
                    self.positive_offset = buckets(field.message()?, &mut scratch.counts)?;
                }
                9 => {
                    self.negative_offset = buckets(field.message()?, &mut scratch.negative)?;
                }
                10 => self.flags = field.uint32()?,
                12 => self.min = Some(double(field)?),
                13 => self.max = Some(double(field)?),
                14 => self.zero_threshold = double(field)?,
                _ => {}
            }
            Ok(())
        })
    }

    fn summary(
        &mut self,
        reader: Reader<'_>,
        lists: &mut Lists,
        scratch: &mut Scratch,
    ) -> Result<()> {
        walk(reader, lists, |field| {
            match field.number {
                2 => self.start_ns = field.fixed64()?,
                3 => self.time_ns = field.fixed64()?,
                4 => self.count = field.fixed64()?,
                5 => self.sum = Some(double(field)?),
                6 => {
                    let pair = quantile(field.message()?)?;
                    push(&mut scratch.quantiles, pair);
                }
                8 => self.flags = field.uint32()?,
                _ => {}
            }
            Ok(())
        })
    }

    fn value<'s>(&self, kind: Kind, scratch: &'s Scratch) -> PointValue<'s> {
        match kind {
            Kind::Number => match self.number {
                None => PointValue::Absent,
                Some(Number::Int(value)) => PointValue::Int(value),
                Some(Number::Double(value)) => PointValue::Double(value),
            },
            Kind::Histogram => PointValue::Histogram {
                count: self.count,
                sum: self.sum,
                bounds: &scratch.bounds,
                counts: &scratch.counts,
                min: self.min,
                max: self.max,
            },
            Kind::Exponential => PointValue::Exponential {
                count: self.count,
                sum: self.sum,
                scale: self.scale,
                zero_count: self.zero_count,
                zero_threshold: self.zero_threshold,
                positive: ExponentialBuckets {
                    offset: self.positive_offset,
                    counts: &scratch.counts,
                },
                negative: ExponentialBuckets {
                    offset: self.negative_offset,
                    counts: &scratch.negative,
                },
                min: self.min,
                max: self.max,
            },
            Kind::Summary => PointValue::Summary {
                count: self.count,
                sum: self.sum.unwrap_or(0.0),
                quantiles: &scratch.quantiles,
            },
        }
    }
}

pub(super) fn double(field: &Field<'_>) -> Result<f64> {
    field.fixed64().map(f64::from_bits)
}

fn sint32(field: &Field<'_>) -> Result<i32> {
    let raw = field.uint32()?;
    Ok((raw >> 1) as i32 ^ -((raw & 1) as i32))
}

/// Keeps one more than allowed, so that it shows.
fn push<T>(out: &mut Vec<T>, value: T) {
    if out.len() <= BUCKETS_DECODED_MAX {
        out.push(value);
    }
}

/// Eight bytes each, packed or not.
fn fixed64s<T>(field: &Field<'_>, out: &mut Vec<T>, of: impl Fn(u64) -> T) -> Result<()> {
    match field.value {
        FieldValue::Fixed64(bits) => push(out, of(bits)),
        FieldValue::Len(packed) => {
            let (chunks, rest) = packed.as_chunks::<8>();
            if !rest.is_empty() {
                return Err(field.mismatch("fixed64 values of 8 bytes each"));
            }
            for chunk in chunks {
                push(out, of(u64::from_le_bytes(*chunk)));
            }
        }
        _ => return Err(field.mismatch("fixed64 values")),
    }
    Ok(())
}

/// Buckets of one side; the offset. A side that is sent twice counts as it came last.
fn buckets(reader: Reader<'_>, counts: &mut Vec<u64>) -> Result<i32> {
    let mut offset = 0;
    counts.clear();
    for field in reader {
        let field = field?;
        match field.number {
            1 => offset = sint32(&field)?,
            2 => field.varints(|count| push(counts, count))?,
            _ => {}
        }
    }
    Ok(offset)
}

fn quantile(reader: Reader<'_>) -> Result<(f64, f64)> {
    let mut pair = (0.0, 0.0);
    for field in reader {
        let field = field?;
        match field.number {
            1 => pair.0 = double(&field)?,
            2 => pair.1 = double(&field)?,
            _ => {}
        }
    }
    Ok(pair)
}
