//! The escapes and filters of Go's `html/template`.

use std::fmt::Write;

/// Stands for a value that would not be safe at its place.
const UNSAFE: &str = "ZgotmplZ";

/// Characters with a meaning in HTML as entities.
pub(super) fn html(text: &str, out: &mut String) {
    text.chars().for_each(|c| match c {
        '&' => out.push_str("&amp;"),
        c => entity(c, out),
    });
}

/// As `html`, but entities that are there already are kept.
pub(super) fn normal(text: &str, out: &mut String) {
    text.chars().for_each(|c| entity(c, out));
}

fn entity(c: char, out: &mut String) {
    match c {
        '\0' => out.push('\u{fffd}'),
        '"' => out.push_str("&#34;"),
        '\'' => out.push_str("&#39;"),
        '+' => out.push_str("&#43;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        c => out.push(c),
    }
}

/// For values of attributes without quotes: blanks would end them.
pub(super) fn unquoted(text: &str, out: &mut String) {
    if text.is_empty() {
        out.push_str(UNSAFE);
    }
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '\t' | '\n' | '\x0b' | '\x0c' | '\r' | ' ' | '=' | '`' => {
                // Writing to a text cannot fail.
                let _ = write!(out, "&#{};", u32::from(c));
            }
            c => entity(c, out),
        }
    }
}

/// The text between tags.
pub(super) fn without_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut inside = false;
    for c in text.chars() {
        match c {
            '<' => inside = true,
            '>' if inside => inside = false,
            c if !inside => out.push(c),
            _ => {}
        }
    }
    out
}

/// A part of a tag's or attribute's name; none other than letters and digits.
pub(super) fn name(text: &str) -> &str {
    let special = text.starts_with("on") || matches!(text, "style" | "src" | "href");
    if special || text.is_empty() || !text.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return UNSAFE;
    }
    text
}

/// A value of a style sheet that can be nothing but a value.
pub(super) fn style(text: &str) -> &str {
    let lower = text.to_ascii_lowercase();
    let bad = text.contains([
        '\0', '"', '\'', '(', ')', '/', ';', '@', '[', '\\', ']', '`', '{', '}', '<', '>',
    ]);
    let bad = bad || text.contains("--");
    let letters: String = lower.chars().filter(char::is_ascii_alphanumeric).collect();
    if bad || letters.contains("expression") || letters.contains("mozbinding") {
        return UNSAFE;
    }
    text
}

/// JSON in a script: no quotes but its own.
pub(super) fn script(json: &str) -> String {
    json.replace('\'', "\\u0027").replace('`', "\\u0060")
}

/// A part of a text in quotes of a script.
pub(super) fn script_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for unit in text.encode_utf16() {
        match u8::try_from(unit) {
            Ok(byte) if byte.is_ascii_alphanumeric() || b" .,_:-".contains(&byte) => {
                out.push(char::from(byte));
            }
            _ => {
                // Writing to a text cannot fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    }
    out
}

/// Whether a URL has no scheme, or one that runs no program.
pub(super) fn is_safe_url(text: &str) -> bool {
    match text.split_once(':') {
        Some((scheme, _)) if !scheme.contains('/') => ["http", "https", "mailto"]
            .iter()
            .any(|safe| scheme.eq_ignore_ascii_case(safe)),
        _ => true,
    }
}

/// Percent-encodes. A whole URL keeps its signs and what is encoded already; a part of a query keeps
/// neither.
pub(super) fn url(text: &str, whole: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let bytes = text.as_bytes();
    for (index, byte) in bytes.iter().enumerate() {
        let encoded = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_hexdigit);
        let kept = match byte {
            b'-' | b'.' | b'_' | b'~' => true,
            b'!' | b'#' | b'$' | b'&' | b'*' | b'+' | b',' | b'/' | b':' | b';' | b'=' | b'?'
            | b'@' | b'[' | b']' => whole,
            b'%' => whole && encoded(index + 1) && encoded(index + 2),
            byte => byte.is_ascii_alphanumeric(),
        };
        if kept {
            out.push(char::from(*byte));
        } else {
            let _ = write!(out, "%{byte:02x}");
        }
    }
    out
}
