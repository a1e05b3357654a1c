//! `cargo xtask tidy`: the shape of the repository. Each rule is a function in `tidy/` that adds
//! findings; a finding names file, line and remedy. The tables that it compares with lie in
//! ARCHITECTURE.md.

mod docs;
mod layers;
mod packages;
mod source;
mod table;

use crate::workspace;
use anyhow::Result;
use std::fmt;

/// One thing that is wrong.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    /// Path relative to the root.
    pub file: String,
    /// From 1; 0 if the whole file is meant.
    pub line: usize,
    /// What is wrong and what to do.
    pub message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(out, "{}: {}", self.file, self.message),
            line => write!(out, "{}:{line}: {}", self.file, self.message),
        }
    }
}

/// What the rules found: errors, and notes that fail nothing.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// These fail the check.
    pub errors: Vec<Finding>,
    /// These are only shown.
    pub notes: Vec<String>,
}

impl Report {
    /// Adds an error.
    pub(crate) fn error(&mut self, file: &str, line: usize, message: impl Into<String>) {
        self.errors.push(Finding {
            file: file.to_owned(),
            line,
            message: message.into(),
        });
    }

    /// Adds a note.
    pub(crate) fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }
}

type Rule = (&'static str, fn(&mut Report) -> Result<()>);

const RULES: [Rule; 6] = [
    ("layers and fences", layers::check),
    ("packages", packages::check),
    ("unused dependencies", packages::check_used),
    ("sources", source::check),
    ("manifests", layers::check_manifests),
    ("links", docs::check),
];

/// Runs every rule and prints the findings; false if there are errors.
///
/// # Errors
/// The repository cannot be read.
#[expect(
    clippy::print_stdout,
    reason = "the report is the purpose of the command"
)]
pub(crate) fn run() -> Result<bool> {
    let (mut passed, mut failed) = (0, 0);
    for (name, rule) in RULES {
        let mut report = Report::default();
        rule(&mut report)?;
        report.errors.sort();
        for error in &report.errors {
            println!("error: {error}");
        }
        for note in &report.notes {
            println!("note: {note}");
        }
        if report.errors.is_empty() {
            passed += 1;
        } else {
            println!("{name}: {} errors", report.errors.len());
            failed += 1;
        }
    }
    println!("{passed} passed, {failed} failed, 0 skipped");
    Ok(failed == 0)
}

/// The text of a file of the repository.
///
/// # Errors
/// It cannot be read.
pub(crate) fn read(file: &str) -> Result<String> {
    use anyhow::Context;
    std::fs::read_to_string(workspace::root().join(file))
        .with_context(|| format!("failed to read {file}"))
}
