//! The Parquet file of a block, read page by page with checksums verified before any decoding.

use super::sidecar::Facts;
use crate::error::{Error, Result};
use crate::io::ReadFile;
use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, Field, Schema};
use bytes::buf::Reader as BytesReader;
use bytes::{Buf, Bytes};
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, RowSelection, RowSelector,
};
use parquet::arrow::{ProjectionMask, parquet_to_arrow_field_levels, parquet_to_arrow_schema};
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaDataReader};
use parquet::file::reader::{ChunkReader, Length};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::page_source::PageSource;
use super::{name, parquet_file};

/// An open Parquet file with its metadata.
#[derive(Debug)]
pub(crate) struct DataFile {
    file: Arc<dyn ReadFile>,
    ranges: Arc<[FileRange]>,
    metadata: ArrowReaderMetadata,
    /// Names of all columns, in their order.
    pub names: Vec<String>,
    rows: u32,
}

/// Bytes that are read as a whole.
#[derive(Debug, Clone, Copy)]
struct FileRange {
    start: u64,
    length: u64,
    crc: u32,
}

impl DataFile {
    /// Reads and checks the metadata of an open file.
    pub(crate) fn open(file: Arc<dyn ReadFile>, facts: &Facts, rows: u32) -> Result<Self> {
        let ranges = file_ranges(facts, file.len())?;
        let last = ranges.last().copied();
        let last = last.ok_or_else(|| Error::corrupt("the block file is empty"))?;
        let tail = read_range(&*file, last)?;
        let source = Source {
            file: Arc::clone(&file),
            ranges: Arc::clone(&ranges),
            tail: Some((last.start, tail)),
            bytes_read: AtomicU64::new(0),
        };
        let metadata = guarded(|| load_metadata(&source))?;
        let parquet = metadata.metadata();
        let group_rows: i64 = parquet
            .row_groups()
            .iter()
            .map(parquet::file::metadata::RowGroupMetaData::num_rows)
            .sum();
        if parquet.num_row_groups() != 1 || group_rows != i64::from(rows) {
            return Err(Error::corrupt(format!(
                "the block file has {group_rows} rows in {} groups instead of {rows} in one",
                parquet.num_row_groups()
            )));
        }
        let version = parquet
            .file_metadata()
            .key_value_metadata()
            .and_then(|pairs| {
                let pair = pairs
                    .iter()
                    .find(|pair| pair.key == parquet_file::VERSION_KEY);
                pair.and_then(|pair| pair.value.clone())
            });
        if version.as_deref() != Some(parquet_file::VERSION) {
            return Err(Error::invalid(format!(
                "the block file has version {}, this program knows {}",
                version.unwrap_or_default(),
                parquet_file::VERSION
            )));
        }
        let fields = metadata.schema().fields();
        let names = fields.iter().map(|field| field.name().clone()).collect();
        Ok(Self {
            file,
            ranges,
            metadata,
            names,
            rows,
        })
    }

    /// Bytes of memory in use.
    pub(crate) fn memory(&self) -> usize {
        self.metadata.metadata().memory_size()
            + self.ranges.len() * size_of::<FileRange>()
            + self
                .names
                .iter()
                .map(|name| name.len() * 2 + 160)
                .sum::<usize>()
    }

    /// Reads these columns (by their place in `names`) of these rows, ascending and disjoint, as
    /// one batch. Gives the bytes read as well.
    pub(crate) fn read(
        &self,
        columns: &[usize],
        rows: &[Range<u32>],
    ) -> Result<(RecordBatch, u64)> {
        let source = Arc::new(Source {
            file: Arc::clone(&self.file),
            ranges: Arc::clone(&self.ranges),
            tail: None,
            bytes_read: AtomicU64::new(0),
        });
        let selection = selection(rows, self.rows)?;
        let wanted: usize = rows
            .iter()
            .map(|range| (range.end - range.start) as usize)
            .sum();
        let read = || -> ParquetResult<RecordBatch> {
            let parquet = self.metadata.metadata();
            let schema = parquet.file_metadata().schema_descr();
            let mask = ProjectionMask::roots(schema, columns.iter().copied());
            let fields = self.metadata.schema().fields();
            let levels = parquet_to_arrow_field_levels(schema, mask, Some(fields))?;
            let pages = PageSource::new(Arc::clone(&source), Arc::clone(parquet));
            let mut reader = ParquetRecordBatchReader::try_new_with_row_groups(
                &levels,
                &pages,
                wanted.max(1),
                Some(selection),
            )?;
            let first = reader
                .next()
                .ok_or_else(|| ParquetError::General("the block file gave no rows".to_owned()))??;
            if first.num_rows() != wanted {
                return Err(ParquetError::General(
                    "the block file gave a wrong number of rows".to_owned(),
                ));
            }
            Ok(first)
        };
        let batch = guarded(read)?;
        Ok((batch, source.bytes_read.load(Ordering::Relaxed)))
    }

    /// Reads the whole file and verifies all checksums.
    pub(crate) fn verify(&self) -> Result<()> {
        self.ranges
            .iter()
            .try_for_each(|range| read_range(&*self.file, *range).map(drop))
    }
}

