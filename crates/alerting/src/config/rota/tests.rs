//! Tests of rotas: turns, overrides, and the days on which the clock is set.

use super::{Handover, Member, Rota};
use crate::config::escalation::Override;
use crate::time_interval::{Place, TimeInterval};
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use proptest::prelude::{ProptestConfig, prop_assert, prop_assert_eq};
use proptest::proptest;
use tacho_yaml::node::parse;

const DAY_MS: i64 = 86_400_000;

fn member(name: &str) -> Member {
    Member {
        name: name.to_owned(),
        receivers: vec![format!("{name}-phone")],
    }
}

fn rota(zone: &str, members: &[&str]) -> Rota {
    Rota {
        name: "primary".to_owned(),
        place: Place {
            name: zone.to_owned(),
            zone: TimeZone::get(zone).unwrap(),
        },
        starts: Date::constant(2026, 1, 1),
        handover: Handover {
            weekday: Some(Weekday::Monday),
            minute: 9 * 60,
        },
        turn_days: 7,
        members: members.iter().map(|name| member(name)).collect(),
        restrictions: Vec::new(),
    }
}

fn ms(text: &str) -> i64 {
    text.parse::<Timestamp>().unwrap().as_millisecond()
}

fn print(at_ms: i64) -> String {
    Timestamp::from_millisecond(at_ms).unwrap().to_string()
}

fn swap(start: &str, end: &str, name: &str) -> Override {
    Override {
        rota: "primary".to_owned(),
        start_ms: ms(start),
        end_ms: ms(end),
        member: member(name),
        reason: "holidays".to_owned(),
        created_by: String::new(),
    }
}

fn who(rota: &Rota, at: &str, swaps: &[Override]) -> (String, String, String) {
    let on_call = rota.on_call(ms(at), swaps).unwrap();
    let name = |member: &Member| member.name.clone();
    (
        name(on_call.member),
        print(on_call.until_ms),
        name(on_call.next),
    )
}

fn expect(name: &str, until: &str, next: &str) -> (String, String, String) {
    (name.to_owned(), until.to_owned(), next.to_owned())
}

#[test]
fn turns_follow_each_other_at_the_local_hour() {
    let rota = rota("Europe/Berlin", &["ada", "bob", "cy"]);
    // the first Monday at or after the start is 5 January
    let cases = [
        (
            "2026-01-05T07:59:59Z",
            expect("cy", "2026-01-05T08:00:00Z", "ada"),
        ),
        (
            "2026-01-05T08:00:00Z",
            expect("ada", "2026-01-12T08:00:00Z", "bob"),
        ),
        (
            "2026-01-12T08:00:00Z",
            expect("bob", "2026-01-19T08:00:00Z", "cy"),
        ),
        // 29 March: the clock goes forward, so that 09:00 is 07:00 in UTC; 25 October: back
        (
            "2026-03-29T12:00:00Z",
            expect("cy", "2026-03-30T07:00:00Z", "ada"),
        ),
        (
            "2026-03-30T07:00:00Z",
            expect("ada", "2026-04-06T07:00:00Z", "bob"),
        ),
        (
            "2026-10-26T07:59:59Z",
            expect("cy", "2026-10-26T08:00:00Z", "ada"),
        ),
    ];
    for (at, expected) in cases {
        assert_eq!(who(&rota, at, &[]), expected, "{at}");
    }
}

#[test]
fn hand_over_in_the_hour_that_is_not_there_or_comes_twice() {
    let mut rota = rota("Europe/Berlin", &["ada", "bob"]);
    rota.handover = Handover {
        weekday: None,
        minute: 150,
    };
    rota.turn_days = 1;
    // 02:30 is not there on 29 March: 03:30 summer time; it comes twice on 25 October: the first
    let at = |text| rota.on_call(ms(text), &[]).unwrap().until_ms;
    assert_eq!(print(at("2026-03-28T12:00:00Z")), "2026-03-29T01:30:00Z");
    assert_eq!(print(at("2026-10-24T12:00:00Z")), "2026-10-25T00:30:00Z");
    assert_eq!(print(at("2026-10-25T00:45:00Z")), "2026-10-26T01:30:00Z");
}

#[test]
fn overrides_take_over_and_give_back() {
    let rota = rota("UTC", &["ada", "bob"]);
    let swaps = [
        swap("2026-01-06T00:00:00Z", "2026-01-14T00:00:00Z", "eve"),
        swap("2026-01-07T00:00:00Z", "2026-01-08T00:00:00Z", "fay"),
    ];
    let cases = [
        (
            "2026-01-05T10:00:00Z",
            expect("ada", "2026-01-06T00:00:00Z", "eve"),
        ),
        (
            "2026-01-06T00:00:00Z",
            expect("eve", "2026-01-07T00:00:00Z", "fay"),
        ),
        (
            "2026-01-07T12:00:00Z",
            expect("fay", "2026-01-08T00:00:00Z", "eve"),
        ),
        (
            "2026-01-08T00:00:00Z",
            expect("eve", "2026-01-14T00:00:00Z", "bob"),
        ),
        (
            "2026-01-14T00:00:00Z",
            expect("bob", "2026-01-19T09:00:00Z", "ada"),
        ),
    ];
    for (at, expected) in cases {
        assert_eq!(who(&rota, at, &swaps), expected, "{at}");
    }
    let on_call = rota.on_call(ms("2026-01-07T12:00:00Z"), &swaps).unwrap();
    assert_eq!(on_call.by_override, Some(&swaps[1]));
    // those of other rotas count nothing
    let mut other = swaps[0].clone();
    other.rota = "secondary".to_owned();
    assert_eq!(who(&rota, "2026-01-06T00:00:00Z", &[other]).0, "ada");
}

