//! Pulls values out of JSON text in the order they stand there. Members that are `null` count as
//! absent, as protobuf's JSON says. Skipping does not recurse, so nesting costs no stack.
//!
//! Text that is not UTF-8, and lone surrogates in escapes, become U+FFFD and are counted.

use crate::error::{Malformed, Result};
use crate::json::escape::unescape;
use std::borrow::Cow;

/// A place in a body.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    body: &'a [u8],
    at: usize,
    /// Texts in which something had to be replaced.
    pub(crate) invalid_text: u64,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(body: &'a [u8]) -> Self {
        Self {
            body,
            at: 0,
            invalid_text: 0,
        }
    }

    /// The place, to come back to with `seek`.
    pub(crate) fn position(&self) -> usize {
        self.at
    }

    /// Goes to a place that `position` gave.
    pub(crate) fn seek(&mut self, at: usize) {
        self.at = at;
    }

    /// What is missing at the current place.
    pub(crate) fn expected(&self, what: &'static str) -> Malformed {
        Malformed::expected(self.at, what)
    }

    /// The next byte that is no white space.
    pub(crate) fn peek(&mut self) -> Option<u8> {
        loop {
            match self.body.get(self.at) {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.at += 1,
                other => return other.copied(),
            }
        }
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, byte: u8, what: &'static str) -> Result<()> {
        if self.take(byte) {
            Ok(())
        } else {
            Err(self.expected(what))
        }
    }

    fn rest(&self) -> &'a [u8] {
        self.body.get(self.at..).unwrap_or_default()
    }

    fn literal(&mut self, text: &'static str) -> Result<()> {
        if self.rest().starts_with(text.as_bytes()) {
            self.at += text.len();
            Ok(())
        } else {
            Err(self.expected("a value"))
        }
    }

    fn take_null(&mut self) -> Result<bool> {
        let null = self.peek() == Some(b'n');
        if null {
            self.literal("null")?;
        }
        Ok(null)
    }

    /// Nothing but white space may follow.
    pub(crate) fn finish(&mut self) -> Result<()> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.expected("the end of the text")),
        }
    }

    /// Calls `each` for every member of an object that is not null; `each` reads the value.
    pub(crate) fn object(
        &mut self,
        mut each: impl FnMut(&mut Self, &str) -> Result<()>,
    ) -> Result<()> {
        if self.take_null()? {
            return Ok(());
        }
        self.expect(b'{', "an object")?;
        if self.take(b'}') {
            return Ok(());
        }
        loop {
            let invalid_text = self.invalid_text;
            let key = self.text_as("a key")?;
            self.invalid_text = invalid_text;
            self.expect(b':', "':'")?;
            if !self.take_null()? {
                each(self, &key)?;
            }
            if !self.take(b',') {
                return self.expect(b'}', "',' or '}'");
            }
        }
    }

    /// Calls `each` for every element of an array; `each` reads it.
    pub(crate) fn array(&mut self, mut each: impl FnMut(&mut Self) -> Result<()>) -> Result<()> {
        if self.take_null()? {
            return Ok(());
        }
        self.expect(b'[', "an array")?;
        if self.take(b']') {
            return Ok(());
        }
        loop {
            each(self)?;
            if !self.take(b',') {
                return self.expect(b']', "',' or ']'");
            }
        }
    }

    /// A string.
    pub(crate) fn text(&mut self) -> Result<Cow<'a, str>> {
        self.text_as("a string")
    }

    fn text_as(&mut self, what: &'static str) -> Result<Cow<'a, str>> {
        self.expect(b'"', what)?;
        let start = self.at;
        let escaped = self.skip_string_rest()?;
        let raw = self.body.get(start..self.at - 1).unwrap_or_default();
        if let Some(control) = raw.iter().position(|byte| *byte < 0x20) {
            return Err(Malformed::expected(
                start + control,
                "no control character in a string",
            ));
        }
        let text = String::from_utf8_lossy(raw);
        let invalid = matches!(text, Cow::Owned(_));
        let (text, lone) = if escaped {
            let (text, lone) = unescape(&text, start)?;
            (Cow::Owned(text), lone)
        } else {
            (text, false)
        };
        self.invalid_text += u64::from(invalid || lone);
        Ok(text)
    }

    /// Goes behind the closing quote; true if there were escapes.
    fn skip_string_rest(&mut self) -> Result<bool> {
        let mut escaped = false;
        loop {
            match memchr::memchr2(b'"', b'\\', self.rest()) {
                None => {
                    self.at = self.body.len();
                    return Err(self.expected("the end of a string"));
                }
                Some(found) => {
                    self.at += found;
                    if self.body.get(self.at) == Some(&b'"') {
                        self.at += 1;
                        return Ok(escaped);
                    }
                    escaped = true;
                    self.at = (self.at + 2).min(self.body.len());
                }
            }
        }
    }

    fn digits(&mut self) -> Result<()> {
        let count = self
            .rest()
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        if count == 0 {
            return Err(self.expected("a digit"));
        }
        self.at += count;
        Ok(())
    }

    fn take_now(&mut self, wanted: &[u8]) -> bool {
        let found = self
            .body
            .get(self.at)
            .is_some_and(|byte| wanted.contains(byte));
        self.at += usize::from(found);
        found
    }

    /// The text of a number.
    fn number(&mut self) -> Result<&'a str> {
        let start = self.at;
        self.take_now(b"-");
        let zero = self.body.get(self.at) == Some(&b'0');
        let first = self.at;
        self.digits()?;
        if zero && self.at > first + 1 {
            return Err(Malformed::expected(first, "a number without leading zeros"));
        }
        if self.take_now(b".") {
            self.digits()?;
        }
        if self.take_now(b"eE") {
            self.take_now(b"+-");
            self.digits()?;
        }
        let raw = self.body.get(start..self.at).unwrap_or_default();
        Ok(std::str::from_utf8(raw).unwrap_or_default())
    }

    /// A number, or a string that holds one.
    fn number_or_text(&mut self, what: &'static str) -> Result<Cow<'a, str>> {
        match self.peek() {
            Some(b'"') => self.text(),
            Some(b'-' | b'0'..=b'9') => self.number().map(Cow::Borrowed),
            _ => Err(self.expected(what)),
        }
    }

    fn integer<T: TryFrom<i128>>(&mut self, what: &'static str) -> Result<T> {
        self.peek();
        let start = self.at;
        let text = self.number_or_text(what)?;
        integer_of(&text)
            .and_then(|value| T::try_from(value).ok())
            .ok_or(Malformed::expected(start, what))
    }

    /// A signed 64-bit integer, as number or text.
    pub(crate) fn i64(&mut self) -> Result<i64> {
        self.integer("an integer of 64 bits")
    }

    /// A signed 32-bit integer, as number or text.
    pub(crate) fn i32(&mut self) -> Result<i32> {
        self.integer("an integer of 32 bits")
    }

    /// An unsigned 64-bit integer, as number or text.
    pub(crate) fn u64(&mut self) -> Result<u64> {
        self.integer("an unsigned integer of 64 bits")
    }

    /// An unsigned 32-bit integer, as number or text.
    pub(crate) fn u32(&mut self) -> Result<u32> {
        self.integer("an unsigned integer of 32 bits")
    }

    /// A double, as number or text; `NaN`, `Infinity` and `-Infinity` are texts.
    pub(crate) fn f64(&mut self) -> Result<f64> {
        self.peek();
        let start = self.at;
        let text = self.number_or_text("a number")?;
        text.parse()
            .map_err(|_| Malformed::expected(start, "a number"))
    }

    /// `true` or `false`.
    pub(crate) fn bool(&mut self) -> Result<bool> {
        match self.peek() {
            Some(b't') => self.literal("true").map(|()| true),
            Some(b'f') => self.literal("false").map(|()| false),
            _ => Err(self.expected("true or false")),
        }
    }

    /// An enum: its number, or a name that `number_of` knows; 0 for an unknown name.
    pub(crate) fn enumeration(&mut self, number_of: impl Fn(&str) -> Option<i32>) -> Result<i32> {
        if self.peek() != Some(b'"') {
            return self.integer("the number or name of an enum");
        }
        let text = self.text()?;
        Ok(number_of(&text)
            .or_else(|| text.parse().ok())
            .unwrap_or_default())
    }

    /// Goes behind the next value, whatever it is.
    pub(crate) fn skip(&mut self) -> Result<()> {
        let mut open = Vec::new();
        loop {
            match self.peek() {
                Some(b'{') => {
                    self.at += 1;
                    if !self.take(b'}') {
                        self.skip_key()?;
                        open.push(b'}');
                        continue;
                    }
                }
                Some(b'[') => {
                    self.at += 1;
                    if !self.take(b']') {
                        open.push(b']');
                        continue;
                    }
                }
                Some(b'"') => {
                    self.at += 1;
                    self.skip_string_rest()?;
                }
                Some(b't') => self.literal("true")?,
                Some(b'f') => self.literal("false")?,
                Some(b'n') => self.literal("null")?,
                Some(b'-' | b'0'..=b'9') => {
                    self.number()?;
                }
                _ => return Err(self.expected("a value")),
            }
            if self.close(&mut open)? {
                return Ok(());
            }
        }
    }

    /// After a value: closes what ends here, and goes before the next value. True if all is closed.
    fn close(&mut self, open: &mut Vec<u8>) -> Result<bool> {
        while let Some(closer) = open.last().copied() {
            if self.take(b',') {
                if closer == b'}' {
                    self.skip_key()?;
                }
                return Ok(false);
            }
            let what = if closer == b'}' {
                "',' or '}'"
            } else {
                "',' or ']'"
            };
            self.expect(closer, what)?;
            open.pop();
        }
        Ok(true)
    }

    fn skip_key(&mut self) -> Result<()> {
        self.expect(b'"', "a key")?;
        self.skip_string_rest()?;
        self.expect(b':', "':'")
    }
}

/// An integer as protobuf's JSON writes it: `5`, also `5.0` and `5e3` if nothing is lost.
fn integer_of(text: &str) -> Option<i128> {
    if let Ok(value) = text.parse() {
        return Some(value);
    }
    let value: f64 = text.parse().ok()?;
    (value.fract() == 0.0 && value.abs() < 2f64.powi(64)).then_some(value as i128)
}

#[cfg(test)]
mod tests;
