//! Deletions that are effective in answers but not carried out on disk yet.

use super::eval::EvalTable;
use super::eval::{ResolveValue, eval, filter_projection};
use super::manifest::{TombstoneEntry, TombstoneWhat};
use super::mask::Mask;
use crate::columns::projection::Projection;
use crate::filter::{CompareOp, Field, Filter, Operand};
use tacho_model::id::{TenantId, TraceId};
use tacho_model::signal::Signal;
use tacho_model::time::{TimeRange, Timestamp};

/// A deletion, ready to be applied.
#[derive(Debug, Clone)]
pub struct Tombstone {
    /// What the manifest says.
    pub entry: TombstoneEntry,
    /// Which items.
    pub filter: Filter,
    /// Items that overlap this range.
    pub range: TimeRange,
}

impl Tombstone {
    /// The deletion of an entry; ids that are none match nothing.
    pub fn new(entry: TombstoneEntry) -> Self {
        let filter = match &entry.what {
            TombstoneWhat::Everything => Filter::All,
            TombstoneWhat::Series(_) | TombstoneWhat::Exemplars(_) => Filter::Or(Vec::new()),
            TombstoneWhat::Traces(ids) => Filter::Or(
                ids.iter()
                    .filter_map(|id| TraceId::parse(id).ok())
                    .map(|id| {
                        Filter::Compare(Field::TraceId, CompareOp::Equal, Operand::TraceId(id))
                    })
                    .collect(),
            ),
            TombstoneWhat::Attributes(pairs) => Filter::And(
                pairs
                    .iter()
                    .map(|(key, text)| Filter::attribute_text(key, text))
                    .collect(),
            ),
        };
        let range = TimeRange {
            start: Timestamp(entry.range.0),
            end: Timestamp(entry.range.1),
        };
        Self {
            entry,
            filter,
            range,
        }
    }

    /// True if items of this tenant and signal in a block of this id may be concerned.
    pub fn concerns(&self, tenant: &TenantId, signal: Signal, block_id: u64) -> bool {
        block_id < self.entry.below
            && self.entry.tenant == tenant.as_str()
            && self.entry.signal == signal.as_str()
    }

    /// The columns that applying it reads.
    pub fn projection<T: EvalTable>(&self) -> Projection {
        filter_projection::<T>(&self.filter).union(&T::key_projection())
    }

    /// The rows that are deleted.
    pub fn rows<T: EvalTable>(&self, batch: &T, resolve: &dyn ResolveValue) -> Mask {
        let mut mask = eval(&self.filter, batch, resolve);
        let times = batch.times().iter().zip(batch.ends());
        for (flag, (start, end)) in mask.0.iter_mut().zip(times) {
            let (first, last) = (*start.min(end), *start.max(end));
            *flag &= self.range.overlaps(Timestamp(first), Timestamp(last));
        }
        mask
    }
}
