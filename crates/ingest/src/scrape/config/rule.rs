//! Relabelling rules as they stand in files.

use crate::scrape::relabel::{
    Action, DEFAULT_REPLACEMENT, DEFAULT_SEPARATOR, NameValidation, Pattern, Rule,
};
use tacho_yaml::node::{Data, Node};
use tacho_yaml::problem::Wrong;
use tacho_yaml::section::{Read, Section, items_of, text_of};

/// Reads a list of rules; `empty` is said of an item that is null. The rules still have to be
/// checked: their names are valid by a scheme that stands elsewhere.
pub(super) fn read_rules(node: &Node, key: &str, empty: &str) -> Read<Vec<(usize, Rule)>> {
    let mut rules = Vec::new();
    for item in items_of(node, key)? {
        if matches!(item.data, Data::Null) {
            return Err(Wrong::new(item.line, empty));
        }
        rules.push((item.line, read_rule(item)?));
    }
    Ok(rules)
}

/// Checks rules by the scheme that is in force for their names.
pub(super) fn check_rules(
    rules: Vec<(usize, Rule)>,
    validation: NameValidation,
) -> Read<Vec<Rule>> {
    rules
        .into_iter()
        .map(|(line, mut rule)| {
            rule.validation = validation;
            match rule.check() {
                Ok(()) => Ok(rule),
                Err(message) => Err(Wrong::new(line, message)),
            }
        })
        .collect()
}

fn read_rule(node: &Node) -> Read<Rule> {
    let mut section = Section::open(node, "relabel_config")?;
    let action = match section.text("action")? {
        None => Action::Replace,
        Some(word) => match Action::parse(&word) {
            Some(action) => action,
            None if word.is_empty() => {
                return Err(section.wrong("action", "relabel action cannot be empty"));
            }
            None => {
                let message = format!("unknown relabel action {word:?}");
                return Err(section.wrong("action", message));
            }
        },
    };
    let source_labels = section.texts("source_labels")?.unwrap_or_default();
    if let Some(name) = source_labels.iter().find(|name| name.is_empty()) {
        let message = format!("{name:?} is not a valid label name");
        return Err(section.wrong("source_labels", message));
    }
    let text = section
        .entry("regex")
        .map(|node| text_of(node, "regex"))
        .transpose()?;
    let pattern = Pattern::new(text.as_deref()).map_err(|reason| {
        let shown = text.unwrap_or_default();
        section.wrong("regex", format!("regex {shown:?} is invalid: {reason}"))
    })?;
    let rule = Rule {
        action,
        source_labels,
        separator: section
            .text("separator")?
            .unwrap_or_else(|| DEFAULT_SEPARATOR.to_owned()),
        pattern,
        modulus: section.count("modulus")?.unwrap_or(0),
        target_label: section.text_or_empty("target_label")?,
        replacement: section
            .text("replacement")?
            .unwrap_or_else(|| DEFAULT_REPLACEMENT.to_owned()),
        validation: NameValidation::Utf8,
    };
    section.finish()?;
    Ok(rule)
}
