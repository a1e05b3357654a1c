//! The store as a whole, over real files: append, flush, compaction, scans, replay of the log.
//! Items are made from numbers, and a request's body is its list of numbers, so that replay needs
//! no decoder of a protocol: its time is the log's and the head's.

use divan::Bencher;
use divan::counter::ItemsCount;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use tacho_model::id::{RecordId, SpanId, TenantId, TraceId};
use tacho_model::log::{LogRecord, SeverityNumber};
use tacho_model::resource::{Resource, Scope};
use tacho_model::signal::Signal;
use tacho_model::span::{Span, SpanKind};
use tacho_model::time::{TimeRange, Timestamp};
use tacho_model::value::{Attributes, Value};
use tacho_stdx::clock::ManualClock;
use tacho_storage::columns::log_batch::LogBatch;
use tacho_storage::columns::projection::Projection;
use tacho_storage::columns::shared::SharedColumns;
use tacho_storage::columns::span_batch::SpanBatch;
use tacho_storage::error::{Error, Result};
use tacho_storage::filter::{AttributeScope, CompareOp, Field, Filter, Operand};
use tacho_storage::io::std_io::StdIo;
use tacho_storage::options::Config;
use tacho_storage::partition::Partition;
use tacho_storage::read::{
    AggregateRequest, Order, ReadContext, ReadStore as _, ScanRequest, Snapshot,
};
use tacho_storage::store::{Parts, Store, Upkeep};
use tacho_storage::wal::Durability;
use tacho_storage::wal::frame::{Frame, FrameKind};
use tacho_storage::write::{FrameDecoder, Items, Write};

const NOW: i64 = 1_795_169_720_000_000_000;
const MS: i64 = 1_000_000;
const REQUEST: u64 = 500;
const MANY: u64 = 100_000;
const BLOCKS: u64 = 8;
const BLOCK_ITEMS: u64 = 8_000;

const MODELS: [&str; 4] = ["gpt-6", "claude-5-sonnet", "gemini-4-pro", "gpt-6-mini"];
const BODIES: [&str; 4] = [
    "scheduler tick: runnable tasks wait for a worker",
    "invoking tool fs.read with a path",
    "answered, finish_reason=stop",
    "connection reset by peer, will retry",
];

fn main() {
    divan::main();
}

