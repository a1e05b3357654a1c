//! Sections that are checked but not in force, described by tables: which fields there are, of what
//! kind, and what must hold between them.

use super::rule::read_rules;
use crate::scrape::relabel::Rule;
use std::collections::BTreeMap;
use std::time::Duration;
use tacho_yaml::http_client::read::read_tls;
use tacho_yaml::http_client::{Credentials, HttpClient};
use tacho_yaml::node::Node;
use tacho_yaml::problem::Wrong;
use tacho_yaml::section::{Read, Section};

/// What a field holds.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Text,
    Texts,
    TextMap,
    Flag,
    Integer,
    Number,
    Duration,
    Size,
    Url,
    Tls,
    /// Relabelling rules, and what is said of an empty one.
    Rules(&'static str),
    One(&'static Shape),
    Many(&'static Shape),
    /// Whatever stands there.
    Any,
}

/// A section.
pub(super) struct Shape {
    /// Its name in messages.
    pub what: &'static str,
    /// Its fields.
    pub fields: &'static [(&'static str, Kind)],
    /// Whether it has the inline fields of an HTTP client.
    pub client: bool,
    /// What must hold.
    pub check: fn(&Fields) -> Result<(), String>,
}

/// A section that was read.
#[derive(Default)]
pub(super) struct Fields {
    /// Line where it begins.
    pub line: usize,
    texts: BTreeMap<&'static str, String>,
    lists: BTreeMap<&'static str, Vec<String>>,
    maps: BTreeMap<&'static str, Vec<(String, String)>>,
    flags: BTreeMap<&'static str, bool>,
    numbers: BTreeMap<&'static str, f64>,
    durations: BTreeMap<&'static str, Duration>,
    inner: BTreeMap<&'static str, Vec<Fields>>,
    /// Fields that are there and not null.
    given: Vec<&'static str>,
    /// Relabelling rules with their lines, not checked yet.
    pub rules: Vec<(usize, Rule)>,
    /// The HTTP client.
    pub client: HttpClient,
}

/// Nothing to check.
pub(super) fn anything(_: &Fields) -> Result<(), String> {
    Ok(())
}

impl Fields {
    /// Text; empty if absent.
    pub(super) fn text(&self, key: &str) -> &str {
        self.texts.get(key).map_or("", String::as_str)
    }

    /// Text, or this if absent.
    pub(super) fn text_or<'a>(&'a self, key: &str, default: &'a str) -> &'a str {
        self.texts.get(key).map_or(default, String::as_str)
    }

    /// Whether a field is there and not empty text.
    pub(super) fn has(&self, key: &str) -> bool {
        match self.texts.get(key) {
            Some(text) => !text.is_empty(),
            None => self.given.contains(&key),
        }
    }

    /// A list of texts.
    pub(super) fn list(&self, key: &str) -> &[String] {
        self.lists.get(key).map_or(&[], Vec::as_slice)
    }

    /// A mapping of texts.
    pub(super) fn map(&self, key: &str) -> &[(String, String)] {
        self.maps.get(key).map_or(&[], Vec::as_slice)
    }

    /// True or false.
    pub(super) fn flag(&self, key: &str) -> bool {
        self.flags.get(key).copied().unwrap_or(false)
    }

    /// A number, or this if absent.
    pub(super) fn number(&self, key: &str, default: f64) -> f64 {
        self.numbers.get(key).copied().unwrap_or(default)
    }

    /// A duration, or this many milliseconds if absent.
    pub(super) fn duration(&self, key: &str, default_ms: u64) -> Duration {
        let default = Duration::from_millis(default_ms);
        self.durations.get(key).copied().unwrap_or(default)
    }

    /// Inner sections.
    pub(super) fn inner(&self, key: &str) -> &[Fields] {
        self.inner.get(key).map_or(&[], Vec::as_slice)
    }

    /// Whether the client asks with a user and a password.
    pub(super) fn has_basic_auth(&self) -> bool {
        matches!(self.client.credentials, Credentials::Basic { .. })
    }

    /// Whether the client asks with other credentials.
    pub(super) fn has_other_credentials(&self) -> bool {
        !self.has_basic_auth() && self.client.credentials != Credentials::None
    }

    /// Reads a section by its table.
    pub(super) fn read(node: &Node, shape: &'static Shape) -> Read<Self> {
        let mut section = Section::open(node, shape.what)?;
        let mut fields = Fields {
            line: section.line,
            ..Fields::default()
        };
        for (key, kind) in shape.fields {
            fields.take(&mut section, key, *kind)?;
        }
        if shape.client {
            fields.client = HttpClient::read(&mut section)?;
        }
        section.finish()?;
        match (shape.check)(&fields) {
            Ok(()) => Ok(fields),
            Err(message) => Err(Wrong::new(fields.line, message)),
        }
    }

    fn take(&mut self, section: &mut Section<'_>, key: &'static str, kind: Kind) -> Read<()> {
        if section.node(key).is_some() {
            self.given.push(key);
        }
        match kind {
            Kind::Text => keep(&mut self.texts, key, section.text(key)?),
            Kind::Texts => keep(&mut self.lists, key, section.texts(key)?),
            Kind::TextMap => keep(&mut self.maps, key, section.text_map(key)?),
            Kind::Flag => keep(&mut self.flags, key, section.flag(key)?),
            Kind::Integer => {
                let number = section.integer(key)?.map(|number| number as f64);
                keep(&mut self.numbers, key, number);
            }
            Kind::Number => keep(&mut self.numbers, key, section.number(key)?),
            Kind::Size => {
                let size = section.size(key)?.map(|size| size as f64);
                keep(&mut self.numbers, key, size);
            }
            Kind::Duration => keep(&mut self.durations, key, section.duration(key)?),
            Kind::Url => keep(&mut self.texts, key, section.url(key)?),
            Kind::Tls => {
                if let Some(node) = section.node(key) {
                    read_tls(node)?;
                }
            }
            Kind::Rules(empty) => {
                if let Some(node) = section.node(key) {
                    self.rules.extend(read_rules(node, key, empty)?);
                }
            }
            Kind::One(shape) => {
                if let Some(node) = section.node(key) {
                    self.inner.insert(key, vec![Fields::read(node, shape)?]);
                }
            }
            Kind::Many(shape) => {
                let items = section.items(key)?.unwrap_or_default();
                let read = items.iter().map(|item| Fields::read(item, shape));
                self.inner.insert(key, read.collect::<Read<_>>()?);
            }
            Kind::Any => {}
        }
        Ok(())
    }
}

fn keep<T>(map: &mut BTreeMap<&'static str, T>, key: &'static str, value: Option<T>) {
    if let Some(value) = value {
        map.insert(key, value);
    }
}
