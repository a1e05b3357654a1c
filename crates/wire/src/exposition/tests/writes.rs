//! What is printed reads back as the same.

use super::super::check::check;
use super::super::write::{Row, Writer};
use super::{Format, Limits, taken};
use tacho_model::labels::Labels;
use tacho_model::metric::{Exemplar, Metadata, MetricKind};

fn row(labels: &[(&str, &str)], value: f64, time_ms: Option<i64>) -> Row {
    Row {
        labels: Labels::from_pairs(labels.iter().copied()),
        value,
        time_ms,
        exemplar: None,
    }
}

fn metadata(kind: MetricKind, help: &str, unit: &str) -> Metadata {
    Metadata {
        kind,
        help: help.to_owned(),
        unit: unit.to_owned(),
        otlp_name: String::new(),
    }
}

fn histogram() -> Vec<Row> {
    let name = "__name__";
    let mut rows = vec![
        row(&[(name, "h_seconds_count")], 3.0, None),
        row(&[(name, "h_seconds_sum")], 1.5e9, None),
        row(&[(name, "h_seconds_bucket"), ("le", "+Inf")], 3.0, None),
        row(&[(name, "h_seconds_bucket"), ("le", "10.0")], 2.0, None),
        row(&[(name, "h_seconds_bucket"), ("le", "2.0")], 1.0, None),
    ];
    rows[3].exemplar = Some(Exemplar {
        labels: Labels::from_pairs([("trace_id", "x\"")]),
        value: 4.0,
        time_ns: 1_500_000_000,
    });
    rows
}

fn print(format: Format) -> String {
    let mut out = Writer::new(format);
    let seconds = metadata(MetricKind::Histogram, "A\\B\n\"C\"", "seconds");
    out.family("h_seconds", &seconds, &mut histogram());
    let counter = metadata(MetricKind::Counter, "", "");
    let mut rows = [
        row(
            &[("__name__", "c_total"), ("b", "2")],
            f64::INFINITY,
            Some(1700215884373),
        ),
        row(
            &[("__name__", "c_total"), ("a", "\\ \n")],
            -0.0,
            Some(-1500),
        ),
    ];
    out.family("c_total", &counter, &mut rows);
    let mut rows = [row(
        &[("__name__", "my.gauge"), ("l.x", "1")],
        f64::NAN,
        None,
    )];
    out.family(
        "my.gauge",
        &metadata(MetricKind::Unknown, "", "s"),
        &mut rows,
    );
    out.finish()
}

#[test]
fn prometheus_text_is_printed() {
    let expected = r#"# HELP h_seconds A\\B\n"C"
# TYPE h_seconds histogram
h_seconds_bucket{le="2.0"} 1
h_seconds_bucket{le="10.0"} 2
h_seconds_bucket{le="+Inf"} 3
h_seconds_sum 1.5e+09
h_seconds_count 3
# TYPE c_total counter
c_total{a="\\ \n"} 0 -1500
c_total{b="2"} +Inf 1700215884373
# TYPE "my.gauge" untyped
{"my.gauge","l.x"="1"} NaN
"#;
    assert_eq!(print(Format::PrometheusText), expected);
}

#[test]
fn openmetrics_is_printed_and_valid() {
    let expected = r#"# HELP h_seconds A\\B\n\"C\"
# TYPE h_seconds histogram
# UNIT h_seconds seconds
h_seconds_bucket{le="2.0"} 1.0
h_seconds_bucket{le="10.0"} 2.0 # {trace_id="x\""} 4.0 1.5
h_seconds_bucket{le="+Inf"} 3.0
h_seconds_sum 1.5e+09
h_seconds_count 3.0
# TYPE c counter
c_total{a="\\ \n"} 0.0 -1.5
c_total{b="2"} +Inf 1700215884.373
# TYPE "my.gauge" unknown
{"my.gauge","l.x"="1"} NaN
# EOF
"#;
    let printed = print(Format::OpenMetrics);
    assert_eq!(printed, expected);
    check(printed.as_bytes(), Format::OpenMetrics, Limits::default()).unwrap();
    assert!(taken(&printed, Format::OpenMetrics).contains("c_total{b=\"2\"} inf @1700215884373\n"));
}

#[test]
fn parts_make_the_whole() {
    let mut out = Writer::new(Format::OpenMetrics);
    out.head("c", &metadata(MetricKind::Counter, "", ""));
    out.row(&row(&[("__name__", "c")], 1.0, None));
    let first = out.take();
    assert!(out.is_empty());
    assert_eq!(first.len(), 29);
    assert_eq!(
        first + &out.finish(),
        "# TYPE c counter\nc_total 1.0\n# EOF\n"
    );
}
