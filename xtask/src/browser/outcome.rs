//! Reads Playwright's report in JSON: how many tests held, and which did not run for which reason.

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
    report.passed(count("expected"));
    report.failed(count("unexpected") + count("flaky"));
    for error in value["errors"].as_array().into_iter().flatten() {
        let message = error["message"].as_str().unwrap_or("no message").to_owned();
        report.check("Playwright", Err(anyhow::anyhow!(message)));
    }
    let mut skipped = Vec::new();
    for suite in value["suites"].as_array().into_iter().flatten() {
        collect_skipped(suite, &mut skipped);
    }
    for why in skipped {
        report.skipped(&why);
    }
    Ok(())
}

/// Names of tests that did not run, with the reason that they gave.
fn collect_skipped(suite: &Value, skipped: &mut Vec<String>) {
    for inner in suite["suites"].as_array().into_iter().flatten() {
        collect_skipped(inner, skipped);
    }
    for spec in suite["specs"].as_array().into_iter().flatten() {
        for test in spec["tests"].as_array().into_iter().flatten() {
            if test["status"] != "skipped" {
                continue;
            }
            let why = test["annotations"][0]["description"].as_str();
            let title = spec["title"].as_str().unwrap_or_default();
            skipped.push(format!("{title}: {}", why.unwrap_or("no reason given")));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::collect_skipped;
    use serde_json::json;

    #[test]
    fn skipped_tests_say_why() {
        let suite = json!({ "suites": [{ "specs": [
            { "title": "a", "tests": [{ "status": "expected" }] },
            { "title": "b", "tests": [{ "status": "skipped", "annotations": [{ "description": "no demo" }] }] },
        ] }] });
        let mut found = Vec::new();
        collect_skipped(&suite, &mut found);
        assert_eq!(found, ["b: no demo"]);
    }
}
