//! An alert for trial along the real route: who would get what, and with `send` whether it arrived.

use super::routing::hidden_of;
use super::work::{read_body, with_alerts};
use super::{Shared, params};
use crate::alerts::Alerts;
use crate::alerts::outbound::Tried;
use crate::answer::{Answer, ApiError, Json};
use crate::to_api::alert::{Ground, Surroundings, to_map};
use axum::body::Body;
use axum::extract::State;
use axum::http::Uri;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Duration;
use tacho_alerting::config::Config;
use tacho_api::alert::{AlertTestMessage, AlertTestReport, AlertTestRequest};
use tacho_api::error::ErrorKind;
use tacho_api::operation::Method;
use tacho_export::notification::{Notification, NotifiedAlert, Outcome, Reason};
use tacho_export::receiver::{Integration, Settings};
use tacho_model::alert::{ALERT_NAME, Alert, SEVERITY};
use tacho_model::labels::{Labels, LabelsBuilder};

/// Name of the alert if nobody says.
const NAME: &str = "TachographTest";
/// Its severity if nobody says.
const USUAL_SEVERITY: &str = "HIGH";
/// What it says if nobody does.
const SUMMARY: &str = "Somebody tries the way of alerts; nothing is wrong";
/// How long answers of channels are waited for.
const WAIT: Duration = Duration::from_secs(15);
/// Integrations that are tried at once.
const INTEGRATIONS_MAX: usize = 50;

/// `POST /api/v1/alerts/test`.
pub(super) async fn test(
    State(state): Shared,
    uri: Uri,
    body: Body,
) -> Answer<Json<AlertTestReport>> {
    params(&state, Method::Post, "/api/v1/alerts/test", &uri)?;
    let asked: AlertTestRequest = read_body(&state, body).await?;
    with_alerts(&state, move |alerts, _| {
        let labels = labels_of(&asked);
        let mut report = way(alerts, &asked, &labels)?;
        let routing = Arc::clone(&alerts.in_force().routing);
        let names = report.receivers.iter();
        let integrations: Vec<Arc<Integration>> = names
            .filter_map(|name| routing.receiver(name))
            .flat_map(|receiver| receiver.integrations.iter().cloned())
            .take(INTEGRATIONS_MAX)
            .collect();
        let trial = Trial {
            alerts,
            routing: &routing,
            alert: alert_of(alerts, &asked, labels),
        };
        report.messages = match asked.send {
            true => trial.send(integrations),
            false => integrations.iter().map(|one| trial.show(one, 0)).collect(),
        };
        Ok(Json(report))
    })
    .await
}

fn labels_of(asked: &AlertTestRequest) -> Labels {
    let mut labels = LabelsBuilder::default();
    labels.set(ALERT_NAME, NAME);
    let severity = match asked.severity.trim() {
        "" => USUAL_SEVERITY,
        severity => severity,
    };
    labels.set(SEVERITY, severity);
    for (name, value) in &asked.labels {
        labels.set(name, value);
    }
    labels.build()
}

fn alert_of(alerts: &Alerts, asked: &AlertTestRequest, labels: Labels) -> Alert {
    let mut annotations = LabelsBuilder::default();
    annotations.set("summary", SUMMARY);
    for (name, value) in &asked.annotations {
        annotations.set(name, value);
    }
    let now_ms = alerts.notifier.now_ms();
    Alert {
        labels,
        annotations: annotations.build(),
        starts_at_ms: now_ms,
        ends_at_ms: now_ms.saturating_add(3_600_000),
        timeout: false,
        generator_url: String::new(),
    }
}

