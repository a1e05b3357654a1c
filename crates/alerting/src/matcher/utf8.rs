//! The new syntax of matchers: strict, any label name in quotes, values in quotes if they need them.
//!
//! Taken and refused as Alertmanager's `matcher/parse` does; messages have its columns and words.

use super::{Matcher, Op, check_count, is_reserved};
use crate::error::{Error, Result};
use std::str::Chars;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Open,
    Close,
    Comma,
    Op(Op),
    Quoted,
    Unquoted,
}

/// A piece of the text, with the columns (characters before its start and its end).
#[derive(Debug, Clone, Copy)]
struct Token<'a> {
    kind: Kind,
    text: &'a str,
    start: usize,
    end: usize,
}

/// Any number of matchers, with braces around them or without.
pub(super) fn parse_all(text: &str) -> Result<Vec<Matcher>> {
    let (tokens, failure) = scan(text);
    let mut parser = Parser {
        tokens: &tokens,
        failure: failure.as_deref(),
        at: 0,
    };
    parser.list()
}

/// Exactly one matcher.
pub(super) fn parse_one(text: &str) -> Result<Matcher> {
    let mut matchers = parse_all(text)?;
    match (matchers.pop(), matchers.len()) {
        (Some(matcher), 0) => Ok(matcher),
        (None, _) => Err(Error::invalid("no matchers")),
        (Some(_), more) => {
            let count = more + 1;
            Err(Error::invalid(format!("expected 1 matcher, found {count}")))
        }
    }
}

/// The tokens, and what ended them before the end of the text.
fn scan(text: &str) -> (Vec<Token<'_>>, Option<String>) {
    let mut tokens = Vec::new();
    let mut rest = text;
    let mut column = 0;
    while let Some(c) = rest.chars().next() {
        if c.is_whitespace() {
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
            column += 1;
            continue;
        }
        let (kind, bytes) = match take(rest, c, column) {
            Ok(taken) => taken,
            Err(message) => return (tokens, Some(message)),
        };
        let (piece, after) = rest.split_at(bytes);
        let end = column + piece.chars().count();
        tokens.push(Token {
            kind,
            text: piece,
            start: column,
            end,
        });
        (rest, column) = (after, end);
    }
    (tokens, None)
}

/// Kind and length of the token that begins a text.
fn take(rest: &str, first: char, column: usize) -> std::result::Result<(Kind, usize), String> {
    let next = rest.chars().nth(1);
    let expected = |wanted: &str| match next {
        None => format!(
            "{column}:{}: unexpected end of input, expected one of '{wanted}'",
            column + 1
        ),
        Some(_) => format!(
            "{column}:{}: {first}: expected one of '{wanted}'",
            column + 1
        ),
    };
    match (first, next) {
        ('{', _) => Ok((Kind::Open, 1)),
        ('}', _) => Ok((Kind::Close, 1)),
        (',', _) => Ok((Kind::Comma, 1)),
        ('!', Some('=')) => Ok((Kind::Op(Op::NotEqual), 2)),
        ('!', Some('~')) => Ok((Kind::Op(Op::NotRegex), 2)),
        ('!', _) => Err(expected("=~")),
        ('=', Some('~')) => Ok((Kind::Op(Op::Regex), 2)),
        ('=', _) => Ok((Kind::Op(Op::Equal), 1)),
        ('"', _) => quoted_length(rest)
            .map(|bytes| (Kind::Quoted, bytes))
            .ok_or_else(|| {
                let end = column + rest.chars().count();
                format!("{column}:{end}: {rest}: missing end \"")
            }),
        (c, _) if is_reserved(c) => Err(format!("{column}:{}: {c}: invalid input", column + 1)),
        _ => {
            let bytes = rest.find(is_reserved).unwrap_or(rest.len());
            Ok((Kind::Unquoted, bytes))
        }
    }
}

/// Bytes up to and with the closing quote.
fn quoted_length(rest: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

struct Parser<'a> {
    tokens: &'a [Token<'a>],
    failure: Option<&'a str>,
    at: usize,
}

impl<'a> Parser<'a> {
    fn list(&mut self) -> Result<Vec<Matcher>> {
        let mut matchers = Vec::new();
        if self.ended() {
            return Ok(matchers);
        }
        let open = self.peek_scanned()?.kind == Kind::Open;
        if open {
            self.at += 1;
        }
        let empty = match self.peek() {
            Ok(Some(token)) => token.kind == Kind::Close,
            Ok(None) => true,
            Err(message) => return Err(Error::invalid(message)),
        };
        if !empty {
            loop {
                matchers.push(self.matcher()?);
                check_count(matchers.len())?;
                if !self.goes_on()? {
                    break;
                }
            }
        }
        self.close(open)?;
        match self.peek() {
            Ok(None) => Ok(matchers),
            Ok(Some(token)) => Err(unexpected_end(token)),
            Err(message) => Err(Error::invalid(format!("{message}: expected end of input"))),
        }
    }

    /// Whether a matcher follows the one before.
    fn goes_on(&mut self) -> Result<bool> {
        const AFTER: &str = "expected a comma or close brace";
        const AFTER_COMMA: &str = "expected a matcher or close brace after comma";
        let kind = match self.peek() {
            Ok(None) => return Ok(false),
            Ok(Some(token)) => match token.kind {
                Kind::Comma | Kind::Close => token.kind,
                _ => return Err(unexpected(token, AFTER)),
            },
            Err(message) => return Err(Error::invalid(format!("{message}: {AFTER}"))),
        };
        if kind == Kind::Close {
            return Ok(false);
        }
        self.at += 1;
        match self.peek() {
            Ok(None) => Ok(false),
            Ok(Some(token)) => match token.kind {
                Kind::Close => Ok(false),
                Kind::Quoted | Kind::Unquoted => Ok(true),
                _ => Err(unexpected(token, AFTER_COMMA)),
            },
            Err(message) => Err(Error::invalid(format!("{message}: {AFTER_COMMA}"))),
        }
    }

