//! Keeping the store tidy: flush, merge, expire, carry out deletions, set broken blocks aside.

use super::Store;
use crate::engine::compact::{compact_once, debt, replace};
use crate::engine::erase::{add_tombstones, erase};
use crate::engine::eval::EvalTable;
use crate::engine::expire::{expire, selector_tombstones};
use crate::engine::flush::{Written, flush_oldest};
use crate::engine::head::Place;
use crate::engine::maintenance::Desk;
use crate::engine::manifest::QuarantineEntry;
use crate::engine::open::move_aside;
use crate::engine::signal_store::SignalStore;
use crate::error::{Error, ErrorKind, Result};
use crate::samples::store::compact::{
    compact_once as compact_samples_once, debt as debt_of_samples,
};
use crate::samples::store::erase::{
    add_tombstones as add_sample_tombstones, erase as erase_samples, set_aside as set_samples_aside,
};
use crate::samples::store::expire::{
    expire as expire_samples, selector_tombstones as selector_tombstones_of_samples,
};
use crate::samples::store::flush::flush_oldest as flush_oldest_samples;
use crate::status::FlushReport;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use tacho_model::signal::Signal;

/// How often retention is looked at.
const EXPIRE_INTERVAL_NS: i64 = 60 * 1_000_000_000;
/// Merges in one round, so that a flush never waits long.
const MERGES_A_ROUND: usize = 4;
/// How much older than other items samples may get before they are written.
const SAMPLES_AGE_FACTOR: u32 = 4;

impl Store {
    /// Starts the thread that keeps the store tidy.
    pub(super) fn start_upkeep(self: &Arc<Self>) -> Result<()> {
        let weak = Arc::downgrade(self);
        let interval = self.config.lock().maintenance_interval;
        let thread = std::thread::Builder::new()
            .name("tacho-upkeep".to_owned())
            .spawn(move || upkeep(&weak, interval))
            .map_err(|error| Error::internal(format!("start the upkeep thread: {error}")))?;
        *self.upkeep.lock() = Some(thread);
        Ok(())
    }

    /// Wakes the upkeep thread.
    pub(super) fn wake_upkeep(&self) {
        *self.wake.0.lock() = true;
        self.wake.1.notify_all();
    }

    /// One round of upkeep. An error means that a part of it has to be tried again.
    pub fn maintain(&self) -> Result<()> {
        if self.failed().is_some() {
            return Ok(());
        }
        self.cut_if_due(&self.spans)?;
        self.cut_if_due(&self.logs)?;
        self.cut_samples_if_due()?;
        let mut desk = self.desk.lock();
        let result = self.round(&mut desk);
        if result.is_err() {
            desk.counters.failures += 1;
        }
        self.publish_counters(&desk);
        result
    }

    /// All chores, each whether or not another failed; the first error is told.
    fn round(&self, desk: &mut Desk) -> Result<()> {
        let mut outcome = self.flush_frozen(desk);
        let mut note = |result: Result<()>| {
            if outcome.is_ok() {
                outcome = result;
            }
        };
        note(self.set_suspects_aside(desk).map(drop));
        note(erase(&self.spans, desk).map(drop));
        note(erase(&self.logs, desk).map(drop));
        note(erase_samples(&self.samples, desk).map(drop));
        if self.reserve.check(0).is_ok() {
            note(self.merge_some(desk));
        }
        note(self.expire_if_due(desk));
        desk.counters.debt_bytes = self.debt();
        self.watch_caches();
        outcome
    }

    fn debt(&self) -> u64 {
        debt(&self.spans) + debt(&self.logs) + debt_of_samples(&self.samples)
    }

    fn merge_some(&self, desk: &mut Desk) -> Result<()> {
        for _ in 0..MERGES_A_ROUND {
            let spans = compact_once(&self.spans, desk, false);
            let logs = compact_once(&self.logs, desk, false);
            let samples = compact_samples_once(&self.samples, desk, false);
            if !(spans? | logs? | samples?) {
                break;
            }
            // A head that was cut meanwhile goes first.
            self.flush_frozen(desk)?;
        }
        Ok(())
    }

