//! Errors and remarks in the words of Prometheus.

use super::{MINUTE, append, instant, message, two_jobs};
use crate::promql::engine::{Options, Query};
use crate::promql::failure::ErrorType;
use crate::promql::result::Value;

fn error(text: &str) -> String {
    message(instant(&two_jobs(), text, Options::default())).1
}

#[test]
fn matching_that_is_not_unique_is_explained() {
    assert_eq!(
        error("x_total * on (job) weight"),
        "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)"
    );
    assert_eq!(
        error("weight * on (job) x_total"),
        "found duplicate series for the match group {job=\"a\"} on the right hand-side of the operation: [{__name__=\"x_total\", instance=\"0\", job=\"a\"}, {__name__=\"x_total\", instance=\"1\", job=\"a\"}];many-to-many matching not allowed: matching labels must be unique on one side"
    );
    assert_eq!(
        error("x_total * on (job) group_left (instance) weight"),
        "multiple matches for labels: grouping labels must ensure unique matches"
    );
}

#[test]
fn names_that_are_dropped_must_not_make_series_equal() {
    let mut store = two_jobs();
    append(
        &mut store,
        &[("__name__", "y_total"), ("job", "a"), ("instance", "0")],
        &[(9 * MINUTE, 1.0), (10 * MINUTE, 1.0)],
    );
    let text = "rate({__name__=~\"x_total|y_total\"}[5m])";
    let (kind, message) = message(instant(&store, text, Options::default()));
    assert_eq!(kind, ErrorType::Execution);
    assert_eq!(
        message,
        "vector cannot contain metrics with the same labelset"
    );
    let text = "sum by (__name__) (rate({__name__=~\"x_total|y_total\"}[5m]))";
    assert!(instant(&store, text, Options::default()).is_err());
}

#[test]
fn parse_errors_are_bad_data() {
    let error = Query::parse("sum(").unwrap_err();
    assert_eq!(ErrorType::of(&error), ErrorType::BadData);
    assert!(error.message().starts_with("1:5: parse error: "));
}

#[test]
fn remarks_tell_their_place() {
    let result = instant(&two_jobs(), "rate(weight[5m])", Options::default()).unwrap();
    let text = "PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: \"weight\" (1:6)";
    assert_eq!(result.infos, [text]);
    let result = instant(&two_jobs(), "\nquantile(2, x_total)", Options::default()).unwrap();
    let text = "PromQL warning: quantile value should be between 0 and 1, got 2 (2:10)";
    assert_eq!(result.warnings, [text]);
}

#[test]
fn parameters_that_make_no_sense_are_refused() {
    assert_eq!(error("topk(NaN, x_total)"), "Parameter value is NaN");
    assert_eq!(
        error("topk(1e30, x_total)"),
        "Scalar value 1e+30 overflows int64"
    );
    assert_eq!(error("limit_ratio(NaN, x_total)"), "Ratio value is NaN");
    let result = instant(&two_jobs(), "topk(0.5, x_total)", Options::default());
    assert_eq!(result.unwrap().value, Value::Vector(Vec::new()));
}
