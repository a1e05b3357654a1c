//! What is wrong with one item costs nothing else: text, ids, counts, aliases.

use crate::sample;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value as ProtoValue;
use prost::Message as _;
use tacho_model::id::{IdError, SpanId, TraceId};
use tacho_model::resource::{Resource, Scope};
use tacho_model::sink::{SpanFields, SpanSink};
use tacho_model::span::{SpanEvent, SpanLink};
use tacho_model::value::{Value, ValueRef};
use tacho_wire::alias;
use tacho_wire::collect::{LogCollector, SpanCollector};
use tacho_wire::otlp::encode::json;
use tacho_wire::otlp::{DecodeOptions, DecodeStats, ResourceSpans, decode_traces, json_decode};
use tacho_wire::pb::Writer;

#[test]
fn invalid_utf8_in_one_span_is_replaced_and_counted() {
    let mut out = Writer::new();
    out.message(1, |out| {
        out.message(2, |out| {
            for name in [&b"good"[..], b"b\xffad", b"good again"] {
                out.message(2, |out| {
                    out.bytes(1, &[1; 16]);
                    out.bytes(2, &[2; 8]);
                    out.bytes(5, name);
                });
            }
        });
    });
    let mut sink = SpanCollector::default();
    let body = out.into_bytes();
    let stats = decode_traces::decode_traces(&body, &DecodeOptions::default(), &mut sink).unwrap();
    assert_eq!((stats.items, stats.invalid_utf8), (3, 1));
    let spans = &sink.groups[0].scopes[0].spans;
    let names: Vec<_> = spans.iter().map(|span| span.name.as_str()).collect();
    assert_eq!(names, ["good", "b\u{fffd}ad", "good again"]);
}

/// Notes what is wrong with ids, refuses every second span, and checks the order of calls.
#[derive(Default)]
struct Picky {
    errors: Vec<(Option<IdError>, Option<IdError>, Option<IdError>)>,
    open: bool,
    attributes: usize,
}

impl SpanSink for Picky {
    fn resource(&mut self, _: Resource) {}
    fn scope(&mut self, _: Scope) {}
    fn begin_span(&mut self, fields: &SpanFields<'_>) -> bool {
        assert!(!self.open);
        self.errors.push((
            fields.trace_id.err(),
            fields.span_id.err(),
            fields.parent_span_id.err(),
        ));
        self.open = self.errors.len().is_multiple_of(2);
        self.open
    }
    fn attribute(&mut self, _: &str, _: ValueRef<'_>) {
        assert!(self.open);
        self.attributes += 1;
    }
    fn event(&mut self, _: SpanEvent) {
        assert!(self.open);
    }
    fn link(&mut self, _: SpanLink) {
        assert!(self.open);
    }
    fn end_span(&mut self) {
        assert!(self.open);
        self.open = false;
    }
}

#[test]
fn ids_are_judged_by_the_sink_and_refused_spans_are_skipped() {
    let mut request = sample::traces();
    let spans = &mut request.resource_spans[0].scope_spans[0].spans;
    let good = spans[0].clone();
    let mut wrong = good.clone();
    wrong.trace_id = vec![1; 15];
    wrong.span_id = vec![0; 8];
    wrong.parent_span_id = vec![1; 3];
    let mut missing = good.clone();
    missing.trace_id.clear();
    missing.parent_span_id = vec![0; 8];
    spans.extend([wrong, missing, good]);

    let mut sink = Picky::default();
    let body = request.encode_to_vec();
    let stats = decode_traces::decode_traces(&body, &DecodeOptions::default(), &mut sink).unwrap();
    assert_eq!(stats.items, 4);
    let none = (None, None, None);
    let wrong = (
        Some(IdError::Length(15)),
        Some(IdError::Zero),
        Some(IdError::Length(3)),
    );
    let missing = (Some(IdError::Missing), None, None);
    assert_eq!(sink.errors, [none, wrong, missing, none]);
    assert_eq!(sink.attributes, 14, "of the second and fourth span only");
}

/// Decodes a request from protobuf and from JSON.
fn decode_both(
    request: &ExportTraceServiceRequest,
    options: &DecodeOptions,
) -> [(Vec<ResourceSpans>, DecodeStats); 2] {
    let body = request.encode_to_vec();
    let mut all = SpanCollector::default();
    decode_traces::decode_traces(&body, &DecodeOptions::default(), &mut all).unwrap();
    let text = json::encode_traces(&all.groups);
    let mut from_protobuf = SpanCollector::default();
    let protobuf = decode_traces::decode_traces(&body, options, &mut from_protobuf).unwrap();
    let mut from_json = SpanCollector::default();
    let json = json_decode::decode_traces(text.as_bytes(), options, &mut from_json).unwrap();
    [(from_protobuf.groups, protobuf), (from_json.groups, json)]
}

