//! The rest column: attributes without a column of their own, as a map of texts; and the list beside
//! it of what repeats a key in the same row, because other readers refuse maps with a key twice.

use super::rows::Rows;
use crate::columns::attribute::{AttributeColumn, CellType, Cells};
use crate::columns::text::{BytesColumn, TextColumn};
use crate::error::{Error, Result};
use arrow::array::{Array, ArrayRef, AsArray, ListArray, MapArray, StringArray, StructArray};
use arrow::buffer::{NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow::datatypes::{DataType, Field, FieldRef, Fields};
use hashbrown::HashMap;
use std::sync::Arc;
use tacho_model::json;
use tacho_model::value::{Value, ValueRef};

/// A value of the rest column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RestEntry {
    /// Row of the block.
    pub row: u32,
    /// Column of the batch.
    pub column: u32,
    /// Cell of that column.
    pub cell: u32,
}

/// Finds what goes to the rest column: all of the columns that are not `typed`, and the
/// repetitions of those that are.
pub(crate) fn gather(
    rows: &Rows<'_>,
    columns: &[AttributeColumn],
    typed: &[bool],
) -> Vec<RestEntry> {
    let mut entries = Vec::new();
    for (index, column) in columns.iter().enumerate() {
        let mut last = None;
        for (cell, from) in column.rows.iter().enumerate() {
            let is_first = last != Some(*from);
            last = Some(*from);
            if let Some(row) = rows.place(*from)
                && !(typed[index] && is_first)
            {
                entries.push(RestEntry {
                    row,
                    column: index as u32,
                    cell: cell as u32,
                });
            }
        }
    }
    entries.sort_unstable();
    entries
}

/// Parts what `gather` found: the first of each key in a row, and what repeats it.
pub(crate) fn split(
    entries: &[RestEntry],
    columns: &[AttributeColumn],
) -> (Vec<RestEntry>, Vec<RestEntry>) {
    // Columns of one key and several types share a number.
    let mut numbers: HashMap<&str, usize, foldhash::fast::RandomState> = HashMap::default();
    let number: Vec<usize> = columns
        .iter()
        .map(|column| {
            let next = numbers.len();
            *numbers.entry(&column.key).or_insert(next)
        })
        .collect();
    let mut last_rows = vec![None; numbers.len()];
    entries.iter().copied().partition(|entry| {
        let last = &mut last_rows[number[entry.column as usize]];
        let is_first = *last != Some(entry.row);
        *last = Some(entry.row);
        is_first
    })
}

/// The Arrow type of the column.
pub(crate) fn map_type() -> DataType {
    DataType::Map(entries_field("key_value"), false)
}

/// The Arrow type of the column of repetitions.
pub(crate) fn list_type() -> DataType {
    DataType::List(entries_field("element"))
}

fn entries_field(name: &str) -> FieldRef {
    Arc::new(Field::new(name, DataType::Struct(entry_fields()), false))
}

fn entry_fields() -> Fields {
    Fields::from(vec![
        Field::new("key", DataType::Utf8, false),
        Field::new("value", DataType::Utf8, false),
    ])
}

/// The Arrow column.
pub(crate) fn build_map(
    rows: usize,
    entries: &[RestEntry],
    columns: &[AttributeColumn],
) -> Result<ArrayRef> {
    let (offsets, entries, nulls) = parts(rows, entries, columns)?;
    let field = entries_field("key_value");
    let map = MapArray::try_new(field, offsets, entries, nulls, false).map_err(failed)?;
    Ok(Arc::new(map))
}

/// The Arrow column of repetitions.
pub(crate) fn build_list(
    rows: usize,
    entries: &[RestEntry],
    columns: &[AttributeColumn],
) -> Result<ArrayRef> {
    let (offsets, entries, nulls) = parts(rows, entries, columns)?;
    let field = entries_field("element");
    let list = ListArray::try_new(field, offsets, Arc::new(entries), nulls).map_err(failed)?;
    Ok(Arc::new(list))
}

fn failed(error: arrow::error::ArrowError) -> Error {
    Error::internal(format!("build the rest column: {error}")).with_source(error)
}

