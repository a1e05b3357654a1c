//! Node.js for the web UI: which version is there, and the packages of the lock file.

use crate::job::{self, Job};
use crate::workspace;
use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

/// The lowest version; that of `engines` in `web/package.json`.
const LOWEST: (u32, u32) = (20, 19);
const INSTALL_LIMIT: Duration = Duration::from_secs(540);

/// A Node.js that is new enough.
pub(crate) struct Node {
    version: String,
}

impl Node {
    /// What is there, for a person.
    pub(crate) fn words(&self) -> String {
        format!("Node.js {}", self.version)
    }
}

/// The folder of the web UI.
pub(crate) fn web() -> PathBuf {
    workspace::root().join("web")
}

/// Looks for Node.js and npm.
///
/// # Errors
/// One is not there, or too old; the message says what to install.
pub(crate) fn find() -> Result<Node> {
    let hint = format!(
        "install Node.js {}.{} or newer with npm, from https://nodejs.org or your distribution",
        LOWEST.0, LOWEST.1
    );
    for program in ["node", "npm"] {
        let ran = Command::new(program).arg("--version").output();
        if !ran.is_ok_and(|output| output.status.success()) {
            bail!("{program} is not installed; {hint}");
        }
    }
    let output = Command::new("node").arg("--version").output()?;
    let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    ensure!(
        numbers(&version).is_some_and(|found| found >= LOWEST),
        "Node.js {version} is too old; {hint}"
    );
    Ok(Node { version })
}

/// Major and minor of `v20.19.0`.
fn numbers(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.trim_start_matches('v').split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// Installs the packages of the lock file, unless they are there; says what it did.
///
/// # Errors
/// npm fails.
pub(crate) fn install() -> Result<String> {
    let read = |path: &str| -> Result<Value> {
        let path = web().join(path);
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("failed to read {}", path.display()))?;
        Ok(serde_json::from_str(&text)?)
    };
    let wanted = read("package-lock.json")?;
    let found = read("node_modules/.package-lock.json").unwrap_or_default();
    if is_installed(&wanted, &found) {
        return Ok("the packages of package-lock.json are installed".to_owned());
    }
    let mut command = Command::new("npm");
    command
        .args(["ci", "--no-audit", "--no-fund"])
        .current_dir(web());
    let ended = job::run(Job {
        command,
        log: workspace::target().join("xtask/logs/ui-npm.log"),
        limit: INSTALL_LIMIT,
        verbose: true,
        tick: &mut |_| (),
    })?;
    ensure!(
        ended.success,
        "npm ci failed\n{}",
        job::tail(&ended.output, 30)
    );
    Ok("npm ci has installed the packages of package-lock.json".to_owned())
}

/// Whether what npm wrote down in `node_modules` is what the lock file asks for: every package of
/// the same version, those that this machine needs not left aside, and none besides.
fn is_installed(wanted: &Value, found: &Value) -> bool {
    let (Some(wanted), Some(found)) = (
        wanted["packages"].as_object(),
        found["packages"].as_object(),
    ) else {
        return false;
    };
    let all_there = wanted.iter().all(|(path, package)| {
        let optional = package["optional"] == true || package["devOptional"] == true;
        path.is_empty()
            || match found.get(path) {
                Some(there) => there["version"] == package["version"],
                None => optional,
            }
    });
    all_there && found.keys().all(|path| wanted.contains_key(path))
}

#[cfg(test)]
mod tests {
    use super::{LOWEST, is_installed, numbers};
    use serde_json::json;

    #[test]
    fn versions_are_compared_by_number() {
        assert!(numbers("v20.20.2").unwrap() >= LOWEST);
        assert!(numbers("v100.1.0").unwrap() >= LOWEST);
        assert!(numbers("v20.9.0").unwrap() < LOWEST);
        assert_eq!(numbers("nonsense"), None);
    }

    #[test]
    fn packages_are_installed_if_versions_agree() {
        let wanted = json!({ "packages": {
            "": { "name": "ui" },
            "node_modules/a": { "version": "1.0.0" },
            "node_modules/b": { "version": "2.0.0", "optional": true },
        } });
        let found = |packages| is_installed(&wanted, &json!({ "packages": packages }));
        assert!(found(json!({ "node_modules/a": { "version": "1.0.0" } })));
        assert!(!found(json!({ "node_modules/a": { "version": "1.0.1" } })));
        assert!(!found(json!({})));
        let more = json!({ "node_modules/a": { "version": "1.0.0" }, "node_modules/c": {} });
        assert!(!found(more));
        assert!(!is_installed(&wanted, &json!(null)));
    }
}
