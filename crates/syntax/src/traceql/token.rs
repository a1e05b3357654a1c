//! Splits a TraceQL text into tokens. Attributes and scoped intrinsics are one token each, because
//! nothing may stand between their parts.

use super::tree::{AttributeScope, FieldName, INTRINSICS, Intrinsic, SCOPES};
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
    /// An attribute, or an intrinsic with its scope.
    Field(FieldName),
    /// Any other word: intrinsics, keywords, function names.
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
    Comma,
    Pipe,
    And,
    Or,
    Not,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Match,
    NotMatch,
    /// An operator between spansets only: `>>`, `&<`, `~` and the like.
    Structural,
    Minus,
    /// `+`, `*`, `/`, `%`, `^`.
    Arithmetic,
}

/// Longer ones first.
const PUNCTUATION: &[(&str, Punctuation)] = &[
    ("&>>", Punctuation::Structural),
    ("&<<", Punctuation::Structural),
    ("!>>", Punctuation::Structural),
    ("!<<", Punctuation::Structural),
    ("&&", Punctuation::And),
    ("&>", Punctuation::Structural),
    ("&<", Punctuation::Structural),
    ("&~", Punctuation::Structural),
    ("!>", Punctuation::Structural),
    ("!<", Punctuation::Structural),
    (">>", Punctuation::Structural),
    ("<<", Punctuation::Structural),
    ("||", Punctuation::Or),
    ("!=", Punctuation::NotEqual),
    ("!~", Punctuation::NotMatch),
    ("=~", Punctuation::Match),
    ("<=", Punctuation::LessOrEqual),
    (">=", Punctuation::GreaterOrEqual),
    ("<", Punctuation::Less),
    (">", Punctuation::Greater),
    ("=", Punctuation::Equal),
    ("!", Punctuation::Not),
    ("~", Punctuation::Structural),
    ("|", Punctuation::Pipe),
    ("{", Punctuation::OpenBrace),
    ("}", Punctuation::CloseBrace),
    ("(", Punctuation::OpenParen),
    (")", Punctuation::CloseParen),
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
        if let Err(error) = skip_blanks(&mut scanner) {
            break Some(error);
        }
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

/// True if a character may stand in an attribute name without quotes.
pub(super) fn is_name_char(c: char) -> bool {
    !c.is_whitespace() && !c.is_control() && !"{}()=~!<>&|^,\"`".contains(c)
}

/// Blanks and comments: `// …` and `/* … */`.
fn skip_blanks(scanner: &mut Scanner<'_>) -> Result<(), Diagnostic> {
    loop {
        scanner.take_while(char::is_whitespace);
        if scanner.rest().starts_with("//") {
            scanner.take_while(|c| c != '\n');
        } else if let Some(comment) = scanner.rest().strip_prefix("/*") {
            let start = scanner.at;
            let Some(len) = comment.find("*/") else {
                let range = start..scanner.text.len();
                return Err(Diagnostic::syntax(range, "comment has no closing */"));
            };
            scanner.at += len + 4;
        } else {
            return Ok(());
        }
    }
}

fn token(scanner: &mut Scanner<'_>) -> Result<TokenKind, Diagnostic> {
    let start = scanner.at;
    match scanner.peek() {
        Some('"' | '`') => return scanner.take_string().map(TokenKind::String),
        Some('.') => return attribute(scanner, AttributeScope::Any),
        Some('0'..='9') => return scanner.take_number(Units::Go).map(TokenKind::Number),
        _ => {}
    }
    let word = scanner.take_identifier();
    if !word.is_empty() {
        return word_token(scanner, start, word);
    }
    if let Some(punctuation) = scanner.take_first(PUNCTUATION) {
        return Ok(TokenKind::Punctuation(punctuation));
    }
    let c = scanner.bump().unwrap_or_default();
    Err(unexpected(start..scanner.at, c))
}

fn unexpected(range: Range<usize>, c: char) -> Diagnostic {
    let diagnostic = Diagnostic::syntax(
        range,
        format!("unexpected character `{}`", c.escape_debug()),
    );
    match c {
        '\'' => diagnostic.with_hint("strings stand in double quotes or backticks"),
        '&' => diagnostic.with_hint("and is written `&&`"),
        _ => diagnostic,
    }
}

fn word_token(
    scanner: &mut Scanner<'_>,
    start: usize,
    word: &str,
) -> Result<TokenKind, Diagnostic> {
    match scanner.peek() {
        Some('.') => {
            let scope = SCOPES.iter().find(|(_, name)| *name == word);
            if let Some((scope, _)) = scope {
                return attribute(scanner, *scope);
            }
            attribute(scanner, AttributeScope::Any)?;
            let range = start..scanner.at;
            let text = &scanner.text[range.clone()];
            if word == "parent" {
                return Err(Diagnostic::unsupported(
                    range,
                    format!("fields of the parent (`{text}`) are"),
                ));
            }
            let mut error = Diagnostic::syntax(range, format!("unknown scope `{word}`"));
            error.expected = SCOPES
                .iter()
                .skip(1)
                .map(|(_, name)| (*name).to_owned())
                .collect();
            Err(error.with_hint(format!(
                "for an attribute of this name write `.{text}` or `span.{text}`"
            )))
        }
        Some(':') => {
            scanner.bump();
            scanner.take_identifier();
            let range = start..scanner.at;
            let text = &scanner.text[range.clone()];
            match find_intrinsic(text) {
                Some(intrinsic) => Ok(TokenKind::Field(FieldName::Intrinsic(intrinsic))),
                None => Err(unknown_intrinsic(range, text)),
            }
        }
        _ => Ok(TokenKind::Word(word.to_owned())),
    }
}

/// Takes the dot and the name: plain characters and quoted parts in any order.
fn attribute(scanner: &mut Scanner<'_>, scope: AttributeScope) -> Result<TokenKind, Diagnostic> {
    let dot = scanner.at;
    scanner.bump();
    let mut name = String::new();
    loop {
        name.push_str(scanner.take_while(is_name_char));
        if scanner.peek() != Some('"') {
            break;
        }
        let start = scanner.at;
        scanner.bump();
        name.push_str(&scanner.take_quoted(start, true)?);
    }
    if name.is_empty() {
        let mut error = Diagnostic::syntax(dot..scanner.at, "expected an attribute name after `.`");
        error.expected.push("an attribute name".to_owned());
        return Err(error);
    }
    Ok(TokenKind::Field(FieldName::Attribute { scope, name }))
}

/// The intrinsic of a name.
pub(super) fn find_intrinsic(name: &str) -> Option<Intrinsic> {
    let found = INTRINSICS.iter().find(|(_, names)| names.contains(&name));
    found.map(|(intrinsic, _)| *intrinsic)
}

/// Says that a name is no intrinsic, and what it may have been meant to be.
pub(super) fn unknown_intrinsic(range: Range<usize>, name: &str) -> Diagnostic {
    let names = INTRINSICS
        .iter()
        .flat_map(|(_, names)| names.iter().copied());
    let near = names
        .map(|known| {
            (
                strsim::levenshtein(&known.to_lowercase(), &name.to_lowercase()),
                known,
            )
        })
        .min()
        .filter(|(distance, known)| *distance <= 2 && *distance < known.len() / 2);
    let error = Diagnostic::syntax(range, format!("unknown intrinsic `{name}`"));
    match near {
        Some((_, known)) => error.with_hint(format!("did you mean `{known}`")),
        None if name.contains(':') => error,
        None => error.with_hint(format!(
            "attributes start with a dot or a scope, `.{name}` or `span.{name}`; text stands in double quotes"
        )),
    }
}
