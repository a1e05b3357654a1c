//! Rules and their alerts, in the shapes of Prometheus.

use super::answer::{PromAnswer, PromError, success};
use super::form::Form;
use super::selector;
use crate::alerts::running::Group;
use crate::routes::Shared;
use axum::response::Response;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use tacho_model::alert::Fingerprint;
use tacho_model::labels::Labels;
use tacho_model::number_text::shortest;
use tacho_rules::group::GroupState;
use tacho_rules::group::alert::{ActiveAlert, AlertState};
use tacho_rules::rule::Rule;
use tacho_storage::samples::matcher::LabelMatcher;

/// What a request wants to see.
struct Wanted {
    alerting: bool,
    recording: bool,
    alerts: bool,
    rules: Vec<String>,
    groups: Vec<String>,
    files: Vec<String>,
    matchers: Vec<Vec<LabelMatcher>>,
    limit: usize,
    after: String,
}

impl Wanted {
    fn read(form: &Form) -> PromAnswer<Self> {
        let kind = form.text("type").to_ascii_lowercase();
        if !matches!(kind.as_str(), "" | "alert" | "record") {
            let message = format!("not supported value {kind:?}");
            return Err(PromError::parameter("type", message));
        }
        let alerts = match form.text("exclude_alerts") {
            "" | "false" | "0" => true,
            "true" | "1" => false,
            other => {
                let message =
                    format!("error converting exclude_alerts: {other:?} is no truth value");
                return Err(PromError::parameter("exclude_alerts", message));
            }
        };
        let limit = match form.text("group_limit") {
            "" => 0,
            text => text
                .parse()
                .ok()
                .filter(|limit| *limit > 0)
                .ok_or_else(|| {
                    let message = "group_limit needs to be a valid number and greater than 0";
                    PromError::parameter("group_limit", message)
                })?,
        };
        let after = form.text("group_next_token").to_owned();
        if !after.is_empty() && limit == 0 {
            let message = "group_limit needs to be set when group_next_token is";
            return Err(PromError::parameter("group_next_token", message));
        }
        let all = |name| form.texts(name).map(str::to_owned).collect::<Vec<_>>();
        Ok(Self {
            alerting: kind != "record",
            recording: kind != "alert",
            alerts,
            rules: all("rule_name[]"),
            groups: all("rule_group[]"),
            files: all("file[]"),
            matchers: form
                .texts("match[]")
                .map(selector::parse)
                .collect::<PromAnswer<_>>()?,
            limit,
            after,
        })
    }

    fn takes_rule(&self, rule: &Rule) -> bool {
        let wanted_kind = match rule.is_alert() {
            true => self.alerting,
            false => self.recording,
        };
        let named = self.rules.is_empty() || self.rules.iter().any(|name| name == rule.name());
        let labels = Labels::from_pairs(&rule.labels);
        let matched = self.matchers.is_empty()
            || self.matchers.iter().any(|all| {
                all.iter()
                    .all(|one| one.matches(labels.get(&one.name).unwrap_or_default()))
            });
        wanted_kind && named && matched
    }

    fn takes_group(&self, group: &Group) -> bool {
        let among =
            |names: &[String], name: &str| names.is_empty() || names.iter().any(|one| one == name);
        among(&self.groups, &group.rules.name) && among(&self.files, &group.rules.source.file)
    }
}

/// Where the next page begins.
fn token(group: &Group) -> String {
    let file = group.rules.source.file.as_ref();
    let place = Labels::from_pairs([("file", file), ("group", &group.rules.name)]);
    Fingerprint::of(&place).to_string()
}

/// `GET rules`.
pub(super) async fn rules(state: Shared, form: Form) -> PromAnswer<Response> {
    let wanted = Wanted::read(&form)?;
    let groups = groups_of(&state)?;
    let data = blocking(move || {
        let fitting = groups.iter().filter(|group| wanted.takes_group(group));
        let waiting =
            fitting.skip_while(|group| !wanted.after.is_empty() && token(group) != wanted.after);
        let mut shown = Vec::new();
        let mut next = None;
        for group in waiting {
            let shape = group_shape(group, &wanted);
            let narrowed = !wanted.rules.is_empty() || !wanted.matchers.is_empty();
            let empty = shape["rules"].as_array().is_some_and(Vec::is_empty);
            if narrowed && empty {
                continue;
            }
            if wanted.limit > 0 && shown.len() == wanted.limit {
                next = Some(token(group));
                break;
            }
            shown.push(shape);
        }
        let mut data = json!({ "groups": shown });
        if let Some(next) = next {
            data["groupNextToken"] = Value::String(next);
        }
        data
    })
    .await?;
    success(&data, &[])
}

