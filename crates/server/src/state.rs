//! What all routes share: the configuration in force, tokens, counters, the query pool; and once
//! the log is replayed, store, ingest and query engine.

use crate::alerts::Alerts;
use crate::answer::{Answer, ApiError};
use crate::auth::Tokens;
use crate::config::settings::Config;
use crate::config::shown::Shown;
use crate::exposure::AllowedHosts;
use crate::flows::Flows;
use crate::live::Live;
use crate::pool::{Limits, Pool};
use crate::scrape::setup::Scraping;
use crate::slots::Slots;
use crate::telemetry::connections::Connections;
use crate::telemetry::log::LogControl;
use crate::telemetry::requests::Requests;
use crate::week::Week;
use parking_lot::RwLock;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use tacho_api::error::ErrorKind;
use tacho_ingest::ingest::Ingest;
use tacho_model::id::TenantId;
use tacho_model::time::Timestamp;
use tacho_query::engine::Engine;
use tacho_query::promql::engine::PromEngine;
use tacho_stdx::clock::Clock;
use tacho_storage::store::Store;
use tokio::sync::watch;

/// Threads that one PromQL query may use.
const PROM_WORKERS_MAX: usize = 4;

/// What all routes share.
pub struct ServerState {
    /// Version of the program.
    pub version: &'static str,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// `clock.monotonic_ns()` at start.
    pub started_ns: i64,
    /// Whose data requests are about; tenants come with the security issue.
    pub tenant: TenantId,
    /// How far the start is.
    pub readiness: Readiness,
    /// What a reload can change.
    pub changeable: RwLock<Arc<Changeable>>,
    /// The configuration in force as text that may be shown.
    pub shown: RwLock<Shown>,
    /// Runs queries.
    pub pool: Pool,
    /// Live streams.
    pub live: Live,
    /// What came in over the last hour.
    pub flows: Arc<Flows>,
    /// Counters of connections.
    pub connections: Arc<Connections>,
    /// Counters of requests.
    pub requests: Requests,
    /// Requests refused before they reached a route.
    pub refused: RefusedRequests,
    /// Counters of reloads.
    pub reloads: Reloads,
    /// Changes the level of our own log.
    pub log: LogControl,
    /// Whether own spans are made.
    pub own_spans: bool,
    /// Whether pages of other origins may call.
    pub cors: bool,
    /// Whether a listener beyond loopback asks for tokens.
    pub tokens_needed: bool,
    /// Becomes true when the server stops.
    pub stopping: watch::Receiver<bool>,
    /// Reads the configuration again.
    pub reload: crate::reload::Reloader,
    slots: Arc<Slots>,
    /// Requests of the last seven days.
    pub week: Week,
    core: OnceLock<Core>,
}

/// What there is once the log is replayed.
pub struct Core {
    /// The store.
    pub store: Arc<Store>,
    /// The way in.
    pub ingest: Arc<Ingest>,
    /// The way out.
    pub engine: Arc<Engine>,
    /// Targets that are scraped.
    pub scraping: Scraping,
    /// Rules and alerts.
    pub alerts: Arc<Alerts>,
}

/// What a reload can change.
#[derive(Debug, Clone)]
pub struct Changeable {
    /// The configuration it was made of.
    pub config: Config,
    /// Tokens.
    pub tokens: Tokens,
    /// Names that Host and Origin may carry.
    pub hosts: AllowedHosts,
    /// Limits of queries.
    pub query: Limits,
}

/// Parts of a new state.
pub struct Parts {
    /// Version of the program.
    pub version: &'static str,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// What a reload can change.
    pub changeable: Changeable,
    /// Runs queries.
    pub pool: Pool,
    /// Changes the level of our own log.
    pub log: LogControl,
    /// Whether own spans are made.
    pub own_spans: bool,
    /// Whether a listener beyond loopback asks for tokens.
    pub tokens_needed: bool,
    /// Becomes true when the server stops.
    pub stopping: watch::Receiver<bool>,
    /// Reads the configuration again.
    pub reload: crate::reload::Reloader,
}

impl ServerState {
    /// The state of a server that has not replayed yet.
    pub fn new(parts: Parts) -> Self {
        let stream = parts.changeable.config.stream.clone();
        Self {
            version: parts.version,
            started_ns: parts.clock.monotonic_ns(),
            clock: parts.clock,
            tenant: TenantId::default(),
            readiness: Readiness::default(),
            cors: !parts.changeable.config.http.cors_origins.is_empty(),
            changeable: RwLock::new(Arc::new(parts.changeable)),
            shown: RwLock::default(),
            pool: parts.pool,
            live: Live::new(stream),
            flows: Arc::default(),
            connections: Arc::default(),
            requests: Requests::default(),
            refused: RefusedRequests::default(),
            reloads: Reloads::default(),
            log: parts.log,
            own_spans: parts.own_spans,
            tokens_needed: parts.tokens_needed,
            stopping: parts.stopping,
            reload: parts.reload,
            slots: Arc::default(),
            week: Week::default(),
            core: OnceLock::new(),
        }
    }

