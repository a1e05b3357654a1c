//! Escalation policies: who is told when nobody acknowledges (R212, R213).
//!
//! Pure values; the state machine in `machine.rs` walks the levels, `rota.rs` says who is on call.

use super::rota::{Member, Rota};
use crate::matcher::{Matcher, all_match};
use crate::suppression::condition::Condition;
use tacho_model::labels::Labels;

/// All policies with what they need.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Escalation {
    /// Policies; the first one that fits an alert counts.
    pub policies: Vec<Policy>,
    /// Rotas, with distinct names.
    pub rotas: Vec<Rota>,
    /// Swaps of the configuration; others may be added while it runs.
    pub overrides: Vec<Override>,
}

impl Escalation {
    /// The policy for alerts that have these labels in common.
    pub fn policy_for(&self, labels: &Labels) -> Option<&Policy> {
        let mut policies = self.policies.iter();
        policies.find(|policy| policy.enabled && policy.fits(labels))
    }

    /// The rota of a name.
    pub fn rota(&self, name: &str) -> Option<&Rota> {
        self.rotas.iter().find(|rota| rota.name == name)
    }
}

/// Who is told when nobody acknowledges.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// Its name, unique.
    pub name: String,
    /// What an alert has to fit; without any, every alert fits.
    pub matchers: Vec<Matcher>,
    /// What must hold of it beside.
    pub condition: Option<Condition>,
    /// Steps, at least one, their delays not falling.
    pub levels: Vec<Level>,
    /// After the last level: time until all levels begin again, ms; nothing if they do not.
    pub repeat_ms: Option<i64>,
    /// How often they begin again at most; only meaningful with `repeat_ms`. `u32::MAX` is until somebody
    /// acknowledges.
    pub repeat_times: u32,
    /// Whether it is used.
    pub enabled: bool,
}

impl Policy {
    /// Whether it is for alerts with these labels.
    pub fn fits(&self, labels: &Labels) -> bool {
        all_match(&self.matchers, labels)
            && self
                .condition
                .as_ref()
                .is_none_or(|condition| condition.holds_for_labels(labels))
    }
}

/// A step of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// Time since the first message of the group that was not acknowledged, ms.
    pub after_ms: i64,
    /// Where to.
    pub receivers: Vec<String>,
    /// Rota whose member on call is told too.
    pub rota: Option<String>,
}

/// Somebody is on call instead of whose turn it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// Name of the rota.
    pub rota: String,
    /// From when on, ms.
    pub start_ms: i64,
    /// Until when, ms, excluded.
    pub end_ms: i64,
    /// Who.
    pub member: Member,
    /// Why, may be empty.
    pub reason: String,
    /// Who wrote it down; empty for those of the configuration.
    pub created_by: String,
}
