//! Messages about what cannot be read: each is Prometheus' own text, place included.

use crate::promql::{check, parse, parse_selector};

#[track_caller]
fn assert_messages(cases: &[(&str, &str)]) {
    for (text, message) in cases {
        match parse(text) {
            Ok(_) => panic!("{text}: passes"),
            Err(found) => assert_eq!(found, *message, "{text}"),
        }
    }
}

#[test]
fn texts_that_are_no_query_are_told() {
    assert_messages(&[
        (
            "",
            "unknown position: parse error: no expression found in input",
        ),
        (" # x", "1:1: parse error: no expression found in input"),
        ("rate(foo", "1:9: parse error: unclosed left parenthesis"),
        ("foo[5m", "1:7: parse error: unclosed left bracket"),
        ("1 +", "1:4: parse error: unexpected end of input"),
        ("foo)", "1:5: parse error: unexpected right parenthesis ')'"),
        ("foo bar", "1:5: parse error: unexpected identifier \"bar\""),
        ("a\n b = 5", "2:2: parse error: unexpected identifier \"b\""),
        ("é", "1:1: parse error: unexpected character: 'é'"),
        (
            "x + \"é\" $",
            "1:10: parse error: unexpected character: '$'",
        ),
        ("*a", "1:1: parse error: unexpected <op:*>"),
        ("sum foo", "1:5: parse error: unexpected identifier \"foo\""),
        (
            "a \"long enough\"",
            "1:3: parse error: unexpected string \"\\\"long enou\"...",
        ),
        (
            "a ! b",
            "1:3: parse error: unexpected character after '!': ' '",
        ),
        (
            "5xx",
            "1:1: parse error: bad number or duration syntax: \"5\"",
        ),
        (
            "0b11",
            "1:1: parse error: bad number or duration syntax: \"0\"",
        ),
        (
            "1e999",
            "1:1: parse error: error parsing number: strconv.ParseFloat: parsing \"1e999\": value out of range",
        ),
        (
            "1m5h",
            "1:1: parse error: not a valid duration string: \"1m5h\"",
        ),
        ("\"a", "1:1: parse error: unterminated quoted string"),
        (
            "\"\\d\"",
            "1:1: parse error: unknown escape sequence U+0064 'd'",
        ),
    ]);
}

#[test]
fn tokens_that_do_not_fit_are_told_with_their_place() {
    assert_messages(MISPLACED);
}

const MISPLACED: &[(&str, &str)] = &[
    (
        "sum(foo bar)",
        "1:9: parse error: unexpected identifier \"bar\" in aggregation",
    ),
    (
        "sum by x (y)",
        "1:8: parse error: unexpected identifier \"x\" in grouping opts, expected \"(\"",
    ),
    (
        "sum by (x y) (z)",
        "1:11: parse error: unexpected identifier \"y\" in grouping opts, expected \",\" or \")\"",
    ),
    (
        "sum by (,) (z)",
        "1:9: parse error: unexpected \",\" in grouping opts, expected label",
    ),
    (
        "sum by (\"\") (z)",
        "1:9: parse error: invalid label name for grouping: \"\"",
    ),
    (
        "a + on(b) group_left, c",
        "1:21: parse error: unexpected \",\" in grouping opts, expected \"(\"",
    ),
    (
        "a{b}",
        "1:4: parse error: unexpected \"}\" in label matching, expected label matching operator",
    ),
    (
        "a{b=c}",
        "1:5: parse error: unexpected identifier \"c\" in label matching, expected string",
    ),
    (
        "a{b=\"c\" d}",
        "1:9: parse error: unexpected identifier \"d\" in label matching, expected \",\" or \"}\"",
    ),
    (
        "a{,}",
        "1:3: parse error: unexpected \",\" in label matching, expected identifier or \"}\"",
    ),
    (
        "a{",
        "1:3: parse error: unexpected end of input inside braces",
    ),
    (
        "a{5}",
        "1:3: parse error: unexpected character inside braces: '5'",
    ),
    (
        "a{b=~\"(\"}",
        "1:3: parse error: error parsing regexp: missing closing ): `(`",
    ),
    (
        "a[]",
        "1:3: parse error: unexpected \"]\" in subquery or range selector, expected number, duration, step(), or range()",
    ),
    (
        "a[5m 5m]",
        "1:6: parse error: unexpected duration \"5m\" in subquery or range, expected \":\" or \"]\"",
    ),
    (
        "a[5m:5m 5m]",
        "1:9: parse error: unexpected duration \"5m\" in subquery selector, expected \"]\"",
    ),
    (
        "a[:5m]",
        "1:4: parse error: unexpected colon before duration in duration expression",
    ),
    ("a[0]", "1:3: parse error: duration must be greater than 0"),
    ("a[5m / 0]", "1:6: parse error: division by zero"),
    (
        "a offset x",
        "1:10: parse error: unexpected identifier \"x\" in offset, expected number, duration, step(), or range()",
    ),
    (
        "a @ b",
        "1:5: parse error: unexpected identifier \"b\" in @, expected timestamp",
    ),
    (
        "a @ Inf",
        "1:1: parse error: timestamp out of bounds for @ modifier: +Inf",
    ),
    (
        "rate(a,)",
        "1:7: parse error: trailing commas not allowed in function call args",
    ),
];

