//! Small requests that use every field, for tests that change bytes.

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{
    AnyValue, ArrayValue, EntityRef, InstrumentationScope, KeyValue, KeyValueList,
};
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};
use opentelemetry_proto::tonic::metrics::v1::exponential_histogram_data_point::Buckets;
use opentelemetry_proto::tonic::metrics::v1::summary_data_point::ValueAtQuantile;
use opentelemetry_proto::tonic::metrics::v1::{
    Exemplar, ExponentialHistogram, ExponentialHistogramDataPoint, Gauge, Histogram,
    HistogramDataPoint, Metric, NumberDataPoint, ResourceMetrics, ScopeMetrics, Sum, Summary,
    SummaryDataPoint, exemplar, metric, number_data_point,
};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::span::{Event, Link};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, Status};

pub(crate) fn any(value: Value) -> AnyValue {
    AnyValue { value: Some(value) }
}

pub(crate) fn pair(key: &str, value: Value) -> KeyValue {
    KeyValue {
        key: key.to_owned(),
        value: Some(any(value)),
        key_strindex: 0,
    }
}

fn attributes() -> Vec<KeyValue> {
    let list = vec![any(Value::IntValue(-1)), AnyValue::default()];
    vec![
        pair("text", Value::StringValue("é\"\n".to_owned())),
        pair("bool", Value::BoolValue(true)),
        pair("int", Value::IntValue(i64::MIN)),
        pair("double", Value::DoubleValue(0.1)),
        pair("bytes", Value::BytesValue(vec![0, 255])),
        pair("list", Value::ArrayValue(ArrayValue { values: list })),
        pair(
            "map",
            Value::KvlistValue(KeyValueList {
                values: vec![pair("inner", Value::DoubleValue(f64::INFINITY))],
            }),
        ),
    ]
}

fn resource() -> Resource {
    Resource {
        attributes: vec![pair("service.name", Value::StringValue("shop".to_owned()))],
        dropped_attributes_count: 1,
        entity_refs: vec![EntityRef {
            schema_url: "https://example.com/1".to_owned(),
            r#type: "service".to_owned(),
            id_keys: vec!["service.name".to_owned()],
            description_keys: vec!["service.version".to_owned()],
        }],
    }
}

fn scope() -> InstrumentationScope {
    InstrumentationScope {
        name: "library".to_owned(),
        version: "1.2".to_owned(),
        attributes: vec![pair("scope", Value::BoolValue(false))],
        dropped_attributes_count: 2,
    }
}

pub(crate) fn traces() -> ExportTraceServiceRequest {
    let span = Span {
        trace_id: (1..17).collect(),
        span_id: (1..9).collect(),
        trace_state: "vendor=1".to_owned(),
        parent_span_id: (2..10).collect(),
        flags: 0x101,
        name: "GET /".to_owned(),
        kind: 2,
        start_time_unix_nano: 1_544_712_660_000_000_000,
        end_time_unix_nano: 1_544_712_661_000_000_000,
        attributes: attributes(),
        dropped_attributes_count: 3,
        events: vec![Event {
            time_unix_nano: 1_544_712_660_500_000_000,
            name: "exception".to_owned(),
            attributes: attributes(),
            dropped_attributes_count: 4,
        }],
        dropped_events_count: 5,
        links: vec![Link {
            trace_id: vec![7; 16],
            span_id: vec![8; 8],
            trace_state: "other=2".to_owned(),
            attributes: vec![pair("why", Value::IntValue(1))],
            dropped_attributes_count: 6,
            flags: 1,
        }],
        dropped_links_count: 7,
        status: Some(Status {
            message: "went wrong".to_owned(),
            code: 2,
        }),
    };
    ExportTraceServiceRequest {
        resource_spans: vec![ResourceSpans {
            resource: Some(resource()),
            scope_spans: vec![ScopeSpans {
                scope: Some(scope()),
                spans: vec![span],
                schema_url: "https://example.com/2".to_owned(),
            }],
            schema_url: "https://example.com/3".to_owned(),
        }],
    }
}

