//! Pages of a block file for the Parquet decoder. Its own page reader sets up a compressor and a
//! decompressor for each column, which costs more than reading a few rows of one; here a thread
//! has one decompressor for all.

mod header;
#[cfg(test)]
mod tests;

use bytes::Bytes;
use header::{PageHeader, PageKind};
use parquet::arrow::arrow_reader::RowGroups;
use parquet::basic::Compression;
use parquet::column::page::{Page, PageIterator, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use parquet::file::page_index::offset_index::PageLocation;
use parquet::file::reader::ChunkReader;
use std::cell::RefCell;
use std::io::Cursor;
use std::sync::Arc;
use zstd::bulk::Decompressor;

thread_local! {
    /// About 100 KiB, made when a thread reads its first compressed page.
    static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

/// The only row group of a file whose page locations are known. Only pages that the decoder
/// wants are asked of `source`, each as one piece with its header.
#[derive(Debug)]
pub(crate) struct PageSource<S> {
    source: Arc<S>,
    metadata: Arc<ParquetMetaData>,
}

impl<S: ChunkReader> PageSource<S> {
    /// The pages of a file with this metadata.
    pub(crate) fn new(source: Arc<S>, metadata: Arc<ParquetMetaData>) -> Self {
        Self { source, metadata }
    }
}

impl<S: ChunkReader + 'static> RowGroups for PageSource<S> {
    fn num_rows(&self) -> usize {
        let groups = self.metadata.row_groups().first();
        groups.map_or(0, |group| usize::try_from(group.num_rows()).unwrap_or(0))
    }

    fn column_chunks(&self, column: usize) -> Result<Box<dyn PageIterator>> {
        let pages = ColumnPages::new(
            Arc::clone(&self.source),
            Arc::clone(&self.metadata),
            column,
            self.num_rows(),
        )?;
        Ok(Box::new(OneColumn(Some(Box::new(pages)))))
    }

    fn row_groups(&self) -> Box<dyn Iterator<Item = &RowGroupMetaData> + '_> {
        Box::new(self.metadata.row_groups().iter().take(1))
    }

    fn metadata(&self) -> &ParquetMetaData {
        &self.metadata
    }
}

/// The pages of a column of each row group: there is one.
struct OneColumn(Option<Box<dyn PageReader>>);

impl Iterator for OneColumn {
    type Item = Result<Box<dyn PageReader>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.take().map(Ok)
    }
}

impl PageIterator for OneColumn {}

/// The pages of a column that are still to come.
struct ColumnPages<S> {
    source: Arc<S>,
    metadata: Arc<ParquetMetaData>,
    column: usize,
    compressed: bool,
    /// Where the dictionary lies, until it was read or passed over.
    dictionary: Option<(u64, usize)>,
    /// The next data page.
    next: usize,
    rows: usize,
}

/// A number of the metadata that cannot be negative.
fn natural<T: TryInto<N>, N>(number: T) -> Result<N> {
    number.try_into().map_err(|_| wrong("a page location"))
}

fn wrong(what: impl std::fmt::Display) -> ParquetError {
    ParquetError::General(format!("wrong page: {what}"))
}

/// Where the data pages of a column lie.
fn locations(metadata: &ParquetMetaData, column: usize) -> Result<&[PageLocation]> {
    let group = metadata.offset_index().and_then(|groups| groups.first());
    let index = group.and_then(|columns| columns.get(column));
    let index = index.ok_or_else(|| wrong(format_args!("no locations of column {column}")))?;
    Ok(index.page_locations())
}

impl<S: ChunkReader> ColumnPages<S> {
    fn new(
        source: Arc<S>,
        metadata: Arc<ParquetMetaData>,
        column: usize,
        rows: usize,
    ) -> Result<Self> {
        let group = metadata.row_groups().first();
        let chunk = group.and_then(|group| group.columns().get(column));
        let chunk = chunk.ok_or_else(|| wrong(format_args!("no column {column}")))?;
        let compressed = match chunk.compression() {
            Compression::UNCOMPRESSED => false,
            Compression::ZSTD(_) => true,
            other => return Err(wrong(format_args!("compressed as {other}"))),
        };
        let (start, _) = chunk.byte_range();
        // What comes before the first data page is the dictionary.
        let dictionary = match locations(&metadata, column)?.first() {
            Some(first) => {
                let first: u64 = natural(first.offset)?;
                let length = first.checked_sub(start);
                let length = natural(length.ok_or_else(|| wrong("before its column"))?)?;
                (length > 0).then_some((start, length))
            }
            None => None,
        };
        Ok(Self {
            source,
            metadata,
            column,
            compressed,
            dictionary,
            next: 0,
            rows,
        })
    }

