//! Gets the Debian packages and unpacks them below `target/peers`: no root rights, nothing outside.

use crate::job::{self, Job};
use crate::workspace;
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

const PACKAGES: [&str; 3] = [
    "prometheus",
    "prometheus-node-exporter",
    "prometheus-alertmanager",
];
const TIMEOUT: Duration = Duration::from_secs(300);

/// What is there.
pub(crate) enum Installed {
    /// All programs.
    Ready(Peers),
    /// Not all, for this reason.
    Missing(String),
}

/// The programs.
pub(crate) struct Peers {
    /// The server.
    pub prometheus: PathBuf,
    /// Its tool.
    pub promtool: PathBuf,
    /// The exporter of the machine's metrics.
    pub node_exporter: PathBuf,
    /// What alerts go to.
    pub alertmanager: PathBuf,
    /// Its tool.
    pub amtool: PathBuf,
}

impl Peers {
    fn below(root: &Path) -> Self {
        let program = |name: &str| root.join("usr/bin").join(name);
        Self {
            prometheus: program("prometheus"),
            promtool: program("promtool"),
            node_exporter: program("prometheus-node-exporter"),
            alertmanager: program("prometheus-alertmanager"),
            amtool: program("amtool"),
        }
    }

    fn all_there(&self) -> bool {
        [
            &self.prometheus,
            &self.promtool,
            &self.node_exporter,
            &self.alertmanager,
            &self.amtool,
        ]
        .iter()
        .all(|program| program.is_file())
    }

    /// The first line of what Prometheus says of itself.
    ///
    /// # Errors
    /// It cannot be run.
    pub(crate) fn version(&self) -> Result<String> {
        let output = Command::new(&self.prometheus).arg("--version").output()?;
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&text).into_owned();
        Ok(text.lines().next().unwrap_or_default().to_owned())
    }
}

/// Makes the programs ready; what an earlier run unpacked is used again.
///
/// # Errors
/// A folder cannot be written.
pub(crate) fn prepare() -> Result<Installed> {
    let folder = workspace::target().join("peers");
    let root = folder.join("root");
    let peers = Peers::below(&root);
    if peers.all_there() {
        return Ok(Installed::Ready(peers));
    }
    for program in ["apt-get", "dpkg-deb"] {
        if !exists(program) {
            let why = format!("{program} is not installed, so Debian's prometheus is not at hand");
            return Ok(Installed::Missing(why));
        }
    }
    let packages = folder.join("packages");
    std::fs::create_dir_all(&packages)?;
    if let Err(first) = download(&packages) {
        // The lists of packages may be absent or old; without root rights they stay as they are.
        let mut update = Command::new("apt-get");
        update.args(["update", "--quiet"]);
        let updated = finish(update);
        if let Err(second) = updated.and_then(|()| download(&packages)) {
            let why = format!("Debian's prometheus cannot be downloaded: {first:#}; {second:#}");
            return Ok(Installed::Missing(one_line(&why)));
        }
    }
    for file in std::fs::read_dir(&packages)? {
        let file = file?.path();
        if file.extension().is_some_and(|extension| extension == "deb") {
            let mut unpack = Command::new("dpkg-deb");
            unpack.arg("-x").arg(&file).arg(&root);
            finish(unpack)?;
        }
    }
    if !peers.all_there() {
        let why = "the downloaded packages lack prometheus, promtool, the node exporter, alertmanager or amtool";
        return Ok(Installed::Missing(why.to_owned()));
    }
    Ok(Installed::Ready(peers))
}

fn download(folder: &Path) -> Result<()> {
    let mut command = Command::new("apt-get");
    command.args(["download", "--quiet"]).args(PACKAGES);
    command.current_dir(folder);
    finish(command)
}

fn finish(command: Command) -> Result<()> {
    let what = format!("{:?}", command.get_program());
    let log = workspace::target().join("xtask/logs/peers.log");
    let job = Job {
        command,
        log,
        limit: TIMEOUT,
        verbose: false,
        tick: &mut |_| (),
    };
    let ended = job::run(job).with_context(|| what.clone())?;
    anyhow::ensure!(
        ended.success,
        "{what} failed: {}",
        job::tail(&ended.output, 3)
    );
    Ok(())
}

fn exists(program: &str) -> bool {
    let mut command = Command::new(program);
    command.arg("--version");
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn one_line(text: &str) -> String {
    text.lines().collect::<Vec<_>>().join(" ")
}
