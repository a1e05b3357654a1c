//! Groups that are evaluated over results written out.

use super::alert::AlertState;
use super::restore::RestoreOptions;
use super::{Evaluation, GroupState, Health, RESEND_DELAY_MS, Start, Surroundings};
use crate::evaluate::{Answer, Ask, Evaluate, Refused, RuleSample};
use crate::file::{ReadOptions, read};
use crate::rule::{NoData, RuleGroup, Source, SourceKind};
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;
use tacho_model::labels::Labels;
use tacho_model::sample::{SampleValue, is_stale};
use tacho_stdx::clock::ManualClock;

const MINUTE: i64 = 60_000;

/// Gives what was set for a query, and keeps what was stored.
#[derive(Default)]
struct World {
    results: RefCell<HashMap<String, Vec<(Labels, SampleValue)>>>,
    stored: RefCell<Vec<RuleSample>>,
    refuses: Option<&'static str>,
}

impl World {
    /// Series are written `name=value,…:number`.
    fn set(&self, query: &str, series: &[&str]) {
        let read = |text: &&str| {
            let (labels, value) = text.split_once(':').unwrap();
            let pairs = labels.split(',').filter_map(|pair| pair.split_once('='));
            let value = SampleValue::Float(value.parse().unwrap());
            (Labels::from_pairs(pairs), value)
        };
        let series = series.iter().map(read).collect();
        self.results.borrow_mut().insert(query.to_owned(), series);
    }

    /// What was stored since, without the times.
    fn stored(&self) -> Vec<String> {
        let samples = self.stored.take();
        let print = |sample: &RuleSample| match &sample.value {
            SampleValue::Float(value) if is_stale(*value) => format!("{} stale", sample.labels),
            SampleValue::Float(value) => format!("{} {value}", sample.labels),
            SampleValue::Histogram(_) => format!("{} histogram", sample.labels),
        };
        samples.iter().map(print).collect()
    }
}

impl Evaluate for World {
    fn instant(&self, asks: &[Ask<'_>]) -> Vec<Result<Answer, String>> {
        let results = self.results.borrow();
        let answer = |ask: &Ask<'_>| match results.get(ask.expr.text()) {
            Some(samples) => Ok(Answer {
                samples: samples.clone(),
                ..Answer::default()
            }),
            None => Err(format!("nothing is known of {}", ask.expr.text())),
        };
        asks.iter().map(answer).collect()
    }

    fn append(&self, samples: Vec<RuleSample>) -> Vec<Refused> {
        let refused = match self.refuses {
            Some(reason) => (0..samples.len())
                .map(|index| Refused {
                    index,
                    reason: reason.into(),
                })
                .collect(),
            None => Vec::new(),
        };
        self.stored.borrow_mut().extend(samples);
        refused
    }
}

/// Rules in the shape of a file, indented by two.
fn group(rules: &str) -> RuleGroup {
    let text = format!("groups:\n- name: g\n{rules}");
    let source = Source::new(SourceKind::Prometheus, "a.yml");
    let file = read(&text, &source, ReadOptions::default()).unwrap();
    file.groups.into_iter().next().unwrap()
}

fn state(group: RuleGroup) -> GroupState {
    let start = Start {
        interval_ms: MINUTE,
        restores: false,
    };
    GroupState::new(Arc::new(group), start)
}

fn evaluate(state: &mut GroupState, world: &World, minute: i64) -> Evaluation {
    let clock = ManualClock::at(minute * MINUTE * 1_000_000);
    let surroundings = Surroundings {
        external_labels: &Labels::from_pairs([("site", "x")]),
        external_url: "http://h",
        clock: &clock,
        query_offset_ms: 0,
        resend_delay_ms: RESEND_DELAY_MS,
        series_max: 100,
        generator_url: &|_, rule| format!("http://h/{}", rule.name()),
    };
    state.evaluate(minute * MINUTE, world, &surroundings)
}

fn states(state: &GroupState) -> Vec<AlertState> {
    state
        .alerts()
        .iter()
        .map(|(_, alert)| alert.state)
        .collect()
}

const DOWN: &str = "
  rules:
  - alert: Down
    expr: a
    for: 2m
    labels: {severity: page}
    annotations: {summary: '{{ $labels.job }} is {{ $value }}', plain: '{{ $labels.job }}'}
";

