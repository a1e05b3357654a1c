//! Runs the fuzz target as a plain test: over the committed corpus and over seeded mutations of it.

use std::path::Path;
use tacho_wire::fuzzing::fuzz_parse_exposition;

const MUTATIONS_PER_FILE: usize = 4000;

/// The same numbers for the same seed (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        (mixed % end.max(1) as u64) as usize
    }
}

#[expect(clippy::disallowed_methods, reason = "the corpus is files")]
fn corpus() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/parse_exposition");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    assert!(!paths.is_empty(), "the corpus must not be empty");
    paths
        .iter()
        .map(|path| std::fs::read(path).unwrap())
        .collect()
}

/// One to four changes of the kinds that fuzzers make.
fn mutate(data: &[u8], other: &[u8], random: &mut Random) -> Vec<u8> {
    let mut out = data.to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(out.len());
        let end = (at + random.below(16)).min(out.len());
        match random.below(7) {
            0 if !out.is_empty() => out[at] = random.below(256) as u8,
            1 if !out.is_empty() => out[at] ^= 1 << random.below(8),
            2 => drop(out.drain(at..end)),
            3 => {
                let copy = out[at..end].to_vec();
                out.splice(at..at, copy);
            }
            4 => out.insert(at, b"{}\"\\\n #,=\x00\xff\x80"[random.below(12)]),
            5 => out.truncate(at),
            _ => {
                let from = random.below(other.len());
                let to = (from + random.below(64)).min(other.len());
                out.splice(at..end, other[from..to].iter().copied());
            }
        }
    }
    out
}

#[test]
fn expositions_hold_over_the_corpus() {
    let files = corpus();
    let mut random = Random(1);
    for data in &files {
        fuzz_parse_exposition(data);
        for _ in 0..MUTATIONS_PER_FILE {
            let other = &files[random.below(files.len())];
            fuzz_parse_exposition(&mutate(data, other, &mut random));
        }
    }
}
