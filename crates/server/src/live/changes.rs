//! The topic `changes`: that something of a signal arrived, told at most once an interval.

use std::sync::Arc;
use std::time::Duration;
use tacho_api::view::ChangeNotice;
use tacho_ingest::telemetry::Telemetry;
use tacho_model::signal::Signal;
use tacho_stdx::clock::Clock;
use tokio::sync::watch;

/// Compares counters of what was accepted: nothing is read of the store.
pub(super) struct Changes {
    telemetry: Arc<Telemetry>,
    clock: Arc<dyn Clock>,
    stopping: watch::Receiver<bool>,
    interval: Duration,
    /// Items of each signal when the last notice was given.
    told: [u64; Signal::ALL.len()],
    /// When that was; `None` if there was none.
    told_at_ns: Option<i64>,
}

impl Changes {
    /// Tells of what arrives from now on.
    pub(super) fn new(
        telemetry: Arc<Telemetry>,
        clock: Arc<dyn Clock>,
        stopping: watch::Receiver<bool>,
        interval: Duration,
    ) -> Self {
        Self {
            told: Signal::ALL.map(|signal| telemetry.accepted_items(signal)),
            told_at_ns: None,
            telemetry,
            clock,
            stopping,
            interval,
        }
    }

    /// Whether the server stops.
    pub(super) fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }

    /// A notice, if something arrived and the last one is long enough ago.
    pub(super) fn next(&mut self) -> Option<ChangeNotice> {
        let now_ns = self.clock.monotonic_ns();
        let interval_ns = i64::try_from(self.interval.as_nanos()).unwrap_or(i64::MAX);
        if self
            .told_at_ns
            .is_some_and(|at| now_ns.saturating_sub(at) < interval_ns)
        {
            return None;
        }
        let counts = Signal::ALL.map(|signal| self.telemetry.accepted_items(signal));
        let signals: Vec<String> = Signal::ALL
            .iter()
            .zip(counts.iter().zip(&self.told))
            .filter(|(_, (now, told))| now != told)
            .map(|(signal, _)| signal.as_str().to_owned())
            .collect();
        if signals.is_empty() {
            return None;
        }
        self.told = counts;
        self.told_at_ns = Some(now_ns);
        Some(ChangeNotice {
            signals,
            interval_ms: u64::try_from(self.interval.as_millis()).unwrap_or(u64::MAX),
        })
    }
}
