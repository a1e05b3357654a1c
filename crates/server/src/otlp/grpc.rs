//! OTLP/gRPC: unary calls of the collector services, without a gRPC framework.
//!
//! The message is taken out of the HTTP/2 body by hand (`grpc/message.rs`), so that it stays
//! compressed until the limited reader gets it and goes to the WAL as it came. Source: gRPC over
//! HTTP/2 (grpc/grpc, `doc/PROTOCOL-HTTP2.md`) and OTLP specification, section "OTLP/gRPC".

mod answer;
mod message;

use super::OtlpState;
use super::body;
use super::export::{Export, encoding};
use super::not_built;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Method, Response, StatusCode, Version};
use std::time::Duration;
use tacho_ingest::body::ContentEncoding;
use tacho_ingest::refusal::{Refusal, RefusalKind};
use tacho_ingest::request::{ContentKind, Partial, Transport};
use tacho_ingest::telemetry::Target;
use tacho_model::signal::Signal;

/// `TraceService.Export`.
pub(super) async fn traces(state: State<OtlpState>, request: Request) -> Response<Body> {
    export(state.0, Signal::Spans, request).await
}

/// `LogsService.Export`.
pub(super) async fn logs(state: State<OtlpState>, request: Request) -> Response<Body> {
    export(state.0, Signal::Logs, request).await
}

/// `MetricsService.Export`.
pub(super) async fn metrics(state: State<OtlpState>, request: Request) -> Response<Body> {
    export(state.0, Signal::Samples, request).await
}

/// `ProfilesService.Export`.
pub(super) async fn profiles(state: State<OtlpState>, request: Request) -> Response<Body> {
    refuse_signal(&state.0, "profiles", &request)
}

/// A call of a service or method that does not exist.
pub(super) fn answer_unknown(version: Version, headers: &HeaderMap) -> Response<Body> {
    if !is_grpc(headers) || version != Version::HTTP_2 {
        return answer::plain(
            StatusCode::NOT_FOUND,
            "this is the listener of OTLP/gRPC; OTLP/HTTP has another port\n",
        );
    }
    answer::failure(&Refusal::new(
        RefusalKind::Unimplemented,
        "unknown service or method, expected Export of TraceService, MetricsService or LogsService",
    ))
}

fn refuse_signal(state: &OtlpState, what: &str, request: &Request) -> Response<Body> {
    if let Some(response) = refuse_protocol(request) {
        return response;
    }
    let refusal = Refusal::new(RefusalKind::Unimplemented, not_built(what));
    let telemetry = state.ingest.telemetry();
    telemetry.refused(Target::Other, Transport::Grpc, refusal.kind);
    answer::failure(&refusal)
}

async fn export(state: OtlpState, signal: Signal, request: Request) -> Response<Body> {
    if let Some(response) = refuse_protocol(&request) {
        return response;
    }
    let (parts, body) = request.into_parts();
    let result = match deadline(&parts.headers) {
        None => receive(&state, signal, &parts.headers, body).await,
        Some(limit) => {
            let work = receive(&state, signal, &parts.headers, body);
            match tokio::time::timeout(limit, work).await {
                Ok(result) => result,
                Err(_) => Err(Refusal::new(
                    RefusalKind::Timeout,
                    "the deadline of the call has passed",
                )),
            }
        }
    };
    match result {
        Ok(partial) => answer::success(partial),
        Err(refusal) => {
            let telemetry = state.ingest.telemetry();
            telemetry.refused(Target::Signal(signal), Transport::Grpc, refusal.kind);
            answer::failure(&refusal)
        }
    }
}

