//! Who gets what: the tree of routes, receivers and how they fare, and the way of a label set.

use super::work::{read_body, time_of, with_alerts};
use super::{Shared, params};
use crate::answer::{Answer, ApiError, Json};
use crate::to_api::alert::{Ground, Surroundings, to_time};
use crate::to_api::routing::{
    is_muted, to_inhibit_rules, to_receiver, to_route, to_suppressions, to_time_intervals,
};
use axum::body::Body;
use axum::extract::State;
use axum::http::Uri;
use std::collections::BTreeMap;
use tacho_alerting::machine::Machine;
use tacho_api::alert::Hidden;
use tacho_api::operation::Method;
use tacho_api::route::{RouteTestReport, RouteTestRequest, Routing};
use tacho_model::alert::Fingerprint;
use tacho_model::labels::Labels;

/// `GET /api/v1/routes`.
pub(super) async fn tree(State(state): Shared, uri: Uri) -> Answer<Json<Routing>> {
    params(&state, Method::Get, "/api/v1/routes", &uri)?;
    with_alerts(&state, |alerts, _| {
        let in_force = alerts.in_force();
        let config = &in_force.routing;
        let states = alerts.outbound.states().into_iter();
        let states: BTreeMap<_, _> = states.map(|state| (state.key.clone(), state)).collect();
        let (counts, now_ms) = alerts
            .notifier
            .read(|machine, now_ms| (machine.firing_counts(now_ms), now_ms));
        Ok(Json(Routing {
            source: in_force.base.routing_source.clone(),
            error: in_force.error.clone(),
            loaded_at: to_time(in_force.loaded_ns.div_euclid(1_000_000)),
            route: to_route(config, &config.route, &counts.by_route, now_ms),
            receivers: config
                .receivers
                .iter()
                .map(|receiver| to_receiver(receiver, &states))
                .collect(),
            inhibit_rules: to_inhibit_rules(config, &counts.by_inhibit_rule),
            time_intervals: to_time_intervals(config, now_ms),
            suppressions: to_suppressions(config, &counts.by_suppression, now_ms),
            warnings: in_force.warnings.clone(),
        }))
    })
    .await
}

/// `POST /api/v1/routes/test`.
pub(super) async fn test(
    State(state): Shared,
    uri: Uri,
    body: Body,
) -> Answer<Json<RouteTestReport>> {
    params(&state, Method::Post, "/api/v1/routes/test", &uri)?;
    let asked: RouteTestRequest = read_body(&state, body).await?;
    if asked.labels.is_empty() {
        let error = ApiError::parameter("labels", "labels are missing");
        return Err(error.hint("send {\"labels\":{\"severity\":\"HIGH\"}}"));
    }
    let at_ms = time_of("at", asked.at.as_deref(), state.now())?;
    with_alerts(&state, move |alerts, _| {
        let ground = Ground::of(alerts);
        let labels = Labels::from_pairs(&asked.labels);
        Ok(Json(alerts.notifier.read(|machine, now_ms| {
            let surroundings = Surroundings {
                machine,
                history: &alerts.history,
                board: &ground.board,
                facts: &ground.facts,
                now_ms: at_ms.unwrap_or(now_ms),
            };
            report(&surroundings, &labels)
        })))
    })
    .await
}

fn report(surroundings: &Surroundings<'_>, labels: &Labels) -> RouteTestReport {
    let (machine, now_ms) = (surroundings.machine, surroundings.now_ms);
    let config = &machine.config().escalation;
    let policy = config.policy_for(labels);
    RouteTestReport {
        steps: surroundings.to_way(labels),
        receivers: surroundings.receivers_of(labels),
        hidden: hidden_of(surroundings, labels),
        escalation: policy.map(|policy| policy.name.clone()),
        on_call: policy.map_or_else(Vec::new, |policy| {
            let rotas = policy
                .levels
                .iter()
                .filter_map(|level| level.rota.as_deref());
            on_call(machine, rotas, now_ms)
        }),
    }
}

/// Who is on call in some rotas, each once.
fn on_call<'a>(
    machine: &Machine,
    rotas: impl Iterator<Item = &'a str>,
    now_ms: i64,
) -> Vec<String> {
    let overrides = machine.all_overrides();
    let mut names: Vec<String> = Vec::new();
    for rota in rotas.filter_map(|name| machine.config().escalation.rota(name)) {
        let now = rota.on_call(now_ms, &overrides);
        if let Some(now) = now.filter(|now| now.on_duty && !names.contains(&now.member.name)) {
            names.push(now.member.name.clone());
        }
    }
    names
}

/// What hides, or would hide, an alert of these labels at the time of the surroundings.
pub(super) fn hidden_of(surroundings: &Surroundings<'_>, labels: &Labels) -> Vec<Hidden> {
    let (machine, now_ms) = (surroundings.machine, surroundings.now_ms);
    let explained = machine.explain(labels, &Labels::default(), now_ms);
    let silences = explained.silences.iter().map(|id| surroundings.silence(id));
    let inhibition = explained.inhibition.iter();
    let other: Vec<Fingerprint> = inhibition.map(|found| found.source).collect();
    let alerts = other.into_iter().map(|id| surroundings.inhibition(id));
    let suppressions = explained.suppressions.iter();
    let suppressions = suppressions.map(|(name, _)| surroundings.suppression(name));
    let mut hidden: Vec<Hidden> = silences.chain(alerts).chain(suppressions).collect();
    let config = machine.config();
    let reached = config.route.find(labels);
    if reached.iter().all(|route| is_muted(config, route, now_ms)) {
        let mut names: Vec<&String> = reached
            .iter()
            .flat_map(|route| route.mute.iter().chain(&route.active))
            .collect();
        names.sort();
        names.dedup();
        hidden.extend(names.into_iter().map(|name| surroundings.mute_time(name)));
    }
    hidden
}
