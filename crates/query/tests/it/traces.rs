//! The list of traces and one trace in pages.

use crate::support::{at, engine, search, service, span, trace, trace_numbers};
use std::sync::Arc;
use tacho_model::id::{SpanId, TenantId};
use tacho_model::span::{SpanAliases, SpanKind, SpanStatus};
use tacho_model::time::TimeRange;
use tacho_model::value::Value;
use tacho_query::engine::Engine;
use tacho_query::error::ErrorKind;
use tacho_query::limits::Limits;
use tacho_query::page::{Omitted, Values};
use tacho_query::trace::{SpanConditions, TracePage, TraceRequest};
use tacho_storage::read::ReadContext;

fn page(engine: &Engine, request: &TraceRequest) -> TracePage {
    engine
        .trace(&TenantId::default(), request, &ReadContext::default())
        .unwrap()
}

fn whole(number: u8) -> TraceRequest {
    TraceRequest {
        trace_id: trace(number),
        limit: 10_000,
        cursor: None,
        values: Values::Full,
    }
}

#[test]
fn a_summary_is_of_the_whole_trace_whatever_matched() {
    let (store, engine) = engine();
    let mut root = span(1, 1, 0, 10, 5);
    root.item.aliases = Some(Box::new(SpanAliases {
        trace_id: Some("run one".to_owned()),
        ..SpanAliases::default()
    }));
    let mut child = span(1, 2, 1, 8, 20);
    child.resource = service("toolbox");
    child.item.status = SpanStatus::Error;
    store.append_spans(&TenantId::default(), vec![child, root]);
    let list = engine
        .list_traces(
            &TenantId::default(),
            &search("{ status = error }"),
            &ReadContext::default(),
        )
        .unwrap();
    let [found] = list.traces.as_slice() else {
        panic!("{list:?}")
    };
    assert_eq!(found.aliases, ["run one"]);
    assert_eq!(
        (found.root_service.as_str(), found.root_name.as_str()),
        ("planner", "span 1")
    );
    assert!(found.root_arrived);
    assert_eq!((found.start, found.end), (at(8), at(28)));
    assert_eq!((found.span_count, found.error_count), (2, 1));
    assert_eq!(found.status, SpanStatus::Error);
    assert_eq!(found.services, ["planner", "toolbox"]);
    assert_eq!(list.next_cursor, None);
}

