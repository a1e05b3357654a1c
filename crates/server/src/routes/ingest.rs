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
use std::sync::atomic::Ordering;
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
    let count = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
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
    let config = &state.changeable().config;
    let store = core.store.status(&state.tenant);
    let metrics = core.store.metrics();
    let running = state.pool.counters.running.load(Ordering::Relaxed);
    let waiting = state.pool.counters.waiting.load(Ordering::Relaxed);
    let streams = state.live.counters.open.load(Ordering::Relaxed);
    let of = |name: &str, key: &str, used: u64, allowed: u64, unit: &str| LimitUse {
        name: name.to_owned(),
        key: key.to_owned(),
        used: used as f64,
        allowed: (allowed > 0).then_some(allowed as f64),
        unit: unit.to_owned(),
    };
    let wal_max = config
        .storage
        .wal_max_bytes
        .saturating_mul(Signal::ALL.len() as u64);
    let (query, stream) = (&config.query, &config.stream);
    vec![
        of(
            "active series",
            "ingest.limits.series",
            metrics.active_series,
            config.storage.series_max as u64,
            "series",
        ),
        of(
            "memory of the store",
            "memory.limit",
            store.memory_used,
            store.memory_limit,
            "bytes",
        ),
        of(
            "disk space that must stay free, of what is free",
            "storage.min_free",
            store.disk_reserve,
            store.disk_free,
            "bytes",
        ),
        of(
            "write-ahead logs",
            "storage.wal.max_bytes",
            store.wal.bytes,
            wal_max,
            "bytes",
        ),
        of(
            "small blocks that wait to be merged",
            "storage.compaction.debt_max_bytes",
            metrics.compaction_debt_bytes,
            config.storage.compaction_debt_max_bytes,
            "bytes",
        ),
        of(
            "queries at work",
            "query.max_concurrent",
            running,
            query.max_concurrent as u64,
            "queries",
        ),
        of(
            "queries that wait",
            "query.max_waiting",
            waiting,
            query.max_waiting as u64,
            "queries",
        ),
        of(
            "live streams",
            "stream.max_streams",
            streams,
            stream.max_streams as u64,
            "streams",
        ),
        of(
            "connections",
            "http.max_connections",
            state.connections.open(),
            config.http.max_connections as u64,
            "count",
        ),
    ]
}
