//! Sends traces, logs and metrics through the official OpenTelemetry SDK for Rust, in every way that it can.
//! For each way it prints one line of JSON: what was sent, taken from the SDK's own objects and
//! written as OTLP JSON. `cargo xtask clients` compares that with what the server gives back.

mod form;
mod form_metrics;
mod metrics;

use anyhow::{Context as _, Result};
use clap::Parser;
use opentelemetry::logs::{AnyValue, LogRecord, Logger, LoggerProvider, Severity};
use opentelemetry::trace::{
    Link, Span, SpanContext, SpanId, SpanKind, Status, TraceContextExt, TraceFlags, TraceId,
    TraceState, Tracer, TracerProvider,
};
use opentelemetry::{Array, Context, InstrumentationScope, Key, KeyValue, StringValue, Value};
use opentelemetry_otlp::{
    Compression, LogExporter, MetricExporter, Protocol, SpanExporter, WithExportConfig,
    WithHttpConfig, WithTonicConfig,
};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::logs::{
    LogBatch, LogExporter as _, SdkLogRecord, SdkLogger, SdkLoggerProvider,
};
use opentelemetry_sdk::metrics::Temporality;
use opentelemetry_sdk::trace::{SdkTracerProvider, SpanData, SpanExporter as _};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

const TEXT: &str = "text with ünïcode ☃ \u{1f680}, \"quotes\", a \\ and\na new line\t.";

/// Where to send to
#[derive(Parser)]
struct Arguments {
    /// host:port of OTLP/gRPC
    #[arg(long)]
    grpc: String,
    /// host:port of OTLP/HTTP
    #[arg(long)]
    http: String,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    rustls::crypto::ring::default_provider()
        .install_default()
        .map_err(|_| anyhow::anyhow!("a TLS provider was installed before"))?;
    for compressed in [false, true] {
        for grpc in [true, false] {
            let transport = if grpc { "grpc" } else { "http-protobuf" };
            let way = format!("{transport}{}", if compressed { "-gzip" } else { "" });
            let (spans, logs) = if grpc {
                grpc_exporters(&arguments.grpc, compressed)?
            } else {
                http_exporters(&arguments.http, compressed)?
            };
            let address = if grpc {
                &arguments.grpc
            } else {
                &arguments.http
            };
            let metrics = |temporality| metric_exporter(address, (grpc, compressed), temporality);
            send(&way, spans, logs, metrics)
                .await
                .with_context(|| way.clone())?;
        }
    }
    Ok(())
}

fn grpc_exporters(address: &str, compressed: bool) -> Result<(SpanExporter, LogExporter)> {
    let endpoint = format!("http://{address}");
    let mut spans = SpanExporter::builder()
        .with_tonic()
        .with_endpoint(&endpoint);
    let mut logs = LogExporter::builder().with_tonic().with_endpoint(&endpoint);
    if compressed {
        spans = spans.with_compression(Compression::Gzip);
        logs = logs.with_compression(Compression::Gzip);
    }
    Ok((spans.build()?, logs.build()?))
}

fn http_exporters(address: &str, compressed: bool) -> Result<(SpanExporter, LogExporter)> {
    let mut spans = SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(format!("http://{address}/v1/traces"));
    let mut logs = LogExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(format!("http://{address}/v1/logs"));
    if compressed {
        spans = spans.with_compression(Compression::Gzip);
        logs = logs.with_compression(Compression::Gzip);
    }
    Ok((spans.build()?, logs.build()?))
}

fn metric_exporter(
    address: &str,
    (grpc, compressed): (bool, bool),
    temporality: Temporality,
) -> Result<MetricExporter> {
    let builder = MetricExporter::builder().with_temporality(temporality);
    if grpc {
        let mut builder = builder
            .with_tonic()
            .with_endpoint(format!("http://{address}"));
        if compressed {
            builder = builder.with_compression(Compression::Gzip);
        }
        return Ok(builder.build()?);
    }
    let mut builder = builder
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(format!("http://{address}/v1/metrics"));
    if compressed {
        builder = builder.with_compression(Compression::Gzip);
    }
    Ok(builder.build()?)
}

/// Keeps what the SDK made, so that it can be exported and printed.
#[derive(Debug)]
struct Recorder<T>(Arc<Mutex<Vec<T>>>);

impl<T> Recorder<T> {
    fn new() -> (Self, Arc<Mutex<Vec<T>>>) {
        let kept = Arc::new(Mutex::new(Vec::new()));
        (Self(Arc::clone(&kept)), kept)
    }
}

