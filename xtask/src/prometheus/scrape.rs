//! Our server scrapes the real node exporter by a `prometheus.yml`; what it stores is compared with
//! what the exporter serves. The exporter is killed: `up` falls and its series end.

use super::answer::{Api, compare};
use super::install::Peers;
use super::process::Peer;
use super::{federate, promtool};
use crate::report::Report;
use crate::server::Server;
use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use std::time::{Duration, Instant, SystemTime};

const WAIT_MAX: Duration = Duration::from_secs(20);

/// Scrapes, federates, loses the target.
///
/// # Errors
/// One of the programs cannot be run.
pub(crate) fn run(peers: &Peers, report: &mut Report) -> Result<()> {
    let folder = super::folder("scrape")?;
    let exporter = Peer::node_exporter(&peers.node_exporter, &folder.join("exporter"))?;
    let file = folder.join("scrape.yml");
    std::fs::write(&file, config(&exporter.address))?;
    let keys = [format!("scrape.prometheus_config={}", file.display())];
    let server = Server::start_with(&folder.join("tacho"), "127.0.0.1:0", &keys)?;
    let ours = Api {
        client: server.client()?,
        prefix: "/prometheus",
    };
    report.check(
        "the exporter is up",
        wait(|| value(&ours, "up{job=\"node\"}"), "1"),
    );
    report.check(
        "every family of the exporter is there",
        all_families(&exporter, &ours),
    );
    report.check("the series about the scrape", about_the_scrape(&ours));
    report.check(
        "the same as protobuf",
        wait(|| value(&ours, "up{job=\"binary\"}"), "1").and_then(|_| as_protobuf(&ours)),
    );
    report.check("relabelling before and after the scrape", relabelled(&ours));
    report.check("the target in /targets", target(&ours, "up", ""));
    report.check("what we give out again", given_out(peers, &exporter, &ours));
    federate::run(peers, report, &server)?;
    drop(exporter);
    report.check(
        "`up` is 0 when the exporter is gone",
        wait(|| value(&ours, "up{job=\"node\"}"), "0"),
    );
    report.check(
        "its series end",
        wait(|| value(&ours, "count(node_load1) or vector(0)"), "0"),
    );
    report.check(
        "the reason is in /targets",
        target(&ours, "down", "refused"),
    );
    Ok(())
}

fn config(address: &str) -> String {
    format!(
        "global: {{scrape_interval: 500ms, scrape_timeout: 400ms, external_labels: {{site: here}}}}\n\
         scrape_configs:\n\
         - job_name: node\n\
         \x20 static_configs: [{{targets: ['{address}'], labels: {{rack: r1}}}}]\n\
         \x20 relabel_configs:\n\
         \x20 - {{source_labels: [rack], target_label: place, replacement: 'at-$1'}}\n\
         \x20 metric_relabel_configs:\n\
         \x20 - {{source_labels: [__name__], regex: 'go_.*', action: drop}}\n\
         - job_name: binary\n\
         \x20 scrape_protocols: [PrometheusProto]\n\
         \x20 static_configs: [{{targets: ['{address}']}}]\n"
    )
}

/// The value of a query with one result; empty if it has none.
fn value(api: &Api, query: &str) -> Result<String> {
    let data = api.data("query", &[("query", query)])?;
    Ok(data["result"][0]["value"][1]
        .as_str()
        .unwrap_or_default()
        .to_owned())
}

