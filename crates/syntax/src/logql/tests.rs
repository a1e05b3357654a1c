//! LogQL by tables: text to canonical text, text to first problem, and round trips.

use super::tree::{
    LabelCondition, LabelExpr, LabelFilter, LabelTest, LineFilter, LineOperator, LogQuery,
    LogSelector, MatchOperator, Matcher, NumberOperator, NumberValue, Query, Stage, Text,
};
use super::{check, completion, names_attribute, parse, print};
use crate::diagnostic::DiagnosticKind;
use crate::fuzzing::fuzz_logql;
use proptest::prelude::*;

/// The canonical text, or the problems as `line:column: message`, hints in parentheses.
fn outcome(text: &str) -> String {
    match check(text) {
        Ok(query) => print(&query),
        Err(found) => found
            .iter()
            .map(|diagnostic| {
                let place = diagnostic.position(text);
                let hint: String = diagnostic
                    .hint
                    .iter()
                    .map(|hint| format!(" ({hint})"))
                    .collect();
                format!(
                    "{}:{}: {}{hint}",
                    place.line, place.column, diagnostic.message
                )
            })
            .collect::<Vec<_>>()
            .join("\n"),
    }
}

#[track_caller]
fn check_all(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(outcome(text), *expected, "{text}");
    }
}

#[test]
fn valid_queries_print_in_canonical_form() {
    check_all(&[
        ("{}", "{}"),
        ("{app=\"x\"}", "{app=\"x\"}"),
        (
            "{ app = `x` , b!=\"y\",c=~\"z.*\" , d !~ \"\" }",
            "{app=\"x\", b!=\"y\", c=~\"z.*\", d!~\"\"}",
        ),
        ("{service.name=\"x\"}", "{service.name=\"x\"}"),
        (
            "{\"odd name\"=\"x\", \"json\"=\"y\"}",
            "{\"odd name\"=\"x\", \"json\"=\"y\"}",
        ),
        ("{} |= \"a\"", "{} |= \"a\""),
        (
            "{}|=\"a\"!=\"b\"|~`c\\d`!~\"d\"",
            "{} |= \"a\" != \"b\" |~ \"c\\\\d\" !~ \"d\"",
        ),
        (
            "{} |= \"a\" or `b` or \"c\"",
            "{} |= \"a\" or \"b\" or \"c\"",
        ),
        ("{} != \"a\" or \"b\"", "{} != \"a\" or \"b\""),
        ("{} | a=\"x\"", "{} | a = \"x\""),
        (
            "{} | gen_ai.request.model =~ \"c.*\"",
            "{} | gen_ai.request.model =~ \"c.*\"",
        ),
        ("{} | \"odd name\" != \"x\"", "{} | \"odd name\" != \"x\""),
        ("{} | status = 500", "{} | status == 500"),
        ("{} | status == 500", "{} | status == 500"),
        ("{} | a >= -1.5e3", "{} | a >= -1500"),
        ("{} | a < .5", "{} | a < 0.5"),
        ("{} | took > 90s", "{} | took > 1m30s"),
        ("{} | took != 1d", "{} | took != 24h"),
        ("{} | size <= 1.5KiB", "{} | size <= 1536B"),
        ("{} | size > 3MB", "{} | size > 3MB"),
        (
            "{} | a=\"1\" and b=\"2\", c=\"3\" d=\"4\"",
            "{} | a = \"1\" and b = \"2\" and c = \"3\" and d = \"4\"",
        ),
        (
            "{} | a=\"1\" or b=\"2\" and c=\"3\"",
            "{} | a = \"1\" or b = \"2\" and c = \"3\"",
        ),
        (
            "{} | (a=\"1\" or b=\"2\") and c=\"3\"",
            "{} | (a = \"1\" or b = \"2\") and c = \"3\"",
        ),
        ("{} | ((a=\"1\"))", "{} | a = \"1\""),
        (
            "{} | a=\"1\" | b=\"2\" |= \"x\" | c=\"3\"",
            "{} | a = \"1\" | b = \"2\" |= \"x\" | c = \"3\"",
        ),
        ("{} | a=\"1\" != \"line\"", "{} | a = \"1\" != \"line\""),
        ("{} # all\n |= \"x\" # that\n", "{} |= \"x\""),
    ]);
}

