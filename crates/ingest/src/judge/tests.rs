//! What is kept, cut and refused, field by field.

use super::log_judge::LogJudge;
use super::span_judge::SpanJudge;
use super::{Judged, RefusedRange, Ruling, next_refused};
use crate::limits::ItemLimits;
use crate::meter::Meter;
use crate::reason::Reason;
use tacho_model::id::{IdError, RecordId, SpanId, TraceId};
use tacho_model::log::SeverityNumber;
use tacho_model::sink::{LogFields, LogSink as _, SpanFields, SpanSink as _};
use tacho_model::span::{SpanEvent, SpanKind, SpanLink, SpanStatus};
use tacho_model::time::{DAY_NS, SECOND_NS, Timestamp};
use tacho_model::value::{Value, ValueRef};
use tacho_storage::columns::log_batch::LogBatch;
use tacho_storage::columns::span_batch::SpanBatch;
use tacho_storage::partition::Partition;
use tacho_storage::write::Items;

const NOW: Timestamp = Timestamp(1_795_169_720_000_000_000);
const LATEST: Timestamp = Timestamp(NOW.0 + 600 * SECOND_NS);

fn span_fields() -> SpanFields<'static> {
    SpanFields {
        trace_id: Ok(TraceId([1; 16])),
        span_id: Ok(SpanId([2; 8])),
        parent_span_id: Ok(SpanId::default()),
        trace_alias: None,
        span_alias: None,
        parent_alias: None,
        trace_state: "",
        flags: 0,
        name: "plan",
        kind: SpanKind::Internal,
        start_ns: NOW.0 as u64 - 5,
        end_ns: NOW.0 as u64,
        dropped_attributes_count: 1,
        dropped_events_count: 0,
        dropped_links_count: 0,
        status: SpanStatus::Unset,
        status_message: "",
    }
}

fn log_fields() -> LogFields<'static> {
    LogFields {
        time_ns: NOW.0 as u64,
        observed_time_ns: 0,
        severity_number: SeverityNumber(9),
        severity_text: "INFO",
        body: ValueRef::String("text"),
        event_name: "",
        dropped_attributes_count: 0,
        flags: 0,
        trace_id: Ok(TraceId::default()),
        span_id: Ok(SpanId::default()),
        trace_alias: None,
        span_alias: None,
    }
}

