//! What can be written in a LogQL query today, one line about each: for completion in editors and
//! for help texts.

use crate::completion::{Fact, fact};

/// Operators of the stream selector and of label filters, for texts.
pub const MATCH_OPERATORS: &[Fact] = &[
    fact("=", "the text is equal"),
    fact("!=", "the text is not equal"),
    fact("=~", "the whole text matches the regular expression"),
    fact("!~", "the whole text does not match the regular expression"),
];

/// Operators of line filters.
pub const LINE_OPERATORS: &[Fact] = &[
    fact("|=", "the line contains the text"),
    fact("!=", "the line does not contain the text"),
    fact("|~", "the line contains a match of the regular expression"),
    fact("!~", "the line contains no match of the regular expression"),
];

/// Operators of label filters for numbers, durations (`5s`) and sizes (`5MB`).
pub const NUMBER_OPERATORS: &[Fact] = &[
    fact("==", "equal"),
    fact("!=", "not equal"),
    fact("<", "less"),
    fact("<=", "less or equal"),
    fact(">", "greater"),
    fact(">=", "greater or equal"),
];

/// Words between conditions of a label filter.
pub const LOGICAL_OPERATORS: &[Fact] = &[
    fact("and", "both conditions hold; binds tighter than or"),
    fact(
        "or",
        "one of the conditions holds; also joins the texts of a line filter",
    ),
];
