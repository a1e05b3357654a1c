//! Explanations hold against the evaluation that they explain.

use super::{Explanation, explain};
use crate::backtest::BacktestWorld;
use crate::condition::Settings;
use crate::group::alert::AlertState;
use crate::own::read;
use crate::rule::{RuleGroup, Source, SourceKind};
use crate::schedule::Schedule;
use std::sync::Arc;
use tacho_model::labels::Labels;
use tacho_model::sample::SampleValue;
use tacho_query::promql::engine::{Options, PromEngine};
use tacho_query::promql::script::memory::MemorySeries;
use tacho_stdx::clock::ManualClock;
use tacho_storage::read::ReadContext;

const BEGIN_MS: i64 = 1_600_000_000_000;

fn group(rule: &str) -> Arc<RuleGroup> {
    let text = format!("groups: [{{name: g, interval: 30s, rules: [{rule}]}}]");
    let source = Source::new(SourceKind::Own, "r.yaml");
    let file = read(&text, &source, &Settings::default());
    let mut groups = file.unwrap_or_else(|found| panic!("{found:?}")).groups;
    Arc::new(groups.remove(0))
}

/// `m{a="x"}` is 1, and 9 from the tenth minute on; `m{a="y"}` is 2.
fn at(rule: &str, minutes: f64) -> (Explanation, Arc<RuleGroup>) {
    let mut memory = MemorySeries::default();
    for (label, high) in [("x", 9.0), ("y", 2.0)] {
        let labels = Labels::from_pairs([("__name__", "m"), ("a", label)]);
        for step in 0..80i64 {
            let value = if step >= 40 { high } else { 1.0 };
            let time = BEGIN_MS + step * 15_000;
            memory
                .append(&labels, time, SampleValue::Float(value), 0)
                .unwrap();
        }
    }
    let clock = ManualClock::at(0);
    let group = group(rule);
    let world = BacktestWorld {
        engine: &PromEngine::new(Options::default(), Arc::new(ManualClock::at(0))),
        view: &memory,
        context: &ReadContext::default(),
        signals: None,
        clock: &clock,
        external_labels: &Labels::default(),
        external_url: "",
        query_offset_ms: 0,
        interval_ms: 30_000,
    };
    let time = BEGIN_MS + (minutes * 60_000.0) as i64;
    (explain(&group, 0, time, world).unwrap(), group)
}

const HIGH: &str = "{alert: High, expr: m > 5, for: 2m}";

#[test]
fn below_pending_firing() {
    let (below, group) = at(HIGH, 5.0);
    let slot = Schedule::new(&group, 30_000, 0).slot_at(BEGIN_MS + 300_000);
    assert_eq!(below.evaluated_at_ms, slot);
    assert_eq!(
        below.verdict,
        "it did not fire: the nearest value was 1, the condition is > 5"
    );
    assert_eq!((below.selectors[0].series, below.alerts.len()), (2, 2));
    let sample = &below.selectors[0].samples[0];
    assert_eq!((sample.value, sample.labels.value("a")), (Some(1.0), "x"));
    assert!((0..15_000).contains(&sample.age_ms));

    let (pending, _) = at(HIGH, 11.0);
    assert!(
        pending
            .verdict
            .starts_with("it did not fire yet: the condition held since 2020-09-13T")
    );
    let first = &pending.alerts[0];
    assert_eq!(first.labels.value("alertname"), "High");
    assert_eq!(
        (first.value, first.holds, first.state),
        (Some(9.0), true, AlertState::Pending)
    );
    let active = first.active_at_ms.unwrap();
    assert_eq!(first.fires_at_ms, Some(active + 120_000));
    assert_eq!(
        (pending.alerts[1].holds, pending.alerts[1].value),
        (false, Some(2.0))
    );

    let (firing, _) = at(HIGH, 15.0);
    assert!(
        firing
            .verdict
            .starts_with("it fired for one label set, the first since 2020-")
    );
    assert_eq!(firing.alerts[0].state_before, AlertState::Firing);
    assert_eq!(firing.alerts[0].fires_at_ms, Some(active + 120_000));
}

#[test]
fn without_data_switched_off_and_failing() {
    let (none, _) = at("{alert: A, expr: 'm{a=\"z\"} > 5'}", 5.0);
    assert_eq!(
        none.verdict,
        "it did not fire: m{a=\"z\"} finds no series: a is one of x, y"
    );
    let (off, _) = at("{alert: A, expr: m > 0, enabled: false}", 5.0);
    assert_eq!(off.verdict, "it did not fire: the rule is switched off");
    let (failing, _) = at("{alert: A, expr: 'm + on () m'}", 5.0);
    assert!(
        failing.verdict.starts_with("the evaluation failed: "),
        "{}",
        failing.verdict
    );
    let (late, _) = at(HIGH, 300.0);
    assert_eq!(
        late.verdict,
        "it did not fire: m finds series, but no sample of this time"
    );
}