    fn flush_frozen(&self, desk: &mut Desk) -> Result<()> {
        while flush_oldest(&self.spans, desk)?
            || flush_oldest(&self.logs, desk)?
            || flush_oldest_samples(&self.samples, desk)?
        {}
        Ok(())
    }

    /// Cuts the heads of a signal if they are large or old, or the log is long, or memory short.
    fn cut_if_due<T: EvalTable>(&self, signal: &SignalStore<T>) -> Result<()> {
        let (bytes, age) = (signal.active_bytes(), signal.head_age());
        let config = self.config.lock().clone();
        let due = bytes >= config.head_max_bytes
            || (bytes > 0 && age >= config.head_max_age)
            || signal.wal.size_bytes() >= config.wal_max_bytes
            || (bytes > 0 && self.budget.is_tight());
        if due {
            signal.freeze()?;
        }
        Ok(())
    }

    /// Cuts the heads of samples for the same reasons; they may get older, because many samples of a
    /// series together take less room.
    fn cut_samples_if_due(&self) -> Result<()> {
        let (bytes, age) = (self.samples.content_bytes(), self.samples.head_age());
        let config = self.config.lock().clone();
        let due = bytes >= self.samples.cut_bytes(&config)
            || age >= config.head_max_age * SAMPLES_AGE_FACTOR
            || self.samples.wal.size_bytes() >= config.wal_max_bytes
            || (bytes > 0 && self.budget.is_tight());
        if due {
            self.samples.freeze(false)?;
        }
        Ok(())
    }

    /// Cuts the heads of a signal if they are large; for writers.
    pub(super) fn cut_if_large<T: EvalTable>(&self, signal: &SignalStore<T>) -> Result<()> {
        let limit = self.config.lock().head_max_bytes;
        if signal.active_bytes() >= limit && signal.freeze()? {
            self.wake_upkeep();
        }
        Ok(())
    }

    fn expire_if_due(&self, desk: &mut Desk) -> Result<()> {
        let now = self.clock.monotonic_ns();
        let last = *self.expired_at.lock();
        if last.is_some_and(|last| now - last < EXPIRE_INTERVAL_NS) {
            return Ok(());
        }
        *self.expired_at.lock() = Some(now);
        self.tidy_exports();
        self.expire_now(desk)
    }

    fn expire_now(&self, desk: &mut Desk) -> Result<()> {
        let retention = self.config.lock().retention.clone();
        expire(&self.spans, desk, &retention)?;
        expire(&self.logs, desk, &retention)?;
        expire_samples(&self.samples, desk, &retention.samples)?;
        let spans = selector_tombstones(&self.spans, desk, &retention);
        add_tombstones(&self.spans, desk, spans)?;
        let logs = selector_tombstones(&self.logs, desk, &retention);
        add_tombstones(&self.logs, desk, logs)?;
        let samples = selector_tombstones_of_samples(&self.samples, desk, &retention);
        add_sample_tombstones(&self.samples, desk, samples)?;
        erase(&self.spans, desk)?;
        erase(&self.logs, desk)?;
        erase_samples(&self.samples, desk)?;
        Ok(())
    }

    /// Verifies the blocks that somebody complained about; true if one was set aside.
    fn set_suspects_aside(&self, desk: &mut Desk) -> Result<bool> {
        let suspects = std::mem::take(&mut *self.readers.suspects.lock());
        let mut any = false;
        for (signal, id) in suspects {
            any |= match signal {
                Signal::Spans => self.set_aside(&self.spans, desk, id)?,
                Signal::Logs => self.set_aside(&self.logs, desk, id)?,
                Signal::Samples => set_samples_aside(&self.samples, desk, id)?,
            };
        }
        Ok(any)
    }

