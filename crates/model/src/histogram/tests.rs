//! Arithmetic of histograms: what is reconciled, what is lost, what comes out.

use crate::histogram::combine::{Combined, MixedSchemas};
use crate::histogram::statistics::NanEffect;
use crate::histogram::sum::{HistogramMean, HistogramSum};
use crate::histogram::trim::TrimKeep;
use crate::histogram::{BucketSpan, Buckets, CounterResetHint, Histogram};
use proptest::collection::vec;
use proptest::prelude::{Strategy, proptest};
use std::sync::Arc;

fn side(offset: i32, counts: &[f64]) -> Buckets {
    if counts.is_empty() {
        return Buckets::default();
    }
    Buckets {
        spans: vec![BucketSpan {
            offset,
            length: counts.len() as u32,
        }],
        counts: counts.to_vec(),
    }
}

fn exponential(schema: i32, offset: i32, counts: &[f64]) -> Histogram {
    Histogram {
        schema,
        count: counts.iter().sum(),
        sum: 10.0,
        positive: side(offset, counts),
        ..Histogram::default()
    }
}

fn custom(bounds: &[f64], counts: &[f64]) -> Histogram {
    Histogram {
        schema: -53,
        count: counts.iter().sum(),
        sum: 10.0,
        positive: side(0, counts),
        custom_bounds: Arc::from(bounds),
        ..Histogram::default()
    }
}

#[test]
fn addition_inserts_missing_buckets() {
    let mut sum = exponential(0, 0, &[1.0, 2.0]);
    let combined = sum.add(&exponential(0, 1, &[1.0, 0.0, 5.0]));
    assert_eq!(combined, Ok(Combined::default()));
    assert_eq!(sum.positive, side(0, &[1.0, 3.0, 0.0, 5.0]));
    assert_eq!((sum.count, sum.sum), (9.0, 20.0));
    let mut apart = exponential(0, 0, &[1.0]);
    assert!(apart.add(&exponential(0, 5, &[2.0])).is_ok());
    let spans: Vec<_> = apart
        .positive
        .spans
        .iter()
        .map(|s| (s.offset, s.length))
        .collect();
    assert_eq!(spans, [(0, 1), (4, 1)]);
}

#[test]
fn subtraction_keeps_emptied_buckets_until_compacted() {
    let mut difference = exponential(0, 0, &[1.0, 2.0]);
    assert!(difference.subtract(&exponential(0, 0, &[1.0])).is_ok());
    assert_eq!(difference.positive, side(0, &[0.0, 2.0]));
    difference.compact();
    assert_eq!(difference.positive, side(1, &[2.0]));
}

#[test]
fn the_coarser_schema_wins() {
    let mut sum = exponential(1, 1, &[1.0, 2.0, 4.0]);
    assert!(sum.add(&exponential(0, 1, &[10.0])).is_ok());
    assert_eq!(sum.schema, 0);
    assert_eq!(sum.positive, side(1, &[13.0, 4.0]));
    let mut reduced = exponential(2, -3, &[1.0; 8]);
    reduced.reduce_resolution(0);
    assert_eq!(reduced.positive, side(0, &[4.0, 4.0]));
}

#[test]
fn the_wider_zero_bucket_swallows_buckets() {
    let mut narrow = exponential(0, 0, &[1.0, 2.0, 3.0]);
    narrow.zero_count = 1.0;
    let mut wide = exponential(0, 2, &[1.0]);
    wide.zero_threshold = 1.5;
    wide.zero_count = 5.0;
    // 1.5 lies in the populated bucket (1,2], so both reach to 2.
    assert!(narrow.add(&wide).is_ok());
    assert_eq!(narrow.zero_threshold, 2.0);
    assert_eq!(narrow.zero_count, 9.0);
    assert_eq!(narrow.positive, side(2, &[4.0]));
}

#[test]
fn a_threshold_that_is_no_number_ends_the_reconciling() {
    let mut odd = exponential(0, 0, &[1.0]);
    odd.zero_threshold = f64::NAN;
    assert!(odd.add(&exponential(0, 0, &[1.0])).is_ok());
}

