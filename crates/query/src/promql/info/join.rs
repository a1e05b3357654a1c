//! Joins series with their info series, step by step: the newest info series of a name counts.

use crate::error::Result;
use crate::promql::binary::matching::braced;
use crate::promql::budget::Budget;
use crate::promql::column::{Column, Series, is_absent};
use crate::promql::failure;
use crate::promql::info::IDENTIFYING;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use tacho_model::labels::{Labels, LabelsBuilder, METRIC_NAME};
use tacho_storage::samples::matcher::LabelMatcher;

/// Which labels of info series are wanted.
pub(super) struct DataLabels {
    matchers: Vec<LabelMatcher>,
}

impl DataLabels {
    pub(crate) fn new(matchers: Vec<LabelMatcher>) -> Self {
        Self { matchers }
    }

    fn wants(&self, label: &str) -> bool {
        self.matchers.is_empty() || self.matchers.iter().any(|it| it.name == label)
    }

    /// Whether series without info series stay.
    fn allow_none(&self) -> bool {
        self.matchers.iter().all(LabelMatcher::matches_absent)
    }
}

/// Info series by name and by what identifies them.
pub(super) struct Join<'i> {
    info: &'i [Series],
    by_name: BTreeMap<&'i str, HashMap<[&'i str; 2], Vec<usize>>>,
    steps: usize,
}

/// The labels of a series and its info series, worked out once for as long as they stay.
struct Current {
    chosen: Vec<usize>,
    slot: Option<usize>,
}

fn identity(labels: &Labels) -> [&str; 2] {
    IDENTIFYING.map(|label| labels.value(label))
}

impl<'i> Join<'i> {
    pub(crate) fn new(info: &'i [Series], steps: usize) -> Self {
        let mut by_name: BTreeMap<&str, HashMap<[&str; 2], Vec<usize>>> = BTreeMap::new();
        for (index, series) in info.iter().enumerate() {
            by_name
                .entry(series.labels.value(METRIC_NAME))
                .or_default()
                .entry(identity(&series.labels))
                .or_default()
                .push(index);
        }
        Self {
            info,
            by_name,
            steps,
        }
    }

    /// The series with the labels of their info series.
    pub(crate) fn join(
        &self,
        base: &[Series],
        ignored: &[bool],
        data: &DataLabels,
        budget: &Budget,
    ) -> Result<Vec<Series>> {
        self.check_conflicts(base)?;
        let mut result: Vec<Series> = Vec::with_capacity(base.len());
        let mut by_labels: HashMap<Labels, usize> = HashMap::new();
        for (series, &ignored) in base.iter().zip(ignored) {
            budget.check()?;
            let mut current: Option<Current> = None;
            for step in 0..self.steps {
                if !series.column.has(step) {
                    continue;
                }
                let chosen = if ignored {
                    Vec::new()
                } else {
                    self.chosen(&series.labels, step)
                };
                if current.as_ref().is_none_or(|it| it.chosen != chosen) {
                    let dropped = !ignored && chosen.is_empty() && !data.allow_none();
                    let slot = if dropped {
                        None
                    } else {
                        let labels = self.labels(&series.labels, &chosen, data)?;
                        Some(*by_labels.entry(labels.clone()).or_insert_with(|| {
                            result.push(Series {
                                labels,
                                drop_name: series.drop_name,
                                column: Column::absent(self.steps),
                            });
                            result.len() - 1
                        }))
                    };
                    current = Some(Current { chosen, slot });
                }
                if let Some(slot) = current.as_ref().and_then(|it| it.slot) {
                    put(&mut result[slot].column, &series.column, step)?;
                }
            }
        }
        Ok(result)
    }

    /// The newest info series of each name that belong to a series at a step.
    fn chosen(&self, labels: &Labels, step: usize) -> Vec<usize> {
        let identity = identity(labels);
        let of_name = |series: &Vec<usize>| {
            let present = series
                .iter()
                .copied()
                .filter(|it| self.is_present(*it, step));
            present.max_by(|a, b| self.time(*a, step).total_cmp(&self.time(*b, step)))
        };
        self.by_name
            .values()
            .filter_map(|by_identity| by_identity.get(&identity).and_then(of_name))
            .collect()
    }

    fn time(&self, series: usize, step: usize) -> f64 {
        self.info[series].column.floats[step]
    }

    fn is_present(&self, series: usize, step: usize) -> bool {
        !is_absent(self.time(series, step))
    }

    /// Two info series of one name and identity must not be as new as each other.
    fn check_conflicts(&self, base: &[Series]) -> Result<()> {
        let asked: Vec<bool> = (0..self.steps)
            .map(|step| base.iter().any(|series| series.column.has(step)))
            .collect();
        let groups = self.by_name.values().flat_map(HashMap::values);
        for group in groups.filter(|group| group.len() > 1) {
            for step in (0..self.steps).filter(|step| asked[*step]) {
                let mut newest: Option<usize> = None;
                for &series in group.iter().filter(|it| self.is_present(**it, step)) {
                    let Some(before) = newest else {
                        newest = Some(series);
                        continue;
                    };
                    let (old, new) = (self.time(before, step), self.time(series, step));
                    if old == new {
                        return Err(failure::execution(format!(
                            "found duplicate series for info metric: existing {} @ {old}, new {} @ {new}",
                            braced(&self.info[before].labels),
                            braced(&self.info[series].labels),
                        )));
                    }
                    if new > old {
                        newest = Some(series);
                    }
                }
            }
        }
        Ok(())
    }

    fn labels(&self, base: &Labels, chosen: &[usize], data: &DataLabels) -> Result<Labels> {
        let mut added = LabelsBuilder::default();
        for &index in chosen {
            for (name, value) in self.info[index].labels.iter() {
                if name == METRIC_NAME || !data.wants(name) {
                    continue;
                }
                let before = added.value(name);
                if !before.is_empty() && before != value {
                    return Err(failure::execution(format!("conflicting label: {name}")));
                }
                if base.get(name).is_none() {
                    added.set(name, value);
                }
            }
        }
        let mut labels = LabelsBuilder::from(base);
        for (name, value) in added.pairs() {
            labels.set(name, value);
        }
        Ok(labels.build())
    }
}

fn put(into: &mut Column, from: &Column, step: usize) -> Result<()> {
    if into.has(step) {
        return Err(failure::same_labels());
    }
    match from.histogram(step) {
        Some(histogram) => into.set_histogram(step, Arc::clone(histogram)),
        None => into.set_float(step, from.floats[step]),
    }
    Ok(())
}
