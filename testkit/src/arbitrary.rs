//! Makers of spans, log records and filters out of seeds, and proptest strategies over them.
//!
//! Vocabularies are small, so that filters find something; values are of every type, some above
//! the size of large values; times are often equal and lie on a few days. Equal seeds make equal
//! items: a list with a repeated seed holds a span that was sent again. One seed in eight makes
//! the server half of the client span of the seed before (equal ids, as Zipkin sends them).

pub mod filter;

mod random;

use crate::oracle::{Placed, PlacedSpan};
use proptest::collection::vec;
use proptest::strategy::Strategy;
use random::Random;
use tacho_model::id::{SpanId, TraceId};
use tacho_model::log::{LogRecord, SeverityNumber};
use tacho_model::resource::{Resource, Scope};
use tacho_model::span::{Span, SpanAliases, SpanEvent, SpanKind, SpanLink, SpanStatus};
use tacho_model::time::{DAY_NS, SECOND_NS, TimeRange, Timestamp};
use tacho_model::value::{Attributes, Value};

/// The time around which everything happens: 2026-11-20T10:15:20Z.
pub const NOW: Timestamp = Timestamp(1_795_169_720_000_000_000);

/// Keys of attributes.
pub const KEYS: [&str; 8] = [
    "service.name",
    "task_id",
    "gen_ai.request.model",
    "retry",
    "ok",
    "prompt",
    "ratio",
    "odd key",
];
/// Texts of attributes, names, bodies.
pub const WORDS: [&str; 8] = [
    "",
    "plan",
    "planner",
    "tool call",
    "timeout",
    "42",
    "Grün",
    "a=b",
];

/// Lists of spans with up to so many seeds.
pub fn spans(max: usize) -> impl Strategy<Value = Vec<PlacedSpan>> {
    vec(0u64..1000, 0..max).prop_map(|seeds| seeds.into_iter().map(span).collect())
}

/// Lists of log records with up to so many seeds.
pub fn logs(max: usize) -> impl Strategy<Value = Vec<Placed<LogRecord>>> {
    vec(0u64..1000, 0..max).prop_map(|seeds| seeds.into_iter().map(log).collect())
}

/// Ranges of time that cut through the data; everything now and then.
pub fn ranges() -> impl Strategy<Value = TimeRange> {
    (0u64..u64::MAX).prop_map(|seed| {
        let mut random = Random::new(seed);
        if random.one_in(3) {
            return TimeRange::ALL;
        }
        let (start, end) = (time(&mut random), time(&mut random));
        TimeRange {
            start: start.min(end),
            end: start.max(end),
        }
    })
}

/// The span of a seed.
pub fn span(seed: u64) -> PlacedSpan {
    let mut ids = Random::new(seed);
    let server_half = seed % 8 == 1;
    if server_half {
        ids = Random::new(seed - 1);
    }
    let trace_id = trace_id(&mut ids);
    let span_id = SpanId((ids.next() | 1).to_be_bytes());
    let mut random = Random::new(seed ^ 0x5eed);
    let start = Timestamp(time(&mut ids).0 + i64::from(server_half));
    let length = random.below(5) as i64 * SECOND_NS;
    // A clock that went back, now and then.
    let end = if random.one_in(20) {
        start.0 - length
    } else {
        start.0 + length
    };
    let kind = match seed % 8 {
        0 => SpanKind::Client,
        1 => SpanKind::Server,
        _ => SpanKind::ALL[random.below(6) as usize],
    };
    let item = Span {
        trace_id,
        span_id,
        parent_span_id: if random.one_in(3) {
            SpanId::default()
        } else {
            SpanId((random.below(4) + 1).to_be_bytes())
        },
        trace_state: random.sometimes("vendor=1"),
        flags: random.below(2) as u32,
        name: random.pick(&WORDS).to_owned(),
        kind,
        start,
        end: Timestamp(end),
        attributes: attributes(&mut random, 4),
        dropped_attributes_count: random.below(2) as u32,
        events: (0..random.below(3)).map(|_| event(&mut random)).collect(),
        dropped_events_count: random.below(2) as u32,
        links: (0..random.below(2)).map(|_| link(&mut random)).collect(),
        dropped_links_count: random.below(2) as u32,
        status: [SpanStatus::Unset, SpanStatus::Ok, SpanStatus::Error][random.below(3) as usize],
        status_message: random.sometimes("timeout"),
        aliases: random.one_in(10).then(|| {
            Box::new(SpanAliases {
                trace_id: Some("trace one".to_owned()),
                ..SpanAliases::default()
            })
        }),
    };
    let mut origin = Random::new(random.below(6));
    Placed {
        resource: resource(&mut origin),
        scope: scope(&mut origin),
        item,
    }
}

