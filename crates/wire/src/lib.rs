//! Bytes to model and back: OTLP as protobuf and as JSON with the status bodies that answer it, Prometheus
//! remote write, and the exposition formats.
//!
//! No sockets, no clock, no storage. Start at `otlp.rs`, `remote_write.rs` and `exposition.rs`; `pb.rs` and `json.rs`
//! read and write two encodings, `collect.rs` holds the plainest sinks. What is taken, changed and given out is
//! written down in `docs/formats`.

#![cfg_attr(not(test), deny(clippy::indexing_slicing))]

pub mod alias;
pub mod collect;
pub mod error;
pub mod exposition;
pub mod fuzzing;
mod json;
pub mod otlp;
pub mod pb;
pub mod remote_write;
pub mod status;
