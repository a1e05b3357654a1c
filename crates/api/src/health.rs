//! Answers of `/health`, `/ready`, `/api/health`, the ready file, and the live stream.

use crate::count::Count;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Answer of `/health`: the server runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Health {
    /// `ok`.
    pub status: String,
}

/// Answer of `/ready`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Readiness {
    /// `ready`, `replaying`, or `stopping`.
    pub status: String,
    /// Share of the write-ahead log that was replayed, 0 to 1; only while replaying.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<f64>,
}

/// Answer of `/api/health`, as Grafana gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DatabaseHealth {
    /// `ok`, or `failing`.
    pub database: String,
}

/// Content of the ready file. A listener that is off is `null`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReadyFile {
    /// Address of the HTTP listener.
    pub http: Option<String>,
    /// Address of the OTLP/gRPC listener.
    pub otlp_grpc: Option<String>,
    /// Address of the OTLP/HTTP listener.
    pub otlp_http: Option<String>,
    /// Address of the listener that speaks as Prometheus does; absent unless it is on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prometheus: Option<String>,
    /// Process id.
    pub pid: u32,
    /// Version of the program.
    pub version: String,
}

/// Data of a `lost` message of the live stream: the reader was too slow, or asked for an id that
/// is no longer kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LostNotice {
    /// What was lost: `logs`, `traces`, or `all`.
    pub topic: String,
    /// How many items; absent if nobody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<Count>,
}
