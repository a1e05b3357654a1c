//! A file of values as bytes. The layout is `docs/formats/values.md`.
//!
//! Header, packs of chunks, index, trailer. Decoding trusts nothing; what is not needed of the
//! index stays as it is in the file.

use super::ValueFileId;
use super::cut::{CHUNK_MAX, CHUNK_MIN};
use super::memory::ChunkHash;
use crate::error::{Error, Result};
use crate::varint::{Reader, put_signed, put_unsigned};

/// The first bytes of the file.
pub(crate) const MAGIC: [u8; 8] = *b"TACHOval";
/// The newest version known.
pub(crate) const VERSION: u32 = 1;
/// Bytes of the header.
pub(crate) const HEADER_BYTES: usize = 32;
/// Bytes of the trailer.
pub(crate) const TRAILER_BYTES: usize = 48;
/// Chunks are compressed together up to about this many bytes.
pub(crate) const PACK_BYTES: usize = 64 << 10;
/// Most bytes of a pack before compression.
pub(crate) const PACK_BYTES_MAX: usize = PACK_BYTES + CHUNK_MAX;
/// Longest chain of values that continue each other.
pub(crate) const CHAIN_MAX: usize = 32;
/// Most bytes of a value.
pub(crate) const VALUE_BYTES_MAX: u64 = 1 << 30;
/// Most bytes of an index: bounds what is read into memory.
const INDEX_BYTES_MAX: u64 = 1 << 30;

/// Where a chunk lies: the file (0 is this one, others count from 1 in `sources`) and its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ChunkRef {
    pub(crate) source: u32,
    pub(crate) place: u32,
}

/// Neighbouring chunks of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) source: u32,
    pub(crate) first: u32,
    pub(crate) count: u32,
}

/// Chunks compressed together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Pack {
    /// Where it begins in the file.
    pub(crate) offset: u64,
    /// Its bytes in the file.
    pub(crate) bytes: u32,
    /// Their checksum.
    pub(crate) crc: u32,
    /// Its first chunk.
    pub(crate) first_chunk: u32,
    /// Number of its chunks.
    pub(crate) chunks: u32,
}

/// A value: the first chunks of an earlier value of this file, then runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ValueEntry {
    /// BLAKE3 of the content.
    pub(crate) hash: [u8; 32],
    /// Bytes of the content.
    pub(crate) length: u64,
    /// The value it continues, and how many of its chunks it takes.
    pub(crate) base: Option<(u32, u32)>,
    /// Its runs in `FileIndex::runs`.
    pub(crate) runs: std::ops::Range<u32>,
}

/// The index of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct FileIndex {
    /// Other files that values refer to.
    pub(crate) sources: Vec<ValueFileId>,
    /// Packs, in the order of the file.
    pub(crate) packs: Vec<Pack>,
    /// Hash of each chunk.
    pub(crate) chunk_hashes: Vec<ChunkHash>,
    /// Length of each chunk.
    pub(crate) chunk_lengths: Vec<u16>,
    /// Values; a base comes before what continues it.
    pub(crate) values: Vec<ValueEntry>,
    /// Runs of all values.
    pub(crate) runs: Vec<Run>,
}

