//! Chunks: coded runs of samples of one series. `chunk/head.rs` is the form in memory that takes one
//! sample after another; the others are the forms in block files (`docs/formats/samples-chunk.md`).

pub mod head;

mod bits;
mod decimal;
