//! The functions of the language: <https://pkg.go.dev/text/template#hdr-Functions>.

use super::{Functions, Parameter, Signature, compare, text_at, url, value_at};
use crate::format::{brief, sprint, sprintln, verbs};
use crate::value::{Shape, Value};

const ANY: &[Parameter] = &[Parameter::Any];
const TWO: &[Parameter] = &[Parameter::Any, Parameter::Any];
const MANY: Signature = Signature::with_rest(&[], Parameter::Any);

pub(super) fn add(functions: &mut Functions) {
    // These are run by the evaluation itself, which gives them no more than they need.
    functions.add_checked(
        "and",
        Signature::with_rest(ANY, Parameter::Any).lazily(),
        |_| Ok(Value::Nil),
    );
    functions.add_checked(
        "or",
        Signature::with_rest(ANY, Parameter::Any).lazily(),
        |_| Ok(Value::Nil),
    );
    functions.add_checked("not", Signature::of(ANY), |values| {
        Ok(Value::Bool(!value_at(values, 0).is_true()))
    });
    functions.add_checked("eq", Signature::with_rest(ANY, Parameter::Any), compare::eq);
    functions.add_checked("ne", Signature::of(TWO), |values| {
        Ok(negated(compare::eq(values)?))
    });
    functions.add_checked("lt", Signature::of(TWO), |values| {
        compare::less(values).map(Value::Bool)
    });
    functions.add_checked("le", Signature::of(TWO), |values| {
        compare::less_or_equal(values).map(Value::Bool)
    });
    functions.add_checked("gt", Signature::of(TWO), |values| {
        compare::less_or_equal(values).map(|le| Value::Bool(!le))
    });
    functions.add_checked("ge", Signature::of(TWO), |values| {
        compare::less(values).map(|less| Value::Bool(!less))
    });
    functions.add_checked("len", Signature::of(ANY), |values| {
        length(value_at(values, 0))
    });
    functions.add_checked("index", Signature::with_rest(ANY, Parameter::Any), index);
    functions.add_checked("slice", Signature::with_rest(ANY, Parameter::Any), slice);
    functions.add_checked("print", MANY, |values| sprint(values).map(Value::from));
    functions.add_checked("println", MANY, |values| sprintln(values).map(Value::from));
    functions.add_checked(
        "printf",
        Signature::with_rest(&[Parameter::Text], Parameter::Any),
        |values| verbs::sprintf(text_at(values, 0), &values[1..]).map(Value::from),
    );
    functions.add_checked("html", MANY, |values| Ok(html(&operands(values)?).into()));
    functions.add_checked("js", MANY, |values| Ok(js(&operands(values)?).into()));
    functions.add_checked("urlquery", MANY, |values| {
        Ok(url::query_escape(&operands(values)?).into())
    });
    functions.add_checked(
        "call",
        Signature::with_rest(ANY, Parameter::Any),
        |values| match value_at(values, 0) {
            Value::Nil => Err("call of nil".to_owned()),
            other => Err(format!(
                "non-function {} of type {}",
                brief(other),
                other.type_name()
            )),
        },
    );
}

fn negated(value: Value) -> Value {
    Value::Bool(!value.is_true())
}

/// The text of arguments that are to be escaped: of no value `<no value>`.
fn operands(values: &[Value]) -> Result<String, String> {
    match values {
        [Value::Nil] => Ok("<no value>".to_owned()),
        [one] if one.as_text().is_some() => Ok(one.as_text().unwrap_or_default().to_owned()),
        values => sprint(values),
    }
}

fn length(value: &Value) -> Result<Value, String> {
    let length = match value {
        Value::Nil => return Err("len of nil pointer".to_owned()),
        Value::List(items) => Some(items.len()),
        Value::Map(entries) => Some(entries.len()),
        Value::Object(object) => object.len(),
        value => value.as_text().map(str::len),
    };
    length
        .map(Value::from)
        .ok_or_else(|| format!("len of type {}", value.type_name()))
}

/// `index x 1 2 3` is `x[1][2][3]`.
fn index(values: &[Value]) -> Result<Value, String> {
    let mut item = value_at(values, 0).clone();
    if matches!(item, Value::Nil) {
        return Err("index of untyped nil".to_owned());
    }
    for key in values.iter().skip(1) {
        item = indexed(&item, key)?;
    }
    Ok(item)
}

