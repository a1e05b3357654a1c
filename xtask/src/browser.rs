//! `cargo xtask browser`: the browser tests of the web UI, in Debian's Chromium against real servers,
//! and `cargo xtask bench ui`, which measures what the tests do not assert.
//!
//! `browser/install.rs` finds or installs Chromium, `browser/outcome.rs` reads Playwright's report.

mod install;
mod outcome;

use crate::report::Report;
use crate::ui::node;
use crate::workspace;
use anyhow::{Context, Result, ensure};
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Which tests are run.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Write the pictures anew instead of comparing with them
    #[arg(long)]
    update_snapshots: bool,
    /// Handed on to Playwright: files, `-g TEXT`, `--headed`
    #[arg(last = true)]
    playwright: Vec<String>,
}

/// What is measured.
#[derive(clap::Args)]
pub(crate) struct BenchArguments {
    /// The subject
    #[arg(value_enum)]
    subject: Subject,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Subject {
    /// The web UI, with the release build
    Ui,
}

/// Runs the tests; false if one failed.
///
/// # Errors
/// Playwright cannot be started.
pub(crate) fn run(arguments: &Arguments) -> Result<bool> {
    let mut report = Report::default();
    let Some(chromium) = prepare(&mut report)? else {
        return Ok(report.end());
    };
    let file = scratch()?.join("report.json");
    if file.exists() {
        std::fs::remove_file(&file)?;
    }
    let mut command = playwright(&chromium);
    command
        .env("TACHO_BINARY", workspace::program("tacho")?)
        .env("PLAYWRIGHT_JSON", &file);
    if arguments.update_snapshots {
        command.arg("--update-snapshots");
    }
    command.args(&arguments.playwright);
    let status = command.status().context("failed to start Playwright")?;
    match std::fs::read_to_string(&file) {
        Ok(text) => outcome::read(&text, &mut report)?,
        Err(_) => report.check("Playwright", Err(anyhow::anyhow!("ended with {status}"))),
    }
    Ok(report.end() && status.success())
}

/// Measures; the table is printed by the program that measures.
///
/// # Errors
/// Something that it needs is missing.
pub(crate) fn bench(arguments: &BenchArguments) -> Result<bool> {
    let Subject::Ui = arguments.subject;
    let mut report = Report::default();
    let Some(chromium) = prepare(&mut report)? else {
        return Ok(report.end());
    };
    let binary = match std::env::var_os("TACHO_BINARY") {
        Some(path) => PathBuf::from(path),
        None => release()?,
    };
    let mut command = playwright(&chromium);
    command
        .args(["--config", "playwright.bench.config.ts"])
        .env("TACHO_BINARY", binary);
    Ok(command.status()?.success())
}

/// The release build, made if it is not there or old.
fn release() -> Result<PathBuf> {
    let mut build = workspace::cargo();
    build.args(["build", "--release", "--locked", "--package", "tacho-cli"]);
    ensure!(build.status()?.success(), "the release build failed");
    Ok(workspace::target().join("release").join("tacho"))
}

/// Node.js, the packages and Chromium; none if one is missing, which is in the report then.
fn prepare(report: &mut Report) -> Result<Option<PathBuf>> {
    let node = match node::find() {
        Ok(node) => node,
        Err(why) => {
            report.missing(&format!("{why:#}"));
            return Ok(None);
        }
    };
    report.note(&node.words());
    report.note(&node::install()?);
    match install::chromium()? {
        Ok(chromium) => {
            report.note(&install::version(&chromium)?);
            Ok(Some(chromium))
        }
        Err(why) => {
            report.missing(&why);
            Ok(None)
        }
    }
}

fn playwright(chromium: &std::path::Path) -> Command {
    let mut command = Command::new("npx");
    command
        .args(["--no-install", "playwright", "test"])
        .env("CHROMIUM", chromium)
        // No colours and no rewriting of lines in a log.
        .env("FORCE_COLOR", "0")
        .current_dir(node::web())
        .stdin(Stdio::null());
    command
}

fn scratch() -> Result<PathBuf> {
    let folder = workspace::target().join("xtask").join("browser");
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}
