//! Short conditions: what they become, what is refused and where; random texts never panic.

use super::dimension::unit_of;
use super::threshold::{threshold_of, thresholds_of, with_threshold};
use super::{MetricFacts, OperatorCondition, Settings, compile, compile_operator};
use proptest::prelude::{Just, Strategy, prop_oneof, proptest};
use std::time::Duration;
use tacho_model::metric::{Metadata, MetricKind};
use tacho_syntax::promql;
use tacho_syntax::promql::tree::BinaryOp;

fn settings() -> Settings {
    let record = |family: &str, kind, unit: &str, otlp: &str| {
        let metadata = Metadata {
            kind,
            help: String::new(),
            unit: unit.to_owned(),
            otlp_name: otlp.to_owned(),
        };
        (family.to_owned(), metadata)
    };
    Settings {
        budgets: [("quality", 50.0), ("platform", 500.0)]
            .map(|(team, limit)| (team.to_owned(), limit))
            .into(),
        metrics: MetricFacts::from_metadata(vec![
            record(
                "workflow_duration_milliseconds",
                MetricKind::Histogram,
                "ms",
                "workflow.duration",
            ),
            record("queue_size", MetricKind::Gauge, "", ""),
            record("rpc_seconds", MetricKind::Summary, "seconds", ""),
        ]),
    }
}

const FAILED: &str = "agent_execution_total{status='failed'}";
/// Metric, condition, PromQL.
const CONDITIONS: [(&str, &str, &str); 18] = [
    (
        FAILED,
        "rate(5m) > 0.1",
        r#"rate(agent_execution_total{status="failed"}[5m]) > 0.1"#,
    ),
    (
        FAILED,
        "increase(10m) > 5 by agent_id",
        r#"sum by (agent_id) (increase(agent_execution_total{status="failed"}[10m])) > 5"#,
    ),
    (
        FAILED,
        "increase(10m) per (agent_id, workspace) >= 5",
        r#"sum by (agent_id, workspace) (increase(agent_execution_total{status="failed"}[10m])) >= 5"#,
    ),
    (
        "orchestrator_parallelism_efficiency",
        "avg(10m) < 50 %",
        "avg_over_time(orchestrator_parallelism_efficiency[10m]) < 0.5",
    ),
    (
        "cpu_percent",
        "avg(10m) >= 80 %",
        "avg_over_time(cpu_percent[10m]) >= 80",
    ),
    (
        "agent_execution_duration_seconds",
        "p95(5m) > 60s",
        "histogram_quantile(0.95, rate(agent_execution_duration_seconds_bucket[5m])) > 60",
    ),
    (
        "workflow_duration",
        "p99.9(5m) > 5m by workflow_id",
        "histogram_quantile(0.999, sum by (workflow_id, le) (rate(workflow_duration_bucket[5m]))) > 300000",
    ),
    (
        "workflow_duration",
        "avg(5m) > 90s",
        "rate(workflow_duration_sum[5m]) / rate(workflow_duration_count[5m]) > 90000",
    ),
    (
        "rpc_seconds",
        "p99(5m) > 250ms",
        r#"rpc_seconds{quantile="0.99"} > 0.25"#,
    ),
    (
        "queue_size",
        "p90(5m) > 3",
        "quantile_over_time(0.9, queue_size[5m]) > 3",
    ),
    ("up", "== 0", "up == 0"),
    ("up", "!= 1 by job", "sum by (job) (up) != 1"),
    (
        "up{job=\"x\"}",
        "absent(5m)",
        r#"absent_over_time(up{job="x"}[5m])"#,
    ),
    ("up", "absent", "absent(up)"),
    (
        "orchestrator_memory_bytes",
        "> 500 MB",
        "orchestrator_memory_bytes > 524288000",
    ),
    ("sum(queue_size)", "> 20", "(sum(queue_size)) > 20"),
    (
        "queue_size offset 1h",
        "max(5m) > -1",
        "max_over_time(queue_size[5m] offset 1h) > -1",
    ),
    (
        "process_cpu_seconds_total",
        "rate(1m) > 80%",
        "rate(process_cpu_seconds_total[1m]) > 0.8",
    ),
];

#[test]
fn short_conditions_become_promql() {
    for (metric, condition, expr) in CONDITIONS {
        let compiled = compile(metric, condition, &settings())
            .unwrap_or_else(|error| panic!("{condition}: {error}"));
        assert_eq!(compiled.expr, expr, "{metric} {condition}");
        assert!(promql::check(&compiled.expr).is_ok());
    }
}

