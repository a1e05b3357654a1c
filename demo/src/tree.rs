//! A source tree that agents may read and change freely: every run works on a scratch copy of a
//! template, and the template is a bounded copy of `--repo` or the built-in sample.

use std::fs;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context as _, bail};
use walkdir::WalkDir;

use crate::sample_tree;

const FILE_COUNT_MAX: usize = 2_000;
const FILE_BYTES_MAX: u64 = 256 * 1024;
const TREE_BYTES_MAX: u64 = 16 * 1024 * 1024;
const DEPTH_MAX: usize = 24;
const SKIPPED_FOLDERS: [&str; 8] = [
    ".git",
    ".hg",
    "target",
    "node_modules",
    "dist",
    ".venv",
    "__pycache__",
    ".cache",
];
/// How much of a file decides whether it is text.
const PROBE_BYTES: usize = 8 * 1024;

/// A file of the tree; `path` is relative, with `/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileEntry {
    pub(crate) path: String,
    pub(crate) size_bytes: u64,
}

/// A tree on disk and the list of its text files, sorted by path.
#[derive(Debug, Clone)]
pub(crate) struct Tree {
    root: PathBuf,
    files: Vec<FileEntry>,
}

impl Tree {
    /// Makes the template afresh: from `repo` if given, else the built-in sample. Large, binary and
    /// generated files are left out, and so is whatever exceeds the limits of the tree.
    pub(crate) fn template(repo: Option<&Path>, target: &Path) -> anyhow::Result<Self> {
        remove_folder(target)?;
        fs::create_dir_all(target)
            .with_context(|| format!("failed to create {}", target.display()))?;
        match repo {
            None => sample_tree::write(target)?,
            Some(repo) => copy_repo(repo, target)?,
        }
        let tree = Self::open(target)?;
        if tree.files.is_empty() {
            bail!(
                "no readable text file in {}",
                repo.unwrap_or(target).display()
            );
        }
        Ok(tree)
    }

    /// Copies this tree to `target`, which must not exist.
    pub(crate) fn scratch_copy(&self, target: &Path) -> anyhow::Result<Self> {
        for file in &self.files {
            copy_file(&self.root.join(&file.path), &target.join(&file.path))?;
        }
        Ok(Self {
            root: target.to_owned(),
            files: self.files.clone(),
        })
    }

    fn open(root: &Path) -> anyhow::Result<Self> {
        let mut files = Vec::new();
        for entry in WalkDir::new(root).sort_by_file_name() {
            let entry = entry?;
            if entry.file_type().is_file() {
                let relative = entry.path().strip_prefix(root)?;
                files.push(FileEntry {
                    path: relative.to_string_lossy().replace('\\', "/"),
                    size_bytes: entry.metadata()?.len(),
                });
            }
        }
        Ok(Self {
            root: root.to_owned(),
            files,
        })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// As they were when the copy was made.
    pub(crate) fn files(&self) -> &[FileEntry] {
        &self.files
    }

    /// The place of a relative path; `None` if it would lead out of the tree.
    pub(crate) fn resolve(&self, path: &str) -> Option<PathBuf> {
        let inside = Path::new(path)
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
        (inside && !path.is_empty()).then(|| self.root.join(path))
    }
}

/// Removes a folder if it is there.
pub(crate) fn remove_folder(folder: &Path) -> anyhow::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("failed to remove {}", folder.display()))
        }
        _ => Ok(()),
    }
}

fn copy_repo(repo: &Path, target: &Path) -> anyhow::Result<()> {
    let repo = repo
        .canonicalize()
        .with_context(|| format!("failed to open {}", repo.display()))?;
    let target_real = target.canonicalize()?;
    let work_dir = target_real.parent().unwrap_or(&target_real);
    let mut bytes = 0;
    let mut count = 0;
    let walk = WalkDir::new(&repo)
        .max_depth(DEPTH_MAX)
        .sort_by_file_name()
        .into_iter();
    let kept = walk.filter_entry(|entry| {
        let name = entry.file_name().to_string_lossy();
        let skipped = entry.file_type().is_dir() && SKIPPED_FOLDERS.contains(&name.as_ref());
        entry.depth() == 0 || !(skipped || entry.path() == work_dir)
    });
    for entry in kept {
        let Ok(entry) = entry else { continue };
        if !entry.file_type().is_file() {
            continue;
        }
        let Ok(metadata) = entry.metadata() else {
            continue;
        };
        let fits = metadata.len() <= FILE_BYTES_MAX && bytes + metadata.len() <= TREE_BYTES_MAX;
        if !fits || !is_text(entry.path()) {
            continue;
        }
        let relative = entry.path().strip_prefix(&repo)?;
        if relative.to_str().is_none() {
            continue;
        }
        copy_file(entry.path(), &target.join(relative))?;
        bytes += metadata.len();
        count += 1;
        if count == FILE_COUNT_MAX {
            break;
        }
    }
    Ok(())
}

/// Copies bytes only, so that a read-only original gives a copy that can be edited.
fn copy_file(from: &Path, to: &Path) -> anyhow::Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    let content = fs::read(from).with_context(|| format!("failed to read {}", from.display()))?;
    fs::write(to, content).with_context(|| format!("failed to write {}", to.display()))
}

fn is_text(path: &Path) -> bool {
    let Ok(content) = fs::read(path) else {
        return false;
    };
    let probe = &content[..content.len().min(PROBE_BYTES)];
    !probe.contains(&0) && std::str::from_utf8(&content).is_ok()
}

#[cfg(test)]
mod tests {
    use super::Tree;
    use std::fs;

    #[test]
    fn repo_is_copied_without_binary_generated_and_large_files() {
        let repo = tempfile::tempdir().unwrap();
        for folder in [".git", "target", "src"] {
            fs::create_dir(repo.path().join(folder)).unwrap();
            fs::write(repo.path().join(folder).join("a.rs"), "fn a() {}").unwrap();
        }
        fs::write(repo.path().join("binary"), [0_u8, 159, 1]).unwrap();
        fs::write(repo.path().join("large"), vec![b'x'; 300 * 1024]).unwrap();
        let work = repo.path().join("work");
        let tree = Tree::template(Some(repo.path()), &work.join("template")).unwrap();
        let paths: Vec<_> = tree.files().iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["src/a.rs"]);
    }

    #[test]
    fn paths_leading_out_of_the_tree_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let tree = Tree::template(None, &folder.path().join("template")).unwrap();
        assert!(tree.files().len() > 10);
        assert!(tree.resolve("../queue.db").is_none());
        assert!(tree.resolve("/etc/passwd").is_none());
        assert!(tree.resolve("").is_none());
        assert!(tree.resolve("orders/src/cart.rs").is_some());
    }

    #[test]
    fn empty_repo_is_an_error() {
        let repo = tempfile::tempdir().unwrap();
        let work = tempfile::tempdir().unwrap();
        assert!(Tree::template(Some(repo.path()), &work.path().join("t")).is_err());
    }
}
