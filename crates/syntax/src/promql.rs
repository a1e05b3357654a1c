//! PromQL, the full language of Prometheus 3.14, experimental parts included: text to tree with
//! types checked, messages as Prometheus gives them, printing. `tree::Expr` is what the query crate
//! evaluates; `duration::resolve` comes before that.

pub mod completion;
pub mod duration;
pub mod function;
pub mod number;
pub mod quote;
pub mod script;
pub mod series_text;
pub mod tree;

pub(crate) mod fuzzing;
mod json;
mod lex;
mod parse;
mod pretty;
mod print;
mod regexp;
mod token;
mod validate;
mod walk;
mod word;

use crate::diagnostic::Diagnostic;
use std::ops::Range;
use tree::{Expr, ExprKind, Matcher};

/// The label that holds the name of a metric.
pub const METRIC_NAME: &str = "__name__";
/// Most nodes on top of each other in a tree; higher trees get a diagnostic.
pub const HEIGHT_MAX: usize = 250;
/// Most regular expressions in one query.
pub const PATTERNS_MAX: usize = 1_000;

/// Reads a query and checks its types: what passes can be evaluated. Never empty on failure; the
/// first problem is the one that Prometheus reports.
pub fn check(text: &str) -> Result<Expr, Vec<Diagnostic>> {
    let mut expr = parse::parse(text).map_err(|diagnostic| vec![diagnostic])?;
    let found = validate::validate(&mut expr, text);
    if found.is_empty() {
        Ok(expr)
    } else {
        Err(found)
    }
}

/// As `check`, with the message of Prometheus as the error: `1:3: parse error: …`.
pub fn parse(text: &str) -> Result<Expr, String> {
    check(text).map_err(|found| match found.first() {
        Some(first) => error_text(text, first),
        None => String::new(),
    })
}

/// Reads a selector without modifiers, as `match[]` has it; a selector of everything passes. The
/// error is the message of Prometheus.
pub fn parse_selector(text: &str) -> Result<Vec<Matcher>, String> {
    match parse::parse_selector(text) {
        Ok(expr) => match expr.kind {
            ExprKind::Vector(selector) => Ok(selector.matchers),
            _ => Ok(Vec::new()),
        },
        Err(found) => Err(error_text(text, &found)),
    }
}

/// The text of a tree in one line, as Prometheus prints it; `check` reads it back to the same tree,
/// positions and the order of matchers aside.
pub fn print(expr: &Expr) -> String {
    let mut out = String::new();
    print::expression(&mut out, expr);
    out
}

/// The text of a tree for people, split over lines of about 100 bytes, as Prometheus'
/// `/api/v1/format_query` gives it.
pub fn format(expr: &Expr) -> String {
    pretty::expression(expr, 0)
}

/// The JSON of a tree, as Prometheus' `/api/v1/parse_query` gives it.
pub fn to_json(expr: &Expr) -> String {
    let mut out = String::new();
    json::expression(&mut out, expr);
    out
}

/// A problem as Prometheus writes it: `1:3: parse error: unexpected end of input`.
pub fn error_text(text: &str, diagnostic: &Diagnostic) -> String {
    let place = if text.is_empty() {
        "unknown position".to_owned()
    } else {
        position_text(text, &diagnostic.range)
    };
    format!("{place}: parse error: {}", diagnostic.message)
}

/// Line and column where a range starts, both from one, as Prometheus writes them: the column
/// counts bytes.
pub fn position_text(text: &str, range: &Range<usize>) -> String {
    let start = range.start.min(text.len());
    let before = &text.as_bytes()[..start];
    let line_start = before
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |newline| newline + 1);
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    format!("{line}:{}", start - line_start + 1)
}

#[cfg(test)]
mod tests;
