//! Why did a rule fire, or not fire, at a time (N14)? The samples that it saw, the value it compared, the
//! state before and after, and a sentence. Silences and routes are added by who knows them.
//!
//! The state is worked out from stored data as a back-test does, so it can be asked of any time that is
//! stored.

use crate::backtest::{BacktestWorld, focused, state_at};
use crate::condition::threshold::{Threshold, threshold_of};
use crate::error::{Error, Result};
use crate::group::GroupState;
use crate::group::alert::{ActiveAlert, AlertState};
use crate::rule::{Expression, Rule, RuleGroup};
use crate::selector::{Selector, failed, selectors_of};
use std::collections::BTreeMap;
use tacho_model::labels::{Labels, METRIC_NAME};
use tacho_model::sample::{SampleColumns, SampleValue, is_stale};
use tacho_query::promql::engine::{Query, QueryContext};
use tacho_query::promql::prepare::Times;
use tacho_query::promql::result::Value;

mod words;

/// Series of a selector that are shown.
const SERIES_SHOWN: usize = 20;
/// Series of a selector that are looked for.
const SERIES_MAX: usize = 10_000;
/// Label sets that are shown.
const ALERTS_SHOWN: usize = 50;

/// Why a rule did or did not fire. Times are ms.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The evaluation at or before the time asked for.
    pub evaluated_at_ms: i64,
    /// The time for which its query was asked: earlier by the offset of the group.
    pub queried_at_ms: i64,
    /// In one sentence.
    pub verdict: String,
    /// The reasons, in order.
    pub steps: Vec<String>,
    /// What it compares with, if that is one number.
    pub threshold: Option<Threshold>,
    /// What its selectors found.
    pub selectors: Vec<SelectorSeen>,
    /// Label sets: those that hold first, at most 50.
    pub alerts: Vec<AlertSeen>,
    /// Label sets that were left out.
    pub alerts_dropped: usize,
    /// Why the evaluation failed.
    pub error: Option<String>,
}

/// What a selector found.
#[derive(Debug, Clone, PartialEq)]
pub struct SelectorSeen {
    /// The selector, PromQL.
    pub text: String,
    /// Series that it found.
    pub series: usize,
    /// The newest sample of each, at most 20.
    pub samples: Vec<SampleSeen>,
    /// Why it found nothing.
    pub missing: Option<String>,
}

/// A sample that an evaluation saw.
#[derive(Debug, Clone, PartialEq)]
pub struct SampleSeen {
    /// Its series.
    pub labels: Labels,
    /// Its time.
    pub time_ms: i64,
    /// How old it was.
    pub age_ms: i64,
    /// Its value; nothing for a histogram.
    pub value: Option<f64>,
    /// The series had ended.
    pub ended: bool,
}

/// A label set of a rule.
#[derive(Debug, Clone, PartialEq)]
pub struct AlertSeen {
    /// Labels of the alert; of the series, where there is none.
    pub labels: Labels,
    /// The left side of the comparison, or the value.
    pub value: Option<f64>,
    /// Whether the condition held.
    pub holds: bool,
    /// At the evaluation before.
    pub state_before: AlertState,
    /// After this one.
    pub state: AlertState,
    /// Since when the condition held.
    pub active_at_ms: Option<i64>,
    /// Since when it fires, or from when on if it goes on.
    pub fires_at_ms: Option<i64>,
}

