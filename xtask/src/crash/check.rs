//! Compares what a server has with the ledger: acknowledged means there, once and whole; not
//! acknowledged means there whole or not at all; nothing else is there.

use super::ledger::{Lane, Ledger, Requests, Signal};
use super::samples;
use crate::clients::read_back::pages;
use crate::http::{Client, escape};
use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;

/// How much was found.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Found {
    pub spans: u64,
    pub records: u64,
    pub samples: u64,
    /// Requests that were acknowledged.
    pub acknowledged: u64,
    /// Requests that were not acknowledged but are there.
    pub surplus: u64,
}

impl Found {
    /// Adds another.
    pub(crate) fn add(&mut self, other: &Found) {
        self.spans += other.spans;
        self.records += other.records;
        self.samples += other.samples;
        self.acknowledged += other.acknowledged;
        self.surplus += other.surplus;
    }
}

impl fmt::Display for Found {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "{} requests acknowledged and {} not, {} spans, {} records and {} samples, all whole and once",
            self.acknowledged, self.surplus, self.spans, self.records, self.samples
        )
    }
}

/// Checks every lane of a round.
///
/// # Errors
/// Something is lost, doubled, torn or unknown; the message names it.
pub(crate) fn round(client: &Client, ledger: &Ledger, round: u32) -> Result<Found> {
    let mut found = Found::default();
    let status = client.json("/api/v1/status")?;
    let aside = &status["quarantined"];
    ensure!(
        aside.as_array().is_none_or(Vec::is_empty),
        "a kill is no damage, but set aside: {aside}"
    );
    for lane in Lane::ALL {
        let Some(requests) = ledger.requests(round, lane) else {
            continue;
        };
        let service = ledger.service(round, lane);
        let counts = match lane.signal() {
            Signal::Spans => listed_traces(client, ledger, (round, lane), requests),
            Signal::Records => listed_records(client, &service, requests),
            Signal::Samples => samples::listed(client, &service, requests),
            Signal::Sums => {
                found.samples += samples::sum(client, ledger, (round, lane))
                    .with_context(|| format!("service {service}"))?;
                continue;
            }
        };
        let counts = counts.with_context(|| format!("service {service}"))?;
        compare(&counts, requests, &mut found).with_context(|| format!("service {service}"))?;
        let items: u64 = counts.values().sum();
        match lane.signal() {
            Signal::Spans => found.spans += items,
            Signal::Records => found.records += items,
            Signal::Samples | Signal::Sums => found.samples += items,
        }
    }
    Ok(found)
}

/// The counts in `/api/v1/status` are those of what can be read.
///
/// # Errors
/// They differ.
pub(crate) fn status(client: &Client, total: &Found) -> Result<()> {
    let status = client.json("/api/v1/status")?;
    for (signal, expected) in [("spans", total.spans), ("logs", total.records)] {
        let items = status["signals"][signal]["items"].as_u64();
        ensure!(
            items == Some(expected),
            "status says {items:?} {signal}, but {expected} can be read"
        );
    }
    Ok(())
}

/// Request number → items found.
pub(super) type Counts = BTreeMap<u64, u64>;

fn compare(counts: &Counts, requests: &Requests, found: &mut Found) -> Result<()> {
    for (number, request) in requests {
        let items = counts.get(number).copied().unwrap_or(0);
        let whole = items == request.items;
        if request.acknowledged {
            ensure!(
                whole,
                "request {number} of {} items was acknowledged, {items} are there",
                request.items
            );
            found.acknowledged += 1;
        } else {
            ensure!(
                whole || items == 0,
                "request {number} of {} items is there in part: {items}",
                request.items
            );
            found.surplus += u64::from(whole);
        }
    }
    match counts.keys().find(|number| !requests.contains_key(number)) {
        Some(number) => bail!("request {number} is there but was never sent"),
        None => Ok(()),
    }
}

fn listed_traces(
    client: &Client,
    ledger: &Ledger,
    (round, lane): (u32, Lane),
    requests: &Requests,
) -> Result<Counts> {
    let service = ledger.service(round, lane);
    let path = format!("/api/v1/traces?service={}&limit=200", escape(&service));
    let mut counts = Counts::new();
    for trace in pages(client, &path, "traces")? {
        let id = trace["traceId"].as_str().context("a trace without id")?;
        let digits = id.get(16..).context("a trace id without 32 digits")?;
        let number = u64::from_str_radix(digits, 16)?;
        ensure!(
            id == ledger.trace_id(round, lane, number),
            "trace {id} was never sent"
        );
        let listed = trace["spanCount"]
            .as_u64()
            .context("a trace without spanCount")?;
        ensure!(
            counts.insert(number, listed).is_none(),
            "trace {id} is listed twice"
        );
    }
    // The list could hide what a look by id shows, and the other way round.
    for number in requests.keys() {
        let id = ledger.trace_id(round, lane, *number);
        let spans = spans_by_id(client, &id, *number)?;
        let listed = counts.get(number).copied().unwrap_or(0);
        ensure!(
            spans == listed,
            "trace {id}: {spans} spans by id, {listed} in the list"
        );
    }
    Ok(counts)
}

fn spans_by_id(client: &Client, id: &str, number: u64) -> Result<u64> {
    let response = client.send("GET", &format!("/api/v1/traces/{id}"))?;
    if response.status == 404 {
        return Ok(0);
    }
    ensure!(
        response.status == 200,
        "trace {id} answered {}",
        response.status
    );
    let trace: Value = serde_json::from_slice(&response.body)?;
    let spans = trace["spans"].as_array().context("a trace without spans")?;
    for (index, span) in spans.iter().enumerate() {
        // Spans come by start, and they were started in the order of their numbers.
        let expected = format!("{number:08x}{:08x}", index + 1);
        ensure!(
            span["spanId"] == expected.as_str(),
            "trace {id}: span {} is not {expected}",
            span["spanId"]
        );
        ensure!(
            span["attributes"]["crash.item"].as_u64() == Some(index as u64 + 1),
            "trace {id}: span {expected} has other attributes: {}",
            span["attributes"]
        );
    }
    Ok(spans.len() as u64)
}

fn listed_records(client: &Client, service: &str, requests: &Requests) -> Result<Counts> {
    let query = escape(&format!("{{service_name=\"{service}\"}}"));
    let path = format!("/api/v1/logs?q={query}&limit=500");
    let mut seen: BTreeMap<(u64, u64), u64> = BTreeMap::new();
    for record in pages(client, &path, "logs")? {
        let body = record["body"].as_str().context("a record without body")?;
        let words: Vec<&str> = body.split(' ').take(4).collect();
        let ["request", number, "item", item] = words.as_slice() else {
            bail!("the record `{body}` was never sent");
        };
        *seen.entry((number.parse()?, item.parse()?)).or_default() += 1;
    }
    let mut counts = Counts::new();
    for ((number, item), times) in seen {
        ensure!(
            times == 1,
            "request {number}: record {item} is there {times} times"
        );
        let items = requests.get(&number).map_or(0, |request| request.items);
        ensure!(
            (1..=items).contains(&item),
            "request {number}: record {item} was never sent"
        );
        *counts.entry(number).or_default() += 1;
    }
    Ok(counts)
}
