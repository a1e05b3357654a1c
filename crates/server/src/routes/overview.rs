//! The overview: one pass over spans, the queue of tasks, the week, and the state of this server.

mod figures;
mod machine;
mod queue;

use super::red::{USUAL_RANGE_NS, to_heat, to_latency, to_trend};
use super::{Shared, params, query};
use crate::answer::{Answer, ApiError};
use crate::pool::Running;
use crate::slots::SlotKind;
use crate::state::ServerState;
use crate::to_api::to_ms;
use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use tacho_api::operation::Method;
use tacho_api::overview::{
    AgentUtilization, Attention, AttentionKind, AttentionLevel, Overview, OverviewSeries,
};
use tacho_query::buckets::Buckets;
use tacho_query::engine::Engine;
use tacho_query::overview as found;
use tacho_query::tally::share;

/// Share of failed requests with which that of a week is compared.
const ERROR_RATE_THRESHOLD: f64 = 0.05;
/// Time that one request spends on slices of the week that are not known yet.
const WEEK_BUDGET_NS: i64 = 300_000_000;

/// `GET /api/v1/overview`
pub(super) async fn overview(State(state): Shared, uri: Uri) -> Answer<Response> {
    let params = params(&state, Method::Get, "/api/v1/overview", &uri)?;
    let buckets = Buckets::of(params.recent_range(USUAL_RANGE_NS)?, None)?;
    query(&state, move |engine, state, running| {
        let found = engine.overview(&state.tenant, buckets, &running.context)?;
        let core = state.core()?;
        let store = core.store.status(&state.tenant);
        let mut shape = Overview {
            start: buckets.start.to_string(),
            end: buckets.end.to_string(),
            step_ms: to_ms(buckets.step_ns),
            empty: store
                .signals
                .iter()
                .all(|(_, of)| of.items == 0 && of.series == 0),
            attention: attention(state, &store, &found)?,
            figures: figures::figures(&found),
            throughput: throughput(state, &found),
            latency: to_heat(&found.heat),
            percentiles: to_latency(&found.requests.durations),
            timeout_share: share(found.timeouts, found.requests.count),
            errors: to_trend(&found.requests.failed, &buckets),
            requests: to_trend(&found.requests.counts, &buckets),
            error_rate_week: week(engine, state, running)?,
            error_rate_threshold: ERROR_RATE_THRESHOLD,
            agents: agents(state, &found),
            queue: queue::queue(state, running, &buckets, found.mean_wait_ms)?,
            ..Overview::default()
        };
        shape.stats = running.stats();
        Ok(shape)
    })
    .await
}

/// Error rate of the last seven days.
fn week(engine: &Engine, state: &ServerState, running: &Running) -> Answer<f64> {
    let begun = state.clock.monotonic_ns();
    let go_on = || state.clock.monotonic_ns() - begun < WEEK_BUDGET_NS;
    state.week.error_rate(state.now(), go_on, |range| {
        let totals = engine.entry_totals(&state.tenant, range, &running.context);
        totals.map_err(ApiError::from)
    })
}

fn throughput(state: &ServerState, found: &found::Overview) -> Vec<OverviewSeries> {
    let names = found.throughput.iter().map(|(name, _)| name.as_str());
    let slots = state.slots().of(SlotKind::Service, names);
    let lines = found.throughput.iter().zip(slots);
    lines
        .map(|((name, counts), slot)| OverviewSeries {
            name: name.clone(),
            slot,
            values: to_trend(counts, &found.buckets),
        })
        .collect()
}

fn agents(state: &ServerState, found: &found::Overview) -> Vec<AgentUtilization> {
    let names = found.agents.iter().map(|agent| agent.name.as_str());
    let slots = state.slots().of(SlotKind::Agent, names);
    let agents = found.agents.iter().zip(slots);
    agents
        .map(|(agent, slot)| AgentUtilization {
            name: agent.name.clone(),
            slot,
            busy: agent.busy,
            span_count: agent.span_count.into(),
            error_count: agent.error_count.into(),
        })
        .collect()
}

/// What needs a look, the worst first: of this server, which may explain the rest, before what
/// spans tell at the same level.
fn attention(
    state: &ServerState,
    store: &tacho_storage::status::StoreStatus,
    found: &found::Overview,
) -> Answer<Vec<Attention>> {
    let mut all = machine::attention(state, store)?;
    all.extend(found.attention.iter().map(to_attention));
    // Stable: inside a level the order stays.
    all.sort_by_key(|one| one.level);
    all.truncate(found::ATTENTION_MAX);
    Ok(all)
}

fn to_attention(found: &found::Attention) -> Attention {
    Attention {
        kind: match found.kind {
            found::AttentionKind::Failing => AttentionKind::Failing,
            found::AttentionKind::Slow => AttentionKind::Slow,
            found::AttentionKind::Stuck => AttentionKind::Stuck,
            found::AttentionKind::Silent => AttentionKind::Silent,
        },
        level: if found.critical {
            AttentionLevel::Critical
        } else {
            AttentionLevel::Warning
        },
        message: found.message.clone(),
        subject: found.service.clone(),
        operation: found.operation.clone(),
        since: found.since.map(|time| time.to_string()),
        value: found.value,
        usual: found.usual,
        trace_id: found.example.map(|(trace, _)| trace.to_string()),
        span_id: found.example.map(|(_, span)| span.to_string()),
        trend: found.trend.clone(),
    }
}
