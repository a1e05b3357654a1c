//! Why a rule did or did not fire at a time: what it saw, what state it was in, what hid it, who was told.

use super::routing::hidden_of;
use super::rule::no_rule;
use super::rule_preview::Ground as Stored;
use super::work::with_alerts;
use super::{PathText, Shared, on_pool, params};
use crate::alerts::Alerts;
use crate::alerts::board::Board;
use crate::alerts::history::shape::EventRow;
use crate::answer::{Answer, ApiError, Json};
use crate::params::parse_time;
use crate::to_api::alert::{Ground, Surroundings, to_map, to_time};
use crate::to_api::routing::is_muted;
use crate::to_api::rule::to_state;
use axum::extract::State;
use axum::http::Uri;
use std::sync::Arc;
use tacho_alerting::matcher::{Matcher, all_match, parse_matchers};
use tacho_api::alert::{Hidden, HiddenBy};
use tacho_api::operation::Method;
use tacho_api::rule::{ExplainAlert, ExplainSample, ExplainSeries, RuleExplanation, RuleState};
use tacho_model::labels::Labels;
use tacho_rules::explain::{AlertSeen, Explanation, SelectorSeen, explain};
use tacho_rules::group::alert::AlertState;

/// Events of an alert that are looked at.
const EVENTS: usize = 1_000;
/// What is so near to now that what hides an alert now hid it then, ms.
const NOW_MS: i64 = 60_000;

/// `GET /api/v1/rules/{id}/explain`.
pub(super) async fn explain_one(
    State(state): Shared,
    PathText(id): PathText,
    uri: Uri,
) -> Answer<Json<RuleExplanation>> {
    let params = params(&state, Method::Get, "/api/v1/rules/{id}/explain", &uri)?;
    let now = state.now();
    let at = match params.text("at") {
        None => now,
        Some(text) => parse_time(text, now).ok_or_else(|| {
            ApiError::parameter("at", format!("at {text:?} is no time"))
                .hint("takes RFC 3339, Unix seconds or milliseconds, or now-2h")
        })?,
    };
    let at_ms = at.0.div_euclid(1_000_000);
    let matchers = match params.text("labels") {
        None => Vec::new(),
        Some(text) => parse_matchers(text).map_err(|one| ApiError::from(one).field("labels"))?,
    };
    let rule_id = id.clone();
    let (found, expr) = on_pool(&state, move |engine, state, running| {
        let board = Board::of(&state.core()?.alerts.running);
        let at = board.rule(&rule_id).ok_or_else(|| no_rule(&rule_id))?;
        let ground = Stored::new(engine, state, running)?;
        let found = explain(&at.group.rules, at.place, at_ms, ground.world())?;
        let rule = at.rule().ok_or_else(|| no_rule(&rule_id))?;
        let static_labels = at.group.rules.labels_of(rule);
        let expr = rule.expr.text().to_owned();
        Ok((found, (expr, rule.name().to_owned(), static_labels)))
    })
    .await?;
    with_alerts(&state, move |alerts, _| {
        let (expr, name, own) = expr;
        let told = Told {
            alerts,
            at_ms,
            name: &name,
            own: &own,
        };
        Ok(Json(told.shape(&id, expr, &found, &matchers)?))
    })
    .await
}

struct Told<'a> {
    alerts: &'a Arc<Alerts>,
    at_ms: i64,
    name: &'a str,
    own: &'a std::collections::BTreeMap<String, String>,
}