fn judge_spans(limits: &ItemLimits, feed: impl FnOnce(&mut SpanJudge<'_, '_, '_>)) -> Judged {
    let mut meter = Meter::counting();
    let ruling = Ruling::Live { latest: LATEST };
    let mut judge = SpanJudge::new(limits, NOW, ruling, &mut meter);
    feed(&mut judge);
    judge.finish()
}

fn judge_logs(limits: &ItemLimits, feed: impl FnOnce(&mut LogJudge<'_, '_, '_>)) -> Judged {
    let mut meter = Meter::counting();
    let ruling = Ruling::Live { latest: LATEST };
    let mut judge = LogJudge::new(limits, NOW, ruling, &mut meter);
    feed(&mut judge);
    judge.finish()
}

fn spans(judged: &Judged) -> &[(Partition, SpanBatch)] {
    match &judged.items {
        Items::Spans(parts) => parts,
        _ => panic!("spans went in"),
    }
}

fn logs(judged: &Judged) -> &[(Partition, LogBatch)] {
    match &judged.items {
        Items::Logs(parts) => parts,
        _ => panic!("log records went in"),
    }
}

fn reason_for_span(fields: &SpanFields<'_>) -> Option<Reason> {
    let judged = judge_spans(&ItemLimits::default(), |judge| {
        if judge.begin_span(fields) {
            judge.end_span();
        }
    });
    assert_eq!(judged.seen, 1);
    assert_eq!(judged.accepted, u64::from(judged.refused.is_empty()));
    judged.refused.first().map(|range| range.reason)
}

fn altered_span(alter: impl FnOnce(&mut SpanFields<'static>)) -> SpanFields<'static> {
    let mut fields = span_fields();
    alter(&mut fields);
    fields
}

fn altered_log<'a>(alter: impl FnOnce(&mut LogFields<'a>)) -> LogFields<'a> {
    let mut fields = log_fields();
    alter(&mut fields);
    fields
}

#[test]
fn spans_are_refused_for_their_ids() {
    let with_trace = |error| altered_span(|span| span.trace_id = Err(error));
    let with_span = |error| altered_span(|span| span.span_id = Err(error));
    let parent = altered_span(|span| span.parent_span_id = Err(IdError::Length(3)));
    for (fields, expected) in [
        (with_trace(IdError::Missing), Reason::TraceIdMissing),
        (with_trace(IdError::Zero), Reason::TraceIdZero),
        (with_trace(IdError::Length(8)), Reason::TraceIdInvalid),
        (with_span(IdError::Missing), Reason::SpanIdMissing),
        (with_span(IdError::Zero), Reason::SpanIdZero),
        (with_span(IdError::Text), Reason::SpanIdInvalid),
        (parent, Reason::ParentSpanIdInvalid),
    ] {
        assert_eq!(reason_for_span(&fields), Some(expected));
    }
}

#[test]
fn spans_are_refused_for_wild_times_and_nothing_else() {
    let starting = |ns| altered_span(|span| span.start_ns = ns);
    let ending = |ns| altered_span(|span| span.end_ns = ns);
    let latest = LATEST.0 as u64;
    for (fields, expected) in [
        (span_fields(), None),
        (starting(0), Some(Reason::StartTimeUnset)),
        (ending(0), Some(Reason::EndTimeUnset)),
        (ending(1 << 63), Some(Reason::TimeOutOfRange)),
        (ending(latest), None),
        (ending(latest + 1), Some(Reason::TimeInFuture)),
        (starting(i64::MAX as u64), Some(Reason::TimeInFuture)),
        (starting(1), None),
        (ending(1), None),
    ] {
        assert_eq!(reason_for_span(&fields), expected);
    }
    let long = "x".repeat((4 << 20) + 1);
    let fields = SpanFields {
        name: &long,
        ..span_fields()
    };
    assert_eq!(reason_for_span(&fields), Some(Reason::FieldTooLarge));
}

#[test]
fn a_span_that_ends_before_it_starts_is_kept_as_it_is_and_counted() {
    let fields = SpanFields {
        start_ns: NOW.0 as u64,
        end_ns: NOW.0 as u64 - 7,
        ..span_fields()
    };
    let judged = judge_spans(&ItemLimits::default(), |judge| {
        assert!(judge.begin_span(&fields));
        judge.end_span();
    });
    assert_eq!(judged.counts.negative_durations, 1);
    assert_eq!(spans(&judged)[0].1.span(0).duration_ns(), -7);
}

#[test]
fn refused_neighbours_are_one_range_and_counted_by_reason() {
    let zero = SpanFields {
        trace_id: Err(IdError::Zero),
        ..span_fields()
    };
    let unset = SpanFields {
        end_ns: 0,
        ..span_fields()
    };
    let judged = judge_spans(&ItemLimits::default(), |judge| {
        for fields in [&zero, &unset, &span_fields(), &zero] {
            if judge.begin_span(fields) {
                judge.end_span();
            }
        }
    });
    let range = |first, last, reason| RefusedRange {
        first,
        last,
        reason,
    };
    assert_eq!(
        judged.refused,
        [
            range(0, 1, Reason::TraceIdZero),
            range(3, 3, Reason::TraceIdZero)
        ]
    );
    assert_eq!(judged.counts.refused[Reason::TraceIdZero.index()], 2);
    assert_eq!(judged.counts.refused[Reason::EndTimeUnset.index()], 1);
    assert_eq!(judged.counts.first_refused[Reason::EndTimeUnset.index()], 1);
    assert_eq!((judged.seen, judged.accepted), (4, 1));
}

#[test]
fn replay_refuses_by_number_alone() {
    let ranges = [
        RefusedRange {
            first: 1,
            last: 2,
            reason: Reason::TimeInFuture,
        },
        RefusedRange {
            first: 4,
            last: 4,
            reason: Reason::TraceIdZero,
        },
    ];
    let mut rest = &ranges[..];
    let refused: Vec<bool> = (0..6)
        .map(|number| next_refused(&mut rest, number).is_some())
        .collect();
    assert_eq!(refused, [false, true, true, false, true, false]);
}

#[test]
fn a_million_attributes_are_cut_to_the_limit_and_counted() {
    let judged = judge_spans(&ItemLimits::default(), |judge| {
        assert!(judge.begin_span(&span_fields()));
        for index in 0..1_000_000 {
            judge.attribute(&format!("key.{index}"), ValueRef::Int(index));
        }
        judge.end_span();
    });
    let span = spans(&judged)[0].1.span(0);
    assert_eq!(span.attributes.0.len(), 1024);
    // One was dropped by the sender.
    assert_eq!(span.dropped_attributes_count, 1_000_000 - 1024 + 1);
    assert_eq!(judged.counts.attributes_over_limit, 1_000_000 - 1024);
}

#[test]
fn large_values_long_keys_and_reserved_keys_are_dropped_and_nothing_else() {
    let limits = ItemLimits {
        value_bytes: 100,
        key_bytes: 10,
        ..ItemLimits::default()
    };
    let judged = judge_spans(&limits, |judge| {
        assert!(judge.begin_span(&span_fields()));
        judge.attribute("large", ValueRef::String(&"x".repeat(101)));
        judge.attribute("bytes", ValueRef::Bytes(&[0; 101]));
        judge.attribute("a.long.key.", ValueRef::Int(1));
        judge.attribute("kept", ValueRef::String(&"x".repeat(100)));
        judge.end_span();
    });
    let span = spans(&judged)[0].1.span(0);
    assert_eq!(span.attributes.0.len(), 1);
    assert_eq!(span.dropped_attributes_count, 4);
    assert_eq!(judged.counts.values_over_limit, 3);

    let judged = judge_spans(&ItemLimits::default(), |judge| {
        assert!(judge.begin_span(&span_fields()));
        judge.attribute("tacho.alias.trace_id", ValueRef::String("forged"));
        judge.end_span();
    });
    assert_eq!(judged.counts.reserved_keys, 1);
    assert_eq!(spans(&judged)[0].1.span(0).aliases, None);
}

#[test]
fn events_and_links_over_their_limits_are_counted_as_dropped() {
    let limits = ItemLimits {
        events: 2,
        links: 1,
        value_bytes: 10,
        ..ItemLimits::default()
    };
    let judged = judge_spans(&limits, |judge| {
        for _ in 0..2 {
            assert!(judge.begin_span(&span_fields()));
            for _ in 0..5 {
                let mut event = SpanEvent::default();
                event.attributes.push("large", "more than ten bytes");
                event.attributes.push("small", 1);
                judge.event(event);
                judge.link(SpanLink::default());
            }
            judge.end_span();
        }
    });
    for row in 0..2 {
        let span = spans(&judged)[0].1.span(row);
        assert_eq!((span.events.len(), span.dropped_events_count), (2, 3));
        assert_eq!((span.links.len(), span.dropped_links_count), (1, 4));
        assert_eq!(span.events[0].attributes.0.len(), 1);
        assert_eq!(span.events[0].dropped_attributes_count, 1);
    }
    assert_eq!(judged.counts.events_over_limit, 6);
    assert_eq!(judged.counts.links_over_limit, 8);
}

#[test]
fn spans_go_to_the_partition_of_their_end_and_logs_to_that_of_their_time() {
    let days = |count: i64| (NOW.0 - count * DAY_NS) as u64;
    let judged = judge_spans(&ItemLimits::default(), |judge| {
        for (start, end) in [
            (days(3), days(0)),
            (days(3), days(2)),
            (1, 2),
            (days(1), days(0)),
        ] {
            let fields = SpanFields {
                start_ns: start,
                end_ns: end,
                ..span_fields()
            };
            assert!(judge.begin_span(&fields));
            judge.end_span();
        }
    });
    let sizes: Vec<_> = spans(&judged)
        .iter()
        .map(|(place, batch)| (*place, batch.len))
        .collect();
    let of = |ns: u64| Partition::of(Timestamp(ns as i64), NOW);
    assert_eq!(
        sizes,
        [(of(days(0)), 2), (of(days(2)), 1), (Partition::Past, 1)]
    );
}

#[test]
fn a_record_without_time_gets_the_observed_one_or_that_of_arrival() {
    let observed = NOW.0 as u64 - 100;
    let judged = judge_logs(&ItemLimits::default(), |judge| {
        for (time_ns, observed_time_ns) in [(5, observed), (0, observed), (0, 0)] {
            let fields = LogFields {
                time_ns,
                observed_time_ns,
                ..log_fields()
            };
            assert!(judge.begin_record(&fields));
            judge.end_record();
        }
    });
    let mut times: Vec<(RecordId, i64)> = logs(&judged)
        .iter()
        .flat_map(|(_, batch)| {
            (0..batch.len).map(|row| (batch.record_id(row), batch.record(row).time.0))
        })
        .collect();
    times.sort_unstable();
    assert_eq!(
        times,
        [
            (RecordId(0), 5),
            (RecordId(1), observed as i64),
            (RecordId(2), NOW.0)
        ]
    );
}

#[test]
fn records_are_refused_for_wrong_ids_wild_times_and_large_bodies() {
    let long = "x".repeat(101);
    let limits = ItemLimits {
        value_bytes: 100,
        ..ItemLimits::default()
    };
    let at = |ns| altered_log(|log| log.time_ns = ns);
    let observed = |ns| altered_log(|log| log.observed_time_ns = ns);
    let trace = altered_log(|log| log.trace_id = Err(IdError::Length(15)));
    let span = altered_log(|log| log.span_id = Err(IdError::Text));
    let body = altered_log(|log| log.body = ValueRef::String(&long));
    let event = altered_log(|log| log.event_name = &long);
    let latest = LATEST.0 as u64;
    for (fields, expected) in [
        (log_fields(), None),
        (trace, Some(Reason::TraceIdInvalid)),
        (span, Some(Reason::SpanIdInvalid)),
        (at(u64::MAX), Some(Reason::TimeOutOfRange)),
        (observed(u64::MAX), Some(Reason::TimeOutOfRange)),
        (at(latest + 1), Some(Reason::TimeInFuture)),
        (observed(latest + 1), None),
        (body, Some(Reason::BodyTooLarge)),
        (event, Some(Reason::FieldTooLarge)),
    ] {
        let judged = judge_logs(&limits, |judge| {
            if judge.begin_record(&fields) {
                judge.end_record();
            }
        });
        assert_eq!(judged.refused.first().map(|range| range.reason), expected);
    }
}

#[test]
fn nan_infinities_and_every_type_are_kept() {
    let nested = Value::Array(vec![Value::Double(f64::NEG_INFINITY), Value::Empty]);
    let judged = judge_spans(&ItemLimits::default(), |judge| {
        assert!(judge.begin_span(&span_fields()));
        judge.attribute("nan", ValueRef::Double(f64::NAN));
        judge.attribute("inf", ValueRef::Double(f64::INFINITY));
        judge.attribute("nested", ValueRef::Nested(&nested));
        judge.attribute("empty", ValueRef::Empty);
        judge.end_span();
    });
    let attributes = spans(&judged)[0].1.span(0).attributes;
    assert_eq!(attributes.find("nan"), Some(&Value::Double(f64::NAN)));
    assert_eq!(attributes.find("inf"), Some(&Value::Double(f64::INFINITY)));
    assert_eq!(attributes.find("nested"), Some(&nested));
    assert_eq!(attributes.find("empty"), Some(&Value::Empty));
}

#[test]
fn when_memory_ends_the_request_says_so() {
    let mut left = 1u64 << 20;
    let mut meter = Meter::new(Box::new(|bytes| {
        let fits = bytes <= left;
        if fits {
            left -= bytes;
        }
        fits
    }));
    let limits = ItemLimits::default();
    let ruling = Ruling::Live { latest: LATEST };
    let mut judge = SpanJudge::new(&limits, NOW, ruling, &mut meter);
    let mut taken = 0;
    for row in 0..10_000 {
        if judge.begin_span(&span_fields()) {
            judge.attribute(&format!("key.{row}"), ValueRef::Int(1));
            judge.end_span();
            taken += 1;
        }
    }
    let judged = judge.finish();
    assert!(judged.out_of_memory);
    assert!(taken < 2000, "{taken} spans in a megabyte");
}
