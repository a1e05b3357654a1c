//! What templates compute with: texts, numbers, times, lists, maps, and objects of the caller with
//! fields and methods.
//!
//! The kinds follow what Go's `text/template` sees of the data that Prometheus and Alertmanager hand
//! to it (<https://pkg.go.dev/text/template>).

use jiff::Zoned;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Arc;
use tacho_model::labels::Labels;
use tacho_model::time::Timestamp;

/// A value of a template.
#[derive(Debug, Clone)]
pub enum Value {
    /// No value: a missing key, `nil`.
    Nil,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A floating-point number.
    Float(f64),
    /// A text.
    Text(Arc<str>),
    /// A text that is HTML already: not escaped in HTML templates.
    SafeHtml(Arc<str>),
    /// A text that is a URL of any scheme: not filtered in HTML templates.
    SafeUrl(Arc<str>),
    /// A list.
    List(Arc<[Value]>),
    /// A map whose missing keys have no value; see `LabelMap` for one whose are empty texts.
    Map(Arc<BTreeMap<String, Value>>),
    /// A moment in a time zone.
    Time(Zoned),
    /// A span of time, ns.
    Duration(i64),
    /// A value of the caller.
    Object(Arc<dyn Object>),
}

/// What an object looks like to `range`, `index`, `len` and `toJson`.
#[derive(Debug)]
pub enum Shape {
    /// Not iterable; `toJson` writes an object with these fields, in this order.
    Struct(Vec<(&'static str, Value)>),
    /// A list: iterated by position.
    List(Vec<Value>),
    /// A map with texts as keys, sorted: iterated by key; `index` asks `Object::field`.
    Map(Vec<(String, Value)>),
}

/// A value with fields and methods.
pub trait Object: Debug + Send + Sync {
    /// The name of the type in messages.
    fn type_name(&self) -> &'static str {
        "struct"
    }

    /// A field by its name, or the value of a map's key. `None`: there is no such field; a map answers
    /// for a missing key with what stands for it, such as an empty text.
    fn field(&self, name: &str) -> Option<Value>;

    /// Calls a method. `None`: there is no such method; then the field of that name counts.
    fn call(&self, name: &str, arguments: &[Value]) -> Option<Result<Value, String>> {
        let _ = (name, arguments);
        None
    }

    /// The text that stands for the object in the output.
    fn printed(&self) -> String;

    /// What it looks like to `range`, `index` and `toJson`.
    fn shape(&self) -> Shape {
        Shape::Struct(Vec::new())
    }

    /// The number of items; `None` if it has none by nature. An object with a length of 0 is false.
    fn len(&self) -> Option<usize> {
        match self.shape() {
            Shape::Struct(_) => None,
            Shape::List(items) => Some(items.len()),
            Shape::Map(entries) => Some(entries.len()),
        }
    }

    /// True if it has a length and that is 0.
    fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }
}

impl Value {
    /// A text.
    pub fn text(text: impl AsRef<str>) -> Self {
        Self::Text(Arc::from(text.as_ref()))
    }

    /// A list of these values.
    pub fn list(items: impl IntoIterator<Item = Value>) -> Self {
        Self::List(items.into_iter().collect())
    }

    /// A map of these entries; of equal keys the last counts.
    pub fn map<K: Into<String>>(entries: impl IntoIterator<Item = (K, Value)>) -> Self {
        let entries = entries.into_iter().map(|(key, value)| (key.into(), value));
        Self::Map(Arc::new(entries.collect()))
    }

    /// An object.
    pub fn object(object: impl Object + 'static) -> Self {
        Self::Object(Arc::new(object))
    }

    /// The text of a text of any kind.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::SafeHtml(text) | Self::SafeUrl(text) => Some(text),
            _ => None,
        }
    }

    /// True unless it is empty: false, 0, an empty text, list or map, no value. As `if` judges.
    pub fn is_true(&self) -> bool {
        match self {
            Self::Nil => false,
            Self::Bool(truth) => *truth,
            Self::Int(number) | Self::Duration(number) => *number != 0,
            Self::Float(number) => *number != 0.0,
            Self::Text(text) | Self::SafeHtml(text) | Self::SafeUrl(text) => !text.is_empty(),
            Self::List(items) => !items.is_empty(),
            Self::Map(entries) => !entries.is_empty(),
            Self::Time(_) => true,
            Self::Object(object) => !object.is_empty(),
        }
    }

    /// The name of its type in messages, as Go names it.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Nil => "nil",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Float(_) => "float64",
            Self::Text(_) => "string",
            Self::SafeHtml(_) => "template.HTML",
            Self::SafeUrl(_) => "template.URL",
            Self::List(_) => "[]interface {}",
            Self::Map(_) => "map[string]interface {}",
            Self::Time(_) => "time.Time",
            Self::Duration(_) => "time.Duration",
            Self::Object(object) => object.type_name(),
        }
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Bool(truth)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<i32> for Value {
    fn from(number: i32) -> Self {
        Self::Int(number.into())
    }
}

impl From<usize> for Value {
    fn from(number: usize) -> Self {
        Self::Int(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Float(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<Arc<str>> for Value {
    fn from(text: Arc<str>) -> Self {
        Self::Text(text)
    }
}

impl From<Vec<Value>> for Value {
    fn from(items: Vec<Value>) -> Self {
        Self::List(items.into())
    }
}

impl From<BTreeMap<String, Value>> for Value {
    fn from(entries: BTreeMap<String, Value>) -> Self {
        Self::Map(Arc::new(entries))
    }
}

impl From<Zoned> for Value {
    fn from(time: Zoned) -> Self {
        Self::Time(time)
    }
}

/// A moment in UTC.
impl From<Timestamp> for Value {
    fn from(at: Timestamp) -> Self {
        let time = jiff::Timestamp::from_nanosecond(at.0.into()).unwrap_or_default();
        Self::Time(time.to_zoned(TimeZone::UTC))
    }
}

/// A map whose missing keys are empty texts.
impl From<&Labels> for Value {
    fn from(labels: &Labels) -> Self {
        Self::object(LabelMap(labels.clone()))
    }
}

/// A map from texts to texts whose missing keys are empty texts: the labels of a rule's template.
#[derive(Debug, Clone)]
pub struct LabelMap(pub Labels);

impl Object for LabelMap {
    fn type_name(&self) -> &'static str {
        "map[string]string"
    }

    fn field(&self, name: &str) -> Option<Value> {
        Some(self.0.value(name).into())
    }

    fn printed(&self) -> String {
        let pairs = self.0.iter().map(|(name, value)| format!("{name}:{value}"));
        format!("map[{}]", pairs.collect::<Vec<_>>().join(" "))
    }

    fn shape(&self) -> Shape {
        let pairs = self.0.iter();
        Shape::Map(
            pairs
                .map(|(name, value)| (name.to_owned(), value.into()))
                .collect(),
        )
    }
}
