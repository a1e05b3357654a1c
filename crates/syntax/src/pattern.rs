//! Regular expressions of queries: one place that compiles them, so that the check of a text and
//! its run agree on syntax (that of RE2), anchoring and limits.

#[cfg(test)]
mod re2_tests;

use crate::diagnostic::Diagnostic;
use regex::{Regex, RegexBuilder};
use std::ops::Range;

/// Bytes that a compiled pattern may take.
const COMPILED_BYTES_MAX: usize = 1 << 20;
/// Patterns that one query may hold.
pub const PATTERNS_MAX: usize = 100;

/// How much of a text a pattern has to match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Anchoring {
    /// The whole text: TraceQL's `=~`, that is `^(?:re)$`.
    Whole,
    /// The whole text, and `.` matches line ends: LogQL's matchers and label filters, as in
    /// Prometheus, that is `^(?s:re)$`.
    WholeWithLineEnds,
    /// Any part of the text: LogQL's line filters.
    Part,
}

/// Compiles a pattern; the error is a lower-case fragment that names what is wrong with it.
pub fn compile(pattern: &str, anchoring: Anchoring) -> Result<Regex, String> {
    let pattern = tacho_stdx::re2::translate(pattern)?;
    let bare = build(&pattern)?;
    match anchoring {
        Anchoring::Part => Ok(bare),
        Anchoring::Whole => build(&format!("^(?:{pattern})$")),
        Anchoring::WholeWithLineEnds => build(&format!("^(?s:{pattern})$")),
    }
}

/// Counts the patterns of one query and says what is wrong with each.
#[derive(Debug, Default)]
pub(crate) struct Checker {
    count: usize,
}

impl Checker {
    /// Compiles a pattern that stands at a place of the text.
    pub(crate) fn check(
        &mut self,
        pattern: &str,
        range: &Range<usize>,
        anchoring: Anchoring,
    ) -> Result<(), Diagnostic> {
        self.count += 1;
        if self.count > PATTERNS_MAX {
            let message = format!("more than {PATTERNS_MAX} patterns in one query");
            return Err(Diagnostic::limit(range.clone(), message));
        }
        compile(pattern, anchoring).map(drop).map_err(|reason| {
            let message = format!("invalid regular expression: {reason}");
            Diagnostic::mismatch(range.clone(), message)
        })
    }
}

fn build(pattern: &str) -> Result<Regex, String> {
    RegexBuilder::new(pattern)
        .size_limit(COMPILED_BYTES_MAX)
        .dfa_size_limit(COMPILED_BYTES_MAX)
        .nest_limit(100)
        .build()
        .map_err(|error| reason(&error))
}

/// The last line of the library's message; the lines before repeat the pattern.
fn reason(error: &regex::Error) -> String {
    match error {
        regex::Error::CompiledTooBig(bytes) => {
            format!("it takes more than {bytes} bytes when compiled")
        }
        other => {
            let text = other.to_string();
            let last = text.lines().last().unwrap_or_default();
            last.trim().trim_start_matches("error: ").to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Anchoring, compile};

    #[test]
    fn anchoring_decides_what_has_to_match() {
        let matches = |anchoring, text| compile("a|b.", anchoring).unwrap().is_match(text);
        assert!(matches(Anchoring::Part, "xax"));
        assert!(!matches(Anchoring::Whole, "xax"));
        assert!(!matches(Anchoring::Whole, "ab"));
        assert!(matches(Anchoring::Whole, "bx"));
        assert!(!matches(Anchoring::Whole, "b\n"));
        assert!(matches(Anchoring::WholeWithLineEnds, "b\n"));
    }

    #[test]
    fn parentheses_cannot_leave_the_anchors() {
        assert!(compile("a)|(b", Anchoring::Whole).is_err());
        assert!(compile("a|b)", Anchoring::Whole).is_err());
    }

    #[test]
    fn errors_name_the_reason_in_one_line() {
        assert_eq!(
            compile("[", Anchoring::Part).unwrap_err(),
            "unclosed character class"
        );
        let too_big = compile("\\pL{1000}", Anchoring::Part).unwrap_err();
        assert_eq!(too_big, "it takes more than 1048576 bytes when compiled");
    }
}
