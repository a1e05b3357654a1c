//! The order of rows in blocks and where a block ends.

use crate::columns::log_batch::LogBatch;
use crate::columns::span_batch::SpanBatch;

/// Rows of a batch of spans, ordered and cut.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SpanSplit {
    /// For each block to write, the rows of the batch in their order.
    pub groups: Vec<Vec<u32>>,
    /// Rows left out because a later row is the same span (trace id, span id, SERVER or not).
    pub duplicates: u64,
}

/// Orders spans by (start of the trace in this batch, trace id, start, span id) and cuts them
/// into blocks within the limits; a trace is split only if it alone is beyond them. Of rows that
/// are the same span only the last in the batch is kept.
pub fn split_spans(_batch: &SpanBatch) -> SpanSplit {
    SpanSplit::default()
}

/// Orders log records by (time, record id) and cuts them into blocks within the limits.
pub fn split_logs(_batch: &LogBatch) -> Vec<Vec<u32>> {
    Vec::new()
}
