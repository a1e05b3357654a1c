//! What Prometheus refuses in a rule whose fields could be read, in its words.

use super::ReadOptions;
use super::read::Place;
use crate::expand;
use crate::rule::{Rule, RuleKind};
use std::collections::BTreeMap;
use tacho_model::labels::{METRIC_NAME, is_legacy_label_name, is_legacy_metric_name};
use tacho_yaml::problem::Wrong;

/// How a rule is named in messages.
pub(super) struct Named<'a> {
    /// Its group.
    pub group: &'a str,
    /// Its place in the group, from 1.
    pub number: usize,
    /// The field `record`.
    pub record: &'a str,
    /// The field `alert`.
    pub alert: &'a str,
}

impl Named<'_> {
    fn wrong(&self, line: usize, message: &str) -> Wrong {
        let name = if self.alert.is_empty() {
            self.record
        } else {
            self.alert
        };
        let (group, number) = (self.group, self.number);
        Wrong::new(
            line,
            format!("group {group:?}, rule {number}, {name:?}: {message}"),
        )
    }

    fn wrong_with(&self, line: usize, message: &str, hint: &str) -> Wrong {
        let mut wrong = self.wrong(line, message);
        wrong.hint = Some(hint.to_owned());
        wrong
    }

    /// An expression that is missing or does not parse. Its problem is placed in the file.
    pub(super) fn wrong_expr(&self, text: &str, message: &str, line: usize, block: bool) -> Wrong {
        if text.is_empty() {
            let hint = "write what the rule asks into expr";
            return self.wrong_with(line, "field 'expr' must be set in rule", hint);
        }
        let inner = message
            .split(':')
            .next()
            .and_then(|line| line.parse::<usize>().ok())
            .filter(|_| block);
        let line = inner.map_or(line, |inner| line + inner);
        self.wrong(line, &format!("could not parse expression: {message}"))
    }
}

/// What is wrong with the labels of a group.
pub(super) fn group_labels(
    line: usize,
    labels: &BTreeMap<String, String>,
    options: ReadOptions,
) -> Vec<Wrong> {
    labels
        .keys()
        .filter(|name| !is_label(name, options))
        .map(|name| Wrong::new(line, format!("invalid label name: {name}")))
        .collect()
}

/// A name that a label may have in a rule.
fn is_label(name: &str, options: ReadOptions) -> bool {
    name != METRIC_NAME && is_annotation(name, options)
}

fn is_annotation(name: &str, options: ReadOptions) -> bool {
    if options.legacy_names {
        is_legacy_label_name(name)
    } else {
        !name.is_empty()
    }
}

/// All that is wrong with a rule.
pub(super) fn rule(
    rule: &Rule,
    named: &Named<'_>,
    place: &Place,
    options: ReadOptions,
) -> Vec<Wrong> {
    let mut found = Vec::new();
    match (named.record.is_empty(), named.alert.is_empty()) {
        (false, false) => found.push(named.wrong_with(
            place.rule,
            "only one of 'record' and 'alert' must be set",
            "make two rules of it",
        )),
        (true, true) => found.push(named.wrong_with(
            place.rule,
            "one of 'record' or 'alert' must be set",
            "name the alert or the metric that is recorded",
        )),
        _ => {}
    }
    if !named.record.is_empty() {
        recording(rule, named, place, options, &mut found);
    }
    names(rule, named, place, options, &mut found);
    if matches!(rule.kind, RuleKind::Alert { .. }) {
        templates(rule, named, place, &mut found);
    }
    found
}

fn recording(
    rule: &Rule,
    named: &Named<'_>,
    place: &Place,
    options: ReadOptions,
    found: &mut Vec<Wrong>,
) {
    let fields = [
        ("annotations", !rule.annotations.is_empty()),
        ("for", rule.for_ms != 0),
        ("keep_firing_for", rule.keep_firing_for_ms != 0),
    ];
    for (field, _) in fields.iter().filter(|(_, is_set)| *is_set) {
        let message = format!("invalid field '{field}' in recording rule");
        found.push(named.wrong_with(place.rule, &message, "only alerts have it: remove it"));
    }
    let name = named.record;
    if options.legacy_names && !is_legacy_metric_name(name) {
        let message = format!("invalid recording rule name: {name}");
        found.push(named.wrong(place.rule, &message));
    }
    if name.contains(['{', '}']) {
        let message =
            format!("braces present in the recording rule name; should it be in expr?: {name}");
        let hint = "labels of the recorded series belong into labels";
        found.push(named.wrong_with(place.rule, &message, hint));
    }
}

fn names(
    rule: &Rule,
    named: &Named<'_>,
    place: &Place,
    options: ReadOptions,
    found: &mut Vec<Wrong>,
) {
    let line_in = |lines: &BTreeMap<String, usize>, name: &str| {
        lines.get(name).copied().unwrap_or(place.rule)
    };
    for name in rule.labels.keys().filter(|name| !is_label(name, options)) {
        let line = line_in(&place.labels, name);
        found.push(named.wrong(line, &format!("invalid label name: {name}")));
    }
    let wrong = |name: &&String| !is_annotation(name, options);
    for name in rule.annotations.keys().filter(wrong) {
        let line = line_in(&place.annotations, name);
        found.push(named.wrong(line, &format!("invalid annotation name: {name}")));
    }
}

fn templates(rule: &Rule, named: &Named<'_>, place: &Place, found: &mut Vec<Wrong>) {
    let parts = [
        ("label", &rule.labels, &place.labels),
        ("annotation", &rule.annotations, &place.annotations),
    ];
    for (what, texts, lines) in parts {
        for (name, text) in texts {
            let Err(reason) = expand::check(text, rule.name()) else {
                continue;
            };
            let line = lines.get(name).copied().unwrap_or(place.rule);
            found.push(named.wrong(line, &format!("{what} {name:?}: {reason}")));
        }
    }
}
