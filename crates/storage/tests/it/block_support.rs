//! What the tests of blocks share: arbitrary items, folders, comparison.

use proptest::prelude::*;
use std::path::PathBuf;
use std::sync::Arc;
use tacho_model::id::{RecordId, SpanId, TraceId};
use tacho_model::log::{LogRecord, SeverityNumber};
use tacho_model::resource::{Resource, Scope};
use tacho_model::signal::Signal;
use tacho_model::span::{Span, SpanEvent, SpanKind, SpanLink, SpanStatus};
use tacho_model::time::Timestamp;
use tacho_model::value::{Attributes, Value};
use tacho_storage::block::order::{split_logs, split_spans};
use tacho_storage::block::reader::Block;
use tacho_storage::block::write::{write_logs, write_spans};
use tacho_storage::block::{BlockFacts, BlockId};
use tacho_storage::columns::log_batch::LogBatch;
use tacho_storage::columns::span_batch::SpanBatch;
use tacho_storage::io::Io;
use tacho_storage::io::std_io::StdIo;

/// A folder with blocks.
pub(crate) struct Folder {
    pub(crate) temp: tempfile::TempDir,
    pub(crate) io: Arc<dyn Io>,
}

impl Folder {
    pub(crate) fn new() -> Self {
        Self {
            temp: tempfile::tempdir().unwrap(),
            io: Arc::new(StdIo),
        }
    }

    pub(crate) fn dir(&self) -> PathBuf {
        self.temp.path().to_path_buf()
    }

    pub(crate) fn open(&self, id: u64, signal: Signal, facts: BlockFacts) -> Block {
        Block::open(
            Arc::clone(&self.io),
            &self.dir(),
            BlockId(id),
            signal,
            facts,
        )
    }

    /// Writes all groups of a batch; gives each with its rows.
    pub(crate) fn write_spans(&self, batch: &SpanBatch) -> Vec<(Block, Vec<u32>)> {
        let groups = split_spans(batch).groups.into_iter().enumerate();
        groups
            .map(|(id, rows)| {
                let id = id as u64;
                let facts = write_spans(&*self.io, &self.dir(), BlockId(id), batch, &rows).unwrap();
                (self.open(id, Signal::Spans, facts), rows)
            })
            .collect()
    }

    /// Writes all groups of a batch; gives each with its rows.
    pub(crate) fn write_logs(&self, batch: &LogBatch) -> Vec<(Block, Vec<u32>)> {
        let groups = split_logs(batch).into_iter().enumerate();
        groups
            .map(|(id, rows)| {
                let id = id as u64;
                let facts = write_logs(&*self.io, &self.dir(), BlockId(id), batch, &rows).unwrap();
                (self.open(id, Signal::Logs, facts), rows)
            })
            .collect()
    }
}

/// A value of any type, large ones included.
pub(crate) fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Empty),
        ".{0,6}".prop_map(Value::String),
        "[\"\\\\\n{}$a]{0,6}".prop_map(Value::String),
        (4090usize..4200).prop_map(|length| Value::String("é".repeat(length / 2))),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        any::<f64>()
            .prop_filter("one NaN", |value| !value.is_nan())
            .prop_map(Value::Double),
        prop_oneof![
            Just(f64::NAN),
            Just(-0.0),
            Just(0.0),
            Just(f64::NEG_INFINITY)
        ]
        .prop_map(Value::Double),
        proptest::collection::vec(any::<u8>(), 0..9).prop_map(Value::Bytes),
    ];
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::Array),
            proptest::collection::vec(("[$a-c]{0,2}", inner), 0..3).prop_map(Value::Map),
        ]
    })
}

fn key() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-d]",
        1 => "[A-D]",
        1 => ".{0,3}",
        1 => Just("a#i64".to_owned()),
        1 => Just("run_id".to_owned()),
        1 => Just("rest".to_owned()),
        1 => Just("x.y z\"'`".to_owned()),
        1 => Just("k".repeat(200)),
        1 => Just("nul\0".to_owned()),
    ]
}

