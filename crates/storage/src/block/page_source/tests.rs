//! Pages of files as the Parquet writer makes them, and wrong ones.

use super::header::PageHeader;
use super::{PageSource, decode_page};
use arrow::array::{ArrayRef, Int64Array, ListArray, RecordBatch, StringArray};
use arrow::datatypes::Int64Type;
use bytes::Bytes;
use bytes::buf::{Buf, Reader};
use parquet::arrow::arrow_reader::{
    ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder, RowSelection, RowSelector,
};
use parquet::arrow::{ArrowWriter, ProjectionMask, parquet_to_arrow_field_levels};
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::Result;
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader};
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};
use parquet::file::reader::{ChunkReader, Length};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const ROWS: usize = 1000;
const PAGE_ROWS: usize = 100;

/// Counts what is asked for.
#[derive(Debug)]
struct Counting {
    file: Bytes,
    pieces: AtomicUsize,
}

impl Length for Counting {
    fn len(&self) -> u64 {
        self.file.len() as u64
    }
}

impl ChunkReader for Counting {
    type T = Reader<Bytes>;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        Ok(self.file.slice(start as usize..).reader())
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        self.pieces.fetch_add(1, Ordering::Relaxed);
        self.file.get_bytes(start, length)
    }
}

fn batch() -> RecordBatch {
    let number = |row: usize| (row * 7919 % 1009) as i64;
    let texts = StringArray::from_iter(
        (0..ROWS).map(|row| (row % 3 != 0).then(|| format!("text {}", number(row) % 40))),
    );
    let long = StringArray::from_iter_values((0..ROWS).map(|row| "x".repeat(row % 50)));
    let absent = Int64Array::from(vec![None; ROWS]);
    let lists = ListArray::from_iter_primitive::<Int64Type, _, _>((0..ROWS).map(|row| {
        (row % 5 != 0).then(|| {
            (0..row % 4)
                .map(|item| Some(item as i64))
                .collect::<Vec<_>>()
        })
    }));
    RecordBatch::try_from_iter([
        (
            "number",
            Arc::new(Int64Array::from_iter_values((0..ROWS).map(number))) as ArrayRef,
        ),
        ("text", Arc::new(texts)),
        ("long", Arc::new(long)),
        ("absent", Arc::new(absent)),
        ("list", Arc::new(lists)),
    ])
    .expect("a batch")
}

fn file(version: WriterVersion, compression: Compression) -> Bytes {
    let batch = batch();
    let properties = WriterProperties::builder()
        .set_writer_version(version)
        .set_compression(compression)
        .set_data_page_row_count_limit(PAGE_ROWS)
        .set_write_batch_size(PAGE_ROWS)
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_column_dictionary_enabled("long".into(), false)
        .build();
    let mut writer =
        ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties)).expect("a writer");
    writer.write(&batch).expect("written");
    Bytes::from(writer.into_inner().expect("finished"))
}

fn files() -> Vec<Bytes> {
    let zstd = Compression::ZSTD(ZstdLevel::default());
    [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0]
        .into_iter()
        .flat_map(|version| {
            [zstd, Compression::UNCOMPRESSED].map(|compression| file(version, compression))
        })
        .collect()
}

fn metadata(file: &Bytes) -> Arc<ParquetMetaData> {
    let reader = ParquetMetaDataReader::new()
        .with_column_index_policy(PageIndexPolicy::Skip)
        .with_offset_index_policy(PageIndexPolicy::Required);
    Arc::new(reader.parse_and_finish(file).expect("metadata"))
}

fn read(file: &Bytes, selection: &RowSelection) -> (RecordBatch, usize) {
    let metadata = metadata(file);
    let schema = metadata.file_metadata().schema_descr();
    let levels =
        parquet_to_arrow_field_levels(schema, ProjectionMask::all(), None).expect("levels");
    let source = Arc::new(Counting {
        file: file.clone(),
        pieces: AtomicUsize::new(0),
    });
    let pages = PageSource::new(Arc::clone(&source), Arc::clone(&metadata));
    let mut reader = ParquetRecordBatchReader::try_new_with_row_groups(
        &levels,
        &pages,
        ROWS,
        Some(selection.clone()),
    )
    .expect("a reader");
    let batch = reader.next().expect("rows").expect("decoded");
    (batch, source.pieces.load(Ordering::Relaxed))
}

