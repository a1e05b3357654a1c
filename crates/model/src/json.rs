//! The lossless text form of values: JSON that reads naturally and loses nothing.
//!
//! Strings, booleans, arrays and maps are JSON's own; integers have no point, doubles always have
//! a point or an exponent; `Empty` is `null`. What JSON lacks is an object with one reserved key:
//! `{"$double":"NaN"}` (also `Infinity`, `-Infinity`), `{"$bytes":"<base64>"}`,
//! `{"$ref":["<hash>",len,"string|bytes|nested","<preview>"]}`, and `{"$map":[["k",v],…]}` for a
//! map that has a key starting with `$`. The format is written down in `docs/formats/value-json.md`.

use crate::value::{Attributes, ReferenceKind, Value, ValueRef, ValueReference};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt::Write as _;
use std::sync::Arc;

/// What is wrong with a text that should be a value.
#[derive(Debug, thiserror::Error)]
#[error("invalid value text: {0}")]
pub struct TextError(String);

/// The text form of a value.
///
/// ```
/// use tacho_model::json::{parse, to_text};
/// use tacho_model::value::Value;
///
/// assert_eq!(to_text(&Value::Int(1)), "1");
/// assert_eq!(to_text(&Value::Double(1.0)), "1.0");
/// assert_eq!(to_text(&Value::Bytes(vec![1, 2])), r#"{"$bytes":"AQI="}"#);
/// let nested = Value::Map(vec![("k".to_owned(), Value::Array(vec![Value::Empty]))]);
/// assert_eq!(parse(&to_text(&nested)).unwrap(), nested);
/// ```
pub fn to_text(value: &Value) -> String {
    let mut out = String::new();
    write_value(&mut out, value);
    out
}

/// The text form of attributes: an object, as a `Value::Map` of the same pairs.
pub fn attributes_to_text(attributes: &Attributes) -> String {
    let mut out = String::new();
    write_map(&mut out, &attributes.0);
    out
}

/// Appends the text form of a value.
pub fn write_value(out: &mut String, value: &Value) {
    match value {
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_value(out, item);
            }
            out.push(']');
        }
        Value::Map(pairs) => write_map(out, pairs),
        Value::Reference(reference) => write_reference(out, reference),
        plain => write_view(out, plain.view()),
    }
}

/// Appends the text form of a view.
pub fn write_view(out: &mut String, value: ValueRef<'_>) {
    match value {
        ValueRef::Empty => out.push_str("null"),
        ValueRef::String(text) => write_string(out, text),
        ValueRef::Bool(value) => out.push_str(if value { "true" } else { "false" }),
        ValueRef::Int(value) => {
            let _ = write!(out, "{value}");
        }
        ValueRef::Double(value) if value.is_finite() => {
            let _ = write!(out, "{value:?}");
        }
        ValueRef::Double(value) => {
            let name = if value.is_nan() {
                "NaN"
            } else if value > 0.0 {
                "Infinity"
            } else {
                "-Infinity"
            };
            let _ = write!(out, "{{\"$double\":\"{name}\"}}");
        }
        ValueRef::Bytes(bytes) => {
            out.push_str("{\"$bytes\":\"");
            STANDARD.encode_string(bytes, out);
            out.push_str("\"}");
        }
        ValueRef::Nested(value) => write_value(out, value),
    }
}

/// Appends a JSON string, quotes included.
pub fn write_string(out: &mut String, text: &str) {
    out.push('"');
    let mut start = 0;
    for (index, byte) in text.bytes().enumerate() {
        let escape = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0..=0x1f => "",
            _ => continue,
        };
        out.push_str(&text[start..index]);
        if escape.is_empty() {
            let _ = write!(out, "\\u{byte:04x}");
        } else {
            out.push_str(escape);
        }
        start = index + 1;
    }
    out.push_str(&text[start..]);
    out.push('"');
}

fn write_map(out: &mut String, pairs: &[(String, Value)]) {
    if pairs.iter().any(|(key, _)| key.starts_with('$')) {
        out.push_str("{\"$map\":[");
        for (index, (key, value)) in pairs.iter().enumerate() {
            out.push_str(if index > 0 { ",[" } else { "[" });
            write_string(out, key);
            out.push(',');
            write_value(out, value);
            out.push(']');
        }
        out.push_str("]}");
        return;
    }
    out.push('{');
    for (index, (key, value)) in pairs.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write_string(out, key);
        out.push(':');
        write_value(out, value);
    }
    out.push('}');
}

fn write_reference(out: &mut String, reference: &ValueReference) {
    out.push_str("{\"$ref\":[\"");
    for byte in reference.hash {
        let _ = write!(out, "{byte:02x}");
    }
    let kind = match reference.kind {
        ReferenceKind::String => "string",
        ReferenceKind::Bytes => "bytes",
        ReferenceKind::Nested => "nested",
    };
    let _ = write!(out, "\",{},\"{kind}\",", reference.len);
    write_string(out, &reference.preview);
    out.push_str("]}");
}

/// Parses the text form. Nesting beyond 128 is an error.
pub fn parse(text: &str) -> Result<Value, TextError> {
    let parsed: Raw = serde_json::from_str(text).map_err(|error| TextError(error.to_string()))?;
    parsed.0.map_err(TextError)
}

