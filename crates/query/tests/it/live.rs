//! Live queries.

use crate::support::{attributes, engine, record, span};
use std::time::Duration;
use tacho_model::id::TenantId;
use tacho_model::signal::Signal;
use tacho_model::span::SpanStatus;
use tacho_model::value::Value;
use tacho_query::error::ErrorKind;
use tacho_query::live::LiveEvent;
use tacho_query::page::Values;

#[test]
fn records_that_match_are_given_as_they_arrive() {
    let (store, engine) = engine();
    let tenant = TenantId::default();
    store.append_logs(&tenant, 0, vec![record(0, 9, "before")]);
    let query = "{service_name=\"planner\"} |= \"needle\" | agent_type=\"coder\"";
    let mut live = engine
        .live(&tenant, Signal::Logs, query, Values::Full)
        .unwrap();
    assert_eq!(live.next(Duration::ZERO).unwrap(), LiveEvent::Idle);
    // The name stands for an attribute that nobody had sent before.
    let mut found = record(1, 9, &format!("{}needle", "long ".repeat(2000)));
    found.item.attributes = attributes([("agent.type", "coder")]);
    let mut other = found.clone();
    other.item.attributes = attributes([("agent.type", "tester")]);
    store.append_logs(&tenant, 1, vec![other.clone(), found.clone()]);
    let LiveEvent::Logs(documents) = live.next(Duration::ZERO).unwrap() else {
        panic!("no records");
    };
    let [document] = documents.as_slice() else {
        panic!("{documents:?}")
    };
    assert_eq!(document.id.0, 2);
    assert_eq!(document.record, found.item);
    store.append_logs(&tenant, 3, vec![other]);
    assert_eq!(live.next(Duration::ZERO).unwrap(), LiveEvent::Logs(vec![]));
    store.close();
    assert_eq!(live.next(Duration::ZERO).unwrap(), LiveEvent::Closed);
}

#[test]
fn spans_that_match_are_given_and_losses_told() {
    let (store, engine) = engine();
    let tenant = TenantId::default();
    let query = "{ status = error && .prompt =~ \".*needle\" }";
    let mut live = engine
        .live(&tenant, Signal::Spans, query, Values::Preview)
        .unwrap();
    let mut failed = span(1, 1, 0, 0, 1);
    failed.item.status = SpanStatus::Error;
    failed.item.attributes.push(
        "prompt",
        Value::String(format!("{}needle", "long ".repeat(2000))),
    );
    store.append_spans(&tenant, vec![failed, span(1, 2, 1, 0, 1)]);
    let LiveEvent::Spans(spans) = live.next(Duration::ZERO).unwrap() else {
        panic!("no spans")
    };
    assert_eq!(spans.len(), 1);
    assert!(matches!(
        spans[0].span.attributes.find("prompt"),
        Some(Value::Reference(_))
    ));
    assert_eq!(spans[0].resource.service_name(), "planner");
    for number in 10..40 {
        store.append_spans(&tenant, vec![span(2, number, 0, 0, 1)]);
    }
    let lost =
        std::iter::from_fn(|| Some(live.next(Duration::ZERO).unwrap())).find_map(
            |event| match event {
                LiveEvent::Lost(count) => Some(count),
                LiveEvent::Idle => Some(0),
                _ => None,
            },
        );
    assert!(lost > Some(0));
}

#[test]
fn conditions_on_whole_traces_cannot_be_followed() {
    let (_, engine) = engine();
    let query = "{ rootName = \"x\" }";
    let live = engine.live(&TenantId::default(), Signal::Spans, query, Values::Full);
    assert_eq!(
        live.err().map(|error| error.kind()),
        Some(ErrorKind::Invalid)
    );
}
