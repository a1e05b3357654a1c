//! Reads suppressions (R209, R210).

use super::Suppression;
use crate::config::own::fields::{MatchValues, check_count, check_unique, read_time, read_who};
use crate::matcher::read::Source;
use crate::time_interval::TimeInterval;
use jiff::tz::TimeZone;
use tacho_yaml::node::{Data, Node};
use tacho_yaml::problem::Wrong;
use tacho_yaml::section::{Read, Section, items_of};

/// Most suppressions.
const SUPPRESSIONS_MAX: usize = 1_000;

/// Reads a list of suppressions.
///
/// # Errors
/// The first thing that is wrong: also a suppression that would hide every alert for ever.
pub fn read_suppressions(node: &Node, source: &mut Source<'_>) -> Read<Vec<Suppression>> {
    const KEY: &str = "suppressions";
    check_count(node, KEY, SUPPRESSIONS_MAX)?;
    let mut all: Vec<Suppression> = Vec::new();
    for (place, item) in items_of(node, KEY)?.iter().enumerate() {
        let suppression = read_suppression(item, place, source)?;
        let names = all.iter().map(|known| &known.name);
        check_unique(&suppression.name, names, "suppression", item.line)?;
        all.push(suppression);
    }
    Ok(all)
}

fn read_suppression(node: &Node, place: usize, source: &mut Source<'_>) -> Read<Suppression> {
    let mut section = Section::open(node, "suppression")?;
    let name = section.text_or_empty("name")?;
    let who = read_who(&mut section, MatchValues::Alternatives, source)?;
    let (start_ms, end_ms) = read_range(&mut section)?;
    let schedule = match section.node("schedule") {
        None => Vec::new(),
        Some(node) if matches!(node.data, Data::Mapping(_)) => vec![TimeInterval::read(node)?],
        Some(node) => TimeInterval::read_list(node, "schedule")?,
    };
    let suppression = Suppression {
        name: match name.is_empty() {
            true => format!("suppression {}", place + 1),
            false => name,
        },
        start_ms,
        end_ms,
        schedule,
        reason: section.text_or_empty("reason")?,
        expires_ms: read_time(&mut section, "expires", &TimeZone::UTC)?,
        enabled: section.flag("enabled")?.unwrap_or(true),
        condition: None,
        matchers: Vec::new(),
    };
    let line = section.line;
    section.finish()?;
    if who.is_everybody() {
        let ends = [suppression.end_ms, suppression.expires_ms];
        let bounded = ends.iter().any(Option::is_some) || !suppression.schedule.is_empty();
        let name = &suppression.name;
        if !bounded {
            let message = format!("suppression {name:?} hides every alert for ever");
            let mut wrong = Wrong::new(line, message);
            wrong.hint = Some("add match, matchers or condition, or an end".to_owned());
            return Err(wrong);
        }
        let message = format!("suppression {name:?} hides every alert while it holds");
        source.warnings.push(Wrong::new(line, message));
    }
    Ok(Suppression {
        matchers: who.matchers,
        condition: who.condition,
        ..suppression
    })
}

/// `time_range` with `start` and `end`, or these two alone.
fn read_range(section: &mut Section<'_>) -> Read<(Option<i64>, Option<i64>)> {
    let mut start = read_time(section, "start", &TimeZone::UTC)?;
    let mut end = read_time(section, "end", &TimeZone::UTC)?;
    if let Some(node) = section.node("time_range") {
        let mut inner = Section::open(node, "time_range")?;
        start = read_time(&mut inner, "start", &TimeZone::UTC)?.or(start);
        end = read_time(&mut inner, "end", &TimeZone::UTC)?.or(end);
        inner.finish()?;
    }
    if let (Some(from), Some(until)) = (start, end)
        && until <= from
    {
        let key = if section.entry("time_range").is_some() {
            "time_range"
        } else {
            "end"
        };
        return Err(section.wrong(key, "end is not after start"));
    }
    Ok((start, end))
}
