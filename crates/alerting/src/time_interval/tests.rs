//! Tests of time intervals: what is taken, what lies in them, where they begin and end.

use super::next::next_change_of_any;
use super::{TimeInterval, any_contains};
use jiff::Timestamp;
use jiff::civil::DateTime;
use proptest::prelude::{ProptestConfig, any, prop_assert, prop_assert_eq};
use proptest::proptest;
use tacho_yaml::node::parse;

fn read(text: &str) -> Result<TimeInterval, String> {
    TimeInterval::read(&parse(text).unwrap()).map_err(|wrong| wrong.message)
}

fn interval(text: &str) -> TimeInterval {
    read(text).unwrap_or_else(|wrong| panic!("{text}: {wrong}"))
}

/// A time of RFC 3339 as ms.
fn ms(text: &str) -> i64 {
    text.parse::<Timestamp>().unwrap().as_millisecond()
}

fn print(at_ms: i64) -> String {
    Timestamp::from_millisecond(at_ms).unwrap().to_string()
}

const INSIDE: &[(&str, &str, bool)] = &[
    ("{}", "2026-11-20T12:00:00Z", true),
    ("times: []", "2026-11-20T12:00:00Z", false),
    (
        "times: [{start_time: 09:00, end_time: 17:00}]",
        "2026-11-20T09:00:00Z",
        true,
    ),
    (
        "times: [{start_time: 09:00, end_time: 17:00}]",
        "2026-11-20T16:59:59Z",
        true,
    ),
    (
        "times: [{start_time: 09:00, end_time: 17:00}]",
        "2026-11-20T17:00:00Z",
        false,
    ),
    (
        "times: [{start_time: 22:00, end_time: 24:00}]",
        "2026-11-20T23:59:59Z",
        true,
    ),
    // a Friday
    ("weekdays: [monday:friday]", "2026-11-20T12:00:00Z", true),
    (
        "weekdays: [Saturday, sunday]",
        "2026-11-20T12:00:00Z",
        false,
    ),
    ("weekdays: [Saturday, sunday]", "2026-11-22T12:00:00Z", true),
    ("days_of_month: ['-1']", "2026-02-28T12:00:00Z", true),
    ("days_of_month: ['-1']", "2028-02-28T12:00:00Z", false),
    ("days_of_month: ['-1']", "2028-02-29T12:00:00Z", true),
    ("days_of_month: ['-7:-1']", "2026-04-24T12:00:00Z", true),
    ("days_of_month: ['-7:-1']", "2026-04-23T12:00:00Z", false),
    ("days_of_month: ['1:5', '15']", "2026-04-15T12:00:00Z", true),
    ("days_of_month: ['29:31']", "2026-02-28T12:00:00Z", false),
    ("days_of_month: ['28:31']", "2026-02-28T12:00:00Z", true),
    ("days_of_month: ['25:-1']", "2026-04-30T12:00:00Z", true),
    ("days_of_month: ['-31:2']", "2026-04-02T12:00:00Z", false),
    ("months: [april:june, 12]", "2026-12-02T12:00:00Z", true),
    ("months: ['1:3']", "2026-04-02T12:00:00Z", false),
    (
        "years: ['2020:2025', '2027']",
        "2026-04-02T12:00:00Z",
        false,
    ),
    ("years: ['2020:2026']", "2026-04-02T12:00:00Z", true),
    (
        "weekdays: [friday]\nmonths: [november]",
        "2026-11-20T12:00:00Z",
        true,
    ),
    (
        "weekdays: [friday]\nmonths: [october]",
        "2026-11-20T12:00:00Z",
        false,
    ),
    // 09:00 in Sydney is 22:00 of the day before in UTC
    (
        "times: [{start_time: 09:00, end_time: 17:00}]\nlocation: Australia/Sydney\nweekdays: [saturday]",
        "2026-11-20T22:00:00Z",
        true,
    ),
    (
        "times: [{start_time: 09:00, end_time: 17:00}]\nlocation: Australia/Sydney",
        "2026-11-20T12:00:00Z",
        false,
    ),
];

#[test]
fn times_lie_in_an_interval_as_in_alertmanager() {
    for &(text, at, expected) in INSIDE {
        let Ok(interval) = read(text) else {
            assert!(text.contains("-31:2"), "{text}");
            continue;
        };
        assert_eq!(interval.contains(ms(at)), expected, "{text} at {at}");
    }
}

