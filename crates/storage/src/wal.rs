//! The write-ahead log of one signal: judged requests, durable before they are acknowledged.
//!
//! Bodies are opaque here. `append` only fills a buffer; one committer thread writes and syncs for
//! all who wait (group commit). A failed write or sync is never retried: the log is then failed,
//! everybody gets `Unavailable`, and the process must exit and replay. Start at `Wal`.

mod attempt;
mod commit;
mod disk;
pub mod frame;
mod quarantine;
mod recover;
mod replay;
mod scan;
mod segment;
mod state;

use crate::error::{Error, Result};
use crate::io::{Io, SyncPoint, create_dir_durable};
use crate::wal::commit::Shared;
use crate::wal::frame::{Frame, FrameHeader, WalPosition};
use crate::wal::quarantine::Quarantine;
use crate::wal::recover::{Recovered, recover};
use crate::wal::replay::Replay;
use parking_lot::Mutex;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use tacho_model::signal::Signal;
use tacho_stdx::clock::Clock;

/// When an append counts as done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// After the sync: survives power loss.
    Fsync,
    /// After the write: survives the death of the process; synced every `sync_interval`.
    Buffered,
}

/// Who writes and syncs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Committer {
    /// A thread of the log's own.
    Thread,
    /// Whoever calls `wait_durable` or `commit`: for simulations that must not depend on timing.
    Caller,
}

/// Settings of a WAL.
#[derive(Debug, Clone)]
pub struct Config {
    /// When an append counts as done.
    pub durability: Durability,
    /// Who writes and syncs.
    pub committer: Committer,
    /// A segment that has this many bytes is closed.
    pub segment_bytes: u64,
    /// Bytes that may wait in memory for the committer; one longer frame may wait alone.
    pub buffer_bytes: usize,
    /// Longest frame taken.
    pub frame_bytes_max: u64,
    /// Callbacks that may wait at once.
    pub waiters_max: usize,
    /// How long `append` waits for room in the buffer before it gives `Unavailable`.
    pub append_wait: Duration,
    /// How often a buffered log is synced.
    pub sync_interval: Duration,
    /// Nothing is appended before this position: the newest one that the manifest names as covered.
    pub start: WalPosition,
}

impl Config {
    /// The built-in values: fsync, 64 MiB segments, 16 MiB of buffer.
    pub fn standard() -> Self {
        Self {
            durability: Durability::Fsync,
            committer: Committer::Thread,
            segment_bytes: 64 << 20,
            buffer_bytes: 16 << 20,
            frame_bytes_max: 96 << 20,
            waiters_max: 65_536,
            append_wait: Duration::from_secs(1),
            sync_interval: Duration::from_secs(1),
            start: WalPosition(0),
        }
    }
}

/// Where an appended frame lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// Its first byte.
    pub position: WalPosition,
    /// The byte after its last one: wait for this to be durable.
    pub end: WalPosition,
}

/// Why bytes were set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetAsideReason {
    /// No frame could be read there although one was durable.
    Corrupt,
    /// No frame could be read there, but none was durable either: the power failed while it was
    /// written, and later frames of the same commit happened to survive.
    Torn,
    /// The frame's bytes are not there at all: a segment or its end is missing. No file is kept.
    Missing,
    /// Replay of this frame killed the process again and again.
    Killed,
    /// The one who replays said that the frame is `Corrupt`.
    Refused,
}

/// A range of the log that replay could not use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
    /// Its first byte.
    pub position: WalPosition,
    /// Its length.
    pub bytes: u64,
    /// Why.
    pub reason: SetAsideReason,
    /// The copy in the quarantine folder.
    pub file: Option<PathBuf>,
}

/// What a replay did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReplayReport {
    /// Frames given out.
    pub frames: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Bytes cut at the end: never acknowledged, torn by the crash.
    pub torn_bytes_cut: u64,
    /// Segments read.
    pub segments: u64,
    /// Ranges that could not be used, the first 1,000.
    pub set_aside: Vec<SetAside>,
    /// Number of such ranges.
    pub set_aside_count: u64,
}

/// Counters of a WAL since it was opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WalStats {
    /// Frames appended.
    pub frames: u64,
    /// Bytes of frames appended.
    pub bytes: u64,
    /// Group commits written.
    pub commits: u64,
    /// Syncs of segment data.
    pub syncs: u64,
    /// Time spent in these syncs.
    pub sync_ns: u64,
    /// Segments on disk.
    pub segments: u64,
    /// Bytes of frames on disk or on the way to it.
    pub size_bytes: u64,
    /// Bytes waiting in memory.
    pub buffered_bytes: u64,
}

/// Called once when a position is durable or never will be; runs on the committer's thread, so it
/// must be quick (complete a oneshot, wake a task).
pub type Callback = Box<dyn FnOnce(Result<()>) + Send>;

/// Called once when the log has failed, with the reason.
pub type FatalCallback = Box<dyn FnOnce(&str) + Send>;

