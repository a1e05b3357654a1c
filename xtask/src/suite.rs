//! The suites of `cargo xtask test`: what each runs, how long it may take, how its tests are counted.

use crate::workspace;
use anyhow::Result;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// One suite.
pub(crate) struct Suite {
    /// As shown and as given to `--only`.
    pub name: &'static str,
    /// Killed after this time.
    pub limit_minutes: u64,
    /// Part of `--quick`.
    pub quick: bool,
    /// Decides what to run, when it is its turn.
    pub plan: fn() -> Result<Plan>,
}

/// What a suite does.
pub(crate) enum Plan {
    /// Runs a command whose tests are counted so.
    Run(Command, Counting),
    /// Does nothing, for this reason.
    Skip(String),
    /// Cannot run, for this reason, and that is an error.
    Fail(String),
}

/// How to read the number of tests out of an output.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Counting {
    /// The command is one test.
    One,
    /// The summary line of cargo-nextest.
    Nextest,
    /// The result lines of `cargo test`.
    Libtest,
    /// A last line `N passed, M failed, K skipped`.
    Sums,
}

/// Numbers of tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Ran and held.
    pub passed: u64,
    /// Ran and did not hold, or could not run.
    pub failed: u64,
    /// Did not run, with a reason.
    pub skipped: u64,
}

/// All suites, in the order in which they run: cheap ones first, so that mistakes show early.
pub(crate) fn all() -> Vec<Suite> {
    let suite = |name, limit_minutes, quick, plan| Suite {
        name,
        limit_minutes,
        quick,
        plan,
    };
    vec![
        suite("fmt", 3, true, || {
            Ok(one(cargo(&["fmt", "--all", "--check"])))
        }),
        suite("tidy", 3, true, || own(&["tidy"])),
        suite("licences", 3, false, || own(&["licences"])),
        suite("deny", 5, false, deny),
        suite("clippy", 25, true, clippy),
        suite("build", 25, true, build),
        suite("tests", 30, true, tests),
        suite("doc-tests", 15, false, doc_tests),
        suite("fuzz", 10, false, fuzz),
        suite("conformance", 10, false, conformance),
        suite("promql", 5, false, || own(&["judge", "promql"])),
        suite("config-files", 3, false, || own(&["judge", "config-files"])),
        suite("expositions", 3, false, || own(&["judge", "expositions"])),
        suite("mutation", 20, false, mutation),
        suite("crash", 12, false, || own(&["crash", "--rounds", "8"])),
        suite("prometheus", 8, false, || own(&["prometheus"])),
        suite("alerting", 8, false, || own(&["alerting"])),
        suite("remote-write-2", 6, false, || own(&["remote-write-2"])),
        suite("python", 12, false, || {
            own(&["clients", "--only", "python"])
        }),
        suite("node", 12, false, || own(&["clients", "--only", "node"])),
        suite("ui", 20, false, || own(&["ui", "--check"])),
        suite("browser", 40, false, || own(&["browser"])),
        suite("rust-sdk", 6, false, || own(&["clients", "--only", "rust"])),
    ]
}

fn one(command: Command) -> Plan {
    Plan::Run(command, Counting::One)
}

/// A command of this program, as a child, so that its time limit holds.
fn own(arguments: &[&str]) -> Result<Plan> {
    let mut command = Command::new(this_program()?);
    command.args(arguments).current_dir(workspace::root());
    Ok(Plan::Run(command, Counting::Sums))
}

/// This program's file. A build of the workspace may have replaced it while it runs; the system
/// then calls the old one deleted, and the new one lies in its place.
fn this_program() -> Result<PathBuf> {
    let path = std::env::current_exe()?;
    let kept = path
        .to_string_lossy()
        .strip_suffix(" (deleted)")
        .map(PathBuf::from);
    Ok(kept.unwrap_or(path))
}

fn cargo(arguments: &[&str]) -> Command {
    let mut command = workspace::cargo();
    command.args(arguments);
    command
}

