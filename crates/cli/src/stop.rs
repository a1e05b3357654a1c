//! When a server that runs in this process is to stop.

use crate::failure::Exit;
use crate::output::screen::remark;
use std::io::IsTerminal as _;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// Becomes true at the first Ctrl-C or SIGTERM. The second one ends the process at once, which costs
/// nothing that was acknowledged.
pub(crate) fn on_signal() -> anyhow::Result<watch::Receiver<bool>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let (stop, stopping) = watch::channel(false);
    tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            if stop.send_replace(true) {
                std::process::exit(Exit::Failed as i32);
            }
            if std::io::stderr().is_terminal() {
                remark("stopping; Ctrl-C once more stops at once");
            }
        }
    });
    Ok(stopping)
}

/// Waits until it is true.
pub(crate) async fn wait(mut stopping: watch::Receiver<bool>) {
    // The sender lives as long as the process.
    let _ = stopping.wait_for(|stop| *stop).await;
}
