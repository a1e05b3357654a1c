//! Metrics of a client, as PromQL shows them: both names of every metric (with the suffixes of unit
//! and type, and without), labels, values, histograms, exemplars, metadata and `target_info`.

use super::Sent;
use super::otlp::list;
use crate::http::{Client, escape};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

type Labels = BTreeMap<String, String>;

/// Where what is answered differs from what was sent.
pub(crate) fn differences(client: &Client, sent: &Sent) -> Vec<String> {
    let mut out = Vec::new();
    let mut names = BTreeSet::new();
    for ((name, _), points) in by_series(sent) {
        names.insert(name.clone());
        if let Err(error) = check(client, sent, &points) {
            out.push(format!("{name}: {error:#}"));
        }
    }
    if names.len() < 8 {
        out.push(format!("only {} metrics were sent", names.len()));
    }
    for outcome in [target_info(client, sent), exemplars(client, sent)] {
        if let Err(error) = outcome {
            out.push(format!("{error:#}"));
        }
    }
    out.truncate(12);
    out
}

/// The points of each series, in the order in which they were sent.
fn by_series(sent: &Sent) -> BTreeMap<(String, Labels), Vec<&Value>> {
    let mut out: BTreeMap<(String, Labels), Vec<&Value>> = BTreeMap::new();
    for point in &sent.metrics {
        let name = point["name"].as_str().unwrap_or_default().to_owned();
        out.entry((name, labels(point, sent)))
            .or_default()
            .push(point);
    }
    out
}

/// Prometheus' words for the name of an OTLP metric: with suffixes, and without.
fn names(point: &Value) -> (String, String) {
    let plain = point["name"].as_str().unwrap_or_default().replace('.', "_");
    let unit = match point["unit"].as_str().unwrap_or_default() {
        "By" => "_bytes",
        "ms" => "_milliseconds",
        "Cel" => "_celsius",
        _ => "",
    };
    let total = match point["monotonic"].as_bool() {
        Some(true) => "_total",
        _ => "",
    };
    (format!("{plain}{unit}{total}"), plain)
}

/// What the series of a point must have beside its name.
fn labels(point: &Value, sent: &Sent) -> Labels {
    let mut out = Labels::new();
    for pair in list(point, "attributes") {
        let key = pair["key"].as_str().unwrap_or_default().replace('.', "_");
        out.insert(key, text(&pair["value"]));
    }
    let scope = &point["scope"];
    for (label, key) in [
        ("otel_scope_name", "name"),
        ("otel_scope_version", "version"),
    ] {
        if let Some(value) = scope[key].as_str().filter(|value| !value.is_empty()) {
            out.insert(label.to_owned(), value.to_owned());
        }
    }
    out.insert("job".to_owned(), sent.service.clone());
    out.insert("instance".to_owned(), "instance-1".to_owned());
    out
}

