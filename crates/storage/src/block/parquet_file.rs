//! The Parquet file of a block: from a plan to bytes, and where its pages lie.

use super::PAGE_ROWS;
use super::plan::{Build, Plan};
use super::tuning::compression;
use crate::error::{Error, Result};
use arrow::datatypes::{Field, Schema};
use bytes::Bytes;
use parquet::arrow::ArrowSchemaConverter;
use parquet::arrow::arrow_writer::{ArrowRowGroupWriterFactory, compute_leaves};
use parquet::file::metadata::{KeyValue, PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{ColumnPath, SchemaDescriptor};
use std::sync::Arc;

/// Version of the columns of block files.
pub(crate) const VERSION: &str = "1";
/// Key of the version in the file's metadata.
pub(crate) const VERSION_KEY: &str = "tacho.block.version";
/// Key of the signal in the file's metadata.
pub(crate) const SIGNAL_KEY: &str = "tacho.signal";
/// Pages end by rows, not by bytes (a column of a block has at most 16 MiB, or one row).
const PAGE_BYTES_MAX: usize = 1 << 30;

/// A file that was made.
#[derive(Debug)]
pub(crate) struct Encoded {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// About the bytes of its columns in memory.
    pub decoded_bytes: u64,
}

/// The bytes of the file.
pub(crate) fn encode(plan: &Plan<'_>, signal: &str) -> Result<Encoded> {
    encode_plan(plan, signal)
        .map_err(|error| Error::internal(format!("encode a block: {error}")).with_source(error))
}

type ParquetResult<T> = std::result::Result<T, parquet::errors::ParquetError>;

fn encode_plan(plan: &Plan<'_>, signal: &str) -> ParquetResult<Encoded> {
    let mut decoded_bytes = 0;
    let fields: Vec<Field> = plan
        .columns
        .iter()
        .map(|column| Field::new(&column.name, column.data_type.clone(), column.nullable))
        .collect();
    let schema = Arc::new(Schema::new(fields));
    let descriptor = ArrowSchemaConverter::new().convert(&schema)?;
    let properties = Arc::new(properties(plan, &descriptor, signal));
    let root = descriptor.root_schema_ptr();
    let mut file = SerializedFileWriter::new(Vec::new(), root, properties)?;
    let factory = ArrowRowGroupWriterFactory::new(&file, Arc::clone(&schema));
    let mut writers = factory.create_column_writers(0)?.into_iter();
    let mut group = file.next_row_group()?;
    let mut leaf_place = 0;
    for (column, field) in plan.columns.iter().zip(schema.fields()) {
        let array = match &column.build {
            Build::Array(build) => build().map_err(|error| {
                parquet::errors::ParquetError::External(Box::new(error.context(&column.name)))
            })?,
            Build::Dictionary(build) => {
                let dictionary = build();
                if dictionary.is_small() {
                    decoded_bytes += dictionary.places.len() as u64 * 4;
                    let encoded = dictionary.encode(descriptor.column(leaf_place))?;
                    group.append_column(&encoded.bytes, encoded.close)?;
                    // The writer of this column is not used.
                    drop(writers.next());
                    leaf_place += 1;
                    continue;
                }
                dictionary.array()?
            }
        };
        let leaves = compute_leaves(field, &array)?;
        decoded_bytes += array.get_buffer_memory_size() as u64;
        drop(array);
        for leaf in leaves {
            let Some(mut writer) = writers.next() else {
                break;
            };
            writer.write(&leaf)?;
            drop(leaf);
            writer.close()?.append_to_row_group(&mut group)?;
            leaf_place += 1;
        }
    }
    group.close()?;
    Ok(Encoded {
        bytes: file.into_inner()?,
        decoded_bytes,
    })
}

fn properties(plan: &Plan<'_>, schema: &SchemaDescriptor, signal: &str) -> WriterProperties {
    let mut properties = WriterProperties::builder()
        .set_compression(compression())
        .set_data_page_row_count_limit(PAGE_ROWS)
        .set_data_page_size_limit(PAGE_BYTES_MAX)
        .set_max_row_group_row_count(None)
        .set_statistics_enabled(EnabledStatistics::None)
        .set_created_by("tachograph".to_owned())
        .set_key_value_metadata(Some(vec![
            KeyValue::new(VERSION_KEY.to_owned(), VERSION.to_owned()),
            KeyValue::new(SIGNAL_KEY.to_owned(), signal.to_owned()),
        ]));
    for leaf in schema.columns() {
        let path: &ColumnPath = leaf.path();
        let planned = path
            .parts()
            .first()
            .and_then(|root| plan.columns.iter().find(|column| column.name == *root));
        if let Some(column) = planned {
            let mut tuning = column.tuning;
            if path.parts().last().is_some_and(|part| part == "key") && path.parts().len() > 1 {
                tuning = super::tuning::Tuning::DICTIONARY;
            }
            properties = tuning.apply(properties, path);
        }
    }
    properties.build()
}

/// The metadata of a file, page locations included.
pub(crate) fn parse(file: &Bytes) -> Result<ParquetMetaData> {
    ParquetMetaDataReader::new()
        .with_column_index_policy(PageIndexPolicy::Skip)
        .with_offset_index_policy(PageIndexPolicy::Required)
        .parse_and_finish(file)
        .map_err(|error| Error::internal(format!("read back a block: {error}")).with_source(error))
}

/// Cuts a file into ranges that are read as a whole (the magic bytes, each page, all that
/// follows the pages), and gives the length of each. Together they are the whole file.
pub(crate) fn ranges(metadata: &ParquetMetaData, file_bytes: u64) -> Result<Vec<u64>> {
    let missing = || Error::internal("a block has no page locations");
    let group = metadata.row_groups().first().ok_or_else(missing)?;
    let index = metadata.offset_index().and_then(|all| all.first());
    let index = index.ok_or_else(missing)?;
    let mut starts = vec![0, 4];
    let mut pages_end = 4;
    for (column, pages) in group.columns().iter().zip(index) {
        let (start, length) = column.byte_range();
        pages_end = pages_end.max(start + length);
        starts.push(start);
        for page in pages.page_locations() {
            starts.push(u64::try_from(page.offset).map_err(|_| missing())?);
        }
    }
    starts.push(pages_end);
    starts.sort_unstable();
    starts.dedup();
    if starts.last().is_some_and(|last| *last > file_bytes) {
        return Err(missing());
    }
    let ends = starts.iter().skip(1).copied().chain([file_bytes]);
    Ok(starts
        .iter()
        .zip(ends)
        .map(|(start, end)| end - start)
        .collect())
}
