//! Requests into a real store on a simulated file system: acknowledged, crashed, found again.

use super::{Config, Ingest};
use crate::body::ContentEncoding;
use crate::limits::{ItemLimits, Limits};
use crate::refusal::RefusalKind;
use crate::replay::ReplayDecoder;
use crate::request::{Accepted, ContentKind, Request, Transport};
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tacho_model::id::{SpanId, TenantId, TraceId};
use tacho_model::log::LogRecord;
use tacho_model::signal::Signal;
use tacho_model::span::Span;
use tacho_model::time::{DAY_NS, SECOND_NS, TimeRange, Timestamp};
use tacho_model::value::Value;
use tacho_stdx::clock::{Clock, ManualClock};
use tacho_storage::columns::projection::Projection;
use tacho_storage::filter::Filter;
use tacho_storage::options;
use tacho_storage::read::{Order, ReadContext, ReadStore as _, ScanRequest};
use tacho_storage::store::{Parts, Store, Upkeep};
use tacho_testkit::fault_fs::FaultIo;
use tacho_wire::otlp::encode::{json, protobuf};
use tacho_wire::otlp::{ResourceLogs, ResourceSpans, ScopeLogs, ScopeSpans};

const NOW: i64 = 1_795_169_720_000_000_000;

/// A store on a simulated disk, and the way into it.
struct Machine {
    io: FaultIo,
    clock: Arc<ManualClock>,
    store: Arc<Store>,
    ingest: Ingest,
}

impl Machine {
    fn start(io: FaultIo, now_ns: i64, limits: Limits) -> Self {
        let clock = Arc::new(ManualClock::at(now_ns));
        let as_clock = || Arc::clone(&clock) as Arc<dyn Clock>;
        let parts = Parts {
            io: Arc::new(io.clone()),
            clock: as_clock(),
            dir: PathBuf::from("/data"),
            config: options::Config {
                min_free_bytes: 0,
                ..options::Config::default()
            },
            upkeep: Upkeep::Caller,
        };
        let store = Store::open(parts, &ReplayDecoder, &|_| {}).unwrap();
        let config = Config {
            limits,
            config_epoch: 1,
        };
        let ingest = Ingest::new(Arc::clone(&store), config, as_clock());
        Self {
            io,
            clock,
            store,
            ingest,
        }
    }

    /// Power loss, and a start with another clock and other limits.
    fn crash(self, now_ns: i64, limits: Limits) -> Self {
        Self::start(self.io.crash(), now_ns, limits)
    }

    fn send(&self, request: &Request) -> Accepted {
        let accepted = self.ingest.accept(request).unwrap();
        if let Some(appended) = accepted.appended {
            self.store.wait_durable(request.signal, appended).unwrap();
        }
        accepted
    }

    fn spans(&self) -> Vec<Span> {
        let snapshot = self.store.snapshot(&TenantId::default()).unwrap();
        let batches = snapshot
            .spans(&everything(), &ReadContext::default())
            .unwrap();
        let batches: Vec<_> = batches.map(|batch| batch.unwrap()).collect();
        let rows = batches
            .iter()
            .flat_map(|batch| (0..batch.len).map(|row| batch.span(row)));
        rows.collect()
    }

    fn records(&self) -> Vec<LogRecord> {
        let snapshot = self.store.snapshot(&TenantId::default()).unwrap();
        let batches = snapshot
            .logs(&everything(), &ReadContext::default())
            .unwrap();
        let batches: Vec<_> = batches.map(|batch| batch.unwrap()).collect();
        let rows = batches
            .iter()
            .flat_map(|batch| (0..batch.len).map(|row| batch.record(row)));
        rows.collect()
    }
}

fn everything() -> ScanRequest {
    ScanRequest {
        range: TimeRange::ALL,
        filter: Filter::All,
        order: Order::OldestFirst,
        after: None,
        limit: None,
        projection: Projection::all(),
    }
}

fn span(seed: u8, end_ns: i64) -> Span {
    let mut span = Span {
        trace_id: TraceId([seed; 16]),
        span_id: SpanId([seed; 8]),
        name: format!("step {seed}"),
        start: Timestamp(end_ns - 1000),
        end: Timestamp(end_ns),
        ..Span::default()
    };
    span.attributes.push("first", i64::from(seed));
    span.attributes.push("second", "x".repeat(5000).as_str());
    span
}

fn record(text: &str, time_ns: i64) -> LogRecord {
    LogRecord {
        time: Timestamp(time_ns),
        body: Value::from(text),
        ..LogRecord::default()
    }
}

fn request(signal: Signal, content: ContentKind, plain: &[u8]) -> Request {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(plain).unwrap();
    Request {
        tenant: TenantId::default(),
        signal,
        transport: Transport::Grpc,
        content,
        encoding: ContentEncoding::Gzip,
        body: encoder.finish().unwrap().into(),
    }
}

