//! OTLP requests as the series that come out of them.

mod rows;

use crate::judge::Ruling;
use crate::limits::ItemLimits;
use crate::meter::Meter;
use crate::metrics::decode::{self, Judging, Otlp};
use crate::metrics::settings::{LabelLimits, Promoted, TranslationSettings};
use crate::reason::Reason;
use crate::request::ContentKind;
use bytes::Bytes;
use std::sync::Arc;
use tacho_model::id::{SpanId, TraceId};
use tacho_model::metric::{MetricData, Temporality};
use tacho_model::resource::{Resource, Scope};
use tacho_model::sample::is_stale;
use tacho_model::sink::ExemplarValue;
use tacho_model::time::Timestamp;
use tacho_model::value::{Attributes, Value};
use tacho_storage::samples::batch::{LabelSource as _, PointValue, RunKind};
use tacho_wire::otlp::encode::{metrics_json, metrics_protobuf};
use tacho_wire::otlp::metrics::{
    DataPoint, DataPointValue, ExponentialValue, HistogramValue, Metric, PointExemplar,
    ResourceMetrics, ScopeMetrics, SummaryValue,
};

const NOW: i64 = 1_795_169_720_000_000_000;
const TIME: u64 = 1_795_169_700_000_000_000;
const COUNTER: MetricData = MetricData::Sum {
    temporality: Temporality::Cumulative,
    is_monotonic: true,
};

/// What came out: a line a point, exemplars, refusals.
struct Seen {
    lines: Vec<String>,
    exemplars: Vec<String>,
    refused: Vec<Reason>,
    aliases: Vec<u128>,
}

fn translate(groups: &[ResourceMetrics], settings: TranslationSettings) -> Seen {
    let body = Bytes::from(metrics_protobuf::encode_metrics(groups));
    let seen = translate_body(&body, ContentKind::Protobuf, settings.clone());
    let body = Bytes::from(metrics_json::encode_metrics(groups));
    let json = translate_body(&body, ContentKind::Json, settings);
    assert_eq!(seen.lines, json.lines);
    assert_eq!(seen.exemplars, json.exemplars);
    assert_eq!(seen.refused, json.refused);
    seen
}

fn translate_body(body: &Bytes, content: ContentKind, settings: TranslationSettings) -> Seen {
    let request = Otlp {
        content,
        limits: &ItemLimits::default(),
        settings: Arc::new(settings),
    };
    let judging = Judging {
        receive_time: Timestamp(NOW),
        ruling: Ruling::Live {
            latest: Timestamp(NOW + 600_000_000_000),
        },
        label_limits: Some(LabelLimits::default()),
    };
    let mut meter = Meter::counting();
    let (translated, labels, _) = decode::otlp(body, &request, &judging, &mut meter).unwrap();
    let builder = translated.builder;
    let mut points = builder.points.iter();
    let mut lines = Vec::new();
    let text = |series: usize| match labels.labels(series) {
        Ok(labels) => labels.to_string(),
        Err(error) => format!("refused: {}", error.message()),
    };
    for (at, run) in builder.series.iter().enumerate() {
        for point in points.by_ref().take(run.points as usize) {
            let value = match point.value {
                PointValue::Float(value) if is_stale(value) => "stale".to_owned(),
                PointValue::Float(value) => value.to_string(),
                PointValue::Histogram(at) => {
                    let histogram = &builder.histograms[at as usize];
                    let buckets: Vec<_> = histogram.positive.iter().collect();
                    format!("{} {} {buckets:?}", histogram.schema, histogram.count)
                }
            };
            let kind = match run.kind {
                RunKind::Plain => "",
                RunKind::Delta => " delta",
            };
            let age = (NOW / 1_000_000 - point.time_ms) / 1000;
            lines.push(format!("{} {value} -{age}s{kind}", text(at)));
        }
    }
    let exemplars = builder.exemplars.iter();
    Seen {
        lines,
        exemplars: exemplars
            .map(|(series, exemplar)| {
                let series = text(*series as usize);
                format!("{series} {} {}", exemplar.labels, exemplar.value)
            })
            .collect(),
        refused: translated
            .refused
            .iter()
            .map(|range| range.reason)
            .collect(),
        aliases: builder.series.iter().map(|run| run.alias).collect(),
    }
}

