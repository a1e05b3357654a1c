//! Names that occur, their values, distinct sets of labels.

use super::{PathText, Shared, params, query, sample_label};
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

/// The signal.
fn signal(params: &Params) -> Answer<Signal> {
    let word = params.word("signal")?;
    Ok(word.and_then(Signal::parse).unwrap_or(Signal::Spans))
}

pub(super) async fn list(State(state): Shared, uri: Uri) -> Answer<Response> {
    let params = params(&state, Method::Get, "/api/v1/labels", &uri)?;
    let (signal, range) = (signal(&params)?, params.range()?);
    if signal == Signal::Samples {
        return sample_label::labels(&state, &params).await;
    }
    query(&state, move |engine, state, running| {
        let found = engine.labels(&state.tenant, signal, range, &running.context)?;
        Ok(LabelList {
            labels: found.into_iter().map(to_label).collect(),
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
    let signal = signal(&params)?;
    if signal == Signal::Samples {
        return sample_label::values(&state, &params, name).await;
    }
    let request = ValuesRequest {
        signal,
        name,
        range: params.range()?,
        prefix: params.text("prefix").unwrap_or_default().to_owned(),
        limit: params.integer("limit")?,
    };
    query(&state, move |engine, state, running| {
        let found = engine.label_values(&state.tenant, &request, &running.context)?;
        Ok(LabelValues {
            values: found.into_iter().map(to_label_value).collect(),
            stats: running.stats(),
        })
    })
    .await
}

pub(super) async fn series(State(state): Shared, uri: Uri) -> Answer<Response> {
    let params = params(&state, Method::Get, "/api/v1/series", &uri)?;
    let signal = signal(&params)?;
    if signal == Signal::Samples {
        return sample_label::series(&state, &params).await;
    }
    let request = SeriesRequest {
        signal,
        matches: params
            .texts("match")
            .into_iter()
            .map(str::to_owned)
            .collect(),
        range: params.range()?,
        limit: params.integer("limit")?,
    };
    query(&state, move |engine, state, running| {
        let found = engine.series(&state.tenant, &request, &running.context)?;
        Ok(SeriesList {
            series: found.series,
            more: found.more,
            stats: running.stats(),
        })
    })
    .await
}
