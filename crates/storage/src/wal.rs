//! The write-ahead log of one signal: judged requests, durable before they are acknowledged.
//!
//! Bodies are opaque here. `append` only fills a buffer; one committer thread writes and syncs for
//! all who wait (group commit). A failed write or sync is never retried: the log is then failed,
//! everybody gets `Unavailable`, and the process must exit and replay. Start at `Wal`.

pub mod frame;

use crate::error::{Error, Result};
use crate::io::Io;
use crate::wal::frame::{Frame, FrameHeader, WalPosition};
use std::path::{Path, PathBuf};
use std::sync::Arc;
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
    /// The frame's bytes are not there at all: a segment or its end is missing. No file is kept.
    Missing,
    /// Replay of this frame killed the process twice.
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

/// The write-ahead log of one signal. All methods may be called from any thread.
#[derive(Debug)]
pub struct Wal {
    signal: Signal,
}

impl Wal {
    /// Opens the log in `<data_dir>/wal/<signal>/`, making it if needed, and cuts a torn end off.
    /// Call `replay` before the first `append`.
    pub fn open(
        io: Arc<dyn Io>,
        data_dir: &Path,
        signal: Signal,
        config: Config,
        clock: Arc<dyn Clock>,
    ) -> Result<Self> {
        let _ = (io, data_dir, config, clock);
        Ok(Self { signal })
    }

    /// Puts a frame into the buffer: cheap, no I/O, meant to be called under the caller's lock so
    /// that the order in the log is the order in the head. `Unavailable` if the log has failed or
    /// the buffer stays full, `LimitExceeded` for a frame that is too long. Not durable yet.
    pub fn append(&self, header: &FrameHeader, verdict: &[u8], body: &[u8]) -> Result<Appended> {
        let _ = (header, verdict, body);
        Err(Error::unavailable(format!(
            "append to the WAL of {}",
            self.signal
        )))
    }

    /// Blocks until everything before `end` is durable (as `Durability` means it).
    pub fn wait_durable(&self, end: WalPosition) -> Result<()> {
        let _ = end;
        Err(Error::unavailable("commit"))
    }

    /// Calls back when everything before `end` is durable, at once if it is. For async callers.
    pub fn on_durable(&self, end: WalPosition, callback: Callback) {
        let _ = end;
        callback(Err(Error::unavailable("commit")));
    }

    /// Calls back when the log fails: the process must then exit. At once if it has failed.
    pub fn on_fatal(&self, callback: Box<dyn FnOnce(&str) + Send>) {
        let _ = callback;
    }

    /// Why the log failed, if it did.
    pub fn failed(&self) -> Option<String> {
        None
    }

    /// Starts a new segment at the current end and returns that position. No I/O here.
    pub fn rotate(&self) -> Result<WalPosition> {
        Err(Error::unavailable("rotate"))
    }

    /// Removes the segments that lie wholly before the position; returns the bytes freed.
    pub fn truncate_before(&self, position: WalPosition) -> Result<u64> {
        let _ = position;
        Err(Error::unavailable("truncate"))
    }

    /// Writes and syncs what is buffered, in the caller's thread (`Committer::Caller`).
    pub fn commit(&self) -> Result<()> {
        Err(Error::unavailable("commit"))
    }

    /// The position that the next frame gets.
    pub fn end(&self) -> WalPosition {
        WalPosition(0)
    }

    /// Everything before this position is durable.
    pub fn durable(&self) -> WalPosition {
        WalPosition(0)
    }

    /// Bytes of frames in the segments and in the buffer.
    pub fn size_bytes(&self) -> u64 {
        0
    }

    /// Counters.
    pub fn stats(&self) -> WalStats {
        WalStats::default()
    }

    /// Gives out, in order, every frame from the position on that was there when the log was opened.
    ///
    /// An error of `apply` with kind `Corrupt` sets that frame aside and goes on; any other stops
    /// the replay and is returned. An unknown kind or version of a frame stops it with `Invalid`.
    pub fn replay(
        &self,
        from: WalPosition,
        apply: &mut dyn FnMut(WalPosition, Frame<'_>) -> Result<()>,
    ) -> Result<ReplayReport> {
        let _ = (from, apply);
        Err(Error::unavailable("replay"))
    }

    /// Commits what is buffered and ends the committer; later appends get `Unavailable`.
    pub fn close(&self) -> Result<()> {
        Ok(())
    }
}
