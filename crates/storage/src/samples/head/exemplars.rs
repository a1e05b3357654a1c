//! Exemplars that are not in blocks yet: bounded per series and in all.

use hashbrown::HashMap;
use tacho_model::metric::Exemplar;

/// Exemplars of one series between two flushes.
const SERIES_MAX: usize = 64;
/// Exemplars of one tenant between two flushes.
const TENANT_MAX: usize = 100_000;

/// Exemplars of one series.
#[derive(Debug, Default)]
struct Kept {
    /// Those that came lately, by time.
    list: Vec<Exemplar>,
    /// Everything up to this time, nanoseconds, has gone to disk.
    written_ns: Option<i64>,
}

/// Exemplars of a tenant.
#[derive(Debug, Default)]
pub(crate) struct Exemplars {
    series: HashMap<u32, Kept, foldhash::fast::RandomState>,
    count: usize,
    bytes: usize,
    dropped: u64,
}

fn memory(exemplar: &Exemplar) -> usize {
    size_of::<Exemplar>() + exemplar.labels.memory()
}

/// Whether two are the same, bit for bit.
pub(crate) fn same(a: &Exemplar, b: &Exemplar) -> bool {
    a.time_ns == b.time_ns && a.value.to_bits() == b.value.to_bits() && a.labels == b.labels
}

impl Exemplars {
    /// Whether one would be kept: it is not known, and there is room.
    pub(crate) fn is_new(&self, number: u32, exemplar: &Exemplar) -> bool {
        self.series.get(&number).is_none_or(|kept| {
            kept.written_ns
                .is_none_or(|written| exemplar.time_ns > written)
                && !kept.list.iter().any(|known| same(known, exemplar))
        })
    }

    /// Adds one, if it is new; beyond the limits the oldest of its series, or itself, is dropped.
    pub(crate) fn add(&mut self, number: u32, exemplar: &Exemplar) {
        if !self.is_new(number, exemplar) {
            return;
        }
        let kept = self.series.entry(number).or_default();
        if kept.list.len() >= SERIES_MAX {
            let oldest = kept.list.remove(0);
            self.bytes -= memory(&oldest);
            self.count -= 1;
            self.dropped += 1;
        } else if self.count >= TENANT_MAX {
            self.dropped += 1;
            return;
        }
        let at = kept
            .list
            .partition_point(|known| known.time_ns <= exemplar.time_ns);
        kept.list.insert(at, exemplar.clone());
        self.count += 1;
        self.bytes += memory(exemplar);
    }

    /// Those of a series, by time.
    pub(crate) fn of(&self, number: u32) -> &[Exemplar] {
        self.series.get(&number).map_or(&[], |kept| &kept.list)
    }

    /// Takes all out for writing, by number of series.
    pub(crate) fn take(&mut self) -> Vec<(u32, Vec<Exemplar>)> {
        let mut taken = Vec::new();
        for (number, kept) in &mut self.series {
            if let Some(last) = kept.list.last() {
                kept.written_ns = Some(last.time_ns);
                taken.push((*number, std::mem::take(&mut kept.list)));
            }
        }
        taken.sort_unstable_by_key(|(number, _)| *number);
        (self.count, self.bytes) = (0, 0);
        taken
    }

    /// Forgets a series.
    pub(crate) fn remove(&mut self, number: u32) {
        if let Some(kept) = self.series.remove(&number) {
            self.count -= kept.list.len();
            self.bytes -= kept.list.iter().map(memory).sum::<usize>();
        }
    }

    /// How many were dropped because there were too many.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Bytes of memory.
    pub(crate) fn memory(&self) -> usize {
        self.bytes + self.series.capacity() * (size_of::<Kept>() + 8)
    }
}
