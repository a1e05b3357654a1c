//! Samples in the engine against a plain model: random requests, imports, flushes, merges, deletions,
//! restarts and waits; after each the judgement, and in the end every answer, is what the model says.

use crate::samples_model::{Model, Request, Value, base_ms, labels_of};
use proptest::collection::vec;
use proptest::prelude::{ProptestConfig, Strategy, any, prop_oneof, proptest};
use proptest::strategy::Just;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tacho_model::histogram::{CounterResetHint, Histogram};
use tacho_model::id::TenantId;
use tacho_model::sample::SampleColumns;
use tacho_model::signal::Signal;
use tacho_model::time::{TimeRange, Timestamp};
use tacho_stdx::clock::{Clock, ManualClock};
use tacho_storage::error::Result;
use tacho_storage::io::Io;
use tacho_storage::options::Config;
use tacho_storage::read::{ReadContext, ReadStore};
use tacho_storage::samples::batch::Judgement;
use tacho_storage::samples::matcher::{LabelMatcher, MatchOp};
use tacho_storage::samples::read::{NamesRequest, SelectRequest, SeriesView};
use tacho_storage::status::DeleteSelector;
use tacho_storage::store::{Parts, Store, Upkeep};
use tacho_storage::wal::frame::{Frame, FrameKind};
use tacho_storage::write::{FrameDecoder, Items, SampleWrite};
use tacho_testkit::fault_fs::FaultIo;

/// What happens to the store.
#[derive(Debug, Clone)]
enum Step {
    Write(Request),
    Import(Request),
    Maintain,
    Flush(bool),
    DropCaches,
    Restart,
    /// Minutes pass.
    Wait(u64),
    /// Deletes series by a condition, in minutes around the base; `None` is all of time.
    Delete(LabelMatcher, Option<(i64, i64)>),
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        6 => (0i8..4).prop_map(Value::Float),
        1 => Just(Value::Stale),
        2 => (1u8..5).prop_map(Value::Histogram),
    ]
}

fn request() -> impl Strategy<Value = Request> {
    let point = (-100i32..100, value());
    let run = (0u8..6, proptest::bool::weighted(0.3), vec(point, 1..8));
    vec(run, 1..6).prop_map(|runs| Request { runs })
}

fn matcher() -> impl Strategy<Value = LabelMatcher> {
    let names = ["__name__", "id", "even", "nothing"];
    let values = [
        "m0", "m1", "0", "3", "yes", "", "m.*", "[0-3]", "0|4|5", ".+", ".*",
    ];
    let ops = [
        MatchOp::Equal,
        MatchOp::NotEqual,
        MatchOp::Regex,
        MatchOp::NotRegex,
    ];
    (0..names.len(), 0..ops.len(), 0..values.len()).prop_map(move |(name, op, value)| {
        LabelMatcher::new(names[name], ops[op], values[value]).unwrap()
    })
}

fn minutes() -> impl Strategy<Value = (i64, i64)> {
    (-120i64..120, 0i64..150).prop_map(|(start, length)| (start, start + length))
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        10 => request().prop_map(Step::Write),
        2 => request().prop_map(Step::Import),
        1 => Just(Step::Maintain),
        3 => any::<bool>().prop_map(Step::Flush),
        1 => Just(Step::DropCaches),
        2 => Just(Step::Restart),
        1 => (1u64..90).prop_map(Step::Wait),
        1 => (matcher(), proptest::option::of(minutes()))
            .prop_map(|(matcher, range)| Step::Delete(matcher, range)),
    ]
}

/// Requests are kept as JSON.
struct JsonDecoder;

impl FrameDecoder for JsonDecoder {
    fn decode(&self, frame: &Frame<'_>) -> Result<Items> {
        let request: Request = serde_json::from_slice(frame.body).unwrap();
        let refused: BTreeSet<u32> = frame
            .verdict
            .chunks_exact(4)
            .filter_map(|chunk| chunk.try_into().ok().map(u32::from_le_bytes))
            .collect();
        Ok(Items::Samples(request.batch(&refused)))
    }
}

