//! Spans in JSON.

use crate::alias;
use crate::error::Result;
use crate::json::reader::Reader;
use crate::otlp::decode_traces::{link_id, optional};
use crate::otlp::json_decode::envelope::Items;
use crate::otlp::json_decode::value::{attributes, key_value};
use crate::otlp::value::Collected;
use crate::otlp::{Context, timestamp};
use std::borrow::Cow;
use tacho_model::id::IdError;
use tacho_model::resource::{Resource, Scope};
use tacho_model::sink::{SpanFields, SpanSink};
use tacho_model::span::{SpanEvent, SpanKind, SpanLink, SpanStatus, alias_key};

pub(super) struct Spans<'s, S: ?Sized>(pub(super) &'s mut S);

impl<S: SpanSink + ?Sized> Items for Spans<'_, S> {
    fn resource(&mut self, resource: Resource) {
        self.0.resource(resource);
    }

    fn scope(&mut self, scope: Scope) {
        self.0.scope(scope);
    }

    fn item(&mut self, json: &mut Reader<'_>, context: &mut Context<'_>) -> Result<()> {
        context.begin_message();
        let mut head = Head::default();
        json.object(|json, key| head.member(json, key))?;
        let end = json.position();
        if self.0.begin_span(&head.fields()) {
            self.lists(json, &head, context)?;
            self.0.end_span();
        }
        json.seek(end);
        Ok(())
    }
}

impl<S: SpanSink + ?Sized> Spans<'_, S> {
    fn lists(
        &mut self,
        json: &mut Reader<'_>,
        head: &Head<'_>,
        context: &mut Context<'_>,
    ) -> Result<()> {
        if let Some(at) = head.attributes {
            json.seek(at);
            json.array(|json| {
                let (key, value) = key_value(json, 0, context)?;
                self.0.attribute(&key, value.view());
                Ok(())
            })?;
        }
        if let Some(at) = head.events {
            json.seek(at);
            json.array(|json| {
                let event = context.apart(|context| decode_event(json, context))?;
                self.0.event(event);
                Ok(())
            })?;
        }
        if let Some(at) = head.links {
            json.seek(at);
            json.array(|json| {
                let link = context.apart(|context| decode_link(json, context))?;
                self.0.link(link);
                Ok(())
            })?;
        }
        Ok(())
    }
}

/// The fields of a span besides attributes, events and links, and where these stand.
#[derive(Default)]
struct Head<'a> {
    trace_id: Cow<'a, str>,
    span_id: Cow<'a, str>,
    parent_span_id: Cow<'a, str>,
    trace_state: Cow<'a, str>,
    flags: u32,
    name: Cow<'a, str>,
    kind: i32,
    start_ns: u64,
    end_ns: u64,
    attributes: Option<usize>,
    dropped_attributes_count: u32,
    events: Option<usize>,
    dropped_events_count: u32,
    links: Option<usize>,
    dropped_links_count: u32,
    status: i32,
    status_message: Cow<'a, str>,
}

pub(super) fn place(json: &mut Reader<'_>) -> Result<Option<usize>> {
    let at = json.position();
    json.skip()?;
    Ok(Some(at))
}

impl<'a> Head<'a> {
    fn member(&mut self, json: &mut Reader<'a>, key: &str) -> Result<()> {
        match key {
            "traceId" | "trace_id" => self.trace_id = json.text()?,
            "spanId" | "span_id" => self.span_id = json.text()?,
            "parentSpanId" | "parent_span_id" => self.parent_span_id = json.text()?,
            "traceState" | "trace_state" => self.trace_state = json.text()?,
            "flags" => self.flags = json.u32()?,
            "name" => self.name = json.text()?,
            "kind" => self.kind = json.enumeration(kind_number)?,
            "startTimeUnixNano" | "start_time_unix_nano" => self.start_ns = json.u64()?,
            "endTimeUnixNano" | "end_time_unix_nano" => self.end_ns = json.u64()?,
            "attributes" => self.attributes = place(json)?,
            "droppedAttributesCount" | "dropped_attributes_count" => {
                self.dropped_attributes_count = json.u32()?;
            }
            "events" => self.events = place(json)?,
            "droppedEventsCount" | "dropped_events_count" => {
                self.dropped_events_count = json.u32()?;
            }
            "links" => self.links = place(json)?,
            "droppedLinksCount" | "dropped_links_count" => {
                self.dropped_links_count = json.u32()?;
            }
            "status" => json.object(|json, key| {
                match key {
                    "message" => self.status_message = json.text()?,
                    "code" => self.status = json.enumeration(status_number)?,
                    _ => json.skip()?,
                }
                Ok(())
            })?,
            _ => json.skip()?,
        }
        Ok(())
    }

