//! What runs do and how they are told:
//! traces, events, files, mishaps.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;

use opentelemetry_proto::tonic::logs::v1::LogRecord;
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;

use super::collector::{Collector, attributes, number, text};
use super::{Running, options};
use crate::events::{STANDARD_COUNT, TABLE};
use crate::options::Mishaps;

/// Span name, names it may have as parent, attributes it must have.
const SPANS: [(&str, &[&str], &[&str]); 13] = [
    (
        "orchestrator.execute_request",
        &[""],
        &[
            "request.type",
            "parallel",
            "agent.count",
            "workflow.run.id",
            "gen_ai.workflow.name",
        ],
    ),
    (
        "workflow.execute",
        &["orchestrator.execute_request"],
        &[
            "workflow.run.id",
            "workflow.id",
            "workflow.name",
            "workflow.trigger",
            "workflow.status",
            "workflow.duration.ms",
        ],
    ),
    (
        "agent.execute",
        &["workflow.execute"],
        &[
            "agent.id",
            "agent.action",
            "workflow.run.id",
            "agent.run.id",
            "agent.status",
            "agent.duration.ms",
        ],
    ),
    (
        "orchestrator.decompose",
        &["orchestrator.execute_request"],
        &["task.count"],
    ),
    (
        "orchestrator.dispatch_batch",
        &["orchestrator.execute_request"],
        &["batch.size"],
    ),
    (
        "team.coordinate",
        &["orchestrator.execute_request"],
        &["team.id", "member_count"],
    ),
    (
        "agent.execute_task",
        &["orchestrator.dispatch_batch"],
        &[
            "agent.type",
            "agent.model",
            "model",
            "task.id",
            "task_id",
            "gen_ai.agent.name",
        ],
    ),
    (
        "agent.read_file",
        &["agent.execute_task"],
        &["file.path", "size_bytes"],
    ),
    (
        "agent.edit_file",
        &["agent.execute_task"],
        &["file.path", "lines_changed"],
    ),
    (
        "agent.search",
        &["agent.execute_task"],
        &["pattern", "results_count"],
    ),
    (
        "mcp.invoke_tool",
        &["agent.execute_task"],
        &["plugin", "tool_name", "gen_ai.tool.name"],
    ),
    ("agent_execution", &["agent.execute_task"], &["agent.id"]),
    (
        "llm_call",
        &["agent_execution", "orchestrator.decompose"],
        &[
            "agent.id",
            "gen_ai.operation.name",
            "gen_ai.provider.name",
            "gen_ai.request.model",
            "gen_ai.response.model",
            "gen_ai.response.finish_reasons",
            "gen_ai.usage.input_tokens",
            "gen_ai.usage.cache_read.input_tokens",
            "gen_ai.usage.output_tokens",
            "gen_ai.input.messages",
            "gen_ai.output.messages",
        ],
    ),
];

fn spans_of<'a>(spans: &'a [Span], name: &str) -> Vec<&'a Span> {
    spans.iter().filter(|span| span.name == name).collect()
}

fn check_tree(spans: &[Span]) {
    let names: HashMap<&[u8], &str> = spans
        .iter()
        .map(|span| (&*span.span_id, &*span.name))
        .collect();
    for (name, parents, required) in SPANS {
        let found = spans_of(spans, name);
        assert!(!found.is_empty(), "no span {name}");
        for span in found {
            let parent = if span.parent_span_id.is_empty() {
                ""
            } else {
                names
                    .get(&*span.parent_span_id)
                    .copied()
                    .unwrap_or("a span that never came")
            };
            assert!(parents.contains(&parent), "{name} is below {parent}");
            let present = attributes(&span.attributes);
            for key in required
                .iter()
                .chain(&["run_id", "session_id", "worker_type"])
            {
                assert!(present.contains_key(*key), "{name} lacks {key}");
            }
            assert!(span.end_time_unix_nano >= span.start_time_unix_nano);
        }
    }
}

