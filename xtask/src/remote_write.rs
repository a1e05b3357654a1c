//! `cargo xtask remote-write-2`: `tests/peers/remote_write_2.py` against a fresh server, then its
//! reading part again after a kill.

use crate::job::{self, Job};
use crate::report::Report;
use crate::server::Server;
use crate::suite::{self, Counting};
use crate::workspace;
use anyhow::{Context, Result};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

const TIMEOUT: Duration = Duration::from_secs(120);

/// Sends, kills, reads again; false if anything differs.
///
/// # Errors
/// The server or the program cannot be run.
pub(crate) fn run() -> Result<bool> {
    let mut report = Report::default();
    let mut python = Command::new("python3");
    python.arg("--version").stdout(Stdio::null());
    if !python.status().is_ok_and(|status| status.success()) {
        report.missing("python3 is not installed");
        return Ok(report.end());
    }
    let folder = workspace::target().join("xtask").join("remote-write-2");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    let time = now.as_millis().to_string();
    let server = Server::start(&folder)?;
    program(&mut report, &server, &folder, &["--time", &time])?;
    server.kill()?;
    let server = Server::start(&folder)?;
    report.note("after a kill:");
    let again = ["--time", &time, "--only-read"];
    program(&mut report, &server, &folder, &again)?;
    Ok(report.end())
}

/// Runs the program and takes its counts over.
fn program(report: &mut Report, server: &Server, folder: &Path, options: &[&str]) -> Result<()> {
    let mut command = Command::new("python3");
    command
        .arg("-B")
        .arg(workspace::root().join("tests/peers/remote_write_2.py"))
        .arg(format!("--url=http://{}/prometheus", server.ready.http))
        .args(options);
    let ended = job::run(Job {
        command,
        log: folder.join("client.log"),
        limit: TIMEOUT,
        verbose: false,
        tick: &mut |_| (),
    })
    .context("failed to run the sender")?;
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
    Ok(())
}
