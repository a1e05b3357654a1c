//! Our own blocks: `alerting.receivers`, `alert_routing`, `suppressions`, `escalation`,
//! `escalation_policies` and `storm`. They make a configuration of their own, or add to an
//! `alertmanager.yml` what Alertmanager has no words for.
//!
//! ```yaml
//! alerting:
//!   receivers:
//!   - {name: slack_alerts, type: slack, webhook_url: "${SLACK_WEBHOOK_URL}", channel: "#orchestrator-alerts"}
//! alert_routing:
//!   receiver: slack_alerts
//!   routes:
//!   - {match: {severity: CRITICAL}, receivers: [slack_alerts, console], group_wait: 10s}
//! suppressions:
//! - name: scheduled_maintenance
//!   match: {severity: LOW|MEDIUM}
//!   time_range: {start: 2026-11-21T02:00:00Z, end: 2026-11-21T04:00:00Z}
//! escalation:
//!   policies: [{severity: CRITICAL, levels: [{after: 5m, rota: primary}], repeat: 15m, repeat_times: 3}]
//!   rotas: [{name: primary, time_zone: Europe/Berlin, starts: 2026-01-05, turn: 1w, members: [slack_alerts]}]
//! ```

mod escalation;
pub(crate) mod fields;
mod receivers;
pub mod routing;
mod turns;

use super::default::{CONSOLE, DEFAULT_RECEIVER, inhibit_rules, root, severity_routes};
use super::escalation::Escalation;
use super::hidden::print_hidden;
use super::{Config, Global, Storm};
use crate::matcher::Syntax;
use crate::matcher::read::Source;
use crate::route::Route;
use crate::route::read::{Use, name_all};
use crate::suppression::Suppression;
use crate::suppression::read::read_suppressions;
use receivers::{add_undefined, read_own_receivers};
use routing::{Routing, read_routing};
use std::collections::{BTreeMap, BTreeSet};
use tacho_export::receiver::Receiver;
use tacho_yaml::node::{Data, Node, parse};
use tacho_yaml::problem::Wrong;
use tacho_yaml::section::{Read, Section};

/// Our own blocks as they were read; what names what is checked when they become a configuration.
#[derive(Debug, Clone, Default)]
pub struct OwnBlocks {
    /// Who can be told.
    pub receivers: Vec<Receiver>,
    /// The routing tree, if there is one.
    pub routing: Option<Routing>,
    /// Alerts that tell nobody.
    pub suppressions: Vec<Suppression>,
    /// Who is told when nobody answers.
    pub escalation: Escalation,
    /// How many messages are too many.
    pub storm: Storm,
    /// The blocks as YAML, without comments and secrets.
    pub source_text: String,
    /// What is read but not in force, or looks like a slip.
    pub warnings: Vec<Wrong>,
    /// Receivers that escalation uses.
    pub used_by_escalation: Vec<Use>,
}

impl OwnBlocks {
    /// Reads the blocks out of a mapping with the keys `alerting` (or `alerting.receivers`),
    /// `alert_routing`, `suppressions`, `escalation`, `escalation_policies` and `storm`.
    ///
    /// # Errors
    /// The first thing that is wrong with them.
    pub fn read(node: &Node) -> Read<Self> {
        let mut warnings = Vec::new();
        let mut source = Source {
            syntax: Syntax::Fallback,
            warnings: &mut warnings,
        };
        let mut blocks = read_blocks_of(node, &mut source)?;
        blocks.source_text = print_hidden(node);
        blocks.warnings.append(&mut warnings);
        blocks.warnings.sort_by_key(|warning| warning.line);
        Ok(blocks)
    }

    /// Reads the blocks out of a text.
    ///
    /// # Errors
    /// As `read`, and if it is no YAML.
    pub fn parse(text: &str) -> Read<Self> {
        Self::read(&parse(text)?)
    }

    /// Whether they say nothing about who is told: the built-in configuration then holds.
    pub fn is_silent_about_routes(&self) -> bool {
        self.receivers.is_empty() && self.routing.is_none()
    }
}

