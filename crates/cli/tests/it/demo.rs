//! `tacho demo`: server and orchestrator in one process.

use super::support::{PATIENCE, Server, tacho};
use std::process::Stdio;
use std::time::{Duration, Instant};

#[test]
fn one_run_is_carried_out_kept_and_found_again() {
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join(".local/share/tachograph");
    let output = tacho(home.path())
        .args([
            "demo",
            "--once",
            "--speed",
            "200",
            "--http",
            "127.0.0.1:0",
            "--otlp-grpc",
            "127.0.0.1:0",
        ])
        .args(["--otlp-http", "off", "--metrics-listen", "127.0.0.1:0"])
        .arg("--data-dir")
        .arg(&data)
        .output()
        .unwrap();
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert_eq!(output.status.code(), Some(0), "{out}\n{err}");
    assert!(out.contains("tacho traces list"), "{out}");

    let server = Server::start_in(home);
    let list = server.run(&["traces", "list", "--output", "json"]).json();
    assert_eq!(
        list["traces"][0]["rootName"], "orchestrator.execute_request",
        "{list}"
    );
    let logs = server
        .run(&["logs", "query", "{} | event=\"task_created\""])
        .done();
    assert!(logs.contains("orchestration-service"), "{logs}");
}

/// A demo that runs until it is dropped.
struct Demo(std::process::Child);

impl Drop for Demo {
    fn drop(&mut self) {
        // It may have ended by itself, which the test has noticed then.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn metrics_of_the_orchestrator_are_scraped_and_received() {
    let home = tempfile::tempdir().unwrap();
    let ready_file = home.path().join("ready.json");
    let child = tacho(home.path())
        .args(["demo", "--speed", "50", "--rate", "60"])
        .args(["--http", "127.0.0.1:0", "--otlp-grpc", "127.0.0.1:0"])
        .args(["--otlp-http", "off", "--listen", "127.0.0.1:0"])
        .args(["--metrics-listen", "127.0.0.1:0", "--ready-file"])
        .arg(&ready_file)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut demo = Demo(child);
    let started = Instant::now();
    let mut eventually = |what: &str, look: &dyn Fn() -> bool| {
        while !look() {
            assert!(started.elapsed() < PATIENCE, "waited too long for {what}");
            assert_eq!(demo.0.try_wait().unwrap(), None, "the demo ended");
            std::thread::sleep(Duration::from_millis(100));
        }
    };
    eventually("the server", &|| ready_file.exists());
    let ready: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(&ready_file).unwrap()).unwrap();
    let url = format!("http://{}", ready["http"].as_str().unwrap());
    let answers = |query: &str| {
        let output = tacho(home.path())
            .args(["--server", &url, "query", query])
            .output()
            .unwrap();
        String::from_utf8_lossy(&output.stdout).contains("orchestration-service")
    };
    for query in [
        "up{job=\"orchestration-service\"} == 1",
        "orchestrator_tasks_total{status=\"success\"} > 0",
        "workflow_runs_total{status=\"SUCCESS\"} > 0",
        "workflow_duration_bucket{le=\"+Inf\"} > 0",
    ] {
        eventually(query, &|| answers(query));
    }
}
