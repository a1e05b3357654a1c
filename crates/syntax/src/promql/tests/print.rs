//! Printing: in one line, over several lines, as JSON.

use crate::promql::{check, format, print, to_json};

fn printed(text: &str) -> String {
    print(&check(text).unwrap_or_else(|found| panic!("{text}: {found:?}")))
}

#[test]
fn the_printed_text_is_that_of_prometheus() {
    for (text, expected) in [
        (
            "sum by(a,\"b.c\")(rate(x[300]))",
            r#"sum by (a, "b.c") (rate(x[5m]))"#,
        ),
        ("sum(x)without()", "sum without () (x)"),
        ("SUM(x)by()", "sum(x)"),
        ("topk(5,x)", "topk(5, x)"),
        ("x{b='1',a!~\"2\"}", r#"x{a!~"2",b="1"}"#),
        ("{\"x.y\",a=\"1\"}", r#"{__name__="x.y",a="1"}"#),
        ("{\"l.b\"=\"1\"}", r#"{"l.b"="1"}"#),
        ("x offset -1h @ 5", "x @ 5.000 offset -1h"),
        (
            "x[5m] offset 1h anchored @ end()",
            "x[5m] anchored @ end() offset 1h",
        ),
        ("x smoothed offset 60s", "x smoothed offset 1m"),
        ("x[1h:] @ start()", "x[1h:] @ start()"),
        ("x[1h:30s] offset 5m", "x[1h:30s] offset 5m"),
        ("x[2*5m+step()]", "x[2 * 5m + step()]"),
        ("x offset (5m)", "x offset (5m)"),
        (
            "x offset -min_of(range(),1h)",
            "x offset -min_of(range(), 1h)",
        ),
        ("a+on()b", "a + on () b"),
        ("a+ignoring()b", "a + b"),
        ("a*on(x)group_left b", "a * on (x) group_left () b"),
        (
            "a/ignoring(x)group_right(y,\"z z\")b",
            r#"a / ignoring (x) group_right (y, "z z") b"#,
        ),
        ("a==bool b", "a == bool b"),
        ("a+fill(1e30)b", "a + fill (1e+30) b"),
        (
            "a+fill_right(-1)fill_left(2)b",
            "a + fill_left (2) fill_right (-1) b",
        ),
        ("a and on() x or y", "a and on () x or y"),
        ("-(x)^2", "-(x) ^ 2"),
        ("--5", "5"),
        ("1e3+0x1F+INF+nAn", "1000 + 31 + +Inf + NaN"),
        ("5m*2", "5m * 2"),
        ("x</1", "x </ 1"),
        (
            "label_join(x,\"a\",`b\\n`)",
            r#"label_join(x, "a", "b\\n")"#,
        ),
        ("time()", "time()"),
    ] {
        assert_eq!(printed(text), expected, "{text}");
    }
}

#[test]
fn powers_of_infinity_keep_their_meaning() {
    assert_eq!(printed("Inf ^ 2"), "Inf ^ 2");
    assert_eq!(printed("2 ^ Inf"), "2 ^ +Inf");
}

#[test]
fn long_queries_are_split() {
    let x = "x_metric_with_a_long_name{label=\"with a value\",other=\"value\"}";
    let text = format!("sum by (job) (rate({x}[5m])) / on (job) -(count({x}) + topk(5, {x}))");
    let formatted = format(&check(&text).unwrap());
    let expected = "  sum by (job) (rate(x_metric_with_a_long_name{label=\"with a value\",other=\"value\"}[5m]))
/ on (job)
  -(
      count(x_metric_with_a_long_name{label=\"with a value\",other=\"value\"})
    +
      topk(5, x_metric_with_a_long_name{label=\"with a value\",other=\"value\"})
  )";
    assert_eq!(formatted, expected);
    assert_eq!(
        check(&formatted).map(|expr| print(&expr)),
        Ok(printed(&text))
    );
}

#[test]
fn the_json_tree_is_that_of_prometheus() {
    let json = |text: &str| to_json(&check(text).unwrap());
    assert_eq!(
        json("-x{a=~\"b\"} offset 5m @ 1"),
        concat!(
            r#"{"expr":{"anchored":false,"matchers":[{"name":"a","type":"=~","value":"b"},"#,
            r#"{"name":"__name__","type":"=","value":"x"}],"name":"x","offset":300000,"#,
            r#""offsetExpr":null,"smoothed":false,"startOrEnd":null,"timestamp":1000,"#,
            r#""type":"vectorSelector"},"op":"-","type":"unaryExpr"}"#
        )
    );
    assert_eq!(
        json("a * on(x) group_left(y) fill_left(2) b"),
        concat!(
            r#"{"bool":false,"lhs":{"anchored":false,"matchers":[{"name":"__name__","type":"=","#,
            r#""value":"a"}],"name":"a","offset":0,"offsetExpr":null,"smoothed":false,"#,
            r#""startOrEnd":null,"timestamp":null,"type":"vectorSelector"},"matching":"#,
            r#"{"card":"many-to-one","fillValues":{"lhs":2,"rhs":null},"include":["y"],"#,
            r#""labels":["x"],"on":true},"op":"*","rhs":{"anchored":false,"matchers":"#,
            r#"[{"name":"__name__","type":"=","value":"b"}],"name":"b","offset":0,"#,
            r#""offsetExpr":null,"smoothed":false,"startOrEnd":null,"timestamp":null,"#,
            r#""type":"vectorSelector"},"type":"binaryExpr"}"#
        )
    );
    assert_eq!(
        json("rate(x[2*step():1m])"),
        concat!(
            r#"{"args":[{"expr":{"anchored":false,"matchers":[{"name":"__name__","type":"=","#,
            r#""value":"x"}],"name":"x","offset":0,"offsetExpr":null,"smoothed":false,"#,
            r#""startOrEnd":null,"timestamp":null,"type":"vectorSelector"},"offset":0,"#,
            r#""offsetExpr":null,"range":0,"rangeExpr":{"lhs":{"duration":false,"#,
            r#""type":"numberLiteral","val":"2"},"op":"*","rhs":{"lhs":null,"op":"step","#,
            r#""rhs":null,"type":"durationExpr","wrapped":false},"type":"durationExpr","#,
            r#""wrapped":false},"startOrEnd":null,"step":60000,"stepExpr":null,"#,
            r#""timestamp":null,"type":"subquery"}],"func":{"argTypes":["matrix"],"#,
            r#""name":"rate","returnType":"vector","variadic":0},"type":"call"}"#
        )
    );
}