pub(crate) fn attributes(most: usize) -> impl Strategy<Value = Attributes> {
    proptest::collection::vec((key(), value()), 0..most).prop_map(Attributes)
}

pub(crate) fn resource() -> impl Strategy<Value = Resource> {
    (attributes(4), any::<u32>(), "[a-z]{0,3}").prop_map(|(attributes, dropped, schema_url)| {
        Resource {
            attributes,
            dropped_attributes_count: dropped % 3,
            schema_url,
        }
    })
}

pub(crate) fn scope() -> impl Strategy<Value = Scope> {
    ("[a-z]{0,2}", "[0-9]{0,2}", attributes(2)).prop_map(|(name, version, attributes)| Scope {
        name,
        version,
        attributes,
        dropped_attributes_count: 0,
        schema_url: String::new(),
    })
}

fn count() -> impl Strategy<Value = u32> {
    prop_oneof![4 => Just(0u32), 1 => any::<u32>()]
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![3 => Just(String::new()), 2 => "[a-c]{1,3}", 1 => ".{0,8}"]
}

fn time() -> impl Strategy<Value = Timestamp> {
    prop_oneof![3 => 0i64..50, 1 => 0..=i64::MAX].prop_map(Timestamp)
}

pub(crate) fn span() -> impl Strategy<Value = Span> {
    let ids = (1u8..5, 1u8..=255, any::<u8>());
    let texts = (text(), text(), text());
    let counts = (count(), count(), count(), count());
    let event =
        (time(), text(), attributes(2), count()).prop_map(|(time, name, attributes, count)| {
            SpanEvent {
                time,
                name,
                attributes,
                dropped_attributes_count: count,
            }
        });
    let link = (any::<u8>(), text(), attributes(2), count()).prop_map(
        |(id, trace_state, attributes, flags)| SpanLink {
            trace_id: TraceId([id; 16]),
            span_id: SpanId([id; 8]),
            trace_state,
            attributes,
            dropped_attributes_count: 0,
            flags,
        },
    );
    let lists = (
        proptest::collection::vec(event, 0..3),
        proptest::collection::vec(link, 0..2),
        attributes(6),
    );
    let numbers = (0i32..6, 0i32..3, time(), time());
    (ids, texts, counts, lists, numbers).prop_map(|(ids, texts, counts, lists, numbers)| Span {
        trace_id: TraceId([ids.0; 16]),
        span_id: SpanId([ids.1; 8]),
        parent_span_id: SpanId([ids.2 / 64; 8]),
        trace_state: texts.0,
        flags: counts.0,
        name: texts.1,
        kind: SpanKind::from_number(numbers.0),
        start: numbers.2,
        end: numbers.3,
        attributes: lists.2,
        dropped_attributes_count: counts.1,
        events: lists.0,
        dropped_events_count: counts.2,
        links: lists.1,
        dropped_links_count: counts.3,
        status: SpanStatus::from_number(numbers.1),
        status_message: texts.2,
        aliases: None,
    })
}

pub(crate) fn record() -> impl Strategy<Value = LogRecord> {
    let ids = (0u8..4, 0u8..4);
    let texts = (text(), text());
    let numbers = (0i32..25, count(), count(), time(), time());
    (ids, texts, numbers, value(), attributes(5)).prop_map(
        |(ids, texts, numbers, body, attributes)| LogRecord {
            time: numbers.3,
            observed_time: numbers.4,
            severity_number: SeverityNumber::from_number(numbers.0),
            severity_text: texts.0,
            body,
            event_name: texts.1,
            attributes,
            dropped_attributes_count: numbers.1,
            flags: numbers.2,
            trace_id: TraceId([ids.0; 16]),
            span_id: SpanId([ids.1; 8]),
            trace_alias: None,
            span_alias: None,
        },
    )
}

/// A batch with these spans under two resources and scopes.
pub(crate) fn span_batch(spans: &[Span], resources: &[Resource], scopes: &[Scope]) -> SpanBatch {
    let mut batch = SpanBatch::default();
    for (index, span) in spans.iter().enumerate() {
        let resource = resources[index % resources.len()].clone();
        let resource = batch.shared.add_resource(resource);
        let scope = batch
            .shared
            .add_scope(scopes[index / 2 % scopes.len()].clone());
        batch.push_span(span, resource, scope);
    }
    batch
}

