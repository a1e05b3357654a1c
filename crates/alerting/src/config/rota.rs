//! Rotas: who is on call at a time. Pure functions of the rota, the overrides and the time.
//!
//! A turn ends at a wall-clock time of the rota's place (`monday 09:00`), also when the clock is set
//! there: a turn of a week then has 167 or 169 hours.

pub mod turns;

use super::escalation::Override;
use crate::time_interval::next::next_change_of_any;
use crate::time_interval::{Place, TimeInterval, any_contains};
use jiff::civil::{Date, Weekday};
use jiff::{Timestamp, ToSpan as _};

/// Somebody who can be on call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Name, unique in the rota.
    pub name: String,
    /// How to reach them, never empty.
    pub receivers: Vec<String>,
}

/// When one hands over to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handover {
    /// Day of the week; nothing if it is any day.
    pub weekday: Option<Weekday>,
    /// Minute of the day, 0 to 1439.
    pub minute: u16,
}

/// People who take turns.
#[derive(Debug, Clone, PartialEq)]
pub struct Rota {
    /// Its name, unique.
    pub name: String,
    /// Whose wall clock counts.
    pub place: Place,
    /// First day of the first turn: the turn of the first member begins with the first hand-over at or
    /// after it (before it the turns are counted backwards, so that somebody is always on call).
    pub starts: Date,
    /// When one hands over to the next.
    pub handover: Handover,
    /// Days of a turn, at least 1.
    pub turn_days: u32,
    /// Who takes turns, in order; at least one.
    pub members: Vec<Member>,
    /// Times in which somebody is called at all; without any, always.
    pub restrictions: Vec<TimeInterval>,
}

/// Who is on call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnCall<'a> {
    /// Who.
    pub member: &'a Member,
    /// When that changes, ms: by a hand-over, or by the beginning or end of an override.
    pub until_ms: i64,
    /// Who is it then.
    pub next: &'a Member,
    /// The override by which it is this member.
    pub by_override: Option<&'a Override>,
    /// False outside of the rota's restrictions: it is this member's turn, but nobody is called.
    pub on_duty: bool,
}

/// Times that are asked about are taken to lie in the years 1970 to 8999.
const TIME_MS_MAX: i64 = 221_845_392_000_000;

impl Rota {
    /// Who is on call at a time. Of overrides that overlap the one that begins last counts, of those that
    /// begin together the last of the list. Nothing only for a rota without members, which is never read.
    pub fn on_call<'a>(&'a self, now_ms: i64, overrides: &'a [Override]) -> Option<OnCall<'a>> {
        let now_ms = now_ms.clamp(0, TIME_MS_MAX);
        let turn = self.turn(now_ms, overrides)?;
        let restricted = next_change_of_any(&self.restrictions, now_ms);
        let until_ms = restricted.map_or(turn.end_ms, |change| change.min(turn.end_ms));
        let (next, _) = self.whose(until_ms.clamp(0, TIME_MS_MAX), overrides)?;
        Some(OnCall {
            member: turn.member,
            until_ms,
            next,
            by_override: turn.by_override,
            on_duty: self.restrictions.is_empty() || any_contains(&self.restrictions, now_ms),
        })
    }

    /// Whose turn it is, overrides counted.
    fn whose<'a>(
        &'a self,
        now_ms: i64,
        overrides: &'a [Override],
    ) -> Option<(&'a Member, Option<&'a Override>)> {
        let swap = overrides
            .iter()
            .filter(|swap| swap.rota == self.name)
            .filter(|swap| (swap.start_ms..swap.end_ms).contains(&now_ms))
            .max_by_key(|swap| swap.start_ms);
        if let Some(swap) = swap {
            return Some((&swap.member, Some(swap)));
        }
        let count = i64::try_from(self.members.len()).ok()?;
        let place = self.turn_at(now_ms).checked_rem_euclid(count)?;
        let member = self.members.get(usize::try_from(place).ok()?)?;
        Some((member, None))
    }

    /// The number of the turn at a time; turns before the first have negative ones.
    fn turn_at(&self, now_ms: i64) -> i64 {
        let days = Timestamp::from_millisecond(now_ms).map_or(0, |now| {
            let today = self.place.zone.to_datetime(now).date();
            let since = today.duration_since(self.first_day());
            since.as_hours().div_euclid(24)
        });
        let mut turn = days.div_euclid(i64::from(self.turn_days.max(1)));
        // the day of a hand-over belongs to two turns, and the clock may be set on it
        for _ in 0..2 {
            if self.turn_start(turn) > now_ms {
                turn -= 1;
            } else if self.turn_start(turn.saturating_add(1)) <= now_ms {
                turn += 1;
            }
        }
        turn
    }

    /// When a turn begins, ms: at its wall-clock time, or as soon after it as the clock shows one.
    fn turn_start(&self, turn: i64) -> i64 {
        let days = turn.saturating_mul(i64::from(self.turn_days.max(1)));
        let minute = i64::from(self.handover.minute);
        let local = 0_i32
            .days()
            .try_days(days)
            .and_then(|days| self.first_day().checked_add(days))
            .and_then(|date| date.at(0, 0, 0, 0).checked_add(minute.minutes()))
            .and_then(|local| local.to_zoned(self.place.zone.clone()));
        match local {
            Ok(zoned) => zoned.timestamp().as_millisecond(),
            Err(_) if turn < 0 => i64::MIN,
            Err(_) => i64::MAX,
        }
    }

    /// The day of the first hand-over.
    fn first_day(&self) -> Date {
        let Some(weekday) = self.handover.weekday else {
            return self.starts;
        };
        let ahead = weekday.since(self.starts.weekday());
        let day = self.starts.checked_add(i64::from(ahead).days());
        day.unwrap_or(self.starts)
    }
}

#[cfg(test)]
mod tests;
