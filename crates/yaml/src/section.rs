//! A mapping that is read field by field. Every field that is asked for is known; what is left over
//! at the end is an unknown field, refused with its line and the most similar known name.

use crate::node::{Data, Entry, Node};
use crate::problem::{Wrong, closest};
use crate::scalar::{parse_bool, parse_duration, parse_integer, parse_size, parse_url};
use std::time::Duration;

/// What reading gives.
pub type Read<T> = Result<T, Wrong>;

/// A mapping that is being read.
pub struct Section<'a> {
    /// Line where it begins.
    pub line: usize,
    what: &'static str,
    entries: &'a [Entry],
    asked: Vec<&'static str>,
}

impl<'a> Section<'a> {
    /// Begins to read a mapping; `what` names it in messages. Null is a mapping without fields.
    pub fn open(node: &'a Node, what: &'static str) -> Read<Self> {
        let entries = match &node.data {
            Data::Null => &[][..],
            Data::Mapping(entries) => entries,
            Data::Scalar { .. } | Data::Sequence(_) => {
                return Err(Wrong::new(node.line, format!("{what} must be a mapping")));
            }
        };
        Ok(Self {
            line: node.line,
            what,
            entries,
            asked: Vec::new(),
        })
    }

    /// The value of a field as it stands there, null too.
    pub fn entry(&mut self, key: &'static str) -> Option<&'a Node> {
        self.asked.push(key);
        self.entries
            .iter()
            .find(|entry| entry.key == key)
            .map(|entry| &entry.value)
    }

    /// The value of a field, unless it is null.
    pub fn node(&mut self, key: &'static str) -> Option<&'a Node> {
        self.entry(key)
            .filter(|node| !matches!(node.data, Data::Null))
    }

    /// Line of a field; of the section if the field is not there.
    pub fn line_of(&self, key: &str) -> usize {
        self.entries
            .iter()
            .find(|entry| entry.key == key)
            .map_or(self.line, |entry| entry.line)
    }

    /// Something is wrong with a field.
    pub fn wrong(&self, key: &str, message: impl Into<String>) -> Wrong {
        Wrong::new(self.line_of(key), message)
    }

    /// Text; null is empty.
    pub fn text(&mut self, key: &'static str) -> Read<Option<String>> {
        match self.entry(key) {
            None => Ok(None),
            Some(node) => text_of(node, key).map(Some),
        }
    }

    /// Text; empty if the field is not there.
    pub fn text_or_empty(&mut self, key: &'static str) -> Read<String> {
        Ok(self.text(key)?.unwrap_or_default())
    }

    fn scalar<T>(
        &mut self,
        key: &'static str,
        words: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Read<Option<T>> {
        let Some(node) = self.node(key) else {
            return Ok(None);
        };
        match &node.data {
            Data::Scalar {
                text,
                quoted: false,
            } => match parse(text) {
                Some(value) => Ok(Some(value)),
                None => Err(Wrong::new(
                    node.line,
                    format!("{key}: {text:?} is not {words}"),
                )),
            },
            _ => Err(Wrong::new(node.line, format!("{key} must be {words}"))),
        }
    }

    /// True or false.
    pub fn flag(&mut self, key: &'static str) -> Read<Option<bool>> {
        self.scalar(key, "true or false", parse_bool)
    }

    /// A whole number.
    pub fn integer(&mut self, key: &'static str) -> Read<Option<i64>> {
        self.scalar(key, "a whole number", parse_integer)
    }

    /// A whole number that is not negative.
    pub fn count(&mut self, key: &'static str) -> Read<Option<u64>> {
        self.scalar(key, "a whole number that is not negative", |text| {
            parse_integer(text).and_then(|number| u64::try_from(number).ok())
        })
    }

    /// A number.
    pub fn number(&mut self, key: &'static str) -> Read<Option<f64>> {
        self.scalar(key, "a number", |text| text.replace('_', "").parse().ok())
    }

    /// A duration.
    pub fn duration(&mut self, key: &'static str) -> Read<Option<Duration>> {
        let Some(text) = self.node(key).map(|node| text_of(node, key)).transpose()? else {
            return Ok(None);
        };
        match parse_duration(&text) {
            Ok(duration) => Ok(Some(duration)),
            Err(message) => Err(self.wrong(key, format!("{key}: {message}"))),
        }
    }

    /// A size in bytes.
    pub fn size(&mut self, key: &'static str) -> Read<Option<i64>> {
        let Some(text) = self.node(key).map(|node| text_of(node, key)).transpose()? else {
            return Ok(None);
        };
        match parse_size(&text) {
            Some(size) => Ok(Some(size)),
            None => {
                let mut wrong = self.wrong(key, format!("{key}: {text:?} is not a size"));
                wrong.hint = Some("write a number with a unit, such as 15MB".to_owned());
                Err(wrong)
            }
        }
    }

    /// A URL; null is absent. Only its form is judged.
    pub fn url(&mut self, key: &'static str) -> Read<Option<String>> {
        let Some(text) = self.node(key).map(|node| text_of(node, key)).transpose()? else {
            return Ok(None);
        };
        match parse_url(&text) {
            Ok(_) => Ok(Some(text)),
            Err(message) => Err(self.wrong(key, format!("{key}: parse URL: {message}"))),
        }
    }

    /// The items of a list; none if the field is not there.
    pub fn items(&mut self, key: &'static str) -> Read<Option<&'a [Node]>> {
        match self.node(key) {
            None => Ok(None),
            Some(node) => items_of(node, key).map(Some),
        }
    }

    /// A list of texts.
    pub fn texts(&mut self, key: &'static str) -> Read<Option<Vec<String>>> {
        let Some(items) = self.items(key)? else {
            return Ok(None);
        };
        items
            .iter()
            .map(|item| text_of(item, key))
            .collect::<Read<_>>()
            .map(Some)
    }

    /// A mapping of texts to texts, in the order of the file.
    pub fn text_map(&mut self, key: &'static str) -> Read<Option<Vec<(String, String)>>> {
        let Some(node) = self.node(key) else {
            return Ok(None);
        };
        text_map_of(node, key).map(Some)
    }

    /// All fields that are there, for mappings whose keys are data.
    pub fn entries(&self) -> &'a [Entry] {
        self.entries
    }

    /// Refuses what was not asked for.
    pub fn finish(self) -> Read<()> {
        let unknown = self
            .entries
            .iter()
            .find(|entry| !self.asked.contains(&entry.key.as_str()));
        let Some(entry) = unknown else {
            return Ok(());
        };
        let mut wrong = Wrong::new(
            entry.line,
            format!("field {} not found in {}", entry.key, self.what),
        );
        wrong.hint = closest(&entry.key, self.asked.iter().copied())
            .map(|near| format!("did you mean {near}?"));
        Err(wrong)
    }
}

/// The text of a scalar; null is empty.
pub fn text_of(node: &Node, key: &str) -> Read<String> {
    match &node.data {
        Data::Null => Ok(String::new()),
        Data::Scalar { text, .. } => Ok(text.clone()),
        Data::Sequence(_) | Data::Mapping(_) => {
            Err(Wrong::new(node.line, format!("{key} must be text")))
        }
    }
}

/// The items of a list.
pub fn items_of<'a>(node: &'a Node, key: &str) -> Read<&'a [Node]> {
    match &node.data {
        Data::Null => Ok(&[]),
        Data::Sequence(items) => Ok(items),
        Data::Scalar { .. } | Data::Mapping(_) => {
            Err(Wrong::new(node.line, format!("{key} must be a list")))
        }
    }
}

/// The pairs of a mapping of texts.
pub fn text_map_of(node: &Node, key: &str) -> Read<Vec<(String, String)>> {
    match &node.data {
        Data::Null => Ok(Vec::new()),
        Data::Mapping(entries) => entries
            .iter()
            .map(|entry| Ok((entry.key.clone(), text_of(&entry.value, &entry.key)?)))
            .collect(),
        Data::Scalar { .. } | Data::Sequence(_) => {
            Err(Wrong::new(node.line, format!("{key} must be a mapping")))
        }
    }
}
