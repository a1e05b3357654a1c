//! The store: what is written is durable when `wait_durable` says so, visible at once, and found
//! again after every crash. Start here; the parts are in `engine/`.

use crate::columns::log_batch::LogBatch;
use crate::columns::span_batch::SpanBatch;
use crate::engine::budget::MemoryBudget;
use crate::engine::export::Exports;
use crate::engine::maintenance::{Counters, Desk};
use crate::engine::open::MANIFEST_NAME;
use crate::engine::signal_store::{SignalStore, TypedWrite};
use crate::engine::snapshot::{Shared, TenantSnapshot, View};
use crate::error::{Error, Result};
use crate::io::Io;
use crate::lock::FolderLock;
use crate::manifest_file::{MANIFEST_SEAL, ManifestFile};
use crate::options::Config;
use crate::read::{ReadStore, Snapshot, Tail};
use crate::reserve::DiskReserve;
use crate::samples::batch::{Judgement, VerdictWriter};
use crate::samples::read::SeriesView;
use crate::samples::store::SampleStore;
use crate::samples::view::TenantSeries;
use crate::status::QuarantineStatus;
use crate::wal::{Appended, Callback, Wal};
use crate::write::{FrameDecoder, Items, SampleWrite, Write};
use backup::Attached;
use open::{Opening, load_manifest, prepare};
use parking_lot::{Condvar, Mutex};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use tacho_model::id::TenantId;
use tacho_model::signal::Signal;
use tacho_stdx::clock::Clock;

mod backup;
mod caches;
mod care;
mod files;
mod info;
mod open;
mod remove;
mod replay;

/// Bytes that may wait in the log's buffer while the store counts as calm.
const CALM_BUFFER_BYTES: u64 = 4 << 20;

/// What a store is made of.
pub struct Parts {
    /// Files are touched through this.
    pub io: Arc<dyn Io>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// The data folder; made if it is not there.
    pub dir: PathBuf,
    /// Settings.
    pub config: Config,
    /// Who keeps the store tidy.
    pub upkeep: Upkeep,
}

/// Who flushes, merges and expires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Upkeep {
    /// A thread of the store's own; commits of the log too.
    Thread,
    /// Whoever calls `maintain`, and for commits `wait_durable`: for simulations.
    Caller,
}

/// The store of one data folder.
pub struct Store {
    io: Arc<dyn Io>,
    clock: Arc<dyn Clock>,
    dir: PathBuf,
    config: Mutex<Config>,
    spans: SignalStore<SpanBatch>,
    logs: SignalStore<LogBatch>,
    samples: Arc<SampleStore>,
    desk: Mutex<Desk>,
    /// What the desk has counted, copied out so that status never waits for a flush.
    counters: Mutex<Counters>,
    quarantined: Mutex<Vec<QuarantineStatus>>,
    reserve: DiskReserve,
    budget: Arc<MemoryBudget>,
    readers: Shared,
    exports: Exports,
    attached: Attached,
    fatal: Arc<Mutex<Option<String>>>,
    refused_overload: AtomicU64,
    expired_at: Mutex<Option<i64>>,
    wake: (Mutex<bool>, Condvar),
    closing: AtomicBool,
    upkeep: Mutex<Option<std::thread::JoinHandle<()>>>,
    lock: Mutex<Option<FolderLock>>,
}

