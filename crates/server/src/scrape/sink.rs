//! Where the samples of scrapes go.

use tacho_storage::samples::batch::SampleBatch;

/// Takes samples. Called from threads that may wait.
pub trait SampleSink: Send + Sync {
    /// Takes a batch. Samples that are too old or contradict others are left out without an error.
    ///
    /// # Errors
    /// Why nothing could be kept.
    fn accept(&self, batch: SampleBatch) -> Result<(), String>;
}
