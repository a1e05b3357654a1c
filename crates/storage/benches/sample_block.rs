//! Chunks and blocks of samples: bytes a sample and nanoseconds a sample for kinds of scraped series,
//! a file of scraped series, a query of many of them, short series with ids.
//!
//! `cargo bench -p tacho-storage --bench sample_block`. The temporary folder decides the disk (`TMPDIR`).
#![expect(clippy::print_stdout, reason = "sizes are part of the result")]

use divan::Bencher;
use divan::counter::ItemsCount;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use tacho_model::labels::Labels;
use tacho_model::sample::SampleColumns;
use tacho_storage::block::BlockId;
use tacho_storage::io::std_io::StdIo;
use tacho_storage::read::ReadStats;
use tacho_storage::samples::block::read::SampleBlock;
use tacho_storage::samples::block::write::BlockWriter;
use tacho_storage::samples::chunk::head::HeadChunk;
use tacho_storage::samples::matcher::LabelMatcher;

const NOW_MS: i64 = 1_795_169_720_123;
const STEP_MS: i64 = 15_000;
const KINDS: [&str; 8] = [
    "busy counter",
    "slow counter",
    "float counter",
    "gauge bytes",
    "ratio",
    "2 decimals",
    "constant",
    "bucket",
];
const LENGTHS: [usize; 3] = [120, 240, 960];
/// The scraped file: series and samples of each.
const SERIES: usize = 25_900;
const SAMPLES: usize = 960;
const SHORT_SERIES: usize = 100_000;

fn main() {
    divan::main();
}

/// Numbers that look random but are the same in every run.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// Times of a scraped target: one in five scrapes is up to 9 ms early or late.
fn times(count: usize, noise: &mut Noise) -> Vec<i64> {
    (0..count as i64)
        .map(|i| {
            let is_late = noise.below(5) == 0;
            let jitter = if is_late {
                noise.below(19) as i64 - 9
            } else {
                0
            };
            NOW_MS + i * STEP_MS + jitter
        })
        .collect()
}

fn values(kind: usize, count: usize, noise: &mut Noise) -> Vec<f64> {
    let mut total = noise.below(1_000_000) as f64;
    let rate = 200.0 + noise.below(2_000) as f64;
    let mut value = || match kind {
        0 => {
            total += (rate * (0.95 + 0.1 * noise.unit())).floor();
            total
        }
        1 => {
            total += f64::from(u8::from(noise.below(50) == 0));
            total
        }
        2 => {
            total += noise.unit() * 0.01;
            total
        }
        3 => {
            total += noise.below(40) as f64 - 19.5;
            (total + 1e6).abs().floor() * 4096.0
        }
        4 => noise.unit(),
        5 => (2000.0 + noise.unit() * 100.0).round() / 100.0,
        6 => 1.0,
        _ => {
            total += if noise.below(8) == 0 {
                noise.below(4) as f64
            } else {
                0.0
            };
            total
        }
    };
    (0..count).map(|_| value()).collect()
}

fn columns(kind: usize, count: usize, noise: &mut Noise) -> SampleColumns {
    SampleColumns {
        times: times(count, noise),
        values: values(kind, count, noise),
        ..SampleColumns::default()
    }
}

fn label(number: usize) -> Labels {
    Labels::from_pairs([("__name__", "m".to_owned()), ("n", format!("{number:06}"))])
}

fn write(folder: &Path, series: impl Iterator<Item = (Labels, SampleColumns)>) -> Arc<SampleBlock> {
    let mut writer = BlockWriter::create(&StdIo, folder, BlockId(1)).expect("create");
    for (labels, samples) in series {
        writer.series(&labels, &samples, &[]).expect("write");
    }
    let facts = writer.finish().expect("finish");
    SampleBlock::open(&StdIo, folder, BlockId(1), facts).expect("open")
}

#[divan::bench(args = 0..8, sample_count = 20)]
fn head_append(bencher: Bencher, kind: usize) {
    let samples = columns(kind, 240, &mut Noise(1));
    let fill = || {
        let mut chunk = HeadChunk::default();
        for (time, value) in samples.times.iter().zip(&samples.values) {
            assert!(chunk.append(*time, *value, 0));
        }
        chunk
    };
    let each = fill().bytes() as f64 / 240.0;
    println!("{}: {each:.2} B a sample in memory", KINDS[kind]);
    bencher.counter(ItemsCount::new(240usize)).bench_local(fill);
}

#[divan::bench(args = 0..8, sample_count = 20)]
fn head_decode(bencher: Bencher, kind: usize) {
    let samples = columns(kind, 240, &mut Noise(1));
    let mut chunk = HeadChunk::default();
    for (time, value) in samples.times.iter().zip(&samples.values) {
        assert!(chunk.append(*time, *value, 0));
    }
    let mut out = SampleColumns::default();
    bencher
        .counter(ItemsCount::new(240usize))
        .bench_local(move || {
            out.clear();
            chunk.decode_into(&mut out);
        });
}

