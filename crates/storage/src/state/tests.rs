//! Tests of the state: changes and conflicts, versions, logs, limits, damage, what a kill leaves.

use super::schema::{MIGRATIONS, migrate};
use super::sqlite::SqliteState;
use super::{Expect, LogEntry, LogQuery, STATE_NAME, SmallState, StateChange, VERSIONS_MAX};
use crate::error::{Error, ErrorKind};
use crate::io::std_io::StdIo;
use crate::io::{Io, SyncPoint, read_limited, write_new};
use rusqlite::Connection;
use std::path::Path;
use tempfile::TempDir;

const GOLDEN: &str = include_str!("../../tests/golden/state-v1.sql");

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

fn delete(kind: &str, key: &str, expect: Expect) -> StateChange {
    StateChange {
        value: None,
        ..put(kind, key, "", expect)
    }
}

fn kept(change: StateChange) -> StateChange {
    StateChange {
        keep_history: true,
        ..change
    }
}

fn set(state: &SqliteState, change: StateChange) -> Result<u64, Error> {
    state.apply(&[change], 5).map(|versions| versions[0])
}

fn entry(at_ns: i64, key: &str) -> LogEntry {
    LogEntry {
        at_ns,
        key: key.to_owned(),
        value: at_ns.to_string().into_bytes(),
    }
}

fn times(state: &SqliteState, query: &LogQuery) -> Vec<i64> {
    let items = state.read_log("sent", query).unwrap();
    items.iter().map(|item| item.at_ns).collect()
}

/// What the disk would hold if the process were killed now.
fn killed(dir: &Path) -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    for ending in ["", "-wal"] {
        let name = format!("{STATE_NAME}{ending}");
        if StdIo.exists(&dir.join(&name)).unwrap() {
            StdIo
                .copy(&dir.join(&name), &copy.path().join(&name))
                .unwrap();
        }
    }
    copy
}

#[test]
fn a_conflict_names_the_item_and_both_versions_and_undoes_the_call() {
    let state = SqliteState::in_memory().unwrap();
    assert_eq!(
        set(&state, put("rule", "kpi", "1", Expect::Absent)).unwrap(),
        1
    );
    let check = |expect, words: &str| {
        let error = state
            .apply(
                &[
                    put("rule", "other", "1", Expect::Any),
                    put("rule", "kpi", "2", expect),
                ],
                2,
            )
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conflict);
        assert_eq!(error.message(), format!("change rule `kpi`: {words}"));
        assert_eq!(state.list("rule").unwrap().len(), 1);
    };
    check(
        Expect::Version(7),
        "version 7 was expected, version 1 is there",
    );
    check(Expect::Absent, "nothing was expected, version 1 is there");
    let error = set(&state, delete("rule", "no", Expect::Version(3))).unwrap_err();
    assert_eq!(
        error.message(),
        "change rule `no`: version 3 was expected, nothing is there"
    );
}

#[test]
fn versions_never_come_twice_for_a_key() {
    let state = SqliteState::in_memory().unwrap();
    for wrap in [std::convert::identity, kept] {
        let change = |value| wrap(put("silence", "s", value, Expect::Any));
        let first = set(&state, change("1")).unwrap();
        let second = set(&state, change("2")).unwrap();
        let gone = set(
            &state,
            wrap(delete("silence", "s", Expect::Version(second))),
        )
        .unwrap();
        let again = set(&state, change("3")).unwrap();
        assert!(first < second && second < gone && gone < again);
        let stale = set(&state, put("silence", "s", "4", Expect::Version(first)));
        assert_eq!(stale.unwrap_err().kind(), ErrorKind::Conflict);
        set(&state, wrap(delete("silence", "s", Expect::Any))).unwrap();
    }
    assert_eq!(
        set(&state, delete("silence", "never", Expect::Absent)).unwrap(),
        0
    );
}