fn file_ranges(facts: &Facts, file_bytes: u64) -> Result<Arc<[FileRange]>> {
    let mut start = 0u64;
    let mut ranges = Vec::with_capacity(facts.ranges.len());
    for (length, crc) in &facts.ranges {
        ranges.push(FileRange {
            start,
            length: *length,
            crc: *crc,
        });
        start = start.saturating_add(*length);
    }
    if start != file_bytes {
        return Err(Error::corrupt(format!(
            "the block file has {file_bytes} bytes instead of {start}"
        )));
    }
    Ok(ranges.into())
}

fn read_range(file: &dyn ReadFile, range: FileRange) -> Result<Bytes> {
    let length = usize::try_from(range.length)
        .map_err(|_| Error::corrupt("a range of the block file is too long"))?;
    let mut bytes = vec![0; length];
    file.read_exact_at(&mut bytes, range.start)?;
    if crc32c::crc32c(&bytes) != range.crc {
        return Err(Error::corrupt(format!(
            "the block file has a wrong checksum in {length} bytes from {}",
            range.start
        )));
    }
    Ok(Bytes::from(bytes))
}

fn load_metadata(source: &Source) -> ParquetResult<ArrowReaderMetadata> {
    let parquet = ParquetMetaDataReader::new()
        .with_column_index_policy(PageIndexPolicy::Skip)
        .with_offset_index_policy(PageIndexPolicy::Required)
        .parse_and_finish(source)?;
    let schema = parquet_to_arrow_schema(parquet.file_metadata().schema_descr(), None)?;
    let fields: Vec<Field> = schema
        .fields()
        .iter()
        .map(|field| {
            let is_origin = [name::RESOURCE, name::SCOPE].contains(&field.name().as_str());
            let field = field.as_ref().clone();
            if is_origin {
                let texts =
                    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
                field.with_data_type(texts)
            } else {
                field
            }
        })
        .collect();
    let options = ArrowReaderOptions::new().with_schema(Arc::new(Schema::new(fields)));
    ArrowReaderMetadata::try_new(Arc::new(parquet), options)
}

fn selection(rows: &[Range<u32>], all: u32) -> Result<RowSelection> {
    let mut selectors = Vec::new();
    let mut at = 0;
    for range in rows {
        if range.start < at || range.end <= range.start || range.end > all {
            return Err(Error::invalid(format!(
                "rows {}..{} are out of order or beyond {all}",
                range.start, range.end
            )));
        }
        if range.start > at {
            selectors.push(RowSelector::skip((range.start - at) as usize));
        }
        selectors.push(RowSelector::select((range.end - range.start) as usize));
        at = range.end;
    }
    if at < all {
        selectors.push(RowSelector::skip((all - at) as usize));
    }
    Ok(RowSelection::from(selectors))
}

/// Runs a decoder; its errors and panics mean that the bytes are not what was written.
fn guarded<T>(run: impl FnOnce() -> ParquetResult<T>) -> Result<T> {
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(ParquetError::External(source))) => match source.downcast::<Error>() {
            Ok(error) => Err(*error),
            Err(source) => Err(Error::corrupt(format!("decode a block: {source}"))),
        },
        Ok(Err(error)) => {
            Err(Error::corrupt(format!("decode a block: {error}")).with_source(error))
        }
        Err(_) => Err(Error::corrupt("decode a block: the decoder panicked")),
    }
}

/// Where the Parquet decoder gets its bytes from.
#[derive(Debug)]
struct Source {
    file: Arc<dyn ReadFile>,
    ranges: Arc<[FileRange]>,
    /// What follows the pages, once read.
    tail: Option<(u64, Bytes)>,
    bytes_read: AtomicU64,
}

impl Source {
    fn bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        let beyond = || Error::corrupt(format!("the block file names {length} bytes at {start}"));
        let end = start.checked_add(length as u64).ok_or_else(beyond)?;
        if let Some((tail_start, tail)) = &self.tail
            && start >= *tail_start
        {
            let from = (start - tail_start) as usize;
            let to = (end - tail_start) as usize;
            return if to <= tail.len() {
                Ok(tail.slice(from..to))
            } else {
                Err(beyond())
            };
        }
        let index = self.ranges.partition_point(|range| range.start <= start);
        let range = self.ranges.get(index.wrapping_sub(1)).ok_or_else(beyond)?;
        let offset = (start - range.start) as usize;
        // The decoder asks for whole pages; what crosses their borders is no page.
        if end > range.start + range.length {
            return Err(beyond());
        }
        let bytes = read_range(&*self.file, *range)?;
        self.bytes_read.fetch_add(range.length, Ordering::Relaxed);
        Ok(bytes.slice(offset..offset + length))
    }
}

impl Length for Source {
    fn len(&self) -> u64 {
        self.file.len()
    }
}

impl ChunkReader for Source {
    type T = BytesReader<Bytes>;

    fn get_read(&self, start: u64) -> ParquetResult<Self::T> {
        let index = self.ranges.partition_point(|range| range.start <= start);
        let end = self
            .ranges
            .get(index.wrapping_sub(1))
            .map_or(start, |range| range.start + range.length);
        let length = end.saturating_sub(start) as usize;
        Ok(self.get_bytes(start, length)?.reader())
    }

    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<Bytes> {
        self.bytes(start, length)
            .map_err(|error| ParquetError::External(Box::new(error)))
    }
}