fn pairs(pairs: &[(&str, &str)]) -> Attributes {
    let pairs = pairs.iter();
    Attributes(
        pairs
            .map(|(key, value)| ((*key).to_owned(), Value::from(*value)))
            .collect(),
    )
}

fn point(value: DataPointValue) -> DataPoint {
    DataPoint {
        time_ns: TIME,
        value,
        ..DataPoint::default()
    }
}

fn metric(name: &str, unit: &str, data: MetricData, points: Vec<DataPoint>) -> Metric {
    Metric {
        name: name.to_owned(),
        unit: unit.to_owned(),
        data,
        points,
        ..Metric::default()
    }
}

fn group(resource: &[(&str, &str)], metrics: Vec<Metric>) -> Vec<ResourceMetrics> {
    vec![ResourceMetrics {
        resource: Resource {
            attributes: pairs(resource),
            ..Resource::default()
        },
        scopes: vec![ScopeMetrics {
            metrics,
            ..ScopeMetrics::default()
        }],
    }]
}

fn lines(metrics: Vec<Metric>) -> Vec<String> {
    translate(&group(&[], metrics), TranslationSettings::default()).lines
}

fn refused(metric: Metric) -> Vec<Reason> {
    let seen = translate(&group(&[], vec![metric]), TranslationSettings::default());
    assert_eq!(seen.lines, Vec::<String>::new());
    seen.refused
}

#[test]
fn a_resource_gives_job_instance_and_target_info() {
    let resource = [
        ("service.name", "shop"),
        ("service.namespace", "web"),
        ("service.instance.id", "i-1"),
        ("host.name", "h1"),
        ("k8s.pod.name", "p1"),
    ];
    let metrics = vec![metric(
        "jobs.done",
        "1",
        COUNTER,
        vec![point(DataPointValue::Int(3))],
    )];
    let groups = group(&resource, metrics);
    let seen = translate(&groups, TranslationSettings::default());
    assert_eq!(
        seen.lines,
        [
            r#"jobs_done_total{instance="i-1", job="web/shop"} 3 -20s"#,
            r#"target_info{host_name="h1", instance="i-1", job="web/shop", k8s_pod_name="p1"} 1 -20s"#,
        ]
    );
    let settings = TranslationSettings {
        promoted: Promoted::Only(vec!["host.name".to_owned()]),
        keep_identifying_resource_attributes: true,
        ..TranslationSettings::default()
    };
    let other = translate(&groups, settings);
    assert_eq!(
        other.lines,
        [
            r#"jobs_done_total{host_name="h1", instance="i-1", job="web/shop"} 3 -20s"#,
            r#"target_info{host_name="h1", instance="i-1", job="web/shop", k8s_pod_name="p1", service_instance_id="i-1", service_name="shop", service_namespace="web"} 1 -20s"#,
        ]
    );
    assert_ne!(seen.aliases, other.aliases, "aliases belong to settings");
}

