//! Items and their older versions: reading them.

use super::check::sqlite_error;
use super::{READ_MAX, StateItem, StateVersion};
use crate::error::Result;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

/// An item by kind and key.
pub(super) fn get(db: &Connection, kind: &str, key: &str) -> Result<Option<StateItem>> {
    let read = || {
        db.prepare_cached(
            "SELECT key, version, value, updated_ns FROM item WHERE kind = ?1 AND key = ?2",
        )?
        .query_row(params![kind, key], item)
        .optional()
    };
    read().map_err(|error| sqlite_error(&format!("read {kind} `{key}`"), error))
}

/// All items of a kind.
pub(super) fn list(db: &Connection, kind: &str) -> Result<Vec<StateItem>> {
    let read = || {
        db.prepare_cached(
            "SELECT key, version, value, updated_ns FROM item WHERE kind = ?1 ORDER BY key",
        )?
        .query_map(params![kind], item)?
        .collect::<rusqlite::Result<Vec<_>>>()
    };
    read().map_err(|error| sqlite_error(&format!("list {kind}"), error))
}

fn item(row: &Row<'_>) -> rusqlite::Result<StateItem> {
    Ok(StateItem {
        key: row.get(0)?,
        version: row.get(1)?,
        value: row.get(2)?,
        updated_ns: row.get(3)?,
    })
}

/// Versions of an item, the newest first.
pub(super) fn history(
    db: &Connection,
    kind: &str,
    key: &str,
    limit: usize,
) -> Result<Vec<StateVersion>> {
    let version = |row: &Row<'_>| {
        Ok(StateVersion {
            version: row.get(0)?,
            value: row.get(1)?,
            at_ns: row.get(2)?,
            by: row.get(3)?,
        })
    };
    let read = || {
        db.prepare_cached(
            "SELECT version, value, at_ns, by FROM history WHERE kind = ?1 AND key = ?2 \
             ORDER BY version DESC LIMIT ?3",
        )?
        .query_map(params![kind, key, limit.min(READ_MAX)], version)?
        .collect::<rusqlite::Result<Vec<_>>>()
    };
    read().map_err(|error| sqlite_error(&format!("read the history of {kind} `{key}`"), error))
}
