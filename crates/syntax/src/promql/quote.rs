//! Quoting as Go does it: strings in double quotes for printing and for messages, characters in
//! messages, and the value of a quoted string of a query.

use std::fmt::Write as _;

/// A string in double quotes, as Go's `strconv.Quote`.
pub fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        write_char(&mut out, c, '"');
    }
    out.push('"');
    out
}

/// A character in single quotes, as Go's `%q`; the end of the text is the replacement character.
pub(crate) fn quote_char(c: Option<char>) -> String {
    let mut out = String::from("'");
    write_char(&mut out, c.unwrap_or(char::REPLACEMENT_CHARACTER), '\'');
    out.push('\'');
    out
}

/// A character by number and, if it can be shown, itself, as Go's `%#U`.
pub(crate) fn name_char(c: char) -> String {
    let number = format!("U+{:04X}", u32::from(c));
    if is_printable(c) {
        format!("{number} '{c}'")
    } else {
        number
    }
}

/// The value of a string with its quotes, of any of the three forms; the lexer has checked its
/// escapes. Bytes that make no UTF-8 become replacement characters.
pub(crate) fn unquote(quoted: &str) -> String {
    let mut chars = quoted.chars();
    let mark = chars.next();
    chars.next_back();
    let inner = chars.as_str();
    if mark == Some('`') || !inner.contains('\\') {
        return inner.to_owned();
    }
    let mut bytes = Vec::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = rest.find('\\') {
        bytes.extend_from_slice(&rest.as_bytes()[..at]);
        rest = take_escape(&rest[at + 1..], &mut bytes);
    }
    bytes.extend_from_slice(rest.as_bytes());
    match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    }
}

/// Takes an escape, its backslash taken, and gives what follows it.
fn take_escape<'a>(text: &'a str, bytes: &mut Vec<u8>) -> &'a str {
    let mut chars = text.chars();
    let Some(c) = chars.next() else {
        return text;
    };
    let (start, digits, radix) = match c {
        'x' => (1, 2, 16),
        'u' => (1, 4, 16),
        'U' => (1, 8, 16),
        '0'..='7' => (0, 3, 8),
        _ => {
            let plain = match c {
                'a' => '\u{7}',
                'b' => '\u{8}',
                'f' => '\u{c}',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'v' => '\u{b}',
                other => other,
            };
            bytes.extend_from_slice(plain.encode_utf8(&mut [0; 4]).as_bytes());
            return chars.as_str();
        }
    };
    let end = start + digits;
    let number = text
        .get(start..end)
        .and_then(|number| u32::from_str_radix(number, radix).ok())
        .unwrap_or(u32::from(char::REPLACEMENT_CHARACTER));
    match u8::try_from(number) {
        Ok(byte) if !matches!(c, 'u' | 'U') => bytes.push(byte),
        _ => {
            let c = char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER);
            bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }
    text.get(end..).unwrap_or_default()
}

fn write_char(out: &mut String, c: char, mark: char) {
    match c {
        '\\' => out.push_str("\\\\"),
        '\u{7}' => out.push_str("\\a"),
        '\u{8}' => out.push_str("\\b"),
        '\u{c}' => out.push_str("\\f"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\u{b}' => out.push_str("\\v"),
        c if c == mark => {
            out.push('\\');
            out.push(c);
        }
        // In strings the lexer refuses the replacement character.
        c if is_printable(c) && (c != char::REPLACEMENT_CHARACTER || mark == '\'') => out.push(c),
        c => {
            let number = u32::from(c);
            let _ = match number {
                0..0x80 => write!(out, "\\x{number:02x}"),
                0x80..0x1_0000 => write!(out, "\\u{number:04x}"),
                _ => write!(out, "\\U{number:08x}"),
            };
        }
    }
}

/// Letters, marks, numbers, punctuation, symbols and the ASCII blank.
fn is_printable(c: char) -> bool {
    if c.is_ascii() {
        return (' '..='~').contains(&c);
    }
    // The library escapes what cannot be shown, and marks only at the start of a text.
    let mut buffer = [b'a'; 5];
    let len = c.encode_utf8(&mut buffer[1..]).len();
    std::str::from_utf8(&buffer[..=len]).is_ok_and(|text| !text.escape_debug().any(|c| c == '\\'))
}

#[cfg(test)]
mod tests {
    use super::{name_char, quote, quote_char, unquote};

    #[test]
    fn strings_are_quoted_as_in_go() {
        assert_eq!(quote("a\"b\\c\n\t"), r#""a\"b\\c\n\t""#);
        assert_eq!(quote("é\u{301}😀'"), "\"é\u{301}😀'\"");
        assert_eq!(
            quote("\u{1}\u{7f}\u{a0}\u{200b}"),
            r#""\x01\x7f\u00a0\u200b""#
        );
        assert_eq!(quote("\u{e0001}"), r#""\U000e0001""#);
        assert_eq!(quote_char(Some('$')), "'$'");
        assert_eq!(quote_char(Some('\'')), "'\\''");
        assert_eq!(quote_char(None), "'\u{fffd}'");
        assert_eq!(quote("\u{fffd}"), r#""\ufffd""#);
        assert_eq!(name_char('d'), "U+0064 'd'");
        assert_eq!(name_char('\n'), "U+000A");
    }

    #[test]
    fn all_forms_of_strings_are_read() {
        assert_eq!(unquote(r#""a\"\x41\101\u00e9\U0001F600\n""#), "a\"AAé😀\n");
        assert_eq!(unquote(r"'a\'b'"), "a'b");
        assert_eq!(unquote(r"`a\d`"), r"a\d");
        assert_eq!(unquote(r#""\xc3\xa9\xff""#), "é\u{fffd}");
    }
}
