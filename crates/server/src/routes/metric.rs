//! Metrics: current values, cardinality, targets. Values over time and several queries at once are in
//! `metric_query.rs`.

use super::{Shared, over_series, params};
use crate::answer::{Answer, ApiError, Json};
use crate::pool::Running;
use crate::prometheus::newest::{Newest, newest};
use crate::prometheus::selector;
use crate::state::ServerState;
use axum::http::{HeaderValue, Uri, header};
use axum::response::{IntoResponse as _, Response};
use std::collections::BTreeMap;
use std::sync::Arc;
use tacho_api::error::ErrorKind;
use tacho_api::metric::{
    Cardinality, MetricFamily, MetricPoint, MetricValue, MetricsSnapshot, NameCount, TargetList,
};
use tacho_api::operation::Method;
use tacho_model::labels::{Labels, METRIC_NAME};
use tacho_model::metric::Metadata;
use tacho_model::time::Timestamp;
use tacho_storage::samples::matcher::LabelMatcher;
use tacho_storage::samples::read::{CardinalityRequest, SeriesView};

/// Nanoseconds of a millisecond.
const MS_NS: i64 = 1_000_000;
/// Names of families are those of their series without these.
const SUFFIXES: [&str; 4] = ["_bucket", "_sum", "_count", "_total"];

/// Runs something on the query pool, with the series of the tenant.
pub(super) async fn on_series<T: Send + 'static>(
    state: &Arc<ServerState>,
    run: impl FnOnce(&Arc<dyn SeriesView>, &Running) -> Answer<T> + Send + 'static,
) -> Answer<T> {
    over_series(state, None, run).await?
}

/// The selectors of `match`; one that takes every series if there are none.
pub(super) fn selectors(texts: &[&str]) -> Answer<Vec<Vec<LabelMatcher>>> {
    if texts.is_empty() {
        let any = LabelMatcher::new(
            METRIC_NAME,
            tacho_storage::samples::matcher::MatchOp::Regex,
            ".+",
        )?;
        return Ok(vec![vec![any]]);
    }
    texts
        .iter()
        .map(|text| {
            selector::parse(text).map_err(|error| ApiError::parameter("match", error.message))
        })
        .collect()
}

/// Series with their newest values, and what is known about their families.
struct Current {
    series: Vec<Newest>,
    more: bool,
    metadata: BTreeMap<String, Metadata>,
}

fn current(
    view: &dyn SeriesView,
    selectors: &[Vec<LabelMatcher>],
    (now_ms, lookback_ms): (i64, i64),
    limit: usize,
    running: &Running,
) -> Answer<Current> {
    let range = (now_ms - lookback_ms, now_ms);
    let mut series = newest(view, selectors, range, &running.context)?;
    series.sort_by(|a, b| a.labels.cmp(&b.labels));
    let more = series.len() > limit;
    series.truncate(limit);
    let metadata = view.metadata(&running.context)?.into_iter().collect();
    Ok(Current {
        series,
        more,
        metadata,
    })
}

/// The family of a series' name: the name itself, or what is before the suffix if that is known.
fn family<'a>(name: &'a str, metadata: &BTreeMap<String, Metadata>) -> &'a str {
    if metadata.contains_key(name) {
        return name;
    }
    SUFFIXES
        .iter()
        .filter_map(|suffix| name.strip_suffix(suffix))
        .find(|base| metadata.contains_key(*base))
        .unwrap_or(name)
}

fn bounds(state: &ServerState) -> (i64, i64) {
    let lookback = state.changeable().config.query.promql.lookback;
    let lookback_ms = i64::try_from(lookback.as_millis()).unwrap_or(i64::MAX / 2);
    (state.now().0.div_euclid(MS_NS), lookback_ms)
}

/// `GET /api/v1/metrics`
pub(super) async fn snapshot(
    axum::extract::State(state): Shared,
    uri: Uri,
) -> Answer<Json<MetricsSnapshot>> {
    let params = params(&state, Method::Get, "/api/v1/metrics", &uri)?;
    let selectors = selectors(&params.texts("match"))?;
    let limit = params.integer("limit")?;
    let bounds = bounds(&state);
    let time = state.now().to_string();
    let shape = on_series(&state, move |view, running| {
        let current = current(view.as_ref(), &selectors, bounds, limit, running)?;
        let metrics = families(&current);
        Ok(MetricsSnapshot {
            time,
            metrics,
            more: current.more,
            stats: running.stats(),
        })
    })
    .await?;
    Ok(Json(shape))
}