fn indexed(item: &Value, key: &Value) -> Result<Value, String> {
    match item {
        Value::Nil => Err("index of nil pointer".to_owned()),
        Value::List(items) => nth(items, key),
        Value::Map(entries) => Ok(entries.get(map_key(key)?).cloned().unwrap_or(Value::Nil)),
        Value::Object(object) => match object.shape() {
            Shape::List(items) => nth(&items, key),
            Shape::Map(_) => Ok(object.field(map_key(key)?).unwrap_or(Value::Nil)),
            Shape::Struct(_) => Err(format!("can't index item of type {}", item.type_name())),
        },
        item => match item.as_text() {
            Some(text) => {
                let at = position(key, text.len(), false)?;
                Ok(text
                    .as_bytes()
                    .get(at)
                    .map_or(Value::Nil, |byte| Value::Int((*byte).into())))
            }
            None => Err(format!("can't index item of type {}", item.type_name())),
        },
    }
}

fn map_key(key: &Value) -> Result<&str, String> {
    match key.as_text() {
        Some(text) => Ok(text),
        None if matches!(key, Value::Nil) => {
            Err("value is nil; should be of type string".to_owned())
        }
        None => Err(format!(
            "value has type {}; should be string",
            key.type_name()
        )),
    }
}

fn nth(items: &[Value], key: &Value) -> Result<Value, String> {
    let at = position(key, items.len(), false)?;
    Ok(items.get(at).cloned().unwrap_or(Value::Nil))
}

/// A position below the length, or up to it.
fn position(key: &Value, length: usize, to_end: bool) -> Result<usize, String> {
    let number = match key {
        Value::Int(number) => *number,
        Value::Nil => return Err("cannot index slice/array with nil".to_owned()),
        key => {
            return Err(format!(
                "cannot index slice/array with type {}",
                key.type_name()
            ));
        }
    };
    let position = usize::try_from(number).ok();
    let fits = |at: &usize| *at < length || to_end && *at == length;
    position
        .filter(fits)
        .ok_or_else(|| format!("index out of range: {number}"))
}

/// `slice x 1 2` is `x[1:2]`.
fn slice(values: &[Value]) -> Result<Value, String> {
    let item = value_at(values, 0);
    let bounds = &values[1..];
    if bounds.len() > 3 {
        return Err(format!("too many slice indexes: {}", bounds.len()));
    }
    let objects_items;
    let (length, items) = match item {
        Value::Nil => return Err("slice of untyped nil".to_owned()),
        Value::List(items) => (items.len(), items.as_ref()),
        Value::Object(object) => match object.shape() {
            Shape::List(items) => {
                objects_items = items;
                (objects_items.len(), objects_items.as_slice())
            }
            _ => return Err(format!("can't slice item of type {}", item.type_name())),
        },
        item => match item.as_text() {
            Some(_) if bounds.len() == 3 => return Err("cannot 3-index slice a string".to_owned()),
            Some(text) => (text.len(), [].as_slice()),
            None => return Err(format!("can't slice item of type {}", item.type_name())),
        },
    };
    let mut range = [0, length, length];
    for (at, bound) in bounds.iter().enumerate() {
        range[at] = position(bound, length, true)?;
    }
    let [start, end, most] = range;
    if start > end || end > most {
        return Err(format!(
            "invalid slice index: {} > {}",
            start.max(end),
            most.min(end)
        ));
    }
    Ok(match item.as_text() {
        Some(text) => String::from_utf8_lossy(&text.as_bytes()[start..end])
            .into_owned()
            .into(),
        None => Value::list(items[start..end].iter().cloned()),
    })
}

/// Go's `HTMLEscapeString` of text templates.
fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\0' => out.push('\u{fffd}'),
            '"' => out.push_str("&#34;"),
            '\'' => out.push_str("&#39;"),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c => out.push(c),
        }
    }
    out
}

/// Go's `JSEscapeString`.
fn js(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\'' => out.push_str("\\'"),
            '"' => out.push_str("\\\""),
            '<' | '>' | '&' | '=' | '\0'..='\x1f' | '\x7f'..='\u{9f}' | '\u{2028}' | '\u{2029}' => {
                out.push_str(&format!("\\u{:04X}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out
}
