//! Arrow columns of a block file to our columns.

use super::data_file::DataFile;
use super::name;
use super::rest;
use crate::columns::attribute::{AttributeColumn, AttributeColumns, CellType};
use crate::columns::log_batch::LogBatch;
use crate::columns::projection::{Column, Projection};
use crate::columns::span_batch::SpanBatch;
use crate::columns::text::{SparseText, TextColumn};
use crate::error::{Error, Result};
use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::{
    ArrowPrimitiveType, Int32Type, Int64Type, TimestampNanosecondType, UInt8Type, UInt32Type,
    UInt64Type,
};
use std::ops::Range;
use std::sync::Arc;
use tacho_model::id::{RecordId, SpanId, TraceId};
use tacho_model::resource::{Resource, Scope};

/// Fixed columns of spans: what a projection calls them, and the file.
const SPAN_COLUMNS: [(Column, &[&str]); 13] = [
    (Column::TraceId, &[name::TRACE_ID]),
    (Column::SpanId, &[name::SPAN_ID]),
    (Column::ParentSpanId, &[name::PARENT_SPAN_ID]),
    (Column::Time, &[name::START_TIME]),
    (Column::EndTime, &[name::START_TIME, name::DURATION]),
    (Column::Name, &[name::NAME]),
    (Column::Kind, &[name::KIND]),
    (Column::Status, &[name::STATUS]),
    (Column::StatusText, &[name::STATUS_MESSAGE]),
    (
        Column::Rare,
        &[
            name::TRACE_STATE,
            name::FLAGS,
            name::DROPPED_ATTRIBUTES,
            name::DROPPED_EVENTS,
            name::DROPPED_LINKS,
        ],
    ),
    (Column::Events, &[name::EVENTS, name::LINKS]),
    (Column::Resource, &[name::RESOURCE]),
    (Column::Scope, &[name::SCOPE]),
];

/// Fixed columns of log records.
const LOG_COLUMNS: [(Column, &[&str]); 12] = [
    (Column::TraceId, &[name::TRACE_ID]),
    (Column::SpanId, &[name::SPAN_ID]),
    (Column::Time, &[name::TIME]),
    (Column::EndTime, &[name::TIME, name::OBSERVED_DELAY]),
    (Column::Name, &[name::EVENT_NAME]),
    (Column::Status, &[name::SEVERITY_NUMBER]),
    (Column::StatusText, &[name::SEVERITY_TEXT]),
    (Column::Rare, &[name::FLAGS, name::DROPPED_ATTRIBUTES]),
    (Column::Body, &[name::BODY, name::BODY_TYPE]),
    (Column::RecordId, &[name::RECORD_ID]),
    (Column::Resource, &[name::RESOURCE]),
    (Column::Scope, &[name::SCOPE]),
];

/// What is given besides the file: resources and scopes are parsed once a block.
pub(crate) trait OriginSource {
    /// The resource of a text form.
    fn resource(&self, text: &str) -> Result<Arc<Resource>>;
    /// The scope of a text form.
    fn scope(&self, text: &str) -> Result<Arc<Scope>>;
}

/// What to read: rows and columns, and whether the rest column may have wanted keys.
pub(crate) struct Wanted<'a> {
    /// Rows, ascending and disjoint.
    pub rows: &'a [Range<u32>],
    /// Columns.
    pub projection: &'a Projection,
    /// Whether the rest column is needed.
    pub rest: bool,
}

