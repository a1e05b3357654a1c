//! "Why was somebody told, why not?": the way of a label set through everything that decides, at a time.

use crate::alerts::AlertId;
use crate::group::routes::{Node, targets_of};
use crate::group::{GroupId, group_key};
use crate::machine::Machine;
use crate::machine::look::muted_by;
use crate::route::way::Failed;
use tacho_export::notification::IntegrationKey;
use tacho_model::alert::{Alert, Fingerprint};
use tacho_model::labels::Labels;

/// A node of the routing tree that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExplainedStep {
    /// The node.
    pub route_id: String,
    /// Nodes above it.
    pub depth: usize,
    /// Why it did not fit; nothing if it did.
    pub failed: Option<String>,
    /// Whether the alert stops here.
    pub taken: bool,
}

/// A node that an alert reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExplainedRoute {
    /// The node.
    pub route_id: String,
    /// Its receivers.
    pub receivers: Vec<String>,
    /// Their integrations.
    pub integrations: Vec<IntegrationKey>,
    /// The text of the group that the alert is or would be in.
    pub group_key: String,
    /// That group, if there is one.
    pub group: Option<GroupId>,
    /// When it is looked at next, ms; for a group that is not there, when it would be.
    pub next_flush_ms: i64,
    /// Names of the time intervals that keep the node silent now.
    pub muted_by: Vec<String>,
    /// Who takes care of the group.
    pub acknowledged_by: Option<String>,
    /// When each integration was last told that this alert fires, ms.
    pub told: Vec<(IntegrationKey, i64)>,
}

/// An inhibition, explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExplainedInhibition {
    /// Place of the rule in the configuration, from 0, and its name (may be empty).
    pub rule: (usize, String),
    /// The alert that inhibits.
    pub source: Fingerprint,
    /// Its id.
    pub source_id: Option<AlertId>,
    /// Its labels.
    pub source_labels: Labels,
}

/// Why, or why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The alert that is held with these labels.
    pub alert: Option<AlertId>,
    /// Whether it fires now.
    pub firing: bool,
    /// Every node that was looked at.
    pub steps: Vec<ExplainedStep>,
    /// The nodes that it reaches.
    pub routes: Vec<ExplainedRoute>,
    /// Silences that hide it now.
    pub silences: Vec<String>,
    /// What inhibits it now.
    pub inhibition: Option<ExplainedInhibition>,
    /// Suppressions that hide it now: name and reason.
    pub suppressions: Vec<(String, String)>,
    /// The same in sentences, the deciding one first.
    pub verdict: Vec<String>,
}

impl Machine {
    /// What happens, or would happen, to an alert with these labels and annotations.
    pub fn explain(&self, labels: &Labels, annotations: &Labels, now_ms: i64) -> Explanation {
        let fingerprint = Fingerprint::of(labels);
        let slot = self
            .alerts
            .find(fingerprint)
            .and_then(|at| self.alerts.get(at));
        let alert = slot.map_or_else(
            || Alert {
                labels: labels.clone(),
                annotations: annotations.clone(),
                starts_at_ms: now_ms,
                ends_at_ms: i64::MAX,
                timeout: true,
                generator_url: String::new(),
            },
            |slot| slot.alert.clone(),
        );
        let firing = slot.is_some_and(|slot| !slot.over && !slot.alert.is_resolved_at(now_ms));
        let way = self.config.route.way(labels);
        let steps = way.steps.iter().map(|step| ExplainedStep {
            route_id: step.route.id.clone(),
            depth: step.depth,
            failed: step.failed.as_ref().map(failure_text),
            taken: step.taken,
        });
        let reached = way.taken().into_iter();
        let numbers = reached.filter_map(|route| self.routes.by_id(&route.id));
        let routes = numbers.filter_map(|number| {
            let node = self.routes.get(number)?;
            Some(self.explain_route(number, node, &alert, now_ms))
        });
        let suppressions = self.config.suppressions.iter();
        let suppressions = suppressions.filter(|one| one.hides(&alert, now_ms));
        let mut explanation = Explanation {
            alert: slot.and_then(crate::alerts::Slot::id),
            firing,
            steps: steps.collect(),
            routes: routes.collect(),
            silences: self
                .silences
                .fitting(labels, now_ms)
                .map(|s| s.id.clone())
                .collect(),
            inhibition: self.explain_inhibition(labels),
            suppressions: suppressions
                .map(|s| (s.name.clone(), s.reason.clone()))
                .collect(),
            verdict: Vec::new(),
        };
        explanation.verdict = verdict(&explanation, slot.is_some());
        explanation
    }

