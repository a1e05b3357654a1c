//! Reads Playwright's report in JSON: how many tests held, which of them only when they were tried
//! again, and which did not run for which reason.

use crate::report::Report;
use anyhow::{Context, Result};
use serde_json::Value;

/// Adds what the report says.
///
/// # Errors
/// It is no report.
pub(crate) fn read(text: &str, report: &mut Report) -> Result<()> {
    let value: Value = serde_json::from_str(text).context("failed to read Playwright's report")?;
    let count = |name: &str| {
        let number = value["stats"][name].as_u64().unwrap_or_default();
        u32::try_from(number).unwrap_or(u32::MAX)
    };
    report.passed(count("expected") + count("flaky"));
    report.failed(count("unexpected"));
    for error in value["errors"].as_array().into_iter().flatten() {
        let message = error["message"].as_str().unwrap_or("no message").to_owned();
        report.check("Playwright", Err(anyhow::anyhow!(message)));
    }
    let mut found = Found::default();
    for suite in value["suites"].as_array().into_iter().flatten() {
        found.collect(suite, &[]);
    }
    if !found.flaky.is_empty() {
        report.flaky(&found.flaky);
    }
    for why in found.skipped {
        report.skipped(&why);
    }
    Ok(())
}

/// Tests that are told by name.
#[derive(Debug, Default)]
struct Found {
    /// Failed at first, passed when they were tried again: `file › group › title`.
    flaky: Vec<String>,
    /// Did not run: title and the reason that they gave.
    skipped: Vec<String>,
}

impl Found {
    /// Takes what a suite and those in it hold; `above` are the titles of the suites around it.
    fn collect(&mut self, suite: &Value, above: &[&str]) {
        let mut names = above.to_vec();
        names.extend(suite["title"].as_str());
        for inner in suite["suites"].as_array().into_iter().flatten() {
            self.collect(inner, &names);
        }
        for spec in suite["specs"].as_array().into_iter().flatten() {
            let title = spec["title"].as_str().unwrap_or_default();
            for test in spec["tests"].as_array().into_iter().flatten() {
                match test["status"].as_str() {
                    Some("flaky") => self.flaky.push([&names[..], &[title]].concat().join(" › ")),
                    Some("skipped") => {
                        let why = test["annotations"][0]["description"].as_str();
                        let why = why.unwrap_or("no reason given");
                        self.skipped.push(format!("{title}: {why}"));
                    }
                    _ => {}
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Found, read};
    use crate::report::Report;
    use serde_json::json;

    #[test]
    fn skipped_tests_say_why() {
        let suite = json!({ "suites": [{ "specs": [
            { "title": "a", "tests": [{ "status": "expected" }] },
            { "title": "b", "tests": [{ "status": "skipped", "annotations": [{ "description": "no demo" }] }] },
        ] }] });
        let mut found = Found::default();
        found.collect(&suite, &[]);
        assert_eq!(found.skipped, ["b: no demo"]);
        assert!(found.flaky.is_empty());
    }

    #[test]
    fn a_test_that_passed_at_the_second_try_is_named() {
        let suite = json!({ "title": "logs.spec.ts", "suites": [{ "title": "lines", "specs": [
            { "title": "scroll", "tests": [{ "status": "flaky" }] },
            { "title": "zoom", "tests": [{ "status": "expected" }] },
        ] }], "specs": [{ "title": "patterns", "tests": [{ "status": "flaky" }] }] });
        let mut found = Found::default();
        found.collect(&suite, &[]);
        assert_eq!(
            found.flaky,
            ["logs.spec.ts › lines › scroll", "logs.spec.ts › patterns"]
        );
    }

    #[test]
    fn a_flaky_test_has_passed_and_a_failed_one_has_not() {
        let report = |stats: serde_json::Value| {
            let mut report = Report::default();
            let text = json!({ "stats": stats, "suites": [] }).to_string();
            read(&text, &mut report).expect("it is a report");
            report.end()
        };
        assert!(report(
            json!({ "expected": 3, "flaky": 1, "unexpected": 0 })
        ));
        assert!(!report(
            json!({ "expected": 3, "flaky": 1, "unexpected": 1 })
        ));
    }
}
