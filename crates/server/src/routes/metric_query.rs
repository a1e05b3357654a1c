//! PromQL through our own API: values over time, and several queries at once.

use super::metric::{on_series, wrong_body};
use super::{Shared, params};
use crate::answer::{Answer, ApiError, Json};
use crate::params::parse_time;
use crate::prometheus::query::Stats;
use crate::prometheus::result::Written;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use tacho_api::error::ErrorKind;
use tacho_api::metric::{
    HistoryPoint, MetricHistory, MetricValue, MetricsHistory, MetricsQuery, MetricsQueryItem,
};
use tacho_api::operation::Method;
use tacho_model::labels::is_legacy_metric_name;
use tacho_model::time::Timestamp;
use tacho_query::error::Error as QueryError;
use tacho_query::promql::engine::{Query, QueryContext, Request};
use tacho_query::promql::failure;
use tacho_query::promql::prepare::Times;
use tacho_query::promql::result::{QueryResult, Value};

/// Nanoseconds of a millisecond.
const MS_NS: i64 = 1_000_000;
/// Points of a history if nobody says how far apart they are.
const HISTORY_POINTS: i64 = 250;
/// Longest body.
const BODY_BYTES_MAX: usize = 1 << 20;
/// Most queries at once.
const QUERIES_MAX: usize = 100;
/// Most names of a history.
const METRICS_MAX: usize = 200;

/// `GET /api/v1/metrics/history`
pub(super) async fn history(State(state): Shared, uri: Uri) -> Answer<Json<MetricsHistory>> {
    let params = params(&state, Method::Get, "/api/v1/metrics/history", &uri)?;
    for name in ["start", "end"] {
        if params.text(name).is_none() {
            return Err(ApiError::parameter(name, format!("{name} is missing"))
                .hint("give both start and end, such as start=now-1h&end=now"));
        }
    }
    let range = params.range()?;
    let (start_ms, end_ms) = (
        range.start.0.div_euclid(MS_NS),
        range.end.0.div_euclid(MS_NS),
    );
    let step_ms = match params.duration("step")? {
        Some(ns) => ns.div_euclid(MS_NS).max(1),
        None => ((end_ms - start_ms) / HISTORY_POINTS).max(1_000),
    };
    let limit = params.integer("limit")?;
    let metrics: Vec<String> = params
        .texts("metrics")
        .into_iter()
        .flat_map(split_names)
        .collect();
    let times = Times {
        start_ms,
        end_ms,
        step_ms,
    };
    let engine = state.prom_engine();
    let shape = on_series(&state, move |view, running| {
        let names = if metrics.is_empty() {
            all_names(view.as_ref(), times, running)?
        } else {
            metrics
        };
        let mut shape = MetricsHistory {
            start: time(times.start_ms),
            end: time(times.end_ms),
            step_ms: times.step_ms as f64,
            ..MetricsHistory::default()
        };
        for name in &names {
            let text = expression(name);
            let query = Query::parse(&text)
                .map_err(|error| ApiError::parameter("metrics", error.message()))?;
            let context = QueryContext::new(&running.context);
            let result = engine.range(view.as_ref(), &query, times, context)?;
            add_history(&mut shape, name, result, limit);
            if shape.more {
                break;
            }
        }
        shape.stats = running.stats();
        Ok(shape)
    })
    .await?;
    Ok(Json(shape))
}

/// `a,b` are two names; an expression stays whole.
fn split_names(text: &str) -> Vec<String> {
    let parts = text.split(',').map(str::trim);
    if parts.clone().all(is_legacy_metric_name) {
        parts.map(str::to_owned).collect()
    } else {
        vec![text.to_owned()]
    }
}

/// A name that is no plain one has to be quoted; everything else is PromQL already.
fn expression(text: &str) -> String {
    let dotted = text
        .chars()
        .all(|c| c.is_alphanumeric() || "_:.-/".contains(c))
        && text.contains('.')
        && !text.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    if dotted {
        format!("{{\"{text}\"}}")
    } else {
        text.to_owned()
    }
}