impl Store {
    /// Locks the folder, loads the manifest, replays the log. `progress` is told the share of the
    /// log that has been replayed, 0 to 1. `Conflict` if another process has the folder.
    pub fn open(
        parts: Parts,
        decoder: &dyn FrameDecoder,
        progress: &dyn Fn(f64),
    ) -> Result<Arc<Self>> {
        let Parts {
            io,
            clock,
            dir,
            config,
            upkeep,
        } = parts;
        let lock = prepare(io.as_ref(), clock.as_ref(), &dir)?;
        let file = ManifestFile::open(Arc::clone(&io), &dir, MANIFEST_NAME, MANIFEST_SEAL)?;
        let manifest = load_manifest(io.as_ref(), &dir, &file)?;
        let budget = MemoryBudget::new(config.memory_limit);
        let fatal: Arc<Mutex<Option<String>>> = Arc::default();
        let opening = Opening {
            io: &io,
            clock: &clock,
            dir: &dir,
            config: &config,
            upkeep,
        };
        let spans = opening.signal::<SpanBatch>(&manifest, &budget, &fatal)?;
        let logs = opening.signal::<LogBatch>(&manifest, &budget, &fatal)?;
        let readers = Shared::new(&budget);
        let samples = Arc::new(opening.samples(&manifest, &readers, &fatal)?);
        let desk = Desk {
            manifest,
            file,
            counters: Counters::default(),
            clock: Arc::clone(&clock),
            budget: Arc::clone(&budget),
            replaying: true,
            fatal: Arc::clone(&fatal),
            suspects: Arc::clone(&readers.suspects),
        };
        let reserve = DiskReserve::new(
            Arc::clone(&io),
            Arc::clone(&clock),
            &dir,
            config.min_free_bytes,
        );
        let exports = Exports::new(Arc::clone(&io), &dir);
        let store = Arc::new(Self {
            io,
            clock,
            dir,
            config: Mutex::new(config),
            spans,
            logs,
            samples,
            desk: Mutex::new(desk),
            counters: Mutex::default(),
            quarantined: Mutex::default(),
            reserve,
            budget,
            readers,
            exports,
            attached: Attached::default(),
            fatal,
            refused_overload: AtomicU64::new(0),
            expired_at: Mutex::new(None),
            wake: (Mutex::new(false), Condvar::new()),
            closing: AtomicBool::new(false),
            upkeep: Mutex::new(None),
            lock: Mutex::new(Some(lock)),
        });
        store.replay(decoder, progress)?;
        store.tidy_exports();
        if upkeep == Upkeep::Thread {
            store.start_upkeep()?;
        }
        Ok(store)
    }

    /// Appends a request to log and head: visible from now on, durable when `wait_durable` or
    /// `on_durable` says so. Spans that were received before are merged into what is there.
    pub fn write(&self, mut write: Write<'_>) -> Result<Appended> {
        match std::mem::replace(&mut write.items, Items::Spans(Vec::new())) {
            Items::Spans(parts) => {
                let appended = self.spans.append(TypedWrite {
                    write: &write,
                    parts,
                })?;
                self.cut_if_large(&self.spans)?;
                Ok(appended)
            }
            Items::Logs(parts) => {
                let appended = self.logs.append(TypedWrite {
                    write: &write,
                    parts,
                })?;
                self.cut_if_large(&self.logs)?;
                Ok(appended)
            }
            Items::Samples(_) => Err(Error::invalid("samples are written by `write_samples`")),
        }
    }

    /// Judges a request of samples, appends it to log and head if anything of it is accepted, and
    /// tells what was decided: visible from now on, durable when `wait_durable(Signal::Samples, …)` or
    /// `on_durable` says so. `verdict` is called once, after judging, and only if the request is logged;
    /// what it writes must let `FrameDecoder::decode` leave the refused points out. `None`: nothing was
    /// logged.
    pub fn write_samples(
        &self,
        write: SampleWrite<'_>,
        verdict: &mut VerdictWriter<'_>,
    ) -> Result<(Judgement, Option<Appended>)> {
        let config = self.config.lock().clone();
        let result = self.samples.write(&write, &config, verdict)?;
        if self.samples.content_bytes() >= self.samples.cut_bytes(&config)
            && self.samples.freeze(false)?
        {
            self.wake_upkeep();
        }
        Ok(result)
    }

    /// Blocks until what was appended is durable.
    pub fn wait_durable(&self, signal: Signal, appended: Appended) -> Result<()> {
        self.wal(signal).wait_durable(appended.end)
    }

    /// Calls back when what was appended is durable or never will be.
    pub fn on_durable(&self, signal: Signal, appended: Appended, done: Callback) {
        self.wal(signal).on_durable(appended.end, done);
    }

