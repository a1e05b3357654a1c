//! Dictionary columns of texts whose places are known already: resources, scopes and their
//! attributes. Writes the pages itself, since looking each row's text up again would cost a fifth
//! of the time that a block takes to encode.
//!
//! The pages are what the Parquet specification calls a dictionary page (PLAIN) and version 1 data
//! pages (RLE_DICTIONARY).

use super::PAGE_ROWS;
use super::arrays::NO_CELL;
use super::tuning::ZSTD_LEVEL;
use crate::varint::put_unsigned;
use arrow::array::{ArrayRef, DictionaryArray, Int32Array, StringArray};
use arrow::datatypes::Int32Type;
use bytes::Bytes;
use hashbrown::HashMap;
use parquet::basic::{CompressionCodec, Encoding, PageType};
use parquet::column::page::{CompressedPage, Page, PageWriter};
use parquet::column::writer::ColumnCloseResult;
use parquet::data_type::ByteArray;
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{ColumnChunkMetaData, OffsetIndexBuilder, PageEncodingStats};
use parquet::file::statistics::Statistics;
use parquet::file::writer::{SerializedPageWriter, TrackedWrite};
use parquet::schema::types::ColumnDescPtr;
use std::sync::Arc;

/// Largest dictionary.
const DICTIONARY_BYTES_MAX: usize = 1 << 20;
/// Longest text that is given as smallest or largest value of a column.
const STATISTICS_BYTES_MAX: usize = 128;

/// A column of texts: a place in `values` for each row, or `NO_CELL`.
#[derive(Debug)]
pub(crate) struct Dictionary<'a> {
    /// For each row.
    pub(crate) places: Vec<u32>,
    /// Texts; equal ones may stand there several times.
    pub(crate) values: Vec<&'a str>,
}

/// An encoded column.
pub(crate) struct EncodedColumn {
    /// Its pages.
    pub(crate) bytes: Bytes,
    /// What the file's metadata says of it.
    pub(crate) close: ColumnCloseResult,
}

impl Dictionary<'_> {
    /// Whether the texts are few enough for a dictionary: all of it is read with any page.
    pub(crate) fn is_small(&self) -> bool {
        let bytes = self.values.iter().map(|value| value.len() + 4);
        bytes.sum::<usize>() <= DICTIONARY_BYTES_MAX
    }

    /// The column as an array, for those that are not small.
    pub(crate) fn array(&self) -> Result<ArrayRef> {
        let place = |place: &u32| (*place != NO_CELL).then_some(*place as i32);
        let keys: Int32Array = self.places.iter().map(place).collect();
        let values = Arc::new(StringArray::from(self.values.clone()));
        Ok(Arc::new(DictionaryArray::<Int32Type>::try_new(
            keys, values,
        )?))
    }

    /// Makes equal texts one place.
    fn unify(&mut self) {
        let mut known: HashMap<&str, u32, foldhash::fast::RandomState> = HashMap::default();
        let mut kept = Vec::new();
        let moved: Vec<u32> = self
            .values
            .iter()
            .map(|value| {
                *known.entry(value).or_insert_with(|| {
                    kept.push(*value);
                    kept.len() as u32 - 1
                })
            })
            .collect();
        if kept.len() < self.values.len() {
            for place in &mut self.places {
                *place = moved.get(*place as usize).copied().unwrap_or(NO_CELL);
            }
            self.values = kept;
        }
    }

    /// The column as pages.
    pub(crate) fn encode(mut self, descriptor: ColumnDescPtr) -> Result<EncodedColumn> {
        self.unify();
        let nullable = descriptor.max_def_level() > 0;
        let mut sink = TrackedWrite::new(Vec::new());
        let mut offsets = OffsetIndexBuilder::new();
        let mut writer = PageSink {
            pages: SerializedPageWriter::new(&mut sink),
            compressor: zstd::bulk::Compressor::new(ZSTD_LEVEL)
                .map_err(|error| ParquetError::External(Box::new(error)))?,
            uncompressed: 0,
        };
        let buf = self.dictionary_page();
        let (_, dictionary_bytes) = writer.write(&buf, |buf| Page::DictionaryPage {
            buf,
            num_values: self.values.len() as u32,
            encoding: Encoding::PLAIN,
            is_sorted: false,
        })?;
        let width = u32::BITS - (self.values.len().max(1) as u32 - 1).leading_zeros();
        let mut pages = 0;
        for rows in self.places.chunks(PAGE_ROWS) {
            let buf = data_page(rows, width, nullable);
            let (offset, size) = writer.write(&buf, |buf| Page::DataPage {
                buf,
                num_values: rows.len() as u32,
                encoding: Encoding::RLE_DICTIONARY,
                def_level_encoding: Encoding::RLE,
                rep_level_encoding: Encoding::RLE,
                statistics: None,
            })?;
            offsets.append_row_count(rows.len() as i64);
            offsets.append_offset_and_size(offset as i64, size as i32);
            pages += 1;
        }
        let uncompressed = writer.uncompressed;
        drop(writer);
        let bytes = Bytes::from(sink.into_inner()?);
        let mut metadata = ColumnChunkMetaData::builder(descriptor)
            .set_encodings(vec![
                Encoding::PLAIN,
                Encoding::RLE,
                Encoding::RLE_DICTIONARY,
            ])
            .set_compression_codec(CompressionCodec::ZSTD)
            .set_num_values(self.places.len() as i64)
            .set_total_compressed_size(bytes.len() as i64)
            .set_total_uncompressed_size(uncompressed as i64)
            .set_dictionary_page_offset(Some(0))
            .set_data_page_offset(dictionary_bytes as i64)
            .set_page_encoding_stats(page_counts(pages));
        if let Some(statistics) = self.statistics() {
            metadata = metadata.set_statistics(statistics);
        }
        Ok(EncodedColumn {
            close: ColumnCloseResult {
                bytes_written: bytes.len() as u64,
                rows_written: self.places.len() as u64,
                metadata: metadata.build()?,
                bloom_filter: None,
                column_index: None,
                offset_index: Some(offsets.build()),
            },
            bytes,
        })
    }

    fn dictionary_page(&self) -> Vec<u8> {
        let mut page = Vec::new();
        for value in &self.values {
            page.extend_from_slice(&(value.len() as u32).to_le_bytes());
            page.extend_from_slice(value.as_bytes());
        }
        page
    }

    fn statistics(&self) -> Option<Statistics> {
        let smallest = self.values.iter().min()?;
        let largest = self.values.iter().max()?;
        if smallest.len().max(largest.len()) > STATISTICS_BYTES_MAX {
            return None;
        }
        let nulls = self.places.iter().filter(|place| **place == NO_CELL);
        Some(Statistics::byte_array(
            Some(ByteArray::from(*smallest)),
            Some(ByteArray::from(*largest)),
            None,
            Some(nulls.count() as u64),
            false,
        ))
    }
}

