//! The OTLP receivers: HTTP (protobuf and JSON) and gRPC, for traces, metrics and logs; and remote write.
//!
//! Bodies are read here with limits of size, time and memory, then judged and written by
//! `tacho_ingest` on a bounded pool, and acknowledged when they are durable. Sources: the OTLP
//! specification and the gRPC over HTTP/2 protocol. Start at `routes`.

mod body;
mod export;
mod grpc;
mod http;
pub(crate) mod import;
mod pool;
pub(crate) mod remote_write;
mod status;

use axum::Router;
use axum::http::HeaderMap;
use axum::routing::any;
use std::sync::Arc;
use std::time::Duration;
use tacho_ingest::ingest::Ingest;
use tacho_ingest::refusal::Refusal;
use tacho_model::id::TenantId;
use tacho_model::signal::Signal;

/// Tells whose data a request brings, or why it may not.
pub type Authorize = Arc<dyn Fn(&HeaderMap) -> Result<TenantId, Refusal> + Send + Sync>;

/// What the receivers work with.
#[derive(Clone)]
pub struct OtlpState {
    ingest: Arc<Ingest>,
    pool: Arc<pool::Pool>,
    authorize: Authorize,
    reading: ReadLimits,
}

/// Bounds on the time that a client may take to send a body.
#[derive(Debug, Clone, Copy)]
pub struct ReadLimits {
    /// Longest wait for the next bytes.
    pub idle: Duration,
    /// Longest time for a whole body.
    pub total: Duration,
    /// Bytes a second that are expected on average, once `idle` has passed.
    pub bytes_per_second_min: u64,
}

impl Default for ReadLimits {
    fn default() -> Self {
        Self {
            idle: Duration::from_secs(30),
            total: Duration::from_secs(600),
            bytes_per_second_min: 4096,
        }
    }
}

/// Bounds on the requests that are decoded at once, and on those that wait for it.
#[derive(Debug, Clone, Copy)]
pub struct PoolLimits {
    /// Requests at work.
    pub workers: usize,
    /// Requests that wait; one more is refused as overload.
    pub waiting_max: usize,
    /// Longest wait.
    pub wait_max: Duration,
}

impl PoolLimits {
    /// Twice the cores at work, 64 waiting for each of them, at most 5 s.
    pub fn for_cores(cores: usize) -> Self {
        let workers = cores.max(1) * 2;
        Self {
            workers,
            waiting_max: workers * 64,
            wait_max: Duration::from_secs(5),
        }
    }
}

impl OtlpState {
    /// Receivers that feed `ingest` with what `authorize` lets through. One state for all
    /// listeners, so that the pool is one.
    pub fn new(
        ingest: Arc<Ingest>,
        authorize: Authorize,
        pool: PoolLimits,
        reading: ReadLimits,
    ) -> Self {
        Self {
            ingest,
            pool: Arc::new(pool::Pool::new(pool)),
            authorize,
            reading,
        }
    }
}

/// Paths of OTLP/HTTP and of the services of OTLP/gRPC. A listener of its own for gRPC adds
/// `unknown_service` as its fallback.
pub fn routes(state: OtlpState) -> Router {
    http_routes().merge(grpc_routes()).with_state(state)
}

/// Paths of the Prometheus API that take samples, below a prefix.
pub fn prometheus_routes(state: OtlpState) -> Router {
    Router::new()
        .route("/api/v1/write", axum::routing::post(remote_write::write))
        .route("/api/v1/otlp/v1/metrics", any(http::metrics))
        .with_state(state)
}

/// Paths of imports.
pub fn import_routes(state: OtlpState) -> Router {
    Router::new()
        .route(
            "/api/v1/import/openmetrics",
            axum::routing::post(import::openmetrics),
        )
        .with_state(state)
}

/// Answers calls of gRPC services that do not exist, as gRPC does: with `UNIMPLEMENTED`.
pub async fn unknown_service(request: axum::extract::Request) -> axum::response::Response {
    grpc::answer_unknown(request.version(), request.headers())
}

fn http_routes() -> Router<OtlpState> {
    Router::new()
        .route("/v1/traces", any(http::traces))
        .route("/v1/logs", any(http::logs))
        .route("/v1/metrics", any(http::metrics))
        .route("/v1development/profiles", any(http::profiles))
}

fn grpc_routes() -> Router<OtlpState> {
    const SERVICES: &str = "/opentelemetry.proto.collector";
    Router::new()
        .route(
            &format!("{SERVICES}.trace.v1.TraceService/Export"),
            any(grpc::traces),
        )
        .route(
            &format!("{SERVICES}.logs.v1.LogsService/Export"),
            any(grpc::logs),
        )
        .route(
            &format!("{SERVICES}.metrics.v1.MetricsService/Export"),
            any(grpc::metrics),
        )
        .route(
            &format!("{SERVICES}.profiles.v1development.ProfilesService/Export"),
            any(grpc::profiles),
        )
}

/// What a sender of a signal that is not taken is told.
fn not_built(what: &str) -> String {
    format!("{what} are not taken by this version of tacho; traces, metrics and logs are")
}

/// The name of a signal's collector path, for messages.
fn noun(signal: Signal) -> &'static str {
    match signal {
        Signal::Spans => "traces",
        Signal::Logs => "logs",
        Signal::Samples => "metrics",
    }
}

#[cfg(test)]
mod tests;
