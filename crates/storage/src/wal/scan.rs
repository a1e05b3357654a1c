//! Walks over the frames of one segment and tells good frames from bad ranges.
//!
//! Reads through a window, so memory is bounded by the longest frame. After a bad place the next
//! frame is searched by magic, checksum and position (`docs/formats/wal.md`, section "Reading").

use crate::error::Result;
use crate::io::ReadFile;
use crate::wal::frame::{FIXED_BYTES, FixedPart, MAGIC, WalPosition};
use crate::wal::segment::HEADER_BYTES;
use std::sync::Arc;

/// Bytes read at once at least.
const WINDOW_BYTES: usize = 1 << 20;
/// A window that a long frame has blown up beyond this is given back after it.
const WINDOW_BYTES_KEPT: usize = 8 << 20;

/// What lies at the scanner's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// A frame with right checksums; `Scanner::payload` gives its bytes.
    Frame(FixedPart),
    /// No frame in this range; `at_end` if none follows in the segment.
    Bad {
        /// Where the range begins.
        position: WalPosition,
        /// Its length.
        bytes: u64,
        /// Whether the segment ends with it.
        at_end: bool,
    },
}

/// Walks over one segment.
#[derive(Debug)]
pub(super) struct Scanner {
    file: Arc<dyn ReadFile>,
    first: WalPosition,
    /// Offset of the next thing to look at.
    offset: u64,
    /// Offset where the segment's frames end.
    limit: u64,
    window: Vec<u8>,
    window_offset: u64,
    /// Offset and length of the payload of the frame found last.
    payload: (u64, usize),
}

impl Scanner {
    /// Walks over the segment with that first position, to `end` or to its own end.
    pub(super) fn new(
        file: Arc<dyn ReadFile>,
        first: WalPosition,
        end: Option<WalPosition>,
    ) -> Self {
        let limit = end.map_or(u64::MAX, |end| {
            (HEADER_BYTES as u64).saturating_add(end.0.saturating_sub(first.0))
        });
        let limit = limit.min(file.len());
        Self {
            file,
            first,
            offset: HEADER_BYTES as u64,
            limit,
            window: Vec::new(),
            window_offset: 0,
            payload: (0, 0),
        }
    }

    /// The position of the next thing to look at.
    pub(super) fn position(&self) -> WalPosition {
        self.position_of(self.offset)
    }

    /// The next frame or bad range; `None` at the end.
    pub(super) fn next_found(&mut self) -> Result<Option<Found>> {
        let start = self.offset;
        loop {
            if self.offset >= self.limit {
                let at_end = true;
                self.offset = self.limit.max(start);
                return Ok(self.bad_since(start, at_end));
            }
            match self.frame_here()? {
                Here::Good(_) if self.offset > start => return Ok(self.bad_since(start, false)),
                Here::Good(fixed) => {
                    self.payload = (
                        self.offset + FIXED_BYTES as u64,
                        usize::try_from(fixed.payload_bytes()).unwrap_or(usize::MAX),
                    );
                    self.offset += fixed.frame_bytes();
                    return Ok(Some(Found::Frame(fixed)));
                }
                Here::BadPayload(bytes) => self.offset += bytes,
                Here::Nothing => self.offset = self.search(self.offset + 1)?,
            }
        }
    }

    /// The payload of the frame found last.
    pub(super) fn payload(&mut self) -> Result<&[u8]> {
        let (offset, bytes) = self.payload;
        self.fill(offset, bytes)
    }

    fn position_of(&self, offset: u64) -> WalPosition {
        self.first.plus(offset.saturating_sub(HEADER_BYTES as u64))
    }

    fn bad_since(&self, start: u64, at_end: bool) -> Option<Found> {
        (self.offset > start).then(|| Found::Bad {
            position: self.position_of(start),
            bytes: self.offset - start,
            at_end,
        })
    }

    /// What is at `offset`, which lies before `limit`.
    fn frame_here(&mut self) -> Result<Here> {
        let offset = self.offset;
        let Some(fixed) = self.fixed_at(offset)? else {
            return Ok(Here::Nothing);
        };
        let bytes = fixed.frame_bytes();
        if bytes > self.limit - offset {
            return Ok(Here::Nothing);
        }
        let payload_bytes = usize::try_from(fixed.payload_bytes()).unwrap_or(usize::MAX);
        let payload = self.fill(offset + FIXED_BYTES as u64, payload_bytes)?;
        if fixed.payload_matches(payload) {
            Ok(Here::Good(fixed))
        } else {
            Ok(Here::BadPayload(bytes))
        }
    }

    /// The fixed part at an offset, if one that belongs there stands there.
    fn fixed_at(&mut self, offset: u64) -> Result<Option<FixedPart>> {
        if self.limit.saturating_sub(offset) < FIXED_BYTES as u64 {
            return Ok(None);
        }
        let position = self.position_of(offset);
        let bytes = self.fill(offset, FIXED_BYTES)?;
        Ok(bytes
            .first_chunk::<FIXED_BYTES>()
            .and_then(FixedPart::decode)
            .filter(|fixed| fixed.place.position == position))
    }

    /// The next offset from `from` on where a fixed part stands that belongs there, else `limit`.
    fn search(&mut self, from: u64) -> Result<u64> {
        let finder = memchr::memmem::Finder::new(&MAGIC);
        let mut from = from;
        while self.limit.saturating_sub(from) >= FIXED_BYTES as u64 {
            let left = self.limit - from;
            let bytes = usize::try_from(left.min(WINDOW_BYTES as u64)).unwrap_or(WINDOW_BYTES);
            match finder.find(self.fill(from, bytes)?) {
                Some(index) => {
                    let offset = from + index as u64;
                    if self.fixed_at(offset)?.is_some() {
                        return Ok(offset);
                    }
                    from = offset + 1;
                }
                None if bytes as u64 == left => break,
                // The magic may lie across the windows' border.
                None => from += (bytes - (MAGIC.len() - 1)) as u64,
            }
        }
        Ok(self.limit)
    }

    /// Bytes of the file; the range must lie before its end.
    fn fill(&mut self, offset: u64, bytes: usize) -> Result<&[u8]> {
        let end = offset + bytes as u64;
        let window_end = self.window_offset + self.window.len() as u64;
        if offset < self.window_offset || end > window_end {
            let left = self.file.len().saturating_sub(offset);
            let wanted = (bytes.max(WINDOW_BYTES) as u64).min(left).max(bytes as u64);
            let wanted = usize::try_from(wanted).unwrap_or(usize::MAX);
            // Bytes that are there already (the start of a long frame) are not read again.
            let kept = if offset >= self.window_offset && offset < window_end {
                let from = usize::try_from(offset - self.window_offset).unwrap_or(0);
                self.window.copy_within(from.., 0);
                self.window.len() - from
            } else {
                0
            };
            self.window.truncate(kept);
            if self.window.capacity() > WINDOW_BYTES_KEPT && wanted <= WINDOW_BYTES_KEPT {
                self.window.shrink_to(wanted);
            }
            self.window.resize(wanted, 0);
            self.window_offset = offset;
            let read = self
                .file
                .read_exact_at(&mut self.window[kept..], offset + kept as u64);
            if let Err(error) = read {
                self.window.clear();
                return Err(error);
            }
        }
        let from = usize::try_from(offset - self.window_offset).unwrap_or(0);
        Ok(&self.window[from..from + bytes])
    }
}

enum Here {
    Good(FixedPart),
    /// A good fixed part whose payload is not what was written; so many bytes in all.
    BadPayload(u64),
    Nothing,
}
