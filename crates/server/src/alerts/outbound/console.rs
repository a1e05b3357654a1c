//! Lines for people on standard output, written by a thread of its own: nobody may read it, and then
//! nothing else waits.

use crate::error::{Error, ErrorKind};
use std::io::Write as _;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use tacho_export::delivery::Console;

/// Lines that wait to be read.
const WAITING_MAX: usize = 1_000;

/// Standard output.
pub(super) struct Stdout(SyncSender<String>);

impl Stdout {
    /// Starts the thread; it ends with the last handle.
    pub(super) fn start() -> Result<Self, Error> {
        let (sender, receiver) = sync_channel(WAITING_MAX);
        std::thread::Builder::new()
            .name("tacho-console".to_owned())
            .spawn(move || print(&receiver))
            .map_err(|error| {
                Error::new(ErrorKind::Internal, "start a thread for the console").with_source(error)
            })?;
        Ok(Self(sender))
    }
}

fn print(lines: &Receiver<String>) {
    for line in lines {
        let mut out = std::io::stdout().lock();
        if let Err(error) = writeln!(out, "{line}").and_then(|()| out.flush()) {
            tracing::warn!(%error, "an alert could not be printed");
        }
    }
}

impl Console for Stdout {
    fn line(&self, text: &str) {
        if self.0.try_send(text.to_owned()).is_err() {
            tracing::warn!(message = text, "nobody reads standard output: an alert");
        }
    }
}

/// The server is a part of another program: its standard output is not ours.
pub(super) struct ToLog;

impl Console for ToLog {
    fn line(&self, text: &str) {
        tracing::info!(message = text, "alert");
    }
}
