//! What tests of alerting need: a receiver that keeps what it gets, a clock that can be moved, files, metrics.

use crate::harness::{Server, Setup, answer, attributes};
use crate::metrics::encoded;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path as Tail, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tacho_stdx::clock::{Clock, SystemClock};

/// Looks before something that has to come is missed: a minute and a half.
const LOOKS: usize = 900;
const LOOK: Duration = Duration::from_millis(100);

/// How a receiver answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Ok,
    Status(u16),
    /// 429 with `Retry-After`, seconds.
    Later(u32),
    /// 200, and then never an end.
    Hang,
}

/// A receiver of webhooks.
#[derive(Clone)]
pub(crate) struct Hook {
    pub address: String,
    inner: Arc<Inner>,
}

struct Inner {
    got: Mutex<Vec<(String, Value)>>,
    mode: Mutex<Mode>,
    tries: AtomicI64,
}

impl Hook {
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::on(listener)
    }

    pub(crate) fn on(listener: tokio::net::TcpListener) -> Self {
        let address = listener.local_addr().unwrap().to_string();
        let inner = Arc::new(Inner {
            got: Mutex::default(),
            mode: Mutex::new(Mode::Ok),
            tries: AtomicI64::new(0),
        });
        let app = Router::new()
            .route("/{*path}", post(take))
            .with_state(Arc::clone(&inner));
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { address, inner }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}/{path}", self.address)
    }

    pub(crate) fn answers(&self, mode: Mode) {
        *self.inner.mode.lock() = mode;
    }

    /// Requests, taken or not.
    pub(crate) fn tries(&self) -> i64 {
        self.inner.tries.load(Ordering::SeqCst)
    }

    /// Messages that were taken, in order.
    pub(crate) fn got(&self, path: &str) -> Vec<Value> {
        let got = self.inner.got.lock();
        let of_path = got.iter().filter(|(place, _)| place == path);
        of_path.map(|(_, body)| body.clone()).collect()
    }

    /// Waits for a message.
    pub(crate) async fn wait(&self, path: &str, fits: impl Fn(&Value) -> bool) -> Value {
        for _ in 0..LOOKS {
            if let Some(found) = self.got(path).into_iter().find(|body| fits(body)) {
                return found;
            }
            tokio::time::sleep(LOOK).await;
        }
        panic!("no such message at {path}: {:#?}", self.got(path));
    }

    /// Waits for so many requests.
    pub(crate) async fn wait_for_tries(&self, count: i64) {
        for _ in 0..LOOKS {
            if self.tries() >= count {
                return;
            }
            tokio::time::sleep(LOOK).await;
        }
        panic!("{} requests, not {count}", self.tries());
    }
}

async fn take(State(inner): State<Arc<Inner>>, Tail(path): Tail<String>, body: Bytes) -> Response {
    inner.tries.fetch_add(1, Ordering::SeqCst);
    let mode = *inner.mode.lock();
    match mode {
        Mode::Ok => {
            let body = serde_json::from_slice(&body)
                .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&body).into_owned()));
            inner.got.lock().push((path, body));
            "ok".into_response()
        }
        Mode::Status(code) => StatusCode::from_u16(code).unwrap().into_response(),
        Mode::Later(seconds) => {
            let header = [("retry-after", seconds.to_string())];
            (StatusCode::TOO_MANY_REQUESTS, header).into_response()
        }
        Mode::Hang => {
            let never = futures::stream::pending::<Result<Bytes, std::io::Error>>();
            Body::from_stream(never).into_response()
        }
    }
}

/// The machine's clock, which can be moved.
#[derive(Debug)]
pub(crate) struct TestClock {
    real: SystemClock,
    wall_ns: AtomicI64,
    both_ns: AtomicI64,
}