fn deny() -> Result<Plan> {
    if !installed("deny") {
        let why = "cargo-deny is not installed; the suite `licences` checks the same file";
        return Ok(Plan::Skip(why.to_owned()));
    }
    Ok(one(cargo(&[
        "deny", "check", "licenses", "bans", "sources",
    ])))
}

fn clippy() -> Result<Plan> {
    let arguments = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--locked",
        "--",
        "-D",
        "warnings",
    ];
    Ok(one(cargo(&arguments)))
}

/// Everything with one set of features, so that the suites after it find the binary.
fn build() -> Result<Plan> {
    Ok(one(cargo(&[
        "build",
        "--workspace",
        "--bins",
        "--examples",
        "--locked",
    ])))
}

/// Parts of the names of tests that have a suite of their own.
const CONFORMANCE: [&str; 1] = ["conformance"];
const MUTATION: [&str; 1] = ["mutation::"];
const FUZZ: [&str; 2] = ["corpus", "fuzz"];

fn tests() -> Result<Plan> {
    let elsewhere = [&CONFORMANCE[..], &MUTATION[..], &FUZZ[..]].concat();
    if installed("nextest") {
        let filter = format!("not test(/{}/)", elsewhere.join("|"));
        return Ok(Plan::Run(nextest(&filter), Counting::Nextest));
    }
    let mut command = libtest();
    for name in elsewhere {
        command.args(["--skip", name]);
    }
    Ok(Plan::Run(command, Counting::Libtest))
}

/// Only the tests whose name has one of these texts.
fn named(names: &[&str]) -> (Command, Counting) {
    if installed("nextest") {
        return (
            nextest(&format!("test(/{}/)", names.join("|"))),
            Counting::Nextest,
        );
    }
    let mut command = libtest();
    command.args(names);
    (command, Counting::Libtest)
}

fn nextest(filter: &str) -> Command {
    cargo(&["nextest", "run", "--workspace", "--locked", "-E", filter])
}

/// `cargo test` without documentation and benchmarks; filters are added behind.
fn libtest() -> Command {
    let mut command = cargo(&["test", "--workspace", "--locked", "--no-fail-fast"]);
    command.args(["--lib", "--bins", "--tests", "--"]);
    command
}

fn doc_tests() -> Result<Plan> {
    let command = cargo(&["test", "--workspace", "--doc", "--locked", "--no-fail-fast"]);
    Ok(Plan::Run(command, Counting::Libtest))
}

/// These tests read data that lie outside the repository.
fn conformance() -> Result<Plan> {
    let folder = match workspace::conformance() {
        Ok(folder) => folder,
        Err((why, true)) => return Ok(Plan::Fail(why)),
        Err((why, false)) => return Ok(Plan::Skip(why)),
    };
    let (mut command, counting) = named(&CONFORMANCE);
    command.env("TACHO_CONFORMANCE_DIR", folder);
    Ok(Plan::Run(command, counting))
}

/// The targets over their corpus and over seeded changes of it, on the stable compiler.
fn fuzz() -> Result<Plan> {
    let (command, counting) = named(&FUZZ);
    Ok(Plan::Run(command, counting))
}

/// With any one sync call switched off, a simulation must see a loss.
fn mutation() -> Result<Plan> {
    let (command, counting) = named(&MUTATION);
    Ok(Plan::Run(command, counting))
}

