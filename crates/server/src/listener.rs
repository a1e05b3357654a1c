//! Listeners: bound sockets, TLS, HTTP/1.1 and HTTP/2 on one port, limits on connections and time.
//!
//! `listener/watch.rs` decides when a connection is idle, too slow or stuck; `listener/tls.rs`
//! reads certificates. What a request gets is up to the `App` of the listener.

pub mod tls;
mod watch;

use crate::config::settings::Http;
use crate::error::{Error, ErrorKind};
use crate::telemetry::connections::{Connections, Refused};
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tacho_stdx::clock::Clock;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch as signal};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;
use watch::{Verdict, Watched, Watcher};

/// Which listener it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Every API, OTLP/HTTP too.
    Http,
    /// OTLP/gRPC.
    OtlpGrpc,
    /// OTLP/HTTP.
    OtlpHttp,
    /// The API of Prometheus.
    Prometheus,
}

impl Kind {
    /// The name in `listening …`, the ready file and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Http => "http",
            Kind::OtlpGrpc => "otlp_grpc",
            Kind::OtlpHttp => "otlp_http",
            Kind::Prometheus => "prometheus",
        }
    }
}

/// Gives the router that stands for a listener at this moment: while replaying another than later.
pub type App = Arc<dyn Fn(Kind) -> Router + Send + Sync>;

/// Where a request came in; put into its extensions.
#[derive(Debug, Clone, Copy)]
pub struct Arrival {
    /// The listener.
    pub kind: Kind,
    /// Our address of the connection.
    pub local: IpAddr,
    /// Whether the listener can be reached from other machines.
    pub exposed: bool,
}

/// A bound listener.
#[derive(Debug)]
pub struct Bound {
    /// Which it is.
    pub kind: Kind,
    /// Its real address.
    pub address: SocketAddr,
    listener: TcpListener,
}

/// Binds one listener.
///
/// # Errors
/// `Conflict` if the address is taken, `Invalid` if it cannot be had on this machine.
pub async fn bind(kind: Kind, address: &str) -> Result<Bound, Error> {
    let wrong = |error: std::io::Error| {
        let what = kind.as_str();
        match error.kind() {
            std::io::ErrorKind::AddrInUse => Error::new(
                ErrorKind::Conflict,
                format!("listen on {address} ({what}): the address is taken"),
            )
            .with_hint("stop the other program, or give another port"),
            std::io::ErrorKind::PermissionDenied => Error::new(
                ErrorKind::Invalid,
                format!("listen on {address} ({what}): not allowed"),
            )
            .with_hint("take a port above 1023"),
            _ => Error::new(
                ErrorKind::Invalid,
                format!("listen on {address} ({what}): {error}"),
            ),
        }
        .with_source(error)
    };
    let listener = TcpListener::bind(address).await.map_err(wrong)?;
    let address = listener.local_addr().map_err(wrong)?;
    Ok(Bound {
        kind,
        address,
        listener,
    })
}

/// What listeners have in common.
#[derive(Clone)]
pub struct Shared {
    /// The router of the moment.
    pub app: App,
    /// Counters.
    pub connections: Arc<Connections>,
    /// Certificates, if TLS is on.
    pub tls: Option<TlsAcceptor>,
    /// Places for connections.
    pub places: Arc<Semaphore>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Time limits.
    pub times: Times,
    /// Requests at a time on one HTTP/2 connection.
    pub streams_max: u32,
    /// Becomes true when the server stops.
    pub stopping: signal::Receiver<bool>,
}

/// Time limits of connections.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    /// For the head of a request, and for the handshake of TLS.
    pub header: Duration,
    /// Without a request; also without progress in writing an answer.
    pub idle: Duration,
}

impl From<&Http> for Times {
    fn from(http: &Http) -> Self {
        Self {
            header: http.header_timeout,
            idle: http.idle_timeout,
        }
    }
}

