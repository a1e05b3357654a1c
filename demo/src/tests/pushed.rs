//! The metrics that are pushed over OTLP: names, units, kinds, temporality, attributes, and whether
//! they count what happened.

use std::collections::BTreeSet;

use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value as Number;
use opentelemetry_proto::tonic::metrics::v1::{AggregationTemporality, Metric};

use super::collector::{Attributes, Collector, attributes, text};
use super::{Running, options};
use crate::metrics::catalogue::TABLE;
use crate::metrics::instruments::LATENCY_MS;
use crate::options::Mishaps;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Counter,
    UpDownCounter,
    Histogram,
    Gauge,
}

/// Name, kind, unit, attributes.
#[rustfmt::skip]
const METRICS: [(&str, Kind, &str, &[&str]); 23] = [
    ("workflow.runs.total", Kind::Counter, "1", &["status", "workflow_id", "trigger_type"]),
    ("workflow.duration", Kind::Histogram, "ms", &["workflow_id", "status"]),
    ("workflows.active", Kind::UpDownCounter, "1", &[]),
    ("workflow.approval.wait_time", Kind::Histogram, "ms", &[]),
    ("agent.runs.total", Kind::Counter, "1", &["agent_id", "action", "status"]),
    ("agent.duration", Kind::Histogram, "ms", &["agent_id", "action", "status"]),
    ("agent.errors.total", Kind::Counter, "1", &["agent_id", "error_type"]),
    ("agent.retry.count", Kind::Counter, "1", &[]),
    ("http.server.duration", Kind::Histogram, "ms",
        &["http.request.method", "http.response.status_code", "http.route", "url.scheme"]),
    ("http.server.requests.total", Kind::Counter, "1", &["status", "method", "route"]),
    ("db.client.operation.duration", Kind::Histogram, "s",
        &["db.system.name", "db.collection.name", "db.operation.name"]),
    ("gen_ai.client.token.usage", Kind::Histogram, "{token}",
        &["gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.request.model", "gen_ai.response.model",
          "gen_ai.token.type", "server.address"]),
    ("gen_ai.client.operation.duration", Kind::Histogram, "s",
        &["gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.request.model", "gen_ai.response.model",
          "server.address"]),
    ("process.memory.usage", Kind::UpDownCounter, "By", &[]),
    ("process.memory.virtual", Kind::UpDownCounter, "By", &[]),
    ("process.thread.count", Kind::UpDownCounter, "{thread}", &[]),
    ("process.unix.file_descriptor.count", Kind::UpDownCounter, "{file_descriptor}", &[]),
    ("process.cpu.time", Kind::Counter, "s", &["cpu.mode"]),
    ("process.uptime", Kind::Gauge, "s", &[]),
    ("process.runtime.tokio.event_loop.lag", Kind::Gauge, "ms", &[]),
    ("process.runtime.tokio.workers", Kind::UpDownCounter, "{thread}", &[]),
    ("process.runtime.tokio.tasks", Kind::UpDownCounter, "{task}", &[]),
    ("process.runtime.tokio.global_queue.depth", Kind::UpDownCounter, "{task}", &[]),
];

/// What is the same for points of all kinds.
struct Point {
    attributes: Attributes,
    /// The value, or the number of values of a histogram.
    value: f64,
    /// The sum of a histogram.
    sum: f64,
    bounds: Vec<f64>,
}

fn number(value: Option<Number>) -> f64 {
    match value {
        Some(Number::AsDouble(value)) => value,
        Some(Number::AsInt(value)) => value as f64,
        None => panic!("a point without a value"),
    }
}

fn points(metric: &Metric) -> (Kind, Vec<Point>) {
    let cumulative = AggregationTemporality::Cumulative as i32;
    let simple = |points: &[opentelemetry_proto::tonic::metrics::v1::NumberDataPoint]| {
        let point = |point: &opentelemetry_proto::tonic::metrics::v1::NumberDataPoint| Point {
            attributes: attributes(&point.attributes),
            value: number(point.value),
            sum: 0.0,
            bounds: Vec::new(),
        };
        points.iter().map(point).collect()
    };
    match metric.data.as_ref().expect("data") {
        Data::Sum(sum) => {
            assert_eq!(sum.aggregation_temporality, cumulative, "{}", metric.name);
            let kind = if sum.is_monotonic {
                Kind::Counter
            } else {
                Kind::UpDownCounter
            };
            (kind, simple(&sum.data_points))
        }
        Data::Gauge(gauge) => (Kind::Gauge, simple(&gauge.data_points)),
        Data::Histogram(histogram) => {
            assert_eq!(
                histogram.aggregation_temporality, cumulative,
                "{}",
                metric.name
            );
            let point =
                |point: &opentelemetry_proto::tonic::metrics::v1::HistogramDataPoint| Point {
                    attributes: attributes(&point.attributes),
                    value: point.count as f64,
                    sum: point.sum.unwrap_or_default(),
                    bounds: point.explicit_bounds.clone(),
                };
            (
                Kind::Histogram,
                histogram.data_points.iter().map(point).collect(),
            )
        }
        other => panic!("{} is {other:?}", metric.name),
    }
}