impl Told<'_> {
    fn shape(
        &self,
        id: &str,
        expr: String,
        found: &Explanation,
        matchers: &[Matcher],
    ) -> Answer<RuleExplanation> {
        let ground = Ground::of(self.alerts);
        let seen = found.alerts.iter();
        let seen = seen.filter(|one| all_match(matchers, &self.alert_labels(one)));
        let alerts: Vec<ExplainAlert> = seen
            .map(|one| self.alert(one, &ground))
            .collect::<Answer<_>>()?;
        let mut steps = found.steps.clone();
        let mut verdict = found.verdict.clone();
        if let Some(more) = told_words(&alerts) {
            verdict = format!("{}, {}", verdict.trim_end_matches('.'), more);
            steps.push(more);
        }
        if let Some(error) = &found.error {
            steps.push(format!("the evaluation failed: {error}"));
        }
        Ok(RuleExplanation {
            rule_id: id.to_owned(),
            at: to_time(self.at_ms),
            evaluated_at: to_time(found.evaluated_at_ms),
            verdict,
            steps,
            expr,
            threshold: found.threshold.as_ref().map(|one| one.value),
            series: found.selectors.iter().map(to_series).collect(),
            alerts,
        })
    }

    /// The labels of the alert: of a series without one, those that its alert would have as far as they are
    /// written plainly.
    fn alert_labels(&self, seen: &AlertSeen) -> Labels {
        if seen.labels.get("alertname").is_some() {
            return seen.labels.clone();
        }
        let plain = self.own.iter().filter(|(_, value)| !value.contains("{{"));
        let labels = plain.fold(seen.labels.clone(), |labels, (name, value)| {
            labels.with(name, value)
        });
        labels.with("alertname", self.name)
    }

    fn alert(&self, seen: &AlertSeen, ground: &Ground) -> Answer<ExplainAlert> {
        let labels = self.alert_labels(seen);
        let mut shape = self.alerts.notifier.read(|machine, now_ms| {
            let surroundings = Surroundings {
                machine,
                history: &self.alerts.history,
                board: &ground.board,
                facts: &ground.facts,
                now_ms: self.at_ms,
            };
            let is_now = (now_ms - self.at_ms).abs() < NOW_MS;
            let config = machine.config();
            let reached = config.route.find(&labels);
            let muted = reached
                .iter()
                .all(|route| is_muted(config, route, self.at_ms));
            let hidden = match (is_now, muted) {
                (true, _) => hidden_of(&surroundings, &labels),
                (false, true) => vec![surroundings.mute_time("a time interval of its routes")],
                (false, false) => Vec::new(),
            };
            ExplainAlert {
                way: surroundings.to_way(&labels),
                receivers: surroundings.receivers_of(&labels),
                hidden,
                ..ExplainAlert::default()
            }
        });
        shape.value = seen.value.filter(|value| value.is_finite());
        shape.holds = seen.holds;
        shape.state = to_state(seen.state);
        shape.active_since = seen.active_at_ms.map(to_time);
        shape.fires_at = seen.fires_at_ms.map(to_time);
        for row in self.events(&labels)? {
            add_event(&mut shape, &row, self.at_ms);
        }
        if seen.state != AlertState::Firing {
            shape.hidden.clear();
        }
        shape.labels = to_map(&labels);
        Ok(shape)
    }

    /// What happened to the alert of these labels that was there at the time, oldest first.
    fn events(&self, labels: &Labels) -> Answer<Vec<EventRow>> {
        let wanted = to_map(labels);
        let mut instances = self.alerts.history.instances().into_iter();
        let then = instances.find(|(_, one)| {
            one.labels == wanted
                && one.fired_ms <= self.at_ms
                && one.resolved_ms.is_none_or(|over| over >= self.at_ms)
        });
        let Some((number, _)) = then else {
            return Ok(Vec::new());
        };
        let mut rows = self.alerts.history.events(number, EVENTS)?;
        rows.reverse();
        Ok(rows)
    }
}

fn add_event(shape: &mut ExplainAlert, row: &EventRow, at_ms: i64) {
    let by = match row.kind.as_str() {
        "silenced" => HiddenBy::Silence,
        "inhibited" => HiddenBy::Inhibition,
        "suppressed" => HiddenBy::Suppression,
        "shown" if row.at_ms <= at_ms => return shape.hidden.clear(),
        "notified" | "notify_failed" | "notify_retrying" | "acknowledged" => {
            shape
                .told
                .push(format!("{}: {}", to_time(row.at_ms), row.text));
            return;
        }
        _ => return,
    };
    if row.at_ms <= at_ms && shape.hidden.is_empty() {
        shape.hidden.push(Hidden {
            by,
            id: row.text.rsplit(' ').next().unwrap_or_default().to_owned(),
            text: row.text.clone(),
            until: None,
        });
    }
}

/// Who was told of what fired, in words.
fn told_words(alerts: &[ExplainAlert]) -> Option<String> {
    let firing: Vec<&ExplainAlert> = alerts
        .iter()
        .filter(|one| one.state == RuleState::Firing)
        .collect();
    if firing.is_empty() {
        return None;
    }
    let hidden: Vec<&Hidden> = firing.iter().filter_map(|one| one.hidden.first()).collect();
    if let (true, Some(first)) = (hidden.len() == firing.len(), hidden.first()) {
        return Some(format!("but nobody was told: {}", first.text));
    }
    let mut told = firing.iter().filter_map(|one| one.told.first());
    match told.next() {
        Some(first) => Some(format!("and it was told ({first})")),
        None => {
            let names = firing.first().map(|one| one.receivers.join(", "));
            let names = names.filter(|names| !names.is_empty());
            names.map(|names| format!("and {names} was to be told"))
        }
    }
}

fn to_series(seen: &SelectorSeen) -> ExplainSeries {
    let samples = seen.samples.iter().filter_map(|one| {
        Some(ExplainSample {
            labels: to_map(&one.labels),
            at: to_time(one.time_ms),
            value: one.value.filter(|value| value.is_finite())?,
        })
    });
    ExplainSeries {
        selector: seen.text.clone(),
        series: seen.series,
        samples: samples.collect(),
    }
}
