//! Bodies of answers: `google.rpc.Status` with an optional `RetryInfo`, and the export responses
//! with their partial success, in protobuf and JSON. Source: googleapis `google/rpc/status.proto`,
//! `error_details.proto`; opentelemetry-proto `collector/{trace,logs}/v1`; OTLP specification.

use crate::json::writer::Writer as JsonWriter;
use crate::pb::Writer;
use std::time::Duration;
use tacho_model::signal::Signal;

/// Type URL of the detail that tells when to come again.
pub const RETRY_INFO_TYPE: &str = "type.googleapis.com/google.rpc.RetryInfo";

/// A failure as gRPC and OTLP/HTTP tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// Code of `google.rpc.Code`, such as 3 for INVALID_ARGUMENT.
    pub code: i32,
    /// What went wrong, for people.
    pub message: String,
    /// When to try again; present only if that makes sense.
    pub retry_delay: Option<Duration>,
}

impl Status {
    /// The protobuf message, also the value of `grpc-status-details-bin` before base64.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Writer::new();
        out.varint_if(1, i64::from(self.code) as u64);
        out.bytes_if(2, self.message.as_bytes());
        if let Some(delay) = self.retry_delay {
            out.message(3, |any| {
                any.bytes(1, RETRY_INFO_TYPE.as_bytes());
                any.message(2, |info| {
                    info.message(1, |duration| {
                        duration.varint_if(1, seconds(delay));
                        duration.varint_if(2, delay.subsec_nanos().into());
                    });
                });
            });
        }
        out.into_bytes()
    }

    /// The message as protobuf's JSON.
    pub fn encode_json(&self) -> String {
        let mut out = JsonWriter::default();
        out.object(|out| {
            out.key("code").plain(self.code);
            out.key("message").string(&self.message);
            if let Some(delay) = self.retry_delay {
                out.key("details").array(|out| {
                    out.object(|out| {
                        out.key("@type").string(RETRY_INFO_TYPE);
                        out.key("retryDelay").string(&duration_text(delay));
                    });
                });
            }
        });
        out.into_text()
    }
}

/// Longest duration that protobuf can tell: about 10,000 years.
const SECONDS_MAX: u64 = 315_576_000_000;

fn seconds(delay: Duration) -> u64 {
    delay.as_secs().min(SECONDS_MAX)
}

/// A duration as protobuf's JSON: seconds with 0, 3, 6 or 9 digits behind the point.
fn duration_text(delay: Duration) -> String {
    let (seconds, ns) = (seconds(delay), delay.subsec_nanos());
    if ns == 0 {
        format!("{seconds}s")
    } else if ns % 1_000_000 == 0 {
        format!("{seconds}.{:03}s", ns / 1_000_000)
    } else if ns % 1000 == 0 {
        format!("{seconds}.{:06}s", ns / 1000)
    } else {
        format!("{seconds}.{ns:09}s")
    }
}

/// What of a request was not taken. With a count of 0 the message is a warning.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PartialSuccess {
    /// Items that were refused.
    pub rejected_count: u64,
    /// Why, and what to do about it, for people.
    pub message: String,
}

/// `ExportTraceServiceResponse` or `ExportLogsServiceResponse` in protobuf: the same bytes for
/// both. Without partial success it is empty.
pub fn encode_response(partial_success: Option<&PartialSuccess>) -> Vec<u8> {
    let mut out = Writer::new();
    if let Some(partial) = partial_success {
        out.message(1, |out| {
            out.varint_if(1, rejected(partial));
            out.bytes_if(2, partial.message.as_bytes());
        });
    }
    out.into_bytes()
}

/// The same in JSON, where the count's key depends on the signal.
pub fn encode_response_json(signal: Signal, partial_success: Option<&PartialSuccess>) -> String {
    let key = match signal {
        Signal::Spans => "rejectedSpans",
        Signal::Logs => "rejectedLogRecords",
        Signal::Samples => "rejectedDataPoints",
    };
    let mut out = JsonWriter::default();
    out.object(|out| {
        if let Some(partial) = partial_success {
            out.key("partialSuccess").object(|out| {
                out.key(key).quoted(rejected(partial));
                out.string_if("errorMessage", &partial.message);
            });
        }
    });
    out.into_text()
}

