//! The topic `alerts`: that something about alerts changed, with how many there are, at most four times a
//! second.

use crate::alerts::Alerts;
use crate::routes::alert::counts;
use std::sync::Arc;
use std::time::Duration;
use tacho_api::alert::AlertNotice;
use tacho_stdx::clock::Clock;
use tokio::sync::watch;

/// Least time between two notices.
const REST: Duration = Duration::from_millis(250);
/// Counting takes at most one of so many parts of the time.
const SHARE: i64 = 10;

/// Compares revisions; counts only where they differ.
pub(super) struct AlertChanges {
    alerts: Arc<Alerts>,
    clock: Arc<dyn Clock>,
    stopping: watch::Receiver<bool>,
    told: u64,
    /// Not before this, monotonic ns.
    next_ns: i64,
}

impl AlertChanges {
    /// Tells of what changes from now on.
    pub(super) fn new(
        alerts: Arc<Alerts>,
        clock: Arc<dyn Clock>,
        stopping: watch::Receiver<bool>,
    ) -> Self {
        Self {
            told: alerts.notifier.revision(),
            alerts,
            clock,
            stopping,
            next_ns: i64::MIN,
        }
    }

    /// Whether the server stops.
    pub(super) fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }

    /// A notice, if something changed and the last one is long enough ago.
    pub(super) fn next(&mut self) -> Option<AlertNotice> {
        let begun_ns = self.clock.monotonic_ns();
        if begun_ns < self.next_ns || self.alerts.notifier.revision() == self.told {
            return None;
        }
        let notice = notice(&self.alerts);
        self.told = notice.revision;
        let now_ns = self.clock.monotonic_ns();
        let rest_ns = i64::try_from(REST.as_nanos()).unwrap_or(i64::MAX);
        let took_ns = now_ns.saturating_sub(begun_ns);
        self.next_ns = now_ns.saturating_add(rest_ns.max(took_ns.saturating_mul(SHARE)));
        Some(notice)
    }
}

/// How it is now; streams of one revision share it. Not to be called from a task.
pub(super) fn notice(alerts: &Alerts) -> AlertNotice {
    let mut counted = alerts.counted.lock();
    // Read first: what changes while counting is told by the next notice.
    let revision = alerts.notifier.revision();
    if let Some(known) = counted.as_ref().filter(|known| known.revision == revision) {
        return known.clone();
    }
    let notice = AlertNotice {
        revision,
        counts: counts(alerts),
    };
    *counted = Some(notice.clone());
    notice
}
