//! Header, directory and trailer of the file of a block. Format: `docs/formats/samples-block.md`.

use super::SampleBlockFacts;
use super::part::{PART_BYTES_MAX, Part, PartKind};
use crate::block::BlockId;
use crate::error::{Error, Result};
use crate::varint::{Reader, put_signed, put_unsigned};

/// The first bytes of the file.
pub(crate) const MAGIC: [u8; 8] = *b"TACHOsmp";
/// The newest version known.
pub(crate) const VERSION: u32 = 1;
/// Bytes of the header.
pub(crate) const HEADER_BYTES: usize = 32;
/// Bytes of the trailer.
pub(crate) const TRAILER_BYTES: usize = 96;
/// Series of a page of the table and of labels; the last page has fewer.
pub(crate) const PAGE_SERIES: u32 = 1024;
/// Most bytes of the directory, stored or not.
const DIRECTORY_BYTES_MAX: u32 = 256 << 20;
const NAME: &str = "directory of a block of samples";

/// The header.
pub(crate) fn header(id: BlockId) -> [u8; HEADER_BYTES] {
    let mut bytes = [0; HEADER_BYTES];
    put(&mut bytes, 0, &MAGIC);
    put(&mut bytes, 8, &VERSION.to_le_bytes());
    put(&mut bytes, 16, &id.0.to_le_bytes());
    seal(&mut bytes);
    bytes
}

/// Checks a header. `Corrupt` if it is none of this block, `Invalid` if a newer program wrote it.
pub(crate) fn check_header(bytes: &[u8; HEADER_BYTES], id: BlockId) -> Result<()> {
    let wrong = |what: &str| Err(Error::corrupt(format!("block of samples {id}: {what}")));
    if bytes[..8] != MAGIC {
        return wrong("does not start with its magic bytes");
    }
    let version = u32_at(bytes, 8);
    if !is_sealed(bytes) {
        return wrong("has a wrong header checksum");
    }
    if version == 0 || version > VERSION {
        return Err(Error::invalid(format!(
            "block of samples {id} has version {version}, this program knows up to {VERSION}"
        )));
    }
    if u64_at(bytes, 16) != id.0 {
        return wrong("has another id");
    }
    Ok(())
}

/// What the end of the file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Trailer {
    /// Where the directory begins: after all parts.
    pub directory_at: u64,
    /// Its bytes in the file.
    pub stored_bytes: u32,
    /// Its bytes once decompressed; the same as stored if it is not compressed.
    pub bytes: u32,
    /// Checksum of its bytes in the file.
    pub crc: u32,
    /// What the block holds.
    pub facts: SampleBlockFacts,
}

impl Trailer {
    /// The bytes.
    pub(crate) fn encode(&self, id: BlockId) -> [u8; TRAILER_BYTES] {
        let facts = &self.facts;
        let mut bytes = [0; TRAILER_BYTES];
        put(&mut bytes, 0, &self.directory_at.to_le_bytes());
        put(&mut bytes, 8, &self.stored_bytes.to_le_bytes());
        put(&mut bytes, 12, &self.bytes.to_le_bytes());
        put(&mut bytes, 16, &self.crc.to_le_bytes());
        put(&mut bytes, 24, &id.0.to_le_bytes());
        put(&mut bytes, 32, &facts.series.to_le_bytes());
        put(&mut bytes, 40, &facts.samples.to_le_bytes());
        put(&mut bytes, 48, &facts.points.to_le_bytes());
        put(&mut bytes, 56, &facts.exemplars.to_le_bytes());
        put(&mut bytes, 64, &facts.time_min.to_le_bytes());
        put(&mut bytes, 72, &facts.time_max.to_le_bytes());
        put(&mut bytes, 80, &facts.index_memory.to_le_bytes());
        seal(&mut bytes);
        bytes
    }

    /// Reads a trailer of a file of that length.
    pub(crate) fn decode(
        bytes: &[u8; TRAILER_BYTES],
        id: BlockId,
        file_bytes: u64,
    ) -> Result<Self> {
        let wrong = |what: &str| Error::corrupt(format!("block of samples {id}: {what}"));
        if !is_sealed(bytes) {
            return Err(wrong("has a wrong trailer checksum"));
        }
        if u64_at(bytes, 24) != id.0 {
            return Err(wrong("has the trailer of another"));
        }
        let trailer = Self {
            directory_at: u64_at(bytes, 0),
            stored_bytes: u32_at(bytes, 8),
            bytes: u32_at(bytes, 12),
            crc: u32_at(bytes, 16),
            facts: SampleBlockFacts {
                series: u64_at(bytes, 32),
                samples: u64_at(bytes, 40),
                points: u64_at(bytes, 48),
                exemplars: u64_at(bytes, 56),
                bytes: file_bytes,
                time_min: u64_at(bytes, 64) as i64,
                time_max: u64_at(bytes, 72) as i64,
                index_memory: u64_at(bytes, 80),
            },
        };
        let end = trailer
            .directory_at
            .checked_add(u64::from(trailer.stored_bytes) + TRAILER_BYTES as u64);
        let is_sound = trailer.directory_at >= HEADER_BYTES as u64
            && end == Some(file_bytes)
            && trailer.stored_bytes <= trailer.bytes
            && trailer.bytes <= DIRECTORY_BYTES_MAX
            && trailer.facts.series <= u64::from(u32::MAX);
        if is_sound {
            Ok(trailer)
        } else {
            Err(wrong("has an unsound trailer"))
        }
    }
}

