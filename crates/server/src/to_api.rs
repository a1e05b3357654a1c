//! Model to shapes of the API. Attribute values become natural JSON; what JSON lacks is an object
//! with one reserved key, as `tacho_api::resource::Attributes` says.

pub mod alert;
pub mod notification;
pub mod outline;
pub mod routing;
pub mod rule;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value as Json, json};
use std::fmt::Write as _;
use tacho_api::count::{Count, EXACT_MAX};
use tacho_api::resource::Attributes as ApiAttributes;
use tacho_api::{label, log, resource, trace};
use tacho_model::id::{SpanId, TraceId};
use tacho_model::log::LogRecord;
use tacho_model::resource::{Resource, Scope};
use tacho_model::span::{Span, SpanEvent, SpanKind, SpanLink, SpanStatus};
use tacho_model::time::Timestamp;
use tacho_model::value::{Attributes, ReferenceKind, Value, ValueReference};
use tacho_query::live::LiveSpan;
use tacho_query::log::{LogDocument, PlacedRecord};
use tacho_query::trace::{PlacedSpan, TracePage, TraceSummary};
use tacho_storage::read::CatalogPlace;

/// Nanoseconds as milliseconds.
pub fn to_ms(ns: i64) -> f64 {
    ns as f64 / 1e6
}

/// A value as JSON.
pub fn to_json(value: &Value) -> Json {
    match value {
        Value::Empty => Json::Null,
        Value::String(text) => Json::String(text.clone()),
        Value::Bool(flag) => Json::Bool(*flag),
        Value::Int(number) if number.unsigned_abs() <= EXACT_MAX => Json::from(*number),
        Value::Int(number) => Json::String(number.to_string()),
        Value::Double(number) => to_number(*number),
        Value::Bytes(bytes) => json!({ "$bytes": STANDARD.encode(bytes) }),
        Value::Array(items) => Json::Array(items.iter().map(to_json).collect()),
        Value::Map(pairs) => Json::Object(to_object(pairs)),
        Value::Reference(reference) => to_reference(reference),
    }
}

fn to_number(number: f64) -> Json {
    match serde_json::Number::from_f64(number) {
        Some(finite) => Json::Number(finite),
        None if number.is_nan() => json!({ "$double": "NaN" }),
        None if number > 0.0 => json!({ "$double": "Infinity" }),
        None => json!({ "$double": "-Infinity" }),
    }
}

fn to_reference(reference: &ValueReference) -> Json {
    let hash = reference
        .hash
        .iter()
        .fold(String::with_capacity(64), |mut out, byte| {
            let _ = write!(out, "{byte:02x}");
            out
        });
    let kind = match reference.kind {
        ReferenceKind::String => "string",
        ReferenceKind::Bytes => "bytes",
        ReferenceKind::Nested => "nested",
    };
    json!({ "$ref": {
        "hash": hash,
        "bytes": reference.len,
        "kind": kind,
        "preview": reference.preview,
    } })
}

/// Of a key that came twice the first value.
fn to_object(pairs: &[(String, Value)]) -> Map<String, Json> {
    let mut out = Map::new();
    for (key, value) in pairs {
        if !out.contains_key(key) {
            out.insert(key.clone(), to_json(value));
        }
    }
    out
}

/// Attributes as an object.
pub fn to_attributes(attributes: &Attributes) -> ApiAttributes {
    to_object(&attributes.0)
}

/// A resource.
pub fn to_resource(resource: &Resource) -> resource::Resource {
    resource::Resource {
        attributes: to_attributes(&resource.attributes),
        dropped_attributes_count: resource.dropped_attributes_count.into(),
        schema_url: resource.schema_url.clone(),
    }
}

/// A scope.
pub fn to_scope(scope: &Scope) -> resource::Scope {
    resource::Scope {
        name: scope.name.clone(),
        version: scope.version.clone(),
        attributes: to_attributes(&scope.attributes),
        dropped_attributes_count: scope.dropped_attributes_count.into(),
        schema_url: scope.schema_url.clone(),
    }
}

fn to_status(status: SpanStatus) -> trace::SpanStatus {
    match status {
        SpanStatus::Unset => trace::SpanStatus::Unset,
        SpanStatus::Ok => trace::SpanStatus::Ok,
        SpanStatus::Error => trace::SpanStatus::Error,
    }
}

