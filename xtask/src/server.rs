//! Starts the real `tacho` on free ports with a data folder of its own, and ends it politely or not.

use crate::http::Client;
use crate::workspace;
use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

const READY_TIMEOUT: Duration = Duration::from_secs(90);
/// Any free port of loopback.
const ANY: &str = "127.0.0.1:0";
const STOP_TIMEOUT: Duration = Duration::from_secs(60);

/// What the ready file says.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Ready {
    /// Address of the HTTP listener.
    pub http: String,
    /// Address of OTLP/gRPC.
    pub otlp_grpc: String,
    /// Address of OTLP/HTTP.
    pub otlp_http: String,
    /// Number of the process.
    pub pid: u32,
}

/// A running server; killed when dropped.
pub(crate) struct Server {
    child: Child,
    folder: PathBuf,
    /// Where it listens.
    pub ready: Ready,
}

impl Server {
    /// Starts a server whose data lie in `folder/data`, and waits until it is ready. Its log is
    /// appended to `folder/tacho.log`.
    ///
    /// # Errors
    /// It does not become ready; the message has the end of its log.
    pub(crate) fn start(folder: &Path) -> Result<Self> {
        Self::start_with(folder, ANY, &[])
    }

    /// The same with an address for the HTTP listener and keys of the configuration, each
    /// `KEY=VALUE`.
    ///
    /// # Errors
    /// As `start`.
    pub(crate) fn start_with(folder: &Path, http: &str, keys: &[String]) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        let ready_file = folder.join("ready.json");
        let mut command = command(folder, &ready_file, http)?;
        for key in keys {
            command.args(["--set", key]);
        }
        let child = command.spawn().context("failed to start tacho")?;
        let mut server = Self {
            child,
            folder: folder.to_path_buf(),
            ready: Ready {
                http: String::new(),
                otlp_grpc: String::new(),
                otlp_http: String::new(),
                pid: 0,
            },
        };
        let start = Instant::now();
        while start.elapsed() < READY_TIMEOUT {
            if let Some(status) = server.child.try_wait()? {
                bail!(
                    "tacho ended with {status} before it was ready\n{}",
                    server.log_tail()
                );
            }
            // A file of the last run may still lie there: only one with our number counts.
            if let Ok(text) = std::fs::read_to_string(&ready_file)
                && let Ok(ready) = serde_json::from_str::<Ready>(&text)
                && ready.pid == server.child.id()
            {
                server.ready = ready;
                return Ok(server);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        bail!(
            "tacho was not ready after {READY_TIMEOUT:?}\n{}",
            server.log_tail()
        )
    }

    /// Starts a server and kills it after a delay, ready or not.
    ///
    /// # Errors
    /// It cannot be started, or it ended by itself with an error.
    pub(crate) fn start_and_kill(folder: &Path, delay: Duration) -> Result<()> {
        let mut child = command(folder, &folder.join("ready.json"), ANY)?.spawn()?;
        std::thread::sleep(delay);
        let ended = child.try_wait()?;
        let _ = child.kill();
        child.wait()?;
        ensure!(
            ended.is_none(),
            "tacho ended by itself while it started: {ended:?}"
        );
        Ok(())
    }

    /// A client of the HTTP listener.
    ///
    /// # Errors
    /// The ready file named no address.
    pub(crate) fn client(&self) -> Result<Client> {
        Client::new(&self.ready.http)
    }

    /// The same with the admin token of the data folder.
    ///
    /// # Errors
    /// There is no token file.
    pub(crate) fn admin(&self) -> Result<Client> {
        let file = self.folder.join("data").join("token");
        let token = std::fs::read_to_string(&file)
            .with_context(|| format!("failed to read {}", file.display()))?;
        Ok(self.client()?.with_token(&token))
    }

    /// `kill -9`.
    ///
    /// # Errors
    /// The process cannot be waited for.
    pub(crate) fn kill(mut self) -> Result<()> {
        let _ = self.child.kill();
        self.child.wait()?;
        Ok(())
    }

    /// SIGTERM, then waits.
    ///
    /// # Errors
    /// It does not end in time.
    pub(crate) fn terminate(mut self) -> Result<ExitStatus> {
        let pid = i32::try_from(self.child.id())
            .ok()
            .and_then(rustix::process::Pid::from_raw);
        let pid = pid.context("the process has no number")?;
        rustix::process::kill_process(pid, rustix::process::Signal::TERM)?;
        let start = Instant::now();
        while start.elapsed() < STOP_TIMEOUT {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        bail!(
            "tacho did not end {STOP_TIMEOUT:?} after SIGTERM\n{}",
            self.log_tail()
        )
    }

    /// The end of the server's log.
    pub(crate) fn log_tail(&self) -> String {
        let bytes = std::fs::read(self.folder.join("tacho.log")).unwrap_or_default();
        crate::job::tail(&String::from_utf8_lossy(&bytes), 30)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `tacho serve` with nothing inherited that could configure it.
fn command(folder: &Path, ready_file: &Path, http: &str) -> Result<Command> {
    let log = File::options()
        .create(true)
        .append(true)
        .open(folder.join("tacho.log"))?;
    let mut command = Command::new(workspace::program("tacho")?);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("TACHO_") {
            command.env_remove(&name);
        }
    }
    command
        .arg("serve")
        .arg("--data-dir")
        .arg(folder.join("data"))
        .args(["--http", http, "--otlp-grpc", ANY])
        .args(["--otlp-http", ANY, "--ready-file"])
        .arg(ready_file)
        .env("XDG_CONFIG_HOME", folder)
        .env("XDG_DATA_HOME", folder)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log);
    Ok(command)
}

/// Runs a second server on the data folder of a running one: it must end by itself, with a code
/// other than 0 and a message.
///
/// # Errors
/// It runs on, ends with 0, or says nothing.
pub(crate) fn expect_refusal(folder: &Path) -> Result<()> {
    let ready_file = folder.join("second.json");
    let mut second = command(folder, &ready_file, ANY)?;
    let out = folder.join("second.log");
    second.stdout(Stdio::null()).stderr(File::create(&out)?);
    let mut child = second.spawn()?;
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if start.elapsed() > Duration::from_secs(30) {
            let _ = child.kill();
            let _ = child.wait();
            bail!("a second process runs on the same data folder");
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    let text = std::fs::read_to_string(&out).unwrap_or_default();
    ensure!(
        !status.success(),
        "a second process on the same folder ended with 0"
    );
    ensure!(
        status.code() == Some(1),
        "the second process ended with {status}, not with code 1"
    );
    let lower = text.to_lowercase();
    let clear = ["in use", "lock", "another", "already"]
        .iter()
        .any(|word| lower.contains(word));
    ensure!(
        clear,
        "the second process does not say that the folder is in use: {text}"
    );
    ensure!(
        !ready_file.exists(),
        "the second process wrote a ready file"
    );
    Ok(())
}