fn read_blocks_of(node: &Node, source: &mut Source<'_>) -> Read<OwnBlocks> {
    let mut section = Section::open(node, "configuration")?;
    let mut receivers = Vec::new();
    let mut storm = Storm::default();
    if let Some(node) = section.node("alerting") {
        let mut inner = Section::open(node, "alerting")?;
        // what the server reads itself
        for key in ["enabled", "rules_file", "evaluation_interval"] {
            let _ = inner.entry(key);
        }
        if inner.count("max_notifications")?.is_some_and(|max| max > 0) {
            let message = "max_notifications is not in force";
            let mut wrong = inner.wrong("max_notifications", message);
            wrong.hint = Some("use storm: {groups_per_minute: 30}".to_owned());
            source.warnings.push(wrong);
        }
        if let Some(node) = inner.node("receivers") {
            receivers = read_own_receivers(node, source.warnings)?;
        }
        if let Some(node) = inner.node("storm") {
            storm = read_storm(node)?;
        }
        inner.finish()?;
    }
    if let Some(node) = section.node("alerting.receivers") {
        receivers = read_own_receivers(node, source.warnings)?;
    }
    if let Some(node) = section.node("storm") {
        storm = read_storm(node)?;
    }
    let routing = match section.node("alert_routing") {
        Some(node) => Some(read_routing(node, source)?),
        None => None,
    };
    let suppressions = match section.node("suppressions") {
        Some(node) => read_suppressions(node, source)?,
        None => Vec::new(),
    };
    let escalation = read_escalation(&mut section, source)?;
    section.finish()?;
    Ok(OwnBlocks {
        receivers,
        routing,
        suppressions,
        escalation: escalation.escalation,
        storm,
        source_text: String::new(),
        warnings: Vec::new(),
        used_by_escalation: escalation.receivers,
    })
}

/// `escalation` with policies, rotas and overrides, and `escalation_policies`.
fn read_escalation(section: &mut Section<'_>, source: &mut Source<'_>) -> Read<escalation::Reader> {
    let mut reader = escalation::Reader::default();
    let mut line = section.line;
    if let Some(node) = section.node("escalation") {
        line = section.line_of("escalation");
        if let Data::Sequence(_) = node.data {
            reader.policies(node, source)?;
        } else {
            let mut inner = Section::open(node, "escalation")?;
            let _ = inner.entry("enabled");
            if let Some(node) = inner.node("policies") {
                reader.policies(node, source)?;
            }
            if let Some(node) = inner.node("rotas") {
                reader.rotas(node)?;
            }
            if let Some(node) = inner.node("overrides") {
                reader.overrides(node)?;
            }
            inner.finish()?;
        }
    }
    if let Some(node) = section.node("escalation_policies") {
        line = section.line_of("escalation_policies");
        reader.policies(node, source)?;
    }
    reader.check(line)?;
    Ok(reader)
}

fn read_storm(node: &Node) -> Read<Storm> {
    let mut section = Section::open(node, "storm")?;
    let limit = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
    let mut storm = Storm::default();
    if let Some(count) = section.count("groups_per_minute")? {
        storm.groups_per_minute = limit(count);
    }
    if let Some(node) = section.node("receivers") {
        let inner = Section::open(node, "receivers of storm")?;
        for entry in inner.entries() {
            let count = match &entry.value.data {
                Data::Scalar { text, .. } => text.parse().ok(),
                _ => None,
            };
            let Some(count) = count else {
                let message = format!("{}: a number of groups a minute was expected", entry.key);
                return Err(Wrong::new(entry.line, message));
            };
            storm.receivers.insert(entry.key.clone(), limit(count));
        }
    }
    section.finish()?;
    Ok(storm)
}

impl Config {
    /// The configuration of our own blocks. Without receivers and routes it is the built-in one: a line on
    /// the console for everything, in the times of the routes by severity.
    ///
    /// # Errors
    /// If a receiver is used that is not there, but for one whose name is close.
    pub fn from_own(blocks: &OwnBlocks) -> Read<Self> {
        let mut receivers = blocks.receivers.clone();
        let route = own_tree(blocks)?;
        let routing = blocks.routing.as_ref();
        let mut warnings = blocks.warnings.clone();
        // nobody named the receivers of the built-in tree, but they may be built in themselves
        let usual = route.receivers.iter().cloned();
        let usual: Vec<Use> = usual.map(|name| Use { name, line: 0 }).collect();
        let used = routing.map_or(&[][..], |routing| &routing.receivers[..]);
        for (uses, user) in [
            (used, "route"),
            (&blocks.used_by_escalation[..], "escalation"),
            (&usual[..], "route"),
        ] {
            add_undefined(&mut receivers, uses, user, &mut warnings)?;
        }
        warn_of_the_unused(
            &receivers,
            &blocks.used_by_escalation,
            &route,
            &mut warnings,
        );
        Ok(Self {
            global: Global::default(),
            inhibit_rules: routing
                .and_then(|routing| routing.inhibit_rules.clone())
                .unwrap_or_else(inhibit_rules),
            receivers,
            route,
            time_intervals: BTreeMap::new(),
            template_globs: Vec::new(),
            suppressions: blocks.suppressions.clone(),
            escalation: blocks.escalation.clone(),
            storm: blocks.storm.clone(),
            source_text: blocks.source_text.clone(),
            warnings,
        })
    }

