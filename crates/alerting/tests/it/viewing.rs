//! What APIs and pages see: alerts, groups, and why.

use crate::support::{HOUR, MINUTE, PLAIN, World, labels, silence};
use tacho_alerting::group::GroupId;
use tacho_alerting::matcher::Matcher;
use tacho_alerting::view::{AlertFilter, AlertState};
use tacho_model::labels::Labels;

#[test]
fn alerts_are_filtered_by_labels_state_and_receiver() {
    let mut world = World::new(PLAIN, "");
    world.fire("alertname=X,n=1");
    world.fire("alertname=X,n=2");
    world.fire("alertname=Y");
    let draft = crate::hiding::silence_of("n", "1", world.now + HOUR);
    world.machine.set_silence(draft, world.now).unwrap();
    let count = |filter: AlertFilter| world.machine.alerts(&filter, world.now).len();
    assert_eq!(count(AlertFilter::default()), 3);
    let x = AlertFilter {
        matchers: vec![Matcher::equal("alertname", "X")],
        ..AlertFilter::default()
    };
    assert_eq!(count(x.clone()), 2);
    let firing = AlertFilter {
        states: vec![AlertState::Firing],
        ..x
    };
    assert_eq!(count(firing), 1);
    let other = AlertFilter {
        receiver: Some("b".to_owned()),
        ..AlertFilter::default()
    };
    assert_eq!(count(other), 0);
    let would = world
        .machine
        .matching(&[Matcher::equal("alertname", "X")], world.now);
    assert_eq!(would.len(), 2);
}

#[test]
fn a_group_shows_who_was_told_and_what_is_on_its_way() {
    let mut world = World::new(PLAIN, "");
    world.fire("alertname=X");
    world.pass(MINUTE);
    let group = world.machine.group(GroupId(1), world.now).unwrap();
    assert_eq!(group.key, "{}:{alertname=\"X\"}");
    assert_eq!(group.next_flush_ms, crate::support::START + 330_000);
    assert_eq!(group.log.len(), 1);
    assert_eq!(group.log[0].counts, (1, 0));
    assert_eq!(group.told_at_ms, Some(crate::support::START + 30_000));
    world.answer = silence;
    world.fire("alertname=X,n=2");
    world.pass(5 * MINUTE);
    let group = world.machine.group(GroupId(1), world.now).unwrap();
    assert_eq!(group.on_its_way.len(), 1);
    assert_eq!(world.machine.on_its_way(), group.on_its_way);
}

#[test]
fn groups_sort_as_in_alertmanager() {
    let mut world = World::new(PLAIN, "");
    for name in ["B", "C", "A"] {
        world.fire(&format!("alertname={name}"));
    }
    let groups = world.machine.groups(&AlertFilter::default(), world.now);
    let names: Vec<&str> = groups
        .iter()
        .map(|group| group.labels.value("alertname"))
        .collect();
    assert_eq!(names, ["A", "B", "C"]);
}

#[test]
fn the_reasons_are_told() {
    let text = format!(
        "{PLAIN}
inhibit_rules: [{{name: down, source_matchers: [s=critical], target_matchers: [s=warning]}}]
"
    );
    let mut world = World::new(&text, "");
    let none = Labels::default();
    let verdict = |world: &World, text: &str| {
        world
            .machine
            .explain(&labels(text), &none, world.now)
            .verdict
    };
    assert_eq!(
        verdict(&world, "alertname=X"),
        ["a (node {}) would be told."]
    );
    world.fire("alertname=X");
    assert_eq!(
        verdict(&world, "alertname=X"),
        ["a (node {}) is told at the group's next look."]
    );
    world.pass(MINUTE);
    assert_eq!(verdict(&world, "alertname=X"), ["a (node {}) was told."]);
    world.fire("alertname=D,s=critical");
    let found = verdict(&world, "alertname=X,s=warning");
    assert!(found[0].contains("inhibits it"), "{found:?}");
    let end = world.now + HOUR;
    let draft = crate::hiding::silence_of("alertname", "X", end);
    let set = world.machine.set_silence(draft, world.now).unwrap();
    let found = verdict(&world, "alertname=X");
    assert_eq!(
        found[0],
        format!("Nobody is told: the silence {} hides it.", set.id)
    );
}
