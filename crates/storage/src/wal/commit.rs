//! The buffer of appended frames, the group commit that empties it, and those who wait for it.
//!
//! Two locks: `state` is held for moments (append, bookkeeping), `disk` during writes and syncs, by
//! one committer at a time; `disk` is taken first. A commit takes everything buffered, so whoever
//! comes while a sync runs goes with the next one: no timer, no added latency.

use crate::error::{Error, Result};
use crate::io::{Io, SyncPoint};
use crate::wal::disk::Disk;
use crate::wal::frame::{self, FrameHeader, FramePlace, WalPosition};
use crate::wal::recover::Recovered;
use crate::wal::segment::{self, WalSegment};
use crate::wal::state::{State, Waiter, failed_error};
use crate::wal::{Appended, Callback, Committer, Config, Durability, FatalCallback, WalStats};
use parking_lot::{Condvar, Mutex, MutexGuard};
use std::path::PathBuf;
use std::sync::Arc;
use tacho_model::signal::Signal;
use tacho_stdx::clock::Clock;

/// Callbacks for a failed log; the process exits on the first, so few are needed.
const FATAL_CALLBACKS_MAX: usize = 64;

/// What the log's handle and its committer share.
#[derive(Debug)]
pub(super) struct Shared {
    io: Arc<dyn Io>,
    signal: Signal,
    folder: PathBuf,
    config: Config,
    state: Mutex<State>,
    /// Signals work to the committer.
    work: Condvar,
    /// Signals progress to those who wait.
    progress: Condvar,
    disk: Mutex<Disk>,
}

impl Shared {
    pub(super) fn new(
        io: Arc<dyn Io>,
        clock: Arc<dyn Clock>,
        signal: Signal,
        folder: PathBuf,
        config: Config,
        recovered: &Recovered,
    ) -> Self {
        let disk = Disk::new(
            Arc::clone(&io),
            clock,
            folder.clone(),
            &config,
            recovered.previous_end,
        );
        Self {
            disk: Mutex::new(disk),
            state: Mutex::new(State::new(recovered, config.start)),
            work: Condvar::new(),
            progress: Condvar::new(),
            io,
            signal,
            folder,
            config,
        }
    }

    pub(super) fn append(
        &self,
        header: &FrameHeader,
        verdict: &[u8],
        body: &[u8],
    ) -> Result<Appended> {
        let bytes = header.frame_bytes(verdict, body);
        if bytes > self.config.frame_bytes_max {
            return Err(Error::limit(format!(
                "append to the WAL of {}: the frame has {bytes} bytes, {} are allowed",
                self.signal, self.config.frame_bytes_max
            )));
        }
        let mut state = self.room_for(usize::try_from(bytes).unwrap_or(usize::MAX))?;
        let begin_segment = state.newest_first.is_none_or(|first| {
            let length = state.end.0 - first.0;
            length > 0 && length + bytes > self.config.segment_bytes
        });
        if begin_segment {
            state.cut_here();
        }
        let position = state.end;
        let place = FramePlace {
            position,
            durable: state.durable,
        };
        frame::encode(header, place, verdict, body, &mut state.batch)?;
        state.end = position.plus(bytes);
        state.stats.frames += 1;
        state.stats.bytes += bytes;
        state.stats.size_bytes += bytes;
        let end = state.end;
        drop(state);
        self.work.notify_one();
        Ok(Appended { position, end })
    }

