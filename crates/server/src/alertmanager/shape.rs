//! Shapes of the API, as `openapi.yaml` has them, and how times and matchers are read and written.

use super::answer::{AmAnswer, AmError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tacho_alerting::matcher::{Matcher, Op, parse_matcher};
use tacho_alerting::silence::Silence;
use tacho_alerting::view::{AlertState, AlertView};
use tacho_model::labels::Labels;

/// Labels or annotations.
pub(super) type LabelSet = BTreeMap<String, String>;

/// An alert that is sent.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PostableAlert {
    #[serde(default)]
    pub(super) labels: LabelSet,
    #[serde(default)]
    pub(super) annotations: LabelSet,
    #[serde(default)]
    pub(super) starts_at: Option<String>,
    #[serde(default)]
    pub(super) ends_at: Option<String>,
    #[serde(default, rename = "generatorURL")]
    pub(super) generator_url: Option<String>,
}

/// An alert that is given.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GettableAlert {
    annotations: LabelSet,
    ends_at: String,
    fingerprint: String,
    receivers: Vec<Named>,
    starts_at: String,
    status: AlertStatus,
    updated_at: String,
    #[serde(rename = "generatorURL", skip_serializing_if = "String::is_empty")]
    generator_url: String,
    labels: LabelSet,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct AlertStatus {
    inhibited_by: Vec<String>,
    muted_by: Vec<String>,
    silenced_by: Vec<String>,
    state: &'static str,
}

/// Something with a name.
#[derive(Debug, Serialize)]
pub(super) struct Named {
    pub(super) name: String,
}

/// Alerts of a group.
#[derive(Debug, Serialize)]
pub(super) struct AlertGroup {
    pub(super) alerts: Vec<GettableAlert>,
    pub(super) labels: LabelSet,
    pub(super) receiver: Named,
}

/// A matcher.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MatcherShape {
    #[serde(default = "yes")]
    is_equal: bool,
    is_regex: bool,
    name: String,
    value: String,
}

fn yes() -> bool {
    true
}

/// A silence that is sent.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PostableSilence {
    #[serde(default)]
    pub(super) id: Option<String>,
    #[serde(default)]
    pub(super) matchers: Vec<MatcherShape>,
    pub(super) starts_at: String,
    pub(super) ends_at: String,
    #[serde(default)]
    pub(super) created_by: String,
    #[serde(default)]
    pub(super) comment: String,
    #[serde(default)]
    pub(super) annotations: LabelSet,
}

/// A silence that is given.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GettableSilence {
    id: String,
    status: SilenceStatus,
    updated_at: String,
    #[serde(skip_serializing_if = "LabelSet::is_empty")]
    annotations: LabelSet,
    comment: String,
    created_by: String,
    ends_at: String,
    matchers: Vec<MatcherShape>,
    starts_at: String,
}

#[derive(Debug, Serialize)]
struct SilenceStatus {
    state: &'static str,
}

/// A label set as JSON has it.
pub(super) fn label_set(labels: &Labels) -> LabelSet {
    let pairs = labels.iter();
    pairs
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// RFC 3339 with milliseconds.
pub(super) fn time_text(ms: i64) -> String {
    let at = jiff::Timestamp::from_millisecond(ms).unwrap_or_default();
    format!("{at:.3}")
}

/// A time of a client; nothing for an absent one and for Go's zero time.
pub(super) fn read_time(field: &str, text: Option<&str>) -> AmAnswer<Option<i64>> {
    let Some(text) = text.filter(|text| !text.is_empty() && !text.starts_with("0001-01-01")) else {
        return Ok(None);
    };
    let at: jiff::Timestamp = text
        .parse()
        .map_err(|_| AmError::invalid(format!("{field}: {text:?} is no RFC 3339 time")))?;
    Ok(Some(at.as_millisecond()))
}

impl MatcherShape {
    pub(super) fn of(matcher: &Matcher) -> Self {
        Self {
            is_equal: matcher.op().is_equal(),
            is_regex: matcher.op().is_regex(),
            name: matcher.name().to_owned(),
            value: matcher.value().to_owned(),
        }
    }

    pub(super) fn read(&self) -> AmAnswer<Matcher> {
        let op = Op::of_flags(self.is_regex, self.is_equal);
        Ok(Matcher::new(self.name.as_str(), op, self.value.as_str())?)
    }
}

impl GettableAlert {
    pub(super) fn of(view: &AlertView) -> Self {
        let by = &view.suppressors;
        // What Alertmanager has no word for is a silence to its clients.
        let silenced = by.silenced_by.iter().chain(&by.suppressed_by).cloned();
        let state = match view.state {
            AlertState::Suppressed => "suppressed",
            _ => "active",
        };
        let alert = &view.alert;
        Self {
            annotations: label_set(&alert.annotations),
            ends_at: time_text(alert.ends_at_ms),
            fingerprint: view.fingerprint.to_string(),
            receivers: view
                .receivers
                .iter()
                .map(|name| Named { name: name.clone() })
                .collect(),
            starts_at: time_text(alert.starts_at_ms),
            status: AlertStatus {
                inhibited_by: by.inhibited_by.iter().map(ToString::to_string).collect(),
                muted_by: by.muted_by.clone(),
                silenced_by: silenced.collect(),
                state,
            },
            updated_at: time_text(view.updated_at_ms),
            generator_url: alert.generator_url.clone(),
            labels: label_set(&alert.labels),
        }
    }
}

impl GettableSilence {
    pub(super) fn of(silence: &Silence, now_ms: i64) -> Self {
        Self {
            id: silence.id.clone(),
            status: SilenceStatus {
                state: silence.state(now_ms).as_str(),
            },
            updated_at: time_text(silence.updated_at_ms),
            annotations: label_set(&silence.annotations),
            comment: silence.comment.clone(),
            created_by: silence.created_by.clone(),
            ends_at: time_text(silence.ends_at_ms),
            matchers: silence.matchers.iter().map(MatcherShape::of).collect(),
            starts_at: time_text(silence.starts_at_ms),
        }
    }
}

/// Filters of a request.
pub(super) fn read_filters<'a>(texts: impl Iterator<Item = &'a str>) -> AmAnswer<Vec<Matcher>> {
    texts
        .map(|text| {
            parse_matcher(text)
                .map_err(|error| AmError::invalid(format!("bad matcher format: {error}")))
        })
        .collect()
}
