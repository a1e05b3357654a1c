//! Versions of the rules of the editor: every text that a rule had is kept, also where somebody changed the
//! file by hand.

use std::collections::BTreeMap;
use tacho_rules::own::Definition;
use tacho_rules::own::print::rule_text;
use tacho_storage::error::Result as StorageResult;
use tacho_storage::state::{BATCH_MAX, Expect, SmallState, StateChange, StateItem, StateVersion};

/// Versions of rules in the small state.
const KIND: &str = "rule";
/// Who changed a rule in the file.
pub const BY_FILE: &str = "file";

/// Brings versions in line with the rules that are in the file now. `by` is who changed them.
///
/// # Errors
/// If the state cannot be read or written.
pub fn sync<'a>(
    state: &dyn SmallState,
    rules: impl Iterator<Item = (&'a str, &'a Definition)>,
    (by, now_ns): (&str, i64),
) -> StorageResult<()> {
    let known = state.list(KIND)?;
    let mut gone: BTreeMap<&str, &StateItem> =
        known.iter().map(|item| (item.key.as_str(), item)).collect();
    let change = |key: &str, value: Option<Vec<u8>>| StateChange {
        kind: KIND.to_owned(),
        key: key.to_owned(),
        value,
        expect: Expect::Any,
        keep_history: true,
        by: by.to_owned(),
    };
    let mut changes = Vec::new();
    for (id, definition) in rules {
        let text = rule_text(definition).into_bytes();
        let before = gone.remove(id);
        if before.is_none_or(|item| item.value != text) {
            changes.push(change(id, Some(text)));
        }
    }
    changes.extend(gone.into_keys().map(|id| change(id, None)));
    for part in changes.chunks(BATCH_MAX) {
        state.apply(part, now_ns)?;
    }
    Ok(())
}

/// The newest version of each rule.
///
/// # Errors
/// If the state cannot be read.
pub fn all(state: &dyn SmallState) -> StorageResult<BTreeMap<String, u64>> {
    let items = state.list(KIND)?.into_iter();
    Ok(items.map(|item| (item.key, item.version)).collect())
}

/// The newest version of a rule.
///
/// # Errors
/// If the state cannot be read.
pub fn newest(state: &dyn SmallState, id: &str) -> StorageResult<Option<u64>> {
    Ok(state.get(KIND, id)?.map(|item| item.version))
}

/// Versions of a rule, newest first.
///
/// # Errors
/// If the state cannot be read.
pub fn history(state: &dyn SmallState, id: &str, limit: usize) -> StorageResult<Vec<StateVersion>> {
    state.history(KIND, id, limit)
}
