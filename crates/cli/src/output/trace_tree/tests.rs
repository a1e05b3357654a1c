//! What people see of traces, of odd ones too.

use super::{TreeStyle, print};
use crate::output::screen::Look;
use crate::time::Zone;
use serde_json::{Value, json};
use tacho_api::trace::Trace;

fn span(id: &str, parent: Option<&str>, start_ms: u32, duration_ms: f64) -> Value {
    let mut span = json!({
        "spanId": id, "operationName": format!("work {id}"), "serviceName": "planner", "kind": "INTERNAL",
        "startTime": format!("2026-11-20T11:03:12.{start_ms:03}000000Z"),
        "endTime": "2026-11-20T11:03:13.000000000Z", "durationMs": duration_ms, "status": "UNSET",
        "attributes": {}, "events": [], "links": [], "resource": 0, "scope": 0,
    });
    if let Some(parent) = parent {
        span["parentSpanId"] = json!(parent);
    }
    span
}

fn trace(spans: &[Value]) -> Trace {
    serde_json::from_value(json!({
        "traceId": "5b8efff798038103d269b633813fc60c", "aliases": ["tr-abc123"], "services": ["planner", "tool"],
        "startTime": "2026-11-20T11:03:12.000000000Z", "endTime": "2026-11-20T11:03:12.400000000Z",
        "durationMs": 400.0, "status": "ERROR", "spanCount": spans.len(),
        "resources": [{"attributes": {"service.name": "planner"}}], "scopes": [{"name": "lib", "version": "1"}],
        "spans": spans,
    }))
    .unwrap()
}

fn shown(trace: &Trace, width: Option<usize>, full: bool) -> String {
    let text = print(
        trace,
        &TreeStyle {
            look: Look {
                color: false,
                width,
            },
            zone: Zone::utc(),
            full,
        },
    );
    text.lines()
        .map(|line| line.trim_end().to_owned() + "\n")
        .collect()
}

#[test]
fn a_trace_is_a_tree_over_a_time_line() {
    let mut failed = span("c", Some("b"), 200, 100.0);
    failed["status"] = json!("ERROR");
    failed["statusMessage"] = json!("no such\nfile");
    failed["serviceName"] = json!("tool");
    let spans = [
        span("a", None, 0, 400.0),
        span("b", Some("a"), 100, 200.0),
        failed,
        span("d", Some("a"), 399, 0.5),
    ];
    let expected = "\
trace 5b8efff798038103d269b633813fc60c (tr-abc123)
2026-11-20 11:03:12.000Z · 400ms · 4 spans · 1 error · planner, tool

   START  DURATION  TIME LINE             SPAN
      +0     400ms  ████████████████████  work a  planner
  +100ms     200ms       ██████████       ├─ work b
  +200ms     100ms            █████       │  └─ ✗ work c  tool  no such\\nfile
  +399ms     500µs                     ▏  └─ work d
";
    assert_eq!(shown(&trace(&spans), Some(80), false), expected);
}

#[test]
fn lines_fit_the_terminal() {
    let mut long = span("a", None, 0, 400.0);
    long["operationName"] = json!("x".repeat(500));
    let text = shown(&trace(&[long]), Some(60), false);
    assert!(
        text.lines().skip(3).all(|line| line.chars().count() <= 60),
        "{text}"
    );
    assert!(text.contains("xx…"));
}

#[test]
fn every_span_is_shown_once_whatever_the_parents_are() {
    let mut server = span("z", Some("a"), 0, 1.0);
    server["kind"] = json!("SERVER");
    let spans = [
        span("lost", Some("gone"), 0, 1.0),
        span("self", Some("self"), 0, 1.0),
        span("x", Some("y"), 0, 1.0),
        span("y", Some("x"), 0, 1.0),
        span("below", Some("x"), 0, 1.0),
        span("z", Some("a"), 0, 1.0),
        server,
        span("inner", Some("z"), 0, 1.0),
    ];
    let text = shown(&trace(&spans), None, false);
    for name in ["lost", "self", "x", "y", "below", "inner"] {
        assert_eq!(
            text.matches(&format!("work {name}")).count(),
            1,
            "{name}: {text}"
        );
    }
    let lines: Vec<&str> = text.lines().skip(4).collect();
    assert!(lines[0].ends_with("  span gone not received"), "{text}");
    assert!(lines[1].ends_with("└─ work lost  planner"), "{text}");
    assert!(text.contains("  span a not received"), "{text}");
    assert!(text.contains("└─ work z"), "{text}");
    assert!(text.contains("   └─ work inner"), "{text}");
}