/// Explains a rule, by its position in its group, at a time.
///
/// # Errors
/// If there is no such rule, the context is cancelled, or series cannot be read.
pub fn explain(
    group: &RuleGroup,
    rule: usize,
    time_ms: i64,
    world: BacktestWorld<'_>,
) -> Result<Explanation> {
    let unknown = || Error::invalid(format!("group {:?} has no rule {rule}", group.name));
    let (group, rule) = focused(group, rule).ok_or_else(unknown)?;
    let group_rule = group.rules.get(rule).ok_or_else(unknown)?;
    let mut states = States::default();
    let evaluated_at_ms = state_at(&group, time_ms, world, |_, state| states.take(rule, state))?;
    let offset_ms = group.query_offset_ms.unwrap_or(world.query_offset_ms);
    let queried_at_ms = evaluated_at_ms.saturating_sub(offset_ms);
    let interval_ms = group.interval_ms.unwrap_or(world.interval_ms).max(1);
    let expr = group_rule.expr.promql();
    let mut explanation = Explanation {
        evaluated_at_ms,
        queried_at_ms,
        verdict: String::new(),
        steps: Vec::new(),
        threshold: expr.and_then(threshold_of),
        selectors: Vec::new(),
        alerts: Vec::new(),
        alerts_dropped: 0,
        error: states.error.clone(),
    };
    if let Some(expr) = expr {
        let lookback_ms = world.engine.options().lookback_ms;
        for selector in selectors_of(expr, lookback_ms, Times::instant(queried_at_ms))? {
            let seen = seen_by(&selector, queried_at_ms, &world)?;
            explanation.selectors.push(seen);
        }
    }
    let values = Values::at(
        group_rule,
        explanation.threshold.as_ref(),
        queried_at_ms,
        &world,
    );
    explanation.alerts = alerts(group_rule, &states, &values, interval_ms);
    explanation.alerts_dropped = explanation.alerts.len().saturating_sub(ALERTS_SHOWN);
    explanation.tell(group_rule);
    explanation.alerts.truncate(ALERTS_SHOWN);
    Ok(explanation)
}

/// The alerts of a rule before and after the evaluation.
#[derive(Default)]
struct States {
    before: BTreeMap<Labels, ActiveAlert>,
    after: BTreeMap<Labels, ActiveAlert>,
    error: Option<String>,
}

impl States {
    fn take(&mut self, rule: usize, state: &GroupState) {
        let alerts = state.alerts().into_iter().filter(|(at, _)| *at == rule);
        let now = alerts.map(|(_, alert)| (alert.labels.clone(), alert.clone()));
        self.before = std::mem::replace(&mut self.after, now.collect());
        self.error = state
            .rule_status(rule)
            .and_then(|status| status.error.clone());
    }
}

/// What the expression and the left side of its comparison gave, by labels without the name.
#[derive(Default)]
struct Values {
    left: BTreeMap<Labels, Option<f64>>,
    holds: BTreeMap<Labels, Option<f64>>,
}

impl Values {
    /// Empty where a query fails: the evaluation tells why.
    fn at(
        rule: &Rule,
        threshold: Option<&Threshold>,
        time_ms: i64,
        world: &BacktestWorld<'_>,
    ) -> Self {
        let ask = |query: &Query| -> BTreeMap<Labels, Option<f64>> {
            let context = QueryContext::new(world.context);
            match world.engine.instant(world.view, query, time_ms, context) {
                Ok(result) => by_labels(result.value),
                Err(_) => BTreeMap::new(),
            }
        };
        let holds = match &rule.expr {
            Expression::PromQl(query) => ask(query),
            Expression::Signal(query) => {
                let found = world
                    .signals
                    .map(|signals| signals.evaluate(query, time_ms));
                let samples = found.and_then(std::result::Result::ok).unwrap_or_default();
                samples
                    .into_iter()
                    .map(|sample| (sample.labels, Some(sample.value)))
                    .collect()
            }
        };
        let left = threshold.and_then(|it| Query::parse(&it.left_text).ok());
        Self {
            left: left.map(|query| ask(&query)).unwrap_or_default(),
            holds,
        }
    }
}

fn by_labels(value: Value) -> BTreeMap<Labels, Option<f64>> {
    match value {
        Value::Vector(samples) => samples
            .into_iter()
            .map(|sample| {
                let labels = sample.labels.filtered(|name| name != METRIC_NAME);
                (labels, float(&sample.value))
            })
            .collect(),
        Value::Scalar { value, .. } => [(Labels::default(), Some(value))].into(),
        _ => BTreeMap::new(),
    }
}

fn float(value: &SampleValue) -> Option<f64> {
    match value {
        SampleValue::Float(value) => Some(*value),
        SampleValue::Histogram(_) => None,
    }
}

