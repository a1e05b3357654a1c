//! Rules on traces and logs: definitions, results, limits.

use super::{EvaluateSignals, SignalEvaluator, SignalQuery, SignalSample, SignalText};
use crate::error::Result;
use crate::own::Definition;
use std::sync::Arc;
use tacho_model::id::{SpanId, TenantId, TraceId};
use tacho_model::log::{LogRecord, SeverityNumber};
use tacho_model::resource::{Resource, Scope};
use tacho_model::signal::Signal;
use tacho_model::span::{Span, SpanStatus};
use tacho_model::time::{SECOND_NS, Timestamp};
use tacho_model::value::Value;
use tacho_query::engine::Engine;
use tacho_query::limits::Limits;
use tacho_storage::read::ReadContext;
use tacho_testkit::oracle::{OracleStore, Placed};

fn at(seconds: i64) -> Timestamp {
    Timestamp(seconds * SECOND_NS)
}

fn resource() -> Resource {
    Resource {
        attributes: [("service.name", "planner")].into_iter().collect(),
        ..Resource::default()
    }
}

fn add_span(store: &OracleStore, span: Placed<Span>) {
    store.append_spans(&TenantId::default(), vec![span]);
}

fn add_log(store: &OracleStore, number: u8, record: Placed<LogRecord>) {
    store.append_logs(&TenantId::default(), u64::from(number) << 32, vec![record]);
}

/// Tasks of so many seconds that end at a time.
fn store(tasks: &[(u8, i64, i64)]) -> Arc<OracleStore> {
    let store = OracleStore::new();
    for (number, end, seconds) in tasks {
        let task = format!("task-{number}");
        add_span(
            &store,
            Placed {
                resource: resource(),
                scope: Scope::default(),
                item: Span {
                    trace_id: TraceId([*number; 16]),
                    span_id: SpanId([*number; 8]),
                    name: "agent.execute_task".into(),
                    start: at(end - seconds),
                    end: at(*end),
                    status: if number % 2 == 0 {
                        SpanStatus::Error
                    } else {
                        SpanStatus::Ok
                    },
                    attributes: [("task.id", Value::from(task.as_str()))]
                        .into_iter()
                        .collect(),
                    ..Span::default()
                },
            },
        );
        add_log(
            &store,
            *number,
            Placed {
                resource: resource(),
                scope: Scope::default(),
                item: LogRecord {
                    time: at(*end),
                    severity_number: SeverityNumber(if number % 2 == 0 { 17 } else { 9 }),
                    body: Value::from("task ended"),
                    ..LogRecord::default()
                },
            },
        );
    }
    store
}

fn query(signal: Signal, text: &str, change: impl FnOnce(&mut Definition)) -> SignalQuery {
    let mut definition = Definition::new("r");
    change(&mut definition);
    let text = SignalText {
        signal,
        text: text.to_owned(),
    };
    SignalQuery::of(&definition, &text).unwrap_or_else(|found| panic!("{found:?}"))
}

fn evaluate(
    store: &Arc<OracleStore>,
    query: &SignalQuery,
    seconds: i64,
) -> Result<Vec<SignalSample>> {
    let engine = Engine::new(Arc::clone(store) as _, Limits::default());
    let evaluator = SignalEvaluator {
        engine: &engine,
        tenant: &TenantId::default(),
        context: &ReadContext::default(),
    };
    evaluator.evaluate(query, seconds * 1000)
}

fn texts(found: &[SignalSample]) -> Vec<String> {
    found
        .iter()
        .map(|sample| format!("{} {}", sample.labels, sample.value))
        .collect()
}

