//! Spans and log records to OTLP/JSON: ids as hexadecimal or, where they came as aliases, as the
//! text that came; 64-bit integers as text; enums as numbers; bytes as base64. Source: OTLP
//! specification "JSON Protobuf Encoding".

use crate::json::writer::Writer;
use crate::otlp::encode::{LinkTexts, unsigned_ns};
use crate::otlp::entity::EntityRef;
use crate::otlp::{ResourceLogs, ResourceSpans, entity};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tacho_model::id::{SpanId, TraceId};
use tacho_model::log::LogRecord;
use tacho_model::resource::{Resource, Scope};
use tacho_model::span::{Span, SpanAliases, SpanEvent, SpanLink, SpanStatus};
use tacho_model::time::Timestamp;
use tacho_model::value::Value;

/// An `ExportTraceServiceRequest` (or `TracesData`, which has the same text).
pub fn encode_traces(groups: &[ResourceSpans]) -> String {
    let mut out = Writer::default();
    out.object(|out| {
        out.key("resourceSpans").array(|out| {
            for group in groups {
                out.object(|out| write_spans(out, group));
            }
        });
    });
    out.into_text()
}

/// An `ExportLogsServiceRequest` (or `LogsData`, which has the same text).
pub fn encode_logs(groups: &[ResourceLogs]) -> String {
    let mut out = Writer::default();
    out.object(|out| {
        out.key("resourceLogs").array(|out| {
            for group in groups {
                out.object(|out| write_logs(out, group));
            }
        });
    });
    out.into_text()
}

fn write_spans(out: &mut Writer, group: &ResourceSpans) {
    write_resource(out, &group.resource);
    out.key("scopeSpans").array(|out| {
        for scope in &group.scopes {
            out.object(|out| {
                write_scope(out, &scope.scope);
                out.key("spans").array(|out| {
                    for span in &scope.spans {
                        out.object(|out| write_span(out, span));
                    }
                });
                out.string_if("schemaUrl", &scope.scope.schema_url);
            });
        }
    });
    out.string_if("schemaUrl", &group.resource.schema_url);
}

fn write_logs(out: &mut Writer, group: &ResourceLogs) {
    write_resource(out, &group.resource);
    out.key("scopeLogs").array(|out| {
        for scope in &group.scopes {
            out.object(|out| {
                write_scope(out, &scope.scope);
                out.key("logRecords").array(|out| {
                    for record in &scope.records {
                        out.object(|out| write_record(out, record));
                    }
                });
                out.string_if("schemaUrl", &scope.scope.schema_url);
            });
        }
    });
    out.string_if("schemaUrl", &group.resource.schema_url);
}

pub(super) fn write_resource(out: &mut Writer, resource: &Resource) {
    let (attributes, entities) = entity::detach(&resource.attributes);
    out.key("resource").object(|out| {
        write_attributes(out, "attributes", attributes);
        out.number_if("droppedAttributesCount", resource.dropped_attributes_count);
        if !entities.is_empty() {
            out.key("entityRefs").array(|out| {
                for entity in &entities {
                    out.object(|out| write_entity(out, entity));
                }
            });
        }
    });
}

fn write_entity(out: &mut Writer, entity: &EntityRef) {
    out.string_if("schemaUrl", &entity.schema_url);
    out.string_if("type", &entity.kind);
    for (key, texts) in [
        ("idKeys", &entity.id_keys),
        ("descriptionKeys", &entity.description_keys),
    ] {
        if !texts.is_empty() {
            out.key(key).array(|out| {
                for text in texts {
                    out.string(text);
                }
            });
        }
    }
}

pub(super) fn write_scope(out: &mut Writer, scope: &Scope) {
    out.key("scope").object(|out| {
        out.string_if("name", &scope.name);
        out.string_if("version", &scope.version);
        write_attributes(out, "attributes", &scope.attributes.0);
        out.number_if("droppedAttributesCount", scope.dropped_attributes_count);
    });
}

fn write_span(out: &mut Writer, span: &Span) {
    let none = SpanAliases::default();
    let aliases = span.aliases.as_deref().unwrap_or(&none);
    write_trace_id(out, "traceId", span.trace_id, aliases.trace_id.as_deref());
    write_span_id(out, "spanId", span.span_id, aliases.span_id.as_deref());
    out.string_if("traceState", &span.trace_state);
    let parent_alias = aliases.parent_span_id.as_deref();
    write_span_id(out, "parentSpanId", span.parent_span_id, parent_alias);
    out.number_if("flags", span.flags);
    out.key("name").string(&span.name);
    out.key("kind").plain(span.kind as u8);
    write_time(out, "startTimeUnixNano", span.start);
    write_time(out, "endTimeUnixNano", span.end);
    write_attributes(out, "attributes", &span.attributes.0);
    out.number_if("droppedAttributesCount", span.dropped_attributes_count);
    write_list(out, "events", &span.events, write_event);
    out.number_if("droppedEventsCount", span.dropped_events_count);
    write_list(out, "links", &span.links, write_link);
    out.number_if("droppedLinksCount", span.dropped_links_count);
    if span.status != SpanStatus::Unset || !span.status_message.is_empty() {
        out.key("status").object(|out| {
            out.string_if("message", &span.status_message);
            out.number_if("code", span.status as u32);
        });
    }
}

