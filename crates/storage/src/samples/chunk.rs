//! Chunks: coded runs of samples of one series. `chunk/head.rs` is the form in memory that takes one
//! sample after another; the others are the forms in block files (`docs/formats/samples-chunk.md`).

pub mod head;

pub(crate) mod floats;
pub(crate) mod histograms;
pub(crate) mod times;

mod bits;
pub(crate) mod decimal;
mod exceptions;
mod integers;
mod numbers;
mod pco_codec;
mod starts;

#[cfg(test)]
mod tests;
