//! No text makes the crate panic, and what it prints stays within its limits.

use super::set;
use crate::limits::Limits;
use crate::set::TemplateSet;
use crate::value::Value;
use proptest::prelude::{
    ProptestConfig, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest,
};
use tacho_model::time::Timestamp;

const WORDS: &[&str] = &[
    "{{",
    "}}",
    "{{-",
    "- }}",
    " -}}",
    "{{- ",
    "/*",
    "*/",
    " ",
    "\n",
    ".",
    ".a",
    ".b.c",
    "$",
    "$x",
    ":=",
    "=",
    "|",
    "(",
    ")",
    "if ",
    "else ",
    "end",
    "range ",
    "with ",
    "define \"t\"",
    "template \"t\" ",
    "block \"t\" .",
    "break",
    "continue",
    "1",
    "-2.5",
    "0x1p-2",
    "'a'",
    "\"s\"",
    "`r`",
    "nil",
    "true",
    "print ",
    "printf \"%5.2f %[2]v %*d\" ",
    "index ",
    "slice ",
    "len ",
    "eq ",
    "lt ",
    "and ",
    "or ",
    "list ",
    "dict ",
    "humanize ",
    "humanizeDuration ",
    "toTime ",
    "toJson ",
    "reReplaceAll \"a(.)\" \"$1\" ",
    "title ",
    "stripPort ",
    "stripDomain ",
    "urlUnescape ",
    "parseDuration ",
    "mustToDate \"Jan _2 2006\" ",
    "<a href=\"",
    "<script>",
    "<!--",
    "-->",
    "\">",
    "ä",
    ",",
    "{",
    "}",
    "\\",
];

fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => proptest::sample::select(WORDS).prop_map(str::to_owned),
        1 => "\\PC{0,6}",
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        proptest::collection::vec(piece(), 0..30).prop_map(|pieces| pieces.concat()),
        proptest::collection::vec(piece(), 0..12)
            .prop_map(|pieces| format!("{{{{ {} }}}}", pieces.join(" "))),
        "\\PC{0,40}",
    ]
}

fn data() -> Value {
    Value::map([
        (
            "a",
            Value::list([Value::Int(1), "x:1".into(), Value::Float(f64::NAN)]),
        ),
        ("b", Value::map([("c", "1h30m".into())])),
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_text_is_answered(text in text(), html in any::<bool>()) {
        let limits = Limits { output_bytes: 10_000, steps: 20_000 };
        let set = TemplateSet::new(super::functions()).with_limits(limits);
        match set.execute_text(&text, &data(), html) {
            Ok(output) => prop_assert!(output.len() <= limits.output_bytes),
            Err(error) => prop_assert!(!error.message.is_empty()),
        }
    }

    #[test]
    fn escaped_values_open_no_tags(value in "\\PC{0,20}|[<>&\"'/a-z:()= ]{0,20}") {
        let set = set();
        let data = Value::from(value);
        for (before, after) in [("<p>", "</p>"), ("<p title=\"", "\">"), ("<a href='", "'>"), ("<p title=", ">")] {
            let output = set.execute_text(&format!("{before}{{{{.}}}}{after}"), &data, true).unwrap();
            let inner = &output[before.len()..output.len() - after.len()];
            prop_assert!(!inner.contains(['<', '>', '"', '\'']), "{inner}");
        }
    }

    #[test]
    fn times_come_back(seconds in -9_000_000_000i64..9_000_000_000) {
        let data = Value::from(Timestamp(seconds * 1_000_000_000));
        let text = "{{ (mustToDate \"Mon, 02 Jan 2006 15:04:05 -0700\" (.Format \"Mon, 02 Jan 2006 15:04:05 -0700\")).Unix }}";
        prop_assert_eq!(set().execute_text(text, &data, false).unwrap(), seconds.to_string());
    }
}
