//! Facets: one count a name.

use super::{Facet, FacetRequest};
use crate::condition::Condition;
use crate::count::groups::Counting;
use crate::error::{Error, ErrorKind, Result};
use crate::label::LabelValue;
use crate::run::{Run, range_of};
use std::cmp::Reverse;
use tacho_model::signal::Signal;
use tacho_storage::filter::Field;
use tacho_storage::read::{AggregateGroup, CatalogEntry};

/// Names that are shown first where they occur.
const USUAL: [&str; 16] = [
    "service.name",
    "agent.type",
    "agent_type",
    "gen_ai.agent.name",
    "gen_ai.operation.name",
    "gen_ai.request.model",
    "gen_ai.tool.name",
    "tool_name",
    "tool.name",
    "workflow.name",
    "gen_ai.workflow.name",
    "error.type",
    "deployment.environment.name",
    "http.response.status_code",
    "http.route",
    "host.name",
];
/// Facets that are chosen where none are asked for, fixed fields included.
const CHOSEN_MAX: usize = 12;

/// Top values of names.
pub(crate) fn facets(run: &Run<'_>, request: &FacetRequest) -> Result<Vec<Facet>> {
    run.check_limit(request.limit)?;
    if request.fields.len() > run.limits.facets_max {
        let max = run.limits.facets_max;
        return Err(Error::limit(format!(
            "more than {max} facets in one request"
        )));
    }
    let condition = run.condition(&request.conditions)?;
    if !request.fields.is_empty() {
        let each = request
            .fields
            .iter()
            .map(|name| facet(run, request, &condition, name));
        return each.collect();
    }
    let mut facets = Vec::new();
    for name in chosen(run, request)? {
        let facet = facet(run, request, &condition, &name)?;
        if !facet.values.is_empty() {
            facets.push(facet);
        }
    }
    Ok(facets)
}

fn facet(
    run: &Run<'_>,
    request: &FacetRequest,
    condition: &Condition,
    name: &str,
) -> Result<Facet> {
    let conditions = &request.conditions;
    let field = run.field(conditions.signal(), range_of(conditions), name)?;
    let name = match &field {
        Field::Attribute(_, key) => key.to_string(),
        _ => name.to_owned(),
    };
    let counting = Counting::by(conditions, condition.clone(), Some(field));
    let mut facet = Facet {
        name,
        values: Vec::new(),
        other_count: 0,
        absent_count: 0,
        too_many_values: false,
    };
    match counting.groups(run) {
        Ok(groups) => {
            let top;
            (top, facet.absent_count) = by_count(groups);
            facet.other_count = top
                .iter()
                .skip(request.limit)
                .map(|value| value.count)
                .sum();
            facet.values = top.into_iter().take(request.limit).collect();
        }
        Err(error) if error.kind() == ErrorKind::LimitExceeded && !over_budget(run) => {
            facet.too_many_values = true;
        }
        Err(error) => return Err(error),
    }
    Ok(facet)
}

/// Whether it was the context's limit of bytes that was reached, not that of groups.
fn over_budget(run: &Run<'_>) -> bool {
    let read = run
        .context
        .stats
        .bytes_read
        .load(std::sync::atomic::Ordering::Relaxed);
    run.context.read_bytes_max > 0 && read > run.context.read_bytes_max
}

/// Values, the most frequent first, and the number of items without one.
pub(crate) fn by_count(groups: Vec<AggregateGroup>) -> (Vec<LabelValue>, u64) {
    let mut absent = 0;
    let mut values = Vec::with_capacity(groups.len());
    for group in groups {
        match group.value {
            Some(value) => values.push(LabelValue {
                value,
                count: group.count,
            }),
            None => absent += group.count,
        }
    }
    values.sort_by(|a, b| (Reverse(a.count), &a.value).cmp(&(Reverse(b.count), &b.value)));
    (values, absent)
}

/// Fixed fields, then usual names that occur, then what is most frequent.
fn chosen(run: &Run<'_>, request: &FacetRequest) -> Result<Vec<String>> {
    let signal = request.conditions.signal();
    let range = range_of(&request.conditions);
    let mut entries = run.snapshot.catalog(signal, range, run.context)?;
    let fixed: &[&str] = match signal {
        Signal::Spans => &["name", "status", "kind"],
        Signal::Logs => &["severity", "event_name"],
        Signal::Samples => &[],
    };
    let occurs = |name: &&&str| entries.iter().any(|entry| entry.key == **name);
    let mut names: Vec<String> = fixed.iter().map(|name| (*name).to_owned()).collect();
    names.extend(USUAL.iter().filter(occurs).map(|name| (*name).to_owned()));
    entries.retain(is_countable);
    entries.sort_by(|a, b| (Reverse(a.count), &a.key).cmp(&(Reverse(b.count), &b.key)));
    for entry in entries {
        if !names.contains(&entry.key) {
            names.push(entry.key);
        }
    }
    names.truncate(CHOSEN_MAX);
    Ok(names)
}

/// Numbers and nested values seldom have few values, and ids never.
fn is_countable(entry: &CatalogEntry) -> bool {
    let plain = entry
        .types
        .iter()
        .all(|name| matches!(*name, "string" | "bool"));
    let id = entry.key.ends_with("id") || entry.key.ends_with(".id");
    plain && !id
}