#[test]
fn without_a_root_the_earliest_span_without_known_parent_stands_for_it() {
    let (store, engine) = engine();
    store.append_spans(
        &TenantId::default(),
        vec![span(1, 3, 2, 1, 1), span(1, 2, 9, 5, 1)],
    );
    let found = page(&engine, &whole(1)).summary;
    assert_eq!(found.root_span, SpanId([2; 8]));
    assert!(!found.root_arrived);
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of requests and answers")]
fn all_conditions_hold_on_one_span() {
    let (store, engine) = engine();
    let mut slow = span(1, 1, 0, 0, 9);
    slow.item.attributes.push("task_id", "t-1");
    let mut failed = span(1, 2, 1, 1, 1);
    failed.item.status = SpanStatus::Error;
    failed.resource = service("toolbox");
    store.append_spans(&TenantId::default(), vec![slow, failed]);
    let all = || SpanConditions::all(TimeRange::ALL);
    let task = vec![("task_id".to_owned(), "t-1".to_owned())];
    let error = Some(SpanStatus::Error);
    let text = |text: &str| Some(text.to_owned());
    for (conditions, expected) in [
        (
            SpanConditions {
                status: error,
                ..all()
            },
            1,
        ),
        (
            SpanConditions {
                status: error,
                service: text("toolbox"),
                ..all()
            },
            1,
        ),
        (
            SpanConditions {
                status: error,
                service: text("planner"),
                ..all()
            },
            0,
        ),
        (
            SpanConditions {
                status: error,
                attributes: task.clone(),
                ..all()
            },
            0,
        ),
        (
            SpanConditions {
                attributes: task,
                min_duration_ns: Some(9_000_000_000),
                ..all()
            },
            1,
        ),
        (
            SpanConditions {
                min_duration_ns: Some(9_000_000_001),
                ..all()
            },
            0,
        ),
        (
            SpanConditions {
                max_duration_ns: Some(1_000_000_000),
                name: text("span 2"),
                ..all()
            },
            1,
        ),
        (
            SpanConditions {
                trace_id: Some(trace(1)),
                ..all()
            },
            1,
        ),
        (
            SpanConditions {
                trace_id: Some(trace(2)),
                ..all()
            },
            0,
        ),
        (
            SpanConditions {
                range: TimeRange {
                    start: at(5),
                    end: at(6),
                },
                ..all()
            },
            1,
        ),
        (
            SpanConditions {
                range: TimeRange {
                    start: at(10),
                    end: at(11),
                },
                ..all()
            },
            0,
        ),
        (
            SpanConditions {
                range: TimeRange {
                    start: at(5),
                    end: at(6),
                },
                status: error,
                ..all()
            },
            0,
        ),
    ] {
        let mut request = search("");
        request.conditions = conditions;
        let found = trace_numbers(&engine, request.clone());
        assert_eq!(found.len(), expected, "{:?}", request.conditions);
    }
}

#[test]
fn traces_whose_spans_lie_between_each_other_are_on_one_page_only() {
    let (store, engine) = engine();
    let spans = (0..60u8).map(|number| span(number % 5 + 1, number + 1, 0, i64::from(number), 1));
    store.append_spans(&TenantId::default(), spans.collect());
    for query in ["", "{ traceDuration > 1s }", "{ name != \"span 60\" }"] {
        for limit in 1..6 {
            let mut request = search(query);
            request.page.limit = limit;
            let mut found = trace_numbers(&engine, request);
            found.sort_unstable();
            assert_eq!(found, [1, 2, 3, 4, 5], "{query} by {limit}");
        }
    }
}

#[test]
fn pages_of_a_trace_come_by_start_and_keep_halves_together() {
    let (store, engine) = engine();
    let mut spans: Vec<_> = (1..=9u8)
        .map(|number| span(1, number, 0, i64::from(number / 3), 1))
        .collect();
    let mut half = span(1, 4, 0, 1, 1);
    half.item.kind = SpanKind::Server;
    spans.push(half);
    store.append_spans(&TenantId::default(), spans);
    let all = page(&engine, &whole(1));
    let ids = |page: &TracePage| -> Vec<_> {
        page.spans
            .iter()
            .map(|placed| (placed.span.start, placed.span.span_id))
            .collect()
    };
    assert_eq!(all.spans.len(), 10);
    assert!(ids(&all).is_sorted());
    for limit in 1..10 {
        let mut request = TraceRequest { limit, ..whole(1) };
        let mut paged = Vec::new();
        loop {
            let page = page(&engine, &request);
            assert_eq!(page.summary, all.summary);
            paged.extend(ids(&page));
            request.cursor = page.next_cursor;
            if request.cursor.is_none() {
                break;
            }
        }
        assert_eq!(paged, ids(&all), "by {limit}");
    }
}

#[test]
fn large_values_come_whole_as_preview_or_not_beyond_the_limit_of_a_page() {
    let (store, _) = engine();
    let long = "long ".repeat(2000);
    let mut spans = Vec::new();
    for number in 1..=3 {
        let mut one = span(1, number, 0, i64::from(number), 1);
        one.item
            .attributes
            .push("prompt", Value::String(format!("{number} {long}")));
        spans.push(one);
    }
    store.append_spans(&TenantId::default(), spans);
    let with_bytes = |page_bytes_max| {
        Engine::new(
            Arc::clone(&store) as _,
            Limits {
                page_bytes_max,
                ..Limits::default()
            },
        )
    };
    let prompt = |page: &TracePage, index: usize| {
        page.spans[index]
            .span
            .attributes
            .find("prompt")
            .cloned()
            .unwrap()
    };
    let full = page(&with_bytes(1 << 20), &whole(1));
    assert_eq!(prompt(&full, 2), Value::String(format!("3 {long}")));
    let preview = page(
        &with_bytes(1 << 20),
        &TraceRequest {
            values: Values::Preview,
            ..whole(1)
        },
    );
    assert!(matches!(prompt(&preview, 0), Value::Reference(_)));
    assert_eq!(preview.omitted, Omitted::default());
    let first = page(&with_bytes(8_000), &whole(1));
    assert_eq!(first.spans.len(), 1);
    assert!(first.next_cursor.is_some());
    assert_eq!(prompt(&first, 0), Value::String(format!("1 {long}")));
    let tight = page(&with_bytes(2_000), &whole(1));
    assert!(matches!(prompt(&tight, 0), Value::Reference(_)));
    assert_eq!(
        tight.omitted,
        Omitted {
            missing: 0,
            too_large: tight.spans.len() as u64
        }
    );
}

#[test]
fn wrong_requests_are_told_apart() {
    let (store, engine) = engine();
    store.append_spans(&TenantId::default(), vec![span(1, 1, 0, 0, 1)]);
    let (tenant, context) = (TenantId::default(), ReadContext::default());
    let kind = |result: Result<_, tacho_query::error::Error>| result.unwrap_err().kind();
    let list = |limit: usize, cursor: Option<&str>| {
        let mut request = search("");
        request.page.limit = limit;
        request.page.cursor = cursor.map(str::to_owned);
        kind(engine.list_traces(&tenant, &request, &context).map(drop))
    };
    assert_eq!(list(0, None), ErrorKind::Invalid);
    assert_eq!(list(10_001, None), ErrorKind::LimitExceeded);
    assert_eq!(list(10, Some("nonsense")), ErrorKind::Invalid);
    let unknown = engine.trace(&tenant, &whole(2), &context);
    assert_eq!(kind(unknown.map(drop)), ErrorKind::NotFound);
    let other_tenant = TenantId::new("other").unwrap();
    let foreign = engine.trace(&other_tenant, &whole(1), &context);
    assert_eq!(kind(foreign.map(drop)), ErrorKind::NotFound);
    context.cancel.cancel();
    let cancelled = engine.list_traces(&tenant, &search(""), &context);
    assert_eq!(kind(cancelled.map(drop)), ErrorKind::Unavailable);
}
