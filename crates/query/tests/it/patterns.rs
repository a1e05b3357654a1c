//! Patterns of log lines: what is grouped, and that the query of a pattern finds its lines.

use crate::support::{at, engine, log_search, record};
use proptest::prelude::{ProptestConfig, prop_assert, prop_assert_eq, proptest};
use proptest::sample::select;
use std::collections::BTreeSet;
use tacho_model::id::TenantId;
use tacho_model::time::{TimeRange, Timestamp};
use tacho_model::value::Value;
use tacho_query::engine::Engine;
use tacho_query::log::LogConditions;
use tacho_query::pattern::{PatternRequest, Patterns};
use tacho_storage::read::ReadContext;

fn patterns(engine: &Engine, range: TimeRange, lines: usize, limit: usize) -> Patterns {
    let request = PatternRequest {
        conditions: LogConditions::all(range),
        lines,
        limit,
    };
    let context = ReadContext::default();
    engine
        .log_patterns(&TenantId::default(), &request, &context)
        .unwrap()
}

#[test]
fn the_newest_lines_are_grouped_with_counts_times_and_trend() {
    let (store, engine) = engine();
    let mut logs = Vec::new();
    for number in 0..60 {
        let body = format!("chat completed in {}ms", 3 * number);
        logs.push(record(number, if number == 7 { 17 } else { 9 }, &body));
    }
    logs.push(record(30, 9, "worker \"a b\" started"));
    let mut event = record(31, 5, "");
    event.item.body = Value::Empty;
    event.item.event_name = "tool \"x\"".to_owned();
    logs.push(event);
    store.append_logs(&TenantId::default(), 0, logs);
    let range = TimeRange {
        start: at(0),
        end: at(60),
    };
    let all = patterns(&engine, range, 1000, 100);
    assert_eq!((all.lines, all.sampled, all.range), (62, false, range));
    let texts: Vec<&str> = all.patterns.iter().map(|p| p.pattern.as_str()).collect();
    assert_eq!(
        texts,
        [
            "chat completed in <*>",
            "tool \"x\"",
            "worker \"<*>\" started"
        ]
    );
    let chat = &all.patterns[0];
    assert_eq!((chat.count, chat.severity), (60, 17));
    assert_eq!((chat.first, chat.last, chat.example.0), (at(0), at(59), 59));
    assert_eq!(chat.trend, [2; 30]);
    assert_eq!(chat.query, "|= \"chat completed in\"");
    assert_eq!(all.patterns[1].query, "| event_name=\"tool \\\"x\\\"\"");
    assert_eq!(
        all.patterns[2].query,
        "|= \"worker \\\"\" |= \"\\\" started\""
    );

    let some = patterns(&engine, TimeRange::ALL, 10, 1);
    assert_eq!((some.lines, some.sampled), (10, true));
    assert_eq!(some.patterns.len(), 1);
    assert_eq!(some.range.start, at(50));
    assert_eq!(some.range.end, Timestamp(at(59).0 + 1));
    let none = patterns(
        &engine,
        TimeRange {
            start: at(900),
            end: at(901),
        },
        10,
        1,
    );
    assert_eq!((none.lines, none.patterns.len()), (0, 0));
}

const WORDS: [&str; 24] = [
    "agent",
    "Coder",
    "Tester",
    "done",
    "user=alice",
    "user=bob",
    "35ms",
    "1.5s",
    "\"a b\"",
    "'x'",
    "\\",
    "\"",
    "{\"k\":\"v\",\"n\":1}",
    "[a,b]",
    "f(x)",
    "00f067aa0ba902b7",
    "10.0.0.1:80",
    "  ",
    "\t",
    "\u{ffff}",
    "ä/ö1.rs",
    "ä/ü2.rs",
    "`",
    "=",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_query_of_a_pattern_finds_at_least_its_lines(
        lines in proptest::collection::vec(
            proptest::collection::vec(select(&WORDS[..]), 0..6),
            1..40,
        ),
        glued in select(&[true, false][..]),
    ) {
        let (store, engine) = engine();
        let joint = if glued { "" } else { " " };
        let logs = (0..).zip(&lines).map(|(number, words)| record(number, 9, &words.join(joint)));
        store.append_logs(&TenantId::default(), 0, logs.collect());
        let found = patterns(&engine, TimeRange::ALL, 1000, 1000);
        prop_assert_eq!(found.lines as usize, lines.len());
        let counted: u64 = found.patterns.iter().map(|pattern| pattern.count).sum();
        prop_assert_eq!(counted as usize, lines.len());
        let distinct: BTreeSet<&str> = found.patterns.iter().map(|p| p.pattern.as_str()).collect();
        prop_assert!(distinct.len() <= found.patterns.len());
        for pattern in &found.patterns {
            let trend: u64 = pattern.trend.iter().sum();
            prop_assert_eq!(trend, pattern.count);
            let query = format!("{{}} {}", pattern.query);
            let numbers = crate::support::record_numbers(&engine, log_search(&query));
            prop_assert!(numbers.len() as u64 >= pattern.count, "{} finds {:?}", query, numbers);
            prop_assert!(numbers.contains(&pattern.example.0), "{}", query);
        }
    }
}