#[test]
fn custom_bounds_are_reduced_to_the_common_ones() {
    let mut sum = custom(&[1.0, 2.0, 5.0], &[1.0, 2.0, 3.0, 4.0]);
    let combined = sum.add(&custom(&[2.0, 3.0, 5.0], &[10.0, 20.0, 30.0, 40.0]));
    assert!(combined.is_ok_and(|combined| combined.bounds_reconciled));
    assert_eq!(*sum.custom_bounds, [2.0, 5.0]);
    assert_eq!(sum.positive, side(0, &[13.0, 53.0, 44.0]));
    assert_eq!(sum.add(&exponential(0, 0, &[1.0])), Err(MixedSchemas));
}

#[test]
fn hints_of_sums() {
    use CounterResetHint::{Gauge, NotReset, Reset, Unknown};
    for (a, b, sum, collision) in [
        (Reset, Reset, Reset, false),
        (Reset, NotReset, Unknown, true),
        (Gauge, Reset, Gauge, false),
        (NotReset, Gauge, Gauge, false),
        (Unknown, Reset, Unknown, false),
        (NotReset, Unknown, Unknown, false),
    ] {
        let mut own = exponential(0, 0, &[1.0]);
        own.counter_reset_hint = a;
        let mut other = exponential(0, 0, &[1.0]);
        other.counter_reset_hint = b;
        assert_eq!(own.add(&other).map(|c| c.reset_collision), Ok(collision));
        assert_eq!(own.counter_reset_hint, sum);
    }
}

#[test]
fn sums_keep_what_rounding_takes_away() {
    let parts = [[1.0, 1e100], [1e100, 1.0], [1.0, -1e100], [-1e100, 1.0]];
    let mut plain = HistogramSum::new(&exponential(0, 0, &[0.0, 0.0]));
    for counts in &parts {
        assert!(plain.add(&exponential(0, 0, counts)).is_ok());
    }
    assert_eq!(plain.finish().positive.counts, [2.0, 2.0]);
    let mut other_layout = HistogramSum::new(&exponential(0, 1, &[0.0]));
    for counts in &parts {
        assert!(other_layout.add(&exponential(0, 0, counts)).is_ok());
    }
    assert_eq!(other_layout.finish().positive.counts, [2.0, 2.0]);
}

#[test]
fn means_do_not_overflow() {
    let mut mean = HistogramMean::new(&exponential(0, 0, &[1.0]));
    assert!(mean.add(&exponential(0, 0, &[3.0])).is_ok());
    assert_eq!(mean.finish().positive.counts, [2.0]);
    let large = exponential(0, 0, &[1.5e308]);
    let mut mean = HistogramMean::new(&large);
    for _ in 0..4 {
        assert!(mean.add(&large).is_ok());
    }
    let count = mean.finish().count;
    assert!((count / 1.5e308 - 1.0).abs() < 1e-12, "{count}");
}

#[test]
fn resets_are_found() {
    let before = exponential(1, 1, &[1.0, 2.0, 3.0]);
    assert!(!exponential(1, 1, &[1.0, 2.0, 3.0]).is_reset_since(&before));
    assert!(!exponential(0, 1, &[3.0, 3.0]).is_reset_since(&before));
    assert!(exponential(2, 1, &[5.0, 5.0]).is_reset_since(&before));
    assert!(exponential(1, 1, &[5.0, 1.0, 3.0]).is_reset_since(&before));
    assert!(exponential(1, 1, &[5.0, 5.0]).is_reset_since(&before));
    let mut wide = exponential(1, 1, &[0.0, 2.0, 3.0]);
    (wide.zero_threshold, wide.zero_count, wide.count) = (2f64.sqrt(), 1.0, 6.0);
    wide.zero_threshold = crate::histogram::bounds::exponential_bound(1, 1);
    assert!(!wide.is_reset_since(&before));
    wide.zero_count = 0.5;
    assert!(wide.is_reset_since(&before));
    let bounds = custom(&[1.0, 2.0], &[1.0, 1.0, 1.0]);
    assert!(!custom(&[2.0], &[2.0, 1.0]).is_reset_since(&bounds));
    assert!(custom(&[2.0], &[1.0, 2.0]).is_reset_since(&bounds));
}