#[test]
fn modifiers_in_the_wrong_place_are_told() {
    let preceded = "modifier must be preceded by an instant vector selector or range vector selector or a subquery";
    assert_messages(&[
        (
            "5 offset 1m",
            &format!("1:1: parse error: offset {preceded}"),
        ),
        ("sum(a) @ 5", &format!("1:1: parse error: @ {preceded}")),
        (
            "a offset 1m offset 2m",
            "1:1: parse error: offset may not be set multiple times",
        ),
        (
            "a @ 1 @ 2",
            "1:1: parse error: @ <timestamp> may not be set multiple times",
        ),
        (
            "a offset 1m[5m]",
            "1:12: parse error: no offset modifiers allowed before range",
        ),
        (
            "a @ 1[5m]",
            "1:6: parse error: no @ modifiers allowed before range",
        ),
        (
            "sum(a)[5m]",
            "1:7: parse error: ranges only allowed for vector selectors",
        ),
        (
            "a anchored smoothed",
            "1:1: parse error: anchored and smoothed modifiers cannot be used together",
        ),
        (
            "a[5m:] anchored",
            "1:1: parse error: anchored modifier is not supported for subqueries",
        ),
        (
            "5 smoothed",
            "1:1: parse error: smoothed modifier not implemented",
        ),
    ]);
}

#[test]
fn types_that_do_not_fit_are_told() {
    assert_messages(TYPES);
}

