//! What a configuration key is: path, type, default, documentation, whether it is in force.

/// One key of the configuration.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// Path below `observability`, parts joined by dots.
    pub path: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// What stands for an absent value, as it would be written; empty if nothing does.
    pub default: &'static str,
    /// All there is to know.
    pub doc: &'static str,
    /// Whether setting it does anything.
    pub force: Force,
}

/// Whether setting a key does anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Force {
    /// Yes, from the next start.
    Start,
    /// Yes, from the next start or reload.
    Reload,
    /// Its part is not built yet: read, checked, warned about.
    Later,
}

/// What a key takes.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// `true` or `false`.
    Bool,
    /// A whole number within these bounds.
    Integer(i64, i64),
    /// A number within these bounds.
    Number(f64, f64),
    /// Any text.
    Text,
    /// Any text, never shown.
    Secret,
    /// A path of a file or folder.
    Path,
    /// `HOST:PORT`, or `off`.
    Listen,
    /// An address that starts with `http://` or `https://`.
    Url,
    /// A duration such as `30s`, or one of these words.
    Duration(&'static [&'static str]),
    /// A size such as `64MiB`, or one of these words.
    Size(&'static [&'static str]),
    /// A point in time, RFC 3339.
    Time,
    /// One of these words, of either case.
    Word(&'static [&'static str]),
    /// A list.
    List(&'static Kind),
    /// Keys of the writer's choice with values of this kind.
    Map(&'static Kind),
    /// A list of mappings with these keys. The first key stands for the whole where a plain text
    /// is written instead of a mapping.
    Records(&'static [Key]),
    /// Anything.
    Any,
}

impl Kind {
    /// What it takes, in words, after "takes".
    pub fn words(&self) -> String {
        match self {
            Kind::Bool => "true or false".to_owned(),
            Kind::Integer(min, i64::MAX) => format!("a whole number of at least {min}"),
            Kind::Integer(min, max) => format!("a whole number of {min} to {max}"),
            Kind::Number(min, max) if *max == f64::MAX => format!("a number of at least {min}"),
            Kind::Number(min, max) => format!("a number of {min} to {max}"),
            Kind::Text | Kind::Secret => "text".to_owned(),
            Kind::Path => "a path".to_owned(),
            Kind::Listen => "HOST:PORT such as 127.0.0.1:3000, or off".to_owned(),
            Kind::Url => "an address such as http://localhost:4317".to_owned(),
            Kind::Duration(words) => with_words("a duration such as 30s or 7d", words),
            Kind::Size(words) => with_words("a size such as 64MiB", words),
            Kind::Time => "a time such as 2026-11-20T10:15:00Z".to_owned(),
            Kind::Word(words) => words.join(", "),
            Kind::List(inner) => format!("a list, each {}", inner.words()),
            Kind::Map(inner) => format!("a mapping, each value {}", inner.words()),
            Kind::Records(_) => "a list of mappings".to_owned(),
            Kind::Any => "anything".to_owned(),
        }
    }

    /// Whether it is a plain value and not a list or mapping.
    pub fn is_plain(&self) -> bool {
        !matches!(
            self,
            Kind::List(_) | Kind::Map(_) | Kind::Records(_) | Kind::Any
        )
    }
}

fn with_words(what: &str, words: &[&str]) -> String {
    if words.is_empty() {
        what.to_owned()
    } else {
        format!("{what}, or {}", words.join(", "))
    }
}

pub(super) const fn start(
    path: &'static str,
    kind: Kind,
    default: &'static str,
    doc: &'static str,
) -> Key {
    Key {
        path,
        kind,
        default,
        doc,
        force: Force::Start,
    }
}

pub(super) const fn reload(
    path: &'static str,
    kind: Kind,
    default: &'static str,
    doc: &'static str,
) -> Key {
    Key {
        path,
        kind,
        default,
        doc,
        force: Force::Reload,
    }
}

pub(super) const fn later(
    path: &'static str,
    kind: Kind,
    default: &'static str,
    doc: &'static str,
) -> Key {
    Key {
        path,
        kind,
        default,
        doc,
        force: Force::Later,
    }
}

pub(super) const COUNT: Kind = Kind::Integer(0, i64::MAX);
pub(super) const SHARE: Kind = Kind::Number(0.0, 1.0);
pub(super) const DURATION: Kind = Kind::Duration(&[]);
pub(super) const SIZE: Kind = Kind::Size(&[]);
pub(super) const TEXTS: Kind = Kind::List(&Kind::Text);
pub(super) const LABELS: Kind = Kind::Map(&Kind::Text);
