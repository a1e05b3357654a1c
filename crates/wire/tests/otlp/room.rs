//! Decoded arrays and maps of one message stay within its room, however little they take on the
//! wire; what does not fit becomes empty, in both encodings alike.

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{
    AnyValue, ArrayValue, EntityRef, InstrumentationScope, KeyValue, any_value,
};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::span::Event;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message as _;
use tacho_model::value::{Attributes, Value};
use tacho_wire::collect::{LogCollector, SpanCollector};
use tacho_wire::otlp::encode::json;
use tacho_wire::otlp::{DecodeOptions, decode_logs, decode_traces, json_decode};
use tacho_wire::pb::Writer;

/// The default room of a message.
const ROOM: usize = 32 << 20;
/// The decoded structures of one message, with what an allocator adds and keys outside of values.
const BOUND: usize = 64 << 20;

/// Memory behind a value, with the unused part of its allocations.
fn heap(value: &Value) -> usize {
    match value {
        Value::String(text) => text.capacity(),
        Value::Bytes(bytes) => bytes.capacity(),
        Value::Array(items) => {
            items.capacity() * size_of::<Value>() + items.iter().map(heap).sum::<usize>()
        }
        Value::Map(pairs) => {
            let contents = pairs
                .iter()
                .map(|(key, value)| key.capacity() + heap(value));
            pairs.capacity() * size_of::<(String, Value)>() + contents.sum::<usize>()
        }
        _ => 0,
    }
}

fn memory(attributes: &Attributes) -> usize {
    let pairs = attributes.0.iter();
    pairs.map(|(_, value)| 56 + heap(value)).sum()
}

/// Encoded values of nearly 4 MiB that take much more when decoded.
fn bombs() -> Vec<Vec<u8>> {
    let wrap = |number: u32, unit: &[u8]| {
        let mut out = Writer::new();
        out.bytes(number, &unit.repeat((4 << 20) / unit.len() - 2));
        out.into_bytes()
    };
    vec![
        wrap(5, &[0x0a, 0]),                            // [empty, …]
        wrap(6, &[0x0a, 0]),                            // {"": empty, …}
        wrap(5, &[0x0a, 2, 0x2a, 0]),                   // [[], …]
        wrap(5, &[0x0a, 4, 0x2a, 2, 0x0a, 0]),          // [[empty], …]
        wrap(6, &[0x0a, 6, 0x12, 4, 0x32, 2, 0x0a, 0]), // {"": {"": empty}, …}
        wrap(5, &[0x0a, 3, 0x0a, 1, b'a']),             // ["a", …]
        wrap(6, &[0x0a, 3, 0x0a, 1, b'a']),             // {"a": empty, …}
        wrap(5, &[0x0a, 2, 0x18, 1]),                   // [1, …]
    ]
}

/// Bombs as attributes in this field.
fn bomb_attributes(out: &mut Writer, field: u32, bombs: &[Vec<u8>]) {
    for (index, bomb) in bombs.iter().enumerate() {
        out.message(field, |out| {
            out.bytes(1, format!("key{index}").as_bytes());
            out.bytes(2, bomb);
        });
    }
}

/// A traces request with bombs in one place of it.
fn bombed_traces(place: &str, bombs: &[Vec<u8>]) -> Vec<u8> {
    let mut out = Writer::new();
    let at = |out: &mut Writer, name: &str, field| {
        if name == place {
            bomb_attributes(out, field, bombs);
        }
    };
    out.message(1, |out| {
        out.message(1, |out| at(out, "resource", 1));
        out.message(2, |out| {
            out.message(1, |out| at(out, "scope", 3));
            out.message(2, |out| {
                out.bytes(1, &[1; 16]);
                out.bytes(2, &[2; 8]);
                at(out, "span", 9);
                out.message(11, |out| at(out, "event", 3));
                out.message(13, |out| at(out, "link", 4));
            });
        });
    });
    out.into_bytes()
}

