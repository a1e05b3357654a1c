//! `tacho check metrics`: whether files are valid expositions of metrics, and what would be better named.

use crate::args::{Format, Output};
use crate::context::Context;
use crate::failure::Exit;
use crate::output::escape;
use crate::output::screen::remark;
use anyhow::Context as _;
use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use tacho_wire::exposition::check::check;
use tacho_wire::exposition::error::Error;
use tacho_wire::exposition::lint::{Advice, lint};
use tacho_wire::exposition::{Format as Exposition, Limits};

/// Longest file that is read.
const FILE_BYTES_MAX: u64 = 1 << 30;

/// Check metrics as programs expose them: Prometheus text or OpenMetrics
///
/// Prints one line a file: `FILE: ok`, or file, line and the reason; exit code 1 if any is refused. OpenMetrics is
/// judged by its specification, stricter than a scrape. Advice about names, units and help texts, as `promtool
/// check metrics` gives it, goes to standard error and does not change the exit code without --lint-fatal.
#[derive(Debug, Args)]
#[command(
    after_long_help = "Examples:\n  tacho check metrics metrics.txt\n  curl -s http://127.0.0.1:9464/metrics | tacho check metrics -\n  tacho check metrics --format openmetrics --no-lint dump.om"
)]
pub(super) struct MetricsArgs {
    /// The files; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The format that the files must have
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Written::Auto)]
    format: Written,
    /// Give no advice
    #[arg(long)]
    no_lint: bool,
    /// Exit with code 1 if there is advice
    #[arg(long, conflicts_with = "no_lint")]
    lint_fatal: bool,
    #[command(flatten)]
    show: Output,
}

/// How files are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Written {
    /// OpenMetrics if the file is named `.om` or `openmetrics` or, not named `.prom`, has a line `# EOF`; else Prometheus text
    Auto,
    /// Prometheus text, 0.0.4 or 1.0.0
    Prometheus,
    /// OpenMetrics 1.0
    Openmetrics,
}

impl Written {
    fn of(self, file: &Path, body: &[u8]) -> Exposition {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let named = |part: &str| name.ends_with(part) || name.contains(&format!("{part}."));
        let ended = || {
            body.split(|byte| *byte == b'\n')
                .any(|line| line == b"# EOF")
        };
        match self {
            Written::Prometheus => Exposition::PrometheusText,
            Written::Openmetrics => Exposition::OpenMetrics,
            Written::Auto if named(".om") || name.contains("openmetrics") => {
                Exposition::OpenMetrics
            }
            // A line `# EOF` is a comment there.
            Written::Auto if named(".prom") => Exposition::PrometheusText,
            Written::Auto if ended() => Exposition::OpenMetrics,
            Written::Auto => Exposition::PrometheusText,
        }
    }
}

/// What came of a file.
struct Verdict {
    file: String,
    format: Exposition,
    error: Option<Error>,
    advice: Vec<Advice>,
}

pub(super) fn run(context: &Context, args: &MetricsArgs) -> anyhow::Result<Exit> {
    let screen = context.screen();
    let mut exit = Exit::Done;
    for file in &args.files {
        let body = read(file)?;
        let verdict = judge(file, &body, args);
        if verdict.error.is_some() || (args.lint_fatal && !verdict.advice.is_empty()) {
            exit = Exit::Failed;
        }
        match args.show.output {
            Format::Json => screen.print_json(to_json(&verdict).to_string().as_bytes())?,
            Format::Table => {
                for advice in &verdict.advice {
                    let Advice { line, metric, text } = advice;
                    remark(&format!(
                        "{}:{line}: {metric} {text} (warning)",
                        verdict.file
                    ));
                }
                screen.print(&(print(&verdict) + "\n"))?;
            }
        }
    }
    Ok(exit)
}

fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    let mut body = Vec::new();
    let name = file.display();
    let count = if file.as_os_str() == "-" {
        std::io::stdin()
            .lock()
            .take(FILE_BYTES_MAX + 1)
            .read_to_end(&mut body)
            .context("failed to read standard input")?
    } else {
        File::open(file)
            .and_then(|opened| opened.take(FILE_BYTES_MAX + 1).read_to_end(&mut body))
            .with_context(|| format!("failed to read {name}"))?
    };
    if count as u64 > FILE_BYTES_MAX {
        anyhow::bail!("{name} has more than {FILE_BYTES_MAX} bytes");
    }
    Ok(body)
}

fn judge(file: &Path, body: &[u8], args: &MetricsArgs) -> Verdict {
    let format = args.format.of(file, body);
    let limits = Limits::default();
    let error = check(body, format, limits).err();
    let advice = if args.no_lint || error.is_some() {
        Vec::new()
    } else {
        lint(body, format, limits).unwrap_or_default()
    };
    Verdict {
        file: file.to_string_lossy().into_owned(),
        format,
        error,
        advice,
    }
}

fn print(verdict: &Verdict) -> String {
    let text = match &verdict.error {
        Some(error) => format!("{}:{}: {}", verdict.file, error.line(), error.message()),
        None => format!("{}: ok", verdict.file),
    };
    escape::line(&text).into_owned()
}

fn to_json(verdict: &Verdict) -> Value {
    let advice = verdict.advice.iter().map(
        |advice| json!({ "line": advice.line, "metric": advice.metric, "message": advice.text }),
    );
    let format = match verdict.format {
        Exposition::OpenMetrics => "openmetrics",
        _ => "prometheus",
    };
    let mut out = json!({
        "file": verdict.file,
        "format": format,
        "valid": verdict.error.is_none(),
        "warnings": advice.collect::<Vec<_>>(),
    });
    if let Some(error) = &verdict.error {
        out["error"] = json!({ "line": error.line(), "message": error.message() });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Exposition, Written};
    use std::path::Path;

    #[test]
    fn the_format_is_seen_by_name_or_end() {
        let cases = [
            ("a.txt", "a 1\n", Exposition::PrometheusText),
            ("a.txt", "a 1\n# EOF\nb", Exposition::OpenMetrics),
            ("a.txt", "a{b=\"# EOF\"} 1\n", Exposition::PrometheusText),
            ("a.om", "a 1\n", Exposition::OpenMetrics),
            ("a.om.txt", "a 1\n", Exposition::OpenMetrics),
            ("-", "", Exposition::PrometheusText),
            ("-", "# EOF\n", Exposition::OpenMetrics),
            ("a.prom", "# EOF\n", Exposition::PrometheusText),
            ("a.prom.txt", "# EOF", Exposition::PrometheusText),
            ("openmetrics.prom", "a 1\n", Exposition::OpenMetrics),
        ];
        for (file, body, format) in cases {
            assert_eq!(
                Written::Auto.of(Path::new(file), body.as_bytes()),
                format,
                "{file}"
            );
        }
        let forced = Written::Prometheus.of(Path::new("a.om"), b"# EOF\n");
        assert_eq!(forced, Exposition::PrometheusText);
    }
}
