//! The sidecar of a block as bytes. The layout is `docs/formats/sidecar.md`.
//!
//! Header, filter of ids, blooms of pages, rows of traces, then facts. Each part can be read by
//! itself and has its own checksum. Decoding trusts nothing.

use super::bloom::{self, Bloom, group_bytes};
use super::catalog::{CATALOG_ITEMS_MAX, Catalog, CatalogItem};
use super::index::Gathered;
use super::{BlockId, PAGE_ROWS, PageFacts, ROWS_MAX};
use crate::columns::attribute::CellType;
use crate::error::{Error, Result};
use crate::read::CatalogPlace;
use crate::varint::{Reader, put_signed, put_unsigned};
use tacho_model::signal::Signal;

/// The first bytes of the file.
pub const MAGIC: [u8; 8] = *b"TACHOidx";
/// The newest version known.
pub const VERSION: u32 = 1;
/// Bytes of the header; the filter of ids begins there.
pub const HEADER_BYTES: usize = 96;

/// The beginning of a sidecar: where everything lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// The signal of the block.
    pub signal: Signal,
    /// The block.
    pub id: BlockId,
    /// Its rows.
    pub rows: u32,
    /// Its pages.
    pub pages: u32,
    /// Blocks of the filter of ids.
    pub filter_blocks: u32,
    /// Groups of the blooms of pages.
    pub bloom_groups: u32,
    /// Entries of the index of traces.
    pub traces: u32,
    /// Checksum of the index of traces.
    pub traces_crc: u32,
    /// Bytes of the facts.
    pub facts_bytes: u32,
    /// Checksum of the facts.
    pub facts_crc: u32,
}

impl Header {
    /// Where the blooms of pages begin.
    pub fn blooms_offset(&self) -> u64 {
        let lanes = bloom::filter_lanes(self.filter_blocks as usize);
        let groups = self.filter_blocks as usize / lanes;
        (HEADER_BYTES + groups * group_bytes(lanes)) as u64
    }

    /// Where the index of traces begins.
    pub fn traces_offset(&self) -> u64 {
        let group = group_bytes(self.pages as usize) as u64;
        self.blooms_offset() + u64::from(self.bloom_groups) * group
    }

    /// Where the facts begin.
    pub fn facts_offset(&self) -> u64 {
        self.traces_offset() + u64::from(self.traces) * 8
    }

    /// Length of the file.
    pub fn file_bytes(&self) -> u64 {
        self.facts_offset() + u64::from(self.facts_bytes)
    }

    fn encode(&self) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        let mut put = |at: usize, value: &[u8]| bytes[at..at + value.len()].copy_from_slice(value);
        put(0, &MAGIC);
        put(8, &VERSION.to_le_bytes());
        put(12, &(HEADER_BYTES as u32).to_le_bytes());
        put(16, &self.id.0.to_le_bytes());
        put(
            24,
            &[match self.signal {
                Signal::Spans => 1,
                Signal::Logs => 2,
                Signal::Samples => 3,
            }],
        );
        for (index, value) in [
            self.rows,
            self.pages,
            self.filter_blocks,
            self.bloom_groups,
            self.traces,
            self.traces_crc,
            self.facts_bytes,
            self.facts_crc,
        ]
        .into_iter()
        .enumerate()
        {
            put(28 + index * 4, &value.to_le_bytes());
        }
        let crc = crc32c::crc32c(&bytes[..HEADER_BYTES - 4]);
        bytes[HEADER_BYTES - 4..].copy_from_slice(&crc.to_le_bytes());
        bytes
    }

    /// Reads a header. `Corrupt` if it is none, `Invalid` if a newer program wrote it.
    pub fn decode(bytes: &[u8]) -> Result<Self> {
        let corrupt = |what: &str| Error::corrupt(format!("the sidecar {what}"));
        let header: &[u8; HEADER_BYTES] = bytes
            .first_chunk()
            .ok_or_else(|| corrupt("is shorter than its header"))?;
        if header[..8] != MAGIC {
            return Err(corrupt("does not start with its magic bytes"));
        }
        let word = |at: usize| {
            let bytes = header.get(at..at + 4).and_then(<[u8]>::first_chunk::<4>);
            bytes.copied().map_or(0, u32::from_le_bytes)
        };
        if crc32c::crc32c(&header[..HEADER_BYTES - 4]) != word(HEADER_BYTES - 4) {
            return Err(corrupt("has a wrong header checksum"));
        }
        let version = word(8);
        if version == 0 || version > VERSION {
            return Err(Error::invalid(format!(
                "the sidecar has version {version}, this program knows up to {VERSION}"
            )));
        }
        let signal = match header[24] {
            1 => Signal::Spans,
            2 => Signal::Logs,
            other => return Err(corrupt(&format!("is of the unknown signal {other}"))),
        };
        let decoded = Self {
            signal,
            id: BlockId(u64::from(word(16)) | u64::from(word(20)) << 32),
            rows: word(28),
            pages: word(32),
            filter_blocks: word(36),
            bloom_groups: word(40),
            traces: word(44),
            traces_crc: word(48),
            facts_bytes: word(52),
            facts_crc: word(56),
        };
        let lanes = bloom::filter_lanes(decoded.filter_blocks as usize) as u32;
        let pages = (decoded.rows as usize).div_ceil(PAGE_ROWS);
        let fits = decoded.rows as usize <= ROWS_MAX
            && decoded.pages as usize == pages
            && decoded.filter_blocks as usize <= bloom::BLOCKS_MAX
            && decoded.filter_blocks.is_multiple_of(lanes)
            && decoded.bloom_groups as usize <= bloom::BLOCKS_MAX
            && decoded.traces <= decoded.rows;
        if !fits || word(12) as usize != HEADER_BYTES {
            return Err(corrupt("has impossible sizes"));
        }
        Ok(decoded)
    }
}

