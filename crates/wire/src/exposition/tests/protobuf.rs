//! Delimited protobuf.

use super::{Format, HistogramForm, Limits, Options, Writer, run};

fn pair(out: &mut Writer, field: u32, name: &str, value: &str) {
    out.message(field, |out| {
        out.bytes(1, name.as_bytes());
        out.bytes(2, value.as_bytes());
    });
}

fn double(out: &mut Writer, field: u32, value: f64) {
    out.fixed64(field, value.to_bits());
}

fn timestamp(out: &mut Writer, field: u32, seconds: u64, nanos: u64) {
    out.message(field, |out| {
        out.varint(1, seconds);
        out.varint(2, nanos);
    });
}

/// A family of one metric with its length before it. The unit follows the metric, as encoders write it.
fn family(name: &str, kind: u64, metric: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut out = Writer::new();
    out.bytes(1, name.as_bytes());
    out.bytes(2, b"help");
    out.varint(3, kind);
    out.message(4, metric);
    out.bytes(5, b"seconds");
    let message = out.into_bytes();
    // A field of bytes is tag, length, content.
    let mut framed = Writer::new();
    framed.bytes(1, &message);
    framed.into_bytes().split_off(1)
}

fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)) as u64
}

#[test]
fn simple_metrics_are_read() {
    let mut body = family("c_total", 0, |out| {
        pair(out, 1, "b", "2");
        pair(out, 1, "a", "1");
        out.message(3, |out| {
            double(out, 1, 5.0);
            out.message(2, |out| {
                pair(out, 1, "trace_id", "x");
                double(out, 2, 0.5);
                timestamp(out, 3, 1, 500_000_000);
            });
            timestamp(out, 3, 7, 1_000_000);
        });
        out.varint(6, 1234);
    });
    body.extend(family("g", 1, |out| {
        out.message(2, |out| double(out, 1, 0.25));
    }));
    body.extend(family("u", 3, |_| {}));
    // A family without metrics is nothing.
    body.extend([3, 10, 1, b'x']);
    let (out, outcome) = run(&body, Format::Protobuf, &Options::default());
    assert_eq!(outcome.unwrap().samples, 3);
    let expected = r#"help c_total "help"
unit c_total seconds
type c_total counter
c_total{a="1", b="2"} 5 @1234 since 7001
  # {trace_id="x"} 0.5 Some(1500)
help g "help"
unit g seconds
type g gauge
g 0.25
help u "help"
unit u seconds
type u unknown
u 0
"#;
    assert_eq!(out, expected);
}

#[test]
fn summaries_and_classic_histograms_become_series() {
    let mut body = family("s", 2, |out| {
        out.message(4, |out| {
            out.varint(1, 3);
            double(out, 2, 1.5);
            out.message(3, |out| {
                double(out, 1, 0.5);
                double(out, 2, f64::NAN);
            });
        });
    });
    body.extend(family("h", 4, |out| {
        out.message(7, |out| {
            out.varint(1, 3);
            double(out, 2, 1.5);
            out.message(3, |out| {
                out.varint(1, 2);
                double(out, 2, 1.0);
                out.message(3, |out| double(out, 2, 0.75));
            });
        });
    }));
    let (out, outcome) = run(&body, Format::Protobuf, &Options::default());
    outcome.unwrap();
    let expected = r#"help s "help"
unit s seconds
type s summary
s_count 3
s_sum 1.5
s{quantile="0.5"} NaN
help h "help"
unit h seconds
type h histogram
h_count 3
h_sum 1.5
h_bucket{le="1.0"} 2
  # {} 0.75 None
h_bucket{le="+Inf"} 3
"#;
    assert_eq!(out, expected);
}

