//! Reads an `alertmanager.yml` as Alertmanager 0.34 does: what it takes is taken, what it refuses is refused
//! with its words, a line and a remedy. Sections that tacho has no use for are tolerated with a warning.

use super::escalation::Escalation;
use super::hidden::print_hidden;
use super::{Config, Global, InhibitRule, RESOLVE_TIMEOUT_MS, Storm};
use crate::matcher::Syntax;
use crate::matcher::read::{Source, equal_map, pattern_map};
use crate::route::read::{check_uses, duration_ms, read_tree};
use crate::time_interval::TimeInterval;
use std::collections::{BTreeMap, BTreeSet};
use tacho_export::receiver::defaults::Defaults;
use tacho_export::receiver::{Receivers, read_receivers};
use tacho_yaml::node::{Node, parse};
use tacho_yaml::problem::Wrong;
use tacho_yaml::section::{Read, Section, items_of};

/// Most inhibition rules.
const INHIBIT_RULES_MAX: usize = 10_000;

impl Config {
    /// Reads an `alertmanager.yml`, with both syntaxes of matchers.
    ///
    /// # Errors
    /// The first thing that is wrong with it; the configuration in force should then stay.
    pub fn from_alertmanager(text: &str) -> Read<Self> {
        Self::from_alertmanager_as(text, Syntax::Fallback)
    }

    /// Reads an `alertmanager.yml` with a syntax of matchers: Alertmanager's feature flags
    /// `classic-mode` and `utf8-strict-mode`.
    ///
    /// # Errors
    /// As `from_alertmanager`.
    pub fn from_alertmanager_as(text: &str, syntax: Syntax) -> Read<Self> {
        let node = parse(text)?;
        let mut warnings = Vec::new();
        let mut source = Source {
            syntax,
            warnings: &mut warnings,
        };
        let mut config = read_file(&node, &mut source)?;
        config.source_text = print_hidden(&node);
        warnings.append(&mut config.warnings);
        warnings.sort_by_key(|warning| warning.line);
        config.warnings = warnings;
        Ok(config)
    }
}

fn read_file(node: &Node, source: &mut Source<'_>) -> Read<Config> {
    let mut section = Section::open(node, "configuration")?;
    let (global, defaults) = read_global(section.node("global"))?;
    let Some(route) = section.node("route") else {
        let mut wrong = Wrong::new(section.line, "no route provided in config");
        wrong.hint = Some("add route: with the receiver that gets everything".to_owned());
        return Err(wrong);
    };
    let tree = read_tree(route, source)?;
    let inhibit_rules = match section.node("inhibit_rules") {
        Some(node) => read_inhibit_rules(node, source)?,
        None => Vec::new(),
    };
    let receivers = match section.node("receivers") {
        Some(node) => read_receivers(node, &defaults)?,
        None => Receivers::default(),
    };
    let template_globs = section.texts("templates")?.unwrap_or_default();
    let time_intervals = read_time_intervals(&mut section)?;
    for key in ["tracing", "event_recorder"] {
        if section.node(key).is_some() {
            let message = format!("{key} is not in force: tacho tells about itself otherwise");
            source.warnings.push(section.wrong(key, message));
        }
    }
    section.finish()?;
    let names = receivers.receivers.iter();
    let names: BTreeSet<&str> = names.map(|receiver| receiver.name.as_str()).collect();
    check_uses(&tree.receivers, &names, "receiver", "route")?;
    let names: BTreeSet<&str> = time_intervals.keys().map(String::as_str).collect();
    check_uses(&tree.time_intervals, &names, "time interval", "route")?;
    Ok(Config {
        global,
        route: tree.root,
        inhibit_rules,
        receivers: receivers.receivers,
        time_intervals,
        template_globs,
        suppressions: Vec::new(),
        escalation: Escalation::default(),
        storm: Storm::default(),
        source_text: String::new(),
        warnings: receivers.warnings,
    })
}

fn read_global(node: Option<&Node>) -> Read<(Global, Defaults)> {
    let Some(node) = node else {
        return Ok((Global::default(), Defaults::default()));
    };
    let mut section = Section::open(node, "global configuration")?;
    let resolve = duration_ms(&mut section, "resolve_timeout")?;
    let defaults = Defaults::read(&mut section)?;
    section.finish()?;
    let global = Global {
        resolve_timeout_ms: resolve.unwrap_or(RESOLVE_TIMEOUT_MS),
    };
    Ok((global, defaults))
}

/// Reads inhibition rules; also those of our own blocks, which look alike.
///
/// # Errors
/// The first thing that Alertmanager would refuse too.
pub(super) fn read_inhibit_rules(node: &Node, source: &mut Source<'_>) -> Read<Vec<InhibitRule>> {
    let items = items_of(node, "inhibit_rules")?;
    if items.len() > INHIBIT_RULES_MAX {
        let message = format!("more than {INHIBIT_RULES_MAX} inhibit_rules");
        return Err(Wrong::new(node.line, message));
    }
    let mut names = BTreeSet::new();
    let mut rules = Vec::with_capacity(items.len());
    for item in items {
        let rule = read_inhibit_rule(item, source)?;
        if !rule.name.is_empty() && !names.insert(rule.name.clone()) {
            let message = format!("inhibition rule name {:?} is not unique", rule.name);
            source.warnings.push(Wrong::new(item.line, message));
        }
        rules.push(rule);
    }
    Ok(rules)
}

fn read_inhibit_rule(node: &Node, source: &mut Source<'_>) -> Read<InhibitRule> {
    let mut section = Section::open(node, "inhibit rule")?;
    let name = section.text_or_empty("name")?;
    let mut matchers = equal_map(&mut section, "source_match")?;
    matchers.extend(pattern_map(&mut section, "source_match_re")?);
    if let Some(node) = section.node("source_matchers") {
        matchers.extend(source.list(node, "source_matchers")?);
    }
    let mut target = equal_map(&mut section, "target_match")?;
    target.extend(pattern_map(&mut section, "target_match_re")?);
    if let Some(node) = section.node("target_matchers") {
        target.extend(source.list(node, "target_matchers")?);
    }
    let mut equal = section.texts("equal")?.unwrap_or_default();
    if let Some(name) = equal.iter().find(|name| !source.is_label_name(name)) {
        let message = format!("invalid label name {name:?} in equal list");
        return Err(section.wrong("equal", message));
    }
    section.finish()?;
    matchers.sort();
    target.sort();
    equal.sort();
    equal.dedup();
    Ok(InhibitRule {
        name,
        source: matchers,
        target,
        equal,
    })
}

type Named = BTreeMap<String, Vec<TimeInterval>>;

/// `mute_time_intervals`, the name of old, and `time_intervals`.
fn read_time_intervals(section: &mut Section<'_>) -> Read<Named> {
    let mut all = BTreeMap::new();
    for (key, what) in [
        ("mute_time_intervals", "mute time interval"),
        ("time_intervals", "time interval"),
    ] {
        for item in section.items(key)?.unwrap_or_default() {
            let mut inner = Section::open(item, what)?;
            let name = inner.text_or_empty("name")?;
            let line = inner.line;
            if name.is_empty() {
                return Err(Wrong::new(line, format!("missing name in {what}")));
            }
            let intervals = match inner.node("time_intervals") {
                Some(node) => TimeInterval::read_list(node, "time_intervals")?,
                None => Vec::new(),
            };
            inner.finish()?;
            if all.contains_key(&name) {
                return Err(Wrong::new(line, format!("{what} {name:?} is not unique")));
            }
            all.insert(name, intervals);
        }
    }
    Ok(all)
}
