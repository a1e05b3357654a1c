//! Rules as they are written and as they fare to the shapes of the API, and rules of the API as they are
//! written.

use super::alert::{to_severity, to_time};
use crate::alerts::board::RuleAt;
use crate::alerts::chart::left_of;
use crate::alerts::sources::BLOCK_NAME;
use crate::alerts::unit::unit_of;
use std::collections::BTreeMap;
use tacho_api::rule::{
    NoDataPolicy, Rule, RuleDefinition, RuleHealth, RuleKind, RuleOrigin, RuleProblem, RuleState,
};
use tacho_model::alert::SEVERITY;
use tacho_model::severity::Severity;
use tacho_model::signal::Signal;
use tacho_rules::condition::MetricFacts;
use tacho_rules::condition::threshold::Threshold;
use tacho_rules::group::Health;
use tacho_rules::group::alert::AlertState;
use tacho_rules::own::{Definition, DefinitionProblem};
use tacho_rules::rule::{NoData, Rule as ModelRule, Source, SourceKind};
use tacho_rules::signal_rule::SignalText;

/// What rules are told with.
pub struct Surroundings<'a> {
    /// Rules as they are written, by id.
    pub definitions: &'a BTreeMap<String, Definition>,
    /// Versions of rules of the editor, by id.
    pub versions: &'a BTreeMap<String, u64>,
    /// When alerts last began to fire, by name, ms.
    pub fired: &'a BTreeMap<String, i64>,
    /// Units of metrics.
    pub facts: &'a MetricFacts,
    /// Now, ms.
    pub now_ms: i64,
}

/// A rule as it is written; a comparison that is written as fields comes as PromQL.
pub fn to_definition(written: &Definition, rule: &ModelRule) -> RuleDefinition {
    let by_fields = !written.operator.is_empty();
    let mut labels = written.labels.clone();
    labels.remove(SEVERITY);
    RuleDefinition {
        name: written.name.clone(),
        kind: match written.records {
            true => RuleKind::Recording,
            false => RuleKind::Alerting,
        },
        group: written.group_name().to_owned(),
        expr: match by_fields {
            true => rule.expr.text().to_owned(),
            false => written.expr.clone(),
        },
        metric: match by_fields {
            true => String::new(),
            false => written.metric.clone(),
        },
        condition: match by_fields {
            true => String::new(),
            false => written.condition.clone(),
        },
        signal: match written.query.as_ref().map(|query| query.signal) {
            Some(Signal::Spans) => "traces",
            Some(Signal::Logs) => "logs",
            _ => "metrics",
        }
        .to_owned(),
        query: written
            .query
            .as_ref()
            .map(|query| query.text.clone())
            .unwrap_or_default(),
        window_ms: written.window_ms.map(|ms| ms as f64),
        for_ms: written.for_ms as f64,
        keep_firing_for_ms: written.keep_firing_for_ms as f64,
        interval_ms: written.interval_ms.map(|ms| ms as f64),
        on_arrival: written.on_arrival,
        severity: written.severity().to_owned(),
        labels,
        annotations: written.annotations.clone(),
        enabled: Some(written.enabled),
        cooldown_ms: written.cooldown_ms as f64,
        no_data: match written.no_data {
            NoData::Ok => NoDataPolicy::Ok,
            NoData::Alert => NoDataPolicy::Alert,
            NoData::Keep => NoDataPolicy::Keep,
        },
        receivers: written.receivers.clone(),
        tags: written.tags.clone(),
    }
}

/// A rule of the API as it is to be written; what the API does not know of stays as it was before.
///
/// # Errors
/// If the signal is not known or a time is no time.
pub fn from_definition(
    given: &RuleDefinition,
    before: Option<&Definition>,
) -> Result<Definition, RuleProblem> {
    let mut written = before
        .cloned()
        .unwrap_or_else(|| Definition::new(&given.name));
    let ms = |field: &str, value: f64| {
        let fits = value.is_finite() && (0.0..1e15).contains(&value);
        fits.then_some(value.round() as i64)
            .ok_or_else(|| problem(field, format!("{value} ms is no duration")))
    };
    let maybe = |field: &str, value: Option<f64>| value.map(|value| ms(field, value)).transpose();
    written.name = given.name.trim().to_owned();
    given.group.trim().clone_into(&mut written.group);
    written.records = given.kind == RuleKind::Recording;
    written.expr = given.expr.trim().to_owned();
    written.metric = given.metric.trim().to_owned();
    written.condition = given.condition.trim().to_owned();
    written.operator.clear();
    written.threshold = None;
    written.query = query_of(given)?;
    written.window_ms = maybe("windowMs", given.window_ms)?;
    written.for_ms = ms("forMs", given.for_ms)?;
    written.keep_firing_for_ms = ms("keepFiringForMs", given.keep_firing_for_ms)?;
    written.interval_ms = maybe("intervalMs", given.interval_ms)?;
    written.cooldown_ms = ms("cooldownMs", given.cooldown_ms)?;
    written.labels.clone_from(&given.labels);
    if !given.severity.trim().is_empty() {
        let severity = given.severity.trim().to_owned();
        written.labels.insert(SEVERITY.to_owned(), severity);
    }
    written.annotations.clone_from(&given.annotations);
    written.annotations.retain(|_, text| !text.is_empty());
    written.enabled = given.enabled.unwrap_or(true);
    written.on_arrival = given.on_arrival;
    written.no_data = match given.no_data {
        NoDataPolicy::Ok => NoData::Ok,
        NoDataPolicy::Alert => NoData::Alert,
        NoDataPolicy::Keep => NoData::Keep,
    };
    written.receivers.clone_from(&given.receivers);
    written.tags.clone_from(&given.tags);
    Ok(written)
}

