//! What is read: any text is answered, and limits hold.

use crate::fuzzing::{fuzz_promql, fuzz_promql_script};
use crate::promql::tree::{At, ExprKind};
use crate::promql::{check, duration, parse};
use crate::{DEPTH_MAX, QUERY_BYTES_MAX};
use proptest::prelude::*;

/// Pieces of queries, so that random texts are often nearly right.
const PIECES: &[&str] = &[
    "foo",
    "rate(",
    "sum",
    "topk(5,",
    "by (a)",
    "without",
    "on(a)",
    "ignoring (b)",
    "group_left",
    "group_right(c)",
    "bool",
    "offset",
    "@",
    "start()",
    "end()",
    "step()",
    "range()",
    "max_of(",
    "anchored",
    "smoothed",
    "and",
    "or",
    "unless",
    "atan2",
    "fill(1)",
    "fill_left (-2)",
    "(",
    "(",
    ")",
    ")",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "+",
    "-",
    "*",
    "/",
    "%",
    "^",
    "==",
    "!=",
    "<",
    ">=",
    "</",
    ">/",
    "=",
    "=~",
    "!~",
    "5",
    "5m",
    "1h30m",
    "0",
    "Inf",
    "nan",
    "0x1f",
    "1e3",
    ".5",
    "\"s\"",
    "'\\x41'",
    "`r`",
    "a:b",
    "#",
    "\n",
    "foo{a=\"b\"}",
    "{\"x.y\"}",
    "(foo)",
    "foo[5m]",
    "sum(foo)",
    "foo[1h:5m]",
    "time()",
    "label_replace(x, \"a\", \"b\", \"c\", \"d\")",
    "é",
];

proptest! {
    #[test]
    fn any_text_is_answered(text in any::<String>()) {
        fuzz_promql(text.as_bytes());
        fuzz_promql_script(text.as_bytes());
        fuzz_promql_script(format!("load 5m\n a {text}\n\neval instant at 1m {text}\n {text}").as_bytes());
    }

    #[test]
    fn any_row_of_pieces_is_answered(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 0..16),
        blank in prop::sample::select(&[" ", ""][..]),
    ) {
        fuzz_promql(pieces.join(blank).as_bytes());
    }
}

#[test]
fn deep_texts_are_refused_and_do_not_exhaust_the_stack() {
    for (opening, inner, closing) in [
        ("(", "1", ")"),
        ("-", "x", ""),
        ("abs(", "x", ")"),
        ("1 ^ ", "1", ""),
        ("x[", "1", ""),
        ("sum by (a) (", "x", ")"),
    ] {
        let text = |times: usize| opening.repeat(times) + inner + &closing.repeat(times);
        let message = parse(&text(10_000)).unwrap_err();
        assert!(
            message.contains("nested deeper than 100") || opening == "x[",
            "{message}"
        );
        if opening != "x[" {
            assert!(parse(&text(DEPTH_MAX - 1)).is_ok(), "{opening}");
        }
    }
    for (first, next) in [("1", "+1"), ("x", " or x"), ("x[5m:]", "[5m:]")] {
        let message = parse(&(first.to_owned() + &next.repeat(10_000))).unwrap_err();
        assert!(message.contains("on top of each other"), "{message}");
        fuzz_promql((first.to_owned() + &next.repeat(200)).as_bytes());
    }
    for (opening, closing) in [("x[1", "+1"), ("x offset (1", "*1"), ("x offset -", "-")] {
        let message = parse(&(opening.to_owned() + &closing.repeat(10_000))).unwrap_err();
        assert!(
            message.contains("than 250") || message.contains("than 100"),
            "{message}"
        );
    }
    let message = parse(&format!("x[{}1", "(".repeat(10_000))).unwrap_err();
    assert!(message.contains("nested deeper"), "{message}");
    let message = parse(&"x".repeat(QUERY_BYTES_MAX + 1)).unwrap_err();
    assert!(message.contains("is longer than"), "{message}");
    let patterns = vec!["a=~\"b\""; 1_001].join(",");
    let message = parse(&format!("{{{patterns}}}")).unwrap_err();
    assert!(message.contains("more than 1000 patterns"), "{message}");
}

#[test]
fn modifiers_may_come_in_any_order() {
    for text in ["a offset -5m @ 1.5", "a @ 1.5 offset -5m"] {
        let ExprKind::Vector(selector) = check(text).unwrap().kind else {
            panic!("a selector expected");
        };
        assert_eq!(selector.offset.ms, -300_000);
        assert_eq!(selector.at, Some(At::Timestamp(1_500)));
    }
}

#[test]
fn words_are_names_where_they_can_be() {
    for text in [
        "sum",
        "by{offset=\"by\"}",
        "offset offset 5m",
        "sum(by) by (sum, on, bool, group_left)",
        "start + end",
        "fill + fill_left",
        "or or or",
        "SUM(avg) BY (Start)",
        "step{range=\"1\"}",
        "unless unless unless",
        "Inf + nan",
        "anchored anchored",
    ] {
        assert!(check(text).is_ok(), "{text}: {:?}", check(text));
    }
    for text in [
        "bool",
        "on",
        "group_left",
        "ignoring",
        "sum by (without) (x)",
    ] {
        assert!(check(text).is_err(), "{text}");
    }
}

#[test]
fn calculated_durations_get_their_value() {
    let resolved = |text: &str| {
        let mut expr = check(text).unwrap();
        duration::resolve(&mut expr, 15_000, 3_600_000).map(|()| match expr.kind {
            ExprKind::Matrix(matrix) => matrix.range.ms,
            ExprKind::Vector(vector) => vector.offset.ms,
            ExprKind::Subquery(subquery) => subquery.step.map_or(0, |step| step.ms),
            _ => 0,
        })
    };
    for (text, ms) in [
        ("a[2 * step() + 5m]", 330_000),
        ("a[max_of(step(), range()) / 2]", 1_800_000),
        ("a[10 % 4]", 2_000),
        ("a[2 ^ 3 ^ 2]", 512_000),
        ("a[7.0019 * 1]", 7_001),
        ("a offset -(1h - 5m)", -3_300_000),
        ("a offset -min_of(step(), 1m)", -15_000),
        ("a[1h:step()]", 15_000),
    ] {
        assert_eq!(resolved(text), Ok(ms), "{text}");
    }
    for (text, message) in [
        ("a[step() - 15]", "2:13: duration must be greater than 0"),
        ("a[1 / (step() - 15)]", "2:18: division by zero"),
        ("a[9e9 * 9e9]", "2:11: duration is out of range"),
        ("a[(-1) ^ 0.5]", "2:12: duration is NaN or infinite"),
    ] {
        assert_eq!(resolved(text), Err(message.to_owned()), "{text}");
    }
}