#[test]
fn history_holds_what_was_replaced_and_the_deletion() {
    let state = SqliteState::in_memory().unwrap();
    set(&state, put("rule", "r", "one", Expect::Any)).unwrap();
    set(&state, kept(put("rule", "r", "two", Expect::Any))).unwrap();
    set(&state, kept(delete("rule", "r", Expect::Version(2)))).unwrap();
    let versions = state.history("rule", "r", 10).unwrap();
    let seen: Vec<_> = versions
        .iter()
        .map(|version| (version.version, version.value.as_deref()))
        .collect();
    let expected: [(u64, Option<&[u8]>); 3] = [(3, None), (2, Some(b"two")), (1, Some(b"one"))];
    assert_eq!(seen, expected);
    assert_eq!((versions[0].at_ns, versions[0].by.as_str()), (5, "ann"));
    assert_eq!(state.history("rule", "r", 1).unwrap().len(), 1);

    let many: Vec<_> = (0..VERSIONS_MAX + 50)
        .map(|number| kept(put("rule", "m", &number.to_string(), Expect::Any)))
        .collect();
    state.apply(&many, 6).unwrap();
    let versions = state.history("rule", "m", 1_000).unwrap();
    assert_eq!(versions.len(), VERSIONS_MAX);
    assert_eq!(versions[0].version, (VERSIONS_MAX + 50) as u64);
}

#[test]
fn a_log_is_read_backwards_by_key_time_and_page() {
    let state = SqliteState::in_memory().unwrap();
    let entries: Vec<_> = (0..10)
        .map(|number| entry(number, if number % 2 == 0 { "even" } else { "odd" }))
        .collect();
    state.append("sent", &entries, 100).unwrap();
    state.append("other", &entries, 100).unwrap();
    let newest = LogQuery::newest(3);
    assert_eq!(times(&state, &newest), [9, 8, 7]);
    let last = state.read_log("sent", &newest).unwrap()[2].id;
    let page = LogQuery {
        before_id: Some(last),
        ..newest.clone()
    };
    assert_eq!(times(&state, &page), [6, 5, 4]);
    let even = LogQuery {
        key: Some("even".to_owned()),
        from_ns: 2,
        to_ns: 8,
        ..LogQuery::newest(100)
    };
    assert_eq!(times(&state, &even), [6, 4, 2]);
}

#[test]
fn a_log_keeps_the_newest_and_shrinks_step_by_step() {
    let state = SqliteState::in_memory().unwrap();
    let entries: Vec<_> = (0..5_000).map(|number| entry(number, "k")).collect();
    state.append("sent", &entries, 10_000).unwrap();
    state.append("other", &entries[..10], 10).unwrap();
    state.append("sent", &[entry(5_000, "k")], 100).unwrap();
    assert_eq!(times(&state, &LogQuery::newest(10_000)).len(), 4_001);
    for number in 5_001..5_005 {
        state.append("sent", &[entry(number, "k")], 100).unwrap();
    }
    let left = times(&state, &LogQuery::newest(10_000));
    assert_eq!((left.len(), left[0], left[99]), (100, 5_004, 4_905));
    assert_eq!(
        state
            .read_log("other", &LogQuery::newest(99))
            .unwrap()
            .len(),
        10
    );
}

#[test]
fn limits_are_told_with_their_numbers() {
    let state = SqliteState::in_memory().unwrap();
    let check = |change: StateChange, kind: ErrorKind, words: &str| {
        let error = set(&state, change).unwrap_err();
        assert_eq!(error.kind(), kind);
        assert!(error.message().contains(words), "{error}");
    };
    let long = "é".repeat(300);
    check(
        put("rule", &long, "", Expect::Any),
        ErrorKind::LimitExceeded,
        "has 600 bytes, at most 512 are allowed",
    );
    check(
        put("rule", "", "", Expect::Any),
        ErrorKind::Invalid,
        "the key is empty",
    );
    check(
        put("", "k", "", Expect::Any),
        ErrorKind::Invalid,
        "the kind is empty",
    );
    let value = "x".repeat((4 << 20) + 1);
    check(
        put("rule", "big", &value, Expect::Any),
        ErrorKind::LimitExceeded,
        "the value of rule `big` has 4194305 bytes, at most 4194304 are allowed",
    );
    set(&state, put("rule", "big", &value[1..], Expect::Any)).unwrap();
}

