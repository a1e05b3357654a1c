//! Prints checks one a line and counts them; ends with the line that `cargo xtask test` reads.

use anyhow::Result;

/// What has been checked so far.
#[derive(Debug, Default)]
pub(crate) struct Report {
    passed: u32,
    failed: u32,
    skipped: u32,
}

impl Report {
    /// One check: what it found, or what is wrong.
    pub(crate) fn check(&mut self, name: &str, outcome: Result<String>) {
        match outcome {
            Ok(what) if what.is_empty() => say(&format!("ok     {name}")),
            Ok(what) => say(&format!("ok     {name}: {what}")),
            Err(error) => {
                say(&format!("FAILED {name}: {error:#}"));
                self.failed += 1;
                return;
            }
        }
        self.passed += 1;
    }

    /// Checks that held and are not worth a line each.
    pub(crate) fn passed(&mut self, count: u32) {
        self.passed += count;
    }

    /// Checks that did not hold and were told already.
    pub(crate) fn failed(&mut self, count: u32) {
        self.failed += count;
    }

    /// Tests among those that passed which failed at first, by name: `cargo xtask test` shows this line.
    pub(crate) fn flaky(&self, names: &[String]) {
        say(&format!("{} flaky: {}", names.len(), names.join(", ")));
    }

    /// Something that may be absent anywhere.
    pub(crate) fn skipped(&mut self, why: &str) {
        say(&format!("skipped: {why}"));
        self.skipped += 1;
    }

    /// Something that this machine lacks: an error where everything must be there (`CI` is set).
    pub(crate) fn missing(&mut self, why: &str) {
        if std::env::var_os("CI").is_some() {
            say(&format!("FAILED {why}"));
            self.failed += 1;
        } else {
            self.skipped(why);
        }
    }

    /// A line for the person who reads along.
    pub(crate) fn note(&self, text: &str) {
        say(text);
    }

    /// Prints the sums; false if anything failed.
    pub(crate) fn end(&self) -> bool {
        say(&format!(
            "{} passed, {} failed, {} skipped",
            self.passed, self.failed, self.skipped
        ));
        self.failed == 0
    }
}

#[expect(
    clippy::print_stdout,
    reason = "the report is the purpose of the command"
)]
fn say(text: &str) {
    println!("{text}");
}
