//! Goes over the text of an exposition: names, quoted text, labels, with line numbers for errors.
//! What differs between the formats is told by `LabelRules`.

use super::Limits;
use super::error::{Error, shown};
use super::series::{LabelSpan, Span};
use memchr::{memchr, memchr3};

/// Whether a comma must stand between labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comma {
    /// It may be left out, and one may follow the last label.
    Optional,
    /// It must stand, and one may follow the last label.
    Trailing,
    /// It must stand, and none may follow the last label.
    Between,
}

/// How labels are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LabelRules {
    /// Blanks may stand around everything.
    pub(super) blanks: bool,
    /// Values may have line breaks.
    pub(super) breaks: bool,
    /// Where commas stand.
    pub(super) comma: Comma,
    /// A quoted text without a value is the name of the metric.
    pub(super) metric_name: bool,
}

/// Goes over a text.
#[derive(Debug)]
pub(super) struct Scanner<'a> {
    pub(super) text: &'a [u8],
    pub(super) at: usize,
    /// The line that `at` stands in, from 1.
    pub(super) line: usize,
    /// Where that line starts.
    pub(super) line_start: usize,
    limits: Limits,
    /// The whole text is known to be UTF-8.
    utf8: bool,
}

/// A byte may stand in a name.
const IN_NAME: u8 = 1;
/// A byte may start a name.
const STARTS_NAME: u8 = 2;
/// A colon: in names of metrics it may do both.
const COLON: u8 = 4;

/// Quote, backslash or line break: text in quotes does not just go on.
const STOPS_QUOTED: u8 = 8;
/// Most values are shorter: up to here bytes are looked at one by one.
const SHORT_BYTES: usize = 24;

/// What each byte may be.
static CLASSES: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut out = [0u8; 256];
    let mut byte = 0u8;
    loop {
        let class = if byte.is_ascii_alphabetic() || byte == b'_' {
            IN_NAME | STARTS_NAME
        } else if byte.is_ascii_digit() {
            IN_NAME
        } else if byte == b':' {
            COLON
        } else if matches!(byte, b'"' | b'\\' | b'\n') {
            STOPS_QUOTED
        } else {
            0
        };
        #[expect(clippy::indexing_slicing, reason = "a byte is an index of 256 classes")]
        {
            out[byte as usize] = class;
        }
        if byte == u8::MAX {
            return out;
        }
        byte += 1;
    }
}

#[inline]
fn class(byte: u8) -> u8 {
    CLASSES.get(usize::from(byte)).copied().unwrap_or(0)
}

fn is_name_start(byte: u8) -> bool {
    class(byte) & STARTS_NAME != 0
}

