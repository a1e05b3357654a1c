//! Conditions on one label, as PromQL's selectors have them. An absent label has the empty value.

use crate::error::{Error, Result};
use regex::Regex;
use std::fmt;
use tacho_model::labels::Labels;

/// How a label is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MatchOp {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `=~`
    Regex,
    /// `!~`
    NotRegex,
}

impl MatchOp {
    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            MatchOp::Equal => "=",
            MatchOp::NotEqual => "!=",
            MatchOp::Regex => "=~",
            MatchOp::NotRegex => "!~",
        }
    }
}

/// Bytes that a compiled pattern may take.
const REGEX_BYTES_MAX: usize = 4 << 20;

/// A condition on a label.
#[derive(Debug, Clone)]
pub struct LabelMatcher {
    /// The label.
    pub name: String,
    /// How it is compared.
    pub op: MatchOp,
    /// With what.
    pub value: String,
    pattern: Option<Pattern>,
}

impl PartialEq for LabelMatcher {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, self.op, &self.value) == (&other.name, other.op, &other.value)
    }
}

/// A compiled pattern: plain alternatives where it is nothing else.
#[derive(Debug, Clone)]
enum Pattern {
    Any,
    AnyButEmpty,
    Literals(Vec<String>),
    Regex(Regex),
}

impl LabelMatcher {
    /// A condition; `Invalid` if the pattern is none. Patterns are RE2, anchored at both ends, and `.`
    /// matches every character.
    pub fn new(name: &str, op: MatchOp, value: &str) -> Result<Self> {
        let pattern = match op {
            MatchOp::Equal | MatchOp::NotEqual => None,
            MatchOp::Regex | MatchOp::NotRegex => Some(Pattern::compile(value)?),
        };
        Ok(Self {
            name: name.to_owned(),
            op,
            value: value.to_owned(),
            pattern,
        })
    }

    /// `name = value`.
    pub fn equal(name: &str, value: &str) -> Self {
        Self {
            name: name.to_owned(),
            op: MatchOp::Equal,
            value: value.to_owned(),
            pattern: None,
        }
    }

    /// Whether a value fits; the empty value stands for an absent label.
    pub fn matches(&self, value: &str) -> bool {
        match self.op {
            MatchOp::Equal => self.value == value,
            MatchOp::NotEqual => self.value != value,
            MatchOp::Regex => self.pattern.as_ref().is_some_and(|it| it.matches(value)),
            MatchOp::NotRegex => !self.pattern.as_ref().is_some_and(|it| it.matches(value)),
        }
    }

    /// Whether the label of a set fits.
    pub fn matches_labels(&self, labels: &Labels) -> bool {
        self.matches(labels.value(&self.name))
    }

    /// Whether series without the label fit.
    pub fn matches_absent(&self) -> bool {
        self.matches("")
    }

    /// Whether all values that are not empty fit, or none, if that is known without looking.
    pub fn fits_all_values(&self) -> Option<bool> {
        let is_any = matches!(&self.pattern, Some(Pattern::Any | Pattern::AnyButEmpty));
        match self.op {
            MatchOp::Equal if self.value.is_empty() => Some(false),
            MatchOp::NotEqual if self.value.is_empty() => Some(true),
            MatchOp::Regex if is_any => Some(true),
            MatchOp::NotRegex if is_any => Some(false),
            _ => None,
        }
    }

    /// The values that can fit at all, if they are known without looking: for `=` and for patterns
    /// that are plain alternatives.
    pub fn literal_values(&self) -> Option<Vec<&str>> {
        match (self.op, &self.pattern) {
            (MatchOp::Equal, _) => Some(vec![self.value.as_str()]),
            (MatchOp::Regex, Some(Pattern::Literals(literals))) => {
                Some(literals.iter().map(String::as_str).collect())
            }
            _ => None,
        }
    }
}

impl fmt::Display for LabelMatcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{:?}", self.name, self.op.as_str(), self.value)
    }
}

impl Pattern {
    fn compile(text: &str) -> Result<Self> {
        match text {
            ".*" => return Ok(Pattern::Any),
            ".+" => return Ok(Pattern::AnyButEmpty),
            _ => {}
        }
        let is_plain = |c: char| !r"\.+*?()[]{}^$".contains(c);
        if text.chars().all(is_plain) {
            let literals = text.split('|').map(str::to_owned).collect();
            return Ok(Pattern::Literals(literals));
        }
        regex::RegexBuilder::new(&format!("^(?s:{text})$"))
            .size_limit(REGEX_BYTES_MAX)
            .build()
            .map(Pattern::Regex)
            .map_err(|error| Error::invalid(format!("bad pattern {text:?}: {error}")))
    }

    fn matches(&self, value: &str) -> bool {
        match self {
            Pattern::Any => true,
            Pattern::AnyButEmpty => !value.is_empty(),
            Pattern::Literals(literals) => literals.iter().any(|literal| literal == value),
            Pattern::Regex(regex) => regex.is_match(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{LabelMatcher, MatchOp};

    #[test]
    fn patterns_are_anchored_and_absent_labels_are_empty() {
        let matcher = LabelMatcher::new("a", MatchOp::Regex, "b|cd").unwrap();
        assert!(matcher.matches("cd") && !matcher.matches("bc"));
        assert_eq!(matcher.literal_values(), Some(vec!["b", "cd"]));
        let matcher = LabelMatcher::new("a", MatchOp::NotRegex, "x.*").unwrap();
        assert!(matcher.matches_absent() && !matcher.matches("x\n"));
        let matcher = LabelMatcher::new("a", MatchOp::Regex, ".*").unwrap();
        assert!(matcher.matches_absent());
        assert_eq!(matcher.fits_all_values(), Some(true));
        let matcher = LabelMatcher::equal("a", "");
        assert_eq!(matcher.fits_all_values(), Some(false));
        assert_eq!(LabelMatcher::equal("a", "b").fits_all_values(), None);
        assert!(LabelMatcher::new("a", MatchOp::Regex, "(").is_err());
    }
}
