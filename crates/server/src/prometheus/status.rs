//! What the server tells about itself in the words of Prometheus.

use super::answer::{PromAnswer, PromError, success};
use super::form::Form;
use super::{API_VERSION, on_pool};
use crate::routes::Shared;
use axum::response::Response;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tacho_model::time::Timestamp;
use tacho_storage::samples::read::CardinalityRequest;

/// Entries of a list of `status/tsdb` if nobody says how many.
const TSDB_LIMIT: usize = 10;
/// Entries of such a list at most.
const TSDB_LIMIT_MAX: usize = 10_000;

/// `GET status/config`
pub(super) async fn config(state: Shared) -> PromAnswer<Response> {
    let yaml = super::targets::config_text(&state.0);
    success(&json!({ "yaml": yaml }), &[])
}

/// `GET status/flags`: those of Prometheus that have a meaning here.
pub(super) async fn flags(state: Shared) -> PromAnswer<Response> {
    let changeable = state.0.changeable();
    let config = &changeable.config;
    let duration = |duration: std::time::Duration| {
        tacho_stdx::duration::print_ns(i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX))
    };
    let retention = config.storage.retention.samples.age;
    let flags: BTreeMap<&str, String> = BTreeMap::from([
        (
            "query.lookback-delta",
            duration(config.query.promql.lookback),
        ),
        (
            "query.max-concurrency",
            config.query.max_concurrent.to_string(),
        ),
        (
            "query.max-samples",
            config.query.promql.samples_max.to_string(),
        ),
        ("query.timeout", duration(config.query.timeout)),
        (
            "storage.tsdb.retention.time",
            retention.map_or_else(|| "0s".to_owned(), duration),
        ),
        (
            "web.enable-admin-api",
            config.query.promql.admin_api.to_string(),
        ),
        ("web.enable-remote-write-receiver", "true".to_owned()),
        ("web.enable-otlp-receiver", "true".to_owned()),
        ("web.enable-lifecycle", "true".to_owned()),
    ]);
    success(&flags, &[])
}

/// `GET status/runtimeinfo`
pub(super) async fn runtime(state: Shared) -> PromAnswer<Response> {
    let state = &state.0;
    let retention = state.changeable().config.storage.retention.samples.age;
    let retention = retention.map_or_else(String::new, |age| {
        tacho_stdx::duration::print_ns(i64::try_from(age.as_nanos()).unwrap_or(i64::MAX))
    });
    let quarantined = match state.core_if_ready() {
        Some(core) => core.store.status(&state.tenant).quarantined.len(),
        None => 0,
    };
    let now = state.now();
    let up = (state.uptime() * 1e9) as i64;
    let started = Timestamp(now.0.saturating_sub(up)).to_string();
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let last_refused = state
        .reloads
        .last_refused
        .load(std::sync::atomic::Ordering::Relaxed);
    let data = json!({
        "startTime": started,
        "CWD": "/",
        "hostname": "",
        "serverTime": now.to_string(),
        "reloadConfigSuccess": !last_refused,
        "lastConfigTime": started,
        "corruptionCount": quarantined,
        "goroutineCount": crate::telemetry::process::read().threads.unwrap_or(0),
        "GOMAXPROCS": cores,
        "GOMEMLIMIT": i64::try_from(state.changeable().config.storage.memory_limit).unwrap_or(i64::MAX),
        "GOGC": "",
        "GODEBUG": "",
        "storageRetention": retention,
    });
    success(&data, &[])
}

/// `GET status/buildinfo`
pub(super) async fn build(state: Shared) -> PromAnswer<Response> {
    let data = json!({
        "version": API_VERSION,
        "revision": format!("tacho-{}", state.0.version),
        "branch": "HEAD",
        "buildUser": "tachograph",
        "buildDate": "",
        "goVersion": "",
    });
    success(&data, &[])
}

#[derive(Serialize)]
struct Stat {
    name: String,
    value: u64,
}

fn stats(list: Vec<(String, u64)>) -> Vec<Stat> {
    list.into_iter()
        .map(|(name, value)| Stat { name, value })
        .collect()
}

/// `GET status/tsdb`
pub(super) async fn tsdb(state: Shared, form: Form) -> PromAnswer<Response> {
    let limit = match form.text("limit") {
        "" => TSDB_LIMIT,
        text => match text.parse::<usize>() {
            Ok(limit) if limit > TSDB_LIMIT_MAX => {
                let message = format!("limit must not exceed {TSDB_LIMIT_MAX}");
                return Err(PromError::bad_data(message));
            }
            Ok(limit) if limit > 0 => limit,
            _ => return Err(PromError::bad_data("limit must be a positive number")),
        },
    };
    let found = on_pool(&state.0, move |view, running| {
        let request = CardinalityRequest {
            matchers: Vec::new(),
            limit,
        };
        Ok(view.cardinality(&request, &running.context)?)
    })
    .await?;
    // Without samples the range is the one that Prometheus gives: upside down.
    let (min, max) = found.head_range_ms.unwrap_or((i64::MAX, i64::MIN));
    let data = json!({
        "headStats": {
            "numSeries": found.active_series,
            "numLabelPairs": found.label_pairs,
            "chunkCount": found.head_chunks,
            "minTime": min,
            "maxTime": max,
        },
        "seriesCountByMetricName": stats(found.by_name),
        "labelValueCountByLabelName": stats(found.values_by_label),
        "memoryInBytesByLabelName": stats(found.bytes_by_label),
        "seriesCountByLabelValuePair": stats(found.by_pair),
    });
    success(&data, &[])
}

/// `GET status/walreplay`
pub(super) async fn wal_replay(state: Shared) -> PromAnswer<Response> {
    let progress = state.0.readiness.progress();
    let word = if state.0.readiness.is_ready() {
        "done"
    } else {
        "in progress"
    };
    let data = json!({
        "min": 0,
        "max": 100,
        "current": (progress * 100.0) as i64,
        "state": word,
    });
    success(&data, &[])
}

/// `GET alertmanagers`: nobody else is told about alerts.
pub(super) async fn alertmanagers() -> PromAnswer<Response> {
    let data = json!({ "activeAlertmanagers": [], "droppedAlertmanagers": [] });
    success(&data, &[])
}

/// `GET notifications`: there are none.
pub(super) async fn notifications() -> PromAnswer<Response> {
    success(&Value::Array(Vec::new()), &[])
}

/// `GET features`: what clients may rely on.
pub(super) async fn features() -> PromAnswer<Response> {
    let data = json!({
        "api": {
            "admin": true,
            "exclude_alerts": true,
            "label_values_match": true,
            "lifecycle": true,
            "otlp_write_receiver": true,
            "query_stats": true,
            "query_warnings": true,
            "remote_write_receiver": true,
            "time_range_labels": true,
            "time_range_series": true,
        },
        "otlp_receiver": { "delta_conversion": true },
        "promql": {
            "anchored": true,
            "at_modifier": true,
            "bool": true,
            "by": true,
            "delayed_name_removal": true,
            "duration_expr": true,
            "fill": true,
            "fill_left": true,
            "fill_right": true,
            "group_left": true,
            "group_right": true,
            "ignoring": true,
            "negative_offset": true,
            "offset": true,
            "on": true,
            "smoothed": true,
            "subqueries": true,
            "without": true,
        },
    });
    success(&data, &[])
}
