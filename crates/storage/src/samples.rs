//! Metrics: series of samples in a block format of their own. Start at `samples/read.rs` (what comes
//! out) and `samples/batch.rs` (what goes in); formats are in `docs/formats/samples*.md`.

pub mod batch;
pub mod block;
pub(crate) mod checkpoint;
pub mod chunk;
pub(crate) mod head;
pub mod hint;
pub(crate) mod join;
pub mod matcher;
pub mod merge;
pub mod read;
pub(crate) mod store;
pub(crate) mod view;
