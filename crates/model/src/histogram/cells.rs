//! One side of a histogram as a list of buckets by index, on which layouts are joined and changed.
//! Counts carry what rounding took away, for sums that need it.

use crate::histogram::{BucketSpan, Buckets};
use crate::kahan::Kahan;

/// A bucket of one side.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cell {
    pub(super) index: i32,
    pub(super) count: Kahan,
}

/// The buckets of a side; `low` has what rounding took away, bucket for bucket.
pub(super) fn cells(buckets: &Buckets, low: &[f64]) -> Vec<Cell> {
    let lows = low.iter().copied().chain(std::iter::repeat(0.0));
    let mut cells = Vec::with_capacity(buckets.counts.len());
    cells.extend(buckets.iter().zip(lows).map(|((index, sum), low)| Cell {
        index,
        count: Kahan { sum, low },
    }));
    cells
}

/// A side of these buckets, in spans as long as they can be, and what rounding took away.
pub(super) fn rebuild(cells: &[Cell]) -> (Buckets, Vec<f64>) {
    let mut spans: Vec<BucketSpan> = Vec::new();
    let mut next = 0i32;
    for cell in cells {
        match spans.last_mut() {
            Some(span) if cell.index == next => span.length += 1,
            _ => spans.push(BucketSpan {
                offset: cell.index.saturating_sub(next),
                length: 1,
            }),
        }
        next = cell.index.saturating_add(1);
    }
    let counts = cells.iter().map(|cell| cell.count.sum).collect();
    let low = cells.iter().map(|cell| cell.count.low).collect();
    (Buckets { spans, counts }, low)
}

/// Index of the bucket of a coarser schema in which a bucket lies.
pub(super) fn coarser_index(index: i32, from: i32, to: i32) -> i32 {
    let shift = u32::try_from(i64::from(from) - i64::from(to)).unwrap_or(0);
    let index = i64::from(index);
    (((index - 1) >> shift.min(62)) + 1) as i32
}

/// The buckets merged to a coarser schema.
pub(super) fn coarser(cells: &[Cell], from: i32, to: i32) -> Vec<Cell> {
    merged(cells.iter().map(|cell| Cell {
        index: coarser_index(cell.index, from, to),
        count: cell.count,
    }))
}

/// Neighbours of the same index become one.
pub(super) fn merged(cells: impl Iterator<Item = Cell>) -> Vec<Cell> {
    let mut out: Vec<Cell> = Vec::with_capacity(cells.size_hint().0);
    for cell in cells {
        match out.last_mut() {
            Some(last) if last.index == cell.index => {
                last.count.add(cell.count.sum);
                last.count.add(cell.count.low);
            }
            _ => out.push(cell),
        }
    }
    out
}

/// The buckets of both; those of `other` times a sign.
pub(super) fn joined(own: Vec<Cell>, other: &[Cell], sign: f64) -> Vec<Cell> {
    let mut out = Vec::with_capacity(own.len().max(other.len()));
    let mut own = own.into_iter().peekable();
    for cell in other {
        while let Some(before) = own.next_if(|before| before.index < cell.index) {
            out.push(before);
        }
        let (sum, low) = (cell.count.sum * sign, cell.count.low * sign);
        match own.next_if(|same| same.index == cell.index) {
            Some(mut same) => {
                same.count.add(sum);
                if low != 0.0 {
                    same.count.add(low);
                }
                out.push(same);
            }
            None => out.push(Cell {
                index: cell.index,
                count: Kahan { sum, low },
            }),
        }
    }
    out.extend(own);
    out
}

impl Buckets {
    /// Drops empty buckets and joins neighbouring spans.
    pub fn compact(&mut self) {
        let tidy = self.counts.iter().all(|count| *count != 0.0)
            && self.spans.iter().all(|span| span.length > 0)
            && self.spans.iter().skip(1).all(|span| span.offset > 0);
        if !tidy {
            let mut cells = cells(self, &[]);
            cells.retain(|cell| cell.count.sum != 0.0);
            *self = rebuild(&cells).0;
        }
    }
}
