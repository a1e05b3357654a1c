//! How long decoding takes a sample: OTLP number points with four attributes, and remote write 1.0 and 2.0 with
//! series of one and ten samples. The sink looks at everything and keeps nothing.

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use tacho_model::metric::{MetricData, Temporality};
use tacho_model::resource::{Resource, Scope};
use tacho_model::sink::{ExemplarFields, MetricFields, MetricSink, PointFields};
use tacho_model::value::{Attributes, Value, ValueRef};
use tacho_wire::otlp::decode_metrics::decode_metrics;
use tacho_wire::otlp::encode::{metrics_json, metrics_protobuf};
use tacho_wire::otlp::metrics::{DataPoint, DataPointValue, Metric, ResourceMetrics, ScopeMetrics};
use tacho_wire::otlp::{DecodeOptions, json_decode};
use tacho_wire::pb::Writer;
use tacho_wire::remote_write::{Version, decode};

fn main() {
    divan::main();
}

/// Looks at everything, keeps nothing; asks for attributes or not.
struct Blind(bool);

impl MetricSink for Blind {
    fn resource(&mut self, resource: Resource) {
        black_box(resource);
    }
    fn scope(&mut self, scope: Scope) {
        black_box(scope);
    }
    fn begin_metric(&mut self, fields: &MetricFields<'_>) -> bool {
        black_box(fields);
        true
    }
    fn skipped_points(&mut self, count: u64) {
        black_box(count);
    }
    fn begin_point(&mut self, fields: &PointFields<'_>) -> bool {
        black_box(fields);
        true
    }
    fn wants_attributes(&self) -> bool {
        self.0
    }
    fn attribute(&mut self, key: &str, value: ValueRef<'_>) {
        black_box((key, value));
    }
    fn exemplar(&mut self, exemplar: &ExemplarFields<'_>) {
        black_box(exemplar);
    }
    fn end_point(&mut self) {}
}

fn metrics(count: usize) -> Vec<ResourceMetrics> {
    let point = |index: usize| DataPoint {
        start_ns: 1_795_169_720_000_000_000,
        time_ns: 1_795_169_730_000_000_000,
        value: DataPointValue::Double(index as f64 * 1.5),
        attributes: Attributes(vec![
            ("agent".to_owned(), Value::from("planner")),
            (
                "session.id".to_owned(),
                Value::String(format!("session-{index:08}")),
            ),
            ("model".to_owned(), Value::from("model-large-2026-05")),
            ("status".to_owned(), Value::Int(200)),
        ]),
        ..DataPoint::default()
    };
    vec![ResourceMetrics {
        scopes: vec![ScopeMetrics {
            metrics: vec![Metric {
                name: "orchestrator.task.count".to_owned(),
                data: MetricData::Sum {
                    temporality: Temporality::Cumulative,
                    is_monotonic: true,
                },
                points: (0..count).map(point).collect(),
                ..Metric::default()
            }],
            ..ScopeMetrics::default()
        }],
        ..ResourceMetrics::default()
    }]
}

#[divan::bench(args = [false, true])]
fn points_protobuf(bencher: Bencher<'_, '_>, attributes: bool) {
    let body = metrics_protobuf::encode_metrics(&metrics(1000));
    let options = DecodeOptions::default();
    bencher
        .counter(ItemsCount::new(1000usize))
        .counter(BytesCount::new(body.len()))
        .bench(|| decode_metrics(black_box(&body), &options, &mut Blind(attributes)));
}

#[divan::bench]
fn points_json(bencher: Bencher<'_, '_>) {
    let body = metrics_json::encode_metrics(&metrics(1000));
    let options = DecodeOptions::default();
    bencher
        .counter(ItemsCount::new(1000usize))
        .counter(BytesCount::new(body.len()))
        .bench(|| {
            json_decode::decode_metrics(black_box(body.as_bytes()), &options, &mut Blind(true))
        });
}

fn labels(series: usize) -> [(&'static str, String); 6] {
    [
        ("__name__", "node_cpu_seconds_total".to_owned()),
        ("cpu", (series % 16).to_string()),
        ("instance", format!("host-{series:05}.example.com:9100")),
        ("job", "node".to_owned()),
        ("mode", "system".to_owned()),
        ("region", "eu-central".to_owned()),
    ]
}

fn write_samples(out: &mut Writer, count: usize) {
    for at in 0..count {
        out.message(2, |out| {
            out.fixed64(1, (at as f64 * 1.25).to_bits());
            out.varint(2, 1_795_169_720_000 + at as u64 * 15_000);
        });
    }
}

fn version_1(series: usize, samples: usize) -> Vec<u8> {
    let mut out = Writer::new();
    for at in 0..series {
        out.message(1, |out| {
            for (name, value) in labels(at) {
                out.message(1, |out| {
                    out.bytes(1, name.as_bytes());
                    out.bytes(2, value.as_bytes());
                });
            }
            write_samples(out, samples);
        });
    }
    out.into_bytes()
}

fn version_2(series: usize, samples: usize) -> Vec<u8> {
    let mut out = Writer::new();
    out.bytes(4, b"");
    for at in 0..series {
        for (name, value) in labels(at) {
            out.bytes(4, name.as_bytes());
            out.bytes(4, value.as_bytes());
        }
    }
    for at in 0..series {
        out.message(5, |out| {
            let first = 1 + at as u64 * 12;
            out.packed_varints(1, first..first + 12);
            write_samples(out, samples);
        });
    }
    out.into_bytes()
}

#[divan::bench(args = [1, 10])]
fn remote_write_1(bencher: Bencher<'_, '_>, samples: usize) {
    let body = version_1(500, samples);
    bencher
        .counter(ItemsCount::new(500 * samples))
        .counter(BytesCount::new(body.len()))
        .bench(|| decode(black_box(&body), Version::V1, &mut |_| true));
}

#[divan::bench(args = [1, 10])]
fn remote_write_2(bencher: Bencher<'_, '_>, samples: usize) {
    let body = version_2(500, samples);
    bencher
        .counter(ItemsCount::new(500 * samples))
        .counter(BytesCount::new(body.len()))
        .bench(|| decode(black_box(&body), Version::V2, &mut |_| true));
}
