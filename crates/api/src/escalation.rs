//! Escalation policies, rotas, and who is on call.

use crate::route::Matcher;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A level of a policy.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EscalationLevel {
    /// How long after the first message of the group.
    pub after_ms: f64,
    /// Who is told.
    pub receivers: Vec<String>,
    /// Whose person on call is told.
    pub rotas: Vec<String>,
}

/// Who is told when nobody takes an alert on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EscalationPolicy {
    /// Its name.
    pub name: String,
    /// Groups with an alert that matches.
    pub matchers: Vec<Matcher>,
    /// Levels, in order.
    pub levels: Vec<EscalationLevel>,
    /// When the last level is repeated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat_ms: Option<f64>,
    /// How often at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat_times: Option<u32>,
    /// Groups that it runs for now.
    pub running: usize,
}

/// Somebody's time on call.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RotaTurn {
    /// Who.
    pub member: String,
    /// How that person is reached.
    pub receivers: Vec<String>,
    /// From.
    #[schema(format = DateTime)]
    pub start: String,
    /// To.
    #[schema(format = DateTime)]
    pub end: String,
    /// The override that put the person there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub override_id: Option<String>,
}

/// People who take turns.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Rota {
    /// Its name.
    pub name: String,
    /// Where its hand-over times hold.
    pub time_zone: String,
    /// In words, such as `Mondays 09:00, every week`.
    pub handover: String,
    /// Who, in order.
    pub members: Vec<String>,
    /// Who is on call now; absent outside of its hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<RotaTurn>,
    /// The next turns, at most ten.
    pub next: Vec<RotaTurn>,
    /// Overrides that are not over.
    pub overrides: Vec<RotaOverride>,
}

/// Somebody stands in.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RotaOverride {
    /// Its id; those of the configuration begin with `config-` and cannot be removed here.
    pub id: String,
    /// The rota.
    pub rota: String,
    /// Who stands in.
    pub member: String,
    /// From.
    #[schema(format = DateTime)]
    pub start: String,
    /// To.
    #[schema(format = DateTime)]
    pub end: String,
    /// Why.
    pub reason: String,
    /// Who wrote it down.
    pub created_by: String,
}

/// A new override.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct RotaOverrideRequest {
    /// Who stands in: a member of the rota.
    pub member: String,
    /// From; now if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub start: Option<String>,
    /// To; this or `duration` is needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub end: Option<String>,
    /// How long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<String>,
    /// Why.
    pub reason: String,
    /// Who writes it down.
    pub created_by: String,
}

/// Policies and rotas.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EscalationList {
    /// Policies.
    pub policies: Vec<EscalationPolicy>,
    /// Rotas.
    pub rotas: Vec<Rota>,
}
