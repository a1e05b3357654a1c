//! Names of environment variables: `TACHO_` and the path, levels joined by `__`.

use super::key::{Key, Kind};
use super::problem::{Place, closest};
use super::table;
use super::yaml::{self, Data, Node};
use std::sync::Arc;

/// What every name starts with.
const PREFIX: &str = "TACHO_";

/// Variables with that prefix that are no keys, each with what it is for.
pub const OTHERS: &[(&str, &str)] = &[
    (
        "TACHO_SERVER",
        "address of the server that the commands talk to",
    ),
    (
        "TACHO_TOKEN",
        "the token: what commands send, and the server's admin token",
    ),
    ("TACHO_CONFORMANCE_DIR", "folder of outside data for tests"),
];

/// The variable of a key.
pub fn name(path: &str) -> String {
    format!("{PREFIX}{}", path.replace('.', "__").to_ascii_uppercase())
}

/// What a variable is to us.
#[derive(Debug)]
pub enum Meaning {
    /// Nothing: another program's, or one of `OTHERS`.
    None,
    /// This key.
    Key(&'static Key),
    /// It has our prefix and is unknown; perhaps this one was meant.
    Unknown(Option<String>),
}

/// What a variable is to us.
pub fn meaning(variable: &str) -> Meaning {
    let Some(rest) = variable.strip_prefix(PREFIX) else {
        return Meaning::None;
    };
    if OTHERS.iter().any(|(name, _)| *name == variable) {
        return Meaning::None;
    }
    let path = rest.to_ascii_lowercase().replace("__", ".");
    if let Some(key) = table::find(&path).or_else(|| table::find(&table::resolve_alias(&path))) {
        return Meaning::Key(key);
    }
    let names: Vec<String> = table::all().map(|key| name(key.path)).collect();
    let squeezed = path.replace(['.', '_'], "");
    let near = table::all()
        .find(|key| key.path.replace(['.', '_'], "") == squeezed)
        .map(|key| name(key.path))
        .or_else(|| closest(variable, names.iter().map(String::as_str)).map(str::to_owned));
    Meaning::Unknown(near)
}

/// The node of a value that was given as text, outside a file: plain kinds as they are, others as
/// YAML, lists also with commas.
pub fn node(key: &Key, text: &str, place: &Place) -> Result<Node, String> {
    let plain = |text: &str| Node {
        place: place.clone(),
        data: Data::Scalar(text.to_owned(), false),
    };
    if key.kind.is_plain() || matches!(key.kind, Kind::Any) {
        return Ok(plain(text));
    }
    let trimmed = text.trim_start();
    if matches!(key.kind, Kind::List(_)) && !trimmed.starts_with(['[', '-', '*']) {
        let items = text
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(plain);
        return Ok(Node {
            place: place.clone(),
            data: Data::Sequence(items.collect()),
        });
    }
    let documents = yaml::parse(&Arc::from(""), text).map_err(|problem| problem.message)?;
    match documents.into_iter().next() {
        Some(mut node) => {
            replace_places(&mut node, place);
            Ok(node)
        }
        None => Ok(Node {
            place: place.clone(),
            data: Data::Null,
        }),
    }
}

fn replace_places(node: &mut Node, place: &Place) {
    node.place = place.clone();
    match &mut node.data {
        Data::Null | Data::Scalar(..) => {}
        Data::Sequence(items) => items
            .iter_mut()
            .for_each(|item| replace_places(item, place)),
        Data::Mapping(pairs) => {
            for (_, at, value) in pairs {
                *at = place.clone();
                replace_places(value, place);
            }
        }
    }
}
