//! The engine answers as the oracle does, whatever was written, flushed, merged, deleted and
//! replayed before: random steps on a store in a folder and on the oracle, then random questions
//! to both through the read trait.

use proptest::collection::vec;
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop_oneof, proptest};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tacho_model::id::{RecordId, TenantId, TraceId};
use tacho_model::log::LogRecord;
use tacho_model::resource::{Resource, Scope};
use tacho_model::signal::Signal;
use tacho_model::span::Span;
use tacho_model::time::TimeRange;
use tacho_model::value::{Attributes, Value};
use tacho_stdx::clock::ManualClock;
use tacho_storage::columns::log_batch::LogBatch;
use tacho_storage::columns::projection::{AttributeSelection, Column, Projection};
use tacho_storage::columns::span_batch::SpanBatch;
use tacho_storage::error::{Error, Result};
use tacho_storage::filter::{AttributeScope, CompareOp, Field, Filter, Operand};
use tacho_storage::io::std_io::StdIo;
use tacho_storage::options::Config;
use tacho_storage::partition::Partition;
use tacho_storage::read::{
    AggregateRequest, CatalogPlace, Cursor, Order, ReadContext, ReadStore, ScanRequest, Snapshot,
    Tail, TailItem, VisitRequest,
};
use tacho_storage::status::DeleteSelector;
use tacho_storage::store::{Parts, Store, Upkeep};
use tacho_storage::wal::frame::{Frame, FrameKind};
use tacho_storage::write::{FrameDecoder, Items, Write};
use tacho_testkit::arbitrary::filter::{log_filter, span_filter};
use tacho_testkit::arbitrary::{KEYS, NOW, WORDS, log, ranges, span};
use tacho_testkit::oracle::OracleStore;
use tacho_testkit::oracle::columns::{project_logs, project_spans};

/// What happens to the stores.
#[derive(Debug, Clone)]
enum Step {
    /// A request with the items of these seeds.
    Write(Signal, Vec<u64>),
    /// What the upkeep thread would do now and then.
    Maintain,
    /// Everything to disk; with `true` merged, too.
    Flush(bool),
    /// Things that can be loaded again are forgotten.
    DropCaches,
    /// The process ends without a flush and starts again.
    Restart,
    /// Deletes a trace.
    DeleteTrace(TraceId, TimeRange),
    /// Deletes what has an attribute.
    DeleteAttribute(Signal, &'static str, &'static str, TimeRange),
}

fn signal() -> impl Strategy<Value = Signal> {
    prop_oneof![Just(Signal::Spans), Just(Signal::Logs)]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (signal(), vec(0u64..300, 1..40)).prop_map(|(signal, seeds)| Step::Write(signal, seeds)),
        1 => Just(Step::Maintain),
        2 => any::<bool>().prop_map(Step::Flush),
        1 => Just(Step::DropCaches),
        1 => Just(Step::Restart),
        1 => (1u8..7, ranges()).prop_map(|(id, range)| Step::DeleteTrace(TraceId([id; 16]), range)),
        1 => (signal(), 0..KEYS.len(), 1..WORDS.len(), ranges()).prop_map(|(signal, key, word, range)| {
            Step::DeleteAttribute(signal, KEYS[key], WORDS[word], range)
        }),
    ]
}

/// What is asked of the stores.
#[derive(Debug, Clone)]
struct Question {
    spans: Filter,
    logs: Filter,
    range: TimeRange,
    newest: bool,
    limit: Option<usize>,
    /// After which of the items found, if after any.
    after: Option<usize>,
    columns: u16,
    keys: Option<usize>,
    step_ns: Option<i64>,
    by: usize,
    group_limit: usize,
}

fn question() -> impl Strategy<Value = Question> {
    let what = (span_filter(), log_filter(), ranges(), any::<bool>());
    let page = (
        proptest::option::of(0usize..30),
        proptest::option::of(0usize..40),
    );
    let projection = (any::<u16>(), proptest::option::of(0..KEYS.len()));
    let step = prop_oneof![
        Just(None),
        Just(Some(3_000_000_000)),
        Just(Some(86_400_000_000_000))
    ];
    let count = (step, 0usize..40, prop_oneof![Just(1000usize), 1usize..20]);
    (what, page, projection, count).prop_map(|(what, page, projection, count)| Question {
        spans: what.0,
        logs: what.1,
        range: what.2,
        newest: what.3,
        limit: page.0,
        after: page.1,
        columns: projection.0,
        keys: projection.1,
        step_ns: count.0,
        by: count.1,
        group_limit: count.2,
    })
}

