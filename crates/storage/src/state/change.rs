//! Changes of items within a transaction: what is expected, the new version, limits.

use super::check::{self, sqlite_error};
use super::kept::{Kept, Kind};
use super::{Expect, ITEM_BYTES_MAX, ITEMS_MAX, StateChange};
use crate::error::{Error, Result};
use rusqlite::{Connection, OptionalExtension as _, params};
use std::collections::BTreeMap;

/// Does changes within a transaction that the caller commits.
pub(super) fn apply(db: &Connection, changes: &[StateChange], now_ns: i64) -> Result<Vec<u64>> {
    let bytes = changes
        .iter()
        .filter_map(|change| change.value.as_ref())
        .fold(0_usize, |sum, value| sum.saturating_add(value.len()));
    check::batch("changes", changes.len(), bytes)?;
    let mut writer = Writer {
        db,
        now_ns,
        kinds: BTreeMap::new(),
    };
    let mut versions = Vec::with_capacity(changes.len());
    for change in changes {
        check::name("kind", &change.kind)?;
        check::name("key", &change.key)?;
        check::length("author", &change.by)?;
        let of = format!("{} `{}`", change.kind, change.key);
        check::value(&of, change.value.as_ref().map_or(0, Vec::len))?;
        versions.push(writer.change(change, &of)?);
    }
    for (name, kind) in writer.kinds {
        kind.store(db, &name)
            .map_err(|error| sqlite_error(&format!("count items of kind {name}"), error))?;
    }
    Ok(versions)
}

/// The row of an item without its value.
struct Present {
    id: i64,
    version: u64,
    bytes: u64,
}

struct Writer<'a> {
    db: &'a Connection,
    now_ns: i64,
    kinds: BTreeMap<String, Kind>,
}

impl Writer<'_> {
    fn change(&mut self, change: &StateChange, of: &str) -> Result<u64> {
        let failed = |error| sqlite_error(&format!("change {of}"), error);
        let present = self.present(change).map_err(failed)?;
        expect(change.expect, present.as_ref().map(|item| item.version), of)?;
        let mut kind = match self.kinds.get(&change.kind) {
            Some(kind) => *kind,
            None => Kind::load(self.db, &change.kind).map_err(failed)?,
        };
        let kept = Kept {
            db: self.db,
            change,
        };
        if change.keep_history && present.is_some() {
            kept.keep_present(&mut kind).map_err(failed)?;
        }
        let version = match (&present, &change.value) {
            (None, None) => 0,
            (Some(item), Some(value)) => {
                self.update(item, value, &change.by).map_err(failed)?;
                item.version + 1
            }
            (None, Some(value)) => {
                let version = kind.floor.max(kept.newest().map_err(failed)?) + 1;
                self.insert(change, version, value).map_err(failed)?;
                kind.items += 1;
                version
            }
            (Some(item), None) => {
                self.delete(item).map_err(failed)?;
                kind.items = kind.items.saturating_sub(1);
                if !change.keep_history {
                    kind.floor = kind.floor.max(item.version + 1);
                }
                item.version + 1
            }
        };
        let old_bytes = present.as_ref().map_or(0, |item| item.bytes);
        let new_bytes = change.value.as_ref().map_or(0, Vec::len) as u64;
        kind.bytes = kind.bytes.saturating_sub(old_bytes) + new_bytes;
        fits(&kind, change, new_bytes > old_bytes)?;
        if change.keep_history && version > 0 {
            kept.keep_new(version, self.now_ns, &mut kind)
                .map_err(failed)?;
        }
        self.kinds.insert(change.kind.clone(), kind);
        Ok(version)
    }

    fn present(&self, change: &StateChange) -> rusqlite::Result<Option<Present>> {
        self.db
            .prepare_cached(
                "SELECT id, version, length(value) FROM item WHERE kind = ?1 AND key = ?2",
            )?
            .query_row(params![change.kind, change.key], |row| {
                Ok(Present {
                    id: row.get(0)?,
                    version: row.get(1)?,
                    bytes: row.get(2)?,
                })
            })
            .optional()
    }

    fn update(&self, item: &Present, value: &[u8], by: &str) -> rusqlite::Result<()> {
        self.db
            .prepare_cached(
                "UPDATE item SET version = ?2, value = ?3, updated_ns = ?4, updated_by = ?5 \
                 WHERE id = ?1",
            )?
            .execute(params![item.id, item.version + 1, value, self.now_ns, by])
            .map(|_| ())
    }

    fn insert(&self, change: &StateChange, version: u64, value: &[u8]) -> rusqlite::Result<()> {
        let StateChange { kind, key, by, .. } = change;
        self.db
            .prepare_cached(
                "INSERT INTO item (kind, key, version, updated_ns, updated_by, value) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![kind, key, version, self.now_ns, by, value])
            .map(|_| ())
    }

    fn delete(&self, item: &Present) -> rusqlite::Result<()> {
        self.db
            .prepare_cached("DELETE FROM item WHERE id = ?1")?
            .execute(params![item.id])
            .map(|_| ())
    }
}

fn expect(expected: Expect, present: Option<u64>, of: &str) -> Result<()> {
    let wanted = match (expected, present) {
        (Expect::Any, _) | (Expect::Absent, None) => return Ok(()),
        (Expect::Version(version), Some(found)) if version == found => return Ok(()),
        (Expect::Absent, Some(_)) => "nothing was expected".to_owned(),
        (Expect::Version(version), _) => format!("version {version} was expected"),
    };
    let there = match present {
        Some(version) => format!("version {version} is there"),
        None => "nothing is there".to_owned(),
    };
    Err(Error::conflict(format!("change {of}: {wanted}, {there}")))
}

fn fits(kind: &Kind, change: &StateChange, grows: bool) -> Result<()> {
    let name = &change.kind;
    if change.value.is_some() && kind.items > ITEMS_MAX {
        return Err(Error::limit(format!(
            "there are {ITEMS_MAX} items of kind {name} already: delete some"
        )));
    }
    if grows && kind.bytes > ITEM_BYTES_MAX {
        return Err(Error::limit(format!(
            "items of kind {name} would have {} bytes, at most {ITEM_BYTES_MAX} are allowed",
            kind.bytes
        )));
    }
    Ok(())
}
