//! Bytes that are no message: an error that says where, never a panic.

use crate::sample;
use prost::Message as _;
use tacho_wire::collect::{LogCollector, SpanCollector};
use tacho_wire::error::{ErrorKind, Position, Problem};
use tacho_wire::fuzzing::{
    fuzz_decode_logs, fuzz_decode_logs_json, fuzz_decode_traces, fuzz_decode_traces_json,
};
use tacho_wire::otlp::encode::json;
use tacho_wire::otlp::{DecodeOptions, count_items, decode_logs, decode_traces, json_decode};

fn traces_json() -> String {
    let mut sink = SpanCollector::default();
    let body = sample::traces().encode_to_vec();
    decode_traces::decode_traces(&body, &DecodeOptions::default(), &mut sink).unwrap();
    json::encode_traces(&sink.groups)
}

fn logs_json() -> String {
    let mut sink = LogCollector::default();
    let body = sample::logs().encode_to_vec();
    decode_logs::decode_logs(&body, &DecodeOptions::default(), &mut sink).unwrap();
    json::encode_logs(&sink.groups)
}

fn cut_and_flip(body: &[u8], target: fn(&[u8])) {
    for length in 0..body.len() {
        target(&body[..length]);
    }
    let mut changed = body.to_vec();
    for index in 0..body.len() {
        for bit in 0..8 {
            changed[index] ^= 1 << bit;
            target(&changed);
            changed[index] ^= 1 << bit;
        }
    }
}

#[test]
fn protobuf_cut_anywhere_or_with_any_bit_flipped_never_panics() {
    cut_and_flip(&sample::traces().encode_to_vec(), fuzz_decode_traces);
    cut_and_flip(&sample::logs().encode_to_vec(), fuzz_decode_logs);
}

#[test]
fn json_cut_anywhere_or_with_any_bit_flipped_never_panics() {
    cut_and_flip(traces_json().as_bytes(), fuzz_decode_traces_json);
    cut_and_flip(logs_json().as_bytes(), fuzz_decode_logs_json);
}

#[test]
fn a_cut_request_is_an_error_wherever_a_field_is_open() {
    let body = sample::traces().encode_to_vec();
    for length in 1..body.len() {
        let mut sink = SpanCollector::default();
        let outcome =
            decode_traces::decode_traces(&body[..length], &DecodeOptions::default(), &mut sink);
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Invalid);
        assert!(count_items(&body[..length]).is_err());
    }
    let text = traces_json();
    for length in 0..text.len() {
        let mut sink = SpanCollector::default();
        let body = &text.as_bytes()[..length];
        let outcome = json_decode::decode_traces(body, &DecodeOptions::default(), &mut sink);
        assert!(outcome.is_err());
    }
}

#[test]
fn a_declared_gigabyte_is_refused_with_its_offset() {
    // field 1, length 1 GiB, three bytes there
    let body = [0x0a, 0x80, 0x80, 0x80, 0x80, 0x04, 1, 2, 3];
    let mut sink = SpanCollector::default();
    let error =
        decode_traces::decode_traces(&body, &DecodeOptions::default(), &mut sink).unwrap_err();
    assert_eq!(error.position(), Position::Byte(6));
    assert_eq!(
        error.problem(),
        Problem::Length {
            declared: 1 << 30,
            left: 3
        }
    );
    assert_eq!(
        error.to_string(),
        "invalid protobuf at byte 6: expected a length of at most 3 bytes, got 1073741824"
    );
    let all_ones = [
        0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01,
    ];
    assert!(decode_traces::decode_traces(&all_ones, &DecodeOptions::default(), &mut sink).is_err());
}

#[test]
fn an_empty_body_is_an_empty_request_in_protobuf_and_no_request_in_json() {
    let mut sink = SpanCollector::default();
    let options = DecodeOptions::default();
    assert_eq!(
        decode_traces::decode_traces(b"", &options, &mut sink)
            .unwrap()
            .items,
        0
    );
    assert!(json_decode::decode_traces(b"", &options, &mut sink).is_err());
    assert!(json_decode::decode_traces(b"null", &options, &mut sink).is_err());
    assert!(json_decode::decode_traces(b"[]", &options, &mut sink).is_err());
    assert!(json_decode::decode_traces(b"{} {}", &options, &mut sink).is_err());
    assert_eq!(
        json_decode::decode_traces(b" {} ", &options, &mut sink)
            .unwrap()
            .items,
        0
    );
}

#[test]
fn errors_in_json_name_line_and_column() {
    let body = b"{\n  \"resourceSpans\": [{\"scopeSpans\": [{\"spans\": [\n    {\"name\": 5}]}]}]}";
    let mut sink = SpanCollector::default();
    let error = json_decode::decode_traces(body, &DecodeOptions::default(), &mut sink).unwrap_err();
    assert_eq!(
        error.position(),
        Position::Text {
            line: 3,
            column: 14
        }
    );
    assert_eq!(
        error.to_string(),
        "invalid json at line 3 column 14: expected a string"
    );
}

#[test]
fn a_known_field_of_another_wire_type_is_an_error() {
    // ResourceSpans as a varint
    let mut sink = LogCollector::default();
    let error =
        decode_logs::decode_logs(&[0x08, 0x01], &DecodeOptions::default(), &mut sink).unwrap_err();
    assert_eq!(
        error.to_string(),
        "invalid protobuf at byte 2: expected a message for field 1"
    );
}
