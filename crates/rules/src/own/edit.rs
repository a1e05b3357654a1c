//! Changes one rule in the text of a rule file, and leaves everything else as it is: comments, order,
//! spelling. What cannot be changed in place (flow style, anchors) is written anew as a whole.

use super::fields::{self, RawGroup};
use super::print::{self, Style};
use super::{DEFAULT_GROUP, Definition};
use crate::error::{Error, Result};
use crate::rule::{RuleGroup, Source, SourceKind};
use lines::Lines;
use merge::{merged, style_of};
use std::collections::BTreeMap;
use tacho_yaml::node::{Data, Node, parse};

mod lines;
mod merge;

/// A rule in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// The name of its group, as `read` gives it.
    pub group: &'a str,
    /// Its name.
    pub name: &'a str,
    /// How many rules of this name come before it in the group.
    pub before: usize,
}

/// The text with another definition for a rule. Another group in it moves the rule to the end of that
/// group; an interval is that of the whole group where the file has `groups:`.
///
/// # Errors
/// If the text is no rule file, or has no such rule.
pub fn replace_rule(text: &str, place: Place<'_>, new: &Definition) -> Result<String> {
    let document = Document::read(text)?;
    let (group, rule) = document.find(place)?;
    let old = &document.groups[group].rules[rule].definition;
    if old.group_name() != new.group_name() {
        return append_rule(&remove_rule(text, place)?, new);
    }
    let mut wanted = document.definitions();
    if !document.in_list(old.line) {
        set_interval(&mut wanted, new);
    }
    replace_one(&mut wanted, old, Some(new));
    let changed = document.replaced(old, new);
    Ok(document.checked(changed, &wanted))
}

/// The text without a rule, and without the comments right above it.
///
/// # Errors
/// If the text is no rule file, or has no such rule.
pub fn remove_rule(text: &str, place: Place<'_>) -> Result<String> {
    let document = Document::read(text)?;
    let (group, rule) = document.find(place)?;
    let old = &document.groups[group].rules[rule].definition;
    let mut wanted = document.definitions();
    replace_one(&mut wanted, old, None);
    let changed = document.removed(old);
    Ok(document.checked(changed, &wanted))
}

/// The text with one more rule, at the end of its group.
///
/// # Errors
/// If the text is no rule file.
pub fn append_rule(text: &str, new: &Definition) -> Result<String> {
    let document = Document::read(text)?;
    let mut wanted = document.definitions();
    let in_group = document.group_node(new.group_name()).is_some();
    if in_group {
        set_interval(&mut wanted, new);
    }
    wanted.push(new.clone());
    let changed = document.appended(new);
    Ok(document.checked(changed, &wanted))
}

/// An interval that a rule names is that of all rules of its group.
fn set_interval(wanted: &mut [Definition], new: &Definition) {
    for other in wanted {
        if other.group_name() == new.group_name() {
            other.interval_ms = new.interval_ms;
        }
    }
}

fn replace_one(wanted: &mut Vec<Definition>, old: &Definition, new: Option<&Definition>) {
    let found = wanted.iter().position(|one| one.line == old.line);
    match (found, new) {
        (Some(at), Some(new)) => wanted[at] = new.clone(),
        (Some(at), None) => {
            wanted.remove(at);
        }
        (None, _) => {}
    }
}

/// A text that was read.
struct Document {
    lines: Lines,
    root: Node,
    groups: Vec<RawGroup>,
}

impl Document {
    fn read(text: &str) -> Result<Self> {
        let root = parse(text).map_err(|wrong| wrong_text(wrong.line, &wrong.message))?;
        let groups = fields::groups(&root).map_err(|found| {
            let first = found.first();
            let (line, message) = first.map_or((0, ""), |first| (first.line, &first.message));
            wrong_text(line, message)
        })?;
        Ok(Self {
            lines: Lines::of(text),
            root,
            groups,
        })
    }

    fn find(&self, place: Place<'_>) -> Result<(usize, usize)> {
        let group = self
            .groups
            .iter()
            .position(|group| group.name == place.group);
        let found = group.and_then(|at| {
            let named = self.groups[at].rules.iter().enumerate();
            let mut named = named.filter(|(_, rule)| rule.definition.name == place.name);
            Some((at, named.nth(place.before)?.0))
        });
        found.ok_or_else(|| {
            let Place { group, name, .. } = place;
            Error::invalid(format!("there is no rule {name:?} in group {group:?}"))
        })
    }

    /// All definitions, as they are written.
    fn definitions(&self) -> Vec<Definition> {
        let rules = self.groups.iter().flat_map(|group| &group.rules);
        rules.map(|rule| rule.definition.clone()).collect()
    }

    /// Items of a list in the root, or of a root that is a list.
    fn items(&self, key: &str) -> &[Node] {
        match &self.root.data {
            Data::Sequence(items) if key == "alerts" => items,
            Data::Mapping(entries) => {
                let entry = entries.iter().find(|entry| entry.key == key);
                match entry.map(|entry| &entry.value.data) {
                    Some(Data::Sequence(items)) => items,
                    _ => &[],
                }
            }
            _ => &[],
        }
    }

    /// Whether the rule at a line stands in a list, not in a group.
    fn in_list(&self, line: usize) -> bool {
        let mut listed = self.items("alerts").iter().chain(self.items("rules"));
        listed.any(|node| node.line == line)
    }

    fn group_node(&self, name: &str) -> Option<&Node> {
        let mut groups = self.items("groups").iter();
        groups.find(|node| match &node.data {
            Data::Mapping(entries) => entries.iter().any(|entry| {
                let is = matches!(&entry.value.data, Data::Scalar { text, .. } if text == name);
                entry.key == "name" && is
            }),
            _ => false,
        })
    }