const TYPES: &[(&str, &str)] = &[
    (
        "rate(a)",
        "1:6: parse error: expected type range vector in call to function \"rate\", got instant vector",
    ),
    (
        "abs(a[5m])",
        "1:5: parse error: expected type instant vector in call to function \"abs\", got range vector",
    ),
    (
        "sum(5)",
        "1:5: parse error: expected type instant vector in aggregation expression, got scalar",
    ),
    (
        "topk(a, b)",
        "1:6: parse error: expected type scalar in aggregation parameter, got instant vector",
    ),
    (
        "count_values(5, b)",
        "1:14: parse error: expected type string in aggregation parameter, got scalar",
    ),
    (
        "sum()",
        "1:1: parse error: no arguments for aggregate expression provided",
    ),
    (
        "sum(a, b)",
        "1:1: parse error: wrong number of arguments for aggregate expression provided, expected 1, got 2",
    ),
    (
        "topk(a)",
        "1:1: parse error: wrong number of arguments for aggregate expression provided, expected 2, got 1",
    ),
    (
        "5 + foos()",
        "1:5: parse error: unknown function with name \"foos\"",
    ),
    (
        "time(5)",
        "1:1: parse error: expected 0 argument(s) in call to \"time\", got 1",
    ),
    (
        "round(a, 1, 2)",
        "1:1: parse error: expected at most 2 argument(s) in call to \"round\", got 3",
    ),
    (
        "label_join(a, \"b\")",
        "1:1: parse error: expected at least 3 argument(s) in call to \"label_join\", got 2",
    ),
    (
        "5 and a",
        "1:1: parse error: set operator \"and\" not allowed in binary scalar expression",
    ),
    (
        "1 == 2",
        "1:3: parse error: comparisons between scalars must use BOOL modifier",
    ),
    (
        "a +  bool b",
        "1:3: parse error: bool modifier can only be used on comparison operators",
    ),
    (
        "a + on(x) group_left(x) b",
        "1:3: parse error: label \"x\" must not occur in ON and GROUP clause at once",
    ),
    (
        "a + \"b\"",
        "1:5: parse error: binary expression must contain only scalar and instant vector types",
    ),
    (
        "a + on(x) 5",
        "1:1: parse error: vector matching only allowed between instant vectors",
    ),
    (
        "a + fill(1) 5",
        "1:1: parse error: filling in missing series only allowed between instant vectors",
    ),
    (
        "a and on(x) group_left b",
        "1:1: parse error: no grouping allowed for \"and\" operation",
    ),
    (
        "a or fill(1) b",
        "1:1: parse error: filling in missing series not allowed for set operators",
    ),
    (
        "-\"a\"",
        "1:1: parse error: unary expression only allowed on expressions of type scalar or instant vector, got \"string\"",
    ),
    (
        "5[5m:]",
        "1:1: parse error: subquery is only allowed on instant vector, got scalar instead",
    ),
    (
        "{}",
        "1:1: parse error: vector selector must contain at least one non-empty matcher",
    ),
    (
        "{a=~\".*\",b!=\"c\"}",
        "1:1: parse error: vector selector must contain at least one non-empty matcher",
    ),
    (
        "a{__name__=\"b\"}",
        "1:1: parse error: metric name must not be set twice: \"a\" or \"b\"",
    ),
    (
        "info(a, b)",
        "1:9: parse error: expected label selectors only, got vector selector instead",
    ),
    (
        "info(a, sum(b))",
        "1:9: parse error: expected label selectors only",
    ),
];

#[test]
fn people_get_all_problems_of_types_with_hints() {
    let found = check("rate(a) + abs(b[5m]) + tiem()").unwrap_err();
    assert_eq!(
        found.len(),
        1,
        "the unknown function comes first: {found:?}"
    );
    assert_eq!(found[0].hint.as_deref(), Some("did you mean `time`?"));
    let found = check("rate(a) + abs(b[5m])").unwrap_err();
    let hints: Vec<Option<&str>> = found.iter().map(|found| found.hint.as_deref()).collect();
    assert_eq!(
        hints,
        [
            Some("add a range, such as `[5m]`"),
            Some("take the range away, or aggregate over it, as with `avg_over_time`")
        ]
    );
    let found = check("sum by (a b) (c)").unwrap_err();
    assert_eq!(found[0].expected, ["\",\"", "\")\""]);
}

#[test]
fn selectors_alone_are_read_without_modifiers() {
    assert_eq!(
        parse_selector("a{b=\"c\"}").map(|matchers| matchers.len()),
        Ok(2)
    );
    assert_eq!(parse_selector("{}").map(|matchers| matchers.len()), Ok(0));
    for (text, message) in [
        ("a offset 5m", "1:3: parse error: unexpected <offset>"),
        ("5", "1:1: parse error: unexpected number \"5\""),
        ("", "unknown position: parse error: unexpected end of input"),
    ] {
        assert_eq!(parse_selector(text), Err(message.to_owned()));
    }
}
