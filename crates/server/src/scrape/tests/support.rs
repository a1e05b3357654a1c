//! Targets that answer as a test wants, and a scraper whose samples are kept in memory.

use crate::scrape::sink::SampleSink;
use crate::scrape::{Parts, Scraper};
use axum::Router;
use axum::http::{HeaderMap, Uri, header};
use axum::response::{IntoResponse as _, Response};
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tacho_ingest::scrape::config::load::{PrometheusConfig, Sources, load_text};
use tacho_model::sample::is_stale;
use tacho_stdx::clock::SystemClock;
use tacho_storage::io::std_io::StdIo;
use tacho_storage::samples::batch::{PointValue, SampleBatch};
use tokio::task::JoinHandle;

/// A request that a site got.
#[derive(Debug, Clone, Default)]
pub(super) struct Request {
    pub(super) uri: Uri,
    pub(super) headers: HeaderMap,
}

/// A target.
pub(super) struct Site {
    pub(super) address: String,
    last: Arc<Mutex<Request>>,
    task: JoinHandle<()>,
}

impl Site {
    /// A job with this target, scraped five times a second unless the fields say otherwise.
    pub(super) fn job(&self, name: &str, fields: &str) -> String {
        format!(
            "  - job_name: {name}\n    static_configs: [{{targets: ['{}']}}]\n{fields}",
            self.address
        )
    }

    pub(super) fn last_request(&self) -> Request {
        self.last.lock().clone()
    }

    pub(super) async fn stop(&mut self) {
        self.task.abort();
        let _ = (&mut self.task).await;
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A target that answers at once.
pub(super) async fn site<F>(answer: F) -> Site
where
    F: Fn(&Uri, &HeaderMap) -> Response + Clone + Send + Sync + 'static,
{
    site_async(move |uri, headers| {
        let response = answer(&uri, &headers);
        async move { response }
    })
    .await
}

/// A target.
pub(super) async fn site_async<F, R>(answer: F) -> Site
where
    F: Fn(Uri, HeaderMap) -> R + Clone + Send + Sync + 'static,
    R: Future<Output = Response> + Send + 'static,
{
    let last = Arc::new(Mutex::new(Request::default()));
    let note = Arc::clone(&last);
    let app = Router::new().fallback(move |uri: Uri, headers: HeaderMap| {
        *note.lock() = Request {
            uri: uri.clone(),
            headers: headers.clone(),
        };
        answer(uri, headers)
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let task = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    Site {
        address,
        last,
        task,
    }
}

/// An exposition.
pub(super) fn text(body: &str) -> Response {
    let headers = [(header::CONTENT_TYPE, "text/plain; version=0.0.4")];
    (headers, body.to_owned()).into_response()
}

type Kept = (String, i64, f64);

#[derive(Default)]
struct Memory(Mutex<Vec<Kept>>);

impl SampleSink for Memory {
    fn accept(&self, batch: SampleBatch) -> Result<(), String> {
        let mut kept = self.0.lock();
        for (at, point) in batch.points.iter().enumerate() {
            let labels = batch.labels.labels(at).map_err(|error| error.to_string())?;
            if let PointValue::Float(value) = point.value {
                kept.push((labels.to_string(), point.time_ms, value));
            }
        }
        Ok(())
    }
}

/// A scraper with its samples.
pub(super) struct Bench {
    pub(super) scraper: Scraper,
    memory: Arc<Memory>,
}

fn config(jobs: &str) -> Arc<PrometheusConfig> {
    let text = format!(
        "global: {{scrape_interval: 200ms, scrape_timeout: 200ms}}\nscrape_configs:\n{jobs}"
    );
    let sources = Sources {
        io: &StdIo,
        env: &|_| None,
        agent: false,
    };
    match load_text(&text, &sources) {
        Ok(config) => Arc::new(config),
        Err(wrong) => panic!("{wrong:?} in {text}"),
    }
}

/// A scraper with these jobs.
pub(super) async fn bench(jobs: &str) -> Bench {
    let memory = Arc::new(Memory::default());
    let scraper = Scraper::start(Parts {
        io: Arc::new(StdIo),
        clock: Arc::new(SystemClock::new()),
        sink: Arc::clone(&memory) as Arc<dyn SampleSink>,
        env: BTreeMap::new(),
        allow_link_local: false,
        body_bytes_max: 8 << 20,
        seed: 1,
    });
    let bench = Bench { scraper, memory };
    bench.apply(jobs).await;
    bench
}

impl Bench {
    pub(super) async fn apply(&self, jobs: &str) {
        self.scraper.apply(config(jobs)).await;
    }

    /// Samples so far: labels, time, value.
    pub(super) fn samples(&self) -> Vec<Kept> {
        self.memory.0.lock().clone()
    }

    /// Waits until something holds; ten seconds at most.
    pub(super) async fn until(&self, holds: impl Fn(&Self) -> bool) {
        for _ in 0..500 {
            if holds(self) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!(
            "it did not come to that: {:?}; {:?}",
            self.samples().iter().rev().take(40).collect::<Vec<_>>(),
            self.scraper.targets(None)
        );
    }

    /// Whether a series has such a value.
    pub(super) fn has(&self, series: &str, wanted: impl Fn(f64) -> bool) -> bool {
        let samples = self.memory.0.lock();
        samples
            .iter()
            .any(|(labels, _, value)| labels == series && wanted(*value))
    }

    /// Whether the last value of a series is such a one.
    pub(super) fn has_last(&self, series: &str, wanted: impl Fn(f64) -> bool) -> bool {
        let samples = self.memory.0.lock();
        let last = samples.iter().rev().find(|(labels, ..)| labels == series);
        last.is_some_and(|(_, _, value)| wanted(*value))
    }

    fn last_of(&self, metric: &str) -> Option<f64> {
        let prefix = format!("{metric}{{");
        let samples = self.memory.0.lock();
        let last = samples
            .iter()
            .rev()
            .find(|(labels, ..)| labels.starts_with(&prefix));
        last.map(|(_, _, value)| *value)
    }

    /// Whether the last sample of a metric has this value.
    pub(super) fn last(&self, metric: &str, value: f64) -> bool {
        self.last_of(metric) == Some(value)
    }

    /// Whether the last sample of a metric is a stale marker.
    pub(super) fn is_stale(&self, metric: &str) -> bool {
        self.last_of(metric).is_some_and(is_stale)
    }

    /// Samples of a metric.
    pub(super) fn count(&self, metric: &str) -> usize {
        let prefix = format!("{metric}{{");
        let samples = self.memory.0.lock();
        let of_metric = |(labels, ..): &&Kept| labels.starts_with(&prefix);
        samples.iter().filter(of_metric).count()
    }

    /// Why a target is down.
    pub(super) fn error(&self) -> String {
        let targets = self.scraper.targets(None).active_targets;
        let errors = targets.into_iter().map(|target| target.last_error);
        errors
            .into_iter()
            .find(|error| !error.is_empty())
            .unwrap_or_default()
    }
}