#[test]
fn turns_follow_one_another() {
    let rota = rota("UTC", &["ada", "bob"]);
    let swaps = [
        swap("2026-01-06T00:00:00Z", "2026-01-14T00:00:00Z", "eve"),
        swap("2026-01-05T12:00:00Z", "2026-01-08T00:00:00Z", "fay"),
    ];
    let turns = rota.turns(ms("2026-01-05T10:00:00Z"), &swaps, 5);
    let told: Vec<_> = turns
        .iter()
        .map(|turn| {
            (
                turn.member.name.as_str(),
                print(turn.start_ms),
                print(turn.end_ms),
            )
        })
        .collect();
    let told: Vec<_> = told
        .iter()
        .map(|(who, from, to)| (*who, &**from, &**to))
        .collect();
    assert_eq!(
        told,
        [
            ("ada", "2026-01-05T09:00:00Z", "2026-01-05T12:00:00Z"),
            ("fay", "2026-01-05T12:00:00Z", "2026-01-06T00:00:00Z"),
            ("eve", "2026-01-06T00:00:00Z", "2026-01-14T00:00:00Z"),
            ("bob", "2026-01-14T00:00:00Z", "2026-01-19T09:00:00Z"),
            ("ada", "2026-01-19T09:00:00Z", "2026-01-26T09:00:00Z"),
        ]
    );
    assert_eq!(rota.handover_text(), "Mondays 09:00, every week");
    assert_eq!(rota.turns(i64::MAX, &[], 5).len(), 1);
}

#[test]
fn restrictions_say_when_somebody_is_called() {
    let mut rota = rota("UTC", &["ada"]);
    let text = "times: [{start_time: '08:00', end_time: '18:00'}]";
    rota.restrictions = vec![TimeInterval::read(&parse(text).unwrap()).unwrap()];
    let on_call = rota.on_call(ms("2026-01-07T12:00:00Z"), &[]).unwrap();
    assert!(on_call.on_duty);
    assert_eq!(print(on_call.until_ms), "2026-01-07T18:00:00Z");
    let on_call = rota.on_call(ms("2026-01-07T18:00:00Z"), &[]).unwrap();
    assert!(!on_call.on_duty);
    assert_eq!(print(on_call.until_ms), "2026-01-08T08:00:00Z");
}

#[test]
fn no_time_is_too_odd() {
    let rota = rota("America/New_York", &["ada", "bob"]);
    for at in [i64::MIN, -1, 0, 1, i64::MAX / 2, i64::MAX] {
        assert!(rota.on_call(at, &[]).is_some(), "{at}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn somebody_is_on_call_until_the_next_local_hand_over(
        at in 0..4_000_000_000_i64, zone in 0..5_usize, days in 1..15_u32, minute in 0..1_440_u16,
        weekly in proptest::bool::ANY, members in 1..5_usize,
    ) {
        let zone = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"][zone];
        let mut rota = rota(zone, &["a", "b", "c", "d"][..members]);
        rota.turn_days = if weekly { 7 } else { days };
        rota.handover = Handover {
            weekday: weekly.then_some(Weekday::Wednesday),
            minute,
        };
        let at = at * 1_000;
        let now = rota.on_call(at, &[]).unwrap();
        prop_assert!(now.until_ms > at);
        prop_assert!(now.until_ms - at <= i64::from(rota.turn_days + 1) * DAY_MS);
        // nobody else until then, the next one at once, in the order of the list
        let place = |member: &Member| rota.members.iter().position(|known| known == member).unwrap();
        let last = rota.on_call(now.until_ms - 1, &[]).unwrap();
        prop_assert_eq!(last.member, now.member);
        prop_assert_eq!(last.until_ms, now.until_ms);
        let then = rota.on_call(now.until_ms, &[]).unwrap();
        prop_assert_eq!(then.member, now.next);
        prop_assert_eq!(place(then.member), (place(now.member) + 1) % members);
        // at the local time, unless the clock does not show it on that day
        let zoned = Timestamp::from_millisecond(now.until_ms).unwrap().to_zoned(rota.place.zone.clone());
        let shown = u16::try_from(zoned.hour()).unwrap() * 60 + u16::try_from(zoned.minute()).unwrap();
        let wanted = zoned.date().at(0, 0, 0, 0).checked_add(i64::from(minute).minutes()).unwrap();
        let skipped = rota.place.zone.to_ambiguous_timestamp(wanted).is_ambiguous();
        prop_assert!(shown == minute || skipped);
        if weekly {
            prop_assert_eq!(zoned.weekday(), Weekday::Wednesday);
        }
    }

    #[test]
    fn an_override_never_leaves_a_gap(
        at in 1_767_225_600..1_780_000_000_i64, from in 0..60_i64, length in 1..60_i64,
        from2 in 0..60_i64, length2 in 1..60_i64,
    ) {
        let rota = rota("Europe/Berlin", &["a", "b"]);
        let begin = ms("2026-01-01T00:00:00Z");
        let swap = |from: i64, length: i64, name: &str| Override {
            rota: "primary".to_owned(),
            start_ms: begin + from * DAY_MS,
            end_ms: begin + (from + length) * DAY_MS,
            member: member(name),
            reason: String::new(),
            created_by: String::new(),
        };
        let swaps = [swap(from, length, "x"), swap(from2, length2, "y")];
        let at = at * 1_000;
        let now = rota.on_call(at, &swaps).unwrap();
        let last = rota.on_call(now.until_ms - 1, &swaps).unwrap();
        prop_assert_eq!((last.member, last.until_ms), (now.member, now.until_ms));
        let then = rota.on_call(now.until_ms, &swaps).unwrap();
        prop_assert_eq!(then.member, now.next);
    }
}
