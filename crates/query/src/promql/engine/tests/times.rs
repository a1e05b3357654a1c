//! `@`, `offset` and subqueries: the same as asking at another time.

use super::{MINUTE, engine, two_jobs};
use crate::promql::engine::{Options, Query, QueryContext};
use crate::promql::result::Value;
use crate::promql::script::memory::MemorySeries;
use tacho_model::sample::SampleValue;
use tacho_storage::read::ReadContext;

/// Labels and values of an instant query.
fn ask(store: &MemorySeries, text: &str, time_ms: i64) -> Vec<(String, f64)> {
    let read = ReadContext::default();
    let query = Query::parse(text).unwrap();
    let result = engine(Options::default())
        .instant(store, &query, time_ms, QueryContext::new(&read))
        .unwrap();
    let Value::Vector(samples) = result.value else {
        panic!("{text} gives no vector");
    };
    samples
        .into_iter()
        .map(|sample| match sample.value {
            SampleValue::Float(value) => (sample.labels.to_string(), value),
            SampleValue::Histogram(_) => panic!("no float"),
        })
        .collect()
}

#[test]
fn at_is_asking_at_that_time_whenever_it_is_asked() {
    let store = two_jobs();
    for (pinned, plain) in [
        ("x_total @ 300", "x_total"),
        ("x_total @ 300 offset 2m", "x_total offset 2m"),
        ("x_total offset 2m @ 300", "x_total offset 2m"),
        ("rate(x_total[3m] @ 300)", "rate(x_total[3m])"),
        (
            "sum_over_time(x_total[3m] @ 300 offset 1m)",
            "sum_over_time(x_total[3m] offset 1m)",
        ),
        (
            "max_over_time(sum(x_total)[4m:1m] @ 300)",
            "max_over_time(sum(x_total)[4m:1m])",
        ),
        (
            "sum_over_time(rate(x_total[2m])[3m:30s] @ 300 offset 1m)",
            "sum_over_time(rate(x_total[2m])[3m:30s] offset 1m)",
        ),
        ("timestamp(x_total @ 300)", "timestamp(x_total)"),
        (
            "abs(x_total @ 300) + abs(x_total @ 300)",
            "2 * abs(x_total)",
        ),
    ] {
        let wanted = ask(&store, plain, 5 * MINUTE);
        assert!(!wanted.is_empty());
        for minute in [0, 3, 8, 60] {
            assert_eq!(ask(&store, pinned, minute * MINUTE), wanted, "{pinned}");
        }
    }
}

#[test]
fn at_inside_of_a_subquery_counts_more_than_the_one_around_it() {
    let store = two_jobs();
    let text = "sum_over_time((x_total{job='a', instance='0'} @ 120)[3m:1m] @ 600)";
    let wanted = [("{instance=\"0\", job=\"a\"}".to_owned(), 2.0 * 3.0)];
    assert_eq!(ask(&store, text, 0), wanted);
    let text = "max_over_time(timestamp(x_total{job='a', instance='0'} @ 120)[3m:1m] @ 600)";
    assert_eq!(ask(&store, text, 0)[0].1, 120.0);
    let text = "max_over_time(timestamp(-x_total{job='a', instance='0'} @ 120)[3m:1m] @ 600)";
    assert_eq!(ask(&store, text, 0)[0].1, 600.0);
}

#[test]
fn subqueries_lie_at_multiples_of_their_step() {
    let store = two_jobs();
    let times = "min_over_time(timestamp(vector(1))[3m:70s])";
    // (210 s, 390 s]: 280 s and 350 s.
    assert_eq!(ask(&store, times, 390_000)[0].1, 280.0);
    // The start itself is not in the range.
    assert_eq!(ask(&store, times, 460_000)[0].1, 350.0);
    let count = "count_over_time(vector(1)[5m:])";
    assert_eq!(ask(&store, count, 7 * MINUTE)[0].1, 5.0);
    let by_hand: f64 = [280, 350]
        .iter()
        .map(|second| ask(&store, "sum(x_total)", second * 1_000)[0].1)
        .sum();
    let sums = ask(&store, "sum_over_time(sum(x_total)[3m:70s])", 390_000);
    assert_eq!(sums, [("{}".to_owned(), by_hand)]);
}

#[test]
fn the_look_back_ends_before_it_is_full() {
    let store = two_jobs();
    let text = "x_total{job='a', instance='0'}";
    assert_eq!(ask(&store, text, 15 * MINUTE - 1).len(), 1);
    assert_eq!(ask(&store, text, 15 * MINUTE).len(), 0);
    let window = "count_over_time(x_total{job='a', instance='0'}[2m])";
    assert_eq!(ask(&store, window, 10 * MINUTE)[0].1, 2.0);
}

#[test]
fn the_range_of_a_query_is_known_to_it() {
    let store = two_jobs();
    for (text, wanted) in [
        ("vector(start())", 300.0),
        ("vector(end())", 300.0),
        ("vector(step())", 0.0),
        ("vector(range())", 0.0),
    ] {
        assert_eq!(ask(&store, text, 5 * MINUTE)[0].1, wanted);
    }
    let at_start = "x_total{job='a', instance='0'} @ start()";
    assert_eq!(ask(&store, at_start, 5 * MINUTE)[0].1, 5.0);
}
