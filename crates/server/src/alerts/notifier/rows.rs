//! Rows of the state machine on their way into the state: in batches that it takes, long keys made short.
//! A row that it never will take holds up no other one.

use sha2::{Digest as _, Sha256};
use std::ops::ControlFlow;
use tacho_alerting::record::RowKind;
use tacho_storage::error::{Error, ErrorKind, Result};
use tacho_storage::state::{
    BATCH_BYTES_MAX, BATCH_MAX, Expect, NAME_BYTES_MAX, StateChange, VALUE_BYTES_MAX,
};

/// What kinds of rows are called in the state, before the name of their kind.
pub(super) const PREFIX: &str = "alerting.";
/// Bytes of a long key that stay as they are.
const KEPT_BYTES: usize = 256;
/// Calls of one go: where many rows are refused, the rest waits for the next one.
const CALLS_MAX: usize = 200;

/// A row that waits: nothing for a value takes it away.
pub(super) type Waiting = ((RowKind, String), Option<Vec<u8>>);

/// Writes rows; those stay in `rows` that were not written and may be another time.
///
/// # Errors
/// The first reason why a row stays.
pub(super) fn write(
    rows: &mut Vec<Waiting>,
    write: impl Fn(&[StateChange]) -> Result<()>,
) -> Result<()> {
    let mut open = batches(std::mem::take(rows));
    open.reverse();
    let mut calls = 0;
    let mut failed = None;
    while let Some(mut batch) = open.pop() {
        let changes: Vec<StateChange> = batch.iter().map(change).collect();
        calls += 1;
        let Err(error) = write(&changes) else {
            continue;
        };
        match refused(&error, &batch) {
            ControlFlow::Continue(()) if calls < CALLS_MAX => {
                let second = batch.split_off(batch.len() / 2);
                open.extend([second, batch]);
            }
            ControlFlow::Break(true) => {}
            _ => {
                rows.append(&mut batch);
                rows.extend(open.drain(..).flatten());
                failed = Some(error);
            }
        }
    }
    failed.map_or(Ok(()), Err)
}

/// Whether to go on with the halves of a batch, or else whether its only row is given up.
fn refused(error: &Error, batch: &[Waiting]) -> ControlFlow<bool> {
    if !matches!(error.kind(), ErrorKind::LimitExceeded | ErrorKind::Invalid) {
        return ControlFlow::Break(false);
    }
    let [((kind, key), _)] = batch else {
        return ControlFlow::Continue(());
    };
    give_up(*kind, key, error.message());
    ControlFlow::Break(true)
}

fn give_up(kind: RowKind, key: &str, reason: &str) {
    let kind = kind.as_str();
    let key: String = key.chars().take(100).collect();
    tracing::error!(
        kind,
        key,
        reason,
        "a row of the state of alerting is not kept"
    );
}

/// Batches that are taken at once; what never is taken is left out.
fn batches(rows: Vec<Waiting>) -> Vec<Vec<Waiting>> {
    let mut batches: Vec<Vec<Waiting>> = Vec::new();
    let mut bytes = 0;
    for row in rows {
        let more = row.1.as_ref().map_or(0, Vec::len);
        if more > VALUE_BYTES_MAX {
            let (kind, key) = &row.0;
            give_up(*kind, key, "it is too large");
            continue;
        }
        bytes += more;
        match batches.last_mut() {
            Some(last) if last.len() < BATCH_MAX && bytes <= BATCH_BYTES_MAX => last.push(row),
            _ => {
                bytes = more;
                batches.push(vec![row]);
            }
        }
    }
    batches
}

fn change(row: &Waiting) -> StateChange {
    let ((kind, key), value) = row;
    StateChange {
        kind: format!("{PREFIX}{}", kind.as_str()),
        key: short(key),
        value: value.clone(),
        expect: Expect::Any,
        keep_history: false,
        by: String::new(),
    }
}

/// A key that the state takes: of a long one the beginning, and a hash. Rows say themselves what they are
/// about, so that nothing is lost.
fn short(key: &str) -> String {
    if key.len() <= NAME_BYTES_MAX {
        return key.to_owned();
    }
    let end = (0..=KEPT_BYTES).rev().find(|at| key.is_char_boundary(*at));
    let start = key.get(..end.unwrap_or(0)).unwrap_or_default();
    let hash = Sha256::digest(key.as_bytes());
    let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{start}#{hash}")
}

#[cfg(test)]
mod tests {
    use super::{CALLS_MAX, RowKind, Waiting, short, write};
    use std::cell::RefCell;
    use tacho_storage::error::{Error, Result};
    use tacho_storage::state::{NAME_BYTES_MAX, StateChange, VALUE_BYTES_MAX};

    fn rows(keys: impl IntoIterator<Item = String>) -> Vec<Waiting> {
        let keys = keys.into_iter();
        keys.map(|key| ((RowKind::Log, key), Some(vec![1])))
            .collect()
    }

    #[test]
    fn a_long_key_is_short_and_its_own() {
        let long = "ä".repeat(400);
        let other = format!("{long}!");
        assert!(short(&long).len() <= NAME_BYTES_MAX);
        assert_ne!(short(&long), short(&other));
        assert_eq!(short(&long), short(&long));
        assert_eq!(short("short"), "short");
    }

    #[test]
    fn a_row_that_is_never_taken_holds_up_no_other() {
        let taken = RefCell::new(Vec::new());
        let take = |changes: &[StateChange]| -> Result<()> {
            if changes.iter().any(|one| one.key == "17") {
                return Err(Error::limit("no"));
            }
            taken
                .borrow_mut()
                .extend(changes.iter().map(|one| one.key.clone()));
            Ok(())
        };
        let mut waiting = rows((0..100).map(|at| at.to_string()));
        waiting.push((
            (RowKind::Outbox, "huge".to_owned()),
            Some(vec![0; VALUE_BYTES_MAX + 1]),
        ));
        write(&mut waiting, take).unwrap();
        assert!(waiting.is_empty());
        let mut taken = taken.into_inner();
        taken.sort();
        assert_eq!(taken.len(), 99);
        assert!(!taken.contains(&"huge".to_owned()));
    }

    #[test]
    fn what_a_full_disk_refuses_waits() {
        let mut waiting = rows((0..15_000).map(|at| at.to_string()));
        let full = |_: &[StateChange]| Err(Error::unavailable("full"));
        assert!(write(&mut waiting, full).is_err());
        assert_eq!(waiting.len(), 15_000);
        write(&mut waiting, |_| Ok(())).unwrap();
        assert!(waiting.is_empty());
    }

    #[test]
    fn a_state_that_takes_nothing_is_not_asked_for_ever() {
        let calls = RefCell::new(0);
        let no = |_: &[StateChange]| {
            *calls.borrow_mut() += 1;
            Err(Error::limit("full"))
        };
        let mut waiting = rows((0..5_000).map(|at| at.to_string()));
        assert!(write(&mut waiting, no).is_err());
        assert!(calls.into_inner() <= CALLS_MAX + 16);
        assert!(waiting.len() > 4_000);
    }
}
