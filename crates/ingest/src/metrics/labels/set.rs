//! Labels under construction.

use crate::metrics::attribute_text::text_of;
use crate::metrics::name::{NameError, label_name};
use crate::metrics::settings::TranslationSettings;
use tacho_model::labels::{Labels, METRIC_NAME};
use tacho_model::value::ValueRef;

/// Attributes first, then labels.
#[derive(Default)]
pub(super) struct LabelSet {
    pairs: Vec<(String, String)>,
}

impl LabelSet {
    /// Notes an attribute. `__name__` is set apart.
    pub(super) fn attribute(&mut self, key: &str, value: ValueRef<'_>) {
        if key != METRIC_NAME {
            self.pairs.push((key.to_owned(), text_of(value)));
        }
    }

    /// Attributes become labels. Of equal keys the last one counts; values of those that share a name after
    /// translation are joined, by order of their keys.
    pub(super) fn merge(&mut self, settings: &TranslationSettings) -> Result<(), NameError> {
        self.pairs.sort_by(|left, right| left.0.cmp(&right.0));
        // The first of two stays where it is and takes the value of the second.
        self.pairs.dedup_by(|second, first| {
            let same = second.0 == first.0;
            if same {
                std::mem::swap(&mut first.1, &mut second.1);
            }
            same
        });
        if !settings.strategy.escapes() {
            return Ok(());
        }
        for pair in &mut self.pairs {
            let name = label_name(settings, &pair.0)?;
            if name != pair.0 {
                pair.0 = name.into_owned();
            }
        }
        self.pairs.sort_by(|left, right| left.0.cmp(&right.0));
        self.pairs.dedup_by(|second, first| {
            let same = second.0 == first.0;
            if same && !first.1.is_empty() {
                first.1.push(';');
            }
            if same {
                first.1.push_str(&second.1);
            }
            same
        });
        Ok(())
    }

    /// Sets a label.
    pub(super) fn put(&mut self, name: &str, value: &str) {
        match self.pairs.iter_mut().find(|pair| pair.0 == name) {
            Some(pair) => value.clone_into(&mut pair.1),
            None => self.pairs.push((name.to_owned(), value.to_owned())),
        }
    }

    /// Sets a label that is not there or empty.
    pub(super) fn add(&mut self, name: &str, value: &str) {
        let is_there = |pair: &(String, String)| pair.0 == name && !pair.1.is_empty();
        if !self.pairs.iter().any(is_there) {
            self.put(name, value);
        }
    }

    pub(super) fn into_labels(mut self) -> Labels {
        self.pairs.retain(|(_, value)| !value.is_empty());
        self.pairs.sort_unstable();
        let pairs = self.pairs.iter();
        Labels::from_sorted(pairs.map(|(name, value)| (name.as_str(), value.as_str())))
    }
}
