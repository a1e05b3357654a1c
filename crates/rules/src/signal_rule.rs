//! Rules on traces and logs: a query of TraceQL or LogQL whose finds are counted, or give an alert
//! each. `SignalQuery` is what such a rule asks; `SignalEvaluator` asks it of the query engine.
//!
//! An alert of a span bears the ids of the span, so that each span fires once, and is over when the span
//! leaves the window.

use crate::error::{Error, Result};
use crate::evaluate::{Answer, Ask, answer_promql};
use crate::own::{Definition, DefinitionProblem};
use std::fmt::Write as _;
use std::time::Duration;
use tacho_model::id::TenantId;
use tacho_model::labels::Labels;
use tacho_model::log::LogRecord;
use tacho_model::resource::Resource;
use tacho_model::sample::SampleValue;
use tacho_model::signal::Signal;
use tacho_model::span::Span;
use tacho_model::time::{TimeRange, Timestamp};
use tacho_model::value::Attributes;
use tacho_query::compile::{compile_logql, compile_traceql};
use tacho_query::count::{Conditions, CountRequest};
use tacho_query::engine::Engine;
use tacho_query::log::{LogConditions, LogSearch};
use tacho_query::page::{PageRequest, Values};
use tacho_query::promql::engine::{PromEngine, QueryContext};
use tacho_query::span::SpanSearch;
use tacho_query::trace::SpanConditions;
use tacho_storage::read::{Order, ReadContext};
use tacho_storage::samples::read::SeriesView;
use tacho_syntax::promql::number::parse_number;
use tacho_yaml::scalar::print_duration;

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

impl EvaluateSignals for SignalEvaluator<'_> {
    fn evaluate(&self, query: &SignalQuery, time_ms: i64) -> Result<Vec<SignalSample>> {
        match (&query.mode, query.signal) {
            (SignalMode::Count { by, op, threshold }, _) => {
                let found = self.counts(query, time_ms, by.as_deref())?;
                let holds = |sample: &SignalSample| holds(sample.value, op, *threshold);
                Ok(found.into_iter().filter(holds).collect())
            }
            (SignalMode::Each { labels }, Signal::Logs) => self.records(query, time_ms, labels),
            (SignalMode::Each { labels }, _) => self.spans(query, time_ms, labels),
        }
    }
}

impl SignalEvaluator<'_> {
    fn counts(
        &self,
        query: &SignalQuery,
        time_ms: i64,
        by: Option<&str>,
    ) -> Result<Vec<SignalSample>> {
        let request = CountRequest {
            conditions: conditions(query, time_ms),
            step_ns: None,
            by: by.map(str::to_owned),
        };
        let count = self
            .engine
            .count(self.tenant, &request, self.context)
            .map_err(failed)?;
        let Some(by) = by else {
            return Ok(vec![SignalSample {
                labels: Labels::default(),
                value: count.count as f64,
            }]);
        };
        let name = label_name(by);
        let groups = count.groups.into_iter().map(|group| SignalSample {
            labels: Labels::from_pairs([(name.as_str(), cut(&group.value.unwrap_or_default()))]),
            value: group.count as f64,
        });
        Ok(unique(groups))
    }

    fn spans(
        &self,
        query: &SignalQuery,
        time_ms: i64,
        labels: &[String],
    ) -> Result<Vec<SignalSample>> {
        let Conditions::Spans(conditions) = conditions(query, time_ms) else {
            return Ok(Vec::new());
        };
        let ended_in = conditions.range;
        let search = SpanSearch {
            conditions,
            ended_in: Some(ended_in),
            limit: ITEMS_MAX + 1,
        };
        let found = self
            .engine
            .search_spans(self.tenant, &search, self.context)
            .map_err(failed)?;
        check_items(found.len())?;
        let samples = found.iter().map(|found| SignalSample {
            labels: span_labels(&found.span, &found.resource, labels),
            value: found.span.duration_ns() as f64 / 1e9,
        });
        Ok(unique(samples))
    }

    fn records(
        &self,
        query: &SignalQuery,
        time_ms: i64,
        labels: &[String],
    ) -> Result<Vec<SignalSample>> {
        let Conditions::Logs(conditions) = conditions(query, time_ms) else {
            return Ok(Vec::new());
        };
        let most = (ITEMS_MAX + 1).min(self.engine.limits().results_max);
        let search = LogSearch {
            conditions,
            order: Order::NewestFirst,
            page: PageRequest {
                limit: most,
                cursor: None,
            },
            values: Values::Preview,
        };
        let page = self
            .engine
            .search_logs(self.tenant, &search, self.context)
            .map_err(failed)?;
        let found = page.records.len() + usize::from(page.next_cursor.is_some());
        check_items(found.max(if page.next_cursor.is_some() { most } else { 0 }))?;
        let samples = page.records.iter().map(|placed| {
            let resource = page.resources.get(placed.resource as usize);
            let mut pairs = record_labels(&placed.record, resource.map(|it| &**it), labels);
            pairs.push(("record_id".to_owned(), placed.id.to_string()));
            SignalSample {
                labels: Labels::from_pairs(pairs),
                value: 1.0,
            }
        });
        Ok(unique(samples))
    }
}

