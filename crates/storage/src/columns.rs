//! Columns in memory: what a request is decoded into, what the head holds, what blocks are
//! written from and read into, and what the read trait gives out.
//!
//! Attributes are sparse: a column holds row numbers and values of one key and one type, so a rare
//! key costs nothing in the other rows. `span_batch.rs` and `log_batch.rs` are the two tables;
//! both share `shared.rs`. A batch read with a projection leaves the other columns empty.

pub mod attribute;
pub mod known;
pub mod log_batch;
pub mod projection;
pub mod shared;
pub mod span_batch;
pub mod text;
