//! Typed settings of each part. `read_settings.rs` makes them.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tacho_ingest::limits::Limits;
use tacho_ingest::metrics::settings::TranslationSettings;
use tacho_ingest::scrape::config::load::PrometheusConfig;
use tacho_model::labels::{Labels, LabelsBuilder};
use tacho_storage::options;
use tacho_yaml::node::Node;

/// Everything that can be set.
#[derive(Debug, Clone)]
pub struct Config {
    /// Listeners and what they do with connections.
    pub http: Http,
    /// Folder of all data; `None` if neither it nor a home folder is known.
    pub data_dir: Option<PathBuf>,
    /// The store; `memory_limit` 0 and `min_free_bytes` 0 stand for "decide at start".
    pub storage: options::Config,
    /// What is taken of requests.
    pub limits: Limits,
    /// Labels of a series, the name of the metric included.
    pub series_labels_max: usize,
    /// Labels on series that are given to other servers.
    pub external_labels: Labels,
    /// How OTLP metrics become series.
    pub otlp_metrics: TranslationSettings,
    /// Queries.
    pub query: Query,
    /// Live streams.
    pub stream: Stream,
    /// Scraping.
    pub scrape: Scrape,
    /// Rules and alerts.
    pub alerting: Alerting,
    /// Tokens.
    pub tokens: Vec<Token>,
    /// Own log.
    pub logging: Logging,
    /// Own spans; `None` if they are off.
    pub tracing: Option<Tracing>,
}

impl Config {
    /// Labels on series that are given to other servers: those of the configuration, and those of the
    /// `prometheus.yml` that it does not name.
    pub fn labels_for_others(&self) -> Labels {
        let mut labels = LabelsBuilder::default();
        if let Some(prometheus) = &self.scrape.prometheus {
            for (name, value) in &prometheus.global.external_labels {
                labels.set(name, value);
            }
        }
        for (name, value) in self.external_labels.iter() {
            labels.set(name, value);
        }
        labels.build()
    }
}

/// Listeners and what they do with connections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Http {
    /// The HTTP listener; `None` is off.
    pub listen: Option<String>,
    /// The OTLP/gRPC listener.
    pub otlp_grpc: Option<String>,
    /// The OTLP/HTTP listener.
    pub otlp_http: Option<String>,
    /// The listener that speaks as Prometheus does.
    pub prometheus: Option<String>,
    /// Names that Host and Origin may carry beside the usual.
    pub allowed_hosts: Vec<String>,
    /// Path below which requests may come, without a slash at its end; empty if there is none.
    pub base_path: String,
    /// Whether the web UI is served.
    pub ui: bool,
    /// Origins whose pages may call.
    pub cors_origins: Vec<String>,
    /// Request headers that such pages may send.
    pub cors_headers: Vec<String>,
    /// How long browsers remember that.
    pub cors_max_age: Duration,
    /// Certificate chain and key, PEM files.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// Connections at a time.
    pub max_connections: usize,
    /// Time for the head of a request.
    pub header_timeout: Duration,
    /// Time without a byte of a body.
    pub body_timeout: Duration,
    /// Time without a request.
    pub idle_timeout: Duration,
    /// Requests at a time on one HTTP/2 connection.
    pub max_streams: u32,
    /// Time that running requests get at the end.
    pub shutdown_timeout: Duration,
}

/// Queries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// Time, waiting included.
    pub timeout: Duration,
    /// At a time.
    pub max_concurrent: usize,
    /// Waiting at a time.
    pub max_waiting: usize,
    /// Bytes of memory.
    pub memory_bytes: u64,
    /// Bytes of blocks; 0 is no limit.
    pub read_bytes: u64,
    /// Groups of a count.
    pub max_groups: usize,
    /// Bytes of a page of a trace.
    pub response_bytes: usize,
    /// PromQL.
    pub promql: PromQl,
}

/// Rules and alerts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alerting {
    /// Whether rules are evaluated and anybody is told.
    pub enabled: bool,
    /// Time between evaluations of groups that name none.
    pub interval: Duration,
    /// Whether the rules that come with the program run.
    pub builtin: bool,
    /// Files of rules; the last part of a path may be a pattern.
    pub rule_files: Vec<PathBuf>,
    /// The file that the editor writes; `None` is `rules.yaml` in the data folder.
    pub managed_file: Option<PathBuf>,
    /// An `alertmanager.yml` that decides who is told.
    pub alertmanager_file: Option<PathBuf>,
    /// Address of this server as people reach it, without a slash at its end.
    pub external_url: Option<String>,
    /// Whether messages may go to link-local addresses.
    pub allow_link_local: bool,
    /// The blocks `alerting.receivers`, `alert_routing`, `suppressions`, `escalation` as a tree.
    pub routing_block: Option<Node>,
    /// The blocks `alerts` and `budgets.limits` as a tree.
    pub rules_block: Option<Node>,
}

/// Queries in PromQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PromQl {
    /// How old a sample may be to count as the value of its series.
    pub lookback: Duration,
    /// Samples in memory at a time.
    pub samples_max: u64,
    /// Series of a selector.
    pub series_max: usize,
    /// Points of time of a range query.
    pub steps_max: usize,
    /// Whether starts of series count.
    pub start_timestamps: bool,
    /// Whether series can be deleted through the API of Prometheus.
    pub admin_api: bool,
}

/// Live streams.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stream {
    /// Whether there are any.
    pub enabled: bool,
    /// At a time.
    pub max_streams: usize,
    /// Messages a signal that are kept.
    pub keep: usize,
    /// Least time between two notices that data has changed.
    pub refresh_interval: Duration,
}

/// Scraping.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Scrape {
    /// The `prometheus.yml`; nothing is scraped without.
    pub file: Option<PathBuf>,
    /// What it says; `None` until it was read.
    pub prometheus: Option<Arc<PrometheusConfig>>,
    /// Whether link-local addresses may be dialled.
    pub allow_link_local: bool,
}

/// A token with what it allows.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    /// Name for logs.
    pub name: String,
    /// The token.
    pub token: String,
    /// May send telemetry.
    pub ingest: bool,
    /// May ask.
    pub read: bool,
    /// May do everything.
    pub admin: bool,
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Token")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// Own log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logging {
    /// The level, as `tracing` calls it.
    pub level: String,
    /// Where to.
    pub outputs: Vec<Output>,
    /// Bytes after which a new file is begun.
    pub file_bytes_max: u64,
    /// Files that are kept.
    pub files_max: usize,
    /// Whether closed files are compressed.
    pub compress: bool,
}

/// Where our own log goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// The file; `None` is standard error.
    pub file: Option<PathBuf>,
    /// JSON; otherwise for people.
    pub json: bool,
    /// Its own level.
    pub level: Option<String>,
}

/// Own spans.
#[derive(Debug, Clone, PartialEq)]
pub struct Tracing {
    /// Where to, OTLP/gRPC.
    pub endpoint: String,
    /// Share of traces.
    pub sample_rate: f64,
}
