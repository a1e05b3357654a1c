//! `tacho rules test`: unit tests of rules, in promtool's format, against our own engine.

use super::files::Disk;
use crate::args::{Format, Output};
use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::output::escape;
use clap::Args;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::sync::Arc;
use tacho_rules::unit_test::report::{CheckReport, Difference, FileReport, Outcome, TestReport};
use tacho_rules::unit_test::{self, Options};
use tacho_stdx::clock::{Clock, SystemClock};

/// Run unit tests of rules
///
/// The format of `promtool test rules`: series, rule files, and which alerts have to fire or what queries have to
/// give. Each check that fails is told with what is missing and what was not expected; the last line is `N passed, M
/// failed`, and the exit code is 1 if any failed. Checks that only pass with the windows of Prometheus 2, in which a
/// sample exactly as old as the range still counts, pass with a warning.
#[derive(Debug, Args)]
#[command(
    after_long_help = "Examples:\n  tacho rules test alerts_test.yml\n  tacho rules test --run 'Latency|Errors' tests/*.yml\n  tacho rules test --output json alerts_test.yml"
)]
pub(crate) struct TestArgs {
    /// The files of tests
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    /// Only run tests whose name matches; may be given more than once
    #[arg(long, value_name = "REGEX")]
    run: Vec<String>,
    /// Pass over unknown fields of rule files
    #[arg(long)]
    ignore_unknown_fields: bool,
    /// Fail checks that only pass with the windows of Prometheus 2
    #[arg(long)]
    strict: bool,
    /// Print all series at the end of each test
    #[arg(long)]
    debug: bool,
    #[command(flatten)]
    show: Output,
}

pub(super) fn run(context: &Context, args: &TestArgs) -> anyhow::Result<Exit> {
    let screen = context.screen();
    let wrong = |error: String| {
        Failure::usage(format!("--run: {error}")).hint("write a regular expression")
    };
    let options = Options {
        run: unit_test::names(&args.run).map_err(wrong)?,
        ignore_unknown: args.ignore_unknown_fields,
        debug: args.debug,
        strict: args.strict,
    };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let (mut passed, mut failed) = (0, 0);
    let mut reports = Vec::new();
    for file in &args.files {
        let report = unit_test::run(file, &Disk, &options, &clock);
        passed += report.passed();
        failed += report.failed();
        match args.show.output {
            Format::Json => reports.push(file_to_json(&report)),
            Format::Table => screen.print(&print(&report))?,
        }
    }
    match args.show.output {
        Format::Json => {
            let all = json!({"passed": passed, "failed": failed, "files": reports});
            screen.print(&format!("{}\n", escape::json(&all.to_string())))?;
        }
        Format::Table => screen.print(&format!("{passed} passed, {failed} failed\n"))?,
    }
    Ok(if failed == 0 {
        Exit::Done
    } else {
        Exit::Failed
    })
}

fn print(report: &FileReport) -> String {
    let mut out = String::new();
    let mut line = |text: String| {
        let _ = writeln!(out, "{}", escape::line(&text));
    };
    report.problems.iter().for_each(|it| line(it.clone()));
    let warnings = report.warnings.iter();
    warnings.for_each(|it| line(format!("{it} (warning)")));
    for test in &report.tests {
        let place = format!("{}:{}: {}", report.file, test.line, test.name);
        for error in &test.errors {
            line(format!("{place}: {error}"));
        }
        if report.problems.is_empty() {
            for check in &test.checks {
                print_check(report, test, check, &mut line);
            }
        }
        for series in test.dump.iter().flat_map(|dump| dump.lines()) {
            line(format!("{place}: {series}"));
        }
    }
    out
}

/// What is told about a check; nothing if it simply passed.
fn print_check(
    report: &FileReport,
    test: &TestReport,
    check: &CheckReport,
    line: &mut impl FnMut(String),
) {
    let place = format!("{}:{}: {}: {check}", report.file, check.line, test.name);
    match &check.outcome {
        Outcome::Passed if check.closed_windows => line(format!(
            "{place}: passes only with the windows of Prometheus 2, in which a sample exactly as old as the range or \
             the look-back still counts; give the series one more sample (warning)"
        )),
        Outcome::Passed => {}
        Outcome::NotRun => line(format!("{place}: not run")),
        Outcome::Failed(difference) => {
            line(format!("{place}: {}", difference.message));
            for (sign, lines) in signed(difference) {
                for text in lines {
                    line(format!("    {sign} {text}"));
                }
            }
        }
    }
}

fn signed(difference: &Difference) -> [(&'static str, &Vec<String>); 3] {
    [
        ("- missing:", &difference.missing),
        ("+ unexpected:", &difference.unexpected),
        ("~ different:", &difference.changed),
    ]
}

fn file_to_json(report: &FileReport) -> Value {
    json!({
        "file": report.file,
        "passed": report.passed(),
        "failed": report.failed(),
        "problems": report.problems,
        "warnings": report.warnings,
        "tests": report.tests.iter().map(test_to_json).collect::<Vec<_>>(),
    })
}

fn test_to_json(test: &TestReport) -> Value {
    let mut out = json!({
        "name": test.name,
        "line": test.line,
        "passed": test.is_passed(),
        "errors": test.errors,
        "checks": test.checks.iter().map(check_to_json).collect::<Vec<_>>(),
    });
    if let Some(dump) = &test.dump {
        out["series"] = json!(dump.lines().collect::<Vec<_>>());
    }
    out
}

fn check_to_json(check: &CheckReport) -> Value {
    let outcome = match &check.outcome {
        Outcome::Passed => "passed",
        Outcome::Failed(_) => "failed",
        Outcome::NotRun => "notRun",
    };
    let mut out = json!({
        "check": check.to_string(),
        "line": check.line,
        "atMs": check.at_ms,
        "outcome": outcome,
    });
    if check.closed_windows {
        out["closedWindows"] = json!(true);
    }
    if let Outcome::Failed(difference) = &check.outcome {
        out["message"] = json!(difference.message);
        out["missing"] = json!(difference.missing);
        out["unexpected"] = json!(difference.unexpected);
        out["different"] = json!(difference.changed);
    }
    out
}
