//! Metrics to protobuf. Source: opentelemetry-proto `metrics/v1/metrics.proto`.

use crate::otlp::encode::protobuf::{write_attributes, write_id, write_resource, write_scope};
use crate::otlp::metrics::{
    DataPoint, DataPointValue, ExponentialValue, HistogramValue, Metric, PointExemplar,
    ResourceMetrics, SummaryValue,
};
use crate::pb::Writer;
use tacho_model::metric::{MetricData, Temporality};
use tacho_model::sink::ExemplarValue;

/// An `ExportMetricsServiceRequest` (or `MetricsData`, which has the same bytes).
pub fn encode_metrics(groups: &[ResourceMetrics]) -> Vec<u8> {
    let mut out = Writer::new();
    for group in groups {
        out.message(1, |out| {
            write_resource(out, &group.resource);
            for scope in &group.scopes {
                out.message(2, |out| {
                    write_scope(out, &scope.scope);
                    for metric in &scope.metrics {
                        out.message(2, |out| write_metric(out, metric));
                    }
                    out.bytes_if(3, scope.scope.schema_url.as_bytes());
                });
            }
            out.bytes_if(3, group.resource.schema_url.as_bytes());
        });
    }
    out.into_bytes()
}

pub(super) fn temporality_number(temporality: Temporality) -> u32 {
    match temporality {
        Temporality::Unspecified => 0,
        Temporality::Delta => 1,
        Temporality::Cumulative => 2,
    }
}

fn write_metric(out: &mut Writer, metric: &Metric) {
    out.bytes_if(1, metric.name.as_bytes());
    out.bytes_if(2, metric.description.as_bytes());
    out.bytes_if(3, metric.unit.as_bytes());
    let points = &metric.points;
    match metric.data {
        MetricData::Empty => {}
        MetricData::Gauge => out.message(5, |out| write_points(out, points, write_number)),
        MetricData::Sum {
            temporality,
            is_monotonic,
        } => out.message(7, |out| {
            write_points(out, points, write_number);
            out.varint_if(2, temporality_number(temporality).into());
            out.varint_if(3, is_monotonic.into());
        }),
        MetricData::Histogram(temporality) => out.message(9, |out| {
            write_points(out, points, write_histogram_point);
            out.varint_if(2, temporality_number(temporality).into());
        }),
        MetricData::ExponentialHistogram(temporality) => out.message(10, |out| {
            write_points(out, points, write_exponential_point);
            out.varint_if(2, temporality_number(temporality).into());
        }),
        MetricData::Summary => {
            out.message(11, |out| write_points(out, points, write_summary_point));
        }
    }
    write_attributes(out, 12, &metric.metadata.0);
}

fn write_points(out: &mut Writer, points: &[DataPoint], write: fn(&mut Writer, &DataPoint)) {
    for point in points {
        out.message(1, |out| write(out, point));
    }
}

fn write_times(out: &mut Writer, point: &DataPoint) {
    out.fixed64_if(2, point.start_ns);
    out.fixed64_if(3, point.time_ns);
}

fn write_exemplars(out: &mut Writer, field: u32, exemplars: &[PointExemplar]) {
    for exemplar in exemplars {
        out.message(field, |out| {
            out.fixed64_if(2, exemplar.time_ns);
            if let ExemplarValue::Double(value) = exemplar.value {
                out.fixed64(3, value.to_bits());
            }
            write_id(out, 4, &exemplar.span_id.0);
            write_id(out, 5, &exemplar.trace_id.0);
            if let ExemplarValue::Int(value) = exemplar.value {
                out.fixed64(6, value as u64);
            }
            write_attributes(out, 7, &exemplar.attributes.0);
        });
    }
}

fn write_optional(out: &mut Writer, field: u32, value: Option<f64>) {
    if let Some(value) = value {
        out.fixed64(field, value.to_bits());
    }
}

fn write_number(out: &mut Writer, point: &DataPoint) {
    write_times(out, point);
    match point.value {
        DataPointValue::Double(value) => out.fixed64(4, value.to_bits()),
        DataPointValue::Int(value) => out.fixed64(6, value as u64),
        _ => {}
    }
    write_exemplars(out, 5, &point.exemplars);
    write_attributes(out, 7, &point.attributes.0);
    out.varint_if(8, point.flags.into());
}

fn write_histogram_point(out: &mut Writer, point: &DataPoint) {
    write_times(out, point);
    if let DataPointValue::Histogram(value) = &point.value {
        write_histogram(out, value);
    }
    write_exemplars(out, 8, &point.exemplars);
    write_attributes(out, 9, &point.attributes.0);
    out.varint_if(10, point.flags.into());
}

fn write_histogram(out: &mut Writer, value: &HistogramValue) {
    out.fixed64_if(4, value.count);
    write_optional(out, 5, value.sum);
    out.packed_fixed64s(6, value.counts.iter().copied());
    out.packed_fixed64s(7, value.bounds.iter().map(|bound| bound.to_bits()));
    write_optional(out, 11, value.min);
    write_optional(out, 12, value.max);
}

fn write_exponential_point(out: &mut Writer, point: &DataPoint) {
    write_attributes(out, 1, &point.attributes.0);
    write_times(out, point);
    if let DataPointValue::Exponential(value) = &point.value {
        write_exponential(out, value);
    }
    out.varint_if(10, point.flags.into());
    write_exemplars(out, 11, &point.exemplars);
}

fn zigzag(value: i32) -> u64 {
    u64::from((value << 1 ^ value >> 31) as u32)
}

fn write_exponential(out: &mut Writer, value: &ExponentialValue) {
    out.fixed64_if(4, value.count);
    write_optional(out, 5, value.sum);
    out.varint_if(6, zigzag(value.scale));
    out.fixed64_if(7, value.zero_count);
    for (field, (offset, counts)) in [(8, &value.positive), (9, &value.negative)] {
        if *offset != 0 || !counts.is_empty() {
            out.message(field, |out| {
                out.varint_if(1, zigzag(*offset));
                out.packed_varints(2, counts.iter().copied());
            });
        }
    }
    write_optional(out, 12, value.min);
    write_optional(out, 13, value.max);
    out.fixed64_if(14, value.zero_threshold.to_bits());
}

fn write_summary_point(out: &mut Writer, point: &DataPoint) {
    write_times(out, point);
    if let DataPointValue::Summary(value) = &point.value {
        write_summary(out, value);
    }
    write_attributes(out, 7, &point.attributes.0);
    out.varint_if(8, point.flags.into());
}

fn write_summary(out: &mut Writer, value: &SummaryValue) {
    out.fixed64_if(4, value.count);
    out.fixed64_if(5, value.sum.to_bits());
    for (quantile, value) in &value.quantiles {
        out.message(6, |out| {
            out.fixed64_if(1, quantile.to_bits());
            out.fixed64_if(2, value.to_bits());
        });
    }
}
