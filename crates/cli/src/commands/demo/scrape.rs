//! How the demo's own metrics get to the server: a listener that is open before the server starts,
//! and a `prometheus.yml` that names it as the target of the job `orchestration-service`.

use anyhow::Context as _;
use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use tacho_demo::options::MetricsListen;

/// Job of the orchestrator, as dashboards and alerts name it.
const JOB: &str = "orchestration-service";
const FILE: &str = "prometheus.yml";

/// An address, or `off`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Listen {
    Off,
    At(SocketAddr),
}

impl FromStr for Listen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "off" {
            return Ok(Self::Off);
        }
        let address = text.parse();
        address
            .map(Self::At)
            .map_err(|_| "write HOST:PORT, such as 127.0.0.1:9464, or off".to_owned())
    }
}

/// The listener of `/metrics`.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) listener: TcpListener,
    pub(super) address: SocketAddr,
}

impl Listen {
    /// Opens the listener, so that its address is known; none if it is off.
    pub(super) fn open(self) -> anyhow::Result<Option<Target>> {
        let Self::At(wanted) = self else {
            return Ok(None);
        };
        let open = || {
            let listener = TcpListener::bind(wanted)?;
            let address = listener.local_addr()?;
            Ok::<_, std::io::Error>(Target { listener, address })
        };
        open().map(Some).with_context(|| {
            format!("failed to listen on {wanted} for the metrics of the demo (--metrics-listen)")
        })
    }
}

/// What the orchestrator is told about its listener.
pub(super) fn handed_over(target: Option<Target>) -> MetricsListen {
    target.map_or(MetricsListen::Off, |target| {
        MetricsListen::Open(target.listener)
    })
}

/// Writes the file for the server into `folder` and returns its path.
pub(super) fn write_config(folder: &Path, address: SocketAddr) -> anyhow::Result<PathBuf> {
    let path = folder.join(FILE);
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(&path, config(address)))
        .with_context(|| format!("failed to write {}", path.display()))?;
    Ok(path)
}

fn config(address: SocketAddr) -> String {
    format!(
        "# Written anew at every start of `tacho demo`.\n\
         scrape_configs:\n\
         \x20 - job_name: {JOB}\n\
         \x20   scrape_interval: 5s\n\
         \x20   scrape_timeout: 5s\n\
         \x20   static_configs:\n\
         \x20     - targets: [\"{}\"]\n",
        reachable(address)
    )
}

/// The address under which this machine reaches a listener, which may listen on all addresses.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

#[cfg(test)]
mod tests {
    use super::{Listen, config, write_config};

    #[test]
    fn listener_is_an_address_or_off() {
        assert_eq!("off".parse(), Ok(Listen::Off));
        let address = "127.0.0.1:9464";
        assert_eq!(address.parse(), Ok(Listen::At(address.parse().unwrap())));
        let problem = "9464".parse::<Listen>().unwrap_err();
        assert!(problem.contains("HOST:PORT"), "{problem}");
        assert!(Listen::Off.open().unwrap().is_none());
    }

    #[test]
    fn target_is_an_address_that_can_be_reached() {
        for (listener, target) in [
            ("127.0.0.1:9464", "\"127.0.0.1:9464\""),
            ("0.0.0.0:1", "\"127.0.0.1:1\""),
            ("[::]:1", "\"[::1]:1\""),
        ] {
            let text = config(listener.parse().unwrap());
            assert!(text.contains(target), "{text}");
            assert!(
                text.contains("  - job_name: orchestration-service\n"),
                "{text}"
            );
        }
    }

    #[test]
    fn file_is_written_anew() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("demo");
        write_config(&inner, "127.0.0.1:1".parse().unwrap()).unwrap();
        let path = write_config(&inner, "127.0.0.1:2".parse().unwrap()).unwrap();
        let text = std::fs::read_to_string(path).unwrap();
        assert!(text.contains("127.0.0.1:2") && !text.contains("127.0.0.1:1\""));
    }
}
