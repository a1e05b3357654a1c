//! A body for batches that did not come as a request: scrapes, imports, derived samples. It holds all that the
//! batch holds, labels included, so that replay needs nothing else. Layout: `docs/formats/sample-batch.md`.

mod read;
mod write;

use tacho_model::labels::Labels;
use tacho_storage::error::{Error, Result};
use tacho_storage::samples::batch::{LabelSource, SampleBatch};

/// The version that this code writes.
pub(crate) const VERSION: u8 = 1;

/// A label set for each series of a batch.
pub struct KnownLabels(pub Vec<Labels>);

impl LabelSource for KnownLabels {
    fn labels(&self, series: usize) -> Result<Labels> {
        let labels = self.0.get(series).cloned();
        labels.ok_or_else(|| Error::internal("labels of a series that the batch does not have"))
    }
}

/// The bytes of a batch whose series have these labels.
pub fn encode(batch: &SampleBatch, labels: &[Labels]) -> Vec<u8> {
    write::batch(batch, labels)
}

/// The batch of bytes that `encode` gave. Its series have no aliases.
///
/// # Errors
/// `Invalid` for a version that this program does not know, `Corrupt` for anything else that no program wrote.
pub fn decode(bytes: &[u8]) -> Result<SampleBatch> {
    read::batch(bytes)
}

#[cfg(test)]
mod tests;
