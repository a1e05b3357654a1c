//! Takes requests in: decompress, decode, judge, log, append; replay drives the same code.
//!
//! No sockets, no async. Start at `ingest.rs` (a request comes in) and `replay.rs` (a frame of the
//! WAL comes back); both go through `body.rs`, `tacho_wire` and `judge.rs`, samples through
//! `metrics.rs`. What was decided is kept in `verdict.rs`, so that replay asks neither clock nor limits nor configuration.

pub mod body;
pub mod fuzzing;
pub mod ingest;
pub mod judge;
pub mod limits;
pub mod meter;
pub mod metrics;
pub mod partial;
pub mod reason;
pub mod refusal;
pub mod replay;
pub mod request;
pub mod scrape;
pub mod telemetry;
pub mod verdict;
