//! Merging small blocks of a place into larger ones. A sample is rewritten three times at most: it
//! starts in a block of a tier by its bytes and each merge takes it a tier up. Only neighbours in the
//! order of blocks are merged, so that of samples at one time the right one goes on counting.

use super::SampleStore;
use super::catalog::SampleHandle;
use super::rewrite::rewrite;
use crate::engine::maintenance::Desk;
use crate::error::Result;
use std::ops::Range;
use std::sync::Arc;
use tacho_model::time::Timestamp;

/// So many blocks of one tier are merged.
const FAN_IN: usize = 8;
/// Bytes up to which a block belongs to a tier; more is full.
const TIER_BYTES: [u64; 3] = [4 << 20, 32 << 20, 256 << 20];
/// Bytes and series of a merged block.
const BLOCK_BYTES_MAX: u64 = 1 << 30;
const BLOCK_SERIES_MAX: u64 = 1_000_000;
/// Bytes of memory that the indexes of merged blocks may take together.
const INDEX_BYTES_MAX: u64 = 384 << 20;
/// A block whose samples were rewritten so often is left alone.
const LEVEL_MAX: u8 = 3;
/// Where nothing new is expected, a block that is larger than all its neighbours together by this
/// factor is left alone.
const LARGE_FACTOR: u64 = 4;

/// The level of a block that a merge filled: it is left alone from then on. Without it a merge whose
/// result is cut into as many blocks again would be made for ever.
pub(crate) const LEVEL_FULL: u8 = u8::MAX;

/// What is looked at of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Candidate {
    bytes: u64,
    index_memory: u64,
    series: u64,
    level: u8,
}

impl Candidate {
    fn of(handle: &SampleHandle) -> Self {
        let entry = &handle.entry;
        Self {
            bytes: entry.bytes,
            index_memory: entry.index_memory,
            series: entry.series,
            level: entry.level,
        }
    }

    /// The tier of a block; `None` if it is full.
    fn tier(self) -> Option<usize> {
        if self.level == LEVEL_FULL {
            return None;
        }
        TIER_BYTES.iter().position(|bytes| self.bytes <= *bytes)
    }
}

/// How far merging goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Zeal {
    /// As many of one tier as make it worth it.
    Usual,
    /// What is small, since nothing new is expected.
    Closed,
    /// Whatever is not full.
    Eager,
}

/// Which blocks of a place to merge next; an empty range if all is well. The blocks are in their order.
fn pick(blocks: &[Candidate], zeal: Zeal) -> Range<usize> {
    let mut start = 0;
    while start < blocks.len() {
        let run = run_from(&blocks[start..], zeal);
        let enough = match zeal {
            Zeal::Usual => run >= FAN_IN,
            Zeal::Closed => run >= 2 && is_worth_it(&blocks[start..start + run]),
            Zeal::Eager => run >= 2,
        };
        if enough {
            return start..start + run;
        }
        start += if zeal == Zeal::Usual { run.max(1) } else { 1 };
    }
    0..0
}

/// How many neighbours from the first on fit together.
fn run_from(blocks: &[Candidate], zeal: Zeal) -> usize {
    let Some(first) = blocks.first().and_then(|block| block.tier()) else {
        return 0;
    };
    let (mut bytes, mut series, mut index) = (0, 0u64, 0);
    blocks
        .iter()
        .take_while(|block| {
            bytes += block.bytes;
            index += block.index_memory;
            // Neighbours mostly hold the same series. Where they do not, the result is cut, and all
            // but the last part of it are full.
            series = series.max(block.series);
            let fits = match zeal {
                Zeal::Usual => block.tier() == Some(first) && block.level < LEVEL_MAX,
                Zeal::Closed | Zeal::Eager => block.tier().is_some(),
            };
            fits && bytes <= BLOCK_BYTES_MAX
                && series <= BLOCK_SERIES_MAX
                && index <= INDEX_BYTES_MAX
        })
        .count()
}

fn is_worth_it(blocks: &[Candidate]) -> bool {
    let bytes: u64 = blocks.iter().map(|block| block.bytes).sum();
    let largest = blocks.iter().map(|block| block.bytes).max().unwrap_or(0);
    largest <= (bytes - largest).saturating_mul(LARGE_FACTOR)
}

