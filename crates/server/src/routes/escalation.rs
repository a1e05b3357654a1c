//! Escalation policies, rotas, who is on call, and letting somebody stand in.

use super::work::{end_of, read_body, time_of, with_alerts};
use super::{Shared, params};
use crate::answer::{Answer, ApiError, Json};
use crate::to_api::routing::{CONFIGURED, to_override, to_policy, to_rota};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::Uri;
use tacho_alerting::config::escalation::Override;
use tacho_alerting::machine::Machine;
use tacho_api::error::ErrorKind;
use tacho_api::escalation::{EscalationList, RotaOverride, RotaOverrideRequest};
use tacho_api::operation::Method;

const OVERRIDES: &str = "/api/v1/escalations/rotas/{rota}/overrides";
const OVERRIDE: &str = "/api/v1/escalations/rotas/{rota}/overrides/{id}";
/// Who writes an override down if nobody says.
const NOBODY: &str = "api";

/// `GET /api/v1/escalations`.
pub(super) async fn list(State(state): Shared, uri: Uri) -> Answer<Json<EscalationList>> {
    params(&state, Method::Get, "/api/v1/escalations", &uri)?;
    with_alerts(&state, |alerts, _| {
        Ok(Json(alerts.notifier.read(|machine, now_ms| {
            let config = &machine.config().escalation;
            let running = machine.escalating_counts();
            let count = |name: &String| running.get(name).copied().unwrap_or(0);
            let policies = config.policies.iter().filter(|policy| policy.enabled);
            EscalationList {
                policies: policies
                    .map(|policy| to_policy(policy, count(&policy.name)))
                    .collect(),
                rotas: config
                    .rotas
                    .iter()
                    .map(|rota| to_rota(machine, rota, now_ms))
                    .collect(),
            }
        })))
    })
    .await
}

/// `POST /api/v1/escalations/rotas/{rota}/overrides`.
pub(super) async fn add(
    State(state): Shared,
    super::PathText(rota): super::PathText,
    uri: Uri,
    body: Body,
) -> Answer<Json<RotaOverride>> {
    params(&state, Method::Post, OVERRIDES, &uri)?;
    let asked: RotaOverrideRequest = read_body(&state, body).await?;
    let now = state.now();
    let now_ms = now.0.div_euclid(1_000_000);
    let start_ms = time_of("start", asked.start.as_deref(), now)?.unwrap_or(now_ms);
    let end = ("end", asked.end.as_deref());
    let end_ms = end_of(end, asked.duration.as_deref(), start_ms, now)?;
    with_alerts(&state, move |alerts, _| {
        let made = alerts.notifier.change(|machine, now_ms| {
            let swap = swap_of(machine, &rota, &asked, (start_ms, end_ms))?;
            let number = machine.add_override(swap.clone(), now_ms)?;
            Ok::<_, ApiError>(to_override(&number.to_string(), &swap))
        })?;
        alerts.notifier.touch();
        Ok(Json(made))
    })
    .await
}

fn swap_of(
    machine: &Machine,
    name: &str,
    asked: &RotaOverrideRequest,
    (start_ms, end_ms): (i64, i64),
) -> Answer<Override> {
    let config = &machine.config().escalation;
    let rota = config
        .rota(name)
        .ok_or_else(|| ApiError::new(ErrorKind::NotFound, format!("there is no rota {name:?}")))?;
    // Members of this rota first, then of others.
    let others = config.rotas.iter().flat_map(|rota| &rota.members);
    let mut members = rota.members.iter().chain(others);
    let Some(member) = members.find(|member| member.name == asked.member) else {
        let known: Vec<&str> = rota.members.iter().map(|one| one.name.as_str()).collect();
        let message = format!("{:?} is no member of a rota", asked.member);
        let hint = format!("members of {name} are {}", known.join(", "));
        return Err(ApiError::parameter("member", message).hint(hint));
    };
    Ok(Override {
        rota: name.to_owned(),
        start_ms,
        end_ms,
        member: member.clone(),
        reason: asked.reason.trim().to_owned(),
        created_by: match asked.created_by.trim() {
            "" => NOBODY.to_owned(),
            by => by.to_owned(),
        },
    })
}

/// `DELETE /api/v1/escalations/rotas/{rota}/overrides/{id}`.
pub(super) async fn remove(
    State(state): Shared,
    Path((rota, id)): Path<(String, String)>,
    uri: Uri,
) -> Answer<Json<RotaOverride>> {
    params(&state, Method::Delete, OVERRIDE, &uri)?;
    if id.starts_with(CONFIGURED) {
        let message = format!("override {id} is of the configuration");
        return Err(ApiError::new(ErrorKind::Conflict, message).hint("change the configuration"));
    }
    with_alerts(&state, move |alerts, _| {
        let removed = alerts.notifier.change(|machine, _| {
            let number = id.parse::<u64>().ok();
            let mut all = machine.overrides();
            let found = all.find(|(other, swap)| Some(*other) == number && swap.rota == rota);
            let Some((number, swap)) = found else {
                let message = format!("there is no override {id:?} of rota {rota:?}");
                return Err(ApiError::new(ErrorKind::NotFound, message));
            };
            let shape = to_override(&id, swap);
            drop(all);
            machine.remove_override(number)?;
            Ok(shape)
        })?;
        alerts.notifier.touch();
        Ok(Json(removed))
    })
    .await
}