/// Reads rows of a block of spans; gives the bytes read as well.
pub(crate) fn read_spans(
    file: &DataFile,
    wanted: &Wanted<'_>,
    origins: &dyn OriginSource,
) -> Result<(SpanBatch, u64)> {
    let (columns, bytes) = Columns::read(file, wanted, &SPAN_COLUMNS)?;
    let has = |column| wanted.projection.has(column);
    let len = columns.rows;
    let mut batch = SpanBatch {
        len,
        ..SpanBatch::default()
    };
    if has(Column::TraceId) {
        batch.trace_ids = columns.ids(name::TRACE_ID, TraceId)?;
    }
    if has(Column::SpanId) {
        batch.span_ids = columns.ids(name::SPAN_ID, SpanId)?;
    }
    if has(Column::ParentSpanId) {
        batch.parent_span_ids = columns.ids(name::PARENT_SPAN_ID, SpanId)?;
    }
    if has(Column::Time) || has(Column::EndTime) {
        batch.starts = columns.numbers::<TimestampNanosecondType>(name::START_TIME)?;
    }
    if has(Column::EndTime) {
        let durations = columns.numbers::<Int64Type>(name::DURATION)?;
        let ends = batch.starts.iter().zip(&durations);
        batch.ends = ends
            .map(|(start, length)| start.wrapping_add(*length))
            .collect();
    }
    if !has(Column::Time) {
        batch.starts = Vec::new();
    }
    if has(Column::Name) {
        batch.names = columns.texts(name::NAME)?;
    }
    if has(Column::Kind) {
        batch.kinds = columns.numbers::<UInt8Type>(name::KIND)?;
    }
    if has(Column::Status) {
        batch.statuses = columns.numbers::<UInt8Type>(name::STATUS)?;
    }
    if has(Column::StatusText) {
        batch.status_messages = columns.sparse_texts(name::STATUS_MESSAGE)?;
    }
    if has(Column::Rare) {
        batch.trace_states = columns.sparse_texts(name::TRACE_STATE)?;
        batch.flags = columns.numbers::<UInt32Type>(name::FLAGS)?;
        batch.dropped = columns.dropped()?;
    }
    if has(Column::Events) {
        batch.events = columns.sparse_texts(name::EVENTS)?;
        batch.links = columns.sparse_texts(name::LINKS)?;
    }
    let shared = &mut batch.shared;
    if has(Column::Resource) {
        (shared.resource_index, shared.resources) =
            columns.origins(name::RESOURCE, |text| origins.resource(text))?;
    }
    if has(Column::Scope) {
        (shared.scope_index, shared.scopes) =
            columns.origins(name::SCOPE, |text| origins.scope(text))?;
    }
    shared.attributes = columns.attributes(wanted.projection)?;
    Ok((batch, bytes))
}

/// Reads rows of a block of log records; gives the bytes read as well.
pub(crate) fn read_logs(
    file: &DataFile,
    wanted: &Wanted<'_>,
    origins: &dyn OriginSource,
) -> Result<(LogBatch, u64)> {
    let (columns, bytes) = Columns::read(file, wanted, &LOG_COLUMNS)?;
    let has = |column| wanted.projection.has(column);
    let len = columns.rows;
    let mut batch = LogBatch {
        len,
        ..LogBatch::default()
    };
    if has(Column::RecordId) {
        let ids = columns.numbers::<UInt64Type>(name::RECORD_ID)?;
        batch.record_ids = ids.into_iter().map(RecordId).collect();
    }
    if has(Column::Time) || has(Column::EndTime) {
        batch.times = columns.numbers::<TimestampNanosecondType>(name::TIME)?;
    }
    if has(Column::EndTime) {
        batch.observed_times = columns.observed_times(&batch.times)?;
    }
    if !has(Column::Time) {
        batch.times = Vec::new();
    }
    if has(Column::Status) {
        batch.severities = columns.numbers::<UInt8Type>(name::SEVERITY_NUMBER)?;
    }
    if has(Column::StatusText) {
        batch.severity_texts = columns.texts(name::SEVERITY_TEXT)?;
    }
    if has(Column::Body) {
        batch.bodies = columns.texts(name::BODY)?;
        let codes = columns.numbers::<UInt8Type>(name::BODY_TYPE)?;
        let types = codes.into_iter().map(|code| {
            let known = name::BODY_TYPES.get(usize::from(code)).copied();
            known.ok_or_else(|| Error::corrupt(format!("unknown type of body {code}")))
        });
        batch.body_types = types.collect::<Result<Vec<CellType>>>()?;
    }
    if has(Column::Name) {
        batch.event_names = columns.sparse_texts(name::EVENT_NAME)?;
    }
    if has(Column::TraceId) {
        batch.trace_ids = columns.ids(name::TRACE_ID, TraceId)?;
    }
    if has(Column::SpanId) {
        batch.span_ids = columns.ids(name::SPAN_ID, SpanId)?;
    }
    if has(Column::Rare) {
        batch.flags = columns.numbers::<UInt32Type>(name::FLAGS)?;
        let counts = columns.counts(name::DROPPED_ATTRIBUTES)?;
        batch.dropped = counts;
    }
    let shared = &mut batch.shared;
    if has(Column::Resource) {
        (shared.resource_index, shared.resources) =
            columns.origins(name::RESOURCE, |text| origins.resource(text))?;
    }
    if has(Column::Scope) {
        (shared.scope_index, shared.scopes) =
            columns.origins(name::SCOPE, |text| origins.scope(text))?;
    }
    shared.attributes = columns.attributes(wanted.projection)?;
    Ok((batch, bytes))
}

