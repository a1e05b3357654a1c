//! What goes in: one judged request, and who decodes it again at replay.

use crate::columns::log_batch::LogBatch;
use crate::columns::span_batch::SpanBatch;
use crate::error::Result;
use crate::partition::Partition;
use crate::wal::frame::Frame;
use tacho_model::id::TenantId;
use tacho_model::signal::Signal;
use tacho_model::time::Timestamp;

/// One judged request.
pub struct Write<'a> {
    /// Whose data it is.
    pub tenant: &'a TenantId,
    /// When it arrived.
    pub receive_time: Timestamp,
    /// How the body is compressed; opaque here.
    pub encoding: u8,
    /// How the body is written; opaque here.
    pub content: u8,
    /// Which configuration it was judged by.
    pub config_epoch: u32,
    /// What was decided; opaque here, given back at replay.
    pub verdict: &'a [u8],
    /// The request as it came.
    pub body: &'a [u8],
    /// The accepted items.
    pub items: Items,
}

/// Accepted items of a request, by partition.
#[derive(Debug, Clone)]
pub enum Items {
    /// Spans, by their end.
    Spans(Vec<(Partition, SpanBatch)>),
    /// Log records, by their time. `record_ids` number the accepted records of the request from
    /// 0; the store adds the position of the request.
    Logs(Vec<(Partition, LogBatch)>),
}

impl Items {
    /// The signal.
    pub fn signal(&self) -> Signal {
        match self {
            Items::Spans(_) => Signal::Spans,
            Items::Logs(_) => Signal::Logs,
        }
    }

    /// Number of items.
    pub fn count(&self) -> usize {
        match self {
            Items::Spans(parts) => parts.iter().map(|(_, batch)| batch.len).sum(),
            Items::Logs(parts) => parts.iter().map(|(_, batch)| batch.len).sum(),
        }
    }
}

/// Decodes frames at replay: applies the verdict in the frame and asks neither clock nor limits
/// nor configuration, so that replay gives what the live request gave.
pub trait FrameDecoder: Send + Sync {
    /// The items of a frame of kind `Traces` or `Logs`. `Corrupt` sets the frame aside.
    fn decode(&self, frame: &Frame<'_>) -> Result<Items>;
}