#[test]
fn a_full_disk_is_an_error_that_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let state = SqliteState::open(dir.path()).unwrap();
    set(&state, put("rule", "a", "1", Expect::Any)).unwrap();
    state
        .writer
        .lock()
        .pragma_update_and_check(None, "max_page_count", 30, |_| Ok(()))
        .unwrap();
    let large = "x".repeat(1 << 20);
    let error = set(&state, put("rule", "b", &large, Expect::Any)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.is_disk_full(), "{error}");
    assert_eq!(state.list("rule").unwrap().len(), 1);
    assert_eq!(
        set(&state, put("rule", "a", "2", Expect::Version(1))).unwrap(),
        2
    );
}

#[test]
fn a_kill_loses_nothing_that_was_answered_and_a_torn_log_is_a_prefix() {
    let dir = tempfile::tempdir().unwrap();
    let state = SqliteState::open(dir.path()).unwrap();
    for number in 0..8 {
        set(&state, put("k", &number.to_string(), "v", Expect::Any)).unwrap();
        state.append("sent", &[entry(number, "")], 100).unwrap();
    }
    let image = killed(dir.path());
    let found = SqliteState::open(image.path()).unwrap();
    assert_eq!(found.list("k").unwrap(), state.list("k").unwrap());
    assert_eq!(times(&found, &LogQuery::newest(100)).len(), 8);

    let wal = format!("{STATE_NAME}-wal");
    let bytes = read_limited(&StdIo, &dir.path().join(&wal), 1 << 30)
        .unwrap()
        .len() as u64;
    let mut before = 0;
    for cut in (0..=bytes).step_by(4_001) {
        let torn = killed(dir.path());
        StdIo.open_append(&torn.path().join(&wal), cut).unwrap();
        let found = SqliteState::open(torn.path()).unwrap();
        let items = found.list("k").unwrap().len();
        let entries = times(&found, &LogQuery::newest(100)).len();
        assert!(
            items >= before && items - entries <= 1,
            "{items}, {entries}"
        );
        assert!(found.damaged().is_empty());
        before = items;
    }
    assert!(before >= 6);
}

#[test]
fn a_damaged_database_is_set_aside_and_told() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(STATE_NAME);
    let junk = |number: u8| {
        if StdIo.exists(&path).unwrap() {
            StdIo.remove_file(&path).unwrap();
        }
        write_new(&StdIo, &path, &[number; 5_000], SyncPoint::DataDir).unwrap();
    };
    junk(1);
    let state = SqliteState::open(dir.path()).unwrap();
    let damaged = state.damaged();
    assert_eq!(damaged.len(), 1);
    assert!(damaged[0].path.ends_with("state.sqlite.damaged-1"));
    assert!(damaged[0].reason.contains("not a database"), "{damaged:?}");
    set(&state, put("k", "a", "1", Expect::Any)).unwrap();
    drop(state);
    // Restarts go on telling it, and nothing is overwritten.
    assert_eq!(SqliteState::open(dir.path()).unwrap().damaged().len(), 1);
    junk(2);
    let state = SqliteState::open(dir.path()).unwrap();
    let names: Vec<_> = state
        .damaged()
        .iter()
        .map(|damaged| damaged.path.file_name().unwrap().to_owned())
        .collect();
    assert_eq!(names, ["state.sqlite.damaged-1", "state.sqlite.damaged-2"]);
    assert!(state.list("k").unwrap().is_empty());
}

#[test]
fn damage_within_a_page_is_found_at_the_start() {
    let dir = tempfile::tempdir().unwrap();
    let state = SqliteState::open(dir.path()).unwrap();
    for number in 0..200 {
        set(
            &state,
            put("k", &format!("{number:0100}"), "v", Expect::Any),
        )
        .unwrap();
    }
    drop(state);
    let path = dir.path().join(STATE_NAME);
    let mut bytes = read_limited(&StdIo, &path, 1 << 30).unwrap();
    for byte in bytes.iter_mut().skip(4096).step_by(4096) {
        *byte ^= 0xff;
    }
    StdIo.remove_file(&path).unwrap();
    write_new(&StdIo, &path, &bytes, SyncPoint::DataDir).unwrap();
    let state = SqliteState::open(dir.path()).unwrap();
    assert_eq!(state.damaged().len(), 1, "{:?}", state.list("k"));
}

