//! What is cached of blocks: counted in every round of upkeep, freed when memory is short.

use super::Store;
use std::sync::atomic::Ordering;

impl Store {
    /// Frees caches of blocks when memory is short.
    pub(super) fn watch_caches(&self) {
        self.samples.trim_to_budget();
        let caches = self.cache_bytes();
        let counted = self.budget.used_by(crate::engine::budget::Part::Caches);
        self.budget.add(crate::engine::budget::Part::Caches, caches);
        self.budget
            .remove(crate::engine::budget::Part::Caches, counted);
        let limit = self.budget.limit();
        if self.budget.is_tight() || (limit > 0 && caches > limit / 4) {
            self.drop_caches();
        }
    }

    fn cache_bytes(&self) -> u64 {
        let (spans, logs) = self.catalogs();
        let blocks = spans.blocks().chain(logs.blocks());
        let values = spans.places.values().chain(logs.places.values());
        blocks
            .map(|handle| handle.block.memory() as u64)
            .sum::<u64>()
            + values
                .filter_map(|files| files.values.as_ref())
                .map(|values| values.memory() as u64)
                .sum::<u64>()
            + self.samples.index_bytes.load(Ordering::Relaxed)
    }

    /// Frees all caches of blocks and values.
    pub fn drop_caches(&self) {
        let (spans, logs) = self.catalogs();
        for handle in spans.blocks().chain(logs.blocks()) {
            handle.block.drop_caches();
        }
        for files in spans.places.values().chain(logs.places.values()) {
            if let Some(values) = &files.values {
                values.drop_caches();
            }
        }
        self.samples.trim(0);
        let counted = self.budget.used_by(crate::engine::budget::Part::Caches);
        self.budget
            .remove(crate::engine::budget::Part::Caches, counted);
    }
}
