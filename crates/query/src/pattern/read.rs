//! Reads the newest lines that match and groups them.

use super::filter::{of_event, of_lines};
use super::mask::Words;
use super::template::print;
use super::tree::Tree;
use super::{Pattern, PatternRequest, Patterns, TREND_PARTS};
use crate::condition::Condition;
use crate::error::{Error, Result};
use crate::item::LogRow;
use crate::run::Run;
use std::cmp::Reverse;
use std::collections::HashMap;
use tacho_model::id::RecordId;
use tacho_model::time::{TimeRange, Timestamp};
use tacho_model::value::Value;
use tacho_storage::columns::log_batch::LogBatch;
use tacho_storage::columns::projection::{Column, Projection};
use tacho_storage::read::{Cursor, Order, ScanRequest};

/// Records that are asked for together at least where storage cannot judge the whole condition.
const SCAN_MIN: usize = 1024;
/// Event names of records without body that are told apart.
const EVENTS_MAX: usize = 1_000;

/// The patterns of the newest lines that match.
pub(crate) fn patterns(run: &Run<'_>, request: &PatternRequest) -> Result<Patterns> {
    for (field, number) in [("lines", request.lines), ("limit", request.limit)] {
        if number == 0 {
            return Err(Error::invalid(field, format!("{field} 0 asks for nothing")));
        }
    }
    let condition = run.of_logs(&request.conditions)?;
    let mut lines = Lines::default();
    let sampled = read(run, request, &condition, &mut lines)?;
    Ok(lines.finish(request, sampled))
}

/// Reads lines, newest first; true if there are more.
fn read(
    run: &Run<'_>,
    request: &PatternRequest,
    condition: &Condition,
    lines: &mut Lines,
) -> Result<bool> {
    let mut projection = Projection::of(&[
        Column::Time,
        Column::Status,
        Column::Name,
        Column::Body,
        Column::RecordId,
    ]);
    condition.want_columns(&mut projection);
    let exact = condition.is_exact();
    let mut scan = ScanRequest {
        range: request.conditions.range,
        filter: condition.wider(),
        order: Order::NewestFirst,
        after: None,
        limit: None,
        projection,
    };
    let values = run.stored();
    loop {
        let wanted = request.lines + 1 - lines.seen.len();
        let chunk = if exact { wanted } else { wanted.max(SCAN_MIN) };
        scan.limit = Some(chunk);
        let mut rows = 0;
        for batch in run.snapshot.logs(&scan, run.context)? {
            let batch = batch?;
            for row in 0..batch.len {
                rows += 1;
                let item = LogRow {
                    batch: &batch,
                    row,
                    values: &values,
                };
                if !exact && !condition.is_met_by(&item) {
                    continue;
                }
                if lines.seen.len() >= request.lines {
                    return Ok(true);
                }
                if run.context.cancel.is_cancelled() {
                    return Err(cancelled());
                }
                lines.add(&batch, row);
            }
            if let Some(last) = batch.len.checked_sub(1) {
                let id = batch.record_id(last);
                let time = batch.times.get(last);
                scan.after = time.map(|time| Cursor::Log(Timestamp(*time), id));
            }
        }
        if rows < chunk {
            return Ok(false);
        }
    }
}

fn cancelled() -> Error {
    Error::new(
        crate::error::ErrorKind::Unavailable,
        "the query was cancelled",
    )
}

/// Lines while they come.
#[derive(Default)]
struct Lines {
    tree: Tree,
    /// Groups of records without body, by event name.
    events: HashMap<String, usize>,
    event_names: Vec<String>,
    stats: HashMap<Group, Stats>,
    /// Group and time of every line, the newest first.
    seen: Vec<(Group, i64)>,
}

/// A group of lines, or of records without body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Group {
    Lines(u32),
    Event(u32),
}

#[derive(Debug, Clone, Copy)]
struct Stats {
    count: u64,
    severity: u8,
    first: i64,
    last: i64,
    example: RecordId,
}

impl Stats {
    fn add(&mut self, other: &Self) {
        self.count += other.count;
        self.severity = self.severity.max(other.severity);
        self.first = self.first.min(other.first);
        if (other.last, other.example) > (self.last, self.example) {
            (self.last, self.example) = (other.last, other.example);
        }
    }
}