    fn replaced(&self, old: &Definition, new: &Definition) -> Option<String> {
        let item = self.lines.item(old.line)?;
        let segments = self.lines.segments(&item)?;
        let style = style_of(&segments, self.in_list(old.line));
        let before = print::fields_of(old, &style, item.key_column);
        let after = print::fields_of(new, &style, item.key_column);
        let text = lines::assemble(&item, &merged(&segments, &before, &after));
        let mut changed = self.lines.clone();
        changed.replace(item.first..item.end, &text);
        if !self.in_list(old.line) && old.interval_ms != new.interval_ms {
            let group = self.group_node(new.group_name())?;
            changed.set_interval(group.line, new.interval_ms)?;
        }
        Some(changed.text())
    }

    fn removed(&self, old: &Definition) -> Option<String> {
        let mut changed = self.lines.clone();
        let (siblings, parent) = self.siblings(old)?;
        if siblings > 1 {
            changed.remove(&self.lines.item(old.line)?);
            return Some(changed.text());
        }
        // the last one of a group takes the group along
        match parent {
            Some(group) if self.items("groups").len() > 1 => {
                changed.remove(&self.lines.item(group.line)?);
                Some(changed.text())
            }
            _ => None,
        }
    }

    /// How many rules stand beside one, itself included, and its group if it has one.
    fn siblings(&self, old: &Definition) -> Option<(usize, Option<&Node>)> {
        for key in ["alerts", "rules"] {
            let items = self.items(key);
            if items.iter().any(|node| node.line == old.line) {
                return Some((items.len(), None));
            }
        }
        let node = self.group_node(old.group_name())?;
        let group = self
            .groups
            .iter()
            .find(|group| group.name == old.group_name())?;
        Some((group.rules.len(), Some(node)))
    }

    fn appended(&self, new: &Definition) -> Option<String> {
        let mut changed = self.lines.clone();
        if let Some(node) = self.group_node(new.group_name()) {
            let group = self
                .groups
                .iter()
                .find(|group| group.name == new.group_name())?;
            let last = self.lines.item(group.rules.last()?.definition.line)?;
            let text = print::item(new, &Style::in_group(), last.dash_column);
            changed.replace(last.end..last.end, &text);
            changed.set_interval(node.line, new.interval_ms)?;
            return Some(changed.text());
        }
        let listed = self.items("alerts").last().or(self.items("rules").last());
        if let (Some(last), None) = (listed, self.items("groups").last()) {
            let last = self.lines.item(last.line)?;
            let text = print::item(new, &Style::in_list(), last.dash_column);
            changed.replace(last.end..last.end, &text);
            return Some(changed.text());
        }
        let group = new_group(new);
        let rules = std::slice::from_ref(new);
        let mut text = String::new();
        match self.items("groups").last() {
            Some(last) => {
                let last = self.lines.item(last.line)?;
                text.push('\n');
                print::group_text(&mut text, &group, rules, last.dash_column);
                changed.replace(last.end..last.end, &text);
            }
            None if matches!(self.root.data, Data::Null) => {
                text.push_str("groups:\n");
                print::group_text(&mut text, &group, rules, 2);
                changed.push(&text);
            }
            None => return None,
        }
        Some(changed.text())
    }

    /// The changed text if it says what is wanted, else all of it written anew.
    fn checked(&self, changed: Option<String>, wanted: &[Definition]) -> String {
        let says = |text: &String| {
            Self::read(text).is_ok_and(|read| {
                let same_groups = read.groups.iter().all(|group| {
                    let mut known = self.groups.iter();
                    known
                        .find(|other| other.name == group.name)
                        .is_none_or(|other| {
                            (other.query_offset_ms, other.limit, &other.labels)
                                == (group.query_offset_ms, group.limit, &group.labels)
                        })
                });
                same_groups && counted(&read.definitions()) == counted(wanted)
            })
        };
        changed
            .filter(says)
            .unwrap_or_else(|| self.written_anew(wanted))
    }

    fn written_anew(&self, wanted: &[Definition]) -> String {
        let mut groups: Vec<RuleGroup> = Vec::new();
        let mut rules: Vec<Vec<Definition>> = Vec::new();
        for definition in wanted {
            let name = definition.group_name();
            let known = groups.iter().position(|group| {
                group.name == name && group.interval_ms == definition.interval_ms
            });
            let at = known.unwrap_or_else(|| {
                let mut group = new_group(definition);
                while groups.iter().any(|other| other.name == group.name) {
                    group.name.push_str("-2");
                }
                let raw = self.groups.iter().find(|raw| raw.name == name);
                if let Some(raw) = raw {
                    group.query_offset_ms = raw.query_offset_ms;
                    group.limit = raw.limit;
                    group.labels.clone_from(&raw.labels);
                }
                groups.push(group);
                rules.push(Vec::new());
                groups.len() - 1
            });
            rules[at].push(definition.clone());
        }
        print::print(&groups, &rules)
    }
}

fn wrong_text(line: usize, message: &str) -> Error {
    Error::invalid(format!(
        "the rule file cannot be read: line {line}: {message}"
    ))
}

fn new_group(definition: &Definition) -> RuleGroup {
    let source = Source::new(SourceKind::Own, "");
    let mut group = RuleGroup::new(definition.group_name(), source);
    group.interval_ms = definition.interval_ms;
    group
}

/// What definitions say, wherever they stand, and how often.
fn counted(definitions: &[Definition]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for definition in definitions {
        let mut placeless = definition.clone();
        placeless.line = 0;
        if placeless.group.is_empty() {
            DEFAULT_GROUP.clone_into(&mut placeless.group);
        }
        *counts.entry(format!("{placeless:?}")).or_default() += 1;
    }
    counts
}

#[cfg(test)]
mod tests;
