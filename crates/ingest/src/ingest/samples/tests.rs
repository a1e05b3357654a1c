//! Samples into a real store on a simulated file system: taken, crashed, found again.

use super::batch::{SampleOrigin, SamplesTaken};
use super::remote::{RemoteWriteRequest, RemoteWritten};
use crate::body::ContentEncoding;
use crate::ingest::{Config, Ingest};
use crate::limits::Limits;
use crate::metrics::sample_body::KnownLabels;
use crate::reason::Reason;
use crate::refusal::RefusalKind;
use crate::replay::ReplayDecoder;
use crate::request::{Accepted, ContentKind, Request, Transport};
use bytes::Bytes;
use std::path::PathBuf;
use std::sync::Arc;
use tacho_model::id::{SpanId, TenantId, TraceId};
use tacho_model::labels::Labels;
use tacho_model::metric::{MetricData, Temporality};
use tacho_model::resource::Resource;
use tacho_model::sample::SampleColumns;
use tacho_model::signal::Signal;
use tacho_model::sink::ExemplarValue;
use tacho_model::value::Attributes;
use tacho_stdx::clock::{Clock, ManualClock};
use tacho_storage::options;
use tacho_storage::read::{ReadContext, ReadStore as _};
use tacho_storage::samples::batch::{Point, PointValue, RunKind, SampleBatch, SeriesRun};
use tacho_storage::samples::read::{NamesRequest, SelectRequest};
use tacho_storage::store::{Parts, Store, Upkeep};
use tacho_testkit::fault_fs::FaultIo;
use tacho_wire::otlp::encode::{metrics_json, metrics_protobuf};
use tacho_wire::otlp::metrics::{
    DataPoint, DataPointValue, HistogramValue, Metric, PointExemplar, ResourceMetrics, ScopeMetrics,
};
use tacho_wire::pb::Writer;
use tacho_wire::remote_write::Version;

const NOW: i64 = 1_795_169_720_000_000_000;
const NOW_MS: i64 = NOW / 1_000_000;

/// A store on a simulated disk, and the way into it.
struct Machine {
    io: FaultIo,
    store: Arc<Store>,
    ingest: Ingest,
}

impl Machine {
    fn start(io: FaultIo) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::at(NOW));
        let parts = Parts {
            io: Arc::new(io.clone()),
            clock: Arc::clone(&clock),
            dir: PathBuf::from("/data"),
            config: options::Config {
                min_free_bytes: 0,
                ..options::Config::default()
            },
            upkeep: Upkeep::Caller,
        };
        let store = Store::open(parts, &ReplayDecoder, &|_| {}).unwrap();
        let config = Config {
            limits: Limits::default(),
            config_epoch: 1,
        };
        let ingest = Ingest::new(Arc::clone(&store), config, clock);
        Self { io, store, ingest }
    }

    fn new() -> Self {
        Self::start(FaultIo::new(7))
    }

    fn crash(self) -> Self {
        Self::start(self.io.crash())
    }

    fn durable<T>(
        &self,
        taken: T,
        appended: impl Fn(&T) -> Option<tacho_storage::wal::Appended>,
    ) -> T {
        if let Some(appended) = appended(&taken) {
            self.store.wait_durable(Signal::Samples, appended).unwrap();
        }
        taken
    }

    fn metrics(&self, groups: &[ResourceMetrics], content: ContentKind) -> Accepted {
        let body = match content {
            ContentKind::Protobuf => metrics_protobuf::encode_metrics(groups),
            ContentKind::Json => metrics_json::encode_metrics(groups).into_bytes(),
        };
        let request = Request {
            tenant: TenantId::default(),
            signal: Signal::Samples,
            transport: Transport::Http,
            content,
            encoding: ContentEncoding::Zstd,
            body: Bytes::from(zstd::bulk::compress(&body, 1).unwrap()),
        };
        let accepted = self.ingest.accept(&request).unwrap();
        self.durable(accepted, |accepted| accepted.appended)
    }

    fn write(&self, body: &[u8], version: Version) -> RemoteWritten {
        let request = RemoteWriteRequest {
            tenant: TenantId::default(),
            version,
            encoding: ContentEncoding::Snappy,
            body: Bytes::from(snap::raw::Encoder::new().compress_vec(body).unwrap()),
        };
        let written = self.ingest.accept_remote_write(&request).unwrap();
        self.durable(written, |written| written.appended)
    }

    fn samples(&self, origin: SampleOrigin, batch: SampleBatch) -> SamplesTaken {
        let tenant = TenantId::default();
        let taken = self.ingest.accept_samples(&tenant, origin, batch).unwrap();
        self.durable(taken, |taken| taken.appended)
    }

    /// All series with times relative to now in seconds, and values.
    fn series(&self) -> Vec<String> {
        let view = self.store.series(&TenantId::default()).unwrap();
        let request = SelectRequest {
            matchers: Vec::new(),
            start_ms: i64::MIN / 2_000_000,
            end_ms: i64::MAX / 2_000_000,
            series_max: 0,
        };
        let found = view.select(&request, &ReadContext::default()).unwrap();
        let mut lines = Vec::new();
        for series in found {
            let mut columns = SampleColumns::default();
            series
                .data
                .read(request.start_ms, request.end_ms, &mut columns)
                .unwrap();
            let samples: Vec<String> = (0..columns.len())
                .map(|row| {
                    let seconds = (columns.times[row] - NOW_MS) / 1000;
                    match columns.histogram(row) {
                        Some(histogram) => format!("h{}@{seconds}", histogram.count),
                        None => format!("{}@{seconds}", columns.values[row]),
                    }
                })
                .collect();
            lines.push(format!("{} {}", series.labels, samples.join(" ")));
        }
        lines
    }
}

