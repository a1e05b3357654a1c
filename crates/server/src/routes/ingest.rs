//! What comes in, what is refused and why, how far limits are used.

mod words;

use super::{Shared, params};
use crate::answer::{Answer, Json};
use crate::flows::{Flow, counts};
use crate::state::{Core, ServerState};
use axum::extract::State;
use axum::http::Uri;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use tacho_api::operation::Method;
use tacho_api::view::{IngestFlow, IngestStatus, LimitUse, RefusalCount};
use tacho_ingest::telemetry::Telemetry;
use tacho_model::signal::Signal;
use words::{Words, of_item, of_refused, of_request};

pub(super) async fn status(State(state): Shared, uri: Uri) -> Answer<Json<IngestStatus>> {
    params(&state, Method::Get, "/api/v1/ingest", &uri)?;
    let core = state.core()?;
    let telemetry = core.ingest.telemetry();
    let flows = state
        .flows
        .read(state.clock.monotonic_ns(), counts(&core.ingest));
    let mut flows: Vec<IngestFlow> = flows
        .into_iter()
        .map(|flow| to_flow(flow, telemetry))
        .collect();
    flows.sort_by(|a, b| b.per_second.total_cmp(&a.per_second));
    Ok(Json(IngestStatus {
        flows,
        refusals: refusals(&state, telemetry),
        limits: limits(&state, core),
    }))
}

fn to_flow(flow: Flow, telemetry: &Telemetry) -> IngestFlow {
    IngestFlow {
        signal: flow.signal.as_str().to_owned(),
        accepted: flow.accepted.into(),
        refused: telemetry.refused_items(flow.signal).into(),
        per_second: flow.per_second,
        minutes: flow.minutes.into_iter().map(Into::into).collect(),
    }
}

/// Everything that was refused since the start, the most frequent first.
fn refusals(state: &ServerState, telemetry: &Telemetry) -> Vec<RefusalCount> {
    // By what was refused and why; requests of all signals and ways in together.
    let mut sums: BTreeMap<(String, String), (Words, u64)> = BTreeMap::new();
    let mut add = |what: &str, code: &str, words: Words, count: u64| {
        let key = (what.to_owned(), code.to_owned());
        sums.entry(key).or_insert((words, 0)).1 += count;
    };
    for family in telemetry.families() {
        for (labels, count) in family.samples {
            let label = |name: &str| {
                let found = labels.iter().find(|(label, _)| *label == name);
                found.map_or("", |(_, value)| *value)
            };
            match family.name {
                "tacho_ingest_refused_items_total" => {
                    let reason = label("reason");
                    add(label("signal"), reason, of_item(reason), count);
                }
                "tacho_ingest_refused_requests_total" => {
                    let kind = label("kind");
                    add("requests", kind, of_request(kind), count);
                }
                _ => {}
            }
        }
    }
    for (reason, count) in state.refused.all() {
        add("requests", reason, of_refused(reason), count);
    }
    let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    let others = [
        ("queries", &state.pool.counters.refused),
        ("queries_late", &state.pool.counters.timed_out),
        ("streams", &state.live.counters.refused),
    ];
    for (code, counter) in others {
        add("requests", code, of_refused(code), count(counter));
    }
    let mut list: Vec<RefusalCount> = sums
        .into_iter()
        .filter(|(_, (_, count))| *count > 0)
        .map(|((what, _), (words, count))| RefusalCount {
            what,
            reason: words.reason.to_owned(),
            count: count.into(),
            hint: words.hint.to_owned(),
        })
        .collect();
    list.sort_by_key(|refusal| Reverse(refusal.count.0));
    list
}

fn limits(state: &ServerState, core: &Core) -> Vec<LimitUse> {
    let mut limits = limits_of_store(state, core).to_vec();
    limits.extend(limits_of_requests(state));
    limits
}

fn limit((name, key): (&str, &str), used: u64, allowed: u64, unit: &str) -> LimitUse {
    LimitUse {
        name: name.to_owned(),
        key: key.to_owned(),
        used: used as f64,
        allowed: (allowed > 0).then_some(allowed as f64),
        unit: unit.to_owned(),
    }
}

fn limits_of_store(state: &ServerState, core: &Core) -> [LimitUse; 5] {
    let config = &state.changeable().config.storage;
    let store = core.store.status(&state.tenant);
    let metrics = core.store.metrics();
    let series_max = config.series_max as u64;
    // One log a signal.
    let wal_max = config
        .wal_max_bytes
        .saturating_mul(Signal::ALL.len() as u64);
    let debt_max = config.compaction_debt_max_bytes;
    let series = ("active series", "ingest.limits.series");
    let memory = ("memory of the store", "memory.limit");
    let disk = (
        "disk space that must stay free, of what is free",
        "storage.min_free",
    );
    let wal = ("write-ahead logs", "storage.wal.max_bytes");
    let debt = (
        "small blocks that wait to be merged",
        "storage.compaction.debt_max_bytes",
    );
    [
        limit(series, metrics.active_series, series_max, "series"),
        limit(memory, store.memory_used, store.memory_limit, "bytes"),
        limit(disk, store.disk_reserve, store.disk_free, "bytes"),
        limit(wal, store.wal.bytes, wal_max, "bytes"),
        limit(debt, metrics.compaction_debt_bytes, debt_max, "bytes"),
    ]
}

fn limits_of_requests(state: &ServerState) -> [LimitUse; 4] {
    let config = &state.changeable().config;
    let now = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    let (query, counters) = (&config.query, &state.pool.counters);
    let (running_max, waiting_max) = (query.max_concurrent as u64, query.max_waiting as u64);
    let streams_max = config.stream.max_streams as u64;
    let connections_max = config.http.max_connections as u64;
    let running = ("queries at work", "query.max_concurrent");
    let waiting = ("queries that wait", "query.max_waiting");
    let streams = ("live streams", "stream.max_streams");
    let connections = ("connections", "http.max_connections");
    let open = state.connections.open();
    [
        limit(running, now(&counters.running), running_max, "queries"),
        limit(waiting, now(&counters.waiting), waiting_max, "queries"),
        limit(
            streams,
            now(&state.live.counters.open),
            streams_max,
            "streams",
        ),
        limit(connections, open, connections_max, "count"),
    ]
}
