//! Runs a program: no shell, its own process group, limited output, stopped when its time is over.

use crate::channel::Verdict;
use crate::channel::command::Run;
use crate::message::cut;
use crate::message::markup::one_line;
use rustix::process::{Pid, Signal, kill_process_group};
use std::collections::BTreeMap;
use std::process::Stdio;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};

/// Bytes of output that are kept.
const OUTPUT_BYTES_MAX: usize = 4 << 10;
/// Variables that programs get from ours.
const VARIABLES: [&str; 5] = ["PATH", "HOME", "LANG", "LC_ALL", "TZ"];
/// Exit code of a program that may do better later (`EX_TEMPFAIL`), and of anything that is no usage
/// error: a program that fails is tried again.
const USAGE: std::ops::RangeInclusive<i32> = 64..=69;

/// Stops the whole group of a program that is dropped before it ended.
struct Guard(Option<Pid>);

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

/// Runs the program; who waits stops it by no longer waiting.
pub(super) async fn run(run: &Run, env: &BTreeMap<String, String>) -> Verdict {
    let mut command = Command::new(&run.program);
    command
        .args(&run.arguments)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true);
    for name in VARIABLES {
        if let Some(value) = env.get(name) {
            command.env(name, value);
        }
    }
    for (name, value) in &run.variables {
        command.env(name, value);
    }
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => {
            let error = format!("cannot run {}: {error}", run.program);
            return Verdict::Refused { error };
        }
    };
    let group = child
        .id()
        .and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
    let mut guard = Guard(group);
    let ended = drive(&mut child, &run.input).await;
    let (status, output) = match ended {
        Ok(ended) => ended,
        Err(error) => {
            let error = format!("{} failed: {error}", run.program);
            return Verdict::Retry { after: None, error };
        }
    };
    guard.0 = None;
    if status.success() {
        return Verdict::Sent { thread: None };
    }
    let output = cut::chars(&one_line(&output), 300);
    let error = format!("{} ended with {status}: {output}", run.program);
    match status.code() {
        Some(code) if USAGE.contains(&code) => Verdict::Refused { error },
        _ => Verdict::Retry { after: None, error },
    }
}

/// Feeds the program and takes what it says until it ends.
async fn drive(
    child: &mut Child,
    input: &[u8],
) -> std::io::Result<(std::process::ExitStatus, String)> {
    let stdin = child.stdin.take();
    let stdout = child.stdout.take();
    let stderr = child.stderr.take();
    let feed = async {
        if let Some(mut stdin) = stdin {
            // a program need not read what it gets
            let _ = stdin.write_all(input).await;
        }
    };
    let ((), out, err, status) = tokio::join!(feed, take(stdout), take(stderr), child.wait());
    let output = [err, out].concat();
    Ok((status?, String::from_utf8_lossy(&output).into_owned()))
}

/// The first bytes of an output; the others are read and forgotten.
async fn take(output: Option<impl AsyncRead + Unpin>) -> Vec<u8> {
    let Some(mut output) = output else {
        return Vec::new();
    };
    let mut kept = Vec::new();
    let mut part = [0; 1_024];
    while let Ok(length @ 1..) = output.read(&mut part).await {
        let room = OUTPUT_BYTES_MAX - kept.len();
        kept.extend(part.iter().take(length.min(room)));
    }
    kept
}
