//! The hand walk over an `ExportTraceServiceRequest`: from protobuf bytes straight into a
//! `SpanSink`. Source: opentelemetry-proto `trace/v1/trace.proto`.

use crate::error::{Error, Result};
use crate::otlp::envelope::{self, Items};
use crate::otlp::value::{Collected, hand_over};
use crate::otlp::{Context, DecodeOptions, DecodeStats, timestamp};
use crate::pb::Reader;
use std::borrow::Cow;
use tacho_model::id::{IdError, SpanId, TraceId};
use tacho_model::resource::{Resource, Scope};
use tacho_model::sink::{SpanFields, SpanSink};
use tacho_model::span::{SpanEvent, SpanKind, SpanLink, SpanStatus};

/// Decodes a request into a sink, in the order of calls that `tacho_model::sink` describes.
///
/// # Errors
/// `Invalid`, with the offset, if the bytes are no such message. The sink may have been given
/// items by then; the caller drops them all.
pub fn decode_traces<S: SpanSink + ?Sized>(
    body: &[u8],
    options: &DecodeOptions,
    sink: &mut S,
) -> Result<DecodeStats, Error> {
    envelope::walk(body, &mut Spans(sink), Context::new(options)).map_err(Error::protobuf)
}

struct Spans<'s, S: ?Sized>(&'s mut S);

impl<S: SpanSink + ?Sized> Items for Spans<'_, S> {
    fn resource(&mut self, resource: Resource) {
        self.0.resource(resource);
    }

    fn scope(&mut self, scope: Scope) {
        self.0.scope(scope);
    }

    fn item(&mut self, reader: Reader<'_>, context: &mut Context<'_>) -> Result<()> {
        context.begin_message();
        let head = Head::decode(reader, context)?;
        if !self.0.begin_span(&head.fields()) {
            return Ok(());
        }
        for field in reader {
            let field = field?;
            match field.number {
                9 => {
                    hand_over(field.message()?, context, |key, value| {
                        self.0.attribute(key, value);
                    })?;
                }
                11 => {
                    let reader = field.message()?;
                    let event = context.apart(|context| decode_event(reader, context))?;
                    self.0.event(event);
                }
                13 => {
                    let reader = field.message()?;
                    let link = context.apart(|context| decode_link(reader, context))?;
                    self.0.link(link);
                }
                _ => {}
            }
        }
        self.0.end_span();
        Ok(())
    }
}

/// The fields of a span besides attributes, events and links.
#[derive(Default)]
struct Head<'a> {
    trace_id: &'a [u8],
    span_id: &'a [u8],
    parent_span_id: &'a [u8],
    trace_state: Cow<'a, str>,
    flags: u32,
    name: Cow<'a, str>,
    kind: i32,
    start_ns: u64,
    end_ns: u64,
    dropped_attributes_count: u32,
    dropped_events_count: u32,
    dropped_links_count: u32,
    status: i32,
    status_message: Cow<'a, str>,
}

impl<'a> Head<'a> {
    fn decode(reader: Reader<'a>, context: &mut Context<'_>) -> Result<Self> {
        let mut head = Self::default();
        for field in reader {
            let field = field?;
            match field.number {
                1 => head.trace_id = field.bytes()?,
                2 => head.span_id = field.bytes()?,
                3 => head.trace_state = context.text(field.bytes()?),
                4 => head.parent_span_id = field.bytes()?,
                5 => head.name = context.text(field.bytes()?),
                6 => head.kind = field.enumeration()?,
                7 => head.start_ns = field.fixed64()?,
                8 => head.end_ns = field.fixed64()?,
                10 => head.dropped_attributes_count = field.uint32()?,
                12 => head.dropped_events_count = field.uint32()?,
                14 => head.dropped_links_count = field.uint32()?,
                15 => head.decode_status(field.message()?, context)?,
                16 => head.flags = field.fixed32()?,
                _ => {}
            }
        }
        Ok(head)
    }

    fn decode_status(&mut self, reader: Reader<'a>, context: &mut Context<'_>) -> Result<()> {
        for field in reader {
            let field = field?;
            match field.number {
                2 => self.status_message = context.text(field.bytes()?),
                3 => self.status = field.enumeration()?,
                _ => {}
            }
        }
        Ok(())
    }

    fn fields(&self) -> SpanFields<'_> {
        SpanFields {
            trace_id: TraceId::from_bytes(self.trace_id),
            span_id: SpanId::from_bytes(self.span_id),
            parent_span_id: optional(SpanId::from_bytes(self.parent_span_id)),
            trace_alias: None,
            span_alias: None,
            parent_alias: None,
            trace_state: &self.trace_state,
            flags: self.flags,
            name: &self.name,
            kind: SpanKind::from_number(self.kind),
            start_ns: self.start_ns,
            end_ns: self.end_ns,
            dropped_attributes_count: self.dropped_attributes_count,
            dropped_events_count: self.dropped_events_count,
            dropped_links_count: self.dropped_links_count,
            status: SpanStatus::from_number(self.status),
            status_message: &self.status_message,
        }
    }
}

/// An id that may be missing: empty and all zero are "none".
pub(crate) fn optional<T: Default>(id: Result<T, IdError>) -> Result<T, IdError> {
    match id {
        Err(IdError::Missing | IdError::Zero) => Ok(T::default()),
        other => other,
    }
}

/// An id of a link: what is no id becomes "none" and is counted.
pub(crate) fn link_id<T: Default>(id: Result<T, IdError>, context: &mut Context<'_>) -> T {
    optional(id).unwrap_or_else(|_| {
        context.stats.invalid_link_ids += 1;
        T::default()
    })
}

fn decode_event(reader: Reader<'_>, context: &mut Context<'_>) -> Result<SpanEvent> {
    let mut event = SpanEvent::default();
    let mut collected = Collected::default();
    let mut dropped = 0;
    for field in reader {
        let field = field?;
        match field.number {
            1 => event.time = timestamp(field.fixed64()?),
            2 => event.name = context.text(field.bytes()?).into_owned(),
            3 => collected.push(field.message()?, context)?,
            4 => dropped = field.uint32()?,
            _ => {}
        }
    }
    event.dropped_attributes_count = collected.dropped(dropped);
    event.attributes = collected.attributes;
    Ok(event)
}

fn decode_link(reader: Reader<'_>, context: &mut Context<'_>) -> Result<SpanLink> {
    let mut link = SpanLink::default();
    let mut collected = Collected::default();
    let mut dropped = 0;
    for field in reader {
        let field = field?;
        match field.number {
            1 => link.trace_id = link_id(TraceId::from_bytes(field.bytes()?), context),
            2 => link.span_id = link_id(SpanId::from_bytes(field.bytes()?), context),
            3 => link.trace_state = context.text(field.bytes()?).into_owned(),
            4 => collected.push(field.message()?, context)?,
            5 => dropped = field.uint32()?,
            6 => link.flags = field.fixed32()?,
            _ => {}
        }
    }
    link.dropped_attributes_count = collected.dropped(dropped);
    link.attributes = collected.attributes;
    Ok(link)
}
