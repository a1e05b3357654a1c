//! Tests of merging, completing and sorting alerts.

use super::{
    AlertId, Alerts, PostedAlert, complete, label_set_order, merge, message_order, slot_of,
};
use std::cmp::Ordering;
use tacho_model::alert::Alert;
use tacho_model::labels::Labels;

fn labels(pairs: &[(&str, &str)]) -> Labels {
    Labels::from_pairs(pairs.iter().copied())
}

fn posted(starts_at_ms: Option<i64>, ends_at_ms: Option<i64>) -> PostedAlert {
    PostedAlert {
        labels: labels(&[("alertname", "X")]),
        annotations: Labels::default(),
        starts_at_ms,
        ends_at_ms,
        generator_url: String::new(),
    }
}

fn alert(starts_at_ms: i64, ends_at_ms: i64, timeout: bool) -> Alert {
    Alert {
        labels: labels(&[("alertname", "X")]),
        annotations: Labels::default(),
        starts_at_ms,
        ends_at_ms,
        timeout,
        generator_url: String::new(),
    }
}

#[test]
fn missing_times_are_filled_in() {
    let times = |starts, ends| {
        let alert = complete(posted(starts, ends), 300, 1_000);
        (alert.starts_at_ms, alert.ends_at_ms, alert.timeout)
    };
    assert_eq!(times(None, None), (1_000, 1_300, true));
    assert_eq!(times(Some(500), None), (500, 1_300, true));
    assert_eq!(times(None, Some(900)), (900, 900, false));
    assert_eq!(times(Some(500), Some(2_000)), (500, 2_000, false));
    // the clock was set back: what fires does not begin in the future
    assert_eq!(times(Some(9_000), None), (1_000, 1_300, true));
}

#[test]
fn alerts_are_merged_as_alertmanager_merges_them() {
    let check = |old: (i64, i64, bool), new: (i64, i64, bool), expected: (i64, i64)| {
        let mut known = alert(old.0, old.1, old.2);
        merge(&mut known, alert(new.0, new.1, new.2), 1_000);
        let found = (known.starts_at_ms, known.ends_at_ms);
        assert_eq!(found, expected, "{old:?} {new:?}");
    };
    // put off
    check((500, 1_300, true), (500, 1_400, true), (500, 1_400));
    // overlapping: the earliest start; an end that somebody named rules if it is the latest
    check((500, 1_300, true), (600, 1_400, true), (500, 1_400));
    check((500, 2_000, false), (600, 1_400, true), (500, 2_000));
    check((500, 2_000, true), (600, 1_400, true), (500, 1_400));
    // over now
    check((500, 1_300, true), (500, 900, false), (500, 900));
    check((500, 1_300, true), (600, 900, false), (500, 900));
    // both over: the latest end
    check((500, 990, false), (600, 900, false), (500, 990));
    // no overlap: a new time of firing
    check((500, 900, false), (950, 1_300, true), (950, 1_300));
}

#[test]
fn ends_that_are_put_off_are_looked_at_lazily() {
    let mut alerts = Alerts::default();
    let at = alerts.insert(slot_of(alert(0, 100, true), 1, 0));
    assert_eq!((alerts.firing(), alerts.next_check_ms()), (1, Some(100)));
    if let Some(slot) = alerts.get_mut(at) {
        slot.alert.ends_at_ms = 200;
    }
    alerts.end_came_nearer(at);
    assert_eq!(alerts.next_check_ms(), Some(100));
    assert!(alerts.ended(150).is_empty());
    assert_eq!(alerts.next_check_ms(), Some(200));
    if let Some(slot) = alerts.get_mut(at) {
        slot.alert.ends_at_ms = 160;
    }
    alerts.end_came_nearer(at);
    assert_eq!(alerts.ended(160), vec![at]);
    alerts.set_over(at, true);
    assert_eq!((alerts.firing(), alerts.next_check_ms()), (0, None));
    alerts.remove(at);
    assert_eq!(alerts.len(), 0);
}

#[test]
fn messages_sort_by_job_and_instance_first() {
    let a = labels(&[("job", "a"), ("x", "1")]);
    let b = labels(&[("job", "b"), ("instance", "1")]);
    let none = labels(&[("x", "1")]);
    assert_eq!(message_order(&a, &b), Ordering::Less);
    assert_eq!(message_order(&none, &a), Ordering::Greater);
    let c = labels(&[("job", "a"), ("instance", "2")]);
    assert_eq!(message_order(&c, &a), Ordering::Less);
    assert_eq!(message_order(&a, &a), Ordering::Equal);
}

#[test]
fn label_sets_sort_as_prometheus_sorts_them() {
    let small = labels(&[("z", "1")]);
    let large = labels(&[("a", "1"), ("b", "1")]);
    assert_eq!(label_set_order(&small, &large), Ordering::Less);
    let x = labels(&[("a", "1")]);
    let y = labels(&[("b", "1")]);
    // the name "a" comes first, and y lacks it
    assert_eq!(label_set_order(&y, &x), Ordering::Less);
    assert_eq!(label_set_order(&x, &labels(&[("a", "2")])), Ordering::Less);
}

#[test]
fn ids_can_be_read() {
    assert_eq!(AlertId::parse("alert-12"), Some(AlertId(12)));
    assert_eq!(AlertId::parse("12"), Some(AlertId(12)));
    assert_eq!(AlertId::parse("alert-0"), None);
    assert_eq!(AlertId::parse("alert-x"), None);
}
