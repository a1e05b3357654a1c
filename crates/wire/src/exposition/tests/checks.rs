//! What the specifications forbid although a scrape takes it.

use super::super::check::check;
use super::{Format, Limits};

fn verdict(body: &str, format: Format) -> String {
    match check(body.as_bytes(), format, Limits::default()) {
        Ok(checked) => format!("{} families, {} samples", checked.families, checked.samples),
        Err(error) => error.to_string(),
    }
}

#[test]
fn openmetrics_families_are_judged() {
    let cases = [
        ("", "0 families, 0 samples"),
        (
            "# TYPE a counter\na_total 1\na_created 5\n# TYPE b gauge\nb 1\nc 1\n",
            "3 families, 4 samples",
        ),
        (
            "# TYPE a counter\na 1\n",
            "line 2: sample of counter \"a\" lacks a suffix: _total, _created",
        ),
        (
            "# TYPE a counter\na_total 1\n# HELP a x\n",
            "line 3: metadata of \"a\" after its samples",
        ),
        (
            "a 1\nb 1\na 1\n",
            "line 3: metric \"a\" comes twice or clashes: \"a\"",
        ),
        (
            "# TYPE a counter\n# TYPE a_total gauge\n",
            "line 2: metric \"a_total\" comes twice or clashes: \"a_total\"",
        ),
        (
            "# TYPE a gauge\n# TYPE a gauge\n",
            "line 2: second TYPE line of metric \"a\"",
        ),
        (
            "# TYPE a_u info\n# UNIT a_u u\n",
            "line 1: info \"a_u\" must not have a unit",
        ),
        ("a 1\na 1\n", "line 2: \"a\": the series comes twice"),
        (
            "a 1 2\na 1\n",
            "line 2: \"a\": some samples of the metric have a timestamp, others have none",
        ),
        (
            "a{x=\"1\"} 1\na{x=\"2\"} 1\na{x=\"1\"} 1\n",
            "line 3: \"a{x=\\\"1\\\"}\": the samples of a metric must stand together",
        ),
        (
            "a 1 # {b=\"c\"} 1\n",
            "line 1: only counters and buckets of histograms may have exemplars",
        ),
    ];
    for (body, expected) in cases {
        let body = format!("{body}# EOF\n");
        assert_eq!(verdict(&body, Format::OpenMetrics), expected, "{body}");
    }
}

#[test]
fn openmetrics_histograms_are_judged() {
    let cases = [
        (
            "h_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 2\nh_count 2\nh_sum 3\n",
            "1 families, 4 samples",
        ),
        (
            "h_bucket{le=\"+Inf\"} 2\nh_count 3\nh_sum 3\n",
            "line 2: histogram {}: _count is not the bucket le=\"+Inf\"",
        ),
        (
            "h_bucket{le=\"1\"} 2\n",
            "line 2: histogram {}: the bucket le=\"+Inf\" is missing",
        ),
        (
            "h_bucket{le=\"1\"} 2.5\n",
            "line 2: \"h_bucket{le=\\\"1.0\\\"}\": the value must be an integer",
        ),
        (
            "h_bucket{le=\"x\"} 2\n",
            "line 2: \"h_bucket{le=\\\"x\\\"}\": the label le must be a number",
        ),
        (
            "h_bucket{le=\"+Inf\"} 2 1\nh_count 2 1\nh_sum 0 1\nh_bucket{le=\"+Inf\"} 2 2\nh_count 3 2\nh_sum 0 2\n",
            "line 5: histogram {}: _count is not the bucket le=\"+Inf\"",
        ),
    ];
    for (body, expected) in cases {
        let body = format!("# TYPE h histogram\n{body}# EOF\n");
        assert_eq!(verdict(&body, Format::OpenMetrics), expected, "{body}");
    }
}

#[test]
fn prometheus_text_is_judged() {
    let cases = [
        (
            "# TYPE a counter\na_total 1\n# HELP b x\n",
            "3 families, 1 samples",
        ),
        (
            "# HELP a x\n# HELP a y\n",
            "line 2: second HELP line of metric \"a\"",
        ),
        (
            "# TYPE a gauge\na 1\n# TYPE a gauge\n",
            "line 3: TYPE line of metric \"a\" after its samples",
        ),
        (
            "# TYPE h histogram\nh_bucket{le=\"x\"} 1\n",
            "line 2: h_bucket: label \"le\" must be a number, got \"x\"",
        ),
        (
            "# TYPE s summary\ns_sum 1\ns 1\n",
            "line 3: s: label \"quantile\" is missing",
        ),
        (
            "a{b=\"1\",b=\"1\"} 1\n",
            "line 1: label \"b\" is given twice",
        ),
        (
            "a{__name__=\"b\"} 1\n",
            "line 1: label name \"__name__\" is reserved",
        ),
        (
            "a 1\nb\n",
            "line 2: expected a value, got the end of the line in \"b\"",
        ),
    ];
    for (body, expected) in cases {
        assert_eq!(verdict(body, Format::PrometheusText), expected, "{body}");
    }
}
