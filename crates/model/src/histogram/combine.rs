//! Adding and subtracting histograms. Schemas, zero buckets and custom bounds that differ are
//! reconciled; exponential and custom bounds do not mix.

use crate::histogram::bounds::exponential_bound;
use crate::histogram::cells::{Cell, cells, coarser, joined, merged, rebuild};
use crate::histogram::{Buckets, CounterResetHint, Histogram};
use crate::kahan::Kahan;
use std::sync::Arc;

/// What a caller may want to tell the user about a sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Combined {
    /// One says that it begins after a reset, the other that it does not.
    pub reset_collision: bool,
    /// The custom bounds differed: only those that both have are left.
    pub bounds_reconciled: bool,
}

/// Exponential and custom bounds cannot be combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "cannot apply this operation on histograms with a mix of exponential and custom bucket schemas"
)]
pub struct MixedSchemas;

/// What rounding took away from the numbers of a histogram, bucket for bucket.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Compensation {
    pub(super) zero_count: f64,
    pub(super) count: f64,
    pub(super) sum: f64,
    pub(super) positive: Vec<f64>,
    pub(super) negative: Vec<f64>,
}

impl Compensation {
    /// Nothing was taken away yet.
    pub(super) fn none_of(histogram: &Histogram) -> Self {
        Self {
            positive: vec![0.0; histogram.positive.counts.len()],
            negative: vec![0.0; histogram.negative.counts.len()],
            ..Self::default()
        }
    }

    /// Keeps the wanted buckets of a side that are not empty.
    pub(super) fn rebuild_side(
        &mut self,
        side: &mut Buckets,
        is_positive: bool,
        wanted: impl Fn(&Cell) -> bool,
    ) {
        let low = if is_positive {
            &mut self.positive
        } else {
            &mut self.negative
        };
        let mut list = cells(side, low);
        list.retain(|cell| wanted(cell) && cell.count != Kahan::default());
        (*side, *low) = rebuild(&list);
    }
}

impl Histogram {
    /// Adds another one. Buckets that get empty stay.
    pub fn add(&mut self, other: &Histogram) -> Result<Combined, MixedSchemas> {
        self.combine(other, 1.0)
    }

    /// Subtracts another one. Buckets that get empty stay, counts may become negative.
    pub fn subtract(&mut self, other: &Histogram) -> Result<Combined, MixedSchemas> {
        self.combine(other, -1.0)
    }

    fn combine(&mut self, other: &Histogram, sign: f64) -> Result<Combined, MixedSchemas> {
        if self.has_same_layout(other) {
            let combined = Combined {
                reset_collision: self.adjust_hint(other),
                bounds_reconciled: false,
            };
            self.zero_count += sign * other.zero_count;
            self.count += sign * other.count;
            self.sum += sign * other.sum;
            add_each(&mut self.positive.counts, &other.positive.counts, sign);
            add_each(&mut self.negative.counts, &other.negative.counts, sign);
            return Ok(combined);
        }
        let mut low = Compensation::none_of(self);
        combine(self, &mut low, other, sign)
    }

    /// Bucket for bucket the same, none of them inside the zero bucket.
    pub(super) fn has_same_layout(&self, other: &Histogram) -> bool {
        let first_is_outside = |side: &Buckets| {
            self.has_custom_bounds()
                || side
                    .spans
                    .first()
                    .is_none_or(|span| self.bound(span.offset) > self.zero_threshold)
        };
        self.schema == other.schema
            && self.zero_threshold == other.zero_threshold
            && self.positive.spans == other.positive.spans
            && self.negative.spans == other.negative.spans
            && self.positive.counts.len() == other.positive.counts.len()
            && self.negative.counts.len() == other.negative.counts.len()
            && self.custom_bounds == other.custom_bounds
            && first_is_outside(&self.positive)
            && first_is_outside(&self.negative)
    }

    /// Chooses the hint of a sum; true if the two contradict each other.
    pub(super) fn adjust_hint(&mut self, other: &Histogram) -> bool {
        use CounterResetHint::{Gauge, Unknown};
        let (own, theirs) = (self.counter_reset_hint, other.counter_reset_hint);
        let collision =
            own != theirs && ![own, theirs].iter().any(|h| matches!(h, Gauge | Unknown));
        self.counter_reset_hint = match (own, theirs) {
            (own, theirs) if own == theirs => own,
            (Gauge, _) | (_, Gauge) => Gauge,
            _ => Unknown,
        };
        collision
    }
}

