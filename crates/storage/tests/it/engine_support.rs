//! A store over the faulty file system, with items that are made from numbers: a request is a list
//! of numbers, its items and their contents follow from them, so a reader can be checked to the
//! last byte.

use crate::samples_support::{batch_of, decode};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
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
use tacho_storage::columns::span_batch::SpanBatch;
use tacho_storage::error::{Error, Result};
use tacho_storage::filter::Filter;
use tacho_storage::io::Io;
use tacho_storage::options::Config;
use tacho_storage::partition::Partition;
use tacho_storage::read::{Order, ReadContext, ReadStore, ScanRequest, Snapshot};
use tacho_storage::store::{Parts, Store, Upkeep};
use tacho_storage::wal::frame::{Frame, FrameKind};
use tacho_storage::write::{FrameDecoder, Items, Write};

/// When the tests happen.
pub(crate) const NOW: i64 = 1_795_169_720_000_000_000;

/// Everything with a test store.
pub(crate) struct Bench {
    pub(crate) store: Arc<Store>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) tenant: TenantId,
}

/// Small limits, so that little data does everything.
pub(crate) fn small() -> Config {
    Config {
        head_max_bytes: 24 << 10,
        min_free_bytes: 0,
        ..Config::default()
    }
}

pub(crate) fn open(io: &Arc<dyn Io>, clock: &Arc<ManualClock>, config: Config) -> Result<Bench> {
    open_at(io, Path::new("/data"), clock, config)
}

pub(crate) fn open_at(
    io: &Arc<dyn Io>,
    dir: &Path,
    clock: &Arc<ManualClock>,
    config: Config,
) -> Result<Bench> {
    let parts = Parts {
        io: Arc::clone(io),
        clock: Arc::clone(clock) as Arc<_>,
        dir: PathBuf::from(dir),
        config,
        upkeep: Upkeep::Caller,
    };
    let store = Store::open(parts, &NumberDecoder, &|_| {})?;
    Ok(Bench {
        store,
        clock: Arc::clone(clock),
        tenant: TenantId::default(),
    })
}

/// Trace of a number: three neighbours share one.
pub(crate) fn trace_of(number: u64) -> TraceId {
    let mut bytes = [7u8; 16];
    bytes[..8].copy_from_slice(
        &(number / 3 + 1)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .to_be_bytes(),
    );
    TraceId(bytes)
}

fn text_of(number: u64, len: usize) -> String {
    let mut state = number.wrapping_mul(0x2545_f491_4f6c_dd1d) | 1;
    let mut text = String::with_capacity(len);
    while text.len() < len {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        text.push_str(&format!("{state:x} "));
    }
    text.truncate(len);
    text
}

/// The span of a number. Every fifth has a value for the value store, every seventh is a day old.
pub(crate) fn span_of(number: u64) -> Span {
    let day = if number % 7 == 3 {
        86_400_000_000_000
    } else {
        0
    };
    let start = NOW - day - 60_000_000_000 + (number as i64 % 1000) * 1_000_000;
    let mut attributes = Attributes::default();
    attributes.push("number", number as i64);
    attributes.push("run_id", format!("run-{}", number / 3).as_str());
    if number.is_multiple_of(5) {
        attributes.push("prompt", text_of(number, 6000).as_str());
    }
    if number.is_multiple_of(11) {
        attributes.push(
            format!("rare.{number}"),
            Value::Array(vec![Value::Int(1), Value::Empty]),
        );
    }
    Span {
        trace_id: trace_of(number),
        span_id: SpanId((number + 1).to_be_bytes()),
        name: format!("operation {}", number % 4),
        kind: SpanKind::Internal,
        start: Timestamp(start),
        end: Timestamp(start + 5_000_000),
        attributes,
        ..Span::default()
    }
}

/// The log record of a number.
pub(crate) fn record_of(number: u64) -> LogRecord {
    let len = if number % 9 == 4 { 5000 } else { 40 };
    LogRecord {
        time: Timestamp(NOW - 30_000_000_000 + (number as i64 % 500) * 1_000_000),
        severity_number: SeverityNumber(9),
        severity_text: "INFO".to_owned(),
        body: Value::String(format!("{number} {}", text_of(number, len))),
        attributes: Attributes(vec![("number".to_owned(), Value::Int(number as i64))]),
        trace_id: trace_of(number),
        ..LogRecord::default()
    }
}

fn resource() -> Resource {
    Resource {
        attributes: [("service.name", "bench")].into_iter().collect(),
        ..Resource::default()
    }
}

fn items_of(signal: Signal, numbers: &[u64], receive: Timestamp) -> Items {
    match signal {
        Signal::Spans => {
            let mut parts: BTreeMap<Partition, SpanBatch> = BTreeMap::new();
            for number in numbers {
                let span = span_of(*number);
                let batch = parts.entry(Partition::of(span.end, receive)).or_default();
                let resource = batch.shared.add_resource(resource());
                let scope = batch.shared.add_scope(Scope::default());
                batch.push_span(&span, resource, scope);
            }
            Items::Spans(parts.into_iter().collect())
        }
        Signal::Logs => {
            let mut parts: BTreeMap<Partition, LogBatch> = BTreeMap::new();
            for (index, number) in numbers.iter().enumerate() {
                let record = record_of(*number);
                let batch = parts
                    .entry(Partition::of(record.time, receive))
                    .or_default();
                let resource = batch.shared.add_resource(resource());
                let scope = batch.shared.add_scope(Scope::default());
                batch.push_record(&record, RecordId(index as u64), resource, scope);
            }
            Items::Logs(parts.into_iter().collect())
        }
        Signal::Samples => Items::Samples(batch_of(numbers, &BTreeSet::new())),
    }
}

