//! `tacho` as a process: exit codes, help, pipes, starting and stopping.

use super::support::{PATIENCE, Said, Server, log, tacho, terminate, wait};
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Stdio;
use std::time::Instant;

fn run(args: &[&str]) -> Said {
    let home = tempfile::tempdir().unwrap();
    tacho(home.path()).args(args).output().unwrap().into()
}

#[test]
fn exit_codes_tell_usage_and_reach_apart() {
    let said = run(&["status", "--server", "http://127.0.0.1:1"]);
    assert_eq!(said.code, 3, "{said:?}");
    assert!(
        said.err.contains("no server answers at http://127.0.0.1:1"),
        "{said:?}"
    );
    assert!(
        said.err.contains("hint: start one with `tacho serve`"),
        "{said:?}"
    );
    for wrong in [
        &["no-such-command"][..],
        &[],
        &["status", "--server", "ftp://x"],
        &["restore", "x"],
    ] {
        let said = run(wrong);
        assert_eq!(said.code, 2, "{said:?}");
        assert_eq!(said.out, "");
    }
    let version = run(&["--version"]).done();
    assert_eq!(version, format!("tacho {}\n", env!("CARGO_PKG_VERSION")));
    assert!(
        run(&["traces", "list", "--help"])
            .done()
            .contains("Examples:\n")
    );
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let server = Server::start();
    for number in 0..40 {
        let body = format!("{number} {}", "x".repeat(3_000));
        server.send("logs", &log("tool", (9, "INFO"), &body, 60));
    }
    let mut child = server
        .command(&["logs", "query", "--limit", "1000"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert_eq!(wait(&mut child), Some(0));
    let mut err = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut err)
        .unwrap();
    assert_eq!(err, "");
}

#[test]
fn the_server_tells_its_addresses_and_stops_when_told() {
    let home = tempfile::tempdir().unwrap();
    let mut child = tacho(home.path())
        .args([
            "serve",
            "--http",
            "127.0.0.1:0",
            "--otlp-grpc",
            "127.0.0.1:0",
            "--otlp-http",
            "off",
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    assert!(line.starts_with("listening http=127.0.0.1:"), "{line}");
    assert!(line.contains(" otlp_grpc=127.0.0.1:"), "{line}");
    let started = Instant::now();
    terminate(&child);
    assert_eq!(wait(&mut child), Some(0));
    assert!(started.elapsed() < PATIENCE);
}

#[test]
fn a_second_server_on_the_folder_is_refused_with_the_reason() {
    let server = Server::start();
    let said: Said = tacho(server.home.path())
        .args([
            "serve",
            "--http",
            "127.0.0.1:0",
            "--otlp-grpc",
            "off",
            "--otlp-http",
            "off",
        ])
        .output()
        .unwrap()
        .into();
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.err.contains("in use"), "{said:?}");
}

#[test]
fn wrong_flags_and_keys_are_wrong_usage() {
    for args in [
        &["serve", "--http", "nowhere"][..],
        &["serve", "--set", "storage.durabilty=fsync"],
        &["serve", "--set", "storage.durability=maybe"],
        &["serve", "--config", "missing.yaml"],
    ] {
        let said = run(args);
        assert_eq!(said.code, 2, "{args:?} {said:?}");
    }
}