type Parts = (OffsetBuffer<i32>, StructArray, Option<NullBuffer>);

/// Where the pairs of each row are, the pairs, and which rows have any.
fn parts(rows: usize, entries: &[RestEntry], columns: &[AttributeColumn]) -> Result<Parts> {
    let too_long = |_| Error::internal("build the rest column: too many bytes");
    let mut keys = (vec![0i32], String::new());
    let mut values = (vec![0i32], String::new());
    let mut offsets = vec![0i32; rows + 1];
    let mut present = vec![false; rows];
    for entry in entries {
        let column = &columns[entry.column as usize];
        keys.1.push_str(&column.key);
        write_cell(&mut values.1, &column.cells, entry.cell as usize);
        for (ends, text) in [&mut keys, &mut values] {
            ends.push(i32::try_from(text.len()).map_err(too_long)?);
        }
        offsets[entry.row as usize + 1] += 1;
        present[entry.row as usize] = true;
    }
    for row in 0..rows {
        offsets[row + 1] += offsets[row];
    }
    let strings = |(ends, text): (Vec<i32>, String)| {
        let offsets = OffsetBuffer::new(ScalarBuffer::from(ends));
        StringArray::try_new(offsets, text.into_bytes().into(), None)
    };
    let keys: ArrayRef = Arc::new(strings(keys).map_err(failed)?);
    let values: ArrayRef = Arc::new(strings(values).map_err(failed)?);
    let entries = StructArray::try_new(entry_fields(), vec![keys, values], None).map_err(failed)?;
    let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
    Ok((offsets, entries, Some(NullBuffer::from(present))))
}

/// Appends the text form of a cell (`model::json`).
fn write_cell(out: &mut String, cells: &Cells, index: usize) {
    match cells {
        Cells::Empty(_) => json::write_view(out, ValueRef::Empty),
        Cells::String(column) => json::write_string(out, column.cell(index)),
        Cells::Bool(values) => json::write_view(out, ValueRef::Bool(values[index])),
        Cells::Int(values) => json::write_view(out, ValueRef::Int(values[index])),
        Cells::Double(values) => json::write_view(out, ValueRef::Double(values[index])),
        Cells::Bytes(column) => json::write_view(out, ValueRef::Bytes(column.cell(index))),
        Cells::Json(column) | Cells::Reference(column) => out.push_str(column.cell(index)),
    }
}

/// Reads one of the two columns into `attributes`, keys chosen by `wanted`.
pub(crate) fn read(
    array: &dyn Array,
    wanted: impl Fn(&str) -> bool,
    attributes: &mut Vec<AttributeColumn>,
) -> Result<()> {
    let corrupt = || Error::corrupt("the rest column holds no pairs of texts");
    let (entries, offsets) = match (array.as_map_opt(), array.as_list_opt::<i32>()) {
        (Some(map), _) => (Some(map.entries()), map.value_offsets()),
        (None, Some(list)) => (list.values().as_struct_opt(), list.value_offsets()),
        (None, None) => return Err(corrupt()),
    };
    let Some([keys, values]) = entries.map(StructArray::columns) else {
        return Err(corrupt());
    };
    let keys = keys.as_string_opt::<i32>().ok_or_else(corrupt)?;
    let values = values.as_string_opt::<i32>().ok_or_else(corrupt)?;
    let mut found = Found::default();
    for row in 0..array.len() {
        if array.is_null(row) {
            continue;
        }
        for entry in offsets[row] as usize..offsets[row + 1] as usize {
            let text = values.value(entry);
            if let Some(column) = found.column(keys.value(entry), type_of(text), &wanted) {
                column.rows.push(row as u32);
                push_text(&mut column.cells, text)?;
            }
        }
    }
    merge(attributes, found.columns);
    Ok(())
}

/// Columns made so far, by key and type; keys that nobody wants have none.
#[derive(Default)]
struct Found {
    columns: Vec<AttributeColumn>,
    places: HashMap<(Arc<str>, CellType), Option<usize>, foldhash::fast::RandomState>,
}

