//! Opening: which segments are there, where the log ends, what a crash left at its end.
//!
//! Only the last segment is read here; the others are checked when they are replayed.

use crate::error::Result;
use crate::io::{Io, SyncPoint};
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
    header: Option<SegmentHeader>,
    frame_count: u64,
    end: WalPosition,
    known_durable: WalPosition,
    file_bytes: u64,
}

/// Finds the end of the log, cuts a torn end off and syncs what stays, so that nothing which a
/// replay shows can vanish later.
pub(super) fn recover(io: &dyn Io, folder: &Path, start: WalPosition) -> Result<Recovered> {
    let mut segments = segment::list(io, folder)?;
    let Some(last) = segments.pop() else {
        return Ok(Recovered {
            end: start,
            previous_end: start,
            ..Recovered::default()
        });
    };
    let path = segment::path(folder, last.first);
    let found = scan_last(io, &path, last.first)?;
    let keep = if found.frame_count == 0 && found.header.is_none() {
        0
    } else {
        HEADER_BYTES as u64 + (found.end.0 - last.first.0)
    };
    let torn_bytes_cut = found.file_bytes.saturating_sub(keep);
    io.open_append(&path, keep.min(found.file_bytes))?
        .sync_data(SyncPoint::WalData)?;
    io.sync_dir(folder, SyncPoint::WalDir)?;
    if torn_bytes_cut > 0 {
        tracing::warn!(
            segment = %path.display(),
            torn_bytes_cut,
            end = %found.end,
            "cut the torn end of the WAL"
        );
    }
    let before = segments.last().map_or(last.first, WalSegment::end);
    let mut previous_end = found.end;
    if found.frame_count == 0 && last.first >= start {
        // Begun anew under the same name by the first append.
        previous_end = found.header.map_or(before, |header| header.previous_end);
    } else {
        segments.push(WalSegment {
            first: last.first,
            bytes: found.end.0 - last.first.0,
        });
    }
    Ok(Recovered {
        segments,
        end: found.end,
        previous_end,
        known_durable: found.known_durable,
        torn_bytes_cut,
    })
}

fn scan_last(io: &dyn Io, path: &Path, first: WalPosition) -> Result<LastSegment> {
    let file = io.open_read(path)?;
    let mut last = LastSegment {
        header: segment::read_header(file.as_ref(), first)
            .map_err(|error| error.context(format!("open {}", path.display())))?,
        frame_count: 0,
        end: first,
        known_durable: WalPosition(0),
        file_bytes: file.len(),
    };
    let mut scanner = Scanner::new(Arc::clone(&file), first, None);
    while let Some(found) = scanner.next_found()? {
        match found {
            Found::Frame(fixed) => {
                last.frame_count += 1;
                last.end = scanner.position();
                last.known_durable = last.known_durable.max(fixed.place.durable);
            }
            Found::Bad { at_end: true, .. } => break,
            Found::Bad { .. } => {}
        }
    }
    Ok(last)
}
