//! Silences: alerts that nobody is told of for a time.

use crate::alert::Alert;
use crate::route::Matcher;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a silence is in its life.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum SilenceState {
    /// It holds.
    #[default]
    Active,
    /// It begins later.
    Pending,
    /// It is over.
    Expired,
}

/// A silence.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Silence {
    /// Its id.
    pub id: String,
    /// All must hold.
    pub matchers: Vec<Matcher>,
    /// From.
    #[schema(format = DateTime)]
    pub starts_at: String,
    /// To.
    #[schema(format = DateTime)]
    pub ends_at: String,
    /// When it was last changed.
    #[schema(format = DateTime)]
    pub updated_at: String,
    /// Who.
    pub created_by: String,
    /// Why.
    pub comment: String,
    /// Where it is in its life.
    pub state: SilenceState,
    /// Alerts it hides now, or would hide now.
    pub hides: usize,
}

/// Silences: active, pending, expired; within each what ends first comes first, of expired ones the newest.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SilenceList {
    /// The silences.
    pub silences: Vec<Silence>,
}

/// A new silence, or with `id` a change of one.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct SilenceRequest {
    /// The silence to change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// All must hold; at least one must not match the empty text.
    pub matchers: Vec<Matcher>,
    /// From; now if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub starts_at: Option<String>,
    /// To; this or `duration` is needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub ends_at: Option<String>,
    /// How long from `startsAt`, such as `2h`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<String>,
    /// Who; must not be empty.
    pub created_by: String,
    /// Why; must not be empty.
    pub comment: String,
}

/// Asks what matchers would hide.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct SilencePreviewRequest {
    /// The matchers.
    pub matchers: Vec<Matcher>,
}

/// What matchers would hide.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SilencePreview {
    /// Alerts.
    pub total: usize,
    /// The first hundred.
    pub alerts: Vec<Alert>,
}
