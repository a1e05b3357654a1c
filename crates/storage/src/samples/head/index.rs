//! Finding series in memory: by alias, by labels, by matchers. Numbers of series that are gone are
//! used again.

use super::postings::Postings;
use super::series::Slots;
use crate::samples::matcher::LabelMatcher;
use hashbrown::{HashMap, HashTable};
use roaring::RoaringBitmap;
use std::collections::BTreeSet;
use tacho_model::labels::Labels;
use xxhash_rust::xxh3::xxh3_64;

/// Aliases beyond this many a series, all forgotten at once: they come again by themselves.
const ALIASES_A_SERIES: usize = 3;
/// Aliases that are always allowed.
const ALIASES_MIN: usize = 65_536;

type Map<V> = HashMap<Box<str>, V, foldhash::fast::RandomState>;

/// A series that a sender's form of its labels stands for.
#[derive(Debug, Clone, Copy)]
struct Alias {
    key: [u32; 4],
    number: u32,
}

/// A series by the hash of its labels.
#[derive(Debug, Clone, Copy)]
struct Known {
    hash: u32,
    number: u32,
}

/// Series by the values of one label.
#[derive(Debug, Default)]
pub(crate) struct Values {
    by_value: Map<Postings>,
}

/// The index of the series of a head.
#[derive(Debug, Default)]
pub(crate) struct Index {
    known: HashTable<Known>,
    aliases: HashTable<Alias>,
    names: Map<Values>,
    all: RoaringBitmap,
    text_bytes: usize,
    pairs: usize,
}

fn hash_of(labels: &Labels) -> u32 {
    (xxh3_64(labels.as_encoded().as_bytes()) >> 32) as u32
}

