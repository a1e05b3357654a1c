//! `/health`, `/ready`, `/api/health`, `/metrics`, the OpenAPI document, the status.

use super::{Shared, params};
use crate::answer::{Answer, ApiError, Json, json};
use crate::telemetry::exposition::Exposition;
use crate::telemetry::{metrics, process};
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use tacho_api::error::ErrorKind;
use tacho_api::health::{DatabaseHealth, Health, Readiness};
use tacho_api::operation::Method;
use tacho_api::status::{
    DiskStatus, MemoryStatus, Quarantined, SignalStatus, Signals, Status, WalStatus,
};
use tacho_ingest::ingest::Ingest;
use tacho_model::signal::Signal;
use tacho_storage::status::StoreStatus;

pub(super) async fn health() -> Json<Health> {
    Json(Health {
        status: "ok".to_owned(),
    })
}

pub(super) async fn ready(State(state): Shared) -> Response {
    let readiness = &state.readiness;
    if readiness.is_ready() {
        let body = Readiness {
            status: "ready".to_owned(),
            progress: None,
        };
        return json(StatusCode::OK, &body);
    }
    let (status, progress) = if readiness.is_stopping() {
        ("stopping", None)
    } else {
        ("replaying", Some(readiness.progress()))
    };
    let body = Readiness {
        status: status.to_owned(),
        progress,
    };
    let mut response = json(StatusCode::SERVICE_UNAVAILABLE, &body);
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    response
}

pub(super) async fn database(State(state): Shared) -> Response {
    let failed = state
        .core_if_ready()
        .is_some_and(|core| core.store.failed().is_some());
    let (status, word) = if failed {
        (StatusCode::SERVICE_UNAVAILABLE, "failing")
    } else {
        (StatusCode::OK, "ok")
    };
    json(
        status,
        &DatabaseHealth {
            database: word.to_owned(),
        },
    )
}

/// Some counters lie behind locks that are held while the disk is written: no task may wait for them.
pub(super) async fn metrics(State(state): Shared) -> Response {
    let made = tokio::task::spawn_blocking(move || metrics::text(&state)).await;
    let Ok(text) = made else {
        return ApiError::new(ErrorKind::Internal, "making the text failed inside").into_response();
    };
    ([(header::CONTENT_TYPE, Exposition::CONTENT_TYPE)], text).into_response()
}

pub(super) async fn openapi(State(state): Shared) -> Response {
    let text = tacho_api::openapi::text(state.version);
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}

pub(super) async fn status(State(state): Shared, uri: Uri) -> Answer<Json<Status>> {
    params(&state, Method::Get, "/api/v1/status", &uri)?;
    let core = state.core()?;
    let store = core.store.status(&state.tenant);
    let series = store
        .signals
        .iter()
        .find(|(signal, _)| *signal == Signal::Samples)
        .map_or(0, |(_, of)| of.series);
    let samples = SignalStatus {
        series: Some(series.into()),
        ..signal_status(&store, Signal::Samples, &core.ingest)
    };
    Ok(Json(Status {
        version: state.version.to_owned(),
        uptime_seconds: state.uptime(),
        signals: Signals {
            spans: signal_status(&store, Signal::Spans, &core.ingest),
            logs: signal_status(&store, Signal::Logs, &core.ingest),
            samples,
        },
        wal: WalStatus {
            bytes: store.wal.bytes.into(),
            segments: store.wal.segments.into(),
        },
        disk: DiskStatus {
            free: store.disk_free.into(),
        },
        memory: MemoryStatus {
            used: store.memory_used.into(),
            limit: store.memory_limit.into(),
            resident: process::resident_bytes().map(Into::into),
            parts: store
                .memory_parts
                .iter()
                .map(|(part, used)| (part.as_str().to_owned(), (*used).into()))
                .collect(),
        },
        quarantined: store
            .quarantined
            .iter()
            .map(|entry| Quarantined {
                what: entry.what.to_owned(),
                name: entry.name.clone(),
                reason: entry.reason.clone(),
            })
            .collect(),
    }))
}

fn signal_status(store: &StoreStatus, signal: Signal, ingest: &Ingest) -> SignalStatus {
    let refused = ingest.telemetry().refused_items(signal).into();
    let found = store.signals.iter().find(|(of, _)| *of == signal);
    let Some((_, of)) = found else {
        return SignalStatus {
            refused,
            ..SignalStatus::default()
        };
    };
    SignalStatus {
        items: of.items.into(),
        bytes: of.bytes.into(),
        blocks: of.blocks.into(),
        oldest: of.oldest.map(|time| time.to_string()),
        newest: of.newest.map(|time| time.to_string()),
        refused,
        series: None,
    }
}
