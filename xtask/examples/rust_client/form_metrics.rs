//! Writes the SDK's data points in the form of `tests/clients/README.md`.

use super::form::{attributes, resource_json};
use opentelemetry::KeyValue;
use opentelemetry_sdk::metrics::Temporality;
use opentelemetry_sdk::metrics::data::{AggregatedMetrics, Metric, MetricData, ResourceMetrics};
use serde_json::{Value as Json, json};

/// Every data point of a collection.
pub(crate) fn metrics_json(metrics: &ResourceMetrics) -> Vec<Json> {
    let mut out = Vec::new();
    for by_scope in metrics.scope_metrics() {
        let scope = by_scope.scope();
        for metric in by_scope.metrics() {
            for mut point in points_json(metric) {
                point["name"] = json!(metric.name());
                point["unit"] = json!(metric.unit());
                point["description"] = json!(metric.description());
                point["resource"] = resource_json(metrics.resource());
                point["scope"] =
                    json!({ "name": scope.name(), "version": scope.version().unwrap_or("") });
                // The SDK has none yet.
                point["exemplars"] = json!([]);
                out.push(point);
            }
        }
    }
    out
}

fn points_json(metric: &Metric) -> Vec<Json> {
    match metric.data() {
        AggregatedMetrics::F64(data) => data_json(data, |value| json!(value)),
        AggregatedMetrics::U64(data) => data_json(data, |value| json!(value)),
        AggregatedMetrics::I64(data) => data_json(data, |value| json!(value)),
    }
}

fn data_json<T: Copy>(data: &MetricData<T>, number: impl Fn(T) -> Json) -> Vec<Json> {
    match data {
        MetricData::Gauge(gauge) => gauge
            .data_points()
            .map(|point| {
                let mut out = about("gauge", None, point.attributes());
                out["value"] = number(point.value());
                out
            })
            .collect(),
        MetricData::Sum(sum) => sum
            .data_points()
            .map(|point| {
                let mut out = about("sum", Some(sum.temporality()), point.attributes());
                out["value"] = number(point.value());
                out["monotonic"] = json!(sum.is_monotonic());
                out
            })
            .collect(),
        MetricData::Histogram(histogram) => histogram
            .data_points()
            .map(|point| {
                let temporality = Some(histogram.temporality());
                let mut out = about("histogram", temporality, point.attributes());
                out["count"] = json!(point.count());
                out["sum"] = number(point.sum());
                out["bounds"] = point.bounds().collect();
                out["counts"] = point.bucket_counts().collect();
                out
            })
            .collect(),
        MetricData::ExponentialHistogram(histogram) => histogram
            .data_points()
            .map(|point| {
                let temporality = Some(histogram.temporality());
                let mut out = about("exponential", temporality, point.attributes());
                let positive = point.positive_bucket();
                let counts: Vec<u64> = positive.counts().collect();
                out["count"] = json!(point.count());
                out["sum"] = number(point.sum());
                out["scale"] = json!(point.scale());
                out["zeroCount"] = json!(point.zero_count());
                out["positive"] = json!({ "offset": positive.offset(), "counts": counts });
                out
            })
            .collect(),
    }
}

fn about<'a>(
    kind: &str,
    temporality: Option<Temporality>,
    pairs: impl Iterator<Item = &'a KeyValue>,
) -> Json {
    let mut out = json!({ "kind": kind, "attributes": attributes(pairs) });
    if let Some(temporality) = temporality {
        let delta = temporality == Temporality::Delta;
        out["temporality"] = json!(if delta { "delta" } else { "cumulative" });
    }
    out
}
