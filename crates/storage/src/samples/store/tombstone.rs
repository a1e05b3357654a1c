//! Deletions of samples that are effective in answers but not carried out on disk yet.

use crate::engine::manifest::{MatcherEntry, TombstoneEntry, TombstoneWhat};
use crate::samples::matcher::{LabelMatcher, MatchOp};
use tacho_model::id::TenantId;
use tacho_model::labels::Labels;
use tacho_model::metric::Exemplar;
use tacho_model::signal::Signal;

/// A deletion, ready to be applied.
#[derive(Debug, Clone)]
pub(crate) struct SampleTombstone {
    /// What the manifest says.
    pub(crate) entry: TombstoneEntry,
    /// What it concerns.
    pub(crate) what: Concerned,
    /// Earliest and latest sample it concerns, milliseconds, both inclusive.
    pub(crate) range_ms: (i64, i64),
}

/// What a deletion concerns.
#[derive(Debug, Clone)]
pub(crate) enum Concerned {
    /// Everything.
    Everything,
    /// Series that match all of one of these.
    Series(Vec<Vec<LabelMatcher>>),
    /// Exemplars with one of these labels.
    Exemplars(Vec<(String, String)>),
}

const MS: i64 = 1_000_000;

/// How a condition is kept.
pub(crate) fn matcher_entry(matcher: &LabelMatcher) -> MatcherEntry {
    MatcherEntry {
        name: matcher.name.clone(),
        op: matcher.op.as_str().to_owned(),
        value: matcher.value.clone(),
    }
}

fn matcher(entry: &MatcherEntry) -> Option<LabelMatcher> {
    let ops = [
        MatchOp::Equal,
        MatchOp::NotEqual,
        MatchOp::Regex,
        MatchOp::NotRegex,
    ];
    let op = ops.into_iter().find(|op| op.as_str() == entry.op)?;
    LabelMatcher::new(&entry.name, op, &entry.value).ok()
}

impl SampleTombstone {
    /// The deletion of an entry; conditions that are none match nothing.
    pub(crate) fn new(entry: TombstoneEntry) -> Self {
        let what = match &entry.what {
            TombstoneWhat::Everything => Concerned::Everything,
            TombstoneWhat::Series(lists) => Concerned::Series(
                lists
                    .iter()
                    .filter_map(|list| list.iter().map(matcher).collect())
                    .collect(),
            ),
            TombstoneWhat::Exemplars(pairs) => Concerned::Exemplars(pairs.clone()),
            TombstoneWhat::Traces(_) | TombstoneWhat::Attributes(_) => {
                Concerned::Series(Vec::new())
            }
        };
        let (start, end) = entry.range;
        let first = start.div_euclid(MS) + i64::from(start.rem_euclid(MS) > 0);
        let range_ms = (first, end.saturating_sub(1).div_euclid(MS));
        Self {
            entry,
            what,
            range_ms,
        }
    }

    /// True if what lies in a block of this tenant and id may be concerned.
    pub(crate) fn concerns(&self, tenant: &TenantId, block_id: u64) -> bool {
        block_id < self.entry.below
            && self.entry.tenant == tenant.as_str()
            && self.entry.signal == Signal::Samples.as_str()
    }

    /// Whether samples of a series are concerned.
    pub(crate) fn takes_series(&self, labels: &Labels) -> bool {
        match &self.what {
            Concerned::Everything => true,
            Concerned::Series(lists) => lists
                .iter()
                .any(|list| list.iter().all(|it| it.matches_labels(labels))),
            Concerned::Exemplars(_) => false,
        }
    }

    /// Whether an exemplar of a series is concerned.
    pub(crate) fn takes_exemplar(&self, labels: &Labels, exemplar: &Exemplar) -> bool {
        let (start, end) = self.entry.range;
        if exemplar.time_ns < start || exemplar.time_ns >= end {
            return false;
        }
        match &self.what {
            Concerned::Exemplars(pairs) => pairs
                .iter()
                .any(|(name, value)| exemplar.labels.get(name) == Some(value)),
            _ => self.takes_series(labels),
        }
    }
}

/// Ranges of a series' samples, milliseconds, both ends inclusive, that deletions take from a block.
pub(crate) fn removed_ranges<'a>(
    tombstones: impl Iterator<Item = &'a SampleTombstone>,
    labels: &Labels,
) -> Vec<(i64, i64)> {
    tombstones
        .filter(|tombstone| tombstone.takes_series(labels))
        .map(|tombstone| tombstone.range_ms)
        .collect()
}
