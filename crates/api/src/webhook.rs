//! What inbound webhooks answer.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What was done with the alerts of a message.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WebhookReport {
    /// Alerts taken.
    pub accepted: usize,
    /// Why others were not.
    pub refused: Vec<String>,
    /// Names of those that fire, at most 100.
    pub alert_ids: Vec<String>,
}
