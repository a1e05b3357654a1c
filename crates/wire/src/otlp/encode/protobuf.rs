//! Spans and log records to protobuf. Ids that came as aliases are given out as the derived ids,
//! because protobuf has no place for their text.

use crate::otlp::encode::unsigned_ns;
use crate::otlp::{ResourceLogs, ResourceSpans, entity};
use crate::pb::Writer;
use tacho_model::log::LogRecord;
use tacho_model::resource::{Resource, Scope};
use tacho_model::span::{Span, SpanEvent, SpanLink, SpanStatus};
use tacho_model::value::Value;

/// An `ExportTraceServiceRequest` (or `TracesData`, which has the same bytes).
pub fn encode_traces(groups: &[ResourceSpans]) -> Vec<u8> {
    let mut out = Writer::new();
    for group in groups {
        out.message(1, |out| {
            write_resource(out, &group.resource);
            for scope in &group.scopes {
                out.message(2, |out| {
                    write_scope(out, &scope.scope);
                    for span in &scope.spans {
                        out.message(2, |out| write_span(out, span));
                    }
                    out.bytes_if(3, scope.scope.schema_url.as_bytes());
                });
            }
            out.bytes_if(3, group.resource.schema_url.as_bytes());
        });
    }
    out.into_bytes()
}

/// An `ExportLogsServiceRequest` (or `LogsData`, which has the same bytes).
pub fn encode_logs(groups: &[ResourceLogs]) -> Vec<u8> {
    let mut out = Writer::new();
    for group in groups {
        out.message(1, |out| {
            write_resource(out, &group.resource);
            for scope in &group.scopes {
                out.message(2, |out| {
                    write_scope(out, &scope.scope);
                    for record in &scope.records {
                        out.message(2, |out| write_record(out, record));
                    }
                    out.bytes_if(3, scope.scope.schema_url.as_bytes());
                });
            }
            out.bytes_if(3, group.resource.schema_url.as_bytes());
        });
    }
    out.into_bytes()
}

pub(super) fn write_resource(out: &mut Writer, resource: &Resource) {
    let (attributes, entities) = entity::detach(&resource.attributes);
    let dropped = resource.dropped_attributes_count;
    if attributes.is_empty() && entities.is_empty() && dropped == 0 {
        return;
    }
    out.message(1, |out| {
        write_attributes(out, 1, attributes);
        out.varint_if(2, dropped.into());
        for entity in &entities {
            out.message(3, |out| entity.encode(out));
        }
    });
}

pub(super) fn write_scope(out: &mut Writer, scope: &Scope) {
    let dropped = scope.dropped_attributes_count;
    let nameless = scope.name.is_empty() && scope.version.is_empty();
    if nameless && scope.attributes.0.is_empty() && dropped == 0 {
        return;
    }
    out.message(1, |out| {
        out.bytes_if(1, scope.name.as_bytes());
        out.bytes_if(2, scope.version.as_bytes());
        write_attributes(out, 3, &scope.attributes.0);
        out.varint_if(4, dropped.into());
    });
}

fn write_span(out: &mut Writer, span: &Span) {
    write_id(out, 1, &span.trace_id.0);
    write_id(out, 2, &span.span_id.0);
    out.bytes_if(3, span.trace_state.as_bytes());
    write_id(out, 4, &span.parent_span_id.0);
    out.bytes_if(5, span.name.as_bytes());
    out.varint_if(6, span.kind as u64);
    out.fixed64_if(7, unsigned_ns(span.start));
    out.fixed64_if(8, unsigned_ns(span.end));
    write_attributes(out, 9, &span.attributes.0);
    out.varint_if(10, span.dropped_attributes_count.into());
    for event in &span.events {
        out.message(11, |out| write_event(out, event));
    }
    out.varint_if(12, span.dropped_events_count.into());
    for link in &span.links {
        out.message(13, |out| write_link(out, link));
    }
    out.varint_if(14, span.dropped_links_count.into());
    if span.status != SpanStatus::Unset || !span.status_message.is_empty() {
        out.message(15, |out| {
            out.bytes_if(2, span.status_message.as_bytes());
            out.varint_if(3, span.status as u64);
        });
    }
    out.fixed32_if(16, span.flags);
}

fn write_event(out: &mut Writer, event: &SpanEvent) {
    out.fixed64_if(1, unsigned_ns(event.time));
    out.bytes_if(2, event.name.as_bytes());
    write_attributes(out, 3, &event.attributes.0);
    out.varint_if(4, event.dropped_attributes_count.into());
}

fn write_link(out: &mut Writer, link: &SpanLink) {
    write_id(out, 1, &link.trace_id.0);
    write_id(out, 2, &link.span_id.0);
    out.bytes_if(3, link.trace_state.as_bytes());
    write_attributes(out, 4, &link.attributes.0);
    out.varint_if(5, link.dropped_attributes_count.into());
    out.fixed32_if(6, link.flags);
}

fn write_record(out: &mut Writer, record: &LogRecord) {
    out.fixed64_if(1, unsigned_ns(record.time));
    out.varint_if(2, record.severity_number.0.into());
    out.bytes_if(3, record.severity_text.as_bytes());
    if record.body != Value::Empty {
        out.message(5, |out| write_value(out, &record.body));
    }
    write_attributes(out, 6, &record.attributes.0);
    out.varint_if(7, record.dropped_attributes_count.into());
    out.fixed32_if(8, record.flags);
    write_id(out, 9, &record.trace_id.0);
    write_id(out, 10, &record.span_id.0);
    out.fixed64_if(11, unsigned_ns(record.observed_time));
    out.bytes_if(12, record.event_name.as_bytes());
}

/// An id; all zero is "none" and left out.
pub(super) fn write_id(out: &mut Writer, field: u32, bytes: &[u8]) {
    if bytes.iter().any(|byte| *byte != 0) {
        out.bytes(field, bytes);
    }
}

pub(super) fn write_attributes(out: &mut Writer, field: u32, attributes: &[(String, Value)]) {
    for (key, value) in attributes {
        out.message(field, |out| {
            out.bytes_if(1, key.as_bytes());
            out.message(2, |out| write_value(out, value));
        });
    }
}

/// The fields of an `AnyValue`. Members of a oneof are written even if they are defaults.
fn write_value(out: &mut Writer, value: &Value) {
    match value {
        Value::Empty => {}
        Value::String(text) => out.bytes(1, text.as_bytes()),
        Value::Bool(value) => out.varint(2, (*value).into()),
        Value::Int(value) => out.varint(3, *value as u64),
        Value::Double(value) => out.fixed64(4, value.to_bits()),
        Value::Array(items) => out.message(5, |out| {
            for item in items {
                out.message(1, |out| write_value(out, item));
            }
        }),
        Value::Map(pairs) => out.message(6, |out| write_attributes(out, 1, pairs)),
        Value::Bytes(bytes) => out.bytes(7, bytes),
        Value::Reference(reference) => out.bytes(1, reference.preview.as_bytes()),
    }
}
