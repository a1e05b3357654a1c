//! Short conditions: tree to PromQL.
//!
//! With `by` the series are joined as the function suggests: rates, increases and newest values are
//! summed, averages averaged, and so on. A quantile of a histogram needs no choice.

use crate::condition::amount::is_single;
use crate::condition::tree::{Comparison, Condition, Function, Value};
use crate::condition::{Compiled, Settings, wrong};
use std::ops::Range;
use std::time::Duration;
use tacho_model::metric::MetricKind;
use tacho_model::number_text::shortest;
use tacho_syntax::diagnostic::Diagnostic;
use tacho_syntax::promql::tree::{Expr, ExprKind, MatchOp, Matcher, ValueType, VectorSelector};
use tacho_syntax::promql::{self, METRIC_NAME};
use tacho_yaml::scalar::print_duration;

/// The label that budgets are given for.
pub(super) const TEAM: &str = "team";

/// A compilation.
pub(super) struct Compiler<'a> {
    subject: Subject,
    pub(super) settings: &'a Settings,
    pub(super) notes: Vec<String>,
}

/// What a condition is about.
enum Subject {
    /// Series of one selector: windows are possible.
    Selector(VectorSelector),
    /// Another vector, as text in parentheses.
    Vector(String),
}

/// How the values of a metric are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Plain,
    Histogram,
    Summary,
}

pub(super) fn compile(
    metric: &str,
    text: &str,
    condition: &Condition,
    settings: &Settings,
) -> Result<Compiled, Diagnostic> {
    let mut compiler = Compiler {
        subject: subject(metric)?,
        settings,
        notes: Vec::new(),
    };
    let expr = compiler.condition(condition)?;
    // one spelling, whatever was put together
    let expr = match promql::parse(&expr) {
        Ok(tree) => promql::print(&tree),
        Err(message) => {
            let message = format!("the condition gives PromQL that cannot be run: {message}");
            return Err(wrong(0..text.len(), message));
        }
    };
    Ok(Compiled {
        expr,
        notes: compiler.notes,
    })
}

fn subject(metric: &str) -> Result<Subject, Diagnostic> {
    let expr = promql::check(metric).map_err(|found| {
        let first = found.into_iter().next();
        let reason = first.map_or_else(String::new, |first| first.message);
        let mut diagnostic = wrong(0..0, format!("metric {metric:?} is no selector: {reason}"));
        diagnostic.hint = Some("such as agent_execution_total{status=\"failed\"}".to_owned());
        diagnostic
    })?;
    let is_vector = expr.value_type() == ValueType::Vector;
    match expr.kind {
        ExprKind::Vector(selector) => Ok(Subject::Selector(selector)),
        _ if is_vector => Ok(Subject::Vector(format!("({metric})"))),
        _ => Err(wrong(0..0, format!("metric {metric:?} is no vector"))),
    }
}

