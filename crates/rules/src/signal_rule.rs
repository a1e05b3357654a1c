//! Rules on traces and logs: a query of TraceQL or LogQL whose finds are counted, or give an alert
//! each. `SignalQuery` is what such a rule asks; `SignalEvaluator` asks it of the query engine.
//!
//! An alert of a span bears the ids of the span, so that each span fires once, and is over when the span
//! leaves the window.

use crate::error::Result;
use crate::evaluate::{Answer, Ask, answer_promql};
use crate::own::{Definition, DefinitionProblem};
use std::fmt::Write as _;
use std::time::Duration;
use tacho_model::id::TenantId;
use tacho_model::labels::Labels;
use tacho_model::sample::SampleValue;
use tacho_model::signal::Signal;
use tacho_model::time::{TimeRange, Timestamp};
use tacho_query::compile::{compile_logql, compile_traceql};
use tacho_query::engine::Engine;
use tacho_query::promql::engine::{PromEngine, QueryContext};
use tacho_storage::read::ReadContext;
use tacho_storage::samples::read::SeriesView;
use tacho_syntax::promql::number::parse_number;
use tacho_yaml::scalar::print_duration;

mod evaluate;

/// Time that is looked at if the rule does not say.
pub const WINDOW_MS: i64 = 300_000;
/// Longest window: a day.
const WINDOW_MS_MAX: i64 = 86_400_000;
/// Most spans or records that give an alert each.
pub const ITEMS_MAX: usize = 1_000;
/// Most attributes that become labels.
const LABELS_MAX: usize = 16;
/// Longest value of a label, bytes.
const VALUE_BYTES_MAX: usize = 1_024;
const MS_NS: i64 = 1_000_000;
const COMPARISONS: [&str; 6] = [">=", "<=", "==", "!=", ">", "<"];

/// A query text and its language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignalText {
    /// `Spans` for TraceQL, `Logs` for LogQL.
    pub signal: Signal,
    /// The text; empty finds everything.
    pub text: String,
}

/// What a rule on traces or logs asks.
#[derive(Debug, Clone, PartialEq)]
pub struct SignalQuery {
    /// `Spans` or `Logs`.
    pub signal: Signal,
    /// TraceQL or LogQL; judged.
    pub query: String,
    /// How far back it looks, ms.
    pub window_ms: i64,
    /// What is made of what is found.
    pub mode: SignalMode,
    /// All of it in a line, for people.
    text: String,
}

/// What is made of what a query finds.
#[derive(Debug, Clone, PartialEq)]
pub enum SignalMode {
    /// A result for each span (its value: seconds) or log record (1).
    Each {
        /// Attributes that become labels, dots as underscores.
        labels: Vec<String>,
    },
    /// One result, or one for each value of an attribute: how many.
    Count {
        /// The attribute.
        by: Option<String>,
        /// `>`, `>=`, `<`, `<=`, `==` or `!=`.
        op: &'static str,
        /// With what the count is compared.
        threshold: f64,
    },
}

/// A result: labels and a value. No two have the same labels.
#[derive(Debug, Clone, PartialEq)]
pub struct SignalSample {
    /// Its labels.
    pub labels: Labels,
    /// Seconds of a span, 1 for a record, or a count.
    pub value: f64,
}

/// Answers what rules on traces and logs ask.
pub trait EvaluateSignals {
    /// The results at a time, ms.
    ///
    /// # Errors
    /// If the query cannot be answered, or gives more than a rule may.
    fn evaluate(&self, query: &SignalQuery, time_ms: i64) -> Result<Vec<SignalSample>>;
}

/// Asks the query engine for a tenant's data.
pub struct SignalEvaluator<'a> {
    /// The engine.
    pub engine: &'a Engine,
    /// Whose data.
    pub tenant: &'a TenantId,
    /// Limits and cancellation.
    pub context: &'a ReadContext,
}

