//! What is over a bound is refused with a reason and counted.

use crate::support::{MINUTE, PLAIN, START, config, labels};
use tacho_alerting::alerts::PostedAlert;
use tacho_alerting::error::ErrorKind;
use tacho_alerting::machine::{Machine, Options};
use tacho_model::labels::Labels;

fn machine(change: impl FnOnce(&mut Options)) -> Machine {
    let mut options = Options::new(1);
    change(&mut options);
    Machine::new(config(PLAIN, ""), options)
}

fn alert(text: &str) -> PostedAlert {
    PostedAlert::firing(labels(text), Labels::default(), START)
}

fn alerts(count: usize) -> Vec<PostedAlert> {
    (0..count)
        .map(|n| alert(&format!("alertname=A{n}")))
        .collect()
}

#[test]
fn alerts_beyond_the_bound_are_refused_and_known_ones_are_taken() {
    let mut machine = machine(|options| options.limits.alerts = 3);
    let report = machine.receive(alerts(5), START);
    assert_eq!((report.taken, report.refused_count), (3, 2));
    assert!(
        report
            .refused
            .iter()
            .all(|one| one.error.kind == ErrorKind::LimitExceeded)
    );
    assert_eq!(machine.receive(alerts(3), START).taken, 3);
    assert_eq!(machine.counters().over_alerts, 2);
}

#[test]
fn alerts_that_find_no_group_are_refused_and_leave_nothing_behind() {
    let mut machine = machine(|options| options.limits.groups = 2);
    for _ in 0..3 {
        let report = machine.receive(alerts(5), START);
        assert_eq!((report.taken, report.refused_count), (2, 3));
    }
    let sizes = machine.sizes();
    assert_eq!((sizes.alerts, sizes.firing, sizes.groups), (2, 2, 2));
    assert_eq!(machine.take_events().len(), 2);
    // two alerts, two groups, the numbers
    assert_eq!(machine.take_rows().len(), 5);
}

#[test]
fn large_alerts_and_large_posts_are_refused() {
    let mut machine = machine(|options| options.limits.post_alerts = 2);
    assert_eq!(machine.receive(alerts(4), START).refused_count, 2);
    let long = "x".repeat(20_000);
    let report = machine.receive(vec![alert(&format!("alertname={long}"))], START);
    let reason = report.refused[0].error.to_string();
    assert!(
        reason.contains("bytes of labels, at most 16384"),
        "{reason}"
    );
}

#[test]
fn events_that_nobody_takes_are_dropped_and_counted() {
    let mut machine = machine(|options| options.limits.events = 3);
    machine.receive(alerts(5), START);
    assert_eq!(machine.take_events().len(), 3);
    assert_eq!(machine.counters().events_dropped, 2);
}

#[test]
fn a_full_outbox_puts_messages_off() {
    let mut machine = machine(|options| options.limits.outbox = 2);
    machine.receive(alerts(5), START);
    let told = machine.tick(START + MINUTE);
    assert_eq!(told.len(), 2);
    assert!(machine.counters().outbox_full > 0);
    for one in told {
        let sent = tacho_export::notification::Outcome::Sent { thread: None };
        machine.outcome(one.id, sent, START + MINUTE);
    }
    let due = machine.next_due_ms().unwrap();
    assert!(due <= START + 2 * MINUTE);
    assert_eq!(machine.tick(due.max(START + 70_000)).len(), 2);
}
