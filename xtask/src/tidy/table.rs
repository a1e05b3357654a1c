//! Reads the marked tables of ARCHITECTURE.md: a comment `<!-- tidy: NAME -->`, then a Markdown table.

use anyhow::{Result, bail};

/// One row: its line in the file and its cells, trimmed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// From 1.
    pub line: usize,
    /// Without the outer bars.
    pub cells: Vec<String>,
}

impl Row {
    /// The names in backticks of a cell; none if the cell is absent.
    pub(crate) fn names(&self, cell: usize) -> Vec<&str> {
        let text = self.cells.get(cell).map_or("", String::as_str);
        text.split('`').skip(1).step_by(2).collect()
    }
}

/// The rows of the table with this mark, without head and rule.
///
/// # Errors
/// The mark or the table behind it is missing.
pub(crate) fn rows(text: &str, mark: &str) -> Result<Vec<Row>> {
    let wanted = format!("<!-- tidy: {mark} -->");
    let mut lines = text
        .lines()
        .enumerate()
        .skip_while(|(_, line)| line.trim() != wanted);
    if lines.next().is_none() {
        bail!("ARCHITECTURE.md has no table marked `{wanted}`");
    }
    let rows: Vec<Row> = lines
        .skip_while(|(_, line)| line.trim().is_empty())
        .take_while(|(_, line)| line.trim_start().starts_with('|'))
        .skip(2)
        .map(|(index, line)| Row {
            line: index + 1,
            cells: cells(line),
        })
        .collect();
    if rows.is_empty() {
        bail!("the table marked `{wanted}` in ARCHITECTURE.md is empty");
    }
    Ok(rows)
}

fn cells(line: &str) -> Vec<String> {
    let inner = line.trim().trim_start_matches('|').trim_end_matches('|');
    inner
        .split('|')
        .map(|cell| cell.trim().to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::rows;

    const TEXT: &str = "# A\n\n<!-- tidy: x -->\n| a | b |\n|---|---|\n| one | `p`, `q` |\n| two | |\n\n| other |\n";

    #[test]
    fn rows_are_those_of_the_marked_table() {
        let rows = rows(TEXT, "x").expect("the table is there");
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[0].line, rows[0].names(1)), (6, vec!["p", "q"]));
        assert!(rows[1].names(1).is_empty() && rows[1].names(7).is_empty());
    }

    #[test]
    fn a_missing_table_is_an_error() {
        assert!(rows(TEXT, "y").is_err());
    }
}
