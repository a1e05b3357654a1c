//! What changes the server: deletion, flush, files, backup, reload. The token was checked before.

use super::{PathText, Shared, params, trace};
use crate::answer::{Answer, ApiError, Json};
use crate::reload;
use crate::state::ServerState;
use axum::body::Body;
use axum::extract::State;
use axum::http::Uri;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tacho_api::admin::{
    BackupReport, BackupRequest, DeleteReport, FileEntry, FileList, FlushReport, ReloadReport,
};
use tacho_api::error::ErrorKind;
use tacho_api::operation::Method;
use tacho_model::time::TimeRange;
use tacho_storage::status::{self, DeleteSelector};
use tacho_storage::store::Store;

/// Longest body that is read.
const BODY_BYTES_MAX: usize = 64 << 10;

pub(super) async fn delete_trace(
    State(state): Shared,
    PathText(text): PathText,
    uri: Uri,
) -> Answer<Json<DeleteReport>> {
    params(&state, Method::Delete, "/api/v1/traces/{trace_id}", &uri)?;
    let id = trace::trace_id("trace_id", &text)?;
    delete(&state, DeleteSelector::Trace(id), format!("trace {text:?}")).await
}

pub(super) async fn delete_run(
    State(state): Shared,
    PathText(run): PathText,
    uri: Uri,
) -> Answer<Json<DeleteReport>> {
    params(&state, Method::Delete, "/api/v1/runs/{run_id}", &uri)?;
    let what = format!("run {run:?}");
    delete(&state, DeleteSelector::Run(run), what).await
}

async fn delete(
    state: &Arc<ServerState>,
    selector: DeleteSelector,
    what: String,
) -> Answer<Json<DeleteReport>> {
    let tenant = state.tenant.clone();
    let report = on_store(state, move |store| {
        store.delete(&tenant, &selector, TimeRange::ALL)
    })
    .await?;
    if report.spans == 0 && report.logs == 0 {
        return Err(ApiError::new(
            ErrorKind::NotFound,
            format!("there is no {what}"),
        ));
    }
    tracing::info!(what, spans = report.spans, logs = report.logs, "deleted");
    Ok(Json(DeleteReport {
        spans: report.spans.into(),
        logs: report.logs.into(),
    }))
}

pub(super) async fn flush(State(state): Shared, uri: Uri) -> Answer<Json<FlushReport>> {
    let params = params(&state, Method::Post, "/api/v1/admin/flush", &uri)?;
    let compact = params.flag("compact")?;
    let begun = tokio::time::Instant::now();
    let report = on_store(&state, move |store| store.flush(compact)).await?;
    Ok(Json(FlushReport {
        items: report.items.into(),
        blocks: report.blocks.into(),
        wal_bytes: report.wal_bytes.into(),
        duration_ms: begun.elapsed().as_secs_f64() * 1000.0,
    }))
}

pub(super) async fn files(State(state): Shared, uri: Uri) -> Answer<Json<FileList>> {
    let params = params(&state, Method::Post, "/api/v1/admin/files", &uri)?;
    let wanted = params.word("signal")?;
    let tenant = state.tenant.clone();
    let report = on_store(&state, move |store| store.files(&tenant)).await?;
    let wanted = |file: &&status::FileEntry| {
        let signal = file.signal.as_str();
        wanted.is_none_or(|wanted| wanted == signal)
    };
    let files: Answer<Vec<FileEntry>> = report
        .files
        .iter()
        .filter(wanted)
        .map(|file| {
            Ok(FileEntry {
                signal: file.signal.as_str().to_owned(),
                path: absolute(&file.path)?,
                rows: file.rows.into(),
                bytes: file.bytes.into(),
                time_min: file.time_min.to_string(),
                time_max: file.time_max.to_string(),
            })
        })
        .collect();
    Ok(Json(FileList {
        dir: absolute(&report.dir)?,
        files: files?,
    }))
}

/// The path from the root on, for programs that run elsewhere.
fn absolute(path: &Path) -> Answer<String> {
    let text = std::path::absolute(path).ok();
    let text = text.and_then(|path| path.into_os_string().into_string().ok());
    text.ok_or_else(|| {
        let message = format!("the path {} cannot be told as text", path.display());
        ApiError::new(ErrorKind::Internal, message)
    })
}

pub(super) async fn backup(
    State(state): Shared,
    uri: Uri,
    body: Body,
) -> Answer<Json<BackupReport>> {
    params(&state, Method::Post, "/api/v1/admin/backup", &uri)?;
    let timeout = state.changeable().config.http.body_timeout;
    let bytes = tokio::time::timeout(timeout, axum::body::to_bytes(body, BODY_BYTES_MAX))
        .await
        .map_err(|_| ApiError::new(ErrorKind::Invalid, "the body came too slowly"))?
        .map_err(|error| ApiError::new(ErrorKind::Invalid, format!("read the body: {error}")))?;
    let request: BackupRequest = serde_json::from_slice(&bytes).map_err(|error| {
        ApiError::new(
            ErrorKind::Invalid,
            format!("the body does not fit: {error}"),
        )
        .hint("send {\"dir\":\"/absolute/path\"}")
    })?;
    let dir = PathBuf::from(&request.dir);
    if !dir.is_absolute() {
        let message = format!("dir {:?} is no absolute path", request.dir);
        return Err(ApiError::parameter("dir", message));
    }
    let slots = Arc::clone(state.slots());
    let report = on_store(&state, move |store| {
        if let Err(error) = slots.save() {
            tracing::warn!(%error, "colour slots could not be saved before a backup");
        }
        store.backup(&dir)
    })
    .await?;
    Ok(Json(BackupReport {
        dir: request.dir,
        files: report.files.into(),
        bytes: report.bytes.into(),
    }))
}

pub(super) async fn reload(State(state): Shared, uri: Uri) -> Answer<Json<ReloadReport>> {
    params(&state, Method::Post, "/api/v1/reload", &uri)?;
    let shared = Arc::clone(&state);
    let outcome = tokio::task::spawn_blocking(move || reload::reload(&shared)).await;
    match outcome {
        Ok(Ok(report)) => Ok(Json(report)),
        Ok(Err(problems)) => {
            let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
            Err(ApiError::new(ErrorKind::Invalid, lines.join("\n")).hint("nothing was changed"))
        }
        Err(_) => Err(ApiError::new(
            ErrorKind::Internal,
            "the reload failed inside",
        )),
    }
}

/// Runs work on the store on a thread that may block.
async fn on_store<T: Send + 'static>(
    state: &Arc<ServerState>,
    work: impl FnOnce(&Store) -> tacho_storage::error::Result<T> + Send + 'static,
) -> Answer<T> {
    let store = Arc::clone(&state.core()?.store);
    match tokio::task::spawn_blocking(move || work(&store)).await {
        Ok(result) => Ok(result?),
        Err(_) => Err(ApiError::new(ErrorKind::Internal, "the work failed inside")),
    }
}
