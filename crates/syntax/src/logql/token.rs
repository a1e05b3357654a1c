//! Splits a LogQL text into tokens.

use crate::diagnostic::Diagnostic;
use crate::scan::{Number, Scanner, Units};
use std::ops::Range;

/// A token and its bytes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) range: Range<usize>,
}

/// What a token is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum TokenKind {
    Punctuation(Punctuation),
    String(String),
    Number(Number),
    /// A label name, keyword or function name; may have dots inside.
    Word(String),
    End,
}

/// Operators and brackets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Punctuation {
    OpenBrace,
    CloseBrace,
    OpenParen,
    CloseParen,
    OpenBracket,
    CloseBracket,
    Comma,
    Pipe,
    PipeEqual,
    PipeMatch,
    /// `|>`, `!>`.
    LinePattern,
    Equal,
    DoubleEqual,
    NotEqual,
    Match,
    NotMatch,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Minus,
    /// `+`, `*`, `/`, `%`, `^`.
    Arithmetic,
}

/// Longer ones first.
const PUNCTUATION: &[(&str, Punctuation)] = &[
    ("|=", Punctuation::PipeEqual),
    ("|~", Punctuation::PipeMatch),
    ("|>", Punctuation::LinePattern),
    ("!>", Punctuation::LinePattern),
    ("==", Punctuation::DoubleEqual),
    ("=~", Punctuation::Match),
    ("!=", Punctuation::NotEqual),
    ("!~", Punctuation::NotMatch),
    ("<=", Punctuation::LessOrEqual),
    (">=", Punctuation::GreaterOrEqual),
    ("<", Punctuation::Less),
    (">", Punctuation::Greater),
    ("=", Punctuation::Equal),
    ("|", Punctuation::Pipe),
    ("{", Punctuation::OpenBrace),
    ("}", Punctuation::CloseBrace),
    ("(", Punctuation::OpenParen),
    (")", Punctuation::CloseParen),
    ("[", Punctuation::OpenBracket),
    ("]", Punctuation::CloseBracket),
    (",", Punctuation::Comma),
    ("-", Punctuation::Minus),
    ("+", Punctuation::Arithmetic),
    ("*", Punctuation::Arithmetic),
    ("/", Punctuation::Arithmetic),
    ("%", Punctuation::Arithmetic),
    ("^", Punctuation::Arithmetic),
];

/// Splits a text. The last token is `End`. What is no token at all ends the list with an error,
/// so that an earlier problem of the grammar is reported first.
pub(super) fn tokenize(text: &str) -> (Vec<Token>, Option<Diagnostic>) {
    let mut scanner = Scanner::new(text);
    let mut tokens = Vec::new();
    let error = loop {
        skip_blanks(&mut scanner);
        let start = scanner.at;
        if scanner.peek().is_none() {
            break None;
        }
        match token(&mut scanner) {
            Ok(kind) => tokens.push(Token {
                kind,
                range: start..scanner.at,
            }),
            Err(error) => break Some(error),
        }
    };
    tokens.push(Token {
        kind: TokenKind::End,
        range: text.len()..text.len(),
    });
    (tokens, error)
}

/// True if a label name needs no quotes: identifiers joined by single dots.
pub(super) fn is_plain_name(name: &str) -> bool {
    let mut scanner = Scanner::new(name);
    take_name(&mut scanner) == name && !name.is_empty()
}

/// Blanks and comments: `# …`.
fn skip_blanks(scanner: &mut Scanner<'_>) {
    loop {
        scanner.take_while(char::is_whitespace);
        if scanner.peek() != Some('#') {
            return;
        }
        scanner.take_while(|c| c != '\n');
    }
}

fn take_name<'a>(scanner: &mut Scanner<'a>) -> &'a str {
    let start = scanner.at;
    let mut word = scanner.take_identifier();
    while !word.is_empty() {
        let next = scanner
            .peek_second()
            .is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
        if scanner.peek() != Some('.') || !next {
            break;
        }
        scanner.bump();
        word = scanner.take_identifier();
    }
    &scanner.text[start..scanner.at]
}

fn token(scanner: &mut Scanner<'_>) -> Result<TokenKind, Diagnostic> {
    let start = scanner.at;
    match scanner.peek() {
        Some('"' | '`') => return scanner.take_string().map(TokenKind::String),
        Some('0'..='9') => return scanner.take_number(Units::Loki).map(TokenKind::Number),
        Some('.') if scanner.peek_second().is_some_and(|c| c.is_ascii_digit()) => {
            return scanner.take_number(Units::Loki).map(TokenKind::Number);
        }
        _ => {}
    }
    let word = take_name(scanner);
    if !word.is_empty() {
        return Ok(TokenKind::Word(word.to_owned()));
    }
    if let Some(punctuation) = scanner.take_first(PUNCTUATION) {
        return Ok(TokenKind::Punctuation(punctuation));
    }
    let c = scanner.bump().unwrap_or_default();
    let error = Diagnostic::syntax(
        start..scanner.at,
        format!("unexpected character `{}`", c.escape_debug()),
    );
    Err(match c {
        '\'' => error.with_hint("strings stand in double quotes or backticks"),
        '&' => error.with_hint("and is written `and`"),
        _ => error,
    })
}
