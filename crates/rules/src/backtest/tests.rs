//! Back-tests against the live evaluation: the same group over the same data, one evaluation after the other.

use super::{BacktestAlert, BacktestWorld, backtest, focused};
use crate::condition::Settings;
use crate::evaluate::{Answer, Ask, Evaluate, Refused, RuleSample, answer_promql};
use crate::group::alert::AlertState;
use crate::group::{GroupState, Start, Surroundings};
use crate::own::read;
use crate::rule::{RuleGroup, Source, SourceKind};
use crate::schedule::Schedule;
use proptest::prelude::{Just, Strategy, prop_oneof, proptest};
use std::cell::RefCell;
use std::sync::Arc;
use tacho_model::labels::Labels;
use tacho_model::sample::SampleValue;
use tacho_query::promql::engine::{Options, PromEngine, QueryContext};
use tacho_query::promql::script::memory::MemorySeries;
use tacho_stdx::clock::ManualClock;
use tacho_storage::read::ReadContext;

const STEP_MS: i64 = 15_000;
const BEGIN_MS: i64 = 1_600_000_000_000;

fn group(rules: &str) -> Arc<RuleGroup> {
    let source = Source::new(SourceKind::Own, "r.yaml");
    let file = read(rules, &source, &Settings::default());
    let mut groups = file.unwrap_or_else(|found| panic!("{found:?}")).groups;
    Arc::new(groups.remove(0))
}

/// Series `m{i="0"}` and so on with these values, each 15 s.
fn series(values: &[Vec<Option<f64>>]) -> MemorySeries {
    let mut memory = MemorySeries::default();
    for (at, values) in values.iter().enumerate() {
        let labels = Labels::from_pairs([("__name__", "m"), ("i", at.to_string().as_str())]);
        for (step, value) in values.iter().enumerate() {
            let Some(value) = value else { continue };
            let time = BEGIN_MS + step as i64 * STEP_MS;
            memory
                .append(&labels, time, SampleValue::Float(*value), 0)
                .unwrap();
        }
    }
    memory
}

fn engine() -> PromEngine {
    PromEngine::new(Options::default(), Arc::new(ManualClock::at(0)))
}

fn run(
    group: &Arc<RuleGroup>,
    memory: &MemorySeries,
    range_ms: (i64, i64),
) -> super::BacktestReport {
    let clock = ManualClock::at(0);
    let world = BacktestWorld {
        engine: &engine(),
        view: memory,
        context: &ReadContext::default(),
        signals: None,
        clock: &clock,
        external_labels: &Labels::default(),
        external_url: "http://t",
        query_offset_ms: 0,
        interval_ms: 30_000,
    };
    backtest(group, range_ms, world).unwrap()
}

/// Evaluates as a server does: one time after the other, samples of rules are stored beside the others.
struct Live {
    engine: PromEngine,
    memory: RefCell<MemorySeries>,
}

impl Evaluate for Live {
    fn instant(&self, asks: &[Ask<'_>]) -> Vec<Result<Answer, String>> {
        let context = ReadContext::default();
        let memory = self.memory.borrow();
        answer_promql(&self.engine, &*memory, QueryContext::new(&context), asks)
    }

    fn append(&self, samples: Vec<RuleSample>) -> Vec<Refused> {
        for sample in samples {
            let mut memory = self.memory.borrow_mut();
            memory
                .append(&sample.labels, sample.time_ms, sample.value, 0)
                .unwrap();
        }
        Vec::new()
    }
}

type Line = (usize, Labels, i64, Option<i64>, Option<i64>);

/// When alerts began, fired and ended, as the live evaluation tells.
fn live(
    group: &Arc<RuleGroup>,
    memory: &MemorySeries,
    (start_ms, end_ms): (i64, i64),
) -> Vec<Line> {
    let live = Live {
        engine: engine(),
        memory: RefCell::new(memory.clone()),
    };
    let clock = ManualClock::at(0);
    let surroundings = Surroundings {
        external_labels: &Labels::default(),
        external_url: "http://t",
        clock: &clock,
        query_offset_ms: 0,
        resend_delay_ms: 60_000,
        series_max: 1_000,
        generator_url: &|_, _| String::new(),
    };
    let start = Start {
        interval_ms: 30_000,
        restores: false,
    };
    let mut state = GroupState::new(Arc::clone(group), start);
    let mut lines: Vec<Line> = Vec::new();
    let mut at = Schedule::new(group, 30_000, start_ms).slot_at(start_ms);
    while at <= end_ms {
        for change in state.evaluate(at, &live, &surroundings).changes {
            let key = (change.rule, change.labels);
            let is_same = |line: &Line| (line.0, &line.1) == (key.0, &key.1) && line.4.is_none();
            let known = lines.iter().position(is_same).unwrap_or_else(|| {
                lines.push((key.0, key.1.clone(), at, None, None));
                lines.len() - 1
            });
            match change.to {
                AlertState::Pending => {}
                AlertState::Firing => lines[known].3 = Some(at),
                AlertState::Inactive => lines[known].4 = Some(at),
            }
        }
        at += group.interval_ms.unwrap_or(30_000);
    }
    lines.sort_by(|one, two| (one.2, one.0, &one.1).cmp(&(two.2, two.0, &two.1)));
    lines
}

fn lines(alerts: &[BacktestAlert]) -> Vec<Line> {
    let line = |alert: &BacktestAlert| {
        let BacktestAlert {
            rule,
            labels,
            pending_at_ms,
            fired_at_ms,
            resolved_at_ms,
            ..
        } = alert;
        (
            *rule,
            labels.clone(),
            *pending_at_ms,
            *fired_at_ms,
            *resolved_at_ms,
        )
    };
    alerts.iter().map(line).collect()
}

const RULES: &str = "
groups:
- name: g
  interval: 30s
  rules:
  - record: m:rate
    expr: sum by (i) (rate(m[2m]))
  - alert: High
    expr: m > 5
    for: 1m
    annotations: {summary: '{{ $labels.i }} is {{ $value }}'}
  - alert: Rate
    expr: m:rate > 0.05
    keep_firing_for: 1m
  - alert: Gone
    expr: absent(m) and on () (vector(time()) > 1600000000)
  - alert: Nested
    expr: max_over_time(sum(m)[2m:30s]) < 3
    for: 45s
  - alert: Meta
    expr: ALERTS{alertname=\"High\", alertstate=\"firing\"} > 0
  - alert: Cool
    expr: m > 7
    cooldown: 3m
";

proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(12))]
    #[test]
    fn a_back_test_says_what_the_live_evaluation_did(
        values in proptest::collection::vec(
            proptest::collection::vec(
                prop_oneof![4 => (0..10i32).prop_map(|v| Some(f64::from(v))), 1 => Just(None)],
                40..80,
            ),
            1..4,
        )
    ) {
        let memory = series(&values);
        let group = group(RULES);
        // nothing is there before the data, so that both begin alike
        let range = (BEGIN_MS - 600_000, BEGIN_MS + 80 * STEP_MS);
        let report = run(&group, &memory, range);
        let live = live(&group, &memory, (range.0 - 300_000, range.1));
        // what began before the first evaluation of one of them is not compared
        let later = |line: &Line| line.2 > range.0;
        let expected: Vec<Line> = live.into_iter().filter(later).collect();
        let found: Vec<Line> = lines(&report.alerts).into_iter().filter(later).collect();
        assert_eq!(found, expected);
    }
}

