//! Metrics to OTLP/JSON.

use crate::json::writer::Writer;
use crate::otlp::encode::json::{
    write_attributes, write_double, write_list, write_resource, write_scope, write_span_id,
    write_trace_id,
};
use crate::otlp::encode::metrics_protobuf::temporality_number;
use crate::otlp::metrics::{
    DataPoint, DataPointValue, ExponentialValue, HistogramValue, Metric, PointExemplar,
    ResourceMetrics, ScopeMetrics, SummaryValue,
};
use tacho_model::metric::MetricData;
use tacho_model::sink::ExemplarValue;

/// An `ExportMetricsServiceRequest` (or `MetricsData`, which has the same text).
pub fn encode_metrics(groups: &[ResourceMetrics]) -> String {
    let mut out = Writer::default();
    out.object(|out| {
        out.key("resourceMetrics").array(|out| {
            for group in groups {
                out.object(|out| write_group(out, group));
            }
        });
    });
    out.into_text()
}

fn write_group(out: &mut Writer, group: &ResourceMetrics) {
    write_resource(out, &group.resource);
    out.key("scopeMetrics").array(|out| {
        for scope in &group.scopes {
            out.object(|out| write_scope_group(out, scope));
        }
    });
    out.string_if("schemaUrl", &group.resource.schema_url);
}

fn write_scope_group(out: &mut Writer, group: &ScopeMetrics) {
    write_scope(out, &group.scope);
    out.key("metrics").array(|out| {
        for metric in &group.metrics {
            out.object(|out| write_metric(out, metric));
        }
    });
    out.string_if("schemaUrl", &group.scope.schema_url);
}

fn write_metric(out: &mut Writer, metric: &Metric) {
    out.key("name").string(&metric.name);
    out.string_if("description", &metric.description);
    out.string_if("unit", &metric.unit);
    let (key, temporality, is_monotonic) = match metric.data {
        MetricData::Empty => ("", None, false),
        MetricData::Gauge => ("gauge", None, false),
        MetricData::Sum {
            temporality,
            is_monotonic,
        } => ("sum", Some(temporality), is_monotonic),
        MetricData::Histogram(temporality) => ("histogram", Some(temporality), false),
        MetricData::ExponentialHistogram(temporality) => {
            ("exponentialHistogram", Some(temporality), false)
        }
        MetricData::Summary => ("summary", None, false),
    };
    if !key.is_empty() {
        out.key(key).object(|out| {
            out.key("dataPoints").array(|out| {
                for point in &metric.points {
                    out.object(|out| write_point(out, point));
                }
            });
            if let Some(temporality) = temporality {
                out.number_if("aggregationTemporality", temporality_number(temporality));
            }
            if is_monotonic {
                out.key("isMonotonic").plain(true);
            }
        });
    }
    write_attributes(out, "metadata", &metric.metadata.0);
}

fn write_point(out: &mut Writer, point: &DataPoint) {
    write_attributes(out, "attributes", &point.attributes.0);
    if point.start_ns != 0 {
        out.key("startTimeUnixNano").quoted(point.start_ns);
    }
    out.key("timeUnixNano").quoted(point.time_ns);
    match &point.value {
        DataPointValue::Absent => {}
        DataPointValue::Int(value) => out.key("asInt").quoted(value),
        DataPointValue::Double(value) => double(out, "asDouble", *value),
        DataPointValue::Histogram(value) => write_histogram(out, value),
        DataPointValue::Exponential(value) => write_exponential(out, value),
        DataPointValue::Summary(value) => write_summary(out, value),
    }
    write_list(out, "exemplars", &point.exemplars, write_exemplar);
    out.number_if("flags", point.flags);
}

fn double(out: &mut Writer, key: &str, value: f64) {
    out.key(key);
    write_double(out, value);
}

fn optional(out: &mut Writer, key: &str, value: Option<f64>) {
    if let Some(value) = value {
        double(out, key, value);
    }
}

fn counts(out: &mut Writer, key: &str, counts: &[u64]) {
    if !counts.is_empty() {
        out.key(key).array(|out| {
            for count in counts {
                out.quoted(count);
            }
        });
    }
}

fn write_histogram(out: &mut Writer, value: &HistogramValue) {
    out.key("count").quoted(value.count);
    optional(out, "sum", value.sum);
    counts(out, "bucketCounts", &value.counts);
    if !value.bounds.is_empty() {
        out.key("explicitBounds").array(|out| {
            for bound in &value.bounds {
                write_double(out, *bound);
            }
        });
    }
    optional(out, "min", value.min);
    optional(out, "max", value.max);
}

fn write_exponential(out: &mut Writer, value: &ExponentialValue) {
    out.key("count").quoted(value.count);
    optional(out, "sum", value.sum);
    out.key("scale").plain(value.scale);
    if value.zero_count != 0 {
        out.key("zeroCount").quoted(value.zero_count);
    }
    for (key, (offset, side)) in [("positive", &value.positive), ("negative", &value.negative)] {
        if *offset != 0 || !side.is_empty() {
            out.key(key).object(|out| {
                out.key("offset").plain(offset);
                counts(out, "bucketCounts", side);
            });
        }
    }
    optional(out, "min", value.min);
    optional(out, "max", value.max);
    double(out, "zeroThreshold", value.zero_threshold);
}

fn write_summary(out: &mut Writer, value: &SummaryValue) {
    out.key("count").quoted(value.count);
    double(out, "sum", value.sum);
    write_list(out, "quantileValues", &value.quantiles, |out, pair| {
        double(out, "quantile", pair.0);
        double(out, "value", pair.1);
    });
}

fn write_exemplar(out: &mut Writer, exemplar: &PointExemplar) {
    write_attributes(out, "filteredAttributes", &exemplar.attributes.0);
    out.key("timeUnixNano").quoted(exemplar.time_ns);
    match exemplar.value {
        ExemplarValue::Absent => {}
        ExemplarValue::Int(value) => out.key("asInt").quoted(value),
        ExemplarValue::Double(value) => double(out, "asDouble", value),
    }
    write_span_id(out, "spanId", exemplar.span_id, None);
    write_trace_id(out, "traceId", exemplar.trace_id, None);
}