#[test]
fn each_slow_span_is_one_result_until_it_leaves_the_window() {
    let store = store(&[(1, 1_000, 130), (2, 1_010, 300), (3, 1_020, 5)]);
    let slow = query(
        Signal::Spans,
        "{ name = \"agent.execute_task\" && duration > 120s }",
        |rule| {
            rule.per_item = true;
            rule.by = vec!["task.id".into()];
            rule.window_ms = Some(60_000);
        },
    );
    assert_eq!(
        slow.text(),
        "traces { name = \"agent.execute_task\" && duration > 120s } per span in 1m with task.id"
    );
    let none = evaluate(&store, &slow, 999).unwrap();
    assert_eq!(texts(&none), [""; 0]);
    let first = evaluate(&store, &slow, 1_005).unwrap();
    assert_eq!(
        texts(&first),
        [
            "{service=\"planner\", span_id=\"0101010101010101\", span_name=\"agent.execute_task\", task_id=\"task-1\", trace_id=\"01010101010101010101010101010101\"} 130"
        ]
    );
    assert_eq!(evaluate(&store, &slow, 1_030).unwrap().len(), 2);
    assert_eq!(evaluate(&store, &slow, 1_065).unwrap().len(), 1);
    assert_eq!(evaluate(&store, &slow, 1_200).unwrap().len(), 0);
}

#[test]
fn spans_and_records_are_counted() {
    let store = store(&[(1, 1_000, 1), (2, 1_010, 1), (3, 1_020, 1), (4, 1_020, 1)]);
    let failed = query(Signal::Spans, "{ status = error }", |rule| {
        rule.condition = "> 1".into();
        rule.by = vec!["service".into()];
    });
    let found = evaluate(&store, &failed, 1_030).unwrap();
    assert_eq!(texts(&found), ["{service=\"planner\"} 2"]);
    assert!(evaluate(&store, &failed, 1_015).unwrap().is_empty());
    let logs = query(Signal::Logs, "{severity=\"ERROR\"}", |rule| {
        rule.condition = "count >= 2".into();
    });
    assert_eq!(texts(&evaluate(&store, &logs, 1_030).unwrap()), ["{} 2"]);
    let none = query(Signal::Logs, "{severity=\"ERROR\"}", |rule| {
        rule.condition = "== 0".into();
    });
    assert_eq!(texts(&evaluate(&store, &none, 9_000).unwrap()), ["{} 0"]);
    let each = query(Signal::Logs, "{severity=\"ERROR\"}", |rule| {
        rule.per_item = true;
    });
    assert_eq!(evaluate(&store, &each, 1_030).unwrap().len(), 2);
}

#[test]
fn too_many_items_are_an_error_that_says_what_to_do() {
    let tasks: Vec<(u8, i64, i64)> = (0..=255).map(|number| (number, 1_000, 1)).collect();
    let store = store(&tasks);
    for round in 1..5u8 {
        for number in 0..=255u8 {
            add_span(
                &store,
                Placed {
                    resource: resource(),
                    scope: Scope::default(),
                    item: Span {
                        trace_id: TraceId([number; 16]),
                        span_id: SpanId([number, round, 1, 1, 1, 1, 1, 1]),
                        start: at(999),
                        end: at(1_000),
                        ..Span::default()
                    },
                },
            );
        }
    }
    let each = query(Signal::Spans, "{ }", |rule| rule.per_item = true);
    let error = evaluate(&store, &each, 1_010).unwrap_err();
    assert!(
        error.to_string().contains("more than 1000 items"),
        "{error}"
    );
}

#[test]
fn what_is_wrong_is_told_by_field() {
    let judge = |signal, text: &str, change: fn(&mut Definition)| {
        let mut definition = Definition::new("r");
        change(&mut definition);
        let text = SignalText {
            signal,
            text: text.to_owned(),
        };
        let found = SignalQuery::of(&definition, &text).unwrap_err();
        (found[0].field, found[0].message.clone())
    };
    assert_eq!(judge(Signal::Spans, "{", |_| {}).0, "query");
    let (field, message) = judge(Signal::Spans, "{ traceDuration > 5s }", |_| {});
    assert_eq!(
        (field, message.as_str()),
        ("query", "conditions on whole traces cannot be a rule")
    );
    assert_eq!(judge(Signal::Logs, "{", |_| {}).0, "query");
    assert_eq!(
        judge(Signal::Logs, "", |rule| rule.condition = "often".into()).0,
        "condition"
    );
    assert_eq!(
        judge(Signal::Logs, "", |rule| rule.window_ms = Some(0)).0,
        "window"
    );
    let two = |rule: &mut Definition| rule.by = vec!["a".into(), "b".into()];
    assert_eq!(judge(Signal::Logs, "", two).0, "by");
}
