//! One evaluation: stage by stage ask, take the answers in, store what they give.

use super::alert::AlertState;
use super::machine::{Change, Step};
use super::state::{Action, RuleState};
use super::{Evaluation, GroupState, Health, Surroundings};
use crate::evaluate::{Answer, Ask, Evaluate, Refused, RuleSample};
use crate::expand::Expander;
use crate::rule::{Expression, NoData, Rule, RuleGroup};
use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;
use tacho_model::labels::Labels;
use tacho_model::sample::{SampleValue, is_stale, stale_nan};

/// Most warnings of a rule that are kept.
const WARNINGS_MAX: usize = 10;
/// The label of an alert that stands for missing data.
pub const NO_DATA_LABEL: &str = "no_data";

type World<'a> = (&'a dyn Evaluate, &'a Surroundings<'a>);

/// What holds during one evaluation.
pub(super) struct Run<'a> {
    pub(super) group: Arc<RuleGroup>,
    pub(super) probes: Arc<[Option<Expression>]>,
    pub(super) engine: &'a dyn Evaluate,
    pub(super) surroundings: &'a Surroundings<'a>,
    pub(super) at_ms: i64,
    /// For what time queries are asked and samples are given.
    pub(super) sample_ms: i64,
    pub(super) interval_ms: i64,
    /// External labels or the URL have changed.
    pub(super) fresh: bool,
    pub(super) expander: Expander,
    pub(super) evaluation: Evaluation,
}

/// What was answered to a rule.
#[derive(Default)]
struct Answered {
    main: Option<Result<Answer, String>>,
    probe: Option<Result<Answer, String>>,
}

/// Samples of a rule among those of its stage.
struct Given {
    rule: usize,
    samples: Range<usize>,
}

/// Evaluates all rules, or those of `only`.
pub(super) fn run(
    state: &mut GroupState,
    at_ms: i64,
    only: Option<&[usize]>,
    (engine, surroundings): World<'_>,
) -> Evaluation {
    let started_ns = surroundings.clock.monotonic_ns();
    let group = Arc::clone(&state.group);
    let offset_ms = group
        .query_offset_ms
        .unwrap_or(surroundings.query_offset_ms);
    let fresh = state.expanded_with.0 != *surroundings.external_labels
        || state.expanded_with.1 != surroundings.external_url;
    let mut run = Run {
        group,
        probes: Arc::clone(&state.probes),
        engine,
        surroundings,
        at_ms,
        sample_ms: at_ms.saturating_sub(offset_ms),
        interval_ms: state.interval_ms,
        fresh,
        expander: Expander::new(
            surroundings.external_labels,
            surroundings.external_url,
            at_ms,
        ),
        evaluation: Evaluation::default(),
    };
    let stages = std::mem::take(&mut state.stages);
    for stage in &stages {
        let wanted = |rule: &&usize| only.is_none_or(|only| only.contains(rule));
        let rules: Vec<usize> = stage.iter().filter(wanted).copied().collect();
        let rules = run.admitted(&mut state.rules, rules);
        run.stage(&mut state.rules, &rules);
    }
    state.stages = stages;
    if only.is_none() {
        run.end_series(&mut state.stale);
        if fresh {
            let labels = surroundings.external_labels.clone();
            state.expanded_with = (labels, surroundings.external_url.to_owned());
        }
    }
    let mut evaluation = run.evaluation;
    evaluation.duration_ns = surroundings.clock.monotonic_ns() - started_ns;
    evaluation
}

/// Stale markers that end these series.
pub fn stale_markers(series: impl IntoIterator<Item = Labels>, at_ms: i64) -> Vec<RuleSample> {
    series
        .into_iter()
        .map(|labels| RuleSample {
            labels,
            time_ms: at_ms,
            value: SampleValue::Float(stale_nan()),
        })
        .collect()
}

