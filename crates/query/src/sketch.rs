//! Durations summed up so that percentiles can be told: log-linear counts, sixteen steps an octave.
//! A value is off by at most a thirty-second (3.2 %); sketches add up without further loss.

/// Steps in which each doubling is divided.
const STEPS: u64 = 16;
/// Binary logarithm of `STEPS`.
const STEPS_LOG: u32 = 4;

/// Counts of durations by size. At most 960 cells of four bytes, of which only those between the
/// shortest and the longest duration are held.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sketch {
    /// Number of the first cell held.
    first: usize,
    cells: Vec<u32>,
    count: u64,
    max: u64,
}

/// The four figures that are shown of durations, nanoseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Percentiles {
    /// Half took no longer.
    pub p50: i64,
    /// 95 % took no longer.
    pub p95: i64,
    /// 99 % took no longer.
    pub p99: i64,
    /// The longest, exactly.
    pub max: i64,
}

impl Sketch {
    /// Adds a duration; negative ones (a clock went back) count as 0.
    pub fn add(&mut self, ns: i64) {
        let value = u64::try_from(ns).unwrap_or(0);
        self.count += 1;
        self.max = self.max.max(value);
        self.bump(cell_of(value), 1);
    }

    /// Adds all durations of another one.
    pub fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.max = self.max.max(other.max);
        for (index, cell) in other
            .cells
            .iter()
            .enumerate()
            .filter(|(_, cell)| **cell > 0)
        {
            self.bump(other.first + index, *cell);
        }
    }

    fn bump(&mut self, cell: usize, by: u32) {
        if self.cells.is_empty() {
            self.first = cell;
        }
        if cell < self.first {
            let more = self.first - cell;
            self.cells.splice(0..0, std::iter::repeat_n(0, more));
            self.first = cell;
        }
        let index = cell - self.first;
        if index >= self.cells.len() {
            self.cells.resize(index + 1, 0);
        }
        if let Some(slot) = self.cells.get_mut(index) {
            *slot = slot.saturating_add(by);
        }
    }

    /// Number of durations.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The duration, nanoseconds, that a share (0 to 1) of all does not exceed; 0 without any.
    pub fn quantile(&self, share: f64) -> i64 {
        let rank = ((share * self.count as f64).ceil() as u64).clamp(1, self.count.max(1));
        let mut seen = 0;
        for (index, cell) in self.cells.iter().enumerate() {
            seen += u64::from(*cell);
            if seen >= rank {
                let value = middle_of(self.first + index).min(self.max);
                return i64::try_from(value).unwrap_or(i64::MAX);
            }
        }
        i64::try_from(self.max).unwrap_or(i64::MAX)
    }

    /// The figures that are shown.
    pub fn percentiles(&self) -> Percentiles {
        Percentiles {
            p50: self.quantile(0.5),
            p95: self.quantile(0.95),
            p99: self.quantile(0.99),
            max: i64::try_from(self.max).unwrap_or(i64::MAX),
        }
    }
}

/// Cell of a value: below 16 each value has its own, above each octave has 16.
fn cell_of(value: u64) -> usize {
    if value < STEPS {
        return value as usize;
    }
    let octave = value.ilog2();
    let step = (value >> (octave - STEPS_LOG)) & (STEPS - 1);
    ((u64::from(octave - STEPS_LOG + 1)) * STEPS + step) as usize
}

/// The middle of a cell.
fn middle_of(cell: usize) -> u64 {
    let cell = cell as u64;
    if cell < STEPS {
        return cell;
    }
    let (octave, step) = (cell / STEPS + u64::from(STEPS_LOG) - 1, cell % STEPS);
    let width = 1u64 << (octave - u64::from(STEPS_LOG));
    (STEPS + step) * width + width / 2
}

#[cfg(test)]
mod tests {
    use super::{Sketch, cell_of, middle_of};
    use proptest::collection::vec;
    use proptest::prelude::{
        Just, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest,
    };

    #[test]
    fn cells_follow_each_other_without_gaps() {
        assert_eq!(cell_of(15), 15);
        assert_eq!(cell_of(16), 16);
        assert_eq!(cell_of(31), 31);
        assert_eq!(cell_of(32), 32);
        assert_eq!(cell_of(33), 32);
        assert_eq!(cell_of(i64::MAX as u64), 959);
        assert_eq!(middle_of(32), 33);
        for value in 0..100_000u64 {
            let (here, next) = (cell_of(value), cell_of(value + 1));
            assert!(next == here || next == here + 1, "{value}");
        }
    }

    #[test]
    fn nothing_has_no_percentiles() {
        assert_eq!(Sketch::default().quantile(0.95), 0);
        assert_eq!(Sketch::default().percentiles().max, 0);
    }

    fn durations() -> impl Strategy<Value = Vec<i64>> {
        let one = prop_oneof![
            0i64..1_000_000_000,
            0i64..100,
            any::<i64>().prop_map(|ns| ns & i64::MAX),
            Just(1_000_000),
        ];
        vec(one, 1..300)
    }

    proptest! {
        #[test]
        fn percentiles_are_off_by_a_thirty_second_at_most(all in durations(), share in 0.0f64..=1.0) {
            let mut sketch = Sketch::default();
            all.iter().for_each(|ns| sketch.add(*ns));
            let mut sorted = all.clone();
            sorted.sort_unstable();
            let rank = ((share * sorted.len() as f64).ceil() as usize).clamp(1, sorted.len());
            let exact = sorted[rank - 1];
            let told = sketch.quantile(share);
            prop_assert!(told.abs_diff(exact) <= exact as u64 / 32 + 1, "{told} for {exact}");
            prop_assert_eq!(sketch.percentiles().max, sorted[sorted.len() - 1]);
        }

        #[test]
        fn parts_add_up_to_the_whole(left in durations(), right in durations()) {
            let (mut one, mut other, mut whole) = (Sketch::default(), Sketch::default(), Sketch::default());
            left.iter().for_each(|ns| one.add(*ns));
            right.iter().for_each(|ns| other.add(*ns));
            left.iter().chain(&right).for_each(|ns| whole.add(*ns));
            one.merge(&other);
            prop_assert_eq!(one, whole);
        }
    }
}
