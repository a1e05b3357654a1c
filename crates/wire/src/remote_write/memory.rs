//! Memory that a decoded request takes, charged in steps: an empty sample has two bytes on the wire and
//! thirty-two in memory.

use crate::error::Result;
use crate::remote_write::out_of_memory;

const STEP_BYTES: usize = 64 << 10;

/// Collects charges.
pub(super) struct Memory<'c> {
    charge: &'c mut dyn FnMut(usize) -> bool,
    pending: usize,
}

impl<'c> Memory<'c> {
    pub(super) fn new(charge: &'c mut dyn FnMut(usize) -> bool) -> Self {
        Self { charge, pending: 0 }
    }

    /// Notes bytes that are about to be taken.
    #[inline]
    pub(super) fn take(&mut self, bytes: usize) -> Result<()> {
        self.pending += bytes;
        if self.pending < STEP_BYTES {
            return Ok(());
        }
        self.finish()
    }

    /// Charges what is pending.
    pub(super) fn finish(&mut self) -> Result<()> {
        let pending = std::mem::take(&mut self.pending);
        if pending == 0 || (self.charge)(pending) {
            return Ok(());
        }
        Err(out_of_memory())
    }
}
