//! Metrics of the process and of its async runtime, looked up at every export: memory, CPU,
//! threads, files, and how late the runtime is (the part that the event loop lag has in Node.js).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use opentelemetry::KeyValue;
use opentelemetry::metrics::Meter;
use tokio::runtime::{Handle, RuntimeMetrics};

use super::process::{ProcessFacts, facts, open_file_count};

/// How often the runtime is asked to be on time.
const PROBE_INTERVAL: Duration = Duration::from_millis(100);

/// The largest delay since it was last taken, in microseconds.
#[derive(Debug, Default)]
pub(crate) struct Lag(AtomicU64);

impl Lag {
    fn note(&self, late: Duration) {
        let micros = u64::try_from(late.as_micros()).unwrap_or(u64::MAX);
        self.0.fetch_max(micros, Ordering::Relaxed);
    }

    fn take_ms(&self) -> f64 {
        Duration::from_micros(self.0.swap(0, Ordering::Relaxed)).as_secs_f64() * 1_000.0
    }
}

/// Sleeps and looks how much too late it woke, for ever. Timers of the runtime are exact to a
/// millisecond, so that much is always there.
pub(crate) async fn probe(lag: Arc<Lag>) {
    loop {
        let start = Instant::now();
        tokio::time::sleep(PROBE_INTERVAL).await;
        lag.note(start.elapsed().saturating_sub(PROBE_INTERVAL));
    }
}

/// Registers everything; must run inside the runtime that is to be observed.
pub(crate) fn observe(meter: &Meter, lag: Arc<Lag>, started: Instant) {
    observe_process(meter, started);
    observe_runtime(meter, lag, Handle::current().metrics());
}

fn observe_process(meter: &Meter, started: Instant) {
    let level = |name: &'static str,
                 unit: &'static str,
                 about: &'static str,
                 pick: fn(&ProcessFacts) -> u64| {
        meter
            .i64_observable_up_down_counter(name)
            .with_unit(unit)
            .with_description(about)
            .with_callback(move |observer| {
                if let Some(facts) = facts() {
                    observer.observe(i64::try_from(pick(&facts)).unwrap_or(i64::MAX), &[]);
                }
            })
            .build();
    };
    level("process.memory.usage", "By", "Resident memory.", |facts| {
        facts.resident_bytes
    });
    level("process.memory.virtual", "By", "Virtual memory.", |facts| {
        facts.virtual_bytes
    });
    level("process.thread.count", "{thread}", "Threads.", |facts| {
        facts.thread_count
    });
    meter
        .i64_observable_up_down_counter("process.unix.file_descriptor.count")
        .with_unit("{file_descriptor}")
        .with_description("Open files and sockets.")
        .with_callback(|observer| {
            if let Some(count) = open_file_count() {
                observer.observe(i64::try_from(count).unwrap_or(i64::MAX), &[]);
            }
        })
        .build();
    meter
        .f64_observable_counter("process.cpu.time")
        .with_unit("s")
        .with_description("CPU time used.")
        .with_callback(|observer| {
            if let Some(facts) = facts() {
                observer.observe(facts.cpu_user_s, &[KeyValue::new("cpu.mode", "user")]);
                observer.observe(facts.cpu_system_s, &[KeyValue::new("cpu.mode", "system")]);
            }
        })
        .build();
    meter
        .f64_observable_gauge("process.uptime")
        .with_unit("s")
        .with_description("Time since the orchestrator started.")
        .with_callback(move |observer| observer.observe(started.elapsed().as_secs_f64(), &[]))
        .build();
}

fn observe_runtime(meter: &Meter, lag: Arc<Lag>, runtime: RuntimeMetrics) {
    meter
        .f64_observable_gauge("process.runtime.tokio.event_loop.lag")
        .with_unit("ms")
        .with_description("The longest that a timer was late since the last export.")
        .with_callback(move |observer| observer.observe(lag.take_ms(), &[]))
        .build();
    let count = |name: &'static str,
                 unit: &'static str,
                 about: &'static str,
                 pick: fn(&RuntimeMetrics) -> usize| {
        let runtime = runtime.clone();
        meter
            .i64_observable_up_down_counter(name)
            .with_unit(unit)
            .with_description(about)
            .with_callback(move |observer| {
                observer.observe(i64::try_from(pick(&runtime)).unwrap_or(i64::MAX), &[]);
            })
            .build();
    };
    count(
        "process.runtime.tokio.workers",
        "{thread}",
        "Worker threads of the runtime.",
        RuntimeMetrics::num_workers,
    );
    count(
        "process.runtime.tokio.tasks",
        "{task}",
        "Tasks of the runtime that have not ended.",
        RuntimeMetrics::num_alive_tasks,
    );
    count(
        "process.runtime.tokio.global_queue.depth",
        "{task}",
        "Tasks that wait for any worker.",
        RuntimeMetrics::global_queue_depth,
    );
}
