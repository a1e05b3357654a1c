//! What survives a crash: everything that was written.

use crate::support::{HOUR, MINUTE, PLAIN, SECOND, World, labels, silence, yes};
use std::sync::Arc;
use tacho_alerting::acknowledge::Selector;
use tacho_alerting::alerts::PostedAlert;
use tacho_alerting::machine::{Machine, Options};
use tacho_alerting::record::{Row, RowKind};
use tacho_alerting::view::AlertState;
use tacho_export::notification::Outcome;
use tacho_model::labels::Labels;

#[test]
fn the_wait_of_a_group_goes_on() {
    let mut world = World::new(PLAIN, "");
    world.fire("alertname=X");
    world.pass(20 * SECOND);
    world.crash();
    world.pass(MINUTE);
    assert_eq!(world.told(), ["30 a/webhook0 First X"]);
}

#[test]
fn a_group_whose_time_came_while_nothing_ran_is_looked_at_at_once() {
    let mut world = World::new(PLAIN, "");
    world.fire("alertname=X");
    world.pass(10 * SECOND);
    world.now += HOUR;
    world.crash();
    world.pass(0);
    assert_eq!(world.told(), ["3610 a/webhook0 First X"]);
}

#[test]
fn looks_stay_where_they_were_and_nothing_is_told_twice() {
    let mut world = World::new(PLAIN, "");
    world.fire("alertname=X,n=1");
    world.pass(42 * MINUTE);
    for _ in 0..3 {
        world.crash();
        world.pass(SECOND);
    }
    world.fire("alertname=X,n=2");
    world.pass(10 * MINUTE);
    let expected = ["30 a/webhook0 First X.1", "2730 a/webhook0 Grown X.1 X.2"];
    assert_eq!(world.told(), expected);
}

#[test]
fn a_message_whose_answer_was_lost_goes_out_again() {
    let mut world = World::new(PLAIN, "");
    world.answer = silence;
    world.fire("alertname=X");
    world.pass(MINUTE);
    let before = world.sent[0].1.clone();
    let again = world.crash();
    assert_eq!(again, [before]);
    world
        .machine
        .outcome(again[0].id, yes(&again[0]).unwrap(), world.now);
    world.write();
    world.answer = yes;
    world.pass(HOUR);
    assert_eq!(world.told().len(), 1);
    assert!(world.crash().is_empty());
}

#[test]
fn an_alert_that_fired_is_given_time_to_be_told_again() {
    let mut world = World::new(PLAIN, "");
    let posted = PostedAlert::firing(labels("alertname=X"), Labels::default(), world.now);
    world.post(posted.clone());
    world.pass(MINUTE);
    world.now += 3 * HOUR;
    world.crash();
    world.pass(MINUTE);
    world.post(posted);
    world.pass(2 * MINUTE);
    assert_eq!(world.told(), ["30 a/webhook0 First X"]);
    // nobody speaks of it any more
    world.pass(20 * MINUTE);
    assert_eq!(world.told().len(), 1);
}

#[test]
fn what_was_over_and_not_yet_told_is_told() {
    let mut world = World::new(PLAIN, "");
    world.fire("alertname=X");
    world.pass(MINUTE);
    world.end("alertname=X");
    world.crash();
    world.pass(10 * MINUTE);
    let expected = ["30 a/webhook0 First X", "330 a/webhook0 Resolved -X"];
    assert_eq!(world.told(), expected);
    assert_eq!(world.machine.sizes().groups, 0);
    let kinds: Vec<RowKind> = world.rows.keys().map(|(kind, _)| *kind).collect();
    assert_eq!(kinds, [RowKind::Meta, RowKind::Log]);
}

