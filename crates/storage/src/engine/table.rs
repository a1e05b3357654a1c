//! What the engine needs to know of a table; spans and log records are the two.

use crate::block::reader::Block;
use crate::block::{BlockFacts, BlockId, order, write};
use crate::columns::log_batch::LogBatch;
use crate::columns::projection::{Column, Projection};
use crate::columns::shared::SharedColumns;
use crate::columns::span_batch::SpanBatch;
use crate::error::Result;
use crate::filter::Field;
use crate::io::Io;
use crate::read::{Cursor, Order, ReadStats, TailItem};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use tacho_model::id::TraceId;
use tacho_model::signal::Signal;
use tacho_model::span::SpanKind;

/// Columns of one signal.
pub trait Table: Clone + Default + Send + Sync + 'static {
    /// The signal.
    const SIGNAL: Signal;
    /// Number of rows.
    fn rows(&self) -> usize;
    /// Adds all rows of another batch.
    fn append(&mut self, other: &Self);
    /// The rows of a permutation or selection; large contents stay behind.
    #[must_use]
    fn select(&self, rows: &[u32]) -> Self;
    /// The projected columns of these rows, so that what heads and blocks give can be appended.
    #[must_use]
    fn select_columns(&self, rows: &[u32], projection: &Projection) -> Self;
    /// Bytes of memory in use.
    fn memory(&self) -> usize;
    /// Resource, scope, attributes.
    fn shared(&self) -> &SharedColumns;
    /// Resource, scope, attributes.
    fn shared_mut(&mut self) -> &mut SharedColumns;
    /// Times by which rows are ordered.
    fn times(&self) -> &[i64];
    /// Ends by which rows belong to days; for log records the same as `times`.
    fn ends(&self) -> &[i64];
    /// The place of a row in the order of time.
    fn key(&self, row: usize) -> ItemKey;
    /// The columns that `key` and the range of time need.
    fn key_projection() -> Projection;
    /// The column in which a fixed field lies; `None` for a field of the other signal.
    fn column_of(field: &Field) -> Option<Column>;
    /// Identifies an item that may be sent twice; `None` where that cannot be told.
    fn identity(&self, row: usize) -> Option<u128>;
    /// The trace of a row; zero if none.
    fn trace_id(&self, row: usize) -> TraceId;
    /// Numbers the rows as records from this id on; nothing where items have no such id.
    fn add_record_base(&mut self, base: u64);
    /// Rows ordered and cut into blocks.
    fn split(&self) -> Vec<Vec<u32>>;
    /// Writes rows as a block.
    fn write_block(&self, io: &dyn Io, dir: &Path, id: BlockId, rows: &[u32])
    -> Result<BlockFacts>;
    /// Reads rows of a block.
    fn read_rows(
        block: &Block,
        rows: &[Range<u32>],
        projection: &Projection,
        stats: &ReadStats,
    ) -> Result<Self>;
    /// Reads all rows of a block with all columns.
    fn read_all(block: &Block, stats: &ReadStats) -> Result<Self>;
    /// A batch for readers of a tail.
    fn tail_item(batch: Arc<Self>) -> TailItem;
}

/// A place in the order of time: time, then ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemKey {
    /// Start of a span, time of a record.
    pub time: i64,
    /// Trace id, or record id.
    pub major: u128,
    /// Span id, or 0.
    pub minor: u64,
}

impl ItemKey {
    /// The key in a form whose largest comes first in the order.
    #[must_use]
    pub fn ranked(self, order: Order) -> Self {
        match order {
            Order::NewestFirst => self,
            Order::OldestFirst => Self {
                time: !self.time,
                major: !self.major,
                minor: !self.minor,
            },
        }
    }

    /// The place of a cursor.
    pub fn of_cursor(cursor: &Cursor) -> Self {
        match cursor {
            Cursor::Span(time, trace_id, span_id) => Self {
                time: time.0,
                major: u128::from_be_bytes(trace_id.0),
                minor: u64::from_be_bytes(span_id.0),
            },
            Cursor::Log(time, id) => Self {
                time: time.0,
                major: u128::from(id.0),
                minor: 0,
            },
        }
    }
}

impl Table for SpanBatch {
    const SIGNAL: Signal = Signal::Spans;

    fn rows(&self) -> usize {
        self.len
    }

    fn append(&mut self, other: &Self) {
        SpanBatch::append(self, other);
    }

    fn select(&self, rows: &[u32]) -> Self {
        SpanBatch::select(self, rows)
    }

    fn select_columns(&self, rows: &[u32], projection: &Projection) -> Self {
        SpanBatch::select_columns(self, rows, projection)
    }

    fn memory(&self) -> usize {
        SpanBatch::memory(self)
    }

    fn shared(&self) -> &SharedColumns {
        &self.shared
    }

    fn shared_mut(&mut self) -> &mut SharedColumns {
        &mut self.shared
    }

    fn times(&self) -> &[i64] {
        &self.starts
    }

    fn ends(&self) -> &[i64] {
        &self.ends
    }

    fn key(&self, row: usize) -> ItemKey {
        ItemKey {
            time: self.starts[row],
            major: u128::from_be_bytes(self.trace_ids[row].0),
            minor: u64::from_be_bytes(self.span_ids[row].0),
        }
    }

