//! `tacho check`: whether a query or a file is understood, and if not, where and what was expected. Needs no
//! server.

mod metrics;
mod prometheus_config;

use crate::args::{Format, Output};
use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::output::escape;
use crate::output::screen::Screen;
use anyhow::Context as _;
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::io::{BufRead, IsTerminal as _, Read as _};
use tacho_syntax::diagnostic::{Diagnostic, Position};
use tacho_syntax::{QUERY_BYTES_MAX, logql, promql, traceql};

/// Check a query or a file: is it understood, and if not, where not
#[derive(Debug, Args)]
#[command(subcommand_required = true)]
pub(crate) struct CheckArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Check a TraceQL query: is it understood, and if not, where not
    ///
    /// Prints `ok`, or line, column and what was expected with a caret below the place; exit code 1 then. With `-`
    /// queries are read from standard input, one a line, and each gets one line as verdict. Without a query
    /// standard input is one query of any number of lines.
    #[command(
        after_long_help = "Examples:\n  tacho check traceql '{ status = error && duration > 1s }'\n  tacho check traceql < query.traceql"
    )]
    Traceql(QueryArgs),
    /// Check a LogQL query: is it understood, and if not, where not
    ///
    /// Prints `ok`, or line, column and what was expected with a caret below the place; exit code 1 then. With `-`
    /// queries are read from standard input, one a line, and each gets one line as verdict. Without a query
    /// standard input is one query of any number of lines.
    #[command(
        after_long_help = "Examples:\n  tacho check logql '{service_name=\"planner\"} |= \"timeout\"'\n  tacho check logql - < queries.txt"
    )]
    Logql(QueryArgs),
    /// Check a PromQL query: is it understood, and if not, where not
    ///
    /// Prints `ok`, or line, column and what was expected with a caret below the place; exit code 1 then. With `-`
    /// queries are read from standard input, one a line, and each gets one line as verdict. Without a query
    /// standard input is one query of any number of lines.
    #[command(
        after_long_help = "Examples:\n  tacho check promql 'sum by (job) (rate(tasks_total[5m]))'\n  tacho check promql - < queries.txt"
    )]
    Promql(QueryArgs),
    Metrics(metrics::MetricsArgs),
    PrometheusConfig(prometheus_config::FilesArgs),
}

/// A query and how the verdict is shown.
#[derive(Debug, Args)]
struct QueryArgs {
    /// The query, or `-` for one query a line of standard input
    query: Option<String>,
    #[command(flatten)]
    show: Output,
}

/// A query language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Language {
    /// For traces
    Traceql,
    /// For logs
    Logql,
    /// For metrics
    Promql,
}

impl Language {
    fn check(self, text: &str) -> Vec<Diagnostic> {
        match self {
            Language::Traceql => traceql::check(text).err(),
            Language::Logql => logql::check(text).err(),
            Language::Promql => promql::check(text).err(),
        }
        .unwrap_or_default()
    }
}

pub(crate) fn run(context: &Context, args: &CheckArgs) -> anyhow::Result<Exit> {
    match &args.what {
        What::Traceql(args) => check_query(context, Language::Traceql, args),
        What::Logql(args) => check_query(context, Language::Logql, args),
        What::Promql(args) => check_query(context, Language::Promql, args),
        What::Metrics(args) => metrics::run(context, args),
        What::PrometheusConfig(args) => prometheus_config::run(context, args),
    }
}

fn check_query(context: &Context, language: Language, args: &QueryArgs) -> anyhow::Result<Exit> {
    let screen = context.screen();
    let stdin = std::io::stdin();
    let job = Job {
        language,
        format: args.show.output,
        screen,
    };
    match args.query.as_deref() {
        Some("-") => each_line(job, &mut stdin.lock()),
        Some(query) => one(job, query),
        None if stdin.is_terminal() => Err(Failure::usage("no query is given")
            .hint("write it as an argument, or `-` to read one a line")
            .into()),
        None => one(job, &whole(stdin.lock())?),
    }
}

/// All of the input; one byte beyond the longest query is enough to refuse it.
fn whole(input: impl BufRead) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    input
        .take(QUERY_BYTES_MAX as u64 + 1)
        .read_to_end(&mut bytes)
        .context("failed to read standard input")?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// What is checked, and how the verdict is shown.
#[derive(Clone, Copy)]
struct Job {
    language: Language,
    format: Format,
    screen: Screen,
}

