//! A real Prometheus federates from us: every sample that it took must be one of ours, at its time.

use super::answer::{Api, index};
use super::install::Peers;
use super::process::Peer;
use crate::report::Report;
use crate::server::Server;
use anyhow::{Result, ensure};
use std::time::{Duration, SystemTime};

const FEDERATING: Duration = Duration::from_secs(3);

/// Starts one beside a server that scrapes, and compares what it took.
///
/// # Errors
/// It cannot be run.
pub(crate) fn run(peers: &Peers, report: &mut Report, server: &Server) -> Result<()> {
    let folder = super::folder("federate")?;
    let config = format!(
        "global: {{scrape_interval: 700ms, scrape_timeout: 700ms}}\n\
         scrape_configs:\n\
         - job_name: federation\n\
         \x20 honor_labels: true\n\
         \x20 metrics_path: /prometheus/federate\n\
         \x20 params: {{'match[]': ['{{job=\"node\"}}', 'up']}}\n\
         \x20 static_configs: [{{targets: ['{}']}}]\n",
        server.ready.http
    );
    let prometheus = Peer::prometheus(&peers.prometheus, &folder, &config)?;
    prometheus.wait_for_scrapes(1)?;
    std::thread::sleep(FEDERATING);
    let reference = Api {
        client: prometheus.client()?,
        prefix: "",
    };
    let ours = Api {
        client: server.client()?,
        prefix: "/prometheus",
    };
    report.check(
        "a Prometheus federates from us",
        compared(&reference, &ours),
    );
    Ok(())
}

fn compared(federated: &Api, ours: &Api) -> Result<String> {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    let time = format!("{:.3}", since.as_secs_f64());
    let query = "{job=\"node\"}[5m]";
    let taken = index(&federated.instant(query, &time)?["result"])?;
    let given = index(&ours.instant(query, &time)?["result"])?;
    let mut samples = 0;
    for (labels, points) in &taken {
        let mut labels = labels.clone();
        // Federation adds the external labels of the server that is asked.
        ensure!(
            labels.remove("site").is_some(),
            "{labels:?} came without the external label"
        );
        let Some(own) = given.get(&labels) else {
            anyhow::bail!("{labels:?} is there but not here");
        };
        for point in points {
            ensure!(own.contains(point), "{labels:?} has no sample {point} here");
            samples += 1;
        }
    }
    ensure!(
        taken.len() == given.len(),
        "{} series there, {} here",
        taken.len(),
        given.len()
    );
    ensure!(
        samples >= 2 * taken.len(),
        "only {samples} samples were taken"
    );
    Ok(format!("{} series, {samples} samples", taken.len()))
}