#[test]
fn chains_of_any_depth_are_shown_in_bounded_lines() {
    let mut spans = vec![span("0", None, 0, 1.0)];
    for depth in 1..2_000 {
        spans.push(span(
            &depth.to_string(),
            Some(&(depth - 1).to_string()),
            0,
            1.0,
        ));
    }
    let text = shown(&trace(&spans), None, false);
    assert!(text.contains("· 1999 work 1999"));
    assert!(text.lines().all(|line| line.chars().count() < 200));
}

#[test]
fn in_full_attributes_events_and_origins_are_there() {
    let mut rich = span("a", None, 0, 400.0);
    rich["attributes"] = json!({"prompt": "one\ntwo", "n": 1});
    rich["events"] = json!([{"name": "exception", "timestamp": "2026-11-20T11:03:12.010Z", "attributes": {"exception.type": "Io"}}]);
    rich["links"] = json!([{"traceId": "aa", "spanId": "bb"}]);
    let expected = "\
trace 5b8efff798038103d269b633813fc60c (tr-abc123)
2026-11-20 11:03:12.000Z · 400ms · 1 span · planner, tool

   START  DURATION  SPAN
      +0     400ms  work a  planner
                      span: a internal resource 0 scope 0
                      n: 1
                      prompt:
                          one
                          two
                      event: exception at +10ms
                        exception.type: Io
                      link: trace aa span bb

resource 0: service.name=planner
scope 0: lib 1
";
    assert_eq!(shown(&trace(&[rich]), Some(80), true), expected);
}

#[test]
fn a_part_of_a_trace_says_that_it_is_one() {
    let mut part = trace(&[span("a", None, 0, 400.0)]);
    part.span_count = 54_321_u64.into();
    assert!(
        shown(&part, None, false)
            .ends_with("\n1 of 54321 spans are shown: --limit 54321 shows more\n")
    );
}

#[test]
fn spans_of_one_name_are_told_apart_by_their_most_telling_attribute() {
    let with = |id: &str, parent: Option<&str>, name: &str, attributes: Value| {
        let mut span = span(id, parent, 0, 1.0);
        span["operationName"] = json!(name);
        span["attributes"] = attributes;
        span
    };
    let agent = json!({"agent.id": "coder-3", "gen_ai.request.model": "large"});
    let spans = [
        with("a", None, "agent.execute", agent.clone()),
        with("b", Some("a"), "llm_call", agent),
        with(
            "c",
            Some("a"),
            "read_file",
            json!({"agent.id": "coder-3", "file.path": "a/very/long/path/that/ends/in/src/lib.rs"}),
        ),
        with(
            "d",
            Some("a"),
            "execute_tool search",
            json!({"gen_ai.tool.name": "search"}),
        ),
        with(
            "e",
            Some("a"),
            "search",
            json!({"pattern": "\u{1b}[31mTODO".to_owned() + &"x".repeat(60)}),
        ),
        with(
            "f",
            Some("a"),
            "agent.execute",
            json!({"agent.id": "coder-4"}),
        ),
        with(
            "g",
            Some("a"),
            "query",
            json!({"db.statement": {"$ref": {"bytes": 9000, "preview": "SELECT"}}}),
        ),
    ];
    let text = shown(&trace(&spans), None, false);
    let ends: Vec<&str> = text
        .lines()
        .skip(4)
        .map(|line| line.split_once("▏").map_or(line, |(_, end)| end.trim()))
        .collect();
    assert_eq!(
        ends,
        [
            "agent.execute · coder-3  planner",
            "├─ llm_call · large",
            "├─ read_file · …/path/that/ends/in/src/lib.rs",
            "├─ execute_tool search",
            "├─ search · \\u{1b}[31mTODOxxxxxxxxxxxxxxx…",
            "├─ agent.execute · coder-4",
            "└─ query · SELECT… (8.8 KiB in all)",
        ]
    );
    assert!(!shown(&trace(&spans), None, true).contains(" · coder-3"));
}
