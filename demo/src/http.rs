//! The HTTP side: trigger a workflow, list its runs, health. Every request is a SERVER span; a
//! trigger that was accepted is told by the run's own root span instead.

use std::sync::Arc;
use std::time::{Instant, SystemTime};

use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, FromRef, MatchedPath, Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use opentelemetry::propagation::{Extractor, TextMapPropagator as _};
use opentelemetry::trace::{Span as _, SpanBuilder, SpanKind, Status, Tracer as _};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::guard::is_foreign;
use crate::inbox::{self, Inbox};
use crate::plan::Workflow;
use crate::probe::is_probe;
use crate::queue::{NewRun, Queue, Run};
use crate::scheduler::IdSource;
use crate::telemetry::Telemetry;
use crate::webhook::AlertMessage;

const BODY_BYTES_MAX: usize = 64 * 1024;
const HEADER_BYTES_MAX: usize = 512;
const LIMIT_DEFAULT: u32 = 100;
const LIMIT_MAX: u32 = 1_000;
/// What it takes to be noticed.
const BREAK_RUNS: usize = 20;

/// What handlers need.
#[derive(Debug, Clone)]
pub(crate) struct Api {
    pub(crate) queue: Queue,
    pub(crate) ids: Arc<IdSource>,
    pub(crate) telemetry: Arc<Telemetry>,
    /// Whether only names of this machine are answered: protects against DNS rebinding.
    pub(crate) loopback: bool,
    /// Messages about alerts.
    pub(crate) inbox: Inbox,
}

impl FromRef<Api> for Inbox {
    fn from_ref(api: &Api) -> Self {
        api.inbox.clone()
    }
}

/// Marks the response of an accepted trigger, whose span is the run's.
#[derive(Debug, Clone, Copy)]
struct Accepted;

#[derive(Debug, Deserialize)]
struct PageQuery {
    limit: Option<u32>,
    cursor: Option<i64>,
}

/// All routes.
pub(crate) fn router(api: Api) -> Router {
    Router::new()
        .route("/health", get(health))
        .route("/api/workflows/{name}/trigger", post(trigger))
        .route("/api/workflows/{name}/runs", get(runs))
        .route("/api/webhooks/grafana", post(grafana))
        .fallback(async || refuse(StatusCode::NOT_FOUND, "not_found", "no such path"))
        .layer(from_fn_with_state(api.clone(), observe))
        .merge(inbox_routes(&api))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(api)
}

/// The inbox stands beside the application: looking at it makes no spans.
fn inbox_routes(api: &Api) -> Router<Api> {
    Router::new()
        .route("/inbox", get(inbox::show))
        .route("/inbox/slack", post(inbox::slack))
        .route("/api/inbox", get(inbox::list))
        .route("/api/break", post(break_something))
        .layer(from_fn_with_state(api.clone(), keep_foreign_away))
}

async fn keep_foreign_away(State(api): State<Api>, request: Request, next: Next) -> Response {
    if is_foreign(request.headers(), api.loopback) {
        return foreign();
    }
    next.run(request).await
}

fn foreign() -> Response {
    refuse(
        StatusCode::FORBIDDEN,
        "forbidden",
        "the request comes from a foreign page or name",
    )
}

/// Twenty runs that fail, as people would start them by hand.
async fn break_something(State(api): State<Api>) -> Response {
    for _ in 0..BREAK_RUNS {
        let run = new_run(&api, Workflow::TestFailure, String::new(), "http");
        if let Err(error) = api.queue.push(run).await {
            return failed(&error);
        }
    }
    Redirect::to("/inbox").into_response()
}

fn new_run(api: &Api, workflow: Workflow, request: String, cause: &'static str) -> NewRun {
    NewRun {
        id: format!("run-{}", api.ids.next()),
        workflow,
        request,
        cause,
        correlation_id: format!("corr-{}", api.ids.next()),
        traceparent: None,
        tracestate: None,
    }
}

