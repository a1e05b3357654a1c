//! What hides alerts: silences, inhibition, times, suppressions.

use crate::support::{HOUR, MINUTE, PLAIN, SECOND, World, kinds};
use tacho_alerting::matcher::Matcher;
use tacho_alerting::silence::SilenceDraft;
use tacho_alerting::view::AlertState;
use tacho_model::labels::Labels;

pub(crate) fn silence_of(name: &str, value: &str, ends_at_ms: i64) -> SilenceDraft {
    SilenceDraft {
        id: None,
        matchers: vec![Matcher::equal(name, value)],
        starts_at_ms: None,
        ends_at_ms,
        created_by: "me".to_owned(),
        comment: "work".to_owned(),
        annotations: Labels::default(),
    }
}

#[test]
fn silenced_alerts_are_told_when_the_silence_ends() {
    let mut world = World::new(PLAIN, "");
    let end = world.now + HOUR;
    let set = world
        .machine
        .set_silence(silence_of("n", "1", end), world.now)
        .unwrap();
    world.fire("alertname=X,n=1");
    world.fire("alertname=X,n=2");
    world.pass(50 * MINUTE);
    assert_eq!(world.told(), ["30 a/webhook0 First X.2"]);
    let hidden = world.machine.silenced_by(&set.id, world.now);
    assert_eq!(hidden.len(), 1);
    assert_eq!(hidden[0].state, AlertState::Suppressed);
    assert_eq!(hidden[0].suppressors.silenced_by, [set.id]);
    world.pass(20 * MINUTE);
    assert_eq!(world.told(), ["3630 a/webhook0 Grown X.1 X.2"]);
    let expected = [
        "silence_set",
        "fired",
        "fired",
        "silenced",
        "notified",
        "shown",
        "notified",
    ];
    assert_eq!(kinds(&world.events), expected);
}

#[test]
fn an_alert_that_ends_silenced_is_not_told_over() {
    let mut world = World::new(PLAIN, "");
    world.fire("alertname=X");
    world.pass(MINUTE);
    let end = world.now + HOUR;
    let set = world
        .machine
        .set_silence(silence_of("alertname", "X", end), world.now)
        .unwrap();
    world.end("alertname=X");
    world.pass(10 * MINUTE);
    assert_eq!(world.told(), ["30 a/webhook0 First X"]);
    assert_eq!(world.machine.sizes().groups, 0);
    world.machine.expire_silence(&set.id, world.now).unwrap();
    assert!(world.machine.expire_silence("none", world.now).is_err());
    // as in Alertmanager it counts as known to fire until the log forgets it
    world.fire("alertname=X");
    world.pass(MINUTE);
    assert!(world.told().is_empty());
}

#[test]
fn inhibited_alerts_are_told_when_their_source_ends() {
    let text = format!(
        "{PLAIN}
inhibit_rules: [{{source_matchers: [s=critical], target_matchers: [s=warning], equal: [host]}}]
"
    );
    let mut world = World::new(&text, "");
    world.fire("alertname=Down,s=critical,host=a");
    world.fire("alertname=Slow,s=warning,host=a");
    world.fire("alertname=Slow,s=warning,host=b,n=b");
    world.pass(6 * MINUTE);
    let expected = ["30 a/webhook0 First Down", "30 a/webhook0 First Slow.b"];
    assert_eq!(world.told(), expected);
    world.end("alertname=Down,s=critical,host=a");
    world.pass(5 * MINUTE);
    let expected = [
        "630 a/webhook0 Resolved -Down",
        "630 a/webhook0 Grown Slow Slow.b",
    ];
    assert_eq!(world.told(), expected);
}

#[test]
fn nobody_is_told_at_muted_times() {
    let text = "
route:
  receiver: a
  group_wait: 10s
  routes:
  - matchers: [t=mute]
    mute_time_intervals: [noon]
    group_interval: 10m
  - matchers: [t=active]
    active_time_intervals: [evening]
    group_interval: 10m
time_intervals:
- {name: noon, time_intervals: [{times: [{start_time: '12:00', end_time: '13:00'}]}]}
- {name: evening, time_intervals: [{times: [{start_time: '14:00', end_time: '15:00'}]}]}
receivers: [{name: a, webhook_configs: [{url: 'http://a/'}]}]
";
    let mut world = World::new(text, "");
    world.fire("alertname=M,t=mute");
    world.fire("alertname=A,t=active");
    world.pass(MINUTE);
    let views = world.machine.groups(&Default::default(), world.now);
    let muted: Vec<&[String]> = views.iter().map(|view| view.muted_by.as_slice()).collect();
    assert_eq!(muted, [["evening"], ["noon"]]);
    world.pass(3 * HOUR);
    let expected = ["3610 a/webhook0 First M", "7210 a/webhook0 First A"];
    assert_eq!(world.told(), expected);
}

#[test]
fn suppressions_hide_while_they_are_in_force() {
    let own = "
suppressions:
- name: works
  match: {severity: LOW}
  time_range: {start: 2026-11-20T12:00:00Z, end: 2026-11-20T13:00:00Z}
  reason: moving house
";
    let mut world = World::new(PLAIN, own);
    world.fire("alertname=X,severity=LOW");
    world.pass(MINUTE);
    assert!(world.told().is_empty());
    let explained = world.machine.explain(
        &crate::support::labels("alertname=X,severity=LOW"),
        &Labels::default(),
        world.now,
    );
    let expected = "Nobody is told: the suppression works hides it: moving house.";
    assert_eq!(
        explained.verdict.first().map(String::as_str),
        Some(expected)
    );
    world.pass(HOUR);
    assert_eq!(world.told(), ["3630 a/webhook0 First X"]);
    assert!(world.since() > 30 * SECOND);
}
