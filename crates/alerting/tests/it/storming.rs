//! Storm control: a summary instead of a thousand messages, and nothing untold.

use crate::support::{MINUTE, PLAIN, SECOND, World, dead, yes};
use tacho_export::notification::Reason;

const OWN: &str = "storm: {groups_per_minute: 3}";

fn storm(world: &mut World, from: usize, count: usize) {
    for n in from..from + count {
        let severity = if n % 10 == 7 { "critical" } else { "warning" };
        world.fire(&format!("alertname=A{n:03},severity={severity}"));
    }
}

#[test]
fn the_worst_go_alone_and_a_summary_stands_for_the_rest() {
    let mut world = World::new(PLAIN, OWN);
    storm(&mut world, 0, 40);
    world.pass(MINUTE);
    let told = world.told();
    assert_eq!(told.len(), 4, "{told:?}");
    assert_eq!(
        told[..3],
        [
            "30 a/webhook0 First A007",
            "30 a/webhook0 First A017",
            "30 a/webhook0 First A027",
        ]
    );
    assert!(
        told[3].starts_with("30 a/webhook0 Storm A037 A000 A001"),
        "{}",
        told[3]
    );
    assert_eq!(told[3].split(' ').count(), 3 + 37);
    // all count as told
    world.pass(20 * MINUTE);
    assert!(world.told().is_empty());
    world.end("alertname=A000,severity=warning");
    world.pass(10 * MINUTE);
    assert_eq!(world.told(), ["1530 a/webhook0 Resolved -A000"]);
}

#[test]
fn what_comes_after_the_summary_waits_for_the_next_minute() {
    let mut world = World::new(PLAIN, OWN);
    storm(&mut world, 0, 5);
    world.pass(10 * SECOND);
    storm(&mut world, 5, 6);
    world.pass(2 * MINUTE);
    let told = world.told();
    let times: Vec<&str> = told
        .iter()
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert_eq!(
        times,
        ["30", "30", "30", "30", "90", "90", "90", "90"],
        "{told:?}"
    );
}

#[test]
fn a_summary_that_dies_is_made_up_for() {
    let mut world = World::new(PLAIN, OWN);
    world.answer = |told| match told.reason {
        Reason::Storm => dead(told),
        _ => yes(told),
    };
    storm(&mut world, 0, 5);
    world.pass(MINUTE);
    assert_eq!(world.told().len(), 4);
    world.pass(5 * MINUTE);
    assert_eq!(
        world.told(),
        ["330 a/webhook0 First A003", "330 a/webhook0 First A004"]
    );
}

#[test]
fn a_crash_in_a_storm_loses_nothing() {
    let mut world = World::new(PLAIN, OWN);
    storm(&mut world, 0, 10);
    world.answer = crate::support::silence;
    world.pass(30 * SECOND);
    assert_eq!(world.told().len(), 4);
    let again = world.crash();
    assert_eq!(again.len(), 4);
    world.answer = yes;
    for told in again {
        world
            .machine
            .outcome(told.id, yes(&told).unwrap(), world.now);
    }
    world.pass(20 * MINUTE);
    assert!(world.told().is_empty());
}

#[test]
fn without_a_limit_all_go_alone() {
    let mut world = World::new(PLAIN, "storm: {groups_per_minute: 0}");
    storm(&mut world, 0, 40);
    world.pass(MINUTE);
    assert_eq!(world.told().len(), 40);
}
