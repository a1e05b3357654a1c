//! The engine behind `store.rs`: heads, flush, compaction, retention, tombstones, reading.
//!
//! Write path: `head.rs`. What is on disk: `catalog.rs`. From head to disk: `flush.rs`. Keeping it
//! tidy: `compact.rs`, `expire.rs`, `tombstone.rs`. Reading: `snapshot.rs`, which uses `scan.rs`
//! (ordered scans), `assemble.rs` (traces), `count.rs` (aggregates), `eval.rs` (filters on
//! columns) and `prune.rs` (what need not be read).

pub mod assemble;
pub mod budget;
pub mod catalog;
pub mod compact;
pub mod count;
pub mod duplicates;
pub mod erase;
pub mod eval;
pub mod expire;
pub mod export;
pub mod flush;
pub mod head;
pub mod maintenance;
pub mod manifest;
pub mod mask;
pub mod names;
pub mod open;
pub mod prune;
pub mod recent;
pub mod scan;
pub mod signal_store;
pub mod snapshot;
pub mod table;
pub mod tail;
pub mod tombstone;
pub mod visit;
