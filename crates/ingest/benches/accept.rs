//! What a request costs from its compressed body to columns: decompression, decoding, judging.
//! The unit is one item.

use divan::Bencher;
use divan::counter::ItemsCount;
use std::io::Write as _;
use tacho_ingest::body::{ContentEncoding, decompress};
use tacho_ingest::ingest::decode::{Judging, decode};
use tacho_ingest::judge::Ruling;
use tacho_ingest::limits::ItemLimits;
use tacho_ingest::meter::Meter;
use tacho_ingest::request::ContentKind;
use tacho_model::id::{SpanId, TraceId};
use tacho_model::log::{LogRecord, SeverityNumber};
use tacho_model::resource::Resource;
use tacho_model::signal::Signal;
use tacho_model::span::{Span, SpanKind};
use tacho_model::time::{SECOND_NS, Timestamp};
use tacho_model::value::Value;
use tacho_wire::otlp::encode::{json, protobuf};
use tacho_wire::otlp::{ResourceLogs, ResourceSpans, ScopeLogs, ScopeSpans};

const NOW: Timestamp = Timestamp(1_795_169_720_000_000_000);

fn main() {
    divan::main();
}

fn resource() -> Resource {
    let mut resource = Resource::default();
    resource.attributes.push("service.name", "orchestrator");
    resource.attributes.push("host.name", "build-7");
    resource
}

fn span(number: usize) -> Span {
    let mut span = Span {
        trace_id: TraceId((number as u128 / 10 + 1).to_be_bytes()),
        span_id: SpanId((number as u64 + 1).to_be_bytes()),
        name: format!("GET /items/{}", number % 20),
        kind: SpanKind::Server,
        start: Timestamp(NOW.0 - number as i64 * 1000 - 500),
        end: Timestamp(NOW.0 - number as i64 * 1000),
        ..Span::default()
    };
    span.attributes.push("http.request.method", "GET");
    span.attributes.push("http.response.status_code", 200);
    span.attributes
        .push("url.path", format!("/items/{number}").as_str());
    span.attributes
        .push("user.id", format!("user-{}", number % 97).as_str());
    span.attributes.push("cache.hit", number.is_multiple_of(3));
    span
}

fn traces(count: usize) -> Vec<ResourceSpans> {
    vec![ResourceSpans {
        resource: resource(),
        scopes: vec![ScopeSpans {
            spans: (0..count).map(span).collect(),
            ..ScopeSpans::default()
        }],
    }]
}

fn logs(count: usize) -> Vec<ResourceLogs> {
    let record = |number: usize| {
        let mut record = LogRecord {
            time: Timestamp(NOW.0 - number as i64),
            severity_number: SeverityNumber(9),
            severity_text: "INFO".to_owned(),
            body: Value::String(format!("request {number} took {} ms", number % 300)),
            ..LogRecord::default()
        };
        record
            .attributes
            .push("request.id", format!("r-{number}").as_str());
        record
    };
    vec![ResourceLogs {
        resource: resource(),
        scopes: vec![ScopeLogs {
            records: (0..count).map(record).collect(),
            ..ScopeLogs::default()
        }],
    }]
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(plain).expect("writing to memory");
    encoder.finish().expect("writing to memory")
}

fn run(
    bencher: Bencher<'_, '_>,
    count: usize,
    (signal, content): (Signal, ContentKind),
    (encoding, sent): (ContentEncoding, &[u8]),
) {
    let limits = ItemLimits::default();
    bencher.counter(ItemsCount::new(count)).bench(|| {
        let mut meter = Meter::new(Box::new(|_| true));
        let body = decompress(encoding, sent, 64 << 20, &mut meter).expect("a good body");
        let judging = Judging {
            limits: &limits,
            receive_time: NOW,
            ruling: Ruling::Live {
                latest: Timestamp(NOW.0 + 600 * SECOND_NS),
            },
        };
        decode(signal, content, &body, judging, &mut meter).expect("a good body")
    });
}

#[divan::bench(args = [10, 500])]
fn spans_protobuf(bencher: Bencher<'_, '_>, count: usize) {
    let body = protobuf::encode_traces(&traces(count));
    let kind = (Signal::Spans, ContentKind::Protobuf);
    run(bencher, count, kind, (ContentEncoding::Identity, &body));
}

#[divan::bench(args = [10, 500])]
fn spans_protobuf_gzip(bencher: Bencher<'_, '_>, count: usize) {
    let body = gzip(&protobuf::encode_traces(&traces(count)));
    let kind = (Signal::Spans, ContentKind::Protobuf);
    run(bencher, count, kind, (ContentEncoding::Gzip, &body));
}

#[divan::bench(args = [10, 500])]
fn spans_protobuf_zstd(bencher: Bencher<'_, '_>, count: usize) {
    let plain = protobuf::encode_traces(&traces(count));
    let body = zstd::bulk::compress(&plain, 3).expect("compressing in memory");
    let kind = (Signal::Spans, ContentKind::Protobuf);
    run(bencher, count, kind, (ContentEncoding::Zstd, &body));
}

#[divan::bench(args = [500])]
fn spans_json(bencher: Bencher<'_, '_>, count: usize) {
    let body = json::encode_traces(&traces(count));
    let kind = (Signal::Spans, ContentKind::Json);
    run(
        bencher,
        count,
        kind,
        (ContentEncoding::Identity, body.as_bytes()),
    );
}

#[divan::bench(args = [500])]
fn logs_protobuf(bencher: Bencher<'_, '_>, count: usize) {
    let body = protobuf::encode_logs(&logs(count));
    let kind = (Signal::Logs, ContentKind::Protobuf);
    run(bencher, count, kind, (ContentEncoding::Identity, &body));
}
