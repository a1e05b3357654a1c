//! Services, operations, histograms of spans, other orders of traces.

use crate::support::{at, attributes, engine, record, search, service, span};
use std::sync::Arc;
use tacho_model::id::TenantId;
use tacho_model::span::{SpanKind, SpanStatus};
use tacho_model::time::{SECOND_NS, TimeRange};
use tacho_model::value::Value;
use tacho_query::buckets::Buckets;
use tacho_query::engine::Engine;
use tacho_query::error::ErrorKind;
use tacho_query::histogram::{HistogramGroup, HistogramRequest, SpanHistogram};
use tacho_query::limits::Limits;
use tacho_query::red::ServiceRed;
use tacho_query::trace::{SpanConditions, TraceOrder};
use tacho_storage::read::ReadContext;
use tacho_testkit::oracle::OracleStore;

const MINUTE: i64 = 60 * SECOND_NS;

/// Test times are multiples of a second after 1,000,000 s, which is 40 s into a minute.
fn minutes(from: i64, to: i64) -> Buckets {
    let range = TimeRange {
        start: at(20 + from * 60),
        end: at(20 + to * 60),
    };
    Buckets::of(range, Some(MINUTE)).unwrap()
}

/// Of "api" ten requests of 1 to 10 s in the first minute, the last two failed, each with a child;
/// of "batch" three inner spans in the third minute; one more of both outside.
fn filled() -> Arc<OracleStore> {
    let (store, _) = engine();
    let mut spans = Vec::new();
    for number in 1..=10u8 {
        let mut request = span(number, 1, 9, 20 + i64::from(number), i64::from(number));
        request.item.kind = SpanKind::Server;
        request.item.name = "GET /".to_owned();
        request.resource = service("api");
        if number > 8 {
            request.item.status = SpanStatus::Error;
        }
        request.item.attributes = attributes([(
            "tier",
            Value::from(["gold", "iron"][usize::from(number) % 2]),
        )]);
        let mut child = span(number, 2, 1, 20 + i64::from(number), 1);
        child.item.name = "query".to_owned();
        child.resource = service("api");
        spans.extend([request, child]);
    }
    for number in 1..=3u8 {
        spans.push(span(20 + number, 1, 9, 150 + i64::from(number), 2));
    }
    // Overlaps the range, but began before it.
    spans.push(span(30, 1, 0, 10, 30));
    store.append_spans(&TenantId::default(), spans);
    store.append_logs(
        &TenantId::default(),
        0,
        vec![
            record(30, 9, "fine"),
            record(31, 17, "bad"),
            record(32, 21, "worse"),
        ],
    );
    store
}

fn asked() -> Engine {
    Engine::new(filled(), Limits::default())
}

fn services(engine: &Engine, limit: usize) -> (Vec<ServiceRed>, bool) {
    let found = engine
        .services(
            &TenantId::default(),
            minutes(0, 3),
            limit,
            &ReadContext::default(),
        )
        .unwrap();
    (found.services, found.more)
}

#[test]
fn services_count_entry_spans_where_they_have_some() {
    let engine = asked();
    let (found, more) = services(&engine, 10);
    assert!(!more);
    let names: Vec<&str> = found.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["api", "planner"]);
    let (api, planner) = (&found[0], &found[1]);
    assert_eq!((api.span_count, api.red.count, api.red.errors), (20, 10, 2));
    assert!(api.entries_only);
    assert_eq!(api.red.counts, [10]);
    assert_eq!(api.red.failed, [2]);
    assert_eq!(api.last_seen, at(30));
    let seconds = |ns: i64| ns as f64 / SECOND_NS as f64;
    assert!((seconds(api.red.durations.quantile(0.5)) - 5.0).abs() < 0.16);
    assert!((seconds(api.red.durations.quantile(0.95)) - 10.0).abs() < 0.32);
    assert_eq!(api.red.durations.percentiles().max, 10 * SECOND_NS);
    assert_eq!(api.error_logs, 0);
    assert_eq!(
        (planner.span_count, planner.red.count, planner.entries_only),
        (3, 3, false)
    );
    assert_eq!(planner.red.counts, [0, 0, 3]);
    assert_eq!(planner.error_logs, 2);
    let (found, more) = services(&engine, 1);
    assert_eq!((found.len(), more), (1, true));
}

#[test]
fn operations_are_told_apart_by_name_and_kind() {
    let engine = asked();
    let asked = |limit| {
        let context = ReadContext::default();
        let found = engine
            .operations(
                &TenantId::default(),
                ("api", limit),
                minutes(0, 3),
                &context,
            )
            .unwrap();
        let operations = found.operations.into_iter();
        let told = operations.map(|one| (one.name, one.kind, one.red.count, one.red.errors));
        (told.collect::<Vec<_>>(), found.more)
    };
    let get = ("GET /".to_owned(), SpanKind::Server, 10, 2);
    let query = ("query".to_owned(), SpanKind::Unspecified, 10, 0);
    assert_eq!(asked(10), (vec![get.clone(), query], false));
    assert_eq!(asked(1), (vec![get], true));
}

