//! Exemplars of data points in protobuf.

use crate::error::Result;
use crate::otlp::Context;
use crate::otlp::decode_metrics::point::double;
use crate::otlp::decode_traces::link_id;
use crate::otlp::value::Collected;
use crate::pb::Reader;
use tacho_model::id::{SpanId, TraceId};
use tacho_model::sink::{ExemplarFields, ExemplarValue, MetricSink};
use tacho_model::value::ValueRef;

/// Decodes an exemplar into the sink.
pub(super) fn decode<S: MetricSink + ?Sized>(
    reader: Reader<'_>,
    context: &mut Context<'_>,
    sink: &mut S,
) -> Result<()> {
    let mut collected = Collected::default();
    let mut time_ns = 0;
    let mut value = ExemplarValue::Absent;
    let mut trace_id = TraceId::default();
    let mut span_id = SpanId::default();
    for field in reader {
        let field = field?;
        match field.number {
            2 => time_ns = field.fixed64()?,
            3 => value = ExemplarValue::Double(double(&field)?),
            4 => span_id = link_id(SpanId::from_bytes(field.bytes()?), context),
            5 => trace_id = link_id(TraceId::from_bytes(field.bytes()?), context),
            6 => value = ExemplarValue::Int(field.fixed64()? as i64),
            7 => collected.push(field.message()?, context)?,
            _ => {}
        }
    }
    let attributes: Vec<(&str, ValueRef<'_>)> = collected
        .attributes
        .0
        .iter()
        .map(|(key, value)| (key.as_str(), value.view()))
        .collect();
    sink.exemplar(&ExemplarFields {
        time_ns,
        value,
        trace_id,
        span_id,
        attributes: &attributes,
    });
    Ok(())
}
