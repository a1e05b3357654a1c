//! What a query may take.

use super::{MINUTE, engine, instant, message, over_ten_minutes, range, two_jobs};
use crate::error::ErrorKind;
use crate::promql::engine::{Options, Query, QueryContext};
use crate::promql::failure::ErrorType;
use crate::promql::prepare::Times;
use std::time::Duration;
use tacho_storage::read::ReadContext;

#[test]
fn more_samples_than_allowed_are_refused_by_the_words_of_prometheus() {
    let options = Options {
        samples_max: 10,
        ..Options::default()
    };
    let result = range(&two_jobs(), "x_total", over_ten_minutes(), options.clone());
    let error = result.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::LimitExceeded);
    assert!(error.hint().unwrap().contains("query.promql.max_samples"));
    let text = "query processing would load too many samples into memory in query execution";
    assert_eq!(error.message(), text);
    assert_eq!(ErrorType::of(&error), ErrorType::Execution);
    assert!(instant(&two_jobs(), "x_total", options).is_ok());
}

#[test]
fn columns_that_do_not_fit_are_refused_before_they_are_made() {
    let options = Options {
        memory_bytes_max: 100,
        ..Options::default()
    };
    let result = range(&two_jobs(), "x_total", over_ten_minutes(), options.clone());
    let error = result.unwrap_err();
    assert!(error.message().contains("4 series at 11 steps"));
    assert!(error.hint().unwrap().contains("query.memory"));
    let result = instant(&two_jobs(), "sum_over_time(vector(1)[1000d:1s])", options);
    assert_eq!(message(result).0, ErrorType::Execution);
}

#[test]
fn selectors_that_match_too_much_are_refused() {
    let options = Options {
        series_max: 3,
        ..Options::default()
    };
    let error = instant(&two_jobs(), "x_total", options.clone()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::LimitExceeded);
    assert!(instant(&two_jobs(), "x_total{job='a'}", options).is_ok());
}

#[test]
fn ranges_have_a_limit_of_steps_and_an_order() {
    let times = |end_ms, step_ms| Times {
        start_ms: 0,
        end_ms,
        step_ms,
    };
    let ask = |times| message(range(&two_jobs(), "x_total", times, Options::default()));
    let (kind, text) = ask(times(11_000, 1));
    assert_eq!(kind, ErrorType::BadData);
    let wanted = "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)";
    assert_eq!(text, wanted);
    assert_eq!(ask(times(-1, 1)).0, ErrorType::BadData);
    assert_eq!(ask(times(1, 0)).0, ErrorType::BadData);
    let text = message(range(
        &two_jobs(),
        "x_total[1m]",
        times(1, 1),
        Options::default(),
    ))
    .1;
    let wanted = "invalid expression type \"range vector\" for range query, must be Scalar or instant Vector";
    assert_eq!(text, wanted);
}

#[test]
fn cancelled_and_late_queries_stop() {
    let read = ReadContext::default();
    read.cancel.cancel();
    let query = Query::parse("x_total").unwrap();
    let store = two_jobs();
    let result = engine(Options::default()).instant(&store, &query, 0, QueryContext::new(&read));
    let (kind, text) = message(result);
    assert_eq!(kind, ErrorType::Canceled);
    assert_eq!(text, "query was canceled in query execution");
    let options = Options {
        timeout: Duration::ZERO,
        ..Options::default()
    };
    let (kind, text) = message(instant(&store, "x_total", options));
    assert_eq!(kind, ErrorType::Timeout);
    assert_eq!(text, "query timed out in query execution");
}

#[test]
fn samples_are_counted_by_step() {
    let result = range(
        &two_jobs(),
        "sum(rate(x_total[2m]))",
        over_ten_minutes(),
        Options::default(),
    );
    let samples = result.unwrap().stats.samples;
    assert_eq!(samples.per_step.len(), 11);
    assert_eq!(samples.per_step[0], (0, 4));
    assert_eq!(samples.per_step[10], (10 * MINUTE, 8));
    assert_eq!(samples.total, 4 + 10 * 8);
    assert!(samples.peak > 0);
    // Each sample is read once.
    assert_eq!(samples.read, 4 * 11);
    assert_eq!(samples.read_per_step[3], (3 * MINUTE, 4));
    let subquery = instant(
        &two_jobs(),
        "max_over_time(sum(x_total)[3m:1m])",
        Options::default(),
    );
    let samples = subquery.unwrap().stats.samples;
    assert_eq!((samples.total, samples.read), (3, 3 * 4));
}

#[test]
fn long_sums_are_evaluated_on_a_small_stack() {
    let text = vec!["1"; 240].join(" + ");
    let nested = format!("{}x_total{}", "abs(".repeat(90), ")".repeat(90));
    let work = move || {
        let store = two_jobs();
        assert!(instant(&store, &text, Options::default()).is_ok());
        assert!(instant(&store, &nested, Options::default()).is_ok());
    };
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(work);
    thread.unwrap().join().unwrap();
}
