//! Evaluation of a group of rules: asks what its rules ask, moves alerts from state to state, gives the
//! samples of recorded series, `ALERTS` and `ALERTS_FOR_STATE`, ends series that are gone. The semantics
//! are those of Prometheus 3.14.
//!
//! Pure: time is an argument, and data come and go through `Evaluate`. Start at `GroupState::evaluate`.

pub mod alert;
pub mod machine;
pub mod restore;
pub mod run;
pub mod stage;

mod instance;
mod probe;
mod record;
mod state;
mod told;

use crate::evaluate::Evaluate;
use crate::expand;
use crate::group::alert::{ActiveAlert, AlertState};
use crate::group::machine::Change;
use crate::group::state::{Action, RuleState};
use crate::rule::{Expression, Rule, RuleGroup};
use std::collections::HashMap;
use std::sync::Arc;
use tacho_model::alert::Alert;
use tacho_model::labels::Labels;
use tacho_stdx::clock::Clock;

/// What groups are evaluated in. Cheap to make.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    /// `$externalLabels` of templates.
    pub external_labels: &'a Labels,
    /// `$externalURL` of templates.
    pub external_url: &'a str,
    /// Tells durations and when evaluations took place.
    pub clock: &'a dyn Clock,
    /// How far before the time of an evaluation queries look, of groups that do not say.
    pub query_offset_ms: i64,
    /// How long an alert that goes on is not told again.
    pub resend_delay_ms: i64,
    /// Most alerts or series of one rule, whatever its group says.
    pub series_max: usize,
    /// Leads from an alert to where it came from.
    pub generator_url: &'a dyn Fn(&RuleGroup, &Rule) -> String,
}

/// Prometheus' delay before an alert that goes on is told again.
pub const RESEND_DELAY_MS: i64 = 60_000;
/// Most alerts or series of one rule.
pub const SERIES_MAX: usize = 100_000;

/// How a group begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Start {
    /// Time between evaluations of groups that do not say, ms.
    pub interval_ms: i64,
    /// Pending alerts go on where they were before the restart: series that tell about alerts are only
    /// written once `GroupState::restore` was called.
    pub restores: bool,
}

/// How a rule is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Health {
    /// It was not evaluated yet.
    #[default]
    Unknown,
    /// The last evaluation succeeded.
    Good,
    /// The last evaluation failed.
    Bad,
}

impl Health {
    /// `unknown`, `ok` or `err`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Good => "ok",
            Self::Bad => "err",
        }
    }
}

/// What came of the evaluations of a rule.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RuleStatus {
    /// Of the last one.
    pub health: Health,
    /// Why the last one failed.
    pub error: Option<String>,
    /// Warnings of its query, and templates that could not be expanded.
    pub warnings: Vec<String>,
    /// When it took place by the wall clock, ms.
    pub evaluated_at_ms: Option<i64>,
    /// What it took.
    pub duration_ns: i64,
    /// Series of its result.
    pub series: usize,
    /// Samples that its query looked at.
    pub samples_read: u64,
    /// There were no data (told only if the rule does something about it).
    pub no_data: bool,
    /// Evaluations so far.
    pub evaluations: u64,
    /// Those that failed.
    pub failures: u64,
}

/// What came of the evaluations of a group.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GroupStatus {
    /// Evaluations so far.
    pub evaluations: u64,
    /// When the last one took place by the wall clock, ms.
    pub evaluated_at_ms: Option<i64>,
    /// For what time it was, ms.
    pub slot_ms: Option<i64>,
    /// What it took.
    pub duration_ns: i64,
    /// Samples that it gave.
    pub samples: usize,
}

/// An alert that alerting is told.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// Position of its rule in the group.
    pub rule: usize,
    /// Firing, or inactive if it is over.
    pub state: AlertState,
    /// The value of its expression.
    pub value: f64,
    /// The alert. Its end is when it was over, or until when it counts if nothing more is told.
    pub alert: Alert,
}

/// What an evaluation did.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Evaluation {
    /// Alerts to tell: new ones, those that are over, and from time to time those that go on.
    pub told: Vec<Told>,
    /// Alerts whose state changed.
    pub changes: Vec<Change>,
    /// Rules that were evaluated.
    pub rules: usize,
    /// Rules that failed; `GroupState::rule_status` says why.
    pub failures: usize,
    /// Samples that were given to be stored, stale markers not counted.
    pub samples: usize,
    /// Rules that were not evaluated because they were already, at a later time.
    pub skipped: usize,
    /// What it took.
    pub duration_ns: i64,
}

/// A group with the state of its alerts and series.
#[derive(Debug)]
pub struct GroupState {
    group: Arc<RuleGroup>,
    interval_ms: i64,
    stages: Vec<Vec<usize>>,
    /// What tells that there are data, of rules that care.
    probes: Arc<[Option<Expression>]>,
    rules: Vec<RuleState>,
    /// Series of rules that are not there any more, to be ended by the next evaluation.
    stale: Vec<Labels>,
    restoring: bool,
    status: GroupStatus,
    /// External labels and URL of the last evaluation: texts were expanded with them.
    expanded_with: (Labels, String),
}

