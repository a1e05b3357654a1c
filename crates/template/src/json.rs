//! Values as JSON, as Go's `encoding/json` writes them: sorted keys, no blanks, `<`, `>` and `&`
//! escaped.

use crate::format::check_length;
use crate::limits::VALUE_DEPTH_MAX;
use crate::time::format;
use crate::value::{Shape, Value};
use std::fmt::Write;

/// A value as JSON.
///
/// # Errors
/// It holds NaN or an infinity, is nested too deeply, or becomes too long.
pub(crate) fn write(value: &Value) -> Result<String, String> {
    let mut out = String::new();
    append(&mut out, value, VALUE_DEPTH_MAX)?;
    Ok(out)
}

fn append(out: &mut String, value: &Value, depth: usize) -> Result<(), String> {
    if depth == 0 {
        return Err(format!(
            "json: value is nested deeper than {VALUE_DEPTH_MAX}"
        ));
    }
    match value {
        Value::Nil => out.push_str("null"),
        Value::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
        Value::Int(number) | Value::Duration(number) => out.push_str(&number.to_string()),
        Value::Float(number) => out.push_str(&float(*number)?),
        Value::Text(text) | Value::SafeHtml(text) | Value::SafeUrl(text) => string(out, text),
        Value::Time(at) => string(
            out,
            &format::format(at, "2006-01-02T15:04:05.999999999Z07:00"),
        ),
        Value::List(items) => list(out, items, depth)?,
        Value::Map(entries) => {
            map(
                out,
                entries.iter().map(|(key, item)| (key.as_str(), item)),
                depth,
            )?;
        }
        Value::Object(object) => match object.shape() {
            Shape::List(items) => list(out, &items, depth)?,
            Shape::Map(entries) => {
                map(
                    out,
                    entries.iter().map(|(key, item)| (key.as_str(), item)),
                    depth,
                )?;
            }
            Shape::Struct(fields) => {
                map(out, fields.iter().map(|(key, item)| (*key, item)), depth)?;
            }
        },
    }
    check_length(out)
}

fn list(out: &mut String, items: &[Value], depth: usize) -> Result<(), String> {
    out.push('[');
    for (index, item) in items.iter().enumerate() {
        out.push_str(if index > 0 { "," } else { "" });
        append(out, item, depth - 1)?;
    }
    out.push(']');
    Ok(())
}

fn map<'a>(
    out: &mut String,
    entries: impl Iterator<Item = (&'a str, &'a Value)>,
    depth: usize,
) -> Result<(), String> {
    out.push('{');
    for (index, (key, item)) in entries.enumerate() {
        out.push_str(if index > 0 { "," } else { "" });
        string(out, key);
        out.push(':');
        append(out, item, depth - 1)?;
    }
    out.push('}');
    Ok(())
}

fn float(number: f64) -> Result<String, String> {
    if !number.is_finite() {
        let text = crate::format::number::shortest(number);
        return Err(format!("json: unsupported value: {text}"));
    }
    let size = number.abs();
    if size != 0.0 && !(1e-6..1e21).contains(&size) {
        let text = format!("{number:e}");
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let sign = if exponent.starts_with('-') { "" } else { "+" };
        return Ok(format!("{mantissa}e{sign}{exponent}"));
    }
    Ok(number.to_string())
}

fn string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\x08' => out.push_str("\\b"),
            '\x0c' => out.push_str("\\f"),
            '\0'..='\x1f' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                // Writing to a text cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}