/// A part of the index in the order of its kind, with the place of what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Page {
    /// Where it lies.
    pub part: Part,
    /// The first of what it holds: times, series, label pairs.
    pub first: u32,
}

/// A page of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TablePage {
    /// Where it lies.
    pub part: Part,
    /// The part of chunks in which the chunks of its first series begin, by its place among those.
    pub chunks_part: u32,
    /// Where they begin in it.
    pub chunks_at: u32,
    /// Earliest sample.
    pub time_min: i64,
    /// Latest sample; before `time_min` if there is none.
    pub time_max: i64,
}

/// A page of texts of label pairs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SymbolsPage {
    /// Where it lies, and its first label pair.
    pub page: Page,
    /// The beginning of the value of the first pair.
    pub value: String,
}

/// A label name with its pairs, which lie next to each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LabelName {
    /// The name.
    pub name: String,
    /// Its first pair.
    pub first: u32,
    /// Number of its pairs: of different values.
    pub count: u32,
}

/// Where everything of a block is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Directory {
    /// Label names, sorted.
    pub names: Vec<LabelName>,
    /// Parts of chunks.
    pub chunks: Vec<Part>,
    /// Parts of times.
    pub times: Vec<Page>,
    /// Parts of exemplars, each with its first series.
    pub exemplars: Vec<Page>,
    /// Pages of the table.
    pub table: Vec<TablePage>,
    /// Pages of labels.
    pub series: Vec<Part>,
    /// Pages of texts.
    pub symbols: Vec<SymbolsPage>,
    /// Pages of postings.
    pub postings: Vec<Page>,
    /// Bitmaps.
    pub bitmaps: Vec<Part>,
}

impl Directory {
    /// Number of label pairs.
    pub(crate) fn pairs(&self) -> u32 {
        self.names.last().map_or(0, |name| name.first + name.count)
    }

    /// Bytes of memory.
    pub(crate) fn memory(&self) -> usize {
        let part = size_of::<Part>();
        let names = self.names.iter().map(|name| name.name.len() + 40);
        let symbols = self.symbols.iter().map(|page| page.value.len() + 80);
        names.chain(symbols).sum::<usize>()
            + (self.chunks.len() + self.series.len() + self.bitmaps.len()) * part
            + (self.times.len() + self.exemplars.len() + self.postings.len()) * (part + 8)
            + self.table.len() * size_of::<TablePage>()
    }

    /// Reads a directory: all parts fill the file from the header to its own place.
    pub(crate) fn decode(bytes: &[u8], trailer: &Trailer) -> Result<Self> {
        let mut reader = Reader::new(bytes, NAME);
        let mut directory = Self::default();
        let mut pairs = 0u32;
        for _ in 0..reader.count(2)? {
            let length = reader.unsigned()?;
            let name = reader.text(length)?.to_owned();
            let count = take_u32(&mut reader)?;
            let first = pairs;
            let next = pairs.checked_add(count).filter(|_| count > 0);
            pairs = next.ok_or_else(|| reader.wrong("the number of pairs is out of range"))?;
            let is_sorted = directory.names.last().is_none_or(|last| last.name < name);
            if !is_sorted {
                return Err(reader.wrong("label names are not sorted"));
            }
            directory.names.push(LabelName { name, first, count });
        }
        let mut firsts = Firsts::default();
        let mut offset = HEADER_BYTES as u64;
        for _ in 0..reader.count(7)? {
            offset = directory.decode_part(&mut reader, offset, &mut firsts)?;
        }
        reader.finish()?;
        let pages = (trailer.facts.series as u32).div_ceil(PAGE_SERIES) as usize;
        let is_sound = offset == trailer.directory_at
            && directory.table.len() == pages
            && directory.series.len() == pages
            && firsts.symbols == pairs
            && firsts.postings == pairs;
        if is_sound {
            Ok(directory)
        } else {
            Err(reader.wrong("parts are missing"))
        }
    }