fn conditions(query: &SignalQuery, time_ms: i64) -> Conditions {
    let range = query.range(time_ms);
    match query.signal {
        Signal::Logs => Conditions::Logs(LogConditions {
            query: Some(query.query.clone()),
            ..LogConditions::all(range)
        }),
        _ => Conditions::Spans(SpanConditions {
            query: Some(query.query.clone()),
            ..SpanConditions::all(range)
        }),
    }
}

fn check_items(found: usize) -> Result<()> {
    if found <= ITEMS_MAX {
        return Ok(());
    }
    let message = format!("the query finds more than {ITEMS_MAX} items, each would be an alert");
    Err(Error::limit(message).with_hint("narrow the query, shorten the window, or count instead"))
}

fn failed(error: tacho_query::error::Error) -> Error {
    use tacho_query::error::ErrorKind;
    let message = error.message();
    match error.kind() {
        ErrorKind::Invalid | ErrorKind::NotFound => Error::invalid(message),
        ErrorKind::LimitExceeded => Error::limit(message),
        ErrorKind::Unavailable | ErrorKind::Corrupt | ErrorKind::Internal => {
            Error::unavailable(message)
        }
    }
}

/// Labels of a span: its ids, service and name, and the attributes asked for.
fn span_labels(span: &Span, resource: &Resource, wanted: &[String]) -> Labels {
    let mut pairs = attributes(wanted, &[&span.attributes, &resource.attributes]);
    pairs.extend([
        ("trace_id".to_owned(), span.trace_id.to_string()),
        ("span_id".to_owned(), span.span_id.to_string()),
        ("span_name".to_owned(), cut(&span.name).to_owned()),
        ("service".to_owned(), service(Some(resource))),
    ]);
    Labels::from_pairs(pairs)
}

fn record_labels(
    record: &LogRecord,
    resource: Option<&Resource>,
    wanted: &[String],
) -> Vec<(String, String)> {
    let mut places = vec![&record.attributes];
    places.extend(resource.map(|resource| &resource.attributes));
    let mut pairs = attributes(wanted, &places);
    pairs.push(("service".to_owned(), service(resource)));
    if !record.event_name.is_empty() {
        pairs.push(("event_name".to_owned(), cut(&record.event_name).to_owned()));
    }
    if !record.trace_id.is_zero() {
        pairs.push(("trace_id".to_owned(), record.trace_id.to_string()));
    }
    pairs
}

/// The attributes of these names, each from the first place that has it.
fn attributes(wanted: &[String], places: &[&Attributes]) -> Vec<(String, String)> {
    wanted
        .iter()
        .filter_map(|key| {
            let found = places
                .iter()
                .flat_map(|place| place.0.iter())
                .find(|(name, _)| name == key)?;
            Some((label_name(key), cut(&found.1.to_text()).to_owned()))
        })
        .collect()
}

fn service(resource: Option<&Resource>) -> String {
    let attributes = resource.map(|resource| resource.attributes.0.as_slice());
    let name = attributes
        .unwrap_or_default()
        .iter()
        .find(|(key, _)| key == "service.name");
    name.map_or_else(
        || "unknown_service".to_owned(),
        |(_, value)| cut(&value.to_text()).to_owned(),
    )
}

/// `task.id` as `task_id`.
fn label_name(attribute: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let name: String = attribute
        .chars()
        .map(|c| if plain(c) { c } else { '_' })
        .collect();
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        return format!("_{name}");
    }
    name
}

fn cut(text: &str) -> &str {
    let end = text.floor_char_boundary(VALUE_BYTES_MAX);
    text.get(..end).unwrap_or_default()
}

/// Of equal labels the larger value.
fn unique(samples: impl Iterator<Item = SignalSample>) -> Vec<SignalSample> {
    let mut found: Vec<SignalSample> = samples.collect();
    found.sort_by(|one, two| {
        one.labels
            .cmp(&two.labels)
            .then(two.value.total_cmp(&one.value))
    });
    found.dedup_by(|next, kept| next.labels == kept.labels);
    found
}

fn holds(value: f64, op: &str, threshold: f64) -> bool {
    match op {
        ">" => value > threshold,
        ">=" => value >= threshold,
        "<" => value < threshold,
        "<=" => value <= threshold,
        "==" => value == threshold,
        "!=" => value != threshold,
        _ => false,
    }
}

#[cfg(test)]
mod tests;
