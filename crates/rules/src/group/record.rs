//! Recording rules: a result as series of another name.

use crate::rule::{Rule, RuleGroup};
use std::collections::{HashMap, HashSet};
use tacho_model::labels::{Labels, LabelsBuilder, METRIC_NAME};
use tacho_model::sample::SampleValue;

/// The new labels of a recording rule, and what became of those that it met.
#[derive(Debug)]
pub(super) struct Recording {
    labels: Vec<(String, String)>,
    known: HashMap<Labels, Labels>,
}

impl Recording {
    pub(super) fn of(group: &RuleGroup, rule: &Rule) -> Self {
        let name = (METRIC_NAME.to_owned(), rule.name().to_owned());
        let labels = std::iter::once(name).chain(group.labels_of(rule));
        Self {
            labels: labels.collect(),
            known: HashMap::new(),
        }
    }

    /// The series of a result.
    ///
    /// # Errors
    /// With the words of Prometheus: two series have the same labels, or there are more than the limit.
    pub(super) fn record(
        &mut self,
        result: Vec<(Labels, SampleValue)>,
        limit: usize,
    ) -> Result<Vec<(Labels, SampleValue)>, String> {
        let mut known = HashMap::with_capacity(result.len());
        let mut series = Vec::with_capacity(result.len());
        for (labels, value) in result {
            let recorded = match self.known.remove(&labels) {
                Some(recorded) => recorded,
                None => self.recorded(&labels),
            };
            known.insert(labels, recorded.clone());
            series.push((recorded, value));
        }
        self.known = known;
        let mut seen = HashSet::with_capacity(series.len());
        if !series.iter().all(|(labels, _)| seen.insert(labels)) {
            let message =
                "vector contains metrics with the same labelset after applying rule labels";
            return Err(message.to_owned());
        }
        if limit > 0 && series.len() > limit {
            let count = series.len();
            return Err(format!("exceeded limit of {limit} with {count} series"));
        }
        Ok(series)
    }

    fn recorded(&self, labels: &Labels) -> Labels {
        let mut builder = LabelsBuilder::from(labels);
        for (name, value) in &self.labels {
            builder.set(name, value);
        }
        builder.build()
    }
}
