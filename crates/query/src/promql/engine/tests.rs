//! The engine over series in memory: a range is its instants, threads change nothing, limits hold,
//! errors have the words of Prometheus.

mod limits;
mod names;
mod times;
mod words;

use crate::error::Error;
use crate::promql::engine::{Options, PromEngine, Query, QueryContext, Request};
use crate::promql::failure::ErrorType;
use crate::promql::prepare::Times;
use crate::promql::result::{QueryResult, SeriesPoints, Value};
use crate::promql::script::memory::MemorySeries;
use proptest::prelude::{ProptestConfig, Strategy, any, prop, proptest};
use std::collections::BTreeMap;
use std::sync::Arc;
use tacho_model::labels::Labels;
use tacho_model::sample::{SampleValue, stale_nan};
use tacho_stdx::clock::ManualClock;
use tacho_storage::read::ReadContext;

const MINUTE: i64 = 60_000;

fn engine(options: Options) -> PromEngine {
    PromEngine::new(options, Arc::new(ManualClock::at(0)))
}

fn labels(pairs: &[(&str, &str)]) -> Labels {
    Labels::from_pairs(pairs.iter().copied())
}

fn append(store: &mut MemorySeries, pairs: &[(&str, &str)], samples: &[(i64, f64)]) {
    for &(time, value) in samples {
        let value = SampleValue::Float(value);
        store.append(&labels(pairs), time, value, 0).unwrap();
    }
}

fn instant(store: &MemorySeries, text: &str, options: Options) -> Result<QueryResult, Error> {
    let read = ReadContext::default();
    let query = Query::parse(text)?;
    engine(options).instant(store, &query, 10 * MINUTE, QueryContext::new(&read))
}

fn range(
    store: &MemorySeries,
    text: &str,
    times: Times,
    options: Options,
) -> Result<QueryResult, Error> {
    let read = ReadContext::default();
    let query = Query::parse(text)?;
    engine(options).range(store, &query, times, QueryContext::new(&read))
}

fn over_ten_minutes() -> Times {
    Times {
        start_ms: 0,
        end_ms: 10 * MINUTE,
        step_ms: MINUTE,
    }
}

/// Two jobs with two instances each, one sample a minute.
fn two_jobs() -> MemorySeries {
    let mut store = MemorySeries::default();
    for (index, (job, instance)) in [("a", "0"), ("a", "1"), ("b", "0"), ("b", "1")]
        .into_iter()
        .enumerate()
    {
        let samples: Vec<_> = (0..=10)
            .map(|minute| (minute * MINUTE, (minute * (index as i64 + 1)) as f64))
            .collect();
        let pairs = [
            ("__name__", "x_total"),
            ("job", job),
            ("instance", instance),
        ];
        append(&mut store, &pairs, &samples);
        append(
            &mut store,
            &[("__name__", "weight"), ("job", job)],
            &samples[..usize::from(instance == "0") * samples.len()],
        );
    }
    store
}

fn message(result: Result<QueryResult, Error>) -> (ErrorType, String) {
    let error = result.unwrap_err();
    (ErrorType::of(&error), error.message().to_owned())
}

/// What a range query should give: its instant queries, put together.
fn by_instants(store: &MemorySeries, text: &str, times: Times) -> Result<Vec<SeriesPoints>, Error> {
    let read = ReadContext::default();
    let query = Query::parse(text)?;
    let engine = engine(Options::default());
    let mut by_labels: BTreeMap<Labels, Vec<(i64, f64)>> = BTreeMap::new();
    for step in 0..times.steps() {
        let time_ms = times.start_ms + times.step_ms * step as i64;
        let result = engine.instant(store, &query, time_ms, QueryContext::new(&read))?;
        let samples = match result.value {
            Value::Vector(samples) => samples,
            Value::Scalar { value, .. } => {
                by_labels
                    .entry(Labels::default())
                    .or_default()
                    .push((time_ms, value));
                continue;
            }
            other => panic!("no vector: {other:?}"),
        };
        for sample in samples {
            let SampleValue::Float(value) = sample.value else {
                panic!("no float");
            };
            by_labels
                .entry(sample.labels)
                .or_default()
                .push((time_ms, value));
        }
    }
    let series = by_labels.into_iter().map(|(labels, floats)| SeriesPoints {
        labels,
        floats,
        histograms: Vec::new(),
    });
    Ok(series.collect())
}

/// Values by their bits, so that NaN is equal to itself.
fn bits(series: &[SeriesPoints]) -> Vec<(String, Vec<(i64, u64)>)> {
    series
        .iter()
        .map(|it| {
            let floats = it
                .floats
                .iter()
                .map(|(time, value)| (*time, value.to_bits()));
            (it.labels.to_string(), floats.collect())
        })
        .collect()
}

fn matrix(result: QueryResult) -> Vec<SeriesPoints> {
    match result.value {
        Value::Matrix(series) => series,
        other => panic!("no matrix: {other:?}"),
    }
}