struct World {
    io: FaultIo,
    clock: Arc<ManualClock>,
    store: Option<Arc<Store>>,
    tenant: TenantId,
    model: Model,
}

fn minute(minute: i64) -> i64 {
    base_ms() + minute * 60_000
}

impl World {
    fn new() -> Self {
        let mut world = Self {
            io: FaultIo::new(1),
            clock: crate::engine_support::clock(),
            store: None,
            tenant: TenantId::default(),
            model: Model::default(),
        };
        world.open();
        world
    }

    fn open(&mut self) {
        let io: Arc<dyn Io> = Arc::new(self.io.clone());
        let parts = Parts {
            io,
            clock: Arc::clone(&self.clock) as Arc<_>,
            dir: PathBuf::from("/data"),
            config: Config {
                min_free_bytes: 0,
                head_max_age: Duration::from_secs(1_000_000),
                ..Config::default()
            },
            upkeep: Upkeep::Caller,
        };
        self.store = Some(Store::open(parts, &JsonDecoder, &|_| {}).unwrap());
    }

    fn store(&self) -> &Arc<Store> {
        self.store.as_ref().unwrap()
    }

    fn step(&mut self, step: &Step) {
        let now_s = self.clock.now_ns() / 1_000_000_000;
        match step {
            Step::Write(request) => {
                let found = self.write(FrameKind::RemoteWrite, request);
                assert_eq!(found, self.model.write(request, now_s), "{request:?}");
            }
            Step::Import(request) => {
                self.write(FrameKind::Import, request);
                self.model.import(request);
            }
            Step::Maintain => self.store().maintain().unwrap(),
            Step::Flush(compact) => {
                self.store().flush(*compact).unwrap();
                self.model.cut(now_s, false);
            }
            Step::DropCaches => self.store().drop_caches(),
            Step::Restart => {
                self.store = None;
                self.io = self.io.kill();
                self.open();
            }
            Step::Wait(minutes) => self.clock.advance(Duration::from_secs(minutes * 60)),
            Step::Delete(matcher, minutes) => self.delete(matcher, *minutes, now_s),
        }
    }

    fn delete(&mut self, matcher: &LabelMatcher, minutes: Option<(i64, i64)>, now_s: i64) {
        let selector = DeleteSelector::Series(vec![vec![matcher.clone()]]);
        let range = match minutes {
            None => TimeRange::ALL,
            Some((start, end)) => TimeRange {
                start: Timestamp(minute(start) * 1_000_000),
                end: Timestamp(minute(end) * 1_000_000),
            },
        };
        self.store().delete(&self.tenant, &selector, range).unwrap();
        self.model.cut(now_s, false);
        let range_ms = minutes.map(|(start, end)| (minute(start), minute(end) - 1));
        self.model.delete(matcher, range_ms);
        if minutes.is_none() {
            self.model.cut(now_s, true);
        }
    }

    fn write(&self, kind: FrameKind, request: &Request) -> Judgement {
        let body = serde_json::to_vec(request).unwrap();
        let write = SampleWrite {
            tenant: &self.tenant,
            receive_time: Timestamp(self.clock.now_ns()),
            kind,
            encoding: 0,
            content: 0,
            config_epoch: 0,
            body: &body,
            batch: request.batch(&BTreeSet::new()),
        };
        let verdict =
            &mut |judgement: &Judgement| Ok(crate::samples_support::verdict_of(judgement));
        let (judgement, appended) = self.store().write_samples(write, verdict).unwrap();
        if let Some(appended) = appended {
            let store = self.store();
            store.wait_durable(Signal::Samples, appended).unwrap();
        }
        judgement
    }

    fn ask_samples(&self, matchers: &[LabelMatcher], range_ms: (i64, i64)) {
        let context = ReadContext::default();
        let view = self.store().series(&self.tenant).unwrap();
        let oracle = self.model.answers();
        let request = SelectRequest {
            matchers: matchers.to_vec(),
            start_ms: range_ms.0,
            end_ms: range_ms.1,
            series_max: 0,
        };
        let found = read(view.as_ref(), &request, &context);
        let expected = read(&oracle, &request, &context);
        assert_eq!(found, expected, "{matchers:?} {range_ms:?}");
    }