fn to_kind(kind: SpanKind) -> trace::SpanKind {
    match kind {
        SpanKind::Unspecified => trace::SpanKind::Unspecified,
        SpanKind::Internal => trace::SpanKind::Internal,
        SpanKind::Server => trace::SpanKind::Server,
        SpanKind::Client => trace::SpanKind::Client,
        SpanKind::Producer => trace::SpanKind::Producer,
        SpanKind::Consumer => trace::SpanKind::Consumer,
    }
}

fn trace_id(id: TraceId) -> Option<String> {
    (!id.is_zero()).then(|| id.to_string())
}

fn span_id(id: SpanId) -> Option<String> {
    (!id.is_zero()).then(|| id.to_string())
}

/// A trace in a list.
pub fn to_summary(summary: &TraceSummary) -> trace::TraceSummary {
    let arrived = summary.root_arrived;
    let (name, service) = (&summary.root_name, &summary.root_service);
    trace::TraceSummary {
        trace_id: summary.trace_id.to_string(),
        aliases: summary.aliases.clone(),
        root_service: arrived.then(|| service.clone()),
        root_name: arrived.then(|| name.clone()),
        first_name: (!arrived).then(|| name.clone()),
        first_service: (!arrived).then(|| service.clone()),
        start_time: summary.start.to_string(),
        duration_ms: to_ms(summary.duration_ns),
        span_count: summary.span_count.into(),
        error_count: summary.error_count.into(),
        services: summary.services.clone(),
    }
}

/// A page of a trace.
pub fn to_trace(page: &TracePage) -> trace::Trace {
    let summary = &page.summary;
    let service = |index: u32| {
        page.resources
            .get(index as usize)
            .map_or("", |r| r.service_name())
    };
    trace::Trace {
        trace_id: summary.trace_id.to_string(),
        aliases: summary.aliases.clone(),
        root_span: summary.root_arrived.then(|| summary.root_span.to_string()),
        services: summary.services.clone(),
        start_time: summary.start.to_string(),
        end_time: summary.end.to_string(),
        duration_ms: to_ms(summary.duration_ns),
        status: to_status(summary.status),
        span_count: summary.span_count.into(),
        resources: page
            .resources
            .iter()
            .map(|resource| to_resource(resource))
            .collect(),
        scopes: page.scopes.iter().map(|scope| to_scope(scope)).collect(),
        spans: page
            .spans
            .iter()
            .map(|placed| to_placed_span(placed, service(placed.resource)))
            .collect(),
        next_cursor: page.next_cursor.clone(),
        omitted_values: Count(page.omitted.missing + page.omitted.too_large),
    }
}

fn to_placed_span(placed: &PlacedSpan, service: &str) -> trace::Span {
    let mut span = to_span(&placed.span, service);
    span.resource = placed.resource;
    span.scope = placed.scope;
    span
}

fn to_span(span: &Span, service: &str) -> trace::Span {
    let aliases = span.aliases.as_deref().map(|aliases| trace::SpanAliases {
        span_id: aliases.span_id.clone(),
        parent_span_id: aliases.parent_span_id.clone(),
    });
    trace::Span {
        span_id: span.span_id.to_string(),
        parent_span_id: span_id(span.parent_span_id),
        aliases: aliases.filter(|aliases| *aliases != trace::SpanAliases::default()),
        operation_name: span.name.clone(),
        service_name: service.to_owned(),
        kind: to_kind(span.kind),
        start_time: span.start.to_string(),
        end_time: span.end.to_string(),
        duration_ms: to_ms(span.duration_ns()),
        status: to_status(span.status),
        status_message: span.status_message.clone(),
        attributes: to_attributes(&span.attributes),
        events: span.events.iter().map(to_event).collect(),
        links: span.links.iter().map(to_link).collect(),
        trace_state: span.trace_state.clone(),
        flags: span.flags.into(),
        dropped_attributes_count: span.dropped_attributes_count.into(),
        dropped_events_count: span.dropped_events_count.into(),
        dropped_links_count: span.dropped_links_count.into(),
        resource: 0,
        scope: 0,
    }
}

