//! What came of unit tests: checks that passed, and what was expected and got where they did not.

use crate::file::print::duration;
use std::fmt;

/// What came of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct FileReport {
    /// The file.
    pub file: String,
    /// Why its tests, or rules that they name, cannot be read; no test was run then.
    pub problems: Vec<String>,
    /// What is worth knowing.
    pub warnings: Vec<String>,
    /// Its tests that were wanted.
    pub tests: Vec<TestReport>,
}

/// What came of a test.
#[derive(Debug, Clone, PartialEq)]
pub struct TestReport {
    /// Its name, or `unnamed#3`.
    pub name: String,
    /// Its line.
    pub line: usize,
    /// What kept it from being run to its end.
    pub errors: Vec<String>,
    /// What it checks, by time.
    pub checks: Vec<CheckReport>,
    /// All series at its end, if that was wanted.
    pub dump: Option<String>,
}

/// What came of a check.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckReport {
    /// What is checked.
    pub check: Check,
    /// Its line.
    pub line: usize,
    /// For what time, ms from the start of the test.
    pub at_ms: i64,
    /// How it went.
    pub outcome: Outcome,
    /// It passed only with the windows of Prometheus 2, in which a sample that is exactly as old as the
    /// range or the look-back still counts. It does not here, nor in Prometheus 3.
    pub closed_windows: bool,
}

/// What is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Check {
    /// Which alerts of a name fire.
    Alert {
        /// The name.
        name: String,
    },
    /// What a query gives.
    Expr {
        /// The query.
        expr: String,
    },
}

/// How a check went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was not come to.
    NotRun,
    /// As expected.
    Passed,
    /// Otherwise.
    Failed(Difference),
}

/// What is otherwise than expected. Lines for people.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Difference {
    /// `expected 1 alert, got 2`, or an error.
    pub message: String,
    /// What is missing.
    pub missing: Vec<String>,
    /// What was not expected.
    pub unexpected: Vec<String>,
    /// What is there, but not quite as expected.
    pub changed: Vec<String>,
}

impl FileReport {
    /// A report without tests.
    pub(super) fn new(file: &str) -> Self {
        Self {
            file: file.to_owned(),
            problems: Vec::new(),
            warnings: Vec::new(),
            tests: Vec::new(),
        }
    }

    /// Checks that passed.
    pub fn passed(&self) -> usize {
        let is_passed = |check: &&CheckReport| check.outcome == Outcome::Passed;
        self.checks().filter(is_passed).count()
    }

    /// Checks that did not pass or were not come to, and 1 for anything that failed without a check.
    pub fn failed(&self) -> usize {
        let of_test = |test: &TestReport| {
            let is_failed = |check: &&CheckReport| check.outcome != Outcome::Passed;
            let failed = test.checks.iter().filter(is_failed).count();
            failed.max(usize::from(!test.errors.is_empty()))
        };
        let failed: usize = self.tests.iter().map(of_test).sum();
        failed.max(usize::from(!self.problems.is_empty()))
    }

    fn checks(&self) -> impl Iterator<Item = &CheckReport> {
        self.tests.iter().flat_map(|test| &test.checks)
    }
}

impl TestReport {
    /// A test that cannot be run.
    pub(super) fn unable(name: &str, line: usize, checks: Vec<CheckReport>) -> Self {
        Self {
            name: name.to_owned(),
            line,
            errors: Vec::new(),
            checks,
            dump: None,
        }
    }

    /// Takes checks as passed that passed in another run, with the windows of Prometheus 2.
    pub(super) fn forgive(&mut self, other: &Self) {
        for (check, other) in self.checks.iter_mut().zip(&other.checks) {
            if check.outcome != Outcome::Passed && other.outcome == Outcome::Passed {
                check.outcome = Outcome::Passed;
                check.closed_windows = true;
            }
        }
        if other.errors.is_empty() && other.is_passed() {
            self.errors.clear();
        }
    }

    /// Whether everything is as expected.
    pub fn is_passed(&self) -> bool {
        let is_passed = |check: &CheckReport| check.outcome == Outcome::Passed;
        self.errors.is_empty() && self.checks.iter().all(is_passed)
    }
}

impl CheckReport {
    /// A check that was not come to.
    pub(super) fn new(check: Check, line: usize, at_ms: i64) -> Self {
        Self {
            check,
            line,
            at_ms,
            outcome: Outcome::NotRun,
            closed_windows: false,
        }
    }
}

impl fmt::Display for CheckReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = duration(self.at_ms);
        match &self.check {
            Check::Alert { name } => write!(f, "alert {name} at {at}"),
            Check::Expr { expr } => write!(f, "{expr} at {at}"),
        }
    }
}

impl Difference {
    /// An error instead of a result.
    pub(super) fn error(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            ..Self::default()
        }
    }
}
