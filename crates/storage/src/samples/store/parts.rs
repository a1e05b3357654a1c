//! Which partitions samples fall into, and which times a partition holds.

use crate::partition::{DAYS_BACK, Partition};
use std::collections::BTreeSet;
use tacho_model::time::{Day, Timestamp};

const DAY_MS: i64 = 86_400_000;

/// The partition of a sample that goes to disk now.
pub(crate) fn partition_of(time_ms: i64, now: Timestamp) -> Partition {
    Partition::of(Timestamp(time_ms.saturating_mul(1_000_000)), now)
}

/// Adds the partitions that samples between two times may fall into.
pub(crate) fn add_partitions(range_ms: (i64, i64), now: Timestamp, out: &mut BTreeSet<Partition>) {
    let first = partition_of(range_ms.0, now);
    let last = partition_of(range_ms.1, now);
    out.insert(first);
    out.insert(last);
    let today = now.day().0;
    let start = match first {
        Partition::Day(day) => day.0,
        Partition::Past => today - DAYS_BACK,
        Partition::Future => return,
    };
    let end = match last {
        Partition::Day(day) => day.0,
        Partition::Future => today + 1,
        Partition::Past => return,
    };
    out.extend((start..=end).map(|day| Partition::Day(Day(day))));
}

/// Earliest and latest time of a partition, milliseconds, both inclusive.
pub(crate) fn times_of(partition: Partition, now: Timestamp) -> (i64, i64) {
    let start_of = |day: i32| i64::from(day) * DAY_MS;
    let today = now.day().0;
    match partition {
        Partition::Day(day) => (start_of(day.0), start_of(day.0 + 1) - 1),
        Partition::Past => (i64::MIN, start_of(today - DAYS_BACK) - 1),
        Partition::Future => (start_of(today + 2), i64::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::{add_partitions, partition_of, times_of};
    use std::collections::BTreeSet;
    use tacho_model::time::Timestamp;

    const NOW: Timestamp = Timestamp(1_795_169_720_000_000_000);

    #[test]
    fn every_time_lies_in_exactly_its_partition() {
        let now_ms = NOW.0 / 1_000_000;
        let day = 86_400_000;
        let mut all = BTreeSet::new();
        add_partitions((i64::MIN, i64::MAX), NOW, &mut all);
        assert_eq!(all.len(), 40 + 1 + 1 + 2);
        for days in [-100_000, -41, -40, -1, 0, 1, 2, 100_000] {
            for offset in [-1, 0, 1] {
                let midnight = (now_ms / day + days) * day;
                let time = midnight + offset;
                let own = partition_of(time, NOW);
                assert!(all.contains(&own));
                for partition in &all {
                    let (first, last) = times_of(*partition, NOW);
                    assert_eq!((first..=last).contains(&time), *partition == own, "{time}");
                }
            }
        }
    }
}
