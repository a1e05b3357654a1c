//! Chunks that take no more samples. Series in memory consist of short ones, so that reading a range
//! decodes little beside it; a copy of one shares its bytes.

use super::iter::HeadIter;
use super::{HAS_STARTS, HeadChunk};
use std::sync::Arc;
use tacho_model::sample::SampleColumns;

/// Samples of a chunk; then it is sealed.
pub const SEALED_SAMPLES: usize = 160;

/// A chunk that takes no more samples.
#[derive(Debug, Clone)]
pub struct SealedChunk {
    bytes: Arc<[u8]>,
    first_time: i64,
    span: u32,
    count: u16,
    has_starts: bool,
}

impl SealedChunk {
    /// Number of samples.
    pub fn len(&self) -> usize {
        usize::from(self.count)
    }

    /// True without samples.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Bytes of memory, the struct itself included.
    pub fn memory(&self) -> usize {
        size_of::<Self>() + 2 * size_of::<usize>() + self.bytes.len()
    }

    /// Time of the first sample, milliseconds.
    pub fn first_time(&self) -> i64 {
        self.first_time
    }

    /// Time of the last sample, milliseconds.
    pub fn last_time(&self) -> i64 {
        self.first_time.wrapping_add(i64::from(self.span))
    }

    /// Adds all samples to the end of the columns.
    pub fn decode_into(&self, out: &mut SampleColumns) {
        HeadIter::new(&self.bytes, self.has_starts, self.count, self.first_time).decode_into(out);
    }
}

impl HeadChunk {
    /// True for a chunk that is long enough to be sealed.
    pub fn is_long(&self) -> bool {
        self.len() >= SEALED_SAMPLES
    }

    /// The chunk as one that takes no more samples; this one is empty then.
    pub fn seal(&mut self) -> SealedChunk {
        let chunk = std::mem::take(self);
        SealedChunk {
            bytes: chunk.buffer.get(..chunk.bytes()).unwrap_or_default().into(),
            first_time: chunk.first_time(),
            span: chunk.span,
            count: chunk.count,
            has_starts: chunk.mode & HAS_STARTS != 0,
        }
    }
}
