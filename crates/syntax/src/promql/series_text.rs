//! Series written out with their values, `metric{a="b"} 1+2x3 _ stale {{schema:0 sum:5}}`: the notation
//! of PromQL test scripts and of unit tests of rules. Repetitions stay as they are written; `expand`
//! and the query crate make samples of them.
//! Source: Prometheus' documentation of unit testing for rules.

use crate::diagnostic::Diagnostic;
use crate::promql::METRIC_NAME;
use crate::promql::number::parse_number;
use crate::promql::quote::unquote;
use std::ops::Range;

mod histogram;

/// Most positions that one series may take.
pub const POSITIONS_MAX: u64 = 1_000_000;

/// A series and its values.
#[derive(Debug, Clone, PartialEq)]
pub struct SeriesText {
    /// The labels, `__name__` among them, in order of their names; values may be empty.
    pub labels: Vec<(String, String)>,
    /// What follows, in order of time.
    pub items: Vec<SeriesItem>,
}

/// One item of the values.
#[derive(Debug, Clone, PartialEq)]
pub enum SeriesItem {
    /// `_`, `_xN`: positions without a sample.
    Omitted {
        /// Number of positions.
        count: u64,
    },
    /// `5`, `5xN`, `5+1xN`, `stale`.
    Float {
        /// The first value; a stale marker is the float of the bits `STALE_BITS`.
        value: f64,
        /// Added from one position to the next.
        step: f64,
        /// Number of positions, at least one.
        count: u64,
    },
    /// `{{…}}`, `{{…}}xN`, `{{…}}+{{…}}xN`.
    Histogram {
        /// The first value.
        value: Box<HistogramText>,
        /// What is added (or taken away) from one position to the next.
        step: Option<Box<HistogramStep>>,
        /// Number of positions, at least one.
        count: u64,
    },
}

/// How a histogram changes from one position to the next.
#[derive(Debug, Clone, PartialEq)]
pub struct HistogramStep {
    /// Taken away if true, added if not.
    pub negative: bool,
    /// The other histogram.
    pub value: HistogramText,
}

/// A native histogram as written; what is not written is zero or empty.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct HistogramText {
    /// Resolution: -4 to 8, or -53 for custom buckets; not checked here.
    pub schema: i32,
    /// Sum of the observations.
    pub sum: f64,
    /// Number of observations.
    pub count: f64,
    /// Count of the zero bucket.
    pub zero_count: f64,
    /// Threshold of the zero bucket.
    pub zero_threshold: f64,
    /// Upper bounds of custom buckets.
    pub custom_values: Vec<f64>,
    /// Counts of the positive buckets, which lie side by side.
    pub buckets: Vec<f64>,
    /// Index of the first positive bucket.
    pub offset: i32,
    /// Counts of the negative buckets, which lie side by side.
    pub negative_buckets: Vec<f64>,
    /// Index of the first negative bucket.
    pub negative_offset: i32,
    /// What is known of counter resets, if it is written.
    pub counter_reset_hint: Option<CounterResetHint>,
}

/// What is known of counter resets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CounterResetHint {
    /// `unknown`.
    Unknown,
    /// `reset`.
    Reset,
    /// `not_reset`.
    NotReset,
    /// `gauge`.
    Gauge,
}

/// The bits of the float that ends a series.
pub const STALE_BITS: u64 = 0x7ff0_0000_0000_0002;

type Result<T> = std::result::Result<T, Diagnostic>;

/// Reads a series with its values. Positions of a problem are bytes of the text.
pub fn parse(text: &str) -> Result<SeriesText> {
    let mut reader = Reader { text, at: 0 };
    let labels = reader.labels()?;
    let items = reader.items()?;
    Ok(SeriesText { labels, items })
}

/// Reads the values alone, as unit tests of rules have them.
pub fn parse_values(text: &str) -> Result<Vec<SeriesItem>> {
    let mut reader = Reader { text, at: 0 };
    let text = text.trim_start();
    reader.at = reader.text.len() - text.len();
    let mut items = Vec::new();
    if !text.is_empty() {
        items.push(reader.item()?);
    }
    items.extend(reader.items()?);
    check_positions(&items, 0..reader.text.len())?;
    Ok(items)
}

/// Reads a series without values, `metric{a="b"}`, to its labels in order of their names.
pub fn parse_labels(text: &str) -> Result<Vec<(String, String)>> {
    let mut reader = Reader { text, at: 0 };
    reader.skip_blanks();
    let labels = reader.labels()?;
    reader.skip_blanks();
    if reader.at < text.len() {
        return Err(reader.unexpected("the end"));
    }
    Ok(labels)
}

