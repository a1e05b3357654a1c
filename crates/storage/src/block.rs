//! Blocks: immutable files of one (tenant, signal, partition), each a Parquet file with exactly
//! one row group and a sidecar with what finds rows in it.
//!
//! Start at `block/write.rs` (columns to files) and `block/reader.rs` (files to columns). Which
//! blocks there are, and when one is read, is the engine's business. Formats:
//! `docs/formats/block.md` and `docs/formats/sidecar.md`.

pub mod catalog;
pub mod hash;
pub mod order;
pub mod reader;
pub mod sidecar;
pub mod write;

mod arrays;
mod bloom;
mod data_file;
mod decode;
mod dictionary;
mod index;
mod name;
mod origin;
mod page_source;
mod parquet_file;
mod plan;
mod rest;
mod rows;
mod tuning;

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Most rows of a block.
pub const ROWS_MAX: usize = 262_144;
/// Most decoded bytes of a block, unless a single row is larger.
pub const DECODED_BYTES_MAX: usize = 64 << 20;
/// Most decoded bytes of one column of a block, unless a single row is larger.
pub const COLUMN_BYTES_MAX: usize = 16 << 20;
/// Rows of a page.
pub const PAGE_ROWS: usize = 8192;

/// Attribute keys (of items, resources or scopes) whose text values can be looked up like ids: in
/// the filter of a block and in the blooms of its pages.
pub const INDEX_KEYS: [&str; 10] = [
    "run_id",
    "workflow.run.id",
    "agent.run.id",
    "task_id",
    "task.id",
    "session.id",
    "session_id",
    "correlation.id",
    "correlation_id",
    "gen_ai.conversation.id",
];

/// Identifies a block in its folder; file names are made of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct BlockId(pub u64);

impl BlockId {
    /// Where the Parquet file of this block lies.
    pub fn parquet_path(self, dir: &Path) -> PathBuf {
        dir.join(format!("{self}.parquet"))
    }

    /// Where the sidecar of this block lies.
    pub fn sidecar_path(self, dir: &Path) -> PathBuf {
        dir.join(format!("{self}.idx"))
    }
}

impl fmt::Display for BlockId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// What the manifest knows of a block. Ranges are closed: both ends occur.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BlockFacts {
    /// Number of rows, at least 1.
    pub rows: u32,
    /// Length of the Parquet file.
    pub parquet_bytes: u64,
    /// Length of the sidecar.
    pub index_bytes: u64,
    /// About the bytes of all rows in memory.
    pub decoded_bytes: u64,
    /// Size of the filter of ids in the sidecar, in units of 32 bytes.
    pub filter_blocks: u32,
    /// Smallest start of a span or time of a record.
    pub time_min: i64,
    /// Largest start of a span or time of a record.
    pub time_max: i64,
    /// Smallest end of a span; `time_min` for logs.
    pub end_min: i64,
    /// Largest end of a span; `time_max` for logs.
    pub end_max: i64,
    /// Smallest record id; 0 for spans.
    pub record_id_min: u64,
    /// Largest record id; 0 for spans.
    pub record_id_max: u64,
}

/// What is known of a page (`PAGE_ROWS` rows, the last one fewer) without reading it. Ranges of
/// time are closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageFacts {
    /// Its rows in the block.
    pub rows: Range<u32>,
    /// Smallest start of a span or time of a record.
    pub time_min: i64,
    /// Largest start of a span or time of a record.
    pub time_max: i64,
    /// Smallest end of a span; `time_min` for logs.
    pub end_min: i64,
    /// Largest end of a span; `time_max` for logs.
    pub end_max: i64,
}
