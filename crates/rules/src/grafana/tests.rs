//! Grafana's provisioned rules: comparisons folded into one condition, what cannot be converted.

use super::read;
use crate::rule::{NoData, Source, SourceKind};
use proptest::prelude::{Just, prop_oneof, proptest};

fn source() -> Source {
    Source::new(SourceKind::Grafana, "grafana.yaml")
}

/// A file with one rule of these steps.
fn file(data: &str, more: &str) -> String {
    format!(
        "apiVersion: 1
groups:
  - orgId: 1
    name: g
    folder: Agents
    interval: 60s
    rules:
      - uid: u1
        title: T
        condition: C
        data:
{data}
        noDataState: NoData
        execErrState: Error
        for: 5m
{more}
"
    )
}

fn query(ref_id: &str, expr: &str, instant: bool) -> String {
    format!(
        "          - refId: {ref_id}
            relativeTimeRange: {{from: 300, to: 0}}
            datasourceUid: prometheus
            model: {{expr: '{expr}', refId: {ref_id}, intervalMs: 1000, instant: {instant}}}
"
    )
}

fn step(ref_id: &str, model: &str) -> String {
    format!(
        "          - refId: {ref_id}
            datasourceUid: __expr__
            model: {{{model}, refId: {ref_id}}}
"
    )
}

fn threshold(of: &str, kind: &str, params: &str) -> String {
    step(
        "C",
        &format!(
            "type: threshold, expression: {of}, conditions: [{{evaluator: {{params: [{params}], type: {kind}}}}}]"
        ),
    )
}

fn expr(data: &str) -> String {
    let text = file(data, "");
    let file = read(&text, &source()).unwrap_or_else(|found| panic!("{found:?}\n{text}"));
    match file.problems.first() {
        Some(problem) => problem.message.clone(),
        None => file.definitions[0][0].expr.clone(),
    }
}

#[test]
fn query_and_threshold_are_folded_into_one_condition() {
    for (text, kind, params, expected) in [
        ("rate(a[5m])", "gt", "0.1", "rate(a[5m]) > 0.1"),
        ("rate(a[5m]) > 0.1", "gt", "0.1", "rate(a[5m]) > 0.1"),
        ("rate(a[5m]) > 0.1", "gt", "0", "rate(a[5m]) > 0.1"),
        ("rate(a[5m]) > 0.1", "gt", "0.5", "rate(a[5m]) > 0.5"),
        ("rate(a[5m]) >= 0.1", "gt", "0.1", "rate(a[5m]) > 0.1"),
        ("a < 5", "lt", "7", "a < 5"),
        ("a < 5", "lt", "3", "a < 3"),
        ("a > 5", "lt", "7", "(a > 5) < 7"),
        ("up == 0", "lt", "1", "up == 0"),
        ("up == 0", "eq", "0", "up == 0"),
        ("a > bool 5", "gt", "0", "a > 5"),
        ("a > bool 5", "lt", "1", "a <= 5"),
        ("a", "within_range", "3, 1", "(a > 1) < 3"),
        ("a", "outside_range", "1, 3", "(a) < 1 or (a) > 3"),
        ("a or b", "gt", "2", "(a or b) > 2"),
        ("a / b", "gt", "2", "a / b > 2"),
    ] {
        let data = query("A", text, true) + &threshold("A", kind, params);
        let found = expr(&data)
            .replace("((a) < 1)", "(a) < 1")
            .replace("((a) > 3)", "(a) > 3");
        let found = found.replace("((a) > 1)", "(a > 1)");
        assert_eq!(found, expected, "{text} {kind} {params}");
    }
}

#[test]
fn reduce_math_and_classic_steps() {
    let reduce = |of: &str, reducer: &str| {
        step(
            "B",
            &format!("type: reduce, expression: {of}, reducer: {reducer}"),
        )
    };
    let with = |reducer: &str| {
        expr(&(query("A", "a", false) + &reduce("A", reducer) + &threshold("B", "gt", "5")))
    };
    assert_eq!(with("last"), "a > 5");
    assert_eq!(with("mean"), "avg_over_time((a)[5m:15s]) > 5");
    assert_eq!(with("median"), "quantile_over_time(0.5, (a)[5m:15s]) > 5");
    assert!(with("diff").contains("the reducer \"diff\" cannot be taken over"));
    let math = |formula: &str| {
        let both = query("A", "a", true) + &query("B", "b", true);
        expr(&(both + &step("C", &format!("type: math, expression: '{formula}'"))))
    };
    assert_eq!(math("$A / $B * 100 > 5"), "(((a) / (b)) * 100) > 5");
    assert_eq!(math("$A > 5 && $B < 3"), "((a) > 5) and ((b) < 3)");
    assert_eq!(math("${A} - 1"), "((a) - 1) != 0");
    assert_eq!(math("!($A > 1)"), "((a) > bool 1) == 0");
    assert!(math("nope($A)").contains("\"nope\" cannot be taken over"));
    assert!(math("$A > ").contains("cannot be taken over"));
    let classic = "type: classic_conditions, conditions: [{evaluator: {params: [3], type: gt}, operator: {type: and}, query: {params: [A]}, reducer: {type: last}, type: query}, {evaluator: {params: [1], type: lt}, operator: {type: and}, query: {params: [B]}, reducer: {type: avg}}]";
    let data = query("A", "a", false) + &query("B", "b", false) + &step("C", classic);
    assert_eq!(
        expr(&data),
        "max(a > 3) and on () min(avg_over_time((b)[5m:15s]) < 1)"
    );
}

