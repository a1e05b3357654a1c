//! Attributes of all rows of a batch key by key: cheaper than row by row where many rows and a
//! few keys are wanted.

use tacho_storage::columns::attribute::{AttributeColumns, Cells};

/// Calls with row and text for every row that has this key as text; of large values nothing.
pub(crate) fn each_text<'a>(
    attributes: &'a AttributeColumns,
    key: &'a str,
    mut take: impl FnMut(usize, &'a str),
) {
    for column in attributes.of_key(key) {
        if let Cells::String(texts) = &column.cells {
            for (index, row) in column.rows.iter().enumerate() {
                take(*row as usize, texts.cell(index));
            }
        }
    }
}

/// Calls with row and number for every row that has this key as a finite number, or as the text
/// of one.
pub(crate) fn each_number(
    attributes: &AttributeColumns,
    key: &str,
    mut take: impl FnMut(usize, f64),
) {
    for column in attributes.of_key(key) {
        for (index, row) in column.rows.iter().enumerate() {
            let number = match &column.cells {
                Cells::Int(cells) => cells.get(index).map(|number| *number as f64),
                Cells::Double(cells) => cells.get(index).copied(),
                Cells::String(texts) => texts.cell(index).trim().parse().ok(),
                _ => None,
            };
            if let Some(number) = number.filter(|number| number.is_finite()) {
                take(*row as usize, number);
            }
        }
    }
}
