//! A page of the table: which chunks each of up to 1,024 series has, and where. Format:
//! `docs/formats/samples-block.md`, section "Table".

use super::layout::take_u32;
use super::part::Part;
use crate::error::Result;
use crate::samples::chunk::decimal::{unzigzag, zigzag};
use crate::varint::{Reader, put_signed, put_unsigned};

/// Columns of a page: chunks a series; times, samples and kind, first time, span, bytes of a chunk.
const COLUMNS: usize = 6;
const NAME: &str = "table of a block of samples";

/// What the table says of a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct ChunkInfo {
    /// Whether it holds histograms.
    pub has_histograms: bool,
    /// Its times, by their place among all times of the block.
    pub times: u32,
    /// Number of samples.
    pub samples: u32,
    /// Its first sample, milliseconds.
    pub time_min: i64,
    /// Its last sample, milliseconds.
    pub time_max: i64,
    /// Its bytes.
    pub bytes: u32,
}

/// A chunk with its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct ChunkRow {
    /// What it is.
    pub info: ChunkInfo,
    /// The part it lies in, by its place among parts of chunks.
    pub part: u32,
    /// Where it begins in the part.
    pub at: u32,
}

/// Collects a page.
#[derive(Debug, Default)]
pub(crate) struct TablePageWriter {
    columns: [Vec<u8>; COLUMNS],
    before: Vec<ChunkInfo>,
    /// Number of series.
    pub series: u32,
}

impl TablePageWriter {
    /// Adds the chunks of the next series.
    pub(crate) fn push(&mut self, chunks: &[ChunkInfo]) {
        let [counts, times, samples, firsts, spans, bytes] = &mut self.columns;
        put_unsigned(counts, chunks.len() as u64);
        let mut last = self.before.last().copied().unwrap_or_default();
        for (place, chunk) in chunks.iter().enumerate() {
            let base = self.before.get(place).copied().unwrap_or(last);
            put_signed(times, i64::from(chunk.times) - i64::from(base.times));
            let change = zigzag(i64::from(chunk.samples) - i64::from(base.samples));
            put_unsigned(samples, change << 1 | u64::from(chunk.has_histograms));
            put_signed(firsts, chunk.time_min.wrapping_sub(base.time_min));
            put_signed(spans, span(chunk).wrapping_sub(span(&base)));
            put_unsigned(bytes, u64::from(chunk.bytes));
            last = *chunk;
        }
        if !chunks.is_empty() {
            self.before.clear();
            self.before.extend_from_slice(chunks);
        }
        self.series += 1;
    }

    /// The bytes of the page; the next one begins.
    pub(crate) fn finish(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        for column in &self.columns {
            put_unsigned(&mut out, column.len() as u64);
        }
        for column in &self.columns {
            out.extend_from_slice(column);
        }
        *self = Self::default();
        out
    }

    /// Bytes of memory.
    pub(crate) fn memory(&self) -> usize {
        self.columns.iter().map(Vec::capacity).sum()
    }
}

fn span(chunk: &ChunkInfo) -> i64 {
    chunk.time_max.wrapping_sub(chunk.time_min)
}

/// A decoded page.
#[derive(Debug, Default)]
pub(crate) struct TableRows {
    chunks: Vec<ChunkRow>,
    ends: Vec<u32>,
}

impl TableRows {
    /// Chunks of a series of the page, by time.
    pub(crate) fn chunks(&self, row: usize) -> &[ChunkRow] {
        let end = self.ends.get(row).copied().unwrap_or(0) as usize;
        let start = row.checked_sub(1).and_then(|row| self.ends.get(row));
        let start = start.copied().unwrap_or(0) as usize;
        self.chunks.get(start..end).unwrap_or_default()
    }

    /// Reads a page of so many series whose chunks begin at a place in `parts`.
    pub(crate) fn decode(
        bytes: &[u8],
        series: u32,
        (mut part, mut at): (u32, u32),
        parts: &[Part],
    ) -> Result<Self> {
        let mut reader = Reader::new(bytes, NAME);
        let lengths = [0; COLUMNS].map(|_: u64| reader.unsigned());
        let mut columns = Vec::with_capacity(COLUMNS);
        for length in lengths {
            columns.push(Reader::new(reader.bytes(length?)?, NAME));
        }
        reader.finish()?;
        let mut rows = Self::default();
        let (mut before_start, mut before_end) = (0, 0);
        for _ in 0..series {
            let start = rows.chunks.len();
            let count = columns[0].unsigned()?;
            for place in 0..count {
                // Each has bytes in each column, so that a wrong count ends soon.
                let last = rows
                    .chunks
                    .last()
                    .map_or_else(Default::default, |it| it.info);
                let before = rows.chunks.get(before_start..before_end);
                let before = before.and_then(|list| list.get(place as usize));
                let base = before.map_or(last, |it| it.info);
                let info = take_chunk(&mut columns, &base)?;
                let length = parts.get(part as usize).map_or(0, |it| it.bytes);
                let end = at.checked_add(info.bytes).filter(|end| *end <= length);
                let end = end.ok_or_else(|| reader.wrong("a chunk goes beyond its part"))?;
                rows.chunks.push(ChunkRow { info, part, at });
                (part, at) = if end == length {
                    (part + 1, 0)
                } else {
                    (part, end)
                };
            }
            if count > 0 {
                (before_start, before_end) = (start, rows.chunks.len());
            }
            let of_series = rows.chunks.get(start..).unwrap_or_default();
            if !of_series.is_sorted_by(|a, b| a.info.time_max < b.info.time_min) {
                return Err(reader.wrong("chunks of a series overlap"));
            }
            rows.ends.push(rows.chunks.len() as u32);
        }
        columns.iter().try_for_each(Reader::finish)?;
        Ok(rows)
    }
}

fn take_chunk(columns: &mut [Reader<'_>], base: &ChunkInfo) -> Result<ChunkInfo> {
    let [_, times, samples, firsts, spans, bytes] = columns else {
        return Err(Reader::new(&[], NAME).wrong("columns are missing"));
    };
    let sum = |base: u32, change: i64, reader: &Reader<'_>| {
        let sum = i64::from(base).checked_add(change);
        let sum = sum.and_then(|it| u32::try_from(it).ok());
        sum.ok_or_else(|| reader.wrong("a number is out of range"))
    };
    let change = times.signed()?;
    let times = sum(base.times, change, times)?;
    let head = samples.unsigned()?;
    let samples = sum(base.samples, unzigzag(head >> 1), samples)?;
    let time_min = base.time_min.wrapping_add(firsts.signed()?);
    let time_max = time_min.wrapping_add(span(base).wrapping_add(spans.signed()?));
    let bytes_of_chunk = take_u32(bytes)?;
    if samples == 0 || time_max < time_min || bytes_of_chunk == 0 {
        return Err(bytes.wrong("a chunk is empty"));
    }
    Ok(ChunkInfo {
        has_histograms: head & 1 != 0,
        times,
        samples,
        time_min,
        time_max,
        bytes: bytes_of_chunk,
    })
}
