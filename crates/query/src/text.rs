//! Texts made short for lists.

/// Longest short text in characters.
const CHARS_MAX: usize = 80;

/// The beginning of a text on one line, 80 characters at most.
pub(crate) fn short(text: &str) -> String {
    let mut out = String::new();
    let mut count = 0;
    for word in text.split_whitespace() {
        if count > 0 {
            out.push(' ');
            count += 1;
        }
        for letter in word.chars() {
            out.push(letter);
            count += 1;
        }
        if count > CHARS_MAX {
            break;
        }
    }
    if count > CHARS_MAX {
        out = out.chars().take(CHARS_MAX - 1).collect();
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn long_texts_are_cut() {
        assert_eq!(short(&"ä".repeat(80)), "ä".repeat(80));
        assert_eq!(short(&"ä".repeat(81)).chars().count(), 80);
        assert_eq!(short(" a \t b "), "a b");
        assert_eq!(short(""), "");
    }
}
