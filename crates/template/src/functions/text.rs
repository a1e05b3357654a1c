//! Functions on texts that both programs share: case, titles, joining.

use crate::format::check_length;
use crate::value::Value;

/// Capital letters, where one letter stands for one, as in Go.
pub(super) fn upper(text: &str) -> String {
    text.chars().map(upper_char).collect()
}

/// Small letters, where one letter stands for one.
pub(super) fn lower(text: &str) -> String {
    text.chars().map(lower_char).collect()
}

fn upper_char(c: char) -> char {
    let mut all = c.to_uppercase();
    match (all.next(), all.next()) {
        (Some(upper), None) => upper,
        _ => c,
    }
}

fn lower_char(c: char) -> char {
    let mut all = c.to_lowercase();
    match (all.next(), all.next()) {
        (Some(lower), None) => lower,
        _ => c,
    }
}

/// The first letter of each word as a capital; the others small if asked. A word goes on over
/// apostrophes, points and underscores between letters (Unicode's word boundaries).
pub(super) fn title(text: &str, lowers: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut in_word = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let letter = c.is_alphanumeric();
        if letter && !in_word {
            out.push(upper_char(c));
        } else if letter && lowers {
            out.push(lower_char(c));
        } else {
            out.push(c);
        }
        let joins = matches!(c, '\'' | '’' | '.' | ':' | '·');
        let goes_on = joins && in_word && chars.peek().is_some_and(|next| next.is_alphabetic());
        in_word = letter || c == '_' || goes_on;
    }
    out
}

/// The texts of a list with a separator between them.
pub(crate) fn join(separator: &Value, items: &[Value]) -> Result<Value, String> {
    let separator = separator.as_text().ok_or_else(|| {
        format!(
            "wrong type for value; expected string; got {}",
            separator.type_name()
        )
    })?;
    let mut out = String::new();
    for (index, item) in items.iter().enumerate() {
        let text = item.as_text().ok_or_else(|| {
            format!(
                "wrong type for value; expected []string; got a list with {}",
                item.type_name()
            )
        })?;
        out.push_str(if index > 0 { separator } else { "" });
        out.push_str(text);
        check_length(&out)?;
    }
    Ok(out.into())
}
