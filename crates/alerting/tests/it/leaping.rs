//! Clocks that are set by hours, and machines that slept.

use crate::support::{HOUR, MINUTE, PLAIN, SECOND, START, World, labels};
use tacho_alerting::alerts::PostedAlert;
use tacho_model::labels::Labels;

fn alert(starts: i64) -> PostedAlert {
    PostedAlert::firing(labels("alertname=X"), Labels::default(), starts)
}

/// Tells an alert each minute for a while.
fn keep_alive(world: &mut World, minutes: i64) {
    for _ in 0..minutes {
        world.post(alert(START));
        world.pass(MINUTE);
    }
}

#[test]
fn a_leap_forwards_neither_ends_nor_repeats() {
    let mut world = World::new(PLAIN, "");
    keep_alive(&mut world, 10);
    world.now += 6 * HOUR;
    world.turn();
    world.pass(30 * SECOND);
    keep_alive(&mut world, 60);
    assert_eq!(world.told(), ["30 a/webhook0 First X"]);
    assert_eq!(world.machine.counters().leaps, 1);
    // and after it repeats keep their interval
    keep_alive(&mut world, 200);
    assert_eq!(world.told().len(), 1);
}

#[test]
fn an_alert_that_nobody_tells_after_a_leap_is_over_soon() {
    let mut world = World::new(PLAIN, "");
    keep_alive(&mut world, 10);
    world.now += 6 * HOUR;
    world.turn();
    world.pass(20 * MINUTE);
    let told = world.told();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[1].ends_with("Resolved -X"));
}

#[test]
fn a_leap_backwards_neither_delays_nor_doubles() {
    let mut world = World::new(PLAIN, "");
    keep_alive(&mut world, 10);
    world.now -= 6 * HOUR;
    world.turn();
    world.post(alert(START));
    let second = PostedAlert::firing(labels("alertname=X,n=2"), Labels::default(), world.now);
    world.post(second.clone());
    world.pass(4 * MINUTE);
    world.post(alert(START));
    world.post(second);
    world.pass(2 * MINUTE);
    let told = world.told();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[1].ends_with("Grown X X.2"), "{told:?}");
    // nobody speaks of them: they are over within the usual time
    world.pass(20 * MINUTE);
    let told = world.told();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("Resolved"), "{told:?}");
}

#[test]
fn a_silence_that_was_over_is_not_over_before_its_end() {
    let mut world = World::new(PLAIN, "");
    let draft = crate::hiding::silence_of("alertname", "X", START + HOUR);
    world.machine.set_silence(draft, world.now).unwrap();
    world.now += 2 * HOUR;
    world.turn();
    world.fire("alertname=Y");
    let posted = PostedAlert::firing(labels("alertname=X"), Labels::default(), world.now);
    world.post(posted.clone());
    world.pass(10 * SECOND);
    world.now -= 2 * HOUR;
    world.turn();
    world.post(posted);
    world.pass(MINUTE);
    let told = world.told();
    assert!(told.iter().all(|line| line.ends_with('Y')), "{told:?}");
}

#[test]
fn small_steps_backwards_are_nothing() {
    let mut world = World::new(PLAIN, "");
    keep_alive(&mut world, 2);
    world.now -= 2 * SECOND;
    world.turn();
    assert_eq!(world.machine.counters().leaps, 0);
}
