//! LogQL: queries and the records that they find.

use crate::support::{attributes, engine, log_search, record, record_numbers, service, trace};
use tacho_model::id::TenantId;
use tacho_model::log::LogRecord;
use tacho_model::value::Value;
use tacho_query::compile::compile_logql;
use tacho_query::engine::Engine;
use tacho_testkit::oracle::Placed;

/// Records 0 to 7, a second apart.
fn records() -> Vec<Placed<LogRecord>> {
    let mut one = record(1, 9, "request timeout");
    one.item.attributes = attributes([("gen_ai.request.model", "large"), ("size", "2MiB")]);
    let mut two = record(2, 17, "retry after timeout\nsecond line");
    two.item.attributes = attributes([("status", Value::Int(500)), ("took", "1.5s".into())]);
    two.item.trace_id = trace(7);
    let mut three = record(3, 0, "plain");
    three.resource = service("tool-box");
    three.item.attributes = attributes([("status", Value::Int(200)), ("size", "10 B".into())]);
    let mut four = record(4, 13, "");
    four.item.body = Value::Empty;
    four.item.event_name = "agent.message".to_owned();
    four.item.attributes = attributes([("gen_ai.request.model", ""), ("took", "soon")]);
    let mut five = record(5, 21, "");
    five.item.body = Value::Map(vec![("code".to_owned(), Value::Int(7))]);
    five.scope.name = "agent".to_owned();
    five.item.attributes = attributes([("level", "notice"), ("count", "12")]);
    let mut six = record(6, 5, "");
    six.resource = Default::default();
    six.item.body = Value::String(format!("{}needle", "long ".repeat(2000)));
    six.item.attributes = attributes([("odd name", "x"), ("gen_ai_request_model", "small")]);
    vec![record(0, 9, "Request"), one, two, three, four, five, six]
}

fn asked() -> Engine {
    let (store, engine) = engine();
    store.append_logs(&TenantId::default(), 0, records());
    engine
}

const TABLE: &[(&str, &[u64])] = &[
    ("", &[0, 1, 2, 3, 4, 5, 6]),
    ("{}", &[0, 1, 2, 3, 4, 5, 6]),
    ("{service_name=\"planner\"}", &[0, 1, 2, 4, 5]),
    ("{service.name=\"tool-box\"}", &[3]),
    ("{service_name!=\"planner\"}", &[3, 6]),
    ("{service_name=\"\"}", &[6]),
    ("{service_name=~\"tool.*|plan\"}", &[3]),
    ("{service_name=~\"(planner)?\"}", &[0, 1, 2, 4, 5, 6]),
    ("{service_name!~\"plan.*\"}", &[3, 6]),
    ("{} |= \"timeout\"", &[1, 2]),
    ("{} |= \"timeout\" != \"retry\"", &[1]),
    ("{} |= \"retry\" or \"plain\"", &[2, 3]),
    ("{} != \"retry\" or \"plain\"", &[0, 1, 4, 5, 6]),
    ("{} |= \"\"", &[0, 1, 2, 3, 4, 5, 6]),
    ("{} |~ \"(?i)^request\"", &[0, 1]),
    ("{} |~ \"t[a-z]meout|pl\"", &[1, 2, 3]),
    ("{} !~ \"e\"", &[3, 4]),
    ("{} |~ \"^$\"", &[4]),
    ("{} |= \"needle\"", &[6]),
    ("{} |= \"\\\"code\\\":7\"", &[5]),
    ("{} | gen_ai_request_model=\"large\"", &[1]),
    ("{} | gen_ai_request_model=\"small\"", &[6]),
    ("{} | gen_ai.request.model=\"large\"", &[1]),
    ("{} | gen_ai_request_model=~\".+\"", &[1, 6]),
    ("{} | gen_ai_request_model=\"\"", &[0, 2, 3, 4, 5]),
    ("{} | gen_ai_request_model!=\"large\"", &[0, 2, 3, 4, 5, 6]),
    ("{} | \"odd name\"=\"x\"", &[6]),
    ("{} | odd_name=\"x\"", &[6]),
    ("{} | status >= 500", &[2]),
    ("{} | status < 500", &[3]),
    ("{} | status != 500", &[3]),
    ("{} | status = 200 or status = 500", &[2, 3]),
    ("{} | count == 12", &[5]),
    ("{} | count > 12", &[]),
    ("{} | took > 1s", &[2]),
    ("{} | took < 1s", &[]),
    ("{} | size > 1MB", &[1]),
    ("{} | size <= 10B", &[3]),
    ("{} | size > 1MB or level = \"error\"", &[1, 2]),
    ("{} | detected_level = \"error\"", &[2]),
    ("{} | severity = \"ERROR\"", &[2]),
    ("{} | level = \"notice\"", &[5]),
    ("{} | level =~ \"warn|fatal\"", &[4, 5]),
    ("{} | detected_level = \"unknown\"", &[3]),
    ("{} | detected_level = \"\"", &[3]),
    ("{} | detected_level != \"info\"", &[2, 3, 4, 5, 6]),
    ("{} | trace_id = \"07070707070707070707070707070707\"", &[2]),
    ("{} | trace_id = \"\"", &[0, 1, 3, 4, 5, 6]),
    ("{} | event_name = \"agent.message\"", &[4]),
    ("{} | event_name = \"\"", &[0, 1, 2, 3, 5, 6]),
    ("{} | scope_name = \"agent\"", &[5]),
    (
        "{service_name=\"planner\"} |= \"timeout\" | status = 500, took > 1s",
        &[2],
    ),
];

#[test]
fn queries_find_their_records() {
    let engine = asked();
    for (query, expected) in TABLE {
        for limit in [1000, 1, 2] {
            let mut request = log_search(query);
            request.page.limit = limit;
            assert_eq!(
                &record_numbers(&engine, request),
                expected,
                "{query} by {limit}"
            );
        }
    }
}

#[test]
fn a_wrong_query_says_where() {
    let error = compile_logql("{a=\"b\"} | json").unwrap_err();
    assert!(error.message().starts_with("1:"), "{error}");
    assert!(!error.diagnostics().is_empty());
}
