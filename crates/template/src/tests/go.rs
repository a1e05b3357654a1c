//! The language: the examples of Go's documentation, and the rules it states.

use super::{check, check_fails, set};
use crate::value::{Object, Shape, Value};

pub(super) fn data() -> Value {
    Value::map([
        ("Name", "Go".into()),
        ("Count", Value::Int(17)),
        ("Ratio", Value::Float(0.5)),
        ("Yes", true.into()),
        ("Empty", "".into()),
        (
            "List",
            Value::list([Value::Int(1), Value::Int(2), Value::Int(3)]),
        ),
        ("Texts", Value::list(["a".into(), "b".into()])),
        ("None", Value::list([])),
        (
            "Map",
            Value::map([("b", Value::Int(2)), ("a", Value::Int(1))]),
        ),
        (
            "Deep",
            Value::map([("X", Value::map([("Y", "deep".into())]))]),
        ),
        ("Object", Value::object(Adder)),
    ])
}

#[derive(Debug)]
struct Adder;

impl Object for Adder {
    fn field(&self, name: &str) -> Option<Value> {
        (name == "Field").then(|| "field".into())
    }

    fn call(&self, name: &str, arguments: &[Value]) -> Option<Result<Value, String>> {
        match (name, arguments) {
            ("Count", all) => Some(Ok(all.len().into())),
            ("Fail", _) => Some(Err("it failed".to_owned())),
            ("Self", _) => Some(Ok(Value::object(Self))),
            _ => None,
        }
    }

    fn printed(&self) -> String {
        "adder".to_owned()
    }

    fn shape(&self) -> Shape {
        Shape::Struct(vec![("field", "x".into())])
    }
}

