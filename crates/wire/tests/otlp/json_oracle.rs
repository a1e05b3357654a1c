//! JSON: requests printed here, independently of our encoder and in every permitted spelling,
//! decode to what their protobuf form decodes to; and what our encoder prints does, too.

use crate::random::Random;
use crate::{generate, normal};
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue};
use opentelemetry_proto::tonic::logs::v1::{LogRecord, SeverityNumber};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::span::{Event, Link, SpanKind};
use opentelemetry_proto::tonic::trace::v1::{Span, Status, status::StatusCode};
use proptest::prelude::*;
use prost::Message as _;
use std::fmt::Display;
use tacho_wire::collect::{LogCollector, SpanCollector};
use tacho_wire::otlp::encode::json;
use tacho_wire::otlp::{DecodeOptions, decode_logs, decode_traces, json_decode};

/// Prints with choices taken at random.
struct Printer(Random);

type Member = (&'static str, String);

impl Printer {
    /// An object: keys in either spelling, members in any order, unknown and null ones between.
    fn object(&mut self, mut members: Vec<Member>) -> String {
        members.retain(|(_, value)| value != "null" || self.0.one_in(2));
        if self.0.one_in(4) {
            members.push(("unknownKey", r#"{"a":[1,{"b":"]}\""},null]}"#.to_owned()));
        }
        let mut out = "{".to_owned();
        while !members.is_empty() {
            let index = self.0.below(members.len());
            let (key, value) = members.swap_remove(index);
            let space = if self.0.one_in(5) { " \n\t" } else { "" };
            let key = if self.0.one_in(3) {
                snake(key)
            } else {
                key.to_owned()
            };
            let comma = if members.is_empty() { "" } else { "," };
            out += &format!("{space}\"{key}\"{space}:{space}{value}{space}{comma}");
        }
        out + "}"
    }

    fn list<T>(&mut self, items: &[T], print: impl Fn(&mut Self, &T) -> String) -> String {
        if items.is_empty() {
            return "null".to_owned();
        }
        let items: Vec<_> = items.iter().map(|item| print(self, item)).collect();
        format!("[{}]", items.join(","))
    }

    fn number(&mut self, value: impl Display) -> String {
        if self.0.one_in(2) {
            format!("\"{value}\"")
        } else {
            value.to_string()
        }
    }

    fn named(&mut self, number: i32, name: Option<&str>) -> String {
        match name {
            Some(name) if self.0.one_in(2) => format!("\"{name}\""),
            _ => number.to_string(),
        }
    }

    fn id(&mut self, bytes: &[u8]) -> String {
        let upper = self.0.one_in(2);
        let digits = bytes.iter().map(|byte| match upper {
            true => format!("{byte:02X}"),
            false => format!("{byte:02x}"),
        });
        format!("\"{}\"", digits.collect::<String>())
    }

    fn double(&mut self, value: f64) -> String {
        if value.is_nan() {
            "\"NaN\"".to_owned()
        } else if value.is_infinite() {
            format!("\"{}Infinity\"", if value < 0.0 { "-" } else { "" })
        } else {
            self.number(format_args!("{value:e}"))
        }
    }

    fn any(&mut self, value: &AnyValue) -> String {
        use base64::Engine as _;
        let member = match &value.value {
            None | Some(Value::StringValueStrindex(_)) => return "{}".to_owned(),
            Some(Value::StringValue(value)) => ("stringValue", text(value)),
            Some(Value::BoolValue(value)) => ("boolValue", value.to_string()),
            Some(Value::IntValue(value)) => ("intValue", self.number(value)),
            Some(Value::DoubleValue(value)) => ("doubleValue", self.double(*value)),
            Some(Value::BytesValue(value)) => {
                let engine = match self.0.below(3) {
                    0 => base64::engine::general_purpose::STANDARD,
                    1 => base64::engine::general_purpose::STANDARD_NO_PAD,
                    _ => base64::engine::general_purpose::URL_SAFE,
                };
                ("bytesValue", text(&engine.encode(value)))
            }
            Some(Value::ArrayValue(array)) => {
                let values = self.list(&array.values, Self::any);
                ("arrayValue", self.object(vec![("values", values)]))
            }
            Some(Value::KvlistValue(map)) => {
                let values = self.list(&map.values, Self::pair);
                ("kvlistValue", self.object(vec![("values", values)]))
            }
        };
        self.object(vec![member])
    }

    fn pair(&mut self, pair: &KeyValue) -> String {
        let value = match &pair.value {
            Some(value) => self.any(value),
            None => "null".to_owned(),
        };
        self.object(vec![("key", text(&pair.key)), ("value", value)])
    }

    fn pairs(&mut self, pairs: &[KeyValue]) -> Member {
        ("attributes", self.list(pairs, Self::pair))
    }

    fn dropped(&mut self, count: u32) -> Member {
        ("droppedAttributesCount", self.number(count))
    }

    fn resource(&mut self, resource: Option<&Resource>) -> Member {
        let Some(resource) = resource else {
            return ("resource", "null".to_owned());
        };
        let entities = self.list(&resource.entity_refs, |out, entity| {
            let ids = out.list(&entity.id_keys, |_, key| text(key));
            let descriptions = out.list(&entity.description_keys, |_, key| text(key));
            out.object(vec![
                ("schemaUrl", text(&entity.schema_url)),
                ("type", text(&entity.r#type)),
                ("idKeys", ids),
                ("descriptionKeys", descriptions),
            ])
        });
        let members = vec![
            self.pairs(&resource.attributes),
            self.dropped(resource.dropped_attributes_count),
            ("entityRefs", entities),
        ];
        ("resource", self.object(members))
    }

    fn scope(&mut self, scope: Option<&InstrumentationScope>) -> Member {
        let Some(scope) = scope else {
            return ("scope", "null".to_owned());
        };
        let members = vec![
            ("name", text(&scope.name)),
            ("version", text(&scope.version)),
            self.pairs(&scope.attributes),
            self.dropped(scope.dropped_attributes_count),
        ];
        ("scope", self.object(members))
    }

    fn event(&mut self, event: &Event) -> String {
        let members = vec![
            ("timeUnixNano", self.number(event.time_unix_nano)),
            ("name", text(&event.name)),
            self.pairs(&event.attributes),
            self.dropped(event.dropped_attributes_count),
        ];
        self.object(members)
    }

    fn link(&mut self, link: &Link) -> String {
        let members = vec![
            ("traceId", self.id(&link.trace_id)),
            ("spanId", self.id(&link.span_id)),
            ("traceState", text(&link.trace_state)),
            self.pairs(&link.attributes),
            self.dropped(link.dropped_attributes_count),
            ("flags", self.number(link.flags)),
        ];
        self.object(members)
    }

    fn status(&mut self, status: Option<&Status>) -> Member {
        let Some(status) = status else {
            return ("status", "null".to_owned());
        };
        let name = StatusCode::try_from(status.code).ok();
        let members = vec![
            ("message", text(&status.message)),
            (
                "code",
                self.named(status.code, name.map(|code| code.as_str_name())),
            ),
        ];
        ("status", self.object(members))
    }

    fn span(&mut self, span: &Span) -> String {
        let kind = SpanKind::try_from(span.kind).ok();
        let members = vec![
            ("traceId", self.id(&span.trace_id)),
            ("spanId", self.id(&span.span_id)),
            ("parentSpanId", self.id(&span.parent_span_id)),
            ("traceState", text(&span.trace_state)),
            ("flags", self.number(span.flags)),
            ("name", text(&span.name)),
            (
                "kind",
                self.named(span.kind, kind.map(|kind| kind.as_str_name())),
            ),
            ("startTimeUnixNano", self.number(span.start_time_unix_nano)),
            ("endTimeUnixNano", self.number(span.end_time_unix_nano)),
            self.pairs(&span.attributes),
            self.dropped(span.dropped_attributes_count),
            ("events", self.list(&span.events, Self::event)),
            ("droppedEventsCount", self.number(span.dropped_events_count)),
            ("links", self.list(&span.links, Self::link)),
            ("droppedLinksCount", self.number(span.dropped_links_count)),
            self.status(span.status.as_ref()),
        ];
        self.object(members)
    }

    fn record(&mut self, record: &LogRecord) -> String {
        let severity = SeverityNumber::try_from(record.severity_number).ok();
        let severity = severity.map(|severity| severity.as_str_name());
        let body = match &record.body {
            Some(body) => self.any(body),
            None => "null".to_owned(),
        };
        let members = vec![
            ("timeUnixNano", self.number(record.time_unix_nano)),
            (
                "observedTimeUnixNano",
                self.number(record.observed_time_unix_nano),
            ),
            (
                "severityNumber",
                self.named(record.severity_number, severity),
            ),
            ("severityText", text(&record.severity_text)),
            ("body", body),
            self.pairs(&record.attributes),
            self.dropped(record.dropped_attributes_count),
            ("flags", self.number(record.flags)),
            ("traceId", self.id(&record.trace_id)),
            ("spanId", self.id(&record.span_id)),
            ("eventName", text(&record.event_name)),
        ];
        self.object(members)
    }

    fn traces(&mut self, request: &ExportTraceServiceRequest) -> String {
        let groups = self.list(&request.resource_spans, |out, group| {
            let scopes = out.list(&group.scope_spans, |out, scope| {
                let members = vec![
                    out.scope(scope.scope.as_ref()),
                    ("spans", out.list(&scope.spans, Self::span)),
                    ("schemaUrl", text(&scope.schema_url)),
                ];
                out.object(members)
            });
            let members = vec![
                out.resource(group.resource.as_ref()),
                ("scopeSpans", scopes),
                ("schemaUrl", text(&group.schema_url)),
            ];
            out.object(members)
        });
        self.object(vec![("resourceSpans", groups)])
    }

    fn logs(&mut self, request: &ExportLogsServiceRequest) -> String {
        let groups = self.list(&request.resource_logs, |out, group| {
            let scopes = out.list(&group.scope_logs, |out, scope| {
                let members = vec![
                    out.scope(scope.scope.as_ref()),
                    ("logRecords", out.list(&scope.log_records, Self::record)),
                    ("schemaUrl", text(&scope.schema_url)),
                ];
                out.object(members)
            });
            let members = vec![
                out.resource(group.resource.as_ref()),
                ("scopeLogs", scopes),
                ("schemaUrl", text(&group.schema_url)),
            ];
            out.object(members)
        });
        self.object(vec![("resourceLogs", groups)])
    }
}

fn text(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

fn snake(key: &str) -> String {
    let mut out = String::new();
    for character in key.chars() {
        if character.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(character.to_ascii_lowercase());
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn traces_in_json_are_the_traces_in_protobuf(mut request in generate::traces(), seed: u64) {
        normal::traces(&mut request);
        let options = DecodeOptions::default();

        let mut expected = SpanCollector::default();
        decode_traces::decode_traces(&request.encode_to_vec(), &options, &mut expected).unwrap();
        normal::one_nan_in_spans(&mut expected.groups);

        let printed = Printer(Random(seed)).traces(&request);
        let mut printed_sink = SpanCollector::default();
        json_decode::decode_traces(printed.as_bytes(), &options, &mut printed_sink).unwrap();
        prop_assert_eq!(&printed_sink.groups, &expected.groups, "{}", printed);

        let encoded = json::encode_traces(&expected.groups);
        let valid: Result<serde_json::Value, _> = serde_json::from_str(&encoded);
        prop_assert!(valid.is_ok(), "{}", encoded);
        let mut encoded_sink = SpanCollector::default();
        json_decode::decode_traces(encoded.as_bytes(), &options, &mut encoded_sink).unwrap();
        prop_assert_eq!(&encoded_sink.groups, &expected.groups, "{}", encoded);
    }

    #[test]
    fn logs_in_json_are_the_logs_in_protobuf(mut request in generate::logs(), seed: u64) {
        normal::logs(&mut request);
        let options = DecodeOptions::default();

        let mut expected = LogCollector::default();
        decode_logs::decode_logs(&request.encode_to_vec(), &options, &mut expected).unwrap();
        normal::one_nan_in_logs(&mut expected.groups);

        let printed = Printer(Random(seed)).logs(&request);
        let mut printed_sink = LogCollector::default();
        json_decode::decode_logs(printed.as_bytes(), &options, &mut printed_sink).unwrap();
        prop_assert_eq!(&printed_sink.groups, &expected.groups, "{}", printed);

        let encoded = json::encode_logs(&expected.groups);
        let valid: Result<serde_json::Value, _> = serde_json::from_str(&encoded);
        prop_assert!(valid.is_ok(), "{}", encoded);
        let mut encoded_sink = LogCollector::default();
        json_decode::decode_logs(encoded.as_bytes(), &options, &mut encoded_sink).unwrap();
        prop_assert_eq!(&encoded_sink.groups, &expected.groups, "{}", encoded);
    }
}