/// The write-ahead log of one signal. All methods may be called from any thread. Dropping it
/// commits what is buffered.
#[derive(Debug)]
pub struct Wal {
    shared: Arc<Shared>,
    io: Arc<dyn Io>,
    data_dir: PathBuf,
    folder: PathBuf,
    signal: Signal,
    recovered: Recovered,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Wal {
    /// Opens the log in `<data_dir>/wal/<signal>/`, making it if needed, and cuts a torn end off.
    /// Call `replay` before the first `append`. `Invalid` if a newer version wrote the last segment.
    pub fn open(
        io: Arc<dyn Io>,
        data_dir: &Path,
        signal: Signal,
        config: Config,
        clock: Arc<dyn Clock>,
    ) -> Result<Self> {
        let folder = data_dir.join("wal").join(signal.as_str());
        create_dir_durable(io.as_ref(), data_dir, &folder, SyncPoint::DataDir)?;
        let recovered = recover(io.as_ref(), &folder, config.start)?;
        let committer = config.committer;
        let shared = Arc::new(Shared::new(
            Arc::clone(&io),
            clock,
            signal,
            folder.clone(),
            config,
            &recovered,
        ));
        let thread = match committer {
            Committer::Caller => None,
            Committer::Thread => Some(spawn_committer(signal, &shared)?),
        };
        Ok(Self {
            shared,
            io,
            data_dir: data_dir.to_path_buf(),
            folder,
            signal,
            recovered,
            thread: Mutex::new(thread),
        })
    }

    /// Gives out, in order, every frame from the position on that was there when the log was opened.
    ///
    /// An error of `apply` with kind `Corrupt` sets that frame aside and goes on; any other stops
    /// the replay and is returned. An unknown kind or version of a frame stops it with `Invalid`.
    /// The same frames come again if it is called again.
    pub fn replay(
        &self,
        from: WalPosition,
        apply: &mut dyn FnMut(WalPosition, Frame<'_>) -> Result<()>,
    ) -> Result<ReplayReport> {
        let quarantine = Quarantine::open(Arc::clone(&self.io), &self.data_dir, self.signal)?;
        Replay::new(&self.io, &self.folder, &self.recovered, from, quarantine).run(apply)
    }

    /// Puts a frame into the buffer: cheap, no I/O, meant to be called under the caller's lock so
    /// that the order in the log is the order in the head. `Unavailable` if the log has failed or
    /// the buffer stays full for `append_wait`, `LimitExceeded` for a frame that is too long. Not
    /// durable yet.
    pub fn append(&self, header: &FrameHeader, verdict: &[u8], body: &[u8]) -> Result<Appended> {
        self.shared.append(header, verdict, body)
    }

    /// Blocks until everything before `end` is done, as `Durability` means it. `Unavailable` if the
    /// log failed: whether the frame survives is then unknown, and it must not be acknowledged.
    pub fn wait_durable(&self, end: WalPosition) -> Result<()> {
        self.shared.wait_durable(end)
    }

    /// Calls back when everything before `end` is done, at once if it is. For async callers.
    pub fn on_durable(&self, end: WalPosition, callback: Callback) {
        self.shared.on_durable(end, callback);
    }

    /// Calls back when the log fails: the process must then exit. At once if it has failed.
    pub fn on_fatal(&self, callback: FatalCallback) {
        self.shared.on_fatal(callback);
    }

    /// Why the log failed, if it did.
    pub fn failed(&self) -> Option<String> {
        self.shared.failed()
    }

    /// Starts a new segment at the current end and returns that position. No I/O here: whoever
    /// holds the head's lock may call it.
    pub fn rotate(&self) -> Result<WalPosition> {
        self.shared.rotate()
    }

    /// Removes the segments that lie wholly before the position; returns the bytes of frames
    /// freed. The newest segment stays, so rotate first. Call it only with a position that a
    /// durable manifest names as covered.
    pub fn truncate_before(&self, position: WalPosition) -> Result<u64> {
        self.shared.truncate_before(position)
    }

    /// Writes what is buffered, in the caller's thread, and syncs it as `Durability` wants.
    pub fn commit(&self) -> Result<()> {
        self.shared.commit()
    }

    /// Writes and syncs what is buffered, in the caller's thread, whatever the `Durability`. After
    /// it everything appended before is durable: call it before a manifest names its position.
    pub fn commit_and_sync(&self) -> Result<()> {
        self.shared.commit_and_sync()
    }

    /// The position that the next frame gets.
    pub fn end(&self) -> WalPosition {
        self.shared.end()
    }

    /// Everything before this position is synced.
    pub fn durable(&self) -> WalPosition {
        self.shared.durable()
    }

    /// Bytes of frames in the segments and in the buffer.
    pub fn size_bytes(&self) -> u64 {
        self.shared.stats().size_bytes
    }

    /// Counters.
    pub fn stats(&self) -> WalStats {
        self.shared.stats()
    }

    /// Commits and syncs what is buffered and ends the committer; later appends get `Unavailable`.
    pub fn close(&self) -> Result<()> {
        self.shared.close();
        self.join()?;
        self.shared.commit_and_sync()
    }

    /// Waits for the committer's end, unless it is the committer itself that lets go of the log
    /// (a callback may have held the last handle).
    fn join(&self) -> Result<()> {
        let thread = self.thread.lock().take();
        match thread {
            Some(thread) if thread.thread().id() != std::thread::current().id() => thread
                .join()
                .map_err(|_| Error::internal("close the WAL: the committer's thread panicked")),
            _ => Ok(()),
        }
    }
}

impl Drop for Wal {
    fn drop(&mut self) {
        if self.failed().is_none()
            && let Err(error) = self.close()
        {
            tracing::error!(%error, signal = %self.signal, "could not close the WAL");
        }
        // A failed log has no committer any more or one that is about to end.
        self.shared.close();
        if let Err(error) = self.join() {
            tracing::error!(%error, signal = %self.signal, "the WAL ended badly");
        }
    }
}

fn spawn_committer(signal: Signal, shared: &Arc<Shared>) -> Result<JoinHandle<()>> {
    let shared = Arc::clone(shared);
    std::thread::Builder::new()
        .name(format!("wal-{signal}"))
        .spawn(move || shared.run_committer())
        .map_err(|error| Error::internal("start the WAL's committer").with_source(error))
}
