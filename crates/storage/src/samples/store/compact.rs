//! Merging small blocks of a place into larger ones. A sample is rewritten three times at most: it
//! starts in a block of a tier by its bytes and each merge takes it a tier up. Only neighbours in the
//! order of blocks are merged, so that of samples at one time the right one goes on counting.

use super::SampleStore;
use super::catalog::SampleHandle;
use super::rewrite::rewrite;
use crate::engine::maintenance::Desk;
use crate::error::Result;
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

/// The tier of a block; `None` if it is full.
fn tier(handle: &SampleHandle) -> Option<usize> {
    TIER_BYTES
        .iter()
        .position(|bytes| handle.entry.bytes <= *bytes)
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

/// Which blocks of a place to merge next; nothing if all is well. The blocks are in their order.
fn pick(blocks: &[Arc<SampleHandle>], zeal: Zeal) -> Vec<Arc<SampleHandle>> {
    let mut start = 0;
    while start < blocks.len() {
        let run = run_from(&blocks[start..], zeal);
        let enough = match zeal {
            Zeal::Usual => run >= FAN_IN,
            Zeal::Closed => run >= 2 && is_worth_it(&blocks[start..start + run]),
            Zeal::Eager => run >= 2,
        };
        if enough {
            return blocks[start..start + run].to_vec();
        }
        start += if zeal == Zeal::Usual { run.max(1) } else { 1 };
    }
    Vec::new()
}

/// How many neighbours from the first on fit together.
fn run_from(blocks: &[Arc<SampleHandle>], zeal: Zeal) -> usize {
    let Some(first) = blocks.first().and_then(|handle| tier(handle)) else {
        return 0;
    };
    let (mut bytes, mut series, mut index) = (0, 0u64, 0);
    blocks
        .iter()
        .take_while(|handle| {
            let entry = &handle.entry;
            bytes += entry.bytes;
            index += entry.index_memory;
            // Neighbours mostly hold the same series.
            series = series.max(entry.series);
            let fits = match zeal {
                Zeal::Usual => tier(handle) == Some(first) && entry.level < LEVEL_MAX,
                Zeal::Closed | Zeal::Eager => tier(handle).is_some(),
            };
            fits && bytes <= BLOCK_BYTES_MAX
                && series <= BLOCK_SERIES_MAX
                && index <= INDEX_BYTES_MAX
        })
        .count()
}

fn is_worth_it(blocks: &[Arc<SampleHandle>]) -> bool {
    let bytes: u64 = blocks.iter().map(|handle| handle.entry.bytes).sum();
    let largest = blocks.iter().map(|handle| handle.entry.bytes).max();
    let largest = largest.unwrap_or(0);
    largest <= (bytes - largest).saturating_mul(LARGE_FACTOR)
}

/// Bytes of blocks that a merge is due for.
pub(crate) fn debt(store: &SampleStore) -> u64 {
    let catalog = store.catalog();
    let due = catalog
        .places
        .values()
        .map(|blocks| pick(blocks, Zeal::Usual))
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
        let picked = pick(blocks, zeal);
        if picked.is_empty() {
            continue;
        }
        let level = picked.iter().map(|handle| handle.entry.level).max();
        rewrite(store, desk, place, &picked, level.unwrap_or(0) + 1)?;
        desk.counters.compactions += 1;
        desk.counters.compacted_blocks += picked.len() as u64;
        return Ok(true);
    }
    Ok(false)
}
