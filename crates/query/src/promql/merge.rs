//! Series with equal labels become one, if they never have values at the same step.

use crate::error::Result;
use crate::promql::column::{Series, is_absent};
use crate::promql::failure;
use std::collections::HashMap;
use std::collections::HashSet;
use std::sync::Arc;
use tacho_model::labels::Labels;

/// Labels that tell what a metric is, and go with its name.
const METADATA_LABELS: [&str; 3] = ["__name__", "__type__", "__unit__"];

/// The labels without name, type and unit.
pub(crate) fn without_metadata(labels: &Labels) -> Labels {
    if METADATA_LABELS
        .iter()
        .any(|name| labels.get(name).is_some())
    {
        labels.filtered(|name| !METADATA_LABELS.contains(&name))
    } else {
        labels.clone()
    }
}

/// Drops the names that are to be dropped, and merges series that are the same then.
pub(crate) fn drop_names(mut series: Vec<Series>) -> Result<Vec<Series>> {
    for series in &mut series {
        if series.drop_name {
            series.labels = without_metadata(&series.labels);
        }
    }
    merge_same_labels(series)
}

/// Merges series with equal labels; fails if two of them have values at the same step. The order of
/// first appearance is kept.
pub(crate) fn merge_same_labels(series: Vec<Series>) -> Result<Vec<Series>> {
    let mut seen = HashSet::with_capacity(series.len());
    if series.iter().all(|it| seen.insert(it.labels.as_encoded())) {
        return Ok(series);
    }
    let mut merged: Vec<Series> = Vec::with_capacity(series.len());
    let mut by_labels: HashMap<Labels, usize> = HashMap::with_capacity(series.len());
    for series in series {
        if let Some(&index) = by_labels.get(&series.labels) {
            add(&mut merged[index], &series)?;
        } else {
            by_labels.insert(series.labels.clone(), merged.len());
            merged.push(series);
        }
    }
    Ok(merged)
}

fn add(into: &mut Series, series: &Series) -> Result<()> {
    for (step, &value) in series.column.floats.iter().enumerate() {
        let histogram = series.column.histogram(step);
        if is_absent(value) && histogram.is_none() {
            continue;
        }
        if into.column.has(step) {
            return Err(failure::same_labels());
        }
        match histogram {
            Some(histogram) => into.column.set_histogram(step, Arc::clone(histogram)),
            None => into.column.set_float(step, value),
        }
    }
    Ok(())
}
