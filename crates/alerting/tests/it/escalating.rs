//! Escalation: levels, rounds, rotas, and what stops them.

use crate::support::{HOUR, MINUTE, START, World, kinds};
use tacho_alerting::acknowledge::Selector;
use tacho_alerting::config::escalation::Override;
use tacho_alerting::config::rota::Member;

const TEXT: &str = "
route: {receiver: a, group_by: [alertname], group_wait: 30s, group_interval: 5m, repeat_interval: 12h}
receivers:
- {name: a, webhook_configs: [{url: 'http://a/'}]}
- {name: boss, webhook_configs: [{url: 'http://boss/'}]}
- {name: ann, webhook_configs: [{url: 'http://ann/'}]}
- {name: bob, webhook_configs: [{url: 'http://bob/'}]}
";

const OWN: &str = "
escalation:
  policies:
  - name: loud
    match: {severity: critical}
    levels:
    - {after: 5m, rota: primary}
    - {after: 15m, receivers: [boss]}
    repeat: 10m
    repeat_times: 1
  rotas:
  - {name: primary, starts: 2026-01-05, turn: 1w, handover: 'monday 09:00', members: [ann, bob]}
";

const ALERT: &str = "alertname=X,severity=critical";

/// Who is on call at the start.
fn on_call(world: &World) -> String {
    let rota = world.config.escalation.rota("primary").unwrap();
    rota.on_call(START, &[]).unwrap().member.name.clone()
}

#[test]
fn levels_are_walked_and_walked_again() {
    let mut world = World::new(TEXT, OWN);
    let first = on_call(&world);
    world.fire(ALERT);
    world.pass(2 * HOUR);
    let expected = [
        "30 a/webhook0 First X".to_owned(),
        format!("330 {first}/webhook0 Level1 X"),
        "930 boss/webhook0 Level2 X".to_owned(),
        format!("1530 {first}/webhook0 Level1 X"),
        "2130 boss/webhook0 Level2 X".to_owned(),
    ];
    assert_eq!(world.told(), expected);
    // whoever was told is told the end
    world.end(ALERT);
    world.pass(5 * MINUTE);
    let mut told = world.told();
    told.sort();
    let mut expected = vec![
        "7230 a/webhook0 Resolved -X".to_owned(),
        "7230 boss/webhook0 Resolved -X".to_owned(),
        format!("7230 {first}/webhook0 Resolved -X"),
    ];
    expected.sort();
    assert_eq!(told, expected);
    assert_eq!(world.machine.sizes().groups, 0);
}

#[test]
fn an_acknowledgement_stops_it_and_reopening_begins_anew() {
    let mut world = World::new(TEXT, OWN);
    let first = on_call(&world);
    world.fire(ALERT);
    world.pass(6 * MINUTE);
    let selector = Selector::parse("alert-1").unwrap();
    world
        .machine
        .acknowledge(&selector, "ann", "", world.now)
        .unwrap();
    world.pass(HOUR);
    let expected = [
        "30 a/webhook0 First X".to_owned(),
        format!("330 {first}/webhook0 Level1 X"),
    ];
    assert_eq!(world.told(), expected);
    world.fire("alertname=X,severity=critical,n=2");
    world.pass(12 * MINUTE);
    let told = world.told();
    let expected = [
        "4230 a/webhook0 Reopened X X.2".to_owned(),
        format!("4530 {first}/webhook0 Level1 X X.2"),
    ];
    assert_eq!(told, expected);
}

#[test]
fn other_alerts_do_not_escalate_and_ends_stop_it() {
    let mut world = World::new(TEXT, OWN);
    world.fire("alertname=Y,severity=info");
    world.fire(ALERT);
    world.pass(MINUTE);
    world.end(ALERT);
    world.pass(HOUR);
    let levels = kinds(&world.events)
        .into_iter()
        .filter(|kind| *kind == "escalated");
    assert_eq!(levels.count(), 0);
}

#[test]
fn hidden_alerts_wait_for_their_level() {
    let mut world = World::new(TEXT, OWN);
    world.fire(ALERT);
    world.pass(MINUTE);
    let end = world.now + HOUR;
    let draft = crate::hiding::silence_of("alertname", "X", end);
    world.machine.set_silence(draft, world.now).unwrap();
    world.pass(50 * MINUTE);
    assert_eq!(world.told().len(), 1);
    world.pass(30 * MINUTE);
    let told = world.told();
    assert!(told.iter().any(|line| line.contains("Level1")), "{told:?}");
    let second = told.iter().filter(|line| line.contains("Level2")).count();
    assert_eq!(second, 1, "{told:?}");
}

#[test]
fn overrides_count_when_the_level_is_due() {
    let mut world = World::new(TEXT, OWN);
    let first = on_call(&world);
    let other = if first == "ann" { "bob" } else { "ann" };
    let swap = Override {
        rota: "primary".to_owned(),
        start_ms: START,
        end_ms: START + 10 * MINUTE,
        member: Member {
            name: other.to_owned(),
            receivers: vec![other.to_owned()],
        },
        reason: String::new(),
        created_by: "cat".to_owned(),
    };
    let number = world.machine.add_override(swap.clone(), START).unwrap();
    assert_eq!(world.machine.overrides().count(), 1);
    world.write();
    world.crash();
    assert_eq!(world.machine.overrides().next(), Some((number, &swap)));
    world.fire(ALERT);
    world.pass(6 * MINUTE);
    assert_eq!(
        world.told().last(),
        Some(&format!("330 {other}/webhook0 Level1 X"))
    );
    world.machine.remove_override(number).unwrap();
    assert!(world.machine.remove_override(number).is_err());
}

#[test]
fn whom_a_level_could_not_reach_is_told_again() {
    let mut world = World::new(TEXT, OWN);
    let first = on_call(&world);
    world.answer = |told| match told.to.receiver.as_str() {
        "a" => crate::support::yes(told),
        _ => crate::support::dead(told),
    };
    world.fire(ALERT);
    world.pass(6 * MINUTE);
    world.answer = crate::support::yes;
    world.pass(5 * MINUTE);
    let expected = [
        "30 a/webhook0 First X".to_owned(),
        format!("330 {first}/webhook0 Level1 X"),
        format!("630 {first}/webhook0 Level1 X"),
    ];
    assert_eq!(world.told(), expected);
}

#[test]
fn a_restart_goes_on_at_the_same_level() {
    let mut world = World::new(TEXT, OWN);
    let first = on_call(&world);
    world.fire(ALERT);
    world.pass(6 * MINUTE);
    world.crash();
    world.pass(12 * MINUTE);
    let expected = [
        "30 a/webhook0 First X".to_owned(),
        format!("330 {first}/webhook0 Level1 X"),
        "930 boss/webhook0 Level2 X".to_owned(),
    ];
    assert_eq!(world.told(), expected);
}
