//! The metrics of the orchestrator. `record.rs` has one method for each thing that happens, which
//! feeds both sides: instruments of the SDK, pushed over OTLP (`instruments.rs`, `runtime.rs`), and
//! the families behind `/metrics` (`catalogue.rs`, `registry.rs`, `exposition.rs`, `endpoint.rs`).

pub(crate) mod catalogue;
pub(crate) mod endpoint;
pub(crate) mod exposition;
pub(crate) mod instruments;
pub(crate) mod price;
pub(crate) mod process;
pub(crate) mod record;
pub(crate) mod registry;
pub(crate) mod runtime;
pub(crate) mod window;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use opentelemetry::metrics::Meter;

use crate::model::Role;
use crate::plugin::TOOLS;
use crate::queue::{PRIORITIES, Waiting};
use catalogue::Exposed;
use exposition::Format;
use instruments::Instruments;
use registry::Registry;
use runtime::Lag;
use window::{Operation, Windows};

/// Both sides, and what is needed to work values out.
#[derive(Debug)]
pub(crate) struct Metrics {
    instruments: Instruments,
    registry: Registry,
    windows: Mutex<Windows>,
    started: Instant,
    /// The tree that agents work on, as the label `workspace`.
    workspace: String,
    lag: Arc<Lag>,
}

/// What must be asked for before a scrape can be answered.
#[derive(Debug)]
pub(crate) struct Checkup {
    /// Waiting requests; none if the queue could not be asked.
    pub(crate) waiting: Option<Waiting>,
    /// Whether the work folder is there.
    pub(crate) work_dir: bool,
    /// Whether work is being taken on.
    pub(crate) scheduler: bool,
}

impl Metrics {
    /// Must run inside a Tokio runtime.
    pub(crate) fn new(meter: &Meter, workspace: String) -> Self {
        let (started, lag) = (Instant::now(), Arc::<Lag>::default());
        runtime::observe(meter, Arc::clone(&lag), started);
        let metrics = Self {
            instruments: Instruments::new(meter),
            registry: Registry::new(),
            windows: Mutex::new(Windows::new(started)),
            started,
            workspace,
            lag,
        };
        metrics.begin();
        metrics
    }

    /// Series that are known before anything happens start at zero, so that rates see the first
    /// change.
    fn begin(&self) {
        for role in Role::ALL {
            for what in [
                Exposed::TasksActive,
                Exposed::AgentActive,
                Exposed::AgentMemory,
            ] {
                self.registry.set(what, vec![role.name().into()], 0.0);
            }
            for status in ["success", "failed"] {
                let model = role.profile().model;
                let labels = vec![role.name().into(), status.into(), model.into()];
                self.registry.add(Exposed::Tasks, labels, 0.0);
            }
        }
        for (plugin, _) in TOOLS {
            self.registry
                .add(Exposed::McpTools, vec![plugin.into()], 1.0);
        }
        self.registry.set(
            Exposed::GatewayConnections,
            vec![record::GATEWAY.into()],
            0.0,
        );
    }

    fn windows(&self) -> MutexGuard<'_, Windows> {
        self.windows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Measures how late the runtime is, for ever.
    pub(crate) async fn probe(self: Arc<Self>) {
        runtime::probe(Arc::clone(&self.lag)).await;
    }

    /// The answer to a scrape.
    pub(crate) fn expose(&self, format: Format, checkup: &Checkup) -> String {
        self.refresh(checkup);
        format.print(&self.registry.snapshot())
    }

    /// Works out everything that depends on when it is asked for.
    fn refresh(&self, checkup: &Checkup) {
        let registry = &self.registry;
        let now = Instant::now();
        let uptime = now.duration_since(self.started).as_secs_f64();
        registry.set(Exposed::Uptime, Vec::new(), uptime);
        if let Some(facts) = process::facts() {
            registry.set(Exposed::Memory, Vec::new(), facts.resident_bytes as f64);
        }
        registry.clear(Exposed::TaskQueueSize);
        if let Some(waiting) = checkup.waiting {
            for (priority, count) in PRIORITIES.into_iter().zip(waiting) {
                registry.set(Exposed::TaskQueueSize, vec![priority.into()], count as f64);
            }
        }
        let components = [
            ("scheduler", checkup.scheduler),
            ("queue", checkup.waiting.is_some()),
            ("work_dir", checkup.work_dir),
        ];
        for (component, healthy) in components {
            let value = f64::from(u8::from(healthy));
            registry.set(Exposed::HealthStatus, vec![component.into()], value);
        }
        self.refresh_windows(now);
    }

    fn refresh_windows(&self, now: Instant) {
        let registry = &self.registry;
        let mut windows = self.windows();
        for what in [
            Exposed::LatencyP50,
            Exposed::LatencyP95,
            Exposed::LatencyP99,
            Exposed::ParallelismEfficiency,
        ] {
            registry.clear(what);
        }
        for operation in Operation::ALL {
            let labels = || vec![operation.name().into()];
            let rate = windows.throughput(now, operation);
            registry.set(Exposed::Throughput, labels(), rate);
            if let Some(found) = windows.percentiles(now, operation) {
                registry.set(Exposed::LatencyP50, labels(), found.p50);
                registry.set(Exposed::LatencyP95, labels(), found.p95);
                registry.set(Exposed::LatencyP99, labels(), found.p99);
            }
        }
        if let Some(efficiency) = windows.parallelism_efficiency(now) {
            registry.set(Exposed::ParallelismEfficiency, Vec::new(), efficiency);
        }
    }
}
