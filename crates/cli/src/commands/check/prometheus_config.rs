//! `tacho check prometheus-config`: whether files are valid configurations of Prometheus, as
//! `scrape.prometheus_config` would take them.

use crate::args::{Format, Output};
use crate::context::Context;
use crate::failure::Exit;
use crate::output::escape;
use clap::Args;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tacho_ingest::scrape::config::load::{Sources, load};
use tacho_storage::io::std_io::StdIo;
use tacho_yaml::problem::Problem;

/// Check files for Prometheus (prometheus.yml)
///
/// Prints one line a file: `FILE: ok`, or file, line and the reason; exit code 1 if any is refused. Everything is
/// judged as Prometheus 3.14 does, the files of `scrape_config_files` too. Of what is valid `global`,
/// `scrape_configs`, `scrape_config_files` and `otlp` are in force here; --warnings names the rest.
#[derive(Debug, Args)]
#[command(
    after_long_help = "Examples:\n  tacho check prometheus-config /etc/prometheus/prometheus.yml\n  tacho check prometheus-config --warnings *.yml"
)]
pub(super) struct FilesArgs {
    /// The files
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Judge by the rules of Prometheus' agent mode too
    #[arg(long)]
    agent: bool,
    /// Name what is valid but not in force here
    #[arg(long)]
    warnings: bool,
    #[command(flatten)]
    show: Output,
}

/// What came of a file.
struct Verdict {
    file: String,
    error: Option<Problem>,
    warnings: Vec<Problem>,
}

fn judge(file: &Path, context: &Context, agent: bool) -> Verdict {
    let sources = Sources {
        io: &StdIo,
        env: &|name| context.env.get(name).cloned(),
        agent,
    };
    let (error, warnings) = match load(file, &sources) {
        Ok(loaded) => (None, loaded.warnings),
        Err(problem) => (Some(problem), Vec::new()),
    };
    Verdict {
        file: file.to_string_lossy().into_owned(),
        error,
        warnings,
    }
}

pub(super) fn run(context: &Context, args: &FilesArgs) -> anyhow::Result<Exit> {
    let screen = context.screen();
    let mut exit = Exit::Done;
    for file in &args.files {
        let verdict = judge(file, context, args.agent);
        if verdict.error.is_some() {
            exit = Exit::Failed;
        }
        match args.show.output {
            Format::Json => screen.print(&format!("{}\n", to_json(&verdict)))?,
            Format::Table => screen.print(&print(&verdict, args.warnings))?,
        }
    }
    Ok(exit)
}

fn print(verdict: &Verdict, warnings: bool) -> String {
    let mut out = String::new();
    let mut line = |text: &str| {
        out.push_str(&escape::line(text));
        out.push('\n');
    };
    match &verdict.error {
        // in a file that this one names: its own name still comes first
        Some(problem) if *problem.file != *verdict.file => {
            line(&format!("{}: {problem}", verdict.file));
        }
        Some(problem) => line(&problem.to_string()),
        None => line(&format!("{}: ok", verdict.file)),
    }
    if warnings {
        for warning in &verdict.warnings {
            line(&format!("{warning} (warning)"));
        }
    }
    out
}

fn to_json(verdict: &Verdict) -> Value {
    let mut out = json!({
        "file": verdict.file,
        "valid": verdict.error.is_none(),
        "warnings": verdict.warnings.iter().map(problem_to_json).collect::<Vec<_>>(),
    });
    if let Some(problem) = &verdict.error {
        out["error"] = problem_to_json(problem);
    }
    out
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
