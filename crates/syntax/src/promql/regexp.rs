//! What is wrong with a regular expression, in the words of Go's regexp package, which Prometheus
//! passes on. Covers what people get wrong; the rest keeps the words of our own library.

/// The reason in Go's words; `reason` is our library's.
pub(super) fn reason(pattern: &str, reason: &str) -> String {
    let scan = Scan::of(pattern);
    let (what, part) = match reason {
        "unclosed group" => ("missing closing )", Some(pattern)),
        "unopened group" => ("unexpected )", Some(pattern)),
        "unclosed character class" => ("missing closing ]", scan.open_class),
        "repetition operator missing expression" => (
            "missing argument to repetition operator",
            scan.bare_repetition,
        ),
        _ if reason.starts_with("incomplete escape sequence") => {
            ("trailing backslash at end of expression", Some(""))
        }
        _ if reason.starts_with("invalid character class range") => {
            ("invalid character class range", scan.bad_range)
        }
        _ if reason.starts_with("look-around") => {
            ("invalid or unsupported Perl syntax", scan.look_around)
        }
        _ => ("", None),
    };
    match part {
        Some(part) => format!("{what}: `{part}`"),
        None => reason.to_owned(),
    }
}

/// The first parts of a pattern that cannot stand there.
#[derive(Default)]
struct Scan<'a> {
    /// From the bracket that is not closed.
    open_class: Option<&'a str>,
    /// `z-a` in a class.
    bad_range: Option<&'a str>,
    /// An operator that repeats nothing.
    bare_repetition: Option<&'a str>,
    /// `(?=` or `(?!`.
    look_around: Option<&'a str>,
}

impl<'a> Scan<'a> {
    fn of(pattern: &'a str) -> Self {
        let mut scan = Self::default();
        let mut class: Option<usize> = None;
        let mut nothing_before = true;
        let mut chars = pattern.char_indices();
        while let Some((at, c)) = chars.next() {
            let rest = &pattern[at..];
            if c == '\\' {
                chars.next();
                nothing_before = false;
            } else if let Some(start) = class {
                let first = matches!(&pattern[start..at], "[" | "[^");
                if c == ']' && !first {
                    class = None;
                }
                scan.range(rest);
            } else {
                match c {
                    '[' => class = Some(at),
                    '*' | '+' | '?' if nothing_before && !pattern[..at].ends_with('(') => {
                        scan.bare_repetition.get_or_insert(&rest[..1]);
                    }
                    '(' if rest.starts_with("(?=") || rest.starts_with("(?!") => {
                        scan.look_around.get_or_insert(&rest[..3]);
                    }
                    '*' | '+' if nothing_before => {
                        scan.bare_repetition.get_or_insert(&rest[..1]);
                    }
                    _ => {}
                }
                nothing_before = matches!(c, '(' | '|');
            }
        }
        scan.open_class = class.map(|start| &pattern[start..]);
        scan
    }

    /// Looks for a range that runs backwards at the start of the text.
    fn range(&mut self, text: &'a str) {
        let mut chars = text.char_indices();
        let first = chars.next();
        let dash = chars.next();
        if let (Some((_, low)), Some((_, '-')), Some((at, high))) = (first, dash, chars.next())
            && low > high
            && !matches!(high, ']' | '\\')
        {
            self.bad_range.get_or_insert(&text[..at + high.len_utf8()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::reason;
    use crate::pattern::{Anchoring, compile};

    #[test]
    fn common_mistakes_read_as_in_go() {
        for (pattern, message) in [
            ("*", "missing argument to repetition operator: `*`"),
            ("a|+b", "missing argument to repetition operator: `+`"),
            ("(*a)", "missing argument to repetition operator: `*`"),
            ("(a", "missing closing ): `(a`"),
            ("a)", "unexpected ): `a)`"),
            ("x[a", "missing closing ]: `[a`"),
            ("[a]x[]b", "missing closing ]: `[]b`"),
            ("a\\", "trailing backslash at end of expression: ``"),
            ("[a-z0-9Z-A]", "invalid character class range: `Z-A`"),
            ("a**", "invalid nested repetition operator: `**`"),
            ("a+{2}?", "invalid nested repetition operator: `+{2}?`"),
            ("a{1001}", "invalid repeat count: `{1001}`"),
            ("a{3,2}", "invalid repeat count: `{3,2}`"),
            ("a(?!b)", "invalid or unsupported Perl syntax: `(?!`"),
        ] {
            let ours = compile(pattern, Anchoring::WholeWithLineEnds).unwrap_err();
            assert_eq!(reason(pattern, &ours), message);
        }
    }
}