fn all_names(
    view: &dyn tacho_storage::samples::read::SeriesView,
    times: Times,
    running: &crate::pool::Running,
) -> Answer<Vec<String>> {
    let request = tacho_storage::samples::read::NamesRequest {
        selectors: Vec::new(),
        start_ms: times.start_ms,
        end_ms: times.end_ms,
        limit: METRICS_MAX,
    };
    let found = view.label_values(tacho_model::labels::METRIC_NAME, &request, &running.context)?;
    Ok(found
        .into_iter()
        .map(|name| {
            if is_legacy_metric_name(&name) {
                name
            } else {
                format!("{{{name:?}}}")
            }
        })
        .collect())
}

fn time(ms: i64) -> String {
    Timestamp(ms.saturating_mul(MS_NS)).to_string()
}

fn add_history(shape: &mut MetricsHistory, metric: &str, result: QueryResult, limit: usize) {
    let Value::Matrix(found) = result.value else {
        return;
    };
    for series in found {
        if shape.series.len() == limit {
            shape.more = true;
            return;
        }
        shape.series.push(MetricHistory {
            metric: metric.to_owned(),
            labels: series
                .labels
                .iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            points: series
                .floats
                .iter()
                .map(|(ms, value)| HistoryPoint {
                    time: time(*ms),
                    value: MetricValue(*value),
                })
                .collect(),
        });
    }
}

/// `POST /api/v1/metrics/query`
pub(super) async fn query(State(state): Shared, uri: Uri, body: Body) -> Answer<Response> {
    params(&state, Method::Post, "/api/v1/metrics/query", &uri)?;
    let bytes = to_bytes(body, BODY_BYTES_MAX)
        .await
        .map_err(|error| wrong_body(format!("the body cannot be read: {error}")))?;
    let asked: MetricsQuery = serde_json::from_slice(&bytes)
        .map_err(|error| wrong_body(format!("the body is not what it should be: {error}")))?;
    check_ids(&asked.queries)?;
    let now = state.now();
    let engine = state.prom_engine();
    let text = on_series(&state, move |view, running| {
        let parsed: Vec<Result<(Query, Times), ApiOrQuery>> = asked
            .queries
            .iter()
            .map(|item| {
                let times = times_of(item, now).map_err(ApiOrQuery::Api)?;
                let query = Query::parse(&item.expr).map_err(ApiOrQuery::Query)?;
                Ok((query, times))
            })
            .collect();
        let requests: Vec<Request<'_>> = parsed
            .iter()
            .flatten()
            .map(|(query, times)| Request {
                query,
                times: *times,
            })
            .collect();
        let context = QueryContext::new(&running.context);
        let mut results = engine
            .run_many(view.as_ref(), &requests, context)
            .into_iter();
        let mut out = String::from("{\"results\":{");
        for (index, (item, parsed)) in asked.queries.iter().zip(parsed.iter()).enumerate() {
            let result = match parsed {
                Ok(_) => match results.next() {
                    Some(result) => result.map_err(|error: QueryError| failure_text(&error)),
                    None => Err(error_text("internal", "a query without result")),
                },
                Err(ApiOrQuery::Api(error)) => Err(error_text("bad_data", &error.detail.message)),
                Err(ApiOrQuery::Query(error)) => Err(failure_text(error)),
            };
            if index > 0 {
                out.push(',');
            }
            crate::prometheus::write_json::text(&mut out, &item.id);
            out.push(':');
            match result {
                Ok(result) => out.push_str(&Written::new(result, Stats::None).text()),
                Err(text) => out.push_str(&text),
            }
        }
        out.push_str("}}\n");
        Ok(out)
    })
    .await?;
    Ok(crate::answer::bytes_answer(
        StatusCode::OK,
        text.into_bytes(),
    ))
}

enum ApiOrQuery {
    Api(ApiError),
    Query(QueryError),
}

