//! Who is told in the demo: a chat channel and a mailbox that the orchestrator itself keeps, and its
//! own webhook. Told to the server by an `alertmanager.yml`, as users who have one would.

use anyhow::Context as _;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

const FILE: &str = "alertmanager.yml";

/// Listeners that have to be known before the server starts.
#[derive(Debug)]
pub(super) struct Places {
    /// Of the orchestrator's API.
    pub(super) http: TcpListener,
    /// Of the mailbox.
    pub(super) mail: TcpListener,
}

impl Places {
    /// Opens both.
    pub(super) fn open(listen: SocketAddr) -> anyhow::Result<Self> {
        let http = TcpListener::bind(listen).with_context(|| {
            format!("failed to listen on {listen} for the orchestrator (--listen)")
        })?;
        let mail = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .context("failed to listen on 127.0.0.1 for the mailbox of the demo")?;
        Ok(Self { http, mail })
    }

    /// Writes the file for the server into `folder` and returns its path.
    pub(super) fn write_config(&self, folder: &Path) -> anyhow::Result<PathBuf> {
        let mut http = self.http.local_addr()?;
        if http.ip().is_unspecified() {
            http.set_ip(Ipv4Addr::LOCALHOST.into());
        }
        let path = folder.join(FILE);
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&path, config(http, self.mail.local_addr()?)))
            .with_context(|| format!("failed to write {}", path.display()))?;
        Ok(path)
    }
}

fn config(http: SocketAddr, mail: SocketAddr) -> String {
    format!(
        "# Written anew at every start of `tacho demo`. Messages arrive at http://{http}/inbox.
global:
  smtp_smarthost: {mail}
  smtp_from: tachograph@localhost
  smtp_require_tls: false
  slack_api_url: http://{http}/inbox/slack
route:
  receiver: on-call
  group_by: [alertname, severity]
  group_wait: 30s
  group_interval: 5m
  repeat_interval: 4h
  routes:
  - receiver: nobody
    matchers: [alertname = Watchdog]
  - receiver: on-call
    matchers: [severity =~ \"critical|CRITICAL\"]
    group_wait: 10s
    group_interval: 1m
    repeat_interval: 1h
  - receiver: on-call
    matchers: [severity =~ \"warning|HIGH\"]
    group_wait: 10s
    group_interval: 1m
    repeat_interval: 4h
  - receiver: log_only
    matchers: [severity =~ \"LOW|INFO|info|none\"]
receivers:
- name: on-call
  slack_configs:
  - channel: '#orchestrator-alerts'
    send_resolved: true
  email_configs:
  - to: on-call@localhost
    send_resolved: true
  webhook_configs:
  - url: http://{http}/api/webhooks/grafana
    send_resolved: true
- name: log_only
- name: nobody
"
    )
}

#[cfg(test)]
mod tests {
    use super::Places;
    use std::net::SocketAddr;

    #[test]
    fn the_file_names_both_listeners() {
        let places = Places::open(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = places.write_config(folder.path()).unwrap();
        let text = std::fs::read_to_string(path).unwrap();
        let http = places.http.local_addr().unwrap();
        assert!(text.contains(&format!("http://{http}/inbox/slack")));
        assert!(text.contains(&places.mail.local_addr().unwrap().to_string()));
    }
}