    /// The state, with room in the buffer for a frame of that length.
    fn room_for(&self, bytes: usize) -> Result<MutexGuard<'_, State>> {
        let fits = |state: &State| {
            let waiting = state.batch.len() + state.in_flight_bytes;
            waiting == 0 || waiting.saturating_add(bytes) <= self.config.buffer_bytes
        };
        let open = |state: &State| {
            state.check(self.signal)?;
            if state.closed {
                return Err(Error::unavailable(format!(
                    "append to the WAL of {}: it is closed",
                    self.signal
                )));
            }
            Ok(())
        };
        let mut state = self.state.lock();
        open(&state)?;
        if fits(&state) {
            return Ok(state);
        }
        if self.config.committer == Committer::Caller {
            drop(state);
            self.commit()?;
            state = self.state.lock();
        } else {
            let wait = self.config.append_wait;
            self.progress.wait_while_for(
                &mut state,
                |state| !fits(state) && state.failed.is_none() && !state.closed,
                wait,
            );
        }
        open(&state)?;
        if fits(&state) {
            Ok(state)
        } else {
            Err(Error::unavailable(format!(
                "append to the WAL of {}: the disk is behind by {} bytes",
                self.signal,
                state.batch.len() + state.in_flight_bytes
            )))
        }
    }

    pub(super) fn wait_durable(&self, end: WalPosition) -> Result<()> {
        if self.config.committer == Committer::Caller {
            self.commit()?;
        }
        let mut state = self.state.lock();
        if end > state.end {
            return Err(self.beyond_end(end, state.end));
        }
        let durability = self.config.durability;
        self.progress.wait_while(&mut state, |state| {
            state.done(durability) < end && state.failed.is_none()
        });
        if state.done(durability) >= end {
            return Ok(());
        }
        state.check(self.signal)
    }

    pub(super) fn on_durable(&self, end: WalPosition, callback: Callback) {
        let mut state = self.state.lock();
        let answer = if state.done(self.config.durability) >= end {
            Ok(())
        } else if end > state.end {
            Err(self.beyond_end(end, state.end))
        } else if let Err(error) = state.check(self.signal) {
            Err(error)
        } else if state.waiters.len() >= self.config.waiters_max {
            Err(Error::unavailable(format!(
                "wait for the WAL of {}: {} requests wait already",
                self.signal,
                state.waiters.len()
            )))
        } else {
            state.waiters.push(Waiter { end, callback });
            return;
        };
        drop(state);
        callback(answer);
    }

    pub(super) fn on_fatal(&self, callback: FatalCallback) {
        let mut state = self.state.lock();
        if let Some(reason) = state.failed.clone() {
            drop(state);
            callback(&reason);
        } else if state.fatal.len() < FATAL_CALLBACKS_MAX {
            state.fatal.push(callback);
        }
    }

    pub(super) fn failed(&self) -> Option<String> {
        self.state.lock().failed.clone()
    }

    pub(super) fn rotate(&self) -> Result<WalPosition> {
        let mut state = self.state.lock();
        state.check(self.signal)?;
        if state.newest_first != Some(state.end) {
            state.cut_here();
        }
        let end = state.end;
        drop(state);
        self.work.notify_one();
        Ok(end)
    }

    pub(super) fn truncate_before(&self, position: WalPosition) -> Result<u64> {
        let removed = self.take_before(position)?;
        let mut bytes = 0;
        for segment in &removed {
            let path = segment::path(&self.folder, segment.first);
            self.io.remove_file(&path)?;
            bytes += segment.bytes;
        }
        if !removed.is_empty() {
            let synced = self.io.sync_dir(&self.folder, SyncPoint::WalDir);
            synced.inspect_err(|error| self.fail(&error.to_string()))?;
        }
        Ok(bytes)
    }

    /// Takes the segments before the position off the list, after the cuts up to it are on disk.
    fn take_before(&self, position: WalPosition) -> Result<Vec<WalSegment>> {
        if self.config.committer == Committer::Caller {
            self.commit()?;
        }
        let mut state = self.state.lock();
        self.progress.wait_while(&mut state, |state| {
            state.failed.is_none()
                && !state.closed
                && state.cuts.front().is_some_and(|cut| *cut <= position)
        });
        state.check(self.signal)?;
        Ok(state.take_segments_before(position))
    }

    pub(super) fn end(&self) -> WalPosition {
        self.state.lock().end
    }

    pub(super) fn durable(&self) -> WalPosition {
        self.state.lock().durable
    }

    pub(super) fn stats(&self) -> WalStats {
        let state = self.state.lock();
        WalStats {
            segments: state.segments.len() as u64,
            buffered_bytes: (state.batch.len() + state.in_flight_bytes) as u64,
            ..state.stats
        }
    }

    pub(super) fn close(&self) {
        self.state.lock().closed = true;
        self.work.notify_all();
        self.progress.notify_all();
    }

    /// The committer's thread: commits as long as there is something, sleeps otherwise.
    pub(super) fn run_committer(&self) {
        let guard = PanicGuard(self);
        loop {
            let mut state = self.state.lock();
            let idle = |state: &State| {
                state.batch.is_empty()
                    && state.cuts.is_empty()
                    && !state.closed
                    && state.failed.is_none()
            };
            if idle(&state) {
                let interval = self.config.sync_interval;
                match self.config.durability {
                    Durability::Fsync => self.work.wait_while(&mut state, |state| idle(state)),
                    Durability::Buffered => {
                        let idle = |state: &mut State| idle(state);
                        self.work.wait_while_for(&mut state, idle, interval);
                    }
                }
            }
            let closing = state.closed;
            let failed = state.failed.is_some();
            drop(state);
            if failed {
                break;
            }
            let committed = self.commit_inner(closing);
            if closing || committed.is_err() {
                break;
            }
        }
        drop(guard);
    }

    /// Writes and, as `Durability` wants it, syncs everything buffered.
    pub(super) fn commit(&self) -> Result<()> {
        self.commit_inner(false)
    }

    /// The same, with a sync in any case.
    pub(super) fn commit_and_sync(&self) -> Result<()> {
        self.commit_inner(true)
    }

    fn commit_inner(&self, sync: bool) -> Result<()> {
        let mut disk = self.disk.lock();
        let batch = {
            let mut state = self.state.lock();
            state.check(self.signal)?;
            state.take_batch()
        };
        match disk.write_batch(&batch, sync) {
            Ok(written) => {
                let durability = self.config.durability;
                let ready = self.state.lock().finish_batch(batch, &written, durability);
                drop(disk);
                self.progress.notify_all();
                for waiter in ready {
                    (waiter.callback)(Ok(()));
                }
                Ok(())
            }
            Err(error) => {
                drop(disk);
                self.fail(&error.to_string());
                Err(failed_error(self.signal, &error.to_string()).with_source(error))
            }
        }
    }

    /// Marks the log as failed for good and tells everybody.
    fn fail(&self, reason: &str) {
        let mut state = self.state.lock();
        if state.failed.is_some() {
            return;
        }
        tracing::error!(signal = %self.signal, reason, "the WAL failed, the process must exit and replay");
        state.failed = Some(reason.to_owned());
        let waiters = std::mem::take(&mut state.waiters);
        let fatal = std::mem::take(&mut state.fatal);
        drop(state);
        self.progress.notify_all();
        self.work.notify_all();
        for waiter in waiters {
            (waiter.callback)(Err(failed_error(self.signal, reason)));
        }
        for callback in fatal {
            callback(reason);
        }
    }

    fn beyond_end(&self, end: WalPosition, actual: WalPosition) -> Error {
        Error::invalid(format!(
            "wait for position {end} of the WAL of {}, which ends at {actual}",
            self.signal
        ))
    }
}

/// Fails the log if the committer's thread panics, so that nobody waits for ever.
struct PanicGuard<'a>(&'a Shared);

impl Drop for PanicGuard<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.fail("the committer's thread panicked");
        }
    }
}
