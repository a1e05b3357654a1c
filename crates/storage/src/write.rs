//! What goes in: one judged request, and who decodes it again at replay.

use crate::columns::log_batch::LogBatch;
use crate::columns::span_batch::SpanBatch;
use crate::error::Result;
use crate::partition::Partition;
use crate::samples::batch::SampleBatch;
use crate::wal::frame::{Frame, FrameKind};
use std::fmt;
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

/// One request of samples. The store judges it, so its verdict is written when that is done.
pub struct SampleWrite<'a> {
    /// Whose data it is.
    pub tenant: &'a TenantId,
    /// When it arrived.
    pub receive_time: Timestamp,
    /// What the body is: `OtlpMetrics`, `RemoteWrite`, `Scrape`, `Derived`, or `Import`, whose points
    /// go a way of their own and are taken in any order and of any age.
    pub kind: FrameKind,
    /// How the body is compressed; opaque here.
    pub encoding: u8,
    /// How the body is written; opaque here.
    pub content: u8,
    /// Which configuration it was judged by.
    pub config_epoch: u32,
    /// The request as it came; decoded again at replay, with the verdict.
    pub body: &'a [u8],
    /// Its samples, without those that the writer refused itself.
    pub batch: SampleBatch,
}

/// Accepted items of a request, by partition.
pub enum Items {
    /// Spans, by their end.
    Spans(Vec<(Partition, SpanBatch)>),
    /// Log records, by their time. `record_ids` number the accepted records of the request from
    /// 0; the store adds the position of the request.
    Logs(Vec<(Partition, LogBatch)>),
    /// Samples of a frame that is replayed: points that the verdict refuses are left out already.
    Samples(SampleBatch),
}

impl fmt::Debug for Items {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.count(), self.signal())
    }
}

impl Items {
    /// The signal.
    pub fn signal(&self) -> Signal {
        match self {
            Items::Spans(_) => Signal::Spans,
            Items::Logs(_) => Signal::Logs,
            Items::Samples(_) => Signal::Samples,
        }
    }

    /// Number of items.
    pub fn count(&self) -> usize {
        match self {
            Items::Spans(parts) => parts.iter().map(|(_, batch)| batch.len).sum(),
            Items::Logs(parts) => parts.iter().map(|(_, batch)| batch.len).sum(),
            Items::Samples(batch) => batch.points.len(),
        }
    }
}

/// Decodes frames at replay: applies the verdict in the frame and asks neither clock nor limits
/// nor configuration, so that replay gives what the live request gave.
pub trait FrameDecoder: Send + Sync {
    /// The items of a frame: spans of kind `Traces`, log records of kind `Logs`, samples of the kinds
    /// that `SampleWrite::kind` names. `Corrupt` sets the frame aside.
    fn decode(&self, frame: &Frame<'_>) -> Result<Items>;
}
