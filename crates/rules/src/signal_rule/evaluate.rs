//! Asks the query engine what rules on traces and logs ask, and makes labels of what it finds.

use super::{
    EvaluateSignals, ITEMS_MAX, SignalEvaluator, SignalMode, SignalQuery, SignalSample,
    VALUE_BYTES_MAX,
};
use crate::error::{Error, Result};
use tacho_model::labels::Labels;
use tacho_model::log::LogRecord;
use tacho_model::resource::Resource;
use tacho_model::signal::Signal;
use tacho_model::span::Span;
use tacho_model::value::Attributes;
use tacho_query::count::{Conditions, CountRequest};
use tacho_query::log::{LogConditions, LogSearch};
use tacho_query::page::{PageRequest, Values};
use tacho_query::span::SpanSearch;
use tacho_query::trace::SpanConditions;
use tacho_storage::read::Order;

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
