//! LogQL: a stream selector, line filters and label filters. `check` reads and validates a text,
//! `print` writes the canonical text. Source of the language: Loki's public documentation.
//!
//! Beyond Loki, label names may have dots or stand in quotes, because attributes have dots.

pub mod completion;
pub mod tree;

mod parse;
mod print;
mod token;
mod validate;

use crate::diagnostic::Diagnostic;
use tree::Query;

/// Reads a text and validates it: what passes can be evaluated. Never empty on failure.
pub fn check(text: &str) -> Result<Query, Vec<Diagnostic>> {
    let query = parse(text)?;
    validate(&query)?;
    Ok(query)
}

/// Reads a text: syntax only, so that bad patterns pass. Parsers, formatting and metric queries
/// give a diagnostic of kind `Unsupported`. Never empty on failure.
pub fn parse(text: &str) -> Result<Query, Vec<Diagnostic>> {
    parse::parse(text).map_err(|diagnostic| vec![diagnostic])
}

/// Looks for bad patterns. Never empty on failure; at most `DIAGNOSTICS_MAX`, in the order of the
/// text.
pub fn validate(query: &Query) -> Result<(), Vec<Diagnostic>> {
    validate::validate(query)
}

/// The canonical text of a tree; `parse` reads it back to the same tree, positions aside.
pub fn print(query: &Query) -> String {
    print::print(query)
}

/// A text as a string literal in double quotes.
pub fn string_literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    crate::literal::write_string(&mut out, text);
    out
}

/// True if a label name of a query stands for an attribute key: the key itself, or the key with
/// every character but `[A-Za-z0-9_]` written as `_`, as Loki writes it.
pub fn names_attribute(label: &str, key: &str) -> bool {
    let written = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    label == key || label.chars().eq(key.chars().map(written))
}

#[cfg(test)]
mod tests;
