//! The embedded engine: WAL, head, blocks, index, value store, compaction, retention.
//!
//! Start at `read.rs`, the trait through which everything above reads, and `columns.rs`, the
//! shape of data in memory. WAL bodies are opaque bytes here; files are touched through `io.rs`
//! alone; nothing outside this crate sees a block.

pub mod backup;
pub mod block;
pub mod columns;
pub mod engine;
pub mod error;
pub mod filter;
pub mod fuzzing;
pub mod io;
pub mod lock;
pub mod manifest_file;
pub mod options;
pub mod partition;
pub mod read;
pub mod reserve;
pub mod samples;
pub mod seal;
pub mod state;
pub mod status;
pub mod store;
pub mod values;
mod varint;
pub mod wal;
pub mod write;