impl Compiler<'_> {
    fn condition(&mut self, condition: &Condition) -> Result<String, Diagnostic> {
        let Some(comparison) = &condition.comparison else {
            return self.absent(condition);
        };
        let budget = comparison.amount.budget();
        let by = match budget {
            Some(range) => self.budget_grouping(condition, range)?,
            None => condition.by.clone(),
        };
        let left = self.left(condition, &by)?;
        let Comparison { op, amount } = comparison;
        let right = self.amount(amount, condition.value, is_single(amount))?;
        Ok(match budget {
            None => format!("{left} {op} {right}"),
            Some(_) if by.len() == 1 => format!("{left} {op} on ({TEAM}) {right}"),
            Some(_) => format!("{left} {op} on ({TEAM}) group_left () {right}"),
        })
    }

    fn absent(&self, condition: &Condition) -> Result<String, Diagnostic> {
        if !condition.by.is_empty() {
            let message = "what is absent has no labels to group by";
            return Err(wrong(condition.by_range.clone(), message));
        }
        let text = self.subject_text();
        match condition.value {
            Value::Absent(Some(window)) => {
                let selected = self.over(condition, "", window)?;
                Ok(format!("absent_over_time({selected})"))
            }
            _ => Ok(format!("absent({text})")),
        }
    }

    /// The labels that a comparison with budgets groups by.
    fn budget_grouping(
        &self,
        condition: &Condition,
        range: &Range<usize>,
    ) -> Result<Vec<String>, Diagnostic> {
        if self.settings.budgets.is_empty() {
            let mut diagnostic = wrong(
                range.clone(),
                "`budget_limit` is not known: no team has one",
            );
            diagnostic.hint = Some("set `budgets.limits`, such as {platform: 500}".to_owned());
            return Err(diagnostic);
        }
        if condition.by.is_empty() {
            return Ok(vec![TEAM.to_owned()]);
        }
        if condition.by.iter().any(|label| label == TEAM) {
            return Ok(condition.by.clone());
        }
        let message = "`budget_limit` belongs to a team, but `by` leaves the team out";
        let mut diagnostic = wrong(condition.by_range.clone(), message);
        diagnostic.hint = Some("add `team` to `by`".to_owned());
        Err(diagnostic)
    }

    fn left(&mut self, condition: &Condition, by: &[String]) -> Result<String, Diagnostic> {
        let (function, window) = match condition.value {
            Value::Over(function, window) => (function, window),
            Value::Newest | Value::Absent(_) => {
                return Ok(grouped("sum", &self.subject_text(), by));
            }
        };
        match self.shape(function) {
            Shape::Histogram => self.histogram(condition, (function, window), by),
            Shape::Summary => self.summary(condition, function, by),
            Shape::Plain => {
                self.remark(function);
                let selected = self.over(condition, "", window)?;
                let (name, join) = plain_function(function);
                let value = match function {
                    Function::Quantile(q) => format!("{name}({}, {selected})", shortest(q)),
                    _ => format!("{name}({selected})"),
                };
                Ok(match function {
                    Function::Quantile(q) if !by.is_empty() => {
                        format!("quantile by ({}) ({}, {value})", by.join(", "), shortest(q))
                    }
                    _ => grouped(join, &value, by),
                })
            }
        }
    }

    fn histogram(
        &self,
        condition: &Condition,
        (function, window): (Function, Duration),
        by: &[String],
    ) -> Result<String, Diagnostic> {
        let part = |function: &str, suffix: &str| -> Result<String, Diagnostic> {
            let selected = self.over(condition, suffix, window)?;
            Ok(grouped("sum", &format!("{function}({selected})"), by))
        };
        Ok(match function {
            Function::Quantile(q) => {
                let selected = self.over(condition, "_bucket", window)?;
                let rate = format!("rate({selected})");
                let mut with_bound = by.to_vec();
                with_bound.push("le".to_owned());
                let rate = match by {
                    [] => rate,
                    _ => grouped("sum", &rate, &with_bound),
                };
                format!("histogram_quantile({}, {rate})", shortest(q))
            }
            Function::Avg => format!("{} / {}", part("rate", "_sum")?, part("rate", "_count")?),
            Function::Count => part("increase", "_count")?,
            Function::Sum => part("increase", "_sum")?,
            other => part(plain_function(other).0, "_count")?,
        })
    }

    fn summary(
        &self,
        condition: &Condition,
        function: Function,
        by: &[String],
    ) -> Result<String, Diagnostic> {
        let (Subject::Selector(selector), Function::Quantile(q)) = (&self.subject, function) else {
            return Err(self.needs_selector(condition));
        };
        let mut selector = selector.clone();
        let matcher = Matcher {
            name: "quantile".to_owned(),
            op: MatchOp::Equal,
            value: shortest(q),
        };
        selector.matchers.insert(0, matcher);
        Ok(grouped("max", &print_selector(selector), by))
    }

    /// How the metric is kept, as far as the function asks.
    pub(super) fn shape(&self, function: Function) -> Shape {
        let Some(name) = self.name() else {
            return Shape::Plain;
        };
        let is_quantile = matches!(function, Function::Quantile(_));
        if ["_sum", "_count"]
            .iter()
            .any(|suffix| name.ends_with(suffix))
        {
            return Shape::Plain;
        }
        if name.ends_with("_bucket") {
            return if is_quantile {
                Shape::Histogram
            } else {
                Shape::Plain
            };
        }
        match self.settings.metrics.of(name).map(|known| known.kind) {
            Some(MetricKind::Histogram) => Shape::Histogram,
            Some(MetricKind::Summary) if is_quantile => Shape::Summary,
            None | Some(MetricKind::Unknown) if is_quantile => Shape::Histogram,
            _ => Shape::Plain,
        }
    }

    /// Tells where function and metric go together badly.
    fn remark(&mut self, function: Function) {
        let Some(name) = self.name().map(str::to_owned) else {
            return;
        };
        let kind = self.settings.metrics.of(&name).map(|known| known.kind);
        let counts = matches!(
            function,
            Function::Rate | Function::Irate | Function::Increase
        );
        let note = match kind {
            Some(MetricKind::Gauge) if counts => {
                "is a gauge: every fall of it counts as a restart; delta, avg or max is meant"
            }
            Some(MetricKind::Counter) if matches!(function, Function::Avg | Function::Max) => {
                "is a counter: its height says little; rate or increase is meant"
            }
            _ => return,
        };
        self.notes.push(format!("{name} {note}"));
    }

    pub(super) fn name(&self) -> Option<&str> {
        let Subject::Selector(selector) = &self.subject else {
            return None;
        };
        let exact =
            |matcher: &&Matcher| matcher.name == METRIC_NAME && matcher.op == MatchOp::Equal;
        let matched = selector.matchers.iter().find(exact);
        matched.map(|matcher| matcher.value.as_str())
    }

    fn subject_text(&self) -> String {
        match &self.subject {
            Subject::Selector(selector) => print_selector(selector.clone()),
            Subject::Vector(text) => text.clone(),
        }
    }

    /// The selector over a window, its name with another suffix.
    fn over(
        &self,
        condition: &Condition,
        suffix: &str,
        window: Duration,
    ) -> Result<String, Diagnostic> {
        let Subject::Selector(selector) = &self.subject else {
            return Err(self.needs_selector(condition));
        };
        let mut selector = selector.clone();
        if !suffix.is_empty() && self.name().is_some_and(|name| !name.ends_with(suffix)) {
            if let Some(name) = &mut selector.name {
                name.push_str(suffix);
            }
            for matcher in &mut selector.matchers {
                if matcher.name == METRIC_NAME && matcher.op == MatchOp::Equal {
                    matcher.value.push_str(suffix);
                }
            }
        }
        let (offset, at) = (std::mem::take(&mut selector.offset), selector.at.take());
        let bare = print_selector(selector.clone());
        let printed = format!("{bare}[{}]", print_duration(window));
        selector.offset = offset;
        selector.at = at;
        let whole = print_selector(selector);
        let modifiers = whole.strip_prefix(&bare).unwrap_or_default();
        Ok(printed + modifiers)
    }

    fn needs_selector(&self, condition: &Condition) -> Diagnostic {
        let message = "a function over time needs a metric with a selector, not an expression";
        wrong(condition.value_range.clone(), message)
    }
}

