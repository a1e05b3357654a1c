//! The configuration in force, without secrets.

use super::{Shared, params};
use crate::answer::{Answer, Json};
use axum::extract::State;
use axum::http::Uri;
use tacho_api::operation::Method;
use tacho_api::view::{Configuration, ConfigurationKey};

/// The one key whose default depends on the machine.
const DATA_DIR: &str = "storage.data_dir";

pub(super) async fn show(State(state): Shared, uri: Uri) -> Answer<Json<Configuration>> {
    params(&state, Method::Get, "/api/v1/configuration", &uri)?;
    let data_dir = state.core()?.store.dir().display().to_string();
    let shown = state.shown.read().clone();
    let keys = shown.keys.into_iter().map(|(path, key)| {
        let is_default_dir = path == DATA_DIR && key.value.is_empty();
        ConfigurationKey {
            key: path.to_owned(),
            value: if is_default_dir {
                data_dir.clone()
            } else {
                key.value
            },
            source: key.source.to_owned(),
        }
    });
    Ok(Json(Configuration {
        file: shown.file,
        keys: keys.collect(),
        warnings: shown.warnings,
        loaded_at: shown.loaded_at.to_string(),
    }))
}