/// Label sets of all sources, those that hold first.
fn alerts(rule: &Rule, states: &States, values: &Values, interval_ms: i64) -> Vec<AlertSeen> {
    let mut found: Vec<AlertSeen> = Vec::new();
    let mut met: Vec<Labels> = Vec::new();
    let series = values.left.iter().chain(
        values
            .holds
            .iter()
            .filter(|(labels, _)| !values.left.contains_key(*labels)),
    );
    for (labels, value) in series {
        let holds = values.holds.contains_key(labels);
        let alert = states.after.iter().find(|(of_alert, alert)| {
            alert.state != AlertState::Inactive && is_part(labels, of_alert)
        });
        let key = match alert.filter(|_| holds) {
            Some((of_alert, _)) => of_alert.clone(),
            None => labels.clone(),
        };
        met.push(key.clone());
        found.push(seen(rule, states, key, interval_ms, (*value, holds)));
    }
    for (labels, alert) in &states.after {
        if alert.state != AlertState::Inactive && !met.contains(labels) {
            found.push(seen(
                rule,
                states,
                labels.clone(),
                interval_ms,
                (None, false),
            ));
        }
    }
    found.sort_by_key(|alert| (std::cmp::Reverse(alert.state), !alert.holds));
    found
}

fn seen(
    rule: &Rule,
    states: &States,
    labels: Labels,
    interval_ms: i64,
    (value, holds): (Option<f64>, bool),
) -> AlertSeen {
    let state_of = |alerts: &BTreeMap<Labels, ActiveAlert>| {
        alerts
            .get(&labels)
            .map_or(AlertState::Inactive, |alert| alert.state)
    };
    let alert = states
        .after
        .get(&labels)
        .filter(|alert| alert.state != AlertState::Inactive);
    let fires_at = |alert: &ActiveAlert| {
        let waits = rule.for_ms.max(0);
        let steps = (waits + interval_ms - 1) / interval_ms;
        alert
            .fired_at_ms
            .unwrap_or(alert.active_at_ms.saturating_add(steps * interval_ms))
    };
    AlertSeen {
        value,
        holds,
        state_before: state_of(&states.before),
        state: state_of(&states.after),
        active_at_ms: alert.map(|alert| alert.active_at_ms),
        fires_at_ms: alert.map(fires_at),
        labels,
    }
}

/// Whether all labels of a series are those of an alert.
fn is_part(series: &Labels, alert: &Labels) -> bool {
    series
        .iter()
        .all(|(name, value)| alert.get(name) == Some(value))
}

fn seen_by(selector: &Selector, time_ms: i64, world: &BacktestWorld<'_>) -> Result<SelectorSeen> {
    let range = selector.range_at(time_ms);
    let found = selector.find(world.view, range, SERIES_MAX, world.context)?;
    let mut columns = SampleColumns::default();
    let mut samples = Vec::new();
    let mut series = 0;
    for one in &found {
        let read = |out: &mut SampleColumns| one.data.read_newest(range.0, range.1, out);
        read(&mut columns).map_err(failed)?;
        let Some(row) = columns.len().checked_sub(1) else {
            continue;
        };
        series += 1;
        if samples.len() >= SERIES_SHOWN {
            continue;
        }
        let (time, value) = (columns.times[row], columns.values[row]);
        let is_histogram = columns.histogram(row).is_some();
        samples.push(SampleSeen {
            labels: one.labels.clone(),
            time_ms: time,
            age_ms: time_ms.saturating_sub(time),
            value: (!is_histogram && !is_stale(value)).then_some(value),
            ended: !is_histogram && is_stale(value),
        });
    }
    let missing = if series == 0 {
        // what was there within a day tells more than what is there now
        let day = (range.0.saturating_sub(86_400_000), range.1);
        let why = selector.missing(world.view, day, world.context)?;
        Some(why.unwrap_or_else(|| {
            format!("{} finds series, but no sample of this time", selector.text)
        }))
    } else {
        None
    };
    Ok(SelectorSeen {
        text: selector.text.clone(),
        series,
        samples,
        missing,
    })
}

#[cfg(test)]
mod tests;