#[test]
fn the_rest_of_a_rule_comes_along() {
    let data = query("A", "a", true) + &threshold("A", "gt", "5");
    let more = "        isPaused: true
        dashboardUid: d1
        panelId: 7
        annotations: {summary: 'now {{ $values.A.Value }} or {{ $values.B }}', runbook_url: http://r}
        labels: {severity: warning}
        notification_settings: {receiver: ops}";
    let file = read(&file(&data, more), &source()).unwrap();
    let (group, rule) = (&file.groups[0], &file.groups[0].rules[0]);
    assert_eq!(
        (group.name.as_str(), group.interval_ms),
        ("g", Some(60_000))
    );
    assert_eq!(
        (rule.for_ms, rule.enabled, rule.no_data),
        (300_000, false, NoData::Alert)
    );
    assert_eq!(
        rule.annotations["summary"],
        "now {{ $value }} or {{ $value }}"
    );
    assert_eq!(rule.annotations["__dashboardUid__"], "d1");
    assert_eq!(rule.labels["grafana_folder"], "Agents");
    assert_eq!(
        (rule.notify.as_slice(), rule.tags.as_slice()),
        (&["ops".to_owned()][..], &["u1".to_owned()][..])
    );
    assert_eq!(file.warnings.len(), 1);
}

#[test]
fn what_cannot_be_taken_over_is_named_and_the_rest_goes_on() {
    let loki = "          - refId: A
            datasourceUid: l
            model: {expr: '{a=\"b\"}', datasource: {type: loki}}
";
    let message = expr(&(loki.to_owned() + &threshold("A", "gt", "1")));
    assert_eq!(
        message,
        "rule \"T\": step A asks a data source of type loki; only PromQL can be taken over"
    );
    let cycle =
        step("A", "type: reduce, expression: C, reducer: mean") + &threshold("A", "gt", "1");
    assert!(expr(&cycle).contains("leans on itself"));
    let recovery = query("A", "a", true)
        + &step(
            "C",
            "type: threshold, expression: A, conditions: [{evaluator: {params: [1], type: gt}, unloadEvaluator: {params: [0], type: lt}}]",
        );
    assert!(expr(&recovery).contains("recovery threshold"));
    assert!(expr(&threshold("X", "gt", "1")).contains("there is no step X"));
    assert!(
        read(
            "groups: [{name: a, rules: [{alert: A, expr: up}]}]",
            &source()
        )
        .is_err()
    );
    assert!(read("{", &source()).is_err());
}

#[test]
fn json_and_the_list_of_the_api_are_read() {
    let text = r#"[{"uid":"x","title":"Down","ruleGroup":"ops","folderUID":"f","condition":"A","for":"1m",
        "data":[{"refId":"A","datasourceUid":"p","model":{"expr":"up == 0","instant":true}}],"noDataState":"OK"},
        {"title":"Rec","ruleGroup":"ops","record":{"metric":"a:b","from":"A"},
        "data":[{"refId":"A","datasourceUid":"p","model":{"expr":"sum(up)","instant":true}}]}]"#;
    let file = read(text, &source()).unwrap();
    assert_eq!(file.problems, []);
    let rules = &file.groups[0].rules;
    assert_eq!(rules[0].expr.text(), "up == 0");
    assert_eq!((rules[0].no_data, rules[0].for_ms), (NoData::Ok, 60_000));
    assert_eq!((rules[1].name(), rules[1].is_alert()), ("a:b", false));
}

proptest! {
    #[test]
    fn no_formula_panics(
        words in proptest::collection::vec(
            prop_oneof![
                Just("$A"), Just("${B}"), Just("("), Just(")"), Just("!"), Just("-"), Just("&&"),
                Just("||"), Just("**"), Just(">="), Just("1.5"), Just("abs("), Just("$"), Just("{"),
            ],
            0..12,
        )
    ) {
        let both = query("A", "a", true) + &query("B", "b", true);
        let formula = words.join(" ");
        let text = file(&(both + &step("C", &format!("type: math, expression: '{formula}'"))), "");
        let file = read(&text, &source()).unwrap();
        assert_eq!(file.problems.len() + file.groups.len(), 1, "{formula}");
    }
}
