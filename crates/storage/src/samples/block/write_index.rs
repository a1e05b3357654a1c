//! Writes what is sorted by label pairs at the end of a block: labels of series, texts, postings.

use super::layout::{LabelName, PAGE_SERIES};
use super::part::PartKind;
use super::postings::{self, PostingsWriter};
use super::series_page::SeriesPageWriter;
use super::symbol_table::SymbolTable;
use super::symbols_page::{PAGE_TEXT_BYTES, put_text};
use super::write::PartWriter;
use crate::error::Result;
use crate::varint::{Reader, put_unsigned};

/// The beginning of a text that the directory repeats has at most so many bytes.
const VALUE_BYTES_MAX: usize = 128;

/// Writes labels, texts and postings out of the rows of the writer (which see); gives label names.
pub(crate) fn write(
    symbols: &SymbolTable,
    rows: &[u8],
    pairs: u64,
    out: &mut PartWriter,
) -> Result<Vec<LabelName>> {
    let sorted = symbols.sorted();
    let mut numbers = vec![0u32; sorted.len()];
    for (number, symbol) in sorted.iter().enumerate() {
        if let Some(place) = numbers.get_mut(*symbol as usize) {
            *place = number as u32;
        }
    }
    let mut lists = Lists::new(symbols, &sorted, pairs);
    write_series(rows, &numbers, &mut lists, out)?;
    let names = write_symbols(symbols, &sorted, out)?;
    write_postings(&lists, out)?;
    Ok(names)
}

/// Series of all pairs, one list after the other.
struct Lists {
    series: Vec<u32>,
    /// Where each list ends so far; at last where it ends.
    ends: Vec<u64>,
}

impl Lists {
    fn new(symbols: &SymbolTable, sorted: &[u32], pairs: u64) -> Self {
        let mut start = 0;
        let ends = sorted.iter().map(|symbol| {
            let this = start;
            start += u64::from(symbols.series(*symbol));
            this
        });
        Self {
            ends: ends.collect(),
            series: vec![0; pairs as usize],
        }
    }

    fn push(&mut self, pair: u32, series: u32) {
        if let Some(end) = self.ends.get_mut(pair as usize)
            && let Some(place) = self.series.get_mut(*end as usize)
        {
            *place = series;
            *end += 1;
        }
    }

    fn iter(&self) -> impl Iterator<Item = &[u32]> {
        let mut start = 0;
        self.ends.iter().map(move |end| {
            let list = self.series.get(start as usize..*end as usize);
            start = *end;
            list.unwrap_or_default()
        })
    }
}

fn write_series(
    rows: &[u8],
    numbers: &[u32],
    lists: &mut Lists,
    out: &mut PartWriter,
) -> Result<()> {
    let mut reader = Reader::new(rows, "rows of a block that is being written");
    let mut page = SeriesPageWriter::default();
    let mut pairs: Vec<u32> = Vec::new();
    let mut series = 0u32;
    while !reader.is_empty() {
        let (common, rest) = (reader.unsigned()?, reader.unsigned()?);
        pairs.truncate(common as usize);
        for _ in 0..rest {
            let symbol = reader.unsigned()? as usize;
            pairs.push(numbers.get(symbol).copied().unwrap_or(0));
        }
        for pair in &pairs {
            lists.push(*pair, series);
        }
        page.push(&pairs);
        series += 1;
        if series.is_multiple_of(PAGE_SERIES) {
            out.put_index(PartKind::Series, &page.finish(), |_| {})?;
        }
    }
    if !series.is_multiple_of(PAGE_SERIES) {
        out.put_index(PartKind::Series, &page.finish(), |_| {})?;
    }
    Ok(())
}

fn write_symbols(
    symbols: &SymbolTable,
    sorted: &[u32],
    out: &mut PartWriter,
) -> Result<Vec<LabelName>> {
    let mut names: Vec<LabelName> = Vec::new();
    let (mut page, mut count, mut text_bytes) = (Vec::new(), 0u64, 0);
    let (mut first, mut before) = ("", "");
    for (number, symbol) in sorted.iter().enumerate() {
        let (name, value) = symbols.pair(*symbol);
        match names.last_mut() {
            Some(last) if last.name == name => last.count += 1,
            _ => names.push(LabelName {
                name: name.to_owned(),
                first: number as u32,
                count: 1,
            }),
        }
        if count == 0 {
            (first, before) = (value, "");
        }
        put_text(value, before, &mut page);
        before = value;
        count += 1;
        text_bytes += value.len();
        if text_bytes >= PAGE_TEXT_BYTES || number + 1 == sorted.len() {
            let beginning = beginning(first);
            out.put_index(PartKind::Symbols, &page, |out| {
                put_unsigned(out, count);
                put_unsigned(out, beginning.len() as u64);
                out.extend_from_slice(beginning.as_bytes());
            })?;
            page.clear();
            (count, text_bytes) = (0, 0);
        }
    }
    Ok(names)
}

/// The beginning of a text, as much as the directory repeats.
fn beginning(text: &str) -> &str {
    let mut end = text.len().min(VALUE_BYTES_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

fn write_postings(lists: &Lists, out: &mut PartWriter) -> Result<()> {
    let mut writer = PostingsWriter::default();
    let flush = |writer: &mut PostingsWriter, out: &mut PartWriter| {
        let count = u64::from(writer.pairs);
        let bytes = writer.finish_page();
        out.put_index(PartKind::Postings, &bytes, |out| put_unsigned(out, count))
    };
    for list in lists.iter() {
        if let Some(bitmap) = writer.push(list)? {
            out.put_index(PartKind::Bitmap, &bitmap, |_| {})?;
        }
        if writer.bytes.len() >= postings::PAGE_BYTES {
            flush(&mut writer, out)?;
        }
    }
    if writer.pairs > 0 {
        flush(&mut writer, out)?;
    }
    Ok(())
}
