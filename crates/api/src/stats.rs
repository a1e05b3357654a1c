//! What a query cost.

use crate::count::Count;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a query cost.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct QueryStats {
    /// Milliseconds from start to end, waiting for a place included.
    pub duration_ms: f64,
    /// Bytes read from blocks, as stored.
    pub bytes_read: Count,
    /// Rows looked at.
    pub rows_scanned: Count,
    /// Rows that matched.
    pub rows_matched: Count,
    /// Blocks that were read.
    pub blocks_read: Count,
    /// Blocks that time range, blooms or index ruled out.
    pub blocks_skipped: Count,
    /// Blocks that could not be read: the answer is incomplete if this is not 0.
    pub blocks_failed: Count,
}