impl FileIndex {
    /// The bytes in the file.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        put_unsigned(&mut out, self.sources.len() as u64);
        for source in &self.sources {
            out.extend_from_slice(&source.0.to_le_bytes());
        }
        put_unsigned(&mut out, self.packs.len() as u64);
        for pack in &self.packs {
            put_unsigned(&mut out, u64::from(pack.bytes));
            out.extend_from_slice(&pack.crc.to_le_bytes());
            put_unsigned(&mut out, u64::from(pack.chunks));
        }
        for (hash, length) in self.chunk_hashes.iter().zip(&self.chunk_lengths) {
            out.extend_from_slice(hash);
            put_unsigned(&mut out, u64::from(*length));
        }
        put_unsigned(&mut out, self.values.len() as u64);
        for (place, value) in self.values.iter().enumerate() {
            out.extend_from_slice(&value.hash);
            put_unsigned(&mut out, value.length);
            match value.base {
                Some((base, chunks)) => {
                    put_unsigned(&mut out, place as u64 - u64::from(base));
                    put_unsigned(&mut out, u64::from(chunks));
                }
                None => put_unsigned(&mut out, 0),
            }
            put_unsigned(&mut out, u64::from(value.runs.end - value.runs.start));
            let mut next = 0i64;
            for run in self.runs_of(value) {
                put_unsigned(&mut out, u64::from(run.source));
                put_signed(&mut out, i64::from(run.first) - next);
                put_unsigned(&mut out, u64::from(run.count));
                next = i64::from(run.first) + i64::from(run.count);
            }
        }
        out
    }

    /// Runs of a value, without those of its base.
    pub(crate) fn runs_of(&self, value: &ValueEntry) -> &[Run] {
        self.runs
            .get(value.runs.start as usize..value.runs.end as usize)
            .unwrap_or_default()
    }

    /// Reads an index.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self> {
        let mut reader = Reader::new(bytes, "index of a file of values");
        let mut index = Self::default();
        for _ in 0..reader.count(8)? {
            let id = reader.bytes(8)?.first_chunk::<8>().copied();
            let id = id.map_or(0, u64::from_le_bytes);
            index.sources.push(ValueFileId(id));
        }
        let mut offset = HEADER_BYTES as u64;
        let mut chunks = 0u64;
        for _ in 0..reader.count(6)? {
            let bytes = reader.unsigned()?;
            let crc = reader.word()?;
            let count = reader.unsigned()?;
            if bytes > (PACK_BYTES_MAX * 2) as u64 || count > PACK_BYTES_MAX as u64 {
                return Err(reader.wrong("a pack is too large"));
            }
            index.packs.push(Pack {
                offset,
                bytes: bytes as u32,
                crc,
                first_chunk: chunks as u32,
                chunks: count as u32,
            });
            offset += bytes;
            chunks += count;
        }
        if chunks > (bytes.len() / 17) as u64 {
            return Err(reader.wrong("more chunks than there is room for"));
        }
        for _ in 0..chunks {
            let hash = reader.bytes(16)?.first_chunk::<16>().copied();
            index.chunk_hashes.push(hash.unwrap_or_default());
            let length = u16::try_from(reader.unsigned()?).ok();
            let length = length.filter(|length| usize::from(*length) <= CHUNK_MAX);
            let length = length.ok_or_else(|| reader.wrong("a chunk is too long"))?;
            index.chunk_lengths.push(length);
        }
        for place in 0..reader.count(35)? {
            index.decode_value(place as u64, &mut reader)?;
        }
        reader.finish()?;
        Ok(index)
    }

    fn decode_value(&mut self, place: u64, reader: &mut Reader<'_>) -> Result<()> {
        let hash = reader.bytes(32)?.first_chunk::<32>().copied();
        let length = reader.unsigned()?;
        if length > VALUE_BYTES_MAX {
            return Err(reader.wrong("a value is too long"));
        }
        let base = match reader.unsigned()? {
            0 => None,
            back if back > place => return Err(reader.wrong("a value continues none")),
            back => {
                let chunks = u32::try_from(reader.unsigned()?);
                let chunks = chunks.map_err(|_| reader.wrong("a base is too long"))?;
                Some(((place - back) as u32, chunks))
            }
        };
        let start = self.runs.len() as u32;
        let mut next = 0i64;
        for _ in 0..reader.count(3)? {
            let source = reader.unsigned()?;
            let first = next.wrapping_add(reader.signed()?);
            let count = reader.unsigned()?;
            let end = u64::try_from(first)
                .ok()
                .and_then(|first| first.checked_add(count));
            let limit = match source {
                0 => self.chunk_hashes.len() as u64,
                _ => u64::from(u32::MAX),
            };
            if source > self.sources.len() as u64 || end.is_none_or(|end| end > limit) {
                return Err(reader.wrong("a run is out of place"));
            }
            next = first.wrapping_add(count as i64);
            self.runs.push(Run {
                source: source as u32,
                first: first as u32,
                count: count as u32,
            });
        }
        self.values.push(ValueEntry {
            hash: hash.unwrap_or_default(),
            length,
            base,
            runs: start..self.runs.len() as u32,
        });
        Ok(())
    }

    /// The chunks of a value.
    pub(crate) fn chunks_of(&self, place: u32) -> Result<Vec<ChunkRef>> {
        let broken = || Error::corrupt("a list of chunks of a file of values is broken");
        let mut chain = Vec::new();
        let mut at = place;
        loop {
            let value = self.values.get(at as usize).ok_or_else(broken)?;
            chain.push(value);
            match value.base {
                // A base comes before, so this ends; writers keep chains short.
                Some((base, _)) if chain.len() <= CHAIN_MAX => at = base,
                Some(_) => return Err(broken()),
                None => break,
            }
        }
        let mut chunks: Vec<ChunkRef> = Vec::new();
        for value in chain.into_iter().rev() {
            if let Some((_, count)) = value.base {
                if count as usize > chunks.len() {
                    return Err(broken());
                }
                chunks.truncate(count as usize);
            }
            // Only the last chunk of a value may be shorter than the minimum.
            let more = self.runs_of(value).iter().map(|run| u64::from(run.count));
            let count = chunks.len() as u64 + more.sum::<u64>();
            if count > value.length / CHUNK_MIN as u64 + 1 {
                return Err(broken());
            }
            for run in self.runs_of(value) {
                chunks.extend((0..run.count).map(|step| ChunkRef {
                    source: run.source,
                    place: run.first + step,
                }));
            }
        }
        Ok(chunks)
    }

    /// The pack of a chunk.
    pub(crate) fn pack_of(&self, chunk: u32) -> Option<&Pack> {
        let after = self.packs.partition_point(|pack| pack.first_chunk <= chunk);
        let pack = self.packs.get(after.checked_sub(1)?)?;
        (chunk - pack.first_chunk < pack.chunks).then_some(pack)
    }
}

