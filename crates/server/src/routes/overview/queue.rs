//! The queue of tasks, from the metrics of orchestrators.

use crate::answer::{Answer, ApiError};
use crate::pool::Running;
use crate::state::ServerState;
use std::collections::BTreeMap;
use tacho_api::overview::TaskQueue;
use tacho_query::buckets::Buckets;
use tacho_query::promql::engine::{Query, QueryContext, Request};
use tacho_query::promql::prepare::Times;
use tacho_query::promql::result::Value;
use tacho_storage::read::ReadStore as _;

const DEPTH: &str = "sum(orchestrator_task_queue_size)";
const PROCESSING: &str = "sum(orchestrator_tasks_active)";

/// The queue; `None` if no metric tells of one. Waits come from spans.
pub(super) fn queue(
    state: &ServerState,
    running: &Running,
    buckets: &Buckets,
    mean_wait_ms: Option<f64>,
) -> Answer<Option<TaskQueue>> {
    let view = state.core()?.store.series(&state.tenant)?;
    let parse = |text| Query::parse(text).map_err(ApiError::from);
    let (depth, processing) = (parse(DEPTH)?, parse(PROCESSING)?);
    let ms = |ns: i64| ns.div_euclid(1_000_000);
    let (end_ms, step_ms) = (ms(buckets.end.0), ms(buckets.step_ns).max(1));
    // What counts for a bucket is its end.
    let over_time = Times {
        start_ms: ms(buckets.start.0) + step_ms,
        end_ms: end_ms.max(ms(buckets.start.0) + step_ms),
        step_ms,
    };
    let requests = [
        (&depth, Times::instant(end_ms)),
        (&processing, Times::instant(end_ms)),
        (&depth, over_time),
    ];
    let requests = requests.map(|(query, times)| Request { query, times });
    let context = QueryContext::new(&running.context);
    let mut results = Vec::new();
    for result in state
        .prom_engine()
        .run_many(view.as_ref(), &requests, context)
    {
        results.push(points(result?.value));
    }
    let mut results = results.into_iter();
    let mut next = || results.next().unwrap_or_default();
    let newest = |points: BTreeMap<i64, f64>| points.into_values().next_back();
    let (depth, processing, over_time) = (newest(next()), newest(next()), next());
    if depth.is_none() && processing.is_none() && over_time.is_empty() {
        return Ok(None);
    }
    let mut last = 0.0;
    let trend = (1..=buckets.count as i64).map(|bucket| {
        let time = ms(buckets.start.0) + bucket * step_ms;
        // The last bucket may not have ended.
        last = match over_time.get(&time) {
            Some(value) => *value,
            None if time > end_ms => depth.unwrap_or(last),
            None => 0.0,
        };
        last
    });
    Ok(Some(TaskQueue {
        trend: trend.collect(),
        depth,
        processing,
        oldest_wait_ms: None,
        average_wait_ms: mean_wait_ms,
    }))
}

/// Finite numbers by time, of the one series that a sum gives.
fn points(value: Value) -> BTreeMap<i64, f64> {
    use tacho_model::sample::SampleValue;
    let points: Vec<(i64, f64)> = match value {
        Value::Vector(samples) => samples
            .into_iter()
            .filter_map(|sample| match sample.value {
                SampleValue::Float(number) => Some((sample.time_ms, number)),
                SampleValue::Histogram(_) => None,
            })
            .collect(),
        Value::Matrix(series) => series.into_iter().flat_map(|one| one.floats).collect(),
        Value::Scalar { time_ms, value } => vec![(time_ms, value)],
        Value::String { .. } => Vec::new(),
    };
    points
        .into_iter()
        .filter(|(_, number)| number.is_finite())
        .collect()
}
