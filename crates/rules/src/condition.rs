//! Short conditions (decision C12): a metric and `rate(5m) > 0.1`, `p95(5m) > 60s` or
//! `> budget_limit * 0.9` become PromQL, and back: the threshold of a PromQL comparison.
//!
//! `lex.rs` and `parse.rs` read the text, `compile.rs` writes PromQL, `unit.rs` brings thresholds
//! into the unit of the metric, `threshold.rs` finds and moves thresholds, `dimension.rs` tells the unit of
//! an expression.

use crate::condition::tree::{Amount, Comparison, Condition, Function, Value};
use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;
use tacho_model::metric::Metadata;
use tacho_syntax::diagnostic::{Diagnostic, DiagnosticKind};

pub mod dimension;
pub mod threshold;

mod amount;
mod compile;
mod lex;
mod parse;
mod tree;
mod unit;

/// What a condition may lean on.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// `budget_limit` of each team, USD.
    pub budgets: BTreeMap<String, f64>,
    /// Kinds and units of metrics.
    pub metrics: MetricFacts,
}

/// What is known about metrics; may be empty, then names have to tell.
#[derive(Debug, Clone, Default)]
pub struct MetricFacts {
    by_name: BTreeMap<String, Metadata>,
}

/// A condition as PromQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compiled {
    /// PromQL whose result is what is wrong.
    pub expr: String,
    /// What was assumed, for the author to read.
    pub notes: Vec<String>,
}

/// A comparison that is written as fields.
#[derive(Debug, Clone, Copy)]
pub struct OperatorCondition<'a> {
    /// Name or selector of the metric.
    pub metric: &'a str,
    /// `greater_than`, `less_than`, `equals`, `not_equals`, their symbols; another word is never
    /// true.
    pub operator: &'a str,
    /// With what.
    pub threshold: f64,
    /// The average (increase of counters) over this time is compared; the newest value without it.
    pub window: Option<Duration>,
}

/// The operators that fields may name, as words.
pub const OPERATORS: [&str; 6] = [
    "greater_than",
    "less_than",
    "equals",
    "not_equals",
    "greater_than_or_equal",
    "less_than_or_equal",
];

impl MetricFacts {
    /// Of the records that a store keeps: each family is found by its name and by its name in OTLP.
    pub fn from_metadata(records: Vec<(String, Metadata)>) -> Self {
        let mut by_name = BTreeMap::new();
        for (family, metadata) in &records {
            let alias = metadata.otlp_name.replace(['.', '-'], "_");
            if !alias.is_empty() {
                by_name.entry(alias).or_insert_with(|| metadata.clone());
            }
            by_name.insert(family.clone(), metadata.clone());
        }
        Self { by_name }
    }

    /// What is known about a series' name, its family's suffixes aside.
    pub fn of(&self, name: &str) -> Option<&Metadata> {
        let stripped = ["_bucket", "_sum", "_count", "_total"]
            .into_iter()
            .filter_map(|suffix| name.strip_suffix(suffix));
        std::iter::once(name)
            .chain(stripped)
            .find_map(|name| self.by_name.get(name))
    }
}

/// The PromQL of a metric (a name, a selector, or any expression of a vector) under a short condition.
///
/// # Errors
/// What is wrong, with its place in the text of the condition, and what is possible there.
pub fn compile(metric: &str, condition: &str, settings: &Settings) -> Result<Compiled, Diagnostic> {
    let parsed = parse::parse(condition)?;
    compile::compile(metric, condition, &parsed, settings)
}

/// The PromQL of a comparison that is written as fields. An unknown operator is never true, as the
/// fields' origin has it; a note says so.
///
/// # Errors
/// If the metric is no selector; its place is 0.
pub fn compile_operator(
    condition: OperatorCondition<'_>,
    settings: &Settings,
) -> Result<Compiled, Diagnostic> {
    let OperatorCondition {
        metric,
        operator,
        threshold,
        window,
    } = condition;
    let known = operator_of(operator);
    let limit = known.map_or(f64::INFINITY, |_| threshold);
    let value = match window {
        None => Value::Newest,
        Some(window) if is_counter(metric, &settings.metrics) => {
            Value::Over(Function::Increase, window)
        }
        Some(window) => Value::Over(Function::Avg, window),
    };
    let parsed = Condition {
        value,
        value_range: 0..0,
        comparison: Some(Comparison {
            op: known.unwrap_or(">"),
            amount: Amount::Number {
                value: limit,
                unit: None,
                range: 0..0,
            },
        }),
        by: Vec::new(),
        by_range: 0..0,
    };
    let mut compiled = compile::compile(metric, "", &parsed, settings)?;
    if known.is_none() {
        let words = OPERATORS.join(", ");
        compiled.notes.push(format!(
            "operator {operator:?} is not known, so this never fires; known are {words}"
        ));
    }
    Ok(compiled)
}

/// The symbol of an operator's word.
pub fn operator_of(word: &str) -> Option<&'static str> {
    Some(match word.trim().to_ascii_lowercase().as_str() {
        "greater_than" | "greaterthan" | "gt" | "above" | ">" => ">",
        "less_than" | "lessthan" | "lt" | "below" | "<" => "<",
        "equals" | "equal" | "eq" | "==" | "=" => "==",
        "not_equals" | "notequals" | "not_equal" | "ne" | "!=" => "!=",
        "greater_than_or_equal" | "greaterthanorequal" | "gte" | "ge" | ">=" => ">=",
        "less_than_or_equal" | "lessthanorequal" | "lte" | "le" | "<=" => "<=",
        _ => return None,
    })
}

fn is_counter(metric: &str, facts: &MetricFacts) -> bool {
    use tacho_model::metric::MetricKind;
    let name = metric.split('{').next().unwrap_or_default().trim();
    match facts.of(name) {
        Some(metadata) => metadata.kind == MetricKind::Counter,
        None => name.ends_with("_total"),
    }
}

/// Something is wrong with a condition.
fn wrong(range: Range<usize>, message: impl Into<String>) -> Diagnostic {
    Diagnostic {
        kind: DiagnosticKind::Syntax,
        range,
        message: message.into(),
        expected: Vec::new(),
        hint: None,
    }
}

/// The same with what would be possible.
fn expected(mut diagnostic: Diagnostic, words: &[&str]) -> Diagnostic {
    diagnostic.expected = words.iter().map(|word| (*word).to_owned()).collect();
    diagnostic.hint = Some(format!("possible: {}", words.join(", ")));
    diagnostic
}

#[cfg(test)]
mod tests;