#[test]
fn budgets_are_compared_by_team() {
    let compiled = compile("team_spend_usd", "> budget_limit * 0.9", &settings()).unwrap();
    assert_eq!(
        compiled.expr,
        r#"sum by (team) (team_spend_usd) > on (team) ((label_replace(vector(500), "team", "platform", "", "") or label_replace(vector(50), "team", "quality", "", "")) * 0.9)"#
    );
    let percent = compile(
        "team_spend_usd",
        "> 90 % * budget_limit by team, job",
        &settings(),
    );
    let expr = percent.unwrap().expr;
    assert!(expr.contains("on (team) group_left () (0.9 * ("), "{expr}");
    let many = Settings {
        budgets: (0..900).map(|n| (format!("team-{n}"), 5.0)).collect(),
        metrics: MetricFacts::default(),
    };
    assert!(compile("team_spend_usd", "> budget_limit", &many).is_ok());
    let none = compile(
        "team_spend_usd",
        "> budget_limit * 0.9",
        &Settings::default(),
    );
    let error = none.unwrap_err();
    assert_eq!(error.range, 2..14);
    assert!(error.hint.unwrap().contains("budgets.limits"));
}

#[test]
fn what_is_wrong_is_told_with_its_place_and_what_is_possible() {
    for (condition, at, message) in [
        ("", 0, "expected a comparison, found the end"),
        ("rat(5m) > 1", 0, "unknown function `rat`"),
        ("rate > 1", 5, "`rate` needs the time that it looks at"),
        ("rate(5x) > 1", 5, "unknown unit \"x\" in duration \"5x\""),
        ("rate(0) > 1", 5, "a window of no length sees nothing"),
        ("rate(5m > 1", 8, "expected `)`, found `>`"),
        ("rate(5m)", 8, "expected a comparison, found the end"),
        ("> x", 2, "expected a number, found `x`"),
        ("> 5 parsecs", 2, "unknown unit `parsecs`"),
        ("> 5 for 5m", 4, "unexpected `for` behind the condition"),
        ("> 5 by", 6, "expected a label, found the end"),
        ("> 5 ; 6", 4, "unexpected character ';'"),
        (
            "absent(5m) > 1",
            11,
            "`absent` is a condition by itself and is compared with nothing",
        ),
        (
            "absent(5m) by job",
            11,
            "what is absent has no labels to group by",
        ),
    ] {
        let error = compile("up", condition, &settings()).unwrap_err();
        assert_eq!(
            (error.range.start, error.message.as_str()),
            (at, message),
            "{condition}"
        );
    }
    let error = compile("up", "rat(5m) > 1", &settings()).unwrap_err();
    assert_eq!(error.hint.as_deref(), Some("did you mean `rate(5m)`?"));
    let error = compile("sum(up)", "rate(5m) > 1", &settings()).unwrap_err();
    assert_eq!(error.range, 0..8);
    assert!(compile("up{", "> 1", &settings()).is_err());
    assert!(compile("5", "> 1", &settings()).is_err());
    let error = compile("rpc_seconds", "> 5 MB", &settings()).unwrap_err();
    assert_eq!(
        error.message,
        "`MB` does not fit `rpc_seconds`, which is in another unit"
    );
    let deep = format!("> {}1{}", "(".repeat(100), ")".repeat(100));
    assert!(compile("up", &deep, &settings()).is_err());
}

#[test]
fn what_is_assumed_is_told() {
    let compiled = compile("wait", "> 60s", &settings()).unwrap();
    assert_eq!(compiled.expr, "wait > 60");
    assert_eq!(
        compiled.notes,
        ["the unit of wait is not known: 60 s is compared as 60 (seconds)"]
    );
    let compiled = compile("queue_size", "rate(5m) > 1", &settings()).unwrap();
    assert!(compiled.notes[0].starts_with("queue_size is a gauge"));
}

#[test]
fn operators_may_be_words_and_unknown_ones_are_never_true() {
    let with = |operator, window: Option<u64>, metric| {
        let condition = OperatorCondition {
            metric,
            operator,
            threshold: 5.0,
            window: window.map(Duration::from_secs),
        };
        compile_operator(condition, &settings()).unwrap()
    };
    assert_eq!(with("greater_than", None, "up").expr, "up > 5");
    assert_eq!(with("less_than", None, "up").expr, "up < 5");
    assert_eq!(with("equals", None, "up").expr, "up == 5");
    assert_eq!(with("not_equals", None, "up").expr, "up != 5");
    assert_eq!(
        with("greater_than", Some(300), "queue_size").expr,
        "avg_over_time(queue_size[5m]) > 5"
    );
    assert_eq!(
        with("greater_than", Some(300), "x_total{a=\"b\"}").expr,
        "increase(x_total{a=\"b\"}[5m]) > 5"
    );
    let unknown = with("resembles", None, "up");
    assert_eq!(unknown.expr, "up > +Inf");
    assert!(unknown.notes[0].contains("never fires"));
}