/// The blocks of a place to merge next; none if all is well.
fn picked(blocks: &[Arc<SampleHandle>], zeal: Zeal) -> &[Arc<SampleHandle>] {
    let candidates: Vec<Candidate> = blocks.iter().map(|handle| Candidate::of(handle)).collect();
    blocks.get(pick(&candidates, zeal)).unwrap_or_default()
}

/// The levels of the parts that a merge gave, in their order: all but the last could take no more.
pub(crate) fn levels(level: u8, parts: usize) -> impl Iterator<Item = u8> {
    let next = level.saturating_add(1).min(LEVEL_FULL - 1);
    (1..=parts).map(move |part| if part == parts { next } else { LEVEL_FULL })
}

/// Bytes of blocks that a merge is due for.
pub(crate) fn debt(store: &SampleStore) -> u64 {
    let catalog = store.catalog();
    let due = catalog
        .places
        .values()
        .map(|blocks| picked(blocks, Zeal::Usual))
        .map(|picked| picked.iter().map(|handle| handle.entry.bytes).sum::<u64>());
    due.sum()
}

/// Does one merge; false if none is due. Everything is merged as far as it goes if `eager`.
pub(crate) fn compact_once(store: &SampleStore, desk: &mut Desk, eager: bool) -> Result<bool> {
    let catalog = store.catalog();
    let now = Timestamp(desk.clock.now_ns());
    for (place, blocks) in &catalog.places {
        let zeal = match (eager, place.1.is_closed(now)) {
            (true, _) => Zeal::Eager,
            (false, true) => Zeal::Closed,
            (false, false) => Zeal::Usual,
        };
        let picked = picked(blocks, zeal);
        if picked.is_empty() {
            continue;
        }
        rewrite(store, desk, place, picked)?;
        desk.counters.compactions += 1;
        desk.counters.compacted_blocks += picked.len() as u64;
        return Ok(true);
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::{BLOCK_SERIES_MAX, Candidate, LEVEL_FULL, Zeal, levels, pick};

    fn block(series: u64) -> Candidate {
        Candidate {
            bytes: series * 20,
            index_memory: series * 20,
            series,
            level: 0,
        }
    }

    /// Merges as the store does, of blocks that have no series in common.
    fn merge_all(blocks: &mut Vec<Candidate>, zeal: Zeal) -> usize {
        let mut merges = 0;
        loop {
            let range = pick(blocks, zeal);
            if range.is_empty() {
                return merges;
            }
            merges += 1;
            assert!(merges < 1_000, "merging does not end: {blocks:?}");
            let inputs = &blocks[range.clone()];
            let mut series: u64 = inputs.iter().map(|block| block.series).sum();
            let level = inputs.iter().map(|block| block.level).max().unwrap();
            let mut parts = Vec::new();
            while series > 0 {
                let taken = series.min(BLOCK_SERIES_MAX);
                parts.push(block(taken));
                series -= taken;
            }
            let count = parts.len();
            for (part, level) in parts.iter_mut().zip(levels(level, count)) {
                part.level = level;
            }
            blocks.splice(range, parts);
        }
    }

    #[test]
    fn merging_blocks_of_different_series_ends() {
        for zeal in [Zeal::Usual, Zeal::Closed, Zeal::Eager] {
            for each in [80_000, 300_000, 999_999, BLOCK_SERIES_MAX] {
                let mut blocks = vec![block(each); 40];
                let total: u64 = blocks.iter().map(|block| block.series).sum();
                merge_all(&mut blocks, zeal);
                assert_eq!(blocks.iter().map(|block| block.series).sum::<u64>(), total);
                assert_eq!(merge_all(&mut blocks, zeal), 0);
            }
        }
    }

    #[test]
    fn full_blocks_are_left_alone_and_levels_do_not_overflow() {
        let mut blocks = vec![block(10); 20];
        blocks[4].level = LEVEL_FULL;
        assert_eq!(pick(&blocks, Zeal::Eager), 0..4);
        assert_eq!(pick(&blocks, Zeal::Usual), 5..20);
        assert_eq!(levels(3, 1).collect::<Vec<_>>(), [4]);
        assert_eq!(levels(254, 3).collect::<Vec<_>>(), [255, 255, 254]);
    }
}
