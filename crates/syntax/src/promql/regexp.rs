//! What is wrong with a regular expression, in the words of Go's regexp package, which Prometheus
//! passes on. Covers what people get wrong; the rest keeps the words of our own library.

/// The reason in Go's words; `reason` is our library's.
pub(super) fn reason(pattern: &str, reason: &str) -> String {
    let go = match reason {
        "unclosed group" => Some(format!("missing closing ): `{pattern}`")),
        "unopened group" => Some(format!("unexpected ): `{pattern}`")),
        "unclosed character class" => {
            let start = pattern.rfind('[').unwrap_or(0);
            Some(format!("missing closing ]: `{}`", &pattern[start..]))
        }
        "repetition operator missing expression" => bare_repetition(pattern)
            .map(|op| format!("missing argument to repetition operator: `{op}`")),
        reason if reason.starts_with("incomplete escape sequence") => {
            Some("trailing backslash at end of expression: ``".to_owned())
        }
        _ => None,
    };
    go.unwrap_or_else(|| reason.to_owned())
}

/// The first operator that repeats nothing.
fn bare_repetition(pattern: &str) -> Option<&str> {
    let mut nothing_before = true;
    let mut escaped = false;
    for (index, c) in pattern.char_indices() {
        if escaped {
            escaped = false;
            nothing_before = false;
            continue;
        }
        match c {
            '\\' => escaped = true,
            '(' | '|' => nothing_before = true,
            '*' | '+' | '?' if nothing_before => return pattern.get(index..index + 1),
            _ => nothing_before = false,
        }
    }
    None
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
            ("(a", "missing closing ): `(a`"),
            ("a)", "unexpected ): `a)`"),
            ("x[a", "missing closing ]: `[a`"),
            ("a\\", "trailing backslash at end of expression: ``"),
        ] {
            let ours = compile(pattern, Anchoring::WholeWithLineEnds).unwrap_err();
            assert_eq!(reason(pattern, &ours), message);
        }
    }
}
