//! Unit tests of rules in promtool's format: series are written out, rules are evaluated over them, and
//! alerts and queries are compared with what is expected.
//!
//! Start at `run`. Files are read through `Files`, so that nothing here touches a disk.

pub mod report;

mod compare;
mod fields;
mod input;
mod memory;
mod perform;
mod windows;

use crate::file::{ReadOptions, RuleFile, read};
use crate::group::{GroupState, Start};
use crate::rule::{RuleGroup, Source, SourceKind};
use crate::unit_test::fields::{TestFile, TestGroup};
use crate::unit_test::report::{FileReport, TestReport};
use crate::unit_test::windows::Windows;
use regex::Regex;
use std::collections::BTreeMap;
use std::sync::Arc;
use tacho_stdx::clock::Clock;

/// Time between evaluations if a file does not say.
const INTERVAL_MS: i64 = 60_000;

/// Gives the files that tests name.
pub trait Files {
    /// The text of a file.
    ///
    /// # Errors
    /// Why it cannot be read.
    fn read(&self, path: &str) -> Result<String, String>;

    /// The files that a pattern names, relative to the folder of another file, in a stable order.
    fn matching(&self, pattern: &str, beside: &str) -> Vec<String>;
}

/// How tests are run.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Only tests whose name this matches.
    pub run: Option<Regex>,
    /// Unknown fields of rule files are passed over.
    pub ignore_unknown: bool,
    /// Tells all series at the end of each test.
    pub debug: bool,
    /// Checks that only pass with the windows of Prometheus 2 fail.
    pub strict: bool,
}

/// The names of tests that match one of some patterns; all if there are none.
///
/// # Errors
/// What is wrong with a pattern.
pub fn names(patterns: &[String]) -> Result<Option<Regex>, String> {
    if patterns.is_empty() {
        return Ok(None);
    }
    let pattern = Regex::new(&patterns.join("|"));
    pattern.map(Some).map_err(|error| error.to_string())
}

/// Runs the tests of a file.
pub fn run(path: &str, files: &dyn Files, options: &Options, clock: &Arc<dyn Clock>) -> FileReport {
    let mut report = FileReport::new(path);
    let text = match files.read(path) {
        Ok(text) => text,
        Err(reason) => {
            report.problems.push(format!("{path}: {reason}"));
            return report;
        }
    };
    let tests = match fields::read(&text, path) {
        Ok(tests) => tests,
        Err(problem) => {
            report.problems.push(problem.to_string());
            return report;
        }
    };
    let groups = load(&tests, path, files, options, &mut report);
    for (at, test) in tests.tests.iter().enumerate() {
        let name = test.title(at);
        let is_wanted = options
            .run
            .as_ref()
            .is_none_or(|run| run.is_match(&test.name));
        if !is_wanted {
            continue;
        }
        let outcome = match &groups {
            Some(groups) => one(&tests, test, groups, options, clock),
            // Why they cannot be is told once.
            None => TestReport::unable(&name, test.line, test.checks()),
        };
        report.tests.push(TestReport { name, ..outcome });
    }
    report
}

/// The groups of all rule files, in the order in which they are evaluated.
fn load(
    tests: &TestFile,
    path: &str,
    files: &dyn Files,
    options: &Options,
    report: &mut FileReport,
) -> Option<Vec<Arc<RuleGroup>>> {
    let read_options = ReadOptions {
        ignore_unknown: options.ignore_unknown,
        legacy_names: false,
    };
    let mut groups: BTreeMap<String, RuleGroup> = BTreeMap::new();
    let mut order = Vec::new();
    for pattern in &tests.rule_files {
        let found = files.matching(pattern, path);
        if found.is_empty() {
            report
                .warnings
                .push(format!("{path}: no file matches pattern {pattern}"));
        }
        for name in found {
            let source = Source::new(SourceKind::Prometheus, &name);
            match files.read(&name) {
                Err(reason) => report.problems.push(format!("{name}: {reason}")),
                Ok(text) => match read(&text, &source, read_options) {
                    Err(found) => report
                        .problems
                        .extend(found.iter().map(ToString::to_string)),
                    Ok(RuleFile {
                        groups: found,
                        warnings,
                    }) => {
                        report
                            .warnings
                            .extend(warnings.iter().map(ToString::to_string));
                        for group in found {
                            let key = group.key();
                            if groups.insert(key.clone(), group).is_none() {
                                order.push(key);
                            }
                        }
                    }
                },
            }
        }
    }
    if !report.problems.is_empty() {
        return None;
    }
    let mut ordered: Vec<RuleGroup> = order
        .into_iter()
        .filter_map(|key| groups.remove(&key))
        .collect();
    let place = |group: &RuleGroup| {
        let named = tests
            .group_order
            .iter()
            .position(|name| *name == group.name);
        named.unwrap_or(usize::MAX)
    };
    ordered.sort_by_key(place);
    Some(ordered.into_iter().map(Arc::new).collect())
}

fn one(
    file: &TestFile,
    test: &TestGroup,
    groups: &[Arc<RuleGroup>],
    options: &Options,
    clock: &Arc<dyn Clock>,
) -> TestReport {
    let interval_ms = test.interval_ms.unwrap_or(file.interval_ms);
    let start = Start {
        interval_ms,
        restores: false,
    };
    let perform = |windows: Windows| {
        let states = groups
            .iter()
            .map(|group| GroupState::new(windows.group(group), start))
            .collect();
        perform::perform((file, test), states, windows, options.debug, clock)
    };
    let mut report = perform(Windows::HalfOpen);
    if !report.is_passed() && !options.strict {
        report.forgive(&perform(Windows::Closed));
    }
    report
}

#[cfg(test)]
mod tests;
