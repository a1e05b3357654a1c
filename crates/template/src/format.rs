//! Values as texts, as Go's package fmt writes them: `print` and `println` here, `printf` in
//! `format/verbs.rs`, numbers in `format/number.rs`, quoting in `format/quote.rs`.
//! Source: <https://pkg.go.dev/fmt>.

pub(crate) mod number;
pub(crate) mod quote;
pub(crate) mod verbs;

use crate::limits::{VALUE_BYTES_MAX, VALUE_DEPTH_MAX, VALUE_TOO_LONG};
use crate::time;
use crate::value::Value;

/// Characters of a value in a message.
const BRIEF_CHARS: usize = 100;

/// A value as `{{ . }}` and `%v` print it.
///
/// # Errors
/// The text would be too long, or the value is nested too deeply.
pub(crate) fn print(value: &Value) -> Result<String, String> {
    let mut out = String::new();
    write(&mut out, value, Style::Plain, VALUE_DEPTH_MAX)?;
    Ok(out)
}

/// A value in a message.
pub(crate) fn brief(value: &Value) -> String {
    let text = print(value).unwrap_or_else(|message| message);
    text.chars().take(BRIEF_CHARS).collect()
}

/// Go's `Sprint`: a space between values of which neither is a text.
pub(crate) fn sprint(values: &[Value]) -> Result<String, String> {
    let mut out = String::new();
    let mut before_is_text = true;
    for (index, value) in values.iter().enumerate() {
        let is_text = value.as_text().is_some();
        if index > 0 && !is_text && !before_is_text {
            out.push(' ');
        }
        write(&mut out, value, Style::Plain, VALUE_DEPTH_MAX)?;
        before_is_text = is_text;
    }
    Ok(out)
}

/// Go's `Sprintln`: a space between all values and a line end.
pub(crate) fn sprintln(values: &[Value]) -> Result<String, String> {
    let mut out = String::new();
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            out.push(' ');
        }
        write(&mut out, value, Style::Plain, VALUE_DEPTH_MAX)?;
    }
    out.push('\n');
    Ok(out)
}

/// How values are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// `%v`
    Plain,
    /// `%#v`: as Go source.
    Source,
}

/// Says so if a text has become too long.
pub(crate) fn check_length(out: &str) -> Result<(), String> {
    if out.len() <= VALUE_BYTES_MAX {
        return Ok(());
    }
    Err(VALUE_TOO_LONG.to_owned())
}

/// Appends a value.
pub(crate) fn write(
    out: &mut String,
    value: &Value,
    style: Style,
    depth: usize,
) -> Result<(), String> {
    if depth == 0 {
        return Err(format!("value is nested deeper than {VALUE_DEPTH_MAX}"));
    }
    match value {
        Value::Nil if style == Style::Source => out.push_str("interface {}(nil)"),
        Value::Nil => out.push_str("<nil>"),
        Value::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
        Value::Int(number) => out.push_str(&number.to_string()),
        Value::Float(number) => out.push_str(&number::shortest(*number)),
        Value::Text(text) | Value::SafeHtml(text) | Value::SafeUrl(text) => match style {
            Style::Plain => out.push_str(text),
            Style::Source => out.push_str(&quote::quoted(text, false)),
        },
        Value::List(items) => {
            let (open, between, close) = match style {
                Style::Plain => ("[", " ", "]"),
                Style::Source => ("[]interface {}{", ", ", "}"),
            };
            out.push_str(open);
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index > 0 { between } else { "" });
                write(out, item, style, depth - 1)?;
            }
            out.push_str(close);
        }
        Value::Map(entries) => {
            let (open, between, close) = match style {
                Style::Plain => ("map[", " ", "]"),
                Style::Source => ("map[string]interface {}{", ", ", "}"),
            };
            out.push_str(open);
            for (index, (key, item)) in entries.iter().enumerate() {
                out.push_str(if index > 0 { between } else { "" });
                match style {
                    Style::Plain => out.push_str(key),
                    Style::Source => out.push_str(&quote::quoted(key, false)),
                }
                out.push(':');
                write(out, item, style, depth - 1)?;
            }
            out.push_str(close);
        }
        Value::Time(at) => out.push_str(&time::shown(at)),
        Value::Duration(ns) if style == Style::Source => out.push_str(&ns.to_string()),
        Value::Duration(ns) => out.push_str(&time::duration_text(*ns)),
        Value::Object(object) => out.push_str(&object.printed()),
    }
    check_length(out)
}