/// Queries over `x_total` and `weight` that have no `step()` or the like.
const QUERIES: &[&str] = &[
    "x_total",
    "x_total offset 2m",
    "-x_total",
    "rate(x_total[3m])",
    "sum by (job) (rate(x_total[3m]))",
    "avg(x_total)",
    "max without (instance) (x_total) - min without (instance) (x_total)",
    "quantile(0.3, x_total)",
    "stddev by (job) (x_total)",
    "count_values('v', x_total)",
    "topk(1, x_total)",
    "bottomk by (job) (1, x_total)",
    "limitk(2, x_total)",
    "limit_ratio(0.5, x_total)",
    "x_total / on (job) group_left weight",
    "weight * on (job) group_right x_total",
    "x_total > 3",
    "x_total > bool 3",
    "3 < x_total",
    "x_total and on (job) weight",
    "x_total or weight",
    "x_total unless x_total{job='a'}",
    "sum_over_time(x_total[4m])",
    "max_over_time(sum(x_total)[4m:1m])",
    "absent(x_total)",
    "absent_over_time(x_total{job='a'}[1m])",
    "timestamp(x_total)",
    "timestamp(-x_total)",
    "x_total @ 120",
    "sum(x_total @ 120) + sum(x_total)",
    "sum_over_time(x_total[2m] @ 240)",
    "predict_linear(x_total[3m], 60)",
    "scalar(weight{job='a'}) + time()",
    "vector(time())",
    "hour()",
    "clamp(x_total, 2, scalar(weight{job='b'}))",
    "label_replace(x_total, 'k', '$1-x', 'job', '(.*)')",
    "weight + on (job) fill (7) sum by (job) (x_total)",
    "rate(x_total[2m] anchored)",
    "x_total smoothed",
];

/// Samples of the four series and one more: each minute a value, a stale marker, or nothing.
fn stores() -> impl Strategy<Value = MemorySeries> {
    let sample = prop::option::weighted(
        0.8,
        prop::option::weighted(0.9, (0u32..50).prop_map(f64::from)),
    );
    let series = prop::collection::vec((sample, 0i64..40_000), 14);
    prop::collection::vec(series, 5).prop_map(|columns| {
        let mut store = MemorySeries::default();
        for (index, column) in columns.iter().enumerate() {
            let (job, instance) =
                [("a", "0"), ("a", "1"), ("b", "0"), ("b", "1"), ("a", "")][index];
            let name = if index == 4 { "weight" } else { "x_total" };
            let pairs = [("__name__", name), ("job", job), ("instance", instance)];
            for (minute, (sample, delay)) in column.iter().enumerate() {
                if let Some(value) = sample {
                    let time = minute as i64 * MINUTE + delay;
                    append(&mut store, &pairs, &[(time, value.unwrap_or(stale_nan()))]);
                }
            }
        }
        store
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_range_is_its_instants(store in stores(), start in 0i64..200_000, step in any::<bool>()) {
        let step_ms = if step { MINUTE } else { 7_001 };
        let times = Times { start_ms: start, end_ms: start + 12 * step_ms, step_ms };
        for text in QUERIES {
            let wanted = by_instants(&store, text, times).map(|it| bits(&it));
            let given = range(&store, text, times, Options::default()).map(|it| bits(&matrix(it)));
            match (wanted, given) {
                (Ok(wanted), Ok(given)) => assert_eq!(wanted, given, "{text}"),
                (Err(_), Err(_)) => {}
                (wanted, given) => panic!("{text}: {wanted:?} but {given:?}"),
            }
        }
    }

    #[test]
    fn queries_that_run_together_give_what_they_give_alone(store in stores()) {
        let times = over_ten_minutes();
        let queries: Vec<_> = QUERIES.iter().map(|it| Query::parse(it).unwrap()).collect();
        let requests: Vec<_> = queries.iter().map(|query| Request { query, times }).collect();
        let read = ReadContext::default();
        let together = engine(Options::default())
            .run_many(&store, &requests, QueryContext::new(&read));
        for (query, result) in queries.iter().zip(together) {
            let alone = range(&store, query.text(), times, Options::default());
            let (alone, result) = (alone.map(matrix), result.map(matrix));
            assert_eq!(alone.ok().map(|it| bits(&it)), result.ok().map(|it| bits(&it)));
        }
    }
}

#[test]
fn threads_change_nothing() {
    let mut store = MemorySeries::default();
    for series in 0..40i64 {
        let name = series.to_string();
        let samples: Vec<_> = (0..12_000i64)
            .map(|second| {
                let value = (second * (series + 3)) % (911 + series);
                (second * 1_000, value as f64 / 7.0)
            })
            .collect();
        let pairs = [("__name__", "x_total"), ("series", name.as_str())];
        append(&mut store, &pairs, &samples);
    }
    let times = Times {
        start_ms: 0,
        end_ms: 12_000_000,
        step_ms: 5 * MINUTE,
    };
    let wide = Options {
        workers: 4,
        ..Options::default()
    };
    for text in [
        "sum(rate(x_total[5m]))",
        "rate(x_total[5m])",
        "avg(x_total)",
        "x_total > 20",
    ] {
        let serial = range(&store, text, times, Options::default()).unwrap();
        let parallel = range(&store, text, times, wide.clone()).unwrap();
        assert_eq!(serial.stats.samples.total, parallel.stats.samples.total);
        assert_eq!(serial.infos, parallel.infos);
        assert_eq!(bits(&matrix(serial)), bits(&matrix(parallel)));
    }
}