pub(crate) fn logs() -> ExportLogsServiceRequest {
    let record = LogRecord {
        time_unix_nano: 1_544_712_660_300_000_000,
        observed_time_unix_nano: 1_544_712_660_400_000_000,
        severity_number: 10,
        severity_text: "Information".to_owned(),
        body: Some(any(Value::KvlistValue(KeyValueList {
            values: attributes(),
        }))),
        attributes: attributes(),
        dropped_attributes_count: 1,
        flags: 1,
        trace_id: (1..17).collect(),
        span_id: (1..9).collect(),
        event_name: "order.placed".to_owned(),
    };
    ExportLogsServiceRequest {
        resource_logs: vec![ResourceLogs {
            resource: Some(resource()),
            scope_logs: vec![ScopeLogs {
                scope: Some(scope()),
                log_records: vec![record],
                schema_url: "https://example.com/2".to_owned(),
            }],
            schema_url: "https://example.com/3".to_owned(),
        }],
    }
}

fn exemplars() -> Vec<Exemplar> {
    vec![Exemplar {
        filtered_attributes: vec![pair("user", Value::IntValue(7))],
        time_unix_nano: 1_544_712_660_500_000_000,
        span_id: (1..9).collect(),
        trace_id: (1..17).collect(),
        value: Some(exemplar::Value::AsDouble(0.75)),
    }]
}

fn number(value: number_data_point::Value) -> NumberDataPoint {
    NumberDataPoint {
        attributes: attributes(),
        start_time_unix_nano: 1_544_712_660_000_000_000,
        time_unix_nano: 1_544_712_661_000_000_000,
        exemplars: exemplars(),
        flags: 1,
        value: Some(value),
    }
}

fn histograms() -> [metric::Data; 2] {
    let explicit = HistogramDataPoint {
        attributes: attributes(),
        start_time_unix_nano: 1,
        time_unix_nano: 2,
        count: 6,
        sum: Some(4.5),
        bucket_counts: vec![1, 2, 3],
        explicit_bounds: vec![0.5, 1.0],
        exemplars: exemplars(),
        flags: 0,
        min: Some(0.25),
        max: Some(9.0),
    };
    let exponential = ExponentialHistogramDataPoint {
        attributes: attributes(),
        start_time_unix_nano: 1,
        time_unix_nano: 2,
        count: 9,
        sum: Some(-1.5),
        scale: -2,
        zero_count: 1,
        positive: Some(Buckets {
            offset: -3,
            bucket_counts: vec![1, 300, 2],
        }),
        negative: Some(Buckets {
            offset: 4,
            bucket_counts: vec![5],
        }),
        flags: 0,
        exemplars: exemplars(),
        min: Some(-8.0),
        max: Some(3.0),
        zero_threshold: 0.125,
    };
    [
        metric::Data::Histogram(Histogram {
            data_points: vec![explicit],
            aggregation_temporality: 1,
        }),
        metric::Data::ExponentialHistogram(ExponentialHistogram {
            data_points: vec![exponential],
            aggregation_temporality: 2,
        }),
    ]
}

pub(crate) fn metrics() -> ExportMetricsServiceRequest {
    let summary = SummaryDataPoint {
        attributes: attributes(),
        start_time_unix_nano: 1,
        time_unix_nano: 2,
        count: 3,
        sum: 4.0,
        quantile_values: vec![ValueAtQuantile {
            quantile: 0.99,
            value: 2.5,
        }],
        flags: 0,
    };
    let mut data = vec![
        metric::Data::Gauge(Gauge {
            data_points: vec![number(number_data_point::Value::AsInt(-5))],
        }),
        metric::Data::Sum(Sum {
            data_points: vec![number(number_data_point::Value::AsDouble(0.5))],
            aggregation_temporality: 2,
            is_monotonic: true,
        }),
        metric::Data::Summary(Summary {
            data_points: vec![summary],
        }),
    ];
    data.extend(histograms());
    let metrics = data.into_iter().map(|data| Metric {
        name: "queue.wait".to_owned(),
        description: "time in the queue".to_owned(),
        unit: "ms".to_owned(),
        metadata: vec![pair("meta", Value::BoolValue(true))],
        data: Some(data),
    });
    ExportMetricsServiceRequest {
        resource_metrics: vec![ResourceMetrics {
            resource: Some(resource()),
            scope_metrics: vec![ScopeMetrics {
                scope: Some(scope()),
                metrics: metrics.collect(),
                schema_url: "https://example.com/2".to_owned(),
            }],
            schema_url: "https://example.com/3".to_owned(),
        }],
    }
}
