//! What a histogram must be like to be stored and computed with. Messages are those of Prometheus,
//! since senders see them.

use crate::histogram::bounds::is_exponential;
use crate::histogram::{
    Buckets, CUSTOM_BUCKETS_SCHEMA, EXPONENTIAL_SCHEMA_MAX, EXPONENTIAL_SCHEMA_MIN, Histogram,
};
use crate::number_text::{fixed, shortest};

/// What is wrong with a histogram; the text tells which bucket or span.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidHistogram(String);

type Checked = Result<(), InvalidHistogram>;

fn invalid(text: impl Into<String>) -> Checked {
    Err(InvalidHistogram(text.into()))
}

impl Histogram {
    /// Checks that spans and counts fit each other and the schema, and that no count is negative. Whether
    /// the buckets add up to the count is not checked: rounding makes them differ.
    pub fn validate(&self) -> Checked {
        if self.has_custom_bounds() {
            within("custom buckets", self.check_custom_bounds())?;
            self.check_custom_rest()?;
        } else if is_exponential(self.schema) {
            within("positive side", check_spans(&self.positive))?;
            within("negative side", check_spans(&self.negative))?;
            within("negative side", check_counts(&self.negative))?;
            if self.zero_count < 0.0 {
                return invalid(format!(
                    "zero bucket has observation count of {}: {NEGATIVE_BUCKET}",
                    shortest(self.zero_count)
                ));
            }
            if !self.custom_bounds.is_empty() {
                return invalid("histogram with exponential schema must not have custom bounds");
            }
        } else {
            return invalid(format!(
                "histogram has an invalid schema, which must be between {EXPONENTIAL_SCHEMA_MIN} and \
                 {EXPONENTIAL_SCHEMA_MAX} for exponential buckets, or {CUSTOM_BUCKETS_SCHEMA} for custom \
                 buckets, got schema {}",
                self.schema
            ));
        }
        if self.count < 0.0 {
            return invalid(format!(
                "observation count is  {}: histogram's observation count is negative",
                shortest(self.count)
            ));
        }
        within("positive side", check_counts(&self.positive))
    }

    fn check_custom_bounds(&self) -> Checked {
        let mut before: Option<f64> = None;
        for bound in self.custom_bounds.iter().copied() {
            if bound.is_nan() {
                return invalid("histogram custom bounds must not be NaN");
            }
            if let Some(before) = before.filter(|before| bound <= *before) {
                return invalid(format!(
                    "previous bound is {} and current is {}: histogram custom bounds must be in strictly \
                     increasing order",
                    fixed(before, 6),
                    fixed(bound, 6)
                ));
            }
            before = Some(bound);
        }
        if before == Some(f64::INFINITY) {
            return invalid(
                "last +Inf bound must not be explicitly defined: histogram custom bounds must be finite",
            );
        }
        if let Some(first) = self.positive.spans.first().filter(|span| span.offset < 0) {
            return invalid(negative_offset(1, first.offset));
        }
        check_spans(&self.positive)?;
        let spans = self.positive.spans.iter();
        let reach: u64 = spans
            .map(|span| u64::from(span.length) + u64::try_from(span.offset).unwrap_or(0))
            .sum();
        let bounds = self.custom_bounds.len();
        if (bounds as u64 + 1) < reach {
            return invalid(format!(
                "only {bounds} custom bounds defined which is insufficient to cover total span length of \
                 {reach}: histogram custom bounds are too few"
            ));
        }
        Ok(())
    }

    fn check_custom_rest(&self) -> Checked {
        if self.zero_count != 0.0 {
            return invalid("custom buckets: must have zero count of 0");
        }
        if self.zero_threshold != 0.0 {
            return invalid("custom buckets: must have zero threshold of 0");
        }
        if !self.negative.spans.is_empty() {
            return invalid("custom buckets: must not have negative spans");
        }
        if !self.negative.counts.is_empty() {
            return invalid("custom buckets: must not have negative buckets");
        }
        Ok(())
    }
}

const NEGATIVE_BUCKET: &str = "histogram has a bucket whose observation count is negative";

fn within(part: &str, checked: Checked) -> Checked {
    checked.map_err(|InvalidHistogram(text)| InvalidHistogram(format!("{part}: {text}")))
}

fn negative_offset(number: usize, offset: i32) -> String {
    format!(
        "span number {number} with offset {offset}: histogram has a span whose offset is negative"
    )
}

fn check_spans(side: &Buckets) -> Checked {
    let mut needed = 0u64;
    for (position, span) in side.spans.iter().enumerate() {
        if position > 0 && span.offset < 0 {
            return invalid(negative_offset(position + 1, span.offset));
        }
        needed += u64::from(span.length);
    }
    let have = side.counts.len();
    if needed != have as u64 {
        return invalid(format!(
            "spans need {needed} buckets, have {have} buckets: histogram spans specify different number of \
             buckets than provided"
        ));
    }
    Ok(())
}

fn check_counts(side: &Buckets) -> Checked {
    match side.counts.iter().position(|count| *count < 0.0) {
        None => Ok(()),
        Some(position) => invalid(format!(
            "bucket number {} has observation count of {}: {NEGATIVE_BUCKET}",
            position + 1,
            shortest(side.counts[position])
        )),
    }
}