#[test]
fn no_message_takes_more_than_its_room_however_it_is_packed() {
    let all = bombs();
    // All of them, more than 400 MiB when decoded, in an event; of two, one is enough elsewhere.
    for (place, bombs) in [
        ("event", all.as_slice()),
        ("resource", &all[..2]),
        ("scope", &all[..2]),
        ("span", &all[..2]),
        ("link", &all[..2]),
    ] {
        let body = bombed_traces(place, bombs);
        let mut sink = SpanCollector::default();
        let stats =
            decode_traces::decode_traces(&body, &DecodeOptions::default(), &mut sink).unwrap();
        let group = &sink.groups[0];
        let span = &group.scopes[0].spans[0];
        let taken: usize = [
            &group.resource.attributes,
            &group.scopes[0].scope.attributes,
            &span.attributes,
            &span.events[0].attributes,
            &span.links[0].attributes,
        ]
        .into_iter()
        .map(memory)
        .sum();
        assert!(taken <= BOUND, "{place} takes {taken}");
        let least = bombs.len() as u64 - 1;
        assert!(stats.too_large >= least, "{place}: {}", stats.too_large);
    }
}

#[test]
fn the_body_of_a_record_shares_the_room_of_its_attributes() {
    let bombs = bombs();
    let mut out = Writer::new();
    out.message(1, |out| {
        out.message(2, |out| {
            out.message(2, |out| {
                out.bytes(5, &bombs[7]);
                bomb_attributes(out, 6, &bombs);
            });
        });
    });
    let mut sink = LogCollector::default();
    let stats =
        decode_logs::decode_logs(&out.into_bytes(), &DecodeOptions::default(), &mut sink).unwrap();
    let record = &sink.groups[0].scopes[0].records[0];
    let taken = heap(&record.body) + memory(&record.attributes);
    assert!(taken <= BOUND, "{taken}");
    assert!(heap(&record.body) > 0, "integers of one digit fit");
    assert_eq!(stats.too_large, 8, "and leave no room for the others");
}

#[test]
fn json_is_bounded_as_well() {
    for (kind, element, too_large) in [
        ("arrayValue", "{},", 2),
        ("kvlistValue", "{},", 2),
        ("arrayValue", r#"{"arrayValue":{"values":[{}]}},"#, 0),
    ] {
        let elements = element.repeat((4 << 20) / element.len() - 20);
        let elements = elements.trim_end_matches(',');
        let value = format!(r#"{{"key":"k","value":{{"{kind}":{{"values":[{elements}]}}}}}}"#);
        let event = format!(r#"{{"attributes":[{value},{value}]}}"#);
        let body = format!(
            r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{"traceId":"run","spanId":"step",
            "events":[{event}]}}]}}]}}]}}"#
        );
        let mut sink = SpanCollector::default();
        let stats =
            json_decode::decode_traces(body.as_bytes(), &DecodeOptions::default(), &mut sink)
                .unwrap();
        let taken = memory(&sink.groups[0].scopes[0].spans[0].events[0].attributes);
        assert!(taken <= BOUND, "{element} takes {taken}");
        assert_eq!(stats.too_large, too_large, "{element}");
    }
}

#[test]
fn entity_references_count_too() {
    let keys = vec!["k".to_owned(); 1024];
    let entity = EntityRef {
        id_keys: keys.clone(),
        description_keys: keys,
        ..EntityRef::default()
    };
    let resource = Resource {
        entity_refs: vec![entity; 1024],
        ..Resource::default()
    };
    let request = ExportTraceServiceRequest {
        resource_spans: vec![ResourceSpans {
            resource: Some(resource),
            ..ResourceSpans::default()
        }],
    };
    let mut sink = SpanCollector::default();
    let body = request.encode_to_vec();
    let stats = decode_traces::decode_traces(&body, &DecodeOptions::default(), &mut sink).unwrap();
    let taken = memory(&sink.groups[0].resource.attributes);
    assert!(taken <= BOUND, "{taken}");
    assert_eq!(stats.attributes_dropped, 1024 * 2048 - ROOM as u64 / 49);
}

fn array(elements: usize) -> any_value::Value {
    any_value::Value::ArrayValue(ArrayValue {
        values: vec![AnyValue::default(); elements],
    })
}

