//! The overview: figures, pictures and what needs a look, on data that can be counted by hand.

use crate::support::{at, engine, record, service};
use tacho_model::id::{SpanId, TenantId, TraceId};
use tacho_model::resource::Scope;
use tacho_model::span::{Span, SpanKind, SpanStatus};
use tacho_model::time::{SECOND_NS, TimeRange, Timestamp};
use tacho_model::value::Value;
use tacho_query::buckets::Buckets;
use tacho_query::engine::Engine;
use tacho_query::limits::Limits;
use tacho_query::overview::{Attention, AttentionKind, Overview};
use tacho_storage::read::ReadContext;
use tacho_testkit::oracle::{Placed, PlacedSpan};

/// A multiple of three minutes.
const START: i64 = 80;
const LENGTH: i64 = 3 * 3_600;
const END: i64 = START + LENGTH;

fn ask(spans: Vec<PlacedSpan>) -> Overview {
    let (store, _) = engine();
    let tenant = TenantId::default();
    store.append_spans(&tenant, spans);
    let mut early = record(START - 5, 17, "before");
    early.resource = service("api");
    let logs = vec![
        early,
        record(START + 5, 17, "bad"),
        record(START + 6, 9, "fine"),
    ];
    store.append_logs(&tenant, 0, logs);
    let engine = Engine::new(store, Limits::default());
    let range = TimeRange {
        start: at(START),
        end: at(END),
    };
    let buckets = Buckets::of(range, None).unwrap();
    assert_eq!((buckets.start, buckets.count), (at(START), 60));
    engine
        .overview(&tenant, buckets, &ReadContext::default())
        .unwrap()
}

/// A root span: its number is its trace and its id, times in milliseconds from the start.
fn root(number: u32, name: &str, start_ms: i64, ms: i64) -> PlacedSpan {
    let mut id = [0; 16];
    id[..4].copy_from_slice(&(number + 1).to_be_bytes());
    let mut span_id = [0; 8];
    span_id[..4].copy_from_slice(&(number + 1).to_be_bytes());
    let start = Timestamp(at(START).0 + start_ms * 1_000_000);
    Placed {
        resource: service("api"),
        scope: Scope::default(),
        item: Span {
            trace_id: TraceId(id),
            span_id: SpanId(span_id),
            name: name.to_owned(),
            start,
            end: Timestamp(start.0 + ms * 1_000_000),
            ..Span::default()
        },
    }
}

/// The same below a span that has not come.
fn orphan(number: u32, name: &str, start_ms: i64, ms: i64) -> PlacedSpan {
    let mut span = root(number, name, start_ms, ms);
    span.item.parent_span_id = SpanId([255; 8]);
    span
}

/// Fifty requests before, one of which failed, of 100 ms; 30 in the first three quarters alike;
/// 30 in the newest quarter, of 1 s, 12 of which failed, the last with a timeout.
fn failing_and_slow() -> Vec<PlacedSpan> {
    let mut spans = Vec::new();
    for number in 0..50u32 {
        spans.push(root(number, "GET /", -i64::from(number + 1) * 60_000, 100));
    }
    spans[0].item.status = SpanStatus::Error;
    for number in 0..30u32 {
        spans.push(root(100 + number, "GET /", i64::from(number) * 60_000, 100));
    }
    let newest = LENGTH * 750;
    for number in 0..30u32 {
        let mut one = root(
            200 + number,
            "GET /",
            newest + i64::from(number) * 30_000,
            1_000,
        );
        if number < 12 {
            one.item.status = SpanStatus::Error;
        }
        if number == 11 {
            one.item.status_message = "Deadline exceeded".to_owned();
        }
        spans.push(one);
    }
    spans
}

fn of_kind(found: &Overview, kind: AttentionKind) -> Vec<&Attention> {
    let all = found.attention.iter();
    all.filter(|one| one.kind == kind).collect()
}

