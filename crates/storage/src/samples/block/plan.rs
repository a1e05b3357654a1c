//! What a query reads of a block: parts of chunks that lie near each other are read at once, when
//! the first of their chunks is needed, and kept as long as a series of them is.

use super::part::Part;
use super::table_page::ChunkRow;
use crate::error::{Error, Result};
use crate::io::ReadFile;
use bytes::Bytes;
use parking_lot::Mutex;
use std::sync::Arc;

/// Most bytes of one read, unless a part is longer.
const READ_BYTES_MAX: u64 = 1 << 20;
/// Bytes between two parts that are read rather than skipped.
const GAP_BYTES_MAX: u64 = 64 << 10;

/// Parts that are read at once.
#[derive(Debug)]
pub(crate) struct Slot {
    file: Arc<dyn ReadFile>,
    parts: Vec<Part>,
    loaded: Mutex<Option<Arc<[Bytes]>>>,
}

/// A chunk that a query may read.
#[derive(Debug, Clone)]
pub(crate) struct PlannedChunk {
    /// What the table says of it.
    pub row: ChunkRow,
    slot: Arc<Slot>,
    place: u32,
}

impl PlannedChunk {
    /// The bytes of the part in which it lies, and its own place in them.
    pub(crate) fn load(&self) -> Result<Bytes> {
        let parts = self.slot.load()?;
        let part = parts.get(self.place as usize);
        let start = self.row.at as usize;
        let range = start..start + self.row.info.bytes as usize;
        let found = part.filter(|part| range.end <= part.len());
        found
            .map(|part| part.slice(range))
            .ok_or_else(|| Error::corrupt("a chunk goes beyond its part"))
    }
}

impl Slot {
    fn load(&self) -> Result<Arc<[Bytes]>> {
        let mut loaded = self.loaded.lock();
        if let Some(parts) = &*loaded {
            return Ok(Arc::clone(parts));
        }
        let start = self.parts.first().map_or(0, |part| part.offset);
        let end = self.parts.last().map_or(0, Part::end);
        let mut bytes = vec![0; (end - start) as usize];
        self.file.read_exact_at(&mut bytes, start)?;
        let bytes = Bytes::from(bytes);
        let unpack = |part: &Part| {
            let from = (part.offset - start) as usize;
            let stored = bytes.slice(from..from + part.stored_bytes as usize);
            if part.is_compressed {
                return part.unpack(&stored).map(Bytes::from);
            }
            part.check(&stored)?;
            Ok(stored)
        };
        let parts: Result<Vec<Bytes>> = self.parts.iter().map(unpack).collect();
        let parts: Arc<[Bytes]> = parts?.into();
        *loaded = Some(Arc::clone(&parts));
        Ok(parts)
    }
}

/// Gives chunks their slots, one list of chunks after the other; parts must not descend.
#[derive(Debug)]
pub(crate) struct Planner<'a> {
    file: &'a Arc<dyn ReadFile>,
    parts: &'a [Part],
    /// Parts of the slot to come.
    slot: Vec<Part>,
    /// The last part of the slot to come, by its place among all.
    last: Option<u32>,
    waiting: Vec<(usize, ChunkRow, u32)>,
    planned: Vec<Vec<PlannedChunk>>,
    /// Bytes that are read if all is.
    pub bytes: u64,
}

impl<'a> Planner<'a> {
    /// Plans reads of a file with these parts of chunks.
    pub(crate) fn new(file: &'a Arc<dyn ReadFile>, parts: &'a [Part]) -> Self {
        Self {
            file,
            parts,
            slot: Vec::new(),
            last: None,
            waiting: Vec::new(),
            planned: Vec::new(),
            bytes: 0,
        }
    }

    /// Adds the chunks of the next series.
    pub(crate) fn push(&mut self, chunks: impl Iterator<Item = ChunkRow>) -> Result<()> {
        let series = self.planned.len();
        self.planned.push(Vec::new());
        for chunk in chunks {
            if self.last != Some(chunk.part) {
                let part = self.parts.get(chunk.part as usize);
                let part = *part.ok_or_else(|| Error::corrupt("a part of chunks is not there"))?;
                if !self.fits(&part) {
                    self.close();
                }
                self.slot.push(part);
                self.last = Some(chunk.part);
            }
            self.waiting
                .push((series, chunk, self.slot.len() as u32 - 1));
        }
        Ok(())
    }

    fn fits(&self, part: &Part) -> bool {
        let (Some(first), Some(last)) = (self.slot.first(), self.slot.last()) else {
            return true;
        };
        part.offset >= last.end()
            && part.offset - last.end() <= GAP_BYTES_MAX
            && part.end() - first.offset <= READ_BYTES_MAX
    }

    fn close(&mut self) {
        let parts = std::mem::take(&mut self.slot);
        if let (Some(first), Some(last)) = (parts.first(), parts.last()) {
            self.bytes += last.end() - first.offset;
        }
        let slot = Arc::new(Slot {
            file: Arc::clone(self.file),
            parts,
            loaded: Mutex::default(),
        });
        for (series, row, place) in self.waiting.drain(..) {
            if let Some(chunks) = self.planned.get_mut(series) {
                chunks.push(PlannedChunk {
                    row,
                    slot: Arc::clone(&slot),
                    place,
                });
            }
        }
    }

    /// The chunks of each series, with slots.
    pub(crate) fn finish(mut self) -> (Vec<Vec<PlannedChunk>>, u64) {
        self.close();
        (self.planned, self.bytes)
    }
}
