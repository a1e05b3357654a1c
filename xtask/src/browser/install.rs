//! Chromium: the one that `CHROMIUM` names, the distribution's, or Debian's package, installed with
//! apt-get where this program may do that.

use crate::job::{self, Job};
use crate::workspace;
use anyhow::Result;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

const PLACES: [&str; 3] = [
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
];
const LIMIT: Duration = Duration::from_secs(540);

/// The program; otherwise why there is none.
///
/// # Errors
/// A log file cannot be written.
pub(crate) fn chromium() -> Result<Result<PathBuf, String>> {
    if let Some(named) = std::env::var_os("CHROMIUM") {
        let path = PathBuf::from(named);
        let missing = format!("CHROMIUM is set to {}, which is no file", path.display());
        return Ok(if path.is_file() {
            Ok(path)
        } else {
            Err(missing)
        });
    }
    if let Some(path) = found() {
        return Ok(Ok(path));
    }
    if !exists("apt-get", &["--version"]) {
        return Ok(Err(
            "no Chromium, and no apt-get to install it; install it, or set CHROMIUM".to_owned(),
        ));
    }
    let Some(apt) = privileged() else {
        return Ok(Err(
            "no Chromium, and no rights to install it; run `apt-get install chromium` as root, or set CHROMIUM"
                .to_owned(),
        ));
    };
    let install = [
        "install",
        "--yes",
        "--quiet",
        "--no-install-recommends",
        "chromium",
    ];
    // The lists of packages may be absent or old.
    if !apt_get(&apt, &install)? {
        apt_get(&apt, &["update", "--quiet"])?;
        apt_get(&apt, &install)?;
    }
    Ok(found().ok_or_else(|| {
        let log = log_file();
        format!("apt-get did not install chromium; see {}", log.display())
    }))
}

/// What it says of itself.
///
/// # Errors
/// It cannot be run.
pub(crate) fn version(chromium: &Path) -> Result<String> {
    let output = Command::new(chromium).arg("--version").output()?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn found() -> Option<PathBuf> {
    PLACES.iter().map(PathBuf::from).find(|path| path.is_file())
}

/// How to call apt-get so that it may install: as it is, through sudo without a password, or not.
fn privileged() -> Option<Vec<&'static str>> {
    if rustix::process::geteuid().is_root() {
        Some(vec!["apt-get"])
    } else {
        exists("sudo", &["--non-interactive", "true"])
            .then(|| vec!["sudo", "--non-interactive", "apt-get"])
    }
}

fn apt_get(words: &[&str], arguments: &[&str]) -> Result<bool> {
    let mut words = words.iter();
    let mut command = Command::new(words.next().unwrap_or(&"apt-get"));
    command
        .args(words)
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive");
    let ended = job::run(Job {
        command,
        log: log_file(),
        limit: LIMIT,
        verbose: true,
        tick: &mut |_| (),
    })?;
    Ok(ended.success)
}

fn log_file() -> PathBuf {
    workspace::target().join("xtask/logs/chromium.log")
}

fn exists(program: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(arguments);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
