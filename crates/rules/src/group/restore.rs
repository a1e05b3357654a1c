//! After a restart: pending alerts go on where they were, by what `ALERTS_FOR_STATE` told before. The time
//! in between counts neither for nor against them, and an alert does not fire at once.

use super::GroupState;
use super::alert::AlertState;
use super::stage::ALERTS_FOR_STATE;
use super::state::Action;
use super::told::for_state_labels;
use crate::rule::Rule;
use std::collections::HashMap;
use tacho_model::alert::ALERT_NAME;
use tacho_model::labels::{Labels, METRIC_NAME};
use tacho_model::sample::{SampleColumns, is_stale};
use tacho_storage::read::ReadContext;
use tacho_storage::samples::matcher::LabelMatcher;
use tacho_storage::samples::read::{SelectRequest, SeriesView};

/// Evaluations before alerts are restored: data have to come in first, and recorded series.
const EVALUATIONS_BEFORE: u64 = 2;
/// Most series of one alerting rule that are restored.
const SERIES_MAX: usize = 200_000;

/// How alerts are restored; the defaults are those of Prometheus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RestoreOptions {
    /// How long ago an alert may have been active, ms.
    pub outage_tolerance_ms: i64,
    /// What a restored alert waits at least before it fires, ms. Rules with a shorter `for` begin anew.
    pub for_grace_period_ms: i64,
}

impl Default for RestoreOptions {
    fn default() -> Self {
        Self {
            outage_tolerance_ms: 3_600_000,
            for_grace_period_ms: 600_000,
        }
    }
}

/// The newest samples of `ALERTS_FOR_STATE`: time in ms and value in seconds.
pub type ForState = HashMap<Labels, (i64, f64)>;

/// What `ALERTS_FOR_STATE` tells about the alerts of a group.
///
/// # Errors
/// With the words of the storage, if it cannot be read; then alerts begin anew.
pub fn read_for_state(
    state: &GroupState,
    view: &dyn SeriesView,
    context: &ReadContext,
    now_ms: i64,
    options: RestoreOptions,
) -> Result<ForState, String> {
    let mut found = ForState::new();
    let mut columns = SampleColumns::default();
    let group = state.group();
    let mut names: Vec<&str> = group
        .rules
        .iter()
        .filter(|rule| rule.is_alert() && rule.for_ms >= options.for_grace_period_ms)
        .map(Rule::name)
        .collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let request = SelectRequest {
            matchers: vec![
                LabelMatcher::equal(METRIC_NAME, ALERTS_FOR_STATE),
                LabelMatcher::equal(ALERT_NAME, name),
            ],
            start_ms: now_ms.saturating_sub(options.outage_tolerance_ms),
            end_ms: now_ms,
            series_max: SERIES_MAX,
        };
        let series = view
            .select(&request, context)
            .map_err(|error| error.message().to_owned())?;
        for series in series {
            series
                .data
                .read_newest(request.start_ms, request.end_ms, &mut columns)
                .map_err(|error| error.message().to_owned())?;
            if let (Some(time), Some(value)) = (columns.times.last(), columns.values.last()) {
                found.insert(series.labels, (*time, *value));
            }
        }
    }
    Ok(found)
}

impl GroupState {
    /// Whether `restore` is due: the group began with `Start::restores` and was evaluated often enough.
    pub fn restore_is_due(&self) -> bool {
        self.restoring && self.status.evaluations >= EVALUATIONS_BEFORE
    }

    /// Restores the age of alerts, and lets series about alerts be written from now on. `lookup` gives the
    /// newest sample of a series of `ALERTS_FOR_STATE`, not older than the outage tolerance.
    pub fn restore(
        &mut self,
        lookup: &dyn Fn(&Labels) -> Option<(i64, f64)>,
        now_ms: i64,
        options: RestoreOptions,
    ) {
        self.restoring = false;
        let oldest_ms = now_ms.saturating_sub(options.outage_tolerance_ms);
        for (rule, state) in self.group.rules.iter().zip(&mut self.rules) {
            let Action::Alert {
                machine,
                instances,
                restored,
            } = &mut state.action
            else {
                continue;
            };
            if std::mem::replace(restored, true) || rule.for_ms < options.for_grace_period_ms {
                continue;
            }
            for alert in machine.active.values_mut() {
                if alert.state == AlertState::Inactive {
                    continue;
                }
                let labels = for_state_labels(alert, instances);
                let sample =
                    lookup(&labels).filter(|(time, value)| *time >= oldest_ms && !is_stale(*value));
                if let Some((down_at_ms, since_seconds)) = sample {
                    let since_ms = (since_seconds as i64).saturating_mul(1_000);
                    alert.active_at_ms =
                        restored_at(since_ms, down_at_ms, now_ms, rule.for_ms, options);
                }
            }
        }
    }
}

/// Since when an alert counts as active that was so before a restart.
fn restored_at(
    since_ms: i64,
    down_at_ms: i64,
    now_ms: i64,
    for_ms: i64,
    options: RestoreOptions,
) -> i64 {
    let spent_ms = down_at_ms.saturating_sub(since_ms);
    let remaining_ms = for_ms.saturating_sub(spent_ms);
    if remaining_ms <= 0 {
        // It was firing, and fires again at the next evaluation.
        since_ms
    } else if remaining_ms < options.for_grace_period_ms {
        now_ms
            .saturating_add(options.for_grace_period_ms)
            .saturating_sub(for_ms)
    } else {
        since_ms.saturating_add(now_ms.saturating_sub(down_at_ms))
    }
}

#[cfg(test)]
mod tests {
    use super::{RestoreOptions, restored_at};

    #[test]
    fn the_time_without_us_does_not_count() {
        let minute = 60_000;
        let at = |since, down, now| {
            let options = RestoreOptions::default();
            restored_at(
                since * minute,
                down * minute,
                now * minute,
                30 * minute,
                options,
            ) / minute
        };
        // 31 minutes pending before: fires at once.
        assert_eq!(at(0, 31, 40), 0);
        // 25 of 30: waits the grace period of 10 minutes, to fire at 50.
        assert_eq!(at(0, 25, 40), 20);
        // 5 of 30: 25 to go, down for 35.
        assert_eq!(at(0, 5, 40), 35);
    }
}
