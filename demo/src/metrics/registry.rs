//! The values behind `/metrics`: one family for each row of `catalogue.rs`, each with a bounded
//! number of series. `exposition.rs` prints them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use super::catalogue::{Definition, Exposed, Kind, TABLE};

/// Series of one family; what comes after them is counted under the label values [`OVERFLOW`].
const SERIES_COUNT_MAX: usize = 500;
const OVERFLOW: &str = "other";

/// The value of a label.
pub(crate) type LabelValue = Cow<'static, str>;

/// The run and the trace behind a value. These ids are no labels, because every run has new ones.
#[derive(Debug, Clone)]
pub(crate) struct Exemplar {
    pub(crate) labels: Vec<(&'static str, String)>,
    pub(crate) value: f64,
    pub(crate) at: SystemTime,
}

/// What a series holds.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Number(f64),
    Distribution(Distribution),
}

/// Counts by bucket (not added up), the last one without an upper bound.
#[derive(Debug, Clone)]
pub(crate) struct Distribution {
    pub(crate) counts: Vec<u64>,
    pub(crate) sum: f64,
    /// The latest of each bucket.
    pub(crate) exemplars: Vec<Option<Exemplar>>,
}

/// All series of a family by their label values, which are in the order of the row's labels.
pub(crate) type Family = BTreeMap<Vec<LabelValue>, Value>;

/// All families.
#[derive(Debug)]
pub(crate) struct Registry {
    families: Mutex<Vec<Family>>,
}

impl Registry {
    pub(crate) fn new() -> Self {
        Self {
            families: Mutex::new(TABLE.iter().map(|_| Family::new()).collect()),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Family>> {
        self.families.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, what: Exposed, labels: Vec<LabelValue>, change: impl FnOnce(&mut Value)) {
        let definition = what.definition();
        debug_assert_eq!(labels.len(), definition.labels.len(), "{}", definition.name);
        let mut families = self.lock();
        let Some(family) = families.get_mut(what as usize) else {
            return;
        };
        let labels = if family.len() < SERIES_COUNT_MAX || family.contains_key(&labels) {
            labels
        } else {
            labels.iter().map(|_| OVERFLOW.into()).collect()
        };
        change(family.entry(labels).or_insert_with(|| empty(definition)));
    }

    /// Adds to a counter or a gauge.
    pub(crate) fn add(&self, what: Exposed, labels: Vec<LabelValue>, by: f64) {
        self.change(what, labels, |value| {
            if let Value::Number(number) = value {
                *number += by;
            }
        });
    }

    /// Sets a gauge.
    pub(crate) fn set(&self, what: Exposed, labels: Vec<LabelValue>, to: f64) {
        self.change(what, labels, |value| *value = Value::Number(to));
    }

    /// Removes all series of a gauge, before it is set anew.
    pub(crate) fn clear(&self, what: Exposed) {
        if let Some(family) = self.lock().get_mut(what as usize) {
            family.clear();
        }
    }

    /// Adds a value to a histogram.
    pub(crate) fn observe(&self, what: Exposed, labels: Vec<LabelValue>, exemplar: Exemplar) {
        let Kind::Histogram(bounds) = what.definition().kind else {
            return;
        };
        self.change(what, labels, |value| {
            let Value::Distribution(distribution) = value else {
                return;
            };
            let index = bounds.partition_point(|bound| *bound < exemplar.value);
            distribution.sum += exemplar.value;
            if let Some(count) = distribution.counts.get_mut(index) {
                *count += 1;
            }
            if let Some(latest) = distribution.exemplars.get_mut(index) {
                *latest = Some(exemplar);
            }
        });
    }

    /// A copy of everything, in the order of the table.
    pub(crate) fn snapshot(&self) -> Vec<(&'static Definition, Family)> {
        TABLE.iter().zip(self.lock().iter().cloned()).collect()
    }
}

fn empty(definition: &Definition) -> Value {
    match definition.kind {
        Kind::Counter | Kind::Gauge => Value::Number(0.0),
        Kind::Histogram(bounds) => Value::Distribution(Distribution {
            counts: vec![0; bounds.len() + 1],
            sum: 0.0,
            exemplars: vec![None; bounds.len() + 1],
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::{OVERFLOW, Registry, SERIES_COUNT_MAX, Value};
    use crate::metrics::catalogue::Exposed;

    #[test]
    fn number_of_series_is_bounded_and_nothing_is_lost() {
        let registry = Registry::new();
        for index in 0..SERIES_COUNT_MAX + 30 {
            let labels = vec![
                format!("gateway-{index}").into(),
                "GET".into(),
                "200".into(),
            ];
            registry.add(Exposed::GatewayRequests, labels, 1.0);
        }
        let snapshot = registry.snapshot();
        let (definition, family) = &snapshot[Exposed::GatewayRequests as usize];
        assert_eq!(definition.name, "gateway_requests_total");
        assert_eq!(family.len(), SERIES_COUNT_MAX + 1);
        let other: Vec<super::LabelValue> = vec![OVERFLOW.into(); 3];
        assert!(matches!(family[&other], Value::Number(30.0)));
    }
}
