//! Rules: what is watched, how it fares, what it would have done, and why it did or did not fire.

use crate::alert::{Alert, AlertSeverity, Hidden};
use crate::route::RouteStep;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What a rule makes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum RuleKind {
    /// Alerts.
    #[default]
    Alerting,
    /// Series.
    Recording,
}

/// How an alerting rule stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum RuleState {
    /// Nothing matches.
    #[default]
    Inactive,
    /// Something matches, not long enough.
    Pending,
    /// Something fires.
    Firing,
    /// What it asks for has no data.
    NoData,
    /// It is switched off.
    Disabled,
}

/// How the evaluation fares.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum RuleHealth {
    /// It was not evaluated yet.
    #[default]
    Unknown,
    /// The last one worked.
    Ok,
    /// The last one failed.
    Error,
}

/// Where a rule comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum RuleOrigin {
    /// With the program.
    #[default]
    Builtin,
    /// A file of the configuration.
    File,
    /// The block `alerts` of the configuration.
    Configuration,
    /// The editor: it lies in the managed file.
    Editor,
}

/// What no data means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum NoDataPolicy {
    /// All is well: as Prometheus does.
    #[default]
    Ok,
    /// An alert `…` with the label `no_data="true"`.
    Alert,
    /// What fired goes on.
    Keep,
}

/// A rule as it is written.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct RuleDefinition {
    /// The name of the alert, or of the series that it records.
    pub name: String,
    /// What it makes.
    pub kind: RuleKind,
    /// Its group; `default` if empty.
    pub group: String,
    /// PromQL; or empty if `condition` or `query` is there.
    pub expr: String,
    /// Of a short condition: a selector.
    pub metric: String,
    /// A short condition, such as `rate(5m) > 0.1`.
    pub condition: String,
    /// `metrics`, or `traces` or `logs` for a rule that counts what `query` finds.
    pub signal: String,
    /// TraceQL or LogQL, for rules on traces and logs.
    pub query: String,
    /// The time that such a rule looks at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window_ms: Option<f64>,
    /// How long it must hold.
    pub for_ms: f64,
    /// How long it goes on after it held.
    pub keep_firing_for_ms: f64,
    /// Time between evaluations, of its whole group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval_ms: Option<f64>,
    /// Evaluated as soon as a sample arrives.
    pub on_arrival: bool,
    /// The label `severity`, in either vocabulary.
    pub severity: String,
    /// Labels of the alert, templates.
    pub labels: BTreeMap<String, String>,
    /// Annotations, templates: `summary`, `description`, `runbook_url`, …
    pub annotations: BTreeMap<String, String>,
    /// Whether it is evaluated; yes if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Rest after it ended.
    pub cooldown_ms: f64,
    /// What no data means.
    pub no_data: NoDataPolicy,
    /// Receivers besides those of the routes.
    pub receivers: Vec<String>,
    /// Tags.
    pub tags: Vec<String>,
}

/// A rule and how it fares.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Rule {
    /// Its id: group and name.
    pub id: String,
    /// As it is written.
    pub definition: RuleDefinition,
    /// Where it comes from.
    pub origin: RuleOrigin,
    /// The file, and where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Whether it can be changed here.
    pub editable: bool,
    /// Version, for changing it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// The canonical severity.
    pub severity: AlertSeverity,
    /// How it stands.
    pub state: RuleState,
    /// How its evaluation fares.
    pub health: RuleHealth,
    /// What went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What is odd: the query names no series that exists, and the like.
    pub warnings: Vec<String>,
    /// When it was last evaluated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub last_evaluation_at: Option<String>,
    /// How long that took.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evaluation_ms: Option<f64>,
    /// When it is evaluated next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub next_evaluation_at: Option<String>,
    /// Time between evaluations.
    pub interval_ms: f64,
    /// Alerts that are pending.
    pub pending: usize,
    /// Alerts that fire.
    pub firing: usize,
    /// What it compares with, if that is one number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f64>,
    /// `>`, `<`, `>=`, `<=`, `==` or `!=`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
    /// The left side of the comparison.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chart_expr: Option<String>,
    /// The unit of the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// What to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runbook_url: Option<String>,
    /// When it last began to fire.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub last_fired_at: Option<String>,
}

/// Rules: firing ones first, then pending, failing, others by name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RuleList {
    /// The rules.
    pub rules: Vec<Rule>,
    /// By state.
    pub counts: RuleCounts,
    /// The file that the editor writes.
    pub managed_file: String,
    /// Files that could not be read; their older content is in force.
    pub problems: Vec<String>,
}

/// Rules by state.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RuleCounts {
    /// All.
    pub total: usize,
    /// Firing.
    pub firing: usize,
    /// Pending.
    pub pending: usize,
    /// Without data.
    pub no_data: usize,
    /// Whose evaluation fails.
    pub failing: usize,
    /// Switched off.
    pub disabled: usize,
}

/// All about one rule.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RuleDetail {
    /// The rule.
    pub rule: Rule,
    /// Its text as YAML.
    pub yaml: String,
    /// Its alerts that are pending or fire, at most 100.
    pub alerts: Vec<Alert>,
    /// Earlier versions, newest first, at most 20; of editable rules.
    pub versions: Vec<RuleVersion>,
}

