//! A real Prometheus scrapes the node exporter and itself and forwards by remote write 1.0 to us,
//! while we are killed and started again. Afterwards both must have the same series and samples.

use super::answer::{Api, compare, compare_series, index};
use super::install::Peers;
use super::process::{Peer, free_address};
use crate::job;
use crate::report::Report;
use crate::server::Server;
use crate::workspace;
use anyhow::{Context, Result, bail, ensure};
use std::process::Command;
use std::time::{Duration, Instant, SystemTime};

const SCRAPING: Duration = Duration::from_secs(4);
const DRAIN_TIMEOUT: Duration = Duration::from_secs(60);
const EVERYTHING: &str = "{__name__=~\".+\"}";

/// Lets it write, kills us in the middle, compares.
///
/// # Errors
/// One of the programs cannot be run.
pub(crate) fn run(peers: &Peers, report: &mut Report) -> Result<()> {
    let folder = super::folder("forward")?;
    let exporter = Peer::node_exporter(&peers.node_exporter, &folder.join("exporter"))?;
    let address = free_address()?;
    let data = folder.join("tacho");
    let server = Server::start_with(&data, &address, &[])?;
    let config = folder.join("sender");
    let start = now();
    let prometheus = Peer::prometheus(&peers.prometheus, &config, &writing(&address, "[]"))?;
    let jobs = format!(
        "[{{job_name: node, static_configs: [{{targets: ['{}']}}]}}, \
         {{job_name: prometheus, static_configs: [{{targets: ['{}']}}]}}]",
        exporter.address, prometheus.address
    );
    let client = prometheus.client()?;
    let reload = |text: &str| -> Result<()> {
        std::fs::write(config.join("prometheus.yml"), text)?;
        let response = client.send("POST", "/-/reload")?;
        ensure!(
            response.status == 200,
            "Prometheus did not reload: {}",
            prometheus.log_tail()
        );
        Ok(())
    };
    reload(&writing(&address, &jobs))?;
    prometheus.wait_for_scrapes(2)?;
    std::thread::sleep(SCRAPING);
    server.kill()?;
    std::thread::sleep(Duration::from_secs(2));
    let server = Server::start_with(&data, &address, &[])?;
    std::thread::sleep(SCRAPING);
    // Without jobs every series ends with a stale marker, which is written too.
    reload(&writing(&address, "[]"))?;
    let reference = Api {
        client: prometheus.client()?,
        prefix: "",
    };
    let ours = Api {
        client: server.client()?,
        prefix: "/prometheus",
    };
    report.check(
        "a Prometheus writes all that it has, over our restart",
        drained(&reference, &ours),
    );
    let end = now() + 1.0;
    same(report, &reference, &ours, (start, end))?;
    shared_suite(report, &prometheus, &server, end)?;
    server.kill()?;
    let server = Server::start_with(&data, &address, &[])?;
    let ours = Api {
        client: server.client()?,
        prefix: "/prometheus",
    };
    report.check(
        "the same samples after a kill",
        raw_samples(&reference, &ours, end),
    );
    let metadata = ours
        .client
        .json("/prometheus/api/v1/metadata?metric=node_load1");
    let outcome = metadata.and_then(|answer| {
        let kind = &answer["data"]["node_load1"][0]["type"];
        ensure!(kind == "gauge", "the type of node_load1 is {kind}");
        Ok(String::new())
    });
    report.check("metadata came along", outcome);
    Ok(())
}

/// The outside comparer with its own suite over what Prometheus tells of itself.
fn shared_suite(report: &mut Report, prometheus: &Peer, server: &Server, end: f64) -> Result<()> {
    let tools = match workspace::conformance() {
        Ok(data) => data.join("tools"),
        Err((why, true)) => bail!(why),
        Err((why, false)) => {
            report.note(&format!("skipped: {why}"));
            return Ok(());
        }
    };
    let output = Command::new("python3")
        .arg("-B")
        .arg(tools.join("promql_diff.py"))
        .arg(format!("--reference=http://{}", prometheus.address))
        .arg(format!(
            "--candidate=http://{}/prometheus",
            server.ready.http
        ))
        .arg("--queries")
        .arg(tools.join("selfmetrics_queries.yml"))
        .args([
            format!("--start={:.3}", end - 12.0),
            format!("--end={:.3}", end - 3.0),
        ])
        // Rates of series that begin inside the range changed in Prometheus 3.0.
        .args(["--step=700ms", "--instants=5", "--only=^(?!.*rate\\()"])
        .output()?;
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    let last = job::tail(&text, 2).replace('\n', "; ");
    let outcome = match output.status.success() {
        true => Ok(last),
        false => Err(anyhow::anyhow!("{}", job::tail(&text, 30))),
    };
    report.check("the outside comparer finds no difference", outcome);
    Ok(())
}