fn write_event(out: &mut Writer, event: &SpanEvent) {
    write_time(out, "timeUnixNano", event.time);
    out.key("name").string(&event.name);
    write_attributes(out, "attributes", &event.attributes.0);
    out.number_if("droppedAttributesCount", event.dropped_attributes_count);
}

fn write_link(out: &mut Writer, link: &SpanLink) {
    let texts = LinkTexts::detach(link);
    write_trace_id(out, "traceId", link.trace_id, texts.trace_alias);
    write_span_id(out, "spanId", link.span_id, texts.span_alias);
    out.string_if("traceState", &link.trace_state);
    write_attributes(out, "attributes", texts.attributes);
    out.number_if("droppedAttributesCount", link.dropped_attributes_count);
    out.number_if("flags", link.flags);
}

fn write_record(out: &mut Writer, record: &LogRecord) {
    write_time(out, "timeUnixNano", record.time);
    write_time(out, "observedTimeUnixNano", record.observed_time);
    out.number_if("severityNumber", record.severity_number.0.into());
    out.string_if("severityText", &record.severity_text);
    if record.body != Value::Empty {
        out.key("body");
        write_value(out, &record.body);
    }
    write_attributes(out, "attributes", &record.attributes.0);
    out.number_if("droppedAttributesCount", record.dropped_attributes_count);
    out.number_if("flags", record.flags);
    let trace_alias = record.trace_alias.as_deref();
    write_trace_id(out, "traceId", record.trace_id, trace_alias);
    write_span_id(out, "spanId", record.span_id, record.span_alias.as_deref());
    out.string_if("eventName", &record.event_name);
}

/// An id or its alias; all zero is "none" and left out.
pub(super) fn write_trace_id(out: &mut Writer, key: &str, id: TraceId, alias: Option<&str>) {
    match alias {
        Some(text) => out.key(key).string(text),
        None if id.is_zero() => {}
        None => out.key(key).quoted(id),
    }
}

pub(super) fn write_span_id(out: &mut Writer, key: &str, id: SpanId, alias: Option<&str>) {
    match alias {
        Some(text) => out.key(key).string(text),
        None if id.is_zero() => {}
        None => out.key(key).quoted(id),
    }
}

fn write_time(out: &mut Writer, key: &str, time: Timestamp) {
    out.key(key).quoted(unsigned_ns(time));
}

pub(super) fn write_list<T>(
    out: &mut Writer,
    key: &str,
    items: &[T],
    write: impl Fn(&mut Writer, &T),
) {
    if !items.is_empty() {
        out.key(key).array(|out| {
            for item in items {
                out.object(|out| write(out, item));
            }
        });
    }
}

pub(super) fn write_attributes(out: &mut Writer, key: &str, attributes: &[(String, Value)]) {
    write_list(out, key, attributes, write_pair);
}

fn write_pair(out: &mut Writer, (key, value): &(String, Value)) {
    out.key("key").string(key);
    out.key("value");
    write_value(out, value);
}

fn write_value(out: &mut Writer, value: &Value) {
    out.object(|out| match value {
        Value::Empty => {}
        Value::String(text) => out.key("stringValue").string(text),
        Value::Bool(value) => out.key("boolValue").plain(value),
        Value::Int(value) => out.key("intValue").quoted(value),
        Value::Double(value) => {
            out.key("doubleValue");
            write_double(out, *value);
        }
        Value::Bytes(bytes) => out.key("bytesValue").string(&STANDARD.encode(bytes)),
        Value::Array(items) => out.key("arrayValue").object(|out| {
            out.key("values").array(|out| {
                for item in items {
                    write_value(out, item);
                }
            });
        }),
        Value::Map(pairs) => out.key("kvlistValue").object(|out| {
            out.key("values").array(|out| {
                for pair in pairs {
                    out.object(|out| write_pair(out, pair));
                }
            });
        }),
        Value::Reference(reference) => out.key("stringValue").string(&reference.preview),
    });
}

/// A finite double as the shortest number that reads back the same; the others have names.
pub(super) fn write_double(out: &mut Writer, value: f64) {
    if value.is_nan() {
        out.string("NaN");
    } else if value.is_infinite() {
        out.string(if value > 0.0 { "Infinity" } else { "-Infinity" });
    } else {
        out.plain(format_args!("{value:?}"));
    }
}