fn query_of(given: &RuleDefinition) -> Result<Option<SignalText>, RuleProblem> {
    let text = given.query.trim().to_owned();
    let signal = match given.signal.as_str() {
        "" | "metrics" if text.is_empty() => return Ok(None),
        "traces" => Signal::Spans,
        "logs" => Signal::Logs,
        "" | "metrics" => {
            return Err(problem(
                "query",
                "a query needs the signal traces or logs".to_owned(),
            ));
        }
        other => {
            let mut wrong = problem("signal", format!("signal {other:?} is not known"));
            wrong.hint = Some("takes metrics, traces or logs".to_owned());
            return Err(wrong);
        }
    };
    Ok(Some(SignalText { signal, text }))
}

/// Something that is wrong with a field.
pub fn problem(field: &str, message: String) -> RuleProblem {
    RuleProblem {
        field: field.to_owned(),
        message,
        ..RuleProblem::default()
    }
}

/// What is wrong with a definition.
pub fn to_problem(wrong: &DefinitionProblem, text: &str) -> RuleProblem {
    // Places are told in characters.
    let chars = |byte: usize| text.get(..byte).map(|before| before.chars().count());
    RuleProblem {
        field: wrong.field.to_owned(),
        message: wrong.message.clone(),
        hint: wrong.hint.clone(),
        line: None,
        start: wrong.span.as_ref().and_then(|span| chars(span.start)),
        end: wrong.span.as_ref().and_then(|span| chars(span.end)),
    }
}

/// What is wrong with a file.
pub fn to_file_problem(wrong: &tacho_yaml::problem::Problem) -> RuleProblem {
    RuleProblem {
        field: String::new(),
        message: wrong.message.clone(),
        hint: wrong.hint.clone(),
        line: (wrong.line > 0).then_some(wrong.line),
        start: None,
        end: None,
    }
}

/// Where a rule comes from.
pub fn to_origin(source: &Source) -> RuleOrigin {
    match source.kind {
        SourceKind::Builtin => RuleOrigin::Builtin,
        SourceKind::Api => RuleOrigin::Editor,
        SourceKind::Own if source.file.as_ref() == BLOCK_NAME => RuleOrigin::Configuration,
        SourceKind::Own | SourceKind::Prometheus | SourceKind::Grafana => RuleOrigin::File,
    }
}

/// The operator of a threshold.
pub fn to_operator(threshold: &Threshold) -> String {
    threshold.op.text().to_owned()
}

/// How a rule stands.
pub fn to_state(state: AlertState) -> RuleState {
    match state {
        AlertState::Inactive => RuleState::Inactive,
        AlertState::Pending => RuleState::Pending,
        AlertState::Firing => RuleState::Firing,
    }
}

impl Surroundings<'_> {
    /// A rule and how it fares.
    pub fn to_rule(&self, at: RuleAt<'_>) -> Option<Rule> {
        let rule = at.rule()?;
        let group = &at.group.rules;
        let id = rule.id.as_str();
        let written = self.definitions.get(id);
        let usual = || Definition::of(rule, group);
        let written = written.cloned().unwrap_or_else(usual);
        let origin = to_origin(&group.source);
        let editable = origin == RuleOrigin::Editor;
        let threshold = at.threshold();
        let severity = group.severity_of(rule).unwrap_or(Severity::Info);
        let unit = rule
            .expr
            .promql()
            .and_then(|expr| unit_of(expr, self.facts));
        let file = (origin != RuleOrigin::Builtin).then(|| match rule.line {
            0 => group.source.file.to_string(),
            line => format!("{}:{line}", group.source.file),
        });
        let mut shape = Rule {
            id: id.to_owned(),
            definition: to_definition(&written, rule),
            origin,
            file,
            editable,
            version: self.versions.get(id).copied().filter(|_| editable),
            severity: to_severity(severity),
            threshold: threshold
                .map(|one| one.value)
                .filter(|value| value.is_finite()),
            operator: threshold.map(to_operator),
            chart_expr: left_of(rule),
            unit,
            runbook_url: rule
                .annotations
                .get("runbook_url")
                .cloned()
                .or_else(|| rule.runbook.clone()),
            last_fired_at: self.fired.get(rule.name()).copied().map(to_time),
            ..Rule::default()
        };
        self.add_state(&mut shape, at, rule);
        Some(shape)
    }

    fn add_state(&self, shape: &mut Rule, at: RuleAt<'_>, rule: &ModelRule) {
        shape.interval_ms = at.seen.interval_ms as f64;
        if !rule.enabled {
            shape.state = RuleState::Disabled;
            return;
        }
        let next_ms = at.group.schedule.lock().next_due(self.now_ms);
        shape.next_evaluation_at = Some(to_time(next_ms.max(self.now_ms)));
        let Some(seen) = at.seen.rules.get(at.place) else {
            return;
        };
        let status = &seen.status;
        shape.state = match seen.state {
            Some(state) if state != AlertState::Inactive => to_state(state),
            _ if status.no_data => RuleState::NoData,
            _ => RuleState::Inactive,
        };
        shape.health = match status.health {
            Health::Unknown => RuleHealth::Unknown,
            Health::Good => RuleHealth::Ok,
            Health::Bad => RuleHealth::Error,
        };
        shape.error.clone_from(&status.error);
        shape.warnings.clone_from(&status.warnings);
        shape.last_evaluation_at = status.evaluated_at_ms.map(to_time);
        shape.evaluation_ms = status
            .evaluated_at_ms
            .map(|_| status.duration_ns as f64 / 1e6);
        shape.pending = seen.pending;
        shape.firing = seen.firing;
    }
}
