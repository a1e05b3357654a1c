//! The functions of Prometheus and Alertmanager, with the values that their references name.

use super::{check, check_fails};
use crate::value::Value;

#[test]
fn humanized_numbers() {
    check(
        &[
            (
                "{{range .}}{{humanize .}}|{{end}}",
                "0|1|1.234M|1.235k|-1.235k|12.3m|100n|1e+27Y|+Inf|NaN|",
            ),
            (
                "{{range .}}{{humanize1024 .}}|{{end}}",
                "0|1|1.177Mi|1.206ki|-1.206ki|0.0123|1e-07|8.272e+26Yi|+Inf|NaN|",
            ),
            (
                "{{range .}}{{humanizeDuration .}}|{{end}}",
                "0s|1s|14d 6h 46m 40s|20m 34s|-20m 34s|12.3ms|100ns|106751991167300d 15h 30m 7s|+Inf|NaN|",
            ),
        ],
        &numbers(1e51),
    );
    check(
        &[
            (
                "{{humanize 0.0}} {{humanize 1}} {{humanize 1234567.0}} {{humanize .12}} {{humanize \"1e3\"}} {{humanize 999.95}}",
                "0 1 1.235M 120m 1k 1000",
            ),
            (
                "{{humanizeDuration 0}} {{humanizeDuration 1}} {{humanizeDuration 59.55}} {{humanizeDuration 60}} {{humanizeDuration 3600.5}} {{humanizeDuration 86400}} {{humanizeDuration -3661}}",
                "0s 1s 59.55s 1m 0s 1h 0m 0s 1d 0h 0m 0s -1h 1m 1s",
            ),
            (
                "{{humanizeDuration .1}} {{humanizeDuration .0001}} {{humanizeDuration \".12345\"}} {{humanizeDuration 899.99}}",
                "100ms 100us 123.5ms 14m 59s",
            ),
            (
                "{{humanizePercentage 0.959}} {{humanizePercentage 1}} {{humanizePercentage -0.22222}} {{humanizePercentage \"0.1\"}}",
                "95.9% 100% -22.22% 10%",
            ),
            (
                "{{humanizeTimestamp 1643114203}} {{humanizeTimestamp 1435065584.128}} {{humanizeTimestamp \"-1\"}}",
                "2022-01-25 12:36:43 +0000 UTC 2015-06-23 13:19:44.128 +0000 UTC 1969-12-31 23:59:59 +0000 UTC",
            ),
            (
                "{{toTime 1643114203}} {{(toTime 0).Year}} {{toDuration 90.5}} {{toDuration 3600 | humanizeDuration}}",
                "2022-01-25 12:36:43 +0000 UTC 1970 1m30.5s 1h 0m 0s",
            ),
            (
                "{{humanize1024 1048576}} {{humanize1024 1}} {{humanize1024 0.5}}",
                "1Mi 1 0.5",
            ),
        ],
        &Value::Nil,
    );
    check_fails(
        &[
            (
                "{{humanize \"x\"}}",
                "strconv.ParseFloat: parsing \"x\": invalid syntax",
            ),
            ("{{humanize true}}", "can't convert bool to float"),
            (
                "{{humanizeTimestamp 1e30}}",
                "1e+30 cannot be represented as a nanoseconds timestamp since it overflows int64",
            ),
            ("{{toTime \"NaN\"}}", "value is NaN or Inf"),
        ],
        &Value::Nil,
    );
}

fn numbers(large: f64) -> Value {
    let numbers = [
        0.0,
        1.0,
        1_234_000.0,
        1234.6,
        -1234.6,
        0.0123,
        1e-7,
        large,
        f64::INFINITY,
        f64::NAN,
    ];
    Value::list(numbers.map(Value::from))
}

