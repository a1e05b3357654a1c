//! Writes the values of a head that a partition lacks into one file.

use super::file::{
    CHAIN_MAX, ChunkRef, FileIndex, PACK_BYTES, Pack, Run, Trailer, ValueEntry, encode_header,
};
use super::memory::{ChunkHash, MemoryValues};
use super::partition::PartitionValues;
use super::{ValueFileFacts, ValueFileId};
use crate::error::{Error, Result};
use crate::io::{Io, SyncPoint, WriteFile};
use hashbrown::HashMap;
use std::path::Path;

/// Compression of packs.
const ZSTD_LEVEL: i32 = 3;

/// Writes the values that the partition's files lack, and of them only the chunks that these
/// lack. `None`: they have everything, no file was made. `dir` must exist; on success file and
/// folder are durable. The new file refers to chunks of the files in `known`: those must stay as
/// long as it does.
pub fn write_value_file(
    io: &dyn Io,
    dir: &Path,
    id: ValueFileId,
    values: &MemoryValues,
    known: &PartitionValues,
) -> Result<Option<ValueFileFacts>> {
    let mut writer: Option<FileWriter> = None;
    let mut sources = Sources::default();
    let mut own: HashMap<u32, ChunkRef, foldhash::fast::RandomState> = HashMap::default();
    for value in values.values() {
        if known.contains(&value.hash)? {
            continue;
        }
        let writer = match &mut writer {
            Some(writer) => writer,
            none => none.insert(FileWriter::create(io, dir, id)?),
        };
        let mut list = Vec::with_capacity(value.chunks.len());
        for place in &value.chunks {
            let found = match own.get(place) {
                Some(found) => *found,
                None => {
                    let chunk = values.chunk(*place);
                    let found = match known.find_chunk(&chunk.hash)? {
                        Some((file, place)) => ChunkRef {
                            source: sources.slot(file),
                            place,
                        },
                        None => writer.add_chunk(chunk.hash, &chunk.bytes)?,
                    };
                    own.insert(*place, found);
                    found
                }
            };
            list.push(found);
        }
        writer.add_value(value.hash, value.length, list);
    }
    match writer {
        Some(writer) => writer.finish(io, dir, sources.ids).map(Some),
        None => Ok(None),
    }
}

/// Files that a new one refers to.
#[derive(Debug, Default)]
struct Sources {
    ids: Vec<ValueFileId>,
    slots: HashMap<ValueFileId, u32, foldhash::fast::RandomState>,
}

impl Sources {
    fn slot(&mut self, file: ValueFileId) -> u32 {
        let ids = &mut self.ids;
        *self.slots.entry(file).or_insert_with(|| {
            ids.push(file);
            ids.len() as u32
        })
    }
}

/// A file under construction. Packs are written as they fill; the index follows at the end.
#[derive(Debug)]
pub(crate) struct FileWriter {
    id: ValueFileId,
    file: Box<dyn WriteFile>,
    index: FileIndex,
    pack: Vec<u8>,
    pack_chunks: u32,
    raw_bytes: u64,
    /// The last value that begins with a chunk, and its list.
    latest: HashMap<ChunkRef, Latest, foldhash::fast::RandomState>,
}

#[derive(Debug)]
struct Latest {
    place: u32,
    chunks: Vec<ChunkRef>,
    chain: usize,
}

impl FileWriter {
    /// Makes the file of this id.
    pub(crate) fn create(io: &dyn Io, dir: &Path, id: ValueFileId) -> Result<Self> {
        let mut file = io.create(&id.path(dir))?;
        file.write_all(&encode_header(id))?;
        Ok(Self {
            id,
            file,
            index: FileIndex::default(),
            pack: Vec::with_capacity(PACK_BYTES),
            pack_chunks: 0,
            raw_bytes: 0,
            latest: HashMap::default(),
        })
    }

