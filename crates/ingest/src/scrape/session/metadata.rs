//! What a target tells about its metrics: kind, help, unit; kept for some scrapes after it was told
//! last, and given to the store when it changes.

use std::collections::HashMap;
use std::sync::Arc;
use tacho_model::metric::Metadata;
use tacho_wire::exposition::{Fact, FamilyRef};

/// Scrapes that metadata outlive their metric.
const ROUNDS_KEPT: u64 = 10;

struct Entry {
    metadata: Metadata,
    seen: u64,
    changed: bool,
}

/// Metadata by the name of the family.
#[derive(Default)]
pub(super) struct MetadataCache {
    entries: HashMap<String, Entry>,
    /// All of it as it was given out last, until something changes.
    shared: Option<Arc<Vec<(String, Metadata)>>>,
}

impl MetadataCache {
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn note(&mut self, family: &FamilyRef<'_>, round: u64) {
        if !self.entries.contains_key(family.name) {
            let entry = Entry {
                metadata: Metadata::default(),
                seen: round,
                changed: true,
            };
            self.entries.insert(family.name.to_owned(), entry);
        }
        let Some(entry) = self.entries.get_mut(family.name) else {
            return;
        };
        entry.seen = round;
        let metadata = &mut entry.metadata;
        match family.fact {
            Fact::Kind(kind) if metadata.kind != kind => metadata.kind = kind,
            Fact::Help(help) if metadata.help != help => help.clone_into(&mut metadata.help),
            Fact::Unit(unit) if metadata.unit != unit => unit.clone_into(&mut metadata.unit),
            _ => return,
        }
        entry.changed = true;
        self.shared = None;
    }

    /// What changed since the last call and is told in this round.
    pub(super) fn take_changed(&mut self, round: u64) -> Vec<(String, Metadata)> {
        let mut changed = Vec::new();
        for (name, entry) in &mut self.entries {
            if entry.changed && entry.seen == round {
                entry.changed = false;
                changed.push((name.clone(), entry.metadata.clone()));
            }
        }
        changed.sort_unstable();
        changed
    }

    pub(super) fn forget_old(&mut self, round: u64) {
        let before = self.entries.len();
        self.entries
            .retain(|_, entry| entry.seen + ROUNDS_KEPT >= round);
        if self.entries.len() != before {
            self.shared = None;
        }
    }

    pub(super) fn all(&mut self) -> Arc<Vec<(String, Metadata)>> {
        let entries = &self.entries;
        let shared = self.shared.get_or_insert_with(|| {
            let mut all: Vec<_> = entries
                .iter()
                .map(|(name, entry)| (name.clone(), entry.metadata.clone()))
                .collect();
            all.sort_unstable();
            Arc::new(all)
        });
        Arc::clone(shared)
    }
}
