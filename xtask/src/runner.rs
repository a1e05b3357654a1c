//! `cargo xtask test`: runs the suites in order, shows progress, and ends with the table of suites
//! and the line `N passed, M failed, K skipped`. What each suite runs is said in `suite.rs`.

use crate::job::{self, Job};
use crate::suite::{self, Counts, Plan, Suite};
use crate::workspace;
use anyhow::{Result, ensure};
use std::io::Write;
use std::time::{Duration, Instant};

/// How many lines of a failed suite are shown; the whole lies in `target/xtask/logs`.
const FAILURE_LINES: usize = 200;

/// Which suites are run, and how loudly.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Only what a small change needs: fmt, tidy, clippy, build, tests
    #[arg(long)]
    quick: bool,
    /// Only this suite; may be repeated
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Show the output of every suite while it runs
    #[arg(short, long)]
    verbose: bool,
}

/// What became of one suite.
struct Outcome {
    name: &'static str,
    counts: Counts,
    why: String,
    time: Duration,
}

/// Runs the chosen suites; false if anything failed.
///
/// # Errors
/// A suite is asked for that does not exist, or a suite cannot be started.
pub(crate) fn run(arguments: &Arguments) -> Result<bool> {
    let suites = choose(arguments)?;
    let mut outcomes = Vec::new();
    for (index, suite) in suites.iter().enumerate() {
        say(&format!(
            "[{}/{}] {} …",
            index + 1,
            suites.len(),
            suite.name
        ));
        let start = Instant::now();
        let (counts, why) = run_suite(suite, arguments.verbose)?;
        let outcome = Outcome {
            name: suite.name,
            counts,
            why,
            time: start.elapsed(),
        };
        say(&format!(
            " {} {}\n",
            verdict(&outcome),
            duration(outcome.time)
        ));
        if outcome.counts.failed > 0 {
            say(&format!("{}\n", outcome.why));
        }
        outcomes.push(outcome);
    }
    say(&table(&outcomes));
    Ok(outcomes.iter().all(|outcome| outcome.counts.failed == 0))
}

fn choose(arguments: &Arguments) -> Result<Vec<Suite>> {
    let mut suites = suite::all();
    for name in &arguments.only {
        let known: Vec<&str> = suites.iter().map(|suite| suite.name).collect();
        ensure!(
            known.contains(&name.as_str()),
            "no suite `{name}`; there are {}",
            known.join(", ")
        );
    }
    if !arguments.only.is_empty() {
        suites.retain(|suite| arguments.only.iter().any(|name| name == suite.name));
    } else if arguments.quick {
        suites.retain(|suite| suite.quick);
    }
    Ok(suites)
}

fn run_suite(suite: &Suite, verbose: bool) -> Result<(Counts, String)> {
    let (command, counting) = match (suite.plan)()? {
        Plan::Skip(why) => {
            return Ok((
                Counts {
                    passed: 0,
                    failed: 0,
                    skipped: 1,
                },
                why,
            ));
        }
        Plan::Fail(why) => {
            return Ok((
                Counts {
                    passed: 0,
                    failed: 1,
                    skipped: 0,
                },
                why,
            ));
        }
        Plan::Run(command, counting) => (command, counting),
    };
    let mut minutes = 0;
    let mut tick = |elapsed: Duration| {
        if elapsed.as_secs() / 60 > minutes {
            minutes = elapsed.as_secs() / 60;
            say(&format!(" {minutes} min"));
        }
    };
    let log = workspace::target()
        .join("xtask")
        .join("logs")
        .join(format!("{}.log", suite.name));
    let limit = Duration::from_secs(suite.limit_minutes * 60);
    let ended = job::run(Job {
        command,
        log: log.clone(),
        limit,
        verbose,
        tick: &mut tick,
    })?;
    let mut counts = suite::count(counting, &ended.output, ended.success);
    let mut why = suite::reasons(&ended.output);
    if ended.timed_out {
        counts.failed = counts.failed.max(1);
        why = format!("killed after {} minutes", suite.limit_minutes);
    }
    if counts.failed > 0 {
        let shown = job::tail(&ended.output, FAILURE_LINES);
        why = format!("{shown}\n{why}\nthe whole output lies in {}", log.display());
    }
    Ok((counts, why))
}

fn verdict(outcome: &Outcome) -> &'static str {
    match outcome.counts {
        Counts { failed: 1.., .. } => "FAILED",
        Counts { passed: 0, .. } => "skipped",
        _ => "ok",
    }
}

fn duration(time: Duration) -> String {
    match time.as_secs() {
        0 => format!("{} ms", time.as_millis()),
        seconds @ 1..100 => format!("{seconds} s"),
        seconds => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

/// The table, then the line with the sums as the last one.
fn table(outcomes: &[Outcome]) -> String {
    let mut out = format!(
        "\n{:<14} {:<8} {:>7} {:>7} {:>8} {:>13}  why\n",
        "suite", "result", "passed", "failed", "skipped", "time"
    );
    let mut sums = Counts {
        passed: 0,
        failed: 0,
        skipped: 0,
    };
    for outcome in outcomes {
        let Counts {
            passed,
            failed,
            skipped,
        } = outcome.counts;
        let why = match failed {
            0 => outcome.why.lines().collect::<Vec<_>>().join("; "),
            _ => "see above".to_owned(),
        };
        let row = format!(
            "{:<14} {:<8} {passed:>7} {failed:>7} {skipped:>8} {:>13}  {why}",
            outcome.name,
            verdict(outcome),
            duration(outcome.time),
        );
        out.push_str(row.trim_end());
        out.push('\n');
        sums.passed += passed;
        sums.failed += failed;
        sums.skipped += skipped;
    }
    out.push_str(&format!(
        "\n{} passed, {} failed, {} skipped\n",
        sums.passed, sums.failed, sums.skipped
    ));
    out
}

#[expect(clippy::print_stdout, reason = "progress is for the person who waits")]
fn say(text: &str) {
    print!("{text}");
    let _ = std::io::stdout().flush();
}

#[cfg(test)]
mod tests {
    use super::{Counts, Outcome, table};
    use std::time::Duration;

    #[test]
    fn the_last_line_has_the_sums() {
        let outcome = |name, passed, failed, skipped, why: &str| Outcome {
            name,
            counts: Counts {
                passed,
                failed,
                skipped,
            },
            why: why.to_owned(),
            time: Duration::from_secs(3),
        };
        let text = table(&[
            outcome("fmt", 1, 0, 0, ""),
            outcome("tests", 40, 2, 0, "a\nb"),
            outcome("node", 0, 0, 1, "npm is not installed"),
        ]);
        assert_eq!(text.lines().last(), Some("41 passed, 2 failed, 1 skipped"));
        assert!(text.contains("npm is not installed") && text.contains("see above"));
    }
}