#[test]
fn reads_what_the_reader_of_parquet_reads() {
    let selections = [
        vec![RowSelector::select(ROWS)],
        vec![
            RowSelector::skip(250),
            RowSelector::select(11),
            RowSelector::skip(400),
            RowSelector::select(150),
        ],
        (0..ROWS / 2)
            .flat_map(|_| [RowSelector::skip(1), RowSelector::select(1)])
            .collect(),
    ];
    for file in files() {
        for selection in &selections {
            let selection = RowSelection::from(selection.clone());
            let mut reader = ParquetRecordBatchReaderBuilder::try_new(file.clone())
                .expect("a file")
                .with_batch_size(ROWS)
                .with_row_selection(selection.clone())
                .build()
                .expect("a reader");
            let expected = reader.next().expect("rows").expect("decoded");
            let (found, _) = read(&file, &selection);
            assert_eq!(found.columns(), expected.columns());
        }
    }
}

#[test]
fn asks_only_for_pages_with_wanted_rows() {
    let selection = RowSelection::from(vec![RowSelector::skip(250), RowSelector::select(11)]);
    for file in files() {
        let metadata = metadata(&file);
        let (mut all, mut expected) = (0, 0);
        let columns = metadata.row_group(0).columns();
        let index = metadata.offset_index().expect("locations");
        for (column, places) in columns.iter().zip(&index[0]) {
            let places = places.page_locations();
            all += places.len();
            let ends = places[1..].iter().map(|place| place.first_row_index);
            expected += places
                .iter()
                .zip(ends.chain([ROWS as i64]))
                .filter(|(place, end)| place.first_row_index < 261 && *end > 250)
                .count();
            expected += usize::from(places[0].offset as u64 > column.byte_range().0);
        }
        let (_, pieces) = read(&file, &selection);
        assert_eq!(pieces, expected);
        assert!(pieces * 3 < all, "{pieces} of {all}");
    }
}

/// All pages of a file, each with whether its column is compressed.
fn pages(file: &Bytes) -> Vec<(Bytes, bool)> {
    let metadata = metadata(file);
    let index = metadata.offset_index().expect("locations");
    let mut pages = Vec::new();
    for (column, places) in metadata.row_group(0).columns().iter().zip(&index[0]) {
        let compressed = column.compression() != Compression::UNCOMPRESSED;
        let mut start = column.byte_range().0 as usize;
        for place in places.page_locations() {
            let offset = place.offset as usize;
            if offset > start {
                pages.push((file.slice(start..offset), compressed));
            }
            start = offset + place.compressed_page_size as usize;
            pages.push((file.slice(offset..start), compressed));
        }
    }
    pages
}

#[test]
fn wrong_bytes_are_errors_or_other_values_but_never_panics() {
    for file in files() {
        for (page, compressed) in pages(&file).into_iter().step_by(7) {
            decode_page(&page, compressed).expect("a page");
            let (_, header_bytes) = PageHeader::parse(&page).expect("a header");
            for length in 0..page.len() {
                decode_page(&page.slice(..length), compressed).expect_err("cut off");
            }
            for at in 0..header_bytes.min(page.len()) {
                for bit in 0..8 {
                    let mut wrong = page.to_vec();
                    wrong[at] ^= 1 << bit;
                    drop(decode_page(&Bytes::from(wrong), compressed));
                }
            }
            for at in header_bytes..page.len() {
                let mut wrong = page.to_vec();
                wrong[at] ^= 0x55;
                drop(decode_page(&Bytes::from(wrong), compressed));
            }
            // One that was wrong leaves nothing behind for the next.
            decode_page(&page, compressed).expect("a page");
        }
    }
}

#[test]
fn deep_and_endless_headers_are_refused() {
    for bytes in [
        vec![],
        vec![0],
        vec![0x1c; 64],
        vec![0xff; 64],
        vec![0x19, 0xff, 0xff],
        vec![0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
        vec![0x0c; 64],
    ] {
        PageHeader::parse(&bytes).expect_err("no header");
    }
}
