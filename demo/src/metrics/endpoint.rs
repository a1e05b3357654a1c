//! `/metrics` on a listener of its own, where a Prometheus server (or `tacho`) fetches what
//! `catalogue.rs` names.

use std::io;
use std::net::{SocketAddr, TcpListener as StdListener};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use tokio::net::TcpListener;

use super::exposition::Format;
use super::{Checkup, Metrics};
use crate::guard::is_foreign;
use crate::options::MetricsListen;
use crate::pace::Pace;
use crate::queue::Queue;

/// What an answer needs.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) queue: Queue,
    pub(crate) pace: Pace,
    pub(crate) work_dir: PathBuf,
    pub(crate) loopback: bool,
}

/// Opens the listener; none if it is off.
pub(crate) fn open(listen: MetricsListen) -> anyhow::Result<Option<(TcpListener, SocketAddr)>> {
    let register = |listener: StdListener| -> io::Result<(TcpListener, SocketAddr)> {
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        Ok((TcpListener::from_std(listener)?, address))
    };
    let listener = match listen {
        MetricsListen::Off => return Ok(None),
        MetricsListen::Open(listener) => listener,
        MetricsListen::At(address) => StdListener::bind(address)
            .with_context(|| format!("failed to listen on {address} for /metrics"))?,
    };
    let registered = register(listener).context("failed to use the listener for /metrics")?;
    Ok(Some(registered))
}

/// Answers scrapes for ever.
pub(crate) async fn serve(listener: TcpListener, endpoint: Endpoint) -> anyhow::Result<()> {
    let router = Router::new()
        .route("/metrics", get(answer))
        .with_state(endpoint);
    axum::serve(listener, router)
        .await
        .context("the listener for /metrics failed")
}

async fn answer(State(endpoint): State<Endpoint>, headers: HeaderMap) -> Response {
    if is_foreign(&headers, endpoint.loopback) {
        let message = "the request comes from a foreign page or name\n";
        return (StatusCode::FORBIDDEN, message).into_response();
    }
    // The queue's error is told by its own health, here and in the answers of the HTTP side.
    let waiting = endpoint.queue.waiting().await.ok();
    let work_dir = tokio::fs::metadata(&endpoint.work_dir).await;
    let checkup = Checkup {
        waiting,
        work_dir: work_dir.is_ok_and(|metadata| metadata.is_dir()),
        scheduler: !endpoint.pace.is_stopped(),
    };
    let accepted = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let format = Format::accepted(accepted);
    let body = endpoint.metrics.expose(format, &checkup);
    ([(header::CONTENT_TYPE, format.content_type())], body).into_response()
}