impl SeriesText {
    /// Number of positions that the values take.
    pub fn position_count(&self) -> u64 {
        self.items.iter().map(SeriesItem::position_count).sum()
    }
}

impl SeriesItem {
    /// Number of positions that the item takes.
    pub fn position_count(&self) -> u64 {
        match self {
            Self::Omitted { count } | Self::Float { count, .. } | Self::Histogram { count, .. } => {
                *count
            }
        }
    }

    /// The values of an item of floats, added up step by step; `None` for positions without a
    /// sample. Nothing for histograms.
    pub fn expand(&self) -> Vec<Option<f64>> {
        match self {
            Self::Omitted { count } => (0..*count).map(|_| None).collect(),
            Self::Float { value, step, count } => {
                let mut next = *value;
                (0..*count)
                    .map(|_| {
                        let value = next;
                        // Adding zero would change the bits of a stale marker.
                        if *step != 0.0 {
                            next += step;
                        }
                        Some(value)
                    })
                    .collect()
            }
            Self::Histogram { .. } => Vec::new(),
        }
    }
}

fn check_positions(items: &[SeriesItem], range: Range<usize>) -> Result<()> {
    let sum = items
        .iter()
        .fold(0u64, |sum, item| sum.saturating_add(item.position_count()));
    if sum > POSITIONS_MAX {
        let message = format!("series has {sum} values, more than {POSITIONS_MAX}");
        return Err(Diagnostic::limit(range, message));
    }
    Ok(())
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn labels(&mut self) -> Result<Vec<(String, String)>> {
        let name = self.take_while(|c| c.is_ascii_alphanumeric() || c == '_' || c == ':');
        let mut labels = Vec::new();
        if name.starts_with(|c: char| c.is_ascii_digit()) {
            let range = self.at - name.len()..self.at;
            return Err(Diagnostic::syntax(range, "expected the name of a metric"));
        }
        if !name.is_empty() {
            labels.push((METRIC_NAME.to_owned(), name.to_owned()));
        }
        if self.take('{') {
            self.skip_blanks();
            while !self.take('}') {
                self.label(&mut labels)?;
                self.skip_blanks();
                if self.take(',') {
                    self.skip_blanks();
                } else if self.peek() != Some('}') {
                    return Err(self.unexpected("`,` or `}`"));
                }
            }
        }
        labels.sort();
        if let Some(pair) = labels.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            let message = format!("label {} stands twice", pair[0].0);
            return Err(Diagnostic::syntax(0..self.at, message));
        }
        Ok(labels)
    }

    fn label(&mut self, labels: &mut Vec<(String, String)>) -> Result<()> {
        let quoted = matches!(self.peek(), Some('"' | '\'' | '`'));
        let name = if quoted {
            self.string()?
        } else {
            let start = self.at;
            let word = self.take_while(|c| c.is_ascii_alphanumeric() || c == '_');
            if word.is_empty() || word.starts_with(|c: char| c.is_ascii_digit()) {
                self.at = start;
                return Err(self.unexpected("the name of a label or `}`"));
            }
            word.to_owned()
        };
        self.skip_blanks();
        if !self.take('=') {
            if quoted {
                labels.push((METRIC_NAME.to_owned(), name));
                return Ok(());
            }
            return Err(self.unexpected("`=`"));
        }
        self.skip_blanks();
        let value = self.string()?;
        labels.push((name, value));
        Ok(())
    }

    fn string(&mut self) -> Result<String> {
        let start = self.at;
        let mark = match self.peek() {
            Some(mark @ ('"' | '\'' | '`')) => mark,
            _ => return Err(self.unexpected("a string in quotes")),
        };
        self.bump();
        loop {
            match self.bump() {
                None => {
                    let message = "string has no closing quote";
                    return Err(Diagnostic::syntax(start..self.at, message));
                }
                Some(c) if c == mark => return Ok(unquote(&self.text[start..self.at])),
                Some('\\') if mark != '`' => drop(self.bump()),
                Some(_) => {}
            }
        }
    }

    /// The items up to the end, each after a blank.
    fn items(&mut self) -> Result<Vec<SeriesItem>> {
        let mut items = Vec::new();
        let start = self.at;
        while self.at < self.text.len() {
            if !matches!(self.peek(), Some(' ' | '\t' | '\n' | '\r')) {
                return Err(self.unexpected("a blank"));
            }
            self.skip_blanks();
            if self.at < self.text.len() {
                items.push(self.item()?);
            }
        }
        check_positions(&items, start..self.at)?;
        Ok(items)
    }

    fn item(&mut self) -> Result<SeriesItem> {
        if self.take('_') {
            let count = self.repeat()?.unwrap_or(1);
            return Ok(SeriesItem::Omitted { count });
        }
        if self.rest().starts_with("{{") {
            let value = Box::new(self.histogram()?);
            let sign = self.sign();
            let step = match sign {
                Some(negative) => {
                    let value = self.histogram()?;
                    Some(Box::new(HistogramStep { negative, value }))
                }
                None => None,
            };
            let count = self.count(step.is_some())?;
            return Ok(SeriesItem::Histogram { value, step, count });
        }
        let value = self.value()?;
        let step = match self.sign() {
            Some(negative) => {
                let step = self.number()?;
                Some(if negative { -step } else { step })
            }
            None => None,
        };
        let count = self.count(step.is_some())?;
        let step = step.unwrap_or(0.0);
        Ok(SeriesItem::Float { value, step, count })
    }

    /// Number of positions of a value: one more than the repetitions.
    fn count(&mut self, needed: bool) -> Result<u64> {
        match self.repeat()? {
            Some(repetitions) => Ok(repetitions.saturating_add(1)),
            None if needed => Err(self.unexpected("`x` and a number of repetitions")),
            None => Ok(1),
        }
    }

    /// `xN`.
    fn repeat(&mut self) -> Result<Option<u64>> {
        if !self.take('x') {
            return Ok(None);
        }
        let start = self.at;
        let digits = self.take_while(|c| c.is_ascii_alphanumeric() || c == '.' || c == '_');
        digits.parse().map(Some).map_err(|_| {
            let message = format!("invalid repetition in series values: `{digits}`");
            Diagnostic::syntax(start..self.at, message)
        })
    }

    /// A number with or without sign, or `stale`.
    fn value(&mut self) -> Result<f64> {
        let rest = self.rest();
        if let Some(after) = rest.strip_prefix("stale")
            && !after.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
        {
            self.at += "stale".len();
            return Ok(f64::from_bits(STALE_BITS));
        }
        self.signed_number()
    }

    fn signed_number(&mut self) -> Result<f64> {
        let negative = self.sign() == Some(true);
        let number = self.number()?;
        Ok(if negative { -number } else { number })
    }

    /// A number without sign: decimal, `Inf` or `NaN`. An `x` always ends it.
    fn number(&mut self) -> Result<f64> {
        let start = self.at;
        let word = self.take_while(|c| c.is_ascii_alphabetic());
        if !word.is_empty() {
            return match word.to_ascii_lowercase().as_str() {
                "inf" => Ok(f64::INFINITY),
                "nan" => Ok(f64::NAN),
                _ => {
                    self.at = start;
                    Err(self.unexpected("a number or `stale`"))
                }
            };
        }
        self.take_while(is_number_char);
        if self.text[start..self.at].ends_with(['e', 'E']) && self.sign().is_some() {
            self.take_while(is_number_char);
        }
        let word = &self.text[start..self.at];
        if !word.contains(|c: char| c.is_ascii_digit()) {
            self.at = start;
            return Err(self.unexpected("a number or `stale`"));
        }
        parse_number(word).map_err(|message| Diagnostic::syntax(start..self.at, message))
    }

    /// Takes a sign; true is minus.
    fn sign(&mut self) -> Option<bool> {
        if self.take('-') {
            Some(true)
        } else {
            self.take('+').then_some(false)
        }
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

    fn take_while(&mut self, fits: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let len = rest.find(|c| !fits(c)).unwrap_or(rest.len());
        self.at += len;
        &rest[..len]
    }

    fn skip_blanks(&mut self) {
        self.take_while(|c| matches!(c, ' ' | '\t' | '\n' | '\r'));
    }

    fn unexpected(&self, expected: &str) -> Diagnostic {
        let found = match self.peek() {
            Some(c) => format!("`{}`", c.escape_debug()),
            None => "the end".to_owned(),
        };
        let end = self.at + self.peek().map_or(0, char::len_utf8);
        Diagnostic::expected(self.at..end, &[expected], &found)
    }
}

fn is_number_char(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '.' | '_' | 'e' | 'E')
}

#[cfg(test)]
mod tests;
