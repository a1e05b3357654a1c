//! Signals of the process: stop, and read the configuration again.

use crate::error::{Error, ErrorKind};
use crate::run::ProcessUse;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// What a signal of the process asks for.
pub(crate) enum Asked {
    /// Stop in order.
    Stop,
    /// Read the configuration again.
    Reload,
}

/// Signals of the process; none for a server inside another program.
pub(crate) struct Signals(Option<[Signal; 3]>);

impl Signals {
    /// Listens from now on.
    pub(crate) fn new(process: ProcessUse) -> Result<Self, Error> {
        if process == ProcessUse::Inside {
            return Ok(Self(None));
        }
        let wrong = |error: std::io::Error| {
            let message = format!("listen for signals: {error}");
            Error::new(ErrorKind::Internal, message).with_source(error)
        };
        Ok(Self(Some([
            signal(SignalKind::terminate()).map_err(wrong)?,
            signal(SignalKind::interrupt()).map_err(wrong)?,
            signal(SignalKind::hangup()).map_err(wrong)?,
        ])))
    }

    /// Waits for the next.
    pub(crate) async fn next(&mut self) -> Asked {
        let Some([terminate, interrupt, hangup]) = &mut self.0 else {
            return std::future::pending().await;
        };
        tokio::select! {
            _ = terminate.recv() => Asked::Stop,
            _ = interrupt.recv() => Asked::Stop,
            _ = hangup.recv() => Asked::Reload,
        }
    }
}
