//! Arbitrary metrics requests in the types of `opentelemetry-proto`: every kind of point, every field.

use crate::generate::{attributes, id, resource, scope, text, time};
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::metrics::v1::exponential_histogram_data_point::Buckets;
use opentelemetry_proto::tonic::metrics::v1::summary_data_point::ValueAtQuantile;
use opentelemetry_proto::tonic::metrics::v1::{
    Exemplar, ExponentialHistogram, ExponentialHistogramDataPoint, Gauge, Histogram,
    HistogramDataPoint, Metric, NumberDataPoint, ResourceMetrics, ScopeMetrics, Sum, Summary,
    SummaryDataPoint, exemplar, metric, number_data_point,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

fn double() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<u64>().prop_map(f64::from_bits),
        Just(f64::NAN),
        Just(-0.0),
        -1e6..1e6f64,
    ]
}

fn exemplars() -> impl Strategy<Value = Vec<Exemplar>> {
    let value = prop_oneof![
        Just(None),
        double().prop_map(|value| Some(exemplar::Value::AsDouble(value))),
        any::<i64>().prop_map(|value| Some(exemplar::Value::AsInt(value))),
    ];
    let exemplar = (attributes(), time(), id(16), id(8), value).prop_map(
        |(filtered_attributes, time_unix_nano, trace_id, span_id, value)| Exemplar {
            filtered_attributes,
            time_unix_nano,
            span_id,
            trace_id,
            value,
        },
    );
    vec(exemplar, 0..3)
}

fn number() -> impl Strategy<Value = NumberDataPoint> {
    let value = prop_oneof![
        Just(None),
        double().prop_map(|value| Some(number_data_point::Value::AsDouble(value))),
        any::<i64>().prop_map(|value| Some(number_data_point::Value::AsInt(value))),
    ];
    (attributes(), time(), time(), exemplars(), 0..4u32, value).prop_map(
        |(attributes, start, time, exemplars, flags, value)| NumberDataPoint {
            attributes,
            start_time_unix_nano: start,
            time_unix_nano: time,
            exemplars,
            flags,
            value,
        },
    )
}

fn histogram() -> impl Strategy<Value = HistogramDataPoint> {
    let plain = (attributes(), time(), time(), exemplars(), 0..4u32);
    let buckets = (vec(any::<u64>(), 0..4), vec(double(), 0..4));
    let options = (
        option::of(double()),
        option::of(double()),
        option::of(double()),
    );
    (plain, buckets, options, any::<u64>()).prop_map(|(plain, buckets, options, count)| {
        HistogramDataPoint {
            attributes: plain.0,
            start_time_unix_nano: plain.1,
            time_unix_nano: plain.2,
            exemplars: plain.3,
            flags: plain.4,
            bucket_counts: buckets.0,
            explicit_bounds: buckets.1,
            sum: options.0,
            min: options.1,
            max: options.2,
            count,
        }
    })
}

fn buckets() -> impl Strategy<Value = Option<Buckets>> {
    let count = prop_oneof![0..300u64, any::<u64>()];
    let buckets = (any::<i32>(), vec(count, 0..5)).prop_map(|(offset, bucket_counts)| Buckets {
        offset,
        bucket_counts,
    });
    option::of(buckets)
}

fn exponential() -> impl Strategy<Value = ExponentialHistogramDataPoint> {
    let plain = (attributes(), time(), time(), exemplars(), 0..4u32);
    let options = (
        option::of(double()),
        option::of(double()),
        option::of(double()),
    );
    let rest = (any::<u64>(), any::<i32>(), any::<u64>(), double());
    (plain, buckets(), buckets(), options, rest).prop_map(
        |(plain, positive, negative, options, rest)| ExponentialHistogramDataPoint {
            attributes: plain.0,
            start_time_unix_nano: plain.1,
            time_unix_nano: plain.2,
            exemplars: plain.3,
            flags: plain.4,
            positive,
            negative,
            sum: options.0,
            min: options.1,
            max: options.2,
            count: rest.0,
            scale: rest.1,
            zero_count: rest.2,
            zero_threshold: rest.3,
        },
    )
}

fn summary() -> impl Strategy<Value = SummaryDataPoint> {
    let pairs =
        (double(), double()).prop_map(|(quantile, value)| ValueAtQuantile { quantile, value });
    let plain = (attributes(), time(), time(), 0..4u32);
    (plain, any::<u64>(), double(), vec(pairs, 0..4)).prop_map(
        |(plain, count, sum, quantile_values)| SummaryDataPoint {
            attributes: plain.0,
            start_time_unix_nano: plain.1,
            time_unix_nano: plain.2,
            flags: plain.3,
            count,
            sum,
            quantile_values,
        },
    )
}

fn data() -> impl Strategy<Value = Option<metric::Data>> {
    let temporality = -1..4i32;
    prop_oneof![
        Just(None),
        vec(number(), 0..4)
            .prop_map(|data_points| Some(metric::Data::Gauge(Gauge { data_points }))),
        (vec(number(), 0..4), temporality.clone(), any::<bool>()).prop_map(
            |(data_points, aggregation_temporality, is_monotonic)| {
                Some(metric::Data::Sum(Sum {
                    data_points,
                    aggregation_temporality,
                    is_monotonic,
                }))
            }
        ),
        (vec(histogram(), 0..4), temporality.clone()).prop_map(
            |(data_points, aggregation_temporality)| {
                Some(metric::Data::Histogram(Histogram {
                    data_points,
                    aggregation_temporality,
                }))
            }
        ),
        (vec(exponential(), 0..4), temporality).prop_map(
            |(data_points, aggregation_temporality)| {
                Some(metric::Data::ExponentialHistogram(ExponentialHistogram {
                    data_points,
                    aggregation_temporality,
                }))
            }
        ),
        vec(summary(), 0..4)
            .prop_map(|data_points| Some(metric::Data::Summary(Summary { data_points }))),
    ]
}

/// Any metrics request.
pub(crate) fn metrics() -> impl Strategy<Value = ExportMetricsServiceRequest> {
    let metric = (text(), text(), text(), attributes(), data()).prop_map(
        |(name, description, unit, metadata, data)| Metric {
            name,
            description,
            unit,
            metadata,
            data,
        },
    );
    let scopes = (scope(), vec(metric, 0..3), text()).prop_map(|(scope, metrics, schema_url)| {
        ScopeMetrics {
            scope,
            metrics,
            schema_url,
        }
    });
    let groups = (resource(), vec(scopes, 0..3), text()).prop_map(
        |(resource, scope_metrics, schema_url)| ResourceMetrics {
            resource,
            scope_metrics,
            schema_url,
        },
    );
    vec(groups, 0..3).prop_map(|resource_metrics| ExportMetricsServiceRequest { resource_metrics })
}
