//! Names, values and label sets of series: what `/api/v1/labels` and its neighbours give for samples.

use super::metric::{on_series, selectors};
use crate::answer::{Answer, Json};
use crate::params::Params;
use crate::state::ServerState;
use axum::response::{IntoResponse as _, Response};
use std::collections::BTreeMap;
use std::sync::Arc;
use tacho_api::label::{Label, LabelList, LabelValue, LabelValues, SeriesList};
use tacho_model::time::TimeRange;
use tacho_storage::samples::read::NamesRequest;

/// Nanoseconds of a millisecond.
const MS_NS: i64 = 1_000_000;

/// Which series' names are wanted.
fn request(params: &Params, limit: usize) -> Answer<NamesRequest> {
    let TimeRange { start, end } = params.range()?;
    let texts = params.texts("match");
    Ok(NamesRequest {
        selectors: if texts.is_empty() {
            Vec::new()
        } else {
            selectors(&texts)?
        },
        start_ms: start.0.div_euclid(MS_NS),
        end_ms: end.0.div_euclid(MS_NS),
        limit,
    })
}

/// Names of labels. How many series have each is not counted: that is what cardinality is for.
pub(super) async fn labels(state: &Arc<ServerState>, params: &Params) -> Answer<Response> {
    let request = request(params, 0)?;
    let shape = on_series(state, move |view, running| {
        let names = view.label_names(&request, &running.context)?;
        let labels = names
            .into_iter()
            .map(|name| Label {
                name,
                scope: "item".to_owned(),
                types: vec!["string".to_owned()],
                count: 0u64.into(),
            })
            .collect();
        Ok(LabelList {
            labels,
            stats: running.stats(),
        })
    })
    .await?;
    Ok(Json(shape).into_response())
}

/// Values of a label.
pub(super) async fn values(
    state: &Arc<ServerState>,
    params: &Params,
    name: String,
) -> Answer<Response> {
    let limit = params.integer("limit")?;
    let prefix = params.text("prefix").unwrap_or_default().to_owned();
    // A prefix is looked for among all values.
    let request = request(params, if prefix.is_empty() { limit } else { 0 })?;
    let shape = on_series(state, move |view, running| {
        let found = view.label_values(&name, &request, &running.context)?;
        let values = found
            .into_iter()
            .filter(|value| value.starts_with(&prefix))
            .take(limit)
            .map(|value| LabelValue {
                value,
                count: 0u64.into(),
            })
            .collect();
        Ok(LabelValues {
            values,
            stats: running.stats(),
        })
    })
    .await?;
    Ok(Json(shape).into_response())
}

/// Sets of labels.
pub(super) async fn series(state: &Arc<ServerState>, params: &Params) -> Answer<Response> {
    let limit = params.integer("limit")?;
    let request = request(params, limit + 1)?;
    let shape = on_series(state, move |view, running| {
        let mut found = view.label_sets(&request, &running.context)?;
        let more = found.len() > limit;
        found.truncate(limit);
        let series = found
            .iter()
            .map(|labels| {
                let pairs = labels.iter();
                pairs
                    .map(|(name, value)| (name.to_owned(), value.to_owned()))
                    .collect::<BTreeMap<_, _>>()
            })
            .collect();
        Ok(SeriesList {
            series,
            more,
            stats: running.stats(),
        })
    })
    .await?;
    Ok(Json(shape).into_response())
}