/// The log record of a seed.
pub fn log(seed: u64) -> Placed<LogRecord> {
    let mut random = Random::new(seed ^ 0x106);
    let time = time(&mut random);
    let correlated = random.one_in(2);
    let item = LogRecord {
        time,
        observed_time: if random.one_in(2) { time } else { Timestamp(0) },
        severity_number: SeverityNumber(random.below(25) as u8),
        severity_text: random.sometimes("WARN"),
        body: match random.below(4) {
            0 => value(&mut random, 2),
            _ => Value::String(format!("{} {}", random.pick(&WORDS), random.pick(&WORDS))),
        },
        event_name: random.sometimes("agent.message"),
        attributes: attributes(&mut random, 4),
        dropped_attributes_count: random.below(2) as u32,
        flags: random.below(2) as u32,
        trace_id: if correlated {
            trace_id(&mut random)
        } else {
            TraceId::default()
        },
        span_id: if correlated {
            SpanId([7; 8])
        } else {
            SpanId::default()
        },
        trace_alias: None,
        span_alias: (correlated && random.one_in(8)).then(|| "span one".to_owned()),
    };
    let mut origin = Random::new(random.below(6));
    Placed {
        resource: resource(&mut origin),
        scope: scope(&mut origin),
        item,
    }
}

/// One of six trace ids.
pub(crate) fn trace_id(random: &mut Random) -> TraceId {
    TraceId([random.below(6) as u8 + 1; 16])
}

/// Often equal, mostly within a minute, sometimes on other days, seldom of long ago.
pub(crate) fn time(random: &mut Random) -> Timestamp {
    let seconds = random.below(30) as i64 * SECOND_NS;
    match random.below(20) {
        0 => Timestamp(seconds + SECOND_NS * 60),
        day @ 1..4 => Timestamp(NOW.0 - seconds - day as i64 * DAY_NS),
        _ => Timestamp(NOW.0 - seconds),
    }
}

fn resource(random: &mut Random) -> Resource {
    let mut attributes = Attributes::default();
    if !random.one_in(4) {
        attributes.push("service.name", random.pick(&WORDS[1..4]));
    }
    if random.one_in(2) {
        attributes.push("task_id", random.pick(&WORDS));
        attributes.push("retry", random.below(3) as i64);
    }
    Resource {
        attributes,
        dropped_attributes_count: random.below(2) as u32,
        schema_url: random.sometimes("https://opentelemetry.io/schemas/1.37.0"),
    }
}

fn scope(random: &mut Random) -> Scope {
    Scope {
        name: random.sometimes("agent"),
        version: random.sometimes("1.0"),
        attributes: attributes(random, 2),
        dropped_attributes_count: 0,
        schema_url: String::new(),
    }
}

/// Up to so many attributes; a key repeats now and then.
fn attributes(random: &mut Random, max: u64) -> Attributes {
    let mut attributes = Attributes::default();
    for _ in 0..random.below(max + 1) {
        let key = random.pick(&KEYS);
        attributes.push(key, value(random, 2));
    }
    if random.one_in(8)
        && let Some((key, _)) = attributes.0.first().cloned()
    {
        attributes.push(key, value(random, 1));
    }
    attributes
}

/// A value of any type; of fifty one is large.
pub(crate) fn value(random: &mut Random, depth: u64) -> Value {
    if random.one_in(50) {
        return Value::String(format!(
            "{} needle {}",
            "word ".repeat(1000),
            random.below(3)
        ));
    }
    match random.below(if depth > 0 { 14 } else { 9 }) {
        0 => Value::Empty,
        1 => Value::Bool(random.one_in(2)),
        2 | 3 => Value::Int(random.below(4) as i64 - 1),
        4 => Value::Double([0.5, 1.0, f64::NAN, f64::INFINITY, -0.0][random.below(5) as usize]),
        5 => Value::Bytes(vec![0, 255][..random.below(3) as usize].to_vec()),
        6 => Value::Int(i64::MAX - random.below(2) as i64),
        12 => Value::Array(
            (0..random.below(3))
                .map(|_| value(random, depth - 1))
                .collect(),
        ),
        13 => {
            let pairs =
                (0..random.below(3)).map(|_| (random.pick(&KEYS), value(random, depth - 1)));
            Value::Map(pairs.map(|(key, value)| (key.to_owned(), value)).collect())
        }
        _ => Value::from(random.pick(&WORDS)),
    }
}

fn event(random: &mut Random) -> SpanEvent {
    SpanEvent {
        time: time(random),
        name: random.pick(&WORDS).to_owned(),
        attributes: attributes(random, 2),
        dropped_attributes_count: random.below(2) as u32,
    }
}

fn link(random: &mut Random) -> SpanLink {
    SpanLink {
        trace_id: trace_id(random),
        span_id: SpanId([9; 8]),
        trace_state: random.sometimes("vendor=2"),
        attributes: attributes(random, 1),
        dropped_attributes_count: 0,
        flags: random.below(2) as u32,
    }
}