/// Columns that were read.
struct Columns {
    rows: usize,
    batch: Option<RecordBatch>,
}

impl Columns {
    fn read(
        file: &DataFile,
        wanted: &Wanted<'_>,
        fixed: &[(Column, &[&str])],
    ) -> Result<(Self, u64)> {
        let rows = wanted.rows.iter();
        let rows: usize = rows
            .map(|range| range.end.saturating_sub(range.start) as usize)
            .sum();
        let projection = wanted.projection;
        let is_wanted = |name: &str| match name::parse_attribute(name) {
            Some((key, _)) => projection.has_attribute(key),
            None if [name::REST, name::REST_AGAIN].contains(&name) => wanted.rest,
            None => fixed
                .iter()
                .any(|(column, names)| names.contains(&name) && projection.has(*column)),
        };
        let places: Vec<usize> = (0..file.names.len())
            .filter(|place| is_wanted(&file.names[*place]))
            .collect();
        if rows == 0 || places.is_empty() {
            return Ok((Self { rows, batch: None }, 0));
        }
        let (batch, bytes) = file.read(&places, wanted.rows)?;
        let columns = Self {
            rows,
            batch: Some(batch),
        };
        Ok((columns, bytes))
    }

    /// A column; `None` if the file left it out because all its cells are defaults.
    fn find(&self, name: &str) -> Option<&ArrayRef> {
        self.batch.as_ref()?.column_by_name(name)
    }

    fn ids<const N: usize, T: Copy>(&self, name: &str, id: fn([u8; N]) -> T) -> Result<Vec<T>> {
        let Some(array) = self.find(name) else {
            return Ok(vec![id([0; N]); self.rows]);
        };
        let array = array
            .as_fixed_size_binary_opt()
            .ok_or_else(|| wrong(name))?;
        if array.value_length() as usize != N {
            return Err(wrong(name));
        }
        let each = |row: usize| {
            let bytes = array.value(row).first_chunk::<N>();
            let present = array.is_valid(row);
            id(bytes.copied().filter(|_| present).unwrap_or([0; N]))
        };
        Ok((0..array.len()).map(each).collect())
    }

    fn numbers<T: ArrowPrimitiveType>(&self, name: &str) -> Result<Vec<T::Native>> {
        let Some(array) = self.find(name) else {
            return Ok(vec![T::default_value(); self.rows]);
        };
        let array = array.as_primitive_opt::<T>().ok_or_else(|| wrong(name))?;
        if array.null_count() > 0 {
            return Err(wrong(name));
        }
        Ok(array.values().to_vec())
    }

    fn texts(&self, name: &str) -> Result<TextColumn> {
        let mut column = TextColumn::default();
        let Some(array) = self.find(name) else {
            (0..self.rows).for_each(|_| column.push(""));
            return Ok(column);
        };
        let array = array.as_string_opt::<i32>().ok_or_else(|| wrong(name))?;
        let rows: Vec<u32> = (0..array.len() as u32).collect();
        let cells = rest::variable_cells(array.value_offsets(), array.value_data(), &rows);
        TextColumn::from_bytes(cells).ok_or_else(|| wrong(name))
    }

    fn sparse_texts(&self, name: &str) -> Result<SparseText> {
        let Some(array) = self.find(name) else {
            return Ok(SparseText::default());
        };
        let array = array.as_string_opt::<i32>().ok_or_else(|| wrong(name))?;
        let rows = rest::present_rows(array);
        let cells = rest::variable_cells(array.value_offsets(), array.value_data(), &rows);
        let texts = TextColumn::from_bytes(cells).ok_or_else(|| wrong(name))?;
        Ok(SparseText { rows, texts })
    }

