//! Counts the memory that a request takes while it is decoded, against a budget of others.

use std::fmt;

/// Bytes that are asked for at least, so that the budget is not asked for every attribute.
const STEP_BYTES: u64 = 256 << 10;
/// What is asked for when that is not to be had.
const SMALL_STEP_BYTES: u64 = 16 << 10;

/// Asks for that many bytes more; false if they are not to be had.
pub type Reserve<'a> = Box<dyn FnMut(u64) -> bool + 'a>;

/// Charges what is kept. Once a reservation is refused everything after it is refused too.
pub struct Meter<'a> {
    reserve: Option<Reserve<'a>>,
    charged: u64,
    reserved: u64,
    exceeded: bool,
}

impl fmt::Debug for Meter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Meter")
            .field("charged", &self.charged)
            .field("reserved", &self.reserved)
            .field("exceeded", &self.exceeded)
            .finish_non_exhaustive()
    }
}

impl<'a> Meter<'a> {
    /// Charges against what `reserve` gives.
    pub fn new(reserve: Reserve<'a>) -> Self {
        Self {
            reserve: Some(reserve),
            charged: 0,
            reserved: 0,
            exceeded: false,
        }
    }

    /// Counts only. For replay, whose frames were within bounds when they were written.
    pub fn counting() -> Self {
        Self {
            reserve: None,
            charged: 0,
            reserved: 0,
            exceeded: false,
        }
    }

    /// Charges bytes; false if there is no room for them.
    pub fn charge(&mut self, bytes: usize) -> bool {
        self.charged = self.charged.saturating_add(bytes as u64);
        if self.charged <= self.reserved {
            return !self.exceeded;
        }
        self.grow()
    }

    #[cold]
    fn grow(&mut self) -> bool {
        let Some(reserve) = &mut self.reserve else {
            return true;
        };
        if self.exceeded {
            return false;
        }
        // Half of what is there already keeps the number of reservations small.
        let missing = self.charged - self.reserved;
        let large = missing.max(STEP_BYTES).max(self.reserved / 2);
        let small = missing.max(SMALL_STEP_BYTES);
        match [large, small].into_iter().find(|step| reserve(*step)) {
            Some(step) => self.reserved += step,
            None => self.exceeded = true,
        }
        !self.exceeded
    }

    /// True after a reservation was refused.
    pub fn exceeded(&self) -> bool {
        self.exceeded
    }

    /// Bytes charged so far.
    pub fn charged(&self) -> u64 {
        self.charged
    }
}

#[cfg(test)]
mod tests {
    use super::Meter;

    #[test]
    fn charges_are_reserved_in_steps_until_the_budget_ends() {
        let mut left = 1u64 << 20;
        let mut calls = 0;
        {
            let mut meter = Meter::new(Box::new(|bytes| {
                calls += 1;
                let fits = bytes <= left;
                if fits {
                    left -= bytes;
                }
                fits
            }));
            for _ in 0..1024 {
                assert!(meter.charge(1024));
            }
            assert!(!meter.charge(1024));
            assert!(meter.exceeded());
            assert!(!meter.charge(0));
        }
        assert!(calls < 40, "{calls} reservations");
    }
}
