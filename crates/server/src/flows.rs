//! How much of each signal came in over the last hour: counters sampled every few seconds.

use parking_lot::Mutex;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tacho_ingest::ingest::Ingest;
use tacho_model::signal::Signal;
use tacho_stdx::clock::Clock;

/// Time between samples.
const INTERVAL: Duration = Duration::from_secs(5);
/// Samples that are kept: an hour and a little more.
const SAMPLES_MAX: usize = 726;
/// Minutes that are told.
const MINUTES_MAX: i64 = 60;
const MINUTE_NS: i64 = 60_000_000_000;

/// Accepted items by signal, in the order of `Signal::ALL`.
type Counts = [u64; Signal::ALL.len()];

/// Counters as they were, the oldest first.
#[derive(Debug, Default)]
pub struct Flows {
    samples: Mutex<VecDeque<(i64, Counts)>>,
}

/// What came in of a signal.
#[derive(Debug, Clone, PartialEq)]
pub struct Flow {
    /// The signal.
    pub signal: Signal,
    /// Items accepted since the start.
    pub accepted: u64,
    /// Items a second over the last minute.
    pub per_second: f64,
    /// Items of each minute, the oldest first; the first may be a part of one.
    pub minutes: Vec<u64>,
}

impl Flows {
    /// Keeps counters as they are at a time of the monotonic clock.
    pub fn sample(&self, now_ns: i64, counts: Counts) {
        let mut samples = self.samples.lock();
        samples.push_back((now_ns, counts));
        while samples.len() > SAMPLES_MAX {
            samples.pop_front();
        }
    }

    /// What came in until now.
    pub fn read(&self, now_ns: i64, counts: Counts) -> [Flow; Signal::ALL.len()] {
        let samples = self.samples.lock();
        let begun_ns = samples.front().map_or(now_ns, |(at, _)| *at);
        let known_ns = now_ns.saturating_sub(begun_ns).max(0);
        // The counters as they were at a time.
        let at = |time_ns: i64| -> Counts {
            let after = samples.partition_point(|(at, _)| *at <= time_ns);
            let before = after.checked_sub(1).and_then(|place| samples.get(place));
            before.or(samples.front()).map_or(counts, |(_, then)| *then)
        };
        let minutes = (known_ns + MINUTE_NS - 1) / MINUTE_NS;
        let edges: Vec<Counts> = (1..=minutes.min(MINUTES_MAX))
            .rev()
            .map(|back| at(now_ns - back * MINUTE_NS))
            .chain([counts])
            .collect();
        let seconds = known_ns.min(MINUTE_NS) as f64 / 1e9;
        Signal::ALL.map(|signal| {
            let place = Signal::ALL
                .iter()
                .position(|other| *other == signal)
                .unwrap_or(0);
            let minutes: Vec<u64> = edges
                .windows(2)
                .map(|two| two[1][place].saturating_sub(two[0][place]))
                .collect();
            let last = minutes.last().copied().unwrap_or(0) as f64;
            Flow {
                signal,
                accepted: counts[place],
                per_second: if seconds > 0.0 { last / seconds } else { 0.0 },
                minutes,
            }
        })
    }
}

/// The counters as they are.
pub fn counts(ingest: &Ingest) -> Counts {
    Signal::ALL.map(|signal| ingest.telemetry().accepted_items(signal))
}

/// Samples until it is dropped.
pub async fn watch(flows: Arc<Flows>, ingest: Arc<Ingest>, clock: Arc<dyn Clock>) {
    let mut ticks = tokio::time::interval(INTERVAL);
    loop {
        ticks.tick().await;
        flows.sample(clock.monotonic_ns(), counts(&ingest));
    }
}

#[cfg(test)]
mod tests {
    use super::{Flows, SAMPLES_MAX};

    const SECOND: i64 = 1_000_000_000;

    #[test]
    fn minutes_and_rates_come_of_samples() {
        let flows = Flows::default();
        assert!(flows.read(5, [0; 3])[0].minutes.is_empty());
        for tick in 0..=24 {
            flows.sample(tick * 5 * SECOND, [tick as u64 * 10, 0, 7]);
        }
        let [spans, logs, samples] = flows.read(120 * SECOND, [240, 0, 7]);
        assert_eq!(spans.minutes, [120, 120]);
        assert_eq!((spans.per_second, spans.accepted), (2.0, 240));
        assert_eq!((logs.per_second, logs.minutes), (0.0, vec![0, 0]));
        assert_eq!(samples.minutes, [0, 0]);
        let [spans, ..] = flows.read(130 * SECOND, [300, 0, 7]);
        assert_eq!(spans.minutes, [20, 120, 160]);
    }

    #[test]
    fn an_hour_is_kept_and_no_more() {
        let flows = Flows::default();
        for tick in 0..10_000i64 {
            flows.sample(tick * 5 * SECOND, [tick as u64, 0, 0]);
        }
        assert_eq!(flows.samples.lock().len(), SAMPLES_MAX);
        let [spans, ..] = flows.read(9_999 * 5 * SECOND, [9_999, 0, 0]);
        assert_eq!(spans.minutes, vec![12; 60]);
        assert!((spans.per_second - 0.2).abs() < 1e-9);
    }
}
