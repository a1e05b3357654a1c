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
        Kind::Bool => boolean(text).unwrap_or_else(|| Err(wrong())),
        Kind::Integer(min, max) => {
            let number = text.replace('_', "").parse().ok();
            let fits = number.filter(|number| (min..=max).contains(&number));
            fits.map(Value::Integer).ok_or_else(wrong)
        }
        Kind::Number(min, max) => {
            let number = text.replace('_', "").parse().ok();
            let fits = number.filter(|n: &f64| n.is_finite() && (min..=max).contains(&n));
            fits.map(Value::Number).ok_or_else(wrong)
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
            None => Err(likely_word(kind, text, words).unwrap_or_else(wrong)),
        },
        Kind::List(_) | Kind::Map(_) | Kind::Records(_) => Err(wrong()),
    }
}

/// `true` and `false`; the words of other dialects get advice.
fn boolean(text: &str) -> Option<Result<Value, Wrong>> {
    let advice = |write: &str| Err(Wrong::new(format!("{text:?} does not fit"), write));
    match text.to_ascii_lowercase().as_str() {
        "true" => Some(Ok(Value::Bool(true))),
        "false" => Some(Ok(Value::Bool(false))),
        "yes" | "on" | "y" => Some(advice("write true")),
        "no" | "off" | "n" => Some(advice("write false")),
        _ => None,
    }
}

fn likely_word(kind: &Kind, text: &str, words: &[&str]) -> Option<Wrong> {
    let word = closest(text, words.iter().copied())?;
    let hint = format!("did you mean {word}? (takes {})", kind.words());
    Some(Wrong::new(format!("{text:?} does not fit"), hint))
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
