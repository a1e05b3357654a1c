//! PromQL: text to tokens, one at a time. What a character means depends on the braces and brackets
//! that are open, and the messages are those of Prometheus, so the states are alike, too.

use crate::diagnostic::Diagnostic;
use crate::promql::quote::{quote, quote_char};
use crate::promql::token::{Keyword, Token, TokenKind, word_kind};
use crate::promql::tree::BinaryOp;

mod number;
mod string;

/// Walks over a text; after the first error nothing more may be asked of it.
#[derive(Debug)]
pub(super) struct Lexer<'a> {
    text: &'a str,
    /// Byte position of the next character.
    at: usize,
    /// Byte position where the token began.
    start: usize,
    paren_depth: usize,
    brace_open: bool,
    bracket_open: bool,
    /// A colon was seen since the bracket opened.
    colon_seen: bool,
    /// A number was seen in a bracket.
    duration_seen: bool,
    /// Directly after a bracket, up to the first number: fewer characters are known.
    in_duration: bool,
}

type Lexed = Result<TokenKind, Diagnostic>;

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            start: 0,
            paren_depth: 0,
            brace_open: false,
            bracket_open: false,
            colon_seen: false,
            duration_seen: false,
            in_duration: false,
        }
    }

    /// The next token; comments and blanks are left out.
    pub(super) fn next_token(&mut self) -> Result<Token, Diagnostic> {
        loop {
            self.skip_blanks();
            if self.in_duration || self.peek() != Some('#') {
                break;
            }
            let rest = self.rest();
            self.at += rest.find(['\r', '\n']).unwrap_or(rest.len());
        }
        self.start = self.at;
        let kind = if self.in_duration {
            self.duration_token()?
        } else if self.brace_open {
            self.brace_token()?
        } else {
            self.plain_token()?
        };
        Ok(Token {
            kind,
            range: self.start..self.at,
        })
    }

    /// A token outside of braces.
    fn plain_token(&mut self) -> Lexed {
        let Some(c) = self.bump() else {
            return match () {
                () if self.paren_depth != 0 => Err(self.error("unclosed left parenthesis")),
                () if self.bracket_open => Err(self.error("unclosed left bracket")),
                () => Ok(TokenKind::End),
            };
        };
        if let Some(kind) = self.operator(c)? {
            return Ok(kind);
        }
        match c {
            ',' => Ok(TokenKind::Comma),
            '@' => Ok(TokenKind::At),
            '"' | '\'' => self.string(c),
            '`' => self.raw_string(),
            '(' => Ok(self.open_paren()),
            ')' => self.close_paren(),
            '{' => {
                self.brace_open = true;
                Ok(TokenKind::LeftBrace)
            }
            '[' => {
                if self.bracket_open {
                    return Err(self.error(format!("unexpected left bracket {}", show(c))));
                }
                self.colon_seen = false;
                self.bracket_open = true;
                self.in_duration = true;
                Ok(TokenKind::LeftBracket)
            }
            ']' => {
                if !self.bracket_open {
                    return Err(self.error(format!("unexpected right bracket {}", show(c))));
                }
                self.bracket_open = false;
                Ok(TokenKind::RightBracket)
            }
            c if starts_number(c, self.peek()) => {
                self.at = self.start;
                self.number_or_duration()
            }
            c if is_alpha(c) || c == ':' => {
                if self.bracket_open {
                    self.word_in_bracket(c)
                } else {
                    Ok(self.word())
                }
            }
            c => Err(self.error(format!("unexpected character: {}", show(c)))),
        }
    }

    /// An operator, its first character taken; `None` if the character starts none.
    fn operator(&mut self, c: char) -> Result<Option<TokenKind>, Diagnostic> {
        let op = match c {
            '*' => BinaryOp::Mul,
            '/' => BinaryOp::Div,
            '%' => BinaryOp::Mod,
            '+' => BinaryOp::Add,
            '-' => BinaryOp::Sub,
            '^' => BinaryOp::Pow,
            '<' if self.take('=') => BinaryOp::LessEqual,
            '<' if self.take('/') => BinaryOp::TrimUpper,
            '<' => BinaryOp::Less,
            '>' if self.take('=') => BinaryOp::GreaterEqual,
            '>' if self.take('/') => BinaryOp::TrimLower,
            '>' => BinaryOp::Greater,
            '=' if self.take('=') => BinaryOp::Equal,
            '=' if self.peek() == Some('~') => {
                return Err(self.error("unexpected character after '=': '~'"));
            }
            '=' => return Ok(Some(TokenKind::Assign)),
            '!' if self.take('=') => BinaryOp::NotEqual,
            '!' => {
                let next = quote_char(self.bump());
                return Err(self.error(format!("unexpected character after '!': {next}")));
            }
            _ => return Ok(None),
        };
        Ok(Some(TokenKind::Operator(op)))
    }

    /// A token inside of braces, where no word has a meaning of its own.
    fn brace_token(&mut self) -> Lexed {
        let Some(c) = self.bump() else {
            return Err(self.error("unexpected end of input inside braces"));
        };
        match c {
            c if is_alpha(c) => {
                self.take_while(is_alphanumeric);
                Ok(TokenKind::Identifier)
            }
            ',' => Ok(TokenKind::Comma),
            '"' | '\'' => self.string(c),
            '`' => self.raw_string(),
            '=' if self.take('~') => Ok(TokenKind::MatchRegex),
            '=' => Ok(TokenKind::Assign),
            '!' if self.take('~') => Ok(TokenKind::NotMatchRegex),
            '!' if self.take('=') => Ok(TokenKind::Operator(BinaryOp::NotEqual)),
            '!' => {
                let next = quote_char(self.bump());
                let message = format!("unexpected character after '!' inside braces: {next}");
                Err(self.error(message))
            }
            '{' => Err(self.error(format!("unexpected left brace {}", show(c)))),
            '}' => {
                self.brace_open = false;
                Ok(TokenKind::RightBrace)
            }
            c => Err(self.error(format!("unexpected character inside braces: {}", show(c)))),
        }
    }

    /// A token directly after a bracket, before the first number.
    fn duration_token(&mut self) -> Lexed {
        let Some(c) = self.bump() else {
            return Err(self.error("unexpected end of input in duration expression"));
        };
        let op = match c {
            '+' => BinaryOp::Add,
            '-' => BinaryOp::Sub,
            '*' => BinaryOp::Mul,
            '/' => BinaryOp::Div,
            '%' => BinaryOp::Mod,
            '^' => BinaryOp::Pow,
            ']' => {
                self.bracket_open = false;
                self.colon_seen = false;
                self.in_duration = false;
                return Ok(TokenKind::RightBracket);
            }
            ':' => {
                let message = if !self.duration_seen {
                    "unexpected colon before duration in duration expression"
                } else if self.colon_seen {
                    "unexpected repeated colon in duration expression"
                } else {
                    self.colon_seen = true;
                    return Ok(TokenKind::Colon);
                };
                self.start = self.at;
                return Err(self.error(message));
            }
            '(' => return Ok(self.open_paren()),
            ')' => return self.close_paren(),
            ',' => return Ok(TokenKind::Comma),
            c if starts_number(c, self.peek()) => {
                self.at = self.start;
                self.duration_seen = true;
                self.in_duration = false;
                return self.number_or_duration();
            }
            c => {
                return self.duration_word(c).ok_or_else(|| {
                    let message =
                        format!("unexpected character in duration expression: {}", show(c));
                    self.error(message)
                });
            }
        };
        Ok(TokenKind::Operator(op))
    }

    /// A colon or a word after the first number of a bracket.
    fn word_in_bracket(&mut self, c: char) -> Lexed {
        if c == ':' {
            if self.colon_seen {
                return Err(self.error(format!("unexpected colon {}", show(c))));
            }
            self.colon_seen = true;
            return Ok(TokenKind::Colon);
        }
        self.duration_word(c)
            .ok_or_else(|| self.error(format!("unexpected character: {}, expected ':'", show(c))))
    }

    /// `step`, `range`, `max_of` or `min_of`, the first character taken.
    fn duration_word(&mut self, first: char) -> Option<TokenKind> {
        if !matches!(first.to_ascii_lowercase(), 's' | 'r' | 'm') {
            return None;
        }
        self.take_while(is_alpha);
        let word = &self.text[self.start..self.at];
        if matches!(word.to_ascii_lowercase().as_str(), "start" | "end") {
            return None;
        }
        word_kind(word).filter(|kind| matches!(kind, TokenKind::Builtin(_)))
    }

    /// A word outside of braces and brackets, its first character taken.
    fn word(&mut self) -> TokenKind {
        self.take_while(|c| is_alphanumeric(c) || c == ':');
        let word = &self.text[self.start..self.at];
        match word_kind(word) {
            // Only before a parenthesis, so that metrics may have these names.
            Some(TokenKind::Keyword(Keyword::Fill | Keyword::FillLeft | Keyword::FillRight))
                if !self.rest().trim_start_matches(is_blank).starts_with('(') =>
            {
                TokenKind::Identifier
            }
            Some(kind) => kind,
            None if word.contains(':') => TokenKind::MetricIdentifier,
            None => TokenKind::Identifier,
        }
    }

    fn open_paren(&mut self) -> TokenKind {
        self.paren_depth += 1;
        TokenKind::LeftParen
    }

    fn close_paren(&mut self) -> Lexed {
        let Some(depth) = self.paren_depth.checked_sub(1) else {
            self.start = self.at;
            return Err(self.error("unexpected right parenthesis ')'"));
        };
        self.paren_depth = depth;
        Ok(TokenKind::RightParen)
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn take(&mut self, wanted: char) -> bool {
        let there = self.peek() == Some(wanted);
        if there {
            self.at += wanted.len_utf8();
        }
        there
    }

    fn take_while(&mut self, fits: impl Fn(char) -> bool) {
        let rest = self.rest();
        self.at += rest.find(|c| !fits(c)).unwrap_or(rest.len());
    }

    fn skip_blanks(&mut self) {
        self.take_while(is_blank);
    }

    /// What is wrong, at the start of the token.
    fn error(&self, message: impl Into<String>) -> Diagnostic {
        Diagnostic::syntax(self.start..self.at, message)
    }

    fn bad(&self, what: &str) -> Diagnostic {
        let text = quote(&self.text[self.start..self.at]);
        self.error(format!("bad {what} syntax: {text}"))
    }
}

fn show(c: char) -> String {
    quote_char(Some(c))
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

fn is_alpha(c: char) -> bool {
    c == '_' || c.is_ascii_alphabetic()
}

fn is_alphanumeric(c: char) -> bool {
    c == '_' || c.is_ascii_alphanumeric()
}

fn starts_number(c: char, next: Option<char>) -> bool {
    c.is_ascii_digit() || c == '.' && next.is_some_and(|next| next.is_ascii_digit())
}
