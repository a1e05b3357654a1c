//! TraceQL by tables: text to canonical text, text to first problem, and round trips.

use super::filter::Filter;
use super::tree::{
    AttributeScope, Comparison, ComparisonOperator, Expr, Field, FieldName, INTRINSICS, Literal,
    LiteralValue, Logical, LogicalOperator, Query, Spanset, SpansetFilter, Unary, UnaryOperator,
};
use super::{check, completion, parse, print};
use crate::diagnostic::DiagnosticKind;
use crate::fuzzing::fuzz_traceql;
use proptest::prelude::*;
use tacho_model::span::{SpanKind, SpanStatus};

/// The canonical text, or the problems as `line:column: message`, hints in parentheses.
fn outcome(text: &str) -> String {
    match check(text) {
        Ok(query) => print(&query),
        Err(found) => found
            .iter()
            .map(|diagnostic| {
                let place = diagnostic.position(text);
                let hint = diagnostic.hint.iter().map(|hint| format!(" ({hint})"));
                let hint: String = hint.collect();
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
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn valid_queries_print_in_canonical_form() {
    check_all(&[
        ("{}", "{ }"),
        (" {\n} ", "{ }"),
        ("{true}", "{ true }"),
        ("{.a}", "{ .a }"),
        ("{!.a}", "{ !.a }"),
        ("{.a=1}", "{ .a = 1 }"),
        ("{1=.a}", "{ 1 = .a }"),
        ("{ .a = -5 }", "{ .a = -5 }"),
        ("{ .a = - 5 }", "{ .a = -5 }"),
        ("{ .a = 1.50 }", "{ .a = 1.5 }"),
        ("{ .a = 1e3 }", "{ .a = 1000.0 }"),
        (
            "{ .a = -9223372036854775808 }",
            "{ .a = -9223372036854775808 }",
        ),
        (
            "{ span.a-b/c+d != `x\\d` }",
            "{ span.a-b/c+d != \"x\\\\d\" }",
        ),
        ("{ span.\"a b\" = \"v\" }", "{ span.\"a b\" = \"v\" }"),
        ("{ .\"plain\" = \"v\" }", "{ .plain = \"v\" }"),
        ("{ span.a.\"b c\".d = 1 }", "{ span.\"a.b c.d\" = 1 }"),
        (
            "{ resource.service.name = \"x\" }",
            "{ resource.service.name = \"x\" }",
        ),
        (
            "{ instrumentation.x = true }",
            "{ instrumentation.x = true }",
        ),
        (
            "{ .ünï = 'x' }",
            "1:10: unexpected character `\\'` (strings stand in double quotes or backticks)",
        ),
        ("{ .ünï = \"é\" }", "{ .ünï = \"é\" }"),
        ("{ duration > 90m }", "{ duration > 1h30m }"),
        ("{ duration > 0.25s }", "{ duration > 250ms }"),
        ("{ span:duration <= 1500us }", "{ duration <= 1.5ms }"),
        ("{ trace:duration >= 100 }", "{ traceDuration >= 100 }"),
        ("{ status != ok }", "{ status != ok }"),
        ("{ error = span:status }", "{ error = status }"),
        (
            "{ kind = server || span:kind = client }",
            "{ kind = server || kind = client }",
        ),
        ("{ span:name =~ \"a.*\" }", "{ name =~ \"a.*\" }"),
        (
            "{ trace:rootService = \"a\" }",
            "{ rootServiceName = \"a\" }",
        ),
        (
            "{ trace:id = \"00\" && span:id != \"1\" }",
            "{ trace:id = \"00\" && span:id != \"1\" }",
        ),
        (
            "{ instrumentation:version >= \"1\" }",
            "{ instrumentation:version >= \"1\" }",
        ),
        ("{ parent = nil }", "{ parent = nil }"),
        ("{ nil != parent }", "{ nil != parent }"),
        (
            "{ .a != nil && nil = span.b }",
            "{ .a != nil && nil = span.b }",
        ),
        ("{ nil = nil }", "{ nil = nil }"),
        (
            "{ 1 < 2.5 && \"a\" =~ \"a\" }",
            "{ 1 < 2.5 && \"a\" =~ \"a\" }",
        ),
        ("{ (((.a = 1))) }", "{ .a = 1 }"),
        ("{ (.a) = (1) }", "{ .a = 1 }"),
        ("{ !(.a = 1) && !!.b }", "{ !(.a = 1) && !!.b }"),
        ("{ // why\n .a /* how */ = 1 }", "{ .a = 1 }"),
    ]);
}

#[test]
fn logical_operators_group_from_the_left_and_print_with_parentheses() {
    check_all(&[
        ("{ .a && .b && .c }", "{ .a && .b && .c }"),
        ("{ .a || .b && .c }", "{ (.a || .b) && .c }"),
        ("{ .a && .b || .c }", "{ (.a && .b) || .c }"),
        ("{ .a || (.b && .c) }", "{ .a || (.b && .c) }"),
        ("{ (.a && .b) && .c }", "{ (.a && .b) && .c }"),
        ("{ .a = 1 && .b = 2 }", "{ .a = 1 && .b = 2 }"),
    ]);
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn syntax_errors_point_at_their_place() {
    check_all(&[
        ("", "1:1: expected `{`, found the end of the query"),
        ("[ true ]", "1:1: unexpected character `[`"),
        (
            "status = error",
            "1:1: expected `{`, found `status` (conditions stand in braces: `{ status = error }`)",
        ),
        (
            "{",
            "1:2: expected a field or a value, found the end of the query",
        ),
        (
            "{ .a = 1",
            "1:9: expected `}`, `&&` or `||`, found the end of the query",
        ),
        ("{ .a = }", "1:8: expected a field or a value, found `}`"),
        ("{ < }", "1:3: expected a field or a value, found `<`"),
        ("{ . }", "1:3: expected an attribute name after `.`"),
        (
            "{ .a == 4 }",
            "1:7: expected a field or a value, found `=` (equality is written `=`)",
        ),
        (
            "{ .a = 1 and .b = 2 }",
            "1:10: expected `}`, `&&` or `||`, found `and` (and is written `&&`)",
        ),
        (
            "{ .a = 1, .b = 2 }",
            "1:9: expected `}`, `&&` or `||`, found `,` (conditions are joined by `&&`)",
        ),
        (
            "{ .a = 1 & .b = 2 }",
            "1:10: unexpected character `&` (and is written `&&`)",
        ),
        ("{ (.a = 1 }", "1:11: expected `)`, `&&` or `||`, found `}`"),
        ("{ .a = \"x }", "1:8: string has no closing \""),
        (
            "{ .a = \"\\q\" }",
            "1:9: unknown escape `\\q` (write `\\\\` for a backslash, or put the string into backticks)",
        ),
        (
            "{\n  .a = 1 &&\n  .b 2\n}",
            "3:6: expected `}`, `&&` or `||`, found `2`",
        ),
        (
            "{ .a = 5d }",
            "1:8: `5d` is no number or duration (units of time are ns, us, ms, s, m, h)",
        ),
        (
            "{ .a = 9223372036854775808 }",
            "1:8: number `9223372036854775808` is too large",
        ),
        ("{ .a = - }", "1:10: expected a number, found `}`"),
        (
            "{ http.status = 200 }",
            "1:3: unknown scope `http` (for an attribute of this name write `.http.status` or `span.http.status`)",
        ),
        (
            "{ rootname = \"x\" }",
            "1:3: unknown intrinsic `rootname` (did you mean `rootName`)",
        ),
        (
            "{ trace:status = error }",
            "1:3: unknown intrinsic `trace:status`",
        ),
        (
            "{ status = failed }",
            "1:12: unknown intrinsic `failed` (attributes start with a dot or a scope, `.failed` or `span.failed`; text stands in double quotes)",
        ),
        ("{ } }", "1:5: expected the end of the query, found `}`"),
        ("{ } = { }", "1:5: expected the end of the query, found `=`"),
        ("{ /* }", "1:3: comment has no closing */"),
    ]);
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn parts_beyond_the_subset_are_named_at_their_place() {
    check_all(&[
        (
            "{ } | count() > 1",
            "1:5: pipelines (`| count`) are not supported yet",
        ),
        ("{ } | { .a }", "1:5: pipelines are not supported yet"),
        (
            "count() = 1",
            "1:1: pipelines (`count`) are not supported yet",
        ),
        (
            "{ } && { }",
            "1:5: combining spansets with `&&` is not supported yet (conditions on one span go into one pair of braces)",
        ),
        (
            "{ } >> { }",
            "1:5: structural operators (`>>`) are not supported yet",
        ),
        (
            "{ } !~ { }",
            "1:5: structural operators (`!~`) are not supported yet",
        ),
        (
            "{ } &< { }",
            "1:5: structural operators (`&<`) are not supported yet",
        ),
        (
            "({ })",
            "1:1: parentheses around spansets are not supported yet",
        ),
        (
            "{ } with(x=1)",
            "1:5: query hints (`with`) are not supported yet",
        ),
        (
            "1 / ({ } | rate())",
            "1:1: arithmetic over metrics is not supported yet",
        ),
        ("{ .a + 1 = 2 }", "1:6: arithmetic is not supported yet"),
        ("{ -.a = 2 }", "1:3: arithmetic is not supported yet"),
        (
            "{ parent.span.a = 1 }",
            "1:3: fields of the parent (`parent.span.a`) are not supported yet",
        ),
        (
            "{ .a = .b }",
            "1:8: comparing two fields is not supported yet",
        ),
        (
            "{ \"a\" =~ .b }",
            "1:10: patterns that are no string literal are not supported yet",
        ),
        (
            "{ (.a = 1) = true }",
            "1:4: comparing the result of a condition is not supported yet",
        ),
        (
            "{ !.a = true }",
            "1:3: comparing the result of a condition is not supported yet",
        ),
        (
            "{ event.x = 1 }",
            "1:3: attributes of events are not supported yet",
        ),
        (
            "{ .a && link.x }",
            "1:9: attributes of links are not supported yet",
        ),
        (
            "{ event:name = \"x\" }",
            "1:3: intrinsics of events are not supported yet",
        ),
        (
            "{ link:spanID = \"x\" }",
            "1:3: intrinsics of links are not supported yet",
        ),
        (
            "{ span:childCount > 1 }",
            "1:3: `span:childCount` is not supported yet",
        ),
        (
            "{ nestedSetLeft > 3 }",
            "1:3: nested set numbers are not supported yet",
        ),
    ]);
    let kind = |text: &str| check(text).unwrap_err()[0].kind;
    assert_eq!(kind("{ } | rate()"), DiagnosticKind::Unsupported);
    assert_eq!(kind("{ status = 1 }"), DiagnosticKind::Type);
    assert_eq!(kind("{"), DiagnosticKind::Syntax);
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn types_that_do_not_fit_are_named_at_their_place() {
    check_all(&[
        (
            "{ status = \"error\" }",
            "1:12: `status` is a status and cannot be compared with a string (write ok, error or unset without quotes)",
        ),
        (
            "{ \"error\" = status }",
            "1:3: `status` is a status and cannot be compared with a string (write ok, error or unset without quotes)",
        ),
        (
            "{ duration = \"5s\" }",
            "1:14: `duration` is a duration and cannot be compared with a string (durations have a unit and no quotes: `1.5s`)",
        ),
        (
            "{ kind = 3 }",
            "1:10: `kind` is a span kind and cannot be compared with an integer (write unspecified, internal, server, client, producer or consumer without quotes)",
        ),
        (
            "{ name = 5 }",
            "1:10: `name` is a string and cannot be compared with an integer (text stands in double quotes)",
        ),
        (
            "{ 1 = \"a\" }",
            "1:7: an integer cannot be compared with a string",
        ),
        (
            "{ .a =~ 5 }",
            "1:9: `=~` needs a pattern in quotes, found an integer",
        ),
        (
            "{ duration =~ \"5\" }",
            "1:3: `=~` matches strings, found a duration",
        ),
        (
            "{ .a =~ \"[\" }",
            "1:9: invalid regular expression: unclosed character class",
        ),
        (
            "{ name !~ \"a)|(b\" }",
            "1:11: invalid regular expression: unopened group",
        ),
        (
            "{ status > ok }",
            "1:3: a status has no order: only `=` and `!=` compare it",
        ),
        (
            "{ .a < true }",
            "1:3: a boolean has no order: only `=` and `!=` compare it",
        ),
        ("{ name = nil }", "1:3: `name` is never nil"),
        (
            "{ nil = resource.service.name }",
            "1:3: `resource.service.name` is never nil",
        ),
        (
            "{ .a < nil }",
            "1:3: nil and `parent` are compared with `=` and `!=` only",
        ),
        (
            "{ parent = 1 }",
            "1:3: `parent` can only be compared with nil",
        ),
        ("{ 1 = nil }", "1:3: an integer is never nil"),
        (
            "{ \"a\" }",
            "1:3: a string is no condition (compare it with a field: `span.x = …`)",
        ),
        (
            "{ kind }",
            "1:3: `kind` is a span kind and no condition (compare it: `kind = …`)",
        ),
        (
            "{ !name = \"x\" }",
            "1:4: `name` is a string and no condition (compare it: `name = …`)",
        ),
        (
            "{ 1 && .a }",
            "1:3: an integer is no condition (compare it with a field: `span.x = …`)",
        ),
        (
            "{ status = 1 || kind = 2 }",
            "1:12: `status` is a status and cannot be compared with an integer (write ok, error or unset without quotes)\n1:24: `kind` is a span kind and cannot be compared with an integer (write unspecified, internal, server, client, producer or consumer without quotes)",
        ),
    ]);
}

#[test]
fn length_depth_and_counts_are_limited() {
    let deep = |count: usize| format!("{{ {}.a{} }}", "(".repeat(count), ")".repeat(count));
    assert!(check(&deep(99)).is_ok());
    assert_eq!(outcome(&deep(100)), "1:103: nested deeper than 100");
    assert!(outcome(&deep(50_000)).contains("nested deeper than 100"));
    assert!(outcome(&format!("{{ {}.a }}", "!".repeat(50_000))).contains("nested deeper"));
    assert!(
        outcome(&format!("{{ .a{} }}", " && .b || .c".repeat(5_000))).contains("nested deeper")
    );
    assert!(outcome(&format!("{{ .a{} }}", " = .b".repeat(5_000))).contains("nested deeper"));
    assert!(check(&format!("{{ .a{} }}", " && .b".repeat(15_000))).is_ok());
    let long = format!("{{ .a = \"{}\" }}", "x".repeat(131_072));
    assert_eq!(
        outcome(&long),
        "1:1: query of 131083 bytes is longer than 131072 bytes"
    );
    let patterns = format!("{{ .a =~ \"x\"{} }}", " || .a =~ \"x\"".repeat(100));
    assert!(outcome(&patterns).contains("more than 100 patterns in one query"));
    assert_eq!(
        check(&format!("{{ 1{} }}", " && 1".repeat(5_000)))
            .unwrap_err()
            .len(),
        20
    );
}

#[test]
fn filters_have_the_field_on_the_left_and_no_constants_inside() {
    let filter = |text: &str| Filter::from_query(&check(text).unwrap()).unwrap();
    assert_eq!(filter("{ 5 < .a }"), filter("{ .a > 5 }"));
    assert_eq!(filter("{ 5 >= .a }"), filter("{ .a <= 5 }"));
    assert_eq!(filter("{ .a }"), filter("{ .a = true }"));
    assert_eq!(filter("{ !!.a }"), filter("{ .a }"));
    assert_eq!(
        filter("{ true && .a && (.b && .c) }"),
        filter("{ .a && .b && .c }")
    );
    assert_eq!(filter("{ false || .a }"), filter("{ .a }"));
    assert_eq!(filter("{ nil = parent }"), filter("{ parent = nil }"));
    let constant = |text: &str| match filter(text) {
        Filter::Constant(value) => value,
        other => panic!("{text}: {other:?}"),
    };
    for always in [
        "{ }",
        "{ 1 <= 1.1 }",
        "{ 1 = 1.0 }",
        "{ 1s > 5 }",
        "{ \"b\" > \"a\" }",
        "{ \"abc\" =~ \"a.c\" }",
        "{ \"abc\" !~ \"b\" }",
        "{ nil = nil }",
        "{ ok != error }",
        "{ .a || true }",
        "{ !(server = client) }",
    ] {
        assert!(constant(always), "{always}");
    }
    for never in [
        "{ false }",
        "{ 1 > 2 }",
        "{ .a && 1 = 2 }",
        "{ nil != nil }",
        "{ !true }",
    ] {
        assert!(!constant(never), "{never}");
    }
    assert!(Filter::from_query(&parse("{ status = 1 }").unwrap()).is_err());
}

#[test]
fn everything_that_completion_offers_is_accepted() {
    for intrinsic in completion::INTRINSICS {
        assert!(
            parse(&format!("{{ {} = nil }}", intrinsic.text)).is_ok(),
            "{intrinsic:?}"
        );
    }
    for scope in completion::SCOPES {
        for operator in completion::COMPARISON_OPERATORS {
            let text = format!("{{ {}x {} \"1\" }}", scope.text, operator.text);
            assert!(check(&text).is_ok(), "{text}");
        }
    }
    for status in completion::STATUSES {
        assert!(check(&format!("{{ status = {} }}", status.text)).is_ok());
    }
    for kind in completion::KINDS {
        assert!(check(&format!("{{ kind = {} }}", kind.text)).is_ok());
    }
    for value in completion::VALUES {
        assert!(check(&format!("{{ .x = {} }}", value.text)).is_ok());
    }
    for operator in completion::LOGICAL_OPERATORS
        .iter()
        .filter(|fact| fact.text != "!")
    {
        assert!(check(&format!("{{ .x {} !(.y) }}", operator.text)).is_ok());
    }
}

/// The quoted texts of a section of the conformance file, which is a list of YAML scalars.
fn section(yaml: &str, name: &str) -> Vec<String> {
    let lines = yaml
        .lines()
        .skip_while(|line| line.trim_end() != format!("{name}:"))
        .skip(1);
    lines
        .take_while(|line| line.is_empty() || line.starts_with([' ', '#']))
        .filter_map(|line| line.trim_start().strip_prefix("- "))
        .filter_map(|item| match item.chars().next()? {
            '\'' => item[1..].find('\'').map(|end| item[1..=end].to_owned()),
            _ => item.rfind('"').map(|end| {
                let inner = item[1..end]
                    .replace("\\n", "\n")
                    .replace("\\t", "\t")
                    .replace("\\r", "\r");
                inner.replace("\\\"", "\"")
            }),
        })
        .collect()
}

#[test]
fn conformance_queries_parse_as_far_as_they_are_built() {
    #[expect(
        clippy::disallowed_methods,
        reason = "says where outside test data lies"
    )]
    let root = std::env::var("TACHO_CONFORMANCE_DIR").map_or_else(
        |_| std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance"),
        std::path::PathBuf::from,
    );
    let path = root.join("traceql/test_examples.yaml");
    #[expect(clippy::disallowed_methods, reason = "outside test data")]
    let Ok(yaml) = std::fs::read_to_string(&path) else {
        eprintln!("SKIPPED: no conformance data at {}", path.display());
        return;
    };
    let kinds = |text: &str| check(text).err().map(|found| found[0].kind);
    let (mut accepted, mut unsupported) = (0, 0);
    for text in section(&yaml, "valid") {
        fuzz_traceql(text.as_bytes());
        match kinds(&text) {
            None => accepted += 1,
            Some(DiagnosticKind::Unsupported) => unsupported += 1,
            Some(kind) => panic!("{text}: {kind:?}: {}", outcome(&text)),
        }
    }
    assert!(
        accepted >= 55 && unsupported >= 55,
        "accepted {accepted}, unsupported {unsupported}"
    );
    for name in ["parse_fails", "validate_fails", "unsupported"] {
        let queries = section(&yaml, name);
        assert!(queries.len() >= 10, "{name}: {}", queries.len());
        for text in queries {
            fuzz_traceql(text.as_bytes());
            assert!(check(&text).is_err(), "{name}: {text}");
        }
    }
}

fn literal_value() -> impl Strategy<Value = LiteralValue> {
    prop_oneof![
        any::<String>().prop_map(LiteralValue::String),
        any::<i64>().prop_map(LiteralValue::Int),
        any::<f64>()
            .prop_filter("finite", |value| value.is_finite())
            .prop_map(LiteralValue::Float),
        any::<bool>().prop_map(LiteralValue::Bool),
        Just(LiteralValue::Nil),
        (-i64::MAX..=i64::MAX).prop_map(LiteralValue::Duration),
        (0..3i32).prop_map(|number| LiteralValue::Status(SpanStatus::from_number(number))),
        (0..6i32).prop_map(|number| LiteralValue::Kind(SpanKind::from_number(number))),
    ]
}

fn field_name() -> impl Strategy<Value = FieldName> {
    let scopes = [
        AttributeScope::Any,
        AttributeScope::Span,
        AttributeScope::Resource,
        AttributeScope::Instrumentation,
        AttributeScope::Event,
        AttributeScope::Link,
    ];
    prop_oneof![
        (
            prop::sample::select(scopes.to_vec()),
            "\\PC{1,8}|[a-z.\"\\\\ \n/]{1,8}"
        )
            .prop_map(|(scope, name)| FieldName::Attribute { scope, name }),
        prop::sample::select(INTRINSICS.to_vec())
            .prop_map(|(intrinsic, _)| FieldName::Intrinsic(intrinsic)),
    ]
}

fn expr() -> impl Strategy<Value = Expr> {
    let leaf = prop_oneof![
        literal_value().prop_map(|value| Expr::Literal(Literal { value, range: 0..0 })),
        field_name().prop_map(|name| Expr::Field(Field { name, range: 0..0 })),
    ];
    let operators = [
        ComparisonOperator::Equal,
        ComparisonOperator::NotEqual,
        ComparisonOperator::Less,
        ComparisonOperator::LessOrEqual,
        ComparisonOperator::Greater,
        ComparisonOperator::GreaterOrEqual,
        ComparisonOperator::Match,
        ComparisonOperator::NotMatch,
    ];
    leaf.prop_recursive(6, 40, 4, move |inner| {
        prop_oneof![
            inner.clone().prop_map(|operand| Expr::Unary(Unary {
                operator: UnaryOperator::Not,
                operand: Box::new(operand),
                range: 0..0,
            })),
            (
                prop::sample::select(operators.to_vec()),
                inner.clone(),
                inner.clone()
            )
                .prop_map(|(operator, left, right)| Expr::Comparison(Comparison {
                    operator,
                    left: Box::new(left),
                    right: Box::new(right),
                    range: 0..0,
                })),
            (any::<bool>(), prop::collection::vec(inner, 2..4)).prop_map(|(and, operands)| {
                let operator = if and {
                    LogicalOperator::And
                } else {
                    LogicalOperator::Or
                };
                Expr::Logical(Logical {
                    operator,
                    operands,
                    range: 0..0,
                })
            }),
        ]
    })
}

/// Pieces that queries are made of, in any order: reaches deeper than characters at random.
fn pieces() -> impl Strategy<Value = String> {
    let words = [
        "{", "}", "(", ")", "&&", "||", "!", "=", "!=", "=~", "!~", "<", ">=", ".a", "span.b",
        "name", "status", "ok", "server", "nil", "true", "1", "-", "2.5", "3s", "\"x\"", "`y`",
        "parent", "|", ">>", "event.x", "span:id", ".\"q r\"", "//c\n", "/*", "\"", "é",
    ];
    prop::collection::vec(prop::sample::select(words.to_vec()), 0..25)
        .prop_map(|words| words.join(" "))
}

proptest! {
    #[test]
    fn printed_trees_read_back(condition in prop::option::of(expr())) {
        let query = Query { spanset: Spanset::Filter(SpansetFilter { condition, range: 0..0 }) };
        let text = print(&query);
        let again = parse(&text).map(Query::without_ranges);
        prop_assert_eq!(again.as_ref(), Ok(&query), "{}", text);
    }

    #[test]
    fn any_text_is_answered(text in any::<String>()) {
        fuzz_traceql(text.as_bytes());
        fuzz_traceql(format!("{{ {text} }}").as_bytes());
    }

    #[test]
    fn any_order_of_pieces_is_answered(text in pieces()) {
        fuzz_traceql(text.as_bytes());
        fuzz_traceql(format!("{{ {text} }}").as_bytes());
    }
}
