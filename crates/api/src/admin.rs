//! Answers of what changes the server: deletion, flush, files, backup, reload.

use crate::count::Count;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a deletion did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeleteReport {
    /// Spans that answers no longer show.
    pub spans: Count,
    /// Log records that answers no longer show.
    pub logs: Count,
}

/// What a flush did.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FlushReport {
    /// Items that went to disk.
    pub items: Count,
    /// Blocks that exist now.
    pub blocks: Count,
    /// Bytes of write-ahead log left.
    pub wal_bytes: Count,
    /// Milliseconds it took.
    pub duration_ms: f64,
}

/// Files that other programs can read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FileList {
    /// A folder on the server's machine that holds them and nothing else, each as
    /// `<signal>/<partition>/<id>.parquet`.
    pub dir: String,
    /// By signal, then by partition.
    pub files: Vec<FileEntry>,
}

/// A Parquet file of spans or log records.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FileEntry {
    /// `spans` or `logs`.
    pub signal: String,
    /// Absolute path on the server's machine.
    pub path: String,
    /// Number of spans or log records.
    pub rows: Count,
    /// Its length.
    pub bytes: Count,
    /// Earliest start of a span or time of a record.
    #[schema(format = DateTime)]
    pub time_min: String,
    /// Latest start of a span or time of a record.
    #[schema(format = DateTime)]
    pub time_max: String,
}

/// Where to put a backup.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BackupRequest {
    /// A folder on the server's machine that does not exist yet or is empty; an absolute path.
    pub dir: String,
}

/// What a backup holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BackupReport {
    /// The folder.
    pub dir: String,
    /// Files in it.
    pub files: Count,
    /// Their bytes.
    pub bytes: Count,
}

/// What a reload did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReloadReport {
    /// Keys whose new values are in force now.
    pub applied: Vec<String>,
    /// Keys whose new values wait for a restart.
    pub restart_needed: Vec<String>,
    /// What the configuration said that is worth knowing.
    pub warnings: Vec<String>,
}