fn page_counts(data_pages: i32) -> Vec<PageEncodingStats> {
    let count = |page_type, encoding, count| PageEncodingStats {
        page_type,
        encoding,
        count,
    };
    vec![
        count(PageType::DICTIONARY_PAGE, Encoding::PLAIN, 1),
        count(PageType::DATA_PAGE, Encoding::RLE_DICTIONARY, data_pages),
    ]
}

/// Compresses and writes pages.
struct PageSink<'a> {
    pages: SerializedPageWriter<'a, Vec<u8>>,
    compressor: zstd::bulk::Compressor<'static>,
    uncompressed: usize,
}

impl PageSink<'_> {
    /// Writes a page; gives its offset and size.
    fn write(&mut self, buf: &[u8], page: impl FnOnce(Bytes) -> Page) -> Result<(u64, u64)> {
        let compressed = self
            .compressor
            .compress(buf)
            .map_err(|error| ParquetError::External(Box::new(error)))?;
        let page = CompressedPage::new(page(Bytes::from(compressed)), buf.len());
        let written = self.pages.write_page(page)?;
        self.uncompressed += written.uncompressed_size;
        Ok((written.offset, written.bytes_written))
    }
}

fn data_page(rows: &[u32], width: u32, nullable: bool) -> Vec<u8> {
    let mut page = Vec::new();
    if nullable {
        page.extend_from_slice(&[0; 4]);
        let levels: Vec<u32> = rows
            .iter()
            .map(|place| u32::from(*place != NO_CELL))
            .collect();
        put_hybrid(&mut page, &levels, 1);
        let length = (page.len() - 4) as u32;
        page[..4].copy_from_slice(&length.to_le_bytes());
    }
    page.push(width as u8);
    if rows.contains(&NO_CELL) {
        let present: Vec<u32> = rows
            .iter()
            .copied()
            .filter(|place| *place != NO_CELL)
            .collect();
        put_hybrid(&mut page, &present, width);
    } else {
        put_hybrid(&mut page, rows, width);
    }
    page
}

