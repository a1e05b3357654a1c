//! What a judged request does to the head once it is logged, and how to take it back if it cannot be
//! logged.

use super::series::{Newest, Rare};
use hashbrown::HashMap;
use std::collections::BTreeMap;
use std::sync::Arc;
use tacho_model::histogram::Histogram;
use tacho_model::sample::SampleValue;

/// Stands for a series that was refused.
pub(crate) const NO_SERIES: u32 = u32::MAX;
/// More memory than this is given back after a request.
const KEEP_STEPS: usize = 65_536;

/// What is done with a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// It goes to the end.
    Append,
    /// It goes among those that came out of order.
    Late,
}

/// One sample.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    /// Its series.
    pub(crate) number: u32,
    /// What is done with it.
    pub(crate) action: Action,
    /// Whether `value` is a position in `Plan::histograms` instead of the bits of a float.
    pub(crate) is_histogram: bool,
    /// When, milliseconds.
    pub(crate) time_ms: i64,
    /// Its start, milliseconds; 0 if unknown.
    pub(crate) start_ms: i64,
    /// Its value.
    pub(crate) value: u64,
}

/// A series as it was.
#[derive(Debug)]
pub(crate) struct Before {
    /// The series.
    pub(crate) number: u32,
    /// Its newest sample.
    pub(crate) newest: Newest,
    /// Its other state.
    pub(crate) rare: Option<Rare>,
}

/// Samples of a series by time, to find those that came before.
pub(crate) type Seen = BTreeMap<i64, SampleValue>;

/// What a request does.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// The samples that are stored.
    pub(crate) steps: Vec<Step>,
    /// Histograms that steps name.
    pub(crate) histograms: Vec<Arc<Histogram>>,
    /// States to go back to, latest last.
    pub(crate) before: Vec<Before>,
    /// Series that are new.
    pub(crate) created: Vec<u32>,
    /// What aliases stand for, found by asking for labels.
    pub(crate) aliases: Vec<(u128, u32)>,
    /// The series of each run; `NO_SERIES` if it was refused.
    pub(crate) runs: Vec<u32>,
    /// What is there of series that got samples out of order.
    pub(crate) seen: HashMap<u32, Seen, foldhash::fast::RandomState>,
}

impl Plan {
    /// Forgets everything; keeps the memory of ordinary requests.
    pub(crate) fn clear(&mut self) {
        if self.steps.capacity() > KEEP_STEPS {
            *self = Self::default();
            return;
        }
        self.steps.clear();
        self.histograms.clear();
        self.before.clear();
        self.created.clear();
        self.aliases.clear();
        self.runs.clear();
        self.seen.clear();
    }

    /// The value of a step.
    pub(crate) fn value(&self, step: &Step) -> SampleValue {
        match self.histograms.get(step.value as usize) {
            Some(histogram) if step.is_histogram => SampleValue::Histogram(Arc::clone(histogram)),
            _ => SampleValue::Float(f64::from_bits(step.value)),
        }
    }
}