/// The function of PromQL, and how its results are joined.
fn plain_function(function: Function) -> (&'static str, &'static str) {
    match function {
        Function::Rate => ("rate", "sum"),
        Function::Irate => ("irate", "sum"),
        Function::Increase => ("increase", "sum"),
        Function::Delta => ("delta", "sum"),
        Function::Deriv => ("deriv", "sum"),
        Function::Avg => ("avg_over_time", "avg"),
        Function::Min => ("min_over_time", "min"),
        Function::Max => ("max_over_time", "max"),
        Function::Sum => ("sum_over_time", "sum"),
        Function::Count => ("count_over_time", "sum"),
        Function::Last => ("last_over_time", "sum"),
        Function::Stddev => ("stddev_over_time", "max"),
        Function::Changes => ("changes", "sum"),
        Function::Resets => ("resets", "sum"),
        Function::Quantile(_) => ("quantile_over_time", "max"),
    }
}

fn grouped(join: &str, value: &str, by: &[String]) -> String {
    if by.is_empty() {
        return value.to_owned();
    }
    let labels: Vec<String> = by.iter().map(|label| label_text(label)).collect();
    format!("{join} by ({}) ({value})", labels.join(", "))
}

/// A label in a grouping: in quotes where PromQL asks for them.
fn label_text(label: &str) -> String {
    let plain = label.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !label.starts_with(|c: char| c.is_ascii_digit());
    if plain {
        label.to_owned()
    } else {
        promql::quote::quote(label)
    }
}

fn print_selector(selector: VectorSelector) -> String {
    promql::print(&Expr {
        kind: ExprKind::Vector(selector),
        range: 0..0,
    })
}
