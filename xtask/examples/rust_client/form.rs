//! Writes the SDK's own objects as OTLP JSON items with `resource` and `scope` beside them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use opentelemetry::logs::AnyValue;
use opentelemetry::trace::{SpanContext, SpanId, SpanKind, Status};
use opentelemetry::{Array, InstrumentationScope, KeyValue, Value};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::logs::SdkLogRecord;
use opentelemetry_sdk::trace::SpanData;
use serde_json::{Value as Json, json};
use std::time::SystemTime;

/// Prints one line with all that was sent in one way.
#[expect(
    clippy::print_stdout,
    reason = "the line is the purpose of the program"
)]
pub(crate) fn print_line(
    (way, service): (&str, &str),
    spans: &[SpanData],
    logs: &[(SdkLogRecord, InstrumentationScope)],
    metrics: &[Json],
    resource: &Resource,
) {
    let spans: Vec<Json> = spans.iter().map(|span| span_json(span, resource)).collect();
    let logs: Vec<Json> = logs
        .iter()
        .map(|(record, scope)| log_json(record, scope, resource))
        .collect();
    // The runner finds the line by its start, so `way` comes first.
    let rest = json!({ "service": service, "spans": spans, "logs": logs, "metrics": metrics });
    let rest = rest.to_string();
    println!("{{\"way\":{},{}", json!(way), rest.trim_start_matches('{'));
}

fn span_json(span: &SpanData, resource: &Resource) -> Json {
    let (code, message) = match &span.status {
        Status::Unset => (0, ""),
        Status::Ok => (1, ""),
        Status::Error { description } => (2, description.as_ref()),
    };
    let kind = match span.span_kind {
        SpanKind::Internal => 1,
        SpanKind::Server => 2,
        SpanKind::Client => 3,
        SpanKind::Producer => 4,
        SpanKind::Consumer => 5,
    };
    let events: Vec<Json> = span
        .events
        .iter()
        .map(|event| {
            json!({
                "name": event.name,
                "timeUnixNano": nanos(Some(event.timestamp)),
                "attributes": attributes(event.attributes.iter()),
            })
        })
        .collect();
    let links: Vec<Json> = span
        .links
        .iter()
        .map(|link| {
            let mut out = context(&link.span_context);
            out["attributes"] = attributes(link.attributes.iter());
            out
        })
        .collect();
    let mut out = context(&span.span_context);
    if span.parent_span_id != SpanId::INVALID {
        out["parentSpanId"] = json!(span.parent_span_id.to_string());
    }
    out["name"] = json!(span.name);
    out["kind"] = json!(kind);
    out["startTimeUnixNano"] = nanos(Some(span.start_time));
    out["endTimeUnixNano"] = nanos(Some(span.end_time));
    out["status"] = json!({ "code": code, "message": message });
    out["attributes"] = attributes(span.attributes.iter());
    out["events"] = json!(events);
    out["links"] = json!(links);
    with_origin(out, resource, &span.instrumentation_scope)
}

fn log_json(record: &SdkLogRecord, scope: &InstrumentationScope, resource: &Resource) -> Json {
    let pairs: Vec<Json> = record
        .attributes_iter()
        .map(|(key, value)| json!({ "key": key.as_str(), "value": any(value) }))
        .collect();
    let mut out = json!({
        "timeUnixNano": nanos(record.timestamp()),
        "observedTimeUnixNano": nanos(record.observed_timestamp()),
        "severityNumber": record.severity_number().map_or(0, |number| number as i32),
        "severityText": record.severity_text().unwrap_or(""),
        "eventName": record.event_name().unwrap_or(""),
        "body": record.body().map_or_else(|| json!({}), any),
        "attributes": pairs,
    });
    if let Some(context) = record.trace_context() {
        out["traceId"] = json!(context.trace_id.to_string());
        out["spanId"] = json!(context.span_id.to_string());
        out["flags"] = json!(
            context
                .trace_flags
                .map_or(0, opentelemetry::TraceFlags::to_u8)
        );
    }
    with_origin(out, resource, scope)
}

