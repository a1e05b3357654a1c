//! `cargo xtask alerting`: `tests/peers/alerting.py` with Debian's Alertmanager, amtool and Prometheus, and
//! a real SMTP server from the Python package index.

use crate::clients::install;
use crate::job::{self, Job};
use crate::prometheus::install::{self as peers, Installed};
use crate::report::Report;
use crate::suite::{self, Counting};
use crate::workspace;
use anyhow::{Context, Result};
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_secs(300);

/// Which parts are run.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Only this part (differential, amtool, prometheus, mail, crash); may be repeated
    #[arg(long)]
    only: Vec<String>,
}

/// Runs the program and takes its counts over; false if anything differs.
///
/// # Errors
/// A program is there but cannot be run.
pub(crate) fn run(arguments: &Arguments) -> Result<bool> {
    let mut report = Report::default();
    let programs = match peers::prepare()? {
        Installed::Ready(programs) => programs,
        Installed::Missing(why) => {
            report.missing(&why);
            return Ok(report.end());
        }
    };
    let folder = workspace::target().join("xtask").join("alerting");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    let pins = workspace::root().join("tests/peers/requirements.txt");
    let home = workspace::target().join("peers/python");
    let Some(mut command) = install::python_with(&home, &pins)? else {
        report.missing("python3 is not installed");
        return Ok(report.end());
    };
    command
        .arg("-B")
        .arg(workspace::root().join("tests/peers/alerting.py"))
        .arg("--tacho")
        .arg(workspace::program("tacho")?)
        .arg("--alertmanager")
        .arg(&programs.alertmanager)
        .arg("--amtool")
        .arg(&programs.amtool)
        .arg("--prometheus")
        .arg(&programs.prometheus)
        .arg("--folder")
        .arg(&folder);
    for part in &arguments.only {
        command.args(["--only", part]);
    }
    let ended = job::run(Job {
        command,
        log: folder.join("checks.log"),
        limit: TIMEOUT,
        verbose: false,
        tick: &mut |_| (),
    })
    .context("failed to run the checks")?;
    let counts = suite::count(Counting::Sums, &ended.output, ended.success);
    for line in ended
        .output
        .lines()
        .filter(|line| !line.contains(" passed, "))
    {
        report.note(line);
    }
    report.passed(u32::try_from(counts.passed)?);
    report.failed(u32::try_from(counts.failed)?);
    Ok(report.end())
}