impl Lines {
    fn add(&mut self, batch: &LogBatch, row: usize) {
        let time = batch.times.get(row).copied().unwrap_or_default();
        let stats = Stats {
            count: 1,
            severity: batch.severities.get(row).copied().unwrap_or_default(),
            first: time,
            last: time,
            example: batch.record_id(row),
        };
        let event = batch.event_names.cell(row);
        let group = match batch.body(row) {
            Value::Empty if !event.is_empty() => self.event(event),
            Value::Empty => Group::Lines(self.tree.add("") as u32),
            body => Group::Lines(self.tree.add(&body.to_text()) as u32),
        };
        self.stats
            .entry(group)
            .and_modify(|known| known.add(&stats))
            .or_insert(stats);
        self.seen.push((group, time));
    }

    fn event(&mut self, name: &str) -> Group {
        if let Some(place) = self.events.get(name) {
            return Group::Event(*place as u32);
        }
        if self.event_names.len() >= EVENTS_MAX {
            return Group::Lines(self.tree.add("") as u32);
        }
        let place = self.event_names.len();
        self.events.insert(name.to_owned(), place);
        self.event_names.push(name.to_owned());
        Group::Event(place as u32)
    }

    fn finish(mut self, request: &PatternRequest, sampled: bool) -> Patterns {
        self.join_same();
        let range = self.range(request.conditions.range, sampled);
        let mut trends: HashMap<Group, [u64; TREND_PARTS]> = HashMap::new();
        for (group, time) in &self.seen {
            trends.entry(*group).or_insert([0; TREND_PARTS])[part_of(range, *time)] += 1;
        }
        let lines = self.seen.len() as u64;
        let mut patterns: Vec<Pattern> = Vec::with_capacity(self.stats.len());
        for (group, stats) in &self.stats {
            let (pattern, query) = self.print(*group);
            patterns.push(Pattern {
                pattern,
                count: stats.count,
                severity: stats.severity,
                first: Timestamp(stats.first),
                last: Timestamp(stats.last),
                example: stats.example,
                query,
                trend: trends.get(group).copied().unwrap_or_default(),
            });
        }
        patterns.sort_by(|a, b| {
            let key = |of: &Pattern| (Reverse(of.count), Reverse(of.last), Reverse(of.example.0));
            key(a).cmp(&key(b))
        });
        patterns.truncate(request.limit);
        Patterns {
            patterns,
            lines,
            sampled,
            range,
        }
    }

    fn print(&self, group: Group) -> (String, String) {
        match group {
            Group::Lines(group) => {
                let template = &self.tree.groups[group as usize];
                (print(template), of_lines(template))
            }
            Group::Event(event) => {
                let name = &self.event_names[event as usize];
                (name.clone(), of_event(name))
            }
        }
    }

    /// Makes one of groups that ended with the same template.
    fn join_same(&mut self) {
        let mut first: HashMap<&Words, u32> = HashMap::new();
        let mut moved: HashMap<Group, Group> = HashMap::new();
        for (group, template) in (0u32..).zip(&self.tree.groups) {
            let known = *first.entry(template).or_insert(group);
            if known != group {
                moved.insert(Group::Lines(group), Group::Lines(known));
            }
        }
        for (from, to) in &moved {
            if let Some(stats) = self.stats.remove(from) {
                self.stats
                    .entry(*to)
                    .and_modify(|known| known.add(&stats))
                    .or_insert(stats);
            }
        }
        for (group, _) in &mut self.seen {
            *group = moved.get(group).copied().unwrap_or(*group);
        }
    }

    /// What was asked for, as far as lines were looked at.
    fn range(&self, asked: TimeRange, sampled: bool) -> TimeRange {
        let oldest = self.seen.iter().map(|(_, time)| *time).min();
        let newest = self.seen.iter().map(|(_, time)| *time).max();
        let (Some(oldest), Some(newest)) = (oldest, newest) else {
            return asked;
        };
        let start = if sampled || asked.start == TimeRange::ALL.start {
            Timestamp(oldest)
        } else {
            asked.start
        };
        let end = if asked.end == TimeRange::ALL.end {
            Timestamp(newest.saturating_add(1))
        } else {
            asked.end
        };
        TimeRange { start, end }
    }
}

/// The part of a range that a time lies in.
fn part_of(range: TimeRange, time: i64) -> usize {
    let length = i128::from(range.end.0) - i128::from(range.start.0);
    let place = i128::from(time) - i128::from(range.start.0);
    let part = place * TREND_PARTS as i128 / length.max(1);
    usize::try_from(part).unwrap_or(0).min(TREND_PARTS - 1)
}
