//! YAML text to a tree of nodes that know their line. Takes anchors and merge keys (`<<`); scalars
//! stay text, because only the field says what they mean.

use crate::problem::Wrong;
use saphyr::{LoadableYamlNode as _, MarkedYamlOwned, ScalarOwned, YamlDataOwned};

/// Longest text that is taken.
pub const TEXT_BYTES_MAX: usize = 8 << 20;
/// Deepest nesting that is taken.
const DEPTH_MAX: usize = 64;
/// Nodes of a text; anchors can multiply them.
const NODES_MAX: usize = 4_000_000;

/// A node of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Line where it begins, from 1.
    pub line: usize,
    /// What it holds.
    pub data: Data,
}

/// What a node holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Data {
    /// Nothing: `key:` or `null`.
    Null,
    /// A scalar as it was written.
    Scalar {
        /// The text.
        text: String,
        /// Whether it stood in quotes or in a block: then it is text and nothing else.
        quoted: bool,
    },
    /// A list.
    Sequence(Vec<Node>),
    /// Keys with values, in order.
    Mapping(Vec<Entry>),
}

/// A key with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Line of the key.
    pub line: usize,
    /// The value.
    pub value: Node,
}

/// The first document of a text; nothing for an empty one.
///
/// # Errors
/// If it is no YAML, too long, too deep, or has keys twice.
pub fn parse(text: &str) -> Result<Node, Wrong> {
    if text.len() > TEXT_BYTES_MAX {
        let length = text.len();
        let message = format!("has {length} bytes, at most {TEXT_BYTES_MAX} are taken");
        return Err(Wrong::new(1, message));
    }
    if let Some(line) = text.lines().position(too_deep) {
        let message = format!("is nested deeper than {DEPTH_MAX}");
        return Err(Wrong::new(line + 1, message));
    }
    let documents = MarkedYamlOwned::load_from_str(text).map_err(|error| {
        let line = error.marker().line();
        let mut wrong = Wrong::new(line, format!("is no valid YAML: {}", error.info()));
        let has_tab = |line: &str| line.contains('\t');
        if text
            .lines()
            .nth(line.saturating_sub(1))
            .is_some_and(has_tab)
        {
            wrong.hint = Some("indent with blanks, not with tabs".to_owned());
        }
        wrong
    })?;
    let mut source = Source {
        characters: text.chars().collect(),
        nodes: 0,
    };
    documents
        .iter()
        .find(|document| !matches!(document.data, YamlDataOwned::BadValue))
        .map_or(
            Ok(Node {
                line: 1,
                data: Data::Null,
            }),
            |document| source.node(document, 0),
        )
}

/// Whether a line alone nests further than is taken. Block nesting costs at least one blank a
/// level, compact sequences (`- - -`) two characters; flow nesting is limited by the parser.
fn too_deep(line: &str) -> bool {
    let lead = line.len() - line.trim_start_matches([' ', '-', '?', ':']).len();
    lead > 4 * DEPTH_MAX
}

struct Source {
    characters: Vec<char>,
    nodes: usize,
}

impl Source {
    fn node(&mut self, yaml: &MarkedYamlOwned, depth: usize) -> Result<Node, Wrong> {
        let line = yaml.span.start.line();
        self.nodes += 1;
        if depth > DEPTH_MAX || self.nodes > NODES_MAX {
            let message =
                format!("is nested deeper than {DEPTH_MAX}, or anchors make it too large");
            return Err(Wrong::new(line, message));
        }
        self.check_tag(yaml)?;
        let data = match &yaml.data {
            YamlDataOwned::Sequence(items) => Data::Sequence(
                items
                    .iter()
                    .map(|item| self.node(item, depth + 1))
                    .collect::<Result<_, _>>()?,
            ),
            YamlDataOwned::Mapping(pairs) => {
                let mut entries = Vec::with_capacity(pairs.len());
                for (key, value) in pairs {
                    let at = key.span.start.line();
                    self.check_tag(key)?;
                    let Some((key, _)) = self.scalar(key) else {
                        return Err(Wrong::new(at, "a key must be plain text"));
                    };
                    let value = self.node(value, depth + 1)?;
                    entries.push(Entry {
                        key,
                        line: at,
                        value,
                    });
                }
                Data::Mapping(merge(entries)?)
            }
            YamlDataOwned::Tagged(tag, _) => {
                let message = format!(
                    "has the tag {}{}, which is not taken",
                    tag.handle, tag.suffix
                );
                return Err(Wrong::new(line, message));
            }
            YamlDataOwned::Value(ScalarOwned::Null) => Data::Null,
            YamlDataOwned::Alias(_) | YamlDataOwned::BadValue => {
                return Err(Wrong::new(line, "is no value"));
            }
            YamlDataOwned::Value(_) | YamlDataOwned::Representation(..) => {
                match self.scalar(yaml) {
                    Some((text, quoted)) => Data::Scalar { text, quoted },
                    None => return Err(Wrong::new(line, "is no value")),
                }
            }
        };
        Ok(Node { line, data })
    }