    /// Colour slots.
    pub fn slots(&self) -> &Arc<Slots> {
        &self.slots
    }

    /// Runs PromQL with the limits in force.
    pub fn prom_engine(&self) -> PromEngine {
        self.prom_engine_of(&self.changeable().config)
    }

    /// Runs PromQL as a configuration has it.
    pub fn prom_engine_of(&self, config: &Config) -> PromEngine {
        let query = &config.query;
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let options = tacho_query::promql::engine::Options {
            lookback_ms: i64::try_from(query.promql.lookback.as_millis()).unwrap_or(i64::MAX),
            samples_max: query.promql.samples_max,
            series_max: query.promql.series_max,
            steps_max: query.promql.steps_max,
            timeout: query.timeout,
            memory_bytes_max: query.memory_bytes,
            workers: cores.min(PROM_WORKERS_MAX),
            start_timestamps: query.promql.start_timestamps,
            aliases: true,
            ..tacho_query::promql::engine::Options::default()
        };
        PromEngine::new(options, Arc::clone(&self.clock))
    }

    /// What there is once the log is replayed; 503 before.
    pub fn core(&self) -> Answer<&Core> {
        self.core_if_ready().ok_or_else(|| {
            ApiError::new(
                ErrorKind::Unavailable,
                "the server is starting: it replays its log",
            )
        })
    }

    /// The same, without an error.
    pub fn core_if_ready(&self) -> Option<&Core> {
        self.core.get()
    }

    /// Opens the routes that need the store.
    pub fn set_core(&self, core: Core) {
        let _ = self.core.set(core);
        self.readiness.ready();
    }

    /// What a reload can change, as it is now.
    pub fn changeable(&self) -> Arc<Changeable> {
        Arc::clone(&self.changeable.read())
    }

    /// Seconds since start.
    pub fn uptime(&self) -> f64 {
        (self.clock.monotonic_ns() - self.started_ns) as f64 / 1e9
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        Timestamp(self.clock.now_ns())
    }
}

/// How far the start is.
#[derive(Debug, Default)]
pub struct Readiness {
    phase: AtomicU8,
    /// Bits of an `f64`.
    progress: AtomicU64,
}

impl Readiness {
    /// The share of the log that was replayed.
    pub fn set_progress(&self, share: f64) {
        self.progress
            .store(share.clamp(0.0, 1.0).to_bits(), Ordering::Relaxed);
    }

    /// The share of the log that was replayed.
    pub fn progress(&self) -> f64 {
        f64::from_bits(self.progress.load(Ordering::Relaxed))
    }

    fn ready(&self) {
        self.set_progress(1.0);
        let _ = self
            .phase
            .compare_exchange(0, 1, Ordering::AcqRel, Ordering::Acquire);
    }

    /// The server stops: it wants no more requests.
    pub fn stop(&self) {
        self.phase.store(2, Ordering::Release);
    }

    /// Whether queries are answered.
    pub fn is_ready(&self) -> bool {
        self.phase.load(Ordering::Acquire) == 1
    }

    /// Whether the server stops.
    pub fn is_stopping(&self) -> bool {
        self.phase.load(Ordering::Acquire) == 2
    }
}

/// Requests refused before they reached a route.
#[derive(Debug, Default)]
pub struct RefusedRequests {
    host: AtomicU64,
    token: AtomicU64,
    content_type: AtomicU64,
    not_ready: AtomicU64,
    panic: AtomicU64,
}

/// Why a request did not reach a route, or did not come back from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusedBy {
    /// A foreign Host or Origin.
    Host,
    /// No token, or a wrong one.
    Token,
    /// A body that is not declared as JSON.
    ContentType,
    /// Replaying or stopping.
    NotReady,
    /// The route failed inside.
    Panic,
}

impl RefusedRequests {
    /// Counts one.
    pub fn count(&self, reason: RefusedBy) {
        let counter = match reason {
            RefusedBy::Host => &self.host,
            RefusedBy::Token => &self.token,
            RefusedBy::ContentType => &self.content_type,
            RefusedBy::NotReady => &self.not_ready,
            RefusedBy::Panic => &self.panic,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// All counters with their labels.
    pub fn all(&self) -> [(&'static str, u64); 5] {
        [
            ("host", &self.host),
            ("token", &self.token),
            ("content_type", &self.content_type),
            ("not_ready", &self.not_ready),
            ("panic", &self.panic),
        ]
        .map(|(label, counter)| (label, counter.load(Ordering::Relaxed)))
    }
}

/// Counters of reloads.
#[derive(Debug, Default)]
pub struct Reloads {
    /// Put in force.
    pub applied: AtomicU64,
    /// Wrong: nothing changed.
    pub refused: AtomicU64,
    /// Whether the last one was wrong.
    pub last_refused: AtomicBool,
}
