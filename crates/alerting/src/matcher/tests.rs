//! Tests of matchers: what both syntaxes take, refuse and print.

use super::{
    Matcher, Op, Syntax, TEXT_BYTES_MAX, parse_matcher, parse_matcher_as, parse_matchers,
    parse_matchers_as, print_matchers,
};
use crate::error::ErrorKind;
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop_assert, prop_assert_eq};
use proptest::{prop_oneof, proptest};
use tacho_model::labels::Labels;

fn read(text: &str, syntax: Syntax) -> Result<String, String> {
    parse_matchers_as(text, syntax)
        .map(|parsed| print_matchers(&parsed.matchers))
        .map_err(|error| error.message)
}

#[test]
fn absent_labels_are_empty_and_patterns_are_anchored() {
    let labels = Labels::from_pairs([("a", "foo"), ("b", "x\ny")]);
    for (text, expected) in [
        ("a=foo", true),
        ("a=fo", false),
        ("a!=fo", true),
        ("a=~fo", false),
        ("a=~f.*|x", true),
        ("a!~f.*", false),
        ("gone=\"\"", true),
        ("gone!=\"\"", false),
        ("gone=~\"\"", true),
        ("gone=~\".+\"", false),
        ("gone!~\".+\"", true),
        // as in Go the dot is no line end, and the dollar is the very end
        ("b=~\"x.y\"", false),
        ("b=~\"(?s)x.y\"", true),
        ("b=~\"x\"", false),
        ("a=~\"[[:alpha:]]+\"", true),
    ] {
        assert_eq!(
            parse_matcher(text).unwrap().matches(&labels),
            expected,
            "{text}"
        );
    }
}

