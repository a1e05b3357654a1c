//! How a command ends: the exit codes, and errors with what to do about them.

use std::fmt;
use std::io;

/// How the process ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done.
    Done = 0,
    /// Failed, or the answer is "no".
    Failed = 1,
    /// Wrong usage.
    Usage = 2,
    /// The server is out of reach.
    Unreachable = 3,
}

/// An error that decides the exit code. The message is a lower-case fragment that names the value.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The code.
    pub exit: Exit,
    /// What went wrong; may have several lines.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

impl Failure {
    /// The command could not do its work.
    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self {
            exit: Exit::Failed,
            message: message.into(),
            hint: None,
        }
    }

    /// The arguments are wrong.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self {
            exit: Exit::Usage,
            message: message.into(),
            hint: None,
        }
    }

    /// No server answers.
    pub(crate) fn unreachable(message: impl Into<String>) -> Self {
        Self {
            exit: Exit::Unreachable,
            message: message.into(),
            hint: None,
        }
    }

    /// Adds what to do.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

/// The exit code of an error, and what to print for it; nothing if the reader of our output went
/// away, because that is no error.
pub(crate) fn judge(error: &anyhow::Error) -> (Exit, Option<String>) {
    let broken_pipe = error.chain().any(|cause| {
        cause
            .downcast_ref::<io::Error>()
            .is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe)
    });
    if broken_pipe {
        return (Exit::Done, None);
    }
    let (exit, hint) = match error.downcast_ref::<Failure>() {
        Some(failure) => (failure.exit, failure.hint.as_deref()),
        None => (Exit::Failed, None),
    };
    let mut text = format!("error: {error:#}\n");
    if let Some(hint) = hint {
        text.push_str(&format!("hint: {hint}\n"));
    }
    (exit, Some(text))
}

#[cfg(test)]
mod tests {
    use super::{Exit, Failure, judge};
    use anyhow::Context as _;
    use std::io;

    #[test]
    fn failures_keep_their_code_and_hint_below_context() {
        let error = anyhow::Error::from(Failure::unreachable("no answer").hint("start it"))
            .context("failed to ask");
        assert_eq!(
            judge(&error),
            (
                Exit::Unreachable,
                Some("error: failed to ask: no answer\nhint: start it\n".to_owned())
            )
        );
    }

    #[test]
    fn a_broken_pipe_is_silent_success() {
        let broken: io::Result<()> = Err(io::Error::from(io::ErrorKind::BrokenPipe));
        let error = broken.context("failed to write").unwrap_err();
        assert_eq!(judge(&error), (Exit::Done, None));
        assert_eq!(judge(&anyhow::anyhow!("x")).0, Exit::Failed);
    }
}
