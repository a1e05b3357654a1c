//! Reading of what both languages share: characters with positions, strings with Go's escapes,
//! numbers with units.

use crate::QUERY_BYTES_MAX;
use crate::diagnostic::Diagnostic;
use std::ops::Range;

/// Units of Go's durations in nanoseconds.
pub(crate) const GO_UNITS: &[(&str, u64)] = &[
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("μs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// Units of LogQL's durations beyond Go's, in nanoseconds.
pub(crate) const LONG_UNITS: &[(&str, u64)] = &[
    ("d", 86_400_000_000_000),
    ("w", 7 * 86_400_000_000_000),
    ("y", 365 * 86_400_000_000_000),
];

/// Units of sizes in bytes.
pub(crate) const BYTE_UNITS: &[(&str, u64)] = &[
    ("B", 1),
    ("KB", 1_000),
    ("kB", 1_000),
    ("KiB", 1 << 10),
    ("MB", 1_000_000),
    ("MiB", 1 << 20),
    ("GB", 1_000_000_000),
    ("GiB", 1 << 30),
    ("TB", 1_000_000_000_000),
    ("TiB", 1 << 40),
    ("PB", 1_000_000_000_000_000),
    ("PiB", 1 << 50),
    ("EB", 1_000_000_000_000_000_000),
    ("EiB", 1 << 60),
];

/// A number literal without sign.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Number {
    /// Digits only.
    Int(u64),
    /// With a point or an exponent.
    Float(f64),
    /// With units of time: nanoseconds.
    Duration(u64),
    /// With a unit of size: bytes.
    Bytes(u64),
}

/// Which units a number may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Units {
    /// Durations of Go.
    Go,
    /// Durations of Go, days, weeks, years, and sizes.
    Loki,
}

/// Walks over a text by characters.
pub(crate) struct Scanner<'a> {
    pub(crate) text: &'a str,
    /// Byte position of the next character.
    pub(crate) at: usize,
}

/// Says if the text is too long to be looked at.
pub(crate) fn check_length(text: &str) -> Result<(), Diagnostic> {
    if text.len() <= QUERY_BYTES_MAX {
        return Ok(());
    }
    let message = format!(
        "query of {} bytes is longer than {QUERY_BYTES_MAX} bytes",
        text.len()
    );
    Err(Diagnostic::limit(0..0, message))
}

