//! Tests of the state: changes and conflicts, history, logs, damage, what a kill leaves, limits.

use super::sqlite::SqliteState;
use super::{Expect, SmallState, StateChange};
use crate::error::ErrorKind;

fn put(kind: &str, key: &str, value: &str, expect: Expect) -> StateChange {
    StateChange {
        kind: kind.to_owned(),
        key: key.to_owned(),
        value: Some(value.as_bytes().to_vec()),
        expect,
        keep_history: false,
        by: "ann".to_owned(),
    }
}

#[test]
fn a_conflict_names_the_item_and_both_versions_and_undoes_the_call() {
    let state = SqliteState::in_memory().unwrap();
    let made = state.apply(&[put("rule", "kpi", "1", Expect::Absent)], 1);
    assert_eq!(made.unwrap(), [1]);
    let error = state
        .apply(
            &[
                put("rule", "other", "1", Expect::Any),
                put("rule", "kpi", "2", Expect::Version(7)),
            ],
            2,
        )
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert_eq!(
        error.message(),
        "change rule `kpi`: version 7 was expected, version 1 is there"
    );
    assert_eq!(state.list("rule").unwrap().len(), 1);
}
