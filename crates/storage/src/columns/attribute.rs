//! Sparse attribute columns: one per key and type.

use super::projection::Projection;
use super::text::{BytesColumn, TextColumn};
use hashbrown::HashMap;
use std::sync::Arc;
use tacho_model::json;
use tacho_model::value::{Attributes, Value, ValueRef};

/// What the cells of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CellType {
    /// No value.
    Empty,
    /// UTF-8 text.
    String,
    /// True or false.
    Bool,
    /// Signed 64-bit integers.
    Int,
    /// Doubles.
    Double,
    /// Bytes.
    Bytes,
    /// Arrays and maps in the text form of `model::json`.
    Json,
    /// References into the value store, in the text form of `model::json`.
    Reference,
}

impl CellType {
    /// All types, in the order of their codes.
    pub const ALL: [CellType; 8] = [
        CellType::Empty,
        CellType::String,
        CellType::Bool,
        CellType::Int,
        CellType::Double,
        CellType::Bytes,
        CellType::Json,
        CellType::Reference,
    ];

    /// Suffix of the column's name in files; text has none.
    pub fn suffix(self) -> &'static str {
        match self {
            CellType::Empty => "#empty",
            CellType::String => "",
            CellType::Bool => "#bool",
            CellType::Int => "#i64",
            CellType::Double => "#f64",
            CellType::Bytes => "#bytes",
            CellType::Json => "#json",
            CellType::Reference => "#ref",
        }
    }
}

/// The values of a column, one a row that has the key.
#[derive(Debug, Clone, PartialEq)]
pub enum Cells {
    /// That many empty values.
    Empty(usize),
    /// Texts.
    String(TextColumn),
    /// Booleans.
    Bool(Vec<bool>),
    /// Integers.
    Int(Vec<i64>),
    /// Doubles.
    Double(Vec<f64>),
    /// Byte strings.
    Bytes(BytesColumn),
    /// Arrays and maps as text.
    Json(TextColumn),
    /// References as text.
    Reference(TextColumn),
}

impl Cells {
    /// No cells of a type.
    pub fn new(cell_type: CellType) -> Self {
        match cell_type {
            CellType::Empty => Cells::Empty(0),
            CellType::String => Cells::String(TextColumn::default()),
            CellType::Bool => Cells::Bool(Vec::new()),
            CellType::Int => Cells::Int(Vec::new()),
            CellType::Double => Cells::Double(Vec::new()),
            CellType::Bytes => Cells::Bytes(BytesColumn::default()),
            CellType::Json => Cells::Json(TextColumn::default()),
            CellType::Reference => Cells::Reference(TextColumn::default()),
        }
    }

    /// The type.
    pub fn cell_type(&self) -> CellType {
        match self {
            Cells::Empty(_) => CellType::Empty,
            Cells::String(_) => CellType::String,
            Cells::Bool(_) => CellType::Bool,
            Cells::Int(_) => CellType::Int,
            Cells::Double(_) => CellType::Double,
            Cells::Bytes(_) => CellType::Bytes,
            Cells::Json(_) => CellType::Json,
            Cells::Reference(_) => CellType::Reference,
        }
    }

    /// Number of cells.
    pub fn len(&self) -> usize {
        match self {
            Cells::Empty(count) => *count,
            Cells::String(column) | Cells::Json(column) | Cells::Reference(column) => column.len(),
            Cells::Bool(cells) => cells.len(),
            Cells::Int(cells) => cells.len(),
            Cells::Double(cells) => cells.len(),
            Cells::Bytes(column) => column.len(),
        }
    }

    /// True without cells.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A cell as a value. JSON that cannot be parsed (never written by us) becomes its text.
    pub fn value(&self, index: usize) -> Value {
        match self {
            Cells::Empty(_) => Value::Empty,
            Cells::String(column) => Value::String(column.cell(index).to_owned()),
            Cells::Bool(cells) => Value::Bool(cells[index]),
            Cells::Int(cells) => Value::Int(cells[index]),
            Cells::Double(cells) => Value::Double(cells[index]),
            Cells::Bytes(column) => Value::Bytes(column.cell(index).to_vec()),
            Cells::Json(column) | Cells::Reference(column) => json::parse(column.cell(index))
                .unwrap_or_else(|_| Value::String(column.cell(index).to_owned())),
        }
    }