/// The end of a file: where its index lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Trailer {
    /// Where the index begins.
    pub(crate) index_offset: u64,
    /// Bytes of the index.
    pub(crate) index_bytes: u64,
    /// Its checksum.
    pub(crate) index_crc: u32,
    /// Bytes of all values, as they came.
    pub(crate) raw_bytes: u64,
}

impl Trailer {
    /// The bytes in the file of this id.
    pub(crate) fn encode(&self, id: ValueFileId) -> [u8; TRAILER_BYTES] {
        let mut bytes = [0; TRAILER_BYTES];
        bytes[..8].copy_from_slice(&self.index_offset.to_le_bytes());
        bytes[8..16].copy_from_slice(&self.index_bytes.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.raw_bytes.to_le_bytes());
        bytes[24..32].copy_from_slice(&id.0.to_le_bytes());
        bytes[32..36].copy_from_slice(&self.index_crc.to_le_bytes());
        let crc = crc32c::crc32c(&bytes[..TRAILER_BYTES - 4]);
        bytes[TRAILER_BYTES - 4..].copy_from_slice(&crc.to_le_bytes());
        bytes
    }

    /// Reads the trailer of a file of so many bytes.
    pub(crate) fn decode(
        bytes: &[u8; TRAILER_BYTES],
        id: ValueFileId,
        file_bytes: u64,
    ) -> Result<Self> {
        let corrupt = |what: &str| Error::corrupt(format!("the trailer {what}"));
        let crc = bytes
            .last_chunk::<4>()
            .copied()
            .map_or(0, u32::from_le_bytes);
        if crc32c::crc32c(&bytes[..TRAILER_BYTES - 4]) != crc {
            return Err(corrupt("has a wrong checksum"));
        }
        let long = |at: usize| {
            let found = bytes.get(at..at + 8).and_then(<[u8]>::first_chunk::<8>);
            found.copied().map_or(0, u64::from_le_bytes)
        };
        let trailer = Self {
            index_offset: long(0),
            index_bytes: long(8),
            raw_bytes: long(16),
            index_crc: long(32) as u32,
        };
        let end = trailer.index_offset.checked_add(trailer.index_bytes);
        if long(24) != id.0
            || end.and_then(|end| end.checked_add(TRAILER_BYTES as u64)) != Some(file_bytes)
            || trailer.index_offset < HEADER_BYTES as u64
            || trailer.index_bytes > INDEX_BYTES_MAX
        {
            return Err(corrupt("does not fit the file"));
        }
        Ok(trailer)
    }
}

/// The header of the file of this id.
pub(crate) fn encode_header(id: ValueFileId) -> [u8; HEADER_BYTES] {
    let mut bytes = [0; HEADER_BYTES];
    bytes[..8].copy_from_slice(&MAGIC);
    bytes[8..12].copy_from_slice(&VERSION.to_le_bytes());
    bytes[16..24].copy_from_slice(&id.0.to_le_bytes());
    let crc = crc32c::crc32c(&bytes[..HEADER_BYTES - 4]);
    bytes[HEADER_BYTES - 4..].copy_from_slice(&crc.to_le_bytes());
    bytes
}

/// Checks a header. `Corrupt` if it is none, `Invalid` if a newer program wrote it.
pub(crate) fn check_header(bytes: &[u8; HEADER_BYTES], id: ValueFileId) -> Result<()> {
    let corrupt = |what: &str| Error::corrupt(format!("the header {what}"));
    if bytes[..8] != MAGIC {
        return Err(corrupt("does not start with its magic bytes"));
    }
    let crc = bytes
        .last_chunk::<4>()
        .copied()
        .map_or(0, u32::from_le_bytes);
    if crc32c::crc32c(&bytes[..HEADER_BYTES - 4]) != crc {
        return Err(corrupt("has a wrong checksum"));
    }
    let version = bytes[8..]
        .first_chunk::<4>()
        .copied()
        .map_or(0, u32::from_le_bytes);
    if version == 0 || version > VERSION {
        return Err(Error::invalid(format!(
            "the file of values has version {version}, this program knows up to {VERSION}"
        )));
    }
    if bytes[16..24] != id.0.to_le_bytes() {
        return Err(corrupt("is that of another file"));
    }
    Ok(())
}