    /// Refuses tags but those of plain text, numbers and truth values: bytes (`!!binary`) are no text.
    fn check_tag(&self, yaml: &MarkedYamlOwned) -> Result<(), Wrong> {
        let start = yaml.span.start.index().min(self.characters.len());
        let (before, after) = self.characters.split_at(start);
        // depending on the kind of value its place is that of the tag, or behind it
        let tag: String = if after.first() == Some(&'!') {
            let end = after.iter().take(64).take_while(|c| !c.is_whitespace());
            end.collect()
        } else {
            let end = before.iter().rev().skip_while(|c| **c == ' ');
            let mut tag: Vec<char> = end
                .take_while(|c| !c.is_whitespace())
                .take(64)
                .copied()
                .collect();
            tag.reverse();
            tag.into_iter().collect()
        };
        let known = [
            "!!str", "!!int", "!!float", "!!bool", "!!null", "!!map", "!!seq", "!",
        ];
        // the word before may be the end of a text, such as `"down !",`
        let is_tag = |c: char| c.is_alphanumeric() || "!-_.:/<>%~".contains(c);
        let is_tag = tag.starts_with('!') && tag.chars().all(is_tag);
        if is_tag && !known.contains(&tag.as_str()) {
            let message = format!("has the tag {tag}, which is not taken");
            return Err(Wrong::new(yaml.span.start.line(), message));
        }
        Ok(())
    }

    fn scalar(&self, yaml: &MarkedYamlOwned) -> Option<(String, bool)> {
        written_scalar(&self.characters, yaml)
    }
}

/// Text of a scalar as it was written, and whether it stood in quotes or in a block. `characters` are those
/// of the whole text.
pub fn written_scalar(characters: &[char], yaml: &MarkedYamlOwned) -> Option<(String, bool)> {
    let start = yaml.span.start.index();
    let first = characters.get(start).copied();
    let written = || -> Option<String> {
        let end = yaml.span.end.index().min(characters.len());
        let text: String = characters.get(start..end)?.iter().collect();
        let text = text.trim();
        (!text.is_empty() && !text.starts_with(['*', '!', '&'])).then(|| text.to_owned())
    };
    let value = match &yaml.data {
        YamlDataOwned::Value(value) => value,
        YamlDataOwned::Representation(text, ..) => return Some((text.clone(), true)),
        _ => return None,
    };
    Some(match value {
        ScalarOwned::String(text) => (text.clone(), matches!(first, Some('"' | '\'' | '|' | '>'))),
        ScalarOwned::Boolean(flag) => (written().unwrap_or_else(|| flag.to_string()), false),
        ScalarOwned::Integer(number) => (written().unwrap_or_else(|| number.to_string()), false),
        ScalarOwned::FloatingPoint(number) => {
            (written().unwrap_or_else(|| number.to_string()), false)
        }
        ScalarOwned::Null => (written()?, false),
    })
}

/// Refuses keys that come twice and carries out merge keys: what stands in the mapping itself wins,
/// then the first merged.
fn merge(entries: Vec<Entry>) -> Result<Vec<Entry>, Wrong> {
    for (at, entry) in entries.iter().enumerate() {
        let before = entries.iter().take(at);
        if entry.key != "<<" && before.clone().any(|other| other.key == entry.key) {
            let message = format!("key {:?} already set in map", entry.key);
            return Err(Wrong::new(entry.line, message));
        }
    }
    if entries.iter().all(|entry| entry.key != "<<") {
        return Ok(entries);
    }
    let (merges, mut own): (Vec<_>, Vec<_>) =
        entries.into_iter().partition(|entry| entry.key == "<<");
    for merge in merges {
        let sources = match merge.value.data {
            Data::Sequence(items) => items,
            _ => vec![merge.value],
        };
        for source in sources {
            let Data::Mapping(more) = source.data else {
                let message = "merges something that is no mapping";
                return Err(Wrong::new(merge.line, message));
            };
            for entry in more {
                if own.iter().all(|known| known.key != entry.key) {
                    own.push(entry);
                }
            }
        }
    }
    Ok(own)
}

#[cfg(test)]
mod tests {
    use super::{Data, parse};

    #[test]
    fn nodes_know_their_lines() {
        let node = parse("# x\na: 1\nb:\n  - 'two'\n  - no\n").unwrap();
        let Data::Mapping(entries) = node.data else {
            panic!("a mapping was expected");
        };
        let lines: Vec<_> = entries.iter().map(|entry| entry.line).collect();
        assert_eq!(lines, [2, 3]);
        let Some(Data::Sequence(items)) = entries.get(1).map(|entry| &entry.value.data) else {
            panic!("a list was expected");
        };
        assert!(matches!(&items[0].data, Data::Scalar { text, quoted: true } if text == "two"));
        assert!(matches!(&items[1].data, Data::Scalar { text, quoted: false } if text == "no"));
    }

    #[test]
    fn what_is_no_tree_is_refused_with_its_line() {
        assert_eq!(parse("a: 1\nb: [\n").unwrap_err().line, 3);
        assert_eq!(parse("a: 1\nb: 2\na: 3\n").unwrap_err().line, 3);
        assert_eq!(parse("a:\n  !!binary \"/w==\": b\n").unwrap_err().line, 2);
        let text = "{a: \"is down !\", b: '$A && !$B', c: !!str 5}";
        assert!(parse(text).is_ok());
        assert!(parse("{a: !mine x, b: 1}").is_err());
        let deep = "- ".repeat(300) + "x";
        assert!(parse(&deep).is_err());
        assert!(matches!(parse("").unwrap().data, Data::Null));
    }
}