fn kinds_and_lengths() -> impl Iterator<Item = String> {
    KINDS.iter().flat_map(|kind| {
        LENGTHS
            .iter()
            .map(move |length| format!("{kind} x {length}"))
    })
}

fn parse(argument: &str) -> (usize, usize) {
    let (kind, length) = argument.split_once(" x ").expect("kind x length");
    let kind = KINDS.iter().position(|it| *it == kind).expect("kind");
    (kind, length.parse().expect("length"))
}

fn hundred_series(kind: usize, length: usize) -> Vec<(Labels, SampleColumns)> {
    let mut noise = Noise(7);
    let times = times(length, &mut noise);
    let series = (0..100).map(|number| {
        let samples = SampleColumns {
            times: times.clone(),
            values: values(kind, length, &mut noise),
            ..SampleColumns::default()
        };
        (label(number), samples)
    });
    series.collect()
}

/// A hundred series into a block that is not synced.
#[divan::bench(args = kinds_and_lengths(), sample_count = 10, sample_size = 1)]
fn encode(bencher: Bencher, argument: &str) {
    let (kind, length) = parse(argument);
    let series = hundred_series(kind, length);
    let folder = tempfile::tempdir().expect("folder");
    let mut id = 0;
    bencher
        .counter(ItemsCount::new(100 * length))
        .bench_local(|| {
            id += 1;
            let mut writer =
                BlockWriter::create(&StdIo, folder.path(), BlockId(id)).expect("create");
            for (labels, samples) in &series {
                writer.series(labels, samples, &[]).expect("write");
            }
            writer.bytes()
        });
}

/// The same series read again.
#[divan::bench(args = kinds_and_lengths(), sample_count = 10, sample_size = 10)]
fn decode(bencher: Bencher, argument: &str) {
    let (kind, length) = parse(argument);
    let folder = tempfile::tempdir().expect("folder");
    let block = write(folder.path(), hundred_series(kind, length).into_iter());
    let each = block.facts().bytes as f64 / block.facts().samples as f64;
    println!("{argument}: {each:.3} B a sample, whole file");
    let series = block
        .select(&[], i64::MIN, i64::MAX, &ReadStats::default())
        .expect("select");
    let mut out = SampleColumns::default();
    bencher
        .counter(ItemsCount::new(100 * length))
        .bench_local(|| {
            for series in &series {
                out.clear();
                series.read(i64::MIN, i64::MAX, &mut out).expect("read");
            }
        });
}

struct Scraped {
    _folder: tempfile::TempDir,
    block: Arc<SampleBlock>,
}

/// 25,900 series of 100 targets: 60 % buckets, counters and gauges beside.
fn scraped() -> &'static Scraped {
    static SCRAPED: OnceLock<Scraped> = OnceLock::new();
    SCRAPED.get_or_init(|| {
        let folder = tempfile::tempdir().expect("folder");
        let mut noise = Noise(3);
        let all_times: Vec<Vec<i64>> = (0..100).map(|_| times(SAMPLES, &mut noise)).collect();
        let mut series: Vec<(Labels, usize)> = Vec::new();
        for number in 0..SERIES {
            let (target, metric) = (number % 100, number / 100);
            let is_bucket = metric < 150;
            let name = if is_bucket {
                format!("http_request_duration_seconds_{:02}_bucket", metric / 10)
            } else {
                format!("metric_{metric:03}_total")
            };
            let le = [
                "0.005", "0.01", "0.05", "0.1", "0.5", "1", "2.5", "5", "10", "+Inf",
            ];
            let le = if is_bucket { le[metric % 10] } else { "" };
            let labels = Labels::from_pairs([
                ("__name__", name.as_str()),
                ("instance", &format!("10.0.0.{target}:9100")),
                ("job", "agents"),
                ("cluster", "eu-1"),
                ("le", le),
            ]);
            series.push((labels, number));
        }
        series.sort();
        let items = series.into_iter().map(|(labels, number)| {
            let (target, metric) = (number % 100, number / 100);
            let kind = if metric < 150 {
                7
            } else {
                [0, 1, 1, 3, 6, 5, 0, 7][metric % 8]
            };
            let samples = SampleColumns {
                times: all_times[target].clone(),
                values: values(kind, SAMPLES, &mut noise),
                ..SampleColumns::default()
            };
            (labels, samples)
        });
        let block = write(folder.path(), items);
        let facts = block.facts();
        println!(
            "scraped: {:.3} B a sample, whole file of {} series; index about {} kB",
            facts.bytes as f64 / facts.samples as f64,
            facts.series,
            facts.index_memory / 1024
        );
        Scraped {
            _folder: folder,
            block,
        }
    })
}