/// An attribute's value as a label has it: lists as JSON.
fn text(value: &Value) -> String {
    let plain = super::read_back::plain(value);
    match plain {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

fn query(client: &Client, query: &str) -> Result<Vec<Value>> {
    let mut answer = client.json(&format!("/prometheus/api/v1/query?query={}", escape(query)))?;
    match answer["data"]["result"].take() {
        Value::Array(list) => Ok(list),
        other => bail!("no result: {other}"),
    }
}

/// The one series with exactly these labels, apart from the name and `le`, and its value.
fn ask(client: &Client, name: &str, wanted: &Labels, le: Option<&str>) -> Result<Value> {
    let mut matchers: Vec<String> = wanted
        .iter()
        .map(|(key, value)| format!("{key}={}", Value::from(value.as_str())))
        .collect();
    if let Some(le) = le {
        matchers.push(format!("le=\"{le}\""));
    }
    let text = format!("{name}{{{}}}", matchers.join(","));
    let mut found = query(client, &text)?;
    let [one] = found.as_mut_slice() else {
        bail!("{} series answer {text}", found.len());
    };
    let mut labels: Labels = serde_json::from_value(one["metric"].take())?;
    labels.remove("__name__");
    labels.remove("le");
    if labels != *wanted {
        bail!("the labels are {labels:?}, not {wanted:?}");
    }
    Ok(one.take())
}

fn number(client: &Client, name: &str, wanted: &Labels, le: Option<&str>) -> Result<f64> {
    let series = ask(client, name, wanted, le)?;
    let value = series["value"][1].as_str().unwrap_or_default();
    value
        .parse()
        .with_context(|| format!("{name} has no value: {series}"))
}

fn same(what: &str, found: f64, wanted: f64) -> Result<()> {
    let near = (found - wanted).abs() <= 1e-9 * wanted.abs();
    if !near {
        bail!("{what} is {found}, not {wanted}");
    }
    Ok(())
}

/// A field over all points: their sum if they are deltas, else the last one's.
fn total(points: &[&Value], read: impl Fn(&Value) -> f64) -> f64 {
    let last = points.last().map_or(0.0, |point| read(point));
    match points
        .last()
        .and_then(|point| point["temporality"].as_str())
    {
        Some("delta") => points.iter().map(|point| read(point)).sum(),
        _ => last,
    }
}

fn check(client: &Client, sent: &Sent, points: &[&Value]) -> Result<()> {
    let last = points.last().context("no points")?;
    let wanted = labels(last, sent);
    let (full, plain) = names(last);
    let float = |key: &'static str| move |point: &Value| point[key].as_f64().unwrap_or_default();
    let kind = last["kind"].as_str().unwrap_or_default();
    for name in [&full, &plain] {
        match kind {
            "gauge" | "sum" => {
                let value = total(points, float("value"));
                same(name, number(client, name, &wanted, None)?, value)?;
            }
            "histogram" => {
                for (suffix, key) in [("_count", "count"), ("_sum", "sum")] {
                    let name = format!("{name}{suffix}");
                    let value = total(points, float(key));
                    same(&name, number(client, &name, &wanted, None)?, value)?;
                }
                buckets(client, name, &wanted, points)?;
            }
            "exponential" => exponential(client, name, &wanted, points)?,
            _ => bail!("unknown kind `{kind}`"),
        }
    }
    metadata(client, &full, last)
}

fn buckets(client: &Client, name: &str, wanted: &Labels, points: &[&Value]) -> Result<()> {
    let last = points.last().context("no points")?;
    let bounds = list(last, "bounds").iter().filter_map(Value::as_f64);
    let bounds: Vec<f64> = bounds.chain([f64::INFINITY]).collect();
    let name = format!("{name}_bucket");
    for (index, bound) in bounds.iter().enumerate() {
        let up_to = |point: &Value| {
            let counts = list(point, "counts").iter().take(index + 1);
            counts.filter_map(Value::as_f64).sum()
        };
        let le = match bound.is_infinite() {
            true => "+Inf".to_owned(),
            false => bound.to_string(),
        };
        let found = number(client, &name, wanted, Some(&le))?;
        same(&format!("le={le}"), found, total(points, up_to))?;
    }
    Ok(())
}

/// Buckets by their upper bounds, at the schema that the series can have (8 at most).
fn exponential(client: &Client, name: &str, wanted: &Labels, points: &[&Value]) -> Result<()> {
    let series = ask(client, name, wanted, None)?;
    let histogram = &series["histogram"][1];
    let read = |key: &str| {
        let text = histogram[key].as_str().unwrap_or_default();
        text.parse::<f64>()
            .with_context(|| format!("no {key} in {series}"))
    };
    let float = |key: &'static str| move |point: &Value| point[key].as_f64().unwrap_or_default();
    same("the count", read("count")?, total(points, float("count")))?;
    same("the sum", read("sum")?, total(points, float("sum")))?;
    let scales = points.iter().filter_map(|point| point["scale"].as_i64());
    let scale = scales.min().unwrap_or(0).min(8);
    let delta = points.iter().any(|point| point["temporality"] == "delta");
    let counted = if delta {
        points
    } else {
        &points[points.len() - 1..]
    };
    let mut expected: BTreeMap<i64, f64> = BTreeMap::new();
    for point in counted {
        let shift = point["scale"].as_i64().unwrap_or(0) - scale;
        let offset = point["positive"]["offset"].as_i64().unwrap_or(0);
        for (index, count) in (0_i64..).zip(list(&point["positive"], "counts")) {
            let count = count.as_f64().unwrap_or_default();
            if count > 0.0 {
                *expected.entry((offset + index) >> shift).or_default() += count;
            }
        }
    }
    let zero = total(points, float("zeroCount"));
    let mut found = list(histogram, "buckets").iter();
    if zero > 0.0 {
        let bucket = found.next().context("no buckets")?;
        same("the zero bucket", field(bucket, 3)?, zero)?;
    }
    for (index, count) in expected {
        let bucket = found
            .next()
            .with_context(|| format!("no bucket {index} in {histogram}"))?;
        let upper = (2_f64).powf((index + 1) as f64 * (2_f64).powi(-i32::try_from(scale)?));
        same("an upper bound", field(bucket, 2)?, upper)?;
        same("a bucket", field(bucket, 3)?, count)?;
    }
    match found.next() {
        Some(more) => bail!("there is a bucket too many: {more}"),
        None => Ok(()),
    }
}

fn field(bucket: &Value, index: usize) -> Result<f64> {
    let text = bucket[index].as_str().context("a bucket without text")?;
    Ok(text.parse()?)
}

fn metadata(client: &Client, name: &str, point: &Value) -> Result<()> {
    let answer = client.json(&format!("/prometheus/api/v1/metadata?metric={name}"))?;
    let kind = match (point["kind"].as_str(), point["monotonic"].as_bool()) {
        (Some("sum"), Some(true)) => "counter",
        (Some("sum" | "gauge"), _) => "gauge",
        _ => "histogram",
    };
    let found = &answer["data"][name][0];
    let help = point["description"].as_str().unwrap_or_default();
    if found["type"] != kind || found["help"] != help {
        bail!("its metadata is {found}, not {kind} with help {help:?}");
    }
    Ok(())
}

/// Every resource attribute but those that make `job` and `instance`.
fn target_info(client: &Client, sent: &Sent) -> Result<()> {
    let point = sent.metrics.first().context("no metrics")?;
    let mut wanted = Labels::new();
    for pair in list(&point["resource"], "attributes") {
        let key = pair["key"].as_str().unwrap_or_default();
        if !matches!(key, "service.name" | "service.instance.id") {
            wanted.insert(key.replace('.', "_"), text(&pair["value"]));
        }
    }
    wanted.insert("job".to_owned(), sent.service.clone());
    wanted.insert("instance".to_owned(), "instance-1".to_owned());
    let value = number(client, "target_info", &wanted, None)?;
    same("target_info", value, 1.0)
}

/// Every exemplar with a trace is found by its trace.
fn exemplars(client: &Client, sent: &Sent) -> Result<()> {
    let path = format!(
        "/prometheus/api/v1/query_exemplars?query={}&start=0&end=9999999999",
        escape(&format!("{{__name__=~\".+\",job=\"{}\"}}", sent.service))
    );
    let answer = client.json(&path)?;
    let mut found = BTreeSet::new();
    for series in list(&answer, "data") {
        for exemplar in list(series, "exemplars") {
            let label = |name: &str| {
                exemplar["labels"][name]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned()
            };
            let value: f64 = exemplar["value"].as_str().unwrap_or_default().parse()?;
            found.insert((label("trace_id"), label("span_id"), value.to_string()));
        }
    }
    for point in &sent.metrics {
        for exemplar in list(point, "exemplars") {
            let key = |name: &str| exemplar[name].as_str().unwrap_or_default().to_owned();
            let value = exemplar["value"].as_f64().unwrap_or_default().to_string();
            let wanted = (key("traceId"), key("spanId"), value);
            if !found.contains(&wanted) {
                bail!("the exemplar {wanted:?} of {} is gone", point["name"]);
            }
        }
    }
    Ok(())
}
