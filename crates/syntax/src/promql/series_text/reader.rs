//! Reads labels, items and numbers of series written out.

use super::{HistogramStep, Result, STALE_BITS, SeriesItem, check_positions};
use crate::diagnostic::Diagnostic;
use crate::promql::METRIC_NAME;
use crate::promql::number::parse_number;
use crate::promql::quote::unquote;

/// Walks over a text by characters.
pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    /// Byte position of the next character.
    pub(super) at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn labels(&mut self) -> Result<Vec<(String, String)>> {
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
    pub(super) fn items(&mut self) -> Result<Vec<SeriesItem>> {
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

    pub(super) fn item(&mut self) -> Result<SeriesItem> {
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

    pub(super) fn signed_number(&mut self) -> Result<f64> {
        let negative = self.sign() == Some(true);
        let number = self.number()?;
        Ok(if negative { -number } else { number })
    }

    /// A number without sign: decimal, `Inf` or `NaN`. An `x` always ends it.
    pub(super) fn number(&mut self) -> Result<f64> {
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

    pub(super) fn rest(&self) -> &'a str {
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

    pub(super) fn take(&mut self, wanted: char) -> bool {
        let there = self.peek() == Some(wanted);
        if there {
            self.at += wanted.len_utf8();
        }
        there
    }

    pub(super) fn take_while(&mut self, fits: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let len = rest.find(|c| !fits(c)).unwrap_or(rest.len());
        self.at += len;
        &rest[..len]
    }

    pub(super) fn skip_blanks(&mut self) {
        self.take_while(|c| matches!(c, ' ' | '\t' | '\n' | '\r'));
    }

    pub(super) fn unexpected(&self, expected: &str) -> Diagnostic {
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