/// A batch with these records.
pub(crate) fn log_batch(
    records: &[LogRecord],
    resources: &[Resource],
    scopes: &[Scope],
) -> LogBatch {
    let mut batch = LogBatch::default();
    for (index, record) in records.iter().enumerate() {
        let resource = resources[index % resources.len()].clone();
        let resource = batch.shared.add_resource(resource);
        let scope = batch
            .shared
            .add_scope(scopes[index / 2 % scopes.len()].clone());
        batch.push_record(record, RecordId(1000 + index as u64), resource, scope);
    }
    batch
}

/// Attributes in an order that does not depend on the order of keys.
pub(crate) fn sorted(mut attributes: Attributes) -> Attributes {
    let rank = |value: &Value| match value {
        Value::Empty => 0,
        Value::String(_) => 1,
        Value::Bool(_) => 2,
        Value::Int(_) => 3,
        Value::Double(_) => 4,
        Value::Bytes(_) => 5,
        Value::Array(_) | Value::Map(_) => 6,
        Value::Reference(_) => 7,
    };
    attributes
        .0
        .sort_by(|a, b| (&a.0, rank(&a.1)).cmp(&(&b.0, rank(&b.1))));
    attributes
}

/// A row of a batch as it must compare: span, resource, scope.
pub(crate) fn span_row(batch: &SpanBatch, row: usize) -> (Span, Resource, Scope) {
    let mut span = batch.span(row);
    span.attributes = sorted(span.attributes);
    let resource = batch.shared.resource(row).unwrap();
    let scope = batch.shared.scope(row).unwrap();
    (span, (**resource).clone(), (**scope).clone())
}

/// A row of a batch as it must compare: id, record, resource, scope.
pub(crate) fn log_row(batch: &LogBatch, row: usize) -> (RecordId, LogRecord, Resource, Scope) {
    let mut record = batch.record(row);
    record.attributes = sorted(record.attributes);
    let resource = batch.shared.resource(row).unwrap();
    let scope = batch.shared.scope(row).unwrap();
    (
        batch.record_id(row),
        record,
        (**resource).clone(),
        (**scope).clone(),
    )
}

/// Spans of several pages: 20,000 in traces of ten, with common, rare and many-valued attributes.
pub(crate) fn many_spans(count: usize) -> SpanBatch {
    let mut batch = SpanBatch::default();
    let resources: Vec<u32> = (0..3)
        .map(|number| {
            let mut resource = Resource::default();
            resource
                .attributes
                .push("service.name", format!("service-{number}").as_str());
            batch.shared.add_resource(resource)
        })
        .collect();
    let scope = batch.shared.add_scope(Scope::default());
    for number in 0..count {
        let trace = (number / 10) as u64 + 1;
        let mix = (number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut span = Span {
            name: format!("work {}", number % 7),
            start: Timestamp(1_700_000_000_000_000_000 + number as i64 * 1000),
            end: Timestamp(1_700_000_000_000_000_000 + number as i64 * 1000 + (mix % 5000) as i64),
            ..Span::default()
        };
        span.trace_id.0[..8]
            .copy_from_slice(&(trace.wrapping_mul(0x9e37_79b9_7f4a_7c15)).to_be_bytes());
        span.span_id.0.copy_from_slice(&mix.to_be_bytes());
        span.attributes
            .push("call_id", format!("call-{mix:x}").as_str());
        span.attributes
            .push("run_id", format!("run-{trace}").as_str());
        span.attributes.push("tokens", (mix % 9000) as i64);
        if number % 3 == 0 {
            span.attributes.push("temperature", 0.2);
        }
        if number % 200 == 0 {
            span.attributes
                .push("rare", format!("value {number}").as_str());
            span.attributes.push("rare", number as i64);
        }
        batch.push_span(&span, resources[number % 3], scope);
    }
    batch
}