/// Who gets it, and what would hide it.
fn way(alerts: &Alerts, asked: &AlertTestRequest, labels: &Labels) -> Answer<AlertTestReport> {
    let ground = Ground::of(alerts);
    alerts.notifier.read(|machine, now_ms| {
        let surroundings = Surroundings {
            machine,
            history: &alerts.history,
            board: &ground.board,
            facts: &ground.facts,
            now_ms,
        };
        let receivers = match &asked.receiver {
            None => surroundings.receivers_of(labels),
            Some(name) if machine.config().receiver(name).is_some() => vec![name.clone()],
            Some(name) => {
                let message = format!("there is no receiver {name:?}");
                let error = ApiError::new(ErrorKind::NotFound, message).field("receiver");
                return Err(error.hint("GET /api/v1/routes lists receivers"));
            }
        };
        Ok(AlertTestReport {
            labels: to_map(labels),
            way: surroundings.to_way(labels),
            receivers,
            hidden: hidden_of(&surroundings, labels),
            messages: Vec::new(),
        })
    })
}

struct Trial<'a> {
    alerts: &'a Alerts,
    routing: &'a Config,
    alert: Alert,
}

impl Trial<'_> {
    /// The message to an integration. Its group is its own, so that it joins no thread of real ones.
    fn notification(&self, integration: &Integration, id: u64) -> Notification {
        let labels = &self.alert.labels;
        let routes = self.routing.route.find(labels);
        let group_labels = routes
            .first()
            .map(|route| route.group_by.group_labels(labels));
        Notification {
            id,
            to: integration.key.clone(),
            group_key: format!("test/{id}"),
            group_labels: group_labels.unwrap_or_default(),
            alerts: vec![NotifiedAlert {
                alert: self.alert.clone(),
                resolved: false,
                id: String::new(),
            }],
            truncated: 0,
            reason: Reason::Test,
            at_ms: self.alert.starts_at_ms,
            acknowledged: None,
            thread: None,
        }
    }

    /// What an integration would get.
    fn show(&self, integration: &Integration, id: u64) -> AlertTestMessage {
        let notification = self.notification(integration, id);
        let mut shape = AlertTestMessage {
            receiver: integration.key.receiver.clone(),
            channel: integration.key.kind.clone(),
            ..AlertTestMessage::default()
        };
        match self.alerts.outbound.preview(&notification, integration) {
            Ok(preview) => {
                shape.title = preview.title;
                shape.text = preview.text;
            }
            Err(reason) => shape.error = Some(reason),
        }
        shape
    }

    /// Sends to all integrations at once, and waits for what comes of it.
    fn send(&self, integrations: Vec<Arc<Integration>>) -> Vec<AlertTestMessage> {
        let mut waiting: Vec<(AlertTestMessage, Option<Receiver<Tried>>)> = Vec::new();
        for integration in integrations {
            let id = self
                .alerts
                .notifier
                .change(|machine, _| machine.reserve_notification());
            let shape = self.show(&integration, id);
            if matches!(integration.settings, Settings::Undelivered) {
                waiting.push((shape, None));
                continue;
            }
            let notification = self.notification(&integration, id);
            let answer = self
                .alerts
                .outbound
                .send_on_trial(notification, integration);
            waiting.push((shape, Some(answer)));
        }
        let mut left = WAIT;
        let done = waiting.into_iter().map(|(mut shape, answer)| {
            let Some(answer) = answer else {
                shape.sent = Some(false);
                return shape;
            };
            let begun_ns = self.alerts.monotonic_ns();
            let tried = answer.recv_timeout(left).ok();
            let took_ns = self.alerts.monotonic_ns().saturating_sub(begun_ns);
            left = left.saturating_sub(Duration::from_nanos(took_ns.unsigned_abs()));
            add_answer(&mut shape, tried);
            shape
        });
        done.collect()
    }
}

fn add_answer(shape: &mut AlertTestMessage, tried: Option<Tried>) {
    let Some((outcome, attempt)) = tried else {
        shape.sent = Some(false);
        let seconds = WAIT.as_secs();
        shape.error = Some(format!(
            "no answer within {seconds} s; the list of messages tells what came of it"
        ));
        return;
    };
    shape.duration_ms = Some(attempt.duration_ms as f64);
    shape.sent = Some(matches!(outcome, Outcome::Sent { .. }));
    match outcome {
        Outcome::Sent { .. } => {}
        Outcome::Retrying { error, .. } | Outcome::Dead { error, .. } => shape.error = Some(error),
        Outcome::Superseded => {
            shape.error = Some("a newer message went instead".to_owned());
        }
    }
}
