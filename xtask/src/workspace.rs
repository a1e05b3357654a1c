//! Where things lie in the work tree, and what cargo knows about it.

use anyhow::{Context, Result};
use cargo_metadata::{Metadata, MetadataCommand};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The root of the repository: the folder above this crate.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// The folder for everything that is built or installed.
pub(crate) fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}

/// The folder of the outside data; otherwise why it is not there, and whether that is an error.
pub(crate) fn conformance() -> Result<PathBuf, (String, bool)> {
    let name = "TACHO_CONFORMANCE_DIR";
    let set = std::env::var_os(name).map(PathBuf::from);
    let folder = set
        .clone()
        .unwrap_or_else(|| root().join("../shared/conformance"));
    match folder.canonicalize() {
        Ok(folder) if folder.is_dir() => Ok(folder),
        _ if set.is_some() => {
            let why = format!("{name} is set to {}, which is no folder", folder.display());
            Err((why, true))
        }
        _ => {
            let why = format!("no outside data at ../shared/conformance; set {name} to its folder");
            Err((why, false))
        }
    }
}

/// The debug build of a binary or of an example of this crate.
pub(crate) fn program(name: &str) -> Result<PathBuf> {
    let mut path = target().join("debug");
    if name != "tacho" {
        path.push("examples");
    }
    path.push(name);
    anyhow::ensure!(
        path.exists(),
        "{} is not built; run `cargo build --workspace --bins --examples` first",
        path.display()
    );
    Ok(path)
}

/// The cargo that started us, without the variables that it set for us alone.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command.current_dir(root());
    command
}

/// The packages and their dependencies, as resolved in the lock file.
pub(crate) fn metadata() -> Result<Metadata> {
    MetadataCommand::new()
        .current_dir(root())
        .other_options(vec!["--locked".to_owned()])
        .exec()
        .context("failed to run `cargo metadata --locked`")
}

/// The files that git knows or would take, as paths relative to the root, sorted.
pub(crate) fn files() -> Result<Vec<String>> {
    let output = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output();
    let mut files: Vec<String> = match output {
        Ok(output) if output.status.success() => String::from_utf8_lossy(&output.stdout)
            .lines()
            .map(str::to_owned)
            .collect(),
        _ => walk(),
    };
    files.retain(|file| root().join(file).is_file());
    files.sort();
    files.dedup();
    Ok(files)
}

/// The same without git, for a source archive.
fn walk() -> Vec<String> {
    let root = root();
    let hidden =
        |name: &str| name == ".git" || name == "node_modules" || name.starts_with("target");
    walkdir::WalkDir::new(&root)
        .into_iter()
        .filter_entry(|entry| !hidden(&entry.file_name().to_string_lossy()))
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file())
        .filter_map(|entry| Some(entry.path().strip_prefix(&root).ok()?.display().to_string()))
        .collect()
}