#[test]
fn silences_acknowledgements_and_ids_survive() {
    let mut world = World::new(PLAIN, "");
    world.fire("alertname=X");
    world.fire("alertname=Y");
    world.pass(MINUTE);
    let draft = crate::hiding::silence_of("alertname", "Y", world.now + HOUR);
    let set = world.machine.set_silence(draft, world.now).unwrap();
    let selector = Selector::parse("alert-1").unwrap();
    world
        .machine
        .acknowledge(&selector, "ann", "on it", world.now)
        .unwrap();
    world.turn();
    world.crash();
    let views = world.machine.alerts(&Default::default(), world.now);
    let states = views.iter().map(|view| (view.alert.name(), view.state));
    let mut states: Vec<(&str, AlertState)> = states.collect();
    states.sort();
    let expected = [
        ("X", AlertState::Acknowledged),
        ("Y", AlertState::Suppressed),
    ];
    assert_eq!(states, expected);
    assert_eq!(world.machine.silences(world.now)[0].id, set.id);
    world.fire("alertname=Z");
    let ids = world.machine.alerts(&Default::default(), world.now);
    let newest = ids.iter().filter_map(|view| view.id).max().unwrap();
    assert_eq!(newest.to_string(), "alert-3");
}

#[test]
fn rows_that_cannot_be_read_are_told_and_left_out() {
    let mut world = World::new(PLAIN, "");
    world.fire("alertname=X");
    world.pass(MINUTE);
    let damaged = world.rows.iter().map(|((kind, key), value)| Row {
        kind: *kind,
        key: key.clone(),
        value: match kind {
            RowKind::Alert => b"{".to_vec(),
            RowKind::Log => value
                .iter()
                .map(|b| if *b == b'1' { b'2' } else { *b })
                .collect(),
            _ => value.clone(),
        },
    });
    let config = Arc::clone(&world.config);
    let (machine, problems) = Machine::restore(config, Options::new(1), damaged, world.now);
    let kinds: Vec<RowKind> = problems.iter().map(|problem| problem.kind).collect();
    assert_eq!(kinds, [RowKind::Log, RowKind::Alert], "{problems:?}");
    assert_eq!(machine.sizes().groups, 0);
}

#[test]
fn rows_shrink_to_nothing_when_all_is_over() {
    let mut world = World::new(PLAIN, "");
    for n in 0..50 {
        world.fire(&format!("alertname=A{n}"));
    }
    world.pass(MINUTE);
    for n in 0..50 {
        world.end(&format!("alertname=A{n}"));
    }
    world.pass(HOUR);
    world.pass(6 * 24 * HOUR);
    let told = world.told();
    assert!(told.len() > 50, "{told:?}");
    world.fire("alertname=B");
    world.pass(HOUR);
    world.end("alertname=B");
    world.pass(HOUR);
    let kinds: std::collections::BTreeSet<RowKind> = world.rows.keys().map(|(k, _)| *k).collect();
    assert!(
        !kinds.contains(&RowKind::Alert) && !kinds.contains(&RowKind::Outbox),
        "{kinds:?}"
    );
    assert!(world.rows.len() < 10, "{:?}", world.rows.keys());
}

#[test]
fn a_reload_keeps_what_it_can() {
    let mut world = World::new(PLAIN, "");
    world.fire("alertname=X");
    world.fire("alertname=Y,t=b");
    world.pass(MINUTE);
    assert_eq!(world.told().len(), 2);
    let text = PLAIN.replace(
        "repeat_interval: 4h}",
        "repeat_interval: 4h, routes: [{matchers: [t=b], receiver: b}]}",
    );
    let text = format!("{text}- name: b\n  webhook_configs: [{{url: 'http://b/'}}]\n");
    world.config = crate::support::config(&text, "");
    world.machine.reload(Arc::clone(&world.config), world.now);
    world.turn();
    world.pass(HOUR);
    // Y has another receiver now; X was told already
    assert_eq!(world.told(), ["60 b/webhook0 First Y"]);
    world.crash();
    world.pass(HOUR);
    assert!(world.told().is_empty());
    world.end("alertname=X");
    world.end("alertname=Y,t=b");
    world.pass(10 * MINUTE);
    let mut told = world.told();
    told.sort();
    assert_eq!(told.len(), 2, "{told:?}");
    let sent = Outcome::Sent { thread: None };
    world.machine.outcome(99, sent, world.now);
    assert_eq!(world.machine.counters().unknown_outcomes, 1);
}
