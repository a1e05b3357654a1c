//! Real commands, started directly (no shell) in the scratch tree: a time limit, bounded output, an
//! environment that holds the search path only.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::Command;

use crate::error::TaskError;

const OUTPUT_BYTES_MAX: u64 = 16 * 1024;

/// What a command left behind; `exit_code` is -1 if a signal ended it.
#[derive(Debug)]
pub(crate) struct CommandOutput {
    pub(crate) exit_code: i32,
    pub(crate) output: String,
}

/// Runs `arguments[0]` with the rest and waits for its end, `timeout` at most.
pub(crate) async fn run(
    arguments: &[String],
    folder: &Path,
    timeout: Duration,
) -> Result<CommandOutput, TaskError> {
    let Some((program, rest)) = arguments.split_first() else {
        return Err(TaskError::new("invalid_call", "a command needs a program"));
    };
    let mut command = Command::new(program);
    command
        .args(rest)
        .current_dir(folder)
        .kill_on_drop(true)
        .env_clear();
    if let Some(path) = std::env::var_os("PATH") {
        command.env("PATH", path);
    }
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| {
        TaskError::new(
            "command_unavailable",
            format!("failed to start {program}: {error}"),
        )
    })?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let finished = async {
        let (mut text, errors) = tokio::join!(read_limited(stdout), read_limited(stderr));
        text.push_str(&errors);
        child
            .wait()
            .await
            .map(|status| (status.code().unwrap_or(-1), text))
    };
    match tokio::time::timeout(timeout, finished).await {
        Ok(Ok((exit_code, output))) => Ok(CommandOutput { exit_code, output }),
        Ok(Err(error)) => Err(TaskError::new(
            "command_failed",
            format!("failed to wait for {program}: {error}"),
        )),
        Err(_) => Err(TaskError::new(
            "command_timeout",
            format!("{program} did not end within {} s", timeout.as_secs()),
        )),
    }
}

/// Reads the start of a stream; the writer sees a closed pipe if there is more.
async fn read_limited(stream: Option<impl AsyncRead + Unpin>) -> String {
    let Some(stream) = stream else {
        return String::new();
    };
    let mut bytes = Vec::new();
    // A broken pipe leaves what was read before, which is all there is to show.
    let _ = stream.take(OUTPUT_BYTES_MAX).read_to_end(&mut bytes).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::run;
    use std::path::Path;
    use std::time::Duration;

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[tokio::test]
    async fn exit_code_and_output_are_reported() {
        let done = run(&words("ls /"), Path::new("/"), Duration::from_secs(5))
            .await
            .unwrap();
        assert_eq!(done.exit_code, 0);
        assert!(done.output.contains("tmp"));
        let failed = run(&words("false"), Path::new("/"), Duration::from_secs(5))
            .await
            .unwrap();
        assert_eq!(failed.exit_code, 1);
    }

    #[tokio::test]
    async fn endless_output_and_endless_commands_are_stopped() {
        let cut = run(&words("yes word"), Path::new("/"), Duration::from_secs(5))
            .await
            .unwrap();
        assert_ne!(cut.exit_code, 0);
        assert_eq!(cut.output.len() as u64, super::OUTPUT_BYTES_MAX);
        let slow = run(
            &words("sleep 20"),
            Path::new("/"),
            Duration::from_millis(50),
        )
        .await;
        assert_eq!(slow.unwrap_err().code(), "command_timeout");
        let absent = words("no-such-program-here");
        let unavailable = run(&absent, Path::new("/"), Duration::from_secs(1))
            .await
            .unwrap_err();
        assert_eq!(unavailable.code(), "command_unavailable");
    }
}
