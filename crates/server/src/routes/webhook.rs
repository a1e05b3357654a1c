//! Alerts that Grafana and Alertmanager send by webhook: into the same routing as all others.
//!
//! Sources: Alertmanager's webhook, version 4; Grafana's documentation of its webhook contact point
//! (unified alerting, which has Alertmanager's shape and more) and of legacy notifications.

use super::Shared;
use super::work::read_body;
use crate::answer::{Answer, ApiError, Json};
use axum::body::Body;
use axum::extract::State;
use serde_json::{Map, Value};
use std::collections::HashSet;
use std::sync::Arc;
use tacho_alerting::alerts::PostedAlert;
use tacho_alerting::view::AlertFilter;
use tacho_api::error::ErrorKind;
use tacho_api::webhook::WebhookReport;
use tacho_model::alert::{ALERT_NAME, Fingerprint, SEVERITY};
use tacho_model::labels::{Labels, LabelsBuilder};

/// How long an alert whose sender names no end goes on unless it is told again: senders tell again each
/// `repeat_interval`, and tell the end themselves.
const KEPT_MS: i64 = 24 * 3_600_000;
/// Alerts of one message.
const ALERTS_MAX: usize = 10_000;
/// Labels, annotations or tags of one alert that are read; how many are taken is the state machine's to say.
const PAIRS_MAX: usize = 1_000;
/// Names that the answer gives.
const NAMED_MAX: usize = 100;
/// Says in the annotations where an alert came from.
pub(crate) const SOURCE: &str = "tacho_source";

/// `POST /api/v1/webhooks/alertmanager`.
pub(super) async fn alertmanager(state: Shared, body: Body) -> Answer<Json<WebhookReport>> {
    receive(state, body, "alertmanager").await
}

/// `POST /api/v1/webhooks/grafana`.
pub(super) async fn grafana(state: Shared, body: Body) -> Answer<Json<WebhookReport>> {
    receive(state, body, "grafana").await
}

async fn receive(
    State(state): Shared,
    body: Body,
    source: &'static str,
) -> Answer<Json<WebhookReport>> {
    let body: Value = read_body(&state, body).await?;
    let now_ms = state.now().0.div_euclid(1_000_000);
    let (alerts, mut refused) = read(&body, source, now_ms)?;
    let shared = Arc::clone(&state);
    let done = tokio::task::spawn_blocking(move || {
        let core = shared.core()?;
        let prints: HashSet<Fingerprint> = alerts
            .iter()
            .map(|alert| Fingerprint::of(&alert.labels))
            .collect();
        Ok(core.alerts.notifier.change(|machine, now_ms| {
            let report = machine.receive(alerts, now_ms);
            let firing = machine.alerts(&AlertFilter::default(), now_ms);
            let named = firing
                .iter()
                .filter(|view| prints.contains(&view.fingerprint))
                .filter_map(|view| view.id.map(|id| id.to_string()));
            let names: Vec<String> = named.take(NAMED_MAX).collect();
            (report, names)
        }))
    });
    let done = done
        .await
        .map_err(|_| ApiError::new(ErrorKind::Internal, "taking the alerts failed inside"))?;
    let (report, alert_ids) = done.map_err(|error: ApiError| error)?;
    refused.extend(report.refused.iter().map(|one| one.error.to_string()));
    Ok(Json(WebhookReport {
        accepted: report.taken,
        refused,
        alert_ids,
    }))
}

/// The alerts of a message, and why others are none.
fn read(body: &Value, source: &str, now_ms: i64) -> Answer<(Vec<PostedAlert>, Vec<String>)> {
    let Some(message) = body.as_object() else {
        return Err(ApiError::new(
            ErrorKind::Invalid,
            "the body is no JSON object",
        ));
    };
    let Some(listed) = message.get("alerts") else {
        let alert = read_single(message, source, now_ms)?;
        return Ok((vec![alert], Vec::new()));
    };
    let Some(listed) = listed.as_array() else {
        return Err(ApiError::new(ErrorKind::Invalid, "alerts is no list").field("alerts"));
    };
    if listed.len() > ALERTS_MAX {
        let message = format!(
            "{} alerts, at most {ALERTS_MAX} are taken at once",
            listed.len()
        );
        return Err(ApiError::new(ErrorKind::Limit, message).field("alerts"));
    }
    let (mut alerts, mut refused) = (Vec::new(), Vec::new());
    for (place, one) in listed.iter().enumerate() {
        match one
            .as_object()
            .map(|one| read_listed(one, message, source, now_ms))
        {
            Some(Ok(alert)) => alerts.push(alert),
            Some(Err(reason)) => refused.push(format!("alerts[{place}]: {reason}")),
            None => refused.push(format!("alerts[{place}]: is no object")),
        }
    }
    Ok((alerts, refused))
}

