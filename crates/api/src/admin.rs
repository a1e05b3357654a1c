//! Answers of what changes the server: deletion, flush, backup, reload.

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