/// 15,000 series of 960 samples, selected and decoded by one thread.
#[divan::bench(sample_count = 10, sample_size = 1)]
fn query_of_buckets(bencher: Bencher) {
    let block = &scraped().block;
    let matchers = [LabelMatcher::new(
        "__name__",
        tacho_storage::samples::matcher::MatchOp::Regex,
        "http_request_duration_seconds_.*_bucket",
    )
    .expect("matcher")];
    let mut out = SampleColumns::default();
    bencher
        .counter(ItemsCount::new(15_000 * SAMPLES))
        .bench_local(|| {
            let series = block
                .select(&matchers, i64::MIN, i64::MAX, &ReadStats::default())
                .expect("select");
            assert_eq!(series.len(), 15_000);
            for series in series {
                out.clear();
                series.read(i64::MIN, i64::MAX, &mut out).expect("read");
                assert_eq!(out.len(), SAMPLES);
            }
        });
}

/// The same, without reading samples.
#[divan::bench(sample_count = 10, sample_size = 1)]
fn select_of_buckets(bencher: Bencher) {
    let block = &scraped().block;
    let matchers = [LabelMatcher::new(
        "__name__",
        tacho_storage::samples::matcher::MatchOp::Regex,
        "http_request_duration_seconds_.*_bucket",
    )
    .expect("matcher")];
    bencher
        .counter(ItemsCount::new(15_000usize))
        .bench_local(|| {
            block
                .select(&matchers, i64::MIN, i64::MAX, &ReadStats::default())
                .expect("select")
        });
}

/// Everything of the file, as a merge reads it.
#[divan::bench(sample_count = 3, sample_size = 1)]
fn iterate_over_all(bencher: Bencher) {
    let block = &scraped().block;
    bencher
        .counter(ItemsCount::new(SERIES * SAMPLES))
        .bench_local(|| {
            let items = block.iter_all().expect("iterate");
            items
                .map(|item| item.expect("item").samples.len())
                .sum::<usize>()
        });
}

fn short_series() -> Vec<(Labels, SampleColumns)> {
    let mut noise = Noise(5);
    let mut series: Vec<(Labels, SampleColumns)> = (0..SHORT_SERIES)
        .map(|number| {
            let id = format!("{:016x}{:016x}", noise.next(), noise.next());
            let id = [&id[..8], &id[8..12], &id[12..16], &id[16..20], &id[20..]].join("-");
            let labels = Labels::from_pairs([
                (
                    "__name__",
                    ["agent_tool_calls_total", "agent_tokens_total"][number % 2],
                ),
                ("job", "shop/agents"),
                ("instance", ["a-1", "a-2", "a-3"][number % 3]),
                ("otel_scope_name", "agent.runtime"),
                ("tool", ["search", "edit", "run", "read"][number % 4]),
                ("session_id", &id),
            ]);
            let mut samples = SampleColumns::default();
            let start = NOW_MS + noise.below(80_000_000) as i64;
            let (mut time, mut total) = (start, 0.0);
            for _ in 0..10 {
                time += 1_000 + noise.below(120_000) as i64;
                total += 1.0 + noise.below(9) as f64;
                samples.push_float(time, total, start);
            }
            (labels, samples)
        })
        .collect();
    series.sort_by(|a, b| a.0.cmp(&b.0));
    series
}

/// A block of series with an id each and ten samples.
#[divan::bench(sample_count = 3, sample_size = 1)]
fn write_short_series(bencher: Bencher) {
    let series = short_series();
    let mut memory = 0;
    bencher
        .counter(ItemsCount::new(SHORT_SERIES))
        .bench_local(|| {
            let folder = tempfile::tempdir().expect("folder");
            let mut writer =
                BlockWriter::create(&StdIo, folder.path(), BlockId(1)).expect("create");
            for (labels, samples) in &series {
                writer.series(labels, samples, &[]).expect("write");
            }
            memory = writer.index_memory();
            writer.finish().expect("finish")
        });
    println!(
        "{} B of memory a short series while writing",
        memory / SHORT_SERIES
    );
}

/// One of them by its id, from an index that is not loaded.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn find_short_series(bencher: Bencher) {
    let series = short_series();
    let folder = tempfile::tempdir().expect("folder");
    let (wanted, _) = &series[SHORT_SERIES / 3];
    let matchers = [LabelMatcher::equal(
        "session_id",
        wanted.value("session_id"),
    )];
    let block = write(folder.path(), series.iter().cloned());
    let each = block.facts().bytes as f64 / SHORT_SERIES as f64;
    println!("{each:.1} B a short series, whole file");
    bencher.bench_local(|| {
        block.release_index();
        let found = block
            .select(&matchers, i64::MIN, i64::MAX, &ReadStats::default())
            .expect("select");
        let mut out = SampleColumns::default();
        for series in &found {
            series.read(i64::MIN, i64::MAX, &mut out).expect("read");
        }
        assert_eq!(out.len(), 10);
    });
}
