//! All files of values of one partition, open for reading.

use super::file::{
    ChunkRef, FileIndex, HEADER_BYTES, PACK_BYTES_MAX, Pack, TRAILER_BYTES, Trailer, check_header,
};
use super::memory::{ChunkHash, chunk_hash};
use super::write::FileWriter;
use super::{ValueFileFacts, ValueFileId};
use crate::error::{Error, Result};
use crate::io::{Io, ReadFile};
use hashbrown::HashMap;
use parking_lot::Mutex;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The values of a partition. Opening reads nothing; indexes are loaded on first use.
#[derive(Debug)]
pub struct PartitionValues {
    io: Arc<dyn Io>,
    dir: PathBuf,
    files: Vec<Arc<FileSlot>>,
}

/// A file and, once it was needed, its index.
#[derive(Debug)]
struct FileSlot {
    id: ValueFileId,
    loaded: Mutex<Option<Arc<ValueFile>>>,
}

/// An open file with its index.
#[derive(Debug)]
struct ValueFile {
    id: ValueFileId,
    file: Arc<dyn ReadFile>,
    index: FileIndex,
    /// Place of each value, by the first bytes of its hash.
    values: HashMap<u64, u32, foldhash::fast::RandomState>,
    /// Place of each chunk, likewise.
    chunks: HashMap<u64, u32, foldhash::fast::RandomState>,
}

fn prefix(hash: &[u8]) -> u64 {
    hash.first_chunk::<8>()
        .copied()
        .map_or(0, u64::from_le_bytes)
}

impl PartitionValues {
    /// The files of these ids in `dir`, oldest first. A new set is opened when files come or go;
    /// `previous` lends it what it has loaded.
    pub fn open(
        io: Arc<dyn Io>,
        dir: &Path,
        files: &[ValueFileId],
        previous: Option<&PartitionValues>,
    ) -> Self {
        let slot = |id: &ValueFileId| {
            let known = previous.filter(|previous| previous.dir == dir);
            let known = known.and_then(|previous| previous.slot(*id));
            known.unwrap_or_else(|| {
                Arc::new(FileSlot {
                    id: *id,
                    loaded: Mutex::default(),
                })
            })
        };
        Self {
            io,
            dir: dir.to_path_buf(),
            files: files.iter().map(slot).collect(),
        }
    }

    fn slot(&self, id: ValueFileId) -> Option<Arc<FileSlot>> {
        self.files.iter().find(|slot| slot.id == id).map(Arc::clone)
    }

    /// The content of a value; `None` if no file has it. `Corrupt` if it is not what was written.
    pub fn get(&self, hash: &[u8; 32]) -> Result<Option<Vec<u8>>> {
        for slot in self.files.iter().rev() {
            let file = self.load(slot)?;
            if let Some(place) = file.find_value(hash) {
                return self
                    .read(&file, place)
                    .map(Some)
                    .map_err(|error| self.name(slot.id, error));
            }
        }
        Ok(None)
    }

