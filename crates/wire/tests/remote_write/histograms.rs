//! Native histograms: what is taken, and what is refused in which words.

use crate::schema::{BucketSpan, Count, Histogram, TimeSeries, WriteRequest, ZeroCount};
use prost::Message as _;
use tacho_model::histogram::{CounterResetHint, Histogram as Model};
use tacho_wire::remote_write::histogram::merge::{downscale, from_indexed};
use tacho_wire::remote_write::{SampleValue, Version, decode};

fn outcome(histogram: Histogram) -> Result<Model, String> {
    let request = WriteRequest {
        timeseries: vec![TimeSeries {
            histograms: vec![histogram],
            ..TimeSeries::default()
        }],
        metadata: Vec::new(),
    };
    let body = request.encode_to_vec();
    let mut decoded = decode(&body, Version::V1, &mut |_| true).unwrap();
    assert_eq!(decoded.samples[0].time_ms, 1000);
    match decoded.samples[0].value {
        SampleValue::Histogram(at) => Ok(decoded.histograms.swap_remove(at as usize)),
        SampleValue::Invalid(at) => Err(decoded.problems.swap_remove(at as usize)),
        SampleValue::Float(value) => Err(format!("a float: {value}")),
    }
}

fn integers() -> Histogram {
    Histogram {
        count: Some(Count::Int(10)),
        sum: 3.5,
        schema: 1,
        zero_threshold: 0.001,
        zero_count: Some(ZeroCount::Int(2)),
        positive_spans: vec![
            BucketSpan {
                offset: -2,
                length: 2,
            },
            BucketSpan {
                offset: 1,
                length: 1,
            },
        ],
        positive_deltas: vec![1, 1, -1],
        negative_spans: vec![BucketSpan {
            offset: 0,
            length: 1,
        }],
        negative_deltas: vec![4],
        reset_hint: 1,
        timestamp: 1000,
        ..Histogram::default()
    }
}

#[test]
fn integer_histograms_become_absolute_counts() {
    let histogram = outcome(integers()).unwrap();
    assert_eq!((histogram.count, histogram.sum), (10.0, 3.5));
    assert_eq!((histogram.schema, histogram.zero_count), (1, 2.0));
    assert_eq!(histogram.counter_reset_hint, CounterResetHint::Reset);
    let positive: Vec<_> = histogram.positive.iter().collect();
    assert_eq!(positive, [(-2, 1.0), (-1, 2.0), (1, 1.0)]);
    let negative: Vec<_> = histogram.negative.iter().collect();
    assert_eq!(negative, [(0, 4.0)]);
}

#[test]
fn float_and_custom_histograms_are_taken() {
    let histogram = outcome(Histogram {
        count: Some(Count::Float(2.5)),
        schema: -53,
        positive_spans: vec![BucketSpan {
            offset: 1,
            length: 2,
        }],
        positive_counts: vec![1.0, 1.5],
        custom_values: vec![0.5, 2.0],
        timestamp: 1000,
        ..Histogram::default()
    })
    .unwrap();
    assert_eq!(*histogram.custom_bounds, [0.5, 2.0]);
    assert_eq!(histogram.positive.counts, [1.0, 1.5]);
    assert!(histogram.has_custom_bounds());
}

#[test]
fn a_finer_schema_is_brought_down() {
    let histogram = outcome(Histogram {
        count: Some(Count::Int(6)),
        schema: 10,
        positive_spans: vec![BucketSpan {
            offset: 1,
            length: 5,
        }],
        positive_deltas: vec![1, 0, 0, 0, 1],
        timestamp: 1000,
        ..Histogram::default()
    })
    .unwrap();
    assert_eq!(histogram.schema, 8);
    let positive: Vec<_> = histogram.positive.iter().collect();
    assert_eq!(positive, [(1, 4.0), (2, 2.0)]);
}

#[test]
fn buckets_merge_in_groups_that_end_at_multiples() {
    let fine = from_indexed([(-3, 1.0), (-2, 1.0), (0, 1.0), (1, 1.0), (2, 1.0), (3, 1.0)]);
    let merged: Vec<_> = downscale(&fine, 1).iter().collect();
    assert_eq!(merged, [(-1, 2.0), (0, 1.0), (1, 2.0), (2, 1.0)]);
}

#[test]
fn impossible_histograms_are_refused_in_the_words_of_prometheus() {
    let check = |change: &dyn Fn(&mut Histogram), expected: &str| {
        let mut histogram = integers();
        change(&mut histogram);
        assert_eq!(outcome(histogram).unwrap_err(), expected);
    };
    check(
        &|histogram| histogram.count = Some(Count::Int(11)),
        "10 observations found in buckets, but the Count field is 11: histogram's observation count \
         should equal the number of observations found in the buckets (in absence of NaN)",
    );
    check(
        &|histogram| histogram.positive_deltas = vec![1, -2, 1],
        "positive side: bucket number 2 has observation count of -1: histogram has a bucket whose \
         observation count is negative",
    );
    check(
        &|histogram| histogram.positive_deltas = vec![1],
        "positive side: spans need 3 buckets, have 1 buckets: histogram spans specify different number \
         of buckets than provided",
    );
    check(
        &|histogram| histogram.positive_spans[1].offset = -1,
        "positive side: span number 2 with offset -1: histogram has a span whose offset is negative",
    );
    check(
        &|histogram| histogram.schema = -9,
        "histogram has an invalid schema, which must be between -4 and 8 for exponential buckets, or \
         -53 for custom buckets, got schema -9",
    );
    check(
        &|histogram| histogram.custom_values = vec![1.0],
        "histogram with exponential schema must not have custom bounds",
    );
    check(
        &|histogram| histogram.schema = -53,
        "custom buckets: span number 1 with offset -2: histogram has a span whose offset is negative",
    );
}
