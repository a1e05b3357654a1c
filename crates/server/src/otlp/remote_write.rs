//! Remote write: `POST /prometheus/api/v1/write`, messages 1.0 and 2.0.
//!
//! Source: the remote-write specifications. 204 when everything is durable; 400 with the reasons when
//! something was refused that will never be taken, the rest being durable all the same; 5xx and 429 when it
//! is worth trying again.

use super::OtlpState;
use super::body;
use super::export::durable;
use super::status::retry_seconds;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use std::sync::Arc;
use tacho_ingest::body::ContentEncoding;
use tacho_ingest::ingest::samples::remote::{RemoteWriteRequest, RemoteWritten};
use tacho_ingest::refusal::{Refusal, RefusalKind};
use tacho_ingest::request::Transport;
use tacho_ingest::telemetry::Target;
use tacho_model::signal::Signal;
use tacho_wire::remote_write::Version;

/// Headers that tell how much was written.
const WRITTEN: [&str; 3] = [
    "x-prometheus-remote-write-samples-written",
    "x-prometheus-remote-write-histograms-written",
    "x-prometheus-remote-write-exemplars-written",
];
/// The message of version 2.
const V2: &str = "io.prometheus.write.v2.request";
/// The message of version 1.
const V1: &str = "prometheus.writerequest";

/// `POST api/v1/write`
pub(crate) async fn write(state: State<OtlpState>, request: Request) -> Response<Body> {
    let state = state.0;
    let (parts, body) = request.into_parts();
    let result = match check(&state, &parts.headers) {
        Ok(checked) => receive(&state, checked, body).await,
        Err(refusal) => {
            body::drain(body, &parts.headers).await;
            Err(refusal)
        }
    };
    match result {
        Ok(written) => success(&written),
        Err(refusal) => {
            let telemetry = state.ingest.telemetry();
            let target = Target::Signal(Signal::Samples);
            telemetry.refused(target, Transport::Http, refusal.kind);
            failure(&refusal)
        }
    }
}

/// What is known before the body is read.
struct Checked {
    tenant: tacho_model::id::TenantId,
    version: Version,
}

fn check(state: &OtlpState, headers: &HeaderMap) -> Result<Checked, Refusal> {
    let tenant = (state.authorize)(headers)?;
    let version = version(headers)?;
    check_encoding(headers)?;
    let declared = body::declared_length(headers).unwrap_or(0);
    state.ingest.check_length(declared)?;
    Ok(Checked { tenant, version })
}

/// Remote write is snappy; old senders do not say so.
fn check_encoding(headers: &HeaderMap) -> Result<(), Refusal> {
    let mut values = headers.get_all(CONTENT_ENCODING).iter();
    match values.next().map(HeaderValue::as_bytes) {
        None => Ok(()),
        Some(name) if name.eq_ignore_ascii_case(b"snappy") && values.next().is_none() => Ok(()),
        Some(other) => Err(Refusal::new(
            RefusalKind::UnsupportedEncoding,
            format!(
                "content-encoding {:?} is not understood, remote write is sent with snappy",
                String::from_utf8_lossy(other)
            ),
        )),
    }
}

/// The message, by the parameter `proto` of the content type; version 1 if it is not named.
fn version(headers: &HeaderMap) -> Result<Version, Refusal> {
    let Some(value) = headers.get(CONTENT_TYPE) else {
        return Ok(Version::V1);
    };
    let text = value.to_str().unwrap_or_default().to_ascii_lowercase();
    let mut parts = text.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    let proto = parts.find_map(|part| part.strip_prefix("proto="));
    match (essence, proto.map(|name| name.trim_matches('"'))) {
        ("application/x-protobuf", None | Some(V1)) => Ok(Version::V1),
        ("application/x-protobuf", Some(V2)) => Ok(Version::V2),
        _ => Err(Refusal::new(
            RefusalKind::UnsupportedType,
            format!(
                "content type {text:?} is not remote write, expected application/x-protobuf with proto=prometheus.WriteRequest or io.prometheus.write.v2.Request"
            ),
        )),
    }
}

async fn receive(
    state: &OtlpState,
    checked: Checked,
    body: Body,
) -> Result<RemoteWritten, Refusal> {
    let limit = state.ingest.limits().sent_bytes;
    let budget = state.ingest.store().memory();
    let received = body::read(body, limit, state.reading, budget, |_| Ok(())).await?;
    let request = RemoteWriteRequest {
        tenant: checked.tenant,
        version: checked.version,
        encoding: ContentEncoding::Snappy,
        body: received.bytes,
    };
    let memory = received.memory;
    let ingest = Arc::clone(&state.ingest);
    let work = move || {
        let result = ingest.accept_remote_write(&request);
        drop(memory);
        result
    };
    let written = if state.ingest.store().is_calm(Signal::Samples) {
        state.pool.run_here(work).await??
    } else {
        state.pool.run(work).await??
    };
    if let Some(appended) = written.appended {
        durable(state, Signal::Samples, appended).await?;
    }
    Ok(written)
}

fn success(written: &RemoteWritten) -> Response<Body> {
    let mut response = match &written.problem {
        None => with_status(StatusCode::NO_CONTENT, Body::empty()),
        Some(problem) => text(StatusCode::BAD_REQUEST, problem),
    };
    let counts = [written.samples, written.histograms, written.exemplars];
    for (name, count) in WRITTEN.into_iter().zip(counts) {
        response
            .headers_mut()
            .insert(HeaderName::from_static(name), HeaderValue::from(count));
    }
    response
}

fn failure(refusal: &Refusal) -> Response<Body> {
    let status =
        StatusCode::from_u16(refusal.kind.http_status()).unwrap_or(StatusCode::BAD_REQUEST);
    let mut response = text(status, &refusal.message);
    if let Some(delay) = refusal.retry_after {
        let seconds = HeaderValue::from(retry_seconds(delay));
        response.headers_mut().insert(RETRY_AFTER, seconds);
    }
    for name in WRITTEN {
        response
            .headers_mut()
            .insert(HeaderName::from_static(name), HeaderValue::from(0));
    }
    response
}

fn text(status: StatusCode, message: &str) -> Response<Body> {
    let mut response = with_status(status, Body::from(format!("{message}\n")));
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}

fn with_status(status: StatusCode, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests {
    use super::version;
    use axum::http::header::CONTENT_TYPE;
    use axum::http::{HeaderMap, HeaderValue};
    use tacho_wire::remote_write::Version;

    #[test]
    fn the_message_is_told_by_the_content_type() {
        let of = |kind: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
            version(&headers).ok()
        };
        assert_eq!(of("application/x-protobuf"), Some(Version::V1));
        assert_eq!(
            of("application/x-protobuf;proto=prometheus.WriteRequest"),
            Some(Version::V1)
        );
        assert_eq!(
            of("application/x-protobuf; proto=io.prometheus.write.v2.Request"),
            Some(Version::V2)
        );
        assert_eq!(of("application/x-protobuf;proto=other.Message"), None);
        assert_eq!(of("application/json"), None);
        assert!(version(&HeaderMap::new()).is_ok());
    }
}