fn attribute(key: &str, elements: usize) -> KeyValue {
    KeyValue {
        key: key.to_owned(),
        value: Some(AnyValue {
            value: Some(array(elements)),
        }),
        key_strindex: 0,
    }
}

/// A span with these events, each a list of keys and lengths of arrays.
fn with_events(events: &[&[(&str, usize)]], own: &[(&str, usize)]) -> ExportTraceServiceRequest {
    let attributes = |list: &[(&str, usize)]| {
        let pairs = list.iter();
        pairs
            .map(|(key, elements)| attribute(key, *elements))
            .collect()
    };
    let span = Span {
        trace_id: vec![1; 16],
        span_id: vec![2; 8],
        attributes: attributes(own),
        events: events
            .iter()
            .map(|list| Event {
                attributes: attributes(list),
                ..Event::default()
            })
            .collect(),
        ..Span::default()
    };
    ExportTraceServiceRequest {
        resource_spans: vec![ResourceSpans {
            scope_spans: vec![ScopeSpans {
                scope: Some(InstrumentationScope::default()),
                spans: vec![span],
                ..ScopeSpans::default()
            }],
            ..ResourceSpans::default()
        }],
    }
}

/// The numbers that the WAL relies on: if this fails, frames of today would be replayed otherwise.
#[test]
fn the_room_ends_at_the_same_byte_for_ever() {
    let fits = (ROOM - 16) / 32;
    for (elements, too_large) in [(fits, 0), (fits + 1, 1)] {
        let body = with_events(&[&[("list", elements)]], &[]).encode_to_vec();
        let mut sink = SpanCollector::default();
        let stats =
            decode_traces::decode_traces(&body, &DecodeOptions::default(), &mut sink).unwrap();
        assert_eq!(stats.too_large, too_large, "{elements}");
    }
    // 8 x 5 MiB is more than the least room
    let options = DecodeOptions {
        nested_bytes_max: 5 << 20,
        ..DecodeOptions::default()
    };
    let fits = ((40 << 20) - 16) / 32;
    for (elements, too_large) in [(fits, 0), (fits + 1, 1)] {
        let body = with_events(&[], &[("list", elements)]).encode_to_vec();
        let mut sink = SpanCollector::default();
        let stats = decode_traces::decode_traces(&body, &options, &mut sink).unwrap();
        assert_eq!(stats.too_large, too_large, "{elements}");
    }
}

#[test]
fn both_encodings_give_up_the_same_values_and_what_is_smaller_still_fits() {
    let many: &[(&str, usize)] = &[
        ("a", 300_000),
        ("b", 300_000),
        ("c", 300_000),
        ("d", 300_000),
        ("e", 10),
    ];
    let body = with_events(&[many, many, &[("f", 3)]], many).encode_to_vec();
    let everything = DecodeOptions {
        nested_bytes_max: usize::MAX,
        ..DecodeOptions::default()
    };
    let mut all = SpanCollector::default();
    decode_traces::decode_traces(&body, &everything, &mut all).unwrap();
    let text = json::encode_traces(&all.groups);

    let mut sink = SpanCollector::default();
    let options = DecodeOptions::default();
    let stats = decode_traces::decode_traces(&body, &options, &mut sink).unwrap();
    let mut from_json = SpanCollector::default();
    let json_stats = json_decode::decode_traces(text.as_bytes(), &options, &mut from_json).unwrap();
    assert_eq!((stats.too_large, json_stats.too_large), (3, 3));
    assert_eq!(from_json.groups, sink.groups);
    let span = &sink.groups[0].scopes[0].spans[0];
    for attributes in [
        &span.attributes,
        &span.events[0].attributes,
        &span.events[1].attributes,
    ] {
        assert!(
            matches!(attributes.find("c"), Some(Value::Array(items)) if items.len() == 300_000)
        );
        assert_eq!(attributes.find("d"), Some(&Value::Empty));
        assert!(matches!(attributes.find("e"), Some(Value::Array(items)) if items.len() == 10));
    }
}
