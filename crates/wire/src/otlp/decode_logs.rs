//! The hand walk over an `ExportLogsServiceRequest`: from protobuf bytes straight into a
//! `LogSink`. Source: opentelemetry-proto `logs/v1/logs.proto`.

use crate::error::{Error, Result};
use crate::otlp::decode_traces::optional;
use crate::otlp::envelope::{self, Items};
use crate::otlp::value::{Decoded, any_value, hand_over};
use crate::otlp::{Context, DecodeOptions, DecodeStats};
use crate::pb::Reader;
use std::borrow::Cow;
use tacho_model::id::{SpanId, TraceId};
use tacho_model::log::SeverityNumber;
use tacho_model::resource::{Resource, Scope};
use tacho_model::sink::{LogFields, LogSink};

/// Decodes a request into a sink, in the order of calls that `tacho_model::sink` describes.
///
/// # Errors
/// `Invalid`, with the offset, if the bytes are no such message. The sink may have been given
/// items by then; the caller drops them all.
pub fn decode_logs<S: LogSink + ?Sized>(
    body: &[u8],
    options: &DecodeOptions,
    sink: &mut S,
) -> Result<DecodeStats, Error> {
    envelope::walk(body, &mut Records(sink), Context::new(options)).map_err(Error::protobuf)
}

struct Records<'s, S: ?Sized>(&'s mut S);

impl<S: LogSink + ?Sized> Items for Records<'_, S> {
    fn resource(&mut self, resource: Resource) {
        self.0.resource(resource);
    }

    fn scope(&mut self, scope: Scope) {
        self.0.scope(scope);
    }

    fn item(&mut self, reader: Reader<'_>, context: &mut Context<'_>) -> Result<()> {
        context.begin_message();
        let head = Head::decode(reader, context)?;
        if !self.0.begin_record(&head.fields()) {
            return Ok(());
        }
        for field in reader {
            let field = field?;
            if field.number == 6 {
                hand_over(field.message()?, context, |key, value| {
                    self.0.attribute(key, value);
                })?;
            }
        }
        self.0.end_record();
        Ok(())
    }
}

/// The fields of a record besides its attributes.
struct Head<'a> {
    time_ns: u64,
    observed_time_ns: u64,
    severity_number: i32,
    severity_text: Cow<'a, str>,
    body: Decoded<'a>,
    event_name: Cow<'a, str>,
    dropped_attributes_count: u32,
    flags: u32,
    trace_id: &'a [u8],
    span_id: &'a [u8],
}

impl<'a> Head<'a> {
    fn decode(reader: Reader<'a>, context: &mut Context<'_>) -> Result<Self> {
        let mut head = Self {
            time_ns: 0,
            observed_time_ns: 0,
            severity_number: 0,
            severity_text: Cow::Borrowed(""),
            body: Decoded::Empty,
            event_name: Cow::Borrowed(""),
            dropped_attributes_count: 0,
            flags: 0,
            trace_id: &[],
            span_id: &[],
        };
        for field in reader {
            let field = field?;
            match field.number {
                1 => head.time_ns = field.fixed64()?,
                2 => head.severity_number = field.enumeration()?,
                3 => head.severity_text = context.text(field.bytes()?),
                5 => head.body = any_value(field.message()?, 0, context)?,
                7 => head.dropped_attributes_count = field.uint32()?,
                8 => head.flags = field.fixed32()?,
                9 => head.trace_id = field.bytes()?,
                10 => head.span_id = field.bytes()?,
                11 => head.observed_time_ns = field.fixed64()?,
                12 => head.event_name = context.text(field.bytes()?),
                _ => {}
            }
        }
        Ok(head)
    }

    fn fields(&self) -> LogFields<'_> {
        LogFields {
            time_ns: self.time_ns,
            observed_time_ns: self.observed_time_ns,
            severity_number: SeverityNumber::from_number(self.severity_number),
            severity_text: &self.severity_text,
            body: self.body.view(),
            event_name: &self.event_name,
            dropped_attributes_count: self.dropped_attributes_count,
            flags: self.flags,
            trace_id: optional(TraceId::from_bytes(self.trace_id)),
            span_id: optional(SpanId::from_bytes(self.span_id)),
            trace_alias: None,
            span_alias: None,
        }
    }
}
