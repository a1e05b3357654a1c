//! The configuration in force as text that may be shown: by key, with its source, without secrets.

use super::key::{Force, Key, Kind};
use super::load::Values;
use super::problem::Place;
use super::table;
use super::value::Value;
use std::collections::BTreeMap;
use tacho_model::time::Timestamp;
use tacho_stdx::{duration, size};

/// Stands for a secret.
const SECRET: &str = "<secret>";
/// Parts of names whose texts are never shown, in lower case without `_`, `-` and blanks.
const SECRET_NAMES: [&str; 14] = [
    "token",
    "password",
    "passwd",
    "passphrase",
    "secret",
    "authorization",
    "credential",
    "webhook",
    "apikey",
    "accesskey",
    "privatekey",
    "routingkey",
    "bearer",
    "cookie",
];

/// The configuration in force.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown {
    /// The file that was read.
    pub file: Option<String>,
    /// Keys by path.
    pub keys: BTreeMap<&'static str, ShownKey>,
    /// What was found wrong that did not matter.
    pub warnings: Vec<String>,
    /// When all this was read.
    pub loaded_at: Timestamp,
}

/// A key in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownKey {
    /// Its value as YAML writes it.
    pub value: String,
    /// `default`, `file`, `environment` or `flag`.
    pub source: &'static str,
    /// Whether a reload puts it in force.
    force: Force,
}

impl Shown {
    /// Every key whose part is built.
    pub fn new(values: &Values) -> Self {
        let in_force = table::all().filter(|key| key.force != Force::Later);
        Self {
            keys: in_force.map(|key| (key.path, show(key, values))).collect(),
            ..Self::default()
        }
    }

    /// After a reload: what needs a start stays as it is in force.
    pub fn reload(&mut self, mut new: Self) {
        for (path, key) in &mut new.keys {
            if key.force == Force::Start
                && let Some(old) = self.keys.get(path)
            {
                *key = old.clone();
            }
        }
        *self = new;
    }
}

fn show(key: &Key, values: &Values) -> ShownKey {
    let (value, source) = match values.given(key.path) {
        Some(given) => {
            let source = match given.place {
                Place::File { .. } => "file",
                Place::Variable(_) => "environment",
                Place::Flag(_) => "flag",
                Place::Default => "default",
            };
            (print(key.path, &key.kind, &given.value), source)
        }
        None => (key.default.to_owned(), "default"),
    };
    ShownKey {
        value,
        source,
        force: key.force,
    }
}

/// A value as YAML writes it in one line.
fn print(name: &str, kind: &Kind, value: &Value) -> String {
    match (kind, value) {
        (Kind::Secret, _) => SECRET.to_owned(),
        (_, Value::Bool(flag)) => flag.to_string(),
        (_, Value::Integer(number)) => number.to_string(),
        (_, Value::Number(number)) => number.to_string(),
        (_, Value::Duration(ns)) => duration::print_ns(*ns),
        (_, Value::Bytes(bytes)) => print_size(*bytes),
        (_, Value::Word(word)) => (*word).to_owned(),
        (Kind::Word(_) | Kind::Listen | Kind::Path | Kind::Time, Value::Text(text)) => scalar(text),
        (_, Value::Text(text)) => print_text(name, text),
        (_, Value::List(items)) => {
            let inner = match kind {
                Kind::List(inner) => inner,
                Kind::Records(_) => kind,
                _ => &Kind::Any,
            };
            let items: Vec<String> = items.iter().map(|item| print(name, inner, item)).collect();
            format!("[{}]", items.join(", "))
        }
        (_, Value::Map(pairs)) => {
            let pair = |(key, value): &(String, Value)| {
                let kind = match kind {
                    Kind::Map(inner) => inner,
                    Kind::Records(keys) => keys
                        .iter()
                        .find(|known| known.path == key)
                        .map_or(&Kind::Any, |known| &known.kind),
                    _ => &Kind::Any,
                };
                // A name above may say it, too: `headers: {x-key: …}`.
                let name = match kind {
                    Kind::Any | Kind::Text | Kind::Url => format!("{name}.{key}"),
                    _ => key.clone(),
                };
                let value = match name.contains("headers.") {
                    true => SECRET.to_owned(),
                    false => print(&name, kind, value),
                };
                format!("{}: {value}", scalar(key))
            };
            let pairs: Vec<String> = pairs.iter().map(pair).collect();
            format!("{{{}}}", pairs.join(", "))
        }
    }
}

/// The largest unit in which a size is a whole number.
fn print_size(bytes: u64) -> String {
    let units = [
        ("TiB", 1u64 << 40),
        ("GiB", 1 << 30),
        ("MiB", 1 << 20),
        ("KiB", 1 << 10),
    ];
    let whole = units
        .into_iter()
        .find(|(_, scale)| bytes > 0 && bytes.is_multiple_of(*scale));
    let text = match whole {
        Some((unit, scale)) => format!("{}{unit}", bytes / scale),
        None => bytes.to_string(),
    };
    debug_assert_eq!(size::parse_bytes(&text), Some(bytes));
    text
}