    /// Names are exact once deletions are carried out.
    fn ask_names(&self, matchers: &[LabelMatcher], range_ms: (i64, i64)) {
        let context = ReadContext::default();
        let view = self.store().series(&self.tenant).unwrap();
        let oracle = self.model.answers();
        let names = NamesRequest {
            selectors: vec![matchers.to_vec(), vec![LabelMatcher::equal("id", "1")]],
            start_ms: range_ms.0,
            end_ms: range_ms.1,
            limit: 0,
        };
        // Names are told by blocks from the first to the last sample of a series: they may be more.
        let found = view.label_sets(&names, &context).unwrap();
        for labels in oracle.label_sets(&names, &context).unwrap() {
            assert!(found.contains(&labels), "{labels} is missing in {found:?}");
        }
        let all = NamesRequest {
            start_ms: i64::MIN,
            end_ms: i64::MAX,
            ..names
        };
        assert_eq!(
            view.label_sets(&all, &context).unwrap(),
            oracle.label_sets(&all, &context).unwrap()
        );
        assert_eq!(
            view.label_names(&all, &context).unwrap(),
            oracle.label_names(&all, &context).unwrap()
        );
        for name in ["__name__", "id", "even", "nothing"] {
            assert_eq!(
                view.label_values(name, &all, &context).unwrap(),
                oracle.label_values(name, &all, &context).unwrap(),
                "{name}"
            );
        }
    }
}

/// Every series with its samples as text, bits and all; those without samples in the range left out.
fn read(view: &dyn SeriesView, request: &SelectRequest, context: &ReadContext) -> Vec<String> {
    let mut lines = Vec::new();
    let mut columns = SampleColumns::default();
    for selected in view.select(request, context).unwrap() {
        let (start, end) = (request.start_ms, request.end_ms);
        selected.data.read(start, end, &mut columns).unwrap();
        assert!(selected.data.samples_max() >= columns.len() as u64);
        let mut newest = SampleColumns::default();
        selected.data.read_newest(start, end, &mut newest).unwrap();
        let last = columns.len().checked_sub(1);
        assert_eq!(newest.len(), usize::from(last.is_some()));
        if let Some(last) = last {
            assert_eq!(newest.times[0], columns.times[last]);
            assert_eq!(newest.values[0].to_bits(), columns.values[last].to_bits());
            assert_eq!(newest.start(0), columns.start(last));
            let bare = |histogram: &Arc<Histogram>| Histogram {
                counter_reset_hint: CounterResetHint::Unknown,
                ..Histogram::clone(histogram)
            };
            let found = newest.histogram(0).map(bare);
            assert_eq!(found, columns.histogram(last).map(bare));
        }
        for row in 0..columns.len() {
            lines.push(format!(
                "{} {} {:x} {:?} from {}",
                selected.labels,
                columns.times[row] - base_ms(),
                columns.values[row].to_bits(),
                columns.histogram(row),
                columns.start(row),
            ));
        }
    }
    lines
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(80))]

    #[test]
    fn samples_are_what_the_model_says(
        steps in vec(step(), 1..30),
        questions in vec((vec(matcher(), 0..3), minutes()), 1..4),
    ) {
        let mut world = World::new();
        for step in &steps {
            world.step(step);
        }
        world.ask_samples(&[], (i64::MIN, i64::MAX));
        for (matchers, minutes) in &questions {
            world.ask_samples(matchers, (minute(minutes.0), minute(minutes.1)));
        }
        world.step(&Step::Maintain);
        for (matchers, minutes) in &questions {
            world.ask_samples(matchers, (minute(minutes.0), minute(minutes.1)));
            world.ask_names(matchers, (minute(minutes.0), minute(minutes.1)));
        }
    }
}

#[test]
fn labels_of_the_model_are_distinct() {
    let all: BTreeSet<_> = (0..6).map(labels_of).collect();
    assert_eq!(all.len(), 6);
}