impl Question {
    fn scan(&self, filter: &Filter) -> ScanRequest {
        ScanRequest {
            range: self.range,
            filter: filter.clone(),
            order: if self.newest {
                Order::NewestFirst
            } else {
                Order::OldestFirst
            },
            after: None,
            limit: None,
            projection: Projection::all(),
        }
    }

    fn projection(&self) -> Projection {
        let chosen = Column::ALL.into_iter().enumerate();
        let chosen = chosen.filter(|(bit, _)| self.columns >> bit & 1 == 1);
        let columns: BTreeSet<Column> = chosen.map(|(_, column)| column).collect();
        let attributes = match self.keys {
            None => AttributeSelection::All,
            Some(count) => {
                AttributeSelection::Keys(KEYS[..count].iter().map(|k| (*k).into()).collect())
            }
        };
        Projection {
            columns,
            attributes,
        }
    }

    fn by(&self) -> Option<Field> {
        let fixed = [
            Field::Name,
            Field::Kind,
            Field::Status,
            Field::StatusMessage,
            Field::Severity,
            Field::SeverityText,
            Field::Body,
            Field::TraceId,
            Field::SpanId,
            Field::ParentSpanId,
            Field::ScopeName,
            Field::ScopeVersion,
        ];
        let scopes = [
            AttributeScope::Any,
            AttributeScope::Item,
            AttributeScope::Resource,
        ];
        match self.by {
            0..12 => fixed.into_iter().nth(self.by),
            12..36 => {
                let (key, scope) = (KEYS[self.by % KEYS.len()], scopes[self.by % scopes.len()]);
                Some(Field::Attribute(scope, key.into()))
            }
            _ => None,
        }
    }
}

/// Items follow from the seeds that a frame holds.
struct SeedDecoder;

fn items_of(signal: Signal, seeds: &[u64]) -> Items {
    match signal {
        Signal::Spans => {
            let mut parts: BTreeMap<Partition, SpanBatch> = BTreeMap::new();
            for seed in seeds {
                let placed = span(*seed);
                let batch = parts
                    .entry(Partition::of(placed.item.end, NOW))
                    .or_default();
                let resource = batch.shared.add_resource(placed.resource);
                let scope = batch.shared.add_scope(placed.scope);
                batch.push_span(&placed.item, resource, scope);
            }
            Items::Spans(parts.into_iter().collect())
        }
        Signal::Logs => {
            let mut parts: BTreeMap<Partition, LogBatch> = BTreeMap::new();
            for (index, seed) in seeds.iter().enumerate() {
                let placed = log(*seed);
                let batch = parts
                    .entry(Partition::of(placed.item.time, NOW))
                    .or_default();
                let resource = batch.shared.add_resource(placed.resource);
                let scope = batch.shared.add_scope(placed.scope);
                batch.push_record(&placed.item, RecordId(index as u64), resource, scope);
            }
            Items::Logs(parts.into_iter().collect())
        }
        Signal::Samples => unreachable!("samples have an oracle of their own"),
    }
}

impl FrameDecoder for SeedDecoder {
    fn decode(&self, frame: &Frame<'_>) -> Result<Items> {
        let signal = match frame.header.kind {
            FrameKind::Traces => Signal::Spans,
            FrameKind::Logs => Signal::Logs,
            _ => return Err(Error::corrupt("another kind")),
        };
        let (seeds, _) = frame.body.as_chunks::<8>();
        let seeds: Vec<u64> = seeds
            .iter()
            .map(|bytes| u64::from_le_bytes(*bytes))
            .collect();
        Ok(items_of(signal, &seeds))
    }
}

/// Both stores, treated alike.
struct Pair {
    dir: tempfile::TempDir,
    store: Option<Arc<Store>>,
    tail: Option<Tail>,
    oracle: Arc<OracleStore>,
    tenant: TenantId,
    deleted: bool,
}

