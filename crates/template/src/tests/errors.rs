//! Messages, their places, and the limits.

use super::{functions, set};
use crate::error::ErrorKind;
use crate::limits::Limits;
use crate::set::TemplateSet;
use crate::value::Value;

#[test]
fn messages_name_the_place() {
    let cases = [
        ("{{", "template: t:1:3: unclosed action"),
        ("a\nb {{.}", "template: t:2:6: bad character U+007D '}'"),
        ("{{foo}}", "template: t:1:3: function \"foo\" not defined"),
        ("{{$x}}", "template: t:1:3: undefined variable \"$x\""),
        ("{{if}}{{end}}", "template: t:1:5: missing value for if"),
        (
            "{{if true}}",
            "template: t:1:3: unexpected EOF: no {{end}} for if",
        ),
        ("{{end}}", "template: t:1:1: unexpected {{end}}"),
        ("{{else}}", "template: t:1:1: unexpected {{else}}"),
        (
            "{{1 | 2}}",
            "template: t:1:7: non executable command in pipeline stage 2",
        ),
        ("{{1 |}}", "template: t:1:5: missing command after |"),
        ("{{(1}}", "template: t:1:5: unclosed left paren"),
        ("{{1)}}", "template: t:1:4: unexpected right paren"),
        ("{{\"a}}", "template: t:1:3: unterminated quoted string"),
        ("{{`a}}", "template: t:1:3: unterminated raw quoted string"),
        ("{{/* a }}", "template: t:1:3: unclosed comment"),
        (
            "{{/* a */ b}}",
            "template: t:1:10: comment ends before closing delimiter",
        ),
        ("{{break}}", "template: t:1:3: {{break}} outside {{range}}"),
        (
            "{{define \"a\"}}{{define \"b\"}}{{end}}{{end}}",
            "template: t:1:17: unexpected <define> in command",
        ),
        (
            "{{define \"a\"}}1{{end}}{{define \"a\"}}2{{end}}",
            "template: t:1:35: multiple definition of template \"a\"",
        ),
        ("{{.a-b}}", "template: t:1:5: bad character U+002D '-'"),
        ("{{1.5.x}}", "template: t:1:3: bad number syntax: \"1.5.x\""),
        (
            "{{nil.x}}",
            "template: t:1:3: unexpected . after term \"nil.x\"",
        ),
        (
            "{{template}}",
            "template: t:1:11: unexpected \"}}\" in template clause",
        ),
        (
            "{{range $a, $b, $c := .}}{{end}}",
            "template: t:1:15: too many declarations in range",
        ),
        ("{{a = 1}}", "template: t:1:3: function \"a\" not defined"),
        ("{{@}}", "template: t:1:3: unexpected \"@\" in command"),
        (
            "ä {{if true}}{{x}}{{end}}",
            "template: t:1:16: function \"x\" not defined",
        ),
    ];
    let mut wrong = Vec::new();
    for (text, expected) in cases {
        let error = set().add("t", text).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Invalid);
        if error.to_string() != expected {
            wrong.push(format!("{text}: {error}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn messages_of_executions_name_the_piece() {
    let mut set = set();
    set.add("file", "{{define \"inner\"}}\n  {{ .a.b.c | len }}{{end}}")
        .unwrap();
    let data = Value::map([("a", Value::map([("b", Value::Int(1))]))]);
    let error = set
        .execute_text("{{template \"inner\" .}}", &data, false)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "template: file:2:6: executing \"inner\" at <.a.b.c>: can't evaluate field c in type int"
    );
    assert_eq!(error.kind, ErrorKind::Failed);
    let error = set.execute_text(
        "a {{ print (1 | humanize) (humanize \"x\") }}",
        &data,
        false,
    );
    assert_eq!(
        error.unwrap_err().to_string(),
        "template: :1:28: executing \"\" at <humanize \"x\">: error calling humanize: \
         strconv.ParseFloat: parsing \"x\": invalid syntax"
    );
}

#[track_caller]
fn exceeds(text: &str, expected: &str) {
    let error = set().execute_text(text, &Value::Nil, false).unwrap_err();
    assert!(error.message.contains(expected), "{error}");
    assert_eq!(error.kind, ErrorKind::LimitExceeded, "{error}");
}

#[test]
fn limits_hold() {
    exceeds("{{range 100000000000}}{{end}}", "more than 1000000 steps");
    exceeds(
        "{{range 100000}}{{range 100}}{{end}}{{end}}",
        "more than 1000000 steps",
    );
    exceeds(
        "{{range 400000}}xxxxxxxxxx{{end}}",
        "output is longer than 1048576 bytes",
    );
    exceeds(
        "{{define \"r\"}}{{template \"r\"}}{{end}}{{template \"r\"}}",
        "exceeded maximum template depth (100)",
    );
    exceeds(
        "{{define \"r\"}}{{if true}}{{if true}}{{template \"r\"}}{{end}}{{end}}{{end}}{{template \"r\"}}",
        "nested deeper than 250",
    );
    exceeds(
        "{{$x := \"a\"}}{{range 100}}{{$x = print $x $x}}{{end}}",
        "longer than 1048576",
    );
    exceeds(
        "{{$x := list}}{{range 1000}}{{$x = list $x}}{{end}}",
        "nested deeper than 100",
    );
    exceeds(
        "{{$x := list}}{{range 1000}}{{$x = list $x $x}}{{end}}",
        "more than 10000 values",
    );
    exceeds(
        "{{$x := list}}{{range 100000}}{{$x = append $x 1}}{{end}}",
        "more than 1",
    );
    exceeds(&"{{if true}}".repeat(200), "nested deeper than 100");
    exceeds(
        &format!("{{{{{}1{}}}}}", "(".repeat(200), ")".repeat(200)),
        "nested deeper than 100",
    );
    exceeds(&"x".repeat((1 << 20) + 1), "is longer than 1048576");
    exceeds(
        "{{range 2000}}{{$x := match \"a\" \"b\"}}{{end}}",
        "more than 1000000 steps",
    );
    let long = "{{printf \"%1000000d%1000000d\" 1 2}}";
    assert!(set().execute_text(long, &Value::Nil, false).is_err());
    let many = "{{reReplaceAll \"\" (printf \"%100000d\" 1) (printf \"%100000d\" 1)}}";
    assert!(set().execute_text(many, &Value::Nil, false).is_err());
    let small = Limits {
        output_bytes: 3,
        steps: 10,
    };
    let set = TemplateSet::new(functions()).with_limits(small);
    assert_eq!(set.execute_text("abc", &Value::Nil, false).unwrap(), "abc");
    assert!(set.execute_text("abcd", &Value::Nil, true).is_err());
}

/// The deepest executions that the limits allow fit into the stack of a thread.
#[test]
fn the_deepest_texts_fit_into_the_stack() {
    let open = "(".repeat(95);
    let close = ")".repeat(95);
    let chained = format!("{{{{{open}print 1{close}}}}}");
    assert_eq!(
        set().execute_text(&chained, &Value::Nil, false).unwrap(),
        "1"
    );
    let nested = format!("{}x{}", "{{if true}}".repeat(99), "{{end}}".repeat(99));
    assert_eq!(
        set().execute_text(&nested, &Value::Nil, false).unwrap(),
        "x"
    );
    let arguments = format!("{}1{}", "print (".repeat(90), ")".repeat(90));
    assert_eq!(
        set()
            .execute_text(&format!("{{{{{arguments}}}}}"), &Value::Nil, false)
            .unwrap(),
        "1"
    );
    let recursive = "{{define \"r\"}}{{range 1}}{{with 1}}{{template \"r\" (print (print (print 1)))}}{{end}}{{end}}{{end}}{{template \"r\"}}";
    assert!(set().execute_text(recursive, &Value::Nil, true).is_err());
    let chain = format!(
        "{{{{if false}}}}{}{{{{end}}}}",
        "{{else if false}}".repeat(5_000)
    );
    assert_eq!(set().execute_text(&chain, &Value::Nil, false).unwrap(), "");
}
