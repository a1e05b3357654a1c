//! Plans and runs the languages over storage: what the server asks, answered from the read trait.
//!
//! Start at `engine.rs`. Everything is synchronous and runs on the caller's query pool; a call
//! stops when the `CancelToken` of its `ReadContext` is cancelled, and counts what it did in the
//! context's `stats`. Answers are plain structs of model types: `server` gives them their wire
//! shape. No HTTP and no clock here.

pub mod buckets;
pub mod compile;
pub mod condition;
pub mod count;
pub mod engine;
pub mod error;
pub mod facet;
pub mod histogram;
pub mod label;
pub mod limits;
pub mod live;
pub mod log;
pub mod outline;
pub mod overview;
pub mod page;
pub mod pattern;
pub mod promql;
pub mod red;
pub mod resolve;
pub mod role;
pub mod service_map;
pub mod sketch;
pub mod span;
pub mod tally;
pub mod trace;
pub mod usage;

mod cells;
mod item;
mod large;
mod run;
mod text;
mod visit;