fn context(context: &SpanContext) -> Json {
    json!({
        "traceId": context.trace_id().to_string(),
        "spanId": context.span_id().to_string(),
        "flags": context.trace_flags().to_u8(),
        "traceState": context.trace_state().header(),
    })
}

fn with_origin(mut item: Json, resource: &Resource, scope: &InstrumentationScope) -> Json {
    item["resource"] = resource_json(resource);
    item["scope"] = json!({
        "name": scope.name(),
        "version": scope.version().unwrap_or(""),
        "schemaUrl": scope.schema_url().unwrap_or(""),
        "attributes": attributes(scope.attributes()),
    });
    item
}

/// A resource as OTLP JSON.
pub(crate) fn resource_json(resource: &Resource) -> Json {
    let pairs: Vec<Json> = resource
        .iter()
        .map(|(key, value)| json!({ "key": key.as_str(), "value": plain(value) }))
        .collect();
    json!({ "attributes": pairs, "schemaUrl": resource.schema_url().unwrap_or("") })
}

fn nanos(time: Option<SystemTime>) -> Json {
    let since = time.and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok());
    json!(since.map_or(0, |since| since.as_nanos()).to_string())
}

/// Attributes as OTLP JSON.
pub(crate) fn attributes<'a>(pairs: impl Iterator<Item = &'a KeyValue>) -> Json {
    let pairs: Vec<Json> = pairs
        .map(|pair| json!({ "key": pair.key.as_str(), "value": plain(&pair.value) }))
        .collect();
    json!(pairs)
}

/// A value of the API for spans as one of the API for logs.
pub(crate) fn any_of(value: Value) -> AnyValue {
    match value {
        Value::Bool(value) => value.into(),
        Value::I64(value) => value.into(),
        Value::F64(value) => value.into(),
        Value::String(value) => value.into(),
        other => other.as_str().into_owned().into(),
    }
}

fn plain(value: &Value) -> Json {
    let list = |values: Vec<Json>| json!({ "arrayValue": { "values": values } });
    match value {
        Value::Bool(value) => json!({ "boolValue": value }),
        Value::I64(value) => json!({ "intValue": value.to_string() }),
        Value::F64(value) => json!({ "doubleValue": value }),
        Value::String(value) => json!({ "stringValue": value.as_str() }),
        Value::Array(Array::Bool(items)) => list(
            items
                .iter()
                .map(|item| json!({ "boolValue": item }))
                .collect(),
        ),
        Value::Array(Array::I64(items)) => list(
            items
                .iter()
                .map(|item| json!({ "intValue": item.to_string() }))
                .collect(),
        ),
        Value::Array(Array::F64(items)) => list(
            items
                .iter()
                .map(|item| json!({ "doubleValue": item }))
                .collect(),
        ),
        Value::Array(Array::String(items)) => list(
            items
                .iter()
                .map(|item| json!({ "stringValue": item.as_str() }))
                .collect(),
        ),
        _ => json!({}),
    }
}

fn any(value: &AnyValue) -> Json {
    match value {
        AnyValue::Int(value) => json!({ "intValue": value.to_string() }),
        AnyValue::Double(value) => json!({ "doubleValue": value }),
        AnyValue::String(value) => json!({ "stringValue": value.as_str() }),
        AnyValue::Boolean(value) => json!({ "boolValue": value }),
        AnyValue::Bytes(value) => json!({ "bytesValue": STANDARD.encode(value.as_slice()) }),
        AnyValue::ListAny(items) => {
            let items: Vec<Json> = items.iter().map(any).collect();
            json!({ "arrayValue": { "values": items } })
        }
        AnyValue::Map(pairs) => {
            let pairs: Vec<Json> = pairs
                .iter()
                .map(|(key, value)| json!({ "key": key.as_str(), "value": any(value) }))
                .collect();
            json!({ "kvlistValue": { "values": pairs } })
        }
        _ => json!({}),
    }
}
