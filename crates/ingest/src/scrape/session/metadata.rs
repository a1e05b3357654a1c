//! What a target tells about its metrics: kind, help, unit; kept for some scrapes after it was told
//! last, and given to the store when it changes.

use std::collections::HashMap;
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
        self.entries
            .retain(|_, entry| entry.seen + ROUNDS_KEPT >= round);
    }

    pub(super) fn all(&self) -> Vec<(String, Metadata)> {
        let entries = self.entries.iter();
        let mut all: Vec<_> = entries
            .map(|(name, entry)| (name.clone(), entry.metadata.clone()))
            .collect();
        all.sort_unstable();
        all
    }
}
