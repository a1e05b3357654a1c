//! `tacho logs`: query and tail.

use super::support::{PATIENCE, Server, log, signal, wait};
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};

fn server() -> Server {
    let server = Server::start();
    server.send("logs", &log("planner", (9, "INFO"), "plan made", 7_200));
    server.send(
        "logs",
        &log(
            "planner",
            (17, "ERROR"),
            "plan failed:\n\u{1b}[31m timeout",
            60,
        ),
    );
    server.send("logs", &log("tool", (13, "WARN"), "slow", 30));
    server
}

#[test]
fn records_are_found_newest_first() {
    let server = server();
    let text = server.run(&["logs", "query"]).done();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3, "{text}");
    assert!(lines[0].contains("WARN  tool slow task_id=t-1"), "{text}");
    assert!(
        lines[1].contains("ERROR planner plan failed:\\n\\u{1b}[31m timeout"),
        "{text}"
    );

    let some = |args: &[&str]| server.run(&[&["logs", "query"], args].concat()).done();
    assert_eq!(
        some(&["{service_name=\"planner\"} |= \"timeout\""])
            .lines()
            .count(),
        1
    );
    assert_eq!(some(&["--severity", "WARN"]).lines().count(), 2);
    assert_eq!(some(&["--service", "tool"]).lines().count(), 1);
    assert_eq!(some(&["--since", "1h"]).lines().count(), 2);
    assert_eq!(some(&["--attr", "task_id=t-2"]), "no log records match\n");
    assert!(
        some(&["--order", "oldest"])
            .lines()
            .next()
            .unwrap()
            .contains("plan made")
    );
    let full = some(&["--full", "--service", "tool"]);
    assert!(full.contains("\n    slow\n    task_id: t-1\n"), "{full}");
    assert!(full.contains("resource: service.name=tool"), "{full}");
    let json = server
        .run(&["logs", "query", "--limit", "1", "--output", "json"])
        .json();
    assert_eq!(json["logs"][0]["body"], "slow");
}

#[test]
fn pages_follow_each_other() {
    let server = server();
    let page = server.run(&["logs", "query", "--limit", "2"]).done();
    let (_, command) = page.split_once("next page: tacho ").unwrap();
    let next = server
        .run(&command.split_whitespace().collect::<Vec<_>>())
        .done();
    assert_eq!(next.lines().count(), 1, "{next}");
    assert!(next.contains("plan made"), "{next}");
}

#[test]
fn mistakes_in_queries_are_pointed_at() {
    let server = Server::start();
    for command in ["query", "tail"] {
        let said = server.run(&["logs", command, "{service_name=}"]);
        assert_eq!(said.code, 2, "{said:?}");
        assert!(said.err.starts_with("error: "), "{said:?}");
    }
}

fn lines(input: impl std::io::Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = sync_channel(64);
    std::thread::spawn(move || {
        for line in BufReader::new(input).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    receiver
}

#[test]
fn new_records_are_followed_until_interrupted() {
    let server = server();
    let mut tail = server
        .command(&["logs", "tail", "{} |= \"fresh\""])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = lines(tail.stdout.take().unwrap());
    // Nobody tells when the stream stands, so records are sent until one comes through.
    let started = Instant::now();
    let line = loop {
        server.send("logs", &log("tool", (9, "INFO"), "stale", 0));
        server.send("logs", &log("tool", (9, "INFO"), "fresh\u{1b}c", 0));
        match lines.recv_timeout(Duration::from_millis(300)) {
            Ok(line) => break line,
            Err(_) => assert!(started.elapsed() < PATIENCE, "nothing came"),
        }
    };
    assert!(
        line.contains("INFO  tool fresh\\u{1b}c task_id=t-1"),
        "{line}"
    );
    signal(&tail, "-INT");
    assert_eq!(wait(&mut tail), Some(0));
}
