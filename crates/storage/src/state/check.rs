//! Limits of names, values and batches, and what an error of SQLite means to a caller.

use super::{BATCH_BYTES_MAX, BATCH_MAX, NAME_BYTES_MAX, VALUE_BYTES_MAX};
use crate::error::{Error, ErrorKind, Result};
use rusqlite::{Error as Sqlite, ErrorCode};

/// A kind or a log needs a name; a key of an item too.
pub(super) fn name(what: &str, name: &str) -> Result<()> {
    if name.is_empty() {
        return Err(Error::invalid(format!("the {what} is empty")));
    }
    length(what, name)
}

/// The key of an entry of a log may be empty.
pub(super) fn length(what: &str, name: &str) -> Result<()> {
    if name.len() > NAME_BYTES_MAX {
        let start: String = name.chars().take(40).collect();
        return Err(Error::limit(format!(
            "the {what} `{start}…` has {} bytes, at most {NAME_BYTES_MAX} are allowed",
            name.len()
        )));
    }
    Ok(())
}

/// A value on its own; `of` names its item.
pub(super) fn value(of: &str, bytes: usize) -> Result<()> {
    if bytes > VALUE_BYTES_MAX {
        return Err(Error::limit(format!(
            "the value of {of} has {bytes} bytes, at most {VALUE_BYTES_MAX} are allowed"
        )));
    }
    Ok(())
}

/// All of a call together.
pub(super) fn batch(what: &str, count: usize, bytes: usize) -> Result<()> {
    if count > BATCH_MAX {
        return Err(Error::limit(format!(
            "{count} {what} at once, at most {BATCH_MAX} are allowed"
        )));
    }
    if bytes > BATCH_BYTES_MAX {
        return Err(Error::limit(format!(
            "{what} of {bytes} bytes at once, at most {BATCH_BYTES_MAX} are allowed"
        )));
    }
    Ok(())
}

/// What it means that SQLite could not do something; `doing` fits after "failed to".
pub(super) fn sqlite_error(doing: &str, error: Sqlite) -> Error {
    let kind = match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => {
            let full = std::io::Error::new(std::io::ErrorKind::StorageFull, error);
            return Error::unavailable(format!("{doing}: the disk is full")).with_source(full);
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => ErrorKind::Unavailable,
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => ErrorKind::Corrupt,
        Some(ErrorCode::TooBig) => ErrorKind::LimitExceeded,
        Some(_) => ErrorKind::Internal,
        None => match error {
            Sqlite::FromSqlConversionFailure(..)
            | Sqlite::IntegralValueOutOfRange(..)
            | Sqlite::InvalidColumnType(..) => ErrorKind::Corrupt,
            _ => ErrorKind::Internal,
        },
    };
    Error::new(kind, format!("{doing}: {error}")).with_source(error)
}
