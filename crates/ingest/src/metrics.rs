//! Samples: OTLP metrics and remote write become batches of series, and batches of scrapes and imports get a
//! body of their own for the log.
//!
//! Start at `translate.rs` (OTLP to series), `remote_write.rs` and `sample_body.rs`; what was decided is kept in
//! `verdict.rs`, so that `replay.rs` gives the same batch. The way in is `ingest/samples.rs`.

pub mod attribute_text;
pub(crate) mod batch;
pub(crate) mod decode;
mod exponential;
pub mod import;
pub(crate) mod labels;
pub mod name;
pub(crate) mod partial;
pub(crate) mod remote_write;
pub(crate) mod replay;
pub mod sample_body;
pub mod settings;
pub(crate) mod translate;
pub mod verdict;