    fn explain_route(
        &self,
        number: u32,
        node: &Node,
        alert: &Alert,
        now_ms: i64,
    ) -> ExplainedRoute {
        let labels = node.group_by.group_labels(&alert.labels);
        let group = self
            .groups
            .find(number, &labels)
            .and_then(|at| self.groups.get(at));
        let fingerprint = Fingerprint::of(&alert.labels).0;
        let told = group.into_iter().flat_map(|group| {
            node.targets.iter().filter_map(|target| {
                let entry = self.log.get(&Self::log_key(&group.key, &target.to))?;
                let knows = entry.firing.binary_search(&fingerprint).is_ok();
                knows.then(|| ((*target.to).clone(), entry.at_ms))
            })
        });
        let integrations = node.receivers.iter();
        let integrations = integrations.flat_map(|name| targets_of(&self.config, name));
        ExplainedRoute {
            route_id: node.id.to_string(),
            receivers: node.receivers.clone(),
            integrations: integrations.map(|target| (*target.to).clone()).collect(),
            group_key: group_key(&node.key, &labels),
            group: group.map(|group| group.id),
            next_flush_ms: group.map_or(now_ms.saturating_add(node.group_wait_ms), |g| g.due_ms),
            muted_by: muted_by(&self.config, node, now_ms),
            acknowledged_by: group.and_then(|g| Some(g.acknowledged.as_ref()?.by.clone())),
            told: told.collect(),
        }
    }

    fn explain_inhibition(&self, labels: &Labels) -> Option<ExplainedInhibition> {
        let found = self.inhibitor.inhibition(labels)?;
        let rule = self.config.inhibit_rules.get(found.rule);
        let source = self
            .alerts
            .find(found.source)
            .and_then(|at| self.alerts.get(at));
        Some(ExplainedInhibition {
            rule: (
                found.rule,
                rule.map(|rule| rule.name.clone()).unwrap_or_default(),
            ),
            source: found.source,
            source_id: source.and_then(crate::alerts::Slot::id),
            source_labels: source.map(|s| s.alert.labels.clone()).unwrap_or_default(),
        })
    }
}

fn failure_text(failed: &Failed<'_>) -> String {
    match failed {
        Failed::Matcher { matcher, value } => {
            let name = matcher.name();
            format!("{matcher} does not fit: {name} is {value:?}")
        }
        Failed::Condition(text) => format!("the condition does not hold: {text}"),
    }
}

/// What decides, in sentences.
fn verdict(found: &Explanation, held: bool) -> Vec<String> {
    let mut out = Vec::new();
    if held && !found.firing {
        out.push("It is over; those who were told are told so.".to_owned());
    }
    if let Some(inhibition) = &found.inhibition {
        let by = inhibition.source_labels.to_string();
        out.push(format!(
            "Nobody is told: the firing alert {by} inhibits it."
        ));
    }
    for id in &found.silences {
        out.push(format!("Nobody is told: the silence {id} hides it."));
    }
    for (name, reason) in &found.suppressions {
        let why = if reason.is_empty() {
            String::new()
        } else {
            format!(": {reason}")
        };
        out.push(format!(
            "Nobody is told: the suppression {name} hides it{why}."
        ));
    }
    for route in &found.routes {
        out.push(route_sentence(route));
    }
    out
}

fn route_sentence(route: &ExplainedRoute) -> String {
    let receivers = route.receivers.join(", ");
    let id = &route.route_id;
    if !route.muted_by.is_empty() {
        let names = route.muted_by.join(", ");
        return format!("{receivers} (node {id}) is not told at this time: {names}.");
    }
    if route.integrations.is_empty() {
        return format!("{receivers} (node {id}) has no channels: it swallows what it gets.");
    }
    if let Some(by) = &route.acknowledged_by {
        return format!("{receivers} (node {id}) is not told again: {by} takes care of the group.");
    }
    match (route.told.is_empty(), route.group) {
        (false, _) => format!("{receivers} (node {id}) was told."),
        (true, Some(_)) => format!("{receivers} (node {id}) is told at the group's next look."),
        (true, None) => format!("{receivers} (node {id}) would be told."),
    }
}
