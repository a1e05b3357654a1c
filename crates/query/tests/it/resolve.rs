//! What ids stand for.

use crate::support::{at, attributes, engine, record, span, trace};
use tacho_model::id::{RecordId, SpanId, TenantId};
use tacho_query::engine::Engine;
use tacho_query::resolve::{MATCHES_MAX, MatchKind, ResolveMatch, ResolveRequest};
use tacho_storage::read::ReadContext;

fn resolve(engine: &Engine, request: &ResolveRequest) -> Vec<ResolveMatch> {
    let context = ReadContext::default();
    engine
        .resolve(&TenantId::default(), request, &context)
        .unwrap()
}

fn by_text(text: &str) -> ResolveRequest {
    ResolveRequest {
        text: text.to_owned(),
        ..ResolveRequest::default()
    }
}

#[test]
fn ids_lead_to_traces_spans_and_records() {
    let (store, engine) = engine();
    let tenant = TenantId::default();
    let mut below = span(1, 12, 11, 1, 1);
    below.item.attributes = attributes([("task_id", "t-1"), ("run_id", "r-1")]);
    let mut other = span(2, 21, 0, 50, 1);
    other
        .resource
        .attributes
        .0
        .push(("run_id".to_owned(), "r-1".into()));
    store.append_spans(&tenant, vec![span(1, 11, 0, 0, 9), below, other]);
    let mut log = record(3, 9, "hello\nworld");
    log.item.attributes = attributes([("correlation_id", "c-1")]);
    store.append_logs(&tenant, 7, vec![log]);

    let found = resolve(&engine, &by_text("r-1"));
    let traces: Vec<_> = found
        .iter()
        .map(|of| (of.kind.as_str(), of.trace_id.unwrap()))
        .collect();
    assert_eq!(traces, [("run_id", trace(2)), ("run_id", trace(1))]);
    assert_eq!((found[1].name.as_str(), found[1].time), ("span 11", at(0)));
    assert_eq!(
        resolve(&engine, &by_text("t-1"))[0].kind,
        MatchKind::Attribute("task_id")
    );
    let of_log = resolve(&engine, &by_text("c-1"));
    assert_eq!(of_log.len(), 1);
    assert_eq!(of_log[0].record_id, Some(RecordId(7)));
    assert_eq!(
        (of_log[0].trace_id, of_log[0].name.as_str()),
        (None, "hello world")
    );
    assert!(resolve(&engine, &by_text("unknown")).is_empty());

    let by_ids = ResolveRequest {
        span_id: Some(SpanId([12; 8])),
        record_id: Some(RecordId(7)),
        ..ResolveRequest::default()
    };
    let kinds: Vec<MatchKind> = resolve(&engine, &by_ids).iter().map(|of| of.kind).collect();
    assert_eq!(kinds, [MatchKind::Span, MatchKind::Log]);
    let in_trace = |number| ResolveRequest {
        trace_id: Some(trace(number)),
        span_id: Some(SpanId([12; 8])),
        ..ResolveRequest::default()
    };
    let found = resolve(&engine, &in_trace(1));
    assert_eq!(
        (found[0].kind, found[1].kind),
        (MatchKind::Span, MatchKind::Trace)
    );
    let found = resolve(&engine, &in_trace(2));
    assert_eq!((found.len(), found[0].kind), (1, MatchKind::Trace));
}

#[test]
fn matches_are_bounded() {
    let (store, engine) = engine();
    let spans = (1..=60).map(|number| {
        let mut span = span(number, number, 0, 0, 1);
        span.item.attributes = attributes([("session.id", "s")]);
        span
    });
    store.append_spans(&TenantId::default(), spans.collect());
    assert_eq!(resolve(&engine, &by_text("s")).len(), MATCHES_MAX);
}