impl Pair {
    fn new() -> Self {
        let mut pair = Self {
            dir: tempfile::tempdir().unwrap(),
            store: None,
            tail: None,
            oracle: OracleStore::new(),
            tenant: TenantId::default(),
            deleted: false,
        };
        pair.open();
        pair
    }

    fn open(&mut self) {
        self.tail = None;
        self.store = None;
        let mut config = Config {
            durability: tacho_storage::wal::Durability::Buffered,
            head_max_bytes: 40 << 10,
            min_free_bytes: 0,
            ..Config::default()
        };
        config.retention.spans.age = None;
        config.retention.logs.age = None;
        let parts = Parts {
            io: Arc::new(StdIo),
            clock: Arc::new(ManualClock::at(NOW.0)),
            dir: self.dir.path().join("data"),
            config,
            upkeep: Upkeep::Caller,
        };
        let store = Store::open(parts, &SeedDecoder, &|_| {}).unwrap();
        self.tail = Some(store.tail(&self.tenant, Signal::Logs));
        self.store = Some(store);
    }

    fn store(&self) -> &Store {
        self.store.as_ref().unwrap()
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Write(signal, seeds) => self.write(*signal, seeds),
            Step::Maintain => self.store().maintain().unwrap(),
            Step::Flush(compact) => drop(self.store().flush(*compact).unwrap()),
            Step::DropCaches => self.store().drop_caches(),
            Step::Restart => self.open(),
            Step::DeleteTrace(id, range) => {
                self.delete(&DeleteSelector::Trace(*id), *range);
                let filter =
                    Filter::Compare(Field::TraceId, CompareOp::Equal, Operand::TraceId(*id));
                for signal in Signal::ALL {
                    self.oracle.delete(&self.tenant, signal, &filter, *range);
                }
            }
            Step::DeleteAttribute(signal, key, word, range) => {
                let pairs = vec![((*key).to_owned(), (*word).to_owned())];
                self.delete(&DeleteSelector::Attributes(*signal, pairs), *range);
                let filter = Filter::attribute_text(key, word);
                self.oracle.delete(&self.tenant, *signal, &filter, *range);
            }
        }
    }

    fn delete(&mut self, selector: &DeleteSelector, range: TimeRange) {
        self.deleted = true;
        self.store().delete(&self.tenant, selector, range).unwrap();
    }

    fn write(&mut self, signal: Signal, seeds: &[u64]) {
        let body: Vec<u8> = seeds.iter().flat_map(|seed| seed.to_le_bytes()).collect();
        let appended = self
            .store()
            .write(Write {
                tenant: &self.tenant,
                receive_time: NOW,
                encoding: 0,
                content: 0,
                config_epoch: 0,
                verdict: &[],
                body: &body,
                items: items_of(signal, seeds),
            })
            .unwrap();
        self.store().wait_durable(signal, appended).unwrap();
        match signal {
            Signal::Spans => {
                let spans = seeds.iter().map(|seed| span(*seed)).collect();
                self.oracle.append_spans(&self.tenant, spans);
            }
            Signal::Logs => {
                let base = self.first_id_of_what_came();
                let logs = seeds.iter().map(|seed| log(*seed)).collect();
                self.oracle.append_logs(&self.tenant, base, logs);
            }
            Signal::Samples => {}
        }
    }

    /// The tail gives what was appended, a batch a partition; ids go up from the first.
    fn first_id_of_what_came(&mut self) -> u64 {
        let tail = self.tail.as_mut().unwrap();
        let mut ids = Vec::new();
        while let TailItem::Logs(batch) = tail.source.next(Duration::ZERO) {
            ids.extend(batch.record_ids.iter().map(|id| id.0));
        }
        ids.sort_unstable();
        let base = ids.first().copied().unwrap();
        assert_eq!(ids, (base..base + ids.len() as u64).collect::<Vec<_>>());
        base
    }

    fn snapshots(&self) -> [Arc<dyn Snapshot>; 2] {
        let store = self.store().snapshot(&self.tenant).unwrap();
        [store, self.oracle.snapshot(&self.tenant).unwrap()]
    }

    fn check(&self, question: &Question) {
        let [store, oracle] = self.snapshots();
        let (store, oracle) = (store.as_ref(), oracle.as_ref());
        check_spans(store, oracle, question);
        check_visit(store, oracle, question);
        check_logs(store, oracle, question);
        check_traces(store, oracle, question);
        check_counts(store, oracle, question);
        check_names(store, oracle, question, self.deleted);
    }
}

