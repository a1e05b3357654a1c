//! Installs what the clients need, below `target/clients` and nowhere else. What is there from an
//! earlier run with the same pins is used again.

use super::{Language, Prepared};
use crate::job::{self, Job};
use crate::workspace;
use anyhow::{Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

const INSTALL_TIMEOUT: Duration = Duration::from_secs(540);

/// Makes a client ready to run.
///
/// # Errors
/// An installation was tried and failed.
pub(crate) fn prepare(language: Language) -> Result<Prepared> {
    match language {
        Language::Python => python(),
        Language::Node => node(),
        Language::Rust => Ok(Prepared::Ready(Command::new(workspace::program(
            "rust_client",
        )?))),
    }
}

fn python() -> Result<Prepared> {
    let source = workspace::root().join("tests/clients/python");
    let pins = source.join("requirements.txt");
    let folder = workspace::target().join("clients/python");
    let Some(mut command) = python_with(&folder, &pins)? else {
        return Ok(Prepared::Missing("python3 is not installed".to_owned()));
    };
    // No compiled files in the work tree.
    command.arg("-B").arg(source.join("client.py"));
    Ok(Prepared::Ready(command))
}

/// Python with the packages of these pins, installed below a folder; nothing if there is no Python.
///
/// # Errors
/// The installation was tried and failed.
pub(crate) fn python_with(folder: &Path, pins: &Path) -> Result<Option<Command>> {
    if !exists("python3") {
        return Ok(None);
    }
    let packages = folder.join("packages");
    let interpreter = folder.join("bin/python");
    if !fresh(folder, pins)? {
        empty(folder)?;
        let mut make = Command::new("python3");
        make.args(["-m", "venv"]).arg(folder);
        let mut pip;
        if install(make).is_ok() {
            pip = Command::new(&interpreter);
            pip.args(["-m", "pip", "install"]);
        } else {
            // Debian splits venv off; packages in a folder of their own need only pip.
            empty(folder)?;
            pip = Command::new("python3");
            pip.args(["-m", "pip", "install", "--target"])
                .arg(&packages);
        }
        pip.args(["--quiet", "--only-binary", ":all:", "--requirement"])
            .arg(pins);
        install(pip)?;
        done(folder, pins)?;
    }
    if packages.exists() {
        let mut command = Command::new("python3");
        command.env("PYTHONPATH", &packages);
        return Ok(Some(command));
    }
    Ok(Some(Command::new(&interpreter)))
}

fn node() -> Result<Prepared> {
    for program in ["node", "npm"] {
        if !exists(program) {
            return Ok(Prepared::Missing(format!("{program} is not installed")));
        }
    }
    let source = workspace::root().join("tests/clients/node");
    let pins = source.join("package-lock.json");
    let folder = workspace::target().join("clients/node");
    if !fresh(&folder, &pins)? {
        empty(&folder)?;
        for file in ["package.json", "package-lock.json"] {
            std::fs::copy(source.join(file), folder.join(file))?;
        }
        let mut npm = Command::new("npm");
        npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .current_dir(&folder);
        install(npm)?;
        done(&folder, &pins)?;
    }
    // Modules are looked for beside the file that imports them.
    for file in ["client.js", "client_metrics.js"] {
        std::fs::copy(source.join(file), folder.join(file))?;
    }
    let mut command = Command::new("node");
    command.arg(folder.join("client.js"));
    Ok(Prepared::Ready(command))
}

fn exists(program: &str) -> bool {
    let mut command = Command::new(program);
    command
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn install(command: Command) -> Result<()> {
    let what = format!("{command:?}");
    let log = workspace::target().join("xtask/logs/install.log");
    let job = Job {
        command,
        log,
        limit: INSTALL_TIMEOUT,
        verbose: false,
        tick: &mut |_| (),
    };
    let ended = job::run(job)?;
    if !ended.success {
        bail!(
            "failed to install with {what}\n{}",
            job::tail(&ended.output, 30)
        );
    }
    Ok(())
}

/// The pins with which the folder was filled, written when all is there.
fn stamp(folder: &Path) -> PathBuf {
    folder.join("installed-pins")
}

fn fresh(folder: &Path, pins: &Path) -> Result<bool> {
    let wanted = std::fs::read(pins)?;
    Ok(std::fs::read(stamp(folder)).is_ok_and(|found| found == wanted))
}

fn done(folder: &Path, pins: &Path) -> Result<()> {
    std::fs::copy(pins, stamp(folder))?;
    Ok(())
}

fn empty(folder: &Path) -> Result<()> {
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    std::fs::create_dir_all(folder)?;
    Ok(())
}