impl GroupState {
    /// The state of a group that was never evaluated.
    pub fn new(group: Arc<RuleGroup>, start: Start) -> Self {
        let functions = expand::functions();
        let rules: Vec<RuleState> = group
            .rules
            .iter()
            .map(|rule| RuleState::new(&group, rule, !start.restores, &functions))
            .collect();
        Self {
            interval_ms: group.interval_ms.unwrap_or(start.interval_ms).max(1),
            stages: stage::stages(&group),
            probes: group.rules.iter().map(probe::probe_of).collect(),
            rules,
            stale: Vec::new(),
            restoring: start.restores,
            status: GroupStatus::default(),
            expanded_with: Default::default(),
            group,
        }
    }

    /// The group.
    pub fn group(&self) -> &Arc<RuleGroup> {
        &self.group
    }

    /// Time between evaluations, ms.
    pub fn interval_ms(&self) -> i64 {
        self.interval_ms
    }

    /// What came of its evaluations.
    pub fn status(&self) -> &GroupStatus {
        &self.status
    }

    /// What came of the evaluations of a rule, by its position.
    pub fn rule_status(&self, rule: usize) -> Option<&RuleStatus> {
        self.rules.get(rule).map(|rule| &rule.status)
    }

    /// Evaluates all rules for a time. Rules that were evaluated for a later time already are passed over;
    /// a time long before that means that the clock was set back, and alerts keep their age.
    pub fn evaluate(
        &mut self,
        at_ms: i64,
        engine: &dyn Evaluate,
        surroundings: &Surroundings<'_>,
    ) -> Evaluation {
        let evaluation = run::run(self, at_ms, None, (engine, surroundings));
        self.status.evaluations += 1;
        self.status.evaluated_at_ms = Some(surroundings.clock.now_ns() / 1_000_000);
        self.status.slot_ms = Some(at_ms);
        self.status.duration_ns = evaluation.duration_ns;
        self.status.samples = evaluation.samples;
        evaluation
    }

    /// Evaluates only these rules, between the times of the group: for rules with `on_arrival`.
    pub fn evaluate_only(
        &mut self,
        rules: &[usize],
        at_ms: i64,
        engine: &dyn Evaluate,
        surroundings: &Surroundings<'_>,
    ) -> Evaluation {
        run::run(self, at_ms, Some(rules), (engine, surroundings))
    }

    /// Alerts of all rules with the positions of these: pending, firing, and for a quarter of an hour those
    /// that are over. By rule, then by labels.
    pub fn alerts(&self) -> Vec<(usize, &ActiveAlert)> {
        let mut alerts: Vec<(usize, &ActiveAlert)> = self
            .rules
            .iter()
            .enumerate()
            .flat_map(|(at, rule)| rule.alerts().map(move |alert| (at, alert)))
            .collect();
        alerts.sort_by(|one, two| (one.0, &one.1.labels).cmp(&(two.0, &two.1.labels)));
        alerts
    }

    /// Alerts that are pending or firing.
    pub fn active(&self) -> Vec<(usize, &ActiveAlert)> {
        let mut alerts = self.alerts();
        alerts.retain(|(_, alert)| alert.state != AlertState::Inactive);
        alerts
    }

    /// The worst state of the alerts of a rule; nothing if it records, or was never evaluated.
    pub fn rule_state(&self, rule: usize) -> Option<AlertState> {
        let rule = self.rules.get(rule)?;
        let is_alert = matches!(rule.action, Action::Alert { .. });
        (is_alert && rule.status.evaluated_at_ms.is_some()).then(|| {
            rule.alerts()
                .map(|alert| alert.state)
                .max()
                .unwrap_or(AlertState::Inactive)
        })
    }

    /// Takes over the state of this group before it was changed: alerts keep their age, series that no rule
    /// gives any more end at the next evaluation. Rules are found by name and labels, equal ones in order.
    pub fn copy_state(&mut self, old: &Self) {
        self.status = old.status.clone();
        self.restoring = old.restoring;
        self.stale.clone_from(&old.stale);
        let mut known: HashMap<_, Vec<usize>> = HashMap::new();
        for (at, rule) in old.group.rules.iter().enumerate().rev() {
            let key = (rule.name(), old.group.labels_of(rule));
            known.entry(key).or_default().push(at);
        }
        for (rule, state) in self.group.rules.iter().zip(&mut self.rules) {
            let key = (rule.name(), self.group.labels_of(rule));
            let from = known.get_mut(&key).and_then(Vec::pop);
            match from.and_then(|at| old.rules.get(at)) {
                Some(from) => state.copy(from),
                None => state.set_restored(!old.restoring),
            }
        }
        let left = known.into_values().flatten();
        for rule in left.filter_map(|at| old.rules.get(at)) {
            self.stale.extend(rule.previous.iter().cloned());
        }
    }

    /// The series of this group that have not ended. Once the group is gone its caller ends them with
    /// `stale_markers`, two intervals later: another group may give the same series by then.
    pub fn series(&self) -> Vec<Labels> {
        let own = self.rules.iter().flat_map(|rule| rule.previous.iter());
        own.chain(&self.stale).cloned().collect()
    }
}

#[cfg(test)]
mod tests;
