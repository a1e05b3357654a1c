//! Runs a peer on a free port of loopback, waits until it answers, kills it when dropped.

use crate::http::Client;
use anyhow::{Context, Result, bail};
use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const READY_TIMEOUT: Duration = Duration::from_secs(60);

/// A running program that speaks HTTP.
pub(crate) struct Peer {
    child: Child,
    log: PathBuf,
    /// `host:port`.
    pub address: String,
}

impl Peer {
    /// A Prometheus with this configuration, its data and log in `folder`; takes remote write and
    /// reloads on request.
    ///
    /// # Errors
    /// It does not become ready; the message has the end of its log.
    pub(crate) fn prometheus(program: &Path, folder: &Path, config: &str) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        std::fs::write(folder.join("prometheus.yml"), config)?;
        let address = free_address()?;
        let mut command = Command::new(program);
        command
            .arg(format!(
                "--config.file={}",
                folder.join("prometheus.yml").display()
            ))
            .arg(format!(
                "--storage.tsdb.path={}",
                folder.join("data").display()
            ))
            .arg(format!("--web.listen-address={address}"))
            .args([
                "--web.enable-remote-write-receiver",
                "--web.enable-lifecycle",
            ])
            .args(["--storage.tsdb.retention.time=10y", "--log.level=warn"]);
        Self::start(command, &folder.join("prometheus.log"), address, "/-/ready")
    }

    /// A node exporter with the collectors that need nothing special.
    ///
    /// # Errors
    /// It does not answer.
    pub(crate) fn node_exporter(program: &Path, folder: &Path) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        let address = free_address()?;
        let mut command = Command::new(program);
        command.arg(format!("--web.listen-address={address}"));
        let log = folder.join("node_exporter.log");
        Self::start(command, &log, address, "/metrics")
    }

    fn start(mut command: Command, log: &Path, address: String, path: &str) -> Result<Self> {
        let file = File::create(log)?;
        let child = command
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .spawn()
            .with_context(|| format!("failed to start {:?}", command.get_program()))?;
        let mut peer = Self {
            child,
            log: log.to_path_buf(),
            address,
        };
        let client = peer.client()?;
        let start = Instant::now();
        while start.elapsed() < READY_TIMEOUT {
            if let Some(status) = peer.child.try_wait()? {
                bail!("it ended with {status}\n{}", peer.log_tail());
            }
            if client
                .send("GET", path)
                .is_ok_and(|response| response.status == 200)
            {
                return Ok(peer);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        bail!(
            "it was not ready after {READY_TIMEOUT:?}\n{}",
            peer.log_tail()
        )
    }

    /// A client of its listener.
    ///
    /// # Errors
    /// Never for a peer that runs.
    pub(crate) fn client(&self) -> Result<Client> {
        Client::new(&self.address)
    }

    /// Waits until a Prometheus has scraped all its targets; it begins seconds after a change of its
    /// configuration.
    ///
    /// # Errors
    /// It does not, with the last answer.
    pub(crate) fn wait_for_scrapes(&self, targets: usize) -> Result<()> {
        let client = self.client()?;
        let start = Instant::now();
        loop {
            let answer = client.json("/api/v1/targets?state=active")?;
            let active = answer["data"]["activeTargets"].as_array();
            let up = active.map_or(0, |all| {
                all.iter().filter(|one| one["health"] == "up").count()
            });
            if up == targets {
                return Ok(());
            }
            if start.elapsed() > READY_TIMEOUT {
                bail!("{up} of {targets} targets are up: {answer}");
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// The end of its log.
    pub(crate) fn log_tail(&self) -> String {
        let bytes = std::fs::read(&self.log).unwrap_or_default();
        crate::job::tail(&String::from_utf8_lossy(&bytes), 20)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port of loopback that was free a moment ago.
///
/// # Errors
/// There is none.
pub(crate) fn free_address() -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    Ok(listener.local_addr()?.to_string())
}