fn metric(name: &str, data: MetricData, points: &[(i64, i64)]) -> Metric {
    let points = points.iter();
    Metric {
        name: name.to_owned(),
        data,
        points: points
            .map(|(seconds, value)| DataPoint {
                start_ns: (NOW - 100_000_000_000) as u64,
                time_ns: (NOW + seconds * 1_000_000_000) as u64,
                value: DataPointValue::Int(*value),
                ..DataPoint::default()
            })
            .collect(),
        ..Metric::default()
    }
}

fn group(metrics: Vec<Metric>) -> Vec<ResourceMetrics> {
    let mut resource = Resource::default();
    resource.attributes.push("service.name", "s");
    resource.attributes.push("service.instance.id", "i");
    vec![ResourceMetrics {
        resource,
        scopes: vec![ScopeMetrics {
            metrics,
            ..ScopeMetrics::default()
        }],
    }]
}

const COUNTER: MetricData = MetricData::Sum {
    temporality: Temporality::Cumulative,
    is_monotonic: true,
};

#[test]
fn metrics_survive_a_crash_as_they_were_taken() {
    let machine = Machine::new();
    let metrics = || {
        vec![
            metric("a", COUNTER, &[(-20, 1), (-10, 2)]),
            metric("b", MetricData::Gauge, &[(-10, 5), (7200, 6)]),
        ]
    };
    let accepted = machine.metrics(&group(metrics()), ContentKind::Protobuf);
    let partial = accepted.partial.unwrap();
    assert_eq!(
        (partial.rejected, partial.message.as_str()),
        (
            1,
            "1 of 4 data points refused: time lies too far in the future (1, first: item 3)"
        )
    );
    let expected = [
        r#"a_total{instance="i", job="s"} 1@-20 2@-10"#,
        r#"b{instance="i", job="s"} 5@-10"#,
    ];
    assert_eq!(machine.series(), expected);
    let machine = machine.crash();
    assert_eq!(machine.series(), expected);
    // The same again in JSON: nothing is there twice.
    let accepted = machine.metrics(&group(metrics()), ContentKind::Json);
    assert_eq!(accepted.partial.map(|partial| partial.rejected), Some(1));
    assert_eq!(machine.series(), expected);
    assert_eq!(machine.crash().series(), expected);
}