    fn key_projection() -> Projection {
        Projection::of(&[
            Column::Time,
            Column::EndTime,
            Column::TraceId,
            Column::SpanId,
        ])
    }

    fn column_of(field: &Field) -> Option<Column> {
        match field {
            Field::Name => Some(Column::Name),
            Field::Kind => Some(Column::Kind),
            Field::Status => Some(Column::Status),
            Field::StatusMessage => Some(Column::StatusText),
            Field::Duration => Some(Column::EndTime),
            Field::TraceId => Some(Column::TraceId),
            Field::SpanId => Some(Column::SpanId),
            Field::ParentSpanId => Some(Column::ParentSpanId),
            Field::ScopeName | Field::ScopeVersion => Some(Column::Scope),
            Field::Attribute(..)
            | Field::Severity
            | Field::SeverityText
            | Field::Body
            | Field::RecordId => None,
        }
    }

    fn trace_id(&self, row: usize) -> TraceId {
        self.trace_ids.get(row).copied().unwrap_or_default()
    }

    fn add_record_base(&mut self, _base: u64) {}

    fn split(&self) -> Vec<Vec<u32>> {
        order::split_spans(self).groups
    }

    fn write_block(
        &self,
        io: &dyn Io,
        dir: &Path,
        id: BlockId,
        rows: &[u32],
    ) -> Result<BlockFacts> {
        write::write_spans(io, dir, id, self, rows)
    }

    fn read_rows(
        block: &Block,
        rows: &[Range<u32>],
        projection: &Projection,
        stats: &ReadStats,
    ) -> Result<Self> {
        block.read_spans(rows, projection, stats)
    }

    fn read_all(block: &Block, stats: &ReadStats) -> Result<Self> {
        block.read_all_spans(stats)
    }

    fn tail_item(batch: Arc<Self>) -> TailItem {
        TailItem::Spans(batch)
    }

    fn identity(&self, row: usize) -> Option<u128> {
        let trace_id = self.trace_ids[row];
        let high = trace_id.hash64();
        let mut low = u64::from_be_bytes(self.span_ids[row].0);
        // Zipkin's halves of one span share an id; they differ in being a server's.
        if self.kinds.get(row) == Some(&(SpanKind::Server as u8)) {
            low = !low;
        }
        let mixed = u128::from_be_bytes(trace_id.0) ^ (u128::from(high) << 64);
        Some(mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835) ^ u128::from(low))
    }
}

impl Table for LogBatch {
    const SIGNAL: Signal = Signal::Logs;

    fn rows(&self) -> usize {
        self.len
    }

    fn append(&mut self, other: &Self) {
        LogBatch::append(self, other);
    }

    fn select(&self, rows: &[u32]) -> Self {
        LogBatch::select(self, rows)
    }

    fn select_columns(&self, rows: &[u32], projection: &Projection) -> Self {
        LogBatch::select_columns(self, rows, projection)
    }

    fn memory(&self) -> usize {
        LogBatch::memory(self)
    }

    fn shared(&self) -> &SharedColumns {
        &self.shared
    }

    fn shared_mut(&mut self) -> &mut SharedColumns {
        &mut self.shared
    }

    fn times(&self) -> &[i64] {
        &self.times
    }

    fn ends(&self) -> &[i64] {
        &self.times
    }

    fn key(&self, row: usize) -> ItemKey {
        ItemKey {
            time: self.times[row],
            major: u128::from(self.record_ids[row].0),
            minor: 0,
        }
    }

    fn key_projection() -> Projection {
        Projection::of(&[Column::Time, Column::RecordId])
    }

    fn column_of(field: &Field) -> Option<Column> {
        match field {
            Field::Name => Some(Column::Name),
            Field::Severity => Some(Column::Status),
            Field::SeverityText => Some(Column::StatusText),
            Field::Body => Some(Column::Body),
            Field::TraceId => Some(Column::TraceId),
            Field::SpanId => Some(Column::SpanId),
            Field::RecordId => Some(Column::RecordId),
            Field::ScopeName | Field::ScopeVersion => Some(Column::Scope),
            Field::Attribute(..)
            | Field::Kind
            | Field::Status
            | Field::StatusMessage
            | Field::Duration
            | Field::ParentSpanId => None,
        }
    }

    fn trace_id(&self, row: usize) -> TraceId {
        self.trace_ids.get(row).copied().unwrap_or_default()
    }

    fn add_record_base(&mut self, base: u64) {
        for id in &mut self.record_ids {
            id.0 += base;
        }
    }

    fn split(&self) -> Vec<Vec<u32>> {
        order::split_logs(self)
    }

    fn write_block(
        &self,
        io: &dyn Io,
        dir: &Path,
        id: BlockId,
        rows: &[u32],
    ) -> Result<BlockFacts> {
        write::write_logs(io, dir, id, self, rows)
    }

    fn read_rows(
        block: &Block,
        rows: &[Range<u32>],
        projection: &Projection,
        stats: &ReadStats,
    ) -> Result<Self> {
        block.read_logs(rows, projection, stats)
    }

    fn read_all(block: &Block, stats: &ReadStats) -> Result<Self> {
        block.read_all_logs(stats)
    }

    fn tail_item(batch: Arc<Self>) -> TailItem {
        TailItem::Logs(batch)
    }

    fn identity(&self, _row: usize) -> Option<u128> {
        None
    }
}