fn traces(content: ContentKind, spans: Vec<Span>) -> Request {
    let groups = [ResourceSpans {
        scopes: vec![ScopeSpans {
            spans,
            ..ScopeSpans::default()
        }],
        ..ResourceSpans::default()
    }];
    match content {
        ContentKind::Protobuf => request(Signal::Spans, content, &protobuf::encode_traces(&groups)),
        ContentKind::Json => request(
            Signal::Spans,
            content,
            json::encode_traces(&groups).as_bytes(),
        ),
    }
}

fn logs(content: ContentKind, records: Vec<LogRecord>) -> Request {
    let groups = [ResourceLogs {
        scopes: vec![ScopeLogs {
            records,
            ..ScopeLogs::default()
        }],
        ..ResourceLogs::default()
    }];
    match content {
        ContentKind::Protobuf => request(Signal::Logs, content, &protobuf::encode_logs(&groups)),
        ContentKind::Json => request(Signal::Logs, content, json::encode_logs(&groups).as_bytes()),
    }
}

#[test]
fn what_was_acknowledged_is_the_same_after_power_loss() {
    let mut machine = Machine::start(FaultIo::new(7), NOW, Limits::default());
    for content in [ContentKind::Protobuf, ContentKind::Json] {
        let seed = 10 * (1 + content.code());
        let future = NOW + 3600 * SECOND_NS;
        let spans = vec![
            span(seed, NOW),
            span(seed + 1, future),
            span(seed + 2, NOW - DAY_NS),
        ];
        let accepted = machine.send(&traces(content, spans));
        assert_eq!(accepted.partial.map(|partial| partial.rejected), Some(1));
        let records = vec![
            record("no time", 0),
            record("then", NOW - 5),
            record("never", future),
        ];
        let accepted = machine.send(&logs(content, records));
        assert_eq!(accepted.partial.map(|partial| partial.rejected), Some(1));
        machine.clock.advance(Duration::from_millis(1));
    }
    let (spans, records) = (machine.spans(), machine.records());
    assert_eq!((spans.len(), records.len()), (4, 4));
    // Whatever the clock and the limits say now, the verdict stands: what was refused an hour
    // ahead stays refused, what was taken is not cut to the new limits.
    let tight = Limits {
        items: ItemLimits {
            attributes: 1,
            value_bytes: 10,
            ..ItemLimits::default()
        },
        ..Limits::default()
    };
    for now in [NOW + DAY_NS, NOW - DAY_NS, NOW + 3 * 3600 * SECOND_NS] {
        machine = machine.crash(now, tight);
        assert_eq!(machine.spans(), spans);
        assert_eq!(machine.records(), records);
    }
}

#[test]
fn limits_of_the_live_request_hold_at_replay() {
    let tight = Limits {
        items: ItemLimits {
            attributes: 1,
            ..ItemLimits::default()
        },
        ..Limits::default()
    };
    let machine = Machine::start(FaultIo::new(8), NOW, tight);
    machine.send(&traces(ContentKind::Protobuf, vec![span(1, NOW)]));
    let machine = machine.crash(NOW, Limits::default());
    let spans = machine.spans();
    assert_eq!(spans.len(), 1);
    assert_eq!(
        (
            spans[0].attributes.0.len(),
            spans[0].dropped_attributes_count
        ),
        (1, 1)
    );
}

#[test]
fn a_request_of_which_nothing_is_accepted_is_not_written() {
    let machine = Machine::start(FaultIo::new(9), NOW, Limits::default());
    let future = vec![span(1, NOW + DAY_NS)];
    let accepted = machine.send(&traces(ContentKind::Protobuf, future));
    assert_eq!(accepted.appended, None);
    assert_eq!(accepted.partial.map(|partial| partial.rejected), Some(1));
    let empty = machine.send(&request(Signal::Logs, ContentKind::Json, b""));
    assert_eq!((empty.partial, empty.appended), (None, None));
}

#[test]
fn a_second_tenant_sees_nothing() {
    let machine = Machine::start(FaultIo::new(10), NOW, Limits::default());
    let request = Request {
        tenant: TenantId::new("other").unwrap(),
        ..traces(ContentKind::Protobuf, vec![span(1, NOW)])
    };
    machine.send(&request);
    assert!(machine.spans().is_empty());
    let machine = machine.crash(NOW, Limits::default());
    assert!(machine.spans().is_empty());
    assert_eq!(machine.store.status(&request.tenant).signals[0].1.items, 1);
}

#[test]
fn a_failed_sync_is_unavailable_and_stays_so() {
    use tacho_testkit::fault_fs::{Fault, Operation};
    let machine = Machine::start(FaultIo::new(11), NOW, Limits::default());
    machine.io.fail_nth(Operation::SyncFile, 1, Fault::Eio);
    let sent = traces(ContentKind::Protobuf, vec![span(1, NOW)]);
    let accepted = machine.ingest.accept(&sent).unwrap();
    let durable = machine
        .store
        .wait_durable(Signal::Spans, accepted.appended.unwrap());
    assert!(durable.is_err());
    let refusal = machine.ingest.accept(&sent).unwrap_err();
    assert_eq!(refusal.kind, RefusalKind::Unavailable);
    assert!(refusal.retry_after.is_some());
}
