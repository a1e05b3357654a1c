//! Prometheus text and OpenMetrics.

use super::{
    CreatedLines, ErrorKind, Format, Limits, Options, Printer, parse, refused, run, taken,
};

const TEXT: Format = Format::PrometheusText;
const OPEN: Format = Format::OpenMetrics;

#[test]
fn content_types_name_formats() {
    let cases = [
        ("text/plain; version=0.0.4", Some(TEXT)),
        ("Text/Plain", Some(TEXT)),
        (
            "application/openmetrics-text;version=1.0.0;charset=utf-8",
            Some(OPEN),
        ),
        (
            "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited",
            Some(Format::Protobuf),
        ),
        ("text/html", None),
        ("", None),
    ];
    for (header, format) in cases {
        assert_eq!(Format::from_content_type(header), format, "{header}");
    }
}

#[test]
fn prometheus_text_is_read_with_all_its_freedoms() {
    let body = "\
# HELP a_total He\\\\lp \\n \\\"x\\\"
# TYPE a_total counter
a_total 1

  # a comment
#TYPE nothing counter
# TYPE h histogram
h_bucket{le=\"1\"} 2 1234
h_bucket{ le = \"+Inf\" , x=\"a\\\"b\\\\c\\nd\\e\" , } 3\t5678
h_sum{a=\"1\" b=\"2\"} +Inf
{\"my.name\",\"l.x\"=\"1\"} -Inf
n NaN
empty{a=\"\"} 0
last{} .5";
    let expected = r#"help a_total "He\\lp \n \\\"x\\\""
type a_total counter
a_total 1
type h histogram
h_bucket{le="1.0"} 2 @1234
h_bucket{le="+Inf", x="a\"b\\c\nd\\e"} 3 @5678
h_sum{a="1", b="2"} inf
{"my.name", "l.x"="1"} -inf
n NaN
empty 0
last 0.5
"#;
    assert_eq!(taken(body, TEXT), expected);
}

#[test]
fn errors_of_prometheus_text_name_line_and_place() {
    let cases = [
        (
            "a",
            r#"line 1: expected a value, got the end of the data in "a""#,
        ),
        (
            "a 1\nb{ 1",
            r#"line 2: expected a label name, got "1" in "b{ 1""#,
        ),
        (
            "a{b} 1",
            r#"line 1: expected an equals sign, got "} 1" in "a{b} 1""#,
        ),
        (
            "a{b=1} 1",
            r#"line 1: expected a label value in double quotes, got "1} 1" in "a{b=1} 1""#,
        ),
        (
            "a{b=\"1} 1",
            r#"line 1: expected a closing quote, got "\"1} 1" in "a{b=\"1} 1""#,
        ),
        ("a x", r#"line 1: invalid value "x" in "a x""#),
        ("a 1\r\n", r#"line 1: invalid value "1\r" in "a 1\r""#),
        (
            "a 1 -5",
            r#"line 1: expected a timestamp or the end of the line, got "-5" in "a 1 -5""#,
        ),
        (
            "a 1 99999999999999999999",
            r#"line 1: timestamp "99999999999999999999" is out of range in "a 1 99999999999999999999""#,
        ),
        (
            "{b=\"1\"} 1",
            r#"line 1: the metric has no name in "{b=\"1\"} 1""#,
        ),
        (
            "a{\"b\"} 1",
            r#"line 1: the metric has two names in "a{\"b\"} 1""#,
        ),
        ("# TYPE a meter", r#"line 1: invalid metric type "meter""#),
        (
            "# TYPE \n",
            "line 1: expected a metric name, got the end of the line in \"# TYPE \"",
        ),
        (
            "\n\n-a 1",
            r#"line 3: expected a metric name, got "-a 1" in "-a 1""#,
        ),
        (
            "a{b=\"\n\n\"} x",
            "line 3: invalid value \"x\" in \"a{b=\\\"\"",
        ),
    ];
    for (body, message) in cases {
        assert_eq!(refused(body, TEXT), message, "{body:?}");
    }
}

#[test]
fn text_that_is_no_utf8_is_refused_where_it_counts() {
    let options = Options::default();
    for body in [
        &b"a{b=\"\xff\"} 1"[..],
        b"# HELP a \xff\n",
        b"{\"\xff\"} 1\n",
    ] {
        let error = run(body, TEXT, &options).1.unwrap_err();
        assert!(error.message().contains("not valid UTF-8"), "{error}");
    }
    let (_, outcome) = run(b"# \xff\na 1\n", TEXT, &options);
    assert_eq!(outcome.unwrap().samples, 1);
}

#[test]
fn names_and_labels_that_are_none_are_told_when_labels_are_built() {
    let body = "a{b=\"1\",b=\"2\"} 1\n{\"\"} 1\na{\"\"=\"1\"} 1\n";
    let expected = "\
(label \"b\" is given twice) 1
(the metric has no name) 1
(a label has an empty name) 1
";
    assert_eq!(taken(body, TEXT), expected);
}

#[test]
fn openmetrics_is_read_with_exemplars_units_and_seconds() {
    let body = "\
# TYPE a_seconds counter
# UNIT a_seconds seconds
# HELP a_seconds x\\\"y\\n
a_seconds_total{b=\"c\",} 1.5 123.456 # {trace_id=\"x\",s=\"\\\"\"} 0.5 1.5
# TYPE \"h.x\" histogram
{\"h.x_bucket\",le=\"1\"} 1 # {} 2
# TYPE s stateset
s{s=\"on\"} 1
# TYPE i info
i_info{v=\"1\"} 1
# TYPE g gaugehistogram
g_bucket{le=\"+Inf\"} 1 -5
# EOF
";
    let expected = r#"type a_seconds counter
unit a_seconds seconds
help a_seconds "x\"y\n"
a_seconds_total{b="c"} 1.5 @123456
  # {s="\"", trace_id="x"} 0.5 Some(1500)
type h.x histogram
{"h.x_bucket", le="1.0"} 1
  # {} 2 None
type s stateset
s{s="on"} 1
type i info
i_info{v="1"} 1
type g gaugehistogram
g_bucket{le="+Inf"} 1 @-5000
"#;
    assert_eq!(taken(body, OPEN), expected);
}

#[test]
fn errors_of_openmetrics_name_line_and_place() {
    let cases = [
        ("a 1\n", "line 2: data does not end with # EOF"),
        (
            "a 1",
            "line 1: expected the end of the line, got the end of the data in \"a 1\"",
        ),
        (
            "\n# EOF\n",
            "line 1: expected a metric name, got the end of the line in \"\"",
        ),
        (
            "# EOF\na 1\n",
            "line 2: expected no more data after # EOF, got \"a 1\" in \"a 1\"",
        ),
        (
            "# EOFx",
            "line 1: expected the end of the line, got \"x\" in \"# EOFx\"",
        ),
        (
            "# comment\n# EOF\n",
            "line 1: expected # HELP, # TYPE, # UNIT or # EOF, got \"# comment\" in \"# comment\"",
        ),
        (
            "# TYPE a untyped\n# EOF\n",
            "line 1: invalid metric type \"untyped\"",
        ),
        (
            "# HELP a\n# EOF\n",
            "line 1: expected a blank and a text, got the end of the line in \"# HELP a\"",
        ),
        (
            "# UNIT a seconds\n# EOF\n",
            "line 1: unit \"seconds\" is not a suffix of metric \"a\"",
        ),
        (
            "a  1\n# EOF\n",
            "line 1: expected a value, got \" 1\" in \"a  1\"",
        ),
        (
            "a 1 \n# EOF\n",
            "line 1: invalid timestamp \"\" in \"a 1 \"",
        ),
        (
            "a 1 Inf\n# EOF\n",
            "line 1: invalid timestamp \"Inf\" in \"a 1 Inf\"",
        ),
        (
            "a{b=\"1\" c=\"2\"} 1\n# EOF\n",
            "line 1: expected a comma or a closing brace, got \" c=\\\"2\\\"} 1\" in \"a{b=\\\"1\\\" c=\\\"2\\\"} 1\"",
        ),
        (
            "a{b=\"\n\"} 1\n# EOF\n",
            "line 1: expected a closing quote, got \"\\\"\" in \"a{b=\\\"\"",
        ),
        (
            "a 1 # {\"x\"} 1\n# EOF\n",
            "line 1: expected an equals sign, got \"} 1\" in \"a 1 # {\\\"x\\\"} 1\"",
        ),
    ];
    for (body, message) in cases {
        assert_eq!(refused(body, OPEN), message, "{body:?}");
    }
}

#[test]
fn strict_openmetrics_takes_no_comma_after_the_last_label() {
    let options = Options {
        strict: true,
        ..Options::default()
    };
    let body = b"a{b=\"1\",} 1\n# EOF\n";
    assert!(run(body, OPEN, &Options::default()).1.is_ok());
    assert!(run(body, OPEN, &options).1.is_err());
    assert!(run(b"a{} 1\n# EOF", OPEN, &options).1.is_ok());
}

#[test]
fn created_lines_become_start_times_if_wanted() {
    let body = b"\
# TYPE a counter
a_total{x=\"1\"} 1
a_created{x=\"1\"} 1.5
a_total{x=\"2\"} 1
# TYPE h histogram
h_bucket{le=\"1.0\"} 1
h_bucket{le=\"+Inf\"} 1
h_sum 2
h_count 1
h_created 2
# TYPE g gauge
g_created 3
# EOF
";
    let options = Options {
        created: CreatedLines::StartTimes,
        ..Options::default()
    };
    let (out, outcome) = run(body, OPEN, &options);
    assert_eq!(outcome.unwrap().samples, 7);
    let expected = "\
type a counter
a_total{x=\"1\"} 1 since 1500
a_total{x=\"2\"} 1
type h histogram
h_bucket{le=\"1.0\"} 1 since 2000
h_bucket{le=\"+Inf\"} 1 since 2000
h_sum 2 since 2000
h_count 1 since 2000
type g gauge
g_created 3
";
    assert_eq!(out, expected);
    assert!(taken(std::str::from_utf8(body).unwrap(), OPEN).contains("a_created{x=\"1\"} 1.5\n"));
}

#[test]
fn limits_are_held() {
    let options = Options {
        limits: Limits {
            line_bytes_max: 40,
            labels_max: 2,
            name_bytes_max: 8,
            value_bytes_max: 8,
        },
        ..Options::default()
    };
    let cases = [
        "a{b=\"1\",c=\"2\",d=\"3\"} 1\n",
        "a{b=\"123456789\"} 1\n",
        "a{b12345678=\"1\"} 1\n",
        "# TYPE a12345678 gauge\n",
        "# 3456789 123456789 123456789 123456789 1\n",
    ];
    for body in cases {
        let error = run(body.as_bytes(), TEXT, &options).1.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::LimitExceeded, "{body}: {error}");
    }
    assert!(run(b"a{b=\"1\",c=\"2\"} 1\n", TEXT, &options).1.is_ok());
}

#[test]
fn a_sink_can_stop() {
    let mut printer = Printer {
        samples_max: Some(2),
        ..Printer::default()
    };
    let outcome = parse(b"a 1\nb 2\nc x", TEXT, &Options::default(), &mut printer);
    let outcome = outcome.unwrap();
    assert!(outcome.stopped);
    assert_eq!(outcome.samples, 2);
}

#[test]
fn offending_text_is_shortened_and_harmless() {
    let body = format!("a \u{1b}[31m{}", "x".repeat(100_000));
    let message = refused(&body, TEXT);
    assert!(
        message.len() < 600 && !message.contains('\u{1b}'),
        "{message}"
    );
}
