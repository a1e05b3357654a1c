//! The JSON shapes of rows. A shape carries its version `v`; a reader refuses versions that it does not
//! know. Times are ms since the epoch.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
use tacho_model::labels::Labels;

/// The version that is written.
pub(crate) const VERSION: u32 = 1;

/// Labels as an object of texts.
pub(crate) mod labels {
    use super::{BTreeMap, Deserialize, Deserializer, Labels, Serializer};

    pub(crate) fn serialize<S: Serializer>(set: &Labels, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(set.iter())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Labels, D::Error> {
        let pairs = BTreeMap::<String, String>::deserialize(from)?;
        Ok(Labels::from_pairs(pairs))
    }
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct MetaRow {
    pub(crate) v: u32,
    pub(crate) next_alert: u64,
    pub(crate) next_group: u64,
    pub(crate) next_notification: u64,
    pub(crate) next_silence: u64,
    pub(crate) next_override: u64,
    pub(crate) seen: i64,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct AlertRow {
    pub(crate) v: u32,
    pub(crate) id: u64,
    #[serde(with = "labels")]
    pub(crate) labels: Labels,
    #[serde(with = "labels")]
    pub(crate) annotations: Labels,
    pub(crate) starts: i64,
    pub(crate) ends: i64,
    pub(crate) timeout: bool,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) url: String,
    pub(crate) updated: i64,
    /// Only of an alert that is over: the groups that have not told it yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) over_in: Option<Vec<u64>>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct AcknowledgedRow {
    pub(crate) by: String,
    pub(crate) comment: String,
    pub(crate) at: i64,
    pub(crate) firing: usize,
    pub(crate) severity: String,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct TargetRow {
    pub(crate) receiver: String,
    pub(crate) kind: String,
    pub(crate) index: usize,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct EscalatingRow {
    pub(crate) policy: String,
    pub(crate) since: i64,
    pub(crate) level: usize,
    pub(crate) round: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) due: Option<i64>,
    pub(crate) told: Vec<TargetRow>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct GroupRow {
    pub(crate) v: u32,
    pub(crate) route: String,
    pub(crate) key: String,
    #[serde(with = "labels")]
    pub(crate) labels: Labels,
    pub(crate) created: i64,
    pub(crate) due: i64,
    pub(crate) flushed: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) told: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) acknowledged: Option<AcknowledgedRow>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) escalating: Option<EscalatingRow>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct LogRow {
    pub(crate) v: u32,
    pub(crate) group: String,
    pub(crate) to: TargetRow,
    pub(crate) at: i64,
    pub(crate) firing: Vec<u64>,
    pub(crate) resolved: Vec<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) thread: Option<String>,
    #[serde(default)]
    pub(crate) notification: u64,
    pub(crate) expires: i64,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct CoverRow {
    pub(crate) group: u64,
    pub(crate) key: String,
    pub(crate) firing: Vec<u64>,
    pub(crate) resolved: Vec<u64>,
    pub(crate) repeat: i64,
    pub(crate) first: bool,
    pub(crate) logged: bool,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct NotifiedRow {
    pub(crate) id: String,
    #[serde(with = "labels")]
    pub(crate) labels: Labels,
    #[serde(with = "labels")]
    pub(crate) annotations: Labels,
    pub(crate) starts: i64,
    pub(crate) ends: i64,
    pub(crate) timeout: bool,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) url: String,
    pub(crate) resolved: bool,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ByRow {
    pub(crate) by: String,
    pub(crate) comment: String,
    pub(crate) at: i64,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct OutboxRow {
    pub(crate) v: u32,
    pub(crate) to: TargetRow,
    pub(crate) group_key: String,
    #[serde(with = "labels")]
    pub(crate) group_labels: Labels,
    pub(crate) alerts: Vec<NotifiedRow>,
    pub(crate) truncated: usize,
    /// A word, followed by `-N` for a level of escalation.
    pub(crate) reason: String,
    pub(crate) at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) acknowledged: Option<ByRow>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) thread: Option<String>,
    pub(crate) covers: Vec<CoverRow>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct MatcherRow {
    pub(crate) name: String,
    pub(crate) op: String,
    pub(crate) value: String,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SilenceRow {
    pub(crate) v: u32,
    pub(crate) matchers: Vec<MatcherRow>,
    pub(crate) starts: i64,
    pub(crate) ends: i64,
    pub(crate) updated: i64,
    pub(crate) by: String,
    pub(crate) comment: String,
    #[serde(with = "labels")]
    pub(crate) annotations: Labels,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct StormRow {
    pub(crate) v: u32,
    pub(crate) start: i64,
    pub(crate) told: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) summary: Option<i64>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct OverrideRow {
    pub(crate) v: u32,
    pub(crate) rota: String,
    pub(crate) start: i64,
    pub(crate) end: i64,
    pub(crate) member: String,
    pub(crate) receivers: Vec<String>,
    pub(crate) reason: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) by: String,
}
