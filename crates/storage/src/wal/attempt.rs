//! Remembers where a replay is, so that a frame that kills the process again and again is found.
//!
//! A replay may also be killed from outside, wherever it happens to be: the first death only makes
//! the next attempt note every frame, and a frame is blamed when `DEATHS_MAX` attempts in a row
//! died at that very frame.
//!
//! The file `replay-attempt` (`docs/formats/wal.md`) is written, never synced: it must survive the
//! death of the process only. Trouble with it never stops a replay.

use crate::error::Result;
use crate::io::{Io, WriteFile, read_limited, remove_if_there};
use crate::wal::frame::WalPosition;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Name of the file in the folder of the segments.
pub(super) const ATTEMPT_FILE: &str = "replay-attempt";
/// Attempts in a row that must die at the same frame before it is set aside.
const DEATHS_MAX: u32 = 3;
/// How far apart the first attempt leaves its marks.
const COARSE_BYTES: u64 = 1 << 20;
/// A file that has grown to this is begun anew.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// The attempt that is running.
#[derive(Debug)]
pub(super) struct Attempt {
    io: Arc<dyn Io>,
    path: PathBuf,
    file: Option<Box<dyn WriteFile>>,
    number: u32,
    /// The frame at which the attempt before this one died, and how many in a row did.
    suspect: Option<Suspect>,
    /// The frame that killed the last `DEATHS_MAX` attempts.
    killer: Option<WalPosition>,
    last_mark: Option<u64>,
}

/// A frame that may be to blame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Suspect {
    position: u64,
    deaths: u32,
}

/// What the file of a replay that never ended says.
#[derive(Debug, Default, PartialEq, Eq)]
struct Died {
    number: u32,
    suspect: Option<Suspect>,
    at: Option<u64>,
}

impl Attempt {
    /// Begins an attempt and finds out about the ones that died.
    pub(super) fn begin(io: Arc<dyn Io>, folder: &Path) -> Self {
        let path = folder.join(ATTEMPT_FILE);
        let died = read_limited(io.as_ref(), &path, 2 * FILE_BYTES_MAX)
            .map(|bytes| parse(&String::from_utf8_lossy(&bytes)))
            .unwrap_or_default();
        // The marks of a first attempt are far apart: they name no frame.
        let suspect = died.at.filter(|_| died.number > 1).map(|position| {
            let before = died.suspect.filter(|suspect| suspect.position == position);
            Suspect {
                position,
                deaths: before.map_or(0, |suspect| suspect.deaths) + 1,
            }
        });
        let killer = suspect.filter(|suspect| suspect.deaths >= DEATHS_MAX);
        let mut attempt = Self {
            io,
            path,
            file: None,
            number: died.number.saturating_add(1),
            suspect,
            killer: killer.map(|suspect| WalPosition(suspect.position)),
            last_mark: None,
        };
        if died.number > 0 {
            tracing::warn!(
                attempts = died.number,
                suspect = ?attempt.suspect,
                "the last replay of the WAL did not end"
            );
        }
        attempt.restart_file();
        attempt
    }

    /// The frame that killed the last attempts, if one did.
    pub(super) fn killer(&self) -> Option<WalPosition> {
        self.killer
    }

    /// Notes that the frame at this position comes next.
    pub(super) fn mark(&mut self, position: WalPosition) {
        let due = self.number > 1
            || self
                .last_mark
                .is_none_or(|last| position.0 >= last.saturating_add(COARSE_BYTES));
        if !due {
            return;
        }
        self.last_mark = Some(position.0);
        if self
            .file
            .as_ref()
            .is_some_and(|file| file.len() > FILE_BYTES_MAX)
        {
            self.restart_file();
        }
        let line = format!("at {position}\n");
        if let Some(file) = self.file.as_mut()
            && let Err(error) = file.write_all(line.as_bytes())
        {
            tracing::warn!(%error, "cannot note how far the replay is");
            self.file = None;
            // A mark that stands still would accuse the wrong frame.
            if let Err(error) = remove_if_there(self.io.as_ref(), &self.path) {
                tracing::warn!(%error, "cannot remove the note of a replay");
            }
        }
    }

    /// Ends the attempt in order.
    pub(super) fn end(mut self) {
        self.file = None;
        if let Err(error) = remove_if_there(self.io.as_ref(), &self.path) {
            tracing::warn!(%error, "cannot remove the note of a replay that ended");
        }
    }

    fn restart_file(&mut self) {
        self.file = self
            .new_file()
            .inspect_err(|error| tracing::warn!(%error, "cannot note that a replay runs"))
            .ok();
    }

    fn new_file(&self) -> Result<Box<dyn WriteFile>> {
        let temporary = self.path.with_file_name("replay-attempt.tmp");
        remove_if_there(self.io.as_ref(), &temporary)?;
        let mut file = self.io.create(&temporary)?;
        let mut text = format!("attempt {}\n", self.number);
        if let Some(suspect) = &self.suspect {
            text.push_str(&format!(
                "suspect {} {}\n",
                suspect.position, suspect.deaths
            ));
        }
        file.write_all(text.as_bytes())?;
        self.io.rename(&temporary, &self.path)?;
        Ok(file)
    }
}

/// Reads the file; a half-written last line counts for nothing.
fn parse(text: &str) -> Died {
    let mut died = Died::default();
    for line in text.split_inclusive('\n') {
        let Some(line) = line.strip_suffix('\n') else {
            break;
        };
        let mut words = line.split(' ');
        let word = words.next();
        let mut number = || words.next().and_then(|digits| digits.parse::<u64>().ok());
        match (word, number()) {
            (Some("attempt"), Some(count)) => {
                died.number = u32::try_from(count).unwrap_or(u32::MAX);
            }
            (Some("suspect"), Some(position)) => {
                let deaths = number().and_then(|count| u32::try_from(count).ok());
                died.suspect = deaths.map(|deaths| Suspect { position, deaths });
            }
            (Some("at"), Some(position)) => died.at = Some(position),
            _ => {}
        }
    }
    died
}

#[cfg(test)]
mod tests {
    use super::{Died, Suspect, parse};

    #[test]
    fn the_last_whole_line_counts() {
        let died = parse("attempt 2\nsuspect 5 1\nat 5\nat 7\nat 1");
        let expected = Died {
            number: 2,
            suspect: Some(Suspect {
                position: 5,
                deaths: 1,
            }),
            at: Some(7),
        };
        assert_eq!(died, expected);
        assert_eq!(parse(""), Died::default());
        assert_eq!(parse("nonsense\nat x\nsuspect 1\n"), Died::default());
    }
}
