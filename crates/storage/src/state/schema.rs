//! The tables of the state database, as numbered migrations. A migration that was released is
//! never edited: a new one is added. `docs/formats/state.md` describes the result.

use super::check::sqlite_error;
use crate::error::{Error, Result};
use rusqlite::{Connection, TransactionBehavior};

/// Marks the file as ours in SQLite's header ("tach").
pub(super) const APPLICATION_ID: i64 = 0x7461_6368;

/// Number `i` brings the database from version `i` to `i + 1`.
pub(super) const MIGRATIONS: &[&str] = &[include_str!("migrations/1.sql")];

/// The version that a database has; 0 is an empty one.
pub(super) fn version(db: &Connection) -> Result<usize> {
    db.pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(|error| sqlite_error("read the version of the state", error))
}

/// Brings a database to the newest version, each step in a transaction of its own. `Invalid` if a
/// newer program wrote it.
pub(super) fn migrate(db: &mut Connection, migrations: &[&str]) -> Result<()> {
    let from = version(db)?;
    if from > migrations.len() {
        return Err(Error::invalid(format!(
            "it has schema version {from} and this program knows versions up to {}: start the \
             newer program again, or restore a backup made by this one",
            migrations.len()
        )));
    }
    for (index, sql) in migrations.iter().enumerate().skip(from) {
        let to = index + 1;
        let doing = format!("migrate the state to version {to}");
        let run = |db: &mut Connection| {
            let step = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
            step.execute_batch(sql)?;
            step.pragma_update(None, "user_version", to)?;
            step.pragma_update(None, "application_id", APPLICATION_ID)?;
            step.commit()
        };
        run(db).map_err(|error| sqlite_error(&doing, error))?;
        if from > 0 {
            tracing::info!(from = index, to, "migrated the state");
        }
    }
    Ok(())
}
