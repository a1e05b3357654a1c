//! The index of an open block: loaded part by part when needed, kept until released.

use super::layout::{Directory, Page, TRAILER_BYTES, Trailer};
use super::part::{Part, PartKind, decompress};
use super::postings::decode_bitmap;
use super::symbols_page::Symbols;
use crate::error::{Error, Result};
use crate::io::ReadFile;
use crate::samples::chunk::times::{self, Times};
use crate::varint::Reader;
use hashbrown::HashMap;
use parking_lot::RwLock;
use roaring::RoaringBitmap;
use std::sync::Arc;

/// Beyond this, everything but the directory is forgotten; it is loaded again when needed.
const LOADED_BYTES_MAX: usize = 32 << 20;
/// Times of fewer samples are decoded each time.
const KEPT_TIMES_MIN: usize = 32;

/// The file of a block and what is loaded of its index.
#[derive(Debug)]
pub(crate) struct Index {
    /// The file.
    pub file: Arc<dyn ReadFile>,
    /// Its end.
    pub trailer: Trailer,
    loaded: RwLock<Loaded>,
}

#[derive(Debug, Default)]
struct Loaded {
    directory: Option<Arc<Directory>>,
    directory_bytes: usize,
    bytes: usize,
    pages: HashMap<(PartKind, u32), Arc<[u8]>>,
    symbols: HashMap<u32, Arc<Symbols>>,
    bitmaps: HashMap<u32, Arc<RoaringBitmap>>,
    times_parts: HashMap<u32, Arc<TimesPart>>,
    times: HashMap<u32, Arc<[i64]>>,
}

impl Loaded {
    fn make_room(&mut self, bytes: usize) {
        if self.bytes + bytes > LOADED_BYTES_MAX {
            *self = Self {
                directory: self.directory.take(),
                directory_bytes: self.directory_bytes,
                ..Self::default()
            };
        }
        self.bytes += bytes;
    }
}

/// A part of times.
#[derive(Debug)]
struct TimesPart {
    bytes: Vec<u8>,
    /// Where each begins and ends.
    ranges: Vec<(u32, u32)>,
}

impl Index {
    /// The index of a file with that trailer; nothing is loaded yet.
    pub(crate) fn new(file: Arc<dyn ReadFile>, trailer: Trailer) -> Self {
        Self {
            file,
            trailer,
            loaded: RwLock::default(),
        }
    }

    /// Number of series.
    pub(crate) fn series(&self) -> u32 {
        self.trailer.facts.series as u32
    }

    /// Bytes of memory of what is loaded.
    pub(crate) fn memory(&self) -> usize {
        let loaded = self.loaded.read();
        loaded.bytes + loaded.directory_bytes
    }

    /// Forgets what is loaded.
    pub(crate) fn release(&self) {
        *self.loaded.write() = Loaded::default();
    }

    /// Where everything is.
    pub(crate) fn directory(&self) -> Result<Arc<Directory>> {
        if let Some(directory) = &self.loaded.read().directory {
            return Ok(Arc::clone(directory));
        }
        let trailer = &self.trailer;
        let mut stored = vec![0; trailer.stored_bytes as usize];
        self.file.read_exact_at(&mut stored, trailer.directory_at)?;
        if crc32c::crc32c(&stored) != trailer.crc {
            return Err(Error::corrupt("the directory has a wrong checksum"));
        }
        let bytes = if trailer.bytes == trailer.stored_bytes {
            stored
        } else {
            decompress(&stored, trailer.bytes as usize)?
        };
        let directory = Arc::new(Directory::decode(&bytes, trailer)?);
        let mut loaded = self.loaded.write();
        loaded.directory_bytes = directory.memory();
        loaded.directory = Some(Arc::clone(&directory));
        Ok(directory)
    }

    /// The bytes of a part, kept.
    pub(crate) fn page(&self, part: &Part, number: u32) -> Result<Arc<[u8]>> {
        let key = (part.kind, number);
        if let Some(bytes) = self.loaded.read().pages.get(&key) {
            return Ok(Arc::clone(bytes));
        }
        let bytes: Arc<[u8]> = part.read(&*self.file)?.into();
        let mut loaded = self.loaded.write();
        loaded.make_room(bytes.len() + 64);
        loaded.pages.insert(key, Arc::clone(&bytes));
        Ok(bytes)
    }

    /// The texts of a page.
    pub(crate) fn symbols(&self, directory: &Directory, number: u32) -> Result<Arc<Symbols>> {
        if let Some(symbols) = self.loaded.read().symbols.get(&number) {
            return Ok(Arc::clone(symbols));
        }
        let pages = &directory.symbols;
        let page = pages.get(number as usize).ok_or_else(missing)?;
        let next = pages.get(number as usize + 1);
        let end = next.map_or(directory.pairs(), |next| next.page.first);
        let bytes = page.page.part.read(&*self.file)?;
        let symbols = Arc::new(Symbols::decode(&bytes, end - page.page.first)?);
        let mut loaded = self.loaded.write();
        loaded.make_room(symbols.memory());
        loaded.symbols.insert(number, Arc::clone(&symbols));
        Ok(symbols)
    }

