//! What is known of a rule between evaluations.

use super::RuleStatus;
use super::alert::ActiveAlert;
use super::instance::Instances;
use super::machine::Machine;
use super::record::Recording;
use crate::rule::{Rule, RuleGroup, RuleKind};
use std::collections::HashSet;
use tacho_model::labels::Labels;
use tacho_template::functions::Functions;

/// A rule with its state.
#[derive(Debug)]
pub(super) struct RuleState {
    pub(super) action: Action,
    /// Series that the last evaluation gave.
    pub(super) previous: HashSet<Labels>,
    /// The time of the last evaluation.
    pub(super) last_at_ms: Option<i64>,
    pub(super) status: RuleStatus,
}

/// What a rule makes of its result.
#[derive(Debug)]
pub(super) enum Action {
    /// Alerts.
    Alert {
        machine: Machine,
        instances: Instances,
        /// The age of alerts is known, and may be told in `ALERTS_FOR_STATE`.
        restored: bool,
    },
    /// Series.
    Record(Recording),
}

impl RuleState {
    pub(super) fn new(
        group: &RuleGroup,
        rule: &Rule,
        restored: bool,
        functions: &Functions,
    ) -> Self {
        let action = match rule.kind {
            RuleKind::Alert { .. } => Action::Alert {
                machine: Machine::default(),
                instances: Instances::of(group, rule, functions),
                restored,
            },
            RuleKind::Record { .. } => Action::Record(Recording::of(group, rule)),
        };
        Self {
            action,
            previous: HashSet::new(),
            last_at_ms: None,
            status: RuleStatus::default(),
        }
    }

    pub(super) fn alerts(&self) -> impl Iterator<Item = &ActiveAlert> {
        let machine = match &self.action {
            Action::Alert { machine, .. } => Some(machine),
            Action::Record(_) => None,
        };
        machine.into_iter().flat_map(|it| it.active.values())
    }

    pub(super) fn set_restored(&mut self, now: bool) {
        if let Action::Alert { restored, .. } = &mut self.action {
            *restored = now;
        }
    }

    pub(super) fn copy(&mut self, old: &Self) {
        self.previous.clone_from(&old.previous);
        self.last_at_ms = old.last_at_ms;
        self.status = old.status.clone();
        if let (
            Action::Alert {
                machine, restored, ..
            },
            Action::Alert {
                machine: before,
                restored: was_restored,
                ..
            },
        ) = (&mut self.action, &old.action)
        {
            machine.copy(before);
            *restored = *was_restored;
        }
    }
}
