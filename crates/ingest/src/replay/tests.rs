//! Random requests judged live and replayed give the same items, under wide and tight limits.

use super::ReplayDecoder;
use crate::body::{ContentEncoding, decompress};
use crate::ingest::decode::{Judging, decode};
use crate::judge::{Judged, Ruling};
use crate::limits::ItemLimits;
use crate::meter::Meter;
use crate::request::ContentKind;
use crate::verdict::Verdict;
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};
use std::io::Write as _;
use tacho_model::id::{RecordId, SpanId, TenantId, TraceId};
use tacho_model::log::{LogRecord, SeverityNumber};
use tacho_model::resource::{Resource, Scope};
use tacho_model::signal::Signal;
use tacho_model::span::{Span, SpanEvent, SpanLink};
use tacho_model::time::{DAY_NS, SECOND_NS, Timestamp};
use tacho_model::value::{Attributes, Value};
use tacho_storage::error::ErrorKind;
use tacho_storage::wal::frame::{Frame, FrameHeader, FrameKind};
use tacho_storage::write::{FrameDecoder as _, Items};
use tacho_wire::otlp::encode::{json, protobuf};
use tacho_wire::otlp::{ResourceLogs, ResourceSpans, ScopeLogs, ScopeSpans};

const NOW: Timestamp = Timestamp(1_795_169_720_000_000_000);

/// Limits that random data runs into.
const TIGHT: ItemLimits = ItemLimits {
    attributes: 2,
    key_bytes: 6,
    value_bytes: 40,
    nesting: 2,
    events: 1,
    links: 1,
};

fn time() -> impl Strategy<Value = Timestamp> {
    prop_oneof![
        Just(0),
        Just(1),
        (0..90i64).prop_map(|days| NOW.0 - days * DAY_NS),
        (-1200..1200i64).prop_map(|seconds| NOW.0 + seconds * SECOND_NS),
        Just(i64::MAX),
    ]
    .prop_map(Timestamp)
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Empty),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        any::<f64>().prop_map(Value::Double),
        ".{0,60}".prop_map(Value::String),
        vec(any::<u8>(), 0..60).prop_map(Value::Bytes),
    ];
    leaf.prop_recursive(4, 12, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::Array),
            vec(("[a-c]{1,2}", inner), 0..3).prop_map(Value::Map),
        ]
    })
}

fn attributes() -> impl Strategy<Value = Attributes> {
    let key = prop_oneof![Just("tacho.alias.trace_id".to_owned()), "[a-d.]{1,7}"];
    vec((key, value()), 0..4).prop_map(Attributes)
}

fn trace_id() -> impl Strategy<Value = TraceId> {
    (0..3u8).prop_map(|byte| TraceId([byte; 16]))
}

fn span_id() -> impl Strategy<Value = SpanId> {
    (0..3u8).prop_map(|byte| SpanId([byte; 8]))
}

fn span() -> impl Strategy<Value = Span> {
    let ids = (trace_id(), span_id(), span_id());
    let times = (time(), time());
    let details = (attributes(), vec(attributes(), 0..3), vec(trace_id(), 0..3));
    (ids, times, details, ".{0,50}").prop_map(|(ids, times, (attributes, events, links), name)| {
        Span {
            trace_id: ids.0,
            span_id: ids.1,
            parent_span_id: ids.2,
            start: times.0,
            end: times.1,
            name,
            attributes,
            events: events
                .into_iter()
                .map(|attributes| SpanEvent {
                    attributes,
                    time: NOW,
                    ..SpanEvent::default()
                })
                .collect(),
            links: links
                .into_iter()
                .map(|trace_id| SpanLink {
                    trace_id,
                    ..SpanLink::default()
                })
                .collect(),
            ..Span::default()
        }
    })
}

fn record() -> impl Strategy<Value = LogRecord> {
    (time(), time(), value(), attributes(), trace_id()).prop_map(
        |(time, observed_time, body, attributes, trace_id)| LogRecord {
            time,
            observed_time,
            body,
            attributes,
            trace_id,
            severity_number: SeverityNumber(9),
            ..LogRecord::default()
        },
    )
}

fn resource(attributes: Attributes) -> Resource {
    Resource {
        attributes,
        ..Resource::default()
    }
}

