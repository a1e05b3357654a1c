//! Cuts bytes into chunks where their content says so, so that equal stretches give equal chunks
//! wherever they stand: FastCDC with a gear hash and normalised chunk lengths.
//!
//! Where chunks end is no part of the file format: other cuts only find fewer repetitions.

/// No chunk but the last is shorter.
pub(crate) const CHUNK_MIN: usize = 1024;
/// Chunks are about this long.
const CHUNK_NORMAL: usize = 4096;
/// No chunk is longer.
pub(crate) const CHUNK_MAX: usize = 16_384;

/// Below the normal length a cut needs 14 zero bits, beyond it 10.
const MASK_BEFORE: u64 = ((1 << 14) - 1) << 50;
const MASK_AFTER: u64 = ((1 << 10) - 1) << 54;

const GEAR: [u64; 256] = gear();

const fn gear() -> [u64; 256] {
    let mut table = [0; 256];
    let mut state: u64 = 0x7461_6368_6f67_7261;
    let mut index = 0;
    while index < 256 {
        // SplitMix64.
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        table[index] = mixed ^ (mixed >> 31);
        index += 1;
    }
    table
}

/// The chunks of some bytes, one after another.
pub(crate) fn chunks(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (chunk, after) = rest.split_at(cut_point(rest));
        rest = after;
        Some(chunk)
    })
}

fn cut_point(bytes: &[u8]) -> usize {
    let end = bytes.len().min(CHUNK_MAX);
    if end <= CHUNK_MIN {
        return end;
    }
    let normal = end.min(CHUNK_NORMAL);
    let mut hash = 0u64;
    for (range, mask) in [(CHUNK_MIN..normal, MASK_BEFORE), (normal..end, MASK_AFTER)] {
        let start = range.start;
        for (index, byte) in bytes[range].iter().enumerate() {
            hash = (hash << 1).wrapping_add(GEAR[usize::from(*byte)]);
            if hash & mask == 0 {
                return start + index + 1;
            }
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::{CHUNK_MAX, CHUNK_MIN, chunks};

    fn noise(length: usize) -> Vec<u8> {
        let mut state = 1u64;
        let mut next = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 56) as u8
        };
        (0..length).map(|_| next()).collect()
    }

    #[test]
    fn chunks_are_the_whole_and_have_the_lengths_promised() {
        for length in [0, 1, CHUNK_MIN, 5000, 300_000] {
            let bytes = noise(length);
            let all: Vec<&[u8]> = chunks(&bytes).collect();
            assert_eq!(all.concat(), bytes);
            for (index, chunk) in all.iter().enumerate() {
                assert!(chunk.len() <= CHUNK_MAX);
                assert!(chunk.len() >= CHUNK_MIN || index + 1 == all.len());
            }
        }
        let count = chunks(&noise(1 << 20)).count();
        assert!((150..400).contains(&count), "{count}");
    }

    #[test]
    fn what_is_put_in_front_changes_only_the_first_chunks() {
        let bytes = noise(200_000);
        let longer = [&noise(777)[..], &bytes].concat();
        let known: std::collections::HashSet<&[u8]> = chunks(&bytes).collect();
        let new = chunks(&longer).filter(|chunk| !known.contains(chunk));
        assert!(new.count() <= 4);
    }
}