/// Spreads 32 bits over the 64 that the table looks at.
fn spread(hash: u32) -> u64 {
    u64::from(hash).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

fn words(alias: u128) -> [u32; 4] {
    [
        alias as u32,
        (alias >> 32) as u32,
        (alias >> 64) as u32,
        (alias >> 96) as u32,
    ]
}

fn alias_hash(key: [u32; 4]) -> u64 {
    (u64::from(key[0]) | u64::from(key[1]) << 32)
        ^ (u64::from(key[2]) << 17 | u64::from(key[3]) << 47)
}

impl Index {
    /// The series that an alias stands for.
    pub(crate) fn by_alias(&self, alias: u128) -> Option<u32> {
        if alias == 0 {
            return None;
        }
        let key = words(alias);
        let found = self.aliases.find(alias_hash(key), |entry| entry.key == key);
        found.map(|entry| entry.number)
    }

    /// Remembers what an alias stands for.
    pub(crate) fn remember(&mut self, alias: u128, number: u32) {
        if alias == 0 {
            return;
        }
        let most = (self.known.len() * ALIASES_A_SERIES).max(ALIASES_MIN);
        if self.aliases.len() >= most {
            self.aliases.clear();
        }
        let key = words(alias);
        let hash = alias_hash(key);
        match self.aliases.find_mut(hash, |entry| entry.key == key) {
            Some(entry) => entry.number = number,
            None => {
                let entry = Alias { key, number };
                self.aliases
                    .insert_unique(hash, entry, |entry| alias_hash(entry.key));
            }
        }
    }

    /// The series with these labels.
    pub(crate) fn by_labels(&self, labels: &Labels, slots: &Slots) -> Option<u32> {
        let hash = hash_of(labels);
        let found = self.known.find(spread(hash), |entry| {
            entry.hash == hash && slots.get(entry.number).labels == *labels
        });
        found.map(|entry| entry.number)
    }

    /// Adds a series that is not known yet.
    pub(crate) fn insert(&mut self, number: u32, labels: &Labels) {
        let hash = hash_of(labels);
        self.known
            .insert_unique(spread(hash), Known { hash, number }, |entry| {
                spread(entry.hash)
            });
        self.all.insert(number);
        for (name, value) in labels.iter() {
            let values = match self.names.get_mut(name) {
                Some(values) => values,
                None => {
                    self.text_bytes += name.len();
                    self.names.entry(name.into()).or_default()
                }
            };
            let postings = match values.by_value.get_mut(value) {
                Some(postings) => postings,
                None => {
                    self.text_bytes += value.len();
                    self.pairs += 1;
                    values.by_value.entry(value.into()).or_default()
                }
            };
            postings.insert(number);
        }
    }

    /// Takes a series out. Its aliases stay until `forget_aliases`.
    pub(crate) fn remove(&mut self, number: u32, labels: &Labels) {
        let hash = hash_of(labels);
        if let Ok(entry) = self
            .known
            .find_entry(spread(hash), |entry| entry.number == number)
        {
            entry.remove();
        }
        self.all.remove(number);
        for (name, value) in labels.iter() {
            let Some(values) = self.names.get_mut(name) else {
                continue;
            };
            let Some(postings) = values.by_value.get_mut(value) else {
                continue;
            };
            postings.remove(number);
            if postings.is_empty() {
                values.by_value.remove(value);
                self.text_bytes -= value.len();
                self.pairs -= 1;
                if values.by_value.is_empty() {
                    self.names.remove(name);
                    self.text_bytes -= name.len();
                }
            }
        }
    }

    /// Forgets aliases of series that are gone, and gives memory back.
    pub(crate) fn forget_aliases(&mut self) {
        let all = &self.all;
        self.aliases.retain(|entry| all.contains(entry.number));
        self.aliases
            .shrink_to(self.aliases.len() * 2, |entry| alias_hash(entry.key));
        self.known
            .shrink_to(self.known.len() * 2, |entry| spread(entry.hash));
        for values in self.names.values_mut() {
            let most = values.by_value.len() * 2;
            values.by_value.shrink_to(most);
        }
    }

    /// Number of series.
    pub(crate) fn len(&self) -> usize {
        self.known.len()
    }

    /// How many series have a label of this value.
    pub(crate) fn count(&self, name: &str, value: &str) -> u64 {
        let values = self.names.get(name);
        let postings = values.and_then(|values| values.by_value.get(value));
        postings.map_or(0, Postings::len)
    }

    /// The labels that occur, each with its values and the series that have them.
    pub(crate) fn names(&self) -> impl Iterator<Item = (&str, &Values)> {
        self.names
            .iter()
            .map(|(name, values)| (name.as_ref(), values))
    }

    /// The values of a label.
    pub(crate) fn values(&self, name: &str) -> Option<&Values> {
        self.names.get(name)
    }

    /// Bytes of memory.
    pub(crate) fn memory(&self) -> usize {
        const ENTRY: usize = size_of::<(Box<str>, Postings)>() + 1;
        self.known.capacity() * (size_of::<Known>() + 1)
            + self.aliases.capacity() * (size_of::<Alias>() + 1)
            + self.text_bytes
            // Half-empty tables and the allocator's rounding of small texts.
            + self.pairs * (ENTRY * 3 / 2 + 16)
            // About twelve labels a series, four bytes each and as much again to grow.
            + self.known.len() * 64
    }

    /// Series that match all.
    pub(crate) fn select(&self, matchers: &[LabelMatcher], slots: &Slots) -> RoaringBitmap {
        let mut found: Option<RoaringBitmap> = None;
        let mut rest: Vec<&LabelMatcher> = Vec::new();
        for matcher in matchers {
            match matcher.literal_values() {
                Some(literals) if !matcher.matches_absent() => {
                    let set = self.union(&matcher.name, &literals);
                    narrow(&mut found, set);
                }
                _ => rest.push(matcher),
            }
        }
        rest.sort_by_key(|matcher| matcher.matches_absent());
        for matcher in rest {
            let candidates = found.as_ref().unwrap_or(&self.all);
            if candidates.is_empty() {
                break;
            }
            let values = self.names.get(matcher.name.as_str());
            let distinct = values.map_or(0, |values| values.by_value.len()) as u64;
            let set = if candidates.len() < distinct {
                candidates
                    .iter()
                    .filter(|number| matcher.matches_labels(&slots.get(*number).labels))
                    .collect()
            } else {
                self.filter(matcher, values, candidates)
            };
            found = Some(set);
        }
        found.unwrap_or_else(|| self.all.clone())
    }

    fn union(&self, name: &str, literals: &[&str]) -> RoaringBitmap {
        let mut set = RoaringBitmap::new();
        if let Some(values) = self.names.get(name) {
            for literal in literals {
                if let Some(postings) = values.by_value.get(*literal) {
                    postings.add_to(&mut set);
                }
            }
        }
        set
    }

    /// The candidates that fit, found by looking at every value of the label.
    fn filter(
        &self,
        matcher: &LabelMatcher,
        values: Option<&Values>,
        candidates: &RoaringBitmap,
    ) -> RoaringBitmap {
        let absent = matcher.matches_absent();
        let mut set = RoaringBitmap::new();
        for (value, postings) in values.into_iter().flat_map(|values| values.by_value.iter()) {
            // Where series without the label fit, what does not fit is taken away.
            if matcher.matches(value) != absent {
                postings.add_to(&mut set);
            }
        }
        if absent {
            candidates - set
        } else {
            candidates & set
        }
    }
}

fn narrow(found: &mut Option<RoaringBitmap>, set: RoaringBitmap) {
    match found {
        Some(found) => *found &= set,
        None => *found = Some(set),
    }
}

impl Values {
    /// The values with their series, in no order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Postings)> {
        self.by_value
            .iter()
            .map(|(value, postings)| (value.as_ref(), postings))
    }

    /// Adds the values that series of a set have.
    pub(crate) fn of(&self, set: &RoaringBitmap, out: &mut BTreeSet<String>) {
        for (value, postings) in self.iter() {
            if postings.meets(set) && !out.contains(value) {
                out.insert(value.to_owned());
            }
        }
    }
}
