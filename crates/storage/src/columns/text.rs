//! Variable-length columns: one buffer of bytes and where each cell ends.

/// A column of byte strings. Cell `i` is `bytes[ends[i-1]..ends[i]]`. A batch is bounded far below
/// 4 GiB, so positions are 32-bit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BytesColumn {
    /// Where each cell ends in `bytes`.
    pub ends: Vec<u32>,
    /// All cells one after another.
    pub bytes: Vec<u8>,
}

impl BytesColumn {
    /// Number of cells.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// True without cells.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Adds a cell.
    pub fn push(&mut self, cell: &[u8]) {
        self.bytes.extend_from_slice(cell);
        self.ends.push(self.bytes.len() as u32);
    }

    /// Where a cell lies in `bytes`.
    pub fn range(&self, index: usize) -> std::ops::Range<usize> {
        let start = if index == 0 {
            0
        } else {
            self.ends[index - 1] as usize
        };
        start..self.ends[index] as usize
    }

    /// A cell. Panics beyond the end, as slices do.
    pub fn cell(&self, index: usize) -> &[u8] {
        &self.bytes[self.range(index)]
    }

    /// The cell that holds byte `position` of `bytes`.
    pub fn cell_at(&self, position: usize) -> usize {
        self.ends.partition_point(|end| (*end as usize) <= position)
    }

    /// Adds all cells of another column.
    pub fn append(&mut self, other: &Self) {
        let base = self.bytes.len() as u32;
        self.bytes.extend_from_slice(&other.bytes);
        self.ends.extend(other.ends.iter().map(|end| end + base));
    }

    /// The cells of these indexes, in their order.
    pub fn select(&self, indexes: impl Iterator<Item = usize>) -> Self {
        let mut out = Self::default();
        for index in indexes {
            out.push(self.cell(index));
        }
        out
    }

    /// All cells.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.len()).map(|index| self.cell(index))
    }

    /// Bytes of memory in use.
    pub fn memory(&self) -> usize {
        self.bytes.capacity() + self.ends.capacity() * 4
    }
}

/// A column of UTF-8 texts: a `BytesColumn` that only takes text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TextColumn(BytesColumn);

impl TextColumn {
    /// Takes bytes that must be UTF-8 throughout, each cell by itself; `None` if they are not.
    pub fn from_bytes(column: BytesColumn) -> Option<Self> {
        let text = std::str::from_utf8(&column.bytes).ok()?;
        column
            .ends
            .iter()
            .all(|end| text.is_char_boundary(*end as usize))
            .then_some(Self(column))
    }

    /// The bytes below.
    pub fn as_bytes(&self) -> &BytesColumn {
        &self.0
    }

    /// Number of cells.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True without cells.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a cell.
    pub fn push(&mut self, cell: &str) {
        self.0.push(cell.as_bytes());
    }

    /// A cell. Panics beyond the end, as slices do.
    pub fn cell(&self, index: usize) -> &str {
        std::str::from_utf8(self.0.cell(index)).unwrap_or_default()
    }

    /// Adds all cells of another column.
    pub fn append(&mut self, other: &Self) {
        self.0.append(&other.0);
    }

    /// The cells of these indexes, in their order.
    pub fn select(&self, indexes: impl Iterator<Item = usize>) -> Self {
        Self(self.0.select(indexes))
    }

    /// All cells.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|index| self.cell(index))
    }

    /// Bytes of memory in use.
    pub fn memory(&self) -> usize {
        self.0.memory()
    }
}

/// A text column where most rows have no text: row numbers, ascending, beside the cells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SparseText {
    /// Rows that have a text, ascending.
    pub rows: Vec<u32>,
    /// Their texts.
    pub texts: TextColumn,
}

impl SparseText {
    /// Sets the text of a row that lies after all others; an empty text is none.
    pub fn push(&mut self, row: usize, text: &str) {
        if !text.is_empty() {
            self.rows.push(row as u32);
            self.texts.push(text);
        }
    }

    /// The text of a row; empty if it has none.
    pub fn cell(&self, row: usize) -> &str {
        match self.rows.binary_search(&(row as u32)) {
            Ok(index) => self.texts.cell(index),
            Err(_) => "",
        }
    }

    /// Adds another column whose rows come after the first `row_base` rows of this one.
    pub fn append(&mut self, other: &Self, row_base: usize) {
        self.rows
            .extend(other.rows.iter().map(|row| row + row_base as u32));
        self.texts.append(&other.texts);
    }

    /// The rows of this permutation or selection, renumbered from 0.
    pub fn select(&self, rows: &[u32]) -> Self {
        let mut out = Self::default();
        if self.rows.is_empty() {
            return out;
        }
        for (to, from) in rows.iter().enumerate() {
            if let Ok(index) = self.rows.binary_search(from) {
                out.rows.push(to as u32);
                out.texts.push(self.texts.cell(index));
            }
        }
        out
    }

    /// Bytes of memory in use.
    pub fn memory(&self) -> usize {
        self.rows.capacity() * 4 + self.texts.memory()
    }
}

#[cfg(test)]
mod tests {
    use super::{BytesColumn, SparseText, TextColumn};

    #[test]
    fn cells_come_back_and_positions_find_their_cell() {
        let mut column = BytesColumn::default();
        for cell in ["", "ab", "", "c"] {
            column.push(cell.as_bytes());
        }
        assert_eq!(column.cell(1), b"ab");
        assert_eq!(column.cell(3), b"c");
        assert_eq!(column.cell_at(0), 1);
        assert_eq!(column.cell_at(2), 3);
    }

    #[test]
    fn text_must_be_whole_characters() {
        let mut column = BytesColumn::default();
        column.push(&"ä".as_bytes()[..1]);
        column.push(&"ä".as_bytes()[1..]);
        assert!(TextColumn::from_bytes(column).is_none());
    }

    #[test]
    fn sparse_rows_survive_append_and_selection() {
        let mut first = SparseText::default();
        first.push(1, "one");
        first.push(2, "");
        let mut second = SparseText::default();
        second.push(0, "three");
        first.append(&second, 3);
        assert_eq!(
            (first.cell(1), first.cell(2), first.cell(3)),
            ("one", "", "three")
        );
        let selected = first.select(&[3, 0, 1]);
        assert_eq!(
            (selected.cell(0), selected.cell(1), selected.cell(2)),
            ("three", "", "one")
        );
    }
}
