//! The times of all chunks of a block that is being written: each kept once, and those that are part
//! of others as such.

use crate::error::Result;
use crate::samples::chunk::times;
use crate::varint::put_unsigned;
use hashbrown::HashMap;
use xxhash_rust::xxh3::xxh3_128;

/// A part ends after so many bytes.
const PART_BYTES: usize = 32 << 10;
/// Hashes are kept for the last so many times at least, and at most twice as many.
const RECENT_MAX: usize = 1 << 18;
/// So many times others may be part of.
const WHOLES_MAX: usize = 256;
/// Times shorter than this are not worth being named by others.
const WHOLE_BYTES_MIN: usize = 48;

/// Collects times.
#[derive(Debug, Default)]
pub(crate) struct TimesTable {
    count: u32,
    recent: HashMap<u128, u32>,
    older: HashMap<u128, u32>,
    last: Option<(Vec<i64>, u32)>,
    wholes: Vec<Whole>,
    next_whole: usize,
    by_edge: HashMap<i64, usize>,
    part: Vec<u8>,
    part_count: u32,
    scratch: Vec<u8>,
}

/// Times that others may be part of.
#[derive(Debug)]
struct Whole {
    times: Vec<i64>,
    place: u32,
}

impl TimesTable {
    /// The place of these times (at least one, ascending, milliseconds) among all of the block.
    pub(crate) fn place(&mut self, absolute: &[i64]) -> Result<u32> {
        if let Some((last, place)) = &self.last
            && last == absolute
        {
            return Ok(*place);
        }
        let place = self.place_by_hash(absolute)?;
        let (mut last, _) = self.last.take().unwrap_or_default();
        last.clear();
        last.extend_from_slice(absolute);
        self.last = Some((last, place));
        Ok(place)
    }

    fn place_by_hash(&mut self, absolute: &[i64]) -> Result<u32> {
        let base = absolute.first().copied().unwrap_or(0);
        let relative = absolute.iter().map(|time| time.wrapping_sub(base));
        self.scratch.clear();
        for time in relative.clone() {
            self.scratch.extend_from_slice(&time.to_le_bytes());
        }
        let hash = xxh3_128(&self.scratch);
        let known = self.recent.get(&hash).or_else(|| self.older.get(&hash));
        if let Some(place) = known.copied() {
            self.remember(hash, place);
            return Ok(place);
        }
        let place = self.count;
        self.scratch.clear();
        if !self.encode_part(absolute, place) {
            let relative: Vec<i64> = relative.collect();
            times::encode(&relative, &mut self.scratch)?;
            if self.scratch.len() >= WHOLE_BYTES_MIN {
                self.add_whole(absolute, place);
            }
        }
        put_unsigned(&mut self.part, self.scratch.len() as u64);
        self.part.extend_from_slice(&self.scratch);
        self.part_count += 1;
        self.count += 1;
        self.remember(hash, place);
        Ok(place)
    }

    fn remember(&mut self, hash: u128, place: u32) {
        if self.recent.len() >= RECENT_MAX {
            self.older = std::mem::take(&mut self.recent);
        }
        self.recent.insert(hash, place);
    }

    fn encode_part(&mut self, absolute: &[i64], place: u32) -> bool {
        let edges = [absolute.first(), absolute.last()];
        for edge in edges.into_iter().flatten() {
            let whole = self.by_edge.get(edge);
            let Some(whole) = whole.and_then(|slot| self.wholes.get(*slot)) else {
                continue;
            };
            let back = u64::from(place - whole.place);
            if times::encode_part(absolute, &whole.times, back, &mut self.scratch) {
                return true;
            }
        }
        false
    }

    fn add_whole(&mut self, absolute: &[i64], place: u32) {
        let slot = self.next_whole;
        self.next_whole = (slot + 1) % WHOLES_MAX;
        let whole = Whole {
            times: absolute.to_vec(),
            place,
        };
        if let Some(old) = self.wholes.get_mut(slot) {
            for edge in [old.times.first(), old.times.last()].into_iter().flatten() {
                if self.by_edge.get(edge) == Some(&slot) {
                    self.by_edge.remove(edge);
                }
            }
            *old = whole;
        } else {
            self.wholes.push(whole);
        }
        for edge in [absolute.first(), absolute.last()].into_iter().flatten() {
            self.by_edge.insert(*edge, slot);
        }
    }

    /// A part and how many times it holds, if there is enough for one, or anything at the end.
    pub(crate) fn take_part(&mut self, is_end: bool) -> Option<(Vec<u8>, u32)> {
        let is_due = self.part.len() >= PART_BYTES || is_end && self.part_count > 0;
        is_due.then(|| {
            let count = std::mem::take(&mut self.part_count);
            (std::mem::take(&mut self.part), count)
        })
    }

    /// Bytes of memory.
    pub(crate) fn memory(&self) -> usize {
        let wholes: usize = self.wholes.iter().map(|it| it.times.capacity() * 8).sum();
        (self.recent.capacity() + self.older.capacity()) * 33 + self.part.capacity() + wholes
    }
}