#[test]
fn quantiles_interpolate() {
    let histogram = exponential(0, 1, &[2.0, 2.0]);
    assert_eq!(histogram.quantile(0.5).value, 2.0);
    assert_eq!(histogram.quantile(1.0).value, 4.0);
    assert_eq!(histogram.quantile(0.25).value, 2f64.sqrt());
    assert_eq!(histogram.quantile(-1.0).value, f64::NEG_INFINITY);
    assert_eq!(histogram.quantile(1.1).value, f64::INFINITY);
    assert!(Histogram::default().quantile(0.5).value.is_nan());
    assert_eq!(custom(&[4.0, 8.0], &[1.0, 1.0]).quantile(0.25).value, 2.0);
    assert_eq!(custom(&[4.0], &[1.0, 9.0]).quantile(0.9).value, 4.0);
    let mut with_nan = exponential(0, 1, &[2.0, 2.0]);
    (with_nan.sum, with_nan.count) = (f64::NAN, 5.0);
    assert_eq!(
        with_nan.quantile(0.5).nan_effect,
        Some(NanEffect::QuantileSkewed)
    );
    assert_eq!(
        with_nan.quantile(0.9).nan_effect,
        Some(NanEffect::QuantileIsNan)
    );
    assert_eq!(
        with_nan.fraction(f64::NEG_INFINITY, 2.0).nan_effect,
        Some(NanEffect::NotInFractions)
    );
}

#[test]
fn fractions_invert_quantiles() {
    let histogram = exponential(0, 1, &[2.0, 2.0, 4.0]);
    for share in [0.1, 0.25, 0.6, 0.9] {
        let value = histogram.quantile(share).value;
        let fraction = histogram.fraction(f64::NEG_INFINITY, value).value;
        assert!((fraction - share).abs() < 1e-12, "{share} {fraction}");
    }
    assert_eq!(histogram.fraction(2.0, 2.0).value, 0.0);
}

#[test]
fn trimming_shares_the_bucket_that_is_cut() {
    let mut below = custom(&[1.0, 3.0], &[4.0, 4.0, 4.0]);
    below.trim(2.0, TrimKeep::Below);
    assert_eq!(below.positive, side(0, &[4.0, 2.0]));
    assert_eq!((below.count, below.sum), (6.0, 5.0));
    let mut above = custom(&[1.0, 3.0], &[4.0, 4.0, 4.0]);
    above.trim(2.0, TrimKeep::Above);
    assert_eq!(above.positive, side(1, &[2.0, 4.0]));
    assert_eq!((above.count, above.sum), (6.0, 17.0));
    let mut whole = exponential(0, 1, &[2.0, 2.0]);
    whole.trim(8.0, TrimKeep::Below);
    assert_eq!(whole, exponential(0, 1, &[2.0, 2.0]));
}

#[test]
fn text_lists_the_buckets_in_order() {
    let mut histogram = exponential(0, 1, &[2.0, 0.0, 1.0]);
    histogram.negative = side(1, &[3.0]);
    (histogram.zero_count, histogram.zero_threshold) = (1.5, 0.001);
    assert_eq!(
        histogram.to_string(),
        "{count:3, sum:10, [-2,-1):3, [-0.001,0.001]:1.5, (1,2]:2, (4,8]:1}"
    );
    assert_eq!(
        custom(&[0.5], &[1.0, 1.0]).to_string(),
        "{count:2, sum:10, [-Inf,0.5]:1, (0.5,+Inf]:1}"
    );
    let codes: Vec<u8> = histogram.buckets().map(|b| b.boundary_code()).collect();
    assert_eq!(codes, [1, 3, 0, 0, 0]);
}