#[test]
fn examples_of_the_documentation() {
    check(
        &[
            (r#"{{"\"output\""}}"#, "\"output\""),
            (r#"{{`"output"`}}"#, "\"output\""),
            (r#"{{printf "%q" "output"}}"#, "\"output\""),
            (r#"{{"output" | printf "%q"}}"#, "\"output\""),
            (r#"{{printf "%q" (print "out" "put")}}"#, "\"output\""),
            (
                r#"{{"put" | printf "%s%s" "out" | printf "%q"}}"#,
                "\"output\"",
            ),
            (r#"{{"output" | printf "%s" | printf "%q"}}"#, "\"output\""),
            (r#"{{with "output"}}{{printf "%q" .}}{{end}}"#, "\"output\""),
            (
                r#"{{with $x := "output" | printf "%q"}}{{$x}}{{end}}"#,
                "\"output\"",
            ),
            (
                r#"{{with $x := "output"}}{{printf "%q" $x}}{{end}}"#,
                "\"output\"",
            ),
            (
                r#"{{with $x := "output"}}{{$x | printf "%q"}}{{end}}"#,
                "\"output\"",
            ),
            ("{{23 -}} < {{- 45}}", "23<45"),
            (
                r#"{{define "T1"}}ONE{{end}}{{define "T2"}}TWO{{end}}{{define "T3"}}{{template "T1"}} {{template "T2"}}{{end}}{{template "T3"}}"#,
                "ONE TWO",
            ),
        ],
        &data(),
    );
}

#[test]
fn text_trims_and_comments() {
    check(
        &[
            ("", ""),
            ("plain } text {", "plain } text {"),
            ("a{{/* comment */}}b", "ab"),
            ("a {{- /* comment */ -}} b", "ab"),
            ("a \n\t{{- 1 }} b", "a1 b"),
            ("a {{ 1 -}} \n b", "a 1b"),
            ("{{- 1 -}}", "1"),
            ("{{-1}}", "-1"),
            ("{{ 1\n}}", "1"),
            ("{{\n1\n|\nprintf\n\"%d\"\n}}", "1"),
            ("ä{{ \"ö\" }}ü", "äöü"),
        ],
        &data(),
    );
}

#[test]
fn constants() {
    check(
        &[
            (
                "{{1}} {{-7}} {{+7}} {{0x1F}} {{0b11}} {{0o17}} {{017}} {{1_000}}",
                "1 -7 7 31 3 15 15 1000",
            ),
            (
                "{{1.5}} {{1e3}} {{.5}} {{1.}} {{-1.5e-7}} {{0x1p4}}",
                "1.5 1000 0.5 1 -1.5e-07 16",
            ),
            (
                "{{1e6}} {{1000000.0}} {{123456789.0}}",
                "1e+06 1e+06 1.23456789e+08",
            ),
            (
                r"{{'a'}} {{'\n'}} {{'\''}} {{'ä'}} {{'\x41'}}",
                "97 10 39 228 65",
            ),
            (r#"{{"\t\x41\u00e4\U0001F600\101\\"}}"#, "\tAä😀A\\"),
            ("{{true}} {{false}}", "true false"),
            ("{{`raw\\n`}}", "raw\\n"),
            ("{{print nil}}", "<nil>"),
        ],
        &data(),
    );
    for text in [
        "{{1x}}",
        "{{08}}",
        "{{1__0}}",
        "{{0x}}",
        "{{99999999999999999999}}",
        "{{+}}",
        "{{1e999}}",
        r"{{'ab'}}",
        r#"{{"\q"}}"#,
        "{{1i}}",
    ] {
        assert!(
            set().execute_text(text, &Value::Nil, false).is_err(),
            "{text}"
        );
    }
}

#[test]
fn fields_variables_and_methods() {
    check(
        &[
            ("{{.Name}} {{.Count}} {{.Ratio}} {{.Yes}}", "Go 17 0.5 true"),
            (
                "{{.Deep.X.Y}} {{$.Deep.X.Y}} {{(.Deep).X.Y}} {{(index .Deep \"X\").Y}}",
                "deep deep deep deep",
            ),
            (
                "{{.List}} {{.Map}} {{.None}} {{.Texts}}",
                "[1 2 3] map[a:1 b:2] [] [a b]",
            ),
            ("{{.Missing}}", "<no value>"),
            ("{{$x := .Missing}}{{$x.Foo.Bar}}", "<no value>"),
            ("{{$x := 1}}{{$x}}{{$x = 2}}{{$x}}", "12"),
            (
                "{{$x := 1}}{{if true}}{{$x = 2}}{{$x := 3}}{{end}}{{$x}}",
                "2",
            ),
            ("{{$x := 1}}{{with 5}}{{$x}}{{.}}{{$.Name}}{{end}}", "15Go"),
            (
                "{{.Object}} {{.Object.Field}} {{.Object.Count}} {{.Object.Count 1 2}}",
                "adder field 0 2",
            ),
            (
                "{{1 | .Object.Count 5}} {{.Object.Self.Self.Count 1}} {{(.Object.Self).Field}}",
                "2 1 field",
            ),
            ("{{$o := .Object}}{{$o.Count 1 (print 2) .Name}}", "3"),
        ],
        &data(),
    );
    check_fails(
        &[
            (
                "{{.Missing.Foo}}",
                "nil pointer evaluating interface {}.Foo",
            ),
            ("{{.Name.Foo}}", "can't evaluate field Foo in type string"),
            (
                "{{.Object.Nothing}}",
                "can't evaluate field Nothing in type struct",
            ),
            (
                "{{.Object.Field 1}}",
                "Field is not a method but has arguments",
            ),
            ("{{.Object.Fail}}", "error calling Fail: it failed"),
            ("{{1 | .Name}}", "Name is not a method but has arguments"),
            (
                "{{$x := 1}}{{$x 2}}",
                "can't give argument to non-function $x",
            ),
            ("{{nil}}", "nil is not a command"),
        ],
        &data(),
    );
}

#[test]
fn conditions() {
    check(
        &[
            ("{{if .Yes}}1{{else}}2{{end}}", "1"),
            ("{{if .Empty}}1{{else}}2{{end}}", "2"),
            ("{{if .Missing}}1{{end}}", ""),
            (
                "{{if 0}}1{{else if 0.0}}2{{else if .None}}3{{else if .List}}4{{else}}5{{end}}",
                "4",
            ),
            ("{{if not .Yes}}1{{else}}2{{end}}", "2"),
            ("{{with .Name}}{{.}}{{else}}none{{end}}", "Go"),
            ("{{with .Empty}}{{.}}{{else}}{{.Name}}{{end}}", "Go"),
            (
                "{{with .Empty}}1{{else with .Count}}{{.}}{{else}}3{{end}}",
                "17",
            ),
            ("{{if $x := .Count}}{{$x}}{{end}}", "17"),
            ("{{if $x := .Empty}}1{{else if true}}[{{$x}}]{{end}}", "[]"),
        ],
        &data(),
    );
}

#[test]
fn ranges() {
    check(
        &[
            ("{{range .List}}<{{.}}>{{end}}", "<1><2><3>"),
            ("{{range $e := .List}}{{$e}}{{end}}", "123"),
            ("{{range $i, $e := .Texts}}{{$i}}{{$e}}{{end}}", "0a1b"),
            ("{{range $k, $v := .Map}}{{$k}}={{$v}} {{end}}", "a=1 b=2 "),
            ("{{range .Map}}{{.}}{{end}}", "12"),
            ("{{range .None}}x{{else}}none {{.Name}}{{end}}", "none Go"),
            ("{{range .Missing}}x{{else}}none{{end}}", "none"),
            (
                "{{range 3}}{{.}}{{end}} {{range $i := 2}}{{$i}}{{end}}",
                "012 01",
            ),
            (
                "{{range .List}}{{if eq . 2}}{{continue}}{{end}}{{.}}{{end}}",
                "13",
            ),
            (
                "{{range .List}}{{if eq . 2}}{{break}}{{end}}{{.}}{{end}}x",
                "1x",
            ),
            (
                "{{range .List}}{{range $.List}}{{break}}{{end}}{{.}}{{end}}",
                "123",
            ),
            (
                "{{$s := 0}}{{range $e := .List}}{{$s = $e}}{{end}}{{$s}}",
                "3",
            ),
            (
                "{{$i := 9}}{{$e := 9}}{{range $i, $e = .Texts}}{{end}}{{$i}}{{$e}}",
                "1b",
            ),
            ("{{range $i, $e := .List}}{{$x := $e}}{{$x}}{{end}}", "123"),
        ],
        &data(),
    );
    check_fails(
        &[
            ("{{range .Name}}{{end}}", "range can't iterate over Go"),
            ("{{range .Object}}{{end}}", "range can't iterate over adder"),
        ],
        &data(),
    );
}

#[test]
fn templates_call_templates() {
    check(
        &[
            (
                r#"{{define "x"}}[{{.}}]{{end}}{{template "x" .Name}}{{template "x"}}"#,
                "[Go][<no value>]",
            ),
            (r#"{{block "b" .Name}}<{{.}}>{{end}}"#, "<Go>"),
            (
                r#"{{$v := 1}}{{define "x"}}{{$}}{{end}}{{template "x" 5}}{{$v}}"#,
                "51",
            ),
            (
                r#"{{define "r"}}{{.}}{{if gt . 0}}{{template "m" .}}{{end}}{{end}}{{define "m"}}-{{end}}{{template "r" 1}}"#,
                "1-",
            ),
        ],
        &data(),
    );
    let mut set = set();
    set.add(
        "file",
        "{{define \"a\"}}A{{end}}{{define \"b\"}}{{template \"a\"}}B{{end}}",
    )
    .unwrap();
    set.add("other", "{{define \"a\"}}a{{end}}{{define \"b\"}} {{end}}")
        .unwrap();
    assert_eq!(set.names(), ["a", "b", "file", "other"]);
    assert_eq!(set.execute("b", &Value::Nil).unwrap(), "aB");
    assert_eq!(
        set.execute_text("{{template \"b\"}}!", &Value::Nil, false)
            .unwrap(),
        "aB!"
    );
    let own = "{{define \"a\"}}own{{end}}{{template \"b\"}}";
    assert_eq!(set.execute_text(own, &Value::Nil, false).unwrap(), "ownB");
    assert_eq!(set.execute("b", &Value::Nil).unwrap(), "aB");
    let error = set.execute("nothing", &Value::Nil).unwrap_err();
    assert_eq!(
        error.to_string(),
        "template: nothing: no template \"nothing\""
    );
}
