//! What a request of samples costs from its compressed body to the head of the store, WAL included: OTLP
//! metrics and remote write, series that are known. The unit is one sample. The disk is simulated in memory.

use divan::Bencher;
use divan::counter::ItemsCount;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tacho_ingest::body::ContentEncoding;
use tacho_ingest::ingest::samples::remote::RemoteWriteRequest;
use tacho_ingest::ingest::{Config, Ingest};
use tacho_ingest::limits::Limits;
use tacho_ingest::replay::ReplayDecoder;
use tacho_ingest::request::{ContentKind, Request, Transport};
use tacho_model::id::TenantId;
use tacho_model::metric::{MetricData, Temporality};
use tacho_model::signal::Signal;
use tacho_stdx::clock::{Clock, ManualClock};
use tacho_storage::options;
use tacho_storage::store::{Parts, Store, Upkeep};
use tacho_testkit::fault_fs::FaultIo;
use tacho_wire::otlp::encode::metrics_protobuf;
use tacho_wire::otlp::metrics::{DataPoint, DataPointValue, Metric, ResourceMetrics, ScopeMetrics};
use tacho_wire::pb::Writer;
use tacho_wire::remote_write::Version;

const NOW: i64 = 1_795_169_720_000_000_000;
const SERIES: usize = 1000;

fn main() {
    divan::main();
}

/// A way into an empty store, and the number of the next request: each has another time.
struct Machine {
    ingest: Ingest,
    next: AtomicU64,
}

impl Machine {
    fn new() -> Self {
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::at(NOW));
        let parts = Parts {
            io: Arc::new(FaultIo::new(1)),
            clock: Arc::clone(&clock),
            dir: PathBuf::from("/data"),
            config: options::Config {
                min_free_bytes: 0,
                ..options::Config::default()
            },
            upkeep: Upkeep::Caller,
        };
        let store = Store::open(parts, &ReplayDecoder, &|_| {}).expect("an empty store opens");
        let config = Config {
            limits: Limits::default(),
            config_epoch: 1,
        };
        Self {
            ingest: Ingest::new(store, config, clock),
            next: AtomicU64::new(0),
        }
    }

    /// Nanoseconds since the epoch; 15 milliseconds later each time.
    fn time_ns(&self) -> u64 {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        (NOW - 86_400_000_000_000) as u64 + number * 15_000_000
    }
}

fn metrics(time_ns: u64) -> Request {
    let point = |index: usize| {
        let mut point = DataPoint {
            start_ns: 1_795_000_000_000_000_000,
            time_ns,
            value: DataPointValue::Double(index as f64 + time_ns as f64),
            ..DataPoint::default()
        };
        point.attributes.push("agent", "planner");
        point
            .attributes
            .push("session.id", format!("session-{index:08}").as_str());
        point.attributes.push("model", "model-large-2026-05");
        point.attributes.push("status", 200);
        point
    };
    let mut group = ResourceMetrics::default();
    group
        .resource
        .attributes
        .push("service.name", "orchestrator");
    group.resource.attributes.push("service.instance.id", "i-1");
    group.scopes = vec![ScopeMetrics {
        metrics: vec![Metric {
            name: "orchestrator.task.count".to_owned(),
            data: MetricData::Sum {
                temporality: Temporality::Cumulative,
                is_monotonic: true,
            },
            points: (0..SERIES).map(point).collect(),
            ..Metric::default()
        }],
        ..ScopeMetrics::default()
    }];
    Request {
        tenant: TenantId::default(),
        signal: Signal::Samples,
        transport: Transport::Grpc,
        content: ContentKind::Protobuf,
        encoding: ContentEncoding::Identity,
        body: metrics_protobuf::encode_metrics(&[group]).into(),
    }
}

#[divan::bench]
fn otlp(bencher: Bencher<'_, '_>) {
    let machine = Machine::new();
    bencher
        .counter(ItemsCount::new(SERIES))
        .with_inputs(|| metrics(machine.time_ns()))
        .bench_values(|request| machine.ingest.accept(&request));
}

fn remote_write(time_ns: u64) -> RemoteWriteRequest {
    let mut out = Writer::new();
    for series in 0..SERIES {
        out.message(1, |out| {
            for (name, value) in [
                ("__name__", "node_cpu_seconds_total"),
                ("instance", &format!("host-{series:05}.example.com:9100")),
                ("job", "node"),
                ("mode", "system"),
            ] {
                out.message(1, |out| {
                    out.bytes(1, name.as_bytes());
                    out.bytes(2, value.as_bytes());
                });
            }
            out.message(2, |out| {
                out.fixed64(1, (series as f64 + time_ns as f64).to_bits());
                out.varint(2, time_ns / 1_000_000);
            });
        });
    }
    let body = snap::raw::Encoder::new()
        .compress_vec(&out.into_bytes())
        .expect("a small body");
    RemoteWriteRequest {
        tenant: TenantId::default(),
        version: Version::V1,
        encoding: ContentEncoding::Snappy,
        body: body.into(),
    }
}

#[divan::bench]
fn remote_write_1(bencher: Bencher<'_, '_>) {
    let machine = Machine::new();
    bencher
        .counter(ItemsCount::new(SERIES))
        .with_inputs(|| remote_write(machine.time_ns()))
        .bench_values(|request| machine.ingest.accept_remote_write(&request));
}
