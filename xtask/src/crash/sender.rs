//! Runs the program that sends (`examples/crash_sender.rs`) and collects its ledger lines.

use crate::server::Server;
use crate::workspace;
use anyhow::{Context, Result, bail};
use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

const STOP_TIMEOUT: Duration = Duration::from_secs(30);

/// A running sender.
pub(crate) struct Sender {
    child: Child,
    lines: JoinHandle<std::io::Result<String>>,
}

impl Sender {
    /// Starts to send to a server.
    ///
    /// # Errors
    /// The program is not built.
    pub(crate) fn start(server: &Server, seed: u64, round: u32) -> Result<Self> {
        let mut child = Command::new(workspace::program("crash_sender")?)
            .args([
                "--grpc",
                &server.ready.otlp_grpc,
                "--http",
                &server.ready.otlp_http,
                "--api",
                &server.ready.http,
            ])
            .args(["--seed", &seed.to_string(), "--round", &round.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("failed to start the sender")?;
        let mut out = child.stdout.take().context("the sender has no output")?;
        let lines = std::thread::spawn(move || {
            let mut text = String::new();
            out.read_to_string(&mut text)?;
            Ok(text)
        });
        Ok(Self { child, lines })
    }

    /// Closes its input, which ends it, and gives its lines.
    ///
    /// # Errors
    /// It does not end, or it saw an answer that it did not expect.
    pub(crate) fn finish(mut self) -> Result<String> {
        drop(self.child.stdin.take());
        let start = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait()? {
                break status;
            }
            if start.elapsed() > STOP_TIMEOUT {
                self.child.kill()?;
                self.child.wait()?;
                bail!("the sender did not end");
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        let lines = self
            .lines
            .join()
            .map_err(|_| anyhow::anyhow!("the reader died"))??;
        if !status.success() {
            bail!("the sender ended with {status}; its message is above");
        }
        Ok(lines)
    }
}
