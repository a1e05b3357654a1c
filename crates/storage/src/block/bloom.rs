//! Split-block Bloom filters, and groups of them as they lie in the sidecar.
//!
//! A filter is a row of blocks of 256 bits; a hash picks one block and sets eight bits in it. In
//! the file, blocks that are asked for together lie together, with a checksum, so that a look-up
//! is one small read.

use crate::error::{Error, Result};
use hashbrown::HashSet;
use std::hash::{BuildHasherDefault, Hasher};

/// Bytes of a block.
pub(crate) const BLOCK_BYTES: usize = 32;
/// Bits a key gets in the filter of ids.
pub(crate) const FILTER_BITS_PER_KEY: usize = 12;
/// Bits a key gets in the bloom of a page.
pub(crate) const PAGE_BITS_PER_KEY: usize = 10;
/// Most blocks of one filter: 64 MiB.
pub(crate) const BLOCKS_MAX: usize = 1 << 21;

const SALT: [u32; 8] = [
    0x47b6_137b,
    0x4497_4d91,
    0x8824_ad5b,
    0xa2b7_289d,
    0x7054_95c7,
    0x2df1_424b,
    0x9efc_4947,
    0x5c6b_fb31,
];

/// A set of hashes that are spread well already.
pub(crate) type HashSet64 = HashSet<u64, BuildHasherDefault<PassHasher>>;

/// Takes a hash as it is.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct PassHasher(u64);

impl Hasher for PassHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

/// Which block of a filter of `blocks` blocks a hash belongs to.
pub(crate) fn block_index(hash: u64, blocks: usize) -> usize {
    (((hash >> 32) * blocks as u64) >> 32) as usize
}

/// Blocks that a filter of so many keys needs.
fn blocks_for(keys: usize, bits_per_key: usize) -> usize {
    (keys * bits_per_key)
        .div_ceil(BLOCK_BYTES * 8)
        .clamp(1, BLOCKS_MAX)
}

fn words(hash: u64) -> [u32; 8] {
    SALT.map(|salt| 1 << ((hash as u32).wrapping_mul(salt) >> 27))
}

/// A filter under construction.
#[derive(Debug)]
pub(crate) struct Bloom {
    blocks: Vec<[u32; 8]>,
}

impl Bloom {
    /// An empty filter.
    pub(crate) fn new(blocks: usize) -> Self {
        Self {
            blocks: vec![[0; 8]; blocks],
        }
    }

    /// Adds a hash.
    pub(crate) fn insert(&mut self, hash: u64) {
        let index = block_index(hash, self.blocks.len());
        for (word, bit) in self.blocks[index].iter_mut().zip(words(hash)) {
            *word |= bit;
        }
    }

    fn write_block(&self, index: usize, out: &mut Vec<u8>) {
        let block = self.blocks.get(index).copied().unwrap_or_default();
        for word in block {
            out.extend_from_slice(&word.to_le_bytes());
        }
    }
}

/// Whether a block, as it lies in the file, may hold a hash that belongs to it.
pub(crate) fn block_contains(block: &[u8], hash: u64) -> bool {
    block.len() == BLOCK_BYTES
        && block
            .chunks_exact(4)
            .zip(words(hash))
            .all(|(word, bit)| u32::from_le_bytes([word[0], word[1], word[2], word[3]]) & bit != 0)
}

/// Bytes of a group of so many blocks: the blocks, then a checksum.
pub(crate) fn group_bytes(lanes: usize) -> usize {
    lanes * BLOCK_BYTES + 4
}

fn seal_group(out: &mut Vec<u8>, start: usize, group: usize) {
    let crc = group_crc(&out[start..], group);
    out.extend_from_slice(&crc.to_le_bytes());
}

fn group_crc(blocks: &[u8], group: usize) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(blocks), &(group as u32).to_le_bytes())
}

/// Blocks of a group, its checksum verified.
pub(crate) fn open_group(bytes: &[u8], group: usize) -> Result<&[u8]> {
    let wrong = || Error::corrupt(format!("bloom group {group} has a wrong checksum"));
    let (blocks, crc) = bytes.split_last_chunk::<4>().ok_or_else(wrong)?;
    if group_crc(blocks, group) != u32::from_le_bytes(*crc) {
        return Err(wrong());
    }
    Ok(blocks)
}

