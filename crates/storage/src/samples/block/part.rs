//! Parts of the file of a block: each has a kind, a checksum, and may be compressed. Format:
//! `docs/formats/samples-block.md`, section "Parts".

use crate::error::{Error, Result};
use crate::io::ReadFile;
use std::cell::RefCell;
use zstd::bulk::{Compressor, Decompressor};

/// Most bytes of a part, stored or not.
pub(crate) const PART_BYTES_MAX: usize = 64 << 20;
/// Effort of zstd for the index, and for chunks.
const INDEX_LEVEL: i32 = 3;
const CHUNK_LEVEL: i32 = 1;

/// What a part holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum PartKind {
    /// Chunks of neighbouring series.
    Chunks,
    /// Times of chunks.
    Times,
    /// Exemplars of neighbouring series.
    Exemplars,
    /// Where chunks of neighbouring series are.
    Table,
    /// Labels of neighbouring series.
    Series,
    /// Texts of neighbouring label pairs.
    Symbols,
    /// Series of neighbouring label pairs.
    Postings,
    /// Series of one label pair that has many.
    Bitmap,
}

impl PartKind {
    /// All kinds; the position is the code in files.
    pub(crate) const ALL: [PartKind; 8] = [
        PartKind::Chunks,
        PartKind::Times,
        PartKind::Exemplars,
        PartKind::Table,
        PartKind::Series,
        PartKind::Symbols,
        PartKind::Postings,
        PartKind::Bitmap,
    ];
}

/// Where a part lies and what its bytes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part {
    /// What it holds.
    pub kind: PartKind,
    /// Whether zstd compressed it.
    pub is_compressed: bool,
    /// Where it begins in the file.
    pub offset: u64,
    /// Its bytes in the file.
    pub stored_bytes: u32,
    /// Its bytes once decompressed.
    pub bytes: u32,
    /// Checksum of its bytes in the file.
    pub crc: u32,
}

thread_local! {
    static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

/// Compresses a part of the index; `None` if that saves less than a sixteenth.
pub(crate) fn compress_index(bytes: &[u8]) -> Result<Option<Vec<u8>>> {
    compress(bytes, INDEX_LEVEL, bytes.len() / 16)
}

/// Compresses a part of chunks; `None` if that saves less than a tenth.
pub(crate) fn compress_chunks(bytes: &[u8]) -> Result<Option<Vec<u8>>> {
    compress(bytes, CHUNK_LEVEL, bytes.len() / 10)
}

fn compress(bytes: &[u8], level: i32, saved_min: usize) -> Result<Option<Vec<u8>>> {
    let failed = |error: std::io::Error| Error::internal(format!("compress a part: {error}"));
    let mut compressor = Compressor::new(level).map_err(failed)?;
    compressor.include_checksum(false).map_err(failed)?;
    let compressed = compressor.compress(bytes).map_err(failed)?;
    Ok(Some(compressed).filter(|it| it.len() + saved_min < bytes.len()))
}

/// Decompresses to exactly so many bytes.
pub(crate) fn decompress(bytes: &[u8], length: usize) -> Result<Vec<u8>> {
    let failed = |error: std::io::Error| Error::corrupt(format!("decompress a part: {error}"));
    if length > PART_BYTES_MAX {
        return Err(Error::corrupt(format!("a part has {length} bytes")));
    }
    let decompressed = DECOMPRESSOR.with(|slot| {
        let mut slot = slot.borrow_mut();
        let decompressor = match &mut *slot {
            Some(decompressor) => decompressor,
            empty => empty.insert(Decompressor::new().map_err(failed)?),
        };
        decompressor.decompress(bytes, length).map_err(failed)
    })?;
    if decompressed.len() != length {
        return Err(Error::corrupt(format!(
            "a part has {} bytes instead of {length}",
            decompressed.len()
        )));
    }
    Ok(decompressed)
}

impl Part {
    /// A part of nothing, for a place to be filled later.
    pub(crate) fn none(kind: PartKind) -> Self {
        Self {
            kind,
            is_compressed: false,
            offset: 0,
            stored_bytes: 0,
            bytes: 0,
            crc: 0,
        }
    }

    /// Checks the stored bytes and gives those they stand for.
    pub(crate) fn unpack(&self, stored: &[u8]) -> Result<Vec<u8>> {
        self.check(stored)?;
        if self.is_compressed {
            return decompress(stored, self.bytes as usize);
        }
        Ok(stored.to_vec())
    }

    /// Checks the stored bytes.
    pub(crate) fn check(&self, stored: &[u8]) -> Result<()> {
        if stored.len() != self.stored_bytes as usize || crc32c::crc32c(stored) != self.crc {
            return Err(Error::corrupt(format!(
                "wrong checksum in {} bytes from {}",
                self.stored_bytes, self.offset
            )));
        }
        Ok(())
    }

    /// Reads the part of a file.
    pub(crate) fn read(&self, file: &dyn ReadFile) -> Result<Vec<u8>> {
        let mut stored = vec![0; self.stored_bytes as usize];
        file.read_exact_at(&mut stored, self.offset)?;
        if self.is_compressed {
            return self.unpack(&stored);
        }
        self.check(&stored)?;
        Ok(stored)
    }

    /// Where it ends in the file.
    pub(crate) fn end(&self) -> u64 {
        self.offset + u64::from(self.stored_bytes)
    }
}
