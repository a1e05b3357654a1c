//! How far an import has come, in a file beside it: written after every part that the server has
//! acknowledged, removed at the end.

use super::chunk::Mark;
use crate::failure::Failure;
use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// Longest file of this kind.
const STATE_BYTES_MAX: u64 = 16 << 20;
/// Version of the file's shape.
const VERSION: u32 = 1;

/// What is imported. It must be the same when an import goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Origin {
    /// A file.
    File {
        /// Its path as given.
        path: String,
        /// Its length in bytes; absent for standard input.
        length: Option<u64>,
        /// When it was changed, nanoseconds since the epoch; absent if unknown.
        modified_ns: Option<i64>,
    },
    /// A Prometheus.
    Prometheus {
        /// Its address.
        url: String,
        /// The selectors; without any all series.
        matches: Vec<String>,
        /// From when, milliseconds.
        start_ms: i64,
        /// Until when, milliseconds.
        end_ms: i64,
    },
}

/// What the server has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Position {
    /// Everything before this place of the file.
    Text(Mark),
    /// Everything before this time, and of the slice that starts there the selectors up to this one.
    #[serde(rename_all = "camelCase")]
    Slice {
        /// Start of the slice, milliseconds.
        start_ms: i64,
        /// The last selector that is done.
        selector: Option<String>,
    },
}

/// How far an import has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct State {
    version: u32,
    /// Names this import towards the server.
    pub(super) import_id: String,
    /// What is imported.
    pub(super) origin: Origin,
    /// What the server has.
    pub(super) position: Position,
    /// Number of the next part.
    pub(super) part: u64,
    /// Samples that the server took.
    pub(super) samples: u64,
    /// Samples that it refused.
    pub(super) refused: u64,
}

impl State {
    /// At the start.
    pub(super) fn new(import_id: String, origin: Origin, position: Position) -> Self {
        Self {
            version: VERSION,
            import_id,
            origin,
            position,
            part: 0,
            samples: 0,
            refused: 0,
        }
    }

    /// Reads the state if there is one. Fails if it is of another import.
    pub(super) fn load(
        path: &Path,
        same: impl FnOnce(&Origin) -> bool,
    ) -> anyhow::Result<Option<Self>> {
        let mut text = String::new();
        let name = path.display();
        match File::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened
                .and_then(|file| file.take(STATE_BYTES_MAX).read_to_string(&mut text))
                .with_context(|| format!("failed to read {name}"))?,
        };
        let again =
            format!("remove {name} to start the import anew; what is there already does no harm");
        let state: Self = serde_json::from_str(&text).map_err(|error| {
            Failure::failed(format!("{name} is no state of an import: {error}")).hint(&again)
        })?;
        if state.version != VERSION || !same(&state.origin) {
            return Err(Failure::failed(format!(
                "{name} is of another import, or what it imports has changed since"
            ))
            .hint(again)
            .into());
        }
        Ok(Some(state))
    }

    /// Writes the state so that either the old or the new one is there, whatever happens.
    pub(super) fn save(&self, path: &Path) -> anyhow::Result<()> {
        let text = serde_json::to_vec(self).context("failed to write the state as JSON")?;
        let new = beside(path, ".new");
        File::create(&new)
            .and_then(|mut file| file.write_all(&text).and_then(|()| file.sync_all()))
            .and_then(|()| fs::rename(&new, path))
            .with_context(|| format!("failed to write {}", path.display()))
    }
}

/// Removes the state of an import that is done.
pub(super) fn remove(path: &Path) -> anyhow::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("failed to remove {}", path.display()))
        }
        _ => Ok(()),
    }
}

/// The path with something at its end.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::{Mark, Origin, Position, State, remove};

    fn origin(length: u64) -> Origin {
        Origin::File {
            path: "a.om".to_owned(),
            length: Some(length),
            modified_ns: Some(5),
        }
    }

    #[test]
    fn a_state_comes_back_and_goes_away() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        assert_eq!(State::load(&path, |of| *of == origin(1)).unwrap(), None);
        let position = Position::Text(Mark {
            offset: 17,
            metadata: "# TYPE a gauge\n".to_owned(),
            open: true,
        });
        let mut state = State::new("x".to_owned(), origin(1), position);
        state.save(&path).unwrap();
        state.part = 3;
        state.save(&path).unwrap();
        assert_eq!(
            State::load(&path, |of| *of == origin(1)).unwrap(),
            Some(state)
        );
        remove(&path).unwrap();
        remove(&path).unwrap();
        assert_eq!(State::load(&path, |of| *of == origin(1)).unwrap(), None);
    }

    #[test]
    fn the_state_of_another_import_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        let position = Position::Slice {
            start_ms: 5,
            selector: None,
        };
        let state = State::new("x".to_owned(), origin(1), position);
        state.save(&path).unwrap();
        let error = State::load(&path, |of| *of == origin(2)).unwrap_err();
        assert!(error.to_string().contains("of another import"), "{error}");
        std::fs::write(&path, "{").unwrap();
        assert!(State::load(&path, |of| *of == origin(1)).is_err());
    }
}
