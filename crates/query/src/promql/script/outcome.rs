//! What came out of a query, in the shape that scripts compare.

use tacho_model::labels::Labels;
use tacho_model::number_text::shortest;
use tacho_model::sample::SampleValue;

/// Points that a description shows at most.
const SHOWN_MAX: usize = 20;

/// A result.
#[derive(Debug, Clone)]
pub(super) enum Outcome {
    Scalar(f64),
    String(String),
    Vector(Vec<(Labels, SampleValue)>),
    Matrix(Vec<OutcomeSeries>),
}

/// A series of a range vector: values by time in milliseconds.
#[derive(Debug, Clone)]
pub(super) struct OutcomeSeries {
    pub(super) labels: Labels,
    pub(super) points: Vec<(i64, SampleValue)>,
}

impl Outcome {
    /// A few words on it.
    pub(super) fn describe(&self) -> String {
        match self {
            Outcome::Scalar(value) => format!("scalar {}", shortest(*value)),
            Outcome::String(text) => format!("string {text:?}"),
            Outcome::Vector(series) => {
                let texts: Vec<String> = series
                    .iter()
                    .take(SHOWN_MAX)
                    .map(|(labels, value)| format!("{labels} {}", show(value)))
                    .collect();
                format!(
                    "an instant vector of {} [{}]",
                    series.len(),
                    texts.join(", ")
                )
            }
            Outcome::Matrix(series) => format!("a range vector of {} series", series.len()),
        }
    }
}

/// A value as text.
pub(super) fn show(value: &SampleValue) -> String {
    match value {
        SampleValue::Float(value) => shortest(*value),
        SampleValue::Histogram(histogram) if histogram.has_custom_bounds() => {
            format!("{histogram} (bounds {:?})", histogram.custom_bounds)
        }
        SampleValue::Histogram(histogram) => {
            let (schema, threshold) = (histogram.schema, histogram.zero_threshold);
            let hint = histogram.counter_reset_hint;
            format!("{histogram} (schema {schema}, zero threshold {threshold}, hint {hint:?})")
        }
    }
}
