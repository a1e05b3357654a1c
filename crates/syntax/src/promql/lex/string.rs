//! Strings: where they end, and which escapes they may hold.

use super::{Lexed, Lexer};
use crate::diagnostic::Diagnostic;
use crate::promql::quote::name_char;
use crate::promql::token::TokenKind;

impl Lexer<'_> {
    /// A string, its opening quote taken.
    pub(super) fn string(&mut self, mark: char) -> Lexed {
        loop {
            match self.bump() {
                Some('\\') => self.escape(mark)?,
                Some(char::REPLACEMENT_CHARACTER) => return Err(self.error("invalid UTF-8 rune")),
                None | Some('\n') => return Err(self.error("unterminated quoted string")),
                Some(c) if c == mark => return Ok(TokenKind::String),
                Some(_) => {}
            }
        }
    }

    /// A string in backticks, the first one taken.
    pub(super) fn raw_string(&mut self) -> Lexed {
        loop {
            match self.bump() {
                Some(char::REPLACEMENT_CHARACTER) => return Err(self.error("invalid UTF-8 rune")),
                None => return Err(self.error("unterminated raw string")),
                Some('`') => return Ok(TokenKind::String),
                Some(_) => {}
            }
        }
    }

    /// An escape of a string, its backslash taken.
    fn escape(&mut self, mark: char) -> Result<(), Diagnostic> {
        const UNFINISHED: &str = "escape sequence not terminated";
        let Some(c) = self.bump() else {
            return Err(self.error(UNFINISHED));
        };
        let (digits, radix, value_max) = match c {
            'a' | 'b' | 'f' | 'n' | 'r' | 't' | 'v' | '\\' => return Ok(()),
            c if c == mark => return Ok(()),
            '0'..='7' => {
                self.at -= 1;
                (3, 8, 255)
            }
            'x' => (2, 16, 255),
            'u' => (4, 16, u32::from(char::MAX)),
            'U' => (8, 16, u32::from(char::MAX)),
            c => return Err(self.error(format!("unknown escape sequence {}", name_char(c)))),
        };
        let mut value = 0u32;
        for _ in 0..digits {
            let Some(c) = self.bump() else {
                return Err(self.error(UNFINISHED));
            };
            let Some(digit) = c.to_digit(radix) else {
                let name = name_char(c);
                return Err(self.error(format!("illegal character {name} in escape sequence")));
            };
            // Eight digits of base 16 just fit.
            value = value * radix + digit;
        }
        if value > value_max || (0xD800..0xE000).contains(&value) {
            return Err(self.error("escape sequence is an invalid Unicode code point"));
        }
        Ok(())
    }
}
