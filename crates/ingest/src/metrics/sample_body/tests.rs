//! Batches survive their bytes; bytes that no program wrote are refused.

use super::{decode, encode};
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};
use std::sync::Arc;
use tacho_model::histogram::{BucketSpan, Buckets, CounterResetHint, Histogram};
use tacho_model::labels::Labels;
use tacho_model::metric::{Exemplar, Metadata, MetricKind};
use tacho_storage::error::ErrorKind;
use tacho_storage::samples::batch::{Point, PointValue, RunKind, SampleBatch, SeriesRun};

fn labels() -> impl Strategy<Value = Labels> {
    vec(("[a-c_]{1,5}", "[x-zé]{0,9}"), 0..4).prop_map(Labels::from_pairs)
}

fn histogram() -> Histogram {
    Histogram {
        counter_reset_hint: CounterResetHint::NotReset,
        schema: -53,
        zero_threshold: 0.5,
        zero_count: 1.0,
        count: 9.0,
        sum: f64::NAN,
        positive: Buckets {
            spans: vec![BucketSpan {
                offset: -3,
                length: 2,
            }],
            counts: vec![1.0, 2.5],
        },
        negative: Buckets::default(),
        custom_bounds: Arc::from([0.1, 0.2]),
    }
}

fn point() -> impl Strategy<Value = Point> {
    let value = prop_oneof![
        4 => any::<u64>().prop_map(|bits| PointValue::Float(f64::from_bits(bits))),
        1 => Just(PointValue::Histogram(0)),
    ];
    (any::<i64>(), prop_oneof![Just(0), any::<i64>()], value).prop_map(
        |(time_ms, start_ms, value)| Point {
            time_ms,
            start_ms,
            value,
        },
    )
}

type Given = Vec<(Labels, bool, Vec<Point>)>;

fn given() -> impl Strategy<Value = (Given, Vec<Labels>)> {
    let series = vec((labels(), any::<bool>(), vec(point(), 0..4)), 1..5);
    (series, vec(labels(), 0..3))
}

fn batch(given: Given, exemplars: Vec<Labels>) -> (SampleBatch, Vec<Labels>) {
    let mut series = Vec::new();
    let mut points = Vec::new();
    let mut names = Vec::new();
    for (labels, is_delta, own) in given {
        series.push(SeriesRun {
            alias: 0,
            points: own.len() as u32,
            kind: if is_delta {
                RunKind::Delta
            } else {
                RunKind::Plain
            },
        });
        points.extend(own);
        names.push(labels);
    }
    let batch = SampleBatch {
        series,
        points,
        histograms: vec![Arc::new(histogram())],
        exemplars: exemplars
            .into_iter()
            .map(|labels| {
                let exemplar = Exemplar {
                    labels,
                    value: 0.5,
                    time_ns: -7,
                };
                (0, exemplar)
            })
            .collect(),
        metadata: vec![(
            "a".to_owned(),
            Metadata {
                kind: MetricKind::StateSet,
                help: "help".to_owned(),
                unit: "s".to_owned(),
                otlp_name: "a.b".to_owned(),
            },
        )],
        labels: Box::new(super::KnownLabels(names.clone())),
    };
    (batch, names)
}

/// All of a batch as text, with floats as bits.
fn shown(batch: &SampleBatch) -> String {
    let labels: Vec<_> = (0..batch.series.len())
        .map(|at| batch.labels.labels(at).unwrap())
        .collect();
    let points: Vec<_> = batch
        .points
        .iter()
        .map(|point| match point.value {
            PointValue::Float(value) => (point.time_ms, point.start_ms, value.to_bits(), 0),
            PointValue::Histogram(at) => (point.time_ms, point.start_ms, 0, at + 1),
        })
        .collect();
    format!(
        "{labels:?} {:?} {points:?} {:?} {:?} {:?}",
        batch.series, batch.histograms, batch.exemplars, batch.metadata
    )
}

proptest! {
    #[test]
    fn batches_come_back((given, exemplars) in given()) {
        let (batch, labels) = batch(given, exemplars);
        let bytes = encode(&batch, &labels);
        let again = decode(&bytes).unwrap();
        assert_eq!(shown(&again), shown(&batch));
        for cut in 0..bytes.len() {
            assert_eq!(decode(&bytes[..cut]).err().map(|error| error.kind()), Some(ErrorKind::Corrupt));
        }
    }

    #[test]
    fn fuzz_any_bytes(data in vec(any::<u8>(), 0..200)) {
        let _ = decode(&data);
        let _ = decode(&[&[1][..], &data].concat());
    }
}

#[test]
fn newer_bytes_are_invalid() {
    assert_eq!(
        decode(&[2]).err().map(|error| error.kind()),
        Some(ErrorKind::Invalid)
    );
}
