//! Turns of a rota one after the other, for calendars and for `who is next?`.

use super::{Member, Rota, TIME_MS_MAX};
use crate::config::escalation::Override;
use jiff::civil::Weekday;

/// Most turns that are told at once.
pub const TURNS_MAX: usize = 1_000;

/// Somebody's time on call, whatever the restrictions of the rota say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn<'a> {
    /// Who.
    pub member: &'a Member,
    /// From, ms.
    pub start_ms: i64,
    /// Until, ms, excluded.
    pub end_ms: i64,
    /// The override by which it is this member.
    pub by_override: Option<&'a Override>,
}

impl Rota {
    /// The turn that a time lies in. Nothing only for a rota without members, which is never read.
    pub fn turn<'a>(&'a self, now_ms: i64, overrides: &'a [Override]) -> Option<Turn<'a>> {
        let now_ms = now_ms.clamp(0, TIME_MS_MAX);
        let (member, by_override) = self.whose(now_ms, overrides)?;
        let (mut start_ms, mut end_ms) = match by_override {
            Some(swap) => (swap.start_ms, swap.end_ms),
            None => {
                let turn = self.turn_at(now_ms);
                (
                    self.turn_start(turn),
                    self.turn_start(turn.saturating_add(1)),
                )
            }
        };
        for swap in overrides.iter().filter(|swap| swap.rota == self.name) {
            for edge in [swap.start_ms, swap.end_ms] {
                match edge <= now_ms {
                    true => start_ms = start_ms.max(edge),
                    false => end_ms = end_ms.min(edge),
                }
            }
        }
        Some(Turn {
            member,
            start_ms,
            end_ms,
            by_override,
        })
    }

    /// The turn that a time lies in and those behind it, `count` of them, at most `TURNS_MAX`.
    pub fn turns<'a>(
        &'a self,
        now_ms: i64,
        overrides: &'a [Override],
        count: usize,
    ) -> Vec<Turn<'a>> {
        let mut turns: Vec<Turn<'a>> = Vec::new();
        let mut at_ms = now_ms;
        while turns.len() < count.min(TURNS_MAX) {
            let Some(turn) = self.turn(at_ms, overrides) else {
                break;
            };
            if turn.end_ms <= at_ms || turn.end_ms > TIME_MS_MAX {
                turns.push(turn);
                break;
            }
            at_ms = turn.end_ms;
            // an override that is cut by the edge of one below it goes on
            match turns.last_mut() {
                Some(last)
                    if turn.by_override.is_some() && last.by_override == turn.by_override =>
                {
                    last.end_ms = turn.end_ms;
                }
                _ => turns.push(turn),
            }
        }
        turns
    }

    /// When one hands over to the next, in words: `Mondays 09:00, every week`.
    pub fn handover_text(&self) -> String {
        let day = match self.handover.weekday {
            Some(Weekday::Monday) => "Mondays ",
            Some(Weekday::Tuesday) => "Tuesdays ",
            Some(Weekday::Wednesday) => "Wednesdays ",
            Some(Weekday::Thursday) => "Thursdays ",
            Some(Weekday::Friday) => "Fridays ",
            Some(Weekday::Saturday) => "Saturdays ",
            Some(Weekday::Sunday) => "Sundays ",
            None => "",
        };
        let (hour, minute) = (self.handover.minute / 60, self.handover.minute % 60);
        let every = match self.turn_days {
            1 => "every day".to_owned(),
            7 => "every week".to_owned(),
            days if days.is_multiple_of(7) => format!("every {} weeks", days / 7),
            days => format!("every {days} days"),
        };
        format!("{day}{hour:02}:{minute:02}, {every}")
    }
}
