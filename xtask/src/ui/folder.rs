//! Folders of built files: what differs between two, and putting one in the place of another.

use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Names of files that are in one folder only, or differ in their bytes.
///
/// # Errors
/// A file cannot be read.
pub(crate) fn differences(committed: &Path, fresh: &Path) -> Result<Vec<String>> {
    let (committed, fresh) = (files(committed)?, files(fresh)?);
    let mut found = Vec::new();
    for (name, path) in &committed {
        match fresh.get(name) {
            None => found.push(format!("{name}: a build does not give it")),
            Some(other) if std::fs::read(path)? != std::fs::read(other)? => {
                found.push(format!("{name}: the bytes differ"));
            }
            Some(_) => {}
        }
    }
    let missing = fresh.keys().filter(|name| !committed.contains_key(*name));
    found.extend(missing.map(|name| format!("{name}: is missing")));
    Ok(found)
}

/// Puts the files of one folder in the place of those of another; their number.
///
/// # Errors
/// A file cannot be read or written.
pub(crate) fn replace(old: &Path, fresh: &Path) -> Result<usize> {
    let files = files(fresh)?;
    if old.exists() {
        std::fs::remove_dir_all(old)
            .with_context(|| format!("failed to remove {}", old.display()))?;
    }
    for (name, from) in &files {
        let to = old.join(name);
        if let Some(folder) = to.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::copy(from, &to).with_context(|| format!("failed to write {}", to.display()))?;
    }
    Ok(files.len())
}

/// All files below a folder by their relative names; none if there is no folder.
fn files(folder: &Path) -> Result<BTreeMap<String, PathBuf>> {
    let mut files = BTreeMap::new();
    if !folder.exists() {
        return Ok(files);
    }
    for entry in walkdir::WalkDir::new(folder) {
        let entry = entry?;
        if entry.file_type().is_file() {
            let name = entry.path().strip_prefix(folder)?.display().to_string();
            files.insert(name, entry.into_path());
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::{differences, replace};
    use std::path::PathBuf;

    fn folder(name: &str, files: &[(&str, &str)]) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("xtask-ui-{}-{name}", std::process::id()));
        for (name, text) in files {
            let path = folder.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        folder
    }

    #[test]
    fn differences_name_files_and_a_copy_has_none() {
        let old = folder("old", &[("a", "1"), ("b/c", "2"), ("gone", "3")]);
        let fresh = folder("fresh", &[("a", "1"), ("b/c", "x"), ("new", "4")]);
        assert_eq!(
            differences(&old, &fresh).unwrap(),
            [
                "b/c: the bytes differ",
                "gone: a build does not give it",
                "new: is missing"
            ]
        );
        assert_eq!(replace(&old, &fresh).unwrap(), 3);
        assert!(differences(&old, &fresh).unwrap().is_empty());
        std::fs::remove_dir_all(old).unwrap();
        std::fs::remove_dir_all(fresh).unwrap();
    }
}
