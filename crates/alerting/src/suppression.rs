//! Suppressions of our own configuration: alerts that tell nobody, for a while or by a schedule.
//!
//! Unlike a silence one is part of the configuration, can have a condition and can come back by itself.

pub mod condition;
pub mod read;

use crate::matcher::{Matcher, all_match};
use crate::time_interval::{TimeInterval, any_contains};
use condition::Condition;
use tacho_model::alert::Alert;

/// Alerts that tell nobody.
#[derive(Debug, Clone, PartialEq)]
pub struct Suppression {
    /// Its name, unique.
    pub name: String,
    /// What an alert has to fit, all of it.
    pub matchers: Vec<Matcher>,
    /// What must hold of it beside.
    pub condition: Option<Condition>,
    /// From when on, ms; without it, from ever.
    pub start_ms: Option<i64>,
    /// Until when, ms, excluded; without it, for ever.
    pub end_ms: Option<i64>,
    /// In which of the times between; without any, always.
    pub schedule: Vec<TimeInterval>,
    /// Why, may be empty.
    pub reason: String,
    /// When it is over for good, ms; the same as `end_ms` in effect, but said as a date to look again.
    pub expires_ms: Option<i64>,
    /// Whether it holds at all.
    pub enabled: bool,
}

impl Suppression {
    /// Whether an alert tells nobody at a time.
    pub fn hides(&self, alert: &Alert, now_ms: i64) -> bool {
        self.in_force(now_ms) && self.concerns(alert)
    }

    /// Whether it holds at a time.
    pub fn in_force(&self, now_ms: i64) -> bool {
        self.enabled
            && self.start_ms.is_none_or(|start| start <= now_ms)
            && self.end_ms.is_none_or(|end| now_ms < end)
            && self.expires_ms.is_none_or(|expires| now_ms < expires)
            && (self.schedule.is_empty() || any_contains(&self.schedule, now_ms))
    }

    /// Whether it is about an alert, whatever the time.
    pub fn concerns(&self, alert: &Alert) -> bool {
        all_match(&self.matchers, &alert.labels)
            && self
                .condition
                .as_ref()
                .is_none_or(|condition| condition.holds(alert))
    }

    /// Whether it will never hold again.
    pub fn is_over(&self, now_ms: i64) -> bool {
        let ends = [self.end_ms, self.expires_ms];
        ends.into_iter().flatten().any(|end| end <= now_ms)
    }
}

#[cfg(test)]
mod tests;