fn check(metrics: &[Metric]) {
    for (name, kind, unit, keys) in METRICS {
        let metric = metrics.iter().find(|metric| metric.name == name);
        let metric = metric.unwrap_or_else(|| panic!("no metric {name}"));
        assert_eq!(metric.unit, unit, "{name}");
        assert!(!metric.description.is_empty(), "{name}");
        let (found, points) = points(metric);
        assert_eq!(found, kind, "{name}");
        assert!(!points.is_empty(), "{name} has no points");
        let wanted: BTreeSet<&str> = keys.iter().copied().collect();
        for point in points {
            let mut keys: BTreeSet<&str> = point.attributes.keys().map(String::as_str).collect();
            keys.remove("error.type");
            assert_eq!(keys, wanted, "{name}");
            if kind == Kind::Histogram && unit == "ms" && name != "http.server.duration" {
                assert_eq!(point.bounds, LATENCY_MS, "{name}");
            }
        }
    }
    for metric in metrics {
        let known = METRICS.iter().any(|(name, ..)| *name == metric.name);
        assert!(known, "{} is not in the table", metric.name);
        let scraped = TABLE
            .iter()
            .any(|row| row.name == metric.name.replace('.', "_"));
        assert!(!scraped, "{} is scraped and pushed", metric.name);
    }
}

/// The sum over the points that fulfil a condition: values, or numbers of values of a histogram.
fn total(metrics: &[Metric], name: &str, wanted: &[(&str, &str)]) -> f64 {
    let metric = metrics.iter().find(|metric| metric.name == name).unwrap();
    let fits = |point: &Point| {
        let fits = |(key, value): &(&str, &str)| text(&point.attributes, key) == *value;
        wanted.iter().all(fits)
    };
    points(metric)
        .1
        .iter()
        .filter(|point| fits(point))
        .map(|point| point.value)
        .sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn pushed_metrics_have_their_names_units_and_attributes() {
    let (folder, collector) = (tempfile::tempdir().unwrap(), Collector::start());
    let running = Running::start(options(folder.path(), &collector)).await;
    running.trigger("fix-and-test", "").await;
    running.trigger("test-failure", "").await;
    running.ended("fix-and-test", 1).await;
    running.ended("test-failure", 1).await;
    running.stop().await;
    let received = collector.take();
    let last = received.metrics.last().expect("metrics arrived");
    check(last);
    let resources = &received.resources;
    assert!(
        resources
            .iter()
            .all(|resource| text(resource, "service.name") == "orchestration-service")
    );

    let runs = |status| total(last, "workflow.runs.total", &[("status", status)]);
    assert_eq!((runs("SUCCESS"), runs("FAILED")), (1.0, 1.0));
    let wanted = [("workflow_id", "wf-fix-and-test"), ("trigger_type", "http")];
    assert_eq!(total(last, "workflow.runs.total", &wanted), 1.0);
    assert_eq!(
        total(last, "workflow.duration", &[("status", "FAILED")]),
        1.0
    );
    assert_eq!(total(last, "workflows.active", &[]), 0.0);
    assert_eq!(total(last, "workflow.approval.wait_time", &[]), 1.0);
    assert_eq!(total(last, "agent.retry.count", &[]), 2.0);
    assert_eq!(total(last, "agent.errors.total", &[]), 3.0);
    let trigger = [
        ("route", "/api/workflows/{name}/trigger"),
        ("status", "202"),
    ];
    assert_eq!(total(last, "http.server.requests.total", &trigger), 2.0);

    let spans = |name: &str| {
        received
            .spans
            .iter()
            .filter(|span| span.name == name)
            .count() as f64
    };
    assert_eq!(
        total(last, "agent.runs.total", &[]),
        spans("agent.execute_task")
    );
    assert_eq!(
        total(last, "agent.duration", &[]),
        spans("agent.execute_task")
    );
    assert_eq!(
        total(last, "gen_ai.client.operation.duration", &[]),
        spans("llm_call")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_are_those_of_the_spans_and_metrics_come_while_work_goes_on() {
    let (folder, collector) = (tempfile::tempdir().unwrap(), Collector::start());
    let mut options = options(folder.path(), &collector);
    options.once = true;
    options.speed = 20.0;
    options.mishaps = Mishaps {
        rate_limit: 0.1,
        ..Mishaps::NONE
    };
    crate::run(options, std::future::pending()).await.unwrap();
    let received = collector.take();
    assert!(
        received.metrics.len() >= 3,
        "{} exports",
        received.metrics.len()
    );
    let last = received.metrics.last().unwrap();
    let usage = last
        .iter()
        .find(|metric| metric.name == "gen_ai.client.token.usage");
    let sums = |wanted: &str| -> f64 {
        let points = points(usage.unwrap()).1;
        let fitting = points
            .iter()
            .filter(|point| text(&point.attributes, "gen_ai.token.type") == wanted);
        fitting.map(|point| point.sum).sum()
    };
    let spans = |key: &str| -> f64 {
        let calls = received.spans.iter().filter(|span| span.name == "llm_call");
        let answered = calls
            .map(|span| attributes(&span.attributes))
            .filter(|all| all.contains_key(key));
        answered
            .map(|all| super::collector::number(&all, key) as f64)
            .sum()
    };
    assert_eq!(sums("input"), spans("gen_ai.usage.input_tokens"));
    assert_eq!(sums("output"), spans("gen_ai.usage.output_tokens"));
    let refused = [("error.type", "rate_limited")];
    let timed = last
        .iter()
        .find(|metric| metric.name == "gen_ai.client.operation.duration");
    let failed = points(timed.unwrap()).1;
    let failed = failed
        .iter()
        .filter(|point| point.attributes.contains_key(refused[0].0));
    assert!(
        failed.map(|point| point.value).sum::<f64>() > 0.0,
        "no call was refused"
    );
}