/// Appends numbers of so many bits in Parquet's hybrid of runs and bit-packed groups of eight.
fn put_hybrid(out: &mut Vec<u8>, numbers: &[u32], width: u32) {
    let mut packed = 0;
    let mut at = 0;
    while at < numbers.len() {
        let rest = &numbers[at..];
        let mut run = rest.iter().take_while(|number| **number == rest[0]).count();
        // Packed groups must be full before a run can begin.
        let fill = (at - packed).next_multiple_of(8) - (at - packed);
        if run >= fill + 8 {
            at += fill;
            run -= fill;
            put_packed(out, &numbers[packed..at], width);
            put_unsigned(out, (run as u64) << 1);
            let bytes = numbers[at].to_le_bytes();
            out.extend_from_slice(&bytes[..width.div_ceil(8) as usize]);
            at += run;
            packed = at;
        } else {
            at += run;
        }
    }
    put_packed(out, &numbers[packed..], width);
}

fn put_packed(out: &mut Vec<u8>, numbers: &[u32], width: u32) {
    if numbers.is_empty() {
        return;
    }
    let groups = numbers.len().div_ceil(8);
    put_unsigned(out, (groups as u64) << 1 | 1);
    let end = out.len() + groups * width as usize;
    let (mut bits, mut filled) = (0u64, 0);
    for number in numbers {
        bits |= u64::from(*number) << filled;
        filled += width;
        while filled >= 8 {
            out.push(bits as u8);
            bits >>= 8;
            filled -= 8;
        }
    }
    if filled > 0 {
        out.push(bits as u8);
    }
    out.resize(end, 0);
}

#[cfg(test)]
mod tests {
    use super::{Dictionary, PAGE_ROWS, put_hybrid};
    use crate::block::arrays::NO_CELL;
    use arrow::array::{Array, AsArray};
    use bytes::Bytes;
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
    use parquet::file::properties::WriterProperties;
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::parser::parse_message_type;
    use parquet::schema::types::SchemaDescriptor;
    use std::sync::Arc;

    fn check(places: &[u32], values: &[&str]) {
        let schema = "message m { optional binary t (STRING); required binary u (STRING); }";
        let schema = Arc::new(parse_message_type(schema).unwrap());
        let properties = Arc::new(WriterProperties::builder().build());
        let mut file =
            SerializedFileWriter::new(Vec::new(), Arc::clone(&schema), properties).unwrap();
        let columns = SchemaDescriptor::new(schema).columns().to_vec();
        let mut group = file.next_row_group().unwrap();
        let required: Vec<u32> = places
            .iter()
            .map(|place| if *place == NO_CELL { 0 } else { *place })
            .collect();
        for (column, places) in columns.iter().zip([places.to_vec(), required]) {
            let dictionary = Dictionary {
                places,
                values: values.to_vec(),
            };
            let encoded = dictionary.encode(Arc::clone(column)).unwrap();
            group.append_column(&encoded.bytes, encoded.close).unwrap();
        }
        group.close().unwrap();
        let bytes = Bytes::from(file.into_inner().unwrap());
        let reader = ParquetRecordBatchReaderBuilder::try_new(bytes).unwrap();
        let reader = reader.with_batch_size(places.len()).build().unwrap();
        let batch = reader.into_iter().next().unwrap().unwrap();
        assert_eq!(batch.num_rows(), places.len());
        let (optional, required) = (
            batch.column(0).as_string::<i32>(),
            batch.column(1).as_string::<i32>(),
        );
        for (row, place) in places.iter().enumerate() {
            let expected = values.get(*place as usize).copied();
            let found = optional.is_valid(row).then(|| optional.value(row));
            assert_eq!(found, expected, "row {row}");
            assert_eq!(
                required.value(row),
                expected.unwrap_or(values[0]),
                "row {row}"
            );
        }
    }

    #[test]
    fn other_readers_get_the_same_texts() {
        let names: Vec<String> = (0..300).map(|number| format!("name {number}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut state = 1u32;
        let mut next = |limit: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) % limit
        };
        for count in [1, 2, 3, 17, 256, 257, 300] {
            for length in [1, 7, 8, 9, 100, PAGE_ROWS, PAGE_ROWS + 1, 3 * PAGE_ROWS - 5] {
                let mut places = Vec::new();
                while places.len() < length {
                    let place = if next(5) == 0 { NO_CELL } else { next(count) };
                    let run = if next(3) == 0 { next(40) + 1 } else { 1 };
                    places.extend((0..run).map(|_| place));
                }
                places.truncate(length);
                check(&places, &names[..count as usize]);
            }
        }
        check(&[NO_CELL; 20], &["unused"]);
        check(&[0, 1, 2, 1], &["same", "same", "other"]);
    }

    #[test]
    fn runs_are_short() {
        let mut out = Vec::new();
        put_hybrid(&mut out, &[5; 8000], 3);
        assert_eq!(out.len(), 3);
        out.clear();
        put_hybrid(&mut out, &[1, 2, 3], 2);
        assert_eq!(out, [3, 0b0011_1001, 0]);
    }
}
