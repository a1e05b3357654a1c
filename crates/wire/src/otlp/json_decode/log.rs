//! Log records in JSON.

use crate::alias;
use crate::error::Result;
use crate::json::reader::Reader;
use crate::otlp::Context;
use crate::otlp::decode_traces::optional;
use crate::otlp::json_decode::envelope::Items;
use crate::otlp::json_decode::span::resolve;
use crate::otlp::json_decode::value::{any_value, key_value};
use crate::otlp::value::Decoded;
use std::borrow::Cow;
use tacho_model::log::SeverityNumber;
use tacho_model::resource::{Resource, Scope};
use tacho_model::sink::{LogFields, LogSink};

pub(super) struct Records<'s, S: ?Sized>(pub(super) &'s mut S);

impl<S: LogSink + ?Sized> Items for Records<'_, S> {
    fn resource(&mut self, resource: Resource) {
        self.0.resource(resource);
    }

    fn scope(&mut self, scope: Scope) {
        self.0.scope(scope);
    }

    fn item(&mut self, json: &mut Reader<'_>, context: &mut Context<'_>) -> Result<()> {
        context.begin_message();
        let mut head = Head::new();
        json.object(|json, key| head.member(json, key, context))?;
        let end = json.position();
        if self.0.begin_record(&head.fields()) {
            if let Some(at) = head.attributes {
                json.seek(at);
                json.array(|json| {
                    let (key, value) = key_value(json, 0, context)?;
                    self.0.attribute(&key, value.view());
                    Ok(())
                })?;
            }
            self.0.end_record();
        }
        json.seek(end);
        Ok(())
    }
}

/// The fields of a record besides its attributes, and where these stand.
struct Head<'a> {
    time_ns: u64,
    observed_time_ns: u64,
    severity_number: i32,
    severity_text: Cow<'a, str>,
    body: Decoded<'a>,
    event_name: Cow<'a, str>,
    attributes: Option<usize>,
    dropped_attributes_count: u32,
    flags: u32,
    trace_id: Cow<'a, str>,
    span_id: Cow<'a, str>,
}

impl<'a> Head<'a> {
    fn new() -> Self {
        Self {
            time_ns: 0,
            observed_time_ns: 0,
            severity_number: 0,
            severity_text: Cow::Borrowed(""),
            body: Decoded::Empty,
            event_name: Cow::Borrowed(""),
            attributes: None,
            dropped_attributes_count: 0,
            flags: 0,
            trace_id: Cow::Borrowed(""),
            span_id: Cow::Borrowed(""),
        }
    }

    fn member(
        &mut self,
        json: &mut Reader<'a>,
        key: &str,
        context: &mut Context<'_>,
    ) -> Result<()> {
        match key {
            "timeUnixNano" | "time_unix_nano" => self.time_ns = json.u64()?,
            "observedTimeUnixNano" | "observed_time_unix_nano" => {
                self.observed_time_ns = json.u64()?;
            }
            "severityNumber" | "severity_number" => {
                self.severity_number = json.enumeration(severity_number)?;
            }
            "severityText" | "severity_text" => self.severity_text = json.text()?,
            "body" => self.body = any_value(json, 0, context)?,
            "eventName" | "event_name" => self.event_name = json.text()?,
            "attributes" => {
                self.attributes = Some(json.position());
                json.skip()?;
            }
            "droppedAttributesCount" | "dropped_attributes_count" => {
                self.dropped_attributes_count = json.u32()?;
            }
            "flags" => self.flags = json.u32()?,
            "traceId" | "trace_id" => self.trace_id = json.text()?,
            "spanId" | "span_id" => self.span_id = json.text()?,
            _ => json.skip()?,
        }
        Ok(())
    }

    fn fields(&self) -> LogFields<'_> {
        let (trace_id, trace_alias) = resolve(alias::trace_id, &self.trace_id);
        let (span_id, span_alias) = resolve(alias::span_id, &self.span_id);
        LogFields {
            time_ns: self.time_ns,
            observed_time_ns: self.observed_time_ns,
            severity_number: SeverityNumber::from_number(self.severity_number),
            severity_text: &self.severity_text,
            body: self.body.view(),
            event_name: &self.event_name,
            dropped_attributes_count: self.dropped_attributes_count,
            flags: self.flags,
            trace_id: optional(trace_id),
            span_id: optional(span_id),
            trace_alias,
            span_alias,
        }
    }
}

/// `SEVERITY_NUMBER_INFO`, `SEVERITY_NUMBER_INFO2` and so on, with or without the prefix.
fn severity_number(name: &str) -> Option<i32> {
    let name = name.strip_prefix("SEVERITY_NUMBER_").unwrap_or(name);
    let (range, step) = match name.strip_suffix(['2', '3', '4']) {
        Some(range) => (range, name.bytes().last()? - b'1'),
        None => (name, 0),
    };
    let first = SeverityNumber::parse(range)?;
    Some(i32::from(first.0 + step))
}

#[cfg(test)]
mod tests {
    use super::severity_number;

    #[test]
    fn severities_have_names() {
        assert_eq!(severity_number("SEVERITY_NUMBER_TRACE"), Some(1));
        assert_eq!(severity_number("SEVERITY_NUMBER_INFO2"), Some(10));
        assert_eq!(severity_number("FATAL4"), Some(24));
        assert_eq!(severity_number("SEVERITY_NUMBER_UNSPECIFIED"), None);
    }
}
