//! The receivers against a real store, driven by the official protobuf types, tonic and plain
//! sockets.

mod bad_input;
mod conformance;
mod grpc;
mod http;
mod overload;

use super::{Authorize, OtlpState, PoolLimits, ReadLimits, routes, unknown_service};
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value};
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tacho_ingest::ingest::{Config, Ingest};
use tacho_ingest::limits::Limits;
use tacho_ingest::replay::ReplayDecoder;
use tacho_model::id::TenantId;
use tacho_model::signal::Signal;
use tacho_stdx::clock::{Clock, SystemClock};
use tacho_storage::io::std_io::StdIo;
use tacho_storage::options;
use tacho_storage::store::{Parts, Store, Upkeep};

const PROTOBUF: &str = "application/x-protobuf";
const JSON: &str = "application/json";

/// What a test may want different.
struct Setup {
    store: options::Config,
    limits: Limits,
    pool: PoolLimits,
    reading: ReadLimits,
    authorize: Authorize,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            store: options::Config {
                min_free_bytes: 0,
                ..options::Config::default()
            },
            limits: Limits::default(),
            pool: PoolLimits::for_cores(1),
            reading: ReadLimits::default(),
            authorize: Arc::new(|_| Ok(TenantId::default())),
        }
    }
}

/// A server of OTLP on a port of its own.
struct Server {
    address: SocketAddr,
    ingest: Arc<Ingest>,
    client: reqwest::Client,
    _dir: tempfile::TempDir,
}

impl Server {
    async fn start(setup: Setup) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let parts = Parts {
            io: Arc::new(StdIo),
            clock: Arc::clone(&clock),
            dir: dir.path().join("data"),
            config: setup.store,
            upkeep: Upkeep::Thread,
        };
        let store = Store::open(parts, &ReplayDecoder, &|_| {}).unwrap();
        let config = Config {
            limits: setup.limits,
            config_epoch: 0,
        };
        let ingest = Arc::new(Ingest::new(store, config, clock));
        let state = OtlpState::new(
            Arc::clone(&ingest),
            setup.authorize,
            setup.pool,
            setup.reading,
        );
        let router = routes(state).fallback(unknown_service);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        // Fails if another test has done it already, which is as good.
        let _ = tokio_rustls::rustls::crypto::ring::default_provider().install_default();
        Self {
            address,
            ingest,
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
            _dir: dir,
        }
    }

    /// Items of a signal that can be read.
    fn items(&self, signal: Signal) -> u64 {
        let status = self.ingest.store().status(&TenantId::default());
        let found = status.signals.iter().find(|(name, _)| *name == signal);
        found.map_or(0, |(_, status)| status.items)
    }

    async fn post(
        &self,
        path: &str,
        headers: &[(&'static str, &str)],
        body: impl Into<reqwest::Body>,
    ) -> Answer {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let value = HeaderValue::from_str(value).unwrap();
            map.insert(HeaderName::from_static(name), value);
        }
        let url = format!("http://{}{path}", self.address);
        let request = self.client.post(url).headers(map).body(body);
        let response = request.send().await.unwrap();
        Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.bytes().await.unwrap().to_vec(),
        }
    }

    async fn post_traces(&self, request: &ExportTraceServiceRequest) -> Answer {
        let headers = [("content-type", PROTOBUF)];
        self.post("/v1/traces", &headers, request.encode_to_vec())
            .await
    }

    /// The value of a counter, all samples that have these labels added up.
    fn counter(&self, name: &str, labels: &[(&str, &str)]) -> u64 {
        let families = self.ingest.telemetry().families();
        let family = families.iter().find(|family| family.name == name).unwrap();
        let samples = family.samples.iter();
        samples
            .filter(|(sample, _)| labels.iter().all(|label| sample.contains(label)))
            .map(|(_, value)| value)
            .sum()
    }
}

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).map(|value| value.to_str().unwrap());
        value.unwrap_or_default()
    }

    fn json(&self) -> serde_json::Value {
        assert_eq!(self.header("content-type"), JSON);
        serde_json::from_slice(&self.body).unwrap()
    }

    fn rpc_status(&self) -> RpcStatus {
        assert_eq!(self.header("content-type"), PROTOBUF);
        RpcStatus::decode(self.body.as_slice()).unwrap()
    }
}

/// `google.rpc.Status`, `RetryInfo` and what they are made of.
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
    retry_delay: Option<RetryDelay>,
}
#[derive(Clone, PartialEq, Message)]
struct RetryDelay {
    #[prost(int64, tag = "1")]
    seconds: i64,
}

impl RpcStatus {
    /// Seconds of the `RetryInfo`, if there is one.
    fn retry_seconds(&self) -> Option<i64> {
        let detail = self.details.first()?;
        assert_eq!(detail.type_url, "type.googleapis.com/google.rpc.RetryInfo");
        let info = RetryInfo::decode(detail.value.as_slice()).unwrap();
        info.retry_delay.map(|delay| delay.seconds)
    }
}

fn now_ns() -> u64 {
    u64::try_from(SystemClock::new().now_ns()).unwrap()
}

/// A good span; `seed` makes its ids.
fn span(seed: u8) -> Span {
    Span {
        trace_id: vec![seed; 16],
        span_id: vec![seed; 8],
        name: format!("step {seed}"),
        start_time_unix_nano: now_ns() - 1_000_000,
        end_time_unix_nano: now_ns(),
        ..Span::default()
    }
}

fn spans(spans: Vec<Span>) -> ExportTraceServiceRequest {
    let scope_spans = vec![ScopeSpans {
        spans,
        ..ScopeSpans::default()
    }];
    ExportTraceServiceRequest {
        resource_spans: vec![ResourceSpans {
            scope_spans,
            ..ResourceSpans::default()
        }],
    }
}

fn record(text: &str) -> LogRecord {
    LogRecord {
        time_unix_nano: now_ns(),
        body: Some(AnyValue {
            value: Some(any_value::Value::StringValue(text.to_owned())),
        }),
        ..LogRecord::default()
    }
}

fn records(log_records: Vec<LogRecord>) -> ExportLogsServiceRequest {
    let scope_logs = vec![ScopeLogs {
        log_records,
        ..ScopeLogs::default()
    }];
    ExportLogsServiceRequest {
        resource_logs: vec![ResourceLogs {
            scope_logs,
            ..ResourceLogs::default()
        }],
    }
}

fn attribute(key: &str, value: any_value::Value) -> KeyValue {
    KeyValue {
        key: key.to_owned(),
        value: Some(AnyValue { value: Some(value) }),
        ..KeyValue::default()
    }
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

fn soon() -> ReadLimits {
    ReadLimits {
        idle: Duration::from_millis(300),
        total: Duration::from_secs(30),
        bytes_per_second_min: 1000,
    }
}

#[test]
fn no_test_file_is_forgotten() {
    let declared = ["bad_input", "conformance", "grpc", "http", "overload"];
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/otlp/tests");
    let found: BTreeSet<String> = walk(folder);
    assert_eq!(
        found,
        declared.iter().map(|name| format!("{name}.rs")).collect()
    );
}

#[expect(clippy::disallowed_methods, reason = "a test looks at its own sources")]
fn walk(folder: &str) -> BTreeSet<String> {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}
