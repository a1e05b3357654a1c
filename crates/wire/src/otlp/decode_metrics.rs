//! The hand walk over an `ExportMetricsServiceRequest`: from protobuf bytes straight into a
//! `MetricSink`. Source: opentelemetry-proto `metrics/v1/metrics.proto`. Points are read by
//! `decode_metrics/point.rs`.

mod exemplar;
mod lists;
mod point;

use crate::error::{Error, Malformed, Result};
use crate::otlp::decode_metrics::point::{Kind, Scratch};
use crate::otlp::envelope::{self, Items};
use crate::otlp::value::hand_over;
use crate::otlp::{Context, DecodeOptions, DecodeStats};
use crate::pb::Reader;
use std::borrow::Cow;
use tacho_model::metric::{MetricData, Temporality};
use tacho_model::resource::{Resource, Scope};
use tacho_model::sink::{MetricFields, MetricSink, PointPlace};
use tacho_model::value::ValueRef;

/// Most buckets of one side of a point, bounds or quantiles. A point with more is handed over without a value
/// and counted as too large: on the wire a bucket takes one byte, in memory eight.
pub const BUCKETS_DECODED_MAX: usize = 1 << 20;

/// Decodes a request into a sink, in the order of calls that `tacho_model::sink` describes. The items
/// of the statistics are data points.
///
/// # Errors
/// `Invalid`, with the offset, if the bytes are no such message. The sink may have been given
/// points by then; the caller drops them all.
pub fn decode_metrics<S: MetricSink + ?Sized>(
    body: &[u8],
    options: &DecodeOptions,
    sink: &mut S,
) -> Result<DecodeStats, Error> {
    let mut metrics = Metrics {
        sink,
        scratch: Scratch::default(),
    };
    envelope::walk(body, &mut metrics, Context::new(options)).map_err(Error::protobuf)
}

/// Hands over the attributes of a point that `PointFields::place` tells the place of; `data` is what its metric
/// holds.
///
/// # Errors
/// `Invalid` if no point stands there.
pub fn point_attributes(
    body: &[u8],
    place: PointPlace,
    data: MetricData,
    options: &DecodeOptions,
    each: &mut dyn FnMut(&str, ValueRef<'_>),
) -> Result<(), Error> {
    let start = place.offset as usize;
    let bytes = body.get(start..start.saturating_add(place.length as usize));
    let Some(bytes) = bytes else {
        let what = "a data point within the body";
        return Err(Error::protobuf(Malformed::expected(start, what)));
    };
    let number = Kind::of(data).lists().0;
    let mut context = Context::new(options);
    let mut walk = || {
        for field in Reader::new(bytes) {
            let field = field?;
            if field.number == number {
                hand_over(field.message()?, &mut context, &mut *each)?;
            }
        }
        Ok(())
    };
    walk().map_err(Error::protobuf)
}

/// Counts the data points of a request without decoding them.
///
/// # Errors
/// `Invalid` if the envelope is malformed; the points themselves are not looked into.
pub fn count_points(body: &[u8]) -> Result<u64, Error> {
    envelope::sum(body, &mut |metric| {
        let head = Head::decode_data(metric)?;
        head.map_or(Ok(0), |(_, data)| count(data))
    })
    .map_err(Error::protobuf)
}

fn count(data: Reader<'_>) -> Result<u64> {
    let mut count = 0;
    for field in data {
        count += u64::from(field?.number == 1);
    }
    Ok(count)
}

struct Metrics<'s, S: ?Sized> {
    sink: &'s mut S,
    scratch: Scratch,
}

impl<S: MetricSink + ?Sized> Items for Metrics<'_, S> {
    fn resource(&mut self, resource: Resource) {
        self.sink.resource(resource);
    }

    fn scope(&mut self, scope: Scope) {
        self.sink.scope(scope);
    }

    fn item(&mut self, reader: Reader<'_>, context: &mut Context<'_>) -> Result<()> {
        // The envelope counts the metric; what counts are its points.
        context.stats.items -= 1;
        context.begin_message();
        let head = Head::decode(reader, context)?;
        let taken = self.sink.begin_metric(&head.fields());
        if taken && head.has_metadata {
            for field in reader {
                let field = field?;
                if field.number == 12 {
                    hand_over(field.message()?, context, |key, value| {
                        self.sink.metric_attribute(key, value);
                    })?;
                }
            }
        }
        let Some((number, data)) = head.data else {
            return Ok(());
        };
        if !taken {
            let count = count(data)?;
            context.stats.items += count;
            self.sink.skipped_points(count);
            return Ok(());
        }
        let kind = Kind::of_field(number);
        for field in data {
            let field = field?;
            if field.number == 1 {
                context.stats.items += 1;
                let point = field.message()?;
                point::decode(point, kind, &mut self.scratch, context, self.sink)?;
            }
        }
        Ok(())
    }
}

/// The fields of a metric besides its points.
struct Head<'a> {
    name: Cow<'a, str>,
    description: Cow<'a, str>,
    unit: Cow<'a, str>,
    has_metadata: bool,
    /// The number of the field that holds the points, and its content.
    data: Option<(u32, Reader<'a>)>,
    temporality: i32,
    is_monotonic: bool,
}

impl<'a> Head<'a> {
    fn decode(reader: Reader<'a>, context: &mut Context<'_>) -> Result<Self> {
        let mut head = Self {
            name: Cow::Borrowed(""),
            description: Cow::Borrowed(""),
            unit: Cow::Borrowed(""),
            has_metadata: false,
            data: None,
            temporality: 0,
            is_monotonic: false,
        };
        for field in reader {
            let field = field?;
            match field.number {
                1 => head.name = context.text(field.bytes()?),
                2 => head.description = context.text(field.bytes()?),
                3 => head.unit = context.text(field.bytes()?),
                5 | 7 | 9 | 10 | 11 => head.data = Some((field.number, field.message()?)),
                12 => head.has_metadata = true,
                _ => {}
            }
        }
        if let Some((7 | 9 | 10, data)) = head.data {
            for field in data {
                let field = field?;
                match field.number {
                    2 => head.temporality = field.enumeration()?,
                    3 => head.is_monotonic = field.varint()? != 0,
                    _ => {}
                }
            }
        }
        Ok(head)
    }

    /// The field that holds the points alone.
    fn decode_data(reader: Reader<'a>) -> Result<Option<(u32, Reader<'a>)>> {
        let mut data = None;
        for field in reader {
            let field = field?;
            if matches!(field.number, 5 | 7 | 9 | 10 | 11) {
                data = Some((field.number, field.message()?));
            }
        }
        Ok(data)
    }

    fn fields(&self) -> MetricFields<'_> {
        let temporality = temporality(self.temporality);
        let data = match self.data {
            Some((5, _)) => MetricData::Gauge,
            Some((7, _)) => MetricData::Sum {
                temporality,
                is_monotonic: self.is_monotonic,
            },
            Some((9, _)) => MetricData::Histogram(temporality),
            Some((10, _)) => MetricData::ExponentialHistogram(temporality),
            Some((11, _)) => MetricData::Summary,
            _ => MetricData::Empty,
        };
        MetricFields {
            name: &self.name,
            description: &self.description,
            unit: &self.unit,
            data,
        }
    }
}

/// The temporality of a number; unknown ones are unspecified.
pub(crate) fn temporality(number: i32) -> Temporality {
    match number {
        1 => Temporality::Delta,
        2 => Temporality::Cumulative,
        _ => Temporality::Unspecified,
    }
}
