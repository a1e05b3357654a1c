//! `SmallState` in a SQLite database: one connection writes, one reads beside it.
//!
//! Write-ahead logging with a sync at every commit. The folder's lock keeps other servers away.

use super::check::sqlite_error;
use super::{
    DamagedState, LogEntry, LogItem, LogQuery, SmallState, StateChange, StateItem, StateVersion,
    change, items, logs, open,
};
use crate::error::{Error, ErrorKind, Result};
use crate::io::std_io::StdIo;
use crate::io::{Io, SyncPoint};
use parking_lot::{Mutex, MutexGuard};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::path::{Path, PathBuf};

/// The state of a data folder, or one that lives in memory only.
#[derive(Debug)]
pub struct SqliteState {
    pub(super) writer: Mutex<Connection>,
    /// None in memory: there the writer reads.
    reader: Option<Mutex<Connection>>,
    place: PathBuf,
    damaged: Vec<DamagedState>,
}

impl SqliteState {
    /// Opens `state.sqlite` in a data folder that exists and that this process has locked; makes
    /// it if it is not there. A damaged database is renamed to `state.sqlite.damaged-N`, which is
    /// logged and told by `damaged`, and an empty one is made. `Invalid` if a newer program wrote
    /// it.
    pub fn open(dir: &Path) -> Result<Self> {
        let opened = open::open(&StdIo, dir)?;
        Ok(Self {
            writer: Mutex::new(opened.writer),
            reader: Some(Mutex::new(opened.reader)),
            place: dir.join(super::STATE_NAME),
            damaged: opened.damaged,
        })
    }

    /// A state that is gone when it is dropped, for tests and tools.
    pub fn in_memory() -> Result<Self> {
        Ok(Self {
            writer: Mutex::new(open::in_memory()?),
            reader: None,
            place: PathBuf::from("the state in memory"),
            damaged: Vec::new(),
        })
    }

    fn reader(&self) -> MutexGuard<'_, Connection> {
        self.reader.as_ref().unwrap_or(&self.writer).lock()
    }

    /// Runs changes in a transaction; an error undoes all of them.
    fn write<T>(&self, change: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
        let mut writer = self.writer.lock();
        let done = writer
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(|error| sqlite_error("begin a change of the state", error))
            .and_then(|transaction| {
                let value = change(&transaction)?;
                transaction
                    .commit()
                    .map_err(|error| sqlite_error("commit a change of the state", error))?;
                Ok(value)
            });
        done.map_err(|error| self.advise(error))
    }

    /// Damage that shows while running: says what helps.
    fn advise(&self, error: Error) -> Error {
        if error.kind() != ErrorKind::Corrupt {
            return error;
        }
        error.context(format!(
            "{} is damaged (restart the server: it sets the file aside and starts with an empty \
             one; or stop it and put the file of a backup in its place)",
            self.place.display()
        ))
    }
}

impl SmallState for SqliteState {
    fn get(&self, kind: &str, key: &str) -> Result<Option<StateItem>> {
        items::get(&self.reader(), kind, key).map_err(|error| self.advise(error))
    }

    fn list(&self, kind: &str) -> Result<Vec<StateItem>> {
        items::list(&self.reader(), kind).map_err(|error| self.advise(error))
    }

    fn apply(&self, changes: &[StateChange], now_ns: i64) -> Result<Vec<u64>> {
        if changes.is_empty() {
            return Ok(Vec::new());
        }
        self.write(|db| change::apply(db, changes, now_ns))
    }

    fn history(&self, kind: &str, key: &str, limit: usize) -> Result<Vec<StateVersion>> {
        items::history(&self.reader(), kind, key, limit).map_err(|error| self.advise(error))
    }

    fn append(&self, log: &str, entries: &[LogEntry], keep: usize) -> Result<()> {
        self.write(|db| logs::append(db, log, entries, keep))
    }

    fn read_log(&self, log: &str, query: &LogQuery) -> Result<Vec<LogItem>> {
        logs::read(&self.reader(), log, query).map_err(|error| self.advise(error))
    }

    fn backup_with(&self, path: &Path, frozen: &mut dyn FnMut() -> Result<()>) -> Result<()> {
        let doing = format!("copy the state to {}", path.display());
        let Some(text) = path.to_str() else {
            return Err(Error::invalid(format!("{doing}: the name is not UTF-8")));
        };
        let writer = self.writer.lock();
        frozen()?;
        // Made first, so that nobody else can read it: SQLite fills an empty file.
        StdIo.create(path)?;
        StdIo.set_private(path)?;
        writer
            .execute("VACUUM INTO ?1", [text])
            .map_err(|error| self.advise(sqlite_error(&doing, error)))?;
        drop(writer);
        let bytes = StdIo.open_read(path)?.len();
        StdIo
            .open_append(path, bytes)?
            .sync_all(SyncPoint::BackupFile)
    }

    fn damaged(&self) -> Vec<DamagedState> {
        self.damaged.clone()
    }
}
