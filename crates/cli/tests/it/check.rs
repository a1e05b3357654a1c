//! `tacho check`: needs no server.

use super::support::{Said, tacho};
use std::io::Write as _;
use std::process::Stdio;

fn check(args: &[&str], input: Option<&str>) -> Said {
    let home = tempfile::tempdir().unwrap();
    let mut command = tacho(home.path());
    command.arg("check").args(args);
    let Some(input) = input else {
        return command.output().unwrap().into();
    };
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    child.wait_with_output().unwrap().into()
}

#[test]
fn good_queries_are_ok() {
    assert_eq!(
        check(&["traceql", "{ status = error }"], None).done(),
        "ok\n"
    );
    assert_eq!(
        check(&["logql", "{service_name=\"a\"} |= \"b\""], None).done(),
        "ok\n"
    );
    assert_eq!(
        check(&["traceql"], Some("{ status = error &&\n duration > 1s }")).done(),
        "ok\n"
    );
}

#[test]
fn wrong_queries_are_pointed_at() {
    let said = check(&["traceql", "{ duration = \"5s\" }"], None);
    assert_eq!(said.code, 1);
    assert!(said.out.starts_with("1:14: "), "{said:?}");
    assert!(said.out.contains("\n               ^^^^\n"), "{said:?}");
    let json = check(&["traceql", "{ status = }", "--output", "json"], None).json();
    assert_eq!(json["valid"], false);
    assert_eq!(json["diagnostics"][0]["column"], 12);
}

#[test]
fn each_line_gets_a_verdict() {
    let said = check(&["logql", "-"], Some("{a=\"b\"}\n{a=}\n\n{c=~\"d\"}\n"));
    assert_eq!(said.code, 1);
    let lines: Vec<&str> = said.out.lines().collect();
    assert_eq!(lines.len(), 4, "{said:?}");
    assert_eq!((lines[0], lines[3]), ("ok", "ok"));
    assert!(lines[1].starts_with("1:4: expected"), "{said:?}");
    assert!(lines[2].starts_with("1:1: "), "{said:?}");
    assert_eq!(check(&["logql", "-"], Some("{a=\"b\"}\n")).code, 0);
}

#[test]
fn unknown_languages_are_wrong_usage() {
    assert_eq!(check(&["sql", "select"], None).code, 2);
}