fn failure_text(error: &QueryError) -> String {
    error_text(failure::ErrorType::of(error).as_str(), error.message())
}

fn error_text(error_type: &str, message: &str) -> String {
    let mut out = String::new();
    let _ = write!(
        out,
        "{{\"status\":\"error\",\"errorType\":\"{error_type}\",\"error\":"
    );
    crate::prometheus::write_json::text(&mut out, message);
    out.push('}');
    out
}

fn check_ids(queries: &[MetricsQueryItem]) -> Answer<()> {
    if queries.is_empty() || queries.len() > QUERIES_MAX {
        let message = format!("{} queries, 1 to {QUERIES_MAX} are taken", queries.len());
        return Err(ApiError::new(ErrorKind::Invalid, message).field("queries"));
    }
    let mut seen = BTreeSet::new();
    for item in queries {
        if item.id.is_empty() || !seen.insert(item.id.as_str()) {
            let message = format!("the id {:?} is empty or given twice", item.id);
            return Err(ApiError::new(ErrorKind::Invalid, message).field("id"));
        }
    }
    Ok(())
}

fn times_of(item: &MetricsQueryItem, now: Timestamp) -> Answer<Times> {
    let given = BTreeMap::from([
        ("instant", &item.instant),
        ("start", &item.start),
        ("end", &item.end),
    ]);
    let at = |name: &str| -> Answer<Option<i64>> {
        let Some(text) = given.get(name).copied().and_then(Option::as_deref) else {
            return Ok(None);
        };
        match parse_time(text, now) {
            Some(time) => Ok(Some(time.0.div_euclid(MS_NS))),
            None => Err(ApiError::parameter(
                name,
                format!("{name} {text:?} is no time"),
            )),
        }
    };
    match (at("instant")?, at("start")?, at("end")?, &item.step) {
        (Some(time_ms), None, None, None) => Ok(Times::instant(time_ms)),
        (None, None, None, None) => Ok(Times::instant(now.0.div_euclid(MS_NS))),
        (None, Some(start_ms), end_ms, step) => {
            let end_ms = end_ms.unwrap_or(now.0.div_euclid(MS_NS));
            let step_ms = match step {
                Some(text) => crate::prometheus::form::parse_duration_ms(text)
                    .filter(|ms| *ms > 0)
                    .ok_or_else(|| {
                        ApiError::parameter("step", format!("step {text:?} is no duration"))
                    })?,
                None => ((end_ms - start_ms) / HISTORY_POINTS).max(1_000),
            };
            Ok(Times {
                start_ms,
                end_ms,
                step_ms,
            })
        }
        _ => Err(ApiError::parameter(
            "instant",
            "a query has either instant, or start with end and step",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::{expression, split_names, times_of};
    use tacho_api::metric::MetricsQueryItem;
    use tacho_model::time::Timestamp;

    #[test]
    fn names_and_expressions_are_told_apart() {
        assert_eq!(split_names("a, b_total"), ["a", "b_total"]);
        assert_eq!(split_names("sum by (a, b) (x)"), ["sum by (a, b) (x)"]);
        assert_eq!(expression("workflow.duration"), "{\"workflow.duration\"}");
        assert_eq!(expression("rate(a[5m])"), "rate(a[5m])");
        assert_eq!(expression("0.5"), "0.5");
    }

    #[test]
    fn a_query_is_at_one_time_or_over_a_range() {
        let now = Timestamp(1_795_169_720_000_000_000);
        let item = |instant: &str, start: &str| MetricsQueryItem {
            instant: (!instant.is_empty()).then(|| instant.to_owned()),
            start: (!start.is_empty()).then(|| start.to_owned()),
            ..MetricsQueryItem::default()
        };
        assert_eq!(times_of(&item("", ""), now).unwrap().steps(), 1);
        assert_eq!(times_of(&item("", "now-250s"), now).unwrap().steps(), 251);
        assert!(times_of(&item("now", "now-5m"), now).is_err());
    }
}
