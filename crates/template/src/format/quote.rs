//! Texts and characters in quotes, as Go's strconv writes them.

use std::fmt::Write;

/// A text in double quotes with Go's escapes; only ASCII if asked.
pub(crate) fn quoted(text: &str, ascii: bool) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    text.chars().for_each(|c| escaped(&mut out, c, '"', ascii));
    out.push('"');
    out
}

/// A character in single quotes.
pub(crate) fn character(c: char, ascii: bool) -> String {
    let mut out = String::from("'");
    escaped(&mut out, c, '\'', ascii);
    out.push('\'');
    out
}

fn escaped(out: &mut String, c: char, quote: char, ascii: bool) {
    let short = match c {
        '\x07' => 'a',
        '\x08' => 'b',
        '\x0c' => 'f',
        '\n' => 'n',
        '\r' => 'r',
        '\t' => 't',
        '\x0b' => 'v',
        '\\' => '\\',
        c if c == quote => quote,
        _ => {
            let code = u32::from(c);
            let printable = is_printable(c) && (c.is_ascii() || !ascii);
            // Writing to a text cannot fail.
            let _ = match code {
                _ if printable => write!(out, "{c}"),
                0..=0x7f => write!(out, "\\x{code:02x}"),
                0x80..=0xffff => write!(out, "\\u{code:04x}"),
                _ => write!(out, "\\U{code:08x}"),
            };
            return;
        }
    };
    out.extend(['\\', short]);
}

/// About Go's idea of printable: no control characters, no blanks but the space.
fn is_printable(c: char) -> bool {
    let hidden = matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e000}'..='\u{f8ff}');
    c == ' ' || !(c.is_control() || c.is_whitespace() || hidden)
}