    /// Goes on to the next page; gives its place.
    fn advance(&mut self) -> Result<Option<(u64, usize)>> {
        if let Some(place) = self.dictionary.take() {
            return Ok(Some(place));
        }
        let Some(location) = locations(&self.metadata, self.column)?.get(self.next) else {
            return Ok(None);
        };
        let place = (
            natural(location.offset)?,
            natural(location.compressed_page_size)?,
        );
        self.next += 1;
        Ok(Some(place))
    }
}

impl<S: ChunkReader> Iterator for ColumnPages<S> {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

impl<S: ChunkReader> PageReader for ColumnPages<S> {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let Some((start, length)) = self.advance()? else {
            return Ok(None);
        };
        let bytes = self.source.get_bytes(start, length)?;
        decode_page(&bytes, self.compressed).map(Some)
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        if self.dictionary.is_some() {
            return Ok(Some(PageMetadata {
                num_rows: None,
                num_levels: None,
                is_dict: true,
            }));
        }
        let locations = locations(&self.metadata, self.column)?;
        let Some(page) = locations.get(self.next) else {
            return Ok(None);
        };
        let first: usize = natural(page.first_row_index)?;
        let end = match locations.get(self.next + 1) {
            Some(following) => natural(following.first_row_index)?,
            None => self.rows,
        };
        let rows = end.checked_sub(first);
        Ok(Some(PageMetadata {
            num_rows: Some(rows.ok_or_else(|| wrong("rows out of order"))?),
            num_levels: None,
            is_dict: false,
        }))
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.advance().map(drop)
    }

    fn at_record_boundary(&mut self) -> Result<bool> {
        // Pages with locations begin with a row.
        Ok(true)
    }
}

/// Takes a page apart, its header included; `compressed` says whether its column is.
fn decode_page(bytes: &Bytes, compressed: bool) -> Result<Page> {
    let (header, header_bytes) = PageHeader::parse(bytes)?;
    let body = bytes.slice(header_bytes..);
    if body.len() != header.stored_bytes {
        return Err(wrong(format_args!(
            "{} bytes instead of {}",
            body.len(),
            header.stored_bytes
        )));
    }
    let plain_bytes = header.plain_bytes;
    let unpack = |levels: usize, compressed: bool| {
        if compressed {
            decompress(&body, levels, plain_bytes)
        } else if body.len() == plain_bytes && levels <= plain_bytes {
            Ok(body.clone())
        } else {
            Err(wrong("length of uncompressed bytes"))
        }
    };
    Ok(match header.kind {
        PageKind::Data {
            values,
            encoding,
            definition_levels,
            repetition_levels,
        } => Page::DataPage {
            buf: unpack(0, compressed)?,
            num_values: values,
            encoding,
            def_level_encoding: definition_levels,
            rep_level_encoding: repetition_levels,
            statistics: None,
        },
        PageKind::DataV2 {
            values,
            nulls,
            rows,
            encoding,
            definition_bytes,
            repetition_bytes,
            compressed: page_compressed,
        } => Page::DataPageV2 {
            buf: unpack(
                (definition_bytes as usize).saturating_add(repetition_bytes as usize),
                compressed && page_compressed,
            )?,
            num_values: values,
            encoding,
            num_nulls: nulls,
            num_rows: rows,
            def_levels_byte_len: definition_bytes,
            rep_levels_byte_len: repetition_bytes,
            is_compressed: page_compressed,
            statistics: None,
        },
        PageKind::Dictionary {
            values,
            encoding,
            sorted,
        } => Page::DictionaryPage {
            buf: unpack(0, compressed)?,
            num_values: values,
            encoding,
            is_sorted: sorted,
        },
    })
}

/// Decompresses all but the first `levels` bytes, which stay as they are.
fn decompress(body: &[u8], levels: usize, plain_bytes: usize) -> Result<Bytes> {
    let (before, packed) = body
        .split_at_checked(levels)
        .filter(|_| levels <= plain_bytes)
        .ok_or_else(|| wrong("length of levels"))?;
    let mut plain = Vec::new();
    plain
        .try_reserve_exact(plain_bytes)
        .map_err(|_| wrong(format_args!("{plain_bytes} bytes when decompressed")))?;
    plain.extend_from_slice(before);
    // A page without values may have nothing to decompress.
    if plain_bytes > levels {
        let mut output = Cursor::new(plain);
        output.set_position(levels as u64);
        DECOMPRESSOR.with_borrow_mut(|decompressor| -> Result<()> {
            let decompressor = match decompressor {
                Some(decompressor) => decompressor,
                None => decompressor.insert(Decompressor::new()?),
            };
            decompressor.decompress_to_buffer(packed, &mut output)?;
            Ok(())
        })?;
        plain = output.into_inner();
    }
    if plain.len() != plain_bytes {
        return Err(wrong(format_args!(
            "{} decompressed bytes instead of {plain_bytes}",
            plain.len()
        )));
    }
    Ok(Bytes::from(plain))
}