    /// The built-in configuration, for when nothing is configured.
    ///
    /// # Errors
    /// Never: it is ours.
    pub fn built_in() -> Read<Self> {
        Self::from_own(&OwnBlocks::default())
    }

    /// Adds to an `alertmanager.yml` what only our own blocks can say: receivers (those of the same name
    /// stay), suppressions, escalation and storm control. Who is told stays with the `alertmanager.yml`.
    ///
    /// # Errors
    /// If escalation uses a receiver that is not there, but for one whose name is close.
    pub fn with_own(mut self, blocks: &OwnBlocks) -> Read<Self> {
        for receiver in &blocks.receivers {
            if self.receiver(&receiver.name).is_none() {
                self.receivers.push(receiver.clone());
            }
        }
        let uses = &blocks.used_by_escalation;
        add_undefined(&mut self.receivers, uses, "escalation", &mut self.warnings)?;
        self.suppressions
            .extend(blocks.suppressions.iter().cloned());
        self.escalation = blocks.escalation.clone();
        self.storm = blocks.storm.clone();
        self.warnings.extend(blocks.warnings.iter().cloned());
        if blocks.routing.is_some() {
            let message = "alert_routing is not in force: the alertmanager.yml has the routes";
            self.warnings.push(Wrong::new(0, message));
        }
        Ok(self)
    }
}

/// The tree of the blocks, or what follows from the receivers that are there.
fn own_tree(blocks: &OwnBlocks) -> Read<Route> {
    let (mut tree, plain) = match &blocks.routing {
        Some(routing) => (routing.root.clone(), routing.plain),
        None => (root(Vec::new()), true),
    };
    if tree.receivers.is_empty() {
        let receivers = usual_receivers(&blocks.receivers);
        inherit_receivers(&mut tree, &receivers);
    }
    if plain {
        tree.routes = severity_routes(&tree);
    }
    name_all(&mut tree, 0)?;
    Ok(tree)
}

/// Who gets everything if nobody is named: the default receiver, else all that are there, else the console.
fn usual_receivers(receivers: &[Receiver]) -> Vec<String> {
    if receivers
        .iter()
        .any(|receiver| receiver.name == DEFAULT_RECEIVER)
    {
        return vec![DEFAULT_RECEIVER.to_owned()];
    }
    let able = receivers
        .iter()
        .filter(|receiver| !receiver.integrations.is_empty());
    let names: Vec<String> = able.map(|receiver| receiver.name.clone()).collect();
    if names.is_empty() {
        return vec![CONSOLE.to_owned()];
    }
    names
}

fn inherit_receivers(route: &mut Route, receivers: &[String]) {
    if route.receivers.is_empty() {
        route.receivers = receivers.to_vec();
    }
    for child in &mut route.routes {
        let inherited = route.receivers.clone();
        inherit_receivers(child, &inherited);
    }
}

/// A receiver that nothing leads to is most likely a slip.
fn warn_of_the_unused(
    receivers: &[Receiver],
    used: &[Use],
    route: &Route,
    warnings: &mut Vec<Wrong>,
) {
    let routed: BTreeSet<&String> = route.walk().flat_map(|route| &route.receivers).collect();
    for Receiver { name, .. } in receivers {
        let named = routed.contains(name) || used.iter().any(|used| used.name == *name);
        if !named {
            let message = format!("receiver {name:?} is told nothing: no route names it");
            warnings.push(Wrong::new(0, message));
        }
    }
}

#[cfg(test)]
mod tests;
