//! When a group is due: slots of its interval, moved by a stable offset so that groups do not all start at
//! once. Slots that were missed are counted, never made up for; a clock that jumps does no harm.

use crate::rule::RuleGroup;
use tacho_model::alert::Fingerprint;
use tacho_model::labels::Labels;

/// Shortest interval, ms.
const INTERVAL_MS_MIN: i64 = 1;

/// The slots of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    interval_ms: i64,
    offset_ms: i64,
    /// The slot that was taken last, or the one that was over when the schedule began.
    last_ms: i64,
    /// Slots that came, whether they were taken or missed.
    pub scheduled: u64,
    /// Slots that came while an evaluation was still running, or while nobody asked.
    pub missed: u64,
}

/// A slot that has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// Its time: that of the evaluation, ms.
    pub slot_ms: i64,
    /// Slots before it that were missed.
    pub missed: u64,
}

impl Schedule {
    /// The slots of a group from a time on; the first one is after it. `interval_ms` is that of the server,
    /// for groups that have none.
    pub fn new(group: &RuleGroup, interval_ms: i64, now_ms: i64) -> Self {
        let interval_ms = group
            .interval_ms
            .unwrap_or(interval_ms)
            .max(INTERVAL_MS_MIN);
        let identity = Labels::from_pairs([
            ("name", group.name.as_str()),
            ("file", group.source.file.as_ref()),
        ]);
        let hash = Fingerprint::of(&identity).0;
        let offset = hash % u64::try_from(interval_ms).unwrap_or(1);
        let mut schedule = Self {
            interval_ms,
            offset_ms: i64::try_from(offset).unwrap_or(0),
            last_ms: 0,
            scheduled: 0,
            missed: 0,
        };
        schedule.last_ms = schedule.slot_at(now_ms);
        schedule
    }

    /// Time between slots, ms.
    pub fn interval_ms(&self) -> i64 {
        self.interval_ms
    }

    /// The newest slot at or before a time.
    pub fn slot_at(&self, now_ms: i64) -> i64 {
        let past = now_ms
            .saturating_sub(self.offset_ms)
            .rem_euclid(self.interval_ms);
        now_ms.saturating_sub(past)
    }

    /// When to ask again: the next slot that was not taken; at once after the clock was set back.
    pub fn next_due(&self, now_ms: i64) -> i64 {
        if self.was_set_back(now_ms) {
            return now_ms;
        }
        self.last_ms.saturating_add(self.interval_ms)
    }

    /// Takes the newest slot that has come, if it was not taken yet.
    pub fn take(&mut self, now_ms: i64) -> Option<Due> {
        let slot_ms = self.slot_at(now_ms);
        if self.was_set_back(now_ms) {
            // The clock was set back: slots count from here on.
            self.last_ms = slot_ms;
            return None;
        }
        if slot_ms <= self.last_ms {
            return None;
        }
        let steps = slot_ms.saturating_sub(self.last_ms) / self.interval_ms;
        let missed = u64::try_from(steps - 1).unwrap_or(0);
        self.last_ms = slot_ms;
        self.missed = self.missed.saturating_add(missed);
        self.scheduled = self.scheduled.saturating_add(missed).saturating_add(1);
        Some(Due { slot_ms, missed })
    }

    /// Whether the last slot lies further in the future than an interval.
    fn was_set_back(&self, now_ms: i64) -> bool {
        self.last_ms.saturating_sub(now_ms) > self.interval_ms
    }
}

#[cfg(test)]
mod tests {
    use super::Schedule;
    use crate::rule::{RuleGroup, Source, SourceKind};

    fn schedule(name: &str, now_ms: i64) -> Schedule {
        let source = Source::new(SourceKind::Prometheus, "a.yml");
        Schedule::new(&RuleGroup::new(name, source), 30_000, now_ms)
    }

    #[test]
    fn slots_are_stable_and_differ_between_groups() {
        let one = schedule("one", 1_000_000);
        let again = schedule("one", 1_700_000);
        assert_eq!(one.slot_at(5_000_000), again.slot_at(5_000_000));
        let other = schedule("two", 1_000_000);
        assert_ne!(one.slot_at(5_000_000), other.slot_at(5_000_000));
        let due = one.next_due(1_000_000);
        assert!(due > 1_000_000 && due <= 1_030_000);
    }

    #[test]
    fn missed_slots_are_counted_and_not_made_up_for() {
        let mut schedule = schedule("one", 1_000_000);
        let first = schedule.next_due(1_000_000);
        assert_eq!(schedule.take(first - 1), None);
        let due = schedule.take(first).unwrap();
        assert_eq!((due.slot_ms, due.missed), (first, 0));
        assert_eq!(schedule.take(first + 5), None);
        let due = schedule.take(first + 95_000).unwrap();
        assert_eq!((due.slot_ms, due.missed), (first + 90_000, 2));
        assert_eq!((schedule.scheduled, schedule.missed), (4, 2));
        assert_eq!(schedule.next_due(first + 95_000), first + 120_000);
    }

    #[test]
    fn a_clock_that_is_set_back_starts_anew_and_one_that_trembles_does_not() {
        let mut schedule = schedule("one", 1_000_000);
        let first = schedule.next_due(1_000_000);
        assert!(schedule.take(first).is_some());
        assert_eq!(schedule.take(first - 10), None);
        assert_eq!(schedule.next_due(first - 10), first + 30_000);
        let back = first - 3_600_000;
        assert_eq!(schedule.next_due(back + 1), back + 1);
        assert_eq!(schedule.take(back + 1), None);
        assert_eq!(schedule.next_due(back + 1), back + 30_000);
        assert_eq!(schedule.take(back + 30_001).unwrap().slot_ms, back + 30_000);
    }
}