fn take<T>(kept: &Mutex<Vec<T>>) -> Vec<T> {
    std::mem::take(&mut *kept.lock().unwrap_or_else(PoisonError::into_inner))
}

impl opentelemetry_sdk::trace::SpanExporter for Recorder<SpanData> {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(batch);
        Ok(())
    }
}

impl opentelemetry_sdk::logs::LogExporter for Recorder<(SdkLogRecord, InstrumentationScope)> {
    async fn export(&self, batch: LogBatch<'_>) -> OTelSdkResult {
        let owned = batch
            .iter()
            .map(|(record, scope)| (record.clone(), scope.clone()));
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(owned);
        Ok(())
    }
}

/// Makes one set of spans and records, exports it, and prints it.
async fn send(
    way: &str,
    mut spans: SpanExporter,
    mut logs: LogExporter,
    metric_exporter: impl Fn(Temporality) -> Result<MetricExporter>,
) -> Result<()> {
    let service = format!("client-rust-{way}");
    let attributes = [
        KeyValue::new("service.instance.id", "instance-1"),
        KeyValue::new("service.version", "1.2.3"),
        KeyValue::new("host.cpus", 4),
    ];
    let resource = Resource::builder()
        .with_schema_url(attributes, "https://opentelemetry.io/schemas/1.26.0")
        .with_service_name(service.clone())
        .build();
    let (span_recorder, made_spans) = Recorder::new();
    let (log_recorder, made_logs) = Recorder::new();
    let tracers = SdkTracerProvider::builder()
        .with_resource(resource.clone())
        .with_simple_exporter(span_recorder)
        .build();
    let loggers = SdkLoggerProvider::builder()
        .with_resource(resource.clone())
        .with_simple_exporter(log_recorder)
        .build();
    work(&tracers, &loggers)?;
    let (made_spans, made_logs) = (take(&made_spans), take(&made_logs));
    spans.set_resource(&resource);
    logs.set_resource(&resource);
    spans.export(made_spans.clone()).await?;
    let borrowed: Vec<(&SdkLogRecord, &InstrumentationScope)> = made_logs
        .iter()
        .map(|(record, scope)| (record, scope))
        .collect();
    logs.export(LogBatch::new(&borrowed)).await?;
    let made_metrics = metrics::send(&resource, metric_exporter).await?;
    let (spans, logs) = (&made_spans, &made_logs);
    form::print_line((way, &service), spans, logs, &made_metrics, &resource);
    Ok(())
}

fn attributes() -> Vec<KeyValue> {
    vec![
        KeyValue::new("string", TEXT),
        KeyValue::new("string.empty", ""),
        KeyValue::new("bool.true", true),
        KeyValue::new("bool.false", false),
        KeyValue::new("int", 42),
        KeyValue::new("int.max", i64::MAX),
        KeyValue::new("int.min", i64::MIN),
        KeyValue::new("double", 0.1),
        KeyValue::new("double.whole", 3.0),
        KeyValue::new("double.large", f64::MAX),
        KeyValue::new(
            "strings",
            list(Array::String(vec!["a".into(), "".into(), "ü".into()])),
        ),
        KeyValue::new("ints", list(Array::I64(vec![1, -2, (1 << 53) + 1]))),
        KeyValue::new("doubles", list(Array::F64(vec![0.5, -1.0]))),
        KeyValue::new("bools", list(Array::Bool(vec![true, false]))),
        KeyValue::new("empty", list(Array::String(Vec::new()))),
    ]
}

fn list(array: Array) -> Value {
    Value::Array(array)
}