impl TestClock {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            real: SystemClock::new(),
            wall_ns: AtomicI64::new(0),
            both_ns: AtomicI64::new(0),
        })
    }

    /// For a server.
    pub(crate) fn shared(self: &Arc<Self>) -> Arc<dyn Clock> {
        Arc::<Self>::clone(self)
    }

    /// Time passes.
    pub(crate) fn pass(&self, seconds: i64) {
        self.both_ns
            .fetch_add(seconds * 1_000_000_000, Ordering::SeqCst);
    }

    /// Only the time of day changes.
    pub(crate) fn jump(&self, seconds: i64) {
        self.wall_ns
            .fetch_add(seconds * 1_000_000_000, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now_ns(&self) -> i64 {
        let moved = self.wall_ns.load(Ordering::SeqCst) + self.both_ns.load(Ordering::SeqCst);
        self.real.now_ns() + moved
    }

    fn monotonic_ns(&self) -> i64 {
        self.real.monotonic_ns() + self.both_ns.load(Ordering::SeqCst)
    }
}

#[expect(clippy::disallowed_methods, reason = "tests write files of their own")]
pub(crate) fn write(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
}

/// An `alertmanager.yml` that tells `hook` everything at once.
pub(crate) fn alertmanager(hook: &Hook) -> String {
    format!(
        "route:\n  receiver: hook\n  group_by: [alertname]\n  group_wait: 10ms\n  group_interval: 1s\n  repeat_interval: 12h\n\
         receivers:\n- name: hook\n  webhook_configs:\n  - url: {}\n",
        hook.url("hook")
    )
}

/// A folder with a rule file and an `alertmanager.yml`, and the setup that has them. Shipped rules are off.
pub(crate) fn files(rules: &str, routes: &str) -> (tempfile::TempDir, Setup) {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().display();
    write(&dir.path().join("rules.yml"), rules);
    write(&dir.path().join("alertmanager.yml"), routes);
    let setup = Setup {
        config: format!(
            "alerting:\n  rules_file: {folder}/rules.yml\n  alertmanager_config: {folder}/alertmanager.yml\n  evaluation_interval: 1s\nrules:\n  builtin: false"
        ),
        ..Setup::default()
    };
    (dir, setup)
}

/// Sends values of a gauge now, each with the label `k`.
pub(crate) async fn gauge(server: &Server, clock: &dyn Clock, name: &str, values: &[(&str, f64)]) {
    let points: Vec<Value> = values
        .iter()
        .map(|(k, value)| {
            json!({
                "timeUnixNano": clock.now_ns().to_string(),
                "asDouble": value,
                "attributes": attributes(&[("k", json!(k))]),
            })
        })
        .collect();
    send(
        server,
        json!({"name": name, "gauge": {"dataPoints": points}}),
    )
    .await;
}

/// Sends one metric of the service `shop`.
pub(crate) async fn send(server: &Server, metric: Value) {
    let body = json!({"resourceMetrics": [{
        "resource": {"attributes": attributes(&[("service.name", json!("shop"))])},
        "scopeMetrics": [{"metrics": [metric]}],
    }]});
    server.send("/v1/metrics", &body).await;
}

/// Waits until a GET fits; gives it.
pub(crate) async fn until(server: &Server, path: &str, fits: impl Fn(&Value) -> bool) -> Value {
    let mut last = Value::Null;
    for _ in 0..LOOKS {
        last = server.get(path).await.1;
        if fits(&last) {
            return last;
        }
        tokio::time::sleep(LOOK).await;
    }
    panic!("{path} does not come to fit: {last:#}");
}

/// Waits until a query has results.
pub(crate) async fn found(server: &Server, query: &str) -> Value {
    let path = format!("/prometheus/api/v1/query?query={}", encoded(query));
    let some = |body: &Value| {
        body["data"]["result"]
            .as_array()
            .is_some_and(|all| !all.is_empty())
    };
    until(server, &path, some).await["data"]["result"].clone()
}

/// A POST of JSON with the admin token.
pub(crate) async fn post_json(server: &Server, path: &str, body: &Value) -> (u16, Value) {
    let request = server.client.post(server.url(path));
    answer(request.bearer_auth(server.token()).json(body)).await
}

/// Posts alerts to the API of Alertmanager; they must be taken.
pub(crate) async fn post_alerts(server: &Server, alerts: Value) {
    let (status, body) = post_json(server, "/alertmanager/api/v2/alerts", &alerts).await;
    assert_eq!(status, 200, "{body}");
}

/// Reads the configuration again.
pub(crate) async fn reload(server: &Server) -> (u16, Value) {
    server.admin(reqwest::Method::POST, "/api/v1/reload").await
}
