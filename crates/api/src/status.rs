//! What the server holds and how it fares.

use crate::count::Count;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What the server holds and how it fares.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// Version of the program.
    pub version: String,
    /// Seconds since start.
    pub uptime_seconds: f64,
    /// What is stored of each signal.
    pub signals: Signals,
    /// The write-ahead log.
    pub wal: WalStatus,
    /// The device of the data folder.
    pub disk: DiskStatus,
    /// Counted memory.
    pub memory: MemoryStatus,
    /// Files that were set aside because their bytes are not what was written.
    pub quarantined: Vec<Quarantined>,
}

/// What is stored of each signal.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Signals {
    /// Spans.
    pub spans: SignalStatus,
    /// Log records.
    pub logs: SignalStatus,
    /// Samples of series.
    pub samples: SignalStatus,
}

/// What is stored of one signal.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignalStatus {
    /// Items that can be read.
    pub items: Count,
    /// Bytes on disk.
    pub bytes: Count,
    /// Block files.
    pub blocks: Count,
    /// Time of the oldest item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub oldest: Option<String>,
    /// Time of the newest item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub newest: Option<String>,
    /// Items refused since start.
    pub refused: Count,
    /// Active series; samples only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<Count>,
}

/// The write-ahead log.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WalStatus {
    /// Bytes that a restart would replay.
    pub bytes: Count,
    /// Files.
    pub segments: Count,
}

/// The device of the data folder.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DiskStatus {
    /// Bytes that can still be written.
    pub free: Count,
}

/// Counted memory.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MemoryStatus {
    /// Bytes in use.
    pub used: Count,
    /// Bytes allowed.
    pub limit: Count,
    /// Resident bytes of the process; absent where the system does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resident: Option<Count>,
    /// Bytes in use by part.
    pub parts: BTreeMap<String, Count>,
}

/// A file that was set aside.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Quarantined {
    /// What it is: `block`, `values` or `wal`.
    pub what: String,
    /// Its name or position.
    pub name: String,
    /// What is wrong with it.
    pub reason: String,
}
