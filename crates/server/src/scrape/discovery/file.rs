//! Targets in files, YAML or JSON. Files are looked at every few seconds; a file that cannot be read
//! keeps the targets that it gave before.

use super::{Outlet, pause};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tacho_ingest::scrape::config::discovery::targets::{TargetGroup, parse_groups};
use tacho_ingest::scrape::config::glob;
use tacho_storage::io::{Io, read_limited};

/// Longest time between looks; the configured interval may be shorter.
const LOOK: Duration = Duration::from_secs(5);
/// Longest file.
const FILE_BYTES_MAX: u64 = 16 << 20;
/// The label with the file.
const ORIGIN_LABEL: &str = "__meta_filepath";

struct Seen {
    bytes: Vec<u8>,
    groups: Vec<TargetGroup>,
}

/// Files with what they gave.
pub(super) struct FileWatch {
    patterns: Vec<String>,
    io: Arc<dyn Io>,
    seen: BTreeMap<PathBuf, Seen>,
    /// Whether it was looked at before.
    looked: bool,
}

/// What a look found.
pub(super) struct Look {
    /// All groups, if something changed.
    pub(super) groups: Option<Vec<TargetGroup>>,
    /// Files that cannot be taken, and why.
    pub(super) failures: Vec<(String, String)>,
}

impl FileWatch {
    pub(super) fn new(patterns: &[String], io: Arc<dyn Io>) -> Self {
        Self {
            patterns: patterns.to_vec(),
            io,
            seen: BTreeMap::new(),
            looked: false,
        }
    }

    /// Looks at all files.
    pub(super) fn look(&mut self) -> Look {
        let mut changed = !std::mem::replace(&mut self.looked, true);
        let mut failures = Vec::new();
        let io = Arc::clone(&self.io);
        let mut paths: Vec<PathBuf> = Vec::new();
        for pattern in &self.patterns {
            paths.extend(glob::expand(io.as_ref(), Path::new(pattern)));
        }
        paths.sort_unstable();
        paths.dedup();
        for path in &paths {
            match self.look_at(path) {
                Ok(new) => changed |= new,
                Err(reason) => failures.push((path.to_string_lossy().into_owned(), reason)),
            }
        }
        let before = self.seen.len();
        self.seen
            .retain(|path, _| paths.binary_search(path).is_ok());
        changed |= self.seen.len() != before;
        let groups = changed.then(|| {
            let seen = self.seen.values();
            seen.flat_map(|seen| seen.groups.iter().cloned()).collect()
        });
        Look { groups, failures }
    }

    /// Looks at a file; true if it gives other groups than before.
    fn look_at(&mut self, path: &Path) -> Result<bool, String> {
        let bytes = read_limited(self.io.as_ref(), path, FILE_BYTES_MAX)
            .map_err(|error| error.to_string())?;
        if self.seen.get(path).is_some_and(|seen| seen.bytes == bytes) {
            return Ok(false);
        }
        let text = str::from_utf8(&bytes).map_err(|_| "is no UTF-8 text".to_owned())?;
        let source = path.to_string_lossy();
        let groups = parse_groups(text, &source, ORIGIN_LABEL)
            .map_err(|wrong| format!("line {}: {}", wrong.line, wrong.message))?;
        let before = self.seen.insert(path.to_path_buf(), Seen { bytes, groups });
        let now = self.seen.get(path).map(|seen| &seen.groups);
        Ok(before.as_ref().map(|seen| &seen.groups) != now)
    }
}

/// Looks again and again.
pub(super) async fn run(mut watch: FileWatch, refresh: Duration, outlet: Outlet) {
    let mut failed_before: Vec<(String, String)> = Vec::new();
    loop {
        let looked = tokio::task::spawn_blocking(move || {
            let look = watch.look();
            (watch, look)
        });
        let Ok((back, look)) = looked.await else {
            return;
        };
        watch = back;
        // a file that stays wrong is told of once
        for failure in &look.failures {
            if !failed_before.contains(failure) {
                outlet.failed(&failure.0, &failure.1);
            }
        }
        failed_before = look.failures;
        if let Some(groups) = look.groups
            && !outlet.give(groups).await
        {
            return;
        }
        pause(refresh.min(LOOK)).await;
    }
}

#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    reason = "the test writes the files that are watched"
)]
mod tests {
    use super::FileWatch;
    use std::sync::Arc;
    use tacho_storage::io::std_io::StdIo;

    #[test]
    fn changes_of_files_are_seen_and_broken_files_keep_their_targets() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        let pattern = folder.path().join("*.json").to_string_lossy().into_owned();
        let mut watch = FileWatch::new(&[pattern], Arc::new(StdIo));
        assert_eq!(watch.look().groups, Some(Vec::new()));
        assert_eq!(watch.look().groups, None);
        std::fs::write(&path, r#"[{"targets": ["h:1"]}]"#).unwrap();
        let groups = watch.look().groups.unwrap();
        assert_eq!(groups[0].targets[0].value("__address__"), "h:1");
        assert!(
            groups[0]
                .labels
                .value("__meta_filepath")
                .ends_with("a.json")
        );
        std::fs::write(&path, "[{").unwrap();
        let look = watch.look();
        assert_eq!((look.groups, look.failures.len()), (None, 1));
        std::fs::write(&path, r#"[{"targets": ["h:2"]}]"#).unwrap();
        assert!(watch.look().groups.is_some());
        std::fs::remove_file(&path).unwrap();
        assert_eq!(watch.look().groups, Some(Vec::new()));
    }
}
