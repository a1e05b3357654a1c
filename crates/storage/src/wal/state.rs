//! The buffer of appended frames and the book of what is written, durable and waited for.
//!
//! Pure bookkeeping: no files, no locks. `commit.rs` holds it under a lock for moments.

use crate::error::{Error, Result};
use crate::wal::disk::{Batch, Written};
use crate::wal::frame::WalPosition;
use crate::wal::recover::Recovered;
use crate::wal::segment::WalSegment;
use crate::wal::{Callback, Durability, FatalCallback, WalStats};
use std::cmp::Ordering;
use std::collections::{BinaryHeap, VecDeque};
use tacho_model::signal::Signal;

/// Capacity that an empty buffer keeps.
const SPARE_BYTES_MAX: usize = 1 << 20;

/// What is appended, written and waited for. Held under a lock for moments only.
pub(super) struct State {
    /// Frames that no commit has taken yet.
    pub(super) batch: Vec<u8>,
    /// Position of the batch's first byte.
    pub(super) batch_first: WalPosition,
    /// An empty buffer to swap in.
    pub(super) spare: Vec<u8>,
    /// Bytes that a commit is writing now.
    pub(super) in_flight_bytes: usize,
    /// Where new segments begin that are not on disk yet; a commit takes them off when it is done.
    pub(super) cuts: VecDeque<WalPosition>,
    /// First position of the newest segment of this run, on disk or to come.
    pub(super) newest_first: Option<WalPosition>,
    pub(super) segments: VecDeque<WalSegment>,
    pub(super) end: WalPosition,
    pub(super) written: WalPosition,
    pub(super) durable: WalPosition,
    pub(super) waiters: BinaryHeap<Waiter>,
    pub(super) fatal: Vec<FatalCallback>,
    pub(super) failed: Option<String>,
    pub(super) closed: bool,
    pub(super) stats: WalStats,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State")
            .field("end", &self.end)
            .field("durable", &self.durable)
            .field("failed", &self.failed)
            .finish_non_exhaustive()
    }
}

/// Somebody who waits for a position.
pub(super) struct Waiter {
    pub(super) end: WalPosition,
    pub(super) callback: Callback,
}

impl PartialEq for Waiter {
    fn eq(&self, other: &Self) -> bool {
        self.end == other.end
    }
}

impl Eq for Waiter {}

impl PartialOrd for Waiter {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Waiter {
    /// The one that waits for the smallest position is the greatest: it comes out first.
    fn cmp(&self, other: &Self) -> Ordering {
        other.end.cmp(&self.end)
    }
}

impl State {
    /// The state after opening.
    pub(super) fn new(recovered: &Recovered, start: WalPosition) -> Self {
        let end = recovered.end.max(start);
        let size_bytes = recovered.segments.iter().map(|segment| segment.bytes).sum();
        Self {
            batch: Vec::new(),
            batch_first: end,
            spare: Vec::new(),
            in_flight_bytes: 0,
            cuts: VecDeque::new(),
            newest_first: None,
            segments: recovered.segments.iter().cloned().collect(),
            end,
            written: end,
            durable: end,
            waiters: BinaryHeap::new(),
            fatal: Vec::new(),
            failed: None,
            closed: false,
            stats: WalStats {
                size_bytes,
                ..WalStats::default()
            },
        }
    }

    /// Everything before this counts as done.
    pub(super) fn done(&self, durability: Durability) -> WalPosition {
        match durability {
            Durability::Fsync => self.durable,
            Durability::Buffered => self.written,
        }
    }

    pub(super) fn check(&self, signal: Signal) -> Result<()> {
        match &self.failed {
            Some(reason) => Err(failed_error(signal, reason)),
            None => Ok(()),
        }
    }

    /// Begins a segment with the next frame.
    pub(super) fn cut_here(&mut self) {
        self.cuts.push_back(self.end);
        self.newest_first = Some(self.end);
    }

    /// Takes everything buffered; the cuts stay until `finish_batch`.
    pub(super) fn take_batch(&mut self) -> Batch {
        let spare = std::mem::take(&mut self.spare);
        let bytes = std::mem::replace(&mut self.batch, spare);
        let first = self.batch_first;
        self.batch_first = self.end;
        self.in_flight_bytes = bytes.len();
        Batch {
            bytes,
            first,
            end: self.end,
            cuts: self.cuts.iter().copied().collect(),
        }
    }

    /// Books what was written; returns those who waited for it.
    pub(super) fn finish_batch(
        &mut self,
        batch: Batch,
        written: &Written,
        durability: Durability,
    ) -> Vec<Waiter> {
        self.in_flight_bytes = 0;
        self.stats.commits += u64::from(!batch.bytes.is_empty());
        self.stats.syncs += written.sync_count;
        self.stats.sync_ns += written.sync_ns;
        let mut position = batch.first;
        for cut in &batch.cuts {
            self.grow_last(cut.0 - position.0);
            self.cuts.pop_front();
            self.segments.push_back(WalSegment {
                first: *cut,
                bytes: 0,
            });
            position = *cut;
        }
        self.grow_last(batch.end.0 - position.0);
        self.written = batch.end;
        if written.synced {
            self.durable = batch.end;
        }
        let mut spare = batch.bytes;
        spare.clear();
        spare.shrink_to(SPARE_BYTES_MAX);
        self.spare = spare;
        let done = self.done(durability);
        let mut ready = Vec::new();
        while self.waiters.peek().is_some_and(|waiter| waiter.end <= done) {
            ready.extend(self.waiters.pop());
        }
        ready
    }

    /// Takes the segments off the list that lie wholly before the position; never the newest.
    pub(super) fn take_segments_before(&mut self, position: WalPosition) -> Vec<WalSegment> {
        let mut removed = Vec::new();
        while self
            .segments
            .get(1)
            .is_some_and(|next| next.first <= position)
        {
            if let Some(segment) = self.segments.pop_front() {
                self.stats.size_bytes = self.stats.size_bytes.saturating_sub(segment.bytes);
                removed.push(segment);
            }
        }
        removed
    }

    fn grow_last(&mut self, bytes: u64) {
        if let Some(last) = self.segments.back_mut() {
            last.bytes += bytes;
        }
    }
}

/// What everybody gets once the log has failed.
pub(super) fn failed_error(signal: Signal, reason: &str) -> Error {
    Error::unavailable(format!("use the WAL of {signal}: it failed: {reason}"))
}
