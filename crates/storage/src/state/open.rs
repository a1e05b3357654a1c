//! Opening the database: making it, checking it, migrating it, setting a damaged one aside.
//!
//! SQLite does its own reading and writing; what happens to whole files goes through `io.rs`.

use super::check::sqlite_error;
use super::schema::{self, MIGRATIONS};
use super::{DamagedState, SNAPSHOT_PREFIX, STATE_NAME};
use crate::error::{Error, ErrorKind, Result};
use crate::io::{Io, SyncPoint, remove_if_there};
use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Databases set aside begin with this; a number follows.
const DAMAGED_PREFIX: &str = "state.sqlite.damaged-";
/// What SQLite keeps beside a database.
const BESIDE: [&str; 3] = ["-wal", "-shm", "-journal"];
/// How long a call waits for another program that holds the file.
const BUSY: Duration = Duration::from_secs(5);
/// Most files that may have been set aside; with more the start fails.
const DAMAGED_MAX: u32 = 1_000;

/// What opening gives: who writes, who reads, and what lies aside.
pub(super) struct Opened {
    pub(super) writer: Connection,
    pub(super) reader: Connection,
    pub(super) damaged: Vec<DamagedState>,
}

/// Opens or makes the database of a data folder.
pub(super) fn open(io: &dyn Io, dir: &Path) -> Result<Opened> {
    let path = dir.join(STATE_NAME);
    let mut damaged = tidy(io, dir)?;
    let writer = match open_writer(io, dir, &path) {
        Ok(writer) => writer,
        Err(error) if error.kind() == ErrorKind::Corrupt => {
            let aside = set_aside(io, dir, &path)?;
            let kept = aside.display();
            tracing::error!(
                %error,
                "the state database is damaged: it was renamed to {kept} and an empty one made. \
                 Silences, acknowledgements, who was told what, dashboards and users are gone until \
                 you stop the server and put `state.sqlite` of a backup in its place"
            );
            damaged.push(DamagedState {
                path: aside,
                reason: error.message().to_owned(),
            });
            open_writer(io, dir, &path)?
        }
        Err(error) => return Err(error.context(format!("open {}", path.display()))),
    };
    let reader = connect(&path)?;
    reader
        .pragma_update(None, "query_only", true)
        .map_err(|error| sqlite_error("set up the reader of the state", error))?;
    Ok(Opened {
        writer,
        reader,
        damaged,
    })
}

/// A database in memory with the newest schema.
pub(super) fn in_memory() -> Result<Connection> {
    let mut db = Connection::open_in_memory()
        .map_err(|error| sqlite_error("open a state in memory", error))?;
    schema::migrate(&mut db, MIGRATIONS)?;
    Ok(db)
}

fn open_writer(io: &dyn Io, dir: &Path, path: &Path) -> Result<Connection> {
    if !io.exists(path)? {
        io.create(path)?;
        io.set_private(path)?;
        io.sync_dir(dir, SyncPoint::DataDir)?;
    }
    let mut db = connect(path)?;
    let empty = schema::version(&db)? == 0;
    let failed = |error| sqlite_error("set up the state", error);
    let mode: String = db
        .pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))
        .map_err(failed)?;
    if mode != "wal" {
        return Err(Error::internal(format!(
            "the journal mode stays {mode}: the disk of the data folder must be a local one"
        )));
    }
    db.pragma_update(None, "synchronous", "FULL")
        .and_then(|()| db.pragma_update(None, "journal_size_limit", 16 << 20))
        .map_err(failed)?;
    if !empty {
        verify(&db)?;
    }
    schema::migrate(&mut db, MIGRATIONS)?;
    Ok(db)
}

fn connect(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let setup = || {
        let db = Connection::open_with_flags(path, flags)?;
        db.busy_timeout(BUSY)?;
        db.pragma_update(None, "trusted_schema", false)?;
        db.pragma_update(None, "cell_size_check", true)?;
        Ok(db)
    };
    setup().map_err(|error| sqlite_error("open the state", error))
}

/// That the file is ours and whole.
fn verify(db: &Connection) -> Result<()> {
    let failed = |error| sqlite_error("check the state", error);
    let id: i64 = db
        .pragma_query_value(None, "application_id", |row| row.get(0))
        .map_err(failed)?;
    if id != schema::APPLICATION_ID {
        return Err(Error::corrupt(format!(
            "it is a database of another program (application id {id:#x})"
        )));
    }
    let verdict: String = db
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(failed)?;
    if verdict == "ok" {
        return Ok(());
    }
    Err(Error::corrupt(format!("the check says: {verdict}")))
}

/// Removes what interrupted backups left and lists what was set aside at earlier starts.
fn tidy(io: &dyn Io, dir: &Path) -> Result<Vec<DamagedState>> {
    let mut damaged = Vec::new();
    for entry in io.list(dir)? {
        let Some(name) = entry.name.to_str() else {
            continue;
        };
        if name.starts_with(SNAPSHOT_PREFIX) {
            remove_if_there(io, &dir.join(name))?;
        }
        let number = name.strip_prefix(DAMAGED_PREFIX);
        if number.is_some_and(|number| number.parse::<u32>().is_ok()) {
            damaged.push(DamagedState {
                path: dir.join(name),
                reason: "it was damaged and set aside at an earlier start".to_owned(),
            });
        }
    }
    Ok(damaged)
}

/// Renames the database, what belongs to it first: were the database gone already, SQLite would
/// take its log for one of the next.
fn set_aside(io: &dyn Io, dir: &Path, path: &Path) -> Result<PathBuf> {
    for number in 1..=DAMAGED_MAX {
        let target = dir.join(format!("{DAMAGED_PREFIX}{number}"));
        if io.exists(&target)? {
            continue;
        }
        for ending in BESIDE {
            let beside = dir.join(format!("{STATE_NAME}{ending}"));
            if io.exists(&beside)? {
                io.rename(
                    &beside,
                    &dir.join(format!("{DAMAGED_PREFIX}{number}{ending}")),
                )?;
            }
        }
        io.rename(path, &target)?;
        io.sync_dir(dir, SyncPoint::DataDir)?;
        return Ok(target);
    }
    Err(Error::corrupt(format!(
        "{} is damaged, and there are {DAMAGED_MAX} damaged ones beside it: remove them",
        path.display()
    )))
}
