//! Imports: `POST /api/v1/import/openmetrics`, one part of samples of the past.

use super::OtlpState;
use super::body;
use super::export::durable;
use crate::answer::{Answer, ApiError, Json};
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use bytes::Bytes;
use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::Arc;
use tacho_api::error::ErrorKind;
use tacho_api::metric::ImportReport;
use tacho_ingest::body::{ContentEncoding, decompress};
use tacho_ingest::ingest::Ingest;
use tacho_ingest::ingest::samples::batch::{RefusedSamples, SampleOrigin};
use tacho_ingest::meter::Meter;
use tacho_ingest::metrics::import;
use tacho_ingest::refusal::{Refusal, RefusalKind};
use tacho_model::signal::Signal;
use tacho_storage::engine::budget::{Part, Reservation};

/// What a body must be.
const CONTENT: &str = "application/openmetrics-text";

/// `POST /api/v1/import/openmetrics`. The token was checked before.
pub(crate) async fn openmetrics(
    State(state): State<OtlpState>,
    request: Request,
) -> Answer<Json<ImportReport>> {
    let (parts, body) = request.into_parts();
    let kind = parts
        .headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    if !kind.is_some_and(|kind| kind.starts_with(CONTENT)) {
        let message = format!("a body of type {:?} is not taken", kind.unwrap_or("none"));
        return Err(ApiError::new(ErrorKind::Invalid, message)
            .field("Content-Type")
            .hint(format!("send {CONTENT}"))
            .status(axum::http::StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
    let encoding = super::export::encoding(&parts.headers, "content-encoding").map_err(to_api)?;
    let limit = state.ingest.limits().sent_bytes;
    let budget = state.ingest.store().memory();
    let received = body::read(body, limit, state.reading, budget, |_| Ok(()))
        .await
        .map_err(to_api)?;
    let ingest = Arc::clone(&state.ingest);
    let tenant = (state.authorize)(&parts.headers).map_err(to_api)?;
    let work = move || {
        let reservations = RefCell::new(Vec::new());
        let text = plain(&ingest, encoding, &received.bytes, &reservations)?;
        let read = import::read(&text)
            .map_err(|error| Refusal::new(RefusalKind::Malformed, error.to_string()))?;
        let (series, timeless) = (read.series, read.timeless);
        let no_time =
            (timeless > 0).then(|| format!("line {}: the sample has no time", read.timeless_line));
        let taken = ingest.accept_samples(&tenant, SampleOrigin::Import, read.batch)?;
        drop(received.memory);
        let refused: u64 = taken.refused.iter().map(|one| u64::from(one.count)).sum();
        let reason = no_time.or_else(|| taken.refused.first().map(describe));
        let report = ImportReport {
            samples: taken.accepted.into(),
            series: series.into(),
            refused: (refused + timeless).into(),
            reason,
        };
        Ok::<_, Refusal>((report, taken.appended))
    };
    let (report, appended) = state
        .pool
        .run(work)
        .await
        .and_then(|result| result)
        .map_err(to_api)?;
    if let Some(appended) = appended {
        durable(&state, Signal::Samples, appended)
            .await
            .map_err(to_api)?;
    }
    Ok(Json(report))
}

/// Why samples of a series were refused.
fn describe(refused: &RefusedSamples) -> String {
    let words = refused.reason.message();
    match &refused.detail {
        Some(detail) => format!("{words}: {detail}"),
        None => words.to_owned(),
    }
}

/// The text of a body; its memory counts as long as the reservations live.
fn plain<'a>(
    ingest: &Ingest,
    encoding: ContentEncoding,
    body: &'a Bytes,
    reservations: &RefCell<Vec<Reservation>>,
) -> Result<Cow<'a, [u8]>, Refusal> {
    let budget = ingest.store().memory();
    let mut meter = Meter::new(Box::new(|bytes| {
        let reserved = budget.try_reserve(Part::Requests, bytes).ok();
        let counted = reserved.is_some();
        reservations.borrow_mut().extend(reserved);
        counted
    }));
    let limit = ingest.limits().decoded_bytes;
    Ok(decompress(encoding, body, limit, &mut meter)?)
}

fn to_api(refusal: Refusal) -> ApiError {
    let kind = match refusal.kind {
        RefusalKind::Overloaded | RefusalKind::TooLarge => ErrorKind::Limit,
        RefusalKind::Unavailable => ErrorKind::Unavailable,
        RefusalKind::Internal => ErrorKind::Internal,
        RefusalKind::Unauthenticated => ErrorKind::Unauthorized,
        RefusalKind::Forbidden => ErrorKind::Forbidden,
        _ => ErrorKind::Invalid,
    };
    ApiError::new(kind, refusal.message)
}
