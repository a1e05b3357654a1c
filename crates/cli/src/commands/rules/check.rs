//! `tacho rules check`: whether rule files would be taken, and what in them is hardly meant.

use super::files;
use crate::args::{Format, Output};
use crate::context::Context;
use crate::failure::Exit;
use crate::output::{counted, escape};
use clap::Args;
use serde_json::{Value, json};
use tacho_rules::check::check;
use tacho_rules::file::{ReadOptions, read};
use tacho_rules::rule::{Source, SourceKind};
use tacho_yaml::problem::Problem;

/// Check rule files for Prometheus
///
/// Says for each file how many rules it has, or all that is wrong with it, with line and remedy; exit code 1 if any
/// is refused. Everything is judged as Prometheus 3.14 does. Warnings tell rules that come twice, and templates that
/// use labels which their expression cannot give.
#[derive(Debug, Args)]
#[command(
    after_long_help = "Examples:\n  tacho rules check alerts.yml\n  tacho rules check --lint rules/*.yml"
)]
pub(crate) struct CheckArgs {
    /// The files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    /// Refuse files with warnings
    #[arg(long)]
    lint: bool,
    /// Pass over fields that are not known
    #[arg(long)]
    ignore_unknown_fields: bool,
    /// Hold names of metrics and labels to the characters that Prometheus 2 takes
    #[arg(long)]
    legacy_names: bool,
    #[command(flatten)]
    show: Output,
}

/// What came of a file.
struct Verdict {
    file: String,
    groups: usize,
    rules: usize,
    errors: Vec<Problem>,
    warnings: Vec<Problem>,
}

pub(super) fn run(context: &Context, args: &CheckArgs) -> anyhow::Result<Exit> {
    let screen = context.screen();
    let mut exit = Exit::Done;
    for file in &args.files {
        let verdict = judge(file, args);
        if !verdict.errors.is_empty() || (args.lint && !verdict.warnings.is_empty()) {
            exit = Exit::Failed;
        }
        match args.show.output {
            Format::Json => screen.print(&format!("{}\n", escape::json(&to_json(&verdict))))?,
            Format::Table => screen.print(&print(&verdict))?,
        }
    }
    Ok(exit)
}

fn judge(file: &str, args: &CheckArgs) -> Verdict {
    let mut verdict = Verdict {
        file: file.to_owned(),
        groups: 0,
        rules: 0,
        errors: Vec::new(),
        warnings: Vec::new(),
    };
    let text = match files::read(file) {
        Ok(text) => text,
        Err(message) => {
            verdict.errors.push(Problem {
                file: file.into(),
                line: 0,
                message,
                hint: None,
            });
            return verdict;
        }
    };
    let options = ReadOptions {
        legacy_names: args.legacy_names,
        ignore_unknown: args.ignore_unknown_fields,
    };
    match read(&text, &Source::new(SourceKind::Prometheus, file), options) {
        Ok(read) => {
            verdict.groups = read.groups.len();
            verdict.rules = read.groups.iter().map(|group| group.rules.len()).sum();
            verdict.warnings = read.warnings;
            verdict.warnings.extend(check(&read.groups));
        }
        Err(errors) => verdict.errors = errors,
    }
    verdict
}

fn print(verdict: &Verdict) -> String {
    let mut out = format!("Checking {}\n", escape::line(&verdict.file));
    let mut line = |text: &str| {
        out.push_str("  ");
        out.push_str(&escape::line(text));
        out.push('\n');
    };
    if verdict.errors.is_empty() {
        let rules = counted(verdict.rules as u64, "rule");
        line(&format!("SUCCESS: {rules} found"));
    } else {
        line("FAILED:");
    }
    for error in &verdict.errors {
        line(&error.to_string());
    }
    for warning in &verdict.warnings {
        line(&format!("{warning} (warning)"));
    }
    out.push('\n');
    out
}

fn to_json(verdict: &Verdict) -> String {
    let problems = |list: &[Problem]| -> Vec<Value> { list.iter().map(problem_to_json).collect() };
    json!({
        "file": verdict.file,
        "valid": verdict.errors.is_empty(),
        "groups": verdict.groups,
        "rules": verdict.rules,
        "errors": problems(&verdict.errors),
        "warnings": problems(&verdict.warnings),
    })
    .to_string()
}

fn problem_to_json(problem: &Problem) -> Value {
    let mut out = json!({
        "file": *problem.file, "line": problem.line, "message": problem.message,
    });
    if let Some(hint) = &problem.hint {
        out["hint"] = json!(hint);
    }
    out
}
