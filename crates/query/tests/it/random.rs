//! Random data and conditions: what the engine finds is what a plain look at every item finds.

use crate::support::{record_numbers, trace_numbers};
use proptest::prelude::{ProptestConfig, prop_assert_eq, proptest};
use proptest::sample::select;
use std::collections::BTreeSet;
use std::sync::Arc;
use tacho_model::id::TenantId;
use tacho_model::time::TimeRange;
use tacho_model::value::Value;
use tacho_query::engine::Engine;
use tacho_query::limits::Limits;
use tacho_query::log::{LogConditions, LogSearch, SeverityCondition};
use tacho_query::page::{PageRequest, Values};
use tacho_query::trace::{SpanConditions, TraceSearch};
use tacho_storage::read::Order;
use tacho_testkit::arbitrary::{KEYS, WORDS, logs, ranges, spans};
use tacho_testkit::oracle::{OracleStore, Placed, PlacedSpan, identity};

/// What an attribute is by text: the item's values, else the resource's, else the scope's.
fn texts<T>(placed: &Placed<T>, own: &tacho_model::value::Attributes, key: &str) -> Vec<String> {
    let places = [own, &placed.resource.attributes, &placed.scope.attributes];
    let of = |place: &&tacho_model::value::Attributes| -> Vec<Value> {
        place
            .0
            .iter()
            .filter(|(name, _)| name == key)
            .map(|(_, value)| value.clone())
            .collect()
    };
    let found = places
        .iter()
        .map(of)
        .find(|values| !values.is_empty())
        .unwrap_or_default();
    found
        .into_iter()
        .filter(|value| *value != Value::Empty)
        .map(|value| value.to_text())
        .collect()
}

fn overlaps(range: TimeRange, span: &PlacedSpan) -> bool {
    let (start, end) = (span.item.start, span.item.end);
    range.overlaps(start.min(end), start.max(end))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn lists_of_traces_hold_the_traces_with_a_matching_span(
        spans in spans(60),
        key in select(&KEYS[..]),
        text in select(&WORDS[1..]),
        min_seconds in 0i64..4,
        long_traces in select(&[false, true][..]),
        range in ranges(),
        limit in 1usize..9,
    ) {
        let store = OracleStore::new();
        let tenant = TenantId::default();
        store.append_spans(&tenant, spans.clone());
        let mut known = BTreeSet::new();
        let spans: Vec<PlacedSpan> =
            spans.into_iter().filter(|span| known.insert(identity(&span.item))).collect();
        let length = |id| {
            let of = || spans.iter().filter(move |span| span.item.trace_id == id);
            let start = of().map(|span| span.item.start.0).min();
            let end = of().map(|span| span.item.start.0.max(span.item.end.0)).max();
            end.zip(start).map_or(0, |(end, start)| end - start)
        };
        let expected: BTreeSet<u8> = spans
            .iter()
            .filter(|span| overlaps(range, span))
            .filter(|span| span.item.duration_ns() >= min_seconds * 1_000_000_000)
            .filter(|span| texts(span, &span.item.attributes, key).iter().any(|own| own == text))
            .filter(|span| !long_traces || length(span.item.trace_id) > 20_000_000_000)
            .map(|span| span.item.trace_id.0[0])
            .collect();
        let engine = Engine::new(store, Limits::default());
        let conditions = SpanConditions {
            query: long_traces.then(|| "{ traceDuration > 20s }".to_owned()),
            attributes: vec![(key.to_owned(), text.to_owned())],
            min_duration_ns: Some(min_seconds * 1_000_000_000),
            ..SpanConditions::all(range)
        };
        let page = PageRequest { limit, cursor: None };
        let found = trace_numbers(&engine, TraceSearch { conditions, page });
        prop_assert_eq!(found.len(), expected.len());
        prop_assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), expected);
    }

    #[test]
    fn pages_of_records_hold_what_matches_in_order(
        logs in logs(60),
        key in select(&KEYS[..]),
        text in select(&WORDS[..]),
        severity in 1u8..24,
        range in ranges(),
        limit in 1usize..9,
        newest in select(&[false, true][..]),
    ) {
        let store = OracleStore::new();
        store.append_logs(&TenantId::default(), 0, logs.clone());
        let mut expected: Vec<(i64, u64)> = logs
            .iter()
            .zip(0..)
            .filter(|(log, _)| range.contains(log.item.time))
            .filter(|(log, _)| log.item.severity_number.0 >= severity)
            .filter(|(log, _)| {
                // A label is the empty text where it is absent.
                let texts = texts(log, &log.item.attributes, key);
                let some = texts.iter().any(|own| !own.is_empty());
                if text.is_empty() { !some } else { texts.iter().any(|own| own == text) }
            })
            .map(|(log, id)| (log.item.time.0, id))
            .collect();
        expected.sort_unstable();
        if newest {
            expected.reverse();
        }
        let severity = SeverityCondition::parse(&severity.to_string()).unwrap();
        let conditions = LogConditions {
            query: Some(format!("{{}} | \"{key}\" = \"{text}\"")),
            severity: Some(severity),
            ..LogConditions::all(range)
        };
        let search = LogSearch {
            conditions,
            order: if newest { Order::NewestFirst } else { Order::OldestFirst },
            page: PageRequest { limit, cursor: None },
            values: Values::Full,
        };
        let engine = Engine::new(Arc::clone(&store) as _, Limits::default());
        let found = record_numbers(&engine, search);
        prop_assert_eq!(found, expected.into_iter().map(|(_, id)| id).collect::<Vec<_>>());
    }
}
