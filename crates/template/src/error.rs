//! What can be wrong with a template, and where.

use std::fmt;

/// What the author of a template can do about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The text is not a template: mend it.
    Invalid,
    /// The template cannot be executed with this data: mend the template or the data.
    Failed,
    /// The template asks for more than a limit allows: make it smaller.
    LimitExceeded,
}

/// Why a template cannot be read or executed. Shown as Go shows it:
/// `template: NAME:LINE:COLUMN: MESSAGE`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct TemplateError {
    /// What can be done about it.
    pub kind: ErrorKind,
    /// The name of the template whose text holds the place.
    pub template: String,
    /// The line of the place, from 1; 0 if there is no place.
    pub line: usize,
    /// The column of the place in characters, from 1; 0 if there is no place.
    pub column: usize,
    /// What is wrong; of an execution with the template and the piece of text:
    /// `executing "NAME" at <PIECE>: REASON`.
    pub message: String,
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            template,
            line,
            column,
            message,
            ..
        } = self;
        if *line == 0 {
            return write!(f, "template: {template}: {message}");
        }
        write!(f, "template: {template}:{line}:{column}: {message}")
    }
}

impl TemplateError {
    /// An error without a place.
    pub(crate) fn nowhere(kind: ErrorKind, template: &str, message: String) -> Self {
        Self {
            kind,
            template: template.to_owned(),
            line: 0,
            column: 0,
            message,
        }
    }

    /// An error at a byte of a text.
    pub(crate) fn at(kind: ErrorKind, place: (&str, &str, usize), message: String) -> Self {
        let (template, text, offset) = place;
        let before = text.get(..offset).unwrap_or(text);
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        Self {
            kind,
            template: template.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[start..].chars().count() + 1,
            message,
        }
    }
}
