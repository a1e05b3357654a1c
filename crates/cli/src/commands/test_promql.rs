//! `tacho test promql`: Prometheus' test scripts against our own engine. Needs no server.

use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::output::escape;
use clap::Args;
use std::path::PathBuf;
use tacho_query::promql::script;

/// Bytes of the longest script that is read.
const SCRIPT_BYTES_MAX: u64 = 64 << 20;

/// Run PromQL test scripts
///
/// The format of Prometheus' own scripts: `load` samples, `eval` queries, and what has to come out. Each failure is
/// a line `FILE:LINE: expected … got …`; the last line is `N passed, M failed`, and the exit code is 1 if any
/// failed. A file that cannot be read, or has no `eval`, counts as one failure.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  tacho test promql rates.test
  tacho test promql scripts/*.test")]
pub(crate) struct TestPromqlArgs {
    /// The scripts
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

pub(crate) fn run(context: &Context, args: &TestPromqlArgs) -> anyhow::Result<Exit> {
    let screen = context.screen();
    let (mut passed, mut failed) = (0, 0);
    for file in &args.files {
        let name = file.display();
        let text = match read(file) {
            Ok(text) => text,
            Err(failure) => {
                failed += 1;
                let line = format!("{name}:1: expected a script got: {failure}");
                screen.print(&(escape::line(&line).into_owned() + "\n"))?;
                continue;
            }
        };
        let report = script::run(&text);
        passed += report.passed;
        failed += report.failed;
        for problem in &report.problems {
            let line = format!("{name}:{}: {}", problem.line, problem.message);
            screen.print(&(escape::line(&line).into_owned() + "\n"))?;
        }
    }
    screen.print(&format!("{passed} passed, {failed} failed\n"))?;
    Ok(if failed == 0 {
        Exit::Done
    } else {
        Exit::Failed
    })
}

fn read(file: &PathBuf) -> Result<String, Failure> {
    let size = std::fs::metadata(file).map_err(|error| Failure::failed(error.to_string()))?;
    if size.len() > SCRIPT_BYTES_MAX {
        let message = format!("{} bytes, more than {SCRIPT_BYTES_MAX}", size.len());
        return Err(Failure::failed(message));
    }
    let bytes = std::fs::read(file).map_err(|error| Failure::failed(error.to_string()))?;
    String::from_utf8(bytes).map_err(|_| Failure::failed("text that is not UTF-8"))
}