fn to_event(event: &SpanEvent) -> trace::SpanEvent {
    trace::SpanEvent {
        name: event.name.clone(),
        timestamp: event.time.to_string(),
        attributes: to_attributes(&event.attributes),
        dropped_attributes_count: event.dropped_attributes_count.into(),
    }
}

fn to_link(link: &SpanLink) -> trace::SpanLink {
    trace::SpanLink {
        trace_id: trace_id(link.trace_id),
        span_id: span_id(link.span_id),
        attributes: to_attributes(&link.attributes),
        trace_state: link.trace_state.clone(),
        flags: link.flags.into(),
        dropped_attributes_count: link.dropped_attributes_count.into(),
    }
}

/// A span of a live stream.
pub fn to_live_span(live: &LiveSpan) -> trace::LiveSpan {
    trace::LiveSpan {
        trace_id: live.span.trace_id.to_string(),
        span: to_span(&live.span, live.resource.service_name()),
        resource: to_resource(&live.resource),
        scope: to_scope(&live.scope),
    }
}

/// A record in a page.
pub fn to_log_row(placed: &PlacedRecord, resources: &[std::sync::Arc<Resource>]) -> log::LogRow {
    let service = resources
        .get(placed.resource as usize)
        .map_or("", |r| r.service_name());
    log::LogRow {
        record: to_record(placed.id.to_string(), &placed.record, service),
        resource: placed.resource,
        scope: placed.scope,
    }
}

/// A record by itself.
pub fn to_log_document(document: &LogDocument) -> log::LogDocument {
    let service = document.resource.service_name();
    log::LogDocument {
        record: to_record(document.id.to_string(), &document.record, service),
        resource: to_resource(&document.resource),
        scope: to_scope(&document.scope),
    }
}

fn to_record(id: String, record: &LogRecord, service: &str) -> log::LogRecord {
    log::LogRecord {
        id,
        timestamp: record.time.to_string(),
        observed_timestamp: (record.observed_time != Timestamp(0))
            .then(|| record.observed_time.to_string()),
        severity: record.severity_number.name().to_owned(),
        severity_number: record.severity_number.0,
        severity_text: record.severity_text.clone(),
        body: to_json(&record.body),
        event_name: record.event_name.clone(),
        service_name: service.to_owned(),
        trace_id: trace_id(record.trace_id),
        span_id: span_id(record.span_id),
        trace_alias: record.trace_alias.clone(),
        span_alias: record.span_alias.clone(),
        attributes: to_attributes(&record.attributes),
        flags: record.flags.into(),
        dropped_attributes_count: record.dropped_attributes_count.into(),
    }
}

/// A name that occurs.
pub fn to_label(found: tacho_query::label::Label) -> label::Label {
    let place = match found.place {
        CatalogPlace::Item => "item",
        CatalogPlace::Resource => "resource",
        CatalogPlace::Scope => "scope",
    };
    label::Label {
        name: found.name,
        scope: place.to_owned(),
        types: found.types.iter().map(|kind| (*kind).to_owned()).collect(),
        count: found.count.into(),
    }
}

/// A value and how often it occurs.
pub fn to_label_value(found: tacho_query::label::LabelValue) -> label::LabelValue {
    label::LabelValue {
        value: found.value,
        count: found.count.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::to_json;
    use tacho_model::value::Value;

    fn check(value: &Value, expected: &str) {
        assert_eq!(to_json(value).to_string(), expected);
    }

    #[test]
    fn values_read_naturally_and_nothing_is_mistaken() {
        check(&Value::Int(7), "7");
        check(&Value::Int(-(1 << 53)), "-9007199254740992");
        check(&Value::Int(i64::MAX), "\"9223372036854775807\"");
        check(&Value::Double(1.0), "1.0");
        check(&Value::Double(f64::NAN), r#"{"$double":"NaN"}"#);
        check(
            &Value::Double(f64::NEG_INFINITY),
            r#"{"$double":"-Infinity"}"#,
        );
        check(&Value::Bytes(vec![1, 2, 255]), r#"{"$bytes":"AQL/"}"#);
        check(&Value::Empty, "null");
        let twice = vec![
            ("k".to_owned(), Value::Int(1)),
            ("k".to_owned(), Value::Int(2)),
        ];
        check(
            &Value::Array(vec![Value::Map(twice), Value::Bool(true)]),
            r#"[{"k":1},true]"#,
        );
    }
}