/// The last part of a sidecar.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// Length of each range of the Parquet file that is read as a whole, and its checksum.
    pub ranges: Vec<(u64, u32)>,
    /// Facts of pages.
    pub pages: Vec<PageFacts>,
    /// Pages with bodies in the value store.
    pub large_bodies: Vec<bool>,
    /// The attributes.
    pub catalog: Catalog,
}

impl Facts {
    fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        put_unsigned(&mut out, self.ranges.len() as u64);
        for (length, crc) in &self.ranges {
            put_unsigned(&mut out, *length);
            out.extend_from_slice(&crc.to_le_bytes());
        }
        put_unsigned(&mut out, self.pages.len() as u64);
        let mut last = 0;
        for (page, large_bodies) in self.pages.iter().zip(&self.large_bodies) {
            put_unsigned(&mut out, u64::from(page.rows.end - page.rows.start));
            for value in [page.time_min, page.time_max, page.end_min, page.end_max] {
                put_signed(&mut out, value.wrapping_sub(last));
                last = value;
            }
            out.push(u8::from(*large_bodies));
        }
        out.push(u8::from(self.catalog.truncated));
        put_unsigned(&mut out, self.catalog.items.len() as u64);
        for item in &self.catalog.items {
            let place = match item.place {
                CatalogPlace::Item => 0,
                CatalogPlace::Resource => 1,
                CatalogPlace::Scope => 2,
            };
            let code = CellType::ALL
                .iter()
                .position(|known| *known == item.cell_type);
            out.push(place);
            out.push(code.unwrap_or(0) as u8);
            out.push(u8::from(item.typed) | u8::from(item.rest) << 1 | u8::from(item.bloomed) << 2);
            put_unsigned(&mut out, u64::from(item.count));
            put_unsigned(&mut out, item.key.len() as u64);
            out.extend_from_slice(item.key.as_bytes());
        }
        out
    }

    /// Reads the facts of a block of so many rows.
    pub fn decode(bytes: &[u8], rows: u32) -> Result<Self> {
        let mut reader = Reader::new(bytes, "facts of a sidecar");
        let mut facts = Self::default();
        for _ in 0..reader.count(5)? {
            let length = reader.unsigned()?;
            facts.ranges.push((length, reader.word()?));
        }
        let mut last = 0i64;
        let mut row = 0u32;
        for _ in 0..reader.count(6)? {
            let length = reader.unsigned()?;
            let end = u64::from(row) + length;
            let mut times = [0; 4];
            for time in &mut times {
                last = last.wrapping_add(reader.signed()?);
                *time = last;
            }
            if end > u64::from(rows) {
                return Err(reader.wrong("too many rows in pages"));
            }
            facts.pages.push(PageFacts {
                rows: row..end as u32,
                time_min: times[0],
                time_max: times[1],
                end_min: times[2],
                end_max: times[3],
            });
            row = end as u32;
            facts.large_bodies.push(reader.byte()? != 0);
        }
        if row != rows {
            return Err(reader.wrong("too few rows in pages"));
        }
        facts.catalog = decode_catalog(&mut reader)?;
        reader.finish()?;
        Ok(facts)
    }
}

fn decode_catalog(reader: &mut Reader<'_>) -> Result<Catalog> {
    let mut catalog = Catalog {
        truncated: reader.byte()? != 0,
        items: Vec::new(),
    };
    let count = reader.count(5)?;
    if count > CATALOG_ITEMS_MAX {
        return Err(reader.wrong("too many items in the catalog"));
    }
    for _ in 0..count {
        let place = match reader.byte()? {
            0 => CatalogPlace::Item,
            1 => CatalogPlace::Resource,
            2 => CatalogPlace::Scope,
            _ => return Err(reader.wrong("an unknown place")),
        };
        let code = usize::from(reader.byte()?);
        let Some(cell_type) = CellType::ALL.get(code).copied() else {
            return Err(reader.wrong("an unknown type"));
        };
        let flags = reader.byte()?;
        let count = u32::try_from(reader.unsigned()?)
            .map_err(|_| reader.wrong("a count beyond 32 bits"))?;
        let length = reader.unsigned()?;
        let key = reader.text(length)?.into();
        catalog.items.push(CatalogItem {
            place,
            key,
            cell_type,
            count,
            typed: flags & 1 != 0,
            rest: flags & 2 != 0,
            bloomed: flags & 4 != 0,
        });
    }
    let sorted = catalog
        .items
        .is_sorted_by(|a, b| (a.place, &a.key, a.cell_type) <= (b.place, &b.key, b.cell_type));
    if !sorted {
        return Err(reader.wrong("a catalog out of order"));
    }
    Ok(catalog)
}