    fn observed_times(&self, times: &[i64]) -> Result<Vec<i64>> {
        let Some(array) = self.find(name::OBSERVED_DELAY) else {
            return Ok(vec![0; self.rows]);
        };
        let array = array.as_primitive_opt::<Int64Type>();
        let array = array.ok_or_else(|| wrong(name::OBSERVED_DELAY))?;
        let observed = array.iter().zip(times).map(|(delay, time)| match delay {
            Some(delay) => time.wrapping_add(delay),
            None => 0,
        });
        Ok(observed.collect())
    }

    fn counts(&self, name: &str) -> Result<Vec<(u32, u32)>> {
        if self.find(name).is_none() {
            return Ok(Vec::new());
        }
        let counts = self.numbers::<UInt32Type>(name)?;
        let rows = counts.into_iter().enumerate();
        Ok(rows
            .filter(|(_, count)| *count > 0)
            .map(|(row, count)| (row as u32, count))
            .collect())
    }

    fn dropped(&self) -> Result<Vec<(u32, [u32; 3])>> {
        let names = [
            name::DROPPED_ATTRIBUTES,
            name::DROPPED_EVENTS,
            name::DROPPED_LINKS,
        ];
        let mut all: Vec<(u32, [u32; 3])> = Vec::new();
        for (which, name) in names.into_iter().enumerate() {
            for (row, count) in self.counts(name)? {
                let mut counts = [0; 3];
                counts[which] = count;
                all.push((row, counts));
            }
        }
        all.sort_by_key(|(row, _)| *row);
        let mut dropped: Vec<(u32, [u32; 3])> = Vec::new();
        for (row, counts) in all {
            match dropped.last_mut() {
                Some((last, sums)) if *last == row => {
                    for (sum, count) in sums.iter_mut().zip(counts) {
                        *sum += count;
                    }
                }
                _ => dropped.push((row, counts)),
            }
        }
        Ok(dropped)
    }

    /// For each row its place among the resources or scopes that occur, and these.
    fn origins<T: Default>(
        &self,
        name: &str,
        parse: impl Fn(&str) -> Result<Arc<T>>,
    ) -> Result<(Vec<u32>, Vec<Arc<T>>)> {
        let Some(array) = self.find(name) else {
            let all = if self.rows > 0 {
                vec![Arc::new(T::default())]
            } else {
                Vec::new()
            };
            return Ok((vec![0; self.rows], all));
        };
        let array = array
            .as_dictionary_opt::<Int32Type>()
            .ok_or_else(|| wrong(name))?;
        let texts = array
            .values()
            .as_string_opt::<i32>()
            .ok_or_else(|| wrong(name))?;
        let mut places = vec![u32::MAX; texts.len()];
        let mut all = Vec::new();
        let mut by_row = Vec::with_capacity(self.rows);
        for key in array.keys().values() {
            let place = places.get_mut(*key as usize).ok_or_else(|| wrong(name))?;
            if *place == u32::MAX {
                *place = all.len() as u32;
                all.push(parse(texts.value(*key as usize))?);
            }
            by_row.push(*place);
        }
        Ok((by_row, all))
    }

    fn attributes(&self, projection: &Projection) -> Result<AttributeColumns> {
        let mut columns: Vec<AttributeColumn> = Vec::new();
        if let Some(batch) = &self.batch {
            for (field, array) in batch.schema_ref().fields().iter().zip(batch.columns()) {
                if let Some((key, cell_type)) = name::parse_attribute(field.name()) {
                    let column = rest::read_typed(key, cell_type, array)?;
                    if !column.rows.is_empty() {
                        columns.push(column);
                    }
                }
            }
        }
        // In this order: what repeats a key comes after the first.
        for array in [name::REST, name::REST_AGAIN]
            .into_iter()
            .filter_map(|name| self.find(name))
        {
            rest::read(array, |key| projection.has_attribute(key), &mut columns)?;
        }
        let mut attributes = AttributeColumns::default();
        for column in columns {
            attributes.insert(column);
        }
        Ok(attributes)
    }
}

fn wrong(name: &str) -> Error {
    Error::corrupt(format!("column {name} of a block has a wrong shape"))
}
