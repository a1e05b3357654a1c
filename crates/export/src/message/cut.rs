//! Texts that are too long for a service, cut where it hurts least.

/// At most this many characters; the last is an ellipsis if something is missing.
pub fn chars(text: &str, max: usize) -> String {
    match text.char_indices().nth(max) {
        None => text.to_owned(),
        Some(_) => {
            let kept: String = text.chars().take(max.saturating_sub(1)).collect();
            format!("{}…", kept.trim_end())
        }
    }
}

/// At most this many bytes of UTF-8, with an ellipsis if something is missing.
pub fn bytes(text: &str, max: usize) -> String {
    if text.len() <= max {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(max.saturating_sub('…'.len_utf8()));
    let kept = text.get(..end).unwrap_or_default();
    format!("{}…", kept.trim_end())
}

/// At most this many UTF-16 units, as chats count them: whole lines, so that marks which do not span
/// lines stay whole. Lines without room are left out; a text of one line is cut within.
pub fn lines(text: &str, max: usize) -> String {
    if utf16(text) <= max {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = 1;
    for line in text.lines() {
        let more = utf16(line) + 1;
        if used + more <= max {
            used += more;
            kept.push_str(line);
            kept.push('\n');
        }
    }
    if kept.trim().is_empty() {
        // a character has at most two units
        return chars(text, max / 2);
    }
    kept.push('…');
    kept
}

/// The length of a text in UTF-16 units.
pub fn utf16(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

#[cfg(test)]
mod tests {
    use super::{bytes, chars, lines};

    #[test]
    fn texts_are_cut_at_boundaries() {
        assert_eq!(chars("abc", 3), "abc");
        assert_eq!(chars("äöüß", 3), "äö…");
        assert_eq!(bytes("äöüß", 6), "ä…");
        assert_eq!(bytes("abc", 3), "abc");
        assert_eq!(lines("<b>a</b>\n<b>bcd</b>", 12), "<b>a</b>\n…");
        assert_eq!(lines("ab", 2), "ab");
        assert_eq!(lines("ab\ncdefghi\nj", 7), "ab\nj\n…");
        assert_eq!(lines("abcdefghi", 8), "abc…");
    }
}