/// A native histogram with classic buckets beside it.
fn native(out: &mut Writer) {
    out.message(7, |out| {
        out.varint(1, 6);
        double(out, 2, 2.0);
        out.message(3, |out| {
            out.varint(1, 6);
            double(out, 2, f64::INFINITY);
        });
        out.varint(5, zigzag(-1));
        double(out, 6, 0.001);
        out.varint(7, 1);
        for (offset, length) in [(1, 2), (3, 1)] {
            out.message(12, |out| {
                out.varint(1, zigzag(offset));
                out.varint(2, length);
            });
        }
        // One packed pair and one alone: counts 2, 0, 3.
        out.bytes(13, &[zigzag(2) as u8, zigzag(-2) as u8]);
        out.varint(13, zigzag(3));
        timestamp(out, 15, 9, 0);
        for (label, time) in [("x", Some(2)), ("y", None)] {
            out.message(16, |out| {
                pair(out, 1, "trace_id", label);
                double(out, 2, 4.0);
                if let Some(time) = time {
                    timestamp(out, 3, time, 0);
                }
            });
        }
    });
}

#[test]
fn native_histograms_stay_native_or_become_classic_or_both() {
    let body = family("n", 4, native);
    let head = "help n \"help\"\nunit n seconds\ntype n histogram\n";
    let histogram = "n schema -1 count 6 sum 2 zero 1 [(1, 2.0), (6, 3.0)] [] Unknown integer true @None since Some(9000)\n  # {trace_id=\"x\"} 4 Some(2000)\n";
    let classic = "n_count 6 since 9000\nn_sum 2 since 9000\nn_bucket{le=\"+Inf\"} 6 since 9000\n";
    let cases = [
        (HistogramForm::Native, format!("{head}{histogram}")),
        (HistogramForm::Classic, format!("{head}{classic}")),
        (HistogramForm::Both, format!("{head}{histogram}{classic}")),
    ];
    for (histograms, expected) in cases {
        let options = Options {
            histograms,
            ..Options::default()
        };
        let (out, outcome) = run(&body, Format::Protobuf, &options);
        outcome.unwrap();
        assert_eq!(out, expected);
    }
}

#[test]
fn float_gauge_histograms_are_read() {
    let body = family("n", 5, |out| {
        out.message(7, |out| {
            double(out, 4, 2.5);
            out.message(9, |out| out.varint(2, 2));
            let counts: Vec<u8> = [1.5f64, 1.0].iter().flat_map(|c| c.to_le_bytes()).collect();
            out.bytes(11, &counts);
        });
    });
    let (out, outcome) = run(&body, Format::Protobuf, &Options::default());
    outcome.unwrap();
    let line = "n schema 0 count 2.5 sum 0 zero 0 [] [(0, 1.5), (1, 1.0)] Gauge integer false @None since None\n";
    assert!(out.ends_with(line), "{out}");
    assert!(out.contains("type n gaugehistogram\n"), "{out}");
}

#[test]
fn what_does_not_agree_is_refused() {
    let spans = family("n", 4, |out| {
        out.message(7, |out| out.message(12, |out| out.varint(2, 4_000_000_000)));
    });
    let unnamed_label = family("n", 1, |out| pair(out, 1, "", "x"));
    let cases = [
        (
            spans,
            r#"line 1: histogram "n": positive side: spans require 4000000000 buckets, have 0"#,
        ),
        (
            unnamed_label,
            r#"line 1: metric "n" has a label without a name"#,
        ),
        (
            family("n", 9, |_| {}),
            r#"line 1: metric "n" has unknown type 9"#,
        ),
        (family("", 1, |_| {}), "line 1: a metric family has no name"),
        (
            vec![5, 1],
            "line 1: the metric family has 5 bytes, 1 are there",
        ),
        (vec![0x80], "line 1: a length is cut off"),
        (vec![0xff; 12], "line 1: a length has more than 64 bits"),
        (
            vec![2, 10, 9],
            "line 1: the metric family is no protobuf: expected a length of at most 0 bytes, got 9, at byte 2",
        ),
    ];
    for (body, message) in cases {
        let error = run(&body, Format::Protobuf, &Options::default())
            .1
            .unwrap_err();
        assert_eq!(error.to_string(), message);
    }
    let options = Options {
        limits: Limits {
            line_bytes_max: 10,
            ..Limits::default()
        },
        ..Options::default()
    };
    let error = run(&family("n", 1, |_| {}), Format::Protobuf, &options).1;
    assert!(error.unwrap_err().to_string().contains("10 are taken"));
}
