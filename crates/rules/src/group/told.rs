//! What an alerting rule makes of a result: the alerts that it asks for, what alerting is told of them, and
//! series about them.

use super::Told;
use super::alert::{ActiveAlert, AlertState};
use super::instance::Instances;
use super::machine::{Machine, Wanted};
use super::run::{NO_DATA_LABEL, Run};
use super::stage::{ALERTS, ALERTS_FOR_STATE};
use crate::evaluate::{Answer, Ask, RuleSample};
use crate::expand::Seen;
use crate::rule::{Expression, NoData, Rule};
use tacho_model::alert::Alert;
use tacho_model::labels::Labels;
use tacho_model::sample::SampleValue;
use tacho_query::promql::engine::Query;

const ALERT_STATE_LABEL: &str = "alertstate";

impl Run<'_> {
    /// The alerts that a result asks for.
    pub(super) fn wanted(
        &self,
        rule: &Rule,
        instances: &mut Instances,
        result: &[(Labels, SampleValue)],
        no_data: bool,
    ) -> Vec<Wanted> {
        instances.begin(self.fresh);
        let at_ms = self.at_ms;
        let query = |text: &str| -> Result<Vec<(Labels, SampleValue)>, String> {
            let query = Query::parse(text).map_err(|error| error.message().to_owned())?;
            let expr = Expression::PromQl(query);
            let time_ms = at_ms;
            let mut answers = self.engine.instant(&[Ask {
                expr: &expr,
                time_ms,
            }]);
            let answer = answers.pop().unwrap_or_else(|| Ok(Answer::default()))?;
            Ok(answer.samples)
        };
        let mut want = |labels: &Labels, value: &SampleValue, more: &[(&str, &str)]| {
            let seen = Seen {
                labels,
                value,
                query: &query,
            };
            let (labels, annotations) = instances.alert_of(&self.expander, &seen, more);
            let value = match value {
                SampleValue::Float(value) => *value,
                SampleValue::Histogram(_) => 0.0,
            };
            Wanted {
                labels,
                annotations,
                value,
                no_data: !more.is_empty(),
            }
        };
        if no_data && rule.no_data == NoData::Alert {
            let nothing = SampleValue::Float(f64::NAN);
            return vec![want(
                &Labels::default(),
                &nothing,
                &[(NO_DATA_LABEL, "true")],
            )];
        }
        result
            .iter()
            .map(|(labels, value)| want(labels, value, &[]))
            .collect()
    }

    /// Tells alerting what it has to know.
    pub(super) fn tell(&mut self, at: usize, rule: &Rule, machine: &mut Machine) {
        let delay_ms = self.surroundings.resend_delay_ms;
        let valid_ms = 4 * self.interval_ms.max(delay_ms);
        let mut generator_url: Option<String> = None;
        let first = self.evaluation.told.len();
        for alert in machine.active.values_mut() {
            if !alert.needs_sending(self.at_ms, delay_ms) {
                continue;
            }
            alert.last_sent_at_ms = Some(self.at_ms);
            alert.valid_until_ms = self.at_ms.saturating_add(valid_ms);
            let url = generator_url
                .get_or_insert_with(|| (self.surroundings.generator_url)(&self.group, rule));
            self.evaluation.told.push(Told {
                rule: at,
                state: alert.state,
                value: alert.value,
                alert: Alert {
                    labels: alert.labels.clone(),
                    annotations: alert.annotations.to_labels(),
                    starts_at_ms: alert.fired_at_ms.unwrap_or(alert.active_at_ms),
                    ends_at_ms: alert.resolved_at_ms.unwrap_or(alert.valid_until_ms),
                    timeout: false,
                    generator_url: url.clone(),
                },
            });
        }
        if let Some(own) = self.evaluation.told.get_mut(first..) {
            own.sort_by(|one, two| one.alert.labels.cmp(&two.alert.labels));
        }
    }

    /// `ALERTS` and `ALERTS_FOR_STATE`.
    pub(super) fn alert_series(
        &self,
        machine: &mut Machine,
        instances: &Instances,
        samples: &mut Vec<RuleSample>,
    ) {
        let time_ms = self.sample_ms;
        for alert in machine.active.values_mut() {
            let Some(labels) = alerts_labels(alert, instances) else {
                continue;
            };
            let value = SampleValue::Float(1.0);
            samples.push(RuleSample {
                labels,
                time_ms,
                value,
            });
            let seconds = alert.active_at_ms.div_euclid(1_000) as f64;
            samples.push(RuleSample {
                labels: for_state_labels(alert, instances),
                time_ms,
                value: SampleValue::Float(seconds),
            });
        }
    }
}

/// The labels in `ALERTS`; nothing for an alert that is over.
fn alerts_labels(alert: &mut ActiveAlert, instances: &Instances) -> Option<Labels> {
    let state = alert.state;
    let slot = match state {
        AlertState::Inactive => return None,
        AlertState::Pending => &mut alert.series.pending,
        AlertState::Firing => &mut alert.series.firing,
    };
    let make = || {
        let more = [(ALERT_STATE_LABEL, state.as_str())];
        instances.series_of(&alert.labels, ALERTS, &more)
    };
    Some(slot.get_or_insert_with(make).clone())
}

/// The labels in `ALERTS_FOR_STATE`.
pub(super) fn for_state_labels(alert: &mut ActiveAlert, instances: &Instances) -> Labels {
    let make = || instances.series_of(&alert.labels, ALERTS_FOR_STATE, &[]);
    alert.series.for_state.get_or_insert_with(make).clone()
}