/// An alert comes back: a run of `alert-notification` tells about it.
async fn grafana(State(api): State<Api>, body: Result<Bytes, BytesRejection>) -> Response {
    let body = match body {
        Ok(body) => body,
        Err(error) => return refuse(error.status(), "limit", error.body_text().to_lowercase()),
    };
    let message = match serde_json::from_slice::<Value>(&body) {
        Ok(value) if value.is_object() => AlertMessage::read(&value),
        Ok(_) => return refuse(StatusCode::BAD_REQUEST, "invalid", "body is no JSON object"),
        Err(error) => {
            let message = format!("body is not JSON: {error}");
            return refuse(StatusCode::BAD_REQUEST, "invalid", message);
        }
    };
    let request = message.request(&inbox::now());
    let run = new_run(
        &api,
        Workflow::AlertNotification,
        request,
        "grafana_webhook",
    );
    let id = run.id.clone();
    match api.queue.push(run).await {
        Ok(true) => Json(json!({"workflowRunId": id})).into_response(),
        Ok(false) => too_many(),
        Err(error) => failed(&error),
    }
}

fn too_many() -> Response {
    let mut response = refuse(
        StatusCode::SERVICE_UNAVAILABLE,
        "limit",
        "too many runs are waiting",
    );
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, header::HeaderValue::from_static("30"));
    response
}

fn refuse(status: StatusCode, kind: &str, message: impl Into<String>) -> Response {
    let message: String = message.into();
    (
        status,
        Json(json!({"error": {"kind": kind, "message": message}})),
    )
        .into_response()
}

async fn health() -> Json<Value> {
    Json(json!({"status": "ok"}))
}

async fn trigger(
    State(api): State<Api>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let Some(workflow) = Workflow::from_name(&name) else {
        return unknown(&name);
    };
    let body = match body {
        Ok(body) => body,
        Err(error) => return refuse(error.status(), "limit", error.body_text().to_lowercase()),
    };
    let request = match request_text(&body) {
        Ok(request) => request,
        Err(error) => {
            return refuse(
                StatusCode::BAD_REQUEST,
                "invalid",
                format!("body is not JSON: {error}"),
            );
        }
    };
    let run = NewRun {
        id: format!("run-{}", api.ids.next()),
        workflow,
        request,
        cause: "http",
        correlation_id: correlation_id(&headers)
            .unwrap_or_else(|| format!("corr-{}", api.ids.next())),
        traceparent: short_header(&headers, "traceparent"),
        tracestate: short_header(&headers, "tracestate"),
    };
    let id = run.id.clone();
    match api.queue.push(run).await {
        Ok(true) => {
            let body = json!({"workflowRunId": id, "status": "PENDING"});
            let mut response = (StatusCode::ACCEPTED, Json(body)).into_response();
            response.extensions_mut().insert(Accepted);
            response
        }
        Ok(false) => too_many(),
        Err(error) => failed(&error),
    }
}

async fn runs(
    State(api): State<Api>,
    Path(name): Path<String>,
    page: Result<Query<PageQuery>, QueryRejection>,
) -> Response {
    let Some(workflow) = Workflow::from_name(&name) else {
        return unknown(&name);
    };
    let page = match page {
        Ok(Query(page)) => page,
        Err(error) => {
            return refuse(
                StatusCode::BAD_REQUEST,
                "invalid",
                error.body_text().to_lowercase(),
            );
        }
    };
    let limit = page.limit.unwrap_or(LIMIT_DEFAULT).clamp(1, LIMIT_MAX);
    match api.queue.list(workflow, limit, page.cursor).await {
        Ok((runs, next)) => {
            let mut body = json!({"runs": runs.iter().map(run_json).collect::<Vec<_>>()});
            if let Some(next) = next {
                body["nextCursor"] = json!(next.to_string());
            }
            Json(body).into_response()
        }
        Err(error) => failed(&error),
    }
}

fn unknown(name: &str) -> Response {
    let known: Vec<_> = Workflow::ALL.into_iter().map(Workflow::name).collect();
    let message = format!("no workflow {name}, there are {}", known.join(", "));
    refuse(StatusCode::NOT_FOUND, "not_found", message)
}

fn failed(error: &anyhow::Error) -> Response {
    tracing::error!(error = format!("{error:#}"), "a request to the demo failed");
    refuse(
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal",
        "the queue could not be used",
    )
}

/// The `request` of the body, or the whole body if it has another shape; empty without a body.
fn request_text(body: &[u8]) -> Result<String, serde_json::Error> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(String::new());
    }
    let value: Value = serde_json::from_slice(body)?;
    Ok(value["request"]
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned))
}