impl Found {
    fn column(
        &mut self,
        key: &str,
        cell_type: CellType,
        wanted: impl Fn(&str) -> bool,
    ) -> Option<&mut AttributeColumn> {
        let place = match self.places.get(&Probe(key, cell_type)) {
            Some(place) => *place,
            None => {
                let key: Arc<str> = key.into();
                let place = wanted(&key).then_some(self.columns.len());
                if place.is_some() {
                    self.columns.push(AttributeColumn {
                        key: Arc::clone(&key),
                        rows: Vec::new(),
                        cells: Cells::new(cell_type),
                    });
                }
                self.places.insert((key, cell_type), place);
                place
            }
        };
        self.columns.get_mut(place?)
    }
}

/// Looks a column up without making an `Arc` of the key.
#[derive(Hash)]
struct Probe<'a>(&'a str, CellType);

impl hashbrown::Equivalent<(Arc<str>, CellType)> for Probe<'_> {
    fn equivalent(&self, key: &(Arc<str>, CellType)) -> bool {
        self.1 == key.1 && *self.0 == *key.0
    }
}

/// The type of a cell that `write_cell` wrote.
fn type_of(text: &str) -> CellType {
    match text.as_bytes().first() {
        Some(b'"') => CellType::String,
        Some(b'n') | None => CellType::Empty,
        Some(b't' | b'f') => CellType::Bool,
        Some(b'{') if text.starts_with("{\"$bytes\":") => CellType::Bytes,
        Some(b'{') if text.starts_with("{\"$double\":") => CellType::Double,
        Some(b'{') if text.starts_with("{\"$ref\":") => CellType::Reference,
        Some(b'{' | b'[') => CellType::Json,
        Some(_) if text.contains(['.', 'e', 'E']) => CellType::Double,
        Some(_) => CellType::Int,
    }
}

fn push_text(cells: &mut Cells, text: &str) -> Result<()> {
    let wrong = || Error::corrupt("a cell of the rest column is no text of a value");
    match cells {
        Cells::Json(column) | Cells::Reference(column) => column.push(text),
        Cells::Empty(count) => *count += 1,
        Cells::Int(values) => values.push(text.parse().map_err(|_| wrong())?),
        Cells::Bool(values) => values.push(text == "true"),
        Cells::String(column) if !text.contains('\\') => {
            let inner = text
                .strip_prefix('"')
                .and_then(|text| text.strip_suffix('"'));
            column.push(inner.ok_or_else(wrong)?);
        }
        other => match (other, json::parse(text).map_err(|_| wrong())?) {
            (Cells::String(column), Value::String(text)) => column.push(&text),
            (Cells::Double(values), Value::Double(value)) => values.push(value),
            (Cells::Bytes(column), Value::Bytes(bytes)) => column.push(&bytes),
            _ => return Err(wrong()),
        },
    }
    Ok(())
}

/// Adds columns; where a key and type has a column already, its cells come first in each row.
fn merge(into: &mut Vec<AttributeColumn>, columns: Vec<AttributeColumn>) {
    for column in columns {
        let known = into.iter_mut().find(|known| {
            known.key == column.key && known.cells.cell_type() == column.cells.cell_type()
        });
        match known {
            Some(known) => interleave(known, &column),
            None => into.push(column),
        }
    }
}

fn interleave(first: &mut AttributeColumn, second: &AttributeColumn) {
    let mut order: Vec<(u32, bool, u32)> = Vec::new();
    for (is_second, rows) in [(false, &first.rows), (true, &second.rows)] {
        let cells = rows.iter().enumerate();
        order.extend(cells.map(|(cell, row)| (*row, is_second, cell as u32)));
    }
    order.sort_unstable();
    let base = first.cells.len() as u32;
    let mut all = first.cells.clone();
    append(&mut all, &second.cells);
    let indexes: Vec<u32> = order
        .iter()
        .map(|(_, is_second, cell)| if *is_second { base + cell } else { *cell })
        .collect();
    first.rows = order.iter().map(|(row, ..)| *row).collect();
    first.cells = all.select(&indexes);
}

