//! The normalisations of `docs/formats/otlp.md`, applied to `opentelemetry-proto` types.

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue};
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{Span, Status};
use tacho_model::sink::ExemplarValue;
use tacho_model::value::{Attributes, Value as Model};
use tacho_wire::otlp::metrics::{DataPointValue, ResourceMetrics};
use tacho_wire::otlp::{ResourceLogs, ResourceSpans};

fn time(ns: &mut u64) {
    *ns = (*ns).min(i64::MAX as u64);
}

/// Zero is "none".
fn optional_id(id: &mut Vec<u8>) {
    if id.iter().all(|byte| *byte == 0) {
        id.clear();
    }
}

pub(crate) fn link_id(id: &mut Vec<u8>, length: usize) {
    if id.len() != length {
        id.clear();
    }
    optional_id(id);
}

fn is_id(id: &[u8], length: usize) -> bool {
    id.len() == length && id.iter().any(|byte| *byte != 0)
}

fn is_optional_id(id: &[u8], length: usize) -> bool {
    id.is_empty() || id.len() == length
}

fn value(any: &mut AnyValue) {
    match &mut any.value {
        Some(Value::StringValueStrindex(_)) => any.value = None,
        Some(Value::ArrayValue(array)) => array.values.iter_mut().for_each(value),
        Some(Value::KvlistValue(list)) => attributes(&mut list.values),
        _ => {}
    }
}

/// A missing value and an empty one are the same.
pub(crate) fn attributes(pairs: &mut [KeyValue]) {
    for pair in pairs {
        pair.key_strindex = 0;
        value(pair.value.get_or_insert_default());
    }
}

pub(crate) fn resource(resource: &mut Option<Resource>) {
    if let Some(inner) = resource {
        attributes(&mut inner.attributes);
        if *inner == Resource::default() {
            *resource = None;
        }
    }
}

pub(crate) fn scope(scope: &mut Option<InstrumentationScope>) {
    if let Some(inner) = scope {
        attributes(&mut inner.attributes);
        if *inner == InstrumentationScope::default() {
            *scope = None;
        }
    }
}

fn span(span: &mut Span) {
    optional_id(&mut span.parent_span_id);
    if !(0..=5).contains(&span.kind) {
        span.kind = 0;
    }
    time(&mut span.start_time_unix_nano);
    time(&mut span.end_time_unix_nano);
    attributes(&mut span.attributes);
    for event in &mut span.events {
        time(&mut event.time_unix_nano);
        attributes(&mut event.attributes);
    }
    for link in &mut span.links {
        link_id(&mut link.trace_id, 16);
        link_id(&mut link.span_id, 8);
        attributes(&mut link.attributes);
    }
    if let Some(status) = &mut span.status {
        if !(0..=2).contains(&status.code) {
            status.code = 0;
        }
        if *status == Status::default() {
            span.status = None;
        }
    }
}

fn record(record: &mut LogRecord) {
    optional_id(&mut record.trace_id);
    optional_id(&mut record.span_id);
    time(&mut record.time_unix_nano);
    time(&mut record.observed_time_unix_nano);
    if !(0..=24).contains(&record.severity_number) {
        record.severity_number = 0;
    }
    attributes(&mut record.attributes);
    if let Some(body) = &mut record.body {
        value(body);
        if body.value.is_none() {
            record.body = None;
        }
    }
}

/// Normalises a request and takes out the spans that a collector refuses; their number.
pub(crate) fn traces(request: &mut ExportTraceServiceRequest) -> u64 {
    let mut refused = 0;
    for group in &mut request.resource_spans {
        resource(&mut group.resource);
        for spans in &mut group.scope_spans {
            scope(&mut spans.scope);
            let before = spans.spans.len();
            spans.spans.retain(|span| {
                is_id(&span.trace_id, 16)
                    && is_id(&span.span_id, 8)
                    && is_optional_id(&span.parent_span_id, 8)
            });
            refused += (before - spans.spans.len()) as u64;
            spans.spans.iter_mut().for_each(span);
        }
    }
    refused
}

