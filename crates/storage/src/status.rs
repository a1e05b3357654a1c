//! What the store tells about itself.

use crate::engine::budget::Part;
use crate::samples::matcher::LabelMatcher;
use std::path::PathBuf;
use tacho_model::signal::Signal;
use tacho_model::time::Timestamp;

/// State of the store, as one tenant sees it.
#[derive(Debug, Clone, Default)]
pub struct StoreStatus {
    /// Per signal, in the order of `Signal::ALL`.
    pub signals: Vec<(Signal, SignalStatus)>,
    /// The write-ahead logs, all tenants together.
    pub wal: WalStatus,
    /// Bytes that can still be written on the disk of the data folder.
    pub disk_free: u64,
    /// Bytes of the disk that are kept free: with less nothing is taken any more.
    pub disk_reserve: u64,
    /// Bytes of memory in use, and the limit (0: none).
    pub memory_used: u64,
    /// The limit; 0 is none.
    pub memory_limit: u64,
    /// Memory in use by part.
    pub memory_parts: Vec<(Part, u64)>,
    /// What could not be read and was set aside.
    pub quarantined: Vec<QuarantineStatus>,
    /// Deletions that are effective but not carried out on disk yet.
    pub tombstones: usize,
}

/// State of a signal.
#[derive(Debug, Clone, Default)]
pub struct SignalStatus {
    /// Items that can be read.
    pub items: u64,
    /// Bytes of blocks and value files.
    pub bytes: u64,
    /// Number of blocks.
    pub blocks: u64,
    /// Items in memory that are not in blocks yet.
    pub head_items: u64,
    /// Time of the oldest item.
    pub oldest: Option<Timestamp>,
    /// Time of the newest item.
    pub newest: Option<Timestamp>,
    /// Series that are active; of samples only.
    pub series: u64,
}

/// State of the write-ahead logs.
#[derive(Debug, Clone, Default)]
pub struct WalStatus {
    /// Bytes of frames.
    pub bytes: u64,
    /// Files.
    pub segments: u64,
    /// Frames appended since the start.
    pub frames: u64,
    /// Syncs since the start.
    pub syncs: u64,
    /// Time spent in these syncs.
    pub sync_ns: u64,
}

/// Something that could not be read.
#[derive(Debug, Clone)]
pub struct QuarantineStatus {
    /// What it is: `block`, `values`, `state` (of active series), `wal`, or `small-state`.
    pub what: &'static str,
    /// Its name or position.
    pub name: String,
    /// Why.
    pub reason: String,
}

/// Counters since the start, for `/metrics`.
#[derive(Debug, Clone, Copy, Default)]
pub struct StoreMetrics {
    /// Items appended, by signal in the order of `Signal::ALL`.
    pub appended_items: [u64; 3],
    /// Spans that had been received before and were merged.
    pub duplicate_items: u64,
    /// Samples that were there already with the same value.
    pub repeated_samples: u64,
    /// Series that are active, of all tenants.
    pub active_series: u64,
    /// Exemplars dropped because there were too many.
    pub dropped_exemplars: u64,
    /// Flushes of a head.
    pub flushes: u64,
    /// Blocks written by flushes.
    pub flushed_blocks: u64,
    /// Merges of blocks.
    pub compactions: u64,
    /// Blocks that merges replaced.
    pub compacted_blocks: u64,
    /// Bytes of block and value files written.
    pub written_bytes: u64,
    /// Blocks dropped because of their age or the size limit.
    pub expired_blocks: u64,
    /// Items deleted on disk because of tombstones.
    pub deleted_items: u64,
    /// Flushes and merges that failed and will be tried again.
    pub maintenance_failures: u64,
    /// Writes refused because of the disk reserve.
    pub refused_disk: u64,
    /// Writes refused because of memory or compaction debt.
    pub refused_overload: u64,
    /// Batches that slow tails lost.
    pub tail_lost_items: u64,
    /// Bytes of small blocks that wait to be merged.
    pub compaction_debt_bytes: u64,
}

/// What a flush did.
#[derive(Debug, Clone, Copy, Default)]
pub struct FlushReport {
    /// Items that went to disk.
    pub items: u64,
    /// Blocks that exist now.
    pub blocks: u64,
    /// Bytes of WAL left.
    pub wal_bytes: u64,
}

/// What to delete.
#[derive(Debug, Clone)]
pub enum DeleteSelector {
    /// A trace with its spans and the log records written during it.
    Trace(tacho_model::id::TraceId),
    /// A run: everything that carries this `run_id`, and the traces that belong to it alone.
    Run(String),
    /// Items of a signal that have all of these attributes (keys and values as text).
    Attributes(Signal, Vec<(String, String)>),
    /// Samples of series that match all of one of these lists; an empty list matches every series.
    Series(Vec<Vec<LabelMatcher>>),
    /// Everything of the tenant.
    Tenant,
}

/// What a deletion found.
#[derive(Debug, Clone, Copy, Default)]
pub struct DeleteReport {
    /// Spans that cannot be read any more.
    pub spans: u64,
    /// Log records that cannot be read any more.
    pub logs: u64,
    /// Series that had samples that cannot be read any more.
    pub series: u64,
}

/// What a backup holds.
#[derive(Debug, Clone, Default)]
pub struct BackupReport {
    /// Files copied or linked.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// Files that other programs can read.
#[derive(Debug, Clone, Default)]
pub struct FilesReport {
    /// The folder that holds them and nothing else, as `<signal>/<partition>/<id>.parquet`.
    pub dir: PathBuf,
    /// By signal, then by partition.
    pub files: Vec<FileEntry>,
}

/// A Parquet file of spans or log records.
#[derive(Debug, Clone)]
pub struct FileEntry {
    /// What is in it.
    pub signal: Signal,
    /// Where it lies.
    pub path: PathBuf,
    /// Number of spans or records, at least 1.
    pub rows: u64,
    /// Its length.
    pub bytes: u64,
    /// Smallest start of a span or time of a record.
    pub time_min: Timestamp,
    /// Largest start of a span or time of a record.
    pub time_max: Timestamp,
}
