//! Values of fields: lists that may be texts, receivers, keys in either case.

use crate::rule::NoData;
use std::collections::BTreeMap;
use std::time::Duration;
use tacho_yaml::node::{Data, Entry, Node};
use tacho_yaml::problem::Wrong;
use tacho_yaml::section::{Read, Section, text_of};

pub(super) fn no_data(word: &str) -> Option<NoData> {
    [NoData::Ok, NoData::Alert, NoData::Keep]
        .into_iter()
        .find(|state| state.as_str().eq_ignore_ascii_case(word))
}

/// A list of texts; one text is a list too.
pub(super) fn list(section: &mut Section<'_>, key: &'static str) -> Read<Vec<String>> {
    let Some(node) = section.node(key) else {
        return Ok(Vec::new());
    };
    match &node.data {
        Data::Sequence(items) => items.iter().map(|item| text_of(item, key)).collect(),
        _ => Ok(split(&text_of(node, key)?)),
    }
}

/// Receivers: names, or mappings that hold one.
pub(super) fn receivers(node: &Node, key: &'static str) -> Read<Vec<String>> {
    let Data::Sequence(items) = &node.data else {
        return Ok(split(&text_of(node, key)?));
    };
    items
        .iter()
        .map(|item| {
            let Data::Mapping(entries) = &item.data else {
                return text_of(item, key);
            };
            let named = ["receiver", "channel", "name", "uid", "type"]
                .into_iter()
                .find_map(|key| entries.iter().find(|entry| entry.key == key));
            match named {
                Some(entry) => text_of(&entry.value, key),
                None => Err(Wrong::new(item.line, format!("{key}: names no receiver"))),
            }
        })
        .collect()
}

fn split(text: &str) -> Vec<String> {
    let parts = text.split(',').map(str::trim);
    parts
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

pub(super) fn texts(pairs: Option<Vec<(String, String)>>) -> BTreeMap<String, String> {
    pairs.unwrap_or_default().into_iter().collect()
}

pub(super) fn to_ms(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// A mapping with its keys in snake case; what lies below stays as it is.
pub(super) fn snake(node: &Node) -> Read<Node> {
    let Data::Mapping(entries) = &node.data else {
        return Ok(node.clone());
    };
    let mut renamed: Vec<Entry> = Vec::with_capacity(entries.len());
    for entry in entries {
        let key = to_snake(&entry.key);
        if renamed.iter().any(|other| other.key == key) {
            return Err(Wrong::new(
                entry.line,
                format!("field {key} is there twice"),
            ));
        }
        renamed.push(Entry {
            key,
            ..entry.clone()
        });
    }
    Ok(Node {
        line: node.line,
        data: Data::Mapping(renamed),
    })
}

/// `evaluationWindow` as `evaluation_window`.
pub(crate) fn to_snake(key: &str) -> String {
    let mut out = String::with_capacity(key.len() + 4);
    for c in key.chars() {
        if c.is_ascii_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}
