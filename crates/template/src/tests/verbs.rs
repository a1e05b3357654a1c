//! `printf` and how values are printed, against what Go's fmt documents.

use super::{check, set};
use crate::value::Value;
use tacho_model::time::Timestamp;

#[test]
fn numbers() {
    check(
        &[
            (
                r#"{{printf "%d|%5d|%-5d|%05d|%+d|% d" 42 42 42 42 42 42}}"#,
                "42|   42|42   |00042|+42| 42",
            ),
            (
                r#"{{printf "%x %X %#x %o %#o %O %b %c %U %#U %q" 255 255 255 8 8 8 5 65 65 65 65}}"#,
                "ff FF 0xff 10 010 0o10 101 A U+0041 U+0041 'A' 'A'",
            ),
            (r#"{{printf "%05d %.3d %x" -42 7 -255}}"#, "-0042 007 -ff"),
            (
                r#"{{printf "%f %.2f %8.3f|%-8.1f|%+.1f %08.2f" 1.5 2.346 3.14159 2.5 1.0 -1.5}}"#,
                "1.500000 2.35    3.142|2.5     |+1.0 -0001.50",
            ),
            (
                r#"{{printf "%e %.2e %E %g %G %.3g %.4g" 123456.0 0.00012 1.0 1e21 1e-7 1234.5 0.00001234}}"#,
                "1.234560e+05 1.20e-04 1.000000E+00 1e+21 1E-07 1.23e+03 1.234e-05",
            ),
            (
                r#"{{printf "%v %v %v %.0f %x" 1.0 1e6 0.1 2.5 1.5}}"#,
                "1 1e+06 0.1 2 0x1.8p+00",
            ),
            (r#"{{printf "%6.2f%%" 99.5}}"#, " 99.50%"),
        ],
        &Value::Nil,
    );
    let infinite = Value::list([
        f64::INFINITY.into(),
        f64::NEG_INFINITY.into(),
        f64::NAN.into(),
    ]);
    check(
        &[(
            "{{.}} {{printf \"%5.1f|%05.1f|%f\" (index . 0) (index . 1) (index . 2)}}",
            "[+Inf -Inf NaN]  +Inf| -Inf|NaN",
        )],
        &infinite,
    );
}

#[test]
fn widths_and_precisions_may_be_large() {
    for (verb, least) in [("f", 100_002), ("e", 100_006), ("g", 3), ("d", 3), ("x", 7)] {
        let text = format!("{{{{printf \"%.100000{verb}\" 1.5}}}}");
        let output = set().execute_text(&text, &Value::Nil, false).expect(verb);
        assert!(output.len() >= least, "{verb}");
    }
    for text in [
        "%.100000d",
        "%100000d",
        "%-100000d",
        "%0100000d",
        "%.100000x",
        "%100000q",
    ] {
        let text = format!("{{{{printf \"{text}\" 7}}}}");
        let output = set().execute_text(&text, &Value::Nil, false).expect(&text);
        assert_eq!(output.len(), 100_000, "{text}");
    }
    for text in [
        "%100000s",
        "%0100000s",
        "%-100000v",
        "%100000q",
        "%.100000s",
    ] {
        let text = format!("{{{{printf \"{text}\" \"a\"}}}}");
        assert!(
            set().execute_text(&text, &Value::Nil, false).is_ok(),
            "{text}"
        );
    }
}

#[test]
fn texts() {
    check(
        &[
            (
                r#"{{printf "%s|%5s|%-5s|%.2s|%q|%x|% X|%#q" "abc" "abc" "abc" "abc" "a\"b" "hi" "hi" "abc"}}"#,
                "abc|  abc|abc  |ab|\"a\\\"b\"|6869|68 69|`abc`",
            ),
            (
                r#"{{printf "%q %+q" "ä\n\x00" "ä"}}"#,
                "\"ä\\n\\x00\" \"\\u00e4\"",
            ),
            (
                r#"{{printf "%t %5t %v" true false true}}"#,
                "true false true",
            ),
            (
                r#"{{printf "%*d|%-*d|%.*f" 5 42 5 42 1 2.25}}"#,
                "   42|42   |2.2",
            ),
            (r#"{{printf "%[2]d %[1]d" 1 2}}"#, "2 1"),
            (
                r#"{{printf "%T %T %T %T" 1 "a" 1.5 nil}}"#,
                "int string float64 <nil>",
            ),
        ],
        &Value::Nil,
    );
}

#[test]
fn verbs_that_do_not_fit() {
    check(
        &[
            (r#"{{printf "%d" "hi"}}"#, "%!d(string=hi)"),
            (r#"{{printf "%d" 1.5}}"#, "%!d(float64=1.5)"),
            (r#"{{printf "%s" 1}}"#, "%!s(int=1)"),
            (
                r#"{{printf "%s" nil}} {{printf "%v" nil}} {{printf "%d" nil}}"#,
                "%!s(<nil>) <nil> %!d(<nil>)",
            ),
            (r#"{{printf "%d %d" 1}}"#, "1 %!d(MISSING)"),
            (r#"{{printf "%d" 1 2 "x"}}"#, "1%!(EXTRA int=2, string=x)"),
            (r#"{{printf "%!"}}"#, "%!!(MISSING)"),
            (r#"{{printf "%"}}"#, "%!(NOVERB)"),
            (r#"{{printf "%z" 1}}"#, "%!z(int=1)"),
            (r#"{{printf "%[5]d" 1}}"#, "%!d(BADINDEX)"),
            (r#"{{printf "%*d" "a" 1}}"#, "%!(BADWIDTH)1"),
        ],
        &Value::Nil,
    );
}

#[test]
fn lists_and_maps() {
    check(
        &[
            (
                r#"{{printf "%v" .l}} {{printf "%s" .l}} {{printf "%d" .l}}"#,
                "[a 1 <nil>] [a %!s(int=1) %!s(<nil>)] [%!d(string=a) 1 %!d(<nil>)]",
            ),
            (
                r#"{{printf "%v %.2f" .m .m}}"#,
                "map[k:1.5] map[%!f(string=k):1.50]",
            ),
            (
                r#"{{printf "%#v %#v %#v %#v" .m "q" 1.0 .l}}"#,
                "map[string]interface {}{\"k\":1.5} \"q\" 1 []interface {}{\"a\", 1, interface {}(nil)}",
            ),
        ],
        &data(),
    );
}

fn data() -> Value {
    Value::map([
        ("l", Value::list(["a".into(), Value::Int(1), Value::Nil])),
        ("m", Value::map([("k", Value::Float(1.5))])),
        ("t", Timestamp(1_136_214_245_500_000_000).into()),
        ("d", Value::Duration(5_400_000_000_000)),
    ])
}

#[test]
fn times_and_durations() {
    let data = data();
    check(
        &[
            (
                "{{.t}} {{.d}} {{printf \"%v %d %s\" .d .d .d}}",
                "2006-01-02 15:04:05.5 +0000 UTC 1h30m0s 1h30m0s 5400000000000 1h30m0s",
            ),
            (
                "{{.t.Unix}} {{.t.UnixMilli}} {{.t.Year}} {{.t.Month}} {{.t.Weekday}} {{.t.IsZero}}",
                "1136214245 1136214245500 2006 January Monday false",
            ),
            (
                r#"{{.t.Format "Mon, 2 Jan 06 03:04:05.000 PM -07:00 MST"}}"#,
                "Mon, 2 Jan 06 03:04:05.500 PM +00:00 UTC",
            ),
            (
                r#"{{.t.Format "2006-01-02T15:04:05Z07:00 _2 002 January Monday pm Janet 1 3:4:5 .99 5.99"}}"#,
                "2006-01-02T15:04:05Z  2 002 January Monday pm Janet 1 3:4:5 .5 5.5",
            ),
            (
                r#"{{((.t.Add .d).Sub .t).Minutes}} {{(.t.Add 1000000000).Unix}}"#,
                "90 1136214246",
            ),
            (
                r#"{{.t.Before (.t.Add 1)}} {{.t.After .t}} {{.t.Equal .t}}"#,
                "true false true",
            ),
            (
                r#"{{(.t.AddDate 1 1 1).Format "2006-01-02"}} {{(.t.Truncate .d).Format "15:04"}}"#,
                "2007-02-03 15:00",
            ),
            (
                r#"{{.d.Hours}} {{.d.Seconds}} {{(.d.Round 3600000000000)}} {{.d.Truncate 3600000000000}}"#,
                "1.5 5400 2h0m0s 1h0m0s",
            ),
            (
                r#"{{date "15:04" (tz "Europe/Paris" .t)}} {{date "MST -0700" (tz "Europe/Paris" .t)}}"#,
                "16:04 CET +0100",
            ),
            (
                r#"{{(toDate "2006-01-02" "2024-02-29").Unix}} {{(toDate "2006-01-02" "x").IsZero}}"#,
                "1709164800 true",
            ),
            (
                r#"{{(mustToDate "2 Jan 2006 15:04 -0700" "3 Mar 2025 08:30 +0200").UTC}}"#,
                "2025-03-03 06:30:00 +0000 UTC",
            ),
            ("{{since .t}}", "183052h40m55s"),
        ],
        &data,
    );
    let error = set()
        .execute_text("{{mustToDate \"2006\" \"20\"}}", &Value::Nil, false)
        .unwrap_err();
    assert!(
        error.message.contains("cannot parse \"20\" as \"2006\""),
        "{error}"
    );
}
