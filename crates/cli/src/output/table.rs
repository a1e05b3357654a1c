//! Tables that fit the terminal: columns that may shrink do, then those that may go are left out.

use super::escape;
use super::screen::{Look, Style};
use super::width;

/// Columns between two columns.
const GAP: usize = 2;
/// Shrinking columns keep at least this.
const SHRUNK_MIN: usize = 12;

/// A column.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    /// Its heading.
    pub title: &'static str,
    /// Whether its cells end at the right.
    pub right: bool,
    /// Whether it may be narrower than its cells.
    pub shrinks: bool,
    /// Where room is short, columns with a higher number go first; 0 stays.
    pub leaves: u8,
}

impl Column {
    /// A column of text that stays as wide as it is.
    pub(crate) const fn new(title: &'static str) -> Self {
        Self {
            title,
            right: false,
            shrinks: false,
            leaves: 0,
        }
    }

    /// Cells end at the right, as numbers do.
    pub(crate) const fn right(mut self) -> Self {
        self.right = true;
        self
    }

    /// May be narrower than its cells.
    pub(crate) const fn shrinks(mut self) -> Self {
        self.shrinks = true;
        self
    }

    /// May be left out; higher numbers go first.
    pub(crate) const fn leaves(mut self, order: u8) -> Self {
        self.leaves = order;
        self
    }
}

/// A cell.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    text: String,
    style: Style,
}

impl Cell {
    /// Text from anywhere; control characters are escaped.
    pub(crate) fn new(text: impl AsRef<str>) -> Self {
        Self::styled(text, Style::Plain)
    }

    /// The same with a style.
    pub(crate) fn styled(text: impl AsRef<str>, style: Style) -> Self {
        Self {
            text: escape::line(text.as_ref()).into_owned(),
            style,
        }
    }
}

/// The table as text. Rows shorter than the columns have empty cells.
pub(crate) fn print(columns: &[Column], rows: &[Vec<Cell>], look: Look) -> String {
    let mut widths: Vec<usize> = columns
        .iter()
        .enumerate()
        .map(|(index, column)| {
            let cells = rows
                .iter()
                .filter_map(|row| row.get(index))
                .map(|cell| width::of(&cell.text));
            cells.chain([width::of(column.title)]).max().unwrap_or(0)
        })
        .collect();
    let shown = fit(columns, &mut widths, look.width);
    let mut out = String::new();
    let titles: Vec<Cell> = columns
        .iter()
        .map(|column| Cell::styled(column.title, Style::Bold))
        .collect();
    for row in std::iter::once(&titles).chain(rows) {
        let mut line = String::new();
        let mut pending = 0;
        for (position, &index) in shown.iter().enumerate() {
            let Some((column, &room)) = columns.get(index).zip(widths.get(index)) else {
                continue;
            };
            let empty = Cell::new("");
            let cell = row.get(index).unwrap_or(&empty);
            let text = width::cut(&cell.text, room);
            let pad = room.saturating_sub(width::of(&text));
            let gap = if position > 0 { GAP } else { 0 };
            let before = pending + gap + if column.right { pad } else { 0 };
            if text.is_empty() {
                pending += gap + room;
                continue;
            }
            line.push_str(&" ".repeat(before));
            line.push_str(&look.paint(cell.style, &text));
            pending = if column.right { 0 } else { pad };
        }
        out.push_str(&line);
        out.push('\n');
    }
    out
}

/// Leaves out and shrinks columns until they fit; gives the indexes of those that stay.
fn fit(columns: &[Column], widths: &mut [usize], max: Option<usize>) -> Vec<usize> {
    let mut shown: Vec<usize> = (0..columns.len()).collect();
    let Some(max) = max else { return shown };
    loop {
        let gaps = GAP * shown.len().saturating_sub(1);
        let needed = |widths: &[usize]| {
            gaps + shown
                .iter()
                .filter_map(|&index| widths.get(index))
                .sum::<usize>()
        };
        let least: Vec<usize> = columns
            .iter()
            .zip(widths.iter())
            .map(|(column, &width)| {
                if column.shrinks {
                    width.min(SHRUNK_MIN)
                } else {
                    width
                }
            })
            .collect();
        let leaving = shown
            .iter()
            .copied()
            .filter_map(|index| columns.get(index).map(|column| (column.leaves, index)))
            .filter(|(leaves, _)| *leaves > 0)
            .max();
        if let Some((_, index)) = leaving.filter(|_| needed(&least) > max) {
            shown.retain(|&other| other != index);
            continue;
        }
        // The widest shrinking column gives a place until all fit or none can give.
        while needed(widths) > max {
            let widest = shown
                .iter()
                .copied()
                .filter(|&index| columns.get(index).is_some_and(|column| column.shrinks))
                .filter_map(|index| widths.get(index).map(|&width| (width, index)))
                .filter(|(width, _)| *width > SHRUNK_MIN)
                .max();
            match widest.and_then(|(_, index)| widths.get_mut(index)) {
                Some(width) => *width -= 1,
                None => return shown,
            }
        }
        return shown;
    }
}

#[cfg(test)]
mod tests {
    use super::{Cell, Column, print};
    use crate::output::screen::{Look, Style};

    const COLUMNS: [Column; 4] = [
        Column::new("ID"),
        Column::new("N").right(),
        Column::new("SERVICE").shrinks().leaves(1),
        Column::new("NAME").shrinks(),
    ];

    fn rows() -> Vec<Vec<Cell>> {
        vec![
            vec![
                Cell::new("0123"),
                Cell::new("5"),
                Cell::new("planner"),
                Cell::new("plan the work of the day"),
            ],
            vec![
                Cell::new("4567"),
                Cell::styled("1000", Style::Red),
                Cell::new(""),
                Cell::new("x\u{1b}[2J"),
            ],
        ]
    }

    #[test]
    fn columns_line_up_and_data_is_escaped() {
        let text = print(
            &COLUMNS,
            &rows(),
            Look {
                color: false,
                width: None,
            },
        );
        assert_eq!(
            text,
            "ID       N  SERVICE  NAME\n\
             0123     5  planner  plan the work of the day\n\
             4567  1000           x\\u{1b}[2J\n"
        );
    }

    #[test]
    fn narrow_terminals_shrink_columns_then_leave_some_out() {
        let text = print(
            &COLUMNS,
            &rows(),
            Look {
                color: false,
                width: Some(40),
            },
        );
        assert_eq!(
            text.lines().nth(1),
            Some("0123     5  planner  plan the work of t…")
        );
        let text = print(
            &COLUMNS,
            &rows(),
            Look {
                color: false,
                width: Some(26),
            },
        );
        assert_eq!(text.lines().nth(1), Some("0123     5  plan the work…"));
    }

    #[test]
    fn colour_does_not_move_columns() {
        let colored = print(
            &COLUMNS,
            &rows(),
            Look {
                color: true,
                width: None,
            },
        );
        let plain = colored
            .replace("\u{1b}[31m", "")
            .replace("\u{1b}[1m", "")
            .replace("\u{1b}[0m", "");
        assert_eq!(
            plain,
            print(
                &COLUMNS,
                &rows(),
                Look {
                    color: false,
                    width: None
                }
            )
        );
        assert!(colored.contains("\u{1b}[31m1000\u{1b}[0m"));
    }
}