/// Answers questions of rules of every kind, in order.
pub fn answer(
    engine: &PromEngine,
    view: &dyn SeriesView,
    context: QueryContext<'_>,
    signals: &dyn EvaluateSignals,
    asks: &[Ask<'_>],
) -> Vec<std::result::Result<Answer, String>> {
    let mut answers = answer_promql(engine, view, context, asks);
    for (ask, answer) in asks.iter().zip(&mut answers) {
        if let Some(query) = ask.expr.signal() {
            *answer = signals
                .evaluate(query, ask.time_ms)
                .map(answer_of)
                .map_err(|error| error.to_string());
        }
    }
    answers
}

pub(crate) fn answer_of(found: Vec<SignalSample>) -> Answer {
    let samples = found
        .into_iter()
        .map(|sample| (sample.labels, SampleValue::Float(sample.value)));
    Answer {
        samples: samples.collect(),
        ..Answer::default()
    }
}

impl SignalQuery {
    /// Of a definition.
    ///
    /// # Errors
    /// What is wrong, by field.
    pub fn of(
        definition: &Definition,
        text: &SignalText,
    ) -> std::result::Result<Self, Vec<DefinitionProblem>> {
        let mut found = Vec::new();
        judge_query(text, &mut found);
        let window_ms = definition.window_ms.unwrap_or(WINDOW_MS);
        if !(1..=WINDOW_MS_MAX).contains(&window_ms) {
            found.push(problem(
                "window",
                "the window must be above 0 and at most 1d",
            ));
        }
        let mode = mode_of(definition).map_err(|problem| found.push(problem));
        let (Ok(mode), true) = (mode, found.is_empty()) else {
            return Err(found);
        };
        let mut query = Self {
            signal: text.signal,
            query: text.text.clone(),
            window_ms,
            mode,
            text: String::new(),
        };
        query.text = query.describe_text();
        Ok(query)
    }

    /// All of it in a line: `traces {…} per span in 5m`.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Writes it into the fields of a definition.
    pub fn describe(&self, definition: &mut Definition) {
        definition.query = Some(SignalText {
            signal: self.signal,
            text: self.query.clone(),
        });
        definition.window_ms = Some(self.window_ms);
        match &self.mode {
            SignalMode::Each { labels } => {
                definition.per_item = true;
                definition.by.clone_from(labels);
            }
            SignalMode::Count { by, op, threshold } => {
                definition.by = by.iter().cloned().collect();
                definition.condition = format!("{op} {threshold}");
            }
        }
    }

    fn describe_text(&self) -> String {
        let word = match self.signal {
            Signal::Logs => "logs",
            _ => "traces",
        };
        let window = print_duration(Duration::from_millis(self.window_ms.unsigned_abs()));
        let mut text = format!("{word} {}", self.query.trim());
        match &self.mode {
            SignalMode::Each { labels } => {
                let item = if word == "logs" { "record" } else { "span" };
                let _ = write!(text, " per {item} in {window}");
                if !labels.is_empty() {
                    let _ = write!(text, " with {}", labels.join(", "));
                }
            }
            SignalMode::Count { by, op, threshold } => {
                let _ = write!(text, " | count in {window} {op} {threshold}");
                if let Some(by) = by {
                    let _ = write!(text, " by {by}");
                }
            }
        }
        text
    }

    /// The range that is looked at for an evaluation at a time.
    fn range(&self, time_ms: i64) -> TimeRange {
        let end = time_ms.saturating_mul(MS_NS);
        TimeRange {
            start: Timestamp(end.saturating_sub(self.window_ms.saturating_mul(MS_NS))),
            end: Timestamp(end),
        }
    }
}

fn problem(field: &'static str, message: impl Into<String>) -> DefinitionProblem {
    DefinitionProblem {
        field,
        message: message.into(),
        hint: None,
        span: None,
    }
}

fn judge_query(text: &SignalText, found: &mut Vec<DefinitionProblem>) {
    let result = match text.signal {
        Signal::Logs => compile_logql(&text.text).map(|_| false),
        _ => compile_traceql(&text.text).map(|condition| condition.asks_of_traces()),
    };
    match result {
        Ok(false) => {}
        Ok(true) => {
            let mut wrong = problem("query", "conditions on whole traces cannot be a rule");
            wrong.hint = Some("leave out traceDuration, rootName and rootServiceName".to_owned());
            found.push(wrong);
        }
        Err(error) => {
            let mut wrong = problem("query", error.message());
            wrong.hint = error.hint().map(str::to_owned);
            wrong.span = error.diagnostics().first().map(|first| first.range.clone());
            found.push(wrong);
        }
    }
}

fn mode_of(definition: &Definition) -> std::result::Result<SignalMode, DefinitionProblem> {
    let by = &definition.by;
    if definition.per_item {
        if !definition.condition.is_empty() || definition.threshold.is_some() {
            let message = "an alert for each item compares nothing: put it into the query";
            return Err(problem("condition", message));
        }
        if by.len() > LABELS_MAX {
            let message = format!("at most {LABELS_MAX} attributes can be labels");
            return Err(problem("by", message));
        }
        return Ok(SignalMode::Each { labels: by.clone() });
    }
    if by.len() > 1 {
        let mut wrong = problem("by", "a count is split by one attribute");
        wrong.hint = Some("leave one, or write a rule for each".to_owned());
        return Err(wrong);
    }
    let (op, threshold) = comparison(definition)?;
    Ok(SignalMode::Count {
        by: by.first().cloned(),
        op,
        threshold,
    })
}

/// `> 5`, from `condition` or from `operator` and `threshold`; more than none if nothing is said.
fn comparison(
    definition: &Definition,
) -> std::result::Result<(&'static str, f64), DefinitionProblem> {
    if let Some(threshold) = definition.threshold {
        let known = crate::condition::operator_of(&definition.operator);
        return Ok(known.map_or((">", f64::INFINITY), |op| (op, threshold)));
    }
    let text = definition.condition.trim();
    let text = text.strip_prefix("count").unwrap_or(text).trim();
    if text.is_empty() {
        return Ok((">", 0.0));
    }
    let parsed = COMPARISONS.into_iter().find_map(|op| {
        let rest = text.strip_prefix(op)?;
        Some((op, parse_number(rest.trim()).ok()?))
    });
    parsed.ok_or_else(|| {
        let mut wrong = problem("condition", format!("{text:?} is no comparison of a count"));
        wrong.hint = Some("such as `> 5`".to_owned());
        wrong
    })
}

#[cfg(test)]
mod tests;
