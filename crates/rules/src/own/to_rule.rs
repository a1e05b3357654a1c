//! Definitions to rules: short conditions are compiled, texts are judged.

use super::{Definition, DefinitionProblem};
use crate::condition::{self, Compiled, OperatorCondition, Settings};
use crate::expand;
use crate::rule::{Expression, Rule, RuleKind};
use crate::signal_rule::{SignalQuery, SignalText};
use std::time::Duration;
use tacho_model::labels::METRIC_NAME;
use tacho_query::promql::engine::Query;
use tacho_syntax::diagnostic::Diagnostic;
use tacho_syntax::promql;

const RUNBOOK_URL: &str = "runbook_url";

type Found = Vec<DefinitionProblem>;

pub(super) fn rule(
    definition: &Definition,
    settings: &Settings,
) -> Result<(Rule, Vec<String>), Found> {
    let mut found = texts(definition);
    let asked = expression(definition, settings);
    let asked = match asked {
        Ok(asked) if found.is_empty() => asked,
        Ok(_) => return Err(found),
        Err(more) => {
            found.extend(more);
            return Err(found);
        }
    };
    let name = definition.name.clone();
    let kind = if definition.records {
        RuleKind::Record { name }
    } else {
        RuleKind::Alert { name }
    };
    let mut rule = Rule::new(kind, asked.expr);
    rule.line = definition.line;
    rule.for_ms = definition.for_ms;
    rule.keep_firing_for_ms = definition.keep_firing_for_ms;
    rule.labels.clone_from(&definition.labels);
    rule.annotations.clone_from(&definition.annotations);
    rule.enabled = definition.enabled && asked.possible;
    rule.on_arrival = definition.on_arrival;
    rule.cooldown_ms = definition.cooldown_ms;
    rule.no_data = definition.no_data;
    rule.notify.clone_from(&definition.receivers);
    rule.tags.clone_from(&definition.tags);
    if !definition.id.is_empty() && !rule.tags.contains(&definition.id) {
        rule.tags.push(definition.id.clone());
    }
    let window_ms = rule.expr.signal().map(|query| query.window_ms);
    rule.evaluation_window_ms = window_ms.or(definition.window_ms).unwrap_or(0);
    rule.runbook = definition.annotations.get(RUNBOOK_URL).cloned();
    Ok((rule, asked.notes))
}

/// What a rule asks, and what was assumed.
struct Asked {
    expr: Expression,
    notes: Vec<String>,
    /// Can be evaluated: nothing that it needs is missing.
    possible: bool,
}

fn expression(definition: &Definition, settings: &Settings) -> Result<Asked, Found> {
    if let Some(query) = &definition.query {
        return signal(definition, query);
    }
    let ways = [
        ("expr", !definition.expr.is_empty()),
        ("metric", !definition.metric.is_empty()),
    ];
    if let [(_, true), (_, true)] = ways {
        let problem = problem("metric", "a rule has expr or metric, not both");
        return Err(vec![problem]);
    }
    if !definition.metric.is_empty() {
        return short(definition, settings);
    }
    let (field, text) = if definition.expr.is_empty() {
        ("condition", &definition.condition)
    } else {
        ("expr", &definition.expr)
    };
    if text.is_empty() {
        let mut problem = problem("expr", "the rule asks for nothing");
        problem.hint = Some("set expr, or metric and condition".to_owned());
        return Err(vec![problem]);
    }
    Ok(Asked {
        expr: Expression::PromQl(query(field, text)?),
        notes: Vec::new(),
        possible: true,
    })
}

fn query(field: &'static str, text: &str) -> Result<Query, Found> {
    if let Err(found) = promql::check(text) {
        return Err(found
            .into_iter()
            .map(|diagnostic| of_diagnostic(field, diagnostic))
            .collect());
    }
    Query::parse(text).map_err(|error| vec![problem(field, error.message())])
}

