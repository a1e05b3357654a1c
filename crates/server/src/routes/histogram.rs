//! Spans over time.

use super::red::{USUAL_RANGE_NS, to_heat, to_latency, to_trend};
use super::{Shared, params, query, trace};
use crate::answer::Answer;
use crate::to_api::to_ms;
use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use tacho_api::histogram::{HistogramGroup, SpanHistogram};
use tacho_api::operation::Method;
use tacho_query::buckets::Buckets;
use tacho_query::histogram::HistogramRequest;

/// `GET /api/v1/traces/histogram`
pub(super) async fn spans(State(state): Shared, uri: Uri) -> Answer<Response> {
    let params = params(&state, Method::Get, "/api/v1/traces/histogram", &uri)?;
    let range = params.recent_range(USUAL_RANGE_NS)?;
    let buckets = Buckets::of(range, params.duration("step")?)?;
    let request = HistogramRequest {
        conditions: trace::conditions(&params)?,
        buckets,
        by: params.text("by").map(str::to_owned),
        entries: params.flag("entries")?,
        limit: params.integer("limit")?,
    };
    query(&state, move |engine, state, running| {
        let found = engine.span_histogram(&state.tenant, &request, &running.context)?;
        let groups = found.groups.iter().map(|group| HistogramGroup {
            value: group.value.clone(),
            counts: to_trend(&group.tally.counts, &buckets),
            errors: to_trend(&group.tally.failed, &buckets),
            latency: to_latency(&group.tally.durations),
        });
        Ok(SpanHistogram {
            start: buckets.start.to_string(),
            step_ms: to_ms(buckets.step_ns),
            count: found.total.count.into(),
            error_count: found.total.errors.into(),
            latency: to_latency(&found.total.durations),
            groups: groups.collect(),
            cut: found.cut,
            durations: to_heat(&found.durations),
            stats: running.stats(),
        })
    })
    .await
}
