//! Names and values.

use super::{Label, LabelValue, ValuesRequest};
use crate::condition::Condition;
use crate::count::groups::Counting;
use crate::error::Result;
use crate::facet::top::by_count;
use crate::run::Run;
use regex::Regex;
use std::cmp::Reverse;
use std::sync::Arc;
use tacho_model::signal::Signal;
use tacho_model::time::TimeRange;
use tacho_storage::filter::{CompareOp, Field, Filter, Operand};

/// Names of attributes, the most frequent first.
pub(crate) fn labels(run: &Run<'_>, signal: Signal, range: TimeRange) -> Result<Vec<Label>> {
    let entries = run.snapshot.catalog(signal, range, run.context)?;
    let mut labels: Vec<Label> = entries
        .into_iter()
        .map(|entry| Label {
            name: entry.key,
            place: entry.place,
            types: entry.types,
            count: entry.count,
        })
        .collect();
    labels.sort_by(|a, b| {
        (Reverse(a.count), &a.name, a.place).cmp(&(Reverse(b.count), &b.name, b.place))
    });
    Ok(labels)
}

/// Values of a name, the most frequent first.
pub(crate) fn values(run: &Run<'_>, request: &ValuesRequest) -> Result<Vec<LabelValue>> {
    run.check_limit(request.limit)?;
    let field = run.field(request.signal, request.range, &request.name)?;
    let counting = Counting {
        signal: request.signal,
        range: request.range,
        condition: Condition::Item(starts_with(&field, &request.prefix)),
        step_ns: None,
        by: Some(field),
    };
    let (mut values, _) = by_count(counting.groups(run)?);
    values.retain(|value| value.value.starts_with(&request.prefix));
    values.truncate(request.limit);
    Ok(values)
}

/// Narrows what storage counts, so that a prefix helps against too many values.
fn starts_with(field: &Field, prefix: &str) -> Filter {
    // These are there always, and split by name but compare as numbers.
    if matches!(field, Field::Kind | Field::Status | Field::Severity) {
        return Filter::All;
    }
    if prefix.is_empty() {
        return Filter::Exists(field.clone());
    }
    match Regex::new(&format!("^{}", regex::escape(prefix))) {
        Ok(regex) => Filter::Compare(
            field.clone(),
            CompareOp::Match,
            Operand::Regex(Arc::new(regex)),
        ),
        Err(_) => Filter::Exists(field.clone()),
    }
}
