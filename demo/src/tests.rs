//! The orchestrator as a whole, against an OTLP collector in the same process: time compressed,
//! seeds fixed.

mod api;
mod collector;
mod exposed;
mod inbox;
mod pushed;
mod work;

use std::future::Future;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::Summary;
use crate::options::{MetricsListen, Mishaps, Options};
use collector::Collector;

const SPEED: f64 = 200.0;
const PATIENCE: Duration = Duration::from_secs(60);

/// Options for a test: nothing goes wrong by chance, no requests of its own.
fn options(work_dir: &Path, collector: &Collector) -> Options {
    let mut options = Options::new(work_dir.to_owned());
    options.listen = SocketAddr::from(([127, 0, 0, 1], 0));
    options.otlp_endpoint = collector.endpoint();
    options.rate = 0.0;
    options.seed = 42;
    options.speed = SPEED;
    options.mishaps = Mishaps::NONE;
    options.metrics_listen = MetricsListen::Off;
    options.on_message = Some(Box::new(|_| {}));
    options
}

/// An orchestrator that listens.
struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<anyhow::Result<Summary>>,
    client: reqwest::Client,
}

impl Running {
    async fn start(mut options: Options) -> Self {
        // Fails if another test was first, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (stop, stopped) = oneshot::channel::<()>();
        let (tell, told) = oneshot::channel();
        options.on_listening = Some(Box::new(move |address| tell.send(address).unwrap()));
        let task = tokio::spawn(crate::run(options, async move {
            let _ = stopped.await;
        }));
        let address = told.await.expect("the orchestrator listens");
        Self {
            address,
            stop,
            task,
            client: reqwest::Client::new(),
        }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    async fn trigger(&self, workflow: &str, body: &str) -> String {
        let url = self.url(&format!("/api/workflows/{workflow}/trigger"));
        let response = self
            .client
            .post(url)
            .body(body.to_owned())
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 202);
        let body: Value = response.json().await.unwrap();
        body["workflowRunId"].as_str().unwrap().to_owned()
    }

    async fn runs(&self, workflow: &str) -> Vec<Value> {
        let url = self.url(&format!("/api/workflows/{workflow}/runs?limit=1000"));
        let body: Value = self
            .client
            .get(url)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        body["runs"].as_array().unwrap().clone()
    }

    /// Waits until `count` runs of the workflow have ended and returns all of them, newest first.
    async fn ended(&self, workflow: &str, count: usize) -> Vec<Value> {
        let runs = || async {
            let runs = self.runs(workflow).await;
            let ended = runs
                .iter()
                .filter(|run| run["finishedAt"].is_string())
                .count();
            (ended >= count).then_some(runs)
        };
        eventually("runs to end", runs).await
    }

    async fn stop(self) -> Summary {
        let _ = self.stop.send(());
        self.task.await.unwrap().unwrap()
    }
}

async fn eventually<T, F: Future<Output = Option<T>>>(
    what: &str,
    mut look: impl FnMut() -> F,
) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(start.elapsed() < PATIENCE, "waited too long for {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
