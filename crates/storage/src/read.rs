//! The read interface: everything above storage reads through these traits, and the in-memory
//! oracle of `testkit` implements them too. Decided in `docs/adr/0001-the-read-trait.md`.
//!
//! Synchronous: calls run on a query pool, never on a thread that serves sockets. A snapshot
//! stands still: it sees what was appended before it was taken and nothing later, and the files
//! it names stay until it is dropped. Batches are the columns of `columns.rs`; what a projection
//! does not name is left empty.

use crate::columns::log_batch::LogBatch;
use crate::columns::projection::Projection;
use crate::columns::span_batch::SpanBatch;
use crate::error::Result;
use crate::filter::{Field, Filter};
use crate::samples::read::SeriesView;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tacho_model::id::{RecordId, SpanId, TenantId, TraceId};
use tacho_model::signal::Signal;
use tacho_model::time::{TimeRange, Timestamp};
use tacho_model::value::{Value, ValueReference};
use tacho_stdx::cancel::CancelToken;

/// A store that can be read.
pub trait ReadStore: Send + Sync {
    /// What a tenant's data is at this moment.
    fn snapshot(&self, tenant: &TenantId) -> Result<Arc<dyn Snapshot>>;

    /// A tenant's series of samples, as they are whenever the view is asked.
    fn series(&self, tenant: &TenantId) -> Result<Arc<dyn SeriesView>>;

    /// Batches as they are appended from now on; nothing ever comes of samples.
    fn tail(&self, tenant: &TenantId, signal: Signal) -> Tail;
}

/// A tenant's data at one moment.
pub trait Snapshot: Send + Sync {
    /// Spans that match, merged where they came twice, in the order asked for.
    fn spans(&self, request: &ScanRequest, context: &ReadContext) -> Result<Batches<SpanBatch>>;

    /// Shows all spans that match, batch after batch in no particular order: for sums over many
    /// spans, which would pay for an order in vain. `visit` gets a batch with at least the
    /// projected columns, and the rows of it that match; its error ends the visit. Of a block that
    /// breaks halfway a part may have been shown; the block then counts as failed.
    fn visit_spans(
        &self,
        request: &VisitRequest,
        context: &ReadContext,
        visit: &mut VisitSpans<'_>,
    ) -> Result<()> {
        let scan = ScanRequest {
            range: request.range,
            filter: request.filter.clone(),
            order: Order::OldestFirst,
            after: None,
            limit: None,
            projection: request.projection.clone(),
        };
        for batch in self.spans(&scan, context)? {
            let batch = batch?;
            let rows: Vec<u32> = (0..batch.len).map(|row| row as u32).collect();
            visit(&batch, &rows)?;
        }
        Ok(())
    }

    /// All spans of these traces, each trace assembled from all its fragments: one batch a trace
    /// that is known, spans by start, in no particular order of traces. Duplicates are merged.
    fn traces_by_id(
        &self,
        ids: &[TraceId],
        projection: &Projection,
        context: &ReadContext,
    ) -> Result<Batches<SpanBatch>>;

    /// Log records that match, in the order asked for.
    fn logs(&self, request: &ScanRequest, context: &ReadContext) -> Result<Batches<LogBatch>>;

    /// Counts of items that match, in groups.
    fn aggregate(
        &self,
        signal: Signal,
        request: &AggregateRequest,
        context: &ReadContext,
    ) -> Result<Vec<AggregateGroup>>;

    /// Names of attributes that occur, each with its types and about how many items have it.
    fn catalog(
        &self,
        signal: Signal,
        range: TimeRange,
        context: &ReadContext,
    ) -> Result<Vec<CatalogEntry>>;

    /// The whole content of a large value. `NotFound` if its item is gone.
    fn value(&self, reference: &ValueReference, context: &ReadContext) -> Result<Value>;
}

/// Batches one after another; an error ends them.
pub type Batches<B> = Box<dyn Iterator<Item = Result<B>> + Send>;

/// Takes a batch and the rows of it that count, ascending.
pub type VisitSpans<'a> = dyn FnMut(&SpanBatch, &[u32]) -> Result<()> + 'a;

/// Which spans to show, and what of them.
#[derive(Debug, Clone)]
pub struct VisitRequest {
    /// Spans that overlap this range.
    pub range: TimeRange,
    /// The condition.
    pub filter: Filter,
    /// The columns.
    pub projection: Projection,
}

