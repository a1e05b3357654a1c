//! Arrow arrays out of our columns, rows permuted on the way.

use super::rows::Rows;
use crate::columns::attribute::Cells;
use crate::columns::text::{BytesColumn, SparseText, TextColumn};
use crate::error::{Error, Result};
use arrow::array::{
    ArrayRef, BinaryArray, BooleanArray, FixedSizeBinaryArray, Float64Array, Int64Array,
    StringArray, TimestampNanosecondArray, UInt8Array, UInt32Array, UInt64Array,
};
use arrow::buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use std::sync::Arc;

/// Stands for "no cell" in a list of cells by row.
pub(crate) const NO_CELL: u32 = u32::MAX;

fn failed(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::internal(format!("build a column: {error}")).with_source(error)
}

/// Ids of fixed length; with `nullable`, zero ids are null.
pub(crate) fn ids<const N: usize>(
    rows: &[u32],
    id: impl Fn(usize) -> [u8; N],
    nullable: bool,
) -> Result<ArrayRef> {
    let mut bytes = Vec::with_capacity(rows.len() * N);
    for row in rows {
        bytes.extend_from_slice(&id(*row as usize));
    }
    let nulls = nullable.then(|| {
        let present: Vec<bool> = bytes.chunks_exact(N).map(|id| id != [0; N]).collect();
        NullBuffer::from(present)
    });
    let array = FixedSizeBinaryArray::try_new(N as i32, Buffer::from_vec(bytes), nulls);
    Ok(Arc::new(array.map_err(failed)?))
}

/// Points in time.
pub(crate) fn times(values: Vec<i64>) -> ArrayRef {
    Arc::new(TimestampNanosecondArray::from(values).with_timezone("UTC"))
}

/// Signed integers.
pub(crate) fn integers(values: Vec<i64>) -> ArrayRef {
    Arc::new(Int64Array::from(values))
}

/// Signed integers, some rows without.
pub(crate) fn optional_integers(values: Vec<Option<i64>>) -> ArrayRef {
    Arc::new(Int64Array::from(values))
}

/// Unsigned 64-bit integers.
pub(crate) fn unsigned_long(values: Vec<u64>) -> ArrayRef {
    Arc::new(UInt64Array::from(values))
}

/// Small unsigned integers.
pub(crate) fn bytes_as_numbers(rows: &[u32], column: &[u8]) -> ArrayRef {
    let values: Vec<u8> = rows.iter().map(|row| column[*row as usize]).collect();
    Arc::new(UInt8Array::from(values))
}

/// Unsigned integers.
pub(crate) fn unsigned(values: Vec<u32>) -> ArrayRef {
    Arc::new(UInt32Array::from(values))
}

/// Texts, one a row.
pub(crate) fn texts(rows: &[u32], column: &TextColumn) -> Result<ArrayRef> {
    strings(column.as_bytes(), rows)
}

/// Texts of the rows that have one.
pub(crate) fn sparse_texts(rows: &Rows<'_>, column: &SparseText) -> Result<ArrayRef> {
    strings(column.texts.as_bytes(), &rows.cells(&column.rows))
}

fn strings(column: &BytesColumn, cells: &[u32]) -> Result<ArrayRef> {
    let (offsets, values, nulls) = variable(column, cells)?;
    let array = StringArray::try_new(offsets, values, nulls).map_err(failed)?;
    Ok(Arc::new(array))
}

type Variable = (OffsetBuffer<i32>, Buffer, Option<NullBuffer>);

fn variable(column: &BytesColumn, cells: &[u32]) -> Result<Variable> {
    let mut offsets = Vec::with_capacity(cells.len() + 1);
    let mut values = Vec::new();
    offsets.push(0i32);
    for cell in cells {
        if *cell != NO_CELL {
            values.extend_from_slice(column.cell(*cell as usize));
        }
        offsets.push(i32::try_from(values.len()).map_err(failed)?);
    }
    let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
    Ok((offsets, Buffer::from_vec(values), nulls(cells)))
}

fn nulls(cells: &[u32]) -> Option<NullBuffer> {
    cells.contains(&NO_CELL).then(|| {
        let present: Vec<bool> = cells.iter().map(|cell| *cell != NO_CELL).collect();
        NullBuffer::from(present)
    })
}

/// A typed column of an attribute: for each row the cell it has, or `NO_CELL`.
pub(crate) fn attribute(column: &Cells, cells: &[u32]) -> Result<ArrayRef> {
    fn pick<T: Copy + Default>(values: &[T], cells: &[u32]) -> Vec<T> {
        let value = |cell: &u32| values.get(*cell as usize).copied().unwrap_or_default();
        cells.iter().map(value).collect()
    }
    Ok(match column {
        Cells::String(column) | Cells::Json(column) | Cells::Reference(column) => {
            strings(column.as_bytes(), cells)?
        }
        Cells::Bytes(column) => {
            let (offsets, values, nulls) = variable(column, cells)?;
            Arc::new(BinaryArray::try_new(offsets, values, nulls).map_err(failed)?)
        }
        Cells::Int(values) => {
            let values = ScalarBuffer::from(pick(values, cells));
            Arc::new(Int64Array::try_new(values, nulls(cells)).map_err(failed)?)
        }
        Cells::Double(values) => {
            let values = ScalarBuffer::from(pick(values, cells));
            Arc::new(Float64Array::try_new(values, nulls(cells)).map_err(failed)?)
        }
        Cells::Bool(values) => {
            let values = arrow::buffer::BooleanBuffer::from(pick(values, cells));
            Arc::new(BooleanArray::new(values, nulls(cells)))
        }
        Cells::Empty(_) => {
            let present: Vec<bool> = cells.iter().map(|cell| *cell != NO_CELL).collect();
            let values = arrow::buffer::BooleanBuffer::new_set(cells.len());
            Arc::new(BooleanArray::new(values, Some(NullBuffer::from(present))))
        }
    })
}
