//! Rotas: who is on call at a time. Pure functions of the rota, the overrides and the time.
//!
//! A turn ends at a wall-clock time of the rota's place (`monday 09:00`), also when the clock is set
//! there: a turn of a week then has 167 or 169 hours.

use super::escalation::Override;
use crate::time_interval::{Place, TimeInterval};
use jiff::civil::{Date, Weekday};

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
