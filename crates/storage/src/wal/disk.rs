//! The committer's side of the log: writes batches into segments, begins new ones, syncs.
//!
//! Used by one committer at a time. After an error it never touches the file again.

use crate::error::{Error, Result};
use crate::io::{Io, SyncPoint, WriteFile};
use crate::wal::frame::WalPosition;
use crate::wal::segment::{self, SegmentHeader};
use crate::wal::{Config, Durability};
use std::path::PathBuf;
use std::sync::Arc;
use tacho_stdx::clock::Clock;

/// What a commit writes: frames without a gap, and where new segments begin among them.
pub(super) struct Batch {
    /// Whole frames.
    pub(super) bytes: Vec<u8>,
    /// Position of the first byte.
    pub(super) first: WalPosition,
    /// Position after the last byte.
    pub(super) end: WalPosition,
    /// Where segments begin, ascending, each at the start of a frame or at the end.
    pub(super) cuts: Vec<WalPosition>,
}

/// What came of a batch.
pub(super) struct Written {
    /// Everything written so far is durable.
    pub(super) synced: bool,
    /// Syncs of segment data.
    pub(super) sync_count: u64,
    /// Time spent in them.
    pub(super) sync_ns: u64,
}

/// The files of the log that are written.
#[derive(Debug)]
pub(super) struct Disk {
    io: Arc<dyn Io>,
    clock: Arc<dyn Clock>,
    folder: PathBuf,
    durability: Durability,
    sync_interval_ns: i64,
    active: Option<Box<dyn WriteFile>>,
    /// End of what lay in the segments at opening, for the header of the first segment begun.
    recovered_end: WalPosition,
    /// Something was written since the last sync.
    unsynced: bool,
    synced_at_ns: i64,
    sync_count: u64,
    sync_ns: u64,
}

impl Disk {
    pub(super) fn new(
        io: Arc<dyn Io>,
        clock: Arc<dyn Clock>,
        folder: PathBuf,
        config: &Config,
        recovered_end: WalPosition,
    ) -> Self {
        Self {
            synced_at_ns: clock.monotonic_ns(),
            io,
            clock,
            folder,
            durability: config.durability,
            sync_interval_ns: i64::try_from(config.sync_interval.as_nanos()).unwrap_or(i64::MAX),
            active: None,
            recovered_end,
            unsynced: false,
            sync_count: 0,
            sync_ns: 0,
        }
    }

    /// Writes a batch; syncs if asked to, if every batch is synced, or if it is time to.
    pub(super) fn write_batch(&mut self, batch: &Batch, sync: bool) -> Result<Written> {
        let written = self.try_write_batch(batch, sync);
        if written.is_err() {
            // What the file holds is unknown from here on.
            self.active = None;
        }
        written
    }

    fn try_write_batch(&mut self, batch: &Batch, sync: bool) -> Result<Written> {
        let mut rest = batch.bytes.as_slice();
        let mut position = batch.first;
        for cut in &batch.cuts {
            let bytes = usize::try_from(cut.0 - position.0).unwrap_or(usize::MAX);
            let (before, after) = rest.split_at_checked(bytes).unwrap_or((rest, &[]));
            self.write(before)?;
            // A segment is whole before the next one exists.
            self.sync()?;
            self.begin_segment(*cut)?;
            rest = after;
            position = *cut;
        }
        self.write(rest)?;
        let since_sync = self.clock.monotonic_ns().saturating_sub(self.synced_at_ns);
        let due = since_sync >= self.sync_interval_ns;
        if sync || due || self.durability == Durability::Fsync {
            self.sync()?;
        }
        Ok(Written {
            synced: !self.unsynced,
            sync_count: std::mem::take(&mut self.sync_count),
            sync_ns: std::mem::take(&mut self.sync_ns),
        })
    }

    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        let active = self
            .active
            .as_mut()
            .ok_or_else(|| Error::internal("write frames: no segment was begun"))?;
        active.write_all(bytes)?;
        self.unsynced = true;
        Ok(())
    }

    fn sync(&mut self) -> Result<()> {
        if !self.unsynced {
            return Ok(());
        }
        let begun = self.clock.monotonic_ns();
        if let Some(active) = self.active.as_mut() {
            active.sync_data(SyncPoint::WalData)?;
        }
        self.unsynced = false;
        self.synced_at_ns = self.clock.monotonic_ns();
        self.sync_count += 1;
        self.sync_ns += u64::try_from(self.synced_at_ns.saturating_sub(begun)).unwrap_or(0);
        Ok(())
    }

    fn begin_segment(&mut self, first: WalPosition) -> Result<()> {
        let previous_end = match self.active {
            None => self.recovered_end.min(first),
            Some(_) => first,
        };
        let header = SegmentHeader {
            first,
            previous_end,
            begun_ns: self.clock.now_ns(),
        };
        self.active = Some(segment::begin(self.io.as_ref(), &self.folder, &header)?);
        self.unsynced = true;
        Ok(())
    }
}
