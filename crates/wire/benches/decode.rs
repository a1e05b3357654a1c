//! How long decoding takes per request: 10 and 500 spans of 14 attributes, log records of 8.
//! The sinks look at everything and keep nothing, so that only the walk is measured.

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use tacho_model::id::{SpanId, TraceId};
use tacho_model::log::{LogRecord, SeverityNumber};
use tacho_model::resource::{Resource, Scope};
use tacho_model::sink::{LogFields, LogSink, SpanFields, SpanSink};
use tacho_model::span::{Span, SpanEvent, SpanKind, SpanLink};
use tacho_model::time::Timestamp;
use tacho_model::value::{Attributes, Value, ValueRef};
use tacho_wire::otlp::encode::{json, protobuf};
use tacho_wire::otlp::{
    DecodeOptions, ResourceLogs, ResourceSpans, ScopeLogs, ScopeSpans, count_items, decode_logs,
    decode_traces, json_decode,
};

fn main() {
    divan::main();
}

/// Looks at everything, keeps nothing.
struct Blind;

impl SpanSink for Blind {
    fn resource(&mut self, resource: Resource) {
        black_box(resource);
    }
    fn scope(&mut self, scope: Scope) {
        black_box(scope);
    }
    fn begin_span(&mut self, fields: &SpanFields<'_>) -> bool {
        black_box(fields);
        true
    }
    fn attribute(&mut self, key: &str, value: ValueRef<'_>) {
        black_box((key, value));
    }
    fn event(&mut self, event: SpanEvent) {
        black_box(event);
    }
    fn link(&mut self, link: SpanLink) {
        black_box(link);
    }
    fn end_span(&mut self) {}
}

impl LogSink for Blind {
    fn resource(&mut self, resource: Resource) {
        black_box(resource);
    }
    fn scope(&mut self, scope: Scope) {
        black_box(scope);
    }
    fn begin_record(&mut self, fields: &LogFields<'_>) -> bool {
        black_box(fields);
        true
    }
    fn attribute(&mut self, key: &str, value: ValueRef<'_>) {
        black_box((key, value));
    }
    fn end_record(&mut self) {}
}

fn attributes(count: usize) -> Attributes {
    let pairs = [
        ("gen_ai.operation.name", Value::from("chat")),
        ("gen_ai.request.model", Value::from("model-large-2026-05")),
        ("gen_ai.usage.input_tokens", Value::from(14_223)),
        ("gen_ai.usage.output_tokens", Value::from(512)),
        ("gen_ai.request.temperature", Value::from(0.7)),
        ("http.request.method", Value::from("POST")),
        ("http.response.status_code", Value::from(200)),
        (
            "url.full",
            Value::from("https://api.example.com/v1/messages"),
        ),
        ("server.address", Value::from("api.example.com")),
        ("server.port", Value::from(443)),
        ("network.protocol.version", Value::from("1.1")),
        (
            "session.id",
            Value::from("0197c1b5-9d5f-7a41-8f4e-0f6f3f1f9a55"),
        ),
        ("run_id", Value::from("run-2026-11-20-000123")),
        ("task.retried", Value::from(false)),
    ];
    pairs.into_iter().cycle().take(count).collect()
}

fn resource() -> Resource {
    Resource {
        attributes: [
            ("service.name", "orchestrator"),
            ("service.version", "1.4.2"),
            ("host.name", "worker-17"),
            ("telemetry.sdk.language", "rust"),
        ]
        .into_iter()
        .collect(),
        ..Resource::default()
    }
}

fn spans(count: usize) -> Vec<ResourceSpans> {
    let span = |index: usize| Span {
        trace_id: TraceId([index as u8 | 1; 16]),
        span_id: SpanId([index as u8 | 1; 8]),
        parent_span_id: SpanId([7; 8]),
        name: "chat model-large".to_owned(),
        kind: SpanKind::Client,
        start: Timestamp(1_795_169_720_000_000_000 + index as i64),
        end: Timestamp(1_795_169_721_000_000_000 + index as i64),
        attributes: attributes(14),
        ..Span::default()
    };
    vec![ResourceSpans {
        resource: resource(),
        scopes: vec![ScopeSpans {
            scope: Scope::default(),
            spans: (0..count).map(span).collect(),
        }],
    }]
}

fn records(count: usize) -> Vec<ResourceLogs> {
    let record = |index: usize| LogRecord {
        time: Timestamp(1_795_169_720_000_000_000 + index as i64),
        observed_time: Timestamp(1_795_169_720_000_000_001 + index as i64),
        severity_number: SeverityNumber(9),
        severity_text: "INFO".to_owned(),
        body: Value::from("tool call finished: read_file src/main.rs, 312 lines, 11 ms"),
        attributes: attributes(8),
        trace_id: TraceId([index as u8 | 1; 16]),
        span_id: SpanId([index as u8 | 1; 8]),
        ..LogRecord::default()
    };
    vec![ResourceLogs {
        resource: resource(),
        scopes: vec![ScopeLogs {
            scope: Scope::default(),
            records: (0..count).map(record).collect(),
        }],
    }]
}

const COUNTS: [usize; 2] = [10, 500];

#[divan::bench(args = COUNTS)]
fn traces_protobuf(bencher: Bencher<'_, '_>, count: usize) {
    let body = protobuf::encode_traces(&spans(count));
    let options = DecodeOptions::default();
    bencher
        .counter(ItemsCount::new(count))
        .counter(BytesCount::new(body.len()))
        .bench(|| decode_traces::decode_traces(black_box(&body), &options, &mut Blind));
}

#[divan::bench(args = COUNTS)]
fn traces_json(bencher: Bencher<'_, '_>, count: usize) {
    let body = json::encode_traces(&spans(count));
    let options = DecodeOptions::default();
    bencher
        .counter(ItemsCount::new(count))
        .counter(BytesCount::new(body.len()))
        .bench(|| json_decode::decode_traces(black_box(body.as_bytes()), &options, &mut Blind));
}

#[divan::bench(args = COUNTS)]
fn logs_protobuf(bencher: Bencher<'_, '_>, count: usize) {
    let body = protobuf::encode_logs(&records(count));
    let options = DecodeOptions::default();
    bencher
        .counter(ItemsCount::new(count))
        .counter(BytesCount::new(body.len()))
        .bench(|| decode_logs::decode_logs(black_box(&body), &options, &mut Blind));
}

#[divan::bench(args = COUNTS)]
fn logs_json(bencher: Bencher<'_, '_>, count: usize) {
    let body = json::encode_logs(&records(count));
    let options = DecodeOptions::default();
    bencher
        .counter(ItemsCount::new(count))
        .counter(BytesCount::new(body.len()))
        .bench(|| json_decode::decode_logs(black_box(body.as_bytes()), &options, &mut Blind));
}

#[divan::bench(args = COUNTS)]
fn count_spans(bencher: Bencher<'_, '_>, count: usize) {
    let body = protobuf::encode_traces(&spans(count));
    bencher
        .counter(ItemsCount::new(count))
        .bench(|| count_items(black_box(&body)));
}

#[divan::bench(args = COUNTS)]
fn encode_traces_protobuf(bencher: Bencher<'_, '_>, count: usize) {
    let groups = spans(count);
    bencher
        .counter(ItemsCount::new(count))
        .bench(|| protobuf::encode_traces(black_box(&groups)));
}

#[divan::bench(args = COUNTS)]
fn encode_traces_json(bencher: Bencher<'_, '_>, count: usize) {
    let groups = spans(count);
    bencher
        .counter(ItemsCount::new(count))
        .bench(|| json::encode_traces(black_box(&groups)));
}
