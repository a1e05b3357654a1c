//! Native histograms written out: `{{schema:0 sum:5 count:4 buckets:[1 2 1]}}`.

use super::reader::Reader;
use super::{CounterResetHint, HistogramText, Result};
use crate::diagnostic::Diagnostic;

/// Most buckets of one side.
const BUCKETS_MAX: usize = 10_000;

impl Reader<'_> {
    /// `{{…}}`.
    pub(super) fn histogram(&mut self) -> Result<HistogramText> {
        let mut histogram = HistogramText::default();
        let mut seen: Vec<&str> = Vec::new();
        if !self.rest().starts_with("{{") {
            return Err(self.unexpected("`{{`"));
        }
        self.at += 2;
        loop {
            self.skip_blanks();
            if self.rest().starts_with("}}") {
                self.at += 2;
                return Ok(histogram);
            }
            let start = self.at;
            let key = self.take_while(|c| c.is_ascii_alphabetic() || c == '_');
            if key.is_empty() {
                return Err(self.unexpected("a key of a histogram or `}}`"));
            }
            let range = start..self.at;
            if seen.contains(&key) {
                let message = format!("duplicate key \"{key}\" in histogram");
                return Err(Diagnostic::syntax(range, message));
            }
            seen.push(key);
            if !self.take(':') {
                return Err(self.unexpected("`:`"));
            }
            match key {
                "schema" => histogram.schema = self.integer()?,
                "sum" => histogram.sum = self.signed_number()?,
                "count" => histogram.count = self.signed_number()?,
                "z_bucket" => histogram.zero_count = self.signed_number()?,
                "z_bucket_w" => histogram.zero_threshold = self.number()?,
                "custom_values" => histogram.custom_values = self.numbers()?,
                "buckets" => histogram.buckets = self.numbers()?,
                "offset" => histogram.offset = self.integer()?,
                "n_buckets" => histogram.negative_buckets = self.numbers()?,
                "n_offset" => histogram.negative_offset = self.integer()?,
                "counter_reset_hint" => histogram.counter_reset_hint = Some(self.hint()?),
                _ => {
                    let message = format!("bad histogram descriptor found: \"{key}\"");
                    return Err(Diagnostic::syntax(range, message));
                }
            }
        }
    }

    fn integer(&mut self) -> Result<i32> {
        let start = self.at;
        let negative = self.take('-');
        let digits = self.take_while(|c| c.is_ascii_digit());
        let number = digits.parse::<i32>().map_err(|_| {
            Diagnostic::syntax(
                start..self.at,
                format!("expected an integer, found `{digits}`"),
            )
        })?;
        Ok(if negative { -number } else { number })
    }

    /// `[1 2 3]`.
    fn numbers(&mut self) -> Result<Vec<f64>> {
        let start = self.at;
        if !self.take('[') {
            return Err(self.unexpected("`[`"));
        }
        let mut numbers = Vec::new();
        loop {
            self.skip_blanks();
            if self.take(']') {
                return Ok(numbers);
            }
            if numbers.len() >= BUCKETS_MAX {
                let message = format!("more than {BUCKETS_MAX} buckets in a histogram");
                return Err(Diagnostic::limit(start..self.at, message));
            }
            numbers.push(self.signed_number()?);
        }
    }

    fn hint(&mut self) -> Result<CounterResetHint> {
        let start = self.at;
        let word = self.take_while(|c| c.is_ascii_alphabetic() || c == '_');
        match word {
            "unknown" => Ok(CounterResetHint::Unknown),
            "reset" => Ok(CounterResetHint::Reset),
            "not_reset" => Ok(CounterResetHint::NotReset),
            "gauge" => Ok(CounterResetHint::Gauge),
            _ => {
                let message = format!("unknown counter reset hint `{word}`");
                Err(Diagnostic::syntax(start..self.at, message))
            }
        }
    }
}
