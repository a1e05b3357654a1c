//! Segments: the files that the frames of one signal lie in, their names and headers.
//!
//! Layout: `docs/formats/wal.md`, section "Segment header". Positions count bytes of frames only,
//! so the frame at position `p` lies at offset `HEADER_BYTES + p - first` of its segment.

use crate::error::{Error, Result};
use crate::io::{Io, ReadFile, SyncPoint, WriteFile, copy_range, remove_if_there};
use crate::wal::frame::{WalPosition, le_u32, le_u64};
use std::path::{Path, PathBuf};

/// The first eight bytes of a segment.
pub(super) const MAGIC: [u8; 8] = *b"TACHOwal";
/// The version that this code writes.
pub(super) const VERSION: u32 = 1;
/// Length of the header.
pub(super) const HEADER_BYTES: usize = 48;
/// Ending of a segment's file name.
const SUFFIX: &str = ".wal";
/// Name of a segment that is being copied.
const COPY_FILE: &str = "copy.tmp";

/// A segment on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WalSegment {
    /// Position of its first frame.
    pub(super) first: WalPosition,
    /// Bytes after the header.
    pub(super) bytes: u64,
}

impl WalSegment {
    /// The position after its last byte.
    pub(super) fn end(&self) -> WalPosition {
        self.first.plus(self.bytes)
    }
}

/// What a segment's header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SegmentHeader {
    /// Position of the first frame.
    pub(super) first: WalPosition,
    /// End of the segment before this one when this one was begun.
    pub(super) previous_end: WalPosition,
    /// When it was begun, nanoseconds since the Unix epoch.
    pub(super) begun_ns: i64,
}

impl SegmentHeader {
    /// The bytes of the header.
    pub(super) fn encode(&self) -> [u8; HEADER_BYTES] {
        let mut bytes = [0u8; HEADER_BYTES];
        bytes[..8].copy_from_slice(&MAGIC);
        bytes[8..12].copy_from_slice(&VERSION.to_le_bytes());
        bytes[12..16].copy_from_slice(&48u32.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.first.0.to_le_bytes());
        bytes[24..32].copy_from_slice(&self.previous_end.0.to_le_bytes());
        bytes[32..40].copy_from_slice(&self.begun_ns.to_le_bytes());
        let crc = crc32c::crc32c(&bytes[..44]);
        bytes[44..].copy_from_slice(&crc.to_le_bytes());
        bytes
    }

    /// Reads a header; `None` if these bytes are none. `Invalid` for a newer version.
    pub(super) fn decode(bytes: &[u8; HEADER_BYTES]) -> Result<Option<Self>> {
        if bytes[..8] != MAGIC || crc32c::crc32c(&bytes[..44]) != le_u32(bytes, 44) {
            return Ok(None);
        }
        let version = le_u32(bytes, 8);
        if version != VERSION {
            return Err(Error::invalid(format!(
                "WAL segment has version {version}, this program knows {VERSION}"
            )));
        }
        Ok(Some(Self {
            first: WalPosition(le_u64(bytes, 16)),
            previous_end: WalPosition(le_u64(bytes, 24)),
            begun_ns: le_u64(bytes, 32).cast_signed(),
        }))
    }
}

/// The path of the segment with that first position.
pub(super) fn path(folder: &Path, first: WalPosition) -> PathBuf {
    folder.join(format!("{:020}{SUFFIX}", first.0))
}

/// The segments of a folder by position. Other files are left alone, with a warning.
pub(super) fn list(io: &dyn Io, folder: &Path) -> Result<Vec<WalSegment>> {
    let mut segments = Vec::new();
    for entry in io.list(folder)? {
        let first = entry
            .name
            .to_str()
            .and_then(|name| name.strip_suffix(SUFFIX))
            .filter(|digits| digits.len() == 20)
            .and_then(|digits| digits.parse::<u64>().ok());
        match first {
            Some(first) if !entry.is_dir => segments.push(WalSegment {
                first: WalPosition(first),
                bytes: entry.len.saturating_sub(HEADER_BYTES as u64),
            }),
            _ if is_ours(&entry.name.to_string_lossy()) => {}
            _ => {
                let folder = folder.display();
                tracing::warn!(name = ?entry.name, %folder, "unknown file in the WAL");
            }
        }
    }
    segments.sort_by_key(|segment| segment.first);
    let firsts: Vec<u64> = segments.iter().map(|segment| segment.first.0).collect();
    for (segment, next) in segments.iter_mut().zip(firsts.iter().skip(1)) {
        // What lies beyond the next segment's start was copied there.
        segment.bytes = segment.bytes.min(next - segment.first.0);
    }
    Ok(segments)
}

/// Whether a file that is no segment belongs here: notes of a replay, an unfinished copy.
fn is_ours(name: &str) -> bool {
    name.starts_with("replay-attempt") || name == COPY_FILE
}

/// Reads the header of an open segment; `None` if it is damaged or names another position.
pub(super) fn read_header(
    file: &dyn ReadFile,
    first: WalPosition,
) -> Result<Option<SegmentHeader>> {
    if file.len() < HEADER_BYTES as u64 {
        return Ok(None);
    }
    let mut bytes = [0u8; HEADER_BYTES];
    file.read_exact_at(&mut bytes, 0)?;
    Ok(SegmentHeader::decode(&bytes)?.filter(|header| header.first == first))
}

/// Begins a segment: makes the file, writes its header and makes its name durable. A file of that
/// name without frames, left by a crash, is begun anew. The header is synced with the first frames.
pub(super) fn begin(
    io: &dyn Io,
    folder: &Path,
    header: &SegmentHeader,
) -> Result<Box<dyn WriteFile>> {
    let path = path(folder, header.first);
    let mut file = if io.exists(&path)? {
        io.open_append(&path, 0)?
    } else {
        io.create(&path)?
    };
    file.write_all(&header.encode())?;
    io.sync_dir(folder, SyncPoint::WalDir)?;
    Ok(file)
}

/// Makes a segment out of a range of another one, as a fresh file: written, synced and renamed into
/// place, whatever lay under that name. Bytes that the kernel shows but a failed sync never wrote
/// are written that way once more.
pub(super) fn copy(
    io: &dyn Io,
    folder: &Path,
    header: &SegmentHeader,
    (source, offset): (&dyn ReadFile, u64),
    bytes: u64,
) -> Result<()> {
    let temporary = folder.join(COPY_FILE);
    remove_if_there(io, &temporary)?;
    let mut file = io.create(&temporary)?;
    file.write_all(&header.encode())?;
    copy_range(source, offset, bytes, file.as_mut())?;
    file.sync_data(SyncPoint::WalData)?;
    io.rename(&temporary, &path(folder, header.first))?;
    io.sync_dir(folder, SyncPoint::WalDir)
}

/// Removes what an interrupted copy left.
pub(super) fn remove_unfinished_copy(io: &dyn Io, folder: &Path) -> Result<()> {
    remove_if_there(io, &folder.join(COPY_FILE)).map(|_| ())
}
