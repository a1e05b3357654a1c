//! The oracle must be right by inspection; these tests hold down what is easily overlooked.

use super::OracleStore;
use crate::arbitrary::{log, span};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tacho_model::id::TenantId;
use tacho_model::signal::Signal;
use tacho_model::span::SpanKind;
use tacho_model::time::{TimeRange, Timestamp};
use tacho_model::value::Value;
use tacho_storage::columns::projection::{Column, Projection};
use tacho_storage::error::ErrorKind;
use tacho_storage::filter::{AttributeScope, Field, Filter};
use tacho_storage::read::{
    AggregateRequest, Cursor, Order, ReadContext, ReadStore, ScanRequest, TailItem,
};

fn everything(order: Order) -> ScanRequest {
    ScanRequest {
        range: TimeRange::ALL,
        filter: Filter::All,
        order,
        after: None,
        limit: None,
        projection: Projection::all(),
    }
}

fn store(spans: u64, logs: u64) -> Arc<OracleStore> {
    let store = OracleStore::new();
    let tenant = TenantId::default();
    store.append_spans(&tenant, (0..spans).map(span).collect());
    store.append_logs(&tenant, 0, (0..logs).map(log).collect());
    store
}

#[test]
fn spans_and_logs_come_back_whole() {
    let store = store(200, 200);
    let snapshot = store.snapshot(&TenantId::default()).unwrap();
    let context = ReadContext::default();
    let mut references = 0;
    let mut seen = 0;
    for batch in snapshot
        .logs(&everything(Order::OldestFirst), &context)
        .unwrap()
    {
        let batch = batch.unwrap();
        for row in 0..batch.len {
            seen += 1;
            let original = log(batch.record_id(row).0);
            let mut record = batch.record(row);
            if let Value::Reference(reference) = &record.body {
                references += 1;
                record.body = snapshot.value(reference, &context).unwrap();
            }
            assert_eq!(record.body, original.item.body);
            assert_eq!(**batch.shared.resource(row).unwrap(), original.resource);
        }
    }
    assert_eq!(seen, 200);
    assert!(references > 0);
}

#[test]
fn a_span_that_is_sent_again_counts_once_and_zipkin_halves_count_twice() {
    let store = OracleStore::new();
    let tenant = TenantId::default();
    assert_eq!(
        store.append_spans(&tenant, vec![span(0), span(0), span(1)]),
        2
    );
    assert_eq!(store.append_spans(&tenant, vec![span(1)]), 0);
    assert_eq!(span(0).item.span_id, span(1).item.span_id);
    assert_eq!(span(1).item.kind, SpanKind::Server);
}

#[test]
fn pages_by_cursor_give_what_one_scan_gives() {
    let store = store(0, 60);
    let snapshot = store.snapshot(&TenantId::default()).unwrap();
    let context = ReadContext::default();
    for order in [Order::NewestFirst, Order::OldestFirst] {
        let ids = |request: &ScanRequest| -> Vec<(Timestamp, _)> {
            let batches = snapshot
                .logs(request, &context)
                .unwrap()
                .map(Result::unwrap);
            batches
                .flat_map(|batch| {
                    let row = |row| (batch.record(row).time, batch.record_id(row));
                    (0..batch.len).map(row).collect::<Vec<_>>()
                })
                .collect()
        };
        let all = ids(&everything(order));
        let mut paged = Vec::new();
        let mut request = ScanRequest {
            limit: Some(7),
            ..everything(order)
        };
        loop {
            let page = ids(&request);
            let Some((time, id)) = page.last().copied() else {
                break;
            };
            request.after = Some(Cursor::Log(time, id));
            paged.extend(page);
        }
        assert_eq!(paged, all);
        let sorted = all.is_sorted();
        assert_eq!(sorted, order == Order::OldestFirst);
    }
}

#[test]
fn counts_add_up_and_a_limit_of_groups_is_an_error() {
    let store = store(100, 0);
    let snapshot = store.snapshot(&TenantId::default()).unwrap();
    let context = ReadContext::default();
    let mut request = AggregateRequest {
        range: TimeRange::ALL,
        filter: Filter::All,
        step_ns: Some(1_000_000_000),
        by: Some(Field::Attribute(AttributeScope::Any, "service.name".into())),
        group_limit: 1000,
    };
    let groups = snapshot
        .aggregate(Signal::Spans, &request, &context)
        .unwrap();
    let spans: BTreeSet<_> = (0..100)
        .map(|seed| super::identity(&span(seed).item))
        .collect();
    assert_eq!(
        groups.iter().map(|group| group.count).sum::<u64>(),
        spans.len() as u64
    );
    request.group_limit = 2;
    let error = snapshot
        .aggregate(Signal::Spans, &request, &context)
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::LimitExceeded);
}

#[test]
fn a_snapshot_stands_still_and_a_tail_follows() {
    let store = store(0, 3);
    let tenant = TenantId::default();
    let mut tail = store.tail(&tenant, Signal::Logs);
    let snapshot = store.snapshot(&tenant).unwrap();
    store.append_logs(&tenant, 3, vec![log(9)]);
    let request = ScanRequest {
        projection: Projection::of(&[Column::Time]),
        ..everything(Order::NewestFirst)
    };
    let rows: usize = snapshot
        .logs(&request, &ReadContext::default())
        .unwrap()
        .map(|batch| batch.unwrap().len)
        .sum();
    assert_eq!(rows, 3);
    let TailItem::Logs(batch) = tail.source.next(Duration::ZERO) else {
        panic!("no batch");
    };
    assert_eq!(batch.record_id(0).0, 3);
    assert!(matches!(tail.source.next(Duration::ZERO), TailItem::Idle));
    store.close();
    assert!(matches!(tail.source.next(Duration::ZERO), TailItem::Closed));
}

#[test]
fn items_of_one_tenant_are_not_seen_by_another() {
    let store = store(5, 5);
    let other = TenantId::new("other").unwrap();
    let snapshot = store.snapshot(&other).unwrap();
    let found = snapshot.spans(&everything(Order::NewestFirst), &ReadContext::default());
    assert_eq!(found.unwrap().count(), 0);
}
