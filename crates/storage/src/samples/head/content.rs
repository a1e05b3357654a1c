//! Reading what is in memory of a series.

use super::series::{Content, LateSample};
use crate::samples::join::{join, push_rows, rows_in};
use std::sync::Arc;
use tacho_model::sample::{SampleColumns, SampleValue};

/// Adds a sample to the end.
pub(crate) fn push_late(out: &mut SampleColumns, sample: &LateSample) {
    match &sample.value {
        SampleValue::Float(value) => out.push_float(sample.time_ms, *value, sample.start_ms),
        SampleValue::Histogram(value) => {
            out.push_histogram(sample.time_ms, Arc::clone(value), sample.start_ms);
        }
    }
}

impl Content {
    /// Puts the samples of a range (both ends inclusive) into `out`, which is cleared first.
    pub(crate) fn read(&self, start_ms: i64, end_ms: i64, out: &mut SampleColumns) {
        out.clear();
        let Some(more) = &self.more else {
            self.chunk.decode_into(out);
            cut(out, start_ms, end_ms);
            return;
        };
        let mut late = SampleColumns::default();
        for sample in &more.late {
            push_late(&mut late, sample);
        }
        let mut floats = SampleColumns::default();
        for chunk in &more.full {
            chunk.decode_into(&mut floats);
        }
        self.chunk.decode_into(&mut floats);
        let mut histograms = SampleColumns::default();
        more.histograms.decode_into(&mut histograms);
        join(vec![late, histograms, floats], out);
        cut(out, start_ms, end_ms);
    }
}

/// Leaves only the samples of a range.
pub(crate) fn cut(columns: &mut SampleColumns, start_ms: i64, end_ms: i64) {
    let rows = rows_in(columns, start_ms, end_ms);
    if rows.len() == columns.len() {
        return;
    }
    let whole = std::mem::take(columns);
    push_rows(columns, &whole, rows);
}
