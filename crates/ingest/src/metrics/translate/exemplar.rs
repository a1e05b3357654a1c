//! Exemplars of points: which series of the point they belong to, and their labels.

use crate::metrics::attribute_text::text_of;
use tacho_model::labels::LabelsBuilder;
use tacho_model::metric::Exemplar;
use tacho_model::sink::ExemplarFields;

/// OpenMetrics allows an exemplar so many characters; attributes that would exceed it are left out.
const CHARS_MAX: usize = 128;
const TRACE_ID: &str = "trace_id";
const SPAN_ID: &str = "span_id";

/// Where exemplars of the point at hand go.
#[derive(Default)]
pub(super) struct Target {
    series: u32,
    time_ns: i64,
    /// Upper bounds of a classic histogram's buckets; the series of a bucket follow each other.
    bounds: Vec<f64>,
}

impl Target {
    /// Exemplars of a point whose first series has this position.
    pub(super) fn new(series: u32, time_ms: i64) -> Self {
        Self {
            series,
            time_ns: time_ms.saturating_mul(1_000_000),
            bounds: Vec::new(),
        }
    }

    /// They go to the bucket that they lie in.
    pub(super) fn set_bounds(&mut self, bounds: &[f64]) {
        self.bounds.clear();
        self.bounds.extend_from_slice(bounds);
    }

    /// An exemplar with the position of its series; `None` without a value.
    pub(super) fn exemplar(&self, fields: &ExemplarFields<'_>) -> Option<(u32, Exemplar)> {
        let value = fields.value.as_f64()?;
        let bucket = self.bounds.partition_point(|bound| *bound < value);
        let time_ns = match i64::try_from(fields.time_ns) {
            Ok(0) | Err(_) => self.time_ns,
            Ok(time_ns) => time_ns,
        };
        let exemplar = Exemplar {
            labels: labels(fields).build(),
            value,
            time_ns,
        };
        Some((self.series + bucket as u32, exemplar))
    }
}

fn labels(fields: &ExemplarFields<'_>) -> LabelsBuilder {
    let mut labels = LabelsBuilder::default();
    let mut chars = 0;
    if !fields.trace_id.is_zero() {
        labels.set(TRACE_ID, &fields.trace_id.to_string());
        chars += TRACE_ID.len() + 32;
    }
    if !fields.span_id.is_zero() {
        labels.set(SPAN_ID, &fields.span_id.to_string());
        chars += SPAN_ID.len() + 16;
    }
    let attributes: Vec<(&str, String)> = fields
        .attributes
        .iter()
        .map(|(key, value)| (*key, text_of(*value)))
        .collect();
    for (key, value) in &attributes {
        chars += key.chars().count() + value.chars().count();
    }
    if chars <= CHARS_MAX {
        for (key, value) in &attributes {
            // Ids have their place already.
            if labels.value(key).is_empty() {
                labels.set(key, value);
            }
        }
    }
    labels
}