#[test]
fn and_binds_tighter_than_or() {
    let tree = |text: &str| parse(text).unwrap().without_ranges();
    let grouped = tree("{} | a=\"1\" or (b=\"2\" and c=\"3\")");
    for text in [
        "{} | a=\"1\" or b=\"2\" and c=\"3\"",
        "{} | a=\"1\" or b=\"2\", c=\"3\"",
        "{} | a=\"1\" or b=\"2\" c=\"3\"",
    ] {
        assert_eq!(tree(text), grouped, "{text}");
    }
    assert_ne!(tree("{} | a=\"1\" or b=\"2\" | c=\"3\""), grouped);
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn syntax_errors_point_at_their_place() {
    check_all(&[
        ("", "1:1: expected `{`, found the end of the query"),
        (
            "error",
            "1:1: expected `{`, found `error` (a query starts with a stream selector: `{}` takes all, `{service_name=\"api\"}` one service)",
        ),
        (
            "\"error\"",
            "1:1: expected `{`, found a string (lines are searched with `{} |= \"…\"`)",
        ),
        ("|= \"x\"", "1:1: expected `{`, found `|=`"),
        (
            "{",
            "1:2: expected a label name, found the end of the query",
        ),
        ("{app}", "1:5: expected `=`, `!=`, `=~` or `!~`, found `}`"),
        (
            "{app==\"x\"}",
            "1:5: expected `=`, `!=`, `=~` or `!~`, found `==`",
        ),
        (
            "{app=x}",
            "1:6: expected a string, found `x` (text stands in double quotes)",
        ),
        (
            "{app=5}",
            "1:6: expected a string, found `5` (text stands in double quotes)",
        ),
        (
            "{a=\"1\" b=\"2\"}",
            "1:8: expected `,` or `}`, found `b` (matchers are joined by commas)",
        ),
        ("{a=\"1\",}", "1:8: expected a label name, found `}`"),
        (
            "{a='x'}",
            "1:4: unexpected character `\\'` (strings stand in double quotes or backticks)",
        ),
        ("{a=\"x}", "1:4: string has no closing \""),
        (
            "{} \"x\"",
            "1:4: expected `|`, `|=`, `!=`, `|~`, `!~` or the end of the query, found a string (lines are searched with `|= \"…\"`)",
        ),
        (
            "{} =~ \"x\"",
            "1:4: expected `|`, `|=`, `!=`, `|~`, `!~` or the end of the query, found `=~` (line filters start with a pipe: `|=` and `|~`)",
        ),
        (
            "{} |= x",
            "1:7: expected a string, found `x` (text stands in double quotes or backticks)",
        ),
        (
            "{} |= \"a\" or",
            "1:13: expected a string, found the end of the query (text stands in double quotes or backticks)",
        ),
        (
            "{} |",
            "1:5: expected a label name or `(`, found the end of the query",
        ),
        (
            "{} | \"x\"",
            "1:9: expected a comparison operator, found the end of the query (lines are searched with `|= \"…\"`)",
        ),
        (
            "{} | a",
            "1:7: expected a comparison operator, found the end of the query",
        ),
        (
            "{} | a = ",
            "1:10: expected a value, found the end of the query",
        ),
        (
            "{} | a = b",
            "1:10: expected a value, found `b` (text stands in double quotes)",
        ),
        (
            "{} | a == \"x\"",
            "1:8: `==` compares numbers, found a string (text is compared with `=`)",
        ),
        (
            "{} | a > \"5\"",
            "1:8: `>` compares numbers, found a string (numbers, durations and sizes have no quotes)",
        ),
        (
            "{} | a =~ 5",
            "1:8: `=~` needs a pattern in quotes, found a number",
        ),
        (
            "{} | a > 5mb",
            "1:10: `5mb` is no number, duration or size (units of time are ns, us, ms, s, m, h, d, w, y; of size B, KB, KiB, MB, MiB, GB, GiB and so on)",
        ),
        (
            "{} | a > 0x10",
            "1:10: `0x10` is no number, duration or size (units of time are ns, us, ms, s, m, h, d, w, y; of size B, KB, KiB, MB, MiB, GB, GiB and so on)",
        ),
        ("{} | a > -5MB", "1:11: sizes are not negative"),
        (
            "{} | a = \"1\" and",
            "1:17: expected a label name or `(`, found the end of the query",
        ),
        (
            "{} | a = \"1\" or or",
            "1:17: expected a label name or `(`, found `or`",
        ),
        (
            "{} | (a = \"1\"",
            "1:14: expected `)`, `and` or `or`, found the end of the query",
        ),
        (
            "{} | a = \"1\")",
            "1:13: expected `|`, `|=`, `!=`, `|~`, `!~` or the end of the query, found `)`",
        ),
        (
            "{} | a.1 = \"x\"",
            "1:7: expected a comparison operator, found `.1`",
        ),
        (
            "{} & {}",
            "1:4: unexpected character `&` (and is written `and`)",
        ),
    ]);
}

#[test]
fn parts_beyond_the_subset_are_named_at_their_place() {
    check_all(&[
        (
            "{} | json",
            "1:6: parser stages (`json`) are not supported yet",
        ),
        (
            "{} |= \"x\" | logfmt | a=\"b\"",
            "1:13: parser stages (`logfmt`) are not supported yet",
        ),
        (
            "{} | line_format \"{{.x}}\"",
            "1:6: formatting stages (`line_format`) are not supported yet",
        ),
        (
            "{} | drop a",
            "1:6: label stages (`drop`) are not supported yet",
        ),
        (
            "{} | unwrap x",
            "1:6: metric queries (`unwrap`) are not supported yet",
        ),
        (
            "rate({}[5m])",
            "1:1: metric queries (`rate`) are not supported yet",
        ),
        (
            "sum by (a) (rate({}[5m]))",
            "1:1: metric queries (`sum`) are not supported yet",
        ),
        ("1 + 1", "1:1: metric queries are not supported yet"),
        (
            "({})",
            "1:1: parentheses around queries are not supported yet",
        ),
        (
            "{} [5m]",
            "1:4: ranges of metric queries are not supported yet",
        ),
        (
            "{} |> \"a <_>\"",
            "1:4: pattern line filters are not supported yet",
        ),
        (
            "{} |= ip(\"::1\")",
            "1:7: `ip` filters are not supported yet",
        ),
        (
            "{} | addr = ip(\"::1\")",
            "1:13: `ip` filters are not supported yet",
        ),
    ]);
    assert_eq!(
        check("{} | json").unwrap_err()[0].kind,
        DiagnosticKind::Unsupported
    );
}

#[test]
fn bad_patterns_are_named_at_their_place() {
    check_all(&[
        (
            "{a=~\"(\"}",
            "1:5: invalid regular expression: unclosed group",
        ),
        (
            "{} |~ \"a\" or \"[\"",
            "1:14: invalid regular expression: unclosed character class",
        ),
        ("{} |= \"[\"", "{} |= \"[\""),
        (
            "{} | a !~ \"*\"",
            "1:11: invalid regular expression: repetition operator missing expression",
        ),
    ]);
}

#[test]
fn length_and_depth_are_limited() {
    let deep = |count: usize| format!("{{}} | {}a=\"\"{}", "(".repeat(count), ")".repeat(count));
    assert!(check(&deep(100)).is_ok());
    assert_eq!(outcome(&deep(101)), "1:106: nested deeper than 100");
    assert!(outcome(&deep(50_000)).contains("nested deeper than 100"));
    assert!(
        check(&format!(
            "{{}} | a=\"\"{}",
            " and b=\"\" or c=\"\"".repeat(5_000)
        ))
        .is_ok()
    );
    let long = format!("{{}} |= \"{}\"", "x".repeat(131_072));
    assert_eq!(
        outcome(&long),
        "1:1: query of 131080 bytes is longer than 131072 bytes"
    );
    let patterns = format!("{{}}{}", " |~ \"x\"".repeat(101));
    assert!(outcome(&patterns).contains("more than 100 patterns in one query"));
}

#[test]
fn a_name_stands_for_the_key_or_its_form_with_underscores() {
    assert!(names_attribute(
        "gen_ai.request.model",
        "gen_ai.request.model"
    ));
    assert!(names_attribute(
        "gen_ai_request_model",
        "gen_ai.request.model"
    ));
    assert!(names_attribute("a_b", "a-b"));
    assert!(!names_attribute(
        "gen_ai.request_model",
        "gen_ai.request.model"
    ));
    assert!(!names_attribute("a.b", "a_b"));
    assert!(!names_attribute("a", "ab"));
}

#[test]
fn everything_that_completion_offers_is_accepted() {
    for operator in completion::MATCH_OPERATORS {
        let text = operator.text;
        assert!(
            check(&format!("{{a{text}\"x\"}} | b {text} \"y\"")).is_ok(),
            "{text}"
        );
    }
    for operator in completion::LINE_OPERATORS {
        assert!(
            check(&format!("{{}} {} \"y\"", operator.text)).is_ok(),
            "{operator:?}"
        );
    }
    for operator in completion::NUMBER_OPERATORS {
        assert!(
            check(&format!("{{}} | a {} 5s", operator.text)).is_ok(),
            "{operator:?}"
        );
    }
    for operator in completion::LOGICAL_OPERATORS {
        assert!(
            check(&format!("{{}} | a = 1 {} b = 2", operator.text)).is_ok(),
            "{operator:?}"
        );
    }
}

fn text() -> impl Strategy<Value = Text> {
    any::<String>().prop_map(|value| Text { value, range: 0..0 })
}

fn name() -> impl Strategy<Value = Text> {
    "[a-z_][a-z0-9_]{0,5}|[a-z]\\.[a-z_]{1,3}|json|and|or|ip|\\PC{1,6}|[a-z.]{1,4}"
        .prop_map(|value| Text { value, range: 0..0 })
}

fn match_operator() -> impl Strategy<Value = MatchOperator> {
    prop::sample::select(vec![
        MatchOperator::Equal,
        MatchOperator::NotEqual,
        MatchOperator::Match,
        MatchOperator::NotMatch,
    ])
}

fn label_test() -> impl Strategy<Value = LabelTest> {
    let operators = vec![
        NumberOperator::Equal,
        NumberOperator::NotEqual,
        NumberOperator::Less,
        NumberOperator::LessOrEqual,
        NumberOperator::Greater,
        NumberOperator::GreaterOrEqual,
    ];
    let values = prop_oneof![
        any::<f64>()
            .prop_filter("finite", |value| value.is_finite())
            .prop_map(NumberValue::Float),
        (-i64::MAX..=i64::MAX).prop_map(NumberValue::Duration),
        any::<u64>().prop_map(NumberValue::Bytes),
        (0..2000u64).prop_map(|value| NumberValue::Bytes(value << 20)),
    ];
    prop_oneof![
        (match_operator(), text())
            .prop_map(|(operator, value)| LabelTest::Text { operator, value }),
        (prop::sample::select(operators), values)
            .prop_map(|(operator, value)| LabelTest::Number { operator, value }),
    ]
}

fn label_expr() -> impl Strategy<Value = LabelExpr> {
    let leaf = (name(), label_test()).prop_map(|(name, test)| {
        LabelExpr::Condition(LabelCondition {
            name,
            test,
            range: 0..0,
        })
    });
    leaf.prop_recursive(5, 20, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(LabelExpr::And),
            prop::collection::vec(inner, 2..4).prop_map(LabelExpr::Or),
        ]
    })
}

