//! Slots stay what they are: in any order of asking, over restarts, power loss and damage.

use super::{NAMES_MAX, SlotKind, Slots, hash};
use std::path::Path;
use std::sync::Arc;
use tacho_storage::backup::SLOTS_NAME;
use tacho_storage::io::{Io, SyncPoint, create_dir_durable, write_new};
use tacho_testkit::fault_fs::FaultIo;

const DATA: &str = "/data";

fn io(seed: u64) -> FaultIo {
    let io = FaultIo::new(seed);
    create_dir_durable(&io, Path::new(DATA), Path::new(DATA), SyncPoint::DataDir).unwrap();
    io
}

fn opened(io: &FaultIo) -> Slots {
    let slots = Slots::default();
    let io: Arc<dyn Io> = Arc::new(io.clone());
    slots.open(io, Path::new(DATA)).unwrap();
    slots
}

fn of(slots: &Slots, names: &[&str]) -> Vec<u32> {
    slots.of(SlotKind::Service, names.iter().copied())
}

#[test]
fn new_names_of_one_answer_are_taken_in_sorted_order() {
    let slots = Slots::default();
    assert_eq!(of(&slots, &["c", "a", "b", "a"]), [2, 0, 1, 0]);
    assert_eq!(of(&slots, &["b", "0"]), [1, 3]);
    assert_eq!(slots.of(SlotKind::Agent, ["c"].into_iter()), [0]);
    assert_eq!(slots.all(SlotKind::Service).len(), 4);
    assert_eq!(slots.all(SlotKind::Tool).len(), 0);
}

#[test]
fn beyond_the_bound_a_slot_is_a_hash() {
    let slots = Slots::default();
    let names: Vec<String> = (0..NAMES_MAX + 5).map(|n| format!("{n:06}")).collect();
    let given = slots.of(SlotKind::Tool, names.iter().map(String::as_str));
    assert_eq!(given[NAMES_MAX - 1], NAMES_MAX as u32 - 1);
    assert_eq!(given[NAMES_MAX + 4], hash(&names[NAMES_MAX + 4]));
    assert_eq!(slots.all(SlotKind::Tool).len(), NAMES_MAX);
    let long = "x".repeat(1000);
    assert_eq!(of(&slots, &[&long]), [hash(&long)]);
    assert_eq!(hash("foobar"), 0xbf9c_f968);
}

#[test]
fn slots_are_the_same_after_a_restart() {
    let io = io(1);
    let slots = opened(&io);
    assert_eq!(of(&slots, &["b", "a"]), [1, 0]);
    slots.save().unwrap();
    slots.save().unwrap();
    let again = opened(&io);
    assert_eq!(of(&again, &["c", "b", "a"]), [2, 1, 0]);
}

#[test]
fn a_damaged_file_is_set_aside() {
    let wrong = [
        "",
        "{",
        r#"{"version":2,"names":{}}"#,
        r#"{"version":1,"names":{"planet":["a"]}}"#,
        r#"{"version":1,"names":{"service":["a","a"]}}"#,
    ];
    for text in wrong {
        let io = io(1);
        let path = Path::new(DATA).join(SLOTS_NAME);
        write_new(&io, &path, text.as_bytes(), SyncPoint::SlotFile).unwrap();
        let slots = opened(&io);
        assert_eq!(of(&slots, &["z"]), [0], "{text}");
        slots.save().unwrap();
        assert!(
            io.exists(&Path::new(DATA).join("slots.json.damaged"))
                .unwrap()
        );
        assert_eq!(of(&opened(&io), &["z"]), [0], "{text}");
    }
}

/// Gives slots twice, loses power; true if those of the first are what they were.
fn survives(seed: u64, disabled: Option<SyncPoint>) -> bool {
    let io = io(seed);
    if let Some(point) = disabled {
        io.disable_sync(point);
    }
    let slots = opened(&io);
    of(&slots, &["b"]);
    slots.save().unwrap();
    of(&slots, &["a"]);
    slots.save().unwrap();
    let again = opened(&io.crash());
    of(&again, &["0", "a", "b"]) == [2, 1, 0]
}

#[test]
fn saved_slots_survive_power_loss() {
    assert!((0..300).all(|seed| survives(seed, None)));
}

/// The mutation check: without either sync some power loss takes slots away.
#[test]
fn slots_need_both_their_syncs() {
    for point in [SyncPoint::SlotFile, SyncPoint::SlotDir] {
        assert!(
            (0..300).any(|seed| !survives(seed, Some(point))),
            "{point:?} can be left out and nothing is lost"
        );
    }
}
