//! One value with one verb: numbers, texts, lists, and the message about a verb that does not fit.

use super::Directive;
use crate::format::number::float;
use crate::format::{Style, check_length, quote, write};
use crate::limits::VALUE_DEPTH_MAX;
use crate::time;
use crate::value::{Shape, Value};

/// `type=value`, as in messages about a bad verb.
pub(super) fn typed(out: &mut String, value: &Value) -> Result<(), String> {
    if matches!(value, Value::Nil) {
        out.push_str("<nil>");
        return Ok(());
    }
    out.push_str(value.type_name());
    out.push('=');
    write(out, value, Style::Plain, VALUE_DEPTH_MAX)
}

/// Pads a text to the width. Zeros go behind the sign of a number.
fn pad(out: &mut String, text: &str, directive: &Directive, zeros: bool) {
    let width = directive.width.unwrap_or(0);
    let missing = width.saturating_sub(text.chars().count());
    if directive.minus {
        out.push_str(text);
        out.extend(std::iter::repeat_n(' ', missing));
    } else if directive.zero && zeros {
        let sign = usize::from(text.starts_with(['+', '-', ' ']));
        out.push_str(&text[..sign]);
        out.extend(std::iter::repeat_n('0', missing));
        out.push_str(&text[sign..]);
    } else {
        out.extend(std::iter::repeat_n(' ', missing));
        out.push_str(text);
    }
}

fn bad(out: &mut String, value: &Value, verb: char) -> Result<(), String> {
    out.push_str(&format!("%!{verb}("));
    typed(out, value)?;
    out.push(')');
    Ok(())
}

/// One value with one verb.
pub(super) fn one(
    out: &mut String,
    value: &Value,
    verb: char,
    directive: &Directive,
    depth: usize,
) -> Result<(), String> {
    if depth == 0 {
        return Err(format!("value is nested deeper than {VALUE_DEPTH_MAX}"));
    }
    check_length(out)?;
    if verb == 'T' || verb == 'v' && directive.sharp {
        return type_or_source(out, value, (verb, directive), depth);
    }
    match value {
        Value::Nil if verb == 'v' => pad(out, "<nil>", directive, false),
        Value::Bool(truth) if matches!(verb, 'v' | 't') => {
            pad(out, if *truth { "true" } else { "false" }, directive, false);
        }
        Value::Int(number) => return integer(out, (*number, value), verb, directive),
        Value::Float(number) => return floating(out, (*number, value), verb, directive),
        Value::Text(text) | Value::SafeHtml(text) | Value::SafeUrl(text) => {
            return string(out, (text, value), verb, directive);
        }
        Value::Duration(number) if !is_text_verb(verb) => {
            return integer(out, (*number, value), verb, directive);
        }
        Value::Duration(ns) => {
            return string(out, (&time::duration_text(*ns), value), verb, directive);
        }
        Value::Time(at) if is_text_verb(verb) => {
            return string(out, (&time::shown(at), value), verb, directive);
        }
        Value::List(items) => list(out, items, verb, directive, depth)?,
        Value::Map(entries) => {
            out.push_str("map[");
            for (index, (key, item)) in entries.iter().enumerate() {
                out.push_str(if index > 0 { " " } else { "" });
                one(out, &key.as_str().into(), verb, directive, depth - 1)?;
                out.push(':');
                one(out, item, verb, directive, depth - 1)?;
            }
            out.push(']');
        }
        Value::Object(object) => match object.shape() {
            Shape::List(items) if !is_text_verb(verb) => list(out, &items, verb, directive, depth)?,
            _ if is_text_verb(verb) => {
                return string(out, (&object.printed(), value), verb, directive);
            }
            _ => return bad(out, value, verb),
        },
        _ => return bad(out, value, verb),
    }
    check_length(out)
}

/// `%T` and `%#v`.
fn type_or_source(
    out: &mut String,
    value: &Value,
    how: (char, &Directive),
    depth: usize,
) -> Result<(), String> {
    let (verb, directive) = how;
    let text = match value {
        Value::Nil => "<nil>".to_owned(),
        value if verb == 'T' => value.type_name().to_owned(),
        value => {
            let mut text = String::new();
            write(&mut text, value, Style::Source, depth)?;
            text
        }
    };
    let number = matches!(value, Value::Int(_) | Value::Float(_));
    pad(out, &text, directive, number && verb != 'T');
    Ok(())
}

fn list(
    out: &mut String,
    items: &[Value],
    verb: char,
    directive: &Directive,
    depth: usize,
) -> Result<(), String> {
    out.push('[');
    for (index, item) in items.iter().enumerate() {
        out.push_str(if index > 0 { " " } else { "" });
        one(out, item, verb, directive, depth - 1)?;
    }
    out.push(']');
    Ok(())
}