/// Accepts until the server stops; returns when all its connections are closed.
pub async fn serve(bound: Bound, shared: Shared) {
    let (alive, mut all_gone) = tokio::sync::mpsc::channel::<()>(1);
    let exposed = !bound.address.ip().to_canonical().is_loopback();
    let mut stopping = shared.stopping.clone();
    loop {
        let accepted = tokio::select! {
            accepted = bound.listener.accept() => accepted,
            _ = stopping.wait_for(|stop| *stop) => break,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                // Out of file handles, or the client went while waiting: others may come through.
                shared.connections.refused(bound.kind, Refused::Accept);
                tracing::warn!(%error, listener = bound.kind.as_str(), "a connection was not accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let Ok(place) = Arc::clone(&shared.places).try_acquire_owned() else {
            shared.connections.refused(bound.kind, Refused::Limit);
            continue;
        };
        let local = stream
            .local_addr()
            .map_or(bound.address.ip(), |address| address.ip());
        let arrival = Arrival {
            kind: bound.kind,
            local,
            exposed,
        };
        let shared = shared.clone();
        let alive = alive.clone();
        tokio::spawn(async move {
            connection(stream, arrival, shared, place).await;
            drop(alive);
        });
    }
    drop(alive);
    let _ = all_gone.recv().await;
}

async fn connection(
    stream: TcpStream,
    arrival: Arrival,
    shared: Shared,
    _place: OwnedSemaphorePermit,
) {
    let _ = stream.set_nodelay(true);
    shared.connections.opened(arrival.kind);
    match &shared.tls {
        None => drive(stream, arrival, &shared).await,
        Some(acceptor) => {
            match tokio::time::timeout(shared.times.header, acceptor.accept(stream)).await {
                Ok(Ok(stream)) => drive(stream, arrival, &shared).await,
                Ok(Err(error)) => {
                    shared.connections.refused(arrival.kind, Refused::Tls);
                    tracing::debug!(%error, "a TLS handshake failed");
                }
                Err(_) => shared.connections.refused(arrival.kind, Refused::Slow),
            }
        }
    }
    shared.connections.closed(arrival.kind);
}

async fn drive<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    stream: S,
    arrival: Arrival,
    shared: &Shared,
) {
    let watcher = Arc::new(Watcher::new(shared.times, Arc::clone(&shared.clock)));
    let io = TokioIo::new(Watched::new(stream, Arc::clone(&watcher)));
    let app = Arc::clone(&shared.app);
    let requests = Arc::clone(&watcher);
    let service = hyper::service::service_fn(move |mut request: hyper::Request<Incoming>| {
        let router = app(arrival.kind);
        let running = Watcher::begin(&requests);
        request.extensions_mut().insert(arrival);
        async move {
            let response = router.oneshot(request.map(Body::new) as Request).await?;
            // The request counts as running until its answer is written.
            Ok::<_, std::convert::Infallible>(response.map(|body| running.hold(body)))
        }
    });
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(None)
        .max_buf_size(128 << 10)
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(shared.streams_max)
        .initial_stream_window_size(1 << 20)
        .initial_connection_window_size(4 << 20)
        .max_header_list_size(64 << 10)
        .keep_alive_interval(Duration::from_secs(30))
        .keep_alive_timeout(Duration::from_secs(20));
    let connection = builder.serve_connection(io, service).into_owned();
    let mut connection = std::pin::pin!(connection);
    let mut ticks = tokio::time::interval(Duration::from_millis(500));
    let mut stopping = shared.stopping.clone();
    let mut finishing = false;
    loop {
        tokio::select! {
            result = connection.as_mut() => {
                if let Err(error) = result {
                    tracing::debug!(%error, "a connection ended with an error");
                }
                return;
            }
            _ = stopping.wait_for(|stop| *stop), if !finishing => {
                finishing = true;
                connection.as_mut().graceful_shutdown();
            }
            _ = ticks.tick() => match watcher.verdict() {
                Verdict::Keep => {}
                Verdict::Finish if !finishing => {
                    finishing = true;
                    connection.as_mut().graceful_shutdown();
                }
                Verdict::Finish => {}
                Verdict::Drop(reason) => {
                    shared.connections.refused(arrival.kind, reason);
                    return;
                }
            },
        }
    }
}