fn families(current: &Current) -> Vec<MetricFamily> {
    let mut families: BTreeMap<&str, MetricFamily> = BTreeMap::new();
    for newest in &current.series {
        let name = newest.labels.metric_name();
        let family = family(name, &current.metadata);
        let entry = families.entry(family).or_insert_with(|| {
            let metadata = current.metadata.get(family).cloned().unwrap_or_default();
            MetricFamily {
                name: family.to_owned(),
                kind: metadata.kind.as_str().to_owned(),
                unit: metadata.unit,
                help: metadata.help,
                otlp_name: metadata.otlp_name,
                series: Vec::new(),
            }
        });
        entry.series.push(MetricPoint {
            labels: labels(&newest.labels, family),
            time: Timestamp(newest.time_ms.saturating_mul(MS_NS)).to_string(),
            value: MetricValue(newest.value),
        });
    }
    families.into_values().collect()
}

/// Labels, with the name only where it differs from the family's.
fn labels(labels: &Labels, family: &str) -> BTreeMap<String, String> {
    labels
        .iter()
        .filter(|(name, value)| *name != METRIC_NAME || *value != family)
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// `GET /api/v1/metrics/prometheus`
pub(super) async fn prometheus_text(
    axum::extract::State(state): Shared,
    uri: Uri,
) -> Answer<Response> {
    let params = params(&state, Method::Get, "/api/v1/metrics/prometheus", &uri)?;
    let selectors = selectors(&params.texts("match"))?;
    let limit = params.integer("limit")?;
    let bounds = bounds(&state);
    let external =
        crate::prometheus::newest::pairs_of(&state.changeable().config.labels_for_others());
    let text = on_series(&state, move |view, running| {
        let current = current(view.as_ref(), &selectors, bounds, limit, running)?;
        Ok(exposition(&current, &external))
    })
    .await?;
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}

fn exposition(current: &Current, external: &[(String, String)]) -> String {
    let mut by_family: BTreeMap<&str, Vec<&Newest>> = BTreeMap::new();
    for newest in &current.series {
        let name = newest.labels.metric_name();
        by_family
            .entry(family(name, &current.metadata))
            .or_default()
            .push(newest);
    }
    let mut out = String::new();
    for (family, mut series) in by_family {
        let metadata = current.metadata.get(family);
        crate::prometheus::newest::push_header(&mut out, family, metadata);
        // Buckets of one histogram stay together, by their bounds.
        series.sort_by(|a, b| bucket_order(&a.labels).total_cmp(&bucket_order(&b.labels)));
        series.sort_by_key(|newest| newest.labels.filtered(|name| name != "le"));
        for newest in series {
            crate::prometheus::newest::push_line(&mut out, newest, external);
        }
    }
    out
}

fn bucket_order(labels: &Labels) -> f64 {
    match labels.get("le") {
        Some("+Inf") => f64::INFINITY,
        Some(text) => text.parse().unwrap_or(f64::NAN),
        None => 0.0,
    }
}

fn counts(list: Vec<(String, u64)>) -> Vec<NameCount> {
    list.into_iter()
        .map(|(name, count)| NameCount {
            name,
            count: count.into(),
        })
        .collect()
}

/// `GET /api/v1/metrics/cardinality`
pub(super) async fn cardinality(
    axum::extract::State(state): Shared,
    uri: Uri,
) -> Answer<Json<Cardinality>> {
    let params = params(&state, Method::Get, "/api/v1/metrics/cardinality", &uri)?;
    let texts = params.texts("match");
    let matchers = match texts.as_slice() {
        [] => Vec::new(),
        [one] => {
            selector::parse(one).map_err(|error| ApiError::parameter("match", error.message))?
        }
        _ => return Err(ApiError::parameter("match", "give one selector at most")),
    };
    let limit = params.integer("limit")?;
    let storage = state.changeable().config.storage.clone();
    let shape = on_series(&state, move |view, running| {
        let request = CardinalityRequest { matchers, limit };
        let found = view.cardinality(&request, &running.context)?;
        Ok(Cardinality {
            active_series: found.active_series.into(),
            total_series: found.total_series.into(),
            label_pairs: found.label_pairs.into(),
            created_series: found.created_series.into(),
            series_per_metric_limit: storage.series_per_metric_max.into(),
            series_limit: storage.series_max.into(),
            by_name: counts(found.by_name),
            values_by_label: counts(found.values_by_label),
            bytes_by_label: counts(found.bytes_by_label),
            by_pair: counts(found.by_pair),
            stats: running.stats(),
        })
    })
    .await?;
    Ok(Json(shape))
}

/// `GET /api/v1/targets`
pub(super) async fn targets(
    axum::extract::State(state): Shared,
    uri: Uri,
) -> Answer<Json<TargetList>> {
    params(&state, Method::Get, "/api/v1/targets", &uri)?;
    Ok(Json(TargetList {
        targets: crate::prometheus::targets::targets_of(&state),
    }))
}

/// What a body of another kind than the operation takes gets.
pub(super) fn wrong_body(message: impl Into<String>) -> ApiError {
    ApiError::new(ErrorKind::Invalid, message)
}