#[test]
fn texts() {
    check(
        &[
            (
                "{{toUpper \"aß\"}} {{toLower \"ÄB\"}} {{title \"aa bB 1st it's\"}}",
                "Aß äb Aa BB 1st It's",
            ),
            (
                "{{match \"[0-9]+$\" \"1234a\"}} {{match \"[0-9]+\" \"1234a\"}}",
                "false true",
            ),
            (
                "{{reReplaceAll \"(a)b\" \"<$1>\" \"abab\"}} {{\"x:1\" | reReplaceAll \"(.*):.*\" \"${1}!\"}}",
                "<a><a> x!",
            ),
            (
                "{{stripPort \"h:1\"}} {{stripPort \"h\"}} {{stripPort \"[::1]:6006\"}} {{stripPort \"::1\"}} {{stripPort \":80\"}}",
                "h h ::1 ::1 ",
            ),
            (
                "{{stripDomain \"a.b.c:9\"}} {{stripDomain \"a.b\"}} {{stripDomain \"1.2.3.4:5\"}} {{stripDomain \"[::1]:5\"}}",
                "a:9 a 1.2.3.4:5 [::1]:5",
            ),
            (
                "{{graphLink \"up{a=\\\"b\\\"}\"}} {{tableLink \"up\"}}",
                "/graph?g0.expr=up%7Ba%3D%22b%22%7D&g0.tab=0 /graph?g0.expr=up&g0.tab=1",
            ),
            (
                "{{parseDuration \"1h2m10ms\"}} {{parseDuration \"-1d\"}} {{parseDuration \"0\"}}",
                "3720.01 -86400 0",
            ),
            (
                "{{urlQueryEscape \"a b&c\"}} {{externalURL}} {{pathPrefix}} {{now}}",
                "a+b%26c http://tacho.example/base /base 1.7952039005e+09",
            ),
            (
                "{{trimSpace \" a \"}} {{join \",\" (stringSlice \"a\" \"b\")}} {{(stringSlice \"a\" \"b\").Join \"-\"}}",
                "a a,b a-b",
            ),
            (
                "{{urlUnescape \"a+b%20c\"}} {{base64encode \"a?>\"}} {{base64decode \"YT8-\"}}",
                "a b c YT8- a?>",
            ),
            (
                "{{match `^\\d{$` \"1{\"}} {{match `\\w` \"ä\"}} {{reReplaceAll `\\Q.\\E` \"-\" \"a.b\"}}",
                "true false a-b",
            ),
            ("{{safeHtml \"<b>\"}} {{safeUrl \"x:y\"}}", "<b> x:y"),
        ],
        &Value::Nil,
    );
    check_fails(
        &[
            ("{{match \"(\" \"\"}}", "unclosed group"),
            (
                "{{parseDuration \"1\"}}",
                "not a valid duration string: \"1\"",
            ),
            (
                "{{parseDuration \"1m1h\"}}",
                "not a valid duration string: \"1m1h\"",
            ),
            ("{{parseDuration \"\"}}", "empty duration string"),
            ("{{urlUnescape \"%zz\"}}", "invalid URL escape \"%zz\""),
            ("{{tz \"No/Where\" now}}", "got float64"),
        ],
        &Value::Nil,
    );
}

#[test]
fn queries() {
    check(
        &[
            (
                "{{range query \"up\"}}{{.Labels.instance}}={{.Value}} {{end}}",
                "b:1=11 a:2=21 ",
            ),
            (
                "{{query \"up\" | first | value}} {{query \"up\" | first | label \"instance\"}}",
                "11 b:1",
            ),
            (
                "{{query \"up\" | sortByLabel \"instance\" | first | label \"instance\" | stripPort}}",
                "a",
            ),
            (
                "{{with query \"up\"}}{{. | first | strvalue}} {{len .}}{{end}}",
                "v 2",
            ),
            ("{{with query \"empty\"}}x{{else}}none{{end}}", "none"),
            (
                "{{(index (query \"up\") 1).Labels.missing}}|{{query \"up\" | first | label \"no\"}}",
                "|",
            ),
            (
                "{{query \"up\" | first}}",
                "{map[__value__:v instance:b:1] 11}",
            ),
            (
                "{{define \"x\"}}{{.arg0}}{{.arg1}}{{end}}{{template \"x\" (args 1 \"b\")}}",
                "1b",
            ),
        ],
        &Value::Nil,
    );
    check_fails(
        &[
            ("{{query \"fail\"}}", "error calling query: it failed"),
            (
                "{{query \"empty\" | first}}",
                "first() called on vector with no elements",
            ),
            ("{{value 1}}", "expected a sample; got int"),
        ],
        &Value::Nil,
    );
}

#[test]
fn lists_and_json() {
    check(
        &[
            (
                "{{list 1 \"a\" nil}} {{list}} {{append (list 1) 2 3}} {{dict \"b\" 1 \"a\" (list)}}",
                "[1 a <nil>] [] [1 2 3] map[a:[] b:1]",
            ),
            (
                "{{toJson (dict \"b\" 1 \"a\" (list 1.5 true nil \"<x>\\n\"))}}",
                r#"{"a":[1.5,true,null,"\u003cx\u003e\n"],"b":1}"#,
            ),
            (
                "{{toJson 1e21}} {{toJson 1e-7}} {{toJson 100000.0}} {{toJson (toTime 1.5)}}",
                r#"1e+21 1e-7 100000 "1970-01-01T00:00:01.5Z""#,
            ),
        ],
        &Value::Nil,
    );
    check_fails(
        &[
            ("{{dict 1}}", "dict requires an even number of arguments"),
            ("{{dict 1 2}}", "dict keys must be strings"),
            ("{{append 1 2}}", "expected []interface {}; got int"),
            ("{{toJson .}}", "json: unsupported value: NaN"),
            (
                "{{join \",\" (list 1)}}",
                "expected []string; got a list with int",
            ),
        ],
        &Value::Float(f64::NAN),
    );
}
