//! Notifications as JSON: Alertmanager's version 4 and Grafana's shape; and values of users with
//! templates in their texts.

use crate::message::facts::{AlertFacts, Facts};
use crate::message::go::{quote_meta, reason_text};
use crate::message::jinja::{map, message, timestamp};
use crate::message::{Writer, links};
use crate::notification::{Notification, NotifiedAlert};
use crate::receiver::Template;
use crate::receiver::free_value;
use serde_json::{Map, Value, json};
use tacho_model::labels::Labels;

/// The end of an alert that has none.
const NO_END: &str = "0001-01-01T00:00:00Z";

/// The JSON of Alertmanager with at most so many alerts; 0 for all.
pub fn alertmanager(notification: &Notification, external_url: &str, max_alerts: u64) -> Value {
    let most = match usize::try_from(max_alerts) {
        Ok(0) | Err(_) => usize::MAX,
        Ok(most) => most,
    };
    let told = notification
        .alerts
        .get(..most.min(notification.alerts.len()))
        .unwrap_or_default();
    let left = notification.alerts.len() - told.len() + notification.truncated;
    let firing = told.iter().any(|one| !one.resolved);
    json!({
        "version": "4",
        "groupKey": notification.group_key,
        "truncatedAlerts": left,
        "receiver": quote_meta(&notification.to.receiver),
        "status": status(firing),
        "notification_reason": reason_text(notification.reason),
        "groupLabels": map(&notification.group_labels),
        "commonLabels": common(told, |one| &one.alert.labels),
        "commonAnnotations": common(told, |one| &one.alert.annotations),
        "routeLabels": {},
        "externalURL": external_url,
        "alerts": told.iter().map(alert).collect::<Vec<_>>(),
    })
}

fn status(firing: bool) -> &'static str {
    match firing {
        true => "firing",
        false => "resolved",
    }
}

fn alert(one: &NotifiedAlert) -> Value {
    json!({
        "status": status(!one.resolved),
        "labels": map(&one.alert.labels),
        "annotations": map(&one.alert.annotations),
        "startsAt": timestamp(one.alert.starts_at_ms),
        "endsAt": match one.resolved {
            true => timestamp(one.alert.ends_at_ms),
            false => NO_END.to_owned(),
        },
        "generatorURL": one.alert.generator_url,
        "fingerprint": one.alert.fingerprint().to_string(),
    })
}

/// The pairs that all alerts share.
fn common(alerts: &[NotifiedAlert], pick: fn(&NotifiedAlert) -> &Labels) -> Value {
    let Some((first, others)) = alerts.split_first() else {
        return json!({});
    };
    let mut pairs = map(pick(first));
    pairs.retain(|name, value| {
        let same = |one: &NotifiedAlert| pick(one).get(name) == value.as_str();
        others.iter().all(same)
    });
    Value::Object(pairs)
}

/// The JSON of Grafana: that of its webhook contact points, with what readers of the older shape look
/// for (`ruleName`, `ruleUrl`, `dashboardURL`, `evalMatches`, `labels`).
pub fn grafana(writer: &Writer<'_>, title: &str, text: &str, max_alerts: u64) -> Value {
    let notification = writer.notification();
    let base = links::base(writer.context());
    let mut out = alertmanager(notification, &base, max_alerts);
    let facts = writer.facts();
    let url = |url: &Option<String>| url.clone().unwrap_or_default();
    if let Some(alerts) = out["alerts"].as_array_mut() {
        for (shown, one) in alerts.iter_mut().zip(&notification.alerts) {
            let links = links::Links::new(one, writer.context());
            shown["silenceURL"] = json!(url(&links.silence));
            shown["dashboardURL"] = json!(url(&links.alert));
            shown["panelURL"] = json!(url(&links.chart));
            let value = one.alert.annotations.get("value").unwrap_or_default();
            shown["valueString"] = json!(value);
            let number = value.parse::<f64>().ok().map(|number| json!({"A": number}));
            shown["values"] = number.unwrap_or(Value::Null);
        }
    }
    let worst = facts.alerts.first();
    let labels = notification
        .alerts
        .iter()
        .min_by_key(|one| (one.resolved, one.alert.severity()))
        .map(|one| map(&one.alert.labels))
        .unwrap_or_default();
    let dashboard = facts.links.chart.as_ref().or(facts.links.alert.as_ref());
    let dashboard = dashboard.cloned().unwrap_or_default();
    for (name, value) in [
        ("version", json!("1")),
        ("orgId", json!(1)),
        ("title", json!(title)),
        ("state", json!(state(facts))),
        ("message", json!(text)),
        (
            "alertName",
            json!(worst.map(|alert| alert.name.clone()).unwrap_or_default()),
        ),
        (
            "ruleName",
            json!(worst.map(|alert| alert.name.clone()).unwrap_or_default()),
        ),
        ("ruleUrl", json!(url(&facts.links.alert))),
        ("dashboardURL", json!(dashboard)),
        ("dashboardUrl", json!(dashboard)),
        ("runbookUrl", json!(url(&facts.links.runbook))),
        ("tracesUrl", json!(url(&facts.links.traces))),
        ("severity", json!(facts.severity.as_str())),
        ("timestamp", json!(timestamp(notification.at_ms))),
        ("labels", Value::Object(labels.clone())),
        ("tags", Value::Object(labels)),
        (
            "evalMatches",
            facts.alerts.iter().filter_map(eval_match).collect(),
        ),
    ] {
        out[name] = value;
    }
    out
}

fn state(facts: &Facts) -> &'static str {
    match facts.firing {
        true => "alerting",
        false => "ok",
    }
}

/// An alert with its number as Grafana's older shape has it.
fn eval_match(alert: &AlertFacts) -> Option<Value> {
    let value: f64 = alert.value.as_deref()?.parse().ok()?;
    let tags: Map<String, Value> = alert
        .labels
        .iter()
        .map(|(name, value)| (name.clone(), json!(value)))
        .collect();
    Some(json!({"metric": alert.name, "value": value, "tags": tags}))
}

/// The text of a notification without marks, unless a template has one.
pub(crate) fn plain_message(facts: &Facts) -> String {
    let told: Vec<String> = facts.alerts.iter().take(10).map(message).collect();
    told.join("\n")
}

/// A value whose texts are templates: each is filled, and what then reads as a number, a list or a
/// mapping is one, as Alertmanager does it.
pub fn fill_values(value: &Value, writer: &Writer<'_>) -> Value {
    match value {
        Value::String(text) => {
            let filled = writer.fill_or_empty(&Template::Go(text.clone()));
            free_value(&filled).unwrap_or(Value::String(filled))
        }
        Value::Array(items) => items.iter().map(|item| fill_values(item, writer)).collect(),
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| {
                let name = writer.fill_or_empty(&Template::Go(name.clone()));
                (name, fill_values(value, writer))
            });
            Value::Object(fields.collect())
        }
        other => other.clone(),
    }
}