#[test]
fn figures_and_pictures_count_requests() {
    let found = ask(failing_and_slow());
    assert_eq!((found.requests.count, found.requests.errors), (60, 12));
    assert_eq!((found.before.count, found.before.errors), (50, 1));
    assert_eq!(found.before_minutes, 180.0);
    assert_eq!(found.timeouts, 1);
    assert_eq!(found.throughput.len(), 1);
    assert_eq!(found.throughput[0].0, "api");
    let counts = &found.throughput[0].1;
    assert_eq!((counts[0], counts[9], counts[10], counts[45]), (3, 3, 0, 6));
    assert_eq!(found.heat.columns.iter().flatten().sum::<u64>(), 60);
    let p95 = |bucket: usize| found.p95_trend[bucket] as f64 / 1e6;
    assert!((p95(0) - 100.0).abs() < 4.0);
    assert!((p95(45) - 1_000.0).abs() < 32.0);
    assert_eq!(found.p95_trend[20], 0);
    assert_eq!(found.error_logs.iter().sum::<u64>(), 1);
    assert_eq!((found.error_logs[0], found.error_logs_before), (1, 1));
    assert!(found.tokens.is_empty());
    assert_eq!(found.mean_wait_ms, None);
    // All roots have ended at the end of their buckets.
    assert_eq!(found.running.unwrap(), vec![0; 60]);
}

#[test]
fn an_operation_that_fails_more_than_before_is_critical() {
    let found = ask(failing_and_slow());
    let failing = of_kind(&found, AttentionKind::Failing);
    assert_eq!(failing.len(), 1);
    let one = failing[0];
    assert!(one.critical);
    assert_eq!(one.message, "12 of 60 requests failed (20 %), 2 % before");
    assert_eq!(
        (one.service.as_str(), one.operation.as_deref()),
        ("api", Some("GET /"))
    );
    assert_eq!((one.value, one.usual), (Some(0.2), Some(0.02)));
    assert_eq!(one.since, Some(at(START + LENGTH / 4 * 3)));
    let newest = root(211, "", 0, 0).item;
    assert_eq!(one.example, Some((newest.trace_id, newest.span_id)));
    assert_eq!(one.trend.len(), 60);
    assert_eq!(
        (one.trend[0], one.trend[45], one.trend[50]),
        (0.0, 1.0, 0.0)
    );
    // Critical things come first.
    assert_eq!(found.attention[0].kind, AttentionKind::Failing);
}

#[test]
fn what_failed_as_badly_before_is_a_warning_and_little_is_nothing() {
    let mut spans = Vec::new();
    for number in 0..10u32 {
        for (place, start) in [-3_600_000, 3_600_000].into_iter().enumerate() {
            let mut one = root(number + 50 * place as u32, "GET /", start, 10);
            if number < 4 {
                one.item.status = SpanStatus::Error;
            }
            spans.push(one);
        }
    }
    for number in 0..4u32 {
        let mut rare = root(200 + number, "PUT /", 0, 10);
        if number < 2 {
            rare.item.status = SpanStatus::Error;
        }
        spans.push(rare);
    }
    let found = ask(spans);
    assert_eq!(found.attention.len(), 1);
    let one = &found.attention[0];
    assert!(!one.critical);
    assert_eq!(one.message, "4 of 10 requests failed (40 %), 40 % before");
}

#[test]
fn an_operation_slower_than_its_past_is_told() {
    let found = ask(failing_and_slow());
    let slow = of_kind(&found, AttentionKind::Slow);
    assert_eq!(slow.len(), 1);
    let one = slow[0];
    assert!(!one.critical);
    assert!(
        one.message.contains("in the last 45 min"),
        "{}",
        one.message
    );
    assert!((one.value.unwrap() - 1_000.0).abs() < 32.0);
    assert!((one.usual.unwrap() - 100.0).abs() < 4.0);
    assert_eq!(one.trend[0], 100.0);
    assert_eq!(one.trend[45], 1_000.0);
    assert!(one.example.is_some());
}