async fn receive(
    state: &OtlpState,
    signal: Signal,
    headers: &HeaderMap,
    body: Body,
) -> Result<Option<Partial>, Refusal> {
    let tenant = (state.authorize)(headers)?;
    let encoding = encoding(headers, "grpc-encoding")?;
    let limit = state.ingest.limits().sent_bytes;
    let budget = state.ingest.store().memory();
    let check = |bytes: &[u8]| message::check(bytes, limit);
    let whole = limit.saturating_add(message::PREFIX_BYTES);
    let mut received = body::read(body, whole, state.reading, budget, check).await?;
    let message = message::take(&received.bytes, encoding)?;
    received.bytes = message.bytes;
    let export = Export {
        tenant,
        signal,
        transport: Transport::Grpc,
        content: ContentKind::Protobuf,
        encoding: message.encoding,
    };
    export.take(state, received).await
}

/// What is no gRPC call gets an answer of HTTP.
fn refuse_protocol(request: &Request) -> Option<Response<Body>> {
    if request.version() != Version::HTTP_2 {
        let text = "gRPC needs HTTP/2\n";
        return Some(answer::plain(StatusCode::HTTP_VERSION_NOT_SUPPORTED, text));
    }
    if *request.method() != Method::POST {
        return Some(answer::plain(
            StatusCode::METHOD_NOT_ALLOWED,
            "expected POST\n",
        ));
    }
    if !is_grpc(request.headers()) {
        let text = "expected content type application/grpc\n";
        return Some(answer::plain(StatusCode::UNSUPPORTED_MEDIA_TYPE, text));
    }
    None
}

/// `application/grpc` and `application/grpc+proto`, with or without parameters.
fn is_grpc(headers: &HeaderMap) -> bool {
    let value = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let essence = value
        .and_then(|value| value.split(';').next())
        .unwrap_or_default();
    let essence = essence.trim();
    ["application/grpc", "application/grpc+proto"]
        .iter()
        .any(|known| essence.eq_ignore_ascii_case(known))
}

/// The client's deadline: up to eight digits and a unit.
fn deadline(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get("grpc-timeout")?.to_str().ok()?;
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if digits.is_empty() || digits.len() > 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number = digits.parse::<u64>().ok()?;
    match unit {
        "H" => Some(Duration::from_secs(number * 3600)),
        "M" => Some(Duration::from_secs(number * 60)),
        "S" => Some(Duration::from_secs(number)),
        "m" => Some(Duration::from_millis(number)),
        "u" => Some(Duration::from_micros(number)),
        "n" => Some(Duration::from_nanos(number)),
        _ => None,
    }
}

/// The name of an encoding in `grpc-accept-encoding`.
const ACCEPTED_ENCODINGS: &str = "identity,gzip,zstd,deflate";

/// How the message in a call is compressed: its flag decides whether the header counts.
fn message_encoding(flag: u8, declared: ContentEncoding) -> Result<ContentEncoding, Refusal> {
    match (flag, declared) {
        (0, _) => Ok(ContentEncoding::Identity),
        (1, ContentEncoding::Identity) => Err(Refusal::new(
            RefusalKind::Malformed,
            "message is marked as compressed, but grpc-encoding does not say how",
        )),
        (1, declared) => Ok(declared),
        (other, _) => Err(Refusal::new(
            RefusalKind::Malformed,
            format!("message begins with the byte {other}, expected 0 or 1"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::deadline;
    use axum::http::{HeaderMap, HeaderValue};
    use std::time::Duration;

    #[test]
    fn deadlines_of_every_unit_are_read_and_nonsense_is_none() {
        let read = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert("grpc-timeout", HeaderValue::from_static(text));
            deadline(&headers)
        };
        assert_eq!(read("10S"), Some(Duration::from_secs(10)));
        assert_eq!(read("2H"), Some(Duration::from_secs(7200)));
        assert_eq!(read("250m"), Some(Duration::from_millis(250)));
        assert_eq!(read("99999999u"), Some(Duration::from_micros(99_999_999)));
        for nonsense in ["", "S", "10", "-1S", "999999999S", "1.5S"] {
            assert_eq!(read(nonsense), None, "{nonsense}");
        }
    }
}