/// The count as the `int64` that OTLP has for it.
fn rejected(partial: &PartialSuccess) -> u64 {
    partial.rejected_count.min(i64::MAX as u64)
}

#[cfg(test)]
mod tests {
    use super::{PartialSuccess, RETRY_INFO_TYPE, Status, encode_response, encode_response_json};
    use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceResponse;
    use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
    use prost::Message;
    use std::time::Duration;
    use tacho_model::signal::Signal;

    /// `google.rpc.Status`, `RetryInfo` and what they are made of, written down for prost.
    #[derive(Clone, PartialEq, Message)]
    struct RpcStatus {
        #[prost(int32, tag = "1")]
        code: i32,
        #[prost(string, tag = "2")]
        message: String,
        #[prost(message, repeated, tag = "3")]
        details: Vec<Any>,
    }
    #[derive(Clone, PartialEq, Message)]
    struct Any {
        #[prost(string, tag = "1")]
        type_url: String,
        #[prost(bytes = "vec", tag = "2")]
        value: Vec<u8>,
    }
    #[derive(Clone, PartialEq, Message)]
    struct RetryInfo {
        #[prost(message, optional, tag = "1")]
        retry_delay: Option<ProtoDuration>,
    }
    #[derive(Clone, PartialEq, Message)]
    struct ProtoDuration {
        #[prost(int64, tag = "1")]
        seconds: i64,
        #[prost(int32, tag = "2")]
        nanos: i32,
    }

    fn status(retry_delay: Option<Duration>) -> Status {
        Status {
            code: 14,
            message: "the disk is \"full\"".to_owned(),
            retry_delay,
        }
    }

    #[test]
    fn a_status_with_retry_info_is_read_by_others() {
        let encoded = status(Some(Duration::from_millis(1500))).encode();
        let decoded = RpcStatus::decode(encoded.as_slice()).unwrap();
        assert_eq!(decoded.code, 14);
        assert_eq!(decoded.message, "the disk is \"full\"");
        assert_eq!(decoded.details[0].type_url, RETRY_INFO_TYPE);
        let info = RetryInfo::decode(decoded.details[0].value.as_slice()).unwrap();
        let delay = info.retry_delay.unwrap();
        assert_eq!((delay.seconds, delay.nanos), (1, 500_000_000));
    }

    #[test]
    fn a_status_without_retry_info_has_no_details() {
        let decoded = RpcStatus::decode(status(None).encode().as_slice()).unwrap();
        assert!(decoded.details.is_empty());
    }

    #[test]
    fn a_status_in_json_follows_protobufs_rules() {
        let text = status(Some(Duration::from_millis(1500))).encode_json();
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        let expected = serde_json::json!({
            "code": 14,
            "message": "the disk is \"full\"",
            "details": [{ "@type": RETRY_INFO_TYPE, "retryDelay": "1.500s" }],
        });
        assert_eq!(value, expected);
    }

    #[test]
    fn responses_tell_what_was_refused() {
        let partial = PartialSuccess {
            rejected_count: 3,
            message: "3 spans without an id".to_owned(),
        };
        let encoded = encode_response(Some(&partial));
        let traces = ExportTraceServiceResponse::decode(encoded.as_slice()).unwrap();
        let traces = traces.partial_success.unwrap();
        assert_eq!(
            (traces.rejected_spans, traces.error_message.as_str()),
            (3, "3 spans without an id")
        );
        let logs = ExportLogsServiceResponse::decode(encoded.as_slice()).unwrap();
        assert_eq!(logs.partial_success.unwrap().rejected_log_records, 3);
        assert_eq!(
            encode_response_json(Signal::Logs, Some(&partial)),
            r#"{"partialSuccess":{"rejectedLogRecords":"3","errorMessage":"3 spans without an id"}}"#
        );
    }

    #[test]
    fn full_success_is_an_empty_message() {
        assert!(encode_response(None).is_empty());
        assert_eq!(encode_response_json(Signal::Spans, None), "{}");
    }
}
