//! Points of each kind: whether they are taken, and the samples that they become.

use crate::metrics::batch::POINT_BYTES;
use crate::metrics::exponential::{Exponential, custom};
use crate::metrics::labels::origin::{Part, SeriesOrigin};
use crate::metrics::settings::TranslationSettings;
use crate::metrics::translate::{Origin, Translator};
use crate::reason::Reason;
use tacho_model::histogram::Histogram;
use tacho_model::sample::stale_nan;
use tacho_model::sink::{PointFields, PointValue as Value};
use tacho_model::time::Timestamp;
use tacho_storage::samples::batch::PointValue;

/// Flag of a point without a value: its series ends.
const NO_RECORDED_VALUE: u32 = 1;

pub(super) fn is_stale(flags: u32) -> bool {
    flags & NO_RECORDED_VALUE != 0
}

/// What the samples of a point take in memory.
pub(super) fn memory(value: &Value<'_>) -> usize {
    let series = match value {
        Value::Absent | Value::Int(_) | Value::Double(_) => 1,
        Value::Histogram { counts, .. } => counts.len() + 3,
        Value::Exponential {
            positive, negative, ..
        } => 4 + (positive.counts.len() + negative.counts.len()) / 4,
        Value::Summary { quantiles, .. } => quantiles.len() + 2,
    };
    series * (POINT_BYTES + size_of::<SeriesOrigin>())
}

/// Why a point is refused.
pub(super) fn refusal(
    settings: &TranslationSettings,
    fields: &PointFields<'_>,
    latest: Timestamp,
) -> Option<Reason> {
    let Ok(time_ns) = i64::try_from(fields.time_ns) else {
        return Some(Reason::TimeOutOfRange);
    };
    if time_ns > latest.0 {
        return Some(Reason::TimeInFuture);
    }
    let stale = is_stale(fields.flags);
    match fields.value {
        Value::Absent if !stale => Some(Reason::ValueMissing),
        Value::Absent | Value::Int(_) | Value::Double(_) | Value::Summary { .. } => None,
        Value::Histogram {
            count,
            bounds,
            counts,
            ..
        } => {
            let fits = counts.len() == bounds.len() + 1
                || (counts.is_empty() && bounds.is_empty())
                || stale;
            let ascends = bounds.is_sorted_by(|left, right| left < right)
                && bounds.iter().all(|bound| bound.is_finite());
            if !fits || !ascends {
                return Some(Reason::BucketsInvalid);
            }
            // Classic buckets end with the count, native ones must add up to it.
            let total: u128 = counts.iter().map(|count| u128::from(*count)).sum();
            let adds_up = total <= u128::from(count) || stale || counts.is_empty();
            let native = settings.convert_histograms_to_nhcb;
            (!adds_up && native).then_some(Reason::BucketsInvalid)
        }
        Value::Exponential { .. } => {
            let point = exponential(&fields.value)?;
            if !point.has_known_scale() {
                return Some(Reason::ScaleTooCoarse);
            }
            (!stale && !point.is_possible()).then_some(Reason::BucketsInvalid)
        }
    }
}

fn exponential<'v>(value: &Value<'v>) -> Option<Exponential<'v>> {
    match *value {
        Value::Exponential {
            count,
            sum,
            scale,
            zero_count,
            zero_threshold,
            positive,
            negative,
            ..
        } => Some(Exponential {
            count,
            sum,
            scale,
            zero_count,
            zero_threshold,
            positive,
            negative,
        }),
        _ => None,
    }
}

fn or_stale(value: f64, is_stale: bool) -> PointValue {
    PointValue::Float(if is_stale { stale_nan() } else { value })
}

/// The histogram that ends a series.
fn stale_histogram() -> Histogram {
    Histogram {
        sum: stale_nan(),
        ..Histogram::default()
    }
}

impl Translator<'_, '_, '_> {
    #[inline]
    pub(super) fn number(&mut self, origin: &Origin, value: &Value<'_>, is_stale: bool) {
        let value = match value {
            Value::Int(value) => *value as f64,
            Value::Double(value) => *value,
            _ => 0.0,
        };
        self.sample(origin, Part::Whole, or_stale(value, is_stale));
    }

    pub(super) fn histogram(&mut self, origin: &Origin, value: &Value<'_>, is_stale: bool) {
        let Value::Histogram {
            count,
            sum,
            bounds,
            counts,
            ..
        } = *value
        else {
            return;
        };
        if self.settings.convert_histograms_to_nhcb {
            let histogram = match is_stale {
                true => stale_histogram(),
                false => custom(count, sum, bounds, counts),
            };
            let value = self.builder.histogram(histogram);
            self.sample(origin, Part::Whole, value);
            return;
        }
        self.target.set_bounds(bounds);
        let mut below = 0u64;
        for (at, bound) in bounds.iter().enumerate() {
            below = below.saturating_add(counts.get(at).copied().unwrap_or(0));
            self.sample(
                origin,
                Part::Bucket(*bound),
                or_stale(below as f64, is_stale),
            );
        }
        let all = or_stale(count as f64, is_stale);
        self.sample(origin, Part::Bucket(f64::INFINITY), all);
        self.sample(origin, Part::Count, all);
        if is_stale || sum.is_some() {
            let sum = or_stale(sum.unwrap_or(0.0), is_stale);
            self.sample(origin, Part::Sum, sum);
        }
    }

    pub(super) fn exponential(&mut self, origin: &Origin, value: &Value<'_>, is_stale: bool) {
        let Some(point) = exponential(value) else {
            return;
        };
        let histogram = match is_stale {
            true => stale_histogram(),
            false => point.to_histogram(),
        };
        let value = self.builder.histogram(histogram);
        self.sample(origin, Part::Whole, value);
    }

    pub(super) fn summary(
        &mut self,
        origin: &Origin,
        (count, sum): (u64, f64),
        quantiles: &[(f64, f64)],
        is_stale: bool,
    ) {
        for (quantile, value) in quantiles {
            let value = or_stale(*value, is_stale);
            self.sample(origin, Part::Quantile(*quantile), value);
        }
        self.sample(origin, Part::Count, or_stale(count as f64, is_stale));
        self.sample(origin, Part::Sum, or_stale(sum, is_stale));
    }
}
