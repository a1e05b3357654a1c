//! Rule files of our own: a list of rules with short conditions, both vocabularies of severities,
//! cooldown, receivers and so on (`alerts:`), and Prometheus' `groups:` whose rules may have the same
//! fields. `camelCase` is taken as well.
//!
//! `fields.rs` reads, `to_rule.rs` gives rules, `print.rs` writes, `edit.rs` changes one rule of a text and
//! leaves the rest of it, comments too, as it is.

use crate::condition::Settings;
use crate::rule::{NoData, Rule, RuleGroup, RuleKind, Source, assign_ids};
use crate::signal_rule::SignalText;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use tacho_model::alert::SEVERITY;
use tacho_yaml::node::{Node, parse};
use tacho_yaml::problem::{Problem, Wrong};

pub mod edit;
pub mod print;

mod fields;
mod to_rule;

/// The group of rules that name none.
pub const DEFAULT_GROUP: &str = "default";

/// A rule as it is written. Durations are milliseconds. Empty texts are not written.
#[derive(Debug, Clone, PartialEq)]
pub struct Definition {
    /// The name of the alert or of the recorded metric.
    pub name: String,
    /// Another name to find it by.
    pub id: String,
    /// Its group; empty is `default`.
    pub group: String,
    /// Records a metric instead of giving alerts.
    pub records: bool,
    /// PromQL.
    pub expr: String,
    /// The selector of a short condition.
    pub metric: String,
    /// A short condition; without `metric` it is PromQL.
    pub condition: String,
    /// `greater_than` and so on, with `threshold`.
    pub operator: String,
    /// What is compared with.
    pub threshold: Option<f64>,
    /// TraceQL or LogQL instead of all of these; `condition` may say how many are too many.
    pub query: Option<SignalText>,
    /// One alert for each span or record that the query finds.
    pub per_item: bool,
    /// Attributes that become labels: of each span, or of what counts are split by.
    pub by: Vec<String>,
    /// The time that is looked at.
    pub window_ms: Option<i64>,
    /// How long it must hold.
    pub for_ms: i64,
    /// How long it goes on after it held.
    pub keep_firing_for_ms: i64,
    /// Time between evaluations.
    pub interval_ms: Option<i64>,
    /// Rest after it began to fire.
    pub cooldown_ms: i64,
    /// Labels, `severity` too.
    pub labels: BTreeMap<String, String>,
    /// Annotations: `summary`, `description`, `message`, `runbook_url` and others.
    pub annotations: BTreeMap<String, String>,
    /// Is evaluated.
    pub enabled: bool,
    /// Is evaluated as soon as samples arrive.
    pub on_arrival: bool,
    /// What no data means.
    pub no_data: NoData,
    /// Receivers that it names itself.
    pub receivers: Vec<String>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// Line of the file, from 1; 0 if it has none.
    pub line: usize,
}

impl Definition {
    /// A definition of this name without anything else.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            id: String::new(),
            group: String::new(),
            records: false,
            expr: String::new(),
            metric: String::new(),
            condition: String::new(),
            operator: String::new(),
            threshold: None,
            query: None,
            per_item: false,
            by: Vec::new(),
            window_ms: None,
            for_ms: 0,
            keep_firing_for_ms: 0,
            interval_ms: None,
            cooldown_ms: 0,
            labels: BTreeMap::new(),
            annotations: BTreeMap::new(),
            enabled: true,
            on_arrival: false,
            no_data: NoData::Ok,
            receivers: Vec::new(),
            tags: Vec::new(),
            line: 0,
        }
    }

    /// The definition that a rule could have been read from; short conditions come as PromQL.
    pub fn of(rule: &Rule, group: &RuleGroup) -> Self {
        let mut definition = Self::new(rule.name());
        definition.group.clone_from(&group.name);
        definition.records = matches!(rule.kind, RuleKind::Record { .. });
        match rule.expr.signal() {
            Some(signal) => signal.describe(&mut definition),
            None => rule.expr.text().clone_into(&mut definition.expr),
        }
        if rule.evaluation_window_ms > 0 {
            definition.window_ms = Some(rule.evaluation_window_ms);
        }
        definition.for_ms = rule.for_ms;
        definition.keep_firing_for_ms = rule.keep_firing_for_ms;
        definition.interval_ms = group.interval_ms;
        definition.cooldown_ms = rule.cooldown_ms;
        definition.labels.clone_from(&rule.labels);
        definition.annotations.clone_from(&rule.annotations);
        definition.enabled = rule.enabled;
        definition.on_arrival = rule.on_arrival;
        definition.no_data = rule.no_data;
        definition.receivers.clone_from(&rule.notify);
        definition.tags.clone_from(&rule.tags);
        definition.line = rule.line;
        definition
    }

    /// Its group.
    pub fn group_name(&self) -> &str {
        if self.group.is_empty() {
            DEFAULT_GROUP
        } else {
            &self.group
        }
    }

    /// The label `severity`; empty if there is none.
    pub fn severity(&self) -> &str {
        self.labels.get(SEVERITY).map_or("", String::as_str)
    }

    /// The rule that it defines, and what had to be assumed.
    ///
    /// # Errors
    /// All that is wrong with it, by field.
    pub fn to_rule(
        &self,
        settings: &Settings,
    ) -> Result<(Rule, Vec<String>), Vec<DefinitionProblem>> {
        to_rule::rule(self, settings)
    }

    /// Whether two say the same, wherever they stand.
    pub fn same_as(&self, other: &Self) -> bool {
        let placeless = |one: &Self| Self {
            group: one.group_name().to_owned(),
            line: 0,
            ..one.clone()
        };
        placeless(self) == placeless(other)
    }
}