    fn decode_part(
        &mut self,
        reader: &mut Reader<'_>,
        offset: u64,
        firsts: &mut Firsts,
    ) -> Result<u64> {
        let code = reader.byte()?;
        let kind = PartKind::ALL.get(usize::from(code >> 1)).copied();
        let kind = kind.ok_or_else(|| reader.wrong("a part is of an unknown kind"))?;
        let stored_bytes = take_u32(reader)?;
        let is_compressed = code & 1 != 0;
        let bytes = if is_compressed {
            take_u32(reader)?
        } else {
            stored_bytes
        };
        if bytes as usize > PART_BYTES_MAX || stored_bytes > bytes {
            return Err(reader.wrong("a part is too long"));
        }
        let crc = reader.word()?;
        let part = Part {
            kind,
            is_compressed,
            offset,
            stored_bytes,
            bytes,
            crc,
        };
        match kind {
            PartKind::Chunks => self.chunks.push(part),
            PartKind::Times => self.times.push(firsts.page(reader, part)?),
            PartKind::Exemplars => {
                let first = take_u32(reader)?;
                self.exemplars.push(Page { part, first });
            }
            PartKind::Table => {
                let (chunks_part, chunks_at) = (take_u32(reader)?, take_u32(reader)?);
                let time_min = reader.signed()?;
                let time_max = time_min.wrapping_add(reader.signed()?);
                self.table.push(TablePage {
                    part,
                    chunks_part,
                    chunks_at,
                    time_min,
                    time_max,
                });
            }
            PartKind::Series => self.series.push(part),
            PartKind::Symbols => {
                let page = firsts.page(reader, part)?;
                let length = reader.unsigned()?;
                let value = reader.text(length)?.to_owned();
                self.symbols.push(SymbolsPage { page, value });
            }
            PartKind::Postings => self.postings.push(firsts.page(reader, part)?),
            PartKind::Bitmap => self.bitmaps.push(part),
        }
        Ok(offset + u64::from(stored_bytes))
    }
}

/// Running counts of what pages hold.
#[derive(Debug, Default)]
struct Firsts {
    times: u32,
    symbols: u32,
    postings: u32,
}

impl Firsts {
    fn page(&mut self, reader: &mut Reader<'_>, part: Part) -> Result<Page> {
        let count = take_u32(reader)?;
        let next = match part.kind {
            PartKind::Times => &mut self.times,
            PartKind::Symbols => &mut self.symbols,
            _ => &mut self.postings,
        };
        let first = *next;
        *next = first
            .checked_add(count)
            .filter(|_| count > 0)
            .ok_or_else(|| reader.wrong("a page is empty or too large"))?;
        Ok(Page { part, first })
    }
}

/// Appends label names to a directory that is being written.
pub(crate) fn put_names(names: &[LabelName], out: &mut Vec<u8>) {
    put_unsigned(out, names.len() as u64);
    for name in names {
        put_unsigned(out, name.name.len() as u64);
        out.extend_from_slice(name.name.as_bytes());
        put_unsigned(out, u64::from(name.count));
    }
}

/// Appends what every part has in the directory.
pub(crate) fn put_part(part: &Part, out: &mut Vec<u8>) {
    let kind = PartKind::ALL.iter().position(|kind| *kind == part.kind);
    out.push((kind.unwrap_or(0) as u8) << 1 | u8::from(part.is_compressed));
    put_unsigned(out, u64::from(part.stored_bytes));
    if part.is_compressed {
        put_unsigned(out, u64::from(part.bytes));
    }
    out.extend_from_slice(&part.crc.to_le_bytes());
}

/// Appends what a page of the table has beside.
pub(crate) fn put_table(page: &TablePage, out: &mut Vec<u8>) {
    put_unsigned(out, u64::from(page.chunks_part));
    put_unsigned(out, u64::from(page.chunks_at));
    put_signed(out, page.time_min);
    put_signed(out, page.time_max.wrapping_sub(page.time_min));
}

/// The next number, at most 32 bits.
pub(crate) fn take_u32(reader: &mut Reader<'_>) -> Result<u32> {
    u32::try_from(reader.unsigned()?).map_err(|_| reader.wrong("a number is beyond 32 bits"))
}

fn put(bytes: &mut [u8], at: usize, what: &[u8]) {
    if let Some(place) = bytes.get_mut(at..at + what.len()) {
        place.copy_from_slice(what);
    }
}

/// Puts the checksum of all before into the last four bytes.
fn seal(bytes: &mut [u8]) {
    let at = bytes.len() - 4;
    let crc = crc32c::crc32c(&bytes[..at]);
    put(bytes, at, &crc.to_le_bytes());
}

fn is_sealed(bytes: &[u8]) -> bool {
    let at = bytes.len() - 4;
    crc32c::crc32c(&bytes[..at]) == u32_at(bytes, at)
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    let found = bytes.get(at..).and_then(<[u8]>::first_chunk::<4>);
    found.copied().map_or(0, u32::from_le_bytes)
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    let found = bytes.get(at..).and_then(<[u8]>::first_chunk::<8>);
    found.copied().map_or(0, u64::from_le_bytes)
}