/// Parses the text form of attributes.
pub fn parse_attributes(text: &str) -> Result<Attributes, TextError> {
    match parse(text)? {
        Value::Map(pairs) => Ok(Attributes(pairs)),
        _ => Err(TextError("attributes must be an object".to_owned())),
    }
}

/// A parsed value, or a complaint about a reserved key.
struct Raw(Result<Value, String>);

impl<'de> serde_core::Deserialize<'de> for Raw {
    fn deserialize<D: serde_core::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer
            .deserialize_any(RawVisitor)
            .map(|value| Raw(Ok(value)))
    }
}

struct RawVisitor;

impl<'de> serde_core::de::Visitor<'de> for RawVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Empty)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Int(value))
    }

    fn visit_u64<E: serde_core::de::Error>(self, value: u64) -> Result<Value, E> {
        i64::try_from(value)
            .map(Value::Int)
            .map_err(|_| E::custom("integer beyond 64 bits"))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Double(value))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::String(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::String(text))
    }

    fn visit_seq<A: serde_core::de::SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(Raw(item)) = seq.next_element()? {
            items.push(item.map_err(serde_core::de::Error::custom)?);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: serde_core::de::MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut pairs: Vec<(String, Value)> = Vec::new();
        while let Some((key, Raw(value))) = map.next_entry::<String, Raw>()? {
            pairs.push((key, value.map_err(serde_core::de::Error::custom)?));
        }
        match pairs.as_slice() {
            [(key, value)] if key.starts_with('$') => {
                reserved(key, value).map_err(serde_core::de::Error::custom)
            }
            _ => Ok(Value::Map(pairs)),
        }
    }
}

fn reserved(key: &str, value: &Value) -> Result<Value, String> {
    match (key, value) {
        ("$double", Value::String(name)) => match name.as_str() {
            "NaN" => Ok(Value::Double(f64::NAN)),
            "Infinity" => Ok(Value::Double(f64::INFINITY)),
            "-Infinity" => Ok(Value::Double(f64::NEG_INFINITY)),
            other => Err(format!("unknown double {other}")),
        },
        ("$bytes", Value::String(text)) => STANDARD
            .decode(text)
            .map(Value::Bytes)
            .map_err(|error| error.to_string()),
        ("$map", Value::Array(items)) => items
            .iter()
            .map(|item| match item {
                Value::Array(pair) => match pair.as_slice() {
                    [Value::String(key), value] => Ok((key.clone(), value.clone())),
                    _ => Err("a $map entry must be a key and a value".to_owned()),
                },
                _ => Err("a $map entry must be a list".to_owned()),
            })
            .collect::<Result<Vec<_>, _>>()
            .map(Value::Map),
        ("$ref", Value::Array(parts)) => reference(parts),
        _ => Err(format!("unknown reserved key {key}")),
    }
}

fn reference(parts: &[Value]) -> Result<Value, String> {
    let [
        Value::String(hash),
        Value::Int(len),
        Value::String(kind),
        Value::String(preview),
    ] = parts
    else {
        return Err("a $ref must be hash, length, kind and preview".to_owned());
    };
    let mut bytes = [0u8; 32];
    if hash.len() != 64 || !hash.is_ascii() {
        return Err("a $ref hash must have 64 hexadecimal digits".to_owned());
    }
    for (index, slot) in bytes.iter_mut().enumerate() {
        *slot = u8::from_str_radix(&hash[index * 2..index * 2 + 2], 16)
            .map_err(|error| error.to_string())?;
    }
    let kind = match kind.as_str() {
        "string" => ReferenceKind::String,
        "bytes" => ReferenceKind::Bytes,
        "nested" => ReferenceKind::Nested,
        other => return Err(format!("unknown $ref kind {other}")),
    };
    let len = u64::try_from(*len).map_err(|_| "a $ref length must not be negative".to_owned())?;
    Ok(Value::Reference(Arc::new(ValueReference {
        hash: bytes,
        len,
        kind,
        preview: preview.clone(),
    })))
}

#[cfg(test)]
mod tests {
    use super::{parse, to_text};
    use crate::value::Value;
    use proptest::prelude::*;

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Empty),
            ".*".prop_map(Value::String),
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(Value::Int),
            any::<f64>()
                .prop_filter("one NaN", |v| !v.is_nan())
                .prop_map(Value::Double),
            Just(Value::Double(f64::NAN)),
            proptest::collection::vec(any::<u8>(), 0..20).prop_map(Value::Bytes),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
                proptest::collection::vec(("[$a-c]{0,2}", inner), 0..6).prop_map(Value::Map),
            ]
        })
    }

    proptest! {
        #[test]
        fn text_round_trips(value in value()) {
            let text = to_text(&value);
            prop_assert_eq!(parse(&text).unwrap(), value, "{}", text);
        }
    }

    #[test]
    fn integers_and_doubles_stay_apart() {
        assert_eq!(to_text(&Value::Int(1)), "1");
        assert_eq!(to_text(&Value::Double(1.0)), "1.0");
        assert_eq!(parse("1e300").unwrap(), Value::Double(1e300));
    }
}
