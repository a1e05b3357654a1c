//! TraceQL: `{ … }` with conditions on one span. `check` reads and validates a text, `print`
//! writes the canonical text, `filter::Filter` is the form to evaluate.
//! Source of the language: Tempo's public documentation.

pub mod completion;
pub mod filter;
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

/// Reads a text: syntax only, so that unknown types and patterns pass. Parts of TraceQL beyond
/// one spanset filter give a diagnostic of kind `Unsupported`. Never empty on failure.
pub fn parse(text: &str) -> Result<Query, Vec<Diagnostic>> {
    parse::parse(text).map_err(|diagnostic| vec![diagnostic])
}

/// Looks for comparisons of types that do not fit, bad patterns, and parts that are not built
/// yet. Never empty on failure; at most `DIAGNOSTICS_MAX`, in the order of the text.
pub fn validate(query: &Query) -> Result<(), Vec<Diagnostic>> {
    validate::validate(query)
}

/// The canonical text of a tree; `parse` reads it back to the same tree, positions aside.
pub fn print(query: &Query) -> String {
    print::print(query)
}

#[cfg(test)]
mod tests;