/// `GET alerts`: pending and firing.
pub(super) async fn alerts(state: Shared) -> PromAnswer<Response> {
    let groups = groups_of(&state)?;
    let data = blocking(move || {
        let mut shown = Vec::new();
        for group in groups {
            let state = group.state.lock();
            shown.extend(state.active().iter().map(|(_, alert)| alert_shape(alert)));
        }
        json!({ "alerts": shown })
    })
    .await?;
    success(&data, &[])
}

fn groups_of(state: &Shared) -> PromAnswer<Vec<Arc<Group>>> {
    let core = state.0.core()?;
    Ok(core.alerts.running.groups())
}

async fn blocking(make: impl FnOnce() -> Value + Send + 'static) -> PromAnswer<Value> {
    tokio::task::spawn_blocking(make).await.map_err(|_| {
        PromError::new(
            super::answer::ErrorType::Internal,
            "the request failed inside",
        )
    })
}

fn group_shape(group: &Group, wanted: &Wanted) -> Value {
    let state = group.state.lock();
    let mut alerts: BTreeMap<usize, Vec<Value>> = BTreeMap::new();
    if wanted.alerts {
        for (rule, alert) in state.active() {
            alerts.entry(rule).or_default().push(alert_shape(alert));
        }
    }
    let rules = group.rules.rules.iter().enumerate();
    let shown: Vec<Value> = rules
        .filter(|(_, rule)| wanted.takes_rule(rule))
        .map(|(place, rule)| {
            let alerts = alerts.remove(&place).unwrap_or_default();
            rule_shape(&state, place, rule, alerts)
        })
        .collect();
    let status = state.status();
    json!({
        "name": group.rules.name,
        "file": group.rules.source.file.as_ref(),
        "rules": shown,
        "interval": seconds(state.interval_ms()),
        "limit": group.rules.limit,
        "evaluationTime": status.duration_ns as f64 / 1e9,
        "lastEvaluation": time(status.evaluated_at_ms),
    })
}

fn rule_shape(state: &GroupState, place: usize, rule: &Rule, alerts: Vec<Value>) -> Value {
    let status = state.rule_status(place).cloned().unwrap_or_default();
    let mut shape = json!({
        "name": rule.name(),
        "query": rule.expr.text(),
        "labels": rule.labels,
        "health": status.health.as_str(),
        "evaluationTime": status.duration_ns as f64 / 1e9,
        "lastEvaluation": time(status.evaluated_at_ms),
        "type": if rule.is_alert() { "alerting" } else { "recording" },
    });
    if let Some(error) = status.error {
        shape["lastError"] = Value::String(error);
    }
    if rule.is_alert() {
        let worst = state.rule_state(place).unwrap_or(AlertState::Inactive);
        shape["state"] = json!(worst.as_str());
        shape["duration"] = json!(seconds(rule.for_ms));
        shape["keepFiringFor"] = json!(seconds(rule.keep_firing_for_ms));
        shape["annotations"] = json!(rule.annotations);
        shape["alerts"] = Value::Array(alerts);
    }
    shape
}

fn alert_shape(alert: &ActiveAlert) -> Value {
    let mut shape = json!({
        "labels": pairs(alert.labels.iter()),
        "annotations": pairs(alert.annotations.iter()),
        "state": alert.state.as_str(),
        "activeAt": time(Some(alert.active_at_ms)),
        "value": exponent(alert.value),
    });
    if let Some(since) = alert.keep_firing_since_ms {
        shape["keepFiringSince"] = json!(time(Some(since)));
    }
    shape
}

fn pairs<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Map<String, Value> {
    pairs
        .map(|(name, value)| (name.to_owned(), Value::String(value.to_owned())))
        .collect()
}

/// Go's `%e` with the fewest digits: `1e+00`.
fn exponent(value: f64) -> String {
    if !value.is_finite() {
        return shortest(value);
    }
    let text = format!("{value:e}");
    let (digits, power) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, power) = match power.strip_prefix('-') {
        Some(power) => ('-', power),
        None => ('+', power),
    };
    format!("{digits}e{sign}{power:0>2}")
}

fn seconds(ms: i64) -> f64 {
    ms as f64 / 1e3
}

/// RFC 3339; Go's zero time for what did not happen yet.
fn time(ms: Option<i64>) -> String {
    match ms.and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok()) {
        Some(at) => format!("{at:.3}"),
        None => "0001-01-01T00:00:00Z".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::exponent;

    #[test]
    fn values_are_written_as_go_does() {
        for (value, text) in [
            (1.0, "1e+00"),
            (0.25, "2.5e-01"),
            (-1234.0, "-1.234e+03"),
            (f64::INFINITY, "+Inf"),
        ] {
            assert_eq!(exponent(value), text);
        }
    }
}
