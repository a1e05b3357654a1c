//! Starts a server inside the test and talks to it.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tacho_server::config::load::Flag;
use tacho_server::error::Error;
use tacho_server::ready::Addresses;
use tacho_server::run::{Options, ProcessUse, run};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A running server. Dropped without `stop` it is simply left behind.
pub(crate) struct Server {
    pub addresses: Addresses,
    pub dir: tempfile::TempDir,
    pub client: reqwest::Client,
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<(), Error>>,
}

/// What differs from the usual test server.
#[derive(Default)]
pub(crate) struct Setup {
    /// Lines of the configuration file below the root key.
    pub config: String,
    pub env: BTreeMap<String, String>,
    pub flags: Vec<(&'static str, String)>,
    pub ready_file: Option<PathBuf>,
    pub insecure: bool,
    /// Another file system than the machine's.
    pub io: Option<std::sync::Arc<dyn tacho_storage::io::Io>>,
    /// Another clock than the machine's.
    pub clock: Option<std::sync::Arc<dyn tacho_stdx::clock::Clock>>,
}

pub(crate) const START: i64 = 1_795_169_720_000_000_000;

/// Options of a server on free ports with its data below `dir`.
pub(crate) fn options(dir: &Path, setup: &Setup) -> Options {
    let flag = |path: &str, value: String| Flag {
        name: format!("--{path}"),
        path: path.to_owned(),
        value,
    };
    let mut flags = vec![
        flag("http.listen", "127.0.0.1:0".to_owned()),
        flag("otlp.grpc.listen", "127.0.0.1:0".to_owned()),
        flag("otlp.http.listen", "127.0.0.1:0".to_owned()),
        flag("storage.data_dir", dir.join("data").display().to_string()),
        flag("storage.min_free", "1MiB".to_owned()),
    ];
    flags.extend(
        setup
            .flags
            .iter()
            .map(|(path, value)| flag(path, value.clone())),
    );
    let mut options = Options::standard(setup.env.clone());
    options.flags = flags;
    options.process = ProcessUse::Inside;
    options.ready_file = setup.ready_file.clone();
    options.insecure = setup.insecure;
    if let Some(io) = &setup.io {
        options.io = std::sync::Arc::clone(io);
        // The small state touches files by itself.
        make_folder(&dir.join("data"));
    }
    if let Some(clock) = &setup.clock {
        options.clock = std::sync::Arc::clone(clock);
    }
    if !setup.config.is_empty() {
        let path = dir.join("tacho.yaml");
        write_config(&path, &setup.config);
        options.config_path = Some(path);
    }
    options
}

#[expect(clippy::disallowed_methods, reason = "tests write files of their own")]
fn make_folder(path: &Path) {
    std::fs::create_dir_all(path).unwrap();
}

#[expect(clippy::disallowed_methods, reason = "tests write files of their own")]
pub(crate) fn write_config(path: &Path, lines: &str) {
    let below: Vec<String> = lines.lines().map(|line| format!("  {line}")).collect();
    std::fs::write(path, format!("observability:\n{}\n", below.join("\n"))).unwrap();
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::with(Setup::default()).await
    }

