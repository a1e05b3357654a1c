//! What is wrong with a query text, and where. Positions are byte ranges of the text; `render`
//! turns them into line, column and a caret line for people.

use std::fmt::Write as _;
use std::ops::Range;

/// Characters of a line that `render` shows at most.
const SHOWN_CHARS_MAX: usize = 120;
/// Characters shown before the caret when a line is cut.
const SHOWN_CHARS_BEFORE: usize = 60;

/// One problem of a query text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Diagnostic {
    /// What sort of problem it is.
    pub kind: DiagnosticKind,
    /// Bytes of the text that the problem is about; empty at the end of the text.
    pub range: Range<usize>,
    /// What is wrong: a lower-case fragment without full stop.
    pub message: String,
    /// What could stand there instead, in the words of the message.
    pub expected: Vec<String>,
    /// How to put it right, where we know.
    pub hint: Option<String>,
}

/// What sort of problem a diagnostic tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DiagnosticKind {
    /// The text is not of the language.
    Syntax,
    /// The text is of the language, but compares what cannot be compared, or has a bad pattern.
    Type,
    /// The text is of the language, but this part of it is not built yet.
    Unsupported,
    /// The text is too long, too deep or holds too much.
    Limit,
}

/// A place in a text, for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Line, counted from one.
    pub line: usize,
    /// Character of the line, counted from one.
    pub column: usize,
}

impl Diagnostic {
    /// Where the problem starts. A range that is not of this text counts as its end.
    pub fn position(&self, text: &str) -> Position {
        let at = boundary(text, self.range.start);
        let before = &text[..at];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Position {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }

    /// Line, column and message, then the line of the text with carets below, then the hint:
    ///
    /// ```text
    /// 1:12: expected a value, found `}`
    ///   { span.a = }
    ///              ^
    ///   hint: …
    /// ```
    ///
    /// Control characters are shown as `\u{fffd}`, and long lines are cut around the caret.
    pub fn render(&self, text: &str) -> String {
        let Position { line, column } = self.position(text);
        let mut out = format!("{line}:{column}: {}\n", self.message);
        let at = boundary(text, self.range.start);
        let line_start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        let line_end = text[at..].find('\n').map_or(text.len(), |end| at + end);
        let marked_end = boundary(text, self.range.end.max(at)).min(line_end);
        let marked = text[at..marked_end.max(at)].chars().count();

        let first = if column > SHOWN_CHARS_BEFORE {
            column - 1 - SHOWN_CHARS_BEFORE
        } else {
            0
        };
        let shown: String = text[line_start..line_end]
            .chars()
            .skip(first)
            .take(SHOWN_CHARS_MAX)
            .map(|c| if c.is_control() { '\u{fffd}' } else { c })
            .collect();
        let lead = if first > 0 { "…" } else { "" };
        let shown_chars = shown.chars().count();
        let before = column - 1 - first;
        let carets = marked.min(shown_chars.saturating_sub(before)).max(1);
        let _ = writeln!(out, "  {lead}{shown}");
        let _ = writeln!(
            out,
            "  {}{}",
            " ".repeat(before + lead.chars().count()),
            "^".repeat(carets)
        );
        if let Some(hint) = &self.hint {
            let _ = writeln!(out, "  hint: {hint}");
        }
        out
    }

    pub(crate) fn new(
        kind: DiagnosticKind,
        range: Range<usize>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            range,
            message: message.into(),
            expected: Vec::new(),
            hint: None,
        }
    }

    pub(crate) fn syntax(range: Range<usize>, message: impl Into<String>) -> Self {
        Self::new(DiagnosticKind::Syntax, range, message)
    }

    pub(crate) fn mismatch(range: Range<usize>, message: impl Into<String>) -> Self {
        Self::new(DiagnosticKind::Type, range, message)
    }

    /// `what` completes the sentence "… not supported yet", verb included: `pipelines are`.
    pub(crate) fn unsupported(range: Range<usize>, what: impl AsRef<str>) -> Self {
        let message = format!("{} not supported yet", what.as_ref());
        Self::new(DiagnosticKind::Unsupported, range, message)
    }

    pub(crate) fn limit(range: Range<usize>, message: impl Into<String>) -> Self {
        Self::new(DiagnosticKind::Limit, range, message)
    }

    /// `expected a, b or c, found d`.
    pub(crate) fn expected(range: Range<usize>, expected: &[&str], found: &str) -> Self {
        let mut message = "expected ".to_owned();
        for (index, item) in expected.iter().enumerate() {
            if index > 0 {
                message.push_str(if index + 1 == expected.len() {
                    " or "
                } else {
                    ", "
                });
            }
            message.push_str(item);
        }
        let _ = write!(message, ", found {found}");
        let mut diagnostic = Self::syntax(range, message);
        diagnostic.expected = expected.iter().map(|item| (*item).to_owned()).collect();
        diagnostic
    }

    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// The largest character boundary of the text that is not beyond the position.
fn boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::{Diagnostic, Position};

    #[test]
    fn rendering_points_at_the_place() {
        let text = "{ .a = 1 &&\n  .b = }";
        let diagnostic =
            Diagnostic::expected(19..20, &["a value"], "`}`").with_hint("write a value");
        assert_eq!(
            diagnostic.render(text),
            "2:8: expected a value, found `}`\n    .b = }\n         ^\n  hint: write a value\n"
        );
        assert_eq!(diagnostic.expected, ["a value"]);
    }

    #[test]
    fn columns_count_characters_and_ends_are_in_reach() {
        let text = "{ name = \"µµ\" x";
        let at_x = Diagnostic::syntax(16..17, "x");
        assert_eq!(
            at_x.position(text),
            Position {
                line: 1,
                column: 15
            }
        );
        let beyond = Diagnostic::syntax(900..901, "x");
        assert_eq!(
            beyond.position(text),
            Position {
                line: 1,
                column: 16
            }
        );
        assert!(beyond.render("").ends_with("1:1: x\n  \n  ^\n"));
    }

    #[test]
    fn long_lines_are_cut_and_control_characters_are_hidden() {
        let text = format!("{}\u{1b}[31m!{}", "a".repeat(500), "b".repeat(500));
        let rendered = Diagnostic::syntax(505..506, "x").render(&text);
        assert!(!rendered.contains('\u{1b}'));
        assert!(
            rendered.lines().all(|line| line.chars().count() <= 124),
            "{rendered}"
        );
        let mut lines = rendered.lines().skip(1);
        let (shown, carets) = (lines.next().unwrap(), lines.next().unwrap());
        let column = carets.chars().position(|c| c == '^').unwrap();
        assert_eq!(shown.chars().nth(column), Some('!'));
    }
}
