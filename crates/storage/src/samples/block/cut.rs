//! Cuts the samples of a series into chunks: of one kind, histograms of one layout, not too long.

use crate::samples::chunk::histograms::{columns, is_plain_stale, same_layout};
use std::ops::Range;
use tacho_model::histogram::Histogram;
use tacho_model::sample::SampleColumns;

/// Most samples of a chunk that is written: a query of a few hours decodes little more than it needs.
pub(crate) const CHUNK_SAMPLES: usize = 2048;
/// Most counts of a chunk of histograms that is written, unless one histogram has more.
const CHUNK_COUNTS: usize = 1 << 16;

/// Neighbouring samples that become a chunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cut {
    /// Their rows.
    pub rows: Range<usize>,
    /// Whether they are histograms.
    pub has_histograms: bool,
}

/// Cuts all samples, in their order.
pub(crate) fn cut(samples: &SampleColumns) -> Vec<Cut> {
    let mut cuts = Vec::new();
    let mut start = 0;
    while start < samples.len() {
        start = match samples.histogram(start) {
            None => cut_floats(samples, start, &mut cuts),
            Some(_) => cut_histograms(samples, start, &mut cuts),
        };
    }
    cuts.into_iter()
        .flat_map(|cut| narrow(&samples.times, cut))
        .collect()
}

/// Cuts further where times are more than `i64::MAX` apart.
fn narrow(times: &[i64], cut: Cut) -> Vec<Cut> {
    let mut narrow = Vec::new();
    let mut start = cut.rows.start;
    while start < cut.rows.end {
        let rest = times.get(start..cut.rows.end).unwrap_or_default();
        let first = rest.first().copied().unwrap_or(0);
        let near = rest.partition_point(|time| time.checked_sub(first).is_some());
        let end = start + near.max(1);
        narrow.push(Cut {
            rows: start..end,
            has_histograms: cut.has_histograms,
        });
        start = end;
    }
    narrow
}

/// Cuts the floats from there on into chunks of about the same length; gives where they end.
fn cut_floats(samples: &SampleColumns, start: usize, cuts: &mut Vec<Cut>) -> usize {
    let end = if samples.histograms.is_empty() {
        samples.len()
    } else {
        let mut rows = start..samples.len();
        rows.find(|row| samples.histogram(*row).is_some())
            .unwrap_or(samples.len())
    };
    let count = end - start;
    let chunks = count.div_ceil(CHUNK_SAMPLES);
    for chunk in 0..chunks {
        cuts.push(Cut {
            rows: start + count * chunk / chunks..start + count * (chunk + 1) / chunks,
            has_histograms: false,
        });
    }
    end
}

/// Cuts one chunk of histograms; gives where it ends.
fn cut_histograms(samples: &SampleColumns, start: usize, cuts: &mut Vec<Cut>) -> usize {
    let mut layout: Option<&Histogram> = None;
    let mut end = start;
    while let Some(histogram) = samples.histogram(end) {
        let widest = layout.map_or(2, columns);
        if end - start >= CHUNK_SAMPLES || (end - start + 1) * widest > CHUNK_COUNTS.max(widest) {
            break;
        }
        if !is_plain_stale(histogram) {
            let fits = (end - start + 1) * columns(histogram) <= CHUNK_COUNTS || end == start;
            match layout {
                Some(layout) if !same_layout(layout, histogram) => break,
                None if !fits => break,
                _ => layout = Some(histogram),
            }
        }
        end += 1;
    }
    cuts.push(Cut {
        rows: start..end,
        has_histograms: true,
    });
    end
}
