//! Chunks in memory give back what was added, in few bytes.

use super::{HeadChunk, HeadHistograms};
use proptest::prelude::*;
use std::sync::Arc;
use tacho_model::histogram::Histogram;
use tacho_model::sample::{SampleColumns, stale_nan};

fn chunk_of(samples: &[(i64, f64, i64)]) -> HeadChunk {
    let mut chunk = HeadChunk::default();
    for (time, value, start) in samples {
        assert!(chunk.append(*time, *value, *start));
    }
    chunk
}

#[track_caller]
fn assert_same(chunk: &HeadChunk, samples: &[(i64, f64, i64)]) {
    let mut out = SampleColumns::default();
    chunk.decode_into(&mut out);
    assert_eq!(out.len(), samples.len());
    assert_eq!(chunk.len(), samples.len());
    for (row, (time, value, start)) in samples.iter().enumerate() {
        assert_eq!(out.times[row], *time, "row {row}");
        assert_eq!(out.values[row].to_bits(), value.to_bits(), "row {row}");
        assert_eq!(out.start(row), *start, "row {row}");
    }
    let one_by_one: Vec<_> = chunk.iter().map(|it| (it.time_ms, it.start_ms)).collect();
    let expected: Vec<_> = samples.iter().map(|it| (it.0, it.2)).collect();
    assert_eq!(one_by_one, expected);
    for (sample, (_, value, _)) in chunk.iter().zip(samples) {
        assert_eq!(sample.value.to_bits(), value.to_bits());
    }
    let sealed = chunk.clone().seal();
    let mut again = SampleColumns::default();
    again.push_float(i64::MIN, 1.0, 0);
    sealed.decode_into(&mut again);
    assert_eq!(again.times[1..], out.times);
    assert_eq!(again.starts.get(1..).unwrap_or_default(), out.starts);
    let bits = |values: &[f64]| values.iter().map(|it| it.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&again.values[1..]), bits(&out.values));
    let Some((time, value, start)) = samples.last() else {
        return;
    };
    assert_eq!(
        (sealed.first_time(), sealed.last_time()),
        (samples[0].0, *time)
    );
    assert_eq!(chunk.last_time(), *time);
    assert_eq!(chunk.last_value().to_bits(), value.to_bits());
    assert_eq!(chunk.last_start(), *start);
    assert_eq!(chunk.first_time(), samples[0].0);
}

#[test]
fn a_series_of_three_samples_costs_less_than_60_bytes() {
    assert_eq!(size_of::<HeadChunk>(), 48);
    let time = 1_763_000_000_123;
    let samples = [
        (time, 1.0, 0),
        (time + 60_000, 3.0, 0),
        (time + 120_000, 4.0, 0),
    ];
    let chunk = chunk_of(&samples);
    assert_same(&chunk, &samples);
    assert!(chunk.memory() < 60, "{}", chunk.memory());
}

#[test]
fn special_values_come_back_bit_for_bit() {
    let values = [
        0.0,
        -0.0,
        1.0,
        stale_nan(),
        2.0,
        f64::NAN,
        f64::from_bits(0x7ff8_0000_0000_0001),
        f64::from_bits(0xfff0_dead_beef_0001),
        f64::INFINITY,
        f64::NEG_INFINITY,
        0.25,
        0.1 + 0.2,
        stale_nan(),
        f64::MIN_POSITIVE,
        5e-324,
        f64::MAX,
        9_007_199_254_740_993.0,
        1e300,
    ];
    let numbered = values.iter().enumerate();
    let samples: Vec<_> = numbered
        .map(|(i, value)| (i as i64 * 7, *value, 0))
        .collect();
    assert_same(&chunk_of(&samples), &samples);
    for (i, value) in values.iter().enumerate() {
        let one = [(i as i64, *value, 0)];
        assert_same(&chunk_of(&one), &one);
    }
}

#[test]
fn extreme_times_and_starts_are_kept_or_refused() {
    let mut chunk = HeadChunk::default();
    assert!(chunk.append(i64::MIN, 1.0, i64::MAX));
    assert!(!chunk.append(i64::MIN, 2.0, 0));
    assert!(!chunk.append(i64::MAX, 2.0, 0));
    assert!(chunk.append(i64::MIN + i64::from(u32::MAX), 2.0, i64::MIN));
    assert!(!chunk.append(i64::MIN + i64::from(u32::MAX) + 1, 2.0, 0));
    let samples = [
        (i64::MIN, 1.0, i64::MAX),
        (i64::MIN + i64::from(u32::MAX), 2.0, i64::MIN),
    ];
    assert_same(&chunk, &samples);
    assert_eq!(HeadChunk::default().first_time(), 0);
    assert_same(&HeadChunk::default(), &[]);
}

