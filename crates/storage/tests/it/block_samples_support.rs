//! What the tests of blocks of samples share: series out of seeds, folders, comparison.

use std::path::PathBuf;
use std::sync::Arc;
use tacho_model::histogram::{BucketSpan, Buckets, CounterResetHint, Histogram};
use tacho_model::labels::Labels;
use tacho_model::metric::Exemplar;
use tacho_model::sample::{SampleColumns, stale_nan};
use tacho_storage::block::BlockId;
use tacho_storage::io::Io;
use tacho_storage::io::std_io::StdIo;
use tacho_storage::samples::block::read::SampleBlock;
use tacho_storage::samples::block::write::BlockWriter;
use tacho_storage::samples::block::{SampleBlockFacts, SeriesItem};

/// Around this everything happens, milliseconds.
pub(crate) const NOW_MS: i64 = 1_795_169_720_123;

/// Random numbers out of a seed.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        (self.next() >> 33) % limit
    }

    pub(crate) fn one_in(&mut self, count: u64) -> bool {
        self.below(count) == 0
    }

    pub(crate) fn uuid(&mut self) -> String {
        let (a, b) = (self.next(), self.next());
        let hex = format!("{a:016x}{b:016x}");
        format!(
            "{}-{}-{}-{}-{}",
            &hex[..8],
            &hex[8..12],
            &hex[12..16],
            &hex[16..20],
            &hex[20..]
        )
    }
}

/// A folder with blocks.
pub(crate) struct SampleFolder {
    temp: tempfile::TempDir,
    pub(crate) io: StdIo,
}

impl SampleFolder {
    pub(crate) fn new() -> Self {
        Self {
            temp: tempfile::tempdir().unwrap(),
            io: StdIo,
        }
    }

    pub(crate) fn dir(&self) -> PathBuf {
        self.temp.path().to_path_buf()
    }

    pub(crate) fn write(&self, id: u64, items: &[SeriesItem]) -> SampleBlockFacts {
        write(&self.io, &self.dir(), id, items)
    }

    pub(crate) fn block(&self, id: u64, items: &[SeriesItem]) -> Arc<SampleBlock> {
        let facts = self.write(id, items);
        SampleBlock::open(&self.io, &self.dir(), BlockId(id), facts).unwrap()
    }
}

pub(crate) fn write(
    io: &dyn Io,
    dir: &std::path::Path,
    id: u64,
    items: &[SeriesItem],
) -> SampleBlockFacts {
    let mut writer = BlockWriter::create(io, dir, BlockId(id)).unwrap();
    for item in items {
        writer
            .series(&item.labels, &item.samples, &item.exemplars)
            .unwrap();
    }
    writer.finish().unwrap()
}

/// The same as text, bit for bit: NaNs differ by their bits.
pub(crate) fn text(samples: &SampleColumns) -> Vec<String> {
    (0..samples.len())
        .map(|row| {
            let value = match samples.histogram(row) {
                Some(histogram) => format!("{histogram:?} {:x}", histogram.sum.to_bits()),
                None => format!("{:x}", samples.values[row].to_bits()),
            };
            format!("{} {} {value}", samples.times[row], samples.start(row))
        })
        .collect()
}

#[track_caller]
pub(crate) fn assert_same(found: &[SeriesItem], expected: &[SeriesItem]) {
    assert_eq!(found.len(), expected.len(), "number of series");
    for (found, expected) in found.iter().zip(expected) {
        assert_eq!(found.labels, expected.labels);
        assert_eq!(text(&found.samples), text(&expected.samples));
        assert_eq!(found.exemplars, expected.exemplars);
    }
}

/// The rows of a range, both ends inclusive.
pub(crate) fn between(samples: &SampleColumns, start: i64, end: i64) -> SampleColumns {
    let mut out = SampleColumns::default();
    for (row, time) in samples.times.iter().enumerate() {
        if *time < start || *time > end {
            continue;
        }
        match samples.histogram(row) {
            Some(histogram) => {
                out.push_histogram(*time, Arc::clone(histogram), samples.start(row));
            }
            None => out.push_float(*time, samples.values[row], samples.start(row)),
        }
    }
    out
}