    /// Whether a file has the value.
    pub fn contains(&self, hash: &[u8; 32]) -> Result<bool> {
        for slot in self.files.iter().rev() {
            if self.load(slot)?.find_value(hash).is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Bytes of memory held by caches. For each loaded index one file is held open.
    pub fn memory(&self) -> usize {
        let memory =
            |slot: &Arc<FileSlot>| slot.loaded.lock().as_ref().map_or(0, |file| file.memory());
        self.files.iter().map(memory).sum()
    }

    /// Frees all caches.
    pub fn drop_caches(&self) {
        for slot in &self.files {
            *slot.loaded.lock() = None;
        }
    }

    /// Writes one new file, complete in itself, with those values of all files that are `live`.
    /// When the manifest names it instead of the old ones, these can go. `None` if nothing lives;
    /// then no file was made.
    pub fn rewrite(
        &self,
        id: ValueFileId,
        live: &dyn Fn(&[u8; 32]) -> bool,
    ) -> Result<Option<ValueFileFacts>> {
        let values = self.live_values(live)?;
        if values.is_empty() {
            return Ok(None);
        }
        // Chunks are copied in the order of the files, one pack in memory at a time.
        let mut needed: Vec<(usize, u32)> = values
            .iter()
            .flat_map(|value| value.chunks.iter().copied())
            .collect();
        needed.sort_unstable();
        needed.dedup();
        let mut writer = FileWriter::create(&*self.io, &self.dir, id)?;
        let mut places: HashMap<(usize, u32), ChunkRef, foldhash::fast::RandomState> =
            HashMap::default();
        let mut written: HashMap<ChunkHash, ChunkRef, foldhash::fast::RandomState> =
            HashMap::default();
        let mut current: Option<(usize, u32, Vec<u8>)> = None;
        for (slot, place) in needed {
            let file = self.load(&self.files[slot])?;
            let named = |error| self.name(self.files[slot].id, error);
            let pack = file.pack_of(place).map_err(named)?;
            let is_current =
                |(at, first, _): &(usize, u32, Vec<u8>)| *at == slot && *first == pack.first_chunk;
            if !current.as_ref().is_some_and(is_current) {
                current = Some((
                    slot,
                    pack.first_chunk,
                    file.read_pack(&pack).map_err(named)?,
                ));
            }
            let Some((_, _, bytes)) = &current else {
                continue;
            };
            let chunk = &bytes[file.range_in_pack(&pack, place)];
            let hash = file.index.chunk_hashes[place as usize];
            if chunk_hash(chunk) != hash {
                return Err(named(Error::corrupt("a chunk has a wrong hash")));
            }
            let moved = match written.get(&hash) {
                Some(moved) => *moved,
                None => {
                    let moved = writer.add_chunk(hash, chunk)?;
                    written.insert(hash, moved);
                    moved
                }
            };
            places.insert((slot, place), moved);
        }
        for value in values {
            let chunks = value.chunks.iter().filter_map(|chunk| places.get(chunk));
            writer.add_value(value.hash, value.length, chunks.copied().collect());
        }
        writer.finish(&*self.io, &self.dir, Vec::new()).map(Some)
    }

    /// Verifies every checksum of all files, and that all chunks that values refer to are there.
    pub fn verify(&self) -> Result<()> {
        for slot in &self.files {
            let file = self.load(slot)?;
            let named = |error| self.name(slot.id, error);
            for pack in &file.index.packs {
                file.read_pack(pack).map_err(named)?;
            }
            for place in 0..file.index.values.len() {
                self.locate(&file, place as u32).map_err(named)?;
            }
        }
        Ok(())
    }

    /// Where a chunk lies.
    pub(crate) fn find_chunk(&self, hash: &ChunkHash) -> Result<Option<(ValueFileId, u32)>> {
        for slot in &self.files {
            let file = self.load(slot)?;
            let place = file.chunks.get(&prefix(hash)).copied();
            if let Some(place) = place
                && file.index.chunk_hashes.get(place as usize) == Some(hash)
            {
                return Ok(Some((slot.id, place)));
            }
        }
        Ok(None)
    }

    fn name(&self, id: ValueFileId, error: Error) -> Error {
        error.context(format_args!("values {}", id.path(&self.dir).display()))
    }

    fn load(&self, slot: &FileSlot) -> Result<Arc<ValueFile>> {
        let mut loaded = slot.loaded.lock();
        if let Some(file) = &*loaded {
            return Ok(Arc::clone(file));
        }
        let file = self.io.open_read(&slot.id.path(&self.dir))?;
        let file = ValueFile::open(file, slot.id).map_err(|error| self.name(slot.id, error))?;
        Ok(Arc::clone(loaded.insert(Arc::new(file))))
    }

    /// Places (of files in this set) and chunks of a value, in its order.
    fn locate(&self, file: &ValueFile, place: u32) -> Result<Vec<(Arc<ValueFile>, ChunkRef)>> {
        let chunks = file.index.chunks_of(place)?;
        let mut sources: HashMap<u32, Arc<ValueFile>, foldhash::fast::RandomState> =
            HashMap::default();
        let mut located = Vec::with_capacity(chunks.len());
        for chunk in chunks {
            let source = match sources.get(&chunk.source) {
                Some(source) => Arc::clone(source),
                None => {
                    let slot = self.source_slot(file, chunk.source)?;
                    let source = self.load(&slot)?;
                    sources.insert(chunk.source, Arc::clone(&source));
                    source
                }
            };
            if chunk.place as usize >= source.index.chunk_hashes.len() {
                return Err(Error::corrupt(
                    "a value refers to a chunk that is not there",
                ));
            }
            located.push((source, chunk));
        }
        Ok(located)
    }

    fn source_slot(&self, file: &ValueFile, source: u32) -> Result<Arc<FileSlot>> {
        let id = match source {
            0 => Some(file.id),
            other => file.index.sources.get(other as usize - 1).copied(),
        };
        id.and_then(|id| self.slot(id)).ok_or_else(|| {
            Error::corrupt(format!(
                "a value refers to the file {} that is not there",
                id.unwrap_or_default()
            ))
        })
    }

    fn read(&self, file: &ValueFile, place: u32) -> Result<Vec<u8>> {
        let located = self.locate(file, place)?;
        let value = &file.index.values[place as usize];
        let mut pieces = Vec::with_capacity(located.len());
        let mut length = 0usize;
        for (source, chunk) in &located {
            let bytes = usize::from(source.index.chunk_lengths[chunk.place as usize]);
            pieces.push((chunk.source, chunk.place, source, length..length + bytes));
            length += bytes;
        }
        if length as u64 != value.length {
            return Err(Error::corrupt("the chunks of a value have a wrong length"));
        }
        pieces.sort_unstable_by_key(|(source, place, _, _)| (*source, *place));
        let mut content = vec![0; length];
        let mut current: Option<(u32, u32, Vec<u8>)> = None;
        for (source, place, file, range) in pieces {
            let pack = file.pack_of(place)?;
            let is_current =
                |(at, first, _): &(u32, u32, Vec<u8>)| *at == source && *first == pack.first_chunk;
            if !current.as_ref().is_some_and(is_current) {
                current = Some((source, pack.first_chunk, file.read_pack(&pack)?));
            }
            if let Some((_, _, bytes)) = &current {
                content[range].copy_from_slice(&bytes[file.range_in_pack(&pack, place)]);
            }
        }
        if blake3::hash(&content).as_bytes() != &value.hash {
            return Err(Error::corrupt("a value has a wrong hash"));
        }
        Ok(content)
    }

    /// Values to keep, each once, with (place of the file in this set, chunk) of all chunks.
    fn live_values(&self, live: &dyn Fn(&[u8; 32]) -> bool) -> Result<Vec<LiveValue>> {
        let mut seen: HashMap<[u8; 32], (), foldhash::fast::RandomState> = HashMap::default();
        let mut values = Vec::new();
        for (at, slot) in self.files.iter().enumerate() {
            let file = self.load(slot)?;
            for (place, value) in file.index.values.iter().enumerate() {
                if !live(&value.hash) || seen.insert(value.hash, ()).is_some() {
                    continue;
                }
                let named = |error| self.name(slot.id, error);
                let mut chunks = Vec::new();
                for chunk in file.index.chunks_of(place as u32).map_err(named)? {
                    let source = match chunk.source {
                        0 => at,
                        other => {
                            let id = self.source_slot(&file, other).map_err(named)?.id;
                            let found = self.files.iter().position(|slot| slot.id == id);
                            found.unwrap_or(at)
                        }
                    };
                    chunks.push((source, chunk.place));
                }
                values.push(LiveValue {
                    hash: value.hash,
                    length: value.length,
                    chunks,
                });
            }
        }
        Ok(values)
    }
}

struct LiveValue {
    hash: [u8; 32],
    length: u64,
    chunks: Vec<(usize, u32)>,
}

impl ValueFile {
    fn open(file: Arc<dyn ReadFile>, id: ValueFileId) -> Result<Self> {
        let length = file.len();
        let smallest = (HEADER_BYTES + TRAILER_BYTES) as u64;
        if length < smallest {
            return Err(Error::corrupt(format!("the file has only {length} bytes")));
        }
        let mut header = [0; HEADER_BYTES];
        file.read_exact_at(&mut header, 0)?;
        check_header(&header, id)?;
        let mut trailer = [0; TRAILER_BYTES];
        file.read_exact_at(&mut trailer, length - TRAILER_BYTES as u64)?;
        let trailer = Trailer::decode(&trailer, id, length)?;
        let mut bytes = vec![0; trailer.index_bytes as usize];
        file.read_exact_at(&mut bytes, trailer.index_offset)?;
        if crc32c::crc32c(&bytes) != trailer.index_crc {
            return Err(Error::corrupt("the index has a wrong checksum"));
        }
        let index = FileIndex::decode(&bytes)?;
        let packs_end = index
            .packs
            .last()
            .map(|pack| pack.offset + u64::from(pack.bytes));
        if packs_end.unwrap_or(HEADER_BYTES as u64) != trailer.index_offset {
            return Err(Error::corrupt(
                "the packs do not end where the index begins",
            ));
        }
        let values = index.values.iter().enumerate();
        let values = values.map(|(place, value)| (prefix(&value.hash), place as u32));
        let chunks = index.chunk_hashes.iter().enumerate();
        let chunks = chunks.map(|(place, hash)| (prefix(hash), place as u32));
        Ok(Self {
            id,
            file,
            values: values.collect(),
            chunks: chunks.collect(),
            index,
        })
    }

    fn memory(&self) -> usize {
        let index = &self.index;
        (self.values.capacity() + self.chunks.capacity()) * 17
            + index.chunk_hashes.len() * 18
            + index.values.len() * size_of::<super::file::ValueEntry>()
            + index.runs.len() * 12
            + index.packs.len() * size_of::<Pack>()
    }

    fn find_value(&self, hash: &[u8; 32]) -> Option<u32> {
        let place = self.values.get(&prefix(hash)).copied()?;
        let value = self.index.values.get(place as usize)?;
        if value.hash == *hash {
            return Some(place);
        }
        // Two hashes that begin alike: look at all.
        let place = self
            .index
            .values
            .iter()
            .position(|value| value.hash == *hash)?;
        Some(place as u32)
    }

    fn pack_of(&self, chunk: u32) -> Result<Pack> {
        let pack = self.index.pack_of(chunk).copied();
        pack.ok_or_else(|| Error::corrupt("a chunk is in no pack"))
    }

    /// Where a chunk lies in its pack, unpacked.
    fn range_in_pack(&self, pack: &Pack, chunk: u32) -> std::ops::Range<usize> {
        let lengths = &self.index.chunk_lengths;
        let before = lengths[pack.first_chunk as usize..chunk as usize].iter();
        let start: usize = before.map(|length| usize::from(*length)).sum();
        start..start + usize::from(lengths[chunk as usize])
    }

    /// Reads a pack and unpacks it; it is as long as its chunks say.
    fn read_pack(&self, pack: &Pack) -> Result<Vec<u8>> {
        let mut bytes = vec![0; pack.bytes as usize];
        self.file.read_exact_at(&mut bytes, pack.offset)?;
        if crc32c::crc32c(&bytes) != pack.crc {
            return Err(Error::corrupt("a pack has a wrong checksum"));
        }
        let last = pack.first_chunk as usize + pack.chunks as usize;
        let lengths = &self.index.chunk_lengths[pack.first_chunk as usize..last];
        let length: usize = lengths.iter().map(|length| usize::from(*length)).sum();
        if length > PACK_BYTES_MAX {
            return Err(Error::corrupt("a pack is too long"));
        }
        let unpacked = zstd::bulk::decompress(&bytes, length).map_err(|error| {
            Error::corrupt(format!("unpack values: {error}")).with_source(error)
        })?;
        if unpacked.len() != length {
            return Err(Error::corrupt("a pack has a wrong length"));
        }
        Ok(unpacked)
    }
}

/// Reads the index of a file of values, for fuzzing: any bytes give values or an error.
pub fn decode_index(bytes: &[u8]) -> Result<usize> {
    let index = FileIndex::decode(bytes)?;
    let mut chunks = 0;
    for place in 0..index.values.len() {
        chunks += index.chunks_of(place as u32)?.len();
    }
    Ok(chunks)
}
