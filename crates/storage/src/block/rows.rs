//! Which rows of a batch go into a block, and where each of them goes.

use super::arrays::NO_CELL;
use crate::columns::attribute::AttributeColumn;
use crate::columns::shared::inverse;

/// Rows of a batch in the order of the block.
#[derive(Debug)]
pub(crate) struct Rows<'a> {
    /// Row of the batch, by row of the block.
    pub list: &'a [u32],
    inverse: Vec<u32>,
}

impl<'a> Rows<'a> {
    /// These rows of a batch of `len` rows.
    pub(crate) fn new(list: &'a [u32], len: usize) -> Self {
        Self {
            list,
            inverse: inverse(list, len),
        }
    }

    /// Number of rows.
    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    /// Row of the block of a row of the batch.
    pub(crate) fn place(&self, row: u32) -> Option<u32> {
        let place = self.inverse.get(row as usize).copied();
        place.filter(|place| *place != u32::MAX)
    }

    /// For each row of the block the cell it has in a sparse column whose cells belong to these
    /// rows of the batch (the first, if several), or `NO_CELL`.
    pub(crate) fn cells(&self, cell_rows: &[u32]) -> Vec<u32> {
        let mut cells = vec![NO_CELL; self.list.len()];
        for (cell, row) in cell_rows.iter().enumerate().rev() {
            if let Some(place) = self.place(*row) {
                cells[place as usize] = cell as u32;
            }
        }
        cells
    }

    /// How many cells of a sparse column are in the block, and in how many rows.
    pub(crate) fn count(&self, column: &AttributeColumn) -> Count {
        let mut count = Count::default();
        let mut last = None;
        for row in &column.rows {
            if self.place(*row).is_some() {
                count.cells += 1;
                count.rows += usize::from(last != Some(*row));
                last = Some(*row);
            }
        }
        count
    }
}

/// What a block has of a sparse column.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Count {
    /// Values.
    pub cells: usize,
    /// Rows that have one.
    pub rows: usize,
}