impl<'a> Scanner<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    pub(crate) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    pub(crate) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// The character after the next.
    pub(crate) fn peek_second(&self) -> Option<char> {
        self.rest().chars().nth(1)
    }

    pub(crate) fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    /// Takes characters while the predicate holds.
    pub(crate) fn take_while(&mut self, fits: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let len = rest.find(|c| !fits(c)).unwrap_or(rest.len());
        self.at += len;
        &rest[..len]
    }

    /// Takes the first of the operators that the text starts with; longer ones must come first.
    pub(crate) fn take_first<T: Copy>(&mut self, operators: &[(&str, T)]) -> Option<T> {
        let rest = self.rest();
        let (text, value) = operators.iter().find(|(text, _)| rest.starts_with(text))?;
        self.at += text.len();
        Some(*value)
    }

    /// Takes an identifier `[A-Za-z_][A-Za-z0-9_]*`; empty if there is none.
    pub(crate) fn take_identifier(&mut self) -> &'a str {
        if self
            .peek()
            .is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        {
            self.take_while(|c| c.is_ascii_alphanumeric() || c == '_')
        } else {
            ""
        }
    }

    /// Takes a string in double quotes or backticks; the next character is the quote.
    pub(crate) fn take_string(&mut self) -> Result<String, Diagnostic> {
        let start = self.at;
        match self.bump() {
            Some('`') => {
                let rest = self.rest();
                let Some(len) = rest.find('`') else {
                    self.at = self.text.len();
                    return Err(unterminated(start..self.text.len(), "`"));
                };
                self.at += len + 1;
                Ok(rest[..len].to_owned())
            }
            Some(_) => self.take_quoted(start, false),
            None => Err(unterminated(start..start, "\"")),
        }
    }

    /// Takes the rest of a string after its opening double quote, which lies at `start`.
    pub(crate) fn take_quoted(&mut self, start: usize, lines: bool) -> Result<String, Diagnostic> {
        let mut bytes = Vec::new();
        loop {
            let at = self.at;
            match self.bump() {
                None => return Err(unterminated(start..at, "\"")),
                Some('\n') if !lines => {
                    let hint = "write `\\n`, or put the string into backticks";
                    return Err(unterminated(start..at, "\"").with_hint(hint));
                }
                Some('"') => break,
                Some('\\') => self.take_escape(at, &mut bytes)?,
                Some(c) => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        String::from_utf8(bytes).map_err(|_| {
            Diagnostic::syntax(
                start..self.at,
                "string is not valid utf-8 after its escapes",
            )
        })
    }

    /// Takes an escape after its backslash, which lies at `start`: Go's escapes, either quote.
    fn take_escape(&mut self, start: usize, bytes: &mut Vec<u8>) -> Result<(), Diagnostic> {
        let plain = |c| match c {
            'a' => Some(7),
            'b' => Some(8),
            'f' => Some(12),
            'n' => Some(b'\n'),
            'r' => Some(b'\r'),
            't' => Some(b'\t'),
            'v' => Some(11),
            '\\' => Some(b'\\'),
            '"' => Some(b'"'),
            '\'' => Some(b'\''),
            _ => None,
        };
        let Some(c) = self.bump() else {
            return Err(unterminated(start..self.at, "\""));
        };
        if let Some(byte) = plain(c) {
            bytes.push(byte);
            return Ok(());
        }
        let (radix, digits, is_byte) = match c {
            'x' => (16, 2, true),
            'u' => (16, 4, false),
            'U' => (16, 8, false),
            '0'..='7' => (8, 3, true),
            _ => {
                let message = format!("unknown escape `\\{}`", c.escape_debug());
                let hint = "write `\\\\` for a backslash, or put the string into backticks";
                return Err(Diagnostic::syntax(start..self.at, message).with_hint(hint));
            }
        };
        let first = if radix == 8 { self.at - 1 } else { self.at };
        let number = self
            .text
            .get(first..first + digits)
            .filter(|text| text.chars().all(|c| c.is_digit(radix)))
            .and_then(|text| u32::from_str_radix(text, radix).ok());
        let escaped = start..self.at;
        let bad = || {
            Diagnostic::syntax(
                escaped.clone(),
                format!("escape needs {digits} digits of base {radix}"),
            )
        };
        let number = number.ok_or_else(bad)?;
        self.at = first + digits;
        if is_byte {
            bytes.push(u8::try_from(number).map_err(|_| bad())?);
        } else {
            let c = char::from_u32(number).ok_or_else(|| {
                Diagnostic::syntax(start..self.at, "escape is no character of unicode")
            })?;
            bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        }
        Ok(())
    }

    /// Takes a number; the next character is a digit, or a point before a digit.
    pub(crate) fn take_number(&mut self, units: Units) -> Result<Number, Diagnostic> {
        let start = self.at;
        let is_digit = |c: char| c.is_ascii_digit();
        self.take_while(is_digit);
        let mut float = false;
        if self.peek() == Some('.') && self.peek_second().is_some_and(is_digit) {
            float = true;
            self.bump();
            self.take_while(is_digit);
        }
        let mut after = self.rest().chars();
        if matches!(after.next(), Some('e' | 'E')) {
            let sign = after.next();
            let signed = matches!(sign, Some('+' | '-'));
            let digit = if signed { after.next() } else { sign };
            if digit.is_some_and(is_digit) {
                float = true;
                self.at += 1 + usize::from(signed);
                self.take_while(is_digit);
            }
        }
        if self.peek().is_some_and(is_unit_char) {
            return self.take_units(start, units);
        }
        let text = &self.text[start..self.at];
        let too_large =
            || Diagnostic::syntax(start..self.at, format!("number `{text}` is too large"));
        if float {
            let value: f64 = text.parse().map_err(|_| too_large())?;
            return if value.is_finite() {
                Ok(Number::Float(value))
            } else {
                Err(too_large())
            };
        }
        text.parse().map(Number::Int).map_err(|_| too_large())
    }

    fn take_units(&mut self, start: usize, units: Units) -> Result<Number, Diagnostic> {
        self.take_while(|c| c.is_ascii_alphanumeric() || c == '.' || is_unit_char(c));
        let text = &self.text[start..self.at];
        let range = start..self.at;
        let long = if units == Units::Loki {
            LONG_UNITS
        } else {
            &[]
        };
        let find = |unit: &str| GO_UNITS.iter().chain(long).find(|(name, _)| *name == unit);
        if let Some(ns) = add_up(text, |unit| find(unit).map(|(_, scale)| *scale)) {
            let fits = i64::try_from(ns).is_ok();
            let too_large = || Diagnostic::syntax(range, format!("duration `{text}` is too large"));
            return if fits {
                Ok(Number::Duration(ns as u64))
            } else {
                Err(too_large())
            };
        }
        if units == Units::Loki {
            let unit_at = text
                .find(|c: char| c.is_ascii_alphabetic())
                .unwrap_or(text.len());
            let known = BYTE_UNITS
                .iter()
                .find(|(name, _)| *name == &text[unit_at..]);
            let bytes = known
                .and_then(|(name, scale)| add_up(text, |unit| (unit == *name).then_some(*scale)));
            if let Some(bytes) = bytes {
                return u64::try_from(bytes)
                    .map(Number::Bytes)
                    .map_err(|_| Diagnostic::syntax(range, format!("size `{text}` is too large")));
            }
        }
        let (what, hint) = match units {
            Units::Go => (
                "number or duration",
                "units of time are ns, us, ms, s, m, h",
            ),
            Units::Loki => (
                "number, duration or size",
                "units of time are ns, us, ms, s, m, h, d, w, y; of size B, KB, KiB, MB, MiB, GB, GiB and so on",
            ),
        };
        Err(Diagnostic::syntax(range, format!("`{text}` is no {what}")).with_hint(hint))
    }
}

fn is_unit_char(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_' || c == 'µ' || c == 'μ'
}

/// Adds up numbers with units, `1h30m` or `1.5KiB`; fractions are cut to the base unit. `None` if
/// the text is not of that form. Saturates far beyond 64 bits.
fn add_up(text: &str, scale_of: impl Fn(&str) -> Option<u64>) -> Option<u128> {
    let mut rest = text;
    let mut total: u128 = 0;
    while !rest.is_empty() {
        let number_len = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, after) = rest.split_at(number_len);
        let unit_len = after
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(after.len());
        let (unit, after) = after.split_at(unit_len);
        let scale = u128::from(scale_of(unit)?);
        let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
        if whole.is_empty() && fraction.is_empty() || fraction.contains('.') {
            return None;
        }
        let digits = |text: &str| {
            text.bytes().fold(0u128, |sum, byte| {
                sum.saturating_mul(10)
                    .saturating_add(u128::from(byte - b'0'))
            })
        };
        // Eighteen digits of a fraction are beyond any unit's resolution.
        let fraction = &fraction[..fraction.len().min(18)];
        let fraction_ns = digits(fraction) * scale / 10u128.pow(fraction.len() as u32);
        total = total
            .saturating_add(digits(whole).saturating_mul(scale))
            .saturating_add(fraction_ns);
        rest = after;
    }
    Some(total)
}

