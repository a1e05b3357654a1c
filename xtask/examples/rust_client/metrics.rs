//! Metrics through the SDK: every instrument, both temporalities, two collections. The exporter is
//! wrapped, so that what is told is the very object that it sends.

use super::form_metrics::metrics_json;
use anyhow::{Context as _, Result};
use opentelemetry::KeyValue;
use opentelemetry::metrics::{Meter, MeterProvider};
use opentelemetry_otlp::MetricExporter;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_sdk::metrics::{
    Aggregation, Instrument, PeriodicReader, SdkMeterProvider, Stream, Temporality,
};
use serde_json::Value as Json;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::runtime::Handle;

const NO_INTERVAL: Duration = Duration::from_secs(3600);

/// Sends with an exporter for each temporality; gives every data point that was exported.
///
/// # Errors
/// An export failed.
pub(crate) async fn send(
    resource: &Resource,
    exporter: impl Fn(Temporality) -> Result<MetricExporter>,
) -> Result<Vec<Json>> {
    let told = Arc::new(Mutex::new(Vec::new()));
    for (name, temporality) in [
        ("cumulative", Temporality::Cumulative),
        ("delta", Temporality::Delta),
    ] {
        let wrapped = Telling {
            inner: exporter(temporality)?,
            told: Arc::clone(&told),
            runtime: Handle::current(),
        };
        let reader = PeriodicReader::builder(wrapped)
            .with_interval(NO_INTERVAL)
            .build();
        let meters = SdkMeterProvider::builder()
            .with_resource(resource.clone())
            .with_reader(reader)
            .with_view(sizes)
            .build();
        // The reader blocks while it exports, which no task may.
        tokio::task::spawn_blocking(move || {
            let record = instruments(&meters.meter("meter"), name);
            for turn in [1, 2] {
                record(turn);
                meters.force_flush()?;
            }
            // Exports once more: cumulative values repeat, deltas are empty.
            meters.shutdown()
        })
        .await?
        .context("the metrics were not taken")?;
    }
    let told = std::mem::take(&mut *told.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(told)
}

/// Sizes go into exponential histograms.
fn sizes(instrument: &Instrument) -> Option<Stream> {
    if !instrument.name().ends_with(".size") {
        return None;
    }
    let aggregation = Aggregation::Base2ExponentialHistogram {
        max_size: 160,
        max_scale: 20,
        record_min_max: true,
    };
    Stream::builder().with_aggregation(aggregation).build().ok()
}

/// A function that records with every instrument; the second time with other values.
fn instruments(meter: &Meter, temporality: &str) -> impl Fn(u32) + use<> {
    let name = |last: &str| format!("client.{temporality}.{last}");
    let requests = meter
        .u64_counter(name("requests"))
        .with_unit("{request}")
        .with_description("Requests")
        .build();
    let traffic = meter
        .f64_counter(name("traffic"))
        .with_unit("By")
        .with_description("Bytes sent")
        .build();
    let queue = meter
        .i64_up_down_counter(name("queue"))
        .with_unit("1")
        .build();
    let temperature = meter
        .f64_gauge(name("temperature"))
        .with_unit("Cel")
        .build();
    let latency = meter
        .f64_histogram(name("latency"))
        .with_unit("ms")
        .with_description("Time\nto answer")
        .build();
    let size = meter.u64_histogram(name("size")).with_unit("By").build();
    let heap = meter.i64_gauge(name("heap")).with_unit("By").build();
    let wait = meter
        .u64_histogram(name("wait"))
        .with_boundaries(vec![1.0, 2.5, 1e6])
        .build();
    move |turn| {
        let factor = f64::from(turn);
        for agent in ["planner", "ünï \"quoted\""] {
            let attributes = [
                KeyValue::new("agent.name", agent),
                KeyValue::new("attempt", 1),
                KeyValue::new("ok", true),
            ];
            requests.add(3 * u64::from(turn), &attributes);
            traffic.add(0.5 * factor, &attributes);
            queue.add(if turn == 1 { 5 } else { -2 }, &attributes);
            temperature.record(20.25 - factor, &attributes);
            heap.record(-7 * i64::from(turn), &attributes);
            for value in [0.5, 5.0, 7.25 * factor, 600.0, 20_000.0] {
                latency.record(value, &attributes);
            }
            for value in [0, 1, 3, 1000 * u64::from(turn)] {
                size.record(value, &attributes);
                wait.record(value, &attributes);
            }
        }
    }
}

/// Exports, and keeps what was exported.
struct Telling {
    inner: MetricExporter,
    told: Arc<Mutex<Vec<Json>>>,
    runtime: Handle,
}

impl PushMetricExporter for Telling {
    async fn export(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
        let points = metrics_json(metrics);
        self.told
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(points);
        // The reader has a thread of its own, on which the exporter finds no runtime.
        let mut sending = std::pin::pin!(self.inner.export(metrics));
        poll_fn(|context| {
            let _entered = self.runtime.enter();
            sending.as_mut().poll(context)
        })
        .await
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.inner.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.inner.shutdown_with_timeout(timeout)
    }

    fn temporality(&self) -> Temporality {
        self.inner.temporality()
    }
}