fn is_text_verb(verb: char) -> bool {
    matches!(verb, 'v' | 's' | 'x' | 'X' | 'q')
}

fn integer(
    out: &mut String,
    what: (i64, &Value),
    verb: char,
    directive: &Directive,
) -> Result<(), String> {
    let (number, value) = what;
    let size = number.unsigned_abs();
    let (prefix, digits) = match verb {
        'v' | 'd' => ("", size.to_string()),
        'b' => (if directive.sharp { "0b" } else { "" }, format!("{size:b}")),
        'o' => (if directive.sharp { "0" } else { "" }, format!("{size:o}")),
        'O' => ("0o", format!("{size:o}")),
        'x' => (if directive.sharp { "0x" } else { "" }, format!("{size:x}")),
        'X' => (if directive.sharp { "0X" } else { "" }, format!("{size:X}")),
        'c' | 'q' | 'U' => {
            let c = u32::try_from(number)
                .ok()
                .and_then(char::from_u32)
                .unwrap_or('\u{fffd}');
            let text = match verb {
                'c' => c.to_string(),
                'q' => quote::character(c, directive.plus),
                _ if directive.sharp => format!("U+{:04X} '{c}'", u32::from(c)),
                _ => format!("U+{number:04X}"),
            };
            pad(out, &text, directive, false);
            return Ok(());
        }
        _ => return bad(out, value, verb),
    };
    let sign = match () {
        () if number < 0 => "-",
        () if directive.plus && verb != 'v' => "+",
        () if directive.space => " ",
        () => "",
    };
    let (digits, zeros) = match directive.precision {
        Some(0) if number == 0 => (String::new(), false),
        Some(least) => {
            let missing = least.saturating_sub(digits.len());
            (format!("{}{digits}", "0".repeat(missing)), false)
        }
        None => (digits, true),
    };
    let mut text = format!("{sign}{prefix}{digits}");
    if zeros && directive.zero && !directive.minus {
        let missing = directive.width.unwrap_or(0).saturating_sub(text.len());
        text = format!("{sign}{prefix}{}{digits}", "0".repeat(missing));
    }
    pad(out, &text, directive, false);
    Ok(())
}

fn floating(
    out: &mut String,
    what: (f64, &Value),
    verb: char,
    directive: &Directive,
) -> Result<(), String> {
    let (number, value) = what;
    if !matches!(verb, 'v' | 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'x' | 'X') {
        return bad(out, value, verb);
    }
    let mut text = float(
        number,
        if verb == 'v' { 'g' } else { verb },
        directive.precision,
    );
    let wants_plus = directive.plus && verb != 'v';
    if number == f64::INFINITY && !wants_plus {
        text = if directive.space {
            " Inf".to_owned()
        } else {
            text
        };
    }
    if !text.starts_with(['-', '+', ' ']) {
        let sign = if wants_plus {
            "+"
        } else if directive.space {
            " "
        } else {
            ""
        };
        text.insert_str(0, sign);
    }
    pad(out, &text, directive, number.is_finite());
    Ok(())
}

fn string(
    out: &mut String,
    what: (&str, &Value),
    verb: char,
    directive: &Directive,
) -> Result<(), String> {
    let (text, value) = what;
    let cut: String;
    let short = match directive.precision {
        Some(most) if !matches!(verb, 'x' | 'X') => {
            cut = text.chars().take(most).collect();
            cut.as_str()
        }
        _ => text,
    };
    match verb {
        'v' | 's' => pad(out, short, directive, true),
        'q' if directive.sharp && !short.contains(['`', '\n', '\r', '\x7f']) => {
            pad(out, &format!("`{short}`"), directive, true);
        }
        'q' => pad(out, &quote::quoted(short, directive.plus), directive, true),
        'x' | 'X' => pad(out, &hexadecimal(text, verb, directive), directive, true),
        _ => return bad(out, value, verb),
    }
    Ok(())
}

fn hexadecimal(text: &str, verb: char, directive: &Directive) -> String {
    let bytes = text.as_bytes();
    let bytes = &bytes[..directive.precision.unwrap_or(bytes.len()).min(bytes.len())];
    let prefix = if directive.sharp { "0x" } else { "" };
    let mut out = String::with_capacity(bytes.len() * 2 + 2);
    for (index, byte) in bytes.iter().enumerate() {
        if directive.space && index > 0 {
            out.push(' ');
        }
        if index == 0 || directive.space {
            out.push_str(prefix);
        }
        out.push_str(&format!("{byte:02x}"));
    }
    if verb == 'X' { out.to_uppercase() } else { out }
}