const WRONG: &[(&str, &str)] = &[
    ("weekdays: [blurgsday]", "blurgsday is not a valid weekday"),
    (
        "weekdays: ['friday:monday']",
        "start day cannot be before end day",
    ),
    (
        "weekdays: ['a:b:c']",
        "couldn't parse range a:b:c, invalid format",
    ),
    (
        "days_of_month: ['0']",
        "0 is not a valid day of the month: out of range",
    ),
    (
        "days_of_month: ['5:32']",
        "32 is not a valid day of the month: out of range",
    ),
    (
        "days_of_month: ['-32:5']",
        "-32 is not a valid day of the month: out of range",
    ),
    (
        "days_of_month: ['-5:5']",
        "end day must be negative if start day is negative",
    ),
    (
        "days_of_month: ['10:5']",
        "end day 5 is always before start day 10",
    ),
    (
        "days_of_month: ['-1:-5']",
        "end day -5 is always before start day -1",
    ),
    (
        "days_of_month: ['x']",
        "strconv.Atoi: parsing \"x\": invalid syntax",
    ),
    ("months: [blurg]", "blurg is not a valid month"),
    (
        "months: [december:april]",
        "end month april is before start month december",
    ),
    (
        "years: ['2026:2020']",
        "end year 2020 is before start year 2026",
    ),
    (
        "times: [{start_time: 9:00, end_time: 17:00}]",
        "couldn't parse timestamp 9:00, invalid format",
    ),
    (
        "times: [{start_time: '09:00', end_time: '24:01'}]",
        "couldn't parse timestamp 24:01, invalid format",
    ),
    (
        "times: [{start_time: '17:00', end_time: '09:00'}]",
        "start time cannot be equal or greater than end time",
    ),
    (
        "times: [{start_time: '17:00'}]",
        "both start and end times must be provided",
    ),
    ("location: Mars/Olympus", "unknown time zone Mars/Olympus"),
    (
        "weekday: [monday]",
        "field weekday not found in time interval",
    ),
    (
        "times: [{start: '17:00'}]",
        "field start not found in time range",
    ),
];

#[test]
fn what_is_wrong_is_said_in_the_words_of_alertmanager() {
    for &(text, message) in WRONG {
        assert_eq!(read(text).unwrap_err(), message, "{text}");
    }
}

#[test]
fn the_next_change_is_where_the_clock_says_so() {
    let office = "times: [{start_time: '09:00', end_time: '17:00'}]\nweekdays: [monday:friday]\nlocation: Europe/Berlin";
    for (text, at, next) in [
        (office, "2026-11-20T12:00:00Z", "2026-11-20T16:00:00Z"),
        (office, "2026-11-20T16:00:00Z", "2026-11-23T08:00:00Z"),
        // the clock goes forward on 29 March, and back on 25 October
        (office, "2026-03-27T16:00:00Z", "2026-03-30T07:00:00Z"),
        (office, "2026-10-23T15:00:00Z", "2026-10-26T08:00:00Z"),
        // 02:15 is not there on that day: the clock jumps over the range's begin into it
        (
            "times: [{start_time: '02:15', end_time: '03:30'}]\nlocation: Europe/Berlin",
            "2026-03-28T12:00:00Z",
            "2026-03-29T01:00:00Z",
        ),
        // 02:15 to 02:30 comes twice on that day
        (
            "times: [{start_time: '02:15', end_time: '02:30'}]\nlocation: Europe/Berlin",
            "2026-10-25T00:30:00Z",
            "2026-10-25T01:15:00Z",
        ),
        (
            "days_of_month: ['-1']",
            "2026-02-10T00:00:00Z",
            "2026-02-28T00:00:00Z",
        ),
        (
            "days_of_month: ['-1']",
            "2026-02-28T10:00:00Z",
            "2026-03-01T00:00:00Z",
        ),
        (
            "years: ['2028']",
            "2026-02-28T10:00:00Z",
            "2028-01-01T00:00:00Z",
        ),
        (
            "months: [march]",
            "2026-03-31T23:59:00Z",
            "2026-04-01T00:00:00Z",
        ),
    ] {
        let found = interval(text).next_change(ms(at)).map(print);
        assert_eq!(found.as_deref(), Some(next), "{text} at {at}");
    }
    assert_eq!(interval("{}").next_change(ms("2026-02-28T10:00:00Z")), None);
    assert_eq!(
        interval("years: ['2020']").next_change(ms("2026-02-28T10:00:00Z")),
        None
    );
    let whole = "times: [{start_time: '00:00', end_time: '12:00'}, {start_time: '12:00', end_time: '24:00'}]";
    assert_eq!(
        interval(whole).next_change(ms("2026-02-28T10:00:00Z")),
        None
    );
}