fn stage() -> impl Strategy<Value = Stage> {
    let operators = vec![
        LineOperator::Contains,
        LineOperator::NotContains,
        LineOperator::Match,
        LineOperator::NotMatch,
    ];
    prop_oneof![
        (
            prop::sample::select(operators),
            prop::collection::vec(text(), 1..3)
        )
            .prop_map(|(operator, alternatives)| {
                Stage::LineFilter(LineFilter {
                    operator,
                    alternatives,
                    range: 0..0,
                })
            }),
        label_expr().prop_map(|condition| Stage::LabelFilter(LabelFilter {
            condition,
            range: 0..0
        })),
    ]
}

fn query() -> impl Strategy<Value = Query> {
    let matcher = (name(), match_operator(), text()).prop_map(|(name, operator, value)| Matcher {
        name,
        operator,
        value,
        range: 0..0,
    });
    (
        prop::collection::vec(matcher, 0..3),
        prop::collection::vec(stage(), 0..4),
    )
        .prop_map(|(matchers, stages)| {
            let selector = LogSelector {
                matchers,
                range: 0..0,
            };
            Query::Log(LogQuery {
                selector,
                stages,
                range: 0..0,
            })
        })
}

/// Pieces that queries are made of, in any order: reaches deeper than characters at random.
fn pieces() -> impl Strategy<Value = String> {
    let words = [
        "{", "}", "(", ")", "|", "|=", "|~", "!=", "!~", "=", "==", "=~", "<", ">=", "a", "b.c",
        "and", "or", ",", "\"x\"", "`y`", "5", "-", "1.5s", "3MB", "json", "ip", "[", "#c\n", "\"",
        "é", "|>",
    ];
    prop::collection::vec(prop::sample::select(words.to_vec()), 0..25)
        .prop_map(|words| words.join(" "))
}

proptest! {
    #[test]
    fn printed_trees_read_back(query in query()) {
        let text = print(&query);
        let again = parse(&text).map(Query::without_ranges);
        prop_assert_eq!(again.as_ref(), Ok(&query), "{}", text);
    }

    #[test]
    fn any_text_is_answered(text in any::<String>()) {
        fuzz_logql(text.as_bytes());
        fuzz_logql(format!("{{}} | {text}").as_bytes());
    }

    #[test]
    fn any_order_of_pieces_is_answered(text in pieces()) {
        fuzz_logql(text.as_bytes());
        fuzz_logql(format!("{{}} | {text}").as_bytes());
    }
}