fn check_events(logs: &[LogRecord]) {
    for record in logs {
        let row = TABLE
            .iter()
            .find(|row| row.name == record.event_name)
            .expect("a known event");
        let present = attributes(&record.attributes);
        assert_eq!(
            present.len(),
            record.attributes.len(),
            "{} has a field twice",
            row.name
        );
        let common = [
            "event",
            "correlation_id",
            "session_id",
            "component",
            "agent",
            "model",
        ];
        for key in row
            .required
            .iter()
            .chain(&common)
            .chain(&["duration_ms", "tags", "run_id"])
        {
            assert!(present.contains_key(*key), "{} lacks {key}", row.name);
        }
        assert!(
            !present.contains_key("event.violations"),
            "{} has violations",
            row.name
        );
        assert_eq!(record.severity_number, row.severity as i32, "{}", row.name);
        assert_eq!(text(&present, "event"), row.name);
        assert_eq!((record.trace_id.len(), record.span_id.len()), (16, 8));
        assert!(record.body.is_some());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn request_becomes_one_trace_with_real_work() {
    let (folder, collector) = (tempfile::tempdir().unwrap(), Collector::start());
    let mut options = options(folder.path(), &collector);
    options.once = true;
    options.environment = "staging".to_owned();
    let summary = crate::run(options, std::future::pending()).await.unwrap();
    assert_eq!((summary.succeeded_count, summary.failed_count), (1, 0));
    let received = collector.take();

    let traces: BTreeSet<_> = received.spans.iter().map(|span| &span.trace_id).collect();
    assert_eq!(traces.len(), 1);
    check_tree(&received.spans);
    check_events(&received.logs);
    assert!(
        received.request_bytes_max < 4 * 1024 * 1024,
        "{}",
        received.request_bytes_max
    );
    for resource in &received.resources {
        assert_eq!(text(resource, "service.name"), "orchestration-service");
        assert_eq!(text(resource, "service.namespace"), "orchestrator");
        assert_eq!(text(resource, "service.version"), env!("CARGO_PKG_VERSION"));
        assert_eq!(text(resource, "deployment.environment"), "staging");
        assert_eq!(text(resource, "deployment.environment.name"), "staging");
        assert!(!text(resource, "service.instance.id").is_empty());
    }

    let run = &summary.run_ids[0];
    let edits = spans_of(&received.spans, "agent.edit_file");
    assert!(edits.len() >= 4);
    for edit in edits {
        let path = text(&attributes(&edit.attributes), "file.path").to_owned();
        let before = fs::read_to_string(folder.path().join("template").join(&path)).unwrap();
        let after = fs::read_to_string(folder.path().join("runs").join(run).join(&path)).unwrap();
        assert_ne!(before, after, "{path} was not edited");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn prompts_grow_turn_by_turn_and_cached_tokens_are_part_of_the_input() {
    let (folder, collector) = (tempfile::tempdir().unwrap(), Collector::start());
    let mut options = options(folder.path(), &collector);
    options.once = true;
    crate::run(options, std::future::pending()).await.unwrap();
    let mut conversations: BTreeMap<String, Vec<(u64, usize)>> = BTreeMap::new();
    for span in spans_of(&collector.take().spans, "llm_call") {
        let present = attributes(&span.attributes);
        let input = number(&present, "gen_ai.usage.input_tokens");
        let cached = number(&present, "gen_ai.usage.cache_read.input_tokens")
            + number(&present, "gen_ai.usage.cache_creation.input_tokens");
        assert!(cached <= input);
        let output = number(&present, "gen_ai.usage.output_tokens");
        assert!(number(&present, "gen_ai.usage.reasoning.output_tokens") <= output);
        let messages = text(&present, "gen_ai.input.messages");
        assert!(serde_json::from_str::<serde_json::Value>(messages).is_ok());
        let id = text(&present, "gen_ai.conversation.id").to_owned();
        conversations
            .entry(id)
            .or_default()
            .push((span.start_time_unix_nano, messages.len()));
    }
    let mut longest = 0;
    for turns in conversations.values_mut() {
        turns.sort_unstable();
        assert!(turns.is_sorted_by_key(|(_, length)| *length), "{turns:?}");
        longest = longest.max(turns.last().map_or(0, |(_, length)| *length));
    }
    assert!(
        (40_000..=210_000).contains(&longest),
        "longest prompt {longest}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn all_standard_events_appear_and_carry_their_fields() {
    let (folder, collector) = (tempfile::tempdir().unwrap(), Collector::start());
    let running = Running::start(options(folder.path(), &collector)).await;
    let id = running
        .trigger("scan-and-notify", r#"{"request":"who uses 'unwrap'?"}"#)
        .await;
    running.trigger("test-failure", "").await;
    let scans = running.ended("scan-and-notify", 1).await;
    assert_eq!(scans[0]["status"], "SUCCESS", "{scans:?}");
    let failures = running.ended("test-failure", 1).await;
    assert_eq!(failures[0]["status"], "FAILED");
    running.stop().await;

    let received = collector.take();
    check_events(&received.logs);
    check_tree(&received.spans);
    let seen: BTreeSet<_> = received
        .logs
        .iter()
        .map(|record| &*record.event_name)
        .collect();
    for row in &TABLE[..STANDARD_COUNT] {
        assert!(seen.contains(row.name), "no event {}", row.name);
    }
    let report = folder
        .path()
        .join("runs")
        .join(&id)
        .join(format!("reports/{id}.md"));
    let report = fs::read_to_string(report).unwrap();
    assert!(report.contains("lines match TODO|FIXME|XXX in"), "{report}");
    let sent = fs::read_to_string(folder.path().join("notifications.jsonl")).unwrap();
    assert!(sent.contains(&format!("reports/{id}.md")));
}

#[tokio::test(flavor = "multi_thread")]
async fn failed_runs_are_told_as_exceptions() {
    let (folder, collector) = (tempfile::tempdir().unwrap(), Collector::start());
    let running = Running::start(options(folder.path(), &collector)).await;
    running.trigger("test-failure", "{}").await;
    let runs = running.ended("test-failure", 1).await;
    let error = runs[0]["error"].as_str().unwrap().to_owned();
    running.stop().await;
    let spans = collector.take().spans;
    let attempts = spans_of(&spans, "agent.execute_task");
    let failed: Vec<_> = attempts
        .into_iter()
        .filter(|span| {
            span.status
                .as_ref()
                .is_some_and(|s| s.code() == StatusCode::Error)
        })
        .collect();
    assert_eq!(failed.len(), 3, "three attempts");
    for name in [
        "orchestrator.execute_request",
        "workflow.execute",
        "agent.execute",
    ] {
        let failed = |span: &&&Span| span.status.as_ref().unwrap().code() == StatusCode::Error;
        let found = spans_of(&spans, name);
        let span = found.iter().find(failed).expect("a failed span");
        let event = span
            .events
            .iter()
            .find(|event| event.name == "exception")
            .unwrap();
        let present = attributes(&event.attributes);
        assert!(error.contains(text(&present, "exception.message")));
        let trail = text(&present, "exception.stacktrace");
        assert!(
            trail.contains("script.rs") || trail.contains("toolbox.rs"),
            "{trail}"
        );
        assert_eq!(
            text(&attributes(&span.attributes), "error.type"),
            text(&present, "exception.type")
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn crashed_agents_are_caught_and_their_tasks_tried_again() {
    let (folder, collector) = (tempfile::tempdir().unwrap(), Collector::start());
    let mut options = options(folder.path(), &collector);
    options.once = true;
    options.mishaps = Mishaps {
        rate_limit: 0.3,
        repeat: 0.5,
        crash: 0.04,
    };
    crate::run(options, std::future::pending()).await.unwrap();
    let received = collector.take();
    check_events(&received.logs);
    let count = |name: &str| {
        received
            .logs
            .iter()
            .filter(|r| r.event_name == name)
            .count()
    };
    let crashes = received.spans.iter().filter(|span| {
        span.name == "agent.execute_task"
            && attributes(&span.attributes)
                .get("error.type")
                .is_some_and(|_| {
                    text(&attributes(&span.attributes), "error.type") == "agent_crashed"
                })
    });
    assert!(crashes.count() > 0, "no agent crashed");
    assert!(count("task_retried") > 0 && count("llm_rate_limited") > 0);
    assert_eq!(count("agent_spawned"), count("agent_shutdown"));

    let mut repeats: HashMap<(Vec<u8>, String, String), usize> = HashMap::new();
    for span in received
        .spans
        .iter()
        .filter(|span| span.name.starts_with("agent."))
    {
        let present = attributes(&span.attributes);
        if present.contains_key("gen_ai.tool.call.arguments") {
            let arguments = text(&present, "gen_ai.tool.call.arguments").to_owned();
            let key = (span.parent_span_id.clone(), span.name.clone(), arguments);
            *repeats.entry(key).or_default() += 1;
        }
    }
    assert!(
        repeats.values().any(|count| *count >= 3),
        "no agent fell into a loop"
    );
}
