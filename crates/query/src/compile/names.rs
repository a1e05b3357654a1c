//! Which attributes a name of a query stands for: the key itself, and every key that Loki would
//! write like it (`service_name` for `service.name`), out of those that occur.

use crate::error::Result;
use std::collections::BTreeMap;
use std::sync::Arc;
use tacho_model::signal::Signal;
use tacho_model::time::TimeRange;
use tacho_storage::read::{ReadContext, Snapshot};
use tacho_syntax::logql::names_attribute;

/// Keys that one name stands for at most.
const KEYS_OF_NAME_MAX: usize = 16;

/// The keys that occur.
#[derive(Debug, Clone, Default)]
pub struct Names {
    keys: BTreeMap<Arc<str>, Key>,
}

/// What is known of a key.
#[derive(Debug, Clone, Copy, Default)]
struct Key {
    /// Some value of it is no number.
    has_others: bool,
    /// About how many items have it.
    count: u64,
}

impl Names {
    /// The keys that occur in a range of time.
    pub fn of_snapshot(
        snapshot: &dyn Snapshot,
        signal: Signal,
        range: TimeRange,
        context: &ReadContext,
    ) -> Result<Self> {
        let mut names = Self::default();
        for entry in snapshot.catalog(signal, range, context)? {
            let has_others = entry
                .types
                .iter()
                .any(|name| !matches!(*name, "int" | "double"));
            names.add(&entry.key, has_others, entry.count);
        }
        Ok(names)
    }

    /// Makes a key known; gives whether it is new.
    pub fn add(&mut self, key: &str, has_others: bool, count: u64) -> bool {
        let known = self.keys.contains_key(key);
        let entry = self.keys.entry(key.into()).or_default();
        entry.has_others |= has_others;
        entry.count = entry.count.saturating_add(count);
        !known
    }

    /// The keys of a name: itself first, then the most frequent; at most 16.
    pub fn keys_of(&self, name: &str) -> Vec<Arc<str>> {
        let mut keys: Vec<(&Arc<str>, u64)> = Vec::new();
        if name.contains('_') {
            let written_so = self
                .keys
                .iter()
                .filter(|(key, _)| key.as_ref() != name && names_attribute(name, key));
            keys.extend(written_so.map(|(key, facts)| (key, facts.count)));
        }
        keys.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let mut out: Vec<Arc<str>> = vec![name.into()];
        out.extend(keys.into_iter().map(|(key, _)| Arc::clone(key)));
        out.truncate(KEYS_OF_NAME_MAX);
        out
    }

    /// The one key that stands best for a name: itself if it occurs, else the most frequent.
    pub fn best_key_of(&self, name: &str) -> Arc<str> {
        let keys = self.keys_of(name);
        let found = keys.iter().find(|key| self.keys.contains_key(*key));
        found
            .or(keys.first())
            .map_or_else(|| name.into(), Arc::clone)
    }

    /// Whether a key occurs.
    pub fn knows(&self, key: &str) -> bool {
        self.keys.contains_key(key)
    }

    /// Whether all values of a key are known to be numbers.
    pub fn is_number(&self, key: &str) -> bool {
        self.keys.get(key).is_some_and(|facts| !facts.has_others)
    }
}

/// Whether the catalog is needed to know what a name stands for.
pub fn is_ambiguous(name: &str) -> bool {
    name.contains('_')
}