/// Where the first quote, backslash or line break stands.
#[inline]
fn quoted_stop(text: &[u8]) -> Option<usize> {
    let short = text.get(..SHORT_BYTES).unwrap_or(text);
    let near = short
        .iter()
        .position(|byte| class(*byte) & STOPS_QUOTED != 0);
    near.or_else(|| {
        let far = text.get(short.len()..).unwrap_or_default();
        memchr3(b'"', b'\\', b'\n', far).map(|at| at + short.len())
    })
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a [u8], limits: Limits) -> Self {
        Self {
            text,
            at: 0,
            line: 1,
            line_start: 0,
            limits,
            utf8: std::str::from_utf8(text).is_ok(),
        }
    }

    #[inline]
    pub(super) fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Goes past the byte if it stands here.
    #[inline]
    pub(super) fn take(&mut self, byte: u8) -> bool {
        let here = self.peek() == Some(byte);
        self.at += usize::from(here);
        here
    }

    /// Goes past the bytes if they stand here.
    pub(super) fn take_all(&mut self, bytes: &[u8]) -> bool {
        let here = self.rest().starts_with(bytes);
        if here {
            self.at += bytes.len();
        }
        here
    }

    /// Goes past blanks and tabs; false if there were none.
    #[inline]
    pub(super) fn skip_blanks(&mut self) -> bool {
        let start = self.at;
        while matches!(self.peek(), Some(b' ' | b'\t')) {
            self.at += 1;
        }
        self.at > start
    }

    /// The bytes before the end of the line, which is not passed.
    pub(super) fn rest_of_line(&mut self) -> &'a [u8] {
        let rest = self.rest();
        let length = memchr(b'\n', rest).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    /// The bytes before the first of these.
    #[inline]
    pub(super) fn until(&mut self, stop: impl Fn(u8) -> bool) -> &'a [u8] {
        let rest = self.rest();
        let length = rest.iter().position(|byte| stop(*byte));
        let length = length.unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    /// Goes past the end of a line, if one stands here, and checks the line's length.
    #[inline]
    pub(super) fn end_line(&mut self) -> Result<bool, Error> {
        let length = self.at - self.line_start;
        if length > self.limits.line_bytes_max {
            return Err(self.too_long("the line", length, self.limits.line_bytes_max));
        }
        let here = self.take(b'\n');
        if here {
            self.line += 1;
            self.line_start = self.at;
        }
        Ok(here)
    }

    /// A plain name; empty if none stands here.
    #[inline]
    pub(super) fn plain_name(&mut self, colon: bool) -> Span {
        let start = self.at;
        let colon = if colon { COLON } else { 0 };
        let first = self.peek().map_or(0, class);
        if first & (STARTS_NAME | colon) != 0 {
            let rest = self.text.get(start + 1..).unwrap_or_default();
            let more = rest
                .iter()
                .position(|byte| class(*byte) & (IN_NAME | colon) == 0);
            self.at += 1 + more.unwrap_or(rest.len());
        }
        Span {
            start,
            end: self.at,
        }
    }

    /// A text in double quotes, whose first stands here; the range is without them.
    pub(super) fn quoted(&mut self, breaks: bool) -> Result<Span, Error> {
        let start = self.at + 1;
        let mut at = start;
        let mut lines = 0;
        loop {
            let rest = self.text.get(at..).unwrap_or_default();
            let Some(found) = quoted_stop(rest) else {
                return Err(self.expected("a closing quote"));
            };
            at += found;
            match rest.get(found) {
                Some(b'"') => break,
                Some(b'\n') if breaks => {
                    lines += 1;
                    at += 1;
                }
                Some(b'\\') if rest.get(found + 1).is_some_and(|byte| *byte != b'\n') => at += 2,
                _ => return Err(self.expected("a closing quote")),
            }
        }
        self.at = at + 1;
        let span = Span { start, end: at };
        self.check_utf8(span)?;
        self.line += lines;
        Ok(span)
    }

    fn check_utf8(&self, span: Span) -> Result<(), Error> {
        if self.utf8 || std::str::from_utf8(span.of(self.text)).is_ok() {
            return Ok(());
        }
        let text = shown(span.of(self.text));
        Err(Error::invalid(
            self.line,
            format!("{text} is not valid UTF-8"),
        ))
    }

    /// The name of a metric or family, plain or in quotes.
    pub(super) fn family_name(&mut self) -> Result<Span, Error> {
        let span = match self.peek() {
            Some(b'"') => self.quoted(true)?,
            _ => self.plain_name(true),
        };
        if span.len() > self.limits.name_bytes_max {
            return Err(self.too_long("the name", span.len(), self.limits.name_bytes_max));
        }
        Ok(span)
    }

    /// Labels up to the closing brace, which is passed; the opening one was. A name of the metric
    /// among them goes to `metric`.
    pub(super) fn labels(
        &mut self,
        rules: LabelRules,
        metric: &mut Option<Span>,
        out: &mut Vec<LabelSpan>,
    ) -> Result<(), Error> {
        let mut comma_before = false;
        loop {
            self.blanks(rules);
            let quoted = match self.peek() {
                Some(b'}') if !(comma_before && rules.comma == Comma::Between) => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'"') => true,
                Some(byte) if is_name_start(byte) => false,
                _ => return Err(self.expected("a label name")),
            };
            let name = if quoted {
                self.quoted(rules.breaks)?
            } else {
                self.plain_name(false)
            };
            if name.len() > self.limits.name_bytes_max {
                return Err(self.too_long("the name", name.len(), self.limits.name_bytes_max));
            }
            self.blanks(rules);
            if quoted && rules.metric_name && matches!(self.peek(), Some(b',' | b'}')) {
                if metric.is_some() {
                    return Err(self.fail("the metric has two names"));
                }
                *metric = Some(name);
            } else {
                self.label_value(name, rules, out)?;
                self.blanks(rules);
            }
            comma_before = self.take(b',');
            if !comma_before && rules.comma != Comma::Optional && self.peek() != Some(b'}') {
                return Err(self.expected("a comma or a closing brace"));
            }
        }
    }

    #[inline]
    fn blanks(&mut self, rules: LabelRules) {
        if rules.blanks {
            self.skip_blanks();
        }
    }

    fn label_value(
        &mut self,
        name: Span,
        rules: LabelRules,
        out: &mut Vec<LabelSpan>,
    ) -> Result<(), Error> {
        if !self.take(b'=') {
            return Err(self.expected("an equals sign"));
        }
        self.blanks(rules);
        if self.peek() != Some(b'"') {
            return Err(self.expected("a label value in double quotes"));
        }
        let value = self.quoted(rules.breaks)?;
        if value.len() > self.limits.value_bytes_max {
            let limit = self.limits.value_bytes_max;
            return Err(self.too_long("the label value", value.len(), limit));
        }
        if out.len() >= self.limits.labels_max {
            let limit = self.limits.labels_max;
            return Err(Error::limit(
                self.line,
                format!("the series has more than {limit} labels"),
            ));
        }
        out.push(LabelSpan { name, value });
        Ok(())
    }

    #[cold]
    fn too_long(&self, what: &str, length: usize, limit: usize) -> Error {
        Error::limit(
            self.line,
            format!("{what} has {length} bytes, {limit} are taken"),
        )
    }

    /// Something else stands here.
    #[cold]
    pub(super) fn expected(&self, what: &str) -> Error {
        let rest = self.rest();
        let end = memchr(b'\n', rest).unwrap_or(rest.len());
        let got = match rest.get(..end) {
            Some([]) if rest.is_empty() => "the end of the data".to_owned(),
            Some([]) => "the end of the line".to_owned(),
            other => shown(other.unwrap_or_default()),
        };
        self.fail(&format!("expected {what}, got {got}"))
    }

    /// A message with the line it is about.
    #[cold]
    pub(super) fn fail(&self, message: &str) -> Error {
        let line = self.text.get(self.line_start..).unwrap_or_default();
        let end = memchr(b'\n', line).unwrap_or(line.len());
        let text = shown(line.get(..end).unwrap_or_default());
        Error::invalid(self.line, format!("{message} in {text}"))
    }
}
