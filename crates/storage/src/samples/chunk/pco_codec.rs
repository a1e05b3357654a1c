//! The `pco` codec (wrapped form, one chunk of one page) for numbers of chunks.
//!
//! Decoding is guarded: whatever is wrong with the bytes is `Corrupt`, panics of the decoder included.

use crate::error::{Error, Result};
use pco::data_types::Number;
use pco::errors::PcoError;
use pco::wrapped::{FileCompressor, FileDecompressor};
use pco::{ChunkConfig, DecompressorScratch, DeltaSpec, ModeSpec};
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The version of pco's format that is written; not repeated in chunks.
const FORMAT: [u8; 2] = [4, 1];
/// Most numbers of one call.
pub(crate) const NUMBERS_MAX: usize = 1 << 18;

thread_local! {
    static SCRATCH: RefCell<DecompressorScratch> = RefCell::default();
}

/// Integers whose differences compress: `level` is pco's.
pub(crate) fn encode_integers(numbers: &[i64], level: usize, out: &mut Vec<u8>) -> Result<()> {
    let config = ChunkConfig::default()
        .with_compression_level(level)
        .with_mode_spec(ModeSpec::Classic)
        .with_delta_spec(DeltaSpec::TryConsecutive(1));
    encode(numbers, &config, out)
}

/// Floats of any kind, bit for bit; `by_difference` if neighbours are close to each other.
pub(crate) fn encode_floats(numbers: &[f64], by_difference: bool, out: &mut Vec<u8>) -> Result<()> {
    let delta = if by_difference {
        DeltaSpec::TryConsecutive(1)
    } else {
        DeltaSpec::NoOp
    };
    let config = ChunkConfig::default()
        .with_compression_level(4)
        .with_mode_spec(ModeSpec::Auto)
        .with_delta_spec(delta);
    encode(numbers, &config, out)
}

fn encode<T: Number>(numbers: &[T], config: &ChunkConfig, out: &mut Vec<u8>) -> Result<()> {
    let failed = |error: PcoError| Error::internal(format!("encode numbers: {error}"));
    if numbers.len() > NUMBERS_MAX {
        return Err(Error::internal("too many numbers for one chunk"));
    }
    let file = FileCompressor::default();
    let mut chunk = file.chunk_compressor(numbers, config).map_err(failed)?;
    chunk.write_meta(&mut *out).map_err(failed)?;
    chunk.write_page(0, &mut *out).map_err(failed)?;
    Ok(())
}

/// Fills `out` with numbers out of exactly these bytes.
pub(crate) fn decode<T: Number>(bytes: &[u8], out: &mut [T]) -> Result<()> {
    let run = || {
        SCRATCH.with(|scratch| {
            let mut scratch = scratch.borrow_mut();
            let (file, _) = FileDecompressor::new(&FORMAT[..])?;
            let (chunk, rest) = file.chunk_decompressor::<T, _>(bytes)?;
            let mut page = chunk.page_decompressor_with_scratch(rest, out.len(), &mut scratch)?;
            page.read(out)?;
            Ok(page.into_src().len())
        })
    };
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(Ok(0)) => Ok(()),
        Ok(Ok(_)) => Err(Error::corrupt("a chunk of numbers is too long")),
        Ok(Err::<_, PcoError>(error)) => Err(Error::corrupt(format!(
            "decode a chunk of numbers: {error}"
        ))),
        Err(_) => Err(Error::corrupt(
            "decode a chunk of numbers: the decoder panicked",
        )),
    }
}
