//! The rule file of the editor: read anew for each change, changed in one place, written whole. A crash
//! leaves the old text or the new one.

use std::path::{Path, PathBuf};
use tacho_rules::own::Definition;
use tacho_rules::own::edit::Place;
use tacho_rules::rule::{RuleGroup, SourceKind};
use tacho_storage::error::Result as StorageResult;
use tacho_storage::io::{
    Io, SyncPoint, create_dir_durable, read_limited, remove_if_there, write_new,
};

/// Longest file.
pub const BYTES_MAX: u64 = 8 << 20;

/// The text of the file; empty if it is not there.
///
/// # Errors
/// Why it cannot be read.
pub fn read(io: &dyn Io, path: &Path) -> Result<String, String> {
    if !io.exists(path).map_err(|error| error.to_string())? {
        return Ok(String::new());
    }
    let bytes = read_limited(io, path, BYTES_MAX).map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|_| "is no UTF-8 text".to_owned())
}

/// Puts another text in its place.
///
/// # Errors
/// If the disk does not take it; then the old text is there.
pub fn write(io: &dyn Io, path: &Path, text: &str) -> StorageResult<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_path_buf(),
        _ => PathBuf::from("."),
    };
    if !io.exists(&folder)? {
        create_dir_durable(io, &folder, &folder, SyncPoint::RuleDir)?;
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".tmp");
    let temporary = folder.join(name);
    remove_if_there(io, &temporary)?;
    write_new(io, &temporary, text.as_bytes(), SyncPoint::RuleFile)?;
    io.rename(&temporary, path)?;
    io.sync_dir(&folder, SyncPoint::RuleDir)
}

/// A rule of the editor: its place in the text, and how it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    group: String,
    name: String,
    before: usize,
    /// As it is written.
    pub definition: Definition,
}

impl Found {
    /// Its place.
    pub fn place(&self) -> Place<'_> {
        Place {
            group: &self.group,
            name: &self.name,
            before: self.before,
        }
    }
}

/// The rule of an identifier among those of the editor.
pub fn find(
    groups: &[RuleGroup],
    written: impl Fn(&str) -> Option<Definition>,
    id: &str,
) -> Option<Found> {
    let own = groups
        .iter()
        .filter(|group| group.source.kind == SourceKind::Api);
    for group in own {
        let Some(at) = group.rules.iter().position(|rule| rule.id.as_str() == id) else {
            continue;
        };
        let (earlier, rest) = group.rules.split_at(at);
        let rule = rest.first()?;
        let same = earlier.iter().filter(|other| other.name() == rule.name());
        return Some(Found {
            group: group.name.clone(),
            name: rule.name().to_owned(),
            before: same.count(),
            definition: written(id)?,
        });
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{read, write};
    use std::path::Path;
    use tacho_storage::io::{SyncPoint, create_dir_durable};
    use tacho_testkit::fault_fs::FaultIo;

    /// Writes two texts and loses power: true if the second one is there, whole.
    fn survives(seed: u64, disabled: Option<SyncPoint>) -> bool {
        let io = FaultIo::new(seed);
        if let Some(point) = disabled {
            io.disable_sync(point);
        }
        let data = Path::new("/data");
        create_dir_durable(&io, data, data, SyncPoint::DataDir).unwrap();
        let path = data.join("rules.yaml");
        write(&io, &path, "groups: []\n").unwrap();
        write(&io, &path, "groups: # two\n").unwrap();
        read(&io.crash(), &path).is_ok_and(|text| text == "groups: # two\n")
    }

    #[test]
    fn a_change_survives_power_loss_and_needs_both_syncs() {
        assert!((0..200).all(|seed| survives(seed, None)));
        for point in [SyncPoint::RuleFile, SyncPoint::RuleDir] {
            assert!(
                (0..300).any(|seed| !survives(seed, Some(point))),
                "{point:?} can be left out and nothing is lost"
            );
        }
    }
}