/// Nested spans of every kind, with everything that a span can carry, and records in and beside them.
fn work(tracers: &SdkTracerProvider, loggers: &SdkLoggerProvider) -> Result<()> {
    let scope = InstrumentationScope::builder("checkout")
        .with_version("0.9")
        .with_schema_url("https://opentelemetry.io/schemas/1.25.0")
        .with_attributes([KeyValue::new("scope.key", "value")])
        .build();
    let tracer = tracers.tracer_with_scope(scope.clone());
    let other = tracers.tracer("second-scope");
    let logger = loggers.logger_with_scope(scope);
    let foreign = foreign_context()?;

    let root = tracer
        .span_builder("POST /checkout")
        .with_kind(SpanKind::Server)
        .with_attributes(attributes())
        .start_with_context(&tracer, &Context::new());
    let in_root = Context::new().with_span(root);
    let entered = in_root.clone().attach();
    write_records(&logger);
    let link = Link::new(foreign.clone(), vec![KeyValue::new("link.key", 1)], 0);
    let mut charge = other
        .span_builder("charge")
        .with_kind(SpanKind::Client)
        .with_links(vec![link])
        .start_with_context(&other, &in_root);
    charge.add_event(
        "retry",
        vec![KeyValue::new("attempt", 2), KeyValue::new("wait", 0.25)],
    );
    let earlier = SystemTime::now() - Duration::from_nanos(1_000_003);
    charge.add_event_with_timestamp("at a given time", earlier, Vec::new());
    charge.record_error(&std::io::Error::other(format!("card refused: {TEXT}")));
    charge.set_status(Status::error("card refused\nsecond line"));
    charge.end();
    let mut produced = tracer
        .span_builder("enqueue")
        .with_kind(SpanKind::Producer)
        .start_with_context(&tracer, &in_root);
    produced.set_status(Status::Ok);
    produced.set_attribute(KeyValue::new("prompt", "You are an agent. ".repeat(12_000)));
    produced.end();
    let consumed = tracer
        .span_builder("dequeue")
        .with_kind(SpanKind::Consumer)
        .start_with_context(&tracer, &in_root);
    let innermost = in_root.with_span(consumed).attach();
    let mut record = logger.create_log_record();
    record.set_body("in the innermost span".into());
    record.set_severity_number(Severity::Info);
    logger.emit(record);
    Context::current().span().end();
    drop(innermost);
    in_root.span().set_attribute(KeyValue::new("late", true));
    in_root.span().end();
    drop(entered);

    let parent = Context::new().with_remote_span_context(foreign);
    tracer
        .span_builder("child of a remote parent")
        .start_with_context(&tracer, &parent)
        .end();
    let start = SystemTime::now() - Duration::from_nanos(3_600_000_000_007);
    let mut old = tracer
        .span_builder("an hour ago")
        .with_start_time(start)
        .start_with_context(&tracer, &Context::new());
    old.end_with_timestamp(start + Duration::from_nanos(1));
    Ok(())
}

/// A span of somebody else, of a trace that no other way shares.
fn foreign_context() -> Result<SpanContext> {
    let nanos = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)?
        .as_nanos();
    let state = TraceState::from_key_value([("vendor", "a:1"), ("other", "b")])?;
    Ok(SpanContext::new(
        TraceId::from(nanos.rotate_right(64) | 1),
        SpanId::from(0xb7ad_6b71_6920_3331),
        TraceFlags::SAMPLED,
        true,
        state,
    ))
}

/// Records with bodies, attributes and severities of every kind.
fn write_records(logger: &SdkLogger) {
    let now = SystemTime::now();
    let at = |nanos| now + Duration::from_nanos(nanos);
    let mut record = logger.create_log_record();
    record.set_timestamp(now);
    record.set_observed_timestamp(at(5));
    record.set_severity_number(Severity::Error2);
    record.set_severity_text("ERROR");
    record.set_body(TEXT.into());
    for pair in attributes()
        .into_iter()
        .filter(|pair| !matches!(pair.value, Value::Array(_)))
    {
        record.add_attribute(pair.key, form::any_of(pair.value));
    }
    record.add_attribute("nested", nested());
    record.add_attribute("bytes", AnyValue::Bytes(Box::new(vec![1, 2])));
    logger.emit(record);
    let bodies = [
        (Severity::Trace, nested()),
        (
            Severity::Fatal4,
            AnyValue::ListAny(Box::new(vec![1.into(), 2.5.into(), "x".into()])),
        ),
        (Severity::Warn, 12_345_678_901_234_i64.into()),
        (Severity::Debug, false.into()),
        (
            Severity::Info3,
            StringValue::from("long ".repeat(10_000)).into(),
        ),
    ];
    for (index, (severity, body)) in bodies.into_iter().enumerate() {
        let mut record = logger.create_log_record();
        record.set_timestamp(at(index as u64 + 10));
        record.set_severity_number(severity);
        record.set_body(body);
        logger.emit(record);
    }
    let mut named = logger.create_log_record();
    named.set_timestamp(at(20));
    named.set_event_name("task.finished");
    named.add_attribute("task.id", "t-1");
    logger.emit(named);
}

fn nested() -> AnyValue {
    let deep = AnyValue::Map(Box::new(HashMap::from([(
        Key::new("deep"),
        AnyValue::Boolean(true),
    )])));
    let items = vec![1.into(), "two".into(), 3.5.into(), false.into(), deep];
    AnyValue::Map(Box::new(HashMap::from([
        (Key::new("list"), AnyValue::ListAny(Box::new(items))),
        (
            Key::new("bytes"),
            AnyValue::Bytes(Box::new(vec![0, 255, 16])),
        ),
        (Key::new("k"), "v".into()),
    ])))
}
