//! Single spans: found newest first, by their end, with bounds.

use crate::support::{at, attributes, engine, span};
use tacho_model::id::TenantId;
use tacho_model::time::TimeRange;
use tacho_query::error::ErrorKind;
use tacho_query::span::SpanSearch;
use tacho_query::trace::SpanConditions;
use tacho_storage::read::ReadContext;

fn search(query: &str) -> SpanSearch {
    SpanSearch {
        conditions: SpanConditions {
            query: Some(query.to_owned()),
            ..SpanConditions::all(TimeRange::ALL)
        },
        ended_in: None,
        limit: 1_000,
    }
}

/// Last bytes of the ids of the spans found.
fn found(search: &SpanSearch) -> Vec<u8> {
    let (store, engine) = engine();
    for number in 1..=5u8 {
        let mut placed = span(1, number, 0, i64::from(number) * 10, i64::from(number));
        placed.item.attributes = attributes([("task.id", format!("t{number}").as_str())]);
        store.append_spans(&TenantId::default(), vec![placed]);
    }
    let spans = engine
        .search_spans(&TenantId::default(), search, &ReadContext::default())
        .unwrap();
    spans.iter().map(|it| it.span.span_id.0[7]).collect()
}

#[test]
fn spans_come_newest_first_and_at_most_as_many_as_wanted() {
    assert_eq!(found(&search("{ }")), [5, 4, 3, 2, 1]);
    assert_eq!(found(&search("{ duration > 3s }")), [5, 4]);
    assert_eq!(found(&search("{ .task.id = \"t2\" }")), [2]);
    let two = SpanSearch {
        limit: 2,
        ..search("{ }")
    };
    assert_eq!(found(&two), [5, 4]);
}

#[test]
fn only_those_that_ended_in_time_count() {
    let ended = |start, end| SpanSearch {
        ended_in: Some(TimeRange {
            start: at(start),
            end: at(end),
        }),
        ..search("{ }")
    };
    assert_eq!(found(&ended(22, 44)), [3, 2]);
    assert_eq!(found(&ended(22, 45)), [4, 3, 2]);
    assert_eq!(found(&ended(0, 1)), [0u8; 0]);
}

#[test]
fn conditions_on_whole_traces_are_refused() {
    let (_, engine) = engine();
    let error = engine
        .search_spans(
            &TenantId::default(),
            &search("{ traceDuration > 5s }"),
            &ReadContext::default(),
        )
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
}
