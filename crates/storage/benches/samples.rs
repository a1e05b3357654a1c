//! Samples on their way in: requests of 2,000 samples of series that are known, new series, late
//! samples, the cut and the flush, and a query over the head.
//!
//! `cargo bench -p tacho-storage --bench samples`. Labels are asked for only where a series is new, as
//! in a live server; bodies are the size of a remote-write request after compression.

use divan::Bencher;
use divan::counter::ItemsCount;
use std::path::Path;
use std::sync::Arc;
use tacho_model::id::TenantId;
use tacho_model::labels::Labels;
use tacho_model::sample::SampleColumns;
use tacho_model::time::Timestamp;
use tacho_stdx::clock::ManualClock;
use tacho_storage::error::{Error, Result};
use tacho_storage::io::std_io::StdIo;
use tacho_storage::options::Config;
use tacho_storage::read::{ReadContext, ReadStore};
use tacho_storage::samples::batch::{
    LabelSource, Point, PointValue, RunKind, SampleBatch, SeriesRun,
};
use tacho_storage::samples::matcher::LabelMatcher;
use tacho_storage::samples::read::SelectRequest;
use tacho_storage::store::{Parts, Store, Upkeep};
use tacho_storage::wal::Durability;
use tacho_storage::wal::frame::{Frame, FrameKind};
use tacho_storage::write::{FrameDecoder, Items, SampleWrite};

const NOW: i64 = 1_795_169_720_000_000_000;
/// Samples of a request.
const REQUEST: u64 = 2_000;
/// Series that are known.
const SERIES: u64 = 26_000;
/// Bytes of a body.
const BODY: usize = 20_000;

fn main() {
    divan::main();
}

struct NoDecoder;

impl FrameDecoder for NoDecoder {
    fn decode(&self, _frame: &Frame<'_>) -> Result<Items> {
        Err(Error::corrupt("nothing is replayed here"))
    }
}

struct First(u64);

impl LabelSource for First {
    fn labels(&self, series: usize) -> Result<Labels> {
        Ok(labels_of(self.0 + series as u64))
    }
}

/// Twelve labels, as exporters have them.
fn labels_of(series: u64) -> Labels {
    let metric = format!("orchestrator_metric_{}_total", series % 300);
    let (pod, path) = (series / 300 % 90, series / 27_000);
    Labels::from_pairs([
        ("__name__", metric),
        ("cluster", "production-eu-1".to_owned()),
        ("namespace", "orchestration".to_owned()),
        ("job", "orchestration-service".to_owned()),
        ("instance", format!("10.0.{}.{}:9464", pod / 10, pod % 10)),
        ("pod", format!("orchestrator-{pod:05}")),
        ("container", "main".to_owned()),
        ("method", "POST".to_owned()),
        ("path", format!("/api/v1/tasks/{path}")),
        ("status", "200".to_owned()),
        ("version", "1.42.0".to_owned()),
        ("zone", "b".to_owned()),
    ])
}

/// A request of runs of so many points each, from a series and a time on.
fn request(first: u64, time_ms: i64, points: u64) -> SampleBatch {
    let runs = REQUEST / points;
    let point = |index: u64| Point {
        time_ms: time_ms + (index % points) as i64 * 15_000,
        start_ms: 0,
        value: PointValue::Float((index * 7 % 1000) as f64),
    };
    SampleBatch {
        series: (first..first + runs)
            .map(|series| SeriesRun {
                alias: (u128::from(series) + 1)
                    .wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835),
                points: points as u32,
                kind: RunKind::Plain,
            })
            .collect(),
        points: (0..runs * points).map(point).collect(),
        histograms: Vec::new(),
        exemplars: Vec::new(),
        metadata: Vec::new(),
        labels: Box::new(First(first)),
    }
}

struct Bench {
    store: Arc<Store>,
    _temp: tempfile::TempDir,
}

