//! From a series of a result to the labels and annotations of its alert. What cannot have changed since
//! the evaluation before is kept: texts are only expanded for new series, or where they tell values.

use super::alert::Annotations;
use crate::expand::{Expander, Needs, Seen, Text};
use crate::rule::{Rule, RuleGroup};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use tacho_model::alert::ALERT_NAME;
use tacho_model::labels::{Labels, LabelsBuilder, METRIC_NAME};
use tacho_template::functions::Functions;

/// Most failures of templates that are kept for people.
const FAILURES_MAX: usize = 5;

/// A label or an annotation of a rule.
#[derive(Debug)]
struct Named {
    name: Arc<str>,
    text: Text,
}

/// The texts of an alerting rule, with what is known of the series that it gave last time.
#[derive(Debug)]
pub(super) struct Instances {
    alert: String,
    labels: Vec<Named>,
    annotations: Vec<Named>,
    /// Some label tells the value: labels are expanded each time.
    labels_vary: bool,
    kept: HashMap<Labels, Kept>,
    round: u64,
    failures: Vec<String>,
}

/// What is kept of a series.
#[derive(Debug)]
struct Kept {
    labels: Labels,
    /// Texts in the order of the annotations; nothing where a text may change each time.
    annotations: Vec<Option<Arc<str>>>,
    /// All annotations, if none may change.
    all: Option<Annotations>,
    round: u64,
}

impl Instances {
    pub(super) fn of(group: &RuleGroup, rule: &Rule, functions: &Functions) -> Self {
        let texts = |of: BTreeMap<String, String>| -> Vec<Named> {
            of.into_iter()
                .map(|(name, text)| Named {
                    text: Text::read(&text, rule.name(), functions),
                    name: name.into(),
                })
                .collect()
        };
        let labels = texts(group.labels_of(rule));
        let varies = |label: &Named| label.text.needs() == Needs::Everything;
        Self {
            alert: rule.name().to_owned(),
            labels_vary: labels.iter().any(varies),
            labels,
            annotations: texts(rule.annotations.clone()),
            kept: HashMap::new(),
            round: 0,
            failures: Vec::new(),
        }
    }

    /// Begins an evaluation. What was kept does not count any more if `fresh`.
    pub(super) fn begin(&mut self, fresh: bool) {
        self.round += 1;
        self.failures.clear();
        if fresh {
            self.kept.clear();
        }
    }

    /// Ends an evaluation: forgets series that are gone, and tells which texts could not be expanded.
    pub(super) fn end(&mut self) -> Vec<String> {
        let round = self.round;
        self.kept.retain(|_, kept| kept.round == round);
        std::mem::take(&mut self.failures)
    }

    /// Labels and annotations of the alert of a series. `more` are labels besides those of the rule.
    pub(super) fn alert_of(
        &mut self,
        expander: &Expander,
        seen: &Seen<'_>,
        more: &[(&str, &str)],
    ) -> (Labels, Annotations) {
        let round = self.round;
        let kept = match self.kept.get_mut(seen.labels) {
            Some(kept) => {
                kept.round = round;
                if let Some(all) = kept.all.as_ref().filter(|_| !self.labels_vary) {
                    return (kept.labels.clone(), all.clone());
                }
                self.kept.get(seen.labels)
            }
            None => None,
        };
        let labels = match kept {
            Some(kept) if !self.labels_vary => kept.labels.clone(),
            _ => self.labels_of(expander, seen, more),
        };
        let known = self.kept.get(seen.labels).map(|kept| &kept.annotations);
        let mut annotations = Vec::with_capacity(self.annotations.len());
        let mut failures = Vec::new();
        for (at, text) in self.annotations.iter().enumerate() {
            let known = known
                .and_then(|known| known.get(at))
                .and_then(Option::as_ref);
            let expanded = match known {
                Some(known) => Arc::clone(known),
                None => self.expanded(expander, (text, "annotation"), seen, &mut failures),
            };
            annotations.push((Arc::clone(&text.name), expanded));
        }
        let annotations = Annotations(annotations.into());
        self.note(failures);
        self.keep(seen.labels, &labels, &annotations);
        (labels, annotations)
    }

    fn note(&mut self, failures: Vec<String>) {
        let room = FAILURES_MAX.saturating_sub(self.failures.len());
        self.failures.extend(failures.into_iter().take(room));
    }

    fn keep(&mut self, series: &Labels, labels: &Labels, annotations: &Annotations) {
        let round = self.round;
        if self.kept.contains_key(series) {
            return;
        }
        let texts: Vec<Option<Arc<str>>> = self
            .annotations
            .iter()
            .zip(annotations.0.iter())
            .map(|(text, (_, expanded))| {
                (text.text.needs() != Needs::Everything).then(|| Arc::clone(expanded))
            })
            .collect();
        let all = texts.iter().all(Option::is_some);
        let kept = Kept {
            labels: labels.clone(),
            annotations: texts,
            all: all.then(|| annotations.clone()),
            round,
        };
        self.kept.insert(series.clone(), kept);
    }

    fn labels_of(&mut self, expander: &Expander, seen: &Seen<'_>, more: &[(&str, &str)]) -> Labels {
        let mut builder = LabelsBuilder::from(seen.labels);
        builder.remove(METRIC_NAME);
        let mut failures = Vec::new();
        for text in &self.labels {
            let value = self.expanded(expander, (text, "label"), seen, &mut failures);
            builder.set(&text.name, &value);
        }
        for (name, value) in more {
            builder.set(name, value);
        }
        builder.set(ALERT_NAME, &self.alert);
        self.note(failures);
        builder.build()
    }

    /// The labels of a series that tells about an alert: those of the rule as they are written, those of
    /// the alert, and a name.
    pub(super) fn series_of(&self, alert: &Labels, name: &str, more: &[(&str, &str)]) -> Labels {
        let mut builder = LabelsBuilder::default();
        for text in &self.labels {
            builder.set(&text.name, text.text.text());
        }
        for (name, value) in alert.iter() {
            builder.set(name, value);
        }
        builder.set(METRIC_NAME, name);
        builder.set(ALERT_NAME, &self.alert);
        for (name, value) in more {
            builder.set(name, value);
        }
        builder.build()
    }

    /// The text with its templates expanded; what is wrong stands in its place, so that the alert goes out.
    fn expanded(
        &self,
        expander: &Expander,
        (text, what): (&Named, &str),
        seen: &Seen<'_>,
        failures: &mut Vec<String>,
    ) -> Arc<str> {
        match expander.expand(&text.text, &self.alert, seen) {
            Ok(expanded) => expanded,
            Err(reason) => {
                failures.push(format!("{what} {:?}: {reason}", text.name));
                format!("<error expanding template: {reason}>").into()
            }
        }
    }
}
