//! Nesting: kept to 64 levels, JSON text to 100, empty and counted below, whatever the depth.
//! All of it on a small stack.

use tacho_model::json;
use tacho_model::value::Value;
use tacho_wire::collect::{LogCollector, SpanCollector};
use tacho_wire::otlp::encode::{json as encode_json, protobuf};
use tacho_wire::otlp::{DecodeOptions, DecodeStats, decode_logs, json_decode};

const UNLIMITED_BYTES: DecodeOptions = DecodeOptions {
    nesting_max: 64,
    attributes_max: 1024,
    nested_bytes_max: usize::MAX,
};

/// Runs with half of what a thread usually has.
fn on_small_stack(run: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(1 << 20);
    thread.spawn(run).unwrap().join().unwrap();
}

/// A logs request whose body is `levels` arrays around the integer 7, built from the inside out.
fn protobuf_request(levels: usize) -> Vec<u8> {
    let mut reversed = vec![7, 0x18];
    let mut wrap = |tag: u8| {
        let mut length = reversed.len();
        let mut prefix = vec![tag];
        while length >= 0x80 {
            prefix.push(length as u8 | 0x80);
            length >>= 7;
        }
        prefix.push(length as u8);
        reversed.extend(prefix.iter().rev());
    };
    for _ in 0..levels {
        wrap(0x0a); // ArrayValue.values
        wrap(0x2a); // AnyValue.array_value
    }
    wrap(0x2a); // LogRecord.body
    wrap(0x12); // ScopeLogs.log_records
    wrap(0x12); // ResourceLogs.scope_logs
    wrap(0x0a); // resource_logs
    reversed.reverse();
    reversed
}

fn json_request(levels: usize) -> Vec<u8> {
    let open = r#"{"arrayValue":{"values":["#.repeat(levels);
    let close = "]}}".repeat(levels);
    let before = r#"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":"#;
    format!("{before}{open}{{\"intValue\":7}}{close}}}]}}]}}]}}").into_bytes()
}

fn decode(levels: usize, in_json: bool) -> (Value, DecodeStats) {
    let mut sink = LogCollector::default();
    let stats = if in_json {
        json_decode::decode_logs(&json_request(levels), &UNLIMITED_BYTES, &mut sink)
    } else {
        decode_logs::decode_logs(&protobuf_request(levels), &UNLIMITED_BYTES, &mut sink)
    };
    let body = sink
        .groups
        .remove(0)
        .scopes
        .remove(0)
        .records
        .remove(0)
        .body;
    (body, stats.unwrap())
}

/// The number of arrays around the innermost value, and that value.
fn peel(mut value: Value) -> (usize, Value) {
    let mut levels = 0;
    while let Value::Array(mut items) = value {
        value = items.remove(0);
        levels += 1;
    }
    (levels, value)
}

#[test]
fn sixty_four_levels_are_kept() {
    on_small_stack(|| {
        for in_json in [false, true] {
            let (body, stats) = decode(64, in_json);
            assert_eq!(peel(body), (64, Value::Int(7)));
            assert_eq!(stats.too_deep, 0);
        }
    });
}

#[test]
fn levels_to_one_hundred_become_text() {
    on_small_stack(|| {
        for in_json in [false, true] {
            let (body, stats) = decode(65, in_json);
            assert_eq!(peel(body), (64, Value::String("[7]".to_owned())));
            assert_eq!(stats.too_deep, 0);

            let (body, stats) = decode(100, in_json);
            let (levels, Value::String(text)) = peel(body) else {
                panic!("text was expected");
            };
            assert_eq!(levels, 64);
            assert_eq!(peel(json::parse(&text).unwrap()), (36, Value::Int(7)));
            assert_eq!(stats.too_deep, 0);
        }
    });
}

#[test]
fn deeper_levels_become_empty_and_are_counted() {
    on_small_stack(|| {
        for in_json in [false, true] {
            for levels in [101, 1000, 1_000_000] {
                let (body, stats) = decode(levels, in_json);
                let (kept, Value::String(text)) = peel(body) else {
                    panic!("text was expected");
                };
                assert_eq!(kept, 64);
                assert_eq!(peel(json::parse(&text).unwrap()), (36, Value::Empty));
                assert_eq!(stats.too_deep, 1);
            }
        }
    });
}

#[test]
fn a_million_levels_over_the_size_limit_are_empty_at_once() {
    let mut sink = LogCollector::default();
    let body = protobuf_request(1_000_000);
    let stats = decode_logs::decode_logs(&body, &DecodeOptions::default(), &mut sink).unwrap();
    assert_eq!((stats.too_large, stats.too_deep), (1, 0));
    assert_eq!(sink.groups[0].scopes[0].records[0].body, Value::Empty);
}

#[test]
fn a_million_levels_of_unknown_json_are_skipped() {
    let deep = [vec![b'['; 1_000_000], vec![b']'; 1_000_000]].concat();
    let body = [b"{\"unknown\":".as_slice(), &deep, b"}"].concat();
    let mut sink = SpanCollector::default();
    on_small_stack(move || {
        assert!(json_decode::decode_traces(&body, &DecodeOptions::default(), &mut sink).is_ok());
    });
}

#[test]
fn one_hundred_levels_can_be_given_out() {
    on_small_stack(|| {
        let options = DecodeOptions {
            nesting_max: 100,
            ..UNLIMITED_BYTES
        };
        let mut sink = LogCollector::default();
        decode_logs::decode_logs(&protobuf_request(100), &options, &mut sink).unwrap();
        let encoded = protobuf::encode_logs(&sink.groups);
        assert_eq!(encoded, protobuf_request(100));
        let text = encode_json::encode_logs(&sink.groups);
        let mut again = LogCollector::default();
        json_decode::decode_logs(text.as_bytes(), &options, &mut again).unwrap();
        assert_eq!(again.groups, sink.groups);
    });
}
