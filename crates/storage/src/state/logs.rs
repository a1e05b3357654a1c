//! Append-only logs: entries by number, the oldest beyond what is kept removed step by step.

use super::check::{self, sqlite_error};
use super::{LogEntry, LogItem, LogQuery, READ_MAX};
use crate::error::Result;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

/// Fewest entries that a call may remove; more if it appends more.
const PRUNE_STEP: u64 = 1_000;

/// Appends within a transaction that the caller commits.
pub(super) fn append(db: &Connection, log: &str, entries: &[LogEntry], keep: usize) -> Result<()> {
    check::name("log", log)?;
    let bytes = entries
        .iter()
        .fold(0_usize, |sum, entry| sum.saturating_add(entry.value.len()));
    check::batch("log entries", entries.len(), bytes)?;
    for entry in entries {
        check::length("key", &entry.key)?;
        check::value(
            &format!("an entry `{}` of the log {log}", entry.key),
            entry.value.len(),
        )?;
    }
    let failed = |error| sqlite_error(&format!("append to the log {log}"), error);
    let held = insert(db, log, entries).map_err(failed)? + entries.len() as u64;
    let beyond = held.saturating_sub(keep as u64);
    let step = beyond.min(PRUNE_STEP.max(2 * entries.len() as u64));
    let gone = prune(db, log, step).map_err(failed)?;
    let held = held.saturating_sub(gone as u64);
    db.prepare_cached("INSERT OR REPLACE INTO log (name, entries) VALUES (?1, ?2)")
        .and_then(|mut statement| statement.execute(params![log, held]))
        .map_err(failed)?;
    Ok(())
}

/// Inserts and tells how many entries there were before.
fn insert(db: &Connection, log: &str, entries: &[LogEntry]) -> rusqlite::Result<u64> {
    let held = db
        .prepare_cached("SELECT entries FROM log WHERE name = ?1")?
        .query_row(params![log], |row| row.get(0))
        .optional()?;
    let mut statement = db
        .prepare_cached("INSERT INTO log_entry (log, key, at_ns, value) VALUES (?1, ?2, ?3, ?4)")?;
    for entry in entries {
        statement.execute(params![log, entry.key, entry.at_ns, entry.value])?;
    }
    Ok(held.unwrap_or(0))
}

fn prune(db: &Connection, log: &str, count: u64) -> rusqlite::Result<usize> {
    if count == 0 {
        return Ok(0);
    }
    db.prepare_cached(
        "DELETE FROM log_entry WHERE id IN \
         (SELECT id FROM log_entry WHERE log = ?1 ORDER BY id LIMIT ?2)",
    )?
    .execute(params![log, count])
}

/// Entries, the newest first.
pub(super) fn read(db: &Connection, log: &str, query: &LogQuery) -> Result<Vec<LogItem>> {
    let failed = |error| sqlite_error(&format!("read the log {log}"), error);
    // SQLite's largest number; no entry will ever have it.
    let before = query.before_id.unwrap_or(u64::MAX).min(i64::MAX as u64);
    let limit = query.limit.min(READ_MAX);
    // No time is excluded by an end at the largest number, not even that number itself.
    let to_ns = (query.to_ns != i64::MAX).then_some(query.to_ns);
    let found = match &query.key {
        Some(key) => rows(
            db,
            "SELECT id, at_ns, key, value FROM log_entry WHERE log = ?1 AND key = ?6 \
             AND id < ?2 AND at_ns >= ?3 AND (?4 IS NULL OR at_ns < ?4) ORDER BY id DESC LIMIT ?5",
            params![log, before, query.from_ns, to_ns, limit, key],
        ),
        None => rows(
            db,
            "SELECT id, at_ns, key, value FROM log_entry WHERE log = ?1 \
             AND id < ?2 AND at_ns >= ?3 AND (?4 IS NULL OR at_ns < ?4) ORDER BY id DESC LIMIT ?5",
            params![log, before, query.from_ns, to_ns, limit],
        ),
    };
    found.map_err(failed)
}

fn rows(
    db: &Connection,
    sql: &str,
    values: &[&dyn rusqlite::ToSql],
) -> rusqlite::Result<Vec<LogItem>> {
    let item = |row: &Row<'_>| {
        Ok(LogItem {
            id: row.get(0)?,
            at_ns: row.get(1)?,
            key: row.get(2)?,
            value: row.get(3)?,
        })
    };
    db.prepare_cached(sql)?.query_map(values, item)?.collect()
}
