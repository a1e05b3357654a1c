//! `cargo xtask ui`: checks the web UI, builds it, holds it against the size gate, and writes
//! `web/dist`. With `--check` nothing is written: what is committed must be what a build gives.
//!
//! `ui/node.rs` has Node.js and the packages, `ui/folder.rs` compares and copies folders.

mod folder;
pub(crate) mod node;

use crate::job::{self, Job};
use crate::report::Report;
use crate::workspace;
use anyhow::{Context, Result, bail, ensure};
use node::Node;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

const STEP_LIMIT: Duration = Duration::from_secs(300);
const SHOWN_LINES: usize = 60;

/// What is done with the result.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Write nothing; fail where a build differs from the committed web/dist
    #[arg(long)]
    check: bool,
    /// Only build and hold against the size gate; types, lints and tests are left out
    #[arg(long)]
    build_only: bool,
}

/// Scripts of `web/package.json` that must succeed, in order: what they check.
const CHECKS: [(&str, &str); 5] = [
    ("api:check", "generated types are those of the API"),
    ("types", "types"),
    ("lint", "lint"),
    ("tidy", "tidy"),
    ("unused", "nothing is unused"),
];

/// Checks, builds, and writes or compares.
///
/// # Errors
/// A folder cannot be read or written.
pub(crate) fn run(arguments: &Arguments) -> Result<bool> {
    let mut report = Report::default();
    let node = match node::find() {
        Ok(node) => node,
        Err(why) => {
            report.missing(&format!("{why:#}"));
            return Ok(report.end());
        }
    };
    report.note(&node.words());
    match node::install() {
        Ok(what) => report.note(&what),
        Err(error) => {
            report.check("npm ci", Err(error));
            return Ok(report.end());
        }
    }
    if !arguments.build_only {
        for (script, what) in CHECKS {
            report.check(what, step(&node, script, &[]).map(|_| String::new()));
        }
        match unit_tests(&node) {
            Ok(count) => report.passed(count),
            Err(error) => report.check("unit tests", Err(error)),
        }
    }
    match built_twice(&node) {
        Ok(fresh) => {
            report.check("two builds are the same", Ok(String::new()));
            finish(&node, &mut report, &fresh, arguments.check)?;
        }
        Err(error) => report.check("build", Err(error)),
    }
    Ok(report.end())
}

/// The committed folder.
fn dist() -> PathBuf {
    node::web().join("dist")
}

/// Size gate, then the committed folder: compared or written.
fn finish(node: &Node, report: &mut Report, fresh: &Path, check: bool) -> Result<()> {
    let sized = size(node, fresh);
    let too_large = sized.is_err();
    report.check("size gate", sized);
    if check {
        let differences = folder::differences(&dist(), fresh)?;
        report.check("web/dist is what a build gives", same(&differences));
    } else if too_large {
        report.note("web/dist was left as it was");
    } else {
        let written = folder::replace(&dist(), fresh)?;
        report.check("web/dist", Ok(format!("{written} files")));
    }
    Ok(())
}

fn same(differences: &[String]) -> Result<String> {
    ensure!(
        differences.is_empty(),
        "run `cargo xtask ui` and commit web/dist\n  {}",
        differences.join("\n  ")
    );
    Ok(String::new())
}

/// Builds into two scratch folders, which must have the same bytes; gives one.
fn built_twice(node: &Node) -> Result<PathBuf> {
    let [first, second] = ["first", "second"].map(|name| scratch().join(name));
    for folder in [&first, &second] {
        let out = folder.to_string_lossy().into_owned();
        step(node, "build", &["--outDir", &out, "--emptyOutDir"])?;
    }
    let differences = folder::differences(&first, &second)?;
    ensure!(
        differences.is_empty(),
        "two builds differ\n  {}",
        differences.join("\n  ")
    );
    Ok(first)
}

fn scratch() -> PathBuf {
    workspace::target().join("xtask").join("ui")
}

/// Runs the unit tests; the number that held.
fn unit_tests(node: &Node) -> Result<u32> {
    let file = scratch().join("vitest.json");
    let out = format!("--outputFile.json={}", file.display());
    step(
        node,
        "test",
        &["--reporter=default", "--reporter=json", &out],
    )?;
    let text = std::fs::read_to_string(&file).context("failed to read the report of vitest")?;
    let counts: serde_json::Value = serde_json::from_str(&text)?;
    let passed = counts["numPassedTests"].as_u64().unwrap_or_default();
    ensure!(passed > 0, "vitest ran no test");
    ensure!(
        counts["numPendingTests"] == 0,
        "{} unit tests were left out",
        counts["numPendingTests"]
    );
    Ok(u32::try_from(passed)?)
}

/// The size gate prints its table itself.
fn size(node: &Node, folder: &Path) -> Result<String> {
    let output = step(node, "size", &[&folder.to_string_lossy()])?;
    Ok(format!("\n{}", output.trim_end()))
}

/// Runs a script of `package.json` with arguments; that there is a Node.js is known.
fn step(_: &Node, script: &str, arguments: &[&str]) -> Result<String> {
    let mut command = Command::new("npm");
    command.args(["run", "--silent", script, "--"]);
    command.args(arguments);
    child(script, command)
}

/// Runs a command in `web`; its output, of which the end is shown if it fails.
fn child(name: &str, mut command: Command) -> Result<String> {
    command.current_dir(node::web());
    let start = Instant::now();
    progress(&format!("       {name} …"));
    let log = workspace::target()
        .join("xtask/logs")
        .join(format!("ui-{}.log", name.replace(':', "-")));
    let ended = job::run(Job {
        command,
        log,
        limit: STEP_LIMIT,
        verbose: false,
        tick: &mut |_| (),
    })?;
    progress(&format!(" {:.1} s\n", start.elapsed().as_secs_f64()));
    if ended.timed_out {
        bail!("killed after {} s", STEP_LIMIT.as_secs());
    }
    ensure!(
        ended.success,
        "failed\n{}",
        job::tail(&ended.output, SHOWN_LINES)
    );
    Ok(ended.output)
}

#[expect(clippy::print_stdout, reason = "progress is for the person who waits")]
fn progress(text: &str) {
    print!("{text}");
    let _ = std::io::stdout().flush();
}
