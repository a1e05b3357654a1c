//! `tacho config validate`: reads a configuration as `tacho serve` would and says what is wrong with it.

use crate::args::{Format, Output};
use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::output::escape;
use crate::output::screen::{Look, Style};
use clap::Args;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::PathBuf;
use tacho_server::config::load::{Sources, find_file, load};
use tacho_server::config::problem::{Place, Problem};
use tacho_storage::io::std_io::StdIo;

/// Check a configuration file
///
/// Prints `ok`, or one line for each problem with file, line, column, key, value and the likely right key; exit
/// code 1 then. Reads the file as `tacho serve` would: `${VAR}` is filled in from the environment, and TACHO_…
/// variables win. Warnings (keys whose part is not built yet, for example) fail nothing.
#[derive(Debug, Args)]
#[command(
    after_long_help = "Examples:\n  tacho config validate observability.yaml\n  tacho config validate tacho.yaml --output json | jq '.errors[]'"
)]
pub(crate) struct ValidateArgs {
    /// The file
    file: PathBuf,
    #[command(flatten)]
    show: Output,
}

pub(crate) fn run(context: &Context, args: &ValidateArgs) -> anyhow::Result<Exit> {
    let (errors, warnings) = match find_file(&StdIo, Some(&args.file), &context.env) {
        Ok(file) => {
            let sources = Sources {
                file,
                env: context.env.clone(),
                flags: Vec::new(),
            };
            match load(&sources) {
                Ok(loaded) => (Vec::new(), loaded.warnings),
                Err(errors) => (errors, Vec::new()),
            }
        }
        Err(problem) => return Err(Failure::failed(problem.to_string()).into()),
    };
    let screen = context.screen();
    match args.show.output {
        Format::Json => screen.print_json(to_json(&errors, &warnings).to_string().as_bytes())?,
        Format::Table => screen.print(&print(&errors, &warnings, screen.look))?,
    }
    Ok(if errors.is_empty() {
        Exit::Done
    } else {
        Exit::Failed
    })
}

fn print(errors: &[Problem], warnings: &[Problem], look: Look) -> String {
    let mut out = String::new();
    for (problems, style, word) in [
        (errors, Style::Red, "error"),
        (warnings, Style::Yellow, "warning"),
    ] {
        for problem in problems {
            let text = problem.to_string();
            let _ = writeln!(out, "{}: {}", look.paint(style, word), escape::line(&text));
        }
    }
    if errors.is_empty() {
        let _ = writeln!(out, "{}", look.paint(Style::Green, "ok"));
    }
    out
}

fn to_json(errors: &[Problem], warnings: &[Problem]) -> Value {
    let list = |problems: &[Problem]| problems.iter().map(problem_to_json).collect::<Vec<_>>();
    json!({ "valid": errors.is_empty(), "errors": list(errors), "warnings": list(warnings) })
}

fn problem_to_json(problem: &Problem) -> Value {
    let mut out = json!({ "place": problem.place.to_string(), "message": problem.message });
    if let Place::File { file, line, column } = &problem.place {
        out["file"] = json!(&**file);
        out["line"] = json!(line);
        out["column"] = json!(column);
    }
    if !problem.key.is_empty() {
        out["key"] = json!(problem.key);
    }
    if let Some(hint) = &problem.hint {
        out["hint"] = json!(hint);
    }
    out
}
