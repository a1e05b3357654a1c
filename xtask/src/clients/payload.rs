//! The recorded payload of a Node.js service (`tests/clients/payloads/nodejs-metrics.json`), sent as
//! it is: the names under which dashboards look for the heap and the lag of the event loop answer.

use crate::http::{Client, escape};
use crate::workspace;
use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// Metric of the payload, and the names of queries that must find it.
const NAMES: [(&str, [&str; 2]); 2] = [
    (
        "process.runtime.nodejs.memory.heap",
        [
            "process_runtime_nodejs_memory_heap_bytes",
            "process_runtime_nodejs_memory_heap",
        ],
    ),
    (
        "process.runtime.nodejs.event_loop.lag",
        [
            "process_runtime_nodejs_event_loop_lag_milliseconds",
            "process_runtime_nodejs_event_loop_lag",
        ],
    ),
];

fn read() -> Result<String> {
    let file = workspace::root().join("tests/clients/payloads/nodejs-metrics.json");
    std::fs::read_to_string(&file).with_context(|| format!("failed to read {}", file.display()))
}

/// Sends the payload to an OTLP/HTTP listener.
///
/// # Errors
/// It is not taken whole.
pub(crate) fn send(address: &str) -> Result<()> {
    let headers = [("content-type", "application/json")];
    let client = Client::new(address)?;
    let response = client.request("POST", "/v1/metrics", &headers, read()?.as_bytes())?;
    let text = String::from_utf8_lossy(&response.body);
    ensure!(
        response.status == 200 && !text.contains("rejected"),
        "it answered {}: {text}",
        response.status
    );
    Ok(())
}

/// Where the answers differ from the payload.
pub(crate) fn differences(client: &Client) -> Vec<String> {
    let outcome = NAMES.iter().try_for_each(|(metric, names)| {
        names
            .iter()
            .try_for_each(|name| check(client, metric, name))
    });
    outcome
        .err()
        .map(|error| format!("{error:#}"))
        .into_iter()
        .collect()
}

fn check(client: &Client, metric: &str, name: &str) -> Result<()> {
    let payload: Value = serde_json::from_str(&read()?)?;
    let metrics = &payload["resourceMetrics"][0]["scopeMetrics"][0]["metrics"];
    let metrics = metrics.as_array().context("a payload without metrics")?;
    let sent = metrics.iter().find(|one| one["name"] == metric);
    let point = &sent.context("not in the payload")?["gauge"]["dataPoints"][0];
    let nanos: u64 = point["timeUnixNano"]
        .as_str()
        .context("a point without time")?
        .parse()?;
    let time = nanos.div_ceil(1_000_000_000);
    let query = escape(&format!("{name}{{job=\"nodejs-agent\"}}"));
    let path = format!("/prometheus/api/v1/query?query={query}&time={time}");
    let answer = client.json(&path)?;
    let result = answer["data"]["result"].as_array().context("no result")?;
    ensure!(result.len() == 1, "{name} has {} series", result.len());
    let value: f64 = result[0]["value"][1].as_str().unwrap_or_default().parse()?;
    ensure!(
        Some(value) == point["asDouble"].as_f64(),
        "{name} is {value}, not {}",
        point["asDouble"]
    );
    Ok(())
}