#[test]
fn damaged_histograms_are_refused() {
    assert!(exponential(0, 0, &[1.0]).validate().is_ok());
    assert!(custom(&[1.0, 2.0], &[1.0, 1.0, 1.0]).validate().is_ok());
    let mut spans = exponential(0, 0, &[1.0]);
    spans.positive.counts.push(1.0);
    let cases = [
        (spans, "spans need 1 buckets, have 2 buckets"),
        (exponential(9, 0, &[1.0]), "got schema 9"),
        (
            exponential(0, 0, &[-1.0, 3.0]),
            "bucket number 1 has observation count of -1",
        ),
        (
            custom(&[2.0, 1.0], &[1.0]),
            "previous bound is 2.000000 and current is 1.000000",
        ),
        (
            custom(&[1.0], &[1.0, 1.0, 1.0]),
            "only 1 custom bounds defined",
        ),
    ];
    for (histogram, part) in cases {
        let text = histogram.validate().unwrap_err().to_string();
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn identity_is_by_bits_and_buckets() {
    let mut a = exponential(0, 0, &[1.0]);
    a.sum = f64::NAN;
    assert!(a.is_identical(&a.clone()));
    let mut padded = exponential(0, 0, &[1.0, 0.0]);
    padded.sum = a.sum;
    assert!(!a.is_identical(&padded));
}

#[test]
fn division_by_zero_leaves_no_buckets() {
    let mut histogram = exponential(0, 0, &[1.0]);
    histogram.divide(0.0);
    assert_eq!(histogram.to_string(), "{count:+Inf, sum:+Inf}");
    histogram.multiply(-1.0);
    assert_eq!(histogram.counter_reset_hint, CounterResetHint::Gauge);
}

/// Histograms of whole counts, so that sums are exact in any order.
fn any_exponential() -> impl Strategy<Value = Histogram> {
    let counts = || vec(0u32..100, 0..12);
    (0i32..4, -6i32..6, counts(), counts(), 0u32..50, 0u32..3).prop_map(
        |(schema, offset, positive, negative, zero, width)| {
            let floats =
                |list: &[u32]| -> Vec<f64> { list.iter().map(|n| f64::from(*n)).collect() };
            let mut histogram = exponential(schema, offset, &floats(&positive));
            histogram.negative = side(-offset, &floats(&negative));
            histogram.zero_count = f64::from(zero);
            histogram.zero_threshold = f64::from(width) * 0.75;
            histogram.count = total(&histogram);
            histogram
        },
    )
}

/// All observations in buckets.
fn total(histogram: &Histogram) -> f64 {
    let sides = [&histogram.positive, &histogram.negative];
    let counts = sides.iter().flat_map(|side| &side.counts);
    histogram.zero_count + counts.sum::<f64>()
}

fn sum(a: &Histogram, b: &Histogram) -> Histogram {
    let mut sum = a.clone();
    sum.add(b).unwrap();
    sum.compact();
    sum
}

/// The same but for buckets that are inside of the zero bucket, whose counts it has not taken in.
fn is_apart_from_zero(histogram: &Histogram) -> bool {
    let outside = |side: &Buckets| {
        side.iter().all(|(index, count)| {
            count == 0.0 || histogram.bound(index - 1) >= histogram.zero_threshold
        })
    };
    outside(&histogram.positive) && outside(&histogram.negative)
}

proptest! {
    #[test]
    fn sums_lose_no_observation_and_have_no_order(a in any_exponential(), b in any_exponential()) {
        if is_apart_from_zero(&a) && is_apart_from_zero(&b) && a.schema == b.schema {
            assert_eq!(total(&sum(&a, &b)), a.count + b.count);
            assert_eq!(sum(&a, &b), sum(&b, &a));
        }
    }

    #[test]
    fn what_is_added_can_be_taken_away(a in any_exponential(), b in any_exponential()) {
        let mut there = a.clone();
        there.add(&b).unwrap();
        let mut back = there.clone();
        back.subtract(&b).unwrap();
        assert_eq!((back.count, back.sum), (a.count, a.sum));
        // A sum is no reset of its parts, unless their layout is finer.
        if a.schema <= b.schema && a.zero_threshold >= b.zero_threshold && is_apart_from_zero(&a) {
            assert!(!sum(&a, &b).is_reset_since(&a), "{a} {b}");
        }
    }

    #[test]
    fn coarser_histograms_have_the_same_observations(a in any_exponential(), by in 1i32..4) {
        let mut coarse = a.clone();
        coarse.reduce_resolution(a.schema - by);
        assert_eq!(total(&coarse), total(&a));
        assert!(coarse.validate().is_ok());
    }

    #[test]
    fn quantiles_ascend_and_lie_within_the_buckets(a in any_exponential()) {
        let values: Vec<f64> = (0..=10).map(|n| a.quantile(f64::from(n) / 10.0).value).collect();
        let within = |value: &f64| value.is_nan() || a.buckets().any(|bucket| {
            bucket.lower - 1e-9 <= *value && *value <= bucket.upper + 1e-9
        });
        if is_apart_from_zero(&a) {
            assert!(values.iter().all(within), "{a} {values:?}");
            let ascends = values.windows(2).all(|pair| pair[0].is_nan() || pair[1] >= pair[0] - 1e-9);
            assert!(ascends, "{a} {values:?}");
        }
    }

    #[test]
    fn trimming_keeps_at_most_what_was_there(a in any_exponential(), at in -20.0f64..20.0) {
        let mut below = a.clone();
        below.trim(at, TrimKeep::Below);
        let mut above = a.clone();
        above.trim(at, TrimKeep::Above);
        assert!((below.count + above.count - a.count).abs() < 1e-9, "{a} at {at}");
    }
}