#[test]
fn thresholds_are_found_and_moved() {
    let find = |text: &str| threshold_of(&promql::check(text).unwrap());
    let found = find("sum(rate(a[5m])) / sum(rate(b[5m])) > 0.10").unwrap();
    assert_eq!((found.op, found.value), (BinaryOp::Greater, 0.1));
    assert_eq!(found.left_text, "sum(rate(a[5m])) / sum(rate(b[5m]))");
    let found = find("5 * 60 <= up").unwrap();
    assert_eq!((found.op, found.value), (BinaryOp::GreaterEqual, 300.0));
    assert!(found.is_breached_by(300.0) && !found.is_breached_by(299.0));
    for none in [
        "up",
        "up > on () vector(1)",
        "1 > bool 2",
        "absent(up)",
        "up + 1",
    ] {
        assert_eq!(find(none), None, "{none}");
    }
    let both = thresholds_of(&promql::check("(a > 1) and (b < -2)").unwrap());
    let values: Vec<f64> = both.iter().map(|one| one.value).collect();
    assert_eq!(values, [1.0, -2.0]);
    for (text, value, changed) in [
        ("a > 0.10 # ten percent", 0.25, "a > 0.25 # ten percent"),
        ("(a > 1) and b < 2", 3.0, "(a > 3) and b < 2"),
        ("a <   -5", 1e9, "a <   1e+09"),
        ("5*60 < a", 7.0, "7 < a"),
    ] {
        assert_eq!(with_threshold(text, value).as_deref(), Some(changed));
    }
    assert_eq!(with_threshold("absent(a)", 1.0), None);
}

#[test]
fn the_unit_of_an_expression_is_told_where_it_is_certain() {
    for (text, unit) in [
        ("workflow_duration", Some("ms")),
        (
            "histogram_quantile(0.95, sum by (le) (rate(workflow_duration_bucket[5m])))",
            Some("ms"),
        ),
        ("rate(x_bytes_total[5m])", Some("By/s")),
        ("sum(x_bytes) / (1024 * 1024)", Some("MiBy")),
        ("a_bytes / b_bytes", Some("1")),
        ("1 - cpu_ratio", Some("1")),
        ("cpu_percent", Some("%")),
        ("rate(cpu_seconds_total[1m])", Some("1")),
        ("max(a_seconds or b_seconds)", Some("s")),
        ("a_seconds + b_bytes", None),
        ("count(a_seconds)", None),
        ("rate(a_seconds_count[5m])", None),
        ("team_spend_usd", Some("{USD}")),
        ("up", None),
    ] {
        let expr = promql::check(text).unwrap();
        assert_eq!(unit_of(&expr, &settings().metrics), unit, "{text}");
    }
}

/// Texts that are nearly conditions.
fn nearly() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("rate(5m)"),
        Just("p95(1h30m)"),
        Just("absent"),
        Just("avg("),
        Just("5m"),
        Just(")"),
        Just(">"),
        Just(">="),
        Just("=="),
        Just("!="),
        Just("0.1"),
        Just("1e-3"),
        Just("60s"),
        Just("80 %"),
        Just("500 MB"),
        Just("budget_limit"),
        Just("*"),
        Just("-"),
        Just("("),
        Just("by"),
        Just("agent_id"),
        Just("team"),
        Just(","),
        Just("\u{e9}"),
        Just("\u{2265}"),
        Just("$"),
    ];
    proptest::collection::vec(word, 0..8).prop_map(|words| words.join(" "))
}

proptest! {
    #[test]
    fn what_compiles_is_promql_and_nothing_panics(
        condition in prop_oneof![nearly(), proptest::string::string_regex("\\PC{0,20}").unwrap()],
        metric in prop_oneof![Just("m".to_owned()), Just("m{a='b'} offset 5m".to_owned()), nearly()],
        value in -1e9f64..1e9,
    ) {
        match compile(&metric, &condition, &settings()) {
            Ok(compiled) => {
                let expr = promql::check(&compiled.expr).unwrap();
                if let (Some(found), Some(text)) = (threshold_of(&expr), with_threshold(&compiled.expr, value)) {
                    let moved = threshold_of(&promql::check(&text).unwrap()).unwrap();
                    assert_eq!((moved.op, moved.value, moved.left_text), (found.op, value, found.left_text));
                }
            }
            Err(error) => assert!(!error.message.is_empty() && error.range.end <= condition.len().max(1)),
        }
    }
}
