//! Runs one child process under a time limit: its output goes to a file (and to the terminal when
//! asked), a process that overstays is killed together with everything it started.

use anyhow::{Context, Result};
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How a child is run.
pub(crate) struct Job<'a> {
    /// What to run.
    pub command: Command,
    /// Gets standard output and standard error as they come.
    pub log: PathBuf,
    /// Killed after this time.
    pub limit: Duration,
    /// Shows the output while it comes.
    pub verbose: bool,
    /// Called about once a second with the time so far.
    pub tick: &'a mut dyn FnMut(Duration),
}

/// How a child ended.
pub(crate) struct Ended {
    /// Exit code 0.
    pub success: bool,
    /// Killed at the limit.
    pub timed_out: bool,
    /// All that it wrote, both streams, by line.
    pub output: String,
}

/// Runs the job to its end or to its limit.
///
/// # Errors
/// The program or the log file cannot be opened.
pub(crate) fn run(mut job: Job<'_>) -> Result<Ended> {
    if let Some(folder) = job.log.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let log = File::create(&job.log)
        .with_context(|| format!("failed to create {}", job.log.display()))?;
    let log = Arc::new(Mutex::new(log));
    let mut child = job
        .command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .with_context(|| format!("failed to start {:?}", job.command.get_program()))?;
    let mut copies = Vec::new();
    if let Some(out) = child.stdout.take() {
        copies.push(copy(out, Arc::clone(&log), job.verbose));
    }
    if let Some(err) = child.stderr.take() {
        copies.push(copy(err, Arc::clone(&log), job.verbose));
    }
    let (success, timed_out) = wait(&mut child, job.limit, job.tick)?;
    kill_group(&child);
    for handle in copies {
        let _ = handle.join();
    }
    let bytes = std::fs::read(&job.log)?;
    Ok(Ended {
        success,
        timed_out,
        output: String::from_utf8_lossy(&bytes).into_owned(),
    })
}

fn wait(
    child: &mut Child,
    limit: Duration,
    tick: &mut dyn FnMut(Duration),
) -> Result<(bool, bool)> {
    let start = Instant::now();
    let mut next_tick = Duration::from_secs(1);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok((status.success(), false));
        }
        let elapsed = start.elapsed();
        if elapsed >= limit {
            kill_group(child);
            child.wait()?;
            return Ok((false, true));
        }
        if elapsed >= next_tick {
            tick(elapsed);
            next_tick += Duration::from_secs(1);
        }
        std::thread::sleep(Duration::from_millis(30));
    }
}

/// Ends what the child left behind: its group has the number of the child.
fn kill_group(child: &Child) {
    if let Some(group) = i32::try_from(child.id())
        .ok()
        .and_then(rustix::process::Pid::from_raw)
    {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
}

fn copy(from: impl Read + Send + 'static, log: Arc<Mutex<File>>, verbose: bool) -> JoinHandle<()> {
    std::thread::spawn(move || {
        let mut lines = BufReader::new(from);
        let mut line = Vec::new();
        while lines
            .read_until(b'\n', &mut line)
            .is_ok_and(|count| count > 0)
        {
            let mut file = log.lock().unwrap_or_else(PoisonError::into_inner);
            let _ = file.write_all(&line);
            if verbose {
                let _ = std::io::stdout().write_all(&line);
            }
            line.clear();
        }
    })
}

/// The last `count` lines of a text.
pub(crate) fn tail(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::{Job, run, tail};
    use std::process::Command;
    use std::time::Duration;

    fn shell(script: &str, limit: Duration) -> super::Ended {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        let name = format!("xtask-job-{}-{}.log", std::process::id(), script.len());
        let log = std::env::temp_dir().join(name);
        let ended = run(Job {
            command,
            log: log.clone(),
            limit,
            verbose: false,
            tick: &mut |_| (),
        });
        let _ = std::fs::remove_file(log);
        ended.expect("the shell starts")
    }

    #[test]
    fn both_streams_are_kept() {
        let ended = shell("echo out; echo err >&2; exit 3", Duration::from_secs(20));
        assert!(!ended.success && !ended.timed_out);
        assert!(ended.output.contains("out\n") && ended.output.contains("err\n"));
    }

    #[test]
    fn a_child_and_its_children_end_at_the_limit() {
        let ended = shell("sleep 600 & sleep 600", Duration::from_millis(200));
        assert!(ended.timed_out && !ended.success);
    }

    #[test]
    fn tail_gives_the_last_lines() {
        assert_eq!(tail("a\nb\nc", 2), "b\nc");
        assert_eq!(tail("", 2), "");
    }
}
