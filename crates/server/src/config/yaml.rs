//! YAML text to a tree of nodes that know their place. Takes anchors, merge keys (`<<`) and
//! several documents; scalars stay text, because only the key says what they mean.

use super::problem::{Place, Problem};
use saphyr::{LoadableYamlNode as _, MarkedYamlOwned, ScalarOwned, YamlDataOwned};
use std::sync::Arc;
use tacho_yaml::node::written_scalar;

/// Longest text that is taken.
pub const TEXT_BYTES_MAX: usize = 1 << 20;
/// Deepest nesting that is taken.
const DEPTH_MAX: usize = 64;

/// A node of the tree.
#[derive(Debug, Clone)]
pub struct Node {
    /// Where it begins.
    pub place: Place,
    /// What it holds.
    pub data: Data,
}

/// What a node holds.
#[derive(Debug, Clone)]
pub enum Data {
    /// Nothing: `key:` or `null`.
    Null,
    /// A scalar as it was written, and whether it stood in quotes.
    Scalar(String, bool),
    /// A list.
    Sequence(Vec<Node>),
    /// Keys with places and values, in order.
    Mapping(Vec<(String, Place, Node)>),
}

/// All documents of a text.
pub fn parse(file: &Arc<str>, text: &str) -> Result<Vec<Node>, Problem> {
    let at = |line, column| Place::File {
        file: Arc::clone(file),
        line,
        column,
    };
    if text.len() > TEXT_BYTES_MAX {
        let message = format!(
            "has {} bytes, at most {TEXT_BYTES_MAX} are taken",
            text.len()
        );
        return Err(Problem::new(at(1, 1), "", message));
    }
    if let Some(line) = text.lines().position(too_deep) {
        let message = format!("is nested deeper than {DEPTH_MAX}");
        return Err(Problem::new(at(line + 1, 1), "", message));
    }
    let documents = MarkedYamlOwned::load_from_str(text).map_err(|error| {
        let marker = error.marker();
        let message = format!("is no valid YAML: {}", error.info());
        let problem = Problem::new(at(marker.line(), marker.col() + 1), "", message);
        if text
            .lines()
            .nth(marker.line().saturating_sub(1))
            .is_some_and(|l| l.contains('\t'))
        {
            problem.hint("indent with blanks, not with tabs")
        } else {
            problem
        }
    })?;
    let source = Source {
        file: Arc::clone(file),
        characters: text.chars().collect(),
    };
    documents
        .iter()
        .filter(|document| !matches!(document.data, YamlDataOwned::BadValue))
        .map(|document| source.node(document, 0))
        .collect()
}

/// Whether a line alone nests further than is taken. Block nesting costs at least one blank a
/// level, compact sequences (`- - -`) two characters; flow nesting is limited by the parser.
fn too_deep(line: &str) -> bool {
    let lead = line.len() - line.trim_start_matches([' ', '-', '?', ':']).len();
    lead > 4 * DEPTH_MAX
}

struct Source {
    file: Arc<str>,
    characters: Vec<char>,
}

impl Source {
    fn node(&self, yaml: &MarkedYamlOwned, depth: usize) -> Result<Node, Problem> {
        let place = self.place(yaml);
        if depth > DEPTH_MAX {
            return Err(Problem::new(
                place,
                "",
                format!("is nested deeper than {DEPTH_MAX}"),
            ));
        }
        let data = match &yaml.data {
            YamlDataOwned::Sequence(items) => Data::Sequence(
                items
                    .iter()
                    .map(|item| self.node(item, depth + 1))
                    .collect::<Result<_, _>>()?,
            ),
            YamlDataOwned::Mapping(pairs) => {
                let mut out = Vec::with_capacity(pairs.len());
                for (key, value) in pairs {
                    let Some(name) = self.scalar(key) else {
                        let message = "a key must be plain text";
                        return Err(Problem::new(self.place(key), "", message));
                    };
                    out.push((name.0, self.place(key), self.node(value, depth + 1)?));
                }
                Data::Mapping(merge(out)?)
            }
            YamlDataOwned::Tagged(tag, _) => {
                let message = format!(
                    "has the tag {}{}, tags are not taken",
                    tag.handle, tag.suffix
                );
                return Err(Problem::new(place, "", message));
            }
            YamlDataOwned::Value(ScalarOwned::Null) => Data::Null,
            YamlDataOwned::Alias(_) | YamlDataOwned::BadValue => {
                return Err(Problem::new(place, "", "is no value"));
            }
            YamlDataOwned::Value(_) | YamlDataOwned::Representation(..) => {
                match self.scalar(yaml) {
                    Some((text, quoted)) => Data::Scalar(text, quoted),
                    None => return Err(Problem::new(place, "", "is no value")),
                }
            }
        };
        Ok(Node { place, data })
    }

    fn place(&self, yaml: &MarkedYamlOwned) -> Place {
        let marker = yaml.span.start;
        Place::File {
            file: Arc::clone(&self.file),
            line: marker.line(),
            column: marker.col() + 1,
        }
    }

    fn scalar(&self, yaml: &MarkedYamlOwned) -> Option<(String, bool)> {
        written_scalar(&self.characters, yaml)
    }
}

/// Carries out merge keys: what stands in the mapping itself wins, then the first merged.
fn merge(pairs: Vec<(String, Place, Node)>) -> Result<Vec<(String, Place, Node)>, Problem> {
    if pairs.iter().all(|(key, ..)| key != "<<") {
        return Ok(pairs);
    }
    let (merges, mut own): (Vec<_>, Vec<_>) = pairs.into_iter().partition(|(key, ..)| key == "<<");
    for (_, place, node) in merges {
        let sources = match node.data {
            Data::Sequence(items) => items,
            _ => vec![node],
        };
        for source in sources {
            let Data::Mapping(more) = source.data else {
                return Err(Problem::new(
                    place,
                    "<<",
                    "merges something that is no mapping",
                ));
            };
            for (key, at, value) in more {
                if own.iter().all(|(known, ..)| *known != key) {
                    own.push((key, at, value));
                }
            }
        }
    }
    Ok(own)
}