type Origin = (Option<Resource>, Option<Scope>);

/// Keys with values in an order that does not depend on how columns were put together; large
/// values whole.
fn settled(snapshot: &dyn Snapshot, mut attributes: Attributes) -> Attributes {
    for (_, value) in &mut attributes.0 {
        load(snapshot, value);
    }
    attributes
        .0
        .sort_by_cached_key(|(key, value)| (key.clone(), format!("{value:?}")));
    attributes
}

fn load(snapshot: &dyn Snapshot, value: &mut Value) {
    if let Value::Reference(reference) = value {
        *value = snapshot.value(reference, &ReadContext::default()).unwrap();
    }
}

fn spans(snapshot: &dyn Snapshot, request: &ScanRequest) -> Vec<(Span, Origin)> {
    let context = ReadContext::default();
    let mut found = Vec::new();
    for batch in snapshot.spans(request, &context).unwrap() {
        take_spans(
            snapshot,
            project_spans(batch.unwrap(), &request.projection),
            &mut found,
        );
    }
    found
}

fn take_spans(snapshot: &dyn Snapshot, batch: SpanBatch, found: &mut Vec<(Span, Origin)>) {
    for row in 0..batch.len {
        let mut span = batch.span(row);
        span.attributes = settled(snapshot, span.attributes);
        for event in &mut span.events {
            event
                .attributes
                .0
                .iter_mut()
                .for_each(|(_, value)| load(snapshot, value));
        }
        for link in &mut span.links {
            link.attributes
                .0
                .iter_mut()
                .for_each(|(_, value)| load(snapshot, value));
        }
        let resource = batch.shared.resource(row).map(|item| (**item).clone());
        let scope = batch.shared.scope(row).map(|item| (**item).clone());
        found.push((span, (resource, scope)));
    }
}

fn logs(snapshot: &dyn Snapshot, request: &ScanRequest) -> Vec<(RecordId, LogRecord, Origin)> {
    let context = ReadContext::default();
    let mut found = Vec::new();
    for batch in snapshot.logs(request, &context).unwrap() {
        let batch = project_logs(batch.unwrap(), &request.projection);
        for row in 0..batch.len {
            let mut record = batch.record(row);
            load(snapshot, &mut record.body);
            record.attributes = settled(snapshot, record.attributes);
            let resource = batch.shared.resource(row).map(|item| (**item).clone());
            let scope = batch.shared.scope(row).map(|item| (**item).clone());
            found.push((batch.record_id(row), record, (resource, scope)));
        }
    }
    found
}

fn check_spans(store: &dyn Snapshot, oracle: &dyn Snapshot, question: &Question) {
    let mut request = question.scan(&question.spans);
    let all = spans(oracle, &request);
    assert_eq!(spans(store, &request), all);
    let after = question.after.and_then(|index| all.get(index));
    request.after = after.map(|(span, _)| Cursor::Span(span.start, span.trace_id, span.span_id));
    request.limit = question.limit;
    request.projection = question.projection();
    assert_eq!(
        spans(store, &request),
        spans(oracle, &request),
        "{request:?}"
    );
}

/// A visit shows the same spans as a scan, in whatever order.
fn check_visit(store: &dyn Snapshot, oracle: &dyn Snapshot, question: &Question) {
    let projection = question
        .projection()
        .union(&Projection::of(&[Column::TraceId, Column::SpanId]));
    let request = VisitRequest {
        range: question.range,
        filter: question.spans.clone(),
        projection,
    };
    let shown = |snapshot: &dyn Snapshot| {
        let mut found = Vec::new();
        let visited =
            snapshot.visit_spans(&request, &ReadContext::default(), &mut |batch, rows| {
                let batch = project_spans(batch.select(rows), &request.projection);
                take_spans(snapshot, batch, &mut found);
                Ok(())
            });
        visited.unwrap();
        found.sort_by_cached_key(|(span, _)| format!("{:?}", (span.trace_id, span.span_id, span)));
        found
    };
    assert_eq!(shown(store), shown(oracle), "{request:?}");
}