    /// A cell as text, the way `key=value` filters compare it.
    pub fn text(&self, index: usize) -> std::borrow::Cow<'_, str> {
        match self {
            Cells::String(column) | Cells::Json(column) => column.cell(index).into(),
            _ => self.value(index).to_text().into(),
        }
    }

    fn append(&mut self, other: &Self) {
        match (self, other) {
            (Cells::Empty(count), Cells::Empty(more)) => *count += more,
            (Cells::String(column), Cells::String(more))
            | (Cells::Json(column), Cells::Json(more))
            | (Cells::Reference(column), Cells::Reference(more)) => column.append(more),
            (Cells::Bool(cells), Cells::Bool(more)) => cells.extend_from_slice(more),
            (Cells::Int(cells), Cells::Int(more)) => cells.extend_from_slice(more),
            (Cells::Double(cells), Cells::Double(more)) => cells.extend_from_slice(more),
            (Cells::Bytes(column), Cells::Bytes(more)) => column.append(more),
            _ => debug_assert!(false, "columns are keyed by type"),
        }
    }

    /// The cells of these indexes, in their order.
    pub fn select(&self, indexes: &[u32]) -> Self {
        let each = || indexes.iter().map(|index| *index as usize);
        match self {
            Cells::Empty(_) => Cells::Empty(indexes.len()),
            Cells::String(column) => Cells::String(column.select(each())),
            Cells::Bool(cells) => Cells::Bool(each().map(|index| cells[index]).collect()),
            Cells::Int(cells) => Cells::Int(each().map(|index| cells[index]).collect()),
            Cells::Double(cells) => Cells::Double(each().map(|index| cells[index]).collect()),
            Cells::Bytes(column) => Cells::Bytes(column.select(each())),
            Cells::Json(column) => Cells::Json(column.select(each())),
            Cells::Reference(column) => Cells::Reference(column.select(each())),
        }
    }

    /// Bytes of memory in use.
    pub fn memory(&self) -> usize {
        match self {
            Cells::Empty(_) => 0,
            Cells::String(column) | Cells::Json(column) | Cells::Reference(column) => {
                column.memory()
            }
            Cells::Bool(cells) => cells.capacity(),
            Cells::Int(cells) => cells.capacity() * 8,
            Cells::Double(cells) => cells.capacity() * 8,
            Cells::Bytes(column) => column.memory(),
        }
    }
}

/// The values of one key and type.
#[derive(Debug, Clone, PartialEq)]
pub struct AttributeColumn {
    /// The key.
    pub key: Arc<str>,
    /// Rows that have the key, ascending; a row that repeats the key stands here repeatedly.
    pub rows: Vec<u32>,
    /// Their values, in the same order.
    pub cells: Cells,
}

impl AttributeColumn {
    /// Indexes of a row's cells.
    pub fn cells_of(&self, row: usize) -> std::ops::Range<usize> {
        let row = row as u32;
        let start = self.rows.partition_point(|other| *other < row);
        let mut end = start;
        while self.rows.get(end) == Some(&row) {
            end += 1;
        }
        start..end
    }
}

/// All attribute columns of a batch.
#[derive(Debug, Clone, Default)]
pub struct AttributeColumns {
    columns: Vec<AttributeColumn>,
    lookup: HashMap<(Arc<str>, CellType), u32, foldhash::fast::RandomState>,
    /// For each column, the one that followed it last time: items repeat their order of keys, so
    /// most look-ups are one comparison.
    successor: Vec<u32>,
    last: u32,
}

impl AttributeColumns {
    /// All columns, in the order in which their keys first came.
    pub fn columns(&self) -> &[AttributeColumn] {
        &self.columns
    }

    /// The columns of a key, one a type.
    pub fn of_key<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a AttributeColumn> {
        CellType::ALL
            .iter()
            .filter_map(move |cell_type| self.find(key, *cell_type))
    }

    /// The column of a key and a type.
    pub fn find(&self, key: &str, cell_type: CellType) -> Option<&AttributeColumn> {
        let index = self.lookup.get(&Probe(key, cell_type))?;
        self.columns.get(*index as usize)
    }

    fn column_index(&mut self, key: &str, cell_type: CellType) -> usize {
        let guess = self.successor.get(self.last as usize).copied().unwrap_or(0);
        if let Some(column) = self.columns.get(guess as usize)
            && &*column.key == key
            && column.cells.cell_type() == cell_type
        {
            self.last = guess;
            return guess as usize;
        }
        let index = match self.lookup.get(&Probe(key, cell_type)) {
            Some(index) => *index,
            None => self.add_column(key.into(), cell_type),
        };
        if let Some(slot) = self.successor.get_mut(self.last as usize) {
            *slot = index;
        }
        self.last = index;
        index as usize
    }

    fn add_column(&mut self, key: Arc<str>, cell_type: CellType) -> u32 {
        let index = self.columns.len() as u32;
        self.lookup.insert((Arc::clone(&key), cell_type), index);
        self.columns.push(AttributeColumn {
            key,
            rows: Vec::new(),
            cells: Cells::new(cell_type),
        });
        self.successor.push(0);
        index
    }

