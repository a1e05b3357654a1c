//! Grouping and the times of messages, as Alertmanager has them.

use crate::support::{HOUR, MINUTE, PLAIN, SECOND, START, World, dead, kinds, labels, silence};
use tacho_alerting::alerts::PostedAlert;
use tacho_model::labels::Labels;

#[test]
fn a_group_waits_then_is_told_then_grows_by_its_interval() {
    let mut world = World::new(PLAIN, "");
    world.fire("alertname=X,n=1");
    world.pass(10 * SECOND);
    world.fire("alertname=X,n=2");
    world.pass(MINUTE);
    assert_eq!(world.told(), ["30 a/webhook0 First X.1 X.2"]);
    world.fire("alertname=X,n=3");
    world.pass(10 * MINUTE);
    assert_eq!(world.told(), ["330 a/webhook0 Grown X.1 X.2 X.3"]);
}

#[test]
fn an_alert_that_is_old_does_not_wait() {
    let mut world = World::new(PLAIN, "");
    let old = START - MINUTE;
    world.post(PostedAlert::firing(
        labels("alertname=X"),
        Labels::default(),
        old,
    ));
    assert_eq!(world.told(), ["0 a/webhook0 First X"]);
}

#[test]
fn what_does_not_change_is_told_again_after_the_repeat_interval_at_the_next_look() {
    let mut world = World::new(PLAIN, "");
    world.fire("alertname=X");
    world.pass(9 * HOUR);
    // told at 30 s; at 30 s + 4 h exactly four hours have not passed yet: Alertmanager too repeats a look later
    let looks = [30, 30 + 4 * 3_600 + 300, 30 + 8 * 3_600 + 600];
    let expected = ["First", "Repeat", "Repeat"];
    let expected = looks.iter().zip(expected);
    let expected: Vec<String> = expected
        .map(|(at, reason)| format!("{at} a/webhook0 {reason} X"))
        .collect();
    assert_eq!(world.told(), expected);
}

#[test]
fn ends_are_told_and_the_group_goes() {
    let mut world = World::new(PLAIN, "");
    world.fire("alertname=X,n=1");
    world.fire("alertname=X,n=2");
    world.pass(MINUTE);
    world.end("alertname=X,n=1");
    world.pass(5 * MINUTE);
    world.end("alertname=X,n=2");
    world.pass(5 * MINUTE);
    let expected = [
        "30 a/webhook0 First X.1 X.2",
        "330 a/webhook0 Shrunk -X.1 X.2",
        "630 a/webhook0 Resolved -X.2",
    ];
    assert_eq!(world.told(), expected);
    let sizes = world.machine.sizes();
    assert_eq!((sizes.alerts, sizes.groups, sizes.outbox), (0, 0, 0));
    // a new group waits anew; the alert has a new id
    world.fire("alertname=X,n=1");
    world.pass(MINUTE);
    assert_eq!(world.told(), ["690 a/webhook0 First X.1"]);
    let fired = world.events.iter().filter(|e| e.kind.as_str() == "fired");
    let ids: Vec<String> = fired.map(|event| event.alerts[0].to_string()).collect();
    assert_eq!(ids, ["alert-1", "alert-2", "alert-3"]);
}

#[test]
fn an_alert_that_comes_back_before_the_next_look_was_never_away() {
    let mut world = World::new(PLAIN, "");
    world.fire("alertname=X");
    world.pass(MINUTE);
    world.end("alertname=X");
    world.pass(MINUTE);
    world.fire("alertname=X");
    world.pass(10 * MINUTE);
    assert_eq!(world.told(), ["30 a/webhook0 First X"]);
    assert_eq!(
        kinds(&world.events),
        ["fired", "notified", "resolved", "fired"]
    );
    let view = world.machine.alerts(&Default::default(), world.now);
    assert_eq!(
        view[0].id.map(|id| id.to_string()).as_deref(),
        Some("alert-1")
    );
}

#[test]
fn alerts_that_nobody_tells_again_are_over_after_a_while() {
    let mut world = World::new(PLAIN, "");
    world.post(PostedAlert::firing(
        labels("alertname=X"),
        Labels::default(),
        START,
    ));
    world.pass(4 * MINUTE);
    world.post(PostedAlert::firing(
        labels("alertname=X"),
        Labels::default(),
        START,
    ));
    world.pass(20 * MINUTE);
    // over at 540 s, looked at 30 s + 2 * 300 s
    let expected = ["30 a/webhook0 First X", "630 a/webhook0 Resolved -X"];
    assert_eq!(world.told(), expected);
    let over = world
        .events
        .iter()
        .find(|e| e.kind.as_str() == "resolved")
        .unwrap();
    assert_eq!(over.at_ms - START, 540 * SECOND);
}

