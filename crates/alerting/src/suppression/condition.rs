//! A condition on an alert: `labels.agent_type == 'Architect' && severity != "LOW"`.
//!
//! `parse.rs` reads it; here it is a tree that is evaluated. Names that an alert does not have are empty
//! texts, as absent labels are.

mod parse;

use regex::Regex;
use std::fmt;
use tacho_model::alert::{ALERT_NAME, Alert};
use tacho_model::labels::Labels;
use tacho_model::severity::Severity;

/// What must hold of an alert.
#[derive(Debug, Clone)]
pub struct Condition {
    text: String,
    tree: Tree,
}

/// What can be asked of an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Field {
    /// `labels.x` or `labels["x"]`.
    Label(String),
    /// `annotations.x` or `annotations["x"]`.
    Annotation(String),
    /// `alert_name`, also `alertname`: the label `alertname`.
    AlertName,
    /// `severity`: compared by the word as it is written, and by what it means.
    Severity,
}

#[derive(Debug, Clone)]
pub(super) enum Tree {
    Not(Box<Tree>),
    And(Vec<Tree>),
    Or(Vec<Tree>),
    Compare { field: Field, test: Test },
}

/// What a value is compared with.
#[derive(Debug, Clone)]
pub(super) enum Test {
    /// `==`, or `!=` if not wanted.
    Text { text: String, wanted: bool },
    /// `=~`, or `!~` if not wanted; the whole value has to fit.
    Pattern { pattern: Regex, wanted: bool },
    /// A field alone: that it is not empty.
    Present,
}

impl Condition {
    /// The text that it was read from.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it holds of an alert.
    pub fn holds(&self, alert: &Alert) -> bool {
        self.tree.holds(&alert.labels, Some(&alert.annotations))
    }

    /// Whether it holds of an alert whose annotations are not known: they are empty.
    pub fn holds_for_labels(&self, labels: &Labels) -> bool {
        self.tree.holds(labels, None)
    }

    /// Whether it asks for annotations.
    pub fn needs_annotations(&self) -> bool {
        self.tree.needs_annotations()
    }
}

impl PartialEq for Condition {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Condition {}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Tree {
    fn holds(&self, labels: &Labels, annotations: Option<&Labels>) -> bool {
        match self {
            Self::Not(inner) => !inner.holds(labels, annotations),
            Self::And(all) => all.iter().all(|one| one.holds(labels, annotations)),
            Self::Or(any) => any.iter().any(|one| one.holds(labels, annotations)),
            Self::Compare { field, test } => {
                let value = match field {
                    Field::Label(name) => labels.value(name),
                    Field::Annotation(name) => annotations.map_or("", |all| all.value(name)),
                    Field::AlertName => labels.value(ALERT_NAME),
                    Field::Severity => labels.value(tacho_model::alert::SEVERITY),
                };
                test.holds(value, *field == Field::Severity)
            }
        }
    }

    fn needs_annotations(&self) -> bool {
        match self {
            Self::Not(inner) => inner.needs_annotations(),
            Self::And(all) | Self::Or(all) => all.iter().any(Self::needs_annotations),
            Self::Compare { field, .. } => matches!(field, Field::Annotation(_)),
        }
    }
}

impl Test {
    fn holds(&self, value: &str, severity: bool) -> bool {
        match self {
            Self::Text { text, wanted } => {
                let same = value == text || severity && same_severity(value, text);
                same == *wanted
            }
            Self::Pattern { pattern, wanted } => pattern.is_match(value) == *wanted,
            Self::Present => !value.is_empty(),
        }
    }
}

/// Whether two words mean one severity: `critical` and `CRITICAL`, `warning` and `MEDIUM`.
fn same_severity(one: &str, other: &str) -> bool {
    match (Severity::of_label(one), Severity::of_label(other)) {
        (Some(one), Some(other)) => one == other,
        _ => one.eq_ignore_ascii_case(other),
    }
}