/// The bytes of a sidecar, and how many blocks its filter has.
pub(super) fn encode(
    signal: Signal,
    id: BlockId,
    rows: u32,
    gathered: Gathered,
    ranges: Vec<(u64, u32)>,
) -> (Vec<u8>, u32) {
    let filter_blocks = bloom::filter_blocks(gathered.ids.len());
    let mut filter = Bloom::new(filter_blocks);
    for hash in &gathered.ids {
        filter.insert(*hash);
    }
    let mut bytes = vec![0; HEADER_BYTES];
    bloom::write_filter(&filter, &mut bytes);
    let blooms_start = bytes.len();
    bloom::write_pages(&bloom::build_pages(&gathered.blooms), &mut bytes);
    let pages = gathered.pages.len();
    let bloom_groups = (bytes.len() - blooms_start) / group_bytes(pages);
    let traces_start = bytes.len();
    for (hash, row) in &gathered.traces {
        bytes.extend_from_slice(&trace_entry(*hash, *row).to_le_bytes());
    }
    let facts_start = bytes.len();
    let facts = Facts {
        ranges,
        pages: gathered.pages,
        large_bodies: gathered.large_bodies,
        catalog: gathered.catalog,
    };
    bytes.extend_from_slice(&facts.encode());
    let header = Header {
        signal,
        id,
        rows,
        pages: pages as u32,
        filter_blocks: filter_blocks as u32,
        bloom_groups: bloom_groups as u32,
        traces: gathered.traces.len() as u32,
        traces_crc: crc32c::crc32c(&bytes[traces_start..facts_start]),
        facts_bytes: (bytes.len() - facts_start) as u32,
        facts_crc: crc32c::crc32c(&bytes[facts_start..]),
    };
    bytes[..HEADER_BYTES].copy_from_slice(&header.encode());
    (bytes, filter_blocks as u32)
}

/// An entry of the index of traces: 40 bits of the hash above 24 bits of the first row.
fn trace_entry(hash40: u64, row: u32) -> u64 {
    hash40 << 24 | u64::from(row)
}

/// Reads the index of traces: its entries, ascending.
pub(super) fn decode_traces(bytes: &[u8], header: &Header) -> Result<Vec<u64>> {
    if crc32c::crc32c(bytes) != header.traces_crc {
        return Err(Error::corrupt("the index of traces has a wrong checksum"));
    }
    let entries: Vec<u64> = bytes
        .chunks_exact(8)
        .filter_map(|chunk| chunk.first_chunk::<8>().copied().map(u64::from_le_bytes))
        .collect();
    let rows = u64::from(header.rows);
    if !entries.is_sorted() || entries.iter().any(|entry| entry & 0xff_ffff >= rows) {
        return Err(Error::corrupt("the index of traces is out of order"));
    }
    Ok(entries)
}

/// The rows of all traces with this hash: each run goes to where the next one of any trace begins.
pub(super) fn rows_of_trace(entries: &[u64], rows: u32, hash: u64) -> Vec<std::ops::Range<u32>> {
    let hash40 = hash >> 24;
    let first = entries.partition_point(|entry| entry >> 24 < hash40);
    let found = entries[first..]
        .iter()
        .take_while(|entry| *entry >> 24 == hash40);
    let starts: Vec<u32> = found.map(|entry| (entry & 0xff_ffff) as u32).collect();
    let mut ends = vec![rows; starts.len()];
    if !starts.is_empty() {
        for entry in entries {
            let row = (entry & 0xff_ffff) as u32;
            for (start, end) in starts.iter().zip(&mut ends) {
                if row > *start && row < *end {
                    *end = row;
                }
            }
        }
    }
    starts
        .into_iter()
        .zip(ends)
        .map(|(start, end)| start..end)
        .collect()
}

/// A sidecar whose checksums are those of this Parquet file of the same ranges, right or wrong:
/// for tests that let the Parquet decoder meet bytes that no checksum caught.
pub fn reseal(sidecar: &[u8], parquet: &[u8]) -> Result<Vec<u8>> {
    let mut header = Header::decode(sidecar)?;
    let (before, bytes) = sidecar
        .split_at_checked(header.facts_offset() as usize)
        .ok_or_else(|| Error::corrupt("the sidecar is too short"))?;
    let mut facts = Facts::decode(bytes, header.rows)?;
    let mut rest = parquet;
    for (length, crc) in &mut facts.ranges {
        let (range, after) = rest
            .split_at_checked(*length as usize)
            .ok_or_else(|| Error::corrupt("the block file is too short"))?;
        *crc = crc32c::crc32c(range);
        rest = after;
    }
    let bytes = facts.encode();
    header.facts_bytes = bytes.len() as u32;
    header.facts_crc = crc32c::crc32c(&bytes);
    Ok([&header.encode(), &before[HEADER_BYTES..], &bytes].concat())
}
