//! Routes: who gets what, when, and why.

use crate::alert::Hidden;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A condition on a label.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Matcher {
    /// The label.
    pub name: String,
    /// `=`, `!=`, `=~` or `!~`.
    pub op: String,
    /// What it is compared with; of the last two an RE2 expression for the whole value.
    pub value: String,
}

/// A node of the tree of routes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Route {
    /// Names it: the matchers of the way to it, as Alertmanager writes them.
    pub id: String,
    /// The name that our own configuration gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// All must hold; none holds for everything.
    pub matchers: Vec<Matcher>,
    /// Who is told.
    pub receivers: Vec<String>,
    /// Labels that make a group; `...` for all.
    pub group_by: Vec<String>,
    /// Wait before the first message of a group.
    pub group_wait_ms: f64,
    /// Wait before a message about changes of a group.
    pub group_interval_ms: f64,
    /// Wait before a message is repeated.
    pub repeat_interval_ms: f64,
    /// Whether the next routes are tried too.
    pub continues: bool,
    /// Times in which nobody is told.
    pub mute_time_intervals: Vec<String>,
    /// Times outside of which nobody is told.
    pub active_time_intervals: Vec<String>,
    /// Whether one of them holds now.
    pub muted_now: bool,
    /// Alerts that fire and took this route.
    pub firing: usize,
    /// Nodes below, in order.
    #[schema(no_recursion)]
    pub routes: Vec<Route>,
}

/// One node that an alert was held against.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RouteStep {
    /// The node.
    pub id: String,
    /// How deep it is; 0 is the root.
    pub depth: usize,
    /// Whether all its matchers hold.
    pub matched: bool,
    /// Whether it decides who is told.
    pub final_route: bool,
    /// The first matcher that does not hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<Matcher>,
    /// Whom it names.
    pub receivers: Vec<String>,
    /// The group it puts the alert in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_key: Option<String>,
}

/// One way to reach a receiver.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Integration {
    /// Such as `slack`.
    pub kind: String,
    /// Where to, without secrets: a host, a channel, an address.
    pub target: String,
    /// Whether the end is told too.
    pub send_resolved: bool,
    /// Whether this program can deliver to it.
    pub delivered: bool,
    /// How it fares.
    pub health: IntegrationHealth,
    /// Messages that wait.
    pub queued: usize,
    /// When it last said yes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub last_success_at: Option<String>,
    /// What last went wrong, if that is newer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
}

/// How an integration fares.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum IntegrationHealth {
    /// Nothing was sent yet.
    #[default]
    Unused,
    /// The last message arrived.
    Working,
    /// The last try failed.
    Failing,
    /// So many failed that it rests for a while.
    Broken,
}

/// Somebody or something that is told.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Receiver {
    /// Its name.
    pub name: String,
    /// The ways to it.
    pub integrations: Vec<Integration>,
}

/// Alerts that make others needless.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InhibitRule {
    /// Of the alert that says enough.
    pub source: Vec<Matcher>,
    /// Of alerts that are then not told.
    pub target: Vec<Matcher>,
    /// Labels in which both must agree.
    pub equal: Vec<String>,
    /// Alerts it hides now.
    pub hidden_now: usize,
}

/// A named time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TimeInterval {
    /// Its name.
    pub name: String,
    /// In words, such as `Mon-Fri 09:00-17:00 Europe/Berlin`.
    pub text: String,
    /// Whether it is that time.
    pub active_now: bool,
}

/// The whole configuration of who gets what.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Routing {
    /// The file it comes from, `configuration` for our own blocks, or `built-in`.
    pub source: String,
    /// Why the newest text of it is not in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// When what is in force was read.
    #[schema(format = DateTime)]
    pub loaded_at: String,
    /// The root.
    pub route: Route,
    /// Receivers.
    pub receivers: Vec<Receiver>,
    /// Inhibition.
    pub inhibit_rules: Vec<InhibitRule>,
    /// Named times.
    pub time_intervals: Vec<TimeInterval>,
    /// Suppressions of the configuration.
    pub suppressions: Vec<Suppression>,
    /// What is read but not in force.
    pub warnings: Vec<String>,
}

/// Times and alerts of the configuration that nobody is told of.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Suppression {
    /// Its name.
    pub name: String,
    /// What it hides.
    pub matchers: Vec<Matcher>,
    /// A further condition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// Why.
    pub reason: String,
    /// From when on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub starts_at: Option<String>,
    /// Until when, or when it expires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub ends_at: Option<String>,
    /// Whether it holds now.
    pub active_now: bool,
    /// Alerts it hides now.
    pub hidden_now: usize,
}

/// Asks who gets an alert.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct RouteTestRequest {
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// When; now if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub at: Option<String>,
}

/// Who gets it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RouteTestReport {
    /// Every node that was looked at, in order.
    pub steps: Vec<RouteStep>,
    /// Who is told.
    pub receivers: Vec<String>,
    /// What hides it.
    pub hidden: Vec<Hidden>,
    /// The escalation policy that would hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalation: Option<String>,
    /// Who is on call in its rotas then.
    pub on_call: Vec<String>,
}