/// A number that looks random and is the same in every run.
fn noise(number: u64) -> u64 {
    let mut mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// Eleven neighbours share a trace.
fn trace_of(number: u64) -> TraceId {
    let mut id = [7; 16];
    id[..8].copy_from_slice(&noise(number / 11 + 1).to_be_bytes());
    TraceId(id)
}

/// All lie within the hour before `NOW`, however many there are.
fn time_of(number: u64) -> Timestamp {
    Timestamp(NOW - 3_600_000 * MS + (number % 3_000_000) as i64 * MS)
}

fn span_of(number: u64) -> Span {
    let random = noise(number);
    let start = time_of(number);
    let mut attributes = Attributes::default();
    attributes.push("gen_ai.operation.name", "chat");
    attributes.push("gen_ai.request.model", MODELS[random as usize % 4]);
    attributes.push("gen_ai.usage.input_tokens", (random >> 8) as i64 & 0x3fff);
    attributes.push("llm.cost_usd", (random >> 8 & 0xffff) as f64 / 1e6);
    attributes.push("cache.hit", random & 1 == 0);
    attributes.push("session.id", format!("sess-{:05}", number / 50).as_str());
    attributes.push("task.id", format!("{:032x}", noise(number / 3)).as_str());
    attributes.push("tool.call_id", format!("call_{random:016x}").as_str());
    Span {
        trace_id: trace_of(number),
        span_id: SpanId((number + 1).to_be_bytes()),
        parent_span_id: SpanId((number / 11 * 11 + 1).to_be_bytes()),
        flags: 1,
        name: format!("chat {}", MODELS[random as usize % 4]),
        kind: SpanKind::Client,
        start,
        end: Timestamp(start.0 + (random >> 20 & 0xfff) as i64 * MS),
        attributes,
        ..Span::default()
    }
}

fn record_of(number: u64) -> LogRecord {
    let random = noise(number);
    LogRecord {
        time: time_of(number),
        observed_time: time_of(number),
        severity_number: SeverityNumber(9),
        severity_text: "INFO".to_owned(),
        body: Value::String(format!("{} {random:x}", BODIES[random as usize % 4])),
        attributes: [("session.id", format!("sess-{:05}", number / 50).as_str())]
            .into_iter()
            .collect(),
        trace_id: trace_of(number),
        span_id: SpanId((number + 1).to_be_bytes()),
        ..LogRecord::default()
    }
}

fn resource() -> Resource {
    Resource {
        attributes: [("service.name", "orchestrator")].into_iter().collect(),
        ..Resource::default()
    }
}

fn items_of(signal: Signal, numbers: impl Iterator<Item = u64>, receive_time: Timestamp) -> Items {
    match signal {
        Signal::Spans => {
            let mut parts: BTreeMap<Partition, SpanBatch> = BTreeMap::new();
            for span in numbers.map(span_of) {
                let partition = Partition::of(span.end, receive_time);
                let batch = parts.entry(partition).or_default();
                let (resource, scope) = origin(batch.len, &mut batch.shared);
                batch.push_span(&span, resource, scope);
            }
            Items::Spans(parts.into_iter().collect())
        }
        Signal::Logs => {
            let mut parts: BTreeMap<Partition, LogBatch> = BTreeMap::new();
            for (index, record) in numbers.map(record_of).enumerate() {
                let partition = Partition::of(record.time, receive_time);
                let batch = parts.entry(partition).or_default();
                let (resource, scope) = origin(batch.len, &mut batch.shared);
                batch.push_record(&record, RecordId(index as u64), resource, scope);
            }
            Items::Logs(parts.into_iter().collect())
        }
        Signal::Samples => unreachable!("samples have a benchmark of their own"),
    }
}

/// Places of the one resource and scope of a batch.
fn origin(rows: usize, shared: &mut SharedColumns) -> (u32, u32) {
    if rows == 0 {
        shared.add_resource(resource());
        shared.add_scope(Scope::default());
    }
    (0, 0)
}

struct NumberDecoder;

impl FrameDecoder for NumberDecoder {
    fn decode(&self, frame: &Frame<'_>) -> Result<Items> {
        let signal = match frame.header.kind {
            FrameKind::Traces => Signal::Spans,
            FrameKind::Logs => Signal::Logs,
            _ => return Err(Error::corrupt("another kind")),
        };
        let numbers = frame.body.chunks_exact(8);
        let numbers = numbers.filter_map(|bytes| bytes.try_into().ok().map(u64::from_le_bytes));
        Ok(items_of(signal, numbers, frame.header.received))
    }
}

/// A request that is ready to be written.
struct Request {
    body: Vec<u8>,
    items: Items,
}

impl Clone for Request {
    fn clone(&self) -> Self {
        Self {
            body: self.body.clone(),
            items: match &self.items {
                Items::Spans(parts) => Items::Spans(parts.clone()),
                Items::Logs(parts) => Items::Logs(parts.clone()),
                Items::Samples(_) => unreachable!("samples have a benchmark of their own"),
            },
        }
    }
}

impl Request {
    fn of(signal: Signal, numbers: Range<u64>) -> Self {
        Self {
            body: numbers.clone().flat_map(u64::to_le_bytes).collect(),
            items: items_of(signal, numbers, Timestamp(NOW)),
        }
    }
}

fn requests(signal: Signal, numbers: Range<u64>, size: u64) -> Vec<Request> {
    let end = numbers.end;
    let starts = numbers.step_by(size as usize);
    starts
        .map(|start| Request::of(signal, start..end.min(start + size)))
        .collect()
}

/// A store in a folder that goes away with it. Heads are cut by `flush` alone.
struct Bench {
    store: Arc<Store>,
    temp: tempfile::TempDir,
}

fn open(dir: &Path) -> Arc<Store> {
    let parts = Parts {
        io: Arc::new(StdIo),
        clock: Arc::new(ManualClock::at(NOW)),
        dir: dir.to_path_buf(),
        config: Config {
            durability: Durability::Buffered,
            head_max_bytes: u64::MAX,
            wal_max_bytes: u64::MAX,
            min_free_bytes: 0,
            ..Config::default()
        },
        upkeep: Upkeep::Caller,
    };
    Store::open(parts, &NumberDecoder, &|_| {}).expect("a store")
}

impl Bench {
    fn new() -> Self {
        let temp = tempfile::tempdir().expect("a folder");
        Self {
            store: open(temp.path()),
            temp,
        }
    }

    fn write(&self, request: Request) {
        let signal = request.items.signal();
        let write = Write {
            tenant: &TenantId::default(),
            receive_time: Timestamp(NOW),
            encoding: 0,
            content: 0,
            config_epoch: 0,
            verdict: &[],
            body: &request.body,
            items: request.items,
        };
        let appended = self.store.write(write).expect("written");
        self.store.wait_durable(signal, appended).expect("durable");
    }

    fn write_all(&self, requests: Vec<Request>) {
        for request in requests {
            self.write(request);
        }
    }

    /// A store with this many items in the head.
    fn with(signal: Signal, items: u64) -> Self {
        let bench = Self::new();
        bench.write_all(requests(signal, 0..items, REQUEST));
        bench
    }

    /// A store with so many blocks of one tier.
    fn with_blocks(signal: Signal, blocks: u64) -> Self {
        let bench = Self::new();
        for block in 0..blocks {
            let numbers = block * BLOCK_ITEMS..(block + 1) * BLOCK_ITEMS;
            bench.write_all(requests(signal, numbers, REQUEST));
            bench.store.flush(false).expect("flushed");
        }
        bench
    }

    fn snapshot(&self) -> Arc<dyn Snapshot> {
        self.store
            .snapshot(&TenantId::default())
            .expect("a snapshot")
    }
}

/// Requests of `size` spans, one after another into one store; a fresh one every so often, so that
/// the head is as large as between two flushes.
#[divan::bench(args = [500, 10], sample_count = 200, sample_size = 1)]
fn append_spans(bencher: Bencher<'_, '_>, size: u64) {
    let bench = RefCell::new(Bench::new());
    let next = RefCell::new(0);
    bencher
        .counter(ItemsCount::new(size))
        .with_inputs(|| {
            let mut next = next.borrow_mut();
            if *next >= MANY {
                bench.replace(Bench::new());
                *next = 0;
            }
            *next += size;
            Request::of(Signal::Spans, *next - size..*next)
        })
        .bench_local_values(|request| bench.borrow().write(request));
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn flush_100k_spans(bencher: Bencher<'_, '_>) {
    bencher
        .counter(ItemsCount::new(MANY))
        .with_inputs(|| Bench::with(Signal::Spans, MANY))
        .bench_local_values(|bench| {
            bench.store.flush(false).expect("flushed");
            bench
        });
}

#[divan::bench(args = [Signal::Spans, Signal::Logs], sample_count = 5, sample_size = 1)]
fn compact_8_blocks(bencher: Bencher<'_, '_>, signal: Signal) {
    bencher
        .counter(ItemsCount::new(BLOCKS * BLOCK_ITEMS))
        .with_inputs(|| Bench::with_blocks(signal, BLOCKS))
        .bench_local_values(|bench| {
            let report = bench.store.flush(true).expect("merged");
            assert!(report.blocks < BLOCKS, "{} blocks are left", report.blocks);
            bench
        });
}

/// Time and decoding of all frames of 100,000 spans; no flush follows.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn replay_100k_spans(bencher: Bencher<'_, '_>) {
    bencher
        .counter(ItemsCount::new(MANY))
        .with_inputs(|| {
            let Bench { store, temp } = Bench::with(Signal::Spans, MANY);
            // Dropped, not closed: closing would flush.
            drop(store);
            temp
        })
        .bench_local_values(|temp| (open(temp.path()), temp));
}

fn compare(field: Field, op: CompareOp, operand: Operand) -> Filter {
    Filter::Compare(field, op, operand)
}

/// Where the items of a scan lie.
const PLACES: [&str; 2] = ["head", "blocks"];

fn stored(signal: Signal, place: &str) -> Bench {
    if place == "head" {
        Bench::with(signal, BLOCKS * BLOCK_ITEMS)
    } else {
        Bench::with_blocks(signal, BLOCKS)
    }
}

#[divan::bench(args = PLACES, sample_count = 30, sample_size = 1)]
fn scan_newest_20_by_attribute_and_duration(bencher: Bencher<'_, '_>, place: &str) {
    let bench = stored(Signal::Spans, place);
    let model = Field::Attribute(AttributeScope::Any, "gen_ai.request.model".into());
    let request = ScanRequest {
        range: TimeRange::ALL,
        filter: compare(model, CompareOp::Equal, Operand::String("gpt-6".into())).and(compare(
            Field::Duration,
            CompareOp::Greater,
            Operand::Int(4_000 * MS),
        )),
        order: Order::NewestFirst,
        after: None,
        limit: Some(20),
        projection: Projection::all(),
    };
    bencher.bench_local(|| {
        let batches = bench.snapshot().spans(&request, &ReadContext::default());
        let batches = batches.expect("a scan");
        let found: usize = batches.map(|batch| batch.expect("a batch").len).sum();
        assert_eq!(found, 20);
        found
    });
}

#[divan::bench(args = PLACES, sample_count = 10, sample_size = 1)]
fn count_a_phrase_in_bodies(bencher: Bencher<'_, '_>, place: &str) {
    let bench = stored(Signal::Logs, place);
    let phrase = Operand::String("reset by peer".into());
    let request = AggregateRequest {
        range: TimeRange::ALL,
        filter: compare(Field::Body, CompareOp::Contains, phrase),
        step_ns: None,
        by: None,
        group_limit: 10,
    };
    bencher
        .counter(ItemsCount::new(BLOCKS * BLOCK_ITEMS))
        .bench_local(|| {
            let groups = bench
                .snapshot()
                .aggregate(Signal::Logs, &request, &ReadContext::default())
                .expect("counted");
            assert!(groups.iter().any(|group| group.count > 0));
            groups
        });
}