    /// Adds a chunk that is in no known file.
    pub(crate) fn add_chunk(&mut self, hash: ChunkHash, bytes: &[u8]) -> Result<ChunkRef> {
        if !self.pack.is_empty() && self.pack.len() + bytes.len() > PACK_BYTES {
            self.end_pack()?;
        }
        let length = u16::try_from(bytes.len())
            .map_err(|_| Error::internal(format!("a chunk has {} bytes", bytes.len())))?;
        let place = self.index.chunk_hashes.len() as u32;
        self.index.chunk_hashes.push(hash);
        self.index.chunk_lengths.push(length);
        self.pack.extend_from_slice(bytes);
        self.pack_chunks += 1;
        Ok(ChunkRef { source: 0, place })
    }

    fn end_pack(&mut self) -> Result<()> {
        if self.pack_chunks == 0 {
            return Ok(());
        }
        let bytes = zstd::bulk::compress(&self.pack, ZSTD_LEVEL).map_err(|error| {
            Error::internal(format!("compress a pack of values: {error}")).with_source(error)
        })?;
        self.index.packs.push(Pack {
            offset: self.file.len(),
            bytes: bytes.len() as u32,
            crc: crc32c::crc32c(&bytes),
            first_chunk: self.index.chunk_hashes.len() as u32 - self.pack_chunks,
            chunks: self.pack_chunks,
        });
        self.pack.clear();
        self.pack_chunks = 0;
        self.file.write_all(&bytes)
    }

    /// Adds a value whose chunks are here or in other files.
    pub(crate) fn add_value(&mut self, hash: [u8; 32], length: u64, chunks: Vec<ChunkRef>) {
        let place = self.index.values.len() as u32;
        let shared = |known: &[ChunkRef]| {
            let pairs = known.iter().zip(&chunks);
            pairs.take_while(|(a, b)| a == b).count()
        };
        let first = chunks.first().copied();
        let latest = first.and_then(|first| self.latest.get(&first));
        let base = latest
            .filter(|latest| latest.chain < CHAIN_MAX)
            .map(|latest| (latest.place, shared(&latest.chunks), latest.chain))
            .filter(|(_, shared, _)| *shared >= 2);
        let taken = base.map_or(0, |(_, shared, _)| shared);
        let start = self.index.runs.len();
        for chunk in &chunks[taken..] {
            match self.index.runs[start..].last_mut() {
                Some(run) if run.source == chunk.source && run.first + run.count == chunk.place => {
                    run.count += 1;
                }
                _ => self.index.runs.push(Run {
                    source: chunk.source,
                    first: chunk.place,
                    count: 1,
                }),
            }
        }
        self.index.values.push(ValueEntry {
            hash,
            length,
            base: base.map(|(base, shared, _)| (base, shared as u32)),
            runs: start as u32..self.index.runs.len() as u32,
        });
        self.raw_bytes += length;
        if let Some(first) = first {
            let chain = base.map_or(0, |(_, _, chain)| chain + 1);
            self.latest.insert(
                first,
                Latest {
                    place,
                    chunks,
                    chain,
                },
            );
        }
    }

    /// Writes the index and makes file and folder durable.
    pub(crate) fn finish(
        mut self,
        io: &dyn Io,
        dir: &Path,
        sources: Vec<ValueFileId>,
    ) -> Result<ValueFileFacts> {
        self.end_pack()?;
        self.index.sources = sources;
        let index = self.index.encode();
        let trailer = Trailer {
            index_offset: self.file.len(),
            index_bytes: index.len() as u64,
            index_crc: crc32c::crc32c(&index),
            raw_bytes: self.raw_bytes,
        };
        self.file.write_all(&index)?;
        self.file.write_all(&trailer.encode(self.id))?;
        self.file.sync_all(SyncPoint::ValueFile)?;
        io.sync_dir(dir, SyncPoint::ValueDir)?;
        Ok(ValueFileFacts {
            values: self.index.values.len() as u64,
            chunks: self.index.chunk_hashes.len() as u64,
            raw_bytes: self.raw_bytes,
            file_bytes: self.file.len(),
        })
    }
}