fn wait(look: impl Fn() -> Result<String>, wanted: &str) -> Result<String> {
    let start = Instant::now();
    loop {
        let found = look()?;
        if found == wanted {
            return Ok(String::new());
        }
        if start.elapsed() > WAIT_MAX {
            bail!("it is `{found}`, not `{wanted}`, after {WAIT_MAX:?}");
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Each line of the exporter's page is a series here, with the same type in the metadata.
fn all_families(exporter: &Peer, ours: &Api) -> Result<String> {
    let page = exporter.client()?.send("GET", "/metrics")?;
    let text = String::from_utf8(page.body)?;
    let data = ours.data(
        "query",
        &[("query", "count by (__name__) ({job=\"node\"})")],
    )?;
    let mut names = std::collections::BTreeMap::new();
    for one in data["result"].as_array().context("no vector")? {
        let name = one["metric"]["__name__"].as_str().unwrap_or_default();
        names.insert(
            name.to_owned(),
            one["value"][1].as_str().unwrap_or("0").to_owned(),
        );
    }
    let mut expected: std::collections::BTreeMap<String, u64> = std::collections::BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let name = line.split(['{', ' ']).next().unwrap_or_default();
        if !name.starts_with("go_") {
            *expected.entry(name.to_owned()).or_default() += 1;
        }
    }
    ensure!(expected.len() > 50, "only {} names", expected.len());
    for (name, count) in &expected {
        let found = names.get(name).map_or("0", String::as_str);
        ensure!(
            found == count.to_string(),
            "{name}: {count} series on the page, {found} here"
        );
    }
    let metadata = ours.client.json("/prometheus/api/v1/metadata")?;
    for line in text.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
        let Some((name, kind)) = line.split_once(' ') else {
            continue;
        };
        let kind = if kind == "untyped" { "unknown" } else { kind };
        let found = &metadata["data"][name][0]["type"];
        let same = found == kind || (name.starts_with("go_") && *found == Value::Null);
        ensure!(same, "the type of {name} is {found}, not {kind}");
    }
    Ok(format!("{} names", expected.len()))
}

fn about_the_scrape(ours: &Api) -> Result<String> {
    for name in [
        "scrape_duration_seconds",
        "scrape_samples_scraped",
        "scrape_samples_post_metric_relabeling",
        "scrape_series_added",
    ] {
        let found = value(ours, &format!("{name}{{job=\"node\"}}"))?;
        ensure!(!found.is_empty(), "no {name}");
    }
    let dropped = "scrape_samples_scraped{job=\"node\"} \
                   - scrape_samples_post_metric_relabeling{job=\"node\"} > bool 0";
    let found = value(ours, dropped)?;
    ensure!(found == "1", "relabelling dropped nothing: {found}");
    Ok(String::new())
}

/// The exporter speaks protobuf too: the same series with the same values, where those stand still.
fn as_protobuf(ours: &Api) -> Result<String> {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    let time = format!("{:.3}", since.as_secs_f64());
    let names = |job: &str| {
        let query = format!("count by (__name__) ({{job=\"{job}\",__name__!~\"go_.*\"}})");
        ours.data(
            "query",
            &[("query", query.as_str()), ("time", time.as_str())],
        )
    };
    compare(&names("node")?, &names("binary")?, 0.0).context("text and protobuf differ")?;
    let memory = |job: &str| format!("node_memory_MemTotal_bytes{{job=\"{job}\"}}");
    let same = format!("count({} == on () {})", memory("node"), memory("binary"));
    let found = value(ours, &same)?;
    ensure!(found == "1", "the memory of the machine differs");
    value(ours, "count({job=\"binary\"})").map(|count| format!("{count} series"))
}

fn relabelled(ours: &Api) -> Result<String> {
    let found = value(
        ours,
        "count(node_load1{job=\"node\",place=\"at-r1\", rack=\"r1\"})",
    )?;
    ensure!(found == "1", "node_load1 with the new label: `{found}`");
    let dropped = "count({__name__=~\"go_.*\",job=\"node\"}) or vector(0)";
    let found = value(ours, dropped)?;
    ensure!(found == "0", "dropped series are there: {found}");
    Ok(String::new())
}

/// `/api/v1/metrics/prometheus` is read by promtool, which has nothing to say that it would not say
/// of the exporter's own page.
fn given_out(peers: &Peers, exporter: &Peer, ours: &Api) -> Result<String> {
    let page = ours.client.send("GET", "/api/v1/metrics/prometheus")?;
    let own = promtool::lint(&peers.promtool, &page.body)?;
    let theirs = exporter.client()?.send("GET", "/metrics")?;
    let known = promtool::lint(&peers.promtool, &theirs.body)?;
    // The series about the scrape have no help, there as here.
    let about = |line: &str| line.starts_with("scrape_") || line.starts_with("up ");
    let new = own
        .iter()
        .find(|line| !known.contains(line) && !about(line));
    ensure!(new.is_none(), "promtool complains: {new:?}");
    let text = String::from_utf8(page.body)?;
    ensure!(
        text.contains("\nnode_load1{"),
        "node_load1 is not on the page"
    );
    Ok(format!("{} lines", text.lines().count()))
}

fn target(ours: &Api, health: &str, error: &str) -> Result<String> {
    let answer = ours.client.json("/prometheus/api/v1/targets")?;
    let active = &answer["data"]["activeTargets"];
    let target = active
        .as_array()
        .context("no active targets")?
        .iter()
        .find(|one| one["labels"]["job"] == "node")
        .context("no target of the job")?;
    ensure!(
        target["health"] == health,
        "its health is {}",
        target["health"]
    );
    let last = target["lastError"].as_str().context("no lastError")?;
    ensure!(
        if error.is_empty() {
            last.is_empty()
        } else {
            last.contains(error)
        },
        "its last error is `{last}`"
    );
    Ok(last.to_owned())
}