#[test]
fn a_steady_service_that_stopped_is_silent_and_a_finished_one_is_not() {
    let mut spans = Vec::new();
    // Every 30 s until half an hour before the end.
    for number in 0..400u32 {
        let mut one = root(
            number,
            "tick",
            (LENGTH - 1_800 - i64::from(number) * 30) * 1_000,
            10,
        );
        one.resource = service("worker");
        spans.push(one);
    }
    // Busy for five minutes, then done.
    for number in 0..100u32 {
        let mut one = root(1_000 + number, "job", i64::from(number) * 3_000, 10);
        one.resource = service("batch");
        spans.push(one);
    }
    // Every 20 minutes three at once; the next is not due.
    for number in 0..20u32 {
        for part in 0..30u32 {
            let start = (LENGTH - 900 - i64::from(number) * 1_200) * 1_000;
            let mut one = root(2_000 + number * 50 + part, "cron", start, 10);
            one.resource = service("cron");
            spans.push(one);
        }
    }
    let found = ask(spans);
    let silent = of_kind(&found, AttentionKind::Silent);
    assert_eq!(silent.len(), 1, "{silent:?}");
    assert_eq!(silent[0].service, "worker");
    assert_eq!(
        silent[0].message,
        "nothing for 30 min, 2.0 spans a minute before"
    );
    assert_eq!(
        silent[0].since.unwrap().0 / SECOND_NS,
        at(END - 1_800).0 / SECOND_NS
    );
}

#[test]
fn traces_that_stopped_moving_are_stuck_and_moving_ones_run() {
    let minute = 60_000;
    let end = LENGTH * 1_000;
    let mut remote = orphan(3, "GET /", end - 20 * minute, minute);
    remote.item.kind = SpanKind::Server;
    let found = ask(vec![
        orphan(1, "step", end - 25 * minute, 13 * minute),
        orphan(2, "step", end - 40 * minute, minute),
        remote,
        orphan(4, "step", end - 5 * minute, 3 * minute),
        root(5, "done", end - 30 * minute, 15 * minute),
    ]);
    let stuck = of_kind(&found, AttentionKind::Stuck);
    assert_eq!(stuck.len(), 1);
    let one = stuck[0];
    assert_eq!(
        one.message,
        "2 traces began and have not ended, nothing for 12 min in the newest"
    );
    assert_eq!(
        (one.service.as_str(), one.operation.as_deref()),
        ("api", Some("step"))
    );
    assert_eq!(one.value, Some(12.0));
    let newest = root(1, "", 0, 0).item;
    assert_eq!(one.example, Some((newest.trace_id, newest.span_id)));
    let running = found.running.unwrap();
    assert_eq!(running.last(), Some(&1));
    // 18 minutes before the end: the first, the third and the last that has a root.
    assert_eq!(running[53], 3);
    assert_eq!(running[0], 0);
}

#[test]
fn agents_tokens_and_waits_are_read_from_attributes() {
    let of = |number, start, ms, pairs: Vec<(&str, Value)>| {
        let mut one = root(number, "work", start, ms);
        one.item.attributes = pairs.into_iter().collect();
        one
    };
    let tokens = |operation: &str| {
        vec![
            ("gen_ai.operation.name", Value::from(operation)),
            ("gen_ai.usage.input_tokens", Value::Int(100)),
            ("gen_ai.usage.output_tokens", Value::Int(20)),
        ]
    };
    let mut failed = of(2, 300_000, 600_000, vec![("agent.type", "coder".into())]);
    failed.item.status = SpanStatus::Error;
    let mut early = of(8, -400_000, 1_000, tokens("chat"));
    early.item.attributes.push("agent.type", "gone");
    let found = ask(vec![
        of(
            1,
            0,
            600_000,
            vec![("agent.type", "coder".into()), ("agent.id", "c1".into())],
        ),
        failed,
        of(
            3,
            -60_000,
            120_000,
            vec![("gen_ai.agent.name", "planner".into())],
        ),
        of(4, 0, 10, tokens("chat")),
        of(5, 0, 10, tokens("invoke_agent")),
        of(6, 0, 10, vec![("queue.duration.ms", Value::Int(500))]),
        of(
            7,
            0,
            10,
            vec![("queue.duration.ms", Value::Double(1_500.0))],
        ),
        early,
    ]);
    let told: Vec<_> = found
        .agents
        .iter()
        .map(|agent| (agent.name.as_str(), agent.span_count, agent.error_count))
        .collect();
    assert_eq!(told, [("coder", 2, 1), ("planner", 1, 0)]);
    assert_eq!(found.agents[0].busy, 900.0 / LENGTH as f64);
    assert_eq!(found.agents[1].busy, 60.0 / LENGTH as f64);
    assert_eq!(
        (found.tokens[0], found.tokens.iter().sum::<u64>()),
        (120, 120)
    );
    assert_eq!(found.tokens_before, 120);
    assert_eq!(found.mean_wait_ms, Some(1_000.0));
}