/// Likewise for log records.
pub(crate) fn logs(request: &mut ExportLogsServiceRequest) -> u64 {
    let mut refused = 0;
    for group in &mut request.resource_logs {
        resource(&mut group.resource);
        for records in &mut group.scope_logs {
            scope(&mut records.scope);
            let before = records.log_records.len();
            records.log_records.retain(|record| {
                is_optional_id(&record.trace_id, 16) && is_optional_id(&record.span_id, 8)
            });
            refused += (before - records.log_records.len()) as u64;
            records.log_records.iter_mut().for_each(record);
        }
    }
    refused
}

/// JSON has one NaN only.
pub(crate) fn one_nan(value: &mut Model) {
    match value {
        Model::Double(double) if double.is_nan() => *double = f64::NAN,
        Model::Array(items) => items.iter_mut().for_each(one_nan),
        Model::Map(pairs) => pairs.iter_mut().for_each(|(_, value)| one_nan(value)),
        _ => {}
    }
}

pub(crate) fn one_nan_each(attributes: &mut Attributes) {
    attributes
        .0
        .iter_mut()
        .for_each(|(_, value)| one_nan(value));
}

pub(crate) fn one_nan_in_spans(groups: &mut [ResourceSpans]) {
    for group in groups {
        one_nan_each(&mut group.resource.attributes);
        for scope in &mut group.scopes {
            one_nan_each(&mut scope.scope.attributes);
            for span in &mut scope.spans {
                one_nan_each(&mut span.attributes);
                for event in &mut span.events {
                    one_nan_each(&mut event.attributes);
                }
                for link in &mut span.links {
                    one_nan_each(&mut link.attributes);
                }
            }
        }
    }
}

pub(crate) fn one_nan_in_logs(groups: &mut [ResourceLogs]) {
    for group in groups {
        one_nan_each(&mut group.resource.attributes);
        for scope in &mut group.scopes {
            one_nan_each(&mut scope.scope.attributes);
            for record in &mut scope.records {
                one_nan_each(&mut record.attributes);
                one_nan(&mut record.body);
            }
        }
    }
}

fn one_nan_number(value: &mut f64) {
    if value.is_nan() {
        *value = f64::NAN;
    }
}

pub(crate) fn one_nan_in_metrics(groups: &mut [ResourceMetrics]) {
    for group in groups {
        one_nan_each(&mut group.resource.attributes);
        for scope in &mut group.scopes {
            one_nan_each(&mut scope.scope.attributes);
            for metric in &mut scope.metrics {
                one_nan_each(&mut metric.metadata);
                for point in &mut metric.points {
                    one_nan_each(&mut point.attributes);
                    one_nan_point(&mut point.value);
                    for exemplar in &mut point.exemplars {
                        one_nan_each(&mut exemplar.attributes);
                        if let ExemplarValue::Double(value) = &mut exemplar.value {
                            one_nan_number(value);
                        }
                    }
                }
            }
        }
    }
}

fn one_nan_point(value: &mut DataPointValue) {
    match value {
        DataPointValue::Absent | DataPointValue::Int(_) => {}
        DataPointValue::Double(value) => one_nan_number(value),
        DataPointValue::Histogram(value) => {
            value.bounds.iter_mut().for_each(one_nan_number);
            [&mut value.sum, &mut value.min, &mut value.max]
                .into_iter()
                .flatten()
                .for_each(one_nan_number);
        }
        DataPointValue::Exponential(value) => {
            one_nan_number(&mut value.zero_threshold);
            [&mut value.sum, &mut value.min, &mut value.max]
                .into_iter()
                .flatten()
                .for_each(one_nan_number);
        }
        DataPointValue::Summary(value) => {
            one_nan_number(&mut value.sum);
            for (quantile, value) in &mut value.quantiles {
                one_nan_number(quantile);
                one_nan_number(value);
            }
        }
    }
}