#[test]
fn both_syntaxes_read_the_same_of_what_both_take() {
    for (text, printed) in [
        ("", "{}"),
        ("{}", "{}"),
        ("foo=bar", r#"{foo="bar"}"#),
        ("{foo=bar}", r#"{foo="bar"}"#),
        (
            " { foo = \"bar\" , a!~\"x|y\" , } ",
            r#"{foo="bar",a!~"x|y"}"#,
        ),
        ("foo=bar,a!=b", r#"{foo="bar",a!="b"}"#),
        (r#"a="say \"hi\", you""#, r#"{a="say \"hi\", you"}"#),
        (r#"a="back\\slash""#, r#"{a="back\\slash"}"#),
        (r#"a="line\nend""#, r#"{a="line\nend"}"#),
        ("a=\"\"", r#"{a=""}"#),
        ("a=ü", "{a=\"ü\"}"),
    ] {
        assert_eq!(read(text, Syntax::Utf8).unwrap(), printed, "{text}");
        if text.trim() == text {
            assert_eq!(read(text, Syntax::Classic).unwrap(), printed, "{text}");
        }
        let parsed = parse_matchers_as(text, Syntax::Fallback).unwrap();
        assert_eq!(print_matchers(&parsed.matchers), printed);
        let again = parse_matchers(printed).unwrap();
        assert_eq!(again, parsed.matchers);
    }
}

#[test]
fn the_new_syntax_says_where_it_stops() {
    for (text, message) in [
        ("{", "0:1: end of input: expected close brace"),
        ("}", "0:1: }: expected opening brace"),
        ("foo=bar}", "0:8: }: expected opening brace"),
        ("{foo=bar", "0:8: end of input: expected close brace"),
        ("{foo=bar}}", "9:10: }: expected end of input"),
        ("{foo=bar} x", "10:11: x: expected end of input"),
        (
            "foo",
            "end of input: expected an operator such as '=', '!=', '=~' or '!~'",
        ),
        (
            "foo bar",
            "4:7: unexpected bar: expected an operator such as '=', '!=', '=~' or '!~'",
        ),
        ("=bar", "0:1: unexpected =: expected label name"),
        ("foo=", "end of input: expected label value"),
        ("foo=,", "4:5: unexpected ,: expected label value"),
        (
            "foo=bar baz=x",
            "8:11: unexpected baz: expected a comma or close brace",
        ),
        (
            "foo=bar,,",
            "8:9: unexpected ,: expected a matcher or close brace after comma",
        ),
        (
            "foo!bar",
            "3:4: !: expected one of '=~': expected an operator such as '=', '!=', '=~' or '!~'",
        ),
        ("foo='bar'", "4:5: ': invalid input: expected label value"),
        (
            "foo=\"bar",
            "4:8: \"bar: missing end \": expected label value",
        ),
        (r#"foo="\q""#, r#"4:8: "\q": invalid input"#),
        (r#"foo="\xff""#, r#"4:10: "\xff": invalid input"#),
        (
            "foo=bar\\w",
            "7:8: \\: invalid input: expected a comma or close brace",
        ),
    ] {
        assert_eq!(read(text, Syntax::Utf8).unwrap_err(), message, "{text}");
    }
    let bad = read("foo=~\"[\"", Syntax::Utf8).unwrap_err();
    assert!(
        bad.starts_with("failed to create matcher: invalid regular expression"),
        "{bad}"
    );
}

#[test]
fn the_new_syntax_takes_names_in_quotes() {
    let printed = read(
        r#"{"a b"="c\td", "ü.x"=~"\u0041\x42\103|y", 'x"#,
        Syntax::Utf8,
    );
    assert!(printed.is_err());
    let printed = read(r#"{"a b"="c\td", "ü.x"=~"\u0041\x42\103|y"}"#, Syntax::Utf8).unwrap();
    assert_eq!(printed, "{\"a b\"=\"c\\td\",ü.x=~\"ABC|y\"}");
    let odd = Matcher::equal("a=b", "\u{7f}\x07\u{a0}ü\"\\");
    assert_eq!(odd.to_string(), r#""a=b"="\x7f\a\u00a0ü\"\\""#);
    assert_eq!(parse_matcher(&odd.to_string()).unwrap(), odd);
}

#[test]
fn the_classic_syntax_is_lenient() {
    for (text, printed) in [
        ("foo=", r#"{foo=""}"#),
        ("foo=bar baz", r#"{foo="bar baz"}"#),
        ("foo=~\\d+", r#"{foo=~"\\d+"}"#),
        ("foo={bar}", r#"{foo="{bar"}"#),
        ("foo==bar", r#"{foo="=bar"}"#),
        ("foo=a\\", r#"{foo="a\\"}"#),
        ("foo=\\\"a\\\"", r#"{foo="\"a\""}"#),
        ("a:b=c", r#"{a:b="c"}"#),
        ("a='b'", r#"{a="'b'"}"#),
    ] {
        assert_eq!(read(text, Syntax::Classic).unwrap(), printed, "{text}");
    }
    for (text, message) in [
        ("foo", "bad matcher format: foo"),
        ("1foo=bar", "bad matcher format: 1foo=bar"),
        ("foo=bar,,a=b", "bad matcher format: "),
        ("\"foo\"=bar", "bad matcher format: \"foo\"=bar"),
        (
            "foo=\"bar",
            "matcher value contains unescaped double quote: \"bar",
        ),
        (
            "foo=ba\"r",
            "matcher value contains unescaped double quote: ba\"r",
        ),
        (
            "foo=bar\"",
            "matcher value contains unescaped double quote: bar\"",
        ),
        (
            "foo=\"",
            "matcher value contains unescaped double quote: \"",
        ),
    ] {
        assert_eq!(read(text, Syntax::Classic).unwrap_err(), message, "{text}");
    }
}

#[test]
fn what_only_one_syntax_reads_or_both_read_otherwise_is_settled_as_in_alertmanager() {
    let parsed = parse_matchers_as("foo=~\\d+", Syntax::Fallback).unwrap();
    assert_eq!(print_matchers(&parsed.matchers), r#"{foo=~"\\d+"}"#);
    assert!(parsed.warning.unwrap().contains(r#"write {foo=~"\\d+"}"#));
    // what the new syntax unescapes the classic one keeps
    let parsed = parse_matchers_as(r#"foo="\u0041""#, Syntax::Fallback).unwrap();
    assert_eq!(parsed.matchers[0].value(), r"\u0041");
    assert!(parsed.warning.unwrap().contains("differ"));
    let parsed = parse_matchers_as("\"a.b\"=c", Syntax::Fallback).unwrap();
    assert_eq!((parsed.matchers[0].name(), parsed.warning), ("a.b", None));
    // neither: the words of the classic one, and those of the new one as advice
    let error = parse_matchers("{a b}").unwrap_err();
    assert_eq!(error.message, "bad matcher format: a b");
    assert!(error.hint.unwrap().starts_with("3:4: unexpected b"));
}

#[test]
fn one_matcher_is_one() {
    assert_eq!(parse_matcher("a=b").unwrap(), Matcher::equal("a", "b"));
    for (text, message) in [
        ("{a=b}", "unexpected open or close brace: {a=b}"),
        ("", "bad matcher format: "),
    ] {
        assert_eq!(parse_matcher(text).unwrap_err().message, message);
    }
    let two = parse_matcher_as("a=b,c=d", Syntax::Utf8).unwrap_err();
    assert_eq!(two.message, "expected 1 matcher, found 2");
    // as in Alertmanager the classic syntax has another view of this
    assert_eq!(parse_matcher("a=b,c=d").unwrap().value(), "b,c=d");
}

#[test]
fn too_much_is_refused() {
    let long = format!("a={}", "x".repeat(TEXT_BYTES_MAX));
    assert_eq!(
        parse_matchers(&long).unwrap_err().kind,
        ErrorKind::LimitExceeded
    );
    let many = "a=b,".repeat(300);
    assert_eq!(
        parse_matchers(&many).unwrap_err().kind,
        ErrorKind::LimitExceeded
    );
    assert!(Matcher::new("a", Op::Regex, "\\pL{1000}").is_err());
}

#[test]
fn operators_are_flags_of_the_api() {
    for op in [Op::Equal, Op::NotEqual, Op::Regex, Op::NotRegex] {
        assert_eq!(Op::of_flags(op.is_regex(), op.is_equal()), op);
        assert_eq!(Op::parse(op.as_str()), Some(op));
    }
}

fn matcher() -> impl Strategy<Value = Matcher> {
    let op = prop_oneof![
        Just(Op::Equal),
        Just(Op::NotEqual),
        Just(Op::Regex),
        Just(Op::NotRegex)
    ];
    let name = prop_oneof!["[a-z_][a-z0-9_]{0,5}", "\\PC{1,8}"];
    (name, op, any::<String>()).prop_map(|(name, op, value)| {
        let value = if op.is_regex() {
            regex::escape(&value)
        } else {
            value
        };
        Matcher::new(name, op, value).unwrap()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_text_is_answered(text in "\\PC{0,40}|[a-c{}=!~,\"' \\\\]{0,40}") {
        for syntax in [Syntax::Fallback, Syntax::Utf8, Syntax::Classic] {
            let _ = parse_matcher_as(&text, syntax);
            if let Ok(parsed) = parse_matchers_as(&text, syntax) {
                let printed = print_matchers(&parsed.matchers);
                prop_assert!(parse_matchers_as(&printed, Syntax::Utf8).is_ok(), "{printed}");
            }
        }
    }

    #[test]
    fn what_is_printed_is_read_again(matcher in matcher()) {
        let text = matcher.to_string();
        prop_assert_eq!(&parse_matcher_as(&text, Syntax::Utf8).unwrap(), &matcher);
        let list = print_matchers(&[matcher.clone(), matcher.clone()]);
        prop_assert_eq!(parse_matchers_as(&list, Syntax::Utf8).unwrap().matchers.len(), 2);
    }
}
