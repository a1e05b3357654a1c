//! What people see: escaping, widths, colours, tables, traces, log lines. Everything here makes text
//! of values; `screen.rs` alone writes it.

pub(crate) mod attribute;
pub(crate) mod escape;
pub(crate) mod log_line;
pub(crate) mod next_page;
pub(crate) mod screen;
pub(crate) mod table;
pub(crate) mod trace_tree;
pub(crate) mod width;

/// A number with its word: `1 span`, `2 spans`.
pub(crate) fn counted(count: u64, word: &str) -> String {
    if count == 1 {
        format!("1 {word}")
    } else {
        format!("{count} {word}s")
    }
}
