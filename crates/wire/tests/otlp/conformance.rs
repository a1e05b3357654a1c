//! The examples of opentelemetry-proto decode fully and are given out with the same content.

use serde_json::Value;
use std::io::Write as _;
use std::path::PathBuf;
use tacho_wire::collect::metrics::MetricCollector;
use tacho_wire::collect::{LogCollector, SpanCollector};
use tacho_wire::otlp::encode::{json, metrics_json, metrics_protobuf, protobuf};
use tacho_wire::otlp::{DecodeOptions, decode_logs, decode_metrics, decode_traces, json_decode};

/// The text of an example, or `None` with a notice if the files are not there.
#[expect(
    clippy::disallowed_methods,
    reason = "the conformance files lie outside the repository"
)]
fn example(name: &str) -> Option<String> {
    let root = std::env::var("TACHO_CONFORMANCE_DIR").map_or_else(
        |_| {
            PathBuf::from(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/../../../shared/conformance"
            ))
        },
        PathBuf::from,
    );
    let path = root.join("otlp/examples").join(name);
    match std::fs::read_to_string(&path) {
        Ok(text) => Some(text),
        Err(error) => {
            // not println, which is captured: the notice must be seen
            let notice = format!("SKIPPED: {} cannot be read: {error}\n", path.display());
            std::io::stderr().write_all(notice.as_bytes()).unwrap();
            None
        }
    }
}

/// Lower-case ids, because both cases are one id.
fn with_lower_case_ids(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for (key, value) in map.iter_mut() {
                match value {
                    Value::String(text) if key.ends_with("Id") => *text = text.to_lowercase(),
                    other => with_lower_case_ids(other),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(with_lower_case_ids),
        _ => {}
    }
}

/// Numbers as doubles, because `5` and `5.0` are one number.
fn with_doubles(value: &mut Value) {
    match value {
        Value::Object(map) => map.values_mut().for_each(with_doubles),
        Value::Array(items) => items.iter_mut().for_each(with_doubles),
        Value::Number(number) => *value = Value::from(number.as_f64().unwrap()),
        _ => {}
    }
}

fn assert_same_content(given: &str, sent: &str) {
    let mut given: Value = serde_json::from_str(given).unwrap();
    let mut sent: Value = serde_json::from_str(sent).unwrap();
    with_lower_case_ids(&mut sent);
    with_doubles(&mut given);
    with_doubles(&mut sent);
    assert_eq!(given, sent);
}

#[test]
fn the_trace_example_is_given_out_as_it_came() {
    let Some(text) = example("trace.json") else {
        return;
    };
    let options = DecodeOptions::default();
    let mut sink = SpanCollector::default();
    let stats = json_decode::decode_traces(text.as_bytes(), &options, &mut sink).unwrap();
    assert_eq!((stats.items, sink.refused_count), (1, 0));
    assert_same_content(&json::encode_traces(&sink.groups), &text);
    let mut again = SpanCollector::default();
    let encoded = protobuf::encode_traces(&sink.groups);
    decode_traces::decode_traces(&encoded, &options, &mut again).unwrap();
    assert_eq!(again.groups, sink.groups);
}

#[test]
fn the_log_example_is_given_out_as_it_came() {
    let Some(text) = example("logs.json") else {
        return;
    };
    let options = DecodeOptions::default();
    let mut sink = LogCollector::default();
    let stats = json_decode::decode_logs(text.as_bytes(), &options, &mut sink).unwrap();
    assert_eq!((stats.items, sink.refused_count), (1, 0));
    assert_same_content(&json::encode_logs(&sink.groups), &text);
    let mut again = LogCollector::default();
    let encoded = protobuf::encode_logs(&sink.groups);
    decode_logs::decode_logs(&encoded, &options, &mut again).unwrap();
    assert_eq!(again.groups, sink.groups);
}

#[test]
fn the_metric_example_is_given_out_as_it_came() {
    let Some(text) = example("metrics.json") else {
        return;
    };
    let options = DecodeOptions::default();
    let mut sink = MetricCollector::default();
    let stats = json_decode::decode_metrics(text.as_bytes(), &options, &mut sink).unwrap();
    assert_eq!(stats.items, 4);
    assert_same_content(&metrics_json::encode_metrics(&sink.groups), &text);
    let mut again = MetricCollector::default();
    let encoded = metrics_protobuf::encode_metrics(&sink.groups);
    decode_metrics::decode_metrics(&encoded, &options, &mut again).unwrap();
    assert_eq!(again.groups, sink.groups);
}
