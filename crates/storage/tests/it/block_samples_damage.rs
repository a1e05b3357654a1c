//! Blocks of samples that are damaged: an error or the right answer, never a panic; golden files.

use crate::block_samples_support::{
    NOW_MS, Random, SampleFolder, assert_same, histogram, items, write,
};
use proptest::prelude::*;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tacho_model::labels::Labels;
use tacho_model::metric::Exemplar;
use tacho_model::sample::stale_nan;
use tacho_storage::block::BlockId;
use tacho_storage::error::{Error, ErrorKind};
use tacho_storage::fuzzing;
use tacho_storage::io::std_io::StdIo;
use tacho_storage::io::{Io, SyncPoint, write_new};
use tacho_storage::read::ReadStats;
use tacho_storage::samples::block::read::SampleBlock;
use tacho_storage::samples::block::{SampleBlockFacts, SeriesItem, samples_path};
use tacho_storage::samples::matcher::{LabelMatcher, MatchOp};

/// Everything that can be asked of a block.
fn ask(dir: &Path, id: u64, facts: SampleBlockFacts) -> Result<Vec<SeriesItem>, Error> {
    let block = SampleBlock::open(&StdIo, dir, BlockId(id), facts)?;
    let all: Result<Vec<SeriesItem>, Error> = block.iter_all()?.collect();
    let stats = ReadStats::default();
    let matchers = [LabelMatcher::new("n", MatchOp::Regex, "[0-9].*").unwrap()];
    let (from, to) = (i64::MIN, i64::MAX);
    block.select(&matchers, from, to, &stats)?;
    block.select(&[LabelMatcher::equal("job", "a")], from, to, &stats)?;
    block.label_names(&[], from, to)?;
    block.label_values("n", &[], from, to)?;
    block.exemplars(&[], from, to)?;
    block.pair_counts(&[], &mut |_, _, _| {})?;
    block.verify()?;
    all
}

#[test]
fn a_flipped_bit_is_an_error_and_no_panic() {
    let folder = SampleFolder::new();
    let items = items(3, 30, 30);
    let facts = folder.write(1, &items);
    let path = samples_path(&folder.dir(), BlockId(1));
    let good = std::fs::read(&path).unwrap();
    assert_same(&ask(&folder.dir(), 1, facts).unwrap(), &items);
    let steps = (good.len() / 700).max(1);
    for at in (0..good.len())
        .step_by(steps)
        .chain(good.len() - 96..good.len())
    {
        let mut bad = good.clone();
        bad[at] ^= 1 << (at % 8);
        std::fs::write(&path, &bad).unwrap();
        match ask(&folder.dir(), 1, facts) {
            Err(error) => assert_eq!(error.kind(), ErrorKind::Corrupt, "byte {at}: {error}"),
            Ok(found) => panic!("byte {at} of {}: {} series", good.len(), found.len()),
        }
    }
}

#[test]
fn a_file_of_another_length_or_block_is_an_error() {
    let folder = SampleFolder::new();
    let facts = folder.write(1, &items(3, 10, 10));
    let path = samples_path(&folder.dir(), BlockId(1));
    let good = std::fs::read(&path).unwrap();
    for length in (0..good.len()).step_by(37) {
        std::fs::write(&path, &good[..length]).unwrap();
        let error = ask(&folder.dir(), 1, facts).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Corrupt);
        let bytes = length as u64;
        let error = ask(&folder.dir(), 1, SampleBlockFacts { bytes, ..facts }).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Corrupt);
        assert!(SampleBlock::facts_of(&StdIo, &folder.dir(), BlockId(1)).is_err());
    }
    let other = samples_path(&folder.dir(), BlockId(2));
    std::fs::write(other, &good).unwrap();
    let error = ask(&folder.dir(), 2, facts).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Corrupt);
    let error = ask(&folder.dir(), 3, facts).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    std::fs::write(&path, &good).unwrap();
    let series = facts.series + 1;
    let error = ask(&folder.dir(), 1, SampleBlockFacts { series, ..facts }).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Corrupt);
}

#[test]
fn a_newer_version_is_refused_as_such() {
    let folder = SampleFolder::new();
    let facts = folder.write(1, &items(3, 2, 2));
    let path = samples_path(&folder.dir(), BlockId(1));
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[8] = 2;
    let crc = crc32c(&bytes[..28]);
    bytes[28..32].copy_from_slice(&crc.to_le_bytes());
    std::fs::write(&path, &bytes).unwrap();
    let error = ask(&folder.dir(), 1, facts).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert!(error.message().contains("version 2"), "{error}");
}

/// CRC-32C, bit by bit.
fn crc32c(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = crc >> 1 ^ if crc & 1 == 1 { 0x82f6_3b78 } else { 0 };
        }
    }
    !crc
}

#[test]
fn parts_of_blocks_do_no_harm_to_decoders() {
    let folder = SampleFolder::new();
    folder.write(1, &items(5, 40, 20));
    let bytes = std::fs::read(samples_path(&folder.dir(), BlockId(1))).unwrap();
    let mut random = Random::new(1);
    for _ in 0..3_000 {
        let start = random.below(bytes.len() as u64) as usize;
        let length = random.below(400) as usize;
        let end = (start + length).min(bytes.len());
        for kind in 0..7u8 {
            let mut data = vec![kind, random.below(256) as u8];
            data.extend_from_slice(&bytes[start..end]);
            fuzzing::sample_chunk(&data);
            fuzzing::sample_index(&data);
        }
    }
}

