//! Rule files of our own: fields, both vocabularies, round trips, what is refused.

use super::print::{print, rule_text};
use super::{Definition, read};
use crate::condition::Settings;
use crate::rule::{NoData, Source, SourceKind};
use tacho_model::signal::Signal;

fn source() -> Source {
    Source::new(SourceKind::Own, "r.yaml")
}

fn settings() -> Settings {
    Settings {
        budgets: [("quality".to_owned(), 50.0)].into(),
        ..Settings::default()
    }
}

fn problems(text: &str) -> Vec<String> {
    match read(text, &source(), &settings()) {
        Ok(file) => panic!("{file:?}"),
        Err(found) => found.iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn the_shapes_of_the_wish_list_are_read() {
    let text = "\
alerts:
  - name: High Error Rate
    metric: agent_execution_total{status='failed'}
    condition: rate(5m) > 0.1
    severity: warning
    notify: [email, slack]
  - name: Budget Threshold
    metric: team_spend_usd
    condition: '> budget_limit * 0.9'
    severity: warning
    notify: email
  - name: orchestrator_down
    expr: orchestrator_health_status == 0
    for: 1m
    severity: CRITICAL
    summary: Orchestrator is not responding
    runbook_url: https://docs/orchestrator/runbooks/down
  - id: r4
    name: Camel
    metric: queue_size
    operator: greater_than
    threshold: 20
    evaluationWindow: 5m
    cooldownPeriod: 10m
    enabled: false
    tags: [a, b]
    notifications: [{type: email}, {channel: ops}, log_only]
    onArrival: true
    noData: alert
  - name: Slow
    traces: '{ name = \"agent.execute_task\" && duration > 120s }'
    per: span
    by: task.id
    window: 10m
    interval: 1m
";
    let text = text.replace("\\\"", "\"");
    let file = read(&text, &source(), &settings()).unwrap();
    let names: Vec<(&str, usize)> = file
        .groups
        .iter()
        .map(|group| (group.name.as_str(), group.rules.len()))
        .collect();
    assert_eq!(names, [("default", 4), ("default-1m", 1)]);
    let rules = &file.groups[0].rules;
    let budget = rules[1].expr.text();
    assert!(
        budget.starts_with("sum by (team) (team_spend_usd) > on (team) "),
        "{budget}"
    );
    assert_eq!(rules[0].notify, ["email", "slack"]);
    assert_eq!(
        rules[2].annotations["summary"],
        "Orchestrator is not responding"
    );
    assert_eq!(rules[2].labels["severity"], "CRITICAL");
    assert_eq!(rules[2].for_ms, 60_000);
    check_camel(&file);
    let signal = file.groups[1].rules[0].expr.signal().unwrap();
    assert_eq!((signal.signal, signal.window_ms), (Signal::Spans, 600_000));
    assert_eq!(file.groups[1].interval_ms, Some(60_000));
}

fn check_camel(file: &super::OwnFile) {
    let camel = &file.groups[0].rules[3];
    assert_eq!(camel.expr.text(), "avg_over_time(queue_size[5m]) > 20");
    assert_eq!(
        (camel.cooldown_ms, camel.evaluation_window_ms),
        (600_000, 300_000)
    );
    assert_eq!(camel.notify, ["email", "ops", "log_only"]);
    assert_eq!(camel.tags, ["a", "b", "r4"]);
    assert!(!camel.enabled && camel.on_arrival && camel.no_data == NoData::Alert);
    assert_eq!(camel.id.as_str(), "default/Camel");
}

#[test]
fn prometheus_groups_and_bare_lists_are_read_too() {
    let text = "groups: [{name: a, interval: 1m, limit: 2, labels: {x: y}, rules: [{record: b, expr: up}, {alert: C, expr: up == 0, cooldown: 5m}]}]";
    let file = read(text, &source(), &settings()).unwrap();
    let group = &file.groups[0];
    assert_eq!((group.interval_ms, group.limit), (Some(60_000), 2));
    assert_eq!(group.rules[1].cooldown_ms, 300_000);
    assert!(!group.rules[0].is_alert());
    let file = read("- {name: a, expr: up}\n", &source(), &settings()).unwrap();
    assert_eq!(file.groups[0].rules[0].name(), "a");
    assert!(read("", &source(), &settings()).unwrap().groups.is_empty());
}

#[test]
fn everything_that_is_wrong_is_told_with_its_line() {
    let found = problems(
        "alerts:\n- name: a\n  expr: up ==\n- name: b\n  metric: up\n  condition: rat(5m) > 1\n- name: c\n- name: d\n  expr: up\n  labels: {alertname: x}\n",
    );
    assert_eq!(
        found,
        [
            "r.yaml:3: rule \"a\": expr: unexpected end of input (at character 6)",
            "r.yaml:6: rule \"b\": condition: unknown function `rat` (at character 1); did you mean `rate(5m)`?",
            "r.yaml:7: rule \"c\": expr: the rule asks for nothing; set expr, or metric and condition",
            "r.yaml:10: rule \"d\": labels: \"alertname\" cannot be a label of a rule",
        ]
    );
    for (text, message) in [
        (
            "alerts: [{expr: up}]",
            "the rule has no name; give it one: `alert: HighErrorRate`",
        ),
        (
            "alerts: [{name: a, expr: up, fro: 5m}]",
            "field fro not found in rule; did you mean for?",
        ),
        (
            "alerts: [{name: a, expr: up, for: 5}]",
            "for: not a valid duration string: \"5\"",
        ),
        (
            "alerts: [{name: a, expr: up, no_data: maybe}]",
            "no_data: \"maybe\" is not known; ok, alert or keep",
        ),
        (
            "alerts: [{name: a, expr: up, metric: up}]",
            "rule \"a\": metric: a rule has expr or metric, not both",
        ),
        (
            "alerts: [{name: a, traces: '{', per: span}]",
            "rule \"a\": query: ",
        ),
        ("groups: [{rules: []}]", "the group has no name"),
        (
            "alert: x",
            "field alert not found in rule file; did you mean alerts?",
        ),
    ] {
        let found = problems(text);
        assert!(found[0].contains(message), "{text}: {found:?}");
    }
}

#[test]
fn what_lacks_its_budgets_is_off_and_says_so() {
    let text = "alerts: [{name: B, metric: team_spend_usd, condition: '> budget_limit'}]";
    let file = read(text, &source(), &Settings::default()).unwrap();
    assert!(!file.groups[0].rules[0].enabled);
    assert!(
        file.warnings[0]
            .message
            .contains("`budgets.limits` names no team")
    );
    assert!(file.definitions[0][0].enabled);
}

#[test]
fn what_is_printed_reads_back_the_same() {
    let text = "
alerts:
  - {alert: A, id: a, metric: up, condition: '> 5', for: 5m, keep_firing_for: 1m, cooldown: 2m, severity: HIGH,
     summary: 'it is {{ $value }}', labels: {team: x}, annotations: {dashboard: d}, receivers: [r1, r2], tags: [t]}
  - {record: 'a:b', expr: sum(up)}
  - {name: L, logs: '{severity=\"ERROR\"}', condition: '> 5', by: service, window: 1m, on_arrival: true, no_data: keep}
  - {name: S, group: other, interval: 15s, traces: '{ status = error }', per: span, by: [task.id, agent.id], enabled: false}
  - {name: O, metric: up, operator: less_than, threshold: 1.5}
";
    let file = read(text, &source(), &settings()).unwrap();
    let printed = print(&file.groups, &file.definitions);
    let again = read(&printed, &source(), &settings());
    let again = again.unwrap_or_else(|found| panic!("{found:?}\n{printed}"));
    assert_eq!(again.groups, file.groups, "{printed}");
    for (one, two) in file
        .definitions
        .concat()
        .iter()
        .zip(again.definitions.concat())
    {
        assert!(one.same_as(&two), "{one:?}\n{two:?}");
    }
    // and from rules, without what was written
    for group in &file.groups {
        for rule in &group.rules {
            let definition = Definition::of(rule, group);
            let (mut back, _) = definition.to_rule(&settings()).unwrap();
            back.id = rule.id.clone();
            assert_eq!(&back, rule, "{}", rule_text(&definition));
        }
    }
}
