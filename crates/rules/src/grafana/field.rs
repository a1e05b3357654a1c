//! Fields of a node, read leniently: files of other programs have fields that mean nothing to us.

use std::collections::BTreeMap;
use tacho_yaml::node::{Data, Entry, Node};

/// The fields of a mapping; none of anything else.
pub(super) struct Fields<'a>(&'a [Entry]);

impl<'a> Fields<'a> {
    pub(super) fn of(node: &'a Node) -> Self {
        match &node.data {
            Data::Mapping(entries) => Self(entries),
            _ => Self(&[]),
        }
    }

    /// A field, unless it is null.
    pub(super) fn get(&self, key: &str) -> Option<&'a Node> {
        let entry = self.0.iter().find(|entry| entry.key == key)?;
        (!matches!(entry.value.data, Data::Null)).then_some(&entry.value)
    }

    /// A scalar.
    pub(super) fn text(&self, key: &str) -> Option<String> {
        match &self.get(key)?.data {
            Data::Scalar { text, .. } => Some(text.clone()),
            _ => None,
        }
    }

    /// A scalar below other fields.
    pub(super) fn text_at(&self, path: &[&str]) -> Option<String> {
        match path {
            [] => None,
            [key] => self.text(key),
            [key, rest @ ..] => Fields::of(self.get(key)?).text_at(rest),
        }
    }

    /// A number.
    pub(super) fn number(&self, key: &str) -> Option<f64> {
        self.text(key)?.parse().ok()
    }

    /// The items of a list.
    pub(super) fn items(&self, key: &str) -> &'a [Node] {
        match self.get(key).map(|node| &node.data) {
            Some(Data::Sequence(items)) => items,
            _ => &[],
        }
    }

    /// The scalars of a list.
    pub(super) fn list(&self, key: &str) -> Vec<String> {
        let texts = self.items(key).iter().filter_map(|item| match &item.data {
            Data::Scalar { text, .. } => Some(text.clone()),
            _ => None,
        });
        texts.collect()
    }

    /// A mapping of texts.
    pub(super) fn texts(&self, key: &str) -> BTreeMap<String, String> {
        let Some(node) = self.get(key) else {
            return BTreeMap::new();
        };
        let fields = Fields::of(node);
        let pairs = fields.0.iter().filter_map(|entry| {
            let text = fields.text(&entry.key)?;
            Some((entry.key.clone(), text))
        });
        pairs.collect()
    }
}
