//! The last minutes: latencies by operation for percentiles and throughput, and how busy the agents
//! of a batch were. Bounded by age and by number.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// What percentiles look back over.
const SPAN: Duration = Duration::from_mins(5);
/// What throughput looks back over.
const RATE_SPAN: Duration = Duration::from_mins(1);
const ENTRY_COUNT_MAX: usize = 8_192;

/// What is timed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    /// A run from start to end.
    Workflow,
    Task,
    LlmCall,
    ToolCall,
    HttpRequest,
}

impl Operation {
    pub(crate) const ALL: [Self; 5] = [
        Self::Workflow,
        Self::Task,
        Self::LlmCall,
        Self::ToolCall,
        Self::HttpRequest,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Workflow => "workflow",
            Self::Task => "task",
            Self::LlmCall => "llm_call",
            Self::ToolCall => "tool_call",
            Self::HttpRequest => "http_request",
        }
    }
}

/// Percentiles of one operation in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Percentiles {
    pub(crate) p50: f64,
    pub(crate) p95: f64,
    pub(crate) p99: f64,
}

/// Entries of the last minutes with their times.
#[derive(Debug)]
struct Window<T>(VecDeque<(Instant, T)>);

impl<T> Window<T> {
    fn push(&mut self, now: Instant, entry: T) {
        self.forget(now);
        if self.0.len() == ENTRY_COUNT_MAX {
            self.0.pop_front();
        }
        self.0.push_back((now, entry));
    }

    fn forget(&mut self, now: Instant) {
        while self
            .0
            .front()
            .is_some_and(|(at, _)| now.duration_since(*at) > SPAN)
        {
            self.0.pop_front();
        }
    }

    fn count_since(&self, now: Instant, span: Duration) -> usize {
        let newest = self.0.iter().rev();
        newest
            .take_while(|(at, _)| now.duration_since(*at) <= span)
            .count()
    }
}

/// All windows.
#[derive(Debug)]
pub(crate) struct Windows {
    started: Instant,
    latencies_ms: [Window<f64>; Operation::ALL.len()],
    /// Time worked and time there to work, of a batch.
    batches: Window<(Duration, Duration)>,
}

impl Windows {
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            started: now,
            latencies_ms: Operation::ALL.map(|_| Window(VecDeque::new())),
            batches: Window(VecDeque::new()),
        }
    }

    pub(crate) fn add(&mut self, now: Instant, operation: Operation, took: Duration) {
        self.latencies_ms[operation as usize].push(now, took.as_secs_f64() * 1_000.0);
    }

    pub(crate) fn add_batch(&mut self, now: Instant, worked: Duration, capacity: Duration) {
        self.batches.push(now, (worked, capacity));
    }

    /// None if the operation did not happen in the last five minutes.
    pub(crate) fn percentiles(
        &mut self,
        now: Instant,
        operation: Operation,
    ) -> Option<Percentiles> {
        let window = &mut self.latencies_ms[operation as usize];
        window.forget(now);
        let mut sorted: Vec<f64> = window.0.iter().map(|(_, value)| *value).collect();
        sorted.sort_by(f64::total_cmp);
        let at = |percent: usize| {
            let rank = (sorted.len() * percent).div_ceil(100);
            sorted.get(rank.saturating_sub(1)).copied()
        };
        Some(Percentiles {
            p50: at(50)?,
            p95: at(95)?,
            p99: at(99)?,
        })
    }

    /// Operations a second over the last minute, or since the start if that is less.
    pub(crate) fn throughput(&self, now: Instant, operation: Operation) -> f64 {
        let span = RATE_SPAN.min(now.duration_since(self.started));
        let window = &self.latencies_ms[operation as usize];
        let entries = window.count_since(now, span);
        // A minute that overflowed the window is known as far back as the window reaches.
        let known = match window.0.front() {
            Some((oldest, _)) if entries == ENTRY_COUNT_MAX => now.duration_since(*oldest),
            _ => span,
        };
        if known.is_zero() {
            0.0
        } else {
            entries as f64 / known.as_secs_f64()
        }
    }

    /// Time worked by time there to work; none if no batch ended in the last five minutes.
    pub(crate) fn parallelism_efficiency(&mut self, now: Instant) -> Option<f64> {
        self.batches.forget(now);
        let (mut worked, mut capacity) = (Duration::ZERO, Duration::ZERO);
        for (_, batch) in &self.batches.0 {
            worked += batch.0;
            capacity += batch.1;
        }
        (!capacity.is_zero()).then(|| (worked.as_secs_f64() / capacity.as_secs_f64()).min(1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::{ENTRY_COUNT_MAX, Operation, Windows};
    use std::time::{Duration, Instant};

    #[test]
    fn percentiles_are_of_the_last_five_minutes() {
        let start = Instant::now();
        let mut windows = Windows::new(start);
        assert_eq!(windows.percentiles(start, Operation::Task), None);
        windows.add(start, Operation::Task, Duration::from_hours(1));
        let later = start + Duration::from_mins(6);
        for value in 1..=100 {
            windows.add(later, Operation::Task, Duration::from_millis(value));
        }
        let found = windows.percentiles(later, Operation::Task).unwrap();
        assert_eq!((found.p50, found.p95, found.p99), (50.0, 95.0, 99.0));
        assert_eq!(windows.percentiles(later, Operation::LlmCall), None);
        let much_later = later + Duration::from_mins(6);
        assert_eq!(windows.percentiles(much_later, Operation::Task), None);
    }

    #[test]
    fn throughput_is_by_the_time_that_is_known() {
        let start = Instant::now();
        let mut windows = Windows::new(start);
        assert_eq!(windows.throughput(start, Operation::Task), 0.0);
        let soon = start + Duration::from_secs(10);
        for _ in 0..30 {
            windows.add(soon, Operation::Task, Duration::ZERO);
        }
        assert_eq!(windows.throughput(soon, Operation::Task), 3.0);
        let later = soon + Duration::from_secs(50);
        assert_eq!(windows.throughput(later, Operation::Task), 0.5);
        for _ in 0..2 * ENTRY_COUNT_MAX {
            windows.add(later, Operation::ToolCall, Duration::ZERO);
        }
        let rate = windows.throughput(later + Duration::from_secs(1), Operation::ToolCall);
        assert_eq!(rate, ENTRY_COUNT_MAX as f64);
    }

    #[test]
    fn efficiency_is_time_worked_by_time_there_to_work() {
        let start = Instant::now();
        let mut windows = Windows::new(start);
        assert_eq!(windows.parallelism_efficiency(start), None);
        windows.add_batch(start, Duration::from_secs(6), Duration::from_secs(8));
        windows.add_batch(start, Duration::from_secs(1), Duration::from_secs(2));
        assert_eq!(windows.parallelism_efficiency(start), Some(0.7));
    }
}