    fn matcher(&mut self) -> Result<Matcher> {
        let text = |kind| matches!(kind, Kind::Quoted | Kind::Unquoted);
        let name = self.expect(text, "expected label name")?;
        let name = unquote(name)?;
        let wanted = "expected an operator such as '=', '!=', '=~' or '!~'";
        let op = self.expect(|kind| matches!(kind, Kind::Op(_)), wanted)?;
        let op = match op.kind {
            Kind::Op(op) => op,
            _ => Op::Equal,
        };
        let value = self.expect(text, "expected label value")?;
        let value = unquote(value)?;
        Matcher::new(name, op, value).map_err(|mut error| {
            error.message = format!("failed to create matcher: {}", error.message);
            error
        })
    }

    /// The closing brace where one was opened, and none where not.
    fn close(&mut self, open: bool) -> Result<()> {
        let is_close = |token: &Token<'_>| token.kind == Kind::Close;
        if open {
            let before = self.column();
            let place = |error: Error| {
                let message = format!("0:{before}: {}", error.message);
                Error::invalid(message)
            };
            let close = |kind| kind == Kind::Close;
            self.expect(close, "expected close brace").map_err(place)?;
        } else if self.tokens.get(self.at).is_some_and(is_close) {
            self.at += 1;
            let column = self.column();
            return Err(Error::invalid(format!(
                "0:{column}: }}: expected opening brace"
            )));
        }
        Ok(())
    }

    fn expect(&mut self, fits: impl Fn(Kind) -> bool, wanted: &str) -> Result<Token<'a>> {
        let token = match self.peek() {
            Ok(Some(token)) if fits(token.kind) => token,
            Ok(Some(token)) => return Err(unexpected(token, wanted)),
            Ok(None) => return Err(Error::invalid(format!("end of input: {wanted}"))),
            Err(message) => return Err(Error::invalid(format!("{message}: {wanted}"))),
        };
        self.at += 1;
        Ok(token)
    }

    /// The next token, nothing at the end of the text, or what ended the tokens.
    fn peek(&self) -> std::result::Result<Option<Token<'a>>, &'a str> {
        match (self.tokens.get(self.at), self.failure) {
            (Some(token), _) => Ok(Some(*token)),
            (None, Some(message)) => Err(message),
            (None, None) => Ok(None),
        }
    }

    fn peek_scanned(&self) -> Result<Token<'a>> {
        match self.peek() {
            Ok(Some(token)) => Ok(token),
            Ok(None) => Err(Error::invalid("end of input")),
            Err(message) => Err(Error::invalid(message)),
        }
    }

    fn ended(&self) -> bool {
        self.failure.is_none() && self.at >= self.tokens.len()
    }

    /// Characters up to the end of the last token taken.
    fn column(&self) -> usize {
        let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        before.map_or(0, |token| token.end)
    }
}

fn unexpected(token: Token<'_>, wanted: &str) -> Error {
    let Token {
        text, start, end, ..
    } = token;
    Error::invalid(format!("{start}:{end}: unexpected {text}: {wanted}"))
}

fn unexpected_end(token: Token<'_>) -> Error {
    let Token {
        text, start, end, ..
    } = token;
    Error::invalid(format!("{start}:{end}: {text}: expected end of input"))
}

/// The text that a token stands for.
fn unquote(token: Token<'_>) -> Result<String> {
    if token.kind != Kind::Quoted {
        return Ok(token.text.to_owned());
    }
    let inner = token.text.get(1..token.text.len().saturating_sub(1));
    inner.and_then(unescape).ok_or_else(|| {
        let Token {
            text, start, end, ..
        } = token;
        Error::invalid(format!("{start}:{end}: {text}: invalid input"))
    })
}

/// Go's escapes of texts in double quotes; nothing if there is one that Go does not know.
fn unescape(inner: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        match c {
            '\n' => return None,
            '\\' => escape(&mut chars, &mut bytes)?,
            c => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    String::from_utf8(bytes).ok()
}

/// One escape, its backslash taken.
fn escape(chars: &mut Chars<'_>, bytes: &mut Vec<u8>) -> Option<()> {
    let c = chars.next()?;
    let byte = match c {
        'a' => 0x07,
        'b' => 0x08,
        'f' => 0x0c,
        'n' => b'\n',
        'r' => b'\r',
        't' => b'\t',
        'v' => 0x0b,
        '\\' => b'\\',
        '"' => b'"',
        'x' => u8::try_from(number(chars, 2, 16, 0)?).ok()?,
        '0'..='7' => u8::try_from(number(chars, 2, 8, c.to_digit(8)?)?).ok()?,
        'u' | 'U' => {
            let digits = if c == 'u' { 4 } else { 8 };
            let c = char::from_u32(number(chars, digits, 16, 0)?)?;
            bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            return Some(());
        }
        _ => return None,
    };
    bytes.push(byte);
    Some(())
}

fn number(chars: &mut Chars<'_>, digits: usize, radix: u32, first: u32) -> Option<u32> {
    (0..digits).try_fold(first, |value, _| {
        let digit = chars.next()?.to_digit(radix)?;
        value.checked_mul(radix)?.checked_add(digit)
    })
}