#[test]
fn an_alert_is_pending_then_fires_then_is_over_and_kept_for_a_while() {
    let world = World::default();
    let mut state = state(group(DOWN));
    world.set("a", &["__name__=x,job=j:1"]);
    let first = evaluate(&mut state, &world, 0);
    assert!(first.told.is_empty());
    assert_eq!(first.changes.len(), 1);
    let all = r#"alertname="Down", "#;
    let rest = r#"job="j", severity="page"}"#;
    assert_eq!(
        world.stored(),
        [
            format!(r#"ALERTS{{{all}alertstate="pending", {rest} 1"#),
            format!("ALERTS_FOR_STATE{{{all}{rest} 0"),
        ]
    );
    evaluate(&mut state, &world, 1);
    world.stored();
    world.set("a", &["__name__=x,job=j:2"]);
    let fires = evaluate(&mut state, &world, 2);
    assert_eq!(
        world.stored(),
        [
            format!(r#"ALERTS{{{all}alertstate="firing", {rest} 1"#),
            format!("ALERTS_FOR_STATE{{{all}{rest} 0"),
            format!(r#"ALERTS{{{all}alertstate="pending", {rest} stale"#),
        ]
    );
    let alert = &fires.told[0].alert;
    assert_eq!(alert.labels.to_string(), format!("{{{all}{rest}"));
    assert_eq!(alert.annotations.value("summary"), "j is 2");
    assert_eq!(
        (alert.starts_at_ms, alert.ends_at_ms),
        (2 * MINUTE, 6 * MINUTE)
    );
    assert_eq!(alert.generator_url, "http://h/Down");
    // told again only after the delay
    assert_eq!(evaluate(&mut state, &world, 3).told.len(), 0);
    assert_eq!(evaluate(&mut state, &world, 4).told.len(), 1);
    world.set("a", &[]);
    let over = evaluate(&mut state, &world, 5);
    assert_eq!(over.told[0].alert.ends_at_ms, 5 * MINUTE);
    assert_eq!(states(&state), [AlertState::Inactive]);
    assert!(state.active().is_empty());
    assert_eq!(
        world
            .stored()
            .iter()
            .filter(|it| it.ends_with("stale"))
            .count(),
        2
    );
    evaluate(&mut state, &world, 20);
    assert_eq!(states(&state), [AlertState::Inactive]);
    evaluate(&mut state, &world, 21);
    assert_eq!(states(&state), [AlertState::Inactive; 0]);
}

#[test]
fn a_pending_alert_whose_series_goes_is_forgotten() {
    let world = World::default();
    let mut state = state(group(DOWN));
    world.set("a", &["job=j:1"]);
    evaluate(&mut state, &world, 0);
    world.set("a", &[]);
    let gone = evaluate(&mut state, &world, 1);
    assert_eq!(gone.changes[0].to, AlertState::Inactive);
    assert!(state.alerts().is_empty() && gone.told.is_empty());
}

#[test]
fn firing_is_kept_for_as_long_as_the_rule_says() {
    let world = World::default();
    let mut state = state(group(
        "  rules: [{alert: A, expr: a, keep_firing_for: 3m}]\n",
    ));
    world.set("a", &["job=j:1"]);
    evaluate(&mut state, &world, 0);
    world.set("a", &[]);
    for (minute, expected) in [
        (1, AlertState::Firing),
        (3, AlertState::Firing),
        (4, AlertState::Inactive),
    ] {
        evaluate(&mut state, &world, minute);
        assert_eq!(states(&state), [expected], "{minute}");
    }
}

#[test]
fn too_many_alerts_fail_the_rule_and_are_forgotten() {
    let world = World::default();
    let mut state = state(group(
        "  limit: 1\n  rules: [{alert: A, expr: a}, {record: r, expr: a}]\n",
    ));
    world.set("a", &["job=j:1"]);
    assert_eq!(evaluate(&mut state, &world, 0).failures, 0);
    world.stored();
    world.set("a", &["job=j:1", "job=k:1"]);
    let failed = evaluate(&mut state, &world, 1);
    assert_eq!(failed.failures, 2);
    assert!(state.alerts().is_empty() && failed.told.is_empty());
    let error = |rule| state.rule_status(rule).unwrap().error.clone().unwrap();
    assert_eq!(error(0), "exceeded limit of 1 with 2 alerts");
    assert_eq!(error(1), "exceeded limit of 1 with 2 series");
    // nothing is stored, and nothing ends
    assert!(world.stored().is_empty());
}

#[test]
fn series_that_cannot_be_told_apart_fail_the_rule() {
    let world = World::default();
    let rules = "  rules: [{alert: A, expr: a, labels: {job: x}}, {record: r, expr: a, labels: {job: x}}]\n";
    let mut state = state(group(rules));
    world.set("a", &["job=j:1"]);
    evaluate(&mut state, &world, 0);
    world.set("a", &["job=j:1", "job=k:1"]);
    evaluate(&mut state, &world, 1);
    let error = |rule| state.rule_status(rule).unwrap().error.clone().unwrap();
    let words = "vector contains metrics with the same labelset after applying";
    assert_eq!(error(0), format!("{words} alert labels"));
    assert_eq!(error(1), format!("{words} rule labels"));
    assert_eq!(states(&state), [AlertState::Firing]);
    assert_eq!(state.rule_status(0).unwrap().health, Health::Bad);
}

#[test]
fn recorded_series_end_when_they_are_gone_but_not_when_the_query_fails() {
    let world = World::default();
    let rules = "  labels: {zone: z}\n  rules: [{record: r, expr: a}]\n";
    let mut state = state(group(rules));
    world.set("a", &["__name__=a,job=j:1", "__name__=a,job=k:2"]);
    evaluate(&mut state, &world, 0);
    assert_eq!(
        world.stored(),
        [r#"r{job="j", zone="z"} 1"#, r#"r{job="k", zone="z"} 2"#]
    );
    world.results.borrow_mut().clear();
    assert_eq!(evaluate(&mut state, &world, 1).failures, 1);
    assert!(world.stored().is_empty());
    world.set("a", &["job=k:3"]);
    evaluate(&mut state, &world, 2);
    assert_eq!(
        world.stored(),
        [r#"r{job="k", zone="z"} 3"#, r#"r{job="j", zone="z"} stale"#]
    );
}

#[test]
fn samples_that_are_refused_make_the_rule_bad() {
    let world = World {
        refuses: Some("out of order"),
        ..World::default()
    };
    let mut state = state(group("  rules: [{record: r, expr: a}]\n"));
    world.set("a", &["job=j:1"]);
    assert_eq!(evaluate(&mut state, &world, 0).failures, 1);
    let status = state.rule_status(0).unwrap();
    assert_eq!(status.error.as_deref(), Some("out of order"));
    assert!(state.series().is_empty());
}

#[test]
fn a_reload_keeps_what_is_pending_and_ends_what_no_rule_gives() {
    let world = World::default();
    let rules = "  rules: [{alert: A, expr: a, for: 5m}, {record: r, expr: a}]\n";
    let mut old = state(group(rules));
    world.set("a", &["job=j:1"]);
    evaluate(&mut old, &world, 0);
    let mut new = state(group("  rules: [{alert: A, expr: a + 1, for: 2m}]\n"));
    new.copy_state(&old);
    world.set("a + 1", &["job=j:2"]);
    world.stored();
    evaluate(&mut new, &world, 2);
    assert_eq!(states(&new), [AlertState::Firing]);
    assert!(world.stored().contains(&r#"r{job="j"} stale"#.to_owned()));
    // a longer `for` makes it wait again
    let mut newer = state(group("  rules: [{alert: A, expr: a + 1, for: 10m}]\n"));
    newer.copy_state(&new);
    evaluate(&mut newer, &world, 3);
    assert_eq!(states(&newer), [AlertState::Pending]);
    assert!(world.stored().iter().all(|it| !it.contains("r{")));
}

#[test]
fn a_restart_does_not_lose_how_long_an_alert_was_pending() {
    let world = World::default();
    let start = Start {
        interval_ms: MINUTE,
        restores: true,
    };
    let rules = "  rules: [{alert: A, expr: a, for: 30m}]\n";
    let mut state = GroupState::new(Arc::new(group(rules)), start);
    world.set("a", &["job=j:1"]);
    evaluate(&mut state, &world, 100);
    assert!(!state.restore_is_due());
    evaluate(&mut state, &world, 101);
    assert!(state.restore_is_due() && world.stored().is_empty());
    // active since minute 50, down at minute 70
    let lookup = |labels: &Labels| {
        let expected = r#"ALERTS_FOR_STATE{alertname="A", job="j"}"#;
        assert_eq!(labels.to_string(), expected);
        Some((70 * MINUTE, 50.0 * 60.0))
    };
    state.restore(&lookup, 101 * MINUTE, RestoreOptions::default());
    assert!(!state.restore_is_due());
    evaluate(&mut state, &world, 110);
    assert_eq!(states(&state), [AlertState::Pending]);
    evaluate(&mut state, &world, 111);
    assert_eq!(states(&state), [AlertState::Firing]);
    assert_eq!(world.stored().len(), 5);
}

#[test]
fn a_template_that_fails_does_not_hold_the_alert_back() {
    let world = World::default();
    let rules = "  rules: [{alert: A, expr: a, annotations: {s: '{{ query \"b\" }}'}}]\n";
    let mut state = state(group(rules));
    world.set("a", &["job=j:1"]);
    let told = evaluate(&mut state, &world, 0).told;
    let text = told[0].alert.annotations.value("s").to_owned();
    assert!(text.starts_with("<error expanding template: "), "{text}");
    assert!(text.contains("nothing is known of b"), "{text}");
    let status = state.rule_status(0).unwrap();
    assert_eq!((status.health, status.warnings.len()), (Health::Good, 1));
}

#[test]
fn missing_data_are_an_alert_or_leave_alerts_alone() {
    let world = World::default();
    let mut rules =
        group("  rules: [{alert: A, expr: a > 1}, {alert: B, expr: a > 1, labels: {x: y}}]\n");
    rules.rules[0].no_data = NoData::Keep;
    rules.rules[1].no_data = NoData::Alert;
    let mut state = state(rules);
    world.set("a > 1", &["job=j:2"]);
    world.set("a", &["job=j:2"]);
    evaluate(&mut state, &world, 0);
    world.set("a > 1", &[]);
    world.set("a", &[]);
    evaluate(&mut state, &world, 1);
    let firing: Vec<String> = state
        .active()
        .iter()
        .map(|(_, alert)| alert.labels.to_string())
        .collect();
    assert_eq!(
        firing,
        [
            r#"{alertname="A", job="j"}"#,
            r#"{alertname="B", no_data="true", x="y"}"#,
        ]
    );
    world.set("a", &["job=j:0"]);
    evaluate(&mut state, &world, 2);
    assert!(state.active().is_empty());
}

#[test]
fn an_alert_does_not_fire_again_before_its_cooldown() {
    let world = World::default();
    let mut rules = group("  rules: [{alert: A, expr: a}]\n");
    rules.rules[0].cooldown_ms = 10 * MINUTE;
    let mut state = state(rules);
    for (minute, series, expected) in [
        (0, &["job=j:1"][..], AlertState::Firing),
        (1, &[], AlertState::Inactive),
        (2, &["job=j:1"], AlertState::Pending),
        (9, &["job=j:1"], AlertState::Pending),
        (10, &["job=j:1"], AlertState::Firing),
    ] {
        world.set("a", series);
        evaluate(&mut state, &world, minute);
        assert_eq!(states(&state), [expected], "{minute}");
    }
}

#[test]
fn a_rule_that_is_switched_off_asks_nothing_and_ends_its_alerts() {
    let world = World::default();
    let rules = group("  rules: [{alert: A, expr: a, keep_firing_for: 1h}]\n");
    let mut old = state(rules.clone());
    world.set("a", &["job=j:1"]);
    evaluate(&mut old, &world, 0);
    let mut off = rules;
    off.rules[0].enabled = false;
    let mut state = state(off);
    state.copy_state(&old);
    world.results.borrow_mut().clear();
    let evaluation = evaluate(&mut state, &world, 1);
    assert_eq!((evaluation.failures, evaluation.told.len()), (0, 1));
    assert_eq!(states(&state), [AlertState::Inactive]);
}

#[test]
fn earlier_times_are_passed_over_and_a_clock_that_is_set_back_is_followed() {
    let world = World::default();
    let mut state = state(group(DOWN));
    world.set("a", &["job=j:1"]);
    evaluate(&mut state, &world, 1_000);
    assert_eq!(evaluate(&mut state, &world, 1_000).skipped, 1);
    assert_eq!(evaluate(&mut state, &world, 999).skipped, 1);
    evaluate(&mut state, &world, 1_001);
    assert_eq!(states(&state), [AlertState::Pending]);
    // an hour back: another minute has passed, no more
    assert_eq!(evaluate(&mut state, &world, 941).skipped, 0);
    assert_eq!(states(&state), [AlertState::Firing]);
}

#[test]
fn more_series_than_a_rule_may_give_change_nothing() {
    let world = World::default();
    let mut state = state(group(DOWN));
    world.set("a", &["job=j:1"]);
    evaluate(&mut state, &world, 0);
    let many: Vec<String> = (0..101).map(|job| format!("job={job}:1")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    world.set("a", &many);
    assert_eq!(evaluate(&mut state, &world, 1).failures, 1);
    assert_eq!(states(&state), [AlertState::Pending]);
    let error = state.rule_status(0).unwrap().error.clone().unwrap();
    assert_eq!(
        error,
        "101 series are more than the 100 that one rule may give"
    );
}
