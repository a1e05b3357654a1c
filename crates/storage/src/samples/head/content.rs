//! Reading what is in memory of a series.

use super::series::{Content, LateSample, MoreContent};
use crate::samples::chunk::head::sealed::SealedChunk;
use crate::samples::join::{cut, join, keep_newest};
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

/// True if times from `first` to `last` meet the range, both ends inclusive.
fn meets(first: i64, last: i64, (start_ms, end_ms): (i64, i64)) -> bool {
    first <= end_ms && last >= start_ms
}

impl Content {
    /// Puts the samples of a range (both ends inclusive) into `out`, which is cleared first.
    pub(crate) fn read(&self, start_ms: i64, end_ms: i64, out: &mut SampleColumns) {
        out.clear();
        let range = (start_ms, end_ms);
        let others = self
            .more
            .as_ref()
            .filter(|more| !more.late.is_empty() || !more.histograms.is_empty());
        let Some(others) = others else {
            self.read_floats(range, out);
            return;
        };
        let mut late = SampleColumns::default();
        for sample in &others.late {
            push_late(&mut late, sample);
        }
        cut(&mut late, start_ms, end_ms);
        let mut floats = SampleColumns::default();
        self.read_floats(range, &mut floats);
        let mut histograms = SampleColumns::default();
        let within = others.histograms.within(start_ms, end_ms);
        within.decode_into(&mut histograms);
        join(vec![late, histograms, floats], out);
    }

    /// Puts the floats in order into `out`, which is empty.
    fn read_floats(&self, range: (i64, i64), out: &mut SampleColumns) {
        let full = self.more.as_ref().map_or(&[][..], |more| &more.full);
        for chunk in full {
            if meets(chunk.first_time(), chunk.last_time(), range) {
                chunk.decode_into(out);
            }
        }
        if meets(self.chunk.first_time(), self.chunk.last_time(), range) {
            self.chunk.decode_into(out);
        }
        cut(out, range.0, range.1);
    }

    /// Puts the newest sample of the range into `out`, which is cleared first, if there is one.
    pub(crate) fn read_newest(&self, start_ms: i64, end_ms: i64, out: &mut SampleColumns) {
        let last = self.chunk.last_time();
        let others = self
            .more
            .as_ref()
            .is_some_and(|more| !more.late.is_empty() || !more.histograms.is_empty());
        if others || self.chunk.is_empty() || last < start_ms || last > end_ms {
            self.read(start_ms, end_ms, out);
            keep_newest(out);
            return;
        }
        out.clear();
        out.push_float(last, self.chunk.last_value(), self.chunk.last_start());
    }

    /// A copy of what may lie in a range, both ends inclusive; chunks stay whole.
    pub(crate) fn within(&self, start_ms: i64, end_ms: i64) -> Self {
        let range = (start_ms, end_ms);
        let mut copy = Self::default();
        if meets(self.chunk.first_time(), self.chunk.last_time(), range) {
            copy.chunk = self.chunk.clone();
        }
        let Some(more) = &self.more else {
            return copy;
        };
        let full = more.full.iter();
        let full: Vec<SealedChunk> = full
            .filter(|chunk| meets(chunk.first_time(), chunk.last_time(), range))
            .cloned()
            .collect();
        let late = more.late.iter();
        let late: Vec<LateSample> = late
            .filter(|it| meets(it.time_ms, it.time_ms, range))
            .cloned()
            .collect();
        let histograms = more.histograms.within(start_ms, end_ms);
        if !full.is_empty() || !late.is_empty() || !histograms.is_empty() {
            copy.more = Some(Box::new(MoreContent {
                full,
                histograms,
                late,
            }));
        }
        copy
    }
}