/// Whether `cargo NAME` exists.
fn installed(name: &str) -> bool {
    let mut command = cargo(&[name, "--version"]);
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

/// Reads the counts out of an output. A command that failed without naming a failed test (it did
/// not compile, it died) counts as one; so does one that claims success without a single test.
pub(crate) fn count(counting: Counting, output: &str, success: bool) -> Counts {
    let mut counts = match counting {
        Counting::One => Counts {
            passed: u64::from(success),
            failed: 0,
            skipped: 0,
        },
        Counting::Nextest => sum(output, |line| line.trim_start().starts_with("Summary [")),
        Counting::Libtest => sum(output, |line| line.starts_with("test result: ")),
        Counting::Sums => {
            let last = output.lines().rev().find(|line| line.contains(" passed, "));
            last.map_or(
                Counts {
                    passed: 0,
                    failed: 0,
                    skipped: 0,
                },
                numbers,
            )
        }
    };
    let empty = counts
        == Counts {
            passed: 0,
            failed: 0,
            skipped: 0,
        };
    if (!success || empty) && counts.failed == 0 {
        counts.failed = 1;
    }
    counts
}

fn sum(output: &str, wanted: impl Fn(&str) -> bool) -> Counts {
    let mut sums = Counts {
        passed: 0,
        failed: 0,
        skipped: 0,
    };
    for line in output.lines().filter(|line| wanted(line)) {
        let counts = numbers(line);
        sums.passed += counts.passed;
        sums.failed += counts.failed;
        // What a filter leaves out is no skipped test: it runs in another suite.
    }
    sums
}

/// The numbers before the words of a result line, in whatever order they come.
fn numbers(line: &str) -> Counts {
    let mut counts = Counts {
        passed: 0,
        failed: 0,
        skipped: 0,
    };
    let words: Vec<&str> = line.split([' ', ',', ';', ':', '(', ')']).collect();
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    for pair in words.windows(2) {
        let Ok(number) = pair[0].parse::<u64>() else {
            continue;
        };
        match pair[1] {
            "passed" => counts.passed += number,
            "failed" | "timed" | "exec" => counts.failed += number,
            "skipped" => counts.skipped += number,
            _ => {}
        }
    }
    counts
}

/// What a child has to tell beside its numbers: why it skipped something (lines `skipped: WHY`), and
/// which tests passed only when they were tried again (a line `N flaky: NAMES`).
pub(crate) fn reasons(output: &str) -> String {
    let told = output.lines().filter_map(|line| {
        let flaky = || {
            let (count, _) = line.split_once(" flaky: ")?;
            count.parse::<u32>().ok().map(|_| line)
        };
        line.strip_prefix("skipped: ").or_else(flaky)
    });
    told.take(5).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::{Counting, Counts, count, reasons};

    fn check(counting: Counting, output: &str, success: bool) -> (u64, u64, u64) {
        let Counts {
            passed,
            failed,
            skipped,
        } = count(counting, output, success);
        (passed, failed, skipped)
    }

    #[test]
    fn nextest_is_counted_by_its_summary() {
        let line = "     Summary [  12.3s] 95 tests run: 90 passed (2 slow, 1 flaky), 4 failed, 1 timed out, 7 skipped\n";
        assert_eq!(check(Counting::Nextest, line, false), (90, 5, 0));
    }

    #[test]
    fn cargo_test_is_counted_over_all_binaries() {
        let line = "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 9 filtered out; finished in 0.00s\n";
        assert_eq!(check(Counting::Libtest, &line.repeat(2), true), (6, 0, 0));
    }

    #[test]
    fn a_command_that_dies_is_one_failure() {
        assert_eq!(
            check(Counting::Libtest, "error: could not compile", false),
            (0, 1, 0)
        );
        assert_eq!(
            check(Counting::Sums, "5 passed, 0 failed, 0 skipped", false),
            (5, 1, 0)
        );
        assert_eq!(check(Counting::One, "", false), (0, 1, 0));
        assert_eq!(check(Counting::One, "", true), (1, 0, 0));
    }

    #[test]
    fn success_without_a_test_is_a_failure() {
        assert_eq!(check(Counting::Nextest, "", true), (0, 1, 0));
        assert_eq!(
            check(Counting::Sums, "0 passed, 0 failed, 1 skipped", true),
            (0, 0, 1)
        );
    }

    #[test]
    fn reasons_are_read_from_the_output() {
        assert_eq!(
            reasons("a\nskipped: npm is not installed\nb\n"),
            "npm is not installed"
        );
    }

    #[test]
    fn flaky_tests_have_passed_and_are_told() {
        let output =
            "  1 flaky\n  9 passed (2m)\n1 flaky: a.spec.ts › b\n10 passed, 0 failed, 0 skipped\n";
        assert_eq!(reasons(output), "1 flaky: a.spec.ts › b");
        assert_eq!(check(Counting::Sums, output, true), (10, 0, 0));
    }
}
