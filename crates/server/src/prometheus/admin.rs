//! Deleting and saving series. Off unless the configuration switches it on, and an admin token is
//! needed in any case.

use super::answer::{ErrorType, PromAnswer, PromError, success};
use super::form::Form;
use crate::state::ServerState;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::sync::Arc;
use tacho_model::time::{TimeRange, Timestamp};
use tacho_storage::status::DeleteSelector;

/// Nanoseconds of a millisecond.
const MS_NS: i64 = 1_000_000;

fn check_enabled(state: &ServerState) -> PromAnswer<()> {
    if state.changeable().config.query.promql.admin_api {
        Ok(())
    } else {
        Err(PromError::new(
            ErrorType::Unavailable,
            "admin APIs disabled",
        ))
    }
}

/// `POST|PUT admin/tsdb/delete_series`
pub(super) async fn delete_series(
    State(state): State<Arc<ServerState>>,
    form: Form,
) -> PromAnswer<Response> {
    check_enabled(&state)?;
    if form.texts("match[]").next().is_none() {
        return Err(PromError::bad_data("no match[] parameter provided"));
    }
    let selectors = form
        .selectors()
        .map_err(|error| PromError::parameter("match[]", error.message))?;
    let (start_ms, end_ms) = form.range_ms()?;
    // Both ends belong to it, in milliseconds.
    let range = TimeRange {
        start: Timestamp(start_ms.saturating_mul(MS_NS)),
        end: Timestamp(end_ms.saturating_add(1).saturating_mul(MS_NS)),
    };
    blocking(&state, move |state| {
        let store = &state.core()?.store;
        store.delete(&state.tenant, &DeleteSelector::Series(selectors), range)?;
        Ok(())
    })
    .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `POST|PUT admin/tsdb/clean_tombstones`
pub(super) async fn clean_tombstones(
    State(state): State<Arc<ServerState>>,
) -> PromAnswer<Response> {
    check_enabled(&state)?;
    blocking(&state, move |state| {
        state.core()?.store.flush(true)?;
        Ok(())
    })
    .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `POST|PUT admin/tsdb/snapshot`: a backup in the folder `snapshots` of the data folder.
pub(super) async fn snapshot(State(state): State<Arc<ServerState>>) -> PromAnswer<Response> {
    check_enabled(&state)?;
    let name = blocking(&state, move |state| {
        let name = format!("{}", state.now().0.div_euclid(MS_NS));
        let store = &state.core()?.store;
        store.backup(&store.dir().join("snapshots").join(&name))?;
        Ok(name)
    })
    .await?;
    success(&json!({ "name": name }), &[])
}

async fn blocking<T: Send + 'static>(
    state: &Arc<ServerState>,
    run: impl FnOnce(&ServerState) -> PromAnswer<T> + Send + 'static,
) -> PromAnswer<T> {
    let state = Arc::clone(state);
    tokio::task::spawn_blocking(move || run(&state))
        .await
        .map_err(|_| PromError::new(ErrorType::Internal, "it failed inside"))?
}