/// A histogram of a counter; the layout depends on the shape.
pub(crate) fn histogram(step: u64, shape: u64) -> Arc<Histogram> {
    let buckets = 3 + shape as usize % 4;
    let side = |offset: i32| Buckets {
        spans: vec![BucketSpan {
            offset,
            length: buckets as u32,
        }],
        counts: (0..buckets as u64).map(|it| (it * step) as f64).collect(),
    };
    let is_custom = shape % 5 == 4;
    Arc::new(Histogram {
        counter_reset_hint: if shape % 7 == 3 {
            CounterResetHint::Reset
        } else {
            CounterResetHint::Unknown
        },
        schema: if is_custom { -53 } else { shape as i32 % 9 },
        zero_threshold: if shape.is_multiple_of(2) { 0.0 } else { 1e-128 },
        zero_count: step as f64,
        count: (step * 11) as f64,
        sum: step as f64 * 0.7,
        positive: side(-2),
        negative: if is_custom {
            Buckets::default()
        } else {
            side(1)
        },
        custom_bounds: if is_custom {
            Arc::from([0.1, 0.5, 1.0])
        } else {
            Arc::from([])
        },
    })
}

/// Samples of a series out of a seed: any kind, any length up to a limit.
pub(crate) fn samples(random: &mut Random, count_max: u64) -> SampleColumns {
    let mut out = SampleColumns::default();
    let kind = random.below(9);
    let is_regular = random.one_in(2);
    let count = 1 + random.below(count_max);
    let mut time = NOW_MS - (random.below(3) as i64) * 3_600_000;
    if random.one_in(40) {
        time = i64::MIN + 1_000 + random.below(1_000) as i64;
    }
    let start = if random.one_in(3) { time - 1_000 } else { 0 };
    let mut total = random.below(1_000);
    for row in 0..count {
        let start = if start != 0 && random.one_in(20) {
            time
        } else {
            start
        };
        total += random.below(50);
        let value = match kind {
            0 => total as f64,
            1 => total as f64 / 100.0,
            2 => (random.next() >> 12) as f64 / 1e15,
            3 => 17.0,
            4 => f64::from_bits(random.next()),
            5 if random.one_in(5) => stale_nan(),
            5 => (total / 20) as f64,
            6 if random.one_in(3) => f64::NAN,
            6 => -0.0,
            _ => total as f64,
        };
        if kind == 7 || (kind == 8 && row % 5 < 2) {
            let shape = if random.one_in(10) {
                random.below(20)
            } else {
                kind
            };
            let stale = Arc::new(Histogram {
                sum: stale_nan(),
                ..Histogram::default()
            });
            let is_stale = random.one_in(15);
            let value = if is_stale {
                stale
            } else {
                histogram(total, shape)
            };
            out.push_histogram(time, value, start);
        } else {
            out.push_float(time, value, start);
        }
        time += 15_000;
        if !is_regular {
            time += random.below(20) as i64 - 9;
        }
        if random.one_in(100) {
            time += 60_000 * (1 + random.below(9) as i64);
        }
    }
    out
}

fn exemplars(random: &mut Random) -> Vec<Exemplar> {
    let mut list: Vec<Exemplar> = (0..random.below(4))
        .map(|_| Exemplar {
            labels: Labels::from_pairs([("trace_id", random.uuid()), ("a", "ü".to_owned())]),
            value: random.below(100) as f64 / 8.0,
            time_ns: (NOW_MS + random.below(1_000_000) as i64) * 1_000_000 + 7,
        })
        .collect();
    list.sort_by_key(|exemplar| exemplar.time_ns);
    list
}

/// Labels with few names and values, some long, some absent.
fn labels(random: &mut Random, number: u64) -> Labels {
    let pick = |list: &[&str], number: u64| list[number as usize % list.len()].to_owned();
    let mut pairs = vec![(
        "__name__".to_owned(),
        pick(
            &["up", "http_requests_total", "é_bytes", ""],
            random.below(4),
        ),
    )];
    for name in ["job", "instance", "le", "path"] {
        let values = ["", "a", "b", "a.b", "0.5", "+Inf", "ä", "A"];
        pairs.push((name.to_owned(), pick(&values, random.below(8))));
    }
    if random.one_in(3) {
        pairs.push(("session_id".to_owned(), random.uuid()));
    }
    if random.one_in(30) {
        let long = "long ".repeat(60 + random.below(3) as usize);
        pairs.push(("text".to_owned(), format!("{long}{}", random.below(3))));
    }
    pairs.push(("n".to_owned(), number.to_string()));
    Labels::from_pairs(pairs)
}

/// Series out of a seed, sorted by labels.
pub(crate) fn items(seed: u64, count: u64, samples_max: u64) -> Vec<SeriesItem> {
    let mut random = Random::new(seed);
    let mut list: Vec<SeriesItem> = (0..count)
        .map(|number| SeriesItem {
            labels: labels(&mut random, number),
            samples: samples(&mut random, samples_max),
            exemplars: exemplars(&mut random),
        })
        .collect();
    list.sort_by(|a, b| a.labels.cmp(&b.labels));
    list
}
