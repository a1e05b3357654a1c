//! A server of its own for a test, commands that ask it, and telemetry to ask for.

use serde_json::{Value, json};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A start, a stop or an arrival takes at most this long even on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A command in an environment that holds nothing of ours.
pub(crate) fn tacho(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tacho"));
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("TACHO_") || name.starts_with("XDG_") || name == "NO_COLOR" {
            command.env_remove(&*name);
        }
    }
    command
        .env("HOME", home)
        .env("TZ", "UTC")
        .stdin(Stdio::null())
        .current_dir(home);
    command
}

/// What a command said.
#[derive(Debug)]
pub(crate) struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Said {
    /// The output as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out)
            .map_err(|error| format!("{error}: {self:?}"))
            .unwrap()
    }

    /// The output of a command that has to succeed.
    #[track_caller]
    pub(crate) fn done(self) -> String {
        assert_eq!(self.code, 0, "{self:?}");
        self.out
    }
}

/// A running server; killed when it is dropped.
pub(crate) struct Server {
    pub home: TempDir,
    pub ready: Value,
    child: Child,
}

impl Server {
    /// Starts one on free ports with a folder of its own and waits until it answers.
    pub(crate) fn start() -> Self {
        Self::start_in(tempfile::tempdir().unwrap())
    }

    /// Starts one in this home; its data folder is the usual one there.
    pub(crate) fn start_in(home: TempDir) -> Self {
        let ready_file = home.path().join("ready.json");
        let child = tacho(home.path())
            .args([
                "serve",
                "--http",
                "127.0.0.1:0",
                "--otlp-grpc",
                "off",
                "--otlp-http",
                "127.0.0.1:0",
            ])
            .arg("--ready-file")
            .arg(&ready_file)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut server = Self {
            home,
            ready: Value::Null,
            child,
        };
        let started = Instant::now();
        while server.ready.is_null() {
            assert!(started.elapsed() < PATIENCE, "the server is not ready");
            assert_eq!(server.child.try_wait().unwrap(), None, "the server ended");
            std::thread::sleep(Duration::from_millis(20));
            if let Ok(text) = std::fs::read_to_string(&ready_file) {
                server.ready = serde_json::from_str(&text).unwrap();
            }
        }
        server
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.ready["http"].as_str().unwrap())
    }

    /// A command that asks this server.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = tacho(self.home.path());
        command.env("TACHO_SERVER", self.url()).args(args);
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Said {
        self.command(args).output().unwrap().into()
    }

    /// Sends OTLP JSON; returns when it is acknowledged.
    pub(crate) fn send(&self, signal: &str, body: &Value) {
        let address = self.ready["otlp_http"].as_str().unwrap();
        static PROVIDER: OnceLock<()> = OnceLock::new();
        PROVIDER.get_or_init(|| {
            let _ = rustls::crypto::ring::default_provider().install_default();
        });
        let response = reqwest::blocking::Client::new()
            .post(format!("http://{address}/v1/{signal}"))
            .json(body)
            .send()
            .unwrap();
        assert!(
            response.status().is_success(),
            "{}",
            response.text().unwrap_or_default()
        );
    }

    /// Ends the server as Ctrl-C or a supervisor does and waits for it.
    pub(crate) fn stop(mut self) -> TempDir {
        terminate(&self.child);
        assert_eq!(wait(&mut self.child), Some(0));
        let home = tempfile::tempdir().unwrap();
        std::mem::replace(&mut self.home, home)
    }

    /// Kills the server and starts another one on its folder.
    pub(crate) fn restart_after_kill(mut self) -> Self {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        let _ = std::fs::remove_file(self.home.path().join("ready.json"));
        let home = std::mem::replace(&mut self.home, tempfile::tempdir().unwrap());
        Self::start_in(home)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends SIGTERM.
pub(crate) fn terminate(child: &Child) {
    signal(child, "-TERM");
}

/// Sends a signal.
pub(crate) fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill")
        .args([name, &child.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
}

/// Waits for the end; the exit code.
pub(crate) fn wait(child: &mut Child) -> Option<i32> {
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        assert!(started.elapsed() < PATIENCE, "the process does not end");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Nanoseconds since the epoch, so many seconds ago.
pub(crate) fn ago_ns(seconds: u64) -> u64 {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    u64::try_from(now.as_nanos()).unwrap() - seconds * 1_000_000_000
}

fn attributes(pairs: &[(&str, &str)]) -> Value {
    pairs
        .iter()
        .map(|(key, value)| json!({"key": key, "value": {"stringValue": value}}))
        .collect()
}

/// One trace of two spans, the inner one failed, `seconds` ago.
pub(crate) fn trace(id: &str, service: &str, seconds: u64) -> Value {
    let start = ago_ns(seconds);
    let end = start + 400_000_000;
    json!({"resourceSpans": [{
        "resource": {"attributes": attributes(&[("service.name", service)])},
        "scopeSpans": [{"spans": [
            {"traceId": id, "spanId": "00000000000000a1", "name": "handle request", "kind": 2,
             "startTimeUnixNano": start.to_string(), "endTimeUnixNano": end.to_string(),
             "attributes": attributes(&[("run_id", "r-1")])},
            {"traceId": id, "spanId": "00000000000000a2", "parentSpanId": "00000000000000a1",
             "name": "edit\u{1b}[31m file", "startTimeUnixNano": (start + 100_000_000).to_string(),
             "endTimeUnixNano": (start + 300_000_000).to_string(),
             "status": {"code": 2, "message": "no such file"},
             "attributes": attributes(&[("file", "src/lib.rs"), ("prompt", "first\nsecond")])},
        ]}],
    }]})
}

/// One log record.
pub(crate) fn log(service: &str, severity: (u8, &str), body: &str, seconds: u64) -> Value {
    json!({"resourceLogs": [{
        "resource": {"attributes": attributes(&[("service.name", service)])},
        "scopeLogs": [{"logRecords": [{
            "timeUnixNano": ago_ns(seconds).to_string(), "severityNumber": severity.0,
            "severityText": severity.1, "body": {"stringValue": body},
            "attributes": attributes(&[("task_id", "t-1")]),
        }]}],
    }]})
}
