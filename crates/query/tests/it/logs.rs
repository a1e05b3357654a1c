//! Pages of log records, one record, its context.

use crate::support::{at, engine, log_search, record, record_numbers, service, trace};
use tacho_model::id::{RecordId, SpanId, TenantId};
use tacho_model::time::TimeRange;
use tacho_model::value::Value;
use tacho_query::engine::Engine;
use tacho_query::error::ErrorKind;
use tacho_query::limits::Limits;
use tacho_query::log::{ContextRequest, ContextStream, LogConditions, SeverityCondition};
use tacho_query::page::Values;
use tacho_storage::read::{Order, ReadContext};

/// Ten records, two of each second; odd ones are of another service.
fn asked() -> Engine {
    let (store, engine) = engine();
    let records = (0..10).map(|number| {
        let mut one = record(number / 2, number as u8 * 2, &format!("record {number}"));
        if number % 2 == 1 {
            one.resource = service("toolbox");
        }
        if number == 4 {
            one.item.trace_id = trace(4);
            one.item.span_id = SpanId([4; 8]);
            one.item.event_name = "agent.message".to_owned();
            one.item.attributes.push("retry", true);
        }
        one
    });
    store.append_logs(&TenantId::default(), 100, records.collect());
    engine
}

#[test]
fn pages_go_either_way() {
    let engine = asked();
    for limit in [1, 3, 10, 1000] {
        let mut request = log_search("");
        request.page.limit = limit;
        assert_eq!(
            record_numbers(&engine, request.clone()),
            (100..110).collect::<Vec<_>>()
        );
        request.order = Order::NewestFirst;
        assert_eq!(
            record_numbers(&engine, request),
            (100..110).rev().collect::<Vec<_>>()
        );
    }
}

#[test]
fn a_cursor_is_of_one_order() {
    let engine = asked();
    let (tenant, context) = (TenantId::default(), ReadContext::default());
    let mut request = log_search("");
    request.page.limit = 2;
    request.page.cursor = engine
        .search_logs(&tenant, &request, &context)
        .unwrap()
        .next_cursor;
    request.order = Order::NewestFirst;
    let error = engine.search_logs(&tenant, &request, &context).unwrap_err();
    assert_eq!(
        (error.kind(), error.field()),
        (ErrorKind::Invalid, Some("cursor"))
    );
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of requests and answers")]
fn conditions_narrow() {
    let engine = asked();
    let all = || LogConditions::all(TimeRange::ALL);
    let severity = |text| Some(SeverityCondition::parse(text).unwrap());
    let text = |text: &str| Some(text.to_owned());
    for (conditions, expected) in [
        (
            LogConditions {
                service: text("toolbox"),
                ..all()
            },
            vec![101, 103, 105, 107, 109],
        ),
        (
            LogConditions {
                name: text("agent.message"),
                ..all()
            },
            vec![104],
        ),
        (
            LogConditions {
                severity: severity("warn"),
                ..all()
            },
            vec![107, 108, 109],
        ),
        (
            LogConditions {
                severity: severity("16"),
                ..all()
            },
            vec![108, 109],
        ),
        (
            LogConditions {
                severity: severity("debug,FATAL,unset"),
                ..all()
            },
            vec![100, 103, 104],
        ),
        (
            LogConditions {
                trace_id: Some(trace(4)),
                ..all()
            },
            vec![104],
        ),
        (
            LogConditions {
                span_id: Some(SpanId([4; 8])),
                ..all()
            },
            vec![104],
        ),
        (
            LogConditions {
                attributes: vec![("retry".to_owned(), "true".to_owned())],
                ..all()
            },
            vec![104],
        ),
        (
            LogConditions {
                range: TimeRange {
                    start: at(1),
                    end: at(2),
                },
                ..all()
            },
            vec![102, 103],
        ),
        (
            LogConditions {
                query: text("{} |= \"9\""),
                service: text("planner"),
                ..all()
            },
            vec![],
        ),
    ] {
        let mut request = log_search("");
        request.conditions = conditions;
        assert_eq!(
            record_numbers(&engine, request.clone()),
            expected,
            "{:?}",
            request.conditions
        );
    }
    for wrong in ["", "loud", "25", "0", "info,loud"] {
        let error = SeverityCondition::parse(wrong).unwrap_err();
        assert_eq!(error.field(), Some("severity"), "{wrong}");
    }
}

#[test]
fn a_record_is_found_by_its_id() {
    let engine = asked();
    let (tenant, context) = (TenantId::default(), ReadContext::default());
    let found = engine
        .log(&tenant, RecordId(105), Values::Full, &context)
        .unwrap();
    assert_eq!(found.record.body, Value::from("record 5"));
    assert_eq!(found.resource.service_name(), "toolbox");
    let error = engine
        .log(&tenant, RecordId(110), Values::Full, &context)
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[test]
fn context_is_of_the_same_resource_or_of_everybody() {
    let engine = asked();
    let (tenant, context) = (TenantId::default(), ReadContext::default());
    let around = |id, before, after, stream| {
        let request = ContextRequest {
            id: RecordId(id),
            before,
            after,
            stream,
            values: Values::Full,
        };
        let found = engine.log_context(&tenant, &request, &context).unwrap();
        let ids: Vec<u64> = found
            .page
            .records
            .iter()
            .map(|placed| placed.id.0)
            .collect();
        (ids, found.index)
    };
    let (same, all) = (ContextStream::SameResource, ContextStream::All);
    assert_eq!(around(104, 1, 2, same), (vec![102, 104, 106, 108], 1));
    assert_eq!(around(104, 3, 1, all), (vec![101, 102, 103, 104, 105], 3));
    assert_eq!(around(100, 5, 0, all), (vec![100], 0));
    assert_eq!(around(109, 1, 5, same), (vec![107, 109], 1));
}

#[test]
fn a_page_ends_before_it_gets_too_large() {
    let (store, _) = engine();
    let long = "x".repeat(10_000);
    store.append_logs(
        &TenantId::default(),
        0,
        vec![record(0, 9, &long), record(1, 9, &long)],
    );
    let limits = Limits {
        page_bytes_max: 9_000,
        ..Limits::default()
    };
    let engine = Engine::new(store, limits);
    let page = engine
        .search_logs(
            &TenantId::default(),
            &log_search(""),
            &ReadContext::default(),
        )
        .unwrap();
    assert_eq!(page.records.len(), 1);
    assert_eq!(page.records[0].record.body, Value::String(long));
    assert!(page.next_cursor.is_some());
    assert_eq!(record_numbers(&engine, log_search("")), [0, 1]);
}
