//! Escapes in JSON strings. Source: RFC 8259, section 7.

use crate::error::{Malformed, Result};

/// Resolves escapes of a string that starts at `start`; true if there was a lone surrogate.
pub(super) fn unescape(text: &str, start: usize) -> Result<(String, bool)> {
    let wrong = || Malformed::expected(start, "a string with valid escapes");
    let mut out = String::with_capacity(text.len());
    let mut lone = false;
    let mut rest = text;
    while let Some((plain, escape)) = rest.split_once('\\') {
        out.push_str(plain);
        let mut chars = escape.chars();
        let simple = match chars.next().ok_or_else(wrong)? {
            'u' => {
                let (character, after) = unicode(chars.as_str()).ok_or_else(wrong)?;
                lone |= character.is_none();
                out.push(character.unwrap_or(char::REPLACEMENT_CHARACTER));
                rest = after;
                continue;
            }
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            same @ ('"' | '\\' | '/') => same,
            _ => return Err(wrong()),
        };
        out.push(simple);
        rest = chars.as_str();
    }
    out.push_str(rest);
    Ok((out, lone))
}

fn unit(text: &str) -> Option<(u32, &str)> {
    let (digits, rest) = text.split_at_checked(4)?;
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    Some((u32::from_str_radix(digits, 16).ok()?, rest))
}

/// The character of what follows `\u`, surrogate pairs joined, and the text after it. The inner
/// `None` is a lone surrogate.
fn unicode(text: &str) -> Option<(Option<char>, &str)> {
    let (high, rest) = unit(text)?;
    if !(0xd800..0xdc00).contains(&high) {
        return Some((char::from_u32(high), rest));
    }
    if let Some((low @ 0xdc00..0xe000, after)) = rest.strip_prefix("\\u").and_then(unit) {
        let joined = 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00);
        return Some((char::from_u32(joined), after));
    }
    Some((None, rest))
}