fn text<'a>(object: &'a Map<String, Value>, name: &str) -> &'a str {
    object.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn pairs(object: Option<&Value>) -> Vec<(&str, &str)> {
    let pairs = object.and_then(Value::as_object).into_iter().flatten();
    pairs
        .filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)))
        .collect()
}

/// Whether a field has no more pairs than anybody needs.
fn check_pairs(object: &Map<String, Value>, field: &str) -> Result<(), String> {
    let pairs = object.get(field).and_then(Value::as_object);
    match pairs.map_or(0, Map::len) {
        0..=PAIRS_MAX => Ok(()),
        many => Err(format!(
            "{field} has {many} pairs, at most {PAIRS_MAX} are read"
        )),
    }
}

fn time(object: &Map<String, Value>, name: &str) -> Result<Option<i64>, String> {
    let text = text(object, name);
    if text.is_empty() || text.starts_with("0001-01-01") {
        return Ok(None);
    }
    let at: jiff::Timestamp = text
        .parse()
        .map_err(|_| format!("{name} {text:?} is no RFC 3339 time"))?;
    Ok(Some(at.as_millisecond()))
}

/// An alert of the list, in Alertmanager's shape.
fn read_listed(
    one: &Map<String, Value>,
    message: &Map<String, Value>,
    source: &str,
    now_ms: i64,
) -> Result<PostedAlert, String> {
    for field in ["labels", "annotations"] {
        check_pairs(one, field)?;
    }
    let labels = Labels::from_pairs(pairs(one.get("labels")));
    if labels.is_empty() {
        return Err("has no labels".to_owned());
    }
    let mut annotations = LabelsBuilder::default();
    for (name, value) in pairs(one.get("annotations")) {
        annotations.set(name, value);
    }
    for (name, field) in [("dashboard_url", "dashboardURL"), ("panel_url", "panelURL")] {
        if !text(one, field).is_empty() {
            annotations.set(name, text(one, field));
        }
    }
    annotations.set(SOURCE, source);
    let over = matches!(text(one, "status"), "resolved")
        || (text(one, "status").is_empty() && text(message, "status") == "resolved");
    let ends = time(one, "endsAt")?;
    Ok(PostedAlert {
        labels,
        annotations: annotations.build(),
        starts_at_ms: time(one, "startsAt")?,
        ends_at_ms: Some(match (over, ends) {
            (true, Some(at)) => at.min(now_ms),
            (true, None) => now_ms,
            (false, at) => at.filter(|at| *at > now_ms).unwrap_or(now_ms + KEPT_MS),
        }),
        generator_url: text(one, "generatorURL").to_owned(),
    })
}

