//! Chunks of block files give back what was put in, bit for bit.

use super::{floats, histograms};
use proptest::prelude::*;
use std::sync::Arc;
use tacho_model::histogram::{BucketSpan, Buckets, CounterResetHint, Histogram};
use tacho_model::sample::{SampleColumns, stale_nan};

#[track_caller]
fn check_floats(values: &[f64], starts: &[i64]) -> usize {
    let mut bytes = Vec::new();
    floats::encode(values, starts, 1_000, &mut bytes).unwrap();
    let mut out = SampleColumns::default();
    floats::decode(&bytes, 1_000, values.len(), &mut out).unwrap();
    let bits = |list: &[f64]| list.iter().map(|it| it.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&out.values), bits(values));
    if starts.iter().any(|it| *it != 0) {
        assert_eq!(out.starts, starts);
    } else {
        assert_eq!(out.starts, [0; 0]);
    }
    for length in 0..bytes.len().min(80) {
        let mut out = SampleColumns::default();
        let _ = floats::decode(&bytes[..length], 0, values.len(), &mut out);
        let mut bad = bytes.clone();
        bad[length] ^= 0x55;
        let _ = floats::decode(&bad, 0, values.len(), &mut out);
    }
    bytes.len()
}

#[test]
fn kinds_of_values_take_few_bytes() {
    assert_eq!(check_floats(&[7.0; 960], &[]), 2);
    assert!(check_floats(&[7.25; 960], &[]) <= 4);
    let mut ending = vec![12.5; 960];
    ending[959] = stale_nan();
    assert!(check_floats(&ending, &[]) <= 10);
    let quantile: Vec<f64> = (0..960)
        .map(|i| if i < 500 { f64::NAN } else { 1.0 })
        .collect();
    assert!(check_floats(&quantile, &[]) <= 16);
    let counter: Vec<f64> = (0..10).map(|i| f64::from(i * 3 + i % 3)).collect();
    assert!(check_floats(&counter, &[900; 10]) <= 16);
    let random = |i: u32| f64::from(i.wrapping_mul(2_654_435_761)) / 4_294_967_296.0;
    let ratio: Vec<f64> = (0..960).map(random).collect();
    assert!(check_floats(&ratio, &[]) < 960 * 8);
}

#[test]
fn all_exceptions_at_once_come_back() {
    let wild = [
        f64::NAN,
        -f64::NAN,
        stale_nan(),
        f64::from_bits(0x7ff8_0000_0000_0001),
        f64::INFINITY,
        f64::NEG_INFINITY,
        -0.0,
        f64::from_bits(0xffff_0000_1234_0000),
        1.0,
    ];
    check_floats(&wild, &[]);
    check_floats(&[stale_nan(); 3], &[]);
    check_floats(&[-0.0], &[]);
    check_floats(&[stale_nan(), 5.5, stale_nan()], &[]);
    let many: Vec<f64> = wild.iter().cycle().take(500).copied().collect();
    check_floats(&many, &[]);
    check_floats(
        &[f64::MAX, f64::MIN, f64::MIN_POSITIVE, 5e-324, 1e22, 1e-7],
        &[],
    );
}

fn histogram(step: u32, hint: CounterResetHint, buckets: usize) -> Histogram {
    let counts = |offset: u32| {
        let count = |i: usize| f64::from(step * (i as u32 + 1) + offset);
        (0..buckets).map(count).collect()
    };
    let span = |offset| BucketSpan {
        offset,
        length: buckets as u32,
    };
    Histogram {
        counter_reset_hint: hint,
        schema: 3,
        zero_threshold: 1e-128,
        zero_count: f64::from(step),
        count: f64::from(step * 9),
        sum: f64::from(step) * 0.37,
        positive: Buckets {
            spans: vec![span(-4)],
            counts: counts(1),
        },
        negative: Buckets {
            spans: vec![span(2), BucketSpan::default()],
            counts: counts(2),
        },
        custom_bounds: Arc::from([]),
    }
}

#[track_caller]
fn check_histograms(list: &[Histogram], starts: &[i64]) -> usize {
    let all: Vec<&Histogram> = list.iter().collect();
    let mut bytes = Vec::new();
    histograms::encode(&all, starts, 5, &mut bytes).unwrap();
    let mut out = SampleColumns::default();
    histograms::decode(&bytes, 5, list.len(), &mut out).unwrap();
    assert_eq!(out.values, vec![0.0; list.len()]);
    for (row, expected) in list.iter().enumerate() {
        let found = out.histogram(row).unwrap();
        // Debug output shows −0 but not bits of NaN.
        assert_eq!(format!("{found:?}"), format!("{expected:?}"));
        assert_eq!(found.sum.to_bits(), expected.sum.to_bits());
    }
    for at in 0..bytes.len() {
        let mut out = SampleColumns::default();
        let _ = histograms::decode(&bytes[..at], 5, list.len(), &mut out);
        let mut bad = bytes.clone();
        bad[at] ^= 1 << (at % 8);
        let _ = histograms::decode(&bad, 5, list.len(), &mut out);
    }
    bytes.len()
}

#[test]
fn histograms_come_back_with_stale_markers_between() {
    let stale = Histogram {
        sum: stale_nan(),
        ..Histogram::default()
    };
    let mut list: Vec<Histogram> = (0..20)
        .map(|i| histogram(i, CounterResetHint::NotReset, 8))
        .collect();
    assert!(check_histograms(&list, &[]) < 20 * 30);
    list[0] = stale.clone();
    list[7] = stale.clone();
    list[19] = stale.clone();
    check_histograms(&list, &[3; 20]);
    check_histograms(&[stale.clone(), stale], &[]);
    check_histograms(&[Histogram::default()], &[]);
    let bounds = Histogram {
        schema: -53,
        custom_bounds: Arc::from([0.5, 1.0, 2.5]),
        positive: histogram(3, CounterResetHint::Gauge, 4).positive,
        sum: -0.0,
        count: f64::NAN,
        ..Histogram::default()
    };
    check_histograms(&[bounds.clone(), bounds], &[7, 8]);
}

#[test]
fn a_histogram_with_too_many_buckets_is_refused() {
    let large = histogram(1, CounterResetHint::Unknown, 1 << 17);
    let mut out = Vec::new();
    assert!(histograms::encode(&[&large], &[], 0, &mut out).is_err());
}

fn any_float() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => (-50i64..50).prop_map(|it| it as f64),
        3 => (-5_000i64..5_000).prop_map(|it| it as f64 / 1000.0),
        1 => any::<u64>().prop_map(f64::from_bits),
        1 => Just(stale_nan()),
        1 => Just(f64::INFINITY),
        1 => Just(-0.0),
    ]
}

proptest! {
    #[test]
    fn any_floats_come_back(
        values in prop_oneof![
            prop::collection::vec(any_float(), 1..80),
            prop::collection::vec(any::<u64>().prop_map(f64::from_bits), 1..80),
            prop::collection::vec((0i64..1000).prop_map(|it| it as f64 * 0.01), 1..600),
            prop::collection::vec(0.0..1.0f64, 1..300),
        ],
        starts in prop_oneof![Just(None), (any::<i64>(), any::<i64>()).prop_map(Some)],
        change in 0usize..100,
    ) {
        let starts: Vec<i64> = match starts {
            None => Vec::new(),
            Some((a, b)) => (0..values.len()).map(|i| if i < change { a } else { b }).collect(),
        };
        check_floats(&values, &starts);
    }
}
