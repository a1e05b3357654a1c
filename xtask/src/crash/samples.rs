//! Samples after a crash, as PromQL shows them: those of remote write are there once with their
//! value; a counter fed by deltas is the sum of what was acknowledged, and never falls.

use super::check::Counts;
use super::ledger::{Lane, Ledger, Requests};
use crate::http::{Client, escape};
use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use std::collections::BTreeSet;

/// Request number → series found, each with its one sample.
///
/// # Errors
/// A series has two samples, a wrong value, or was never sent.
pub(super) fn listed(client: &Client, service: &str, requests: &Requests) -> Result<Counts> {
    let query = format!("crash_sample{{job=\"{service}\"}}[1d]");
    let mut counts = Counts::new();
    for series in result(client, &query)? {
        let label = |name: &str| -> Result<u64> {
            let text = series["metric"][name].as_str().unwrap_or_default();
            text.parse().with_context(|| format!("label {name}"))
        };
        let (number, item) = (label("request")?, label("item")?);
        let items = requests.get(&number).map_or(0, |request| request.items);
        ensure!(
            (1..=items).contains(&item),
            "request {number}: series {item} was never sent"
        );
        let values = series["values"].as_array().context("no values")?;
        ensure!(
            values.len() == 1,
            "request {number}: series {item} has {} samples",
            values.len()
        );
        let value = values[0][1].as_str().unwrap_or_default();
        let wanted = (number * 100 + item).to_string();
        ensure!(
            value == wanted,
            "request {number}: series {item} is {value}, not {wanted}"
        );
        *counts.entry(number).or_default() += 1;
    }
    Ok(counts)
}

/// The counter of a lane after a round: all that was acknowledged in all rounds, plus some of what
/// was not. Gives how many points it has.
///
/// # Errors
/// It is less, more, or something between requests; or it fell at some time.
pub(super) fn sum(client: &Client, ledger: &Ledger, (round, lane): (u32, Lane)) -> Result<u64> {
    let service = ledger.service(round, lane);
    let mut acknowledged = 0;
    let mut open = Vec::new();
    for one in ledger.rounds() {
        for request in ledger.requests(one, lane).into_iter().flatten() {
            match request.1.acknowledged {
                true => acknowledged += request.1.items,
                false => open.push(request.1.items),
            }
        }
    }
    let query = format!("{{__name__=~\"crash_work.*\",job=\"{service}\"}}[1d]");
    let series = result(client, &query)?;
    let [series] = series.as_slice() else {
        ensure!(
            series.is_empty() && acknowledged == 0,
            "{} series of one counter",
            series.len()
        );
        return Ok(0);
    };
    let values = series["values"].as_array().context("no values")?;
    let numbers = values
        .iter()
        .map(|point| Ok(point[1].as_str().unwrap_or_default().parse::<f64>()?));
    let numbers: Vec<f64> = numbers.collect::<Result<_>>()?;
    if let Some(fall) = numbers.windows(2).find(|pair| pair[1] < pair[0]) {
        bail!("the counter fell from {} to {}", fall[0], fall[1]);
    }
    let last = numbers.last().copied().unwrap_or_default();
    let mut possible = BTreeSet::from([acknowledged]);
    for items in &open {
        let more: Vec<u64> = possible.iter().map(|sum| sum + items).collect();
        possible.extend(more);
    }
    ensure!(
        possible.iter().any(|sum| *sum as f64 == last),
        "the counter is {last}; {acknowledged} were acknowledged, not {open:?}"
    );
    Ok(numbers.len() as u64)
}

fn result(client: &Client, query: &str) -> Result<Vec<Value>> {
    let mut answer = client.json(&format!("/prometheus/api/v1/query?query={}", escape(query)))?;
    match answer["data"]["result"].take() {
        Value::Array(series) => Ok(series),
        other => bail!("no result: {other}"),
    }
}
