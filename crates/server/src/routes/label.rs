//! Names that occur, their values, distinct sets of labels.

use super::{PathText, Shared, params, query};
use crate::answer::Answer;
use crate::params::Params;
use crate::to_api::{to_label, to_label_value};
use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use tacho_api::label::{LabelList, LabelValues, SeriesList};
use tacho_api::operation::Method;
use tacho_model::signal::Signal;
use tacho_query::label::{SeriesRequest, ValuesRequest};

/// The signal; `None` for samples, of which there are none yet.
fn signal(params: &Params) -> Answer<Option<Signal>> {
    Ok(params.word("signal")?.and_then(Signal::parse))
}

pub(super) async fn list(State(state): Shared, uri: Uri) -> Answer<Response> {
    let params = params(&state, Method::Get, "/api/v1/labels", &uri)?;
    let (signal, range) = (signal(&params)?, params.range()?);
    query(&state, move |engine, state, running| {
        let found = match signal {
            Some(signal) => engine.labels(&state.tenant, signal, range, &running.context)?,
            None => Vec::new(),
        };
        let labels = found.into_iter().map(to_label).collect();
        Ok(LabelList {
            labels,
            stats: running.stats(),
        })
    })
    .await
}

pub(super) async fn values(
    State(state): Shared,
    PathText(name): PathText,
    uri: Uri,
) -> Answer<Response> {
    let params = params(&state, Method::Get, "/api/v1/labels/{name}/values", &uri)?;
    let request = signal(&params)?.map(|signal| (signal, params.range(), params.integer("limit")));
    let request = match request {
        Some((signal, range, limit)) => Some(ValuesRequest {
            signal,
            name,
            range: range?,
            prefix: params.text("prefix").unwrap_or_default().to_owned(),
            limit: limit?,
        }),
        None => None,
    };
    query(&state, move |engine, state, running| {
        let found = match &request {
            Some(request) => engine.label_values(&state.tenant, request, &running.context)?,
            None => Vec::new(),
        };
        let values = found.into_iter().map(to_label_value).collect();
        Ok(LabelValues {
            values,
            stats: running.stats(),
        })
    })
    .await
}

pub(super) async fn series(State(state): Shared, uri: Uri) -> Answer<Response> {
    let params = params(&state, Method::Get, "/api/v1/series", &uri)?;
    let request = match signal(&params)? {
        Some(signal) => Some(SeriesRequest {
            signal,
            matches: params
                .texts("match")
                .into_iter()
                .map(str::to_owned)
                .collect(),
            range: params.range()?,
            limit: params.integer("limit")?,
        }),
        None => None,
    };
    query(&state, move |engine, state, running| {
        let (series, more) = match &request {
            Some(request) => {
                let found = engine.series(&state.tenant, request, &running.context)?;
                (found.series, found.more)
            }
            None => (Vec::new(), false),
        };
        Ok(SeriesList {
            series,
            more,
            stats: running.stats(),
        })
    })
    .await
}