fn append(cells: &mut Cells, more: &Cells) {
    match (cells, more) {
        (Cells::Empty(count), Cells::Empty(more)) => *count += more,
        (Cells::String(column), Cells::String(more))
        | (Cells::Json(column), Cells::Json(more))
        | (Cells::Reference(column), Cells::Reference(more)) => column.append(more),
        (Cells::Bool(values), Cells::Bool(more)) => values.extend_from_slice(more),
        (Cells::Int(values), Cells::Int(more)) => values.extend_from_slice(more),
        (Cells::Double(values), Cells::Double(more)) => values.extend_from_slice(more),
        (Cells::Bytes(column), Cells::Bytes(more)) => column.append(more),
        _ => {}
    }
}

/// Makes a typed column out of an Arrow column: rows that are not null and their values.
pub(crate) fn read_typed(
    key: &str,
    cell_type: CellType,
    array: &dyn Array,
) -> Result<AttributeColumn> {
    use arrow::datatypes::{Float64Type, Int64Type};
    let wrong = || Error::corrupt(format!("the column of attribute {key} has a wrong type"));
    let rows = present_rows(array);
    let pick_texts = |array: &dyn Array| -> Result<TextColumn> {
        let strings = array.as_string_opt::<i32>().ok_or_else(wrong)?;
        let cells = variable_cells(strings.value_offsets(), strings.value_data(), &rows);
        TextColumn::from_bytes(cells).ok_or_else(|| Error::corrupt("a text is not UTF-8"))
    };
    let cells = match cell_type {
        CellType::String => Cells::String(pick_texts(array)?),
        CellType::Json => Cells::Json(pick_texts(array)?),
        CellType::Reference => Cells::Reference(pick_texts(array)?),
        CellType::Bytes => {
            let array = array.as_binary_opt::<i32>().ok_or_else(wrong)?;
            Cells::Bytes(variable_cells(
                array.value_offsets(),
                array.value_data(),
                &rows,
            ))
        }
        CellType::Int => {
            let array = array.as_primitive_opt::<Int64Type>().ok_or_else(wrong)?;
            Cells::Int(rows.iter().map(|row| array.value(*row as usize)).collect())
        }
        CellType::Double => {
            let array = array.as_primitive_opt::<Float64Type>().ok_or_else(wrong)?;
            Cells::Double(rows.iter().map(|row| array.value(*row as usize)).collect())
        }
        CellType::Bool => {
            let array = array.as_boolean_opt().ok_or_else(wrong)?;
            Cells::Bool(rows.iter().map(|row| array.value(*row as usize)).collect())
        }
        CellType::Empty => Cells::Empty(rows.len()),
    };
    Ok(AttributeColumn {
        key: key.into(),
        rows,
        cells,
    })
}

/// Rows of a column that are not null.
pub(crate) fn present_rows(array: &dyn Array) -> Vec<u32> {
    match array.nulls() {
        Some(nulls) => nulls.valid_indices().map(|row| row as u32).collect(),
        None => (0..array.len() as u32).collect(),
    }
}

/// Cells of these rows of a column whose null rows have no bytes.
pub(crate) fn variable_cells(offsets: &[i32], bytes: &[u8], rows: &[u32]) -> BytesColumn {
    let first = offsets.first().copied().unwrap_or(0);
    let last = offsets.last().copied().unwrap_or(0);
    let dense: usize = rows
        .iter()
        .map(|row| (offsets[*row as usize + 1] - offsets[*row as usize]) as usize)
        .sum();
    if dense == (last - first) as usize {
        let ends = rows
            .iter()
            .map(|row| (offsets[*row as usize + 1] - first) as u32);
        return BytesColumn {
            ends: ends.collect(),
            bytes: bytes[first as usize..last as usize].to_vec(),
        };
    }
    let mut cells = BytesColumn::default();
    for row in rows {
        let row = *row as usize;
        cells.push(&bytes[offsets[row] as usize..offsets[row + 1] as usize]);
    }
    cells
}