/// A text without what must not be shown of it.
fn print_text(name: &str, text: &str) -> String {
    let plain: String = name
        .chars()
        .filter(|letter| !matches!(letter, '_' | '-' | ' '))
        .collect::<String>()
        .to_ascii_lowercase();
    // Lists of records such as auth.tokens name what they hold, not what each text is.
    let own = plain.strip_prefix("auth.tokens").unwrap_or(&plain);
    let lower = text.trim_start().to_ascii_lowercase();
    let scheme = ["bearer ", "basic ", "digest "];
    if SECRET_NAMES.iter().any(|secret| own.contains(secret))
        || scheme.iter().any(|word| lower.starts_with(word))
    {
        return SECRET.to_owned();
    }
    scalar(&without_credentials(text))
}

/// An address without user, password and query.
fn without_credentials(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else {
        return text.to_owned();
    };
    let (host, path) = match rest.find(['/', '?', '#']) {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let host = match host.rsplit_once('@') {
        Some((_, host)) => format!("{SECRET}@{host}"),
        None => host.to_owned(),
    };
    let path = match path.split_once('?') {
        Some((path, _)) => format!("{path}?{SECRET}"),
        None => path.to_owned(),
    };
    format!("{scheme}://{host}{path}")
}

/// A text as a scalar: in quotes where it would be read as something else.
fn scalar(text: &str) -> String {
    let plain = |letter: char| {
        letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.' | '/' | '+' | '%' | '=' | '$')
    };
    let inner =
        |letter: char| plain(letter) || matches!(letter, ':' | '@' | '<' | '>' | '?' | '*' | ' ');
    let words = ["true", "false", "null", "yes", "no", "on", "~"];
    let fits = text.starts_with(plain)
        && text.ends_with(|letter: char| inner(letter) && letter != ' ' && letter != ':')
        && text.chars().all(inner)
        && !text.contains(": ")
        && !text.starts_with('-')
        && text.parse::<f64>().is_err()
        && !words.contains(&text.to_ascii_lowercase().as_str());
    if fits {
        return text.to_owned();
    }
    serde_json::to_string(text).unwrap_or_else(|_| SECRET.to_owned())
}

#[cfg(test)]
mod tests {
    use crate::config::load::{Loaded, Sources, load};
    use std::collections::BTreeMap;

    fn loaded(lines: &str, env: &[(&str, &str)]) -> Loaded {
        let env: BTreeMap<String, String> = env
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let below: Vec<String> = lines.lines().map(|line| format!("  {line}")).collect();
        let text = format!("observability:\n{}\n", below.join("\n"));
        let sources = Sources {
            file: Some(("t.yaml".to_owned(), text)),
            env,
            flags: Vec::new(),
        };
        load(&sources).unwrap()
    }

    #[test]
    fn keys_say_value_and_source() {
        let loaded = loaded(
            "query:\n  timeout: 45s\n  memory: 1536MiB\nhttp:\n  allowed_hosts: [a.example, 'true']\nmetrics:\n  labels:\n    zone: eu west",
            &[("TACHO_QUERY__MAX_GROUPS", "77")],
        );
        let key = |path: &str| {
            let key = &loaded.shown.keys[path];
            (key.value.as_str(), key.source)
        };
        assert_eq!(key("query.timeout"), ("45s", "file"));
        assert_eq!(key("query.memory"), ("1536MiB", "file"));
        assert_eq!(key("query.max_groups"), ("77", "environment"));
        assert_eq!(key("http.allowed_hosts"), ("[a.example, \"true\"]", "file"));
        assert_eq!(key("metrics.labels"), ("{zone: eu west}", "file"));
        assert_eq!(key("stream.max_streams"), ("256", "default"));
        assert!(!loaded.shown.keys.contains_key("export.formats"));
        assert!(loaded.shown.keys.keys().is_sorted());
    }

    #[test]
    fn secrets_are_never_shown() {
        let loaded = loaded(
            "auth:\n  tokens:\n    - name: ui\n      token: sesame-sesame-sesame\n      scopes: [read]\nmetrics:\n  labels:\n    api_token: sesame-1\n    by: Bearer sesame-2\n    at: http://u:sesame-3@h:80/p?k=sesame-4",
            &[],
        );
        let tokens = &loaded.shown.keys["auth.tokens"].value;
        assert_eq!(tokens, "[{name: ui, token: <secret>, scopes: [read]}]");
        let labels = &loaded.shown.keys["metrics.labels"].value;
        assert_eq!(
            labels,
            "{api_token: <secret>, by: <secret>, at: http://<secret>@h:80/p?<secret>}"
        );
        let all = format!("{:?}", loaded.shown);
        assert!(!all.contains("sesame"), "{all}");
    }
}
