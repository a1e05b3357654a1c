//! Fuzz targets as plain functions: each takes any bytes, must not panic, and asserts what holds
//! whenever the bytes decode. `tests/corpus.rs` runs them over `corpus/`; a fuzzer can call them.

use crate::collect::{LogCollector, SpanCollector};
use crate::otlp::encode::{json, protobuf};
use crate::otlp::{DecodeOptions, count_items, decode_logs, decode_traces, json_decode};

/// Bytes as a traces request in protobuf: what decodes survives encoding and decoding again, and
/// the quick count agrees.
pub fn fuzz_decode_traces(data: &[u8]) {
    let options = DecodeOptions::default();
    let mut first = SpanCollector::default();
    let Ok(stats) = decode_traces::decode_traces(data, &options, &mut first) else {
        return;
    };
    assert_eq!(count_items(data), Ok(stats.items));
    let mut again = SpanCollector::default();
    let encoded = protobuf::encode_traces(&first.groups);
    let outcome = decode_traces::decode_traces(&encoded, &options, &mut again);
    assert!(outcome.is_ok(), "our own bytes must decode: {outcome:?}");
    assert_eq!(first.groups, again.groups);
}

/// Bytes as a logs request in protobuf, likewise.
pub fn fuzz_decode_logs(data: &[u8]) {
    let options = DecodeOptions::default();
    let mut first = LogCollector::default();
    let Ok(stats) = decode_logs::decode_logs(data, &options, &mut first) else {
        return;
    };
    assert_eq!(count_items(data), Ok(stats.items));
    let mut again = LogCollector::default();
    let encoded = protobuf::encode_logs(&first.groups);
    let outcome = decode_logs::decode_logs(&encoded, &options, &mut again);
    assert!(outcome.is_ok(), "our own bytes must decode: {outcome:?}");
    assert_eq!(first.groups, again.groups);
}

/// Bytes as a traces request in JSON: what decodes survives encoding and decoding again.
pub fn fuzz_decode_traces_json(data: &[u8]) {
    let options = DecodeOptions::default();
    let mut first = SpanCollector::default();
    if json_decode::decode_traces(data, &options, &mut first).is_err() {
        return;
    }
    let mut again = SpanCollector::default();
    let encoded = json::encode_traces(&first.groups);
    let outcome = json_decode::decode_traces(encoded.as_bytes(), &options, &mut again);
    assert!(outcome.is_ok(), "our own text must decode: {outcome:?}");
    assert_eq!(first.groups, again.groups);
}

/// Bytes as a logs request in JSON, likewise.
pub fn fuzz_decode_logs_json(data: &[u8]) {
    let options = DecodeOptions::default();
    let mut first = LogCollector::default();
    if json_decode::decode_logs(data, &options, &mut first).is_err() {
        return;
    }
    let mut again = LogCollector::default();
    let encoded = json::encode_logs(&first.groups);
    let outcome = json_decode::decode_logs(encoded.as_bytes(), &options, &mut again);
    assert!(outcome.is_ok(), "our own text must decode: {outcome:?}");
    assert_eq!(first.groups, again.groups);
}
