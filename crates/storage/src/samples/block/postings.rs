//! Postings: which series have a label pair. Format: `docs/formats/samples-block.md`, section
//! "Postings".

use crate::error::{Error, Result};
use crate::varint::{Reader, put_signed, put_unsigned};
use roaring::RoaringBitmap;

/// Postings longer than this are a bitmap of their own.
const INLINE_BYTES_MAX: usize = 2048;
/// A page ends after so many bytes.
pub(crate) const PAGE_BYTES: usize = 32 << 10;
const NAME: &str = "postings of a block of samples";

/// How postings are coded; the two low bits of their head, whose rest is the number of series.
const ONE: u64 = 0;
const SINGLES: u64 = 1;
const RUNS: u64 = 2;
const BITMAP: u64 = 3;

/// Appends postings to pages.
#[derive(Debug, Default)]
pub(crate) struct PostingsWriter {
    /// The page so far.
    pub bytes: Vec<u8>,
    /// Number of pairs in it.
    pub pairs: u32,
    last_one: u32,
    bitmaps: u32,
}

impl PostingsWriter {
    /// Adds the series of the next pair, ascending, at least one; gives a bitmap that has to be
    /// stored as the next one.
    pub(crate) fn push(&mut self, series: &[u32]) -> Result<Option<Vec<u8>>> {
        self.pairs += 1;
        let count = (series.len() as u64) << 2;
        if let [one] = series {
            put_unsigned(&mut self.bytes, count | ONE);
            put_signed(&mut self.bytes, i64::from(*one) - i64::from(self.last_one));
            self.last_one = *one;
            return Ok(None);
        }
        let runs: Vec<&[u32]> = series.chunk_by(|a, b| a + 1 == *b).collect();
        let mut inline = Vec::new();
        let are_singles = runs.len() == series.len();
        if !are_singles {
            put_unsigned(&mut inline, runs.len() as u64);
        }
        let mut at = 0;
        for run in runs {
            let first = run.first().copied().unwrap_or(0);
            put_unsigned(&mut inline, u64::from(first - at));
            if !are_singles {
                put_unsigned(&mut inline, run.len() as u64 - 1);
            }
            at = first + run.len() as u32;
            if inline.len() > INLINE_BYTES_MAX {
                return self.push_bitmap(series).map(Some);
            }
        }
        let code = if are_singles { SINGLES } else { RUNS };
        put_unsigned(&mut self.bytes, count | code);
        self.bytes.extend_from_slice(&inline);
        Ok(None)
    }

    fn push_bitmap(&mut self, series: &[u32]) -> Result<Vec<u8>> {
        put_unsigned(&mut self.bytes, (series.len() as u64) << 2 | BITMAP);
        put_unsigned(&mut self.bytes, u64::from(self.bitmaps));
        self.bitmaps += 1;
        let bitmap = RoaringBitmap::from_sorted_iter(series.iter().copied());
        let mut bitmap = bitmap.map_err(|_| Error::internal("postings are not sorted"))?;
        bitmap.optimize();
        let mut bytes = Vec::with_capacity(bitmap.serialized_size());
        bitmap
            .serialize_into(&mut bytes)
            .map_err(|error| Error::internal(format!("encode postings: {error}")))?;
        Ok(bytes)
    }

    /// The bytes of the page; the next one begins.
    pub(crate) fn finish_page(&mut self) -> Vec<u8> {
        self.pairs = 0;
        self.last_one = 0;
        std::mem::take(&mut self.bytes)
    }
}

/// Series of one pair.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Postings {
    /// Ranges of series, ascending, both ends inclusive.
    Ranges(Vec<(u32, u32)>),
    /// The bitmap of that number.
    Bitmap(u32),
}

/// Reads the postings of a page one after the other.
#[derive(Debug)]
pub(crate) struct PostingsRows<'a> {
    reader: Reader<'a>,
    last_one: u32,
    series_all: u32,
}

impl<'a> PostingsRows<'a> {
    /// Reads a page of a block with so many series.
    pub(crate) fn new(bytes: &'a [u8], series_all: u32) -> Self {
        Self {
            reader: Reader::new(bytes, NAME),
            last_one: 0,
            series_all,
        }
    }

    /// The next pair: its number of series and which they are.
    pub(crate) fn next(&mut self) -> Result<(u64, Postings)> {
        let head = self.reader.unsigned()?;
        let count = head >> 2;
        let wrong = |rows: &Self| rows.reader.wrong("a series is out of range");
        let mut ranges = Vec::new();
        match head & 3 {
            ONE => {
                let one = i64::from(self.last_one).checked_add(self.reader.signed()?);
                let one = one.and_then(|it| u32::try_from(it).ok());
                let one = one.filter(|it| *it < self.series_all);
                self.last_one = one.ok_or_else(|| wrong(self))?;
                ranges.push((self.last_one, self.last_one));
            }
            BITMAP => {
                let bitmap = u32::try_from(self.reader.unsigned()?).map_err(|_| wrong(self))?;
                return Ok((count, Postings::Bitmap(bitmap)));
            }
            code => {
                let runs = if code == RUNS {
                    self.reader.unsigned()?
                } else {
                    count
                };
                let mut at = 0u64;
                for _ in 0..runs {
                    let first = at.saturating_add(self.reader.unsigned()?);
                    let more = if code == RUNS {
                        self.reader.unsigned()?
                    } else {
                        0
                    };
                    let last = first.saturating_add(more);
                    if last >= u64::from(self.series_all) {
                        return Err(wrong(self));
                    }
                    ranges.push((first as u32, last as u32));
                    at = last + 1;
                }
            }
        }
        let sum: u64 = ranges.iter().map(|(a, b)| u64::from(b - a) + 1).sum();
        if sum == count {
            Ok((count, Postings::Ranges(ranges)))
        } else {
            Err(wrong(self))
        }
    }
}

/// Reads a bitmap of a block with so many series.
pub(crate) fn decode_bitmap(bytes: &[u8], series_all: u32) -> Result<RoaringBitmap> {
    let mut rest = bytes;
    let bitmap = RoaringBitmap::deserialize_from(&mut rest)
        .map_err(|error| Error::corrupt(format!("{NAME}: {error}")))?;
    let is_sound = rest.is_empty() && bitmap.max().is_none_or(|max| max < series_all);
    if is_sound {
        Ok(bitmap)
    } else {
        Err(Error::corrupt(format!("{NAME}: a bitmap is too large")))
    }
}