fn span_groups() -> impl Strategy<Value = Vec<ResourceSpans>> {
    let group = (attributes(), vec(span(), 0..6)).prop_map(|(attributes, spans)| ResourceSpans {
        resource: resource(attributes),
        scopes: vec![ScopeSpans {
            scope: Scope::default(),
            spans,
        }],
    });
    vec(group, 0..4)
}

fn log_groups() -> impl Strategy<Value = Vec<ResourceLogs>> {
    let group =
        (attributes(), vec(record(), 0..6)).prop_map(|(attributes, records)| ResourceLogs {
            resource: resource(attributes),
            scopes: vec![ScopeLogs {
                scope: Scope::default(),
                records,
            }],
        });
    vec(group, 0..4)
}

fn compress(encoding: ContentEncoding, plain: &[u8]) -> Vec<u8> {
    match encoding {
        ContentEncoding::Gzip => {
            let mut encoder =
                flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(plain).unwrap();
            encoder.finish().unwrap()
        }
        ContentEncoding::Zstd => zstd::bulk::compress(plain, 1).unwrap(),
        _ => plain.to_vec(),
    }
}

fn live(signal: Signal, content: ContentKind, body: &[u8], limits: &ItemLimits) -> Judged {
    let judging = Judging {
        limits,
        receive_time: NOW,
        ruling: Ruling::Live {
            latest: Timestamp(NOW.0 + 600 * SECOND_NS),
        },
    };
    let mut meter = Meter::counting();
    decode(signal, content, body, judging, &mut meter)
        .unwrap()
        .0
}

fn header(signal: Signal, content: ContentKind, encoding: ContentEncoding) -> FrameHeader {
    FrameHeader {
        kind: match signal {
            Signal::Spans => FrameKind::Traces,
            Signal::Logs => FrameKind::Logs,
            Signal::Samples => FrameKind::OtlpMetrics,
        },
        tenant: TenantId::default(),
        received: NOW,
        first_record_id: RecordId(0),
        encoding: encoding.code(),
        content: content.code(),
        config_epoch: 0,
    }
}

/// Everything in the columns, as text: rows, resources, scopes, large contents.
fn text(items: &Items) -> Vec<String> {
    let mut out = Vec::new();
    match items {
        Items::Spans(parts) => {
            for (partition, batch) in parts {
                let shared = &batch.shared;
                out.push(format!(
                    "{partition} {:?}",
                    (&shared.resources, &shared.large)
                ));
                for row in 0..batch.len {
                    let origin = (shared.resource(row), shared.scope(row));
                    out.push(format!("{:?} {origin:?}", batch.span(row)));
                }
            }
        }
        Items::Logs(parts) => {
            for (partition, batch) in parts {
                let shared = &batch.shared;
                out.push(format!(
                    "{partition} {:?}",
                    (&shared.resources, &shared.large)
                ));
                for row in 0..batch.len {
                    let origin = (
                        batch.record_id(row),
                        shared.resource(row),
                        shared.scope(row),
                    );
                    out.push(format!("{:?} {origin:?}", batch.record(row)));
                }
            }
        }
        Items::Samples(_) => panic!("no samples went in"),
    }
    out
}

fn check(signal: Signal, content: ContentKind, plain: &[u8], limits: &ItemLimits) {
    if plain.is_empty() {
        return;
    }
    let judged = live(signal, content, plain, limits);
    let verdict = Verdict {
        decoded_bytes: plain.len() as u64,
        items: judged.seen,
        limits: *limits,
        refused: judged.refused.clone(),
    };
    for encoding in [
        ContentEncoding::Identity,
        ContentEncoding::Gzip,
        ContentEncoding::Zstd,
    ] {
        let frame = Frame {
            header: header(signal, content, encoding),
            verdict: &verdict.encode(),
            body: &compress(encoding, plain),
        };
        let replayed = ReplayDecoder.decode(&frame).unwrap();
        assert_eq!(text(&replayed), text(&judged.items));
    }
}

