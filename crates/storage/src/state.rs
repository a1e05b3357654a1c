//! Small mutable state: silences, acknowledgements, dashboards, users, edited rules, lists of what
//! was sent. Not signals: those live in blocks.
//!
//! The trait and its shapes are here; `state/sqlite.rs` keeps it in the file `state.sqlite` of the
//! data folder. Values are opaque bytes: whoever writes a kind gives them a version of their own.

mod change;
mod check;
mod items;
mod kept;
mod logs;
mod open;
mod schema;
pub mod sqlite;
#[cfg(test)]
mod tests;

use crate::error::Result;
use std::fmt::Debug;
use std::path::{Path, PathBuf};

/// Name of the database in the data folder.
pub const STATE_NAME: &str = "state.sqlite";
/// Copies on their way into a backup begin with this.
pub(crate) const SNAPSHOT_PREFIX: &str = "state.sqlite.snapshot-";
/// Longest name of a kind or a log, and longest key, in bytes.
pub const NAME_BYTES_MAX: usize = 512;
/// Longest value in bytes.
pub const VALUE_BYTES_MAX: usize = 4 << 20;
/// Most changes of one `apply`, most entries of one `append`.
pub const BATCH_MAX: usize = 10_000;
/// Most bytes of values in one `apply` or `append`.
pub const BATCH_BYTES_MAX: usize = 64 << 20;
/// Most items of a kind.
pub const ITEMS_MAX: u64 = 1_000_000;
/// Most bytes of values of a kind.
pub const ITEM_BYTES_MAX: u64 = 1 << 30;
/// Most older versions of one item; the oldest go first.
pub const VERSIONS_MAX: usize = 200;
/// Most older versions of all items of a kind; the oldest go first.
pub const HISTORY_MAX: u64 = 100_000;
/// Most bytes of older versions of a kind; the oldest go first.
pub const HISTORY_BYTES_MAX: u64 = 256 << 20;
/// Most entries that one `read_log` or `history` gives.
pub const READ_MAX: usize = 10_000;

/// An item as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateItem {
    /// Its key within the kind.
    pub key: String,
    /// Grows with every change and never comes twice for a key, deletion in between or not.
    pub version: u64,
    /// The value as it was written.
    pub value: Vec<u8>,
    /// When it was written, in nanoseconds since 1970.
    pub updated_ns: i64,
}

/// What must be there before a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// Anything or nothing.
    Any,
    /// Nothing.
    Absent,
    /// Exactly this version.
    Version(u64),
}

/// A change of one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateChange {
    /// What sort of item it is: `silence`, `rule`.
    pub kind: String,
    /// Its key within the kind.
    pub key: String,
    /// The new value; `None` deletes.
    pub value: Option<Vec<u8>>,
    /// What must be there before.
    pub expect: Expect,
    /// Whether this version is kept for `history` when newer ones come; the version that it
    /// replaces is kept too.
    pub keep_history: bool,
    /// Who does it, for `history`.
    pub by: String,
}

/// A version of an item that was written with `keep_history`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateVersion {
    /// The version.
    pub version: u64,
    /// The value; `None` if this version was a deletion.
    pub value: Option<Vec<u8>>,
    /// When it was written, in nanoseconds since 1970.
    pub at_ns: i64,
    /// Who wrote it.
    pub by: String,
}

/// Something that happened, for a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// When, in nanoseconds since 1970.
    pub at_ns: i64,
    /// What it is looked up by, for example the id of an alert; may be empty.
    pub key: String,
    /// The entry.
    pub value: Vec<u8>,
}

/// An entry of a log as it was appended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogItem {
    /// Grows from entry to entry, with gaps; never given twice.
    pub id: u64,
    /// When, in nanoseconds since 1970.
    pub at_ns: i64,
    /// What it is looked up by.
    pub key: String,
    /// The entry.
    pub value: Vec<u8>,
}

/// Which entries of a log to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogQuery {
    /// Only entries of this key.
    pub key: Option<String>,
    /// Only entries of this time or later, in nanoseconds since 1970.
    pub from_ns: i64,
    /// Only entries before this time.
    pub to_ns: i64,
    /// Only entries with a smaller id: the last id of the page before.
    pub before_id: Option<u64>,
    /// How many at most; more than `READ_MAX` are never given.
    pub limit: usize,
}

impl LogQuery {
    /// The newest entries of all keys and times.
    pub fn newest(limit: usize) -> Self {
        Self {
            key: None,
            from_ns: i64::MIN,
            to_ns: i64::MAX,
            before_id: None,
            limit,
        }
    }
}

/// A database that could not be used and was renamed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DamagedState {
    /// Where it is now.
    pub path: PathBuf,
    /// Why it could not be used.
    pub reason: String,
}

/// Keeps items by kind and key, and logs. Calls may come from any thread; they wait for the disk.
pub trait SmallState: Send + Sync + Debug {
    /// An item, if it is there.
    fn get(&self, kind: &str, key: &str) -> Result<Option<StateItem>>;

    /// All items of a kind, by key.
    fn list(&self, kind: &str) -> Result<Vec<StateItem>>;

    /// Does all changes or none; durable when it returns. Gives the new version of each, 0 for the
    /// deletion of what was not there. Changes of one call see those before them. `Conflict` if
    /// something else is there than expected, `Invalid` or `LimitExceeded` if a change can never
    /// be made, `Unavailable` if the disk is full.
    fn apply(&self, changes: &[StateChange], now_ns: i64) -> Result<Vec<u64>>;

    /// Versions of an item that were written with `keep_history`, the newest first; that is the
    /// current one or its deletion.
    fn history(&self, kind: &str, key: &str, limit: usize) -> Result<Vec<StateVersion>>;

    /// Appends entries to a log, all or none; durable when it returns. Of entries beyond the
    /// newest `keep` the oldest go, some with every call.
    fn append(&self, log: &str, entries: &[LogEntry], keep: usize) -> Result<()>;

    /// Entries of a log, the newest first.
    fn read_log(&self, log: &str, query: &LogQuery) -> Result<Vec<LogItem>>;

    /// Writes a copy into a new file; durable when it returns (the caller syncs the folder).
    fn backup_to(&self, path: &Path) -> Result<()> {
        self.backup_with(path, &mut || Ok(()))
    }

    /// As `backup_to`; `frozen` is called at the moment of which the copy is, while no change can
    /// begin or end.
    fn backup_with(&self, path: &Path, frozen: &mut dyn FnMut() -> Result<()>) -> Result<()>;

    /// Databases that were set aside because they were damaged, as long as they lie there.
    fn damaged(&self) -> Vec<DamagedState>;
}