/// An earlier version.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RuleVersion {
    /// Its number.
    pub version: u64,
    /// When it was written.
    #[schema(format = DateTime)]
    pub at: String,
    /// By whom.
    pub by: String,
    /// Its text; empty if the rule was removed.
    pub yaml: String,
}

/// A rule to save.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct RuleSaveRequest {
    /// The rule.
    pub definition: RuleDefinition,
    /// The version that was changed; a newer one is a conflict.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// Who.
    pub by: String,
}

/// What is wrong with a text.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RuleProblem {
    /// The field of the definition, or the path in the YAML text.
    pub field: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Line, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// First character of the expression it is about, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<usize>,
    /// Behind the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<usize>,
}

/// Tries a rule on stored data before it is saved.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct RulePreviewRequest {
    /// The rule.
    pub definition: RuleDefinition,
    /// From; seven days ago if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub start: Option<String>,
    /// To; now if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub end: Option<String>,
}

/// What a rule would have done.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RulePreview {
    /// What is wrong with it; then the rest is empty.
    pub problems: Vec<RuleProblem>,
    /// What is odd.
    pub warnings: Vec<String>,
    /// The PromQL that is evaluated.
    pub expr: String,
    /// As it would stand in the file.
    pub yaml: String,
    /// What it compares with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f64>,
    /// How.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
    /// The left side, to draw.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chart_expr: Option<String>,
    /// The unit of the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// What an evaluation costs.
    pub cost: RuleCost,
    /// From.
    #[schema(format = DateTime)]
    pub start: String,
    /// To.
    #[schema(format = DateTime)]
    pub end: String,
    /// Evaluations in that time.
    pub evaluations: usize,
    /// Alerts there would have been, oldest first, at most 500.
    pub alerts: Vec<BacktestAlert>,
    /// How many would have fired.
    pub fired: usize,
    /// Share (0 to 1) of the time in which at least one would have fired.
    pub firing_share: f64,
}

/// What an evaluation costs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RuleCost {
    /// Series it reads.
    pub series: u64,
    /// Samples it reads.
    pub samples: u64,
    /// How long one took.
    pub duration_ms: f64,
    /// Label sets that come out.
    pub results: u64,
    /// Whether limits allow it.
    pub allowed: bool,
    /// In words.
    pub text: String,
}

/// An alert that there would have been.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BacktestAlert {
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Its annotations when it fired.
    pub annotations: BTreeMap<String, String>,
    /// When the condition began to hold.
    #[schema(format = DateTime)]
    pub pending_at: String,
    /// When it would have fired; absent if it never held long enough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub fired_at: Option<String>,
    /// When it would have been over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub resolved_at: Option<String>,
    /// The value farthest beyond the threshold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peak: Option<f64>,
}

/// A sample that an evaluation saw.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExplainSample {
    /// Its series.
    pub labels: BTreeMap<String, String>,
    /// Its time.
    #[schema(format = DateTime)]
    pub at: String,
    /// Its value.
    pub value: f64,
}

/// A selector of the expression and what it found.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExplainSeries {
    /// The selector.
    pub selector: String,
    /// Series found.
    pub series: usize,
    /// The newest sample of each, at most 20.
    pub samples: Vec<ExplainSample>,
}

/// A label set of the rule at the time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExplainAlert {
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// The value of the left side; absent if there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// Whether the condition held.
    pub holds: bool,
    /// The state it had.
    pub state: RuleState,
    /// Since when the condition held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub active_since: Option<String>,
    /// When it fires, or would have fired, if it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub fires_at: Option<String>,
    /// What hid it then.
    pub hidden: Vec<Hidden>,
    /// Its routes.
    pub way: Vec<RouteStep>,
    /// Who was to be told.
    pub receivers: Vec<String>,
    /// When and who was told, in words.
    pub told: Vec<String>,
}

/// Why a rule did or did not fire at a time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RuleExplanation {
    /// The rule.
    pub rule_id: String,
    /// The time asked for.
    #[schema(format = DateTime)]
    pub at: String,
    /// The evaluation at or before it.
    #[schema(format = DateTime)]
    pub evaluated_at: String,
    /// In one sentence.
    pub verdict: String,
    /// The reasons, in order.
    pub steps: Vec<String>,
    /// The expression.
    pub expr: String,
    /// What it compares with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f64>,
    /// What was read.
    pub series: Vec<ExplainSeries>,
    /// Label sets, those that hold first, at most 50.
    pub alerts: Vec<ExplainAlert>,
}

/// A rule file to check.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct RuleCheckRequest {
    /// YAML of Prometheus or of our own.
    pub text: String,
}

/// What is wrong with a rule file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RuleCheckReport {
    /// Rules that it has.
    pub rules: usize,
    /// Errors.
    pub problems: Vec<RuleProblem>,
    /// What is odd.
    pub warnings: Vec<RuleProblem>,
}

/// Rules to take over into the managed file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct RuleImportRequest {
    /// YAML or JSON.
    pub text: String,
    /// `prometheus`, `grafana` or `tachograph`; guessed if empty.
    pub format: String,
    /// Who.
    pub by: String,
    /// Really save; else only show.
    pub apply: bool,
}

/// What would be, or was, taken over.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RuleImportReport {
    /// The rules.
    pub rules: Vec<RuleDefinition>,
    /// What could not be taken over.
    pub problems: Vec<RuleProblem>,
    /// Whether they were saved.
    pub saved: bool,
}