#[test]
fn an_instance_without_id_is_named_by_its_resource() {
    let line = |resource: &[(&str, &str)]| {
        let metrics = vec![metric(
            "up.time",
            "s",
            MetricData::Gauge,
            vec![point(DataPointValue::Double(1.5))],
        )];
        let settings = TranslationSettings {
            target_info: false,
            ..TranslationSettings::default()
        };
        translate(&group(resource, metrics), settings)
            .lines
            .remove(0)
    };
    let one = line(&[("service.name", "a"), ("host.name", "x")]);
    assert!(one.starts_with(r#"up_time_seconds{instance=""#), "{one}");
    assert_eq!(one, line(&[("host.name", "x"), ("service.name", "a")]));
    assert_ne!(one, line(&[("service.name", "a"), ("host.name", "y")]));
}

#[test]
fn attributes_and_scope_become_labels() {
    let mut own = point(DataPointValue::Int(1));
    own.attributes = pairs(&[("http.method", "GET"), ("http_method", "PUT"), ("_x", "1")]);
    own.attributes.push("code", 200);
    own.attributes.push("ok", true);
    own.attributes.push("__name__", "other");
    let mut groups = group(&[], vec![metric("hits", "", MetricData::Gauge, vec![own])]);
    groups[0].scopes[0].scope = Scope {
        name: "lib".to_owned(),
        version: "1.2".to_owned(),
        attributes: pairs(&[("team", "core")]),
        ..Scope::default()
    };
    let seen = translate(&groups, TranslationSettings::default());
    assert_eq!(
        seen.lines,
        [
            r#"hits{code="200", http_method="GET;PUT", key_x="1", ok="true", otel_scope_name="lib", otel_scope_version="1.2"} 1 -20s"#
        ]
    );
    let settings = TranslationSettings {
        promote_scope_metadata: true,
        ..TranslationSettings::default()
    };
    assert!(translate(&groups, settings).lines[0].contains(r#"otel_scope_team="core""#));
}

fn histogram() -> DataPoint {
    point(DataPointValue::Histogram(HistogramValue {
        count: 6,
        sum: Some(4.5),
        bounds: vec![0.005, 1.0],
        counts: vec![1, 2, 3],
        min: Some(0.0),
        max: Some(9.0),
    }))
}

#[test]
fn an_explicit_histogram_is_its_buckets_count_and_sum() {
    let data = MetricData::Histogram(Temporality::Delta);
    let mut own = histogram();
    let exemplar = |value, attributes| PointExemplar {
        time_ns: TIME,
        value: ExemplarValue::Double(value),
        trace_id: TraceId([1; 16]),
        span_id: SpanId([2; 8]),
        attributes,
    };
    own.exemplars = vec![
        exemplar(1.0, pairs(&[("user", "7")])),
        exemplar(8.0, pairs(&[("long", &"x".repeat(100))])),
    ];
    let metrics = vec![metric("wait", "s", data, vec![own])];
    let seen = translate(&group(&[], metrics), TranslationSettings::default());
    assert_eq!(
        seen.lines,
        [
            r#"wait_seconds_bucket{le="0.005"} 1 -20s delta"#,
            r#"wait_seconds_bucket{le="1"} 3 -20s delta"#,
            r#"wait_seconds_bucket{le="+Inf"} 6 -20s delta"#,
            "wait_seconds_count 6 -20s delta",
            "wait_seconds_sum 4.5 -20s delta",
        ]
    );
    let ids = r#"span_id="0202020202020202", trace_id="01010101010101010101010101010101""#;
    assert_eq!(
        seen.exemplars,
        [
            format!(r#"wait_seconds_bucket{{le="1"}} {{{ids}, user="7"}} 1"#),
            format!(r#"wait_seconds_bucket{{le="+Inf"}} {{{ids}}} 8"#),
        ]
    );
}

#[test]
fn native_histograms_come_from_exponential_and_on_wish_from_explicit_ones() {
    let data = MetricData::ExponentialHistogram(Temporality::Cumulative);
    let exponential = point(DataPointValue::Exponential(Box::new(ExponentialValue {
        count: 3,
        scale: 2,
        positive: (0, vec![1, 2]),
        ..ExponentialValue::default()
    })));
    assert_eq!(
        lines(vec![metric("wait", "s", data, vec![exponential])]),
        ["wait_seconds 2 3 [(1, 1.0), (2, 2.0)] -20s"]
    );
    let settings = TranslationSettings {
        convert_histograms_to_nhcb: true,
        ..TranslationSettings::default()
    };
    let data = MetricData::Histogram(Temporality::Cumulative);
    let groups = group(&[], vec![metric("wait", "s", data, vec![histogram()])]);
    assert_eq!(
        translate(&groups, settings).lines,
        ["wait_seconds -53 6 [(0, 1.0), (1, 2.0), (2, 3.0)] -20s"]
    );
}

#[test]
fn summaries_are_quantiles_count_and_sum() {
    let own = point(DataPointValue::Summary(SummaryValue {
        count: 3,
        sum: 4.0,
        quantiles: vec![(0.5, 1.0), (0.99, 2.5)],
    }));
    assert_eq!(
        lines(vec![metric("lag", "ms", MetricData::Summary, vec![own])]),
        [
            r#"lag_milliseconds{quantile="0.5"} 1 -20s"#,
            r#"lag_milliseconds{quantile="0.99"} 2.5 -20s"#,
            "lag_milliseconds_count 3 -20s",
            "lag_milliseconds_sum 4 -20s",
        ]
    );
}

#[test]
fn a_point_without_recorded_value_ends_its_series() {
    let mut number = point(DataPointValue::Absent);
    number.flags = 1;
    let mut buckets = histogram();
    buckets.flags = 1;
    let delta = MetricData::Sum {
        temporality: Temporality::Delta,
        is_monotonic: false,
    };
    let seen = lines(vec![
        metric("a", "", delta, vec![number]),
        metric(
            "b",
            "",
            MetricData::Histogram(Temporality::Delta),
            vec![buckets],
        ),
    ]);
    assert_eq!(seen.len(), 6);
    assert!(
        seen.iter().all(|line| line.ends_with(" stale -20s")),
        "{seen:?}"
    );
}

#[test]
fn a_point_without_time_gets_the_time_of_arrival() {
    let mut own = point(DataPointValue::Int(1));
    own.time_ns = 0;
    assert_eq!(
        lines(vec![metric("a", "", MetricData::Gauge, vec![own])]),
        ["a 1 -0s"]
    );
}

#[test]
fn points_that_cannot_be_are_refused_and_others_stay() {
    let gauge = |time_ns, value| {
        let own = DataPoint {
            time_ns,
            value,
            ..DataPoint::default()
        };
        metric("a", "", MetricData::Gauge, vec![own])
    };
    let one = DataPointValue::Int(1);
    assert_eq!(
        refused(gauge(u64::MAX, one.clone())),
        [Reason::TimeOutOfRange]
    );
    let ahead = NOW as u64 + 601_000_000_000;
    assert_eq!(refused(gauge(ahead, one.clone())), [Reason::TimeInFuture]);
    assert_eq!(
        refused(gauge(TIME, DataPointValue::Absent)),
        [Reason::ValueMissing]
    );
    let unspecified = MetricData::Histogram(Temporality::Unspecified);
    let points = || vec![point(one.clone()), point(one.clone())];
    assert_eq!(
        refused(metric("a", "", unspecified, points())),
        [Reason::TemporalityUnspecified]
    );
    assert_eq!(
        refused(metric("", "s", MetricData::Gauge, points())),
        [Reason::MetricNameInvalid]
    );
    let cumulative = MetricData::Histogram(Temporality::Cumulative);
    for (bounds, counts) in [
        (vec![1.0, 2.0], vec![1, 2]),
        (vec![2.0, 1.0], vec![1, 2, 3]),
        (vec![f64::INFINITY], vec![1, 2]),
    ] {
        let own = point(DataPointValue::Histogram(HistogramValue {
            bounds,
            counts,
            ..HistogramValue::default()
        }));
        assert_eq!(
            refused(metric("a", "", cumulative, vec![own])),
            [Reason::BucketsInvalid]
        );
    }
    let coarse = point(DataPointValue::Exponential(Box::new(ExponentialValue {
        scale: -5,
        ..ExponentialValue::default()
    })));
    let exponential = MetricData::ExponentialHistogram(Temporality::Cumulative);
    assert_eq!(
        refused(metric("a", "", exponential, vec![coarse])),
        [Reason::ScaleTooCoarse]
    );
    let mixed = metric(
        "a",
        "",
        MetricData::Gauge,
        vec![point(DataPointValue::Absent), point(one)],
    );
    let seen = translate(&group(&[], vec![mixed]), TranslationSettings::default());
    assert_eq!(seen.lines, ["a 1 -20s"]);
    assert_eq!(seen.refused, [Reason::ValueMissing]);
}

#[test]
fn labels_over_a_limit_are_refused_when_they_are_asked_for() {
    let mut own = point(DataPointValue::Int(1));
    for number in 0..130 {
        own.attributes.push(format!("k{number}"), 1);
    }
    let seen = lines(vec![metric("a", "", MetricData::Gauge, vec![own])]);
    assert_eq!(
        seen,
        ["refused: 131 labels are over the limit of 128 1 -20s"]
    );
}

#[test]
fn aliases_tell_series_apart() {
    let with = |key: &str, value: &str| {
        let mut own = histogram();
        own.attributes = pairs(&[(key, value)]);
        own
    };
    let data = MetricData::Histogram(Temporality::Cumulative);
    let metrics = vec![
        metric("a", "", data, vec![with("x", "1"), with("x", "2")]),
        metric("b", "", data, vec![with("x", "1")]),
        metric("a", "s", data, vec![with("x", "1")]),
    ];
    let mut groups = group(&[("service.name", "s")], metrics.clone());
    groups.extend(group(&[("service.name", "t")], metrics));
    let seen = translate(&groups, TranslationSettings::default());
    let mut aliases = seen.aliases.clone();
    aliases.sort_unstable();
    aliases.dedup();
    assert_eq!(aliases.len(), seen.aliases.len());
    let again = translate(&groups, TranslationSettings::default());
    assert_eq!(seen.aliases, again.aliases);
}