    pub(crate) async fn with(setup: Setup) -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self::on(dir, &setup).await.unwrap()
    }

    pub(crate) async fn on(dir: tempfile::TempDir, setup: &Setup) -> Result<Self, Error> {
        let mut options = options(dir.path(), setup);
        let (stop, stopped) = oneshot::channel();
        let (ready, mut is_ready) = oneshot::channel();
        options.shutdown = Some(Box::pin(async {
            let _ = stopped.await;
        }));
        options.on_ready = Some(Box::new(move |addresses| {
            let _ = ready.send(*addresses);
        }));
        let mut task = tokio::spawn(run(options));
        let addresses = tokio::select! {
            Ok(addresses) = &mut is_ready => addresses,
            ended = &mut task => {
                ended.unwrap()?;
                panic!("the server stopped before it was ready");
            }
        };
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .timeout(Duration::from_secs(30))
            .no_proxy()
            .build()
            .unwrap();
        Ok(Self {
            addresses,
            dir,
            client,
            stop,
            task,
        })
    }

    /// Waits until it stops by itself; the error it stopped with.
    pub(crate) async fn ended(self) -> Error {
        let ended = tokio::time::timeout(Duration::from_secs(20), self.task).await;
        ended.expect("it ends in time").unwrap().unwrap_err()
    }

    /// Stops it in order; gives its folder back.
    pub(crate) async fn stop(self) -> tempfile::TempDir {
        self.stop.send(()).unwrap();
        self.task.await.unwrap().unwrap();
        self.dir
    }

    pub(crate) fn http(&self) -> SocketAddr {
        self.addresses.http.unwrap()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.http())
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "tests read the token as the CLI does"
    )]
    pub(crate) fn token(&self) -> String {
        let path = self.dir.path().join("data/token");
        std::fs::read_to_string(path).unwrap().trim().to_owned()
    }

    /// Status and JSON of a GET.
    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        answer(self.client.get(self.url(path))).await
    }

    /// JSON of a GET that must succeed.
    pub(crate) async fn ok(&self, path: &str) -> Value {
        let (status, body) = self.get(path).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    /// The error of a GET that must fail with this status.
    pub(crate) async fn fails(&self, path: &str, status: u16) -> Value {
        let (found, body) = self.get(path).await;
        assert_eq!(found, status, "{path}: {body}");
        body["error"].clone()
    }

    /// A request with the admin token.
    pub(crate) async fn admin(&self, method: reqwest::Method, path: &str) -> (u16, Value) {
        answer(
            self.client
                .request(method, self.url(path))
                .bearer_auth(self.token()),
        )
        .await
    }

    /// Sends OTLP/JSON and expects all of it to be taken.
    pub(crate) async fn send(&self, path: &str, body: &Value) {
        let url = format!("http://{}{path}", self.addresses.otlp_http.unwrap());
        let (status, answer) = answer(self.client.post(url).json(body)).await;
        assert_eq!(status, 200, "{answer}");
        assert!(
            answer
                .get("partialSuccess")
                .is_none_or(|partial| partial == &json!({})),
            "{answer}"
        );
    }
}

pub(crate) async fn answer(request: reqwest::RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (
        status,
        serde_json::from_str(&text).unwrap_or(Value::String(text)),
    )
}

/// A span as OTLP/JSON; `extra` is merged in.
pub(crate) fn span(trace: &str, id: &str, start_ms: i64, length_ms: i64, extra: Value) -> Value {
    let start = START + start_ms * 1_000_000;
    let mut span = json!({
        "traceId": trace,
        "spanId": id,
        "name": "work",
        "kind": 1,
        "startTimeUnixNano": start.to_string(),
        "endTimeUnixNano": (start + length_ms * 1_000_000).to_string(),
    });
    for (key, value) in extra.as_object().unwrap() {
        span[key] = value.clone();
    }
    span
}

pub(crate) fn attributes(pairs: &[(&str, Value)]) -> Value {
    let one = |(key, value): &(&str, Value)| {
        let value = match value {
            Value::String(text) => json!({ "stringValue": text }),
            Value::Bool(flag) => json!({ "boolValue": flag }),
            Value::Number(number) if number.is_f64() => json!({ "doubleValue": number }),
            Value::Number(number) => json!({ "intValue": number.to_string() }),
            other => other.clone(),
        };
        json!({ "key": key, "value": value })
    };
    pairs.iter().map(one).collect()
}

pub(crate) fn spans_of(service: &str, spans: Vec<Value>) -> Value {
    json!({ "resourceSpans": [{
        "resource": { "attributes": attributes(&[("service.name", json!(service))]) },
        "scopeSpans": [{ "scope": { "name": "lib", "version": "1.2" }, "spans": spans }],
    }] })
}

pub(crate) fn logs_of(service: &str, records: Vec<Value>) -> Value {
    json!({ "resourceLogs": [{
        "resource": { "attributes": attributes(&[("service.name", json!(service))]) },
        "scopeLogs": [{ "scope": { "name": "lib" }, "logRecords": records }],
    }] })
}

pub(crate) fn record(at_ms: i64, severity: u8, body: &str, pairs: &[(&str, Value)]) -> Value {
    json!({
        "timeUnixNano": (START + at_ms * 1_000_000).to_string(),
        "severityNumber": severity,
        "body": { "stringValue": body },
        "attributes": attributes(pairs),
    })
}

/// Names of the keys of an object, sorted.
pub(crate) fn keys(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}