#[test]
fn the_report_tells_peaks_shares_and_what_never_was() {
    let mut values = vec![Some(1.0); 200];
    values[100..120].fill(Some(9.0));
    values[110] = Some(12.0);
    let memory = series(&[values]);
    let group = group(
        "
groups:
- name: g
  interval: 15s
  rules:
  - {alert: High, expr: m > 5, for: 1m, annotations: {summary: 'at {{ $value }}'}}
  - {alert: Other, expr: 'm{i=\"x\"} > 5 or mm > 1'}
",
    );
    let report = run(&group, &memory, (BEGIN_MS, BEGIN_MS + 199 * STEP_MS));
    assert_eq!(report.evaluations, 199);
    assert_eq!((report.alerts.len(), report.fired), (1, 1));
    let alert = &report.alerts[0];
    assert_eq!(alert.peak, 12.0);
    assert_eq!(alert.annotations["summary"], "at 9");
    let pending = alert.pending_at_ms;
    assert!((BEGIN_MS + 100 * STEP_MS..BEGIN_MS + 101 * STEP_MS).contains(&pending));
    assert_eq!(alert.fired_at_ms, Some(pending + 60_000));
    assert_eq!(alert.resolved_at_ms, Some(pending + 300_000));
    assert!((report.firing_share() - 16.0 / 199.0).abs() < 1e-9);
    assert_eq!(
        report.warnings,
        [
            "Other: m{i=\"x\"} finds no series: i is one of 0",
            "Other: there is no metric mm; near to it are m",
        ]
    );
}

#[test]
fn what_cannot_be_run_is_refused() {
    let group = group("groups: [{name: g, interval: 1s, rules: [{alert: A, expr: m > 5}]}]");
    let clock = ManualClock::at(0);
    let memory = MemorySeries::default();
    let world = BacktestWorld {
        engine: &engine(),
        view: &memory,
        context: &ReadContext::default(),
        signals: None,
        clock: &clock,
        external_labels: &Labels::default(),
        external_url: "",
        query_offset_ms: 0,
        interval_ms: 30_000,
    };
    let error = backtest(&group, (0, 30 * 86_400_000), world).unwrap_err();
    assert!(error.message.contains("at most 200000 are run"), "{error}");
    assert!(backtest(&group, (10_000, 5_000), world).is_err());
}

#[test]
fn a_rule_is_run_with_those_that_it_reads() {
    let group = group(
        "groups: [{name: g, rules: [{alert: S, traces: '{ }'}, {record: r, expr: m}, {alert: A, expr: m > 1}, {alert: B, expr: r > 1}]}]",
    );
    let names = |rule| {
        let (group, at) = focused(&group, rule)?;
        let names: Vec<String> = group.rules.iter().map(|it| it.name().to_owned()).collect();
        Some((names.join(" "), at))
    };
    assert_eq!(names(0), Some(("S".to_owned(), 0)));
    assert_eq!(names(2), Some(("A".to_owned(), 0)));
    assert_eq!(names(3), Some(("r A B".to_owned(), 2)));
    assert_eq!(names(4), None);
}
