//! Older versions of items within a transaction, and the counts of a kind, so that no limit needs
//! a scan.

use super::{HISTORY_BYTES_MAX, HISTORY_MAX, StateChange, VERSIONS_MAX};
use rusqlite::{Connection, OptionalExtension as _, params};

/// Fewest older versions of a kind that a call may remove; more if it adds more.
const STEP: u64 = 64;

/// What is counted of a kind.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Kind {
    /// Items.
    pub(super) items: u64,
    /// Bytes of their values.
    pub(super) bytes: u64,
    /// Items that come anew get versions above this one.
    pub(super) floor: u64,
    history_rows: u64,
    history_bytes: u64,
    /// Rows of history added by this call.
    added: u64,
}

impl Kind {
    /// The counts as they were written last.
    pub(super) fn load(db: &Connection, name: &str) -> rusqlite::Result<Self> {
        let row = db
            .prepare_cached(
                "SELECT items, bytes, floor, history_rows, history_bytes FROM kind WHERE name = ?1",
            )?
            .query_row(params![name], |row| {
                Ok(Self {
                    items: row.get(0)?,
                    bytes: row.get(1)?,
                    floor: row.get(2)?,
                    history_rows: row.get(3)?,
                    history_bytes: row.get(4)?,
                    added: 0,
                })
            })
            .optional()?;
        Ok(row.unwrap_or_default())
    }

    /// Removes old versions beyond the limits, some with every call, and writes the counts.
    pub(super) fn store(mut self, db: &Connection, name: &str) -> rusqlite::Result<()> {
        self.drop_oldest(db, name)?;
        db.prepare_cached("INSERT OR REPLACE INTO kind VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
            .execute(params![
                name,
                self.items,
                self.bytes,
                self.floor,
                self.history_rows,
                self.history_bytes
            ])
            .map(|_| ())
    }

    fn drop_oldest(&mut self, db: &Connection, name: &str) -> rusqlite::Result<()> {
        for _ in 0..STEP.max(self.added.saturating_mul(2)) {
            if self.history_rows <= HISTORY_MAX && self.history_bytes <= HISTORY_BYTES_MAX {
                break;
            }
            let gone: Option<(u64, u64)> = db
                .prepare_cached(
                    "DELETE FROM history WHERE id = \
                     (SELECT id FROM history WHERE kind = ?1 ORDER BY id LIMIT 1) \
                     RETURNING version, coalesce(length(value), 0)",
                )?
                .query_row(params![name], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            let Some((version, bytes)) = gone else { break };
            // It may have been the last trace of a deleted item, whose versions must not come again.
            self.floor = self.floor.max(version);
            self.gone(bytes);
        }
        Ok(())
    }

    fn came(&mut self, bytes: u64) {
        self.added += 1;
        self.history_rows += 1;
        self.history_bytes += bytes;
    }

    fn gone(&mut self, bytes: u64) {
        self.history_rows = self.history_rows.saturating_sub(1);
        self.history_bytes = self.history_bytes.saturating_sub(bytes);
    }
}

/// The older versions of one item.
pub(super) struct Kept<'a> {
    pub(super) db: &'a Connection,
    pub(super) change: &'a StateChange,
}

impl Kept<'_> {
    /// The newest version that is kept of an item, 0 if there is none.
    pub(super) fn newest(&self) -> rusqlite::Result<u64> {
        self.db
            .prepare_cached(
                "SELECT coalesce(max(version), 0) FROM history WHERE kind = ?1 AND key = ?2",
            )?
            .query_row(params![self.change.kind, self.change.key], |row| row.get(0))
    }

    /// Keeps the version that is there now, unless it is kept already.
    pub(super) fn keep_present(&self, kind: &mut Kind) -> rusqlite::Result<()> {
        let bytes = self
            .db
            .prepare_cached(
                "INSERT OR IGNORE INTO history (kind, key, version, at_ns, by, value) \
                 SELECT kind, key, version, updated_ns, updated_by, value FROM item \
                 WHERE kind = ?1 AND key = ?2 RETURNING length(value)",
            )?
            .query_row(params![self.change.kind, self.change.key], |row| row.get(0))
            .optional()?;
        if let Some(bytes) = bytes {
            kind.came(bytes);
        }
        Ok(())
    }

    /// Keeps the version that the change makes, and removes those beyond `VERSIONS_MAX`.
    pub(super) fn keep_new(
        &self,
        version: u64,
        now_ns: i64,
        kind: &mut Kind,
    ) -> rusqlite::Result<()> {
        let StateChange { key, value, by, .. } = self.change;
        self.db
            .prepare_cached(
                "INSERT INTO history (kind, key, version, at_ns, by, value) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![self.change.kind, key, version, now_ns, by, value])?;
        kind.came(value.as_ref().map_or(0, Vec::len) as u64);
        let gone: Vec<u64> = self
            .db
            .prepare_cached(
                "DELETE FROM history WHERE id IN (SELECT id FROM history \
                 WHERE kind = ?1 AND key = ?2 ORDER BY version DESC LIMIT -1 OFFSET ?3) \
                 RETURNING coalesce(length(value), 0)",
            )?
            .query_map(params![self.change.kind, key, VERSIONS_MAX], |row| {
                row.get(0)
            })?
            .collect::<rusqlite::Result<_>>()?;
        for bytes in gone {
            kind.gone(bytes);
        }
        Ok(())
    }
}