#[test]
fn intervals_are_told_in_words() {
    for (text, words) in [
        ("{}", "always"),
        ("times: []", "never"),
        (
            "weekdays: ['monday:friday']\ntimes: [{start_time: '09:00', end_time: '17:00'}]\nlocation: Europe/Berlin",
            "Mon-Fri 09:00-17:00 Europe/Berlin",
        ),
        ("weekdays: [saturday, sunday]", "Sat,Sun UTC"),
        (
            "days_of_month: ['1:5', '-1', '-3:-2']\nmonths: [january:march, '12']\nyears: ['2026']",
            "day 1-5,last,3rd last-2nd last Jan-Mar,Dec 2026 UTC",
        ),
        (
            "times: [{start_time: '22:00', end_time: '24:00'}]",
            "22:00-24:00 UTC",
        ),
    ] {
        assert_eq!(interval(text).to_string(), words, "{text}");
    }
}

#[test]
fn several_intervals_change_together() {
    let morning = interval("times: [{start_time: '06:00', end_time: '12:00'}]");
    let noon = interval("times: [{start_time: '12:00', end_time: '14:00'}]");
    let both = [morning, noon];
    let next = next_change_of_any(&both, ms("2026-11-20T07:00:00Z")).map(print);
    assert_eq!(next.as_deref(), Some("2026-11-20T14:00:00Z"));
    assert_eq!(next_change_of_any(&[], 0), None);
}

#[test]
fn times_without_a_calendar_lie_in_nothing() {
    for at in [i64::MIN, i64::MAX] {
        assert!(!interval("{}").contains(at));
        assert_eq!(interval("times: []").next_change(at), None);
    }
}

/// What Alertmanager's own rule says, from the parts of a wall clock.
fn plain_contains(local: DateTime, begin: i32, end: i32) -> bool {
    let last = i32::from(local.date().days_in_month());
    let from_front = |day: i32| if day < 0 { last + day + 1 } else { day };
    let (begin, end) = (from_front(begin), from_front(end));
    if begin > last {
        return false;
    }
    let day = i32::from(local.day());
    day >= begin.clamp(-last, last) && day <= end.clamp(-last, last)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn days_count_from_both_ends(
        begin in -31..=31_i32, end in -31..=31_i32, at in 0..4_000_000_000_i64,
    ) {
        if let Ok(interval) = read(&format!("days_of_month: ['{begin}:{end}']")) {
            let at = at * 1_000;
            let local = interval.local(at).unwrap();
            prop_assert_eq!(interval.contains(at), plain_contains(local, begin, end));
        }
    }

    #[test]
    fn nothing_changes_before_the_next_change(
        start in 0..1_439_u32, length in 1..1_440_u32, day in 0..7_usize,
        at in 1_600_000_000..1_900_000_000_i64, zone in 0..4_usize,
    ) {
        let end = (start + length).min(1_440);
        let zone = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"][zone];
        let days = ["monday", "tuesday:thursday", "sunday", "saturday", "friday", "monday:friday", "sunday:saturday"];
        let text = format!(
            "times: [{{start_time: '{:02}:{:02}', end_time: '{:02}:{:02}'}}]\nweekdays: ['{}']\nlocation: {zone}",
            start / 60, start % 60, end / 60, end % 60, days[day],
        );
        let interval = interval(&text);
        let at = at * 1_000;
        let inside = interval.contains(at);
        let Some(next) = interval.next_change(at) else {
            prop_assert!(start == 0 && end == 1_440 && day == 6);
            return Ok(());
        };
        prop_assert!(next > at && interval.contains(next) != inside);
        prop_assert_eq!(interval.contains(next - 1), inside);
        let mut step = at;
        while step < next {
            prop_assert_eq!(interval.contains(step), inside, "{} at {}", text, print(step));
            step += 7 * 60_000;
        }
    }

    #[test]
    fn any_text_is_answered(text in "[a-z0-9:_\\[\\]{}, '\n-]{0,60}", at in any::<i64>()) {
        if let Ok(node) = parse(&text)
            && let Ok(interval) = TimeInterval::read(&node)
        {
            let inside = interval.contains(at);
            prop_assert_eq!(any_contains(&[interval], at), inside);
        }
    }
}