fn one(job: Job, query: &str) -> anyhow::Result<Exit> {
    let screen = job.screen;
    let problems = job.language.check(query);
    match job.format {
        Format::Json => screen.print_json(to_json(query, &problems).to_string().as_bytes())?,
        Format::Table if problems.is_empty() => screen.print("ok\n")?,
        Format::Table => {
            let text: String = problems
                .iter()
                .map(|problem| problem.render(query))
                .collect();
            screen.print(&escape::lines(&text))?;
        }
    }
    Ok(if problems.is_empty() {
        Exit::Done
    } else {
        Exit::Failed
    })
}

fn each_line(job: Job, input: &mut dyn BufRead) -> anyhow::Result<Exit> {
    let mut exit = Exit::Done;
    while let Some(query) = line(input)? {
        let problems = job.language.check(&query);
        let verdict = match (job.format, problems.first()) {
            (Format::Json, _) => to_json(&query, &problems).to_string(),
            (Format::Table, None) => "ok".to_owned(),
            (Format::Table, Some(first)) => verdict(&query, first),
        };
        job.screen.print(&(verdict + "\n"))?;
        if !problems.is_empty() {
            exit = Exit::Failed;
        }
    }
    Ok(exit)
}

/// The next line without its end. Of a line that is too long only so much is kept that it stays too long.
fn line(input: &mut dyn BufRead) -> anyhow::Result<Option<String>> {
    let mut bytes = Vec::new();
    let mut read_any = false;
    loop {
        let part = input.fill_buf().context("failed to read standard input")?;
        if part.is_empty() {
            break;
        }
        read_any = true;
        let end = part.iter().position(|byte| *byte == b'\n');
        let taken = end.unwrap_or(part.len());
        let kept = taken.min((QUERY_BYTES_MAX + 1).saturating_sub(bytes.len()));
        bytes.extend(part.iter().take(kept));
        input.consume(taken + usize::from(end.is_some()));
        if end.is_some() {
            break;
        }
    }
    if bytes.last() == Some(&b'\r') {
        bytes.pop();
    }
    Ok(read_any.then(|| String::from_utf8_lossy(&bytes).into_owned()))
}

/// Position, message and hint on one line.
fn verdict(query: &str, problem: &Diagnostic) -> String {
    let Position { line, column } = problem.position(query);
    let mut text = format!("{line}:{column}: {}", problem.message);
    if let Some(hint) = &problem.hint {
        text.push_str("; hint: ");
        text.push_str(hint);
    }
    escape::line(&text).into_owned()
}

fn to_json(query: &str, problems: &[Diagnostic]) -> Value {
    let list: Vec<Value> = problems
        .iter()
        .map(|problem| {
            let Position { line, column } = problem.position(query);
            let mut out = json!({
                "line": line, "column": column, "message": problem.message, "expected": problem.expected,
            });
            if let Some(hint) = &problem.hint {
                out["hint"] = json!(hint);
            }
            out
        })
        .collect();
    json!({ "valid": list.is_empty(), "diagnostics": list })
}

#[cfg(test)]
mod tests {
    use super::{Language, line, verdict};
    use std::io::Cursor;

    #[test]
    fn lines_are_read_one_by_one_with_a_limit() {
        let long = "x".repeat(1 << 20);
        let text = format!("a\r\n\n{long}\nlast");
        let mut input = Cursor::new(text.as_bytes());
        let mut lines = Vec::new();
        while let Some(text) = line(&mut input).unwrap() {
            lines.push(text.len());
        }
        assert_eq!(lines, [1, 0, super::QUERY_BYTES_MAX + 1, 4]);
    }

    #[test]
    fn a_verdict_is_one_line() {
        let query = "{ name = \u{1b} }";
        let problems = Language::Traceql.check(query);
        let text = verdict(query, problems.first().unwrap());
        assert!(text.starts_with("1:10: "), "{text}");
        assert!(!text.contains(['\u{1b}', '\n']), "{text}");
        assert!(Language::Logql.check("{a=\"b\"}").is_empty());
        assert!(Language::Promql.check("rate(a_total[5m])").is_empty());
        let query = "sum(rate(a_total[5m])";
        let problems = Language::Promql.check(query);
        let text = verdict(query, problems.first().unwrap());
        assert!(text.starts_with("1:"), "{text}");
    }
}
