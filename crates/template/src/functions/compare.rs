//! `eq`, `lt` and `le` with Go's rules: numbers of different kinds cannot be compared, texts are
//! compared by their bytes.

use super::value_at;
use crate::format::brief;
use crate::value::Value;
use std::sync::Arc;

/// What can be compared with what.
enum Basic<'a> {
    Bool(bool),
    Whole(i64),
    Float(f64),
    Text(&'a str),
}

fn basic(value: &Value) -> Option<Basic<'_>> {
    Some(match value {
        Value::Bool(truth) => Basic::Bool(*truth),
        Value::Int(number) | Value::Duration(number) => Basic::Whole(*number),
        Value::Float(number) => Basic::Float(*number),
        value => Basic::Text(value.as_text()?),
    })
}

fn incompatible() -> String {
    "incompatible types for comparison".to_owned()
}

/// Whether the first value equals one of the others.
pub(super) fn eq(values: &[Value]) -> Result<Value, String> {
    let first = value_at(values, 0);
    if values.len() < 2 {
        return Err("missing argument for comparison".to_owned());
    }
    for other in &values[1..] {
        if equal(first, other)? {
            return Ok(Value::Bool(true));
        }
    }
    Ok(Value::Bool(false))
}

fn equal(first: &Value, second: &Value) -> Result<bool, String> {
    match (basic(first), basic(second)) {
        (Some(Basic::Bool(a)), Some(Basic::Bool(b))) => Ok(a == b),
        (Some(Basic::Whole(a)), Some(Basic::Whole(b))) => Ok(a == b),
        (Some(Basic::Float(a)), Some(Basic::Float(b))) => Ok(a == b),
        (Some(Basic::Text(a)), Some(Basic::Text(b))) => Ok(a == b),
        (None, None) => other_equal(first, second),
        _ if matches!(first, Value::Nil) || matches!(second, Value::Nil) => Ok(false),
        _ => Err(incompatible()),
    }
}

fn other_equal(first: &Value, second: &Value) -> Result<bool, String> {
    match (first, second) {
        (Value::Nil, Value::Nil) => Ok(true),
        (Value::Nil, _) | (_, Value::Nil) => Ok(false),
        (Value::Time(a), Value::Time(b)) => Ok(a == b),
        (Value::Object(a), Value::Object(b)) if a.len().is_none() && b.len().is_none() => {
            Ok(Arc::ptr_eq(a, b) || a.printed() == b.printed())
        }
        (a, b) => {
            let (kind, other_kind) = (a.type_name(), b.type_name());
            let (a, b) = (brief(a), brief(b));
            Err(format!(
                "non-comparable types {a}: {kind}, {other_kind}: {b}"
            ))
        }
    }
}

/// Whether the first value is less than the second.
pub(super) fn less(values: &[Value]) -> Result<bool, String> {
    let (first, second) = (value_at(values, 0), value_at(values, 1));
    match (basic(first), basic(second)) {
        (Some(Basic::Bool(_)), Some(Basic::Bool(_))) | (None, _) | (_, None) => {
            Err("invalid type for comparison".to_owned())
        }
        (Some(Basic::Whole(a)), Some(Basic::Whole(b))) => Ok(a < b),
        (Some(Basic::Float(a)), Some(Basic::Float(b))) => Ok(a < b),
        (Some(Basic::Text(a)), Some(Basic::Text(b))) => Ok(a < b),
        _ => Err(incompatible()),
    }
}

/// Whether the first value is less than the second, or equal to it.
pub(super) fn less_or_equal(values: &[Value]) -> Result<bool, String> {
    Ok(less(values)? || equal(value_at(values, 0), value_at(values, 1))?)
}
