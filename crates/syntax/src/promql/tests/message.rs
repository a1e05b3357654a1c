//! Messages about what cannot be read.

use crate::promql::parse;

#[test]
fn messages_are_those_of_prometheus() {
    for (text, message) in [
        (
            "",
            "unknown position: parse error: no expression found in input",
        ),
        (" # x", "1:1: parse error: no expression found in input"),
        ("rate(foo", "1:9: parse error: unclosed left parenthesis"),
    ] {
        assert_eq!(parse(text).unwrap_err(), message, "{text}");
    }
}
