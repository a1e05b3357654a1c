//! Arbitrary requests in the types of `opentelemetry-proto`: every field, every value type.

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{
    AnyValue, ArrayValue, EntityRef, InstrumentationScope, KeyValue, KeyValueList,
};
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::span::{Event, Link};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, Status};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

pub(crate) fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[a-z.]{1,8}",
        any::<String>(),
        // longer than one byte of length can tell
        "[a-zé😀\"\\\\]{100,200}",
    ]
}

fn any_value() -> impl Strategy<Value = AnyValue> {
    let leaf = prop_oneof![
        Just(None),
        text().prop_map(|text| Some(Value::StringValue(text))),
        any::<bool>().prop_map(|value| Some(Value::BoolValue(value))),
        any::<i64>().prop_map(|value| Some(Value::IntValue(value))),
        any::<u64>().prop_map(|bits| Some(Value::DoubleValue(f64::from_bits(bits)))),
        Just(Some(Value::DoubleValue(f64::NAN))),
        Just(Some(Value::DoubleValue(f64::NEG_INFINITY))),
        vec(any::<u8>(), 0..20).prop_map(|bytes| Some(Value::BytesValue(bytes))),
        any::<i32>().prop_map(|index| Some(Value::StringValueStrindex(index))),
    ]
    .prop_map(|value| AnyValue { value });
    leaf.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(|values| Value::ArrayValue(ArrayValue { values })),
            vec(pair(inner), 0..4).prop_map(|values| Value::KvlistValue(KeyValueList { values })),
        ]
        .prop_map(|value| AnyValue { value: Some(value) })
    })
}

fn pair(value: impl Strategy<Value = AnyValue>) -> impl Strategy<Value = KeyValue> {
    (
        text(),
        option::of(value),
        prop_oneof![9 => Just(0), 1 => any::<i32>()],
    )
        .prop_map(|(key, value, key_strindex)| KeyValue {
            key,
            value,
            key_strindex,
        })
}

pub(crate) fn attributes() -> impl Strategy<Value = Vec<KeyValue>> {
    vec(pair(any_value()), 0..4)
}

fn count() -> impl Strategy<Value = u32> {
    prop_oneof![Just(0), any::<u32>()]
}

pub(crate) fn time() -> impl Strategy<Value = u64> {
    prop_oneof![Just(0), any::<u64>(), 0..=i64::MAX as u64]
}

/// Mostly of the right length, sometimes zero, empty or of another length.
pub(crate) fn id(length: usize) -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        12 => vec(any::<u8>(), length),
        1 => Just(vec![0; length]),
        1 => Just(Vec::new()),
        1 => vec(any::<u8>(), 1..20),
    ]
}

fn entity() -> impl Strategy<Value = EntityRef> {
    (text(), text(), vec(text(), 0..3), vec(text(), 0..3)).prop_map(
        |(schema_url, r#type, id_keys, description_keys)| EntityRef {
            schema_url,
            r#type,
            id_keys,
            description_keys,
        },
    )
}

pub(crate) fn resource() -> impl Strategy<Value = Option<Resource>> {
    let resource = (attributes(), count(), vec(entity(), 0..2)).prop_map(
        |(attributes, dropped_attributes_count, entity_refs)| Resource {
            attributes,
            dropped_attributes_count,
            entity_refs,
        },
    );
    option::of(resource)
}

pub(crate) fn scope() -> impl Strategy<Value = Option<InstrumentationScope>> {
    let scope = (text(), text(), attributes(), count()).prop_map(
        |(name, version, attributes, dropped_attributes_count)| InstrumentationScope {
            name,
            version,
            attributes,
            dropped_attributes_count,
        },
    );
    option::of(scope)
}

fn event() -> impl Strategy<Value = Event> {
    (time(), text(), attributes(), count()).prop_map(
        |(time_unix_nano, name, attributes, dropped_attributes_count)| Event {
            time_unix_nano,
            name,
            attributes,
            dropped_attributes_count,
        },
    )
}

fn link() -> impl Strategy<Value = Link> {
    (id(16), id(8), text(), attributes(), count(), any::<u32>()).prop_map(
        |(trace_id, span_id, trace_state, attributes, dropped_attributes_count, flags)| Link {
            trace_id,
            span_id,
            trace_state,
            attributes,
            dropped_attributes_count,
            flags,
        },
    )
}

fn status() -> impl Strategy<Value = Option<Status>> {
    option::of((text(), -1..5).prop_map(|(message, code)| Status { message, code }))
}

fn span() -> impl Strategy<Value = Span> {
    let ids = (id(16), id(8), id(8));
    let plain = (text(), text(), any::<u32>(), -2..9, time(), time());
    let lists = (attributes(), vec(event(), 0..3), vec(link(), 0..3));
    let counts = (count(), count(), count());
    (ids, plain, lists, counts, status()).prop_map(|(ids, plain, lists, counts, status)| Span {
        trace_id: ids.0,
        span_id: ids.1,
        parent_span_id: ids.2,
        trace_state: plain.0,
        name: plain.1,
        flags: plain.2,
        kind: plain.3,
        start_time_unix_nano: plain.4,
        end_time_unix_nano: plain.5,
        attributes: lists.0,
        events: lists.1,
        links: lists.2,
        dropped_attributes_count: counts.0,
        dropped_events_count: counts.1,
        dropped_links_count: counts.2,
        status,
    })
}

fn record() -> impl Strategy<Value = LogRecord> {
    let plain = (time(), time(), -2..30, text(), text(), any::<u32>());
    let values = (option::of(any_value()), attributes(), count());
    (plain, values, id(16), id(8)).prop_map(|(plain, values, trace_id, span_id)| LogRecord {
        time_unix_nano: plain.0,
        observed_time_unix_nano: plain.1,
        severity_number: plain.2,
        severity_text: plain.3,
        event_name: plain.4,
        flags: plain.5,
        body: values.0,
        attributes: values.1,
        dropped_attributes_count: values.2,
        trace_id,
        span_id,
    })
}

/// Any traces request.
pub(crate) fn traces() -> impl Strategy<Value = ExportTraceServiceRequest> {
    let scopes =
        (scope(), vec(span(), 0..3), text()).prop_map(|(scope, spans, schema_url)| ScopeSpans {
            scope,
            spans,
            schema_url,
        });
    let groups =
        (resource(), vec(scopes, 0..3), text()).prop_map(|(resource, scope_spans, schema_url)| {
            ResourceSpans {
                resource,
                scope_spans,
                schema_url,
            }
        });
    vec(groups, 0..3).prop_map(|resource_spans| ExportTraceServiceRequest { resource_spans })
}

/// Any logs request.
pub(crate) fn logs() -> impl Strategy<Value = ExportLogsServiceRequest> {
    let scopes =
        (scope(), vec(record(), 0..4), text()).prop_map(|(scope, log_records, schema_url)| {
            ScopeLogs {
                scope,
                log_records,
                schema_url,
            }
        });
    let groups =
        (resource(), vec(scopes, 0..3), text()).prop_map(|(resource, scope_logs, schema_url)| {
            ResourceLogs {
                resource,
                scope_logs,
                schema_url,
            }
        });
    vec(groups, 0..3).prop_map(|resource_logs| ExportLogsServiceRequest { resource_logs })
}
