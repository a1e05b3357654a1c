//! Distinct sets of labels.

use super::{SeriesList, SeriesRequest};
use crate::condition::Condition;
use crate::error::{Error, Result};
use crate::item::{LogRow, SpanRow};
use crate::log::LogConditions;
use crate::run::{Run, of_spans};
use crate::trace::SpanConditions;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use tacho_model::resource::Resource;
use tacho_model::signal::Signal;
use tacho_storage::columns::projection::{Column, Projection};
use tacho_storage::read::{Order, ScanRequest};

type Labels = BTreeMap<String, String>;

/// Distinct sets, up to the limit.
pub(crate) fn series(run: &Run<'_>, request: &SeriesRequest) -> Result<SeriesList> {
    run.check_limit(request.limit)?;
    let mut found = BTreeSet::new();
    let conditions = conditions(run, request)?;
    let more = match request.signal {
        Signal::Samples => {
            return Err(Error::invalid(
                "signal",
                "samples are asked for with PromQL",
            ));
        }
        Signal::Logs => of_log_records(run, request, &conditions, &mut found)?,
        Signal::Spans => services_and_names(run, request, &conditions, &mut found)?,
    };
    Ok(SeriesList {
        series: found.into_iter().collect(),
        more,
    })
}

fn conditions(run: &Run<'_>, request: &SeriesRequest) -> Result<Condition> {
    let mut any = Vec::new();
    for text in &request.matches {
        let query = Some(text.clone());
        any.push(match request.signal {
            Signal::Samples => {
                return Err(Error::invalid(
                    "signal",
                    "samples are asked for with PromQL",
                ));
            }
            Signal::Spans => of_spans(&SpanConditions {
                query,
                ..SpanConditions::all(request.range)
            })?,
            Signal::Logs => run.of_logs(&LogConditions {
                query,
                ..LogConditions::all(request.range)
            })?,
        });
    }
    let condition = match any.len() {
        0 => Condition::All(Vec::new()),
        _ => Condition::Any(any),
    };
    if condition.asks_of_traces() {
        let message = "conditions on whole traces select no series";
        return Err(crate::error::Error::invalid("match", message));
    }
    Ok(condition)
}

fn scan(request: &SeriesRequest, condition: &Condition, columns: &[Column]) -> ScanRequest {
    let mut projection = Projection::of(columns);
    if !condition.is_exact() {
        condition.want_columns(&mut projection);
    }
    ScanRequest {
        range: request.range,
        filter: condition.wider(),
        order: Order::NewestFirst,
        after: None,
        limit: None,
        projection,
    }
}

fn of_log_records(
    run: &Run<'_>,
    request: &SeriesRequest,
    condition: &Condition,
    found: &mut BTreeSet<Labels>,
) -> Result<bool> {
    let values = run.stored();
    let exact = condition.is_exact();
    for batch in run
        .snapshot
        .logs(&scan(request, condition, &[Column::Resource]), run.context)?
    {
        let batch = batch?;
        let mut done: HashSet<u32> = HashSet::new();
        for row in 0..batch.len {
            let index = batch
                .shared
                .resource_index
                .get(row)
                .copied()
                .unwrap_or_default();
            let item = LogRow {
                batch: &batch,
                row,
                values: &values,
            };
            if done.contains(&index) || !(exact || condition.is_met_by(&item)) {
                continue;
            }
            done.insert(index);
            let labels = batch
                .shared
                .resource(row)
                .map(|resource| labels_of(resource));
            if add(found, labels.unwrap_or_default(), request.limit) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

fn services_and_names(
    run: &Run<'_>,
    request: &SeriesRequest,
    condition: &Condition,
    found: &mut BTreeSet<Labels>,
) -> Result<bool> {
    let request_scan = scan(request, condition, &[Column::Resource, Column::Name]);
    let values = run.stored();
    let exact = condition.is_exact();
    for batch in run.snapshot.spans(&request_scan, run.context)? {
        let batch = batch?;
        let mut done: HashSet<(u32, &str)> = HashSet::new();
        for row in 0..batch.len {
            let index = batch
                .shared
                .resource_index
                .get(row)
                .copied()
                .unwrap_or_default();
            let name = batch.names.cell(row);
            let item = SpanRow {
                batch: &batch,
                row,
                values: &values,
            };
            if done.contains(&(index, name)) || !(exact || condition.is_met_by(&item)) {
                continue;
            }
            done.insert((index, name));
            let service = batch
                .shared
                .resource(row)
                .map_or("unknown_service", |r| r.service_name());
            let labels = [("service.name", service), ("name", name)];
            let labels = labels.map(|(key, text)| (key.to_owned(), text.to_owned()));
            if add(found, labels.into(), request.limit) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Adds a set; true if there is no room for it.
fn add(found: &mut BTreeSet<Labels>, labels: Labels, limit: usize) -> bool {
    if found.contains(&labels) {
        return false;
    }
    if found.len() >= limit {
        return true;
    }
    found.insert(labels);
    false
}

fn labels_of(resource: &Resource) -> Labels {
    let pairs = resource.attributes.0.iter();
    pairs
        .map(|(key, value)| (key.clone(), value.to_text()))
        .collect()
}