#[test]
fn what_the_store_refuses_is_named_and_stays_out_after_a_crash() {
    let machine = Machine::new();
    machine.metrics(
        &group(vec![metric("b", MetricData::Gauge, &[(-10, 5)])]),
        ContentKind::Protobuf,
    );
    let again = group(vec![metric(
        "b",
        MetricData::Gauge,
        &[(-7200, 1), (-10, 7), (-5, 8)],
    )]);
    let partial = machine
        .metrics(&again, ContentKind::Protobuf)
        .partial
        .unwrap();
    assert_eq!(
        (partial.rejected, partial.message.as_str()),
        (
            2,
            "2 samples of 2 data points refused: older than the out-of-order window of the series \
             (1, first: b{instance=\"i\", job=\"s\"}), another value for the same time (1, first: \
             b{instance=\"i\", job=\"s\"})"
        )
    );
    let expected = [r#"b{instance="i", job="s"} 5@-10 8@-5"#];
    assert_eq!(machine.series(), expected);
    assert_eq!(machine.crash().series(), expected);
}

#[test]
fn deltas_become_running_sums_that_go_on_after_a_crash() {
    let data = MetricData::Sum {
        temporality: Temporality::Delta,
        is_monotonic: true,
    };
    let delta = |from: i64, to: i64, value| {
        let mut own = metric("a", data, &[(to, value)]);
        own.points[0].start_ns = (NOW + from * 1_000_000_000) as u64;
        group(vec![own])
    };
    let machine = Machine::new();
    machine.metrics(&delta(-60, -50, 1), ContentKind::Protobuf);
    machine.metrics(&delta(-50, -40, 2), ContentKind::Protobuf);
    // The same again: it is not counted twice.
    machine.metrics(&delta(-50, -40, 2), ContentKind::Protobuf);
    let machine = machine.crash();
    machine.metrics(&delta(-40, -30, 4), ContentKind::Json);
    let expected = [r#"a_total{instance="i", job="s"} 1@-50 3@-40 7@-30"#];
    assert_eq!(machine.series(), expected);
    assert_eq!(machine.crash().series(), expected);
}

#[test]
fn metadata_and_exemplars_are_there_after_a_crash() {
    let histogram = HistogramValue {
        count: 3,
        sum: Some(9.0),
        bounds: vec![5.0],
        counts: vec![1, 2],
        ..HistogramValue::default()
    };
    let mut own = metric(
        "workflow.duration",
        MetricData::Histogram(Temporality::Cumulative),
        &[(-10, 0)],
    );
    own.unit = "ms".to_owned();
    own.description = "time of a workflow".to_owned();
    own.points[0].value = DataPointValue::Histogram(histogram);
    own.points[0].exemplars = vec![PointExemplar {
        time_ns: (NOW - 10_000_000_000) as u64,
        value: ExemplarValue::Double(4.0),
        trace_id: TraceId([1; 16]),
        span_id: SpanId([2; 8]),
        attributes: Attributes::default(),
    }];
    let machine = Machine::new();
    machine.metrics(&group(vec![own]), ContentKind::Protobuf);
    let machine = machine.crash();
    let view = machine.store.series(&TenantId::default()).unwrap();
    let context = ReadContext::default();
    let metadata = view.metadata(&context).unwrap();
    let family = "workflow_duration_milliseconds";
    assert_eq!(metadata[0].0, family);
    assert_eq!(metadata[0].1.otlp_name, "workflow.duration");
    assert_eq!(metadata[0].1.help, "time of a workflow");
    assert_eq!(
        view.family_of_alias("workflow_duration").as_deref(),
        Some(family)
    );
    let request = NamesRequest {
        start_ms: 0,
        end_ms: NOW_MS,
        ..NamesRequest::default()
    };
    let exemplars = view.exemplars(&request, &context).unwrap();
    assert_eq!(exemplars.len(), 1);
    assert_eq!(exemplars[0].0.value("le"), "5");
    let trace_id = exemplars[0].1[0].labels.value("trace_id").to_owned();
    assert_eq!(trace_id, TraceId([1; 16]).to_string());
}

/// Labels and samples.
type Sent<'s> = (&'s [(&'s str, &'s str)], &'s [(i64, f64)]);

fn write_1(series: &[Sent<'_>]) -> Vec<u8> {
    let mut out = Writer::new();
    for (labels, samples) in series {
        out.message(1, |out| {
            for (name, value) in *labels {
                out.message(1, |out| {
                    out.bytes(1, name.as_bytes());
                    out.bytes(2, value.as_bytes());
                });
            }
            for (seconds, value) in *samples {
                out.message(2, |out| {
                    out.fixed64(1, value.to_bits());
                    out.varint(2, (NOW_MS + seconds * 1000) as u64);
                });
            }
        });
    }
    out.into_bytes()
}

#[test]
fn remote_write_keeps_the_good_series_of_a_mixed_request() {
    let machine = Machine::new();
    let body = write_1(&[
        (
            &[("__name__", "up"), ("job", "a")],
            &[(-30, 1.0), (-15, 1.0)],
        ),
        (&[("job", "a")], &[(-15, 1.0)]),
        (&[("__name__", "up"), ("x", "1"), ("x", "2")], &[(-15, 1.0)]),
        (&[("__name__", "late")], &[(4000, 1.0)]),
        (&[("job", "b"), ("__name__", "up")], &[(-15, 2.0)]),
    ]);
    let written = machine.write(&body, Version::V1);
    assert_eq!(
        written.problem.as_deref(),
        Some(
            "out of bounds: timestamp is too far in the future for series {__name__=\"late\"}\n\
             invalid metric name or labels, got {job=\"a\"}\n\
             invalid labels for series, labels {__name__=\"up\", x=\"1\"}, duplicated label x"
        )
    );
    assert_eq!((written.samples, written.histograms), (3, 0));
    let expected = [r#"up{job="a"} 1@-30 1@-15"#, r#"up{job="b"} 2@-15"#];
    assert_eq!(machine.series(), expected);
    let machine = machine.crash();
    assert_eq!(machine.series(), expected);
    let old = write_1(&[(
        &[("__name__", "up"), ("job", "a")],
        &[(-7200, 1.0), (-15, 9.0)],
    )]);
    let written = machine.write(&old, Version::V1);
    assert_eq!(written.samples, 0);
    assert_eq!(
        written.problem.as_deref(),
        Some(
            "too old sample for series {__name__=\"up\", job=\"a\"}\n\
             duplicate sample for timestamp for series {__name__=\"up\", job=\"a\"}"
        )
    );
    assert_eq!(machine.series(), expected);
}

/// Symbols, then one series with a sample, a histogram, an exemplar and metadata.
fn write_2() -> Vec<u8> {
    let mut out = Writer::new();
    for symbol in ["", "__name__", "lat", "help", "trace_id", "abc"] {
        out.bytes(4, symbol.as_bytes());
    }
    out.message(5, |out| {
        out.packed_varints(1, [1, 2]);
        out.message(3, |out| {
            out.varint(1, 3);
            out.message(11, |out| out.varint(2, 2));
            out.packed_varints(12, [4, 1]);
            out.varint(15, NOW_MS as u64);
        });
        out.message(4, |out| {
            out.packed_varints(1, [4, 5]);
            out.fixed64(2, 1.5f64.to_bits());
            out.varint(3, NOW_MS as u64);
        });
        out.message(5, |out| {
            out.varint(1, 3);
            out.varint(3, 3);
        });
    });
    out.into_bytes()
}

#[test]
fn remote_write_2_counts_what_it_takes() {
    let machine = Machine::new();
    let mut body = write_2();
    let written = machine.write(&body, Version::V2);
    assert_eq!(written.problem, None);
    assert_eq!(
        (written.samples, written.histograms, written.exemplars),
        (0, 1, 1)
    );
    let view = machine.store.series(&TenantId::default()).unwrap();
    let metadata = view.metadata(&ReadContext::default()).unwrap();
    assert_eq!(metadata[0].0, "lat");
    assert_eq!(metadata[0].1.help, "help");
    assert_eq!(machine.series(), ["lat h3@0"]);
    // A series without samples.
    let mut empty = Writer::new();
    empty.message(5, |out| out.packed_varints(1, [1, 2]));
    body.extend(empty.into_bytes());
    let written = machine.write(&body, Version::V2);
    assert_eq!(
        written.problem.as_deref(),
        Some(
            "TimeSeries must contain at least one sample or histogram for series {__name__=\"lat\"}"
        )
    );
    assert_eq!(machine.crash().series(), ["lat h3@0"]);
}

#[test]
fn wrong_bodies_of_remote_write_are_refused_as_a_whole() {
    let machine = Machine::new();
    let refused = |encoding, body: &[u8]| {
        let request = RemoteWriteRequest {
            tenant: TenantId::default(),
            version: Version::V1,
            encoding,
            body: Bytes::copy_from_slice(body),
        };
        machine.ingest.accept_remote_write(&request).unwrap_err()
    };
    let refusal = refused(ContentEncoding::Snappy, b"no snappy");
    assert_eq!(refusal.kind, RefusalKind::Malformed);
    assert!(
        refusal.message.starts_with("body is no valid snappy"),
        "{refusal}"
    );
    let refusal = refused(ContentEncoding::Identity, &[0x0a, 9, 1]);
    assert_eq!(refusal.kind, RefusalKind::Malformed);
    let large = snap::raw::Encoder::new()
        .compress_vec(&vec![0; 65 << 20])
        .unwrap();
    let refusal = refused(ContentEncoding::Snappy, &large);
    assert_eq!(refusal.kind, RefusalKind::TooLarge);
}

fn batch(series: &[(&str, &[(i64, f64)])]) -> SampleBatch {
    let labels = series.iter();
    let labels = labels
        .map(|(name, _)| Labels::from_pairs([("__name__", *name)]))
        .collect();
    SampleBatch {
        series: series
            .iter()
            .map(|(_, points)| SeriesRun {
                alias: 0,
                points: points.len() as u32,
                kind: RunKind::Plain,
            })
            .collect(),
        points: series
            .iter()
            .flat_map(|(_, points)| points.iter())
            .map(|(seconds, value)| Point {
                time_ms: NOW_MS + seconds * 1000,
                start_ms: 0,
                value: PointValue::Float(*value),
            })
            .collect(),
        histograms: Vec::new(),
        exemplars: Vec::new(),
        metadata: Vec::new(),
        labels: Box::new(KnownLabels(labels)),
    }
}

#[test]
fn batches_of_scrapes_survive_a_crash() {
    let machine = Machine::new();
    let taken = machine.samples(
        SampleOrigin::Scrape,
        batch(&[("up", &[(-10, 1.0), (3600, 1.0)]), ("x", &[(-10, 2.5)])]),
    );
    assert_eq!((taken.accepted, taken.created_series), (2, 2));
    assert_eq!(taken.refused.len(), 1);
    assert_eq!(taken.refused[0].reason, Reason::TimeInFuture);
    let expected = ["up 1@-10", "x 2.5@-10"];
    assert_eq!(machine.series(), expected);
    let machine = machine.crash();
    assert_eq!(machine.series(), expected);
    let taken = machine.samples(SampleOrigin::Scrape, batch(&[("up", &[(-10, 7.0)])]));
    assert_eq!(taken.accepted, 0);
    assert_eq!(taken.refused[0].reason, Reason::DuplicateTime);
    assert_eq!(machine.series(), expected);
}

#[test]
fn imports_are_of_any_age_and_survive_a_crash() {
    let machine = Machine::new();
    machine.samples(SampleOrigin::Scrape, batch(&[("x", &[(-10, 2.5)])]));
    let taken = machine.samples(
        SampleOrigin::Import,
        batch(&[("x", &[(-86_400, 1.0), (-90_000, 0.5)])]),
    );
    assert_eq!(taken.accepted, 2);
    let expected = ["x 0.5@-90000 1@-86400 2.5@-10"];
    assert_eq!(machine.series(), expected);
    assert_eq!(machine.crash().series(), expected);
}

#[test]
fn counters_tell_what_was_refused() {
    let machine = Machine::new();
    machine.metrics(
        &group(vec![metric("b", MetricData::Gauge, &[(-10, 5), (7200, 6)])]),
        ContentKind::Protobuf,
    );
    assert_eq!(machine.ingest.telemetry().refused_items(Signal::Samples), 1);
}