/// Which items, in which order.
#[derive(Debug, Clone)]
pub struct ScanRequest {
    /// Spans that overlap this range; log records whose time lies in it.
    pub range: TimeRange,
    /// The condition.
    pub filter: Filter,
    /// The order.
    pub order: Order,
    /// Only items that come after this one in the order.
    pub after: Option<Cursor>,
    /// At most so many items.
    pub limit: Option<usize>,
    /// The columns.
    pub projection: Projection,
}

/// Order of items: by start (spans) or time (log records), then by ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Latest first; of equal times the larger id first.
    NewestFirst,
    /// Earliest first; of equal times the smaller id first.
    OldestFirst,
}

/// A place in an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cursor {
    /// A span: its start, trace id and span id.
    Span(Timestamp, TraceId, SpanId),
    /// A log record: its time and id.
    Log(Timestamp, RecordId),
}

/// Which items to count, and how.
#[derive(Debug, Clone)]
pub struct AggregateRequest {
    /// Spans that overlap this range, counted at their start; log records whose time lies in it.
    pub range: TimeRange,
    /// The condition.
    pub filter: Filter,
    /// Length of a time bucket in nanoseconds, aligned to the epoch; `None` for one bucket.
    pub step_ns: Option<i64>,
    /// Split by the value of this field (as text; items without it count as absent).
    pub by: Option<Field>,
    /// At most so many groups; beyond it the call fails with `LimitExceeded`.
    pub group_limit: usize,
}

/// One group of a count.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AggregateGroup {
    /// Start of the bucket; the start of the range without a step.
    pub time: Timestamp,
    /// Value of the split; `None` without a split and for items that lack the field.
    pub value: Option<String>,
    /// Number of items.
    pub count: u64,
}

/// A name that occurs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CatalogEntry {
    /// Where it stands.
    pub place: CatalogPlace,
    /// The key.
    pub key: String,
    /// Types of its values, as `string`, `int`, `double`, `bool`, `bytes`, `json`.
    pub types: Vec<&'static str>,
    /// About how many items have it.
    pub count: u64,
}

/// Where an attribute stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CatalogPlace {
    /// On spans or log records.
    Item,
    /// On resources.
    Resource,
    /// On scopes.
    Scope,
}

/// Limits, cancellation and statistics of one query.
#[derive(Debug, Clone, Default)]
pub struct ReadContext {
    /// Stops the query.
    pub cancel: CancelToken,
    /// Bytes of memory that the query may hold; 0 is no limit.
    pub memory_bytes_max: u64,
    /// Bytes of blocks that the query may read; 0 is no limit.
    pub read_bytes_max: u64,
    /// What the query did.
    pub stats: Arc<ReadStats>,
}

/// Counters of one query, filled while it runs.
#[derive(Debug, Default)]
pub struct ReadStats {
    /// Bytes read from blocks, as stored.
    pub bytes_read: AtomicU64,
    /// Rows looked at.
    pub rows_scanned: AtomicU64,
    /// Rows that matched.
    pub rows_matched: AtomicU64,
    /// Blocks that were read.
    pub blocks_read: AtomicU64,
    /// Blocks that time range, blooms or index ruled out.
    pub blocks_skipped: AtomicU64,
    /// Pages that statistics or blooms ruled out.
    pub pages_skipped: AtomicU64,
    /// Blocks that could not be read and were left out: the answer is incomplete.
    pub blocks_failed: AtomicU64,
}

impl ReadStats {
    /// Adds to a counter.
    pub fn add(counter: &AtomicU64, amount: u64) {
        counter.fetch_add(amount, Ordering::Relaxed);
    }
}

/// Newly appended data. Bounded: a reader that is too slow loses the oldest and is told how much.
pub struct Tail {
    /// Gives what came next.
    pub source: Box<dyn TailSource>,
}

/// Source of a tail.
pub trait TailSource: Send {
    /// Waits at most so long for the next batch.
    fn next(&mut self, wait: std::time::Duration) -> TailItem;
}

/// What a tail gives.
#[derive(Debug, Clone)]
pub enum TailItem {
    /// Spans that were appended.
    Spans(Arc<SpanBatch>),
    /// Log records that were appended.
    Logs(Arc<LogBatch>),
    /// So many items were lost because the reader was too slow.
    Lost(u64),
    /// Nothing came in time.
    Idle,
    /// The store is closing.
    Closed,
}
