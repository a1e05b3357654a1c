//! Spans about ourselves: one per request of our own API, sent by OTLP/gRPC to where the
//! configuration says. Only these are sampled, never what is received.

use crate::config::settings::Tracing;
use crate::error::{Error, ErrorKind};
use axum::http::Method;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::WithExportConfig as _;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use tracing::Span;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::registry::Registry;

/// Target of our own spans; our own log leaves them out.
pub const TARGET: &str = "tacho_own_spans";

/// Sends spans about ourselves.
#[derive(Debug, Clone)]
pub struct OwnSpans {
    provider: SdkTracerProvider,
}

impl OwnSpans {
    /// Prepares sending; nothing is dialled before the first span. Needs a tokio runtime.
    ///
    /// # Errors
    /// `Invalid` if the address is none that can be sent to.
    pub fn start(tracing: &Tracing, version: &'static str) -> Result<Self, Error> {
        let exporter = opentelemetry_otlp::SpanExporter::builder()
            .with_tonic()
            .with_endpoint(tracing.endpoint.clone())
            .build()
            .map_err(|error| {
                let message = format!("send own spans to {}: {error}", tracing.endpoint);
                Error::new(ErrorKind::Invalid, message).with_source(error)
            })?;
        let sampler =
            Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(tracing.sample_rate)));
        let resource = Resource::builder()
            .with_service_name("tacho")
            .with_attribute(opentelemetry::KeyValue::new("service.version", version))
            .build();
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_sampler(sampler)
            .with_resource(resource)
            .build();
        Ok(Self { provider })
    }

    /// The layer of `tracing` that makes them.
    pub fn layer(&self) -> Box<dyn Layer<Registry> + Send + Sync> {
        let only_ours = Targets::new().with_target(TARGET, tracing::Level::INFO);
        tracing_opentelemetry::layer()
            .with_tracer(self.provider.tracer("tacho"))
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_filter(only_ours)
            .boxed()
    }

    /// Sends what waits; blocks.
    pub fn stop(&self) {
        if let Err(error) = self.provider.shutdown() {
            tracing::warn!(%error, "own spans were not sent to the end");
        }
    }
}

/// A span for a request; nothing for requests that bring telemetry, or own spans would make more
/// of themselves where they are sent to us. `route` is a template, never a path.
pub fn request_span(method: &Method, path: &str, route: &str) -> Span {
    if !path.starts_with("/api/") {
        return Span::none();
    }
    tracing::info_span!(
        target: TARGET,
        "http.request",
        otel.name = %format_args!("{method} {route}"),
        otel.kind = "server",
        otel.status_code = tracing::field::Empty,
        http.request.method = %method,
        http.route = route,
        http.response.status_code = tracing::field::Empty,
    )
}

/// Tells a span what became of its request.
pub fn finish(span: &Span, status: u16) {
    span.record("http.response.status_code", i64::from(status));
    if status >= 500 {
        span.record("otel.status_code", "ERROR");
    }
}
