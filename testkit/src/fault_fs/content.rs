//! The content of one simulated file: what the process sees, and what the platter holds.
//!
//! Disks write sectors of 512 bytes as a whole and in any order; the length is metadata of its own.

use crate::fault_fs::random::Random;

/// What a disk writes in one piece.
const SECTOR_BYTES: usize = 512;

/// A file's bytes before and after its last sync.
#[derive(Debug, Default)]
pub(super) struct Content {
    /// What the process reads.
    pub(super) current: Vec<u8>,
    /// What a crash cannot take away.
    pub(super) durable: Vec<u8>,
    /// Lowest offset changed since the last sync, failed or not.
    dirty_from: usize,
}

impl Content {
    pub(super) fn append(&mut self, bytes: &[u8]) {
        self.current.extend_from_slice(bytes);
    }

    /// Cuts or extends with zeros.
    pub(super) fn set_len(&mut self, len: usize) {
        if len != self.current.len() {
            self.dirty_from = self.dirty_from.min(len).min(self.current.len());
            self.current.resize(len, 0);
        }
    }

    pub(super) fn sync(&mut self) {
        // Pages that an earlier sync failed to write are clean for the kernel: they stay lost.
        self.durable.resize(self.dirty_from, 0);
        self.durable
            .extend_from_slice(&self.current[self.dirty_from..]);
        self.dirty_from = self.current.len();
    }

    /// A sync that failed: the kernel marks the pages clean, nobody will write them again.
    pub(super) fn fail_sync(&mut self) {
        self.dirty_from = self.current.len();
    }

    /// Changes bytes behind everybody's back, durably.
    pub(super) fn corrupt(&mut self, change: impl Fn(&mut Vec<u8>)) {
        change(&mut self.current);
        change(&mut self.durable);
        self.dirty_from = self.dirty_from.min(self.current.len());
    }

    /// What is there after power loss.
    pub(super) fn crash(&mut self, random: &mut Random) {
        if self.current != self.durable {
            let changed = first_difference(&self.current, &self.durable);
            self.durable = match random.below(4) {
                0 => std::mem::take(&mut self.durable),
                1 => std::mem::take(&mut self.current),
                2 => {
                    let torn = random.between(changed, self.current.len());
                    self.current[..torn.max(changed)].to_vec()
                }
                _ => self.mixed_sectors(random),
            };
        }
        self.current.clone_from(&self.durable);
        self.dirty_from = self.current.len();
    }

    /// Each sector new or old (zeros where there was none), the length new, old or in between.
    fn mixed_sectors(&self, random: &mut Random) -> Vec<u8> {
        let (old, new) = (self.durable.len(), self.current.len());
        let len = match random.below(3) {
            0 => old,
            1 => new,
            _ => random.between(old.min(new), old.max(new)),
        };
        let mut mixed = vec![0; len];
        for start in (0..len).step_by(SECTOR_BYTES) {
            let end = (start + SECTOR_BYTES).min(len);
            let from = if random.below(2) == 0 {
                &self.current
            } else {
                &self.durable
            };
            let there = from.len().clamp(start, end);
            if start < there {
                mixed[start..there].copy_from_slice(&from[start..there]);
            }
        }
        mixed
    }
}

fn first_difference(a: &[u8], b: &[u8]) -> usize {
    a.iter()
        .zip(b)
        .position(|(a, b)| a != b)
        .unwrap_or(a.len().min(b.len()))
}
