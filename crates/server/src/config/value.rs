//! Scalars by kind: text to a typed value, or what is wrong with it.

use super::key::Kind;
use super::problem::closest;
use tacho_stdx::{duration, size};

/// A typed value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// True or false.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A number.
    Number(f64),
    /// Text, a path, an address; a word of a list of words, as the list writes it.
    Text(String),
    /// Nanoseconds.
    Duration(i64),
    /// Bytes.
    Bytes(u64),
    /// One of the words that stand beside a duration or size.
    Word(&'static str),
    /// A list.
    List(Vec<Value>),
    /// Keys with values.
    Map(Vec<(String, Value)>),
}

/// What is wrong with a value, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

impl Wrong {
    fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: Some(hint.into()),
        }
    }
}

/// Takes a scalar. `quoted` says that it stood in quotes: then it is text and nothing else.
pub fn scalar(kind: &Kind, text: &str, quoted: bool) -> Result<Value, Wrong> {
    let wrong = || {
        let shown = if matches!(kind, Kind::Secret) {
            "the value"
        } else {
            text
        };
        Wrong::new(
            format!("{shown:?} does not fit"),
            format!("takes {}", kind.words()),
        )
    };
    if quoted && matches!(kind, Kind::Bool | Kind::Integer(..) | Kind::Number(..)) {
        return Err(Wrong::new(
            format!("{text:?} is text"),
            format!("takes {}: remove the quotes", kind.words()),
        ));
    }
    match kind {
        Kind::Bool => match text.to_ascii_lowercase().as_str() {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            "yes" | "on" | "y" => Err(Wrong::new(format!("{text:?} does not fit"), "write true")),
            "no" | "off" | "n" => Err(Wrong::new(format!("{text:?} does not fit"), "write false")),
            _ => Err(wrong()),
        },
        Kind::Integer(min, max) => {
            let number: i64 = text.replace('_', "").parse().map_err(|_| wrong())?;
            if (min..=max).contains(&&number) {
                Ok(Value::Integer(number))
            } else {
                Err(wrong())
            }
        }
        Kind::Number(min, max) => {
            let number: f64 = text.replace('_', "").parse().map_err(|_| wrong())?;
            if number.is_finite() && (min..=max).contains(&&number) {
                Ok(Value::Number(number))
            } else {
                Err(wrong())
            }
        }
        Kind::Text | Kind::Secret | Kind::Path | Kind::Any => Ok(Value::Text(text.to_owned())),
        Kind::Listen => listen(text).ok_or_else(wrong),
        Kind::Url => match text.split_once("://") {
            Some(("http" | "https", rest)) if !rest.is_empty() => Ok(Value::Text(text.to_owned())),
            _ => Err(wrong()),
        },
        Kind::Duration(words) => duration_value(text, words).ok_or_else(|| {
            if text.parse::<f64>().is_ok() {
                Wrong::new(
                    format!("{text:?} has no unit"),
                    format!("write {text}s, {text}m, {text}h or {text}d"),
                )
            } else {
                wrong()
            }
        }),
        Kind::Size(words) => match find_word(text, words) {
            Some(word) => Ok(Value::Word(word)),
            None => size::parse_bytes(&text.replace('_', ""))
                .map(Value::Bytes)
                .ok_or_else(wrong),
        },
        Kind::Time => text
            .parse::<jiff::Timestamp>()
            .map(|_| Value::Text(text.to_owned()))
            .map_err(|_| wrong()),
        Kind::Word(words) => match find_word(text, words) {
            Some(word) => Ok(Value::Text(word.to_owned())),
            None => Err(match closest(text, words.iter().copied()) {
                Some(word) => Wrong::new(
                    format!("{text:?} does not fit"),
                    format!("did you mean {word}? (takes {})", kind.words()),
                ),
                None => wrong(),
            }),
        },
        Kind::List(_) | Kind::Map(_) | Kind::Records(_) => Err(wrong()),
    }
}

fn find_word(text: &str, words: &'static [&'static str]) -> Option<&'static str> {
    words
        .iter()
        .copied()
        .find(|word| word.eq_ignore_ascii_case(text))
}

fn duration_value(text: &str, words: &'static [&'static str]) -> Option<Value> {
    if let Some(word) = find_word(text, words) {
        return Some(Value::Word(word));
    }
    duration::parse_ns(text)
        .filter(|ns| *ns >= 0)
        .map(Value::Duration)
}

fn listen(text: &str) -> Option<Value> {
    if text.eq_ignore_ascii_case("off") {
        return Some(Value::Text("off".to_owned()));
    }
    let (host, port) = text.rsplit_once(':')?;
    port.parse::<u16>().ok()?;
    let host = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:".contains(&byte);
    (!host.is_empty() && host.bytes().all(plain)).then(|| Value::Text(text.to_owned()))
}
