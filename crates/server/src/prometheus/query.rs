//! Queries in PromQL: at one time and over a range.

use super::answer::{ErrorType, PromAnswer, PromError, streamed};
use super::form::Form;
use super::on_pool_within;
use super::result::Written;
use crate::state::ServerState;
use axum::extract::State;
use axum::response::Response;
use std::sync::Arc;
use std::time::Duration;
use tacho_query::error::Error as QueryError;
use tacho_query::promql::engine::{PromEngine, Query, QueryContext};
use tacho_query::promql::failure;
use tacho_query::promql::prepare::Times;
use tacho_query::promql::result::QueryResult;
use tacho_storage::samples::read::SeriesView;

use crate::pool::Running;

/// What an answer that was cut says.
pub const TRUNCATED: &str = "results truncated due to limit";
/// Points of a series at most, as Prometheus has it.
const POINTS_MAX: i64 = 11_000;
/// Nanoseconds of a millisecond.
const MS_NS: i64 = 1_000_000;

impl From<QueryError> for PromError {
    fn from(error: QueryError) -> Self {
        let error_type = match failure::ErrorType::of(&error) {
            failure::ErrorType::BadData => ErrorType::BadData,
            failure::ErrorType::Execution => ErrorType::Execution,
            failure::ErrorType::Canceled => ErrorType::Canceled,
            failure::ErrorType::Timeout => ErrorType::Timeout,
            failure::ErrorType::Internal => ErrorType::Internal,
        };
        // Prometheus' own words first, then which setting it is about.
        let message = match error.hint() {
            Some(hint) => format!("{} ({hint})", error.message()),
            None => error.message().to_owned(),
        };
        Self::new(error_type, message)
    }
}

/// What a query may be asked with beside its text.
struct Settings {
    limit: usize,
    timeout: Option<Duration>,
    lookback_ms: Option<i64>,
    stats: Stats,
    warnings: Vec<String>,
}

/// How much of the statistics is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stats {
    /// None.
    None,
    /// Sums.
    Sums,
    /// Sums, and samples by step.
    All,
}

impl Settings {
    fn read(form: &Form) -> PromAnswer<Self> {
        let limit = form.limit()?;
        let timeout = form
            .duration_ms("timeout")?
            .map(|ms| Duration::from_millis(u64::try_from(ms).unwrap_or(0)));
        let lookback_ms = form.duration_ms("lookback_delta").map_err(|_| {
            PromError::bad_data(format!(
                "error parsing lookback delta duration: cannot parse {:?} to a valid duration",
                form.text("lookback_delta")
            ))
        })?;
        let (stats, warnings) = match form.text("stats") {
            "" => (Stats::None, Vec::new()),
            "true" => (Stats::Sums, Vec::new()),
            "all" => (Stats::All, Vec::new()),
            other => {
                let warning = format!(
                    "value {other:?} for parameter \"stats\" is deprecated and will be rejected in the next major release, use \"true\" or \"all\""
                );
                (Stats::Sums, vec![warning])
            }
        };
        Ok(Self {
            limit,
            timeout,
            lookback_ms: lookback_ms.filter(|ms| *ms > 0),
            stats,
            warnings,
        })
    }
}

fn parse(form: &Form) -> PromAnswer<Query> {
    Query::parse(form.text("query")).map_err(|error| PromError::parameter("query", error.message()))
}

/// `GET|POST query`
pub async fn instant(State(state): State<Arc<ServerState>>, form: Form) -> PromAnswer<Response> {
    let now_ms = state.now().0.div_euclid(MS_NS);
    let settings = Settings::read(&form)?;
    let time_ms = form.time_ms("time", now_ms)?;
    let query = parse(&form)?;
    run(&state, settings, move |engine, view, context| {
        engine.instant(view, &query, time_ms, context)
    })
    .await
}

/// `GET|POST query_range`
pub async fn range(State(state): State<Arc<ServerState>>, form: Form) -> PromAnswer<Response> {
    let settings = Settings::read(&form)?;
    let start_ms = form.needed_time_ms("start")?;
    let end_ms = form.needed_time_ms("end")?;
    if end_ms < start_ms {
        return Err(PromError::parameter(
            "end",
            "end timestamp must not be before start time",
        ));
    }
    let step_ms = match form.duration_ms("step")? {
        Some(step_ms) if step_ms > 0 => step_ms,
        Some(_) => {
            return Err(PromError::parameter(
                "step",
                "zero or negative query resolution step widths are not accepted. Try a positive integer",
            ));
        }
        None => {
            return Err(PromError::parameter(
                "step",
                "cannot parse \"\" to a valid duration",
            ));
        }
    };
    if end_ms.saturating_sub(start_ms) / step_ms > POINTS_MAX {
        return Err(PromError::bad_data(
            "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)",
        ));
    }
    let query = parse(&form)?;
    let times = Times {
        start_ms,
        end_ms,
        step_ms,
    };
    run(&state, settings, move |engine, view, context| {
        engine.range(view, &query, times, context)
    })
    .await
}

async fn run(
    state: &Arc<ServerState>,
    settings: Settings,
    work: impl FnOnce(&PromEngine, &dyn SeriesView, QueryContext<'_>) -> Result<QueryResult, QueryError>
    + Send
    + 'static,
) -> PromAnswer<Response> {
    let engine = state.prom_engine();
    let Settings {
        limit,
        timeout,
        lookback_ms,
        stats,
        warnings,
    } = settings;
    let asked = tokio::time::Instant::now();
    let mut result = on_pool_within(state, timeout, move |view, running: &Running| {
        let waited = asked.elapsed().as_secs_f64();
        let context = QueryContext {
            read: &running.context,
            lookback_ms,
            timeout,
        };
        let mut result = work(&engine, view.as_ref(), context)?;
        result.stats.timings.exec_queue = waited;
        result.stats.timings.exec_total += waited;
        Ok(result)
    })
    .await?;
    if super::result::truncate(&mut result.value, limit) {
        result.warnings.push(TRUNCATED.to_owned());
    }
    result.warnings.extend(warnings);
    Ok(streamed(Written::new(result, stats)))
}
