//! What happened, for people: the history of alerts, groups and silences.
//!
//! The machine gives events out (`Machine::take_events`) and forgets them; whoever takes them keeps them.

use crate::alerts::AlertId;
use crate::group::GroupId;
use std::sync::Arc;
use tacho_export::notification::{IntegrationKey, Reason};
use tacho_model::labels::Labels;
use tacho_model::severity::Severity;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When, ms.
    pub at_ms: i64,
    /// The alerts that it is about; at most `MAX_ALERTS` of them.
    pub alerts: Vec<AlertId>,
    /// The group that it is about, if it is about one.
    pub group: Option<EventGroup>,
    /// What happened.
    pub kind: EventKind,
}

/// A group as an event names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventGroup {
    /// Our name of it.
    pub id: GroupId,
    /// Alertmanager's text of it.
    pub key: Arc<str>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventKind {
    /// An alert fires.
    Fired {
        /// Its labels.
        labels: Labels,
        /// Its annotations.
        annotations: Labels,
        /// How bad it is.
        severity: Severity,
        /// Since when, ms.
        starts_at_ms: i64,
    },
    /// An alert is over.
    Resolved {
        /// Since when it fired, ms.
        starts_at_ms: i64,
        /// Whether nobody said so: it was just not told again in time.
        timed_out: bool,
    },
    /// A look at its group found an alert hidden.
    Hidden {
        /// By what.
        by: HiddenBy,
    },
    /// A look at its group found an alert no longer hidden.
    Shown,
    /// A channel took a message.
    Notified {
        /// Which message.
        notification: u64,
        /// Where to.
        to: IntegrationKey,
        /// Why.
        reason: Reason,
        /// What the channel calls it.
        thread: Option<String>,
    },
    /// A channel did not take a message at the first try; it is tried again.
    NotifyRetrying {
        /// Which message.
        notification: u64,
        /// Where to.
        to: IntegrationKey,
        /// What went wrong.
        error: String,
    },
    /// A message is not tried again.
    NotifyFailed {
        /// Which message.
        notification: u64,
        /// Where to.
        to: IntegrationKey,
        /// Why it should have been sent.
        reason: Reason,
        /// Tries.
        attempts: u32,
        /// What went wrong.
        error: String,
    },
    /// Somebody acknowledged a group.
    Acknowledged {
        /// Who.
        by: String,
        /// Why, may be empty.
        comment: String,
    },
    /// Somebody took an acknowledgement back.
    Unacknowledged {
        /// Who.
        by: String,
    },
    /// An acknowledged group became worse.
    Reopened {
        /// Alerts that fired when it was acknowledged, and now.
        firing: (usize, usize),
        /// The worst severity when it was acknowledged, and now.
        severity: (Severity, Severity),
    },
    /// Nobody acknowledged a group in time.
    Escalated {
        /// The policy.
        policy: String,
        /// The level, from 1.
        level: usize,
        /// Where it was told; empty if the level leads nowhere at this time.
        to: Vec<IntegrationKey>,
        /// Who was on call, if the level asks a rota.
        on_call: Option<String>,
    },
    /// A summary stands for the messages of many groups.
    Storm {
        /// Where to.
        to: IntegrationKey,
        /// Groups in the summary.
        groups: usize,
    },
    /// Somebody set or changed a silence.
    SilenceSet {
        /// Its id.
        id: String,
        /// Who.
        by: String,
        /// Why.
        comment: String,
        /// Until when, ms.
        ends_at_ms: i64,
    },
    /// Somebody ended a silence.
    SilenceExpired {
        /// Its id.
        id: String,
    },
}

/// What hides an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HiddenBy {
    /// Silences, by their ids.
    Silences(Vec<String>),
    /// Another alert, by its fingerprint.
    Alert(tacho_model::alert::Fingerprint),
    /// A suppression, by its name.
    Suppression(String),
}

impl EventKind {
    /// One word for it, as the API and the history write it.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Fired { .. } => "fired",
            Self::Resolved { .. } => "resolved",
            Self::Hidden { by } => match by {
                HiddenBy::Silences(_) => "silenced",
                HiddenBy::Alert(_) => "inhibited",
                HiddenBy::Suppression(_) => "suppressed",
            },
            Self::Shown => "shown",
            Self::Notified { .. } => "notified",
            Self::NotifyRetrying { .. } => "notify_retrying",
            Self::NotifyFailed { .. } => "notify_failed",
            Self::Acknowledged { .. } => "acknowledged",
            Self::Unacknowledged { .. } => "unacknowledged",
            Self::Reopened { .. } => "reopened",
            Self::Escalated { .. } => "escalated",
            Self::Storm { .. } => "storm",
            Self::SilenceSet { .. } => "silence_set",
            Self::SilenceExpired { .. } => "silence_expired",
        }
    }
}