#[test]
fn a_database_of_another_program_is_set_aside_and_one_of_a_newer_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(STATE_NAME);
    let other = Connection::open(&path).unwrap();
    other
        .execute_batch("CREATE TABLE a (b); PRAGMA user_version = 1")
        .unwrap();
    drop(other);
    let state = SqliteState::open(dir.path()).unwrap();
    let reason = state.damaged()[0].reason.clone();
    assert!(reason.contains("database of another program"), "{reason}");
    drop(state);
    let ours = Connection::open(&path).unwrap();
    ours.pragma_update(None, "user_version", MIGRATIONS.len() + 3)
        .unwrap();
    drop(ours);
    let error = SqliteState::open(dir.path()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    let words = format!(
        "it has schema version {} and this program knows versions up to {}",
        MIGRATIONS.len() + 3,
        MIGRATIONS.len()
    );
    assert!(error.message().contains(&words), "{error}");
    assert!(error.message().contains("state.sqlite"), "{error}");
}

fn schema(db: &Connection) -> Vec<(String, String)> {
    db.prepare("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap()
}

#[test]
fn what_version_1_wrote_is_read_and_has_the_schema_of_a_new_one() {
    let dir = tempfile::tempdir().unwrap();
    let old = Connection::open(dir.path().join(STATE_NAME)).unwrap();
    old.execute_batch(GOLDEN).unwrap();
    drop(old);
    let state = SqliteState::open(dir.path()).unwrap();
    assert!(state.damaged().is_empty(), "{:?}", state.damaged());
    let fresh = SqliteState::in_memory().unwrap();
    assert_eq!(schema(&state.writer.lock()), schema(&fresh.writer.lock()));
    let silences = state.list("silence").unwrap();
    assert_eq!(silences.len(), 2);
    assert_eq!((silences[1].key.as_str(), silences[1].version), ("ü", 7));
    assert_eq!(silences[1].value, [0, 255]);
    assert_eq!(state.get("rule", "kpi").unwrap().unwrap().version, 3);
    assert_eq!(state.history("rule", "kpi", 9).unwrap().len(), 2);
    let back = set(&state, kept(put("rule", "gone", "4", Expect::Absent)));
    assert_eq!(back.unwrap(), 3);
    let log = state.read_log("delivery", &LogQuery::newest(9)).unwrap();
    assert_eq!((log[0].id, log[1].id), (9, 5));
    assert_eq!(log[1].key, "alert-1");
}

#[test]
fn a_migration_that_fails_leaves_the_version_before() {
    let mut db = Connection::open_in_memory().unwrap();
    let good = "CREATE TABLE a (b) STRICT;";
    let steps = [
        "CREATE TABLE a (b INTEGER) STRICT;",
        "CREATE TABLE c (d INTEGER) STRICT; NO SUCH;",
    ];
    assert!(migrate(&mut db, &[good]).is_err());
    assert!(migrate(&mut db, &steps).is_err());
    assert_eq!(schema(&db).len(), 1);
    migrate(&mut db, &[steps[0], "CREATE TABLE c (d INTEGER) STRICT;"]).unwrap();
    assert_eq!(schema(&db).len(), 2);
}

#[test]
fn a_copy_is_private_whole_and_of_its_moment() {
    let dir = tempfile::tempdir().unwrap();
    let state = SqliteState::open(dir.path()).unwrap();
    set(&state, put("k", "a", "1", Expect::Any)).unwrap();
    state.append("sent", &[entry(1, "x")], 10).unwrap();
    let copy = dir.path().join("backup").join(STATE_NAME);
    StdIo.create_dir_all(copy.parent().unwrap()).unwrap();
    state.backup_to(&copy).unwrap();
    set(&state, put("k", "a", "2", Expect::Any)).unwrap();
    let found = SqliteState::open(copy.parent().unwrap()).unwrap();
    assert_eq!(found.get("k", "a").unwrap().unwrap().version, 1);
    assert_eq!(times(&found, &LogQuery::newest(9)), [1]);
    let again = state.backup_to(&copy).unwrap_err();
    assert_eq!(again.kind(), ErrorKind::Conflict);
}