fn short_header(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?;
    (value.len() <= HEADER_BYTES_MAX).then(|| value.to_owned())
}

fn correlation_id(headers: &HeaderMap) -> Option<String> {
    let value = short_header(headers, "x-correlation-id")?;
    let fits =
        (1..=128).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_graphic());
    fits.then_some(value)
}

/// A time of the queue in RFC 3339.
fn time(at_ms: i64) -> Value {
    jiff::Timestamp::from_millisecond(at_ms).map_or(Value::Null, |at| json!(format!("{at:.9}")))
}

/// Absent values are left out.
fn run_json(run: &Run) -> Value {
    let mut value = json!({
        "id": run.id,
        "workflow": run.workflow,
        "status": run.status,
        "trigger": run.cause,
        "correlationId": run.correlation_id,
        "createdAt": time(run.created_at_ms),
    });
    if let Some(started) = run.started_at_ms {
        value["startedAt"] = time(started);
    }
    if let Some(finished) = run.finished_at_ms {
        value["finishedAt"] = time(finished);
        value["durationMs"] = json!(finished - run.started_at_ms.unwrap_or(finished));
    }
    if let Some(trace_id) = &run.trace_id {
        value["traceId"] = json!(trace_id);
    }
    if let Some(error) = &run.error {
        value["error"] = json!(error);
    }
    value
}

/// Headers as the W3C propagator wants to read them.
struct Headers<'a>(&'a HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).and_then(|value| value.to_str().ok())
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(header::HeaderName::as_str).collect()
    }
}

/// Turns foreign pages away, counts the request and records it as a span.
async fn observe(State(api): State<Api>, request: Request, next: Next) -> Response {
    let (started, clock) = (SystemTime::now(), Instant::now());
    let is_probe = is_probe(request.headers());
    let method = request.method().to_string();
    let path = request.uri().path().to_owned();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map(|route| route.as_str().to_owned());
    let parent = TraceContextPropagator::new()
        .extract_with_context(&Context::new(), &Headers(request.headers()));
    let response = if is_foreign(request.headers(), api.loopback) {
        foreign()
    } else {
        next.run(request).await
    };
    let status = response.status();
    let metrics = &api.telemetry.metrics;
    metrics.request_answered(&method, route.as_deref(), status.as_u16(), clock.elapsed());
    if is_probe || response.extensions().get::<Accepted>().is_some() {
        return response;
    }
    let mut attributes = vec![
        KeyValue::new("http.request.method", method.clone()),
        KeyValue::new("url.path", path),
        KeyValue::new("url.scheme", "http"),
        KeyValue::new("http.response.status_code", i64::from(status.as_u16())),
    ];
    let name = match route {
        Some(route) => {
            let name = format!("{method} {route}");
            attributes.push(KeyValue::new("http.route", route));
            name
        }
        None => method,
    };
    let builder = SpanBuilder::from_name(name)
        .with_kind(SpanKind::Server)
        .with_start_time(started)
        .with_attributes(attributes);
    let mut span = api.telemetry.tracer.build_with_context(builder, &parent);
    if status.is_server_error() {
        span.set_attribute(KeyValue::new("error.type", status.as_str().to_owned()));
        span.set_status(Status::error(status.to_string()));
    }
    span.end_with_timestamp(started + clock.elapsed());
    response
}

#[cfg(test)]
mod tests {
    use super::{correlation_id, request_text};
    use axum::http::{HeaderMap, HeaderName, HeaderValue};

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let row = |(name, value): &(&'static str, &'static str)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        };
        pairs.iter().map(row).collect()
    }

    #[test]
    fn request_is_taken_from_any_json() {
        assert_eq!(request_text(b" ").unwrap(), "");
        assert_eq!(request_text(br#"{"request":"do it"}"#).unwrap(), "do it");
        assert_eq!(
            request_text(br#"{"alerts":[]}"#).unwrap(),
            r#"{"alerts":[]}"#
        );
        assert!(request_text(b"{").is_err());
    }

    #[test]
    fn strange_correlation_ids_are_ignored() {
        let id = |value| correlation_id(&headers(&[("x-correlation-id", value)]));
        assert_eq!(id("corr-7").as_deref(), Some("corr-7"));
        assert_eq!(id("a b"), None);
        assert_eq!(id(""), None);
    }
}