proptest! {
    #[test]
    fn replayed_spans_are_the_live_ones(groups in span_groups()) {
        let bytes = protobuf::encode_traces(&groups);
        let text = json::encode_traces(&groups);
        for limits in [ItemLimits::default(), TIGHT] {
            check(Signal::Spans, ContentKind::Protobuf, &bytes, &limits);
            check(Signal::Spans, ContentKind::Json, text.as_bytes(), &limits);
        }
    }

    #[test]
    fn replayed_records_are_the_live_ones(groups in log_groups()) {
        let bytes = protobuf::encode_logs(&groups);
        let text = json::encode_logs(&groups);
        for limits in [ItemLimits::default(), TIGHT] {
            check(Signal::Logs, ContentKind::Protobuf, &bytes, &limits);
            check(Signal::Logs, ContentKind::Json, text.as_bytes(), &limits);
        }
    }

    #[test]
    fn no_frame_makes_replay_panic(
        verdict in vec(any::<u8>(), 0..40),
        body in vec(any::<u8>(), 0..200),
        codes in (0..5u8, 0..3u8),
    ) {
        let mut header = header(Signal::Spans, ContentKind::Protobuf, ContentEncoding::Identity);
        (header.encoding, header.content) = codes;
        let frame = Frame { header, verdict: &verdict, body: &body };
        assert!(ReplayDecoder.decode(&frame).is_err());
    }
}

#[test]
fn a_body_that_does_not_fit_its_verdict_is_corrupt() {
    let spans = vec![Span::default(), Span::default()];
    let groups = [ResourceSpans {
        resource: Resource::default(),
        scopes: vec![ScopeSpans {
            scope: Scope::default(),
            spans,
        }],
    }];
    let plain = protobuf::encode_traces(&groups);
    let judged = live(Signal::Spans, ContentKind::Protobuf, &plain, &TIGHT);
    let good = Verdict {
        decoded_bytes: plain.len() as u64,
        items: judged.seen,
        limits: TIGHT,
        refused: judged.refused,
    };
    let kind = |verdict: &Verdict| {
        let header = header(
            Signal::Spans,
            ContentKind::Protobuf,
            ContentEncoding::Identity,
        );
        let frame = Frame {
            header,
            verdict: &verdict.encode(),
            body: &plain,
        };
        ReplayDecoder.decode(&frame).err().map(|error| error.kind())
    };
    assert_eq!(kind(&good), None);
    let longer = Verdict {
        decoded_bytes: good.decoded_bytes + 1,
        ..good.clone()
    };
    assert_eq!(kind(&longer), Some(ErrorKind::Corrupt));
    let more = Verdict {
        items: good.items + 1,
        ..good
    };
    assert_eq!(kind(&more), Some(ErrorKind::Corrupt));
}

/// Lists that take two bytes an element when sent and 32 in memory: what the decoder gives up for
/// want of room is given up at replay too.
#[test]
fn values_without_room_are_the_same_at_replay() {
    let mut attributes = Attributes::default();
    for (key, elements) in [("a", 600_000), ("b", 600_000), ("c", 3), ("d", 400_000)] {
        let value = Value::Array(vec![Value::Empty; elements]);
        attributes.0.push((key.to_owned(), value));
    }
    let event = SpanEvent {
        attributes: attributes.clone(),
        ..SpanEvent::default()
    };
    let span = Span {
        trace_id: TraceId([1; 16]),
        span_id: SpanId([2; 8]),
        start: NOW,
        end: NOW,
        attributes,
        events: vec![event],
        ..Span::default()
    };
    let groups = [ResourceSpans {
        resource: Resource::default(),
        scopes: vec![ScopeSpans {
            scope: Scope::default(),
            spans: vec![span],
        }],
    }];
    let plain = protobuf::encode_traces(&groups);
    let limits = ItemLimits::default();
    let judged = live(Signal::Spans, ContentKind::Protobuf, &plain, &limits);
    let Items::Spans(parts) = &judged.items else {
        panic!("spans went in");
    };
    let kept = parts[0].1.span(0);
    let event = &kept.events[0].attributes;
    // what is kept is large enough for the value store
    assert!(matches!(event.find("a"), Some(Value::Reference(_))));
    assert_eq!(event.find("b"), Some(&Value::Empty));
    assert!(matches!(event.find("c"), Some(Value::Array(items)) if items.len() == 3));
    assert!(matches!(event.find("d"), Some(Value::Reference(_))));
    assert_eq!(kept.attributes.find("b"), Some(&Value::Empty));
    check(Signal::Spans, ContentKind::Protobuf, &plain, &limits);
}

#[test]
fn decompression_at_replay_needs_no_memory_budget() {
    let plain = vec![0u8; 1 << 20];
    let sent = compress(ContentEncoding::Gzip, &plain);
    let mut meter = Meter::counting();
    let out = decompress(ContentEncoding::Gzip, &sent, plain.len(), &mut meter).unwrap();
    assert_eq!(out.len(), plain.len());
}
