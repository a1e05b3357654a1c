//! Small state in backups: frozen with the heads, restored with them; damage shows in the status.

use crate::engine_support::{Bench, NOW, open_at, small};
use std::path::Path;
use std::sync::Arc;
use tacho_model::signal::Signal;
use tacho_stdx::clock::ManualClock;
use tacho_storage::backup::{RULES_NAME, restore};
use tacho_storage::error::{ErrorKind, Result};
use tacho_storage::io::Io;
use tacho_storage::io::std_io::StdIo;
use tacho_storage::state::sqlite::SqliteState;
use tacho_storage::state::{Expect, STATE_NAME, SmallState, StateChange};

fn open(dir: &Path) -> (Arc<dyn Io>, Bench) {
    let io: Arc<dyn Io> = Arc::new(StdIo);
    let clock = Arc::new(ManualClock::at(NOW));
    let bench = open_at(&io, dir, &clock, small()).unwrap();
    (io, bench)
}

fn put(state: &dyn SmallState, key: &str) -> Result<Vec<u64>> {
    let change = StateChange {
        kind: "silence".to_owned(),
        key: key.to_owned(),
        value: Some(b"{}".to_vec()),
        expect: Expect::Any,
        keep_history: false,
        by: String::new(),
    };
    state.apply(&[change], NOW)
}

#[test]
fn a_backup_holds_the_state_of_its_moment() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let (io, bench) = open(&path("data"));
    let state = Arc::new(SqliteState::open(&path("data")).unwrap());
    bench.write(Signal::Spans, &[1, 2]).unwrap();
    put(state.as_ref(), "before").unwrap();
    let closed = bench.store.backup(&path("early")).unwrap_err();
    assert_eq!(closed.kind(), ErrorKind::Internal, "{closed}");
    bench.store.attach_state(Arc::clone(&state) as Arc<_>);
    std::fs::write(path("data").join(RULES_NAME), "groups: []\n").unwrap();
    bench.store.backup(&path("backup")).unwrap();
    put(state.as_ref(), "after").unwrap();
    bench.write(Signal::Spans, &[3]).unwrap();
    restore(&io, &path("backup"), &path("restored")).unwrap();

    let (_, restored) = open(&path("restored"));
    let found = SqliteState::open(&path("restored")).unwrap();
    let keys: Vec<_> = found.list("silence").unwrap();
    assert_eq!(keys.len(), 1);
    assert_eq!(keys[0].key, "before");
    assert_eq!(restored.spans().unwrap().len(), 2);
    assert!(io.exists(&path("restored").join(RULES_NAME)).unwrap());
    let left = io.list(&path("data")).unwrap();
    let snapshots = left
        .iter()
        .filter(|entry| entry.name.to_string_lossy().contains("snapshot"));
    assert_eq!(snapshots.count(), 0);
    let mode = std::os::unix::fs::PermissionsExt::mode(
        &std::fs::metadata(path("restored").join(STATE_NAME))
            .unwrap()
            .permissions(),
    );
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_damaged_state_shows_in_the_status() {
    let folder = tempfile::tempdir().unwrap();
    let (_, bench) = open(folder.path());
    std::fs::write(folder.path().join(STATE_NAME), [9; 4_000]).unwrap();
    let state = SqliteState::open(folder.path()).unwrap();
    bench.store.attach_state(Arc::new(state));
    let status = bench.store.status(&bench.tenant);
    let found = &status.quarantined[0];
    assert_eq!(found.what, "small-state");
    assert!(found.name.ends_with("state.sqlite.damaged-1"), "{found:?}");
}
