//! Rules, alerts and messages on `/metrics`.

use super::exposition::{Exposition, Type};
use crate::alerts::Alerts;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use tacho_export::delivery::{BreakerState, IntegrationState};

/// Writes all of it.
pub(super) fn write(out: &mut Exposition, alerts: &Alerts) {
    write_rules(out, alerts);
    write_alerts(out, alerts);
    write_channels(out, &alerts.outbound.states());
}

fn write_rules(out: &mut Exposition, alerts: &Alerts) {
    let groups = alerts.running.groups();
    let rules: usize = groups.iter().map(|group| group.rules.rules.len()).sum();
    for (name, help, value) in [
        (
            "tacho_rules_groups",
            "Groups of rules in force.",
            groups.len(),
        ),
        ("tacho_rules_rules", "Rules in force.", rules),
    ] {
        out.single(name, Type::Gauge, help, value as f64);
    }
    let counters = &alerts.running.counters;
    let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed) as f64;
    for (name, help, value) in [
        (
            "tacho_rules_evaluations",
            "Rules that were evaluated.",
            read(&counters.evaluations),
        ),
        (
            "tacho_rules_evaluations_failed",
            "Rules whose evaluation failed.",
            read(&counters.failures),
        ),
        (
            "tacho_rules_evaluations_missed",
            "Evaluations of groups that were due while the one before still ran, or while nothing ran.",
            read(&counters.missed),
        ),
        (
            "tacho_rules_evaluations_on_arrival",
            "Evaluations of groups because samples arrived.",
            read(&counters.on_arrival),
        ),
        (
            "tacho_rules_evaluation_seconds",
            "Time spent on evaluating.",
            read(&counters.busy_ns) / 1e9,
        ),
    ] {
        out.single(name, Type::Counter, help, value);
    }
}

fn write_alerts(out: &mut Exposition, alerts: &Alerts) {
    let (sizes, counters) = alerts
        .notifier
        .read(|machine, _| (machine.sizes(), machine.counters()));
    for (name, help, value) in [
        (
            "tacho_alerting_alerts",
            "Alerts that are held.",
            sizes.alerts,
        ),
        (
            "tacho_alerting_alerts_firing",
            "Alerts that fire.",
            sizes.firing,
        ),
        ("tacho_alerting_groups", "Groups of alerts.", sizes.groups),
        (
            "tacho_alerting_silences",
            "Silences, those that are over included.",
            sizes.silences,
        ),
        (
            "tacho_alerting_escalating",
            "Groups with a level of escalation to come.",
            sizes.escalating,
        ),
        (
            "tacho_alerting_notifications_waiting",
            "Messages whose answer is not known.",
            sizes.outbox,
        ),
    ] {
        out.single(name, Type::Gauge, help, value as f64);
    }
    for (name, help, value) in [
        (
            "tacho_alerting_received",
            "Alerts that were told.",
            counters.received,
        ),
        (
            "tacho_alerting_refused",
            "Alerts that were not taken.",
            counters.refused,
        ),
        (
            "tacho_alerting_notifications",
            "Messages that were decided.",
            counters.notifications,
        ),
        (
            "tacho_alerting_state_failures",
            "Times the state could not be written.",
            alerts.notifier.unsaved.load(Ordering::Relaxed),
        ),
    ] {
        out.single(name, Type::Counter, help, value as f64);
    }
}

fn write_channels(out: &mut Exposition, states: &[IntegrationState]) {
    let mut kinds: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for state in states {
        let (sent, failed) = kinds.entry(&state.key.kind).or_default();
        *sent += state.sent;
        *failed += state.failed;
    }
    let name = "tacho_export_notifications_sent";
    out.family(name, Type::Counter, "Messages that channels took, by kind.");
    for (kind, (sent, _)) in &kinds {
        out.sample(name, &[("channel", kind)], *sent as f64);
    }
    let name = "tacho_export_notifications_failed";
    out.family(
        name,
        Type::Counter,
        "Tries that failed, by kind of channel.",
    );
    for (kind, (_, failed)) in &kinds {
        out.sample(name, &[("channel", kind)], *failed as f64);
    }
    let dead: usize = states.iter().map(|state| state.dead).sum();
    out.single(
        "tacho_export_dead_letters",
        Type::Gauge,
        "Messages that nobody took and that can be tried again by hand.",
        dead as f64,
    );
    let open = states
        .iter()
        .filter(|state| state.breaker != BreakerState::Closed)
        .count();
    out.single(
        "tacho_export_breakers_open",
        Type::Gauge,
        "Integrations that rest because too many tries failed.",
        open as f64,
    );
}
