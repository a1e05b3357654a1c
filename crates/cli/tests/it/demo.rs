//! `tacho demo`: server and orchestrator in one process.

use super::support::{Server, tacho};

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
        .args(["--otlp-http", "off", "--data-dir"])
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
