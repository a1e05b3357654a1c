//! Which characters make a number or a duration. The rules are looser than the numbers themselves
//! and have their quirks; they are those of Prometheus, so that the same texts pass.

use super::{Lexed, Lexer, is_alphanumeric};
use crate::promql::token::TokenKind;

impl Lexer<'_> {
    /// A number or a duration; nothing of it is taken yet.
    pub(super) fn number_or_duration(&mut self) -> Lexed {
        if self.scan_number() {
            return Ok(TokenKind::Number);
        }
        if self.scan_duration_rest() {
            return Ok(TokenKind::Duration);
        }
        Err(self.bad("number or duration"))
    }

    /// Takes the characters of a number; false if what follows makes it none.
    fn scan_number(&mut self) -> bool {
        let hex = self.accept(|c| c == '0') && self.accept(|c| matches!(c, 'x' | 'X'));
        let is_digit = |c: char| {
            if hex {
                c.is_ascii_hexdigit()
            } else {
                c.is_ascii_digit()
            }
        };
        if hex {
            self.accept(|c| c == '_');
        }
        self.accept(|c| c == '.');
        self.accept(is_digit);
        let (mut point_seen, mut exponent_seen) = (false, false);
        while let Some(c) = self.peek() {
            match c {
                '.' => {
                    self.bump();
                    if point_seen || self.accept(|c| matches!(c, '_' | '.')) || hex {
                        return false;
                    }
                    point_seen = true;
                }
                'e' | 'E' => {
                    self.bump();
                    if exponent_seen {
                        return false;
                    }
                    exponent_seen = true;
                    self.accept(|c| matches!(c, '+' | '-'));
                    if self.accept(is_no_digit) || self.peek().is_none() {
                        return false;
                    }
                }
                '_' => {
                    self.bump();
                    if self.accept(is_no_digit) || self.peek().is_none() {
                        return false;
                    }
                }
                c if is_digit(c) => self.take_while(is_digit),
                _ => break,
            }
        }
        self.at > self.start && !self.peek().is_some_and(is_alphanumeric)
    }

    /// Takes the units of a duration, and further numbers with units, after its first number.
    fn scan_duration_rest(&mut self) -> bool {
        if !self.accept(|c| "smhdwy".contains(c)) {
            return false;
        }
        self.accept(|c| c == 's');
        while self.accept(|c| c.is_ascii_digit()) {
            self.take_while(|c| c.is_ascii_digit());
            if !self.accept(|c| "smhdw".contains(c)) {
                return false;
            }
            self.accept(|c| c == 's');
        }
        match self.peek() {
            Some(c) if is_alphanumeric(c) => {
                self.bump();
                false
            }
            _ => true,
        }
    }

    fn accept(&mut self, fits: impl Fn(char) -> bool) -> bool {
        match self.peek() {
            Some(c) if fits(c) => {
                self.bump();
                true
            }
            _ => false,
        }
    }
}

fn is_no_digit(c: char) -> bool {
    matches!(c, '.' | '_' | 'e' | 'E')
}