/// A message that is one alert: Grafana's legacy shape, `title, state, message, dashboardURL, labels`.
fn read_single(message: &Map<String, Value>, source: &str, now_ms: i64) -> Answer<PostedAlert> {
    let name = match text(message, "ruleName") {
        "" => text(message, "title").trim_start_matches('[').trim(),
        name => name,
    };
    let name = name.split_once("] ").map_or(name, |(_, rest)| rest);
    if name.is_empty() {
        return Err(
            ApiError::new(ErrorKind::Invalid, "the message names no alert")
                .hint("it needs alerts, or ruleName or title"),
        );
    }
    let state = match text(message, "state") {
        "" => text(message, "status"),
        state => state,
    };
    let over = match state {
        "alerting" | "firing" | "no_data" | "pending" => false,
        "ok" | "resolved" | "normal" | "paused" => true,
        other => {
            let message = format!("the state {other:?} is not known");
            return Err(ApiError::new(ErrorKind::Invalid, message)
                .field("state")
                .hint("takes alerting, ok, no_data, pending, paused, firing, resolved"));
        }
    };
    for field in ["tags", "labels"] {
        check_pairs(message, field)
            .map_err(|reason| ApiError::new(ErrorKind::Invalid, reason).field(field))?;
    }
    let mut labels = LabelsBuilder::default();
    for (name, value) in pairs(message.get("tags")) {
        labels.set(name, value);
    }
    for (name, value) in pairs(message.get("labels")) {
        labels.set(name, value);
    }
    labels.set(ALERT_NAME, name);
    if labels.value(SEVERITY).is_empty() {
        labels.set(
            SEVERITY,
            if state == "no_data" {
                "warning"
            } else {
                "critical"
            },
        );
    }
    let url = ["dashboardURL", "ruleUrl"]
        .iter()
        .map(|field| text(message, field))
        .find(|url| !url.is_empty())
        .unwrap_or_default();
    let annotations = Labels::from_pairs([
        ("summary", text(message, "message")),
        ("dashboard_url", url),
        ("state", state),
        (SOURCE, source),
    ]);
    Ok(PostedAlert {
        labels: labels.build(),
        annotations,
        starts_at_ms: None,
        ends_at_ms: Some(if over { now_ms } else { now_ms + KEPT_MS }),
        generator_url: url.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::{KEPT_MS, read};
    use serde_json::json;

    const NOW_MS: i64 = 1_700_000_000_000;

    #[test]
    fn alertmanagers_message_is_read_alert_by_alert() {
        let body = json!({"version": "4", "status": "firing", "alerts": [
            {"status": "firing", "labels": {"alertname": "A"}, "annotations": {"summary": "s"},
             "startsAt": "2023-11-14T22:00:00Z", "endsAt": "0001-01-01T00:00:00Z", "generatorURL": "http://p"},
            {"status": "resolved", "labels": {"alertname": "B"}, "endsAt": "2023-11-14T22:10:00Z"},
            {"status": "firing", "labels": {}},
            {"labels": {"alertname": "C"}, "startsAt": "yesterday"},
        ]});
        let (alerts, refused) = read(&body, "alertmanager", NOW_MS).expect("alerts");
        assert_eq!(alerts.len(), 2);
        assert_eq!(alerts[0].ends_at_ms, Some(NOW_MS + KEPT_MS));
        assert_eq!(
            alerts[0].annotations.get("tacho_source"),
            Some("alertmanager")
        );
        assert_eq!(alerts[1].ends_at_ms, Some(1_699_999_800_000));
        assert_eq!(refused.len(), 2);
        assert!(refused[1].contains("\"yesterday\" is no RFC 3339 time"));
    }

    #[test]
    fn grafanas_legacy_message_is_one_alert() {
        let body = json!({"title": "[Alerting] CPU high", "ruleName": "CPU high", "state": "alerting",
            "message": "it is hot", "ruleUrl": "http://g/d/1", "tags": {"team": "core"}});
        let (alerts, _) = read(&body, "grafana", NOW_MS).expect("an alert");
        let labels = &alerts[0].labels;
        assert_eq!(labels.get("alertname"), Some("CPU high"));
        assert_eq!(labels.get("severity"), Some("critical"));
        assert_eq!(labels.get("team"), Some("core"));
        assert_eq!(alerts[0].generator_url, "http://g/d/1");
        let over = json!({"title": "[OK] CPU high", "state": "ok"});
        let (alerts, _) = read(&over, "grafana", NOW_MS).expect("an alert");
        assert_eq!(alerts[0].labels.get("alertname"), Some("CPU high"));
        assert_eq!(alerts[0].ends_at_ms, Some(NOW_MS));
    }

    #[test]
    fn what_is_no_alert_is_refused_with_advice() {
        for body in [
            json!([]),
            json!({}),
            json!({"title": "x", "state": "odd"}),
            json!({"alerts": 1}),
        ] {
            assert!(read(&body, "grafana", NOW_MS).is_err(), "{body}");
        }
    }
}
