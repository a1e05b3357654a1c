//! Rate, errors and duration summed up, by group; with more groups than can be held the least
//! busy ones go.

use crate::sketch::Sketch;
use crate::visit::FastMap;
use std::cmp::Reverse;
use std::sync::Arc;

/// Bytes of one group, about.
pub(crate) const GROUP_BYTES: usize = 1_500;

/// Spans summed up. All are counted at their start.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tally {
    /// Spans.
    pub count: u64,
    /// Those with status `ERROR`.
    pub errors: u64,
    /// How long they took.
    pub durations: Sketch,
    /// Spans a bucket; may end early, where no more came.
    pub counts: Vec<u32>,
    /// Failed spans a bucket, likewise.
    pub failed: Vec<u32>,
}

impl Tally {
    /// Adds a span.
    pub(crate) fn add(&mut self, bucket: usize, ns: i64, failed: bool) {
        self.count += 1;
        self.durations.add(ns);
        bump(&mut self.counts, bucket);
        if failed {
            self.errors += 1;
            bump(&mut self.failed, bucket);
        }
    }

    /// Adds all spans of another one.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.errors += other.errors;
        self.durations.merge(&other.durations);
        merge_counts(&mut self.counts, &other.counts);
        merge_counts(&mut self.failed, &other.failed);
    }

    /// Share (0 to 1) of failed spans; 0 without spans.
    pub fn error_rate(&self) -> f64 {
        share(self.errors, self.count)
    }
}

/// A part of a whole, 0 to 1; 0 of nothing.
pub fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        return 0.0;
    }
    part as f64 / whole as f64
}

/// Counts one in a bucket.
pub(crate) fn bump(counts: &mut Vec<u32>, bucket: usize) {
    if counts.len() <= bucket {
        counts.resize(bucket + 1, 0);
    }
    if let Some(cell) = counts.get_mut(bucket) {
        *cell = cell.saturating_add(1);
    }
}

fn merge_counts(into: &mut Vec<u32>, other: &[u32]) {
    if into.len() < other.len() {
        into.resize(other.len(), 0);
    }
    for (cell, more) in into.iter_mut().zip(other) {
        *cell = cell.saturating_add(*more);
    }
}

/// What groups are weighed by when there are too many.
pub(crate) trait Busy {
    /// How much it counts.
    fn weight(&self) -> u64;
    /// Takes in what another one counted.
    fn absorb(&mut self, other: &Self);
}

impl Busy for Tally {
    fn weight(&self) -> u64 {
        self.count
    }

    fn absorb(&mut self, other: &Self) {
        self.merge(other);
    }
}

/// Sums by a number and a text.
pub(crate) struct Groups<V> {
    names: FastMap<Arc<str>, u32>,
    places: FastMap<(u32, u32), u32>,
    groups: Vec<Group<V>>,
    max: usize,
    /// Groups were dropped.
    pub(crate) dropped: bool,
    /// What they counted.
    pub(crate) rest: V,
}

/// One group.
pub(crate) struct Group<V> {
    /// The number.
    pub(crate) number: u32,
    /// The text.
    pub(crate) name: Arc<str>,
    /// The sums.
    pub(crate) value: V,
}

impl<V: Busy + Default> Groups<V> {
    /// At most so many; when there are more, the less busy half goes, so that what is busy
    /// throughout stays and is exact.
    pub(crate) fn new(max: usize) -> Self {
        Self {
            names: FastMap::default(),
            places: FastMap::default(),
            groups: Vec::new(),
            max: max.max(2),
            dropped: false,
            rest: V::default(),
        }
    }

    /// The sums of a group, empty at first.
    pub(crate) fn of(&mut self, number: u32, name: &str) -> &mut V {
        let known = self.names.get(name).copied();
        let place = known.and_then(|name| self.places.get(&(number, name)).copied());
        let place = match place {
            Some(place) => place as usize,
            None => self.add(number, name),
        };
        &mut self.groups[place].value
    }

    fn add(&mut self, number: u32, name: &str) -> usize {
        if self.groups.len() >= self.max {
            self.shed();
        }
        self.place(Group {
            number,
            name: name.into(),
            value: V::default(),
        })
    }

    fn place(&mut self, mut group: Group<V>) -> usize {
        let next = self.names.len() as u32;
        let name = match self.names.get_key_value(&group.name) {
            Some((known, name)) => {
                group.name = Arc::clone(known);
                *name
            }
            None => {
                self.names.insert(Arc::clone(&group.name), next);
                next
            }
        };
        let place = self.groups.len();
        self.places.insert((group.number, name), place as u32);
        self.groups.push(group);
        place
    }

    fn shed(&mut self) {
        self.dropped = true;
        let mut groups = std::mem::take(&mut self.groups);
        groups.sort_by_key(|group| Reverse(group.value.weight()));
        for group in groups.drain(self.max / 2..) {
            self.rest.absorb(&group.value);
        }
        self.names.clear();
        self.places.clear();
        for group in groups {
            self.place(group);
        }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.groups.len()
    }

    /// All groups, the busiest first, equally busy ones by text and number.
    pub(crate) fn busiest(mut self) -> Vec<Group<V>> {
        self.groups.sort_by(|a, b| {
            let key = |group: &Group<V>| Reverse(group.value.weight());
            key(a)
                .cmp(&key(b))
                .then_with(|| a.name.cmp(&b.name))
                .then_with(|| a.number.cmp(&b.number))
        });
        self.groups
    }
}

#[cfg(test)]
mod tests {
    use super::{Groups, Tally};

    #[test]
    fn what_is_busy_throughout_stays_exact_among_many_rare_names() {
        let mut groups: Groups<Tally> = Groups::new(100);
        for number in 0..5_000u32 {
            groups
                .of(2, &format!("GET /users/{number}"))
                .add(0, 5, false);
            groups.of(2, "GET /users").add(1, 7, number % 10 == 0);
            groups.of(3, "GET /users").add(0, 7, true);
        }
        assert!(groups.dropped);
        assert!(groups.len() <= 100);
        let held: u64 = groups.groups.iter().map(|group| group.value.count).sum();
        assert_eq!(held + groups.rest.count, 15_000);
        let busiest = groups.busiest();
        let told: Vec<_> = busiest
            .iter()
            .take(2)
            .map(|group| {
                (
                    group.number,
                    &*group.name,
                    group.value.count,
                    group.value.errors,
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                (2, "GET /users", 5_000, 500),
                (3, "GET /users", 5_000, 5_000)
            ]
        );
        assert_eq!(busiest[0].value.counts, [0, 5_000]);
    }

    #[test]
    fn tallies_add_up() {
        let (mut one, mut other) = (Tally::default(), Tally::default());
        one.add(0, 10, true);
        other.add(2, 30, false);
        one.merge(&other);
        assert_eq!((one.count, one.errors), (2, 1));
        assert_eq!(one.counts, [1, 0, 1]);
        assert_eq!(one.failed, [1]);
        assert_eq!(one.error_rate(), 0.5);
        assert_eq!(one.durations.percentiles().max, 30);
    }
}