/// A configuration that writes to us and scrapes these jobs.
fn writing(address: &str, jobs: &str) -> String {
    format!(
        "global: {{scrape_interval: 500ms, scrape_timeout: 500ms}}\n\
         remote_write:\n\
         - url: http://{address}/prometheus/api/v1/write\n\
         \x20 remote_timeout: 5s\n\
         \x20 queue_config: {{batch_send_deadline: 200ms, min_backoff: 50ms, max_backoff: 500ms}}\n\
         \x20 metadata_config: {{send_interval: 1s}}\n\
         scrape_configs: {jobs}\n"
    )
}

fn now() -> f64 {
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0.0, |since| since.as_secs_f64())
}

/// Waits until both have the same number of samples for two looks in a row.
fn drained(reference: &Api, ours: &Api) -> Result<String> {
    let count = |api: &Api| -> Result<usize> {
        let query = format!("{EVERYTHING}[10m]");
        let data = api.instant(&query, &format!("{:.3}", now() + 1.0))?;
        Ok(index(&data["result"])?.values().map(Vec::len).sum())
    };
    let start = Instant::now();
    loop {
        let (left, right) = (count(reference)?, count(ours)?);
        if left == right && left > 0 {
            return Ok(format!("{left} samples"));
        }
        if start.elapsed() > DRAIN_TIMEOUT {
            bail!("{left} samples there, {right} here after {DRAIN_TIMEOUT:?}");
        }
        std::thread::sleep(Duration::from_millis(500));
    }
}

fn same(report: &mut Report, reference: &Api, ours: &Api, (start, end): (f64, f64)) -> Result<()> {
    let (start, end) = (format!("{start:.3}"), format!("{end:.3}"));
    let form = [
        ("match[]", EVERYTHING),
        ("start", start.as_str()),
        ("end", end.as_str()),
    ];
    let list = |api: &Api| -> Result<Vec<String>> {
        let data = api.data("series", &form)?;
        let mut lines: Vec<String> = data
            .as_array()
            .context("no list of series")?
            .iter()
            .map(|one| {
                let labels = serde_json::from_value::<std::collections::BTreeMap<String, String>>;
                format!("{:?}", labels(one.clone()).unwrap_or_default())
            })
            .collect();
        lines.sort();
        Ok(lines)
    };
    let (left, right) = (list(reference)?, list(ours)?);
    let other = left.iter().find(|line| right.binary_search(line).is_err());
    let outcome = match other {
        None if left.len() == right.len() => Ok(format!("{} series", left.len())),
        _ => Err(anyhow::anyhow!(
            "{} there, {} here; missing: {other:?}",
            left.len(),
            right.len()
        )),
    };
    report.check("the same series", outcome);
    report.check(
        "the same samples by /query",
        raw_samples(reference, ours, now() + 1.0),
    );
    let range = [
        ("query", "{job=\"node\"}"),
        ("start", start.as_str()),
        ("end", end.as_str()),
        ("step", "0.333"),
    ];
    let outcome = reference.data("query_range", &range).and_then(|left| {
        let right = ours.data("query_range", &range)?;
        compare(&left, &right, 0.0)?;
        Ok(String::new())
    });
    report.check("the same by /query_range, also where series end", outcome);
    Ok(())
}

/// Every sample that is no stale marker, by job, since one answer with all would be large.
fn raw_samples(reference: &Api, ours: &Api, end: f64) -> Result<String> {
    let time = format!("{end:.3}");
    let mut samples = 0;
    for job in ["node", "prometheus"] {
        let query = format!("{{job=\"{job}\"}}[10m]");
        let left = index(&reference.instant(&query, &time)?["result"])?;
        let right = index(&ours.instant(&query, &time)?["result"])?;
        compare_series(&left, &right, 0.0)?;
        samples += left.values().map(Vec::len).sum::<usize>();
    }
    ensure!(samples > 1000, "only {samples} samples were scraped");
    Ok(format!("{samples} samples"))
}