    /// Verifies a block that a reader complained about; moves it away if it is broken.
    fn set_aside<T: EvalTable>(
        &self,
        signal: &SignalStore<T>,
        desk: &mut Desk,
        id: u64,
    ) -> Result<bool> {
        let catalog = Arc::clone(&signal.inner.lock().catalog);
        let found = catalog.places.iter().find_map(|(place, files)| {
            let handle = files.blocks.iter().find(|handle| handle.id().0 == id)?;
            Some((place.clone(), Arc::clone(handle)))
        });
        let Some((place, handle)): Option<(Place, _)> = found else {
            return Ok(false);
        };
        handle.block.drop_caches();
        let Err(error) = handle.block.verify() else {
            return Ok(false);
        };
        if !matches!(error.kind(), ErrorKind::Corrupt | ErrorKind::NotFound) {
            return Ok(false);
        }
        tracing::error!(block = %handle.id(), %error, "a block is set aside");
        let name = format!("{}/{}/{}/{}", place.0, T::SIGNAL, place.1, handle.id());
        desk.manifest.quarantined.push(QuarantineEntry {
            what: "block".to_owned(),
            name,
            reason: error.to_string(),
        });
        move_aside(self.io.as_ref(), &self.dir, handle.paths())?;
        replace(signal, desk, &place, &[handle], Written::default()).map(|()| true)
    }

    /// Writes everything in memory to disk and carries deletions out; merges what can be merged if
    /// `compact`. When it returns the logs are empty and replaced files are gone (unless a query
    /// still reads them).
    pub fn flush(&self, compact: bool) -> Result<FlushReport> {
        let mut desk = self.desk.lock();
        let before = self.head_items();
        self.flush_all(&mut desk)?;
        while let Err(error) = self.tidy(&mut desk, compact) {
            // Blocks that turn out to be broken are set aside, then the rest goes on.
            let broken = matches!(error.kind(), ErrorKind::Corrupt | ErrorKind::NotFound);
            if !broken || !self.set_suspects_aside(&mut desk)? {
                return Err(error);
            }
        }
        desk.counters.debt_bytes = self.debt();
        self.publish_counters(&desk);
        let (spans, logs) = self.catalogs();
        let samples = self.samples.catalog();
        let blocks = spans.blocks().count() + logs.blocks().count() + samples.blocks().count();
        Ok(FlushReport {
            items: before,
            blocks: blocks as u64,
            wal_bytes: Signal::ALL
                .into_iter()
                .map(|signal| self.wal(signal).size_bytes())
                .sum(),
        })
    }

    /// Carries deletions out; merges and expires as far as it goes if `compact`.
    fn tidy(&self, desk: &mut Desk, compact: bool) -> Result<()> {
        erase(&self.spans, desk)?;
        erase(&self.logs, desk)?;
        erase_samples(&self.samples, desk)?;
        if compact {
            while compact_once(&self.spans, desk, true)?
                | compact_once(&self.logs, desk, true)?
                | compact_samples_once(&self.samples, desk, true)?
            {}
            self.expire_now(desk)?;
        }
        Ok(())
    }

    /// Cuts all heads and writes them.
    pub(super) fn flush_all(&self, desk: &mut Desk) -> Result<()> {
        self.freeze_all()?;
        self.flush_frozen(desk)
    }

    /// Cuts all heads.
    pub(super) fn freeze_all(&self) -> Result<()> {
        self.spans.freeze()?;
        self.logs.freeze()?;
        self.samples.freeze(false).map(|_| ())
    }

    /// Writes everything to disk, stops the upkeep and gives the folder free.
    pub fn close(&self) -> Result<()> {
        if self.closing.swap(true, Ordering::AcqRel) {
            return Ok(());
        }
        self.wake_upkeep();
        if let Some(thread) = self.upkeep.lock().take()
            && thread.thread().id() != std::thread::current().id()
            && thread.join().is_err()
        {
            tracing::error!("the upkeep thread had panicked");
        }
        self.spans.tails.close();
        self.logs.tails.close();
        let result = match self.failed() {
            Some(_) => Ok(()),
            None => self.flush_all(&mut self.desk.lock()),
        };
        *self.lock.lock() = None;
        result
    }

    pub(super) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Acquire)
    }
}

fn upkeep(weak: &Weak<Store>, interval: std::time::Duration) {
    loop {
        let Some(store) = weak.upgrade() else { return };
        if store.is_closing() {
            return;
        }
        if let Err(error) = store.maintain() {
            tracing::warn!(%error, "upkeep has to be tried again");
        }
        let mut woken = store.wake.0.lock();
        if !*woken {
            let _ = store.wake.1.wait_for(&mut woken, interval);
        }
        *woken = false;
        drop(woken);
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        // Nothing is flushed here: the log has everything. Only the thread must end.
        self.closing.store(true, Ordering::Release);
        self.wake_upkeep();
    }
}