#[test]
fn the_corpus_of_chunks_and_indexes_does_no_harm() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    for (folder, target) in [
        ("sample_chunk", fuzzing::sample_chunk as fn(&[u8])),
        ("sample_index", fuzzing::sample_index),
    ] {
        let mut count = 0;
        for entry in std::fs::read_dir(corpus.join(folder)).unwrap() {
            let data = std::fs::read(entry.unwrap().path()).unwrap();
            target(&data);
            for at in 0..data.len() {
                let mut mutated = data.clone();
                mutated[at] ^= 1 << (at % 8);
                target(&mutated);
                target(&data[..at]);
            }
            count += 1;
        }
        assert!(count > 3, "the corpus is there");
    }
}

proptest! {
    #[test]
    fn any_bytes_do_no_harm(
        data in prop::collection::vec(prop_oneof![any::<u8>(), 0u8..4], 0..200),
    ) {
        fuzzing::sample_chunk(&data);
        fuzzing::sample_index(&data);
    }
}

fn golden_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

const GOLDEN: BlockId = BlockId(0x14);

/// One series for each code of numbers and times, and what else a block can hold.
fn golden_items() -> Vec<SeriesItem> {
    let mut items: Vec<SeriesItem> = (0..14)
        .map(|number| SeriesItem {
            labels: Labels::from_pairs([
                ("__name__", "golden".to_owned()),
                ("number", format!("{number:02}")),
                (
                    "text",
                    ["", "ä", "long long long"][number as usize % 3].to_owned(),
                ),
            ]),
            ..SeriesItem::default()
        })
        .collect();
    let time = |row: i64| NOW_MS + row * 15_000 + row * row % 7 * (row % 2);
    let mut total = 0;
    for row in 0..300i64 {
        total += row * row % 37;
        let hash = (row as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let ratio = (hash >> 11) as f64 / (1u64 << 53) as f64;
        let floats = [
            (0, 7.0),
            (1, (row / 100) as f64),
            (2, total as f64),
            (3, total as f64 / 100.0),
            (4, ratio),
            (
                5,
                if row == 299 {
                    stale_nan()
                } else {
                    row as f64 * 4096.0
                },
            ),
            (6, if row % 3 == 0 { f64::NAN } else { -0.0 }),
        ];
        for (series, value) in floats {
            items[series].samples.push_float(time(row), value, 0);
        }
        // Part of the times of the others.
        if row > 20 && row % 11 != 0 {
            items[7].samples.push_float(time(row), 1e6 / 7.0, NOW_MS);
        }
    }
    for row in 0..5i64 {
        let wild = f64::from_bits((row as u64 + 3).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        items[8].samples.push_float(row, wild, -1);
        items[9]
            .samples
            .push_float(row * 1_000_003, row as f64, row);
        items[10]
            .samples
            .push_histogram(row, histogram(row as u64, 2), 0);
        items[11]
            .samples
            .push_histogram(row, histogram(row as u64, 4), 9);
    }
    items[12].samples.push_float(i64::MIN, f64::MAX, 0);
    items[12].samples.push_float(i64::MAX - 1, 0.125, 0);
    items[13].exemplars.push(Exemplar {
        labels: Labels::from_pairs([("trace_id", "0af7651916cd43dd8448eb211c80319c")]),
        value: 0.25,
        time_ns: NOW_MS * 1_000_000 + 5,
    });
    items
}

/// With `TACHO_MAKE_GOLDEN` set it writes the files; remove the old ones by hand before.
#[test]
fn golden_blocks_of_version_1_are_read() {
    let dir = golden_dir();
    let path = samples_path(&dir, GOLDEN);
    if std::env::var_os("TACHO_MAKE_GOLDEN").is_some() {
        write(&StdIo, &dir, GOLDEN.0, &golden_items());
    }
    assert!(path.exists(), "the golden file is committed");
    let facts = SampleBlock::facts_of(&StdIo, &dir, GOLDEN).unwrap();
    assert_eq!((facts.series, facts.exemplars), (14, 1));
    assert_same(&ask(&dir, GOLDEN.0, facts).unwrap(), &golden_items());
}

#[test]
fn the_same_series_make_the_same_file() {
    let folder = SampleFolder::new();
    let items = items(11, 100, 50);
    folder.write(1, &items);
    let first = std::fs::read(samples_path(&folder.dir(), BlockId(1))).unwrap();
    std::fs::remove_file(samples_path(&folder.dir(), BlockId(1))).unwrap();
    folder.write(1, &items);
    let again = std::fs::read(samples_path(&folder.dir(), BlockId(1))).unwrap();
    assert_eq!(first, again);
}

#[test]
fn a_finished_block_survives_the_loss_of_what_was_not_synced() {
    use tacho_testkit::fault_fs::FaultIo;
    let files = FaultIo::new(3);
    let io: Arc<dyn Io> = Arc::new(files.clone());
    let dir = Path::new("/blocks");
    io.create_dir_all(dir).unwrap();
    io.sync_dir(Path::new("/"), SyncPoint::DataDir).unwrap();
    write_new(&*io, &dir.join("other"), b"x", SyncPoint::BlockFile).unwrap();
    let items = items(3, 40, 10);
    let facts = write(&*io, dir, 1, &items);
    let after = files.crash();
    let block = SampleBlock::open(&after, dir, BlockId(1), facts).unwrap();
    let found: Result<Vec<SeriesItem>, Error> = block.iter_all().unwrap().collect();
    assert_same(&found.unwrap(), &items);
}
