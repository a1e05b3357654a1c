//! What is wrong with, or worth knowing about, a `prometheus.yml`: file, line, what, what to do.

use std::fmt;
use std::sync::Arc;

/// What is wrong at a line of a file that is not named yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// Line, from 1.
    pub line: usize,
    /// What is wrong; Prometheus' words where it has some.
    pub message: String,
    /// What to do instead.
    pub hint: Option<String>,
}

impl Wrong {
    /// A problem without advice.
    pub fn new(line: usize, message: impl Into<String>) -> Self {
        Self {
            line,
            message: message.into(),
            hint: None,
        }
    }

    /// Names the file.
    pub fn in_file(self, file: &Arc<str>) -> Problem {
        Problem {
            file: Arc::clone(file),
            line: self.line,
            message: self.message,
            hint: self.hint,
        }
    }
}

/// An error or a warning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file, as it was given.
    pub file: Arc<str>,
    /// Line, from 1; 0 if it is about the file as a whole.
    pub line: usize,
    /// What is wrong.
    pub message: String,
    /// What to do instead.
    pub hint: Option<String>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        write!(f, ": {}", self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "; {hint}"),
            None => Ok(()),
        }
    }
}

/// The most similar of some words, if one is similar enough to be meant.
pub fn closest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = (word.chars().count() / 3).clamp(1, 4);
    known
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}