    /// Whether a request of so many bytes may come in: `Unavailable` while the disk reserve is
    /// touched or the log has failed, `LimitExceeded` while memory or disk cannot follow. Waits a
    /// moment for a flush that is under way.
    pub fn admission(&self, signal: Signal, bytes: u64) -> Result<()> {
        if let Some(reason) = self.failed() {
            return Err(Error::unavailable(format!("write {signal}: {reason}")));
        }
        self.reserve.check(bytes)?;
        let result = self.admit_load(signal);
        if result.is_err() {
            self.refused_overload.fetch_add(1, Ordering::Relaxed);
        }
        result
    }

    /// True if a small write will not have to wait for anything: nothing is on its way to disk, the
    /// log's buffer is nearly empty, memory is not short. For callers that must not block.
    pub fn is_calm(&self, signal: Signal) -> bool {
        let writes_flow = match signal {
            Signal::Spans => self.spans.wait_for_room(std::time::Duration::ZERO),
            Signal::Logs => self.logs.wait_for_room(std::time::Duration::ZERO),
            Signal::Samples => self.samples.wait_for_room(std::time::Duration::ZERO),
        };
        writes_flow
            && self.wal(signal).stats().buffered_bytes < CALM_BUFFER_BYTES
            && !self.budget.is_tight()
    }

    fn admit_load(&self, signal: Signal) -> Result<()> {
        let wait = std::time::Duration::from_secs(2);
        let room = match signal {
            Signal::Spans => self.spans.wait_for_room(wait),
            Signal::Logs => self.logs.wait_for_room(wait),
            Signal::Samples => self.samples.wait_for_room(wait),
        };
        if !room {
            return Err(Error::limit(format!(
                "write {signal}: the disk does not follow, cut heads wait to be written"
            )));
        }
        if self.budget.is_tight() {
            self.wake_upkeep();
            let heads = self.budget.used_by(crate::engine::budget::Part::Heads);
            return Err(Error::limit(format!(
                "write {signal}: memory is nearly used up ({} of {}, {} of it not flushed yet)",
                tacho_stdx::size::print_bytes(self.budget.used()),
                tacho_stdx::size::print_bytes(self.budget.limit()),
                tacho_stdx::size::print_bytes(heads)
            )));
        }
        let debt = self.counters.lock().debt_bytes;
        if debt > self.config.lock().compaction_debt_max_bytes {
            self.wake_upkeep();
            return Err(Error::limit(format!(
                "write {signal}: {} of small blocks wait to be merged",
                tacho_stdx::size::print_bytes(debt)
            )));
        }
        Ok(())
    }

    /// Why the process must stop: an fsync or the manifest failed. Restarting replays the log.
    pub fn failed(&self) -> Option<String> {
        self.fatal.lock().clone()
    }

    /// The data folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The budget that everything large is counted against.
    pub fn memory(&self) -> &Arc<MemoryBudget> {
        &self.budget
    }

    /// Changes settings that may change while running: retention and thresholds.
    pub fn reconfigure(&self, change: impl FnOnce(&mut Config)) {
        change(&mut self.config.lock());
        self.wake_upkeep();
    }

    fn wal(&self, signal: Signal) -> &Wal {
        match signal {
            Signal::Spans => &self.spans.wal,
            Signal::Logs => &self.logs.wal,
            Signal::Samples => &self.samples.wal,
        }
    }
}

impl ReadStore for Store {
    fn snapshot(&self, tenant: &TenantId) -> Result<Arc<dyn Snapshot>> {
        Ok(Arc::new(TenantSnapshot {
            spans: Arc::new(View::take(&self.spans, tenant, &self.readers)),
            logs: Arc::new(View::take(&self.logs, tenant, &self.readers)),
        }))
    }

    fn series(&self, tenant: &TenantId) -> Result<Arc<dyn SeriesView>> {
        Ok(Arc::new(TenantSeries::new(&self.samples, tenant)))
    }

    fn tail(&self, tenant: &TenantId, signal: Signal) -> Tail {
        let source = match signal {
            Signal::Spans => self.spans.tails.follow(tenant),
            Signal::Logs | Signal::Samples => self.logs.tails.follow(tenant),
        };
        Tail { source }
    }
}
