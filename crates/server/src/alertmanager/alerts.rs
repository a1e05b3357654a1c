//! Alerts: taken, listed, listed by groups.

use super::answer::{AmAnswer, AmError};
use super::blocking;
use super::shape::{
    AlertGroup, GettableAlert, LabelSet, Named, PostableAlert, label_set, read_filters, read_time,
};
use crate::prometheus::form::Form;
use crate::state::ServerState;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use regex::Regex;
use std::sync::Arc;
use tacho_alerting::alerts::PostedAlert;
use tacho_alerting::matcher::Matcher;
use tacho_alerting::view::{AlertFilter, AlertState, AlertView, GroupView};
use tacho_model::labels::Labels;

/// Longest expression for names of receivers.
const RECEIVER_BYTES_MAX: usize = 1_024;

/// What a request wants to see.
pub(super) struct Wanted {
    matchers: Vec<Matcher>,
    receiver: Option<Regex>,
    active: bool,
    silenced: bool,
    inhibited: bool,
    muted: bool,
}

impl Wanted {
    fn read(form: &Form) -> AmAnswer<Self> {
        let receiver = match form.text("receiver") {
            "" => None,
            text if text.len() > RECEIVER_BYTES_MAX => {
                return Err(AmError::invalid("failed to parse receiver param: too long"));
            }
            text => Some(Regex::new(&format!("^(?:{text})$")).map_err(|error| {
                AmError::invalid(format!("failed to parse receiver param: {error}"))
            })?),
        };
        Ok(Self {
            matchers: read_filters(form.texts("filter"))?,
            receiver,
            active: flag(form, "active")?,
            silenced: flag(form, "silenced")?,
            inhibited: flag(form, "inhibited")?,
            muted: flag(form, "muted")?,
        })
    }

    fn filter(&self) -> AlertFilter {
        AlertFilter {
            matchers: self.matchers.clone(),
            states: vec![
                AlertState::Firing,
                AlertState::Acknowledged,
                AlertState::Suppressed,
            ],
            receiver: None,
        }
    }

    fn takes(&self, view: &AlertView) -> bool {
        let by = &view.suppressors;
        let silenced = !by.silenced_by.is_empty() || !by.suppressed_by.is_empty();
        let inhibited = !by.inhibited_by.is_empty();
        (self.active || silenced || inhibited)
            && (self.silenced || !silenced)
            && (self.inhibited || !inhibited)
    }

    fn takes_receiver(&self, names: &[String]) -> bool {
        let receiver = self.receiver.as_ref();
        receiver.is_none_or(|wanted| names.iter().any(|name| wanted.is_match(name)))
    }
}

/// A switch that is on unless the request says otherwise.
pub(super) fn flag(form: &Form, name: &str) -> AmAnswer<bool> {
    match form.text(name) {
        "" | "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        other => Err(AmError::invalid(format!(
            "{name}: {other:?} is neither true nor false"
        ))),
    }
}

/// `GET alerts`.
pub(super) async fn list(
    State(state): State<Arc<ServerState>>,
    form: Form,
) -> AmAnswer<Json<Vec<GettableAlert>>> {
    let wanted = Wanted::read(&form)?;
    blocking(&state, move |alerts| {
        let found = alerts
            .notifier
            .read(|machine, now_ms| machine.alerts(&wanted.filter(), now_ms));
        let fitting = found
            .iter()
            .filter(|view| wanted.takes(view) && wanted.takes_receiver(&view.receivers));
        Ok(Json(fitting.map(GettableAlert::of).collect()))
    })
    .await
}

/// `GET alerts/groups`: one entry for each receiver of a group.
pub(super) async fn groups(
    State(state): State<Arc<ServerState>>,
    form: Form,
) -> AmAnswer<Json<Vec<AlertGroup>>> {
    let wanted = Wanted::read(&form)?;
    blocking(&state, move |alerts| {
        let found = alerts
            .notifier
            .read(|machine, now_ms| machine.groups(&wanted.filter(), now_ms));
        let fitting = found
            .iter()
            .filter(|group| wanted.muted || group.muted_by.is_empty());
        Ok(Json(
            fitting
                .flat_map(|group| group_shapes(group, &wanted))
                .collect(),
        ))
    })
    .await
}

fn group_shapes(group: &GroupView, wanted: &Wanted) -> Vec<AlertGroup> {
    let alerts: Vec<&AlertView> = group
        .alerts
        .iter()
        .filter(|view| wanted.takes(view))
        .collect();
    if alerts.is_empty() {
        return Vec::new();
    }
    let receivers = group.receivers.iter();
    receivers
        .filter(|name| wanted.takes_receiver(std::slice::from_ref(*name)))
        .map(|name| AlertGroup {
            alerts: alerts.iter().map(|view| GettableAlert::of(view)).collect(),
            labels: label_set(&group.labels),
            receiver: Named { name: name.clone() },
        })
        .collect()
}

/// `POST alerts`: good alerts are taken whatever is wrong with others.
pub(super) async fn receive(
    State(state): State<Arc<ServerState>>,
    body: Bytes,
) -> AmAnswer<Json<serde_json::Value>> {
    let posted: Vec<PostableAlert> = serde_json::from_slice(&body)
        .map_err(|error| AmError::invalid(format!("parsing alerts body failed: {error}")))?;
    let mut wrong = Vec::new();
    let mut alerts = Vec::with_capacity(posted.len());
    for one in posted {
        match read(one) {
            Ok(alert) => alerts.push(alert),
            Err(error) => wrong.push(error),
        }
    }
    blocking(&state, move |center| {
        let report = center
            .notifier
            .change(|machine, now_ms| machine.receive(alerts, now_ms));
        let refused = report.refused.iter().map(|one| one.error.to_string());
        let wrong: Vec<String> = wrong.into_iter().chain(refused).collect();
        match wrong.is_empty() {
            true => Ok(Json(serde_json::Value::Object(serde_json::Map::new()))),
            false => Err(AmError::invalid(wrong.join("\n"))),
        }
    })
    .await
}

fn read(posted: PostableAlert) -> Result<PostedAlert, String> {
    // Sorted already, whatever their number; how many are taken is the state machine's to say.
    let labels = |set: LabelSet| {
        let pairs = set.iter().filter(|(_, value)| !value.is_empty());
        Labels::from_sorted(pairs.map(|(name, value)| (name.as_str(), value.as_str())))
    };
    let time = |field, text: Option<String>| {
        read_time(field, text.as_deref()).map_err(|_| format!("{field} is no RFC 3339 time"))
    };
    Ok(PostedAlert {
        starts_at_ms: time("startsAt", posted.starts_at)?,
        ends_at_ms: time("endsAt", posted.ends_at)?,
        labels: labels(posted.labels),
        annotations: labels(posted.annotations),
        generator_url: posted.generator_url.unwrap_or_default(),
    })
}