#[test]
fn starts_may_appear_and_vanish() {
    let samples = [
        (10, 1.0, 0),
        (20, 2.0, 5),
        (30, 3.0, 5),
        (40, 1.0, 35),
        (50, 1.0, 0),
        (60, 1.0, 35),
    ];
    assert_same(&chunk_of(&samples), &samples);
}

#[test]
fn a_full_chunk_refuses_and_stays_whole() {
    let mut chunk = HeadChunk::default();
    let mut samples = Vec::new();
    for i in 0..70_000i64 {
        // Hard to compress.
        let value = f64::from_bits((i as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        if !chunk.append(i * i, value, 0) {
            break;
        }
        samples.push((i * i, value, 0));
    }
    assert!(samples.len() > 400 && chunk.bytes() <= 8192);
    assert_same(&chunk, &samples);
    let mut flat = HeadChunk::default();
    let taken = (0..100_000).take_while(|i| flat.append(*i, 1.0, 0)).count();
    assert!(taken > 30_000, "{taken}");
    assert_eq!(flat.len(), taken);
}

#[test]
fn histograms_are_kept_as_they_are_and_counted() {
    let mut list = HeadHistograms::default();
    let histogram = Arc::new(Histogram {
        count: 3.0,
        ..Histogram::default()
    });
    let before = list.memory();
    assert!(list.append(5, Arc::clone(&histogram), 1));
    assert!(!list.append(5, Arc::clone(&histogram), 1));
    assert!(list.append(6, Arc::clone(&histogram), 0));
    assert!(list.memory() > before + 2 * size_of::<Histogram>());
    let mut out = SampleColumns::default();
    list.decode_into(&mut out);
    assert_eq!(out.times, [5, 6]);
    assert_eq!(out.starts, [1, 0]);
    assert_eq!(out.histogram(1), Some(&histogram));
}

/// Eight kinds of scraped series with jitter and gaps.
fn scraped(kind: usize, count: usize) -> Vec<(i64, f64, i64)> {
    let mut state = 0x1234_5678_9abc_def1u64 ^ kind as u64;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    let mut total = 1000.0;
    let samples = (0..count as i64).map(|i| {
        let jitter = if random() < 0.2 {
            (random() * 19.0) as i64 - 9
        } else {
            0
        };
        let value = match kind {
            0 => {
                total += (900.0 + random() * 200.0).floor();
                total
            }
            1 => {
                total += if random() < 0.05 { 1.0 } else { 0.0 };
                total
            }
            2 => {
                total += random() * 3.0;
                total
            }
            3 => 4096.0 * (50_000.0 + (random() * 400.0).floor()),
            4 => random(),
            5 => (random() * 10_000.0).round() / 100.0,
            6 => 1.0,
            _ => {
                total += if random() < 0.2 {
                    (random() * 5.0).floor()
                } else {
                    0.0
                };
                total
            }
        };
        (1_763_000_000_000 + i * 15_000 + jitter, value, 0)
    });
    samples.collect()
}

#[test]
fn scraped_series_take_few_bytes() {
    let mut sum = 0.0;
    for kind in 0..8 {
        let samples = scraped(kind, 240);
        let mut chunk = chunk_of(&samples);
        assert_same(&chunk, &samples);
        chunk.shrink();
        assert_same(&chunk, &samples);
        let each = chunk.bytes() as f64 / 240.0;
        println!("kind {kind}: {each:.2} B a sample");
        sum += each;
    }
    println!("mean: {:.2} B a sample", sum / 8.0);
    assert!(sum / 8.0 < 3.2, "{}", sum / 8.0);
}

fn any_value() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => (-1000i64..1000).prop_map(|value| value as f64),
        2 => (-100_000i64..100_000).prop_map(|value| value as f64 / 100.0),
        1 => any::<i64>().prop_map(|value| value as f64),
        2 => any::<u64>().prop_map(f64::from_bits),
        1 => Just(stale_nan()),
        1 => Just(-0.0),
        1 => Just(1.5),
    ]
}

proptest! {
    #[test]
    fn what_was_added_comes_back(
        first in prop_oneof![Just(0i64), Just(1_763_000_000_000), any::<i64>()],
        steps in prop::collection::vec(
            (prop_oneof![Just(15_000i64), 1i64..40_000, 1i64..10_000_000], any_value(),
             prop_oneof![4 => Just(0i64), 2 => Just(77), 1 => any::<i64>()]),
            1..200,
        ),
    ) {
        let mut time = first;
        let mut chunk = HeadChunk::default();
        let mut samples = Vec::new();
        for (step, value, start) in steps {
            if chunk.append(time, value, start) {
                samples.push((time, value, start));
            }
            time = time.saturating_add(step);
        }
        assert_same(&chunk, &samples);
        assert_same(&chunk.clone(), &samples);
    }
}
