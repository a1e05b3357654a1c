//! The fields of a rule file.

use super::ReadOptions;
use super::verdict::{self, Named};
use crate::rule::{Expression, Rule, RuleGroup, RuleKind, Source};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tacho_query::promql::engine::Query;
use tacho_yaml::node::{Data, Node};
use tacho_yaml::problem::Wrong;
use tacho_yaml::section::{Read, Section};

/// All groups of a file, or all that is wrong with it.
pub(super) fn groups(
    node: &Node,
    source: &Source,
    options: ReadOptions,
) -> Result<Vec<RuleGroup>, Vec<Wrong>> {
    let mut root = Section::open(node, "rule file").map_err(|wrong| vec![wrong])?;
    let mut reader = Reader {
        source,
        options,
        found: Vec::new(),
    };
    let nodes = root.items("groups").map_err(|wrong| vec![wrong])?;
    let mut groups = Vec::new();
    let mut names = BTreeSet::new();
    for node in nodes.unwrap_or_default() {
        if let Some(group) = reader.group(node) {
            reader.check_name(node.line, &group.name, &mut names);
            groups.push(group);
        }
    }
    reader.finish(root);
    if reader.found.is_empty() {
        return Ok(groups);
    }
    reader.found.sort_by_key(|wrong| wrong.line);
    Err(reader.found)
}

/// Reads on after what is wrong, so that all of it is told.
struct Reader<'a> {
    source: &'a Source,
    options: ReadOptions,
    found: Vec<Wrong>,
}

impl Reader<'_> {
    /// Keeps what is wrong, and goes on with what stands in for the value.
    fn take<T: Default>(&mut self, read: Read<T>) -> T {
        read.unwrap_or_else(|wrong| {
            self.found.push(wrong);
            T::default()
        })
    }

    fn finish(&mut self, section: Section<'_>) {
        if self.options.ignore_unknown {
            return;
        }
        if let Err(wrong) = section.finish() {
            self.found.push(wrong);
        }
    }

    fn check_name(&mut self, line: usize, name: &str, names: &mut BTreeSet<String>) {
        if name.is_empty() {
            let mut wrong = Wrong::new(line, "Groupname must not be empty");
            wrong.hint = Some("give the group a name".to_owned());
            self.found.push(wrong);
        }
        if !names.insert(name.to_owned()) {
            let message = format!("groupname: \"{name}\" is repeated in the same file");
            let mut wrong = Wrong::new(line, message);
            wrong.hint = Some("put the rules into one group, or rename one".to_owned());
            self.found.push(wrong);
        }
    }

    fn group(&mut self, node: &Node) -> Option<RuleGroup> {
        let mut section = match Section::open(node, "rule group") {
            Ok(section) => section,
            Err(wrong) => {
                self.found.push(wrong);
                return None;
            }
        };
        let name = self.take(section.text_or_empty("name"));
        let mut group = RuleGroup::new(&name, self.source.clone());
        let interval = self.take(section.duration("interval"));
        group.interval_ms = interval.map(to_ms).filter(|ms| *ms > 0);
        group.query_offset_ms = self.take(section.duration("query_offset")).map(to_ms);
        let limit = self.take(section.integer("limit"));
        group.limit = usize::try_from(limit.unwrap_or_default()).unwrap_or(0);
        group.labels = self.texts(&mut section, "labels");
        let line = section.line_of("labels");
        self.found
            .extend(verdict::group_labels(line, &group.labels, self.options));
        let rules = self.take(section.items("rules").map(Option::unwrap_or_default));
        for (index, node) in rules.iter().enumerate() {
            let before = self.found.len();
            let rule = self.rule(node, &name, index + 1);
            group
                .rules
                .extend(rule.filter(|_| self.found.len() == before));
        }
        self.finish(section);
        Some(group)
    }

    fn texts(&mut self, section: &mut Section<'_>, key: &'static str) -> BTreeMap<String, String> {
        self.take(section.text_map(key))
            .unwrap_or_default()
            .into_iter()
            .collect()
    }

    /// A rule, unless it is too broken to be one; whatever is wrong with it is kept.
    fn rule(&mut self, node: &Node, group: &str, number: usize) -> Option<Rule> {
        let mut section = match Section::open(node, "rule") {
            Ok(section) => section,
            Err(wrong) => {
                self.found.push(wrong);
                return None;
            }
        };
        let shape = self.found.len();
        let record = self.take(section.text_or_empty("record"));
        let alert = self.take(section.text_or_empty("alert"));
        let expr = self.take(section.text_or_empty("expr"));
        let for_ms = to_ms(self.take(section.duration("for")).unwrap_or_default());
        let keep = self.take(section.duration("keep_firing_for"));
        let labels = self.texts(&mut section, "labels");
        let annotations = self.texts(&mut section, "annotations");
        let place = Place::of(&mut section, node.line);
        self.finish(section);
        if self.found.len() > shape {
            return None;
        }
        let named = Named {
            group,
            number,
            record: &record,
            alert: &alert,
        };
        let query = match Query::parse(&expr) {
            Ok(query) => Some(query),
            Err(error) => {
                self.found
                    .push(named.wrong_expr(&expr, error.message(), place.expr, place.block));
                None
            }
        };
        let kind = if alert.is_empty() {
            RuleKind::Record {
                name: record.clone(),
            }
        } else {
            RuleKind::Alert {
                name: alert.clone(),
            }
        };
        // what does not parse is judged as well: everything that is wrong with a rule is told at once
        let stand_in = || Query::parse("vector(0)").ok();
        let parsed = query.is_some();
        let mut rule = Rule::new(kind, Expression::PromQl(query.or_else(stand_in)?));
        rule.line = node.line;
        rule.for_ms = for_ms;
        rule.keep_firing_for_ms = to_ms(keep.unwrap_or_default());
        rule.labels = labels;
        rule.annotations = annotations;
        self.found
            .extend(verdict::rule(&rule, &named, &place, self.options));
        parsed.then_some(rule)
    }
}

/// Lines of the fields of a rule.
pub(super) struct Place {
    /// The rule.
    pub rule: usize,
    /// `expr`.
    pub expr: usize,
    /// `expr` is a block: its text begins on the line after `expr:`.
    pub block: bool,
    /// `labels` by name.
    pub labels: BTreeMap<String, usize>,
    /// `annotations` by name.
    pub annotations: BTreeMap<String, usize>,
}

impl Place {
    fn of(section: &mut Section<'_>, rule: usize) -> Self {
        let (line, node) = (section.line_of("expr"), section.node("expr"));
        let is_block = node.is_some_and(|node| {
            // a block counts as plain where its text begins on the next line
            matches!(&node.data, Data::Scalar { text, .. } if text.contains('\n'))
        });
        let mut lines = |key| match section.node(key).map(|node| &node.data) {
            Some(Data::Mapping(entries)) => entries
                .iter()
                .map(|entry| (entry.key.clone(), entry.line))
                .collect(),
            _ => BTreeMap::new(),
        };
        Self {
            rule,
            expr: line,
            block: is_block,
            labels: lines("labels"),
            annotations: lines("annotations"),
        }
    }
}

fn to_ms(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
