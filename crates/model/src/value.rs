//! Attribute values: OTLP's `AnyValue`, and attributes made of them.
//! Source: opentelemetry-proto `common/v1/common.proto`.

use std::sync::Arc;

/// A typed value. Equality is bitwise on doubles, so that what is stored can be compared.
#[derive(Debug, Clone, Default)]
pub enum Value {
    /// No value: an `AnyValue` without content.
    #[default]
    Empty,
    /// Text.
    String(String),
    /// True or false.
    Bool(bool),
    /// A signed integer.
    Int(i64),
    /// A double, NaN and infinities included.
    Double(f64),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A list of values.
    Array(Vec<Value>),
    /// Keys and values in the order they came; a key may repeat.
    Map(Vec<(String, Value)>),
    /// A large value that lies in the value store and has not been loaded.
    Reference(Arc<ValueReference>),
}

/// Points at a large value in the value store.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ValueReference {
    /// BLAKE3 of the content.
    pub hash: [u8; 32],
    /// Length of the content in bytes.
    pub len: u64,
    /// What the content is.
    pub kind: ReferenceKind,
    /// The first bytes of the content as text, at most 256 bytes, cut at a character.
    pub preview: String,
}

/// What a referenced content is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReferenceKind {
    /// UTF-8 text: a `Value::String`.
    String,
    /// Bytes: a `Value::Bytes`.
    Bytes,
    /// The text form of `json.rs`: a `Value::Array` or `Value::Map`.
    Nested,
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Value::Empty, Value::Empty) => true,
            (Value::String(a), Value::String(b)) => a == b,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Int(a), Value::Int(b)) => a == b,
            (Value::Double(a), Value::Double(b)) => a.to_bits() == b.to_bits(),
            (Value::Bytes(a), Value::Bytes(b)) => a == b,
            (Value::Array(a), Value::Array(b)) => a == b,
            (Value::Map(a), Value::Map(b)) => a == b,
            (Value::Reference(a), Value::Reference(b)) => a == b,
            _ => false,
        }
    }
}

/// A value that borrows from the bytes it was decoded from.
#[derive(Debug, Clone, Copy)]
pub enum ValueRef<'a> {
    /// No value.
    Empty,
    /// Text.
    String(&'a str),
    /// True or false.
    Bool(bool),
    /// A signed integer.
    Int(i64),
    /// A double.
    Double(f64),
    /// Bytes.
    Bytes(&'a [u8]),
    /// An array or a map, decoded.
    Nested(&'a Value),
}

impl Value {
    /// A view of this value.
    ///
    /// A reference is shown as nested: only code that knows the value store can resolve it.
    pub fn view(&self) -> ValueRef<'_> {
        match self {
            Value::Empty => ValueRef::Empty,
            Value::String(text) => ValueRef::String(text),
            Value::Bool(value) => ValueRef::Bool(*value),
            Value::Int(value) => ValueRef::Int(*value),
            Value::Double(value) => ValueRef::Double(*value),
            Value::Bytes(bytes) => ValueRef::Bytes(bytes),
            Value::Array(_) | Value::Map(_) | Value::Reference(_) => ValueRef::Nested(self),
        }
    }

    /// The text of a string value.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The value as text, the way filters compare `key=value`: a string as it is, numbers and
    /// booleans as JSON prints them, everything else as the text form of `json.rs`.
    pub fn to_text(&self) -> String {
        match self {
            Value::String(text) => text.clone(),
            Value::Reference(reference) => reference.preview.clone(),
            other => crate::json::to_text(other),
        }
    }
}

impl ValueRef<'_> {
    /// An owned copy.
    pub fn to_value(self) -> Value {
        match self {
            ValueRef::Empty => Value::Empty,
            ValueRef::String(text) => Value::String(text.to_owned()),
            ValueRef::Bool(value) => Value::Bool(value),
            ValueRef::Int(value) => Value::Int(value),
            ValueRef::Double(value) => Value::Double(value),
            ValueRef::Bytes(bytes) => Value::Bytes(bytes.to_vec()),
            ValueRef::Nested(value) => value.clone(),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::String(text.to_owned())
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Value::Int(value)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Value::Double(value)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Value::Bool(value)
    }
}

/// Keys with values in the order they came. OTLP asks for unique keys; a repeated one is kept.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Attributes(pub Vec<(String, Value)>);

impl Attributes {
    /// The first value of a key.
    pub fn find(&self, key: &str) -> Option<&Value> {
        self.0
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value)
    }

    /// The first value of a key, if it is text.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.find(key).and_then(Value::as_str)
    }

    /// Adds a key and its value at the end.
    pub fn push(&mut self, key: impl Into<String>, value: impl Into<Value>) {
        self.0.push((key.into(), value.into()));
    }
}

impl<K: Into<String>, V: Into<Value>> FromIterator<(K, V)> for Attributes {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        Self(
            pairs
                .into_iter()
                .map(|(key, value)| (key.into(), value.into()))
                .collect(),
        )
    }
}
