//! Unit tests of unit tests.

use super::report::{FileReport, Outcome};
use super::{Files, Options, run};
use std::sync::Arc;
use tacho_stdx::clock::{Clock, ManualClock};

struct TwoFiles<'a> {
    tests: &'a str,
    rules: &'a str,
}

impl Files for TwoFiles<'_> {
    fn read(&self, path: &str) -> Result<String, String> {
        match path {
            "t.yml" => Ok(self.tests.to_owned()),
            "r.yml" => Ok(self.rules.to_owned()),
            _ => Err("is not there".to_owned()),
        }
    }

    fn matching(&self, pattern: &str, _: &str) -> Vec<String> {
        vec![pattern.to_owned()]
    }
}

const RULES: &str = "\
groups:
- name: g
  rules:
  - record: half
    expr: a / 2
  - alert: Low
    expr: half < 2
    for: 2m
    labels: {severity: page}
    annotations: {summary: '{{ $labels.x }} is {{ $value }}'}
";

fn report(tests: &str) -> FileReport {
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::default());
    let files = TwoFiles {
        tests,
        rules: RULES,
    };
    run("t.yml", &files, &Options::default(), &clock)
}

fn test(check: &str) -> FileReport {
    let series = "input_series: [{series: 'a{x=\"1\"}', values: '2 2 2 2 8'}]";
    report(&format!(
        "rule_files: [r.yml]\ntests:\n- {series}\n  {check}\n"
    ))
}

#[test]
fn what_is_expected_passes() {
    let good = "alert_rule_test: [
    {alertname: Low, eval_time: 1m}, {alertname: Low, eval_time: 4m},
    {alertname: Low, eval_time: 3m, exp_alerts: [
      {exp_labels: {severity: page, x: 1}, exp_annotations: {summary: 1 is 1}}]}]
  promql_expr_test: [{expr: half, eval_time: 4m, exp_samples: [{labels: 'half{x=\"1\"}', value: 4}]}]";
    let report = test(good);
    assert_eq!((report.passed(), report.failed()), (4, 0), "{report:#?}");
}

#[test]
fn what_is_different_is_told() {
    let bad = "alert_rule_test: [{alertname: Low, eval_time: 2m, exp_alerts: [
      {exp_labels: {severity: page, x: 1}, exp_annotations: {summary: 1 is 2}}, {exp_labels: {x: 2}}]}]
  promql_expr_test: [{expr: half, eval_time: 4m, exp_samples: [{labels: 'half{x=\"1\"}', value: 5}]}, {expr: 'half +', eval_time: 0}]";
    let report = test(bad);
    assert_eq!((report.passed(), report.failed()), (0, 3));
    let told: Vec<String> = report.tests[0]
        .checks
        .iter()
        .map(|check| match &check.outcome {
            Outcome::Failed(difference) => {
                let lines = [
                    &difference.changed,
                    &difference.missing,
                    &difference.unexpected,
                ];
                format!("{check}: {} {lines:?}", difference.message)
            }
            other => format!("{other:?}"),
        })
        .collect();
    let expected = [
        r#"alert Low at 2m: expected 2 alerts, got 1 alert [["{alertname=\"Low\", severity=\"page\", x=\"1\"}; annotation summary: expected \"1 is 2\", got \"1 is 1\""], ["{alertname=\"Low\", x=\"2\"}"], []]"#,
        r#"half at 4m: expected 1 sample, got 1 sample [["half{x=\"1\"}: expected 5, got 4"], [], []]"#,
        "half + at 0s: 1:7: parse error: unexpected end of input [[], [], []]",
    ];
    assert_eq!(told, expected);
}

#[test]
fn files_that_cannot_be_read_fail() {
    let unknown = report("tests: [{alert_rule_tests: []}]");
    assert_eq!(unknown.failed(), 1);
    let expected =
        "t.yml:1: field alert_rule_tests not found in test group; did you mean alert_rule_test?";
    assert_eq!(unknown.problems, [expected]);
    let missing = report(
        "rule_files: [no.yml]\ntests: [{alert_rule_test: [{alertname: A}, {alertname: B}]}]",
    );
    assert_eq!(missing.failed(), 2);
    assert_eq!(missing.problems, ["no.yml: is not there"]);
}