fn unterminated(range: Range<usize>, quote: &str) -> Diagnostic {
    let mut diagnostic = Diagnostic::syntax(range, format!("string has no closing {quote}"));
    diagnostic.expected.push(quote.to_owned());
    diagnostic
}

#[cfg(test)]
mod tests {
    use super::{Number, Scanner, Units};

    fn number(text: &str, units: Units) -> Result<Number, String> {
        let mut scanner = Scanner::new(text);
        let number = scanner
            .take_number(units)
            .map_err(|diagnostic| diagnostic.message)?;
        assert_eq!(scanner.rest(), "");
        Ok(number)
    }

    #[test]
    fn numbers_and_durations_are_told_apart() {
        assert_eq!(number("17", Units::Go), Ok(Number::Int(17)));
        assert_eq!(number("1.5e3", Units::Go), Ok(Number::Float(1500.0)));
        assert_eq!(
            number("1h30m", Units::Go),
            Ok(Number::Duration(5_400_000_000_000))
        );
        assert_eq!(number("1.5ms", Units::Go), Ok(Number::Duration(1_500_000)));
        assert_eq!(number("3µs", Units::Go), Ok(Number::Duration(3_000)));
        assert_eq!(
            number("1d", Units::Loki),
            Ok(Number::Duration(86_400_000_000_000))
        );
        assert_eq!(number("1.5KiB", Units::Loki), Ok(Number::Bytes(1536)));
        for bad in ["1d", "5parsecs", "0x10", "1e5s", "3MB"] {
            assert_eq!(
                number(bad, Units::Go),
                Err(format!("`{bad}` is no number or duration"))
            );
        }
        assert!(number("1mb", Units::Loki).is_err());
        assert!(number("99999999999999999999", Units::Go).is_err());
        assert!(number("1e999", Units::Go).is_err());
        assert!(number("9999999999999999h", Units::Go).is_err());
    }

    #[test]
    fn escapes_are_those_of_go() {
        let read = |text: &str| Scanner::new(text).take_string().map_err(|d| d.message);
        assert_eq!(
            read(r#""a\t\"\\\x41\101\u00e9\U0001F600""#),
            Ok("a\t\"\\AAé😀".to_owned())
        );
        assert_eq!(read(r#""\xc3\xa9""#), Ok("é".to_owned()));
        assert_eq!(read(r"`a\d`"), Ok(r"a\d".to_owned()));
        for bad in [
            r#""\xff""#,
            r#""\d""#,
            r#""\u12""#,
            r#""\uD800""#,
            r#""\777""#,
            "\"a",
            "\"a\nb\"",
            "`",
            "\"\\",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