fn check_logs(store: &dyn Snapshot, oracle: &dyn Snapshot, question: &Question) {
    let mut request = question.scan(&question.logs);
    let all = logs(oracle, &request);
    assert_eq!(logs(store, &request), all);
    let after = question.after.and_then(|index| all.get(index));
    if let Some((id, record, _)) = after {
        request.after = Some(Cursor::Log(record.time, *id));
        let by_id = Filter::Compare(Field::RecordId, CompareOp::Equal, Operand::RecordId(*id));
        let mut one = question.scan(&by_id);
        one.range = TimeRange::ALL;
        assert_eq!(logs(store, &one).len(), 1);
    }
    request.limit = question.limit;
    request.projection = question.projection();
    assert_eq!(logs(store, &request), logs(oracle, &request), "{request:?}");
}

fn check_traces(store: &dyn Snapshot, oracle: &dyn Snapshot, question: &Question) {
    let ids: Vec<TraceId> = (0..8u8)
        .filter(|id| question.columns >> id & 1 == 1)
        .map(|id| TraceId([id; 16]))
        .collect();
    let traces = |snapshot: &dyn Snapshot| -> BTreeMap<TraceId, Vec<(Span, Origin)>> {
        let context = ReadContext::default();
        let batches = snapshot
            .traces_by_id(&ids, &Projection::all(), &context)
            .unwrap();
        let mut traces = BTreeMap::new();
        for batch in batches {
            let batch = batch.unwrap();
            let id = batch.trace_ids[0];
            assert!(batch.trace_ids.iter().all(|other| *other == id));
            let mut found = Vec::new();
            take_spans(snapshot, batch, &mut found);
            assert!(traces.insert(id, found).is_none(), "a trace in two batches");
        }
        traces
    };
    assert_eq!(traces(store), traces(oracle));
}

fn check_counts(store: &dyn Snapshot, oracle: &dyn Snapshot, question: &Question) {
    for (signal, filter) in [
        (Signal::Spans, &question.spans),
        (Signal::Logs, &question.logs),
    ] {
        let request = AggregateRequest {
            range: question.range,
            filter: filter.clone(),
            step_ns: question.step_ns,
            by: question.by(),
            group_limit: question.group_limit,
        };
        let count = |snapshot: &dyn Snapshot| {
            let counted = snapshot.aggregate(signal, &request, &ReadContext::default());
            counted.map_err(|error| error.kind())
        };
        assert_eq!(count(store), count(oracle), "{signal} {request:?}");
    }
}

type Names = BTreeMap<(CatalogPlace, String), (Vec<&'static str>, u64)>;

/// Names and types of everything are exact until something is deleted, and counts about right: a
/// key that an item has several times may count several times. Of a range there may be more names
/// than occur in it.
fn check_names(store: &dyn Snapshot, oracle: &dyn Snapshot, question: &Question, deleted: bool) {
    let context = ReadContext::default();
    for signal in Signal::ALL {
        let names = |snapshot: &dyn Snapshot, range| -> Names {
            let entries = snapshot
                .catalog(signal, range, &context)
                .unwrap()
                .into_iter();
            entries
                .map(|entry| ((entry.place, entry.key), (entry.types, entry.count)))
                .collect()
        };
        if !deleted {
            let (found, known) = (names(store, TimeRange::ALL), names(oracle, TimeRange::ALL));
            let types = |names: &Names| -> Vec<_> {
                names
                    .iter()
                    .map(|(name, (types, _))| (name.clone(), types.clone()))
                    .collect()
            };
            assert_eq!(types(&found), types(&known));
            for (name, (_, items)) in &known {
                let (_, count) = &found[name];
                assert!(
                    (*items..=items * 5).contains(count),
                    "{name:?}: {count} for {items}"
                );
            }
        }
        let found = names(store, question.range);
        for name in names(oracle, question.range).keys() {
            assert!(found.contains_key(name), "{name:?} is not known");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]

    #[test]
    fn the_engine_answers_as_the_oracle_does(
        steps in vec(step(), 1..14),
        questions in vec(question(), 6),
    ) {
        let mut pair = Pair::new();
        for (index, step) in steps.iter().enumerate() {
            pair.step(step);
            // A few questions on the way, the others at the end.
            if let Some(question) = questions.get(index / 2).filter(|_| index % 2 == 0) {
                pair.check(question);
            }
        }
        for question in &questions {
            pair.check(question);
        }
    }
}