fn short(definition: &Definition, settings: &Settings) -> Result<Asked, Found> {
    let metric = &definition.metric;
    let compiled = match (definition.condition.as_str(), definition.threshold) {
        ("", Some(threshold)) => {
            let condition = OperatorCondition {
                metric,
                operator: &definition.operator,
                threshold,
                window: definition.window_ms.map(to_duration),
            };
            condition::compile_operator(condition, settings)
                .map_err(|diagnostic| vec![of_diagnostic("metric", diagnostic)])
        }
        ("", None) => {
            let mut problem = problem("condition", "nothing says when the metric is wrong");
            problem.hint = Some("such as condition: \"rate(5m) > 0.1\"".to_owned());
            Err(vec![problem])
        }
        (condition, _) => condition::compile(metric, condition, settings)
            .map_err(|diagnostic| vec![of_diagnostic("condition", diagnostic)]),
    };
    let (compiled, possible) = match compiled {
        Ok(compiled) => (compiled, true),
        Err(_) if lacks_budgets(definition, settings) => (never(metric)?, false),
        Err(found) => return Err(found),
    };
    Ok(Asked {
        expr: Expression::PromQl(query("condition", &compiled.expr)?),
        notes: compiled.notes,
        possible,
    })
}

/// Whether it compares with budgets and none are set, which is no fault of the rule.
fn lacks_budgets(definition: &Definition, settings: &Settings) -> bool {
    settings.budgets.is_empty()
        && definition.condition.contains("budget_limit")
        && condition::compile(&definition.metric, &definition.condition, &with_a_budget()).is_ok()
}

fn with_a_budget() -> Settings {
    Settings {
        budgets: [("any".to_owned(), 1.0)].into(),
        metrics: condition::MetricFacts::default(),
    }
}

fn never(metric: &str) -> Result<Compiled, Found> {
    let compiled = condition::compile(metric, "> 1e999", &Settings::default());
    let mut compiled = compiled.map_err(|found| vec![of_diagnostic("metric", found)])?;
    compiled.notes = vec![
        "is off: `budget_limit` is not known, because `budgets.limits` names no team".to_owned(),
    ];
    Ok(compiled)
}

fn signal(definition: &Definition, text: &SignalText) -> Result<Asked, Found> {
    let others = !definition.expr.is_empty() || !definition.metric.is_empty();
    if others {
        let message = "a rule on traces or logs has no expr and no metric";
        return Err(vec![problem("query", message)]);
    }
    if definition.records {
        return Err(vec![problem("query", "only PromQL can be recorded")]);
    }
    let query = SignalQuery::of(definition, text)?;
    Ok(Asked {
        expr: Expression::Signal(Box::new(query)),
        notes: Vec::new(),
        possible: true,
    })
}

/// What is wrong with names and templates.
fn texts(definition: &Definition) -> Found {
    let mut found = Vec::new();
    if definition.name.is_empty() {
        found.push(problem("name", "the rule has no name"));
    }
    if definition.records {
        recording(definition, &mut found);
    }
    for name in definition.labels.keys() {
        if name.is_empty() || name == METRIC_NAME || name == "alertname" {
            found.push(problem(
                "labels",
                format!("{name:?} cannot be a label of a rule"),
            ));
        }
    }
    if !definition.records {
        let parts = [
            ("labels", &definition.labels),
            ("annotations", &definition.annotations),
        ];
        for (field, texts) in parts {
            for (name, text) in texts {
                if let Err(reason) = expand::check(text, &definition.name) {
                    found.push(problem(field, format!("{name}: {reason}")));
                }
            }
        }
    }
    found
}

fn recording(definition: &Definition, found: &mut Found) {
    let of_alerts = [
        ("annotations", !definition.annotations.is_empty()),
        ("for", definition.for_ms != 0),
        ("keep_firing_for", definition.keep_firing_for_ms != 0),
        ("cooldown", definition.cooldown_ms != 0),
        ("receivers", !definition.receivers.is_empty()),
    ];
    for (field, _) in of_alerts.into_iter().filter(|(_, set)| *set) {
        found.push(problem(field, "only alerts have it"));
    }
    if definition.name.contains(['{', '}']) {
        found.push(problem(
            "name",
            "the name of a recorded metric has no braces",
        ));
    }
}

pub(crate) fn problem(field: &'static str, message: impl Into<String>) -> DefinitionProblem {
    DefinitionProblem {
        field,
        message: message.into(),
        hint: None,
        span: None,
    }
}

pub(crate) fn of_diagnostic(field: &'static str, diagnostic: Diagnostic) -> DefinitionProblem {
    DefinitionProblem {
        field,
        message: diagnostic.message,
        hint: diagnostic.hint,
        span: Some(diagnostic.range),
    }
}

fn to_duration(ms: i64) -> Duration {
    Duration::from_millis(ms.unsigned_abs())
}
