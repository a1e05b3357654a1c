//! Short conditions: text to words, quantities and symbols with their places.

use crate::condition::wrong;
use std::ops::Range;
use tacho_syntax::diagnostic::Diagnostic;

/// Longest condition, bytes.
const TEXT_BYTES_MAX: usize = 4096;

/// A token with its bytes of the text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) range: Range<usize>,
}

/// What a token is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum TokenKind {
    /// A name of a function, a label or a unit.
    Word(String),
    /// Starts with a digit: `5`, `5m`, `1h30m`, `500MB`.
    Quantity(String),
    /// `>`, `>=`, `==`, `(`, `*`, `%` and so on.
    Symbol(&'static str),
}

/// Two characters before one.
const SYMBOLS: [&str; 17] = [
    ">=", "<=", "==", "!=", "<>", ">", "<", "=", "(", ")", ",", "*", "/", "+", "-", "%", "≥",
];

/// All tokens of a text.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, Diagnostic> {
    if text.len() > TEXT_BYTES_MAX {
        let message = format!(
            "the condition has {} bytes, at most {TEXT_BYTES_MAX} are taken",
            text.len()
        );
        return Err(wrong(0..0, message));
    }
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let rest = text.get(at..).unwrap_or_default();
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        let (kind, length) = one(rest, first).ok_or_else(|| {
            wrong(
                at..at + first.len_utf8(),
                format!("unexpected character {first:?}"),
            )
        })?;
        tokens.push(Token {
            kind,
            range: at..at + length,
        });
        at += length;
    }
    Ok(tokens)
}

fn one(rest: &str, first: char) -> Option<(TokenKind, usize)> {
    if let Some(symbol) = SYMBOLS.into_iter().find(|symbol| rest.starts_with(symbol)) {
        let meant = match symbol {
            "=" => "==",
            "<>" => "!=",
            "≥" => ">=",
            symbol => symbol,
        };
        return Some((TokenKind::Symbol(meant), symbol.len()));
    }
    let is_digit = |c: char| c.is_ascii_digit() || c == '.';
    let in_word = |c: char| c.is_alphanumeric() || c == '_' || c == '$' || c == 'µ';
    if is_digit(first) {
        let end = rest.find(|c: char| !is_digit(c) && !in_word(c));
        let mut length = end.unwrap_or(rest.len());
        // the exponent of `1e-3`
        let text = rest.get(..length).unwrap_or_default();
        let after = rest.get(length..).unwrap_or_default();
        let mantissa = text.strip_suffix(['e', 'E']);
        if mantissa.is_some_and(|text| text.parse::<f64>().is_ok()) && after.starts_with(['-', '+'])
        {
            let digits = after.get(1..).unwrap_or_default();
            let more = digits.find(|c: char| !c.is_ascii_digit());
            length += 1 + more.unwrap_or(digits.len());
        }
        let text = rest.get(..length)?.to_owned();
        return Some((TokenKind::Quantity(text), length));
    }
    if in_word(first) {
        let end = rest.find(|c: char| !in_word(c) && c != '.');
        let length = end.unwrap_or(rest.len());
        let text = rest.get(..length)?.to_owned();
        return Some((TokenKind::Word(text), length));
    }
    None
}