    fn fields(&self) -> SpanFields<'_> {
        let (trace_id, trace_alias) = resolve(alias::trace_id, &self.trace_id);
        let (span_id, span_alias) = resolve(alias::span_id, &self.span_id);
        let (parent_span_id, parent_alias) = resolve(alias::span_id, &self.parent_span_id);
        SpanFields {
            trace_id,
            span_id,
            parent_span_id: optional(parent_span_id),
            trace_alias,
            span_alias,
            parent_alias,
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

/// An id and, if the text was an alias, the text.
pub(super) fn resolve<T>(
    map: impl Fn(&str) -> Result<(T, bool), IdError>,
    text: &str,
) -> (Result<T, IdError>, Option<&str>) {
    match map(text) {
        Ok((id, is_alias)) => (Ok(id), is_alias.then_some(text)),
        Err(error) => (Err(error), None),
    }
}

fn kind_number(name: &str) -> Option<i32> {
    let name = name.strip_prefix("SPAN_KIND_").unwrap_or(name);
    let kind = SpanKind::ALL
        .into_iter()
        .find(|kind| kind.as_str().eq_ignore_ascii_case(name))?;
    Some(kind as i32)
}

fn status_number(name: &str) -> Option<i32> {
    let name = name.strip_prefix("STATUS_CODE_").unwrap_or(name);
    let status = [SpanStatus::Unset, SpanStatus::Ok, SpanStatus::Error]
        .into_iter()
        .find(|status| status.as_str().eq_ignore_ascii_case(name))?;
    Some(status as i32)
}

fn decode_event(json: &mut Reader<'_>, context: &mut Context<'_>) -> Result<SpanEvent> {
    let mut event = SpanEvent::default();
    let mut collected = Collected::default();
    let mut dropped = 0;
    json.object(|json, key| {
        match key {
            "timeUnixNano" | "time_unix_nano" => event.time = timestamp(json.u64()?),
            "name" => event.name = json.text()?.into_owned(),
            "attributes" => attributes(json, &mut collected, context)?,
            "droppedAttributesCount" | "dropped_attributes_count" => dropped = json.u32()?,
            _ => json.skip()?,
        }
        Ok(())
    })?;
    event.dropped_attributes_count = collected.dropped(dropped);
    event.attributes = collected.attributes;
    Ok(event)
}

fn decode_link(json: &mut Reader<'_>, context: &mut Context<'_>) -> Result<SpanLink> {
    let mut link = SpanLink::default();
    let mut trace_id = Cow::Borrowed("");
    let mut span_id = Cow::Borrowed("");
    let mut collected = Collected::default();
    let mut dropped = 0;
    json.object(|json, key| {
        match key {
            "traceId" | "trace_id" => trace_id = json.text()?,
            "spanId" | "span_id" => span_id = json.text()?,
            "traceState" | "trace_state" => link.trace_state = json.text()?.into_owned(),
            "attributes" => attributes(json, &mut collected, context)?,
            "droppedAttributesCount" | "dropped_attributes_count" => dropped = json.u32()?,
            "flags" => link.flags = json.u32()?,
            _ => json.skip()?,
        }
        Ok(())
    })?;
    link.dropped_attributes_count = collected.dropped(dropped);
    link.attributes = collected.attributes;
    let (id, trace_alias) = resolve(alias::trace_id, &trace_id);
    link.trace_id = link_id(id, context);
    let (id, span_alias) = resolve(alias::span_id, &span_id);
    link.span_id = link_id(id, context);
    for (key, text) in [
        (alias_key::TRACE, trace_alias),
        (alias_key::SPAN, span_alias),
    ] {
        if let Some(text) = text {
            link.attributes.push(key, text);
        }
    }
    Ok(link)
}
