//! Severities of alerts: one canonical view of the two vocabularies in use (decision C10).
//!
//! Raw labels are kept as they are written; this view is for order, colours and routing of our own.

use std::fmt;

/// How bad an alert is, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// `CRITICAL`, `critical`, `page`, `emergency`, `fatal`, `disaster`: everybody at once.
    Critical,
    /// `HIGH`, `error`, `major`: within 15 minutes.
    High,
    /// `MEDIUM`, `warning`, `warn`, `moderate`: within an hour.
    Medium,
    /// `LOW`, `minor`, `ticket`: within a day.
    Low,
    /// `INFO`, `info`, `none`, and what is not known: no action.
    Info,
}

impl Severity {
    /// All of them, the worst first.
    pub const ALL: [Self; 5] = [
        Self::Critical,
        Self::High,
        Self::Medium,
        Self::Low,
        Self::Info,
    ];

    /// The severity that a label tells, of either case; nothing for a word that is not known.
    pub fn of_label(text: &str) -> Option<Self> {
        Some(match text.to_ascii_lowercase().as_str() {
            "critical" | "crit" | "page" | "emergency" | "fatal" | "disaster" => Self::Critical,
            "high" | "error" | "major" => Self::High,
            "medium" | "warning" | "warn" | "moderate" | "average" => Self::Medium,
            "low" | "minor" | "ticket" => Self::Low,
            "info" | "information" | "informational" | "none" => Self::Info,
            _ => return None,
        })
    }

    /// `CRITICAL`, `HIGH`, `MEDIUM`, `LOW` or `INFO`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Critical => "CRITICAL",
            Self::High => "HIGH",
            Self::Medium => "MEDIUM",
            Self::Low => "LOW",
            Self::Info => "INFO",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::Severity;

    #[test]
    fn both_vocabularies_are_read_and_the_worst_comes_first() {
        assert_eq!(Severity::of_label("critical"), Some(Severity::Critical));
        assert_eq!(Severity::of_label("CRITICAL"), Some(Severity::Critical));
        assert_eq!(Severity::of_label("Warning"), Some(Severity::Medium));
        assert_eq!(Severity::of_label("odd"), None);
        for severity in Severity::ALL {
            assert_eq!(Severity::of_label(severity.as_str()), Some(severity));
        }
        assert!(Severity::Critical < Severity::Info);
    }
}