fn open(dir: &Path) -> Arc<Store> {
    let parts = Parts {
        io: Arc::new(StdIo),
        clock: Arc::new(ManualClock::at(NOW)),
        dir: dir.to_path_buf(),
        config: Config {
            durability: Durability::Buffered,
            head_max_bytes: u64::MAX,
            wal_max_bytes: u64::MAX,
            min_free_bytes: 0,
            ..Config::default()
        },
        upkeep: Upkeep::Caller,
    };
    Store::open(parts, &NoDecoder, &|_| {}).expect("a store")
}

impl Bench {
    fn new() -> Self {
        let temp = tempfile::tempdir().expect("a folder");
        Self {
            store: open(temp.path()),
            _temp: temp,
        }
    }

    fn write(&self, batch: SampleBatch, body: &[u8]) {
        let write = SampleWrite {
            tenant: &TenantId::default(),
            receive_time: Timestamp(NOW),
            kind: FrameKind::RemoteWrite,
            encoding: 0,
            content: 0,
            config_epoch: 0,
            body,
            batch,
        };
        let result = self.store.write_samples(write, &mut |_| Ok(Vec::new()));
        result.expect("written");
    }

    /// All series with so many samples fifteen seconds apart.
    fn with(samples: u64) -> Self {
        let bench = Self::new();
        let body = vec![7; BODY];
        for round in 0..samples {
            let time = NOW / 1_000_000 - 7_200_000 + round as i64 * 15_000;
            for first in (0..SERIES).step_by(REQUEST as usize) {
                bench.write(request(first, time, 1), &body);
            }
        }
        bench
    }
}

/// Requests of known series, so many points each; the time goes on with every request.
#[divan::bench(args = [1, 10])]
fn known_series(bencher: Bencher<'_, '_>, points: u64) {
    let bench = Bench::with(1);
    let body = vec![7; BODY];
    let mut count = 0u64;
    bencher
        .counter(ItemsCount::new(REQUEST))
        .with_inputs(|| {
            let first = count * (REQUEST / points) % SERIES;
            count += 1;
            let round = count as i64 * 150_000;
            request(
                first.min(SERIES - REQUEST / points),
                NOW / 1_000_000 + round,
                points,
            )
        })
        .bench_local_values(|batch| bench.write(batch, &body));
}

/// Requests of series that nobody has seen.
#[divan::bench(sample_count = 50, sample_size = 1)]
fn new_series(bencher: Bencher<'_, '_>) {
    let bench = Bench::new();
    let body = vec![7; BODY];
    let mut first = 0;
    bencher
        .counter(ItemsCount::new(REQUEST))
        .with_inputs(|| {
            first += REQUEST;
            request(first, NOW / 1_000_000, 1)
        })
        .bench_local_values(|batch| bench.write(batch, &body));
}

/// From head to disk: 26,000 series of 120 samples.
#[divan::bench(sample_count = 3, sample_size = 1)]
fn flush(bencher: Bencher<'_, '_>) {
    bencher
        .counter(ItemsCount::new(SERIES * 120))
        .with_inputs(|| Bench::with(120))
        .bench_local_values(|bench| {
            bench.store.flush(false).expect("flushed");
            bench
        });
}

/// One metric's series of the head, found and decoded.
#[divan::bench]
fn select_of_head(bencher: Bencher<'_, '_>) {
    let bench = Bench::with(120);
    let view = bench.store.series(&TenantId::default()).expect("a view");
    let request = SelectRequest {
        matchers: vec![LabelMatcher::equal(
            "__name__",
            "orchestrator_metric_7_total",
        )],
        start_ms: i64::MIN,
        end_ms: i64::MAX,
        series_max: 0,
    };
    let mut columns = SampleColumns::default();
    bencher.bench_local(|| {
        let mut samples = 0;
        for found in view
            .select(&request, &ReadContext::default())
            .expect("series")
        {
            found
                .data
                .read(i64::MIN, i64::MAX, &mut columns)
                .expect("samples");
            samples += columns.len();
        }
        samples
    });
}
