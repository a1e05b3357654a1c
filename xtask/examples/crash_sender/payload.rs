//! What a request carries: a function of its numbers alone, so that the checker knows it too.

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};
use opentelemetry_proto::tonic::metrics::v1::{
    Metric, NumberDataPoint, ResourceMetrics, ScopeMetrics, Sum, metric, number_data_point,
};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use serde_json::json;
use std::time::SystemTime;

/// One request of a lane.
pub(crate) struct Request {
    pub seed: u64,
    pub round: u32,
    pub lane: usize,
    pub lane_name: &'static str,
    pub number: u64,
    /// When the lane began, in nanoseconds.
    pub begun: u64,
}

/// What a request carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signal {
    Spans,
    Logs,
    /// Samples by remote write.
    Samples,
    /// A delta point of a counter.
    Sums,
}

impl Request {
    /// How many spans or records it has: 1 to 12.
    pub(crate) fn items(&self) -> u64 {
        1 + (self.number * 7 + self.lane as u64) % 12
    }

    /// What the lane sends.
    pub(crate) fn signal(&self) -> Signal {
        match self.lane_name.split('-').next() {
            Some("spans") => Signal::Spans,
            Some("samples") => Signal::Samples,
            Some("sums") => Signal::Sums,
            _ => Signal::Logs,
        }
    }

    /// Whether it goes as JSON.
    pub(crate) fn is_json(&self) -> bool {
        self.lane_name.ends_with("json")
    }

    /// One delta point, which says that the counter grew by the number of items.
    pub(crate) fn sums(&self) -> ExportMetricsServiceRequest {
        let value = i64::try_from(self.items()).unwrap_or(i64::MAX);
        let point = NumberDataPoint {
            start_time_unix_nano: self.begun,
            time_unix_nano: now(),
            value: Some(number_data_point::Value::AsInt(value)),
            ..NumberDataPoint::default()
        };
        let sum = Sum {
            data_points: vec![point],
            aggregation_temporality: 1,
            is_monotonic: true,
        };
        let metric = Metric {
            name: "crash.work".to_owned(),
            data: Some(metric::Data::Sum(sum)),
            ..Metric::default()
        };
        let scope_metrics = vec![ScopeMetrics {
            metrics: vec![metric],
            ..ScopeMetrics::default()
        }];
        let resource_metrics = vec![ResourceMetrics {
            resource: Some(self.resource()),
            scope_metrics,
            ..ResourceMetrics::default()
        }];
        ExportMetricsServiceRequest { resource_metrics }
    }

    /// As protobuf.
    pub(crate) fn spans(&self) -> ExportTraceServiceRequest {
        let now = now();
        let span = |item: u64| Span {
            trace_id: self.trace_id().to_be_bytes().to_vec(),
            span_id: self.span_id(item).to_be_bytes().to_vec(),
            name: format!("item {item}"),
            kind: 1,
            start_time_unix_nano: now + item,
            end_time_unix_nano: now + item + 1_000,
            attributes: self.attributes(item),
            ..Span::default()
        };
        let scope_spans = vec![ScopeSpans {
            spans: (1..=self.items()).map(span).collect(),
            ..ScopeSpans::default()
        }];
        let resource_spans = vec![ResourceSpans {
            resource: Some(self.resource()),
            scope_spans,
            ..ResourceSpans::default()
        }];
        ExportTraceServiceRequest { resource_spans }
    }

    /// As protobuf.
    pub(crate) fn logs(&self) -> ExportLogsServiceRequest {
        let now = now();
        let record = |item: u64| LogRecord {
            time_unix_nano: now + item,
            severity_number: 9,
            body: Some(text(self.body(item))),
            attributes: self.attributes(item),
            trace_id: self.trace_id().to_be_bytes().to_vec(),
            span_id: self.span_id(item).to_be_bytes().to_vec(),
            ..LogRecord::default()
        };
        let log_records = (1..=self.items()).map(record).collect();
        let scope_logs = vec![ScopeLogs {
            log_records,
            ..ScopeLogs::default()
        }];
        let resource_logs = vec![ResourceLogs {
            resource: Some(self.resource()),
            scope_logs,
            ..ResourceLogs::default()
        }];
        ExportLogsServiceRequest { resource_logs }
    }

    /// The same as OTLP JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        let now = now();
        let resource = json!({ "attributes": [
            { "key": "service.name", "value": { "stringValue": self.service() } }] });
        let item = |item: u64| {
            let mut out = json!({
                "traceId": format!("{:032x}", self.trace_id()),
                "spanId": format!("{:016x}", self.span_id(item)),
                "attributes": [
                    { "key": "crash.item", "value": { "intValue": item.to_string() } },
                    { "key": "crash.prompt", "value": { "stringValue": self.prompt(item) } }],
            });
            if self.signal() == Signal::Spans {
                out["name"] = json!(format!("item {item}"));
                out["kind"] = json!(1);
                out["startTimeUnixNano"] = json!((now + item).to_string());
                out["endTimeUnixNano"] = json!((now + item + 1_000).to_string());
            } else {
                out["timeUnixNano"] = json!((now + item).to_string());
                out["severityNumber"] = json!(9);
                out["body"] = json!({ "stringValue": self.body(item) });
            }
            out
        };
        let items: Vec<serde_json::Value> = (1..=self.items()).map(item).collect();
        if self.signal() == Signal::Spans {
            let scopes = [json!({ "spans": items })];
            json!({ "resourceSpans": [{ "resource": resource, "scopeSpans": scopes }] })
        } else {
            let scopes = [json!({ "logRecords": items })];
            json!({ "resourceLogs": [{ "resource": resource, "scopeLogs": scopes }] })
        }
    }

    /// The counter of sums lives over all rounds.
    pub(crate) fn service(&self) -> String {
        if self.signal() == Signal::Sums {
            return format!("crash-{:08x}-{}", self.seed, self.lane_name);
        }
        format!("crash-{:08x}-{}-{}", self.seed, self.round, self.lane_name)
    }

    /// Eight digits seed, four round, four lane, sixteen number.
    fn trace_id(&self) -> u128 {
        u128::from(self.seed) << 96
            | u128::from(self.round) << 80
            | (self.lane as u128) << 64
            | u128::from(self.number)
    }

    fn span_id(&self, item: u64) -> u64 {
        self.number << 32 | item
    }

    fn body(&self, item: u64) -> String {
        format!("request {} item {item} of {}", self.number, self.items())
    }

    /// Mostly short; now and then so long that it goes to the value store, and often repeated.
    fn prompt(&self, item: u64) -> String {
        match (self.number + item) % 16 {
            0 => format!("You are agent {item}. ").repeat(1_500),
            _ => format!("step {item}"),
        }
    }

    fn attributes(&self, item: u64) -> Vec<KeyValue> {
        let number = i64::try_from(item).unwrap_or(i64::MAX);
        vec![
            pair(
                "crash.item",
                AnyValue {
                    value: Some(Value::IntValue(number)),
                },
            ),
            pair("crash.prompt", text(self.prompt(item))),
        ]
    }

    fn resource(&self) -> Resource {
        Resource {
            attributes: vec![pair("service.name", text(self.service()))],
            ..Resource::default()
        }
    }
}

fn pair(key: &str, value: AnyValue) -> KeyValue {
    KeyValue {
        key: key.to_owned(),
        value: Some(value),
        ..KeyValue::default()
    }
}

fn text(text: String) -> AnyValue {
    AnyValue {
        value: Some(Value::StringValue(text)),
    }
}

/// Nanoseconds since 1970.
pub(crate) fn now() -> u64 {
    let since = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}