    /// Adds a value to a row that is not before any other row.
    pub fn push(&mut self, row: usize, key: &str, value: ValueRef<'_>) {
        let cell_type = match value {
            ValueRef::Empty => CellType::Empty,
            ValueRef::String(_) => CellType::String,
            ValueRef::Bool(_) => CellType::Bool,
            ValueRef::Int(_) => CellType::Int,
            ValueRef::Double(_) => CellType::Double,
            ValueRef::Bytes(_) => CellType::Bytes,
            ValueRef::Nested(Value::Reference(_)) => CellType::Reference,
            ValueRef::Nested(_) => CellType::Json,
        };
        let index = self.column_index(key, cell_type);
        let column = &mut self.columns[index];
        column.rows.push(row as u32);
        match (&mut column.cells, value) {
            (Cells::Empty(count), _) => *count += 1,
            (Cells::String(cells), ValueRef::String(text)) => cells.push(text),
            (Cells::Bool(cells), ValueRef::Bool(value)) => cells.push(value),
            (Cells::Int(cells), ValueRef::Int(value)) => cells.push(value),
            (Cells::Double(cells), ValueRef::Double(value)) => cells.push(value),
            (Cells::Bytes(cells), ValueRef::Bytes(bytes)) => cells.push(bytes),
            (Cells::Json(cells) | Cells::Reference(cells), ValueRef::Nested(value)) => {
                cells.push(&json::to_text(value));
            }
            _ => debug_assert!(false, "the column was chosen by the value's type"),
        }
    }

    /// Adds a whole column at once; its key and type must be new and its rows ascending.
    pub fn insert(&mut self, column: AttributeColumn) {
        let key = (Arc::clone(&column.key), column.cells.cell_type());
        self.lookup.insert(key, self.columns.len() as u32);
        self.columns.push(column);
        self.successor.push(0);
    }

    /// Adds all columns of another batch whose rows come after the first `row_base` rows.
    pub fn append(&mut self, other: &Self, row_base: usize) {
        for column in &other.columns {
            let cell_type = column.cells.cell_type();
            let index = match self.lookup.get(&Probe(&column.key, cell_type)) {
                Some(index) => *index,
                None => self.add_column(Arc::clone(&column.key), cell_type),
            };
            let into = &mut self.columns[index as usize];
            into.rows
                .extend(column.rows.iter().map(|row| row + row_base as u32));
            into.cells.append(&column.cells);
        }
    }

    /// The projected columns of the rows of this permutation or selection, renumbered from 0.
    /// `inverse[old]` is the new row or `u32::MAX`.
    pub fn select(&self, inverse: &[u32], projection: &Projection) -> Self {
        let mut out = Self::default();
        for column in &self.columns {
            if !projection.has_attribute(&column.key) {
                continue;
            }
            let mut moved: Vec<(u32, u32)> = column
                .rows
                .iter()
                .enumerate()
                .filter_map(|(index, row)| match inverse.get(*row as usize) {
                    Some(&to) if to != u32::MAX => Some((to, index as u32)),
                    _ => None,
                })
                .collect();
            if moved.is_empty() {
                continue;
            }
            moved.sort_unstable();
            let indexes: Vec<u32> = moved.iter().map(|(_, index)| *index).collect();
            out.insert(AttributeColumn {
                key: Arc::clone(&column.key),
                rows: moved.iter().map(|(row, _)| *row).collect(),
                cells: column.cells.select(&indexes),
            });
        }
        out
    }

    /// All attributes of a row.
    pub fn row(&self, row: usize) -> Attributes {
        let mut out = Attributes::default();
        for column in &self.columns {
            for index in column.cells_of(row) {
                out.0
                    .push((column.key.to_string(), column.cells.value(index)));
            }
        }
        out
    }

    /// Bytes of memory in use.
    pub fn memory(&self) -> usize {
        self.columns
            .iter()
            .map(|column| column.rows.capacity() * 4 + column.cells.memory() + 160)
            .sum()
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

#[cfg(test)]
mod tests {
    use super::{AttributeColumns, CellType};
    use crate::columns::projection::Projection;
    use tacho_model::value::{Value, ValueRef};

    #[test]
    fn one_key_with_two_types_is_two_columns() {
        let mut columns = AttributeColumns::default();
        columns.push(0, "a", ValueRef::Int(1));
        columns.push(1, "a", ValueRef::String("x"));
        columns.push(2, "a", ValueRef::Int(2));
        assert_eq!(columns.columns().len(), 2);
        assert_eq!(columns.find("a", CellType::Int).unwrap().rows, [0, 2]);
        assert_eq!(
            columns.row(1).find("a"),
            Some(&Value::String("x".to_owned()))
        );
    }

    #[test]
    fn selection_reorders_and_drops_rows() {
        let mut columns = AttributeColumns::default();
        for row in 0..4 {
            columns.push(row, "n", ValueRef::Int(row as i64));
        }
        // Old row 3 becomes 0, old row 1 becomes 1.
        let selected = columns.select(&[u32::MAX, 1, u32::MAX, 0], &Projection::all());
        assert_eq!(selected.row(0).find("n"), Some(&Value::Int(3)));
        assert_eq!(selected.row(1).find("n"), Some(&Value::Int(1)));
    }

    #[test]
    fn appended_rows_follow() {
        let mut first = AttributeColumns::default();
        first.push(0, "a", ValueRef::Bool(true));
        let mut second = AttributeColumns::default();
        second.push(0, "b", ValueRef::Empty);
        second.push(0, "a", ValueRef::Bool(false));
        first.append(&second, 1);
        assert_eq!(first.row(1).0.len(), 2);
        assert_eq!(first.row(1).find("a"), Some(&Value::Bool(false)));
    }
}
