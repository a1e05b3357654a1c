//! Opening: which segments are there, where the log ends, what a crash left at its end.
//!
//! Only the last segment is read here; the others are checked when they are replayed. What the last
//! commit wrote may be in the kernel's cache only, even after a later sync that "succeeds" (a failed
//! one marks pages clean), so it is copied into a segment of its own before anybody sees it.

use crate::error::Result;
use crate::io::{Io, ReadFile, SyncPoint};
use crate::wal::frame::WalPosition;
use crate::wal::scan::{Found, Scanner};
use crate::wal::segment::{self, HEADER_BYTES, SegmentHeader, WalSegment};
use std::path::Path;
use std::sync::Arc;

/// What was found at opening.
#[derive(Debug, Clone, Default)]
pub(super) struct Recovered {
    /// Segments with frames, and older empty ones, by position.
    pub(super) segments: Vec<WalSegment>,
    /// End of the last frame.
    pub(super) end: WalPosition,
    /// What the next segment shall say about the end before it.
    pub(super) previous_end: WalPosition,
    /// Everything before this was durable at the crash, as far as the last segment's frames know.
    pub(super) known_durable: WalPosition,
    /// Bytes of a torn end that were cut off.
    pub(super) torn_bytes_cut: u64,
}

/// What the scan of the last segment found.
struct LastSegment {
    file: Arc<dyn ReadFile>,
    header: Option<SegmentHeader>,
    first: WalPosition,
    end: WalPosition,
    known_durable: WalPosition,
    /// Start and end of the frames that are not known to be durable, and the one before.
    doubtful: Vec<(WalPosition, WalPosition)>,
}

impl LastSegment {
    fn is_empty(&self) -> bool {
        self.end == self.first
    }

    /// Bytes of the file that mean something.
    fn used_bytes(&self) -> u64 {
        if self.is_empty() && self.header.is_none() {
            0
        } else {
            HEADER_BYTES as u64 + (self.end.0 - self.first.0)
        }
    }

    /// Where the frames begin that may be in the cache only.
    fn copy_from(&self) -> WalPosition {
        let known = self.known_durable;
        let straddled = |frame: &(WalPosition, WalPosition)| frame.0 < known && known < frame.1;
        if known <= self.first || self.doubtful.iter().any(straddled) {
            self.first
        } else {
            known
        }
    }
}

/// Finds the end of the log, cuts a torn end off and makes durable what stays, so that nothing
/// which a replay shows can vanish later.
pub(super) fn recover(io: &dyn Io, folder: &Path, start: WalPosition) -> Result<Recovered> {
    segment::remove_unfinished_copy(io, folder)?;
    let mut segments = segment::list(io, folder)?;
    let Some(newest) = segments.pop() else {
        return Ok(Recovered {
            end: start,
            previous_end: start,
            ..Recovered::default()
        });
    };
    let last = scan_last(io, folder, newest.first)?;
    let torn_bytes_cut = last.file.len().saturating_sub(last.used_bytes());
    let before = segments.last().map_or(newest.first, WalSegment::end);
    let previous_end = last.header.map_or(before, |header| header.previous_end);
    if last.is_empty() {
        cut(io, folder, &last)?;
    } else {
        secure(io, folder, &last, previous_end, &mut segments)?;
    }
    if torn_bytes_cut > 0 {
        tracing::warn!(
            folder = %folder.display(),
            torn_bytes_cut,
            end = %last.end,
            "cut the torn end of the WAL"
        );
    }
    let reused = last.is_empty() && last.first >= start;
    if last.is_empty() && !reused {
        segments.push(WalSegment {
            first: last.first,
            bytes: 0,
        });
    }
    Ok(Recovered {
        segments,
        end: last.end,
        // An empty segment is begun anew under the same name by the first append.
        previous_end: if reused { previous_end } else { last.end },
        known_durable: last.known_durable,
        torn_bytes_cut,
    })
}

/// Copies the end of the last segment into a fresh file; without room for that, syncs it in place.
fn secure(
    io: &dyn Io,
    folder: &Path,
    last: &LastSegment,
    previous_end: WalPosition,
    segments: &mut Vec<WalSegment>,
) -> Result<()> {
    let from = last.copy_from();
    let header = SegmentHeader {
        first: from,
        previous_end: if from == last.first {
            previous_end
        } else {
            from
        },
        begun_ns: last.header.map_or(0, |header| header.begun_ns),
    };
    let offset = HEADER_BYTES as u64 + (from.0 - last.first.0);
    let bytes = last.end.0 - from.0;
    let source = (last.file.as_ref(), offset);
    match segment::copy(io, folder, &header, source, bytes) {
        Ok(()) => {
            if from > last.first {
                segments.push(WalSegment {
                    first: last.first,
                    bytes: from.0 - last.first.0,
                });
            }
            segments.push(WalSegment { first: from, bytes });
            Ok(())
        }
        Err(error) if error.is_disk_full() => {
            tracing::warn!(%error, "no room to copy the end of the WAL, it is synced in place");
            segment::remove_unfinished_copy(io, folder)?;
            segments.push(WalSegment {
                first: last.first,
                bytes: last.end.0 - last.first.0,
            });
            cut(io, folder, last)
        }
        Err(error) => Err(error),
    }
}

/// Cuts the torn end off and syncs the rest.
fn cut(io: &dyn Io, folder: &Path, last: &LastSegment) -> Result<()> {
    let path = segment::path(folder, last.first);
    io.open_append(&path, last.used_bytes())?
        .sync_data(SyncPoint::WalData)?;
    io.sync_dir(folder, SyncPoint::WalDir)
}

fn scan_last(io: &dyn Io, folder: &Path, first: WalPosition) -> Result<LastSegment> {
    let path = segment::path(folder, first);
    let file = io.open_read(&path)?;
    let header = segment::read_header(file.as_ref(), first)
        .map_err(|error| error.context(format!("open {}", path.display())))?;
    let mut last = LastSegment {
        file: Arc::clone(&file),
        header,
        first,
        end: first,
        known_durable: WalPosition(0),
        doubtful: Vec::new(),
    };
    let mut scanner = Scanner::new(file, first, None);
    while let Some(found) = scanner.next_found()? {
        if let Found::Frame(fixed) = found {
            last.end = scanner.position();
            last.doubtful.push((fixed.place.position, last.end));
            if fixed.place.durable > last.known_durable {
                last.known_durable = fixed.place.durable;
                last.doubtful.retain(|(_, end)| *end > fixed.place.durable);
            }
        }
    }
    Ok(last)
}
