//! The official OpenTelemetry SDK set up as any application would: OTLP over gRPC, batches, one
//! resource. Nothing global is installed, so that several orchestrators can live in one process
//! (tests do that).

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use opentelemetry::logs::LoggerProvider as _;
use opentelemetry::metrics::MeterProvider as _;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_otlp::WithExportConfig as _;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::logs::{BatchLogProcessor, SdkLogger, SdkLoggerProvider};
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};
use opentelemetry_sdk::trace::{BatchSpanProcessor, SdkTracer, SdkTracerProvider};
use opentelemetry_sdk::{logs, trace};

use crate::metrics::Metrics;

const SCOPE_NAME: &str = "tacho-demo";
/// The generation of GenAI conventions that our attributes follow.
const SCHEMA_URL: &str = "https://opentelemetry.io/schemas/1.41.0";
/// Spans may carry prompts of 200 KB; 16 of them stay under the 4 MiB that gRPC receivers take by
/// default.
const SPAN_BATCH_SIZE: usize = 16;
const SPAN_QUEUE_SIZE: usize = 8_192;
const LOG_BATCH_SIZE: usize = 512;
const LOG_QUEUE_SIZE: usize = 16_384;
/// How often metrics are sent when time is not compressed.
const METRIC_INTERVAL: Duration = Duration::from_secs(10);
const METRIC_INTERVAL_MIN: Duration = Duration::from_millis(100);
const METRIC_INTERVAL_MAX: Duration = Duration::from_mins(1);
const SCHEDULE_DELAY: Duration = Duration::from_secs(1);
const EXPORT_TIMEOUT: Duration = Duration::from_secs(10);
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(5);

/// Who reports: becomes the resource of every span, log record and metric.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    pub(crate) environment: String,
    pub(crate) instance_id: String,
    /// Name of the tree that agents work on.
    pub(crate) workspace: String,
}

/// Tracer, logger and metrics, and the providers behind them, which must be flushed at the end.
#[derive(Debug)]
pub(crate) struct Telemetry {
    pub(crate) tracer: SdkTracer,
    pub(crate) logger: SdkLogger,
    pub(crate) metrics: Arc<Metrics>,
    tracer_provider: SdkTracerProvider,
    logger_provider: SdkLoggerProvider,
    meter_provider: SdkMeterProvider,
}

impl Telemetry {
    /// Must run inside a Tokio runtime; does not connect yet.
    pub(crate) fn start(endpoint: &str, identity: &Identity, speed: f64) -> anyhow::Result<Self> {
        let resource = resource(identity);
        let spans = opentelemetry_otlp::SpanExporter::builder()
            .with_tonic()
            .with_endpoint(endpoint)
            .with_timeout(EXPORT_TIMEOUT)
            .build()
            .with_context(|| format!("failed to set up the span exporter for {endpoint}"))?;
        let records = opentelemetry_otlp::LogExporter::builder()
            .with_tonic()
            .with_endpoint(endpoint)
            .with_timeout(EXPORT_TIMEOUT)
            .build()
            .with_context(|| format!("failed to set up the log exporter for {endpoint}"))?;
        let span_config = trace::BatchConfigBuilder::default()
            .with_max_queue_size(SPAN_QUEUE_SIZE)
            .with_max_export_batch_size(SPAN_BATCH_SIZE)
            .with_scheduled_delay(SCHEDULE_DELAY)
            .build();
        let log_config = logs::BatchConfigBuilder::default()
            .with_max_queue_size(LOG_QUEUE_SIZE)
            .with_max_export_batch_size(LOG_BATCH_SIZE)
            .with_scheduled_delay(SCHEDULE_DELAY)
            .build();
        let tracer_provider = SdkTracerProvider::builder()
            .with_span_processor(
                BatchSpanProcessor::builder(spans)
                    .with_batch_config(span_config)
                    .build(),
            )
            .with_resource(resource.clone())
            .build();
        let logger_provider = SdkLoggerProvider::builder()
            .with_log_processor(
                BatchLogProcessor::builder(records)
                    .with_batch_config(log_config)
                    .build(),
            )
            .with_resource(resource.clone())
            .build();
        let meter_provider = meter_provider(endpoint, resource, speed)?;
        let scope = InstrumentationScope::builder(SCOPE_NAME)
            .with_version(env!("CARGO_PKG_VERSION"))
            .with_schema_url(SCHEMA_URL)
            .build();
        let meter = meter_provider.meter_with_scope(scope.clone());
        Ok(Self {
            metrics: Arc::new(Metrics::new(&meter, identity.workspace.clone())),
            tracer: tracer_provider.tracer_with_scope(scope.clone()),
            logger: logger_provider.logger_with_scope(scope),
            tracer_provider,
            logger_provider,
            meter_provider,
        })
    }

    /// Sends what is queued and ends the export threads. Blocks: call it from a blocking thread.
    pub(crate) fn shutdown(&self) -> anyhow::Result<()> {
        let spans = self.tracer_provider.shutdown_with_timeout(SHUTDOWN_TIMEOUT);
        let records = self.logger_provider.shutdown_with_timeout(SHUTDOWN_TIMEOUT);
        let points = self.meter_provider.shutdown_with_timeout(SHUTDOWN_TIMEOUT);
        spans.context("failed to flush spans")?;
        records.context("failed to flush log records")?;
        points.context("failed to flush metrics")
    }
}

fn meter_provider(
    endpoint: &str,
    resource: Resource,
    speed: f64,
) -> anyhow::Result<SdkMeterProvider> {
    let points = opentelemetry_otlp::MetricExporter::builder()
        .with_tonic()
        .with_endpoint(endpoint)
        .with_timeout(EXPORT_TIMEOUT)
        .build()
        .with_context(|| format!("failed to set up the metric exporter for {endpoint}"))?;
    let interval = METRIC_INTERVAL
        .div_f64(speed)
        .clamp(METRIC_INTERVAL_MIN, METRIC_INTERVAL_MAX);
    let reader = PeriodicReader::builder(points).with_interval(interval);
    Ok(SdkMeterProvider::builder()
        .with_reader(reader.build())
        .with_resource(resource)
        .build())
}

fn resource(identity: &Identity) -> Resource {
    Resource::builder()
        .with_service_name("orchestration-service")
        .with_attributes([
            KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
            KeyValue::new("service.namespace", "orchestrator"),
            KeyValue::new("service.instance.id", identity.instance_id.clone()),
            KeyValue::new("deployment.environment", identity.environment.clone()),
            KeyValue::new("deployment.environment.name", identity.environment.clone()),
            KeyValue::new("process.pid", i64::from(std::process::id())),
        ])
        .build()
}