struct NumberDecoder;

impl FrameDecoder for NumberDecoder {
    fn decode(&self, frame: &Frame<'_>) -> Result<Items> {
        let numbers: Vec<u64> = frame
            .body
            .chunks_exact(8)
            .filter_map(|chunk| chunk.try_into().ok().map(u64::from_le_bytes))
            .collect();
        let signal = match frame.header.kind {
            FrameKind::Traces => Signal::Spans,
            FrameKind::Logs => Signal::Logs,
            FrameKind::RemoteWrite => return Ok(decode(frame, &numbers)),
            _ => return Err(Error::corrupt("another kind")),
        };
        Ok(items_of(signal, &numbers, frame.header.received))
    }
}

impl Bench {
    /// Writes items of these numbers; true when they are durable.
    pub(crate) fn write(&self, signal: Signal, numbers: &[u64]) -> Result<()> {
        if signal == Signal::Samples {
            return self.write_samples(numbers).map(drop);
        }
        let body: Vec<u8> = numbers
            .iter()
            .flat_map(|number| number.to_le_bytes())
            .collect();
        let receive_time = Timestamp(NOW);
        let appended = self.store.write(Write {
            tenant: &self.tenant,
            receive_time,
            encoding: 0,
            content: 0,
            config_epoch: 0,
            verdict: &[],
            body: &body,
            items: items_of(signal, numbers, receive_time),
        })?;
        self.store.wait_durable(signal, appended)
    }

    pub(crate) fn snapshot(&self) -> Arc<dyn Snapshot> {
        self.store.snapshot(&self.tenant).unwrap()
    }

    /// The numbers of all spans that can be read, newest first; each is checked to be whole.
    pub(crate) fn spans(&self) -> std::result::Result<Vec<u64>, String> {
        let (snapshot, context) = (self.snapshot(), ReadContext::default());
        let mut numbers = Vec::new();
        let batches = snapshot
            .spans(&everything(), &context)
            .map_err(|e| e.to_string())?;
        for batch in batches {
            let batch = batch.map_err(|error| error.to_string())?;
            for row in 0..batch.len {
                let mut span = batch.span(row);
                load(snapshot.as_ref(), &mut span.attributes)?;
                let number = number_of(&span.attributes)?;
                span.attributes.0.sort_by(|a, b| a.0.cmp(&b.0));
                let mut expected = span_of(number);
                expected.attributes.0.sort_by(|a, b| a.0.cmp(&b.0));
                if span != expected {
                    return Err(format!("span {number} is not what was written: {span:?}"));
                }
                if batch
                    .shared
                    .resource(row)
                    .map(|r| r.service_name().to_owned())
                    != Some("bench".to_owned())
                {
                    return Err(format!("span {number} lost its resource"));
                }
                numbers.push(number);
            }
        }
        complete(&context)?;
        Ok(numbers)
    }

    /// The numbers of all log records that can be read, newest first; each is checked to be whole.
    pub(crate) fn logs(&self) -> std::result::Result<Vec<u64>, String> {
        let (snapshot, context) = (self.snapshot(), ReadContext::default());
        let mut numbers = Vec::new();
        let batches = snapshot
            .logs(&everything(), &context)
            .map_err(|e| e.to_string())?;
        for batch in batches {
            let batch = batch.map_err(|error| error.to_string())?;
            for row in 0..batch.len {
                let mut record = batch.record(row);
                if let Value::Reference(reference) = &record.body {
                    record.body = snapshot
                        .value(reference, &ReadContext::default())
                        .map_err(|error| error.to_string())?;
                }
                let number = number_of(&record.attributes)?;
                if record != record_of(number) {
                    return Err(format!(
                        "record {number} is not what was written: {record:?}"
                    ));
                }
                numbers.push(number);
            }
        }
        complete(&context)?;
        Ok(numbers)
    }
}

pub(crate) fn complete(context: &ReadContext) -> std::result::Result<(), String> {
    let failed = context
        .stats
        .blocks_failed
        .load(std::sync::atomic::Ordering::Relaxed);
    if failed == 0 {
        Ok(())
    } else {
        Err(format!("{failed} blocks could not be read"))
    }
}

fn load(snapshot: &dyn Snapshot, attributes: &mut Attributes) -> std::result::Result<(), String> {
    for (key, value) in &mut attributes.0 {
        if let Value::Reference(reference) = value {
            *value = snapshot
                .value(reference, &ReadContext::default())
                .map_err(|error| format!("{key}: {error}"))?;
        }
    }
    Ok(())
}

fn number_of(attributes: &Attributes) -> std::result::Result<u64, String> {
    match attributes.find("number") {
        Some(Value::Int(number)) => Ok(*number as u64),
        other => Err(format!("an item without its number: {other:?}")),
    }
}

pub(crate) fn everything() -> ScanRequest {
    ScanRequest {
        range: TimeRange::ALL,
        filter: Filter::All,
        order: Order::NewestFirst,
        after: None,
        limit: None,
        projection: Projection::all(),
    }
}

/// A clock that stands at `NOW`.
pub(crate) fn clock() -> Arc<ManualClock> {
    let clock = Arc::new(ManualClock::at(NOW));
    clock.advance(Duration::from_secs(1));
    clock
}