/// What is wrong with a field of a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefinitionProblem {
    /// The field: `name`, `expr`, `condition`, `labels` and so on.
    pub field: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do instead.
    pub hint: Option<String>,
    /// Bytes of the field's text that it is about.
    pub span: Option<Range<usize>>,
}

/// A rule file of our own.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnFile {
    /// Its groups; rules have identifiers that are unique in this file.
    pub groups: Vec<RuleGroup>,
    /// For each group the definitions of its rules, in the same order.
    pub definitions: Vec<Vec<Definition>>,
    /// What is allowed but hardly meant, or had to be assumed.
    pub warnings: Vec<Problem>,
}

/// Reads a rule file. Rules of `alerts:` whose interval is not that of the first one of their group become
/// groups of their own, named `GROUP-INTERVAL`.
///
/// # Errors
/// All that is wrong with it, in order of the file.
pub fn read(text: &str, source: &Source, settings: &Settings) -> Result<OwnFile, Vec<Problem>> {
    let node = parse(text).map_err(|wrong| vec![wrong.in_file(&source.file)])?;
    read_node(&node, source, settings)
}

/// Reads a rule file that is a tree already.
///
/// # Errors
/// As `read`.
pub fn read_node(
    node: &Node,
    source: &Source,
    settings: &Settings,
) -> Result<OwnFile, Vec<Problem>> {
    let in_file = |wrong: Wrong| wrong.in_file(&source.file);
    let raw = fields::groups(node).map_err(|found| {
        let mut found: Vec<Problem> = found.into_iter().map(in_file).collect();
        found.sort_by_key(|problem| problem.line);
        found
    })?;
    let mut file = OwnFile {
        groups: Vec::new(),
        definitions: Vec::new(),
        warnings: Vec::new(),
    };
    let mut found = Vec::new();
    for raw_group in raw {
        let mut group = RuleGroup::new(&raw_group.name, source.clone());
        group.interval_ms = raw_group.interval_ms;
        group.query_offset_ms = raw_group.query_offset_ms;
        group.limit = raw_group.limit;
        group.labels = raw_group.labels;
        for written in &raw_group.rules {
            match written.definition.to_rule(settings) {
                Ok((rule, notes)) => {
                    group.rules.push(rule);
                    let line = written.definition.line;
                    let told = notes.into_iter().map(|note| Problem {
                        file: Arc::clone(&source.file),
                        line,
                        message: format!("{}: {note}", written.definition.name),
                        hint: None,
                    });
                    file.warnings.extend(told);
                }
                Err(problems) => found.extend(
                    problems
                        .into_iter()
                        .map(|problem| in_file(written.wrong(problem))),
                ),
            }
        }
        let definitions = raw_group
            .rules
            .into_iter()
            .map(|written| written.definition);
        file.definitions.push(definitions.collect());
        file.groups.push(group);
    }
    if !found.is_empty() {
        found.sort_by_key(|problem: &Problem| problem.line);
        return Err(found);
    }
    assign_ids(&mut file.groups);
    Ok(file)
}

#[cfg(test)]
mod tests;