/// Blocks a group of the filter of ids has, for a filter of so many blocks in all.
pub(crate) fn filter_lanes(blocks: usize) -> usize {
    blocks.clamp(1, 32)
}

/// Rounds the size of a filter of ids up to whole groups.
pub(crate) fn filter_blocks(keys: usize) -> usize {
    let blocks = blocks_for(keys, FILTER_BITS_PER_KEY);
    blocks.next_multiple_of(filter_lanes(blocks))
}

/// Appends a filter of ids: groups of neighbouring blocks.
pub(crate) fn write_filter(filter: &Bloom, out: &mut Vec<u8>) {
    let lanes = filter_lanes(filter.blocks.len());
    for group in 0..filter.blocks.len() / lanes {
        let start = out.len();
        for lane in 0..lanes {
            filter.write_block(group * lanes + lane, out);
        }
        seal_group(out, start, group);
    }
}

/// Appends the blooms of pages, all of the same size: group `i` holds block `i` of every page.
pub(crate) fn write_pages(pages: &[Bloom], out: &mut Vec<u8>) {
    let groups = pages.first().map_or(0, |page| page.blocks.len());
    for group in 0..groups {
        let start = out.len();
        for page in pages {
            page.write_block(group, out);
        }
        seal_group(out, start, group);
    }
}

/// Makes blooms of one size for the hashes of all pages. A page with far more hashes than the
/// others gets fewer bits a key rather than making all others larger.
pub(crate) fn build_pages(pages: &[HashSet64]) -> Vec<Bloom> {
    let most = pages.iter().map(HashSet::len).max().unwrap_or(0);
    if most == 0 {
        return Vec::new();
    }
    let mean = pages.iter().map(HashSet::len).sum::<usize>() / pages.len();
    let blocks = blocks_for(most.min(mean * 2 + 64), PAGE_BITS_PER_KEY);
    let build = |hashes: &HashSet64| {
        let mut bloom = Bloom::new(blocks);
        for hash in hashes {
            bloom.insert(*hash);
        }
        bloom
    };
    pages.iter().map(build).collect()
}

#[cfg(test)]
mod tests {
    use super::{
        BLOCK_BYTES, Bloom, HashSet64, block_contains, block_index, build_pages, filter_blocks,
        filter_lanes, group_bytes, open_group, write_filter, write_pages,
    };
    use crate::block::hash::key_hash;

    fn hashes(from: usize, to: usize) -> HashSet64 {
        (from..to)
            .map(|number| key_hash(&number.to_string()))
            .collect()
    }

    #[test]
    fn a_filter_has_all_its_keys_and_few_others() {
        for keys in [1usize, 30, 5000] {
            let blocks = filter_blocks(keys);
            let mut filter = Bloom::new(blocks);
            for hash in hashes(0, keys) {
                filter.insert(hash);
            }
            let mut bytes = Vec::new();
            write_filter(&filter, &mut bytes);
            let lanes = filter_lanes(blocks);
            assert_eq!(bytes.len(), blocks / lanes * group_bytes(lanes));
            let contains = |hash: u64| {
                let index = block_index(hash, blocks);
                let group = index / lanes;
                let start = group * group_bytes(lanes);
                let found = open_group(&bytes[start..start + group_bytes(lanes)], group).unwrap();
                let at = index % lanes * BLOCK_BYTES;
                block_contains(&found[at..at + BLOCK_BYTES], hash)
            };
            assert!(hashes(0, keys).into_iter().all(contains));
            let wrong = hashes(10_000, 20_000)
                .into_iter()
                .filter(|hash| contains(*hash));
            assert!(wrong.count() < 300);
        }
    }

    #[test]
    fn blooms_of_pages_lie_side_by_side() {
        let sets = [hashes(0, 500), hashes(400, 900), HashSet64::default()];
        let pages = build_pages(&sets);
        let mut bytes = Vec::new();
        write_pages(&pages, &mut bytes);
        let size = group_bytes(3);
        let groups = bytes.len() / size;
        for hash in hashes(0, 900) {
            let group = block_index(hash, groups);
            let found = open_group(&bytes[group * size..(group + 1) * size], group).unwrap();
            for (set, block) in sets.iter().zip(found.chunks(BLOCK_BYTES)) {
                assert!(!set.contains(&hash) || block_contains(block, hash));
            }
        }
        bytes[5] ^= 1;
        assert!(open_group(&bytes[..size], 0).is_err());
    }
}
