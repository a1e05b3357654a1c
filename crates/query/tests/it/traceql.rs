//! TraceQL: queries and the traces that they find.

use crate::support::{attributes, engine, search, span, trace_numbers};
use tacho_model::id::TenantId;
use tacho_model::resource::Resource;
use tacho_model::span::{SpanKind, SpanStatus};
use tacho_model::value::Value;
use tacho_query::compile::compile_traceql;
use tacho_query::engine::Engine;
use tacho_query::error::ErrorKind;
use tacho_testkit::oracle::PlacedSpan;

/// Traces 1 to 5 of one span each, 1 s apart, and trace 6 of three spans.
fn spans() -> Vec<PlacedSpan> {
    let mut one = span(1, 1, 0, 1, 1);
    one.item.attributes = attributes([("model", "large"), ("service.name", "of the span")]);
    one.item.status = SpanStatus::Error;
    one.item.status_message = "timeout after 5s".to_owned();
    let mut two = span(2, 2, 0, 2, 2);
    two.item.attributes = attributes([("tokens", Value::Int(4000)), ("cached", Value::Bool(true))]);
    two.item.kind = SpanKind::Server;
    let mut three = span(3, 3, 0, 3, 3);
    three.item.attributes =
        attributes([("tokens", Value::Double(12.5)), ("model", "small".into())]);
    three.scope.name = "agent".to_owned();
    three.scope.version = "1.0".to_owned();
    three.scope.attributes = attributes([("model", "of the scope")]);
    three.item.status = SpanStatus::Ok;
    let mut four = span(4, 4, 9, 4, 4);
    four.resource = Resource::default();
    four.item.attributes = attributes([("tokens", "4000")]);
    let mut five = span(5, 5, 0, 5, 5);
    five.item.name = "tool\ncall".to_owned();
    five.item.attributes = attributes([(
        "prompt",
        Value::String(format!("{}needle", "long ".repeat(2000))),
    )]);
    let mut child = span(6, 7, 6, 7, 20);
    child.resource = crate::support::service("toolbox");
    child.item.attributes = attributes([("model", "large")]);
    vec![
        one,
        two,
        three,
        four,
        five,
        span(6, 6, 0, 6, 1),
        child,
        span(6, 8, 7, 8, 1),
    ]
}

fn asked() -> Engine {
    let (store, engine) = engine();
    store.append_spans(&TenantId::default(), spans());
    engine
}

const TABLE: &[(&str, &[u8])] = &[
    ("", &[1, 2, 3, 4, 5, 6]),
    ("{ }", &[1, 2, 3, 4, 5, 6]),
    ("{ true }", &[1, 2, 3, 4, 5, 6]),
    ("{ false }", &[]),
    ("{ span.model = \"large\" }", &[1, 6]),
    ("{ span.model != \"large\" }", &[3]),
    ("{ !(span.model = \"large\") }", &[2, 3, 4, 5, 6]),
    ("{ span.model = nil }", &[2, 4, 5, 6]),
    ("{ span.model != nil }", &[1, 3, 6]),
    ("{ .service.name = \"planner\" }", &[2, 3, 5, 6]),
    ("{ .service.name = \"of the span\" }", &[1]),
    ("{ resource.service.name = \"planner\" }", &[1, 2, 3, 5, 6]),
    ("{ instrumentation.model = \"of the scope\" }", &[3]),
    ("{ .model = \"of the scope\" }", &[]),
    (
        "{ instrumentation:name = \"agent\" && instrumentation:version = \"1.0\" }",
        &[3],
    ),
    ("{ status = error }", &[1]),
    ("{ status != error }", &[2, 3, 4, 5, 6]),
    ("{ status = ok }", &[3]),
    ("{ statusMessage =~ \"timeout.*\" }", &[1]),
    ("{ kind = server }", &[2]),
    ("{ span.model = error }", &[]),
    ("{ duration >= 3s && duration <= 4s }", &[3, 4]),
    ("{ 10s < duration }", &[6]),
    ("{ span.tokens = 4000 }", &[2]),
    ("{ span.tokens > 12 }", &[2, 3]),
    ("{ span.tokens < 12.6 }", &[3]),
    ("{ span.tokens = \"4000\" }", &[4]),
    ("{ .cached }", &[2]),
    ("{ .cached = false }", &[]),
    ("{ name =~ \"span [12]\" }", &[1, 2]),
    ("{ name =~ \"pan 1\" }", &[]),
    ("{ name =~ \"tool.call\" }", &[]),
    ("{ name !~ \"span.*\" }", &[5]),
    ("{ name = \"span 8\" && span.model = \"large\" }", &[]),
    ("{ name = \"span 8\" || span.model = \"small\" }", &[3, 6]),
    ("{ parent = nil }", &[1, 2, 3, 5, 6]),
    ("{ parent != nil }", &[4, 6]),
    ("{ span:id = \"0303030303030303\" }", &[3]),
    ("{ trace:id = \"03030303030303030303030303030303\" }", &[3]),
    ("{ trace:id =~ \"0[34].*\" }", &[3, 4]),
    ("{ span:parentID = \"0909090909090909\" }", &[4]),
    ("{ span.prompt =~ \"long .*needle\" }", &[5]),
    ("{ traceDuration > 10s }", &[6]),
    ("{ traceDuration <= 2s }", &[1, 2]),
    ("{ traceDuration > 10s && span.model = \"large\" }", &[6]),
    ("{ traceDuration > 10s || span.model = \"small\" }", &[3, 6]),
    ("{ !(traceDuration > 3s) }", &[1, 2, 3]),
    ("{ rootName = \"span 6\" && name = \"span 7\" }", &[6]),
    ("{ rootName =~ \"span [45]\" }", &[4]),
    ("{ rootServiceName = \"toolbox\" }", &[]),
    ("{ rootServiceName = \"unknown_service\" }", &[4]),
    ("{ rootServiceName != \"planner\" }", &[4]),
];

#[test]
fn queries_find_their_traces() {
    let engine = asked();
    for (query, expected) in TABLE {
        for limit in [1000, 1, 2] {
            let mut request = search(query);
            request.page.limit = limit;
            let mut found = trace_numbers(&engine, request);
            found.sort_unstable();
            assert_eq!(&found, expected, "{query} by {limit}");
        }
    }
}

#[test]
fn a_wrong_query_says_where() {
    let error = compile_traceql("{ duration = \"5s\" }").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert_eq!(error.field(), Some("q"));
    assert!(error.message().starts_with("1:14: "), "{error}");
    assert_eq!(error.diagnostics().len(), 1);
    assert!(error.hint().is_some());
}
