//! Advice in the words of promtool.

use super::super::lint::lint;
use super::{Format, Limits};

fn advice(body: &str, format: Format) -> Vec<String> {
    let advice = lint(body.as_bytes(), format, Limits::default()).unwrap();
    let lines = advice.into_iter();
    lines
        .map(|a| format!("{} {} {}", a.line, a.metric, a.text))
        .collect()
}

#[test]
fn good_names_get_no_advice() {
    let body = "\
# HELP http_requests_total x
# TYPE http_requests_total counter
http_requests_total{code=\"200\"} 1
# HELP h_seconds x
# TYPE h_seconds histogram
h_seconds_bucket{le=\"+Inf\"} 1
h_seconds_sum 1
h_seconds_count 1
# HELP s_bytes x
# TYPE s_bytes summary
s_bytes{quantile=\"0.5\"} 1
s_bytes_count 1
";
    assert_eq!(advice(body, Format::PrometheusText), [""; 0]);
    let body =
        "# HELP a x\n# TYPE a counter\na_total 1\n# HELP b x\n# TYPE b info\nb_info 1\n# EOF\n";
    assert_eq!(advice(body, Format::OpenMetrics), [""; 0]);
}

#[test]
fn each_rule_speaks_up() {
    let cases = [
        ("a 1\n", "a no help text"),
        (
            "# TYPE a counter\n# HELP a x\na 1\n",
            "a counter metrics should have \"_total\" suffix",
        ),
        (
            "# HELP a_total x\n# TYPE a_total gauge\na_total 1\n",
            "a_total non-counter metrics should not have \"_total\" suffix",
        ),
        (
            "# HELP x_milliseconds x\nx_milliseconds 1\n",
            "x_milliseconds use base unit \"seconds\" instead of \"milliseconds\"",
        ),
        (
            "# HELP x_kibibytes x\nx_kibibytes 1\n",
            "x_kibibytes use base unit \"bytes\" instead of \"kibibytes\"",
        ),
        (
            "# HELP x_hours x\nx_hours 1\n",
            "x_hours use base unit \"seconds\" instead of \"hours\"",
        ),
        (
            "# HELP a_count x\n# TYPE a_count gauge\na_count 1\n",
            "a_count non-histogram and non-summary metrics should not have \"_count\" suffix",
        ),
        (
            "# HELP a_bucket x\n# TYPE a_bucket gauge\na_bucket 1\n",
            "a_bucket non-histogram metrics should not have \"_bucket\" suffix",
        ),
        (
            "# HELP a x\n# TYPE a gauge\na{le=\"1\"} 1\n",
            "a non-histogram metrics should not have \"le\" label",
        ),
        (
            "# HELP a x\n# TYPE a gauge\na{quantile=\"1\"} 1\n",
            "a non-summary metrics should not have \"quantile\" label",
        ),
        (
            "# HELP a_gauge_x x\n# TYPE a_gauge_x gauge\na_gauge_x 1\n",
            "a_gauge_x metric name should not include type 'gauge'",
        ),
        (
            "# HELP a:b x\na:b 1\n",
            "a:b metric names should not contain ':'",
        ),
        (
            "# HELP aB x\naB 1\n",
            "aB metric names should be written in 'snake_case' not 'camelCase'",
        ),
        (
            "# HELP a x\na{bC=\"1\"} 1\n",
            "a label names should be written in 'snake_case' not 'camelCase'",
        ),
        (
            "# HELP a_ms x\na_ms 1\n",
            "a_ms metric names should not contain abbreviated units",
        ),
        ("# HELP a x\na 1\na 1\n", "a metric not unique"),
    ];
    for (body, expected) in cases {
        let line = format!("1 {expected}");
        assert_eq!(advice(body, Format::PrometheusText), [line], "{body}");
    }
}
