//! OTLP/HTTP: `POST /v1/traces`, `/v1/metrics` and `/v1/logs`, as protobuf and as JSON.
//!
//! Answers are in the request's encoding, errors are `google.rpc.Status`. Source: OTLP
//! specification, section "OTLP/HTTP".

use super::OtlpState;
use super::body;
use super::export::{Export, encoding};
use super::status::{retry_seconds, status};
use super::{not_built, noun};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{ALLOW, CONNECTION, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Version};
use tacho_ingest::refusal::{Refusal, RefusalKind};
use tacho_ingest::request::{ContentKind, Partial, Transport};
use tacho_ingest::telemetry::Target;
use tacho_model::signal::Signal;
use tacho_wire::status::{PartialSuccess, encode_response, encode_response_json};

/// `POST /v1/traces`.
pub(super) async fn traces(state: State<OtlpState>, request: Request) -> Response<Body> {
    export(state.0, Signal::Spans, request).await
}

/// `POST /v1/logs`.
pub(super) async fn logs(state: State<OtlpState>, request: Request) -> Response<Body> {
    export(state.0, Signal::Logs, request).await
}

/// `POST /v1/metrics`.
pub(super) async fn metrics(state: State<OtlpState>, request: Request) -> Response<Body> {
    export(state.0, Signal::Samples, request).await
}

/// `POST /v1development/profiles`.
pub(super) async fn profiles(state: State<OtlpState>, request: Request) -> Response<Body> {
    refuse_signal(state.0, "profiles", request).await
}

async fn export(state: OtlpState, signal: Signal, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let content = content_kind(&parts.headers);
    let checked = check_method(&parts.method)
        .and_then(|()| content.ok_or_else(|| unsupported_type(&parts.headers, signal)))
        .and_then(|content| check(&state, signal, content, &parts.headers));
    let result = match checked {
        Ok(export) => receive(&state, export, body).await,
        Err(refusal) => {
            body::drain(body, &parts.headers).await;
            Err(refusal)
        }
    };
    match result {
        Ok(partial) => success(signal, content.unwrap_or(ContentKind::Json), partial),
        Err(refusal) => {
            let target = Target::Signal(signal);
            let telemetry = state.ingest.telemetry();
            telemetry.refused(target, Transport::Http, refusal.kind);
            failure(content, parts.version, &refusal)
        }
    }
}

/// Everything that can be said before the body is read.
fn check(
    state: &OtlpState,
    signal: Signal,
    content: ContentKind,
    headers: &HeaderMap,
) -> Result<Export, Refusal> {
    let tenant = (state.authorize)(headers)?;
    let encoding = encoding(headers, "content-encoding")?;
    let declared = body::declared_length(headers).unwrap_or(0);
    state.ingest.check_length(declared)?;
    Ok(Export {
        tenant,
        signal,
        transport: Transport::Http,
        content,
        encoding,
    })
}

async fn receive(
    state: &OtlpState,
    export: Export,
    body: Body,
) -> Result<Option<Partial>, Refusal> {
    let limit = state.ingest.limits().sent_bytes;
    let budget = state.ingest.store().memory();
    let received = body::read(body, limit, state.reading, budget, |_| Ok(())).await?;
    export.take(state, received).await
}

async fn refuse_signal(state: OtlpState, what: &str, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    body::drain(body, &parts.headers).await;
    let refusal = match check_method(&parts.method) {
        Ok(()) => Refusal::new(RefusalKind::Unimplemented, not_built(what)),
        Err(refusal) => refusal,
    };
    let telemetry = state.ingest.telemetry();
    telemetry.refused(Target::Other, Transport::Http, refusal.kind);
    failure(content_kind(&parts.headers), parts.version, &refusal)
}

fn check_method(method: &Method) -> Result<(), Refusal> {
    if *method == Method::POST {
        return Ok(());
    }
    Err(Refusal::new(
        RefusalKind::MethodNotAllowed,
        format!("{method} is not allowed here, expected POST"),
    ))
}

/// How the body is written, by its content type; parameters such as a character set are ignored.
fn content_kind(headers: &HeaderMap) -> Option<ContentKind> {
    let value = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let essence = value.split(';').next().unwrap_or_default().trim();
    let is = |known: &str| essence.eq_ignore_ascii_case(known);
    if is("application/x-protobuf") || is("application/protobuf") {
        Some(ContentKind::Protobuf)
    } else if is("application/json") {
        Some(ContentKind::Json)
    } else {
        None
    }
}

fn unsupported_type(headers: &HeaderMap, signal: Signal) -> Refusal {
    let sent = match headers.get(CONTENT_TYPE) {
        Some(value) => format!("{:?}", String::from_utf8_lossy(value.as_bytes())),
        None => "none".to_owned(),
    };
    Refusal::new(
        RefusalKind::UnsupportedType,
        format!(
            "content type of {} is {sent}, expected application/x-protobuf or application/json",
            noun(signal)
        ),
    )
}

fn success(signal: Signal, content: ContentKind, partial: Option<Partial>) -> Response<Body> {
    let partial = partial.map(|partial| PartialSuccess {
        rejected_count: partial.rejected,
        message: partial.message,
    });
    let body = match content {
        ContentKind::Protobuf => Body::from(encode_response(partial.as_ref())),
        ContentKind::Json => Body::from(encode_response_json(signal, partial.as_ref())),
    };
    let mut response = Response::new(body);
    set_type(&mut response, content);
    response
}

/// A refusal in the request's encoding, in JSON if that is not known.
fn failure(content: Option<ContentKind>, version: Version, refusal: &Refusal) -> Response<Body> {
    let status = status(refusal);
    let content = content.unwrap_or(ContentKind::Json);
    let body = match content {
        ContentKind::Protobuf => Body::from(status.encode()),
        ContentKind::Json => Body::from(status.encode_json()),
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(refusal.kind.http_status())
        .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    set_type(&mut response, content);
    let headers = response.headers_mut();
    if let Some(delay) = refusal.retry_after {
        headers.insert(RETRY_AFTER, HeaderValue::from(retry_seconds(delay)));
    }
    if refusal.kind == RefusalKind::MethodNotAllowed {
        headers.insert(ALLOW, HeaderValue::from_static("POST"));
    }
    // The rest of the body is not wanted; HTTP/1 can only say so by closing.
    let unread = matches!(refusal.kind, RefusalKind::Timeout | RefusalKind::TooLarge);
    if unread && version < Version::HTTP_2 {
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

fn set_type(response: &mut Response<Body>, content: ContentKind) {
    let name = match content {
        ContentKind::Protobuf => "application/x-protobuf",
        ContentKind::Json => "application/json",
    };
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(name));
}