#[test]
fn channels_without_ends_hear_of_none_but_of_the_next_beginning() {
    let text = PLAIN.replace(
        "'http://a/'}",
        "'http://a/', send_resolved: false}, {url: 'http://b/'}",
    );
    let mut world = World::new(&text, "");
    world.fire("alertname=X,n=1");
    world.fire("alertname=X,n=2");
    world.pass(MINUTE);
    world.end("alertname=X,n=1");
    world.pass(5 * MINUTE);
    world.end("alertname=X,n=2");
    world.pass(5 * MINUTE);
    world.fire("alertname=X,n=1");
    world.pass(MINUTE);
    let expected = [
        "30 a/webhook0 First X.1 X.2",
        "30 a/webhook1 First X.1 X.2",
        "330 a/webhook1 Shrunk -X.1 X.2",
        "630 a/webhook1 Resolved -X.2",
        "690 a/webhook0 First X.1",
        "690 a/webhook1 First X.1",
    ];
    assert_eq!(world.told(), expected);
}

#[test]
fn what_could_not_be_sent_is_decided_anew_at_the_next_look() {
    let mut world = World::new(PLAIN, "");
    world.answer = dead;
    world.fire("alertname=X,n=1");
    world.pass(MINUTE);
    world.fire("alertname=X,n=2");
    world.pass(5 * MINUTE);
    let expected = ["30 a/webhook0 First X.1", "330 a/webhook0 First X.1 X.2"];
    assert_eq!(world.told(), expected);
    assert_eq!(world.machine.counters().dead, 2);
    // it ends untold: nobody knew of it
    world.end("alertname=X,n=1");
    world.end("alertname=X,n=2");
    world.pass(10 * MINUTE);
    assert!(world.told().is_empty());
    assert_eq!(world.machine.sizes().groups, 0);
}

#[test]
fn while_a_message_is_on_its_way_the_next_one_waits_for_its_answer() {
    let mut world = World::new(PLAIN, "");
    world.answer = silence;
    world.fire("alertname=X,n=1");
    world.pass(MINUTE);
    world.fire("alertname=X,n=2");
    world.pass(10 * MINUTE);
    assert_eq!(world.told(), ["30 a/webhook0 First X.1"]);
    world.answer = crate::support::yes;
    let id = world.machine.outbox()[0].id;
    let sent = tacho_export::notification::Outcome::Sent { thread: None };
    world.machine.outcome(id, sent, world.now);
    world.turn();
    assert_eq!(world.told(), ["660 a/webhook0 Grown X.1 X.2"]);
}

#[test]
fn threads_last_from_first_to_end() {
    let mut world = World::new(PLAIN, "");
    world.answer = |told| {
        let thread = Some(format!("t{}", told.id));
        Some(tacho_export::notification::Outcome::Sent { thread })
    };
    for _ in 0..2 {
        world.fire("alertname=X,n=1");
        world.pass(MINUTE);
        world.fire("alertname=X,n=2");
        world.pass(5 * MINUTE);
        world.end("alertname=X,n=1");
        world.end("alertname=X,n=2");
        world.pass(5 * MINUTE);
    }
    let threads: Vec<Option<&str>> = world
        .sent
        .iter()
        .map(|(_, one)| one.thread.as_deref())
        .collect();
    let expected = [None, Some("t1"), Some("t1"), None, Some("t4"), Some("t4")];
    assert_eq!(threads, expected);
}

#[test]
fn what_is_wrong_is_refused_and_the_rest_is_taken() {
    let mut world = World::new(PLAIN, "");
    let mut backwards = PostedAlert::firing(labels("alertname=X"), Labels::default(), START);
    backwards.ends_at_ms = Some(START - 1);
    let empty = PostedAlert::firing(labels(""), Labels::default(), START);
    let good = PostedAlert::firing(labels("alertname=X"), Labels::default(), START);
    let report = world.machine.receive(vec![backwards, empty, good], START);
    assert_eq!(
        (report.taken, report.fired, report.refused_count),
        (1, 1, 2)
    );
    let reasons: Vec<String> = report
        .refused
        .iter()
        .map(|one| one.error.to_string())
        .collect();
    let expected = [
        "start time must be before end time",
        "at least one label pair required",
    ];
    assert_eq!(reasons, expected);
}

#[test]
fn an_alert_told_again_unchanged_writes_nothing() {
    let mut world = World::new(PLAIN, "");
    let posted = PostedAlert::firing(labels("alertname=X"), Labels::default(), START);
    world.post(posted.clone());
    world.pass(25 * SECOND);
    let before = world.written;
    world.post(posted);
    assert_eq!(world.written, before);
}
