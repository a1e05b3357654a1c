//! Reads when turns of a rota begin and end: `turn`, `handover` and `starts`.

use super::fields::parse_time;
use crate::config::rota::Handover;
use crate::route::read::duration_ms;
use crate::time_interval::DAY_MINUTES;
use crate::time_interval::read::parse_minute;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use tacho_yaml::problem::Wrong;
use tacho_yaml::section::{Read, Section, text_of};

const DAY_MS: i64 = 86_400_000;

/// Days of a turn.
pub(super) fn read_turn(section: &mut Section<'_>) -> Read<u32> {
    let turn_ms = duration_ms(section, "turn")?.unwrap_or(7 * DAY_MS);
    let days = (turn_ms > 0 && turn_ms % DAY_MS == 0).then_some(turn_ms / DAY_MS);
    match days
        .and_then(|days| u32::try_from(days).ok())
        .filter(|days| *days <= 3_660)
    {
        Some(days) => Ok(days),
        None => {
            let message = "a turn is a whole number of days, at most ten years";
            let mut wrong = section.wrong("turn", message);
            let hint = "for shifts within a day use two rotas with restrictions";
            wrong.hint = Some(hint.to_owned());
            Err(wrong)
        }
    }
}

/// `monday 09:00`, `09:00` or `monday`; 09:00, on Mondays if turns are weeks, unless it is set.
pub(super) fn read_handover(section: &mut Section<'_>, turn_days: u32) -> Read<Handover> {
    const KEY: &str = "handover";
    let weekly = turn_days.is_multiple_of(7);
    let text = section.text(KEY)?.unwrap_or_default().to_lowercase();
    let mut handover = Handover {
        weekday: weekly.then_some(Weekday::Monday),
        minute: 9 * 60,
    };
    let malformed = |wrong: Wrong| {
        let hint = Some("write it as \"monday 09:00\", or \"09:00\" for any day".to_owned());
        Wrong { hint, ..wrong }
    };
    if text.split_whitespace().count() > 0 {
        handover.weekday = None;
    }
    for word in text.split_whitespace() {
        if let Some(weekday) = weekday_of(word) {
            handover.weekday = Some(weekday);
        } else if word != "daily" {
            handover.minute = parse_minute(word)
                .ok()
                .filter(|minute| *minute < DAY_MINUTES)
                .ok_or_else(|| {
                    let message = format!("handover {text:?} is no day and time");
                    malformed(section.wrong(KEY, message))
                })?;
        }
    }
    if handover.weekday.is_some() && !weekly {
        let message = format!("a turn of {turn_days} days cannot end on one day of the week");
        let mut wrong = section.wrong(KEY, message);
        wrong.hint = Some("leave the day out, or let turns be weeks (turn: 1w)".to_owned());
        return Err(wrong);
    }
    Ok(handover)
}

fn weekday_of(word: &str) -> Option<Weekday> {
    const DAYS: [(&str, Weekday); 7] = [
        ("monday", Weekday::Monday),
        ("tuesday", Weekday::Tuesday),
        ("wednesday", Weekday::Wednesday),
        ("thursday", Weekday::Thursday),
        ("friday", Weekday::Friday),
        ("saturday", Weekday::Saturday),
        ("sunday", Weekday::Sunday),
    ];
    let found = DAYS
        .iter()
        .find(|(name, _)| *name == word || name.get(..3) == Some(word));
    found.map(|(_, weekday)| *weekday)
}

/// The first day; a start behind the hour of the hand-over counts from the next day on.
pub(super) fn read_starts(
    section: &mut Section<'_>,
    zone: &TimeZone,
    handover: Handover,
) -> Read<Date> {
    const KEY: &str = "starts";
    // a Monday, so that turns do not depend on when a file was written
    let usual = Date::constant(2024, 1, 1);
    let Some(node) = section.node(KEY) else {
        return Ok(usual);
    };
    let text = text_of(node, KEY)?;
    let Some(at) = parse_time(&text, zone) else {
        let mut wrong = section.wrong(KEY, format!("starts: {text:?} is not a time"));
        wrong.hint = Some("write a date, such as 2026-01-05".to_owned());
        return Err(wrong);
    };
    let local = zone.to_datetime(at);
    let minute = i32::from(local.hour()) * 60 + i32::from(local.minute());
    let later = minute > i32::from(handover.minute)
        || minute == i32::from(handover.minute) && local.second() > 0;
    let date = local.date();
    Ok(match later {
        true => date.tomorrow().unwrap_or(date),
        false => date,
    })
}
