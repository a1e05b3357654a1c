//! A tree of nodes against the table of keys: gives typed values by path, errors and warnings.

use super::interpolate::interpolate;
use super::key::{Force, Key, Kind};
use super::problem::{Place, Problem, closest};
use super::table;
use super::value::{Value, scalar};
use super::yaml::{Data, Node};
use std::collections::BTreeMap;

/// A value with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Given {
    /// The value.
    pub value: Value,
    /// Where it was written.
    pub place: Place,
}

/// Collects what a source says.
#[derive(Debug)]
pub struct Checker<'a> {
    env: &'a BTreeMap<String, String>,
    /// Values by path of their key.
    pub given: BTreeMap<&'static str, Given>,
    /// What is wrong.
    pub errors: Vec<Problem>,
    /// What is worth knowing.
    pub warnings: Vec<Problem>,
}

/// Problems after which checking stops: nobody reads more.
const ERRORS_MAX: usize = 100;

impl<'a> Checker<'a> {
    /// Starts with nothing; variables are filled in from `env`.
    pub fn new(env: &'a BTreeMap<String, String>) -> Self {
        Self {
            env,
            given: BTreeMap::new(),
            errors: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// Takes a document of a file: a mapping with the root key.
    pub fn document(&mut self, node: &Node) {
        let Data::Mapping(pairs) = &node.data else {
            if !matches!(node.data, Data::Null) {
                let message = "the file must be a mapping with the key observability";
                self.errors
                    .push(Problem::new(node.place.clone(), "", message));
            }
            return;
        };
        for (key, place, value) in pairs {
            if key == "observability" {
                self.group("", value);
            } else if !key.starts_with("x-") {
                let problem = Problem::new(
                    place.clone(),
                    key.clone(),
                    format!("unknown key {key:?} (value {})", show(value)),
                );
                let hint = if self.lookup(key).is_some() || table::is_group(key) {
                    format!("write it below the root key: observability.{key}")
                } else {
                    "the root key is observability".to_owned()
                };
                self.errors.push(problem.hint(hint));
            }
        }
    }

    /// Takes everything below a path.
    fn group(&mut self, path: &str, node: &Node) {
        match &node.data {
            Data::Null => {}
            Data::Mapping(pairs) => {
                for (name, place, value) in pairs {
                    if self.errors.len() >= ERRORS_MAX {
                        return;
                    }
                    let written = if path.is_empty() {
                        name.clone()
                    } else {
                        format!("{path}.{name}")
                    };
                    self.entry(&written, place, value);
                }
            }
            // A list of mappings of one key each stands for one mapping.
            Data::Sequence(items)
                if items
                    .iter()
                    .all(|item| matches!(item.data, Data::Mapping(_))) =>
            {
                if let Some(key) = table::find(&format!("{path}.routes")) {
                    self.set(key, node);
                } else {
                    items.iter().for_each(|item| self.group(path, item));
                }
            }
            Data::Scalar(..) if table::find(&format!("{path}.default")).is_some() => {
                if let Some(key) = table::find(&format!("{path}.default")) {
                    self.set(key, node);
                }
            }
            Data::Scalar(..) | Data::Sequence(_) => {
                let problem = Problem::new(
                    node.place.clone(),
                    path,
                    format!("{} does not fit", show(node)),
                );
                let names = table::children(path).join(", ");
                self.errors
                    .push(problem.hint(format!("takes a mapping with {names}")));
            }
        }
    }

    fn entry(&mut self, written: &str, place: &Place, value: &Node) {
        let path = match self.lookup(written) {
            Some(path) => path,
            None if table::is_group(&table::resolve_alias(written)) => {
                table::resolve_alias(written)
            }
            None => {
                self.errors.push(unknown_key(written, place, value));
                return;
            }
        };
        match table::find(&path) {
            Some(key) => self.set(key, value),
            None => self.group(&path, value),
        }
    }

    /// The path of a key or group in any spelling: as written, another name, camelCase.
    fn lookup(&self, written: &str) -> Option<String> {
        let known = |path: &str| table::find(path).is_some() || table::is_group(path);
        let snake = snake_case(written);
        [
            written.to_owned(),
            table::resolve_alias(written),
            snake.clone(),
            table::resolve_alias(&snake),
        ]
        .into_iter()
        .find(|path| known(path))
    }

    /// Takes the value of a key.
    pub fn set(&mut self, key: &'static Key, node: &Node) {
        let before = self.errors.len();
        let value = self.value(key.path, &key.kind, node);
        if self.errors.len() > before {
            return;
        }
        let Some(value) = value else { return };
        if key.force == Force::Later {
            let message = "read but not in force yet";
            self.warnings
                .push(Problem::new(node.place.clone(), key.path, message));
        }
        self.given.insert(
            key.path,
            Given {
                value,
                place: node.place.clone(),
            },
        );
    }

    /// The typed value of a node; `None` if it is absent or wrong (then an error was added).
    fn value(&mut self, path: &str, kind: &Kind, node: &Node) -> Option<Value> {
        match (kind, &node.data) {
            (_, Data::Null) => None,
            (Kind::Any, _) => self.any(path, node),
            (Kind::List(inner), Data::Sequence(items)) => Some(Value::List(
                items
                    .iter()
                    .filter_map(|item| self.value(path, inner, item))
                    .collect(),
            )),
            // One value stands for a list of one.
            (Kind::List(inner), Data::Scalar(..)) if inner.is_plain() => self
                .value(path, inner, node)
                .map(|value| Value::List(vec![value])),
            (Kind::Map(inner), Data::Mapping(pairs)) => {
                let mut out = Vec::with_capacity(pairs.len());
                for (name, _, value) in pairs {
                    if let Some(value) = self.value(&format!("{path}.{name}"), inner, value) {
                        out.push((name.clone(), value));
                    }
                }
                Some(Value::Map(out))
            }
            (Kind::Records(keys), _) => self.records(path, keys, node),
            (kind, Data::Scalar(text, quoted)) => self.scalar(path, kind, node, (text, *quoted)),
            (kind, Data::Sequence(_) | Data::Mapping(_)) => {
                let problem = Problem::new(
                    node.place.clone(),
                    path,
                    format!("{} does not fit", show(node)),
                );
                self.errors
                    .push(problem.hint(format!("takes {}", kind.words())));
                None
            }
        }
    }

    fn scalar(
        &mut self,
        path: &str,
        kind: &Kind,
        node: &Node,
        (text, quoted): (&str, bool),
    ) -> Option<Value> {
        let in_file = matches!(node.place, Place::File { .. });
        let (text, quoted) = if in_file && text.contains('$') {
            match interpolate(text, self.env) {
                Ok(done) => {
                    for name in &done.missing {
                        let message = format!("variable {name} is not set, nothing stands for it");
                        let hint = format!("write ${{{name}:-default}} to give a default");
                        let problem = Problem::new(node.place.clone(), path, message).hint(hint);
                        self.warnings.push(problem);
                    }
                    if done.text.is_empty() && done.touched {
                        return None;
                    }
                    (done.text, quoted && !done.touched)
                }
                Err(message) => {
                    self.errors
                        .push(Problem::new(node.place.clone(), path, message));
                    return None;
                }
            }
        } else {
            (text.to_owned(), quoted)
        };
        match scalar(kind, &text, quoted) {
            Ok(value) => Some(value),
            Err(wrong) => {
                let mut problem = Problem::new(node.place.clone(), path, wrong.message);
                problem.hint = wrong.hint;
                self.errors.push(problem);
                None
            }
        }
    }

    fn any(&mut self, path: &str, node: &Node) -> Option<Value> {
        match &node.data {
            Data::Null => None,
            Data::Scalar(text, quoted) => self.scalar(path, &Kind::Text, node, (text, *quoted)),
            Data::Sequence(items) => Some(Value::List(
                items
                    .iter()
                    .filter_map(|item| self.any(path, item))
                    .collect(),
            )),
            Data::Mapping(pairs) => {
                let mut out = Vec::new();
                for (name, _, value) in pairs {
                    if let Some(value) = self.any(&format!("{path}.{name}"), value) {
                        out.push((name.clone(), value));
                    }
                }
                Some(Value::Map(out))
            }
        }
    }

    fn records(&mut self, path: &str, keys: &'static [Key], node: &Node) -> Option<Value> {
        let mut out = Vec::new();
        match &node.data {
            Data::Sequence(items) => {
                for (index, item) in items.iter().enumerate() {
                    out.extend(self.record(&format!("{path}[{index}]"), keys, item));
                }
            }
            // A mapping of names to records: the name becomes the first key.
            Data::Mapping(pairs)
                if pairs
                    .iter()
                    .all(|(_, _, v)| matches!(v.data, Data::Mapping(_))) =>
            {
                for (name, _, value) in pairs {
                    let record = self.record(&format!("{path}.{name}"), keys, value);
                    if let (Some(Value::Map(mut fields)), Some(first)) = (record, keys.first()) {
                        if fields.iter().all(|(key, _)| key != first.path) {
                            fields.insert(0, (first.path.to_owned(), Value::Text(name.clone())));
                        }
                        out.push(Value::Map(fields));
                    }
                }
            }
            _ => {
                let problem = Problem::new(
                    node.place.clone(),
                    path,
                    format!("{} does not fit", show(node)),
                );
                let names: Vec<&str> = keys.iter().map(|key| key.path).collect();
                self.errors.push(problem.hint(format!(
                    "takes a list of mappings with {}",
                    names.join(", ")
                )));
            }
        }
        Some(Value::List(out))
    }

    fn record(&mut self, path: &str, keys: &'static [Key], node: &Node) -> Option<Value> {
        let pairs = match &node.data {
            Data::Null => return None,
            Data::Mapping(pairs) => pairs,
            Data::Scalar(..) => {
                let first = keys.first()?;
                let value = self.value(path, &first.kind, node)?;
                return Some(Value::Map(vec![(first.path.to_owned(), value)]));
            }
            Data::Sequence(_) => {
                let problem = Problem::new(
                    node.place.clone(),
                    path,
                    format!("{} does not fit", show(node)),
                );
                self.errors.push(problem.hint("takes a mapping"));
                return None;
            }
        };
        let mut out = Vec::with_capacity(pairs.len());
        for (name, place, value) in pairs {
            let known = keys
                .iter()
                .find(|key| key.path == name || key.path == snake_case(name));
            let Some(key) = known else {
                let near = closest(name, keys.iter().map(|key| key.path));
                let secret = keys
                    .iter()
                    .any(|key| Some(key.path) == near && matches!(key.kind, Kind::Secret));
                let shown = if secret {
                    "hidden".to_owned()
                } else {
                    show(value)
                };
                let problem = Problem::new(
                    place.clone(),
                    format!("{path}.{name}"),
                    format!("unknown key {name:?} (value {shown})"),
                );
                let hint = match near {
                    Some(near) => format!("did you mean {near}?"),
                    None => {
                        let names: Vec<&str> = keys.iter().map(|key| key.path).collect();
                        format!("known here: {}", names.join(", "))
                    }
                };
                self.errors.push(problem.hint(hint));
                continue;
            };
            if let Some(value) = self.value(&format!("{path}.{}", key.path), &key.kind, value) {
                out.push((key.path.to_owned(), value));
            }
        }
        Some(Value::Map(out))
    }
}

fn unknown_key(written: &str, place: &Place, value: &Node) -> Problem {
    let (parent, name) = written.rsplit_once('.').unwrap_or(("", written));
    let problem = Problem::new(
        place.clone(),
        written,
        format!("unknown key {name:?} (value {})", show(value)),
    );
    let here = table::children(&table::resolve_alias(parent));
    if let Some(near) = closest(&snake_case(name), here.iter().copied()) {
        let path = if parent.is_empty() {
            near.to_owned()
        } else {
            format!("{parent}.{near}")
        };
        return problem.hint(format!("did you mean {path}?"));
    }
    // The right name in the wrong place.
    let snake = snake_case(name);
    let mut elsewhere = table::all().map(|key| key.path).filter(|path| {
        path.rsplit('.').next() == Some(&snake)
            || path.ends_with(&format!(".{}", snake_case(written)))
    });
    if let Some(path) = elsewhere.next() {
        return problem.hint(format!("did you mean {path}?"));
    }
    if let Some(path) = closest(&snake_case(written), table::all().map(|key| key.path)) {
        return problem.hint(format!("did you mean {path}?"));
    }
    problem.hint(format!("known here: {}", here.join(", ")))
}

/// `enableLogCorrelation` to `enable_log_correlation`, part by part.
pub(super) fn snake_case(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 4);
    for (index, letter) in text.char_indices() {
        if letter.is_ascii_uppercase() {
            if index > 0 && !out.ends_with(['.', '_']) {
                out.push('_');
            }
            out.push(letter.to_ascii_lowercase());
        } else {
            out.push(if letter == '-' { '_' } else { letter });
        }
    }
    out
}

/// A value in messages: short, one line.
fn show(node: &Node) -> String {
    match &node.data {
        Data::Null => "nothing".to_owned(),
        Data::Scalar(text, _) => {
            let mut short: String = text.chars().take(60).collect();
            if short.len() < text.len() {
                short.push('…');
            }
            format!("{short:?}")
        }
        Data::Sequence(items) => format!("a list of {}", items.len()),
        Data::Mapping(pairs) => format!("a mapping of {}", pairs.len()),
    }
}