impl Run<'_> {
    /// The rules that are evaluated: not those that were, for a later time.
    fn admitted(&mut self, states: &mut [RuleState], rules: Vec<usize>) -> Vec<usize> {
        let mut admitted = Vec::with_capacity(rules.len());
        for rule in rules {
            let Some(state) = states.get_mut(rule) else {
                continue;
            };
            let behind_ms = state.last_at_ms.map_or(-1, |last| last - self.at_ms);
            if behind_ms > self.interval_ms {
                // The clock was set back: as if one interval had passed.
                if let Action::Alert { machine, .. } = &mut state.action {
                    machine.shift(-behind_ms - self.interval_ms);
                }
            } else if behind_ms >= 0 {
                self.evaluation.skipped += 1;
                continue;
            }
            state.last_at_ms = Some(self.at_ms);
            admitted.push(rule);
        }
        admitted
    }

    fn stage(&mut self, states: &mut [RuleState], rules: &[usize]) {
        let mut samples: Vec<RuleSample> = Vec::new();
        let mut given: Vec<Given> = Vec::new();
        let mut returned: Vec<HashSet<Labels>> = Vec::new();
        for (&at, answered) in rules.iter().zip(self.ask(rules)) {
            let Some(state) = states.get_mut(at) else {
                continue;
            };
            let first = samples.len();
            let Some(series) = self.rule(at, state, answered, &mut samples) else {
                continue;
            };
            self.evaluation.samples += samples.len() - first;
            given.push(Given {
                rule: at,
                samples: first..samples.len(),
            });
            let gone = state.previous.iter().filter(|it| !series.contains(*it));
            samples.extend(stale_markers(gone.cloned(), self.sample_ms));
            returned.push(series);
        }
        let refused = if samples.is_empty() {
            Vec::new()
        } else {
            let labels: Vec<Labels> = samples.iter().map(|it| it.labels.clone()).collect();
            let refused = self.engine.append(samples);
            let with_labels = |it: Refused| (labels.get(it.index).cloned(), it);
            refused.into_iter().map(with_labels).collect()
        };
        for (given, mut series) in given.into_iter().zip(returned) {
            let Some(state) = states.get_mut(given.rule) else {
                continue;
            };
            for (labels, refused) in &refused {
                if given.samples.contains(&refused.index) {
                    state.status.error = Some(refused.reason.to_string());
                    labels.as_ref().map(|labels| series.remove(labels));
                }
            }
            if state.status.error.is_some() {
                state.status.health = Health::Bad;
                state.status.failures += 1;
                self.evaluation.failures += 1;
            }
            state.previous = series;
        }
    }

    /// The answers to what these rules ask, in their order.
    fn ask(&self, rules: &[usize]) -> Vec<Answered> {
        let mut asks = Vec::with_capacity(rules.len());
        let mut owners = Vec::with_capacity(rules.len());
        for (place, &at) in rules.iter().enumerate() {
            let rule = self.group.rules.get(at).filter(|rule| rule.enabled);
            let probe = self.probes.get(at).and_then(Option::as_ref);
            let Some(rule) = rule else {
                continue;
            };
            let exprs = std::iter::once(&rule.expr).chain(probe);
            for (index, expr) in exprs.enumerate() {
                let time_ms = self.sample_ms;
                asks.push(Ask { expr, time_ms });
                owners.push((place, index == 1));
            }
        }
        let mut answered: Vec<Answered> = rules.iter().map(|_| Answered::default()).collect();
        if asks.is_empty() {
            return answered;
        }
        for ((place, is_probe), answer) in owners.into_iter().zip(self.engine.instant(&asks)) {
            if let Some(answered) = answered.get_mut(place) {
                let slot = if is_probe {
                    &mut answered.probe
                } else {
                    &mut answered.main
                };
                *slot = Some(answer);
            }
        }
        answered
    }

    /// Takes the answer to a rule in. Gives the series of its samples; nothing if it failed.
    fn rule(
        &mut self,
        at: usize,
        state: &mut RuleState,
        answered: Answered,
        samples: &mut Vec<RuleSample>,
    ) -> Option<HashSet<Labels>> {
        let group = Arc::clone(&self.group);
        let rule = group.rules.get(at)?;
        let clock = self.surroundings.clock;
        let started_ns = clock.monotonic_ns();
        self.evaluation.rules += 1;
        let no_data = is_empty(answered.main.as_ref()) && is_empty(answered.probe.as_ref());
        let status = &mut state.status;
        status.evaluations += 1;
        status.evaluated_at_ms = Some(clock.now_ns() / 1_000_000);
        status.error = None;
        status.no_data = no_data;
        let answer = match answered.main {
            Some(answer) => answer,
            None if rule.enabled => Err("the query was not answered".to_owned()),
            None => Ok(Answer::default()),
        };
        let first = samples.len();
        let outcome = answer.and_then(|answer| {
            state.status.warnings = answer.warnings;
            state.status.samples_read = answer.samples_read;
            state.status.duration_ns = answer.duration_ns;
            state.status.series = answer.samples.len();
            self.take(at, rule, state, answer.samples, samples)
        });
        let status = &mut state.status;
        status.duration_ns += clock.monotonic_ns() - started_ns;
        status.warnings.truncate(WARNINGS_MAX);
        match outcome {
            Ok(()) => {
                status.health = Health::Good;
                let own = samples.get(first..).unwrap_or_default();
                Some(own.iter().map(|sample| sample.labels.clone()).collect())
            }
            Err(reason) => {
                samples.truncate(first);
                status.health = Health::Bad;
                status.error = Some(reason);
                status.failures += 1;
                self.evaluation.failures += 1;
                None
            }
        }
    }

    fn take(
        &mut self,
        at: usize,
        rule: &Rule,
        state: &mut RuleState,
        result: Vec<(Labels, SampleValue)>,
        samples: &mut Vec<RuleSample>,
    ) -> Result<(), String> {
        let count = result.len();
        if count > self.surroundings.series_max {
            let max = self.surroundings.series_max;
            return Err(format!(
                "{count} series are more than the {max} that one rule may give"
            ));
        }
        let limit = self.group.limit;
        match &mut state.action {
            Action::Record(recording) => {
                let time_ms = self.sample_ms;
                let series = recording.record(result, limit)?;
                samples.extend(series.into_iter().map(|(labels, value)| RuleSample {
                    labels,
                    time_ms,
                    value,
                }));
                Ok(())
            }
            Action::Alert {
                machine,
                instances,
                restored,
            } => {
                let no_data = state.status.no_data;
                let step = Step {
                    at_ms: self.at_ms,
                    wanted: self.wanted(rule, instances, &result, no_data),
                    keep_all: no_data && rule.no_data == NoData::Keep,
                    limit,
                };
                state.status.warnings.extend(instances.end());
                let mut changes = Vec::new();
                let outcome = machine.step(rule, step, &mut changes);
                self.note(at, changes);
                outcome?;
                self.tell(at, rule, machine);
                if *restored {
                    self.alert_series(machine, instances, samples);
                }
                Ok(())
            }
        }
    }

    fn note(
        &mut self,
        rule: usize,
        mut changes: Vec<(Labels, Option<AlertState>, AlertState, f64)>,
    ) {
        // by alert, the order of their states kept
        changes.sort_by(|one, two| one.0.cmp(&two.0));
        let at_ms = self.at_ms;
        let changes = changes.into_iter().map(|(labels, from, to, value)| Change {
            rule,
            labels,
            from,
            to,
            value,
            at_ms,
        });
        self.evaluation.changes.extend(changes);
    }

    /// Ends the series of rules that are not there any more.
    fn end_series(&mut self, stale: &mut Vec<Labels>) {
        if stale.is_empty() {
            return;
        }
        let markers = stale_markers(std::mem::take(stale), self.sample_ms);
        debug_assert!(markers.iter().all(|marker| match &marker.value {
            SampleValue::Float(value) => is_stale(*value),
            SampleValue::Histogram(_) => false,
        }));
        // Refused are those that another rule has given a sample for: they have not ended.
        drop(self.engine.append(markers));
    }
}

fn is_empty(answer: Option<&Result<Answer, String>>) -> bool {
    matches!(answer, Some(Ok(answer)) if answer.samples.is_empty())
}