    /// A bitmap of postings.
    pub(crate) fn bitmap(&self, directory: &Directory, number: u32) -> Result<Arc<RoaringBitmap>> {
        if let Some(bitmap) = self.loaded.read().bitmaps.get(&number) {
            return Ok(Arc::clone(bitmap));
        }
        let part = directory.bitmaps.get(number as usize).ok_or_else(missing)?;
        let bytes = part.read(&*self.file)?;
        let bitmap = Arc::new(decode_bitmap(&bytes, self.series())?);
        let mut loaded = self.loaded.write();
        loaded.make_room(bytes.len() + 128);
        loaded.bitmaps.insert(number, Arc::clone(&bitmap));
        Ok(bitmap)
    }

    /// Calls with times, relative to the first one.
    pub(crate) fn with_times<T>(
        &self,
        directory: &Directory,
        number: u32,
        scratch: &mut Vec<i64>,
        run: impl FnOnce(&[i64]) -> Result<T>,
    ) -> Result<T> {
        let kept = self.loaded.read().times.get(&number).map(Arc::clone);
        if let Some(times) = kept {
            return run(&times);
        }
        self.decode_times(directory, number, scratch)?;
        if scratch.len() >= KEPT_TIMES_MIN {
            let times: Arc<[i64]> = scratch.as_slice().into();
            let mut loaded = self.loaded.write();
            loaded.make_room(times.len() * 8 + 48);
            loaded.times.insert(number, times);
        }
        run(scratch)
    }

    fn decode_times(&self, directory: &Directory, number: u32, out: &mut Vec<i64>) -> Result<()> {
        let part = self.times_part(directory, number)?;
        let (count, coded) = times::parse(part.get(number)?)?;
        match coded {
            Times::Own(code, bytes) => times::decode_own(code, bytes, count, out),
            Times::Part { back, first, runs } => {
                let whole = u64::from(number).checked_sub(back);
                let whole = whole.filter(|_| back > 0).ok_or_else(missing)? as u32;
                let others = self.times_part(directory, whole)?;
                let others = times::parse(others.get(whole)?)?;
                let (whole_count, Times::Own(code, bytes)) = others else {
                    return Err(Error::corrupt("times are part of a part"));
                };
                let mut whole = Vec::new();
                times::decode_own(code, bytes, whole_count, &mut whole)?;
                times::decode_part(&whole, first, runs, count, out)
            }
        }
    }

    fn times_part(&self, directory: &Directory, number: u32) -> Result<NumberedTimes> {
        let pages = &directory.times;
        let place = pages.partition_point(|page| page.first <= number);
        let place = place.checked_sub(1).ok_or_else(missing)?;
        let page = pages.get(place).ok_or_else(missing)?;
        let kept = self.loaded.read().times_parts.get(&(place as u32)).cloned();
        let part = match kept {
            Some(part) => part,
            None => {
                let part = Arc::new(TimesPart::read(page, &*self.file)?);
                let mut loaded = self.loaded.write();
                loaded.make_room(part.bytes.len() + part.ranges.len() * 8 + 64);
                loaded.times_parts.insert(place as u32, Arc::clone(&part));
                part
            }
        };
        Ok(NumberedTimes {
            part,
            first: page.first,
        })
    }
}

/// A part of times with the number of its first ones.
struct NumberedTimes {
    part: Arc<TimesPart>,
    first: u32,
}

impl NumberedTimes {
    fn get(&self, number: u32) -> Result<&[u8]> {
        let range = self.part.ranges.get((number - self.first) as usize);
        let range = range.ok_or_else(missing)?;
        let bytes = self.part.bytes.get(range.0 as usize..range.1 as usize);
        bytes.ok_or_else(missing)
    }
}

impl TimesPart {
    fn read(page: &Page, file: &dyn ReadFile) -> Result<Self> {
        let bytes = page.part.read(file)?;
        let mut reader = Reader::new(&bytes, "times of a block of samples");
        let mut ranges = Vec::new();
        while !reader.is_empty() {
            let length = reader.unsigned()?;
            let start = bytes.len() - reader.len();
            reader.bytes(length)?;
            ranges.push((start as u32, (bytes.len() - reader.len()) as u32));
        }
        Ok(Self { bytes, ranges })
    }
}

fn missing() -> Error {
    Error::corrupt("the index names what is not there")
}

/// Bytes of the trailer at the end of a file.
pub(crate) fn read_trailer(file: &dyn ReadFile) -> Result<[u8; TRAILER_BYTES]> {
    let mut bytes = [0; TRAILER_BYTES];
    let at = file.len().checked_sub(TRAILER_BYTES as u64);
    let at = at.ok_or_else(|| Error::corrupt("the file is too short"))?;
    file.read_exact_at(&mut bytes, at)?;
    Ok(bytes)
}
