//! Acknowledgements: what they hold back, and what ends them.

use crate::support::{HOUR, MINUTE, PLAIN, World, kinds};
use tacho_alerting::acknowledge::Selector;
use tacho_alerting::error::ErrorKind;
use tacho_alerting::view::AlertState;

fn acknowledge(world: &mut World, what: &str) {
    let selector = Selector::parse(what).unwrap();
    world
        .machine
        .acknowledge(&selector, "ann", "on it", world.now)
        .unwrap();
    world.turn();
}

#[test]
fn it_holds_repeats_back_and_ends_with_the_alerts() {
    let mut world = World::new(PLAIN, "");
    world.fire("alertname=X");
    world.pass(MINUTE);
    acknowledge(&mut world, "alert-1");
    let views = world.machine.alerts(&Default::default(), world.now);
    assert_eq!(views[0].state, AlertState::Acknowledged);
    assert_eq!(
        views[0].acknowledged.as_ref().map(|a| a.by.as_str()),
        Some("ann")
    );
    world.pass(12 * HOUR);
    assert_eq!(world.told(), ["30 a/webhook0 First X"]);
    world.end("alertname=X");
    world.pass(10 * MINUTE);
    assert_eq!(world.told(), ["43530 a/webhook0 Resolved -X"]);
    world.fire("alertname=X");
    world.pass(MINUTE);
    assert_eq!(world.told().len(), 1);
    let views = world.machine.alerts(&Default::default(), world.now);
    assert_eq!(views[0].state, AlertState::Firing);
}

#[test]
fn more_alerts_reopen() {
    let mut world = World::new(PLAIN, "");
    world.fire("alertname=X,n=1");
    world.pass(MINUTE);
    acknowledge(&mut world, "{}:{alertname=\"X\"}");
    world.fire("alertname=X,n=2");
    world.pass(10 * MINUTE);
    let expected = ["30 a/webhook0 First X.1", "330 a/webhook0 Reopened X.1 X.2"];
    assert_eq!(world.told(), expected);
    let expected = [
        "fired",
        "notified",
        "acknowledged",
        "fired",
        "reopened",
        "notified",
    ];
    assert_eq!(kinds(&world.events), expected);
}

#[test]
fn as_many_alerts_and_no_worse_do_not_reopen_but_worse_ones_do() {
    let mut world = World::new(PLAIN, "");
    world.fire("alertname=X,n=1,severity=warning");
    world.pass(MINUTE);
    acknowledge(&mut world, "group-1");
    world.fire("alertname=X,n=2,severity=info");
    world.end("alertname=X,n=1,severity=warning");
    world.pass(5 * MINUTE);
    assert_eq!(world.told(), ["30 a/webhook0 First X.1"]);
    world.end("alertname=X,n=2,severity=info");
    world.fire("alertname=X,n=3,severity=critical");
    world.pass(5 * MINUTE);
    let told = world.told();
    assert_eq!(told, ["630 a/webhook0 Reopened -X.1 -X.2 X.3"]);
}

#[test]
fn it_can_be_taken_back() {
    let mut world = World::new(PLAIN, "");
    world.fire("alertname=X");
    world.pass(MINUTE);
    acknowledge(&mut world, "alert-1");
    world.pass(6 * HOUR);
    let selector = Selector::parse("alert-1").unwrap();
    world
        .machine
        .unacknowledge(&selector, "bob", world.now)
        .unwrap();
    world.pass(10 * MINUTE);
    let expected = ["30 a/webhook0 First X", "21930 a/webhook0 Repeat X"];
    assert_eq!(world.told(), expected);
    let again = world.machine.unacknowledge(&selector, "bob", world.now);
    assert_eq!(again.map_err(|e| e.kind), Err(ErrorKind::Conflict));
}

#[test]
fn channels_with_threads_hear_of_it_there() {
    let mut world = World::new(PLAIN, "");
    world.answer = |_| {
        let thread = Some("1.2".to_owned());
        Some(tacho_export::notification::Outcome::Sent { thread })
    };
    world.fire("alertname=X");
    world.pass(MINUTE);
    acknowledge(&mut world, "alert-1");
    let (_, told) = world.sent.last().cloned().unwrap();
    assert_eq!(told.thread.as_deref(), Some("1.2"));
    assert_eq!(told.acknowledged.map(|ack| ack.by).as_deref(), Some("ann"));
    assert_eq!(
        world.told().last().map(String::as_str),
        Some("60 a/webhook0 Acknowledged X")
    );
    world.pass(5 * HOUR);
    assert!(world.told().is_empty());
}

#[test]
fn what_is_not_there_cannot_be_acknowledged() {
    let mut world = World::new(PLAIN, "");
    for what in ["alert-1", "group-1", "{}:{}", "0123456789abcdef"] {
        let selector = Selector::parse(what).unwrap();
        let refused = world.machine.acknowledge(&selector, "ann", "", world.now);
        assert_eq!(
            refused.map_err(|e| e.kind),
            Err(ErrorKind::NotFound),
            "{what}"
        );
    }
    assert_eq!(Selector::parse("nonsense"), None);
}
