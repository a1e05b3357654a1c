//! `tacho traces`: list, get, delete.

use super::support::{Server, trace};
use serde_json::Value;

const FIRST: &str = "5b8efff798038103d269b633813fc60c";
const SECOND: &str = "6b8efff798038103d269b633813fc60c";

fn server() -> Server {
    let server = Server::start();
    server.send("traces", &trace(FIRST, "planner", 3_600));
    server.send("traces", &trace(SECOND, "tool", 60));
    server
}

#[test]
fn traces_are_listed_newest_first_and_filtered() {
    let server = server();
    let all = server.run(&["traces", "list"]).done();
    let ids: Vec<_> = all
        .lines()
        .skip(1)
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert_eq!(ids, [SECOND, FIRST], "{all}");
    assert!(all.starts_with("TRACE "), "{all}");
    assert!(
        all.contains("400ms      2       1  tool     handle request"),
        "{all}"
    );

    let one = |args: &[&str]| server.run(&[&["traces", "list"], args].concat()).done();
    assert!(!one(&["--since", "10m"]).contains(FIRST));
    assert!(!one(&["--until", "10m"]).contains(SECOND));
    assert!(!one(&["--service", "planner"]).contains(SECOND));
    assert!(one(&["--name", "handle request", "--status", "unset"]).contains(FIRST));
    assert_eq!(
        one(&["--name", "handle request", "--status", "error"]),
        "no traces match\n"
    );
    assert_eq!(one(&["--attr", "file=src/main.rs"]), "no traces match\n");
    assert!(one(&["--attr", "file=src/lib.rs", "--attr", "service.name=tool"]).contains(SECOND));
    assert_eq!(one(&["--min-duration", "1s"]), "no traces match\n");
    assert!(one(&["--max-duration", "1s"]).contains(FIRST));
    assert!(
        !one(&[
            "--query",
            "{ resource.service.name = \"tool\" && status = error }"
        ])
        .contains(FIRST)
    );
}

#[test]
fn a_trace_without_its_root_says_so_and_names_its_first_span() {
    let server = Server::start();
    let mut body = trace(FIRST, "planner", 60);
    let spans = body["resourceSpans"][0]["scopeSpans"][0]["spans"].as_array_mut();
    spans.unwrap().remove(0);
    server.send("traces", &body);
    let text = server.run(&["traces", "list"]).done();
    assert!(
        text.contains("planner  (root not received yet) edit\\u{1b}[31m file\n"),
        "{text}"
    );
}

#[test]
fn the_last_line_of_a_page_is_the_command_for_the_next() {
    let server = server();
    let page = server
        .run(&["traces", "list", "--limit", "1", "--since", "1d"])
        .done();
    let (first, command) = page.split_once("next page: tacho ").unwrap();
    assert!(first.contains(SECOND) && !first.contains(FIRST));
    // The words hold no blanks here, so that no shell is needed to read them.
    let args: Vec<&str> = command.split_whitespace().collect();
    let next = server.run(&args).done();
    assert!(next.contains(FIRST) && !next.contains(SECOND), "{next}");
    assert!(!next.contains("next page"), "{next}");
}

#[test]
fn json_is_the_answer_of_the_server() {
    let server = server();
    let list = server.run(&["traces", "list", "--output", "json"]).json();
    assert_eq!(list["traces"][0]["traceId"], SECOND);
    assert!(list["stats"].is_object());
    let trace = server
        .run(&["traces", "get", FIRST, "--output", "json"])
        .json();
    assert_eq!(trace["spanCount"], 2);
    assert_eq!(trace["spans"][1]["attributes"]["prompt"], "first\nsecond");
}

#[test]
fn a_trace_is_shown_as_a_tree() {
    let server = server();
    let text = server.run(&["traces", "get", &FIRST.to_uppercase()]).done();
    let rows: Vec<&str> = text.lines().skip(4).collect();
    assert_eq!(rows.len(), 2, "{text}");
    assert!(rows[0].ends_with("handle request  planner"), "{text}");
    assert!(
        rows[1].ends_with("└─ ✗ edit\\u{1b}[31m file  no such file"),
        "{text}"
    );
    assert!(
        text.contains("400ms · 2 spans · 1 error · planner"),
        "{text}"
    );
    assert!(!text.contains('\u{1b}'));

    let full = server.run(&["traces", "get", FIRST, "--full"]).done();
    assert!(full.contains("file: src/lib.rs"), "{full}");
    assert!(full.contains("prompt:\n"), "{full}");
    assert!(full.contains("resource 0: service.name=planner"), "{full}");
    let colored = server
        .run(&["traces", "get", FIRST, "--color", "always"])
        .done();
    assert!(colored.contains("\u{1b}[31m"), "{colored}");
}

#[test]
fn a_trace_comes_out_as_otlp_json() {
    let server = server();
    let otlp: Value = server
        .run(&["traces", "get", FIRST, "--format", "otlp"])
        .json();
    let spans = &otlp["resourceSpans"][0]["scopeSpans"][0]["spans"];
    assert_eq!(spans[0]["traceId"], FIRST);
    assert_eq!(spans[1]["status"]["message"], "no such file");
}

#[test]
fn deleted_traces_and_runs_are_gone() {
    let server = server();
    assert_eq!(
        server.run(&["traces", "delete", FIRST]).done(),
        "deleted 2 spans, 0 log records\n"
    );
    let gone = server.run(&["traces", "get", FIRST]);
    assert_eq!(gone.code, 1, "{gone:?}");
    assert!(gone.err.starts_with("error: "), "{gone:?}");
    // The inner span does not carry the run's id, but its trace belongs to that run alone.
    let report = server
        .run(&["runs", "delete", "r-1", "--output", "json"])
        .json();
    assert_eq!(report["spans"], 2);
    assert_eq!(server.run(&["traces", "get", SECOND]).code, 1);
    assert_eq!(server.run(&["traces", "list"]).done(), "no traces match\n");
}

#[test]
fn mistakes_are_wrong_usage_and_pointed_at() {
    let server = server();
    let said = server.run(&["traces", "list", "--query", "{ status = }"]);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.err.contains("\n  { status = }\n"), "{said:?}");
    assert!(said.err.lines().any(|line| line.trim() == "^"), "{said:?}");
    assert_eq!(server.run(&["traces", "list", "--since", "soon"]).code, 2);
    assert_eq!(server.run(&["traces", "list", "--limit", "0"]).code, 2);
    assert_eq!(server.run(&["traces", "get", "no such trace"]).code, 1);
}