#[test]
fn entry_spans_of_a_range_are_counted() {
    let engine = asked();
    let range = minutes(0, 3).range();
    let context = ReadContext::default();
    let totals = engine.entry_totals(&TenantId::default(), range, &context);
    assert_eq!(totals.unwrap(), (10, 2));
}

fn histogram(query: &str, by: Option<&str>, entries: bool, limit: usize) -> SpanHistogram {
    let mut conditions = search(query).conditions;
    conditions.range = minutes(0, 3).range();
    let request = HistogramRequest {
        conditions,
        buckets: minutes(0, 3),
        by: by.map(str::to_owned),
        entries,
        limit,
    };
    asked()
        .span_histogram(&TenantId::default(), &request, &ReadContext::default())
        .unwrap()
}

fn groups(found: &SpanHistogram) -> Vec<(Option<&str>, u64, u64)> {
    let told = |group: &'_ HistogramGroup| (group.tally.count, group.tally.errors);
    let groups = found.groups.iter();
    groups
        .map(|group| {
            let (count, errors) = told(group);
            (group.value.as_deref(), count, errors)
        })
        .collect()
}

#[test]
fn a_histogram_counts_at_the_start_and_splits_by_any_name() {
    let all = histogram("", None, false, 5);
    assert_eq!((all.total.count, all.total.errors), (23, 2));
    assert_eq!(all.total.counts, [20, 0, 3]);
    assert_eq!(groups(&all), [(None, 23, 2)]);
    assert!(!all.cut);
    let in_heat: u64 = all.durations.columns.iter().flatten().sum();
    assert_eq!(in_heat, 23);
    assert!(all.durations.columns[1].is_empty());

    let entries = histogram("", Some("service"), true, 5);
    assert_eq!(groups(&entries), [(Some("api"), 10, 2)]);
    let by_name = histogram("", Some("name"), false, 1);
    assert_eq!(groups(&by_name), [(Some("GET /"), 10, 2), (None, 13, 0)]);
    assert!(by_name.cut);
    let by_kind = histogram("{ status = error }", Some("kind"), false, 5);
    assert_eq!(groups(&by_kind), [(Some("server"), 2, 2)]);
    let by_status = histogram("", Some("status"), false, 5);
    assert_eq!(
        groups(&by_status),
        [(Some("unset"), 21, 0), (Some("error"), 2, 2)]
    );
    let by_tier = histogram("", Some("tier"), false, 5);
    let expected = [(Some("gold"), 5, 1), (Some("iron"), 5, 1), (None, 13, 0)];
    assert_eq!(groups(&by_tier), expected);
    assert!(!by_tier.cut);
}

#[test]
fn conditions_on_whole_traces_are_refused() {
    let request = HistogramRequest {
        conditions: SpanConditions {
            query: Some("{ traceDuration > 1s }".to_owned()),
            ..SpanConditions::all(minutes(0, 3).range())
        },
        buckets: minutes(0, 3),
        by: None,
        entries: false,
        limit: 5,
    };
    let error = asked()
        .span_histogram(&TenantId::default(), &request, &ReadContext::default())
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.field()),
        (ErrorKind::Invalid, Some("q"))
    );
}

#[test]
fn traces_come_in_other_orders() {
    let engine = asked();
    let first = |order, limit| {
        let mut search = search("{ kind = server }");
        search.page.limit = limit;
        let context = ReadContext::default();
        let found = engine
            .ordered_traces(&TenantId::default(), &search, order, &context)
            .unwrap();
        assert_eq!((found.looked_at, found.partial), (10, false));
        let traces = found.traces.iter();
        traces.map(|trace| trace.trace_id.0[0]).collect::<Vec<u8>>()
    };
    assert_eq!(first(TraceOrder::Duration, 3), [10, 9, 8]);
    assert_eq!(first(TraceOrder::Errors, 3), [10, 9, 8]);
    assert_eq!(
        first(TraceOrder::Spans, 10),
        [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]
    );
    let mut with_cursor = search("");
    with_cursor.page.cursor = Some("x".to_owned());
    let context = ReadContext::default();
    let error = engine
        .ordered_traces(
            &TenantId::default(),
            &with_cursor,
            TraceOrder::Spans,
            &context,
        )
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.field()),
        (ErrorKind::Invalid, Some("cursor"))
    );
}