#[test]
fn attributes_over_the_limit_are_counted_as_dropped() {
    let mut request = sample::traces();
    let group = &mut request.resource_spans[0];
    let many = |prefix: &str| {
        (0..10)
            .map(|index| sample::pair(&format!("{prefix}{index}"), ProtoValue::IntValue(index)))
            .collect()
    };
    let resource = group.resource.as_mut().unwrap();
    resource.attributes = many("r");
    resource.entity_refs.clear();
    group.scope_spans[0].spans[0].events[0].attributes = many("e");
    let options = DecodeOptions {
        attributes_max: 4,
        ..DecodeOptions::default()
    };
    for (groups, stats) in decode_both(&request, &options) {
        assert_eq!(stats.attributes_dropped, 12);
        let group = &groups[0];
        let event = &group.scopes[0].spans[0].events[0];
        assert_eq!(
            (group.resource.attributes.0.len(), event.attributes.0.len()),
            (4, 4)
        );
        // the sender's own count plus ours
        assert_eq!(group.resource.dropped_attributes_count, 1 + 6);
        assert_eq!(event.dropped_attributes_count, 4 + 6);
    }
}

#[test]
fn an_array_over_the_size_limit_becomes_empty() {
    let options = DecodeOptions {
        nested_bytes_max: 3,
        ..DecodeOptions::default()
    };
    for (groups, stats) in decode_both(&sample::traces(), &options) {
        assert_eq!(
            stats.too_large, 4,
            "a list and a map, in the span and in its event"
        );
        let span = &groups[0].scopes[0].spans[0];
        assert_eq!(span.attributes.find("list"), Some(&Value::Empty));
        assert_eq!(span.attributes.text("text"), Some("é\"\n"));
    }
}

fn json_span(trace_id: &str, span_id: &str) -> String {
    format!(
        r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{"traceId":{trace_id:?},"spanId":{span_id:?},
        "parentSpanId":"step-0","links":[{{"traceId":"run-1","spanId":"step-1"}}]}}]}}]}}]}}"#
    )
}

#[test]
fn texts_that_are_no_ids_are_aliases_and_given_out_again() {
    let body = json_span("run-42", "step-7");
    let mut sink = SpanCollector::default();
    let options = DecodeOptions::default();
    json_decode::decode_traces(body.as_bytes(), &options, &mut sink).unwrap();
    let span = &sink.groups[0].scopes[0].spans[0];
    assert_eq!(span.trace_id, alias::trace_id("run-42").unwrap().0);
    assert_eq!(span.span_id, alias::span_id("step-7").unwrap().0);
    assert_eq!(span.links[0].trace_id, alias::trace_id("run-1").unwrap().0);
    let aliases = span.aliases.as_ref().unwrap();
    assert_eq!(aliases.trace_id.as_deref(), Some("run-42"));
    assert_eq!(aliases.parent_span_id.as_deref(), Some("step-0"));

    let text = json::encode_traces(&sink.groups);
    for alias in ["run-42", "step-7", "step-0", "run-1", "step-1"] {
        assert!(text.contains(&format!("\"{alias}\"")), "{text}");
    }
    assert!(!text.contains("tacho.alias"), "{text}");
    let mut again = SpanCollector::default();
    json_decode::decode_traces(text.as_bytes(), &options, &mut again).unwrap();
    assert_eq!(again.groups, sink.groups);
}

#[test]
fn ids_in_json_that_are_refused() {
    let mut sink = Picky::default();
    let long = "x".repeat(129);
    for (trace_id, span_id) in [
        ("", "a"),
        ("a", ""),
        (long.as_str(), "a"),
        (&"0".repeat(32), "a"),
    ] {
        let body = json_span(trace_id, span_id);
        json_decode::decode_traces(body.as_bytes(), &DecodeOptions::default(), &mut sink).unwrap();
    }
    let errors: Vec<_> = sink.errors.iter().map(|error| (error.0, error.1)).collect();
    assert_eq!(
        errors,
        [
            (Some(IdError::Missing), None),
            (None, Some(IdError::Missing)),
            (Some(IdError::Text), None),
            (Some(IdError::Zero), None),
        ]
    );
}

#[test]
fn log_records_may_lack_ids_and_may_have_aliases() {
    let body = br#"{"resourceLogs":[{"scopeLogs":[{"logRecords":[
        {"body":{"stringValue":"none"},"traceId":"","spanId":"0000000000000000"},
        {"body":{"stringValue":"alias"},"traceId":"run-42"}]}]}]}"#;
    let mut sink = LogCollector::default();
    json_decode::decode_logs(body, &DecodeOptions::default(), &mut sink).unwrap();
    let records = &sink.groups[0].scopes[0].records;
    assert_eq!(
        (records[0].trace_id, records[0].span_id),
        (TraceId::default(), SpanId::default())
    );
    assert_eq!(records[1].trace_id, alias::trace_id("run-42").unwrap().0);
    assert_eq!(records[1].trace_alias.as_deref(), Some("run-42"));
}