fn add_each(own: &mut [f64], other: &[f64], sign: f64) {
    for (own, other) in own.iter_mut().zip(other) {
        *own += sign * other;
    }
}

/// Adds `other` times a sign to `total`, keeping in `low` what rounding takes away.
pub(super) fn combine(
    total: &mut Histogram,
    low: &mut Compensation,
    other: &Histogram,
    sign: f64,
) -> Result<Combined, MixedSchemas> {
    if total.has_custom_bounds() != other.has_custom_bounds() {
        return Err(MixedSchemas);
    }
    let mut combined = Combined {
        reset_collision: total.adjust_hint(other),
        bounds_reconciled: false,
    };
    if !total.has_custom_bounds() {
        let theirs = total.reconcile_zero(other, low);
        add_to(
            &mut total.zero_count,
            &mut low.zero_count,
            sign * theirs.sum,
        );
        add_to(
            &mut total.zero_count,
            &mut low.zero_count,
            sign * theirs.low,
        );
    }
    add_to(&mut total.count, &mut low.count, sign * other.count);
    add_to(&mut total.sum, &mut low.sum, sign * other.sum);
    if total.has_custom_bounds() {
        combined.bounds_reconciled = total.custom_bounds != other.custom_bounds;
        combine_custom(total, low, other, sign);
        return Ok(combined);
    }
    let schema = total.schema.min(other.schema);
    let threshold = total.zero_threshold;
    for is_positive in [true, false] {
        let (own, own_low, theirs) = if is_positive {
            (&mut total.positive, &mut low.positive, &other.positive)
        } else {
            (&mut total.negative, &mut low.negative, &other.negative)
        };
        let mut list = cells(own, own_low);
        if total.schema > schema {
            list = coarser(&list, total.schema, schema);
        }
        let mut added = cells(theirs, &[]);
        if other.schema > schema {
            added = coarser(&added, other.schema, schema);
        }
        added.retain(|cell| exponential_bound(cell.index, schema) > threshold);
        (*own, *own_low) = rebuild(&joined(list, &added, sign));
    }
    total.schema = schema;
    Ok(combined)
}

fn combine_custom(total: &mut Histogram, low: &mut Compensation, other: &Histogram, sign: f64) {
    let own = cells(&total.positive, &low.positive);
    let theirs = cells(&other.positive, &[]);
    let list = if total.custom_bounds == other.custom_bounds {
        joined(own, &theirs, sign)
    } else {
        let bounds = common_bounds(&total.custom_bounds, &other.custom_bounds);
        let own = onto_bounds(own, &total.custom_bounds, &bounds);
        let theirs = onto_bounds(theirs, &other.custom_bounds, &bounds);
        let mut list = joined(own, &theirs, sign);
        list.retain(|cell| cell.count != Kahan::default());
        total.custom_bounds = bounds;
        list
    };
    (total.positive, low.positive) = rebuild(&list);
}

fn add_to(sum: &mut f64, low: &mut f64, value: f64) {
    let mut kahan = Kahan {
        sum: *sum,
        low: *low,
    };
    kahan.add(value);
    (*sum, *low) = (kahan.sum, kahan.low);
}

/// The bounds that both lists have; both ascend.
fn common_bounds(a: &[f64], b: &[f64]) -> Arc<[f64]> {
    let mut b = b.iter().peekable();
    let mut common = Vec::new();
    for bound in a {
        while b.next_if(|other| *other < bound).is_some() {}
        if b.next_if(|other| *other == bound).is_some() {
            common.push(*bound);
        }
    }
    common.into()
}

/// The buckets as they are with some of the bounds only.
pub(super) fn onto_bounds(list: Vec<Cell>, from: &[f64], to: &[f64]) -> Vec<Cell> {
    merged(list.into_iter().map(|cell| {
        let bound = usize::try_from(cell.index)
            .ok()
            .and_then(|index| from.get(index));
        let index = match bound {
            Some(bound) => to.partition_point(|target| target < bound),
            None => to.len(),
        };
        Cell {
            index: i32::try_from(index).unwrap_or(i32::MAX),
            ..cell
        }
    }))
}

/// The bounds that both histograms have.
pub(super) fn common_bounds_of(a: &Histogram, b: &Histogram) -> Arc<[f64]> {
    common_bounds(&a.custom_bounds, &b.custom_bounds)
}
