//! Puts routes and what stands before them together: one router a listener and phase.

use crate::alertmanager;
use crate::answer::ApiError;
use crate::auth::{Denial, Right};
use crate::config::settings::Http;
use crate::gate::{self, TOKEN_NEEDED};
use crate::listener::Kind;
use crate::otlp::{self, Authorize, OtlpState, PoolLimits, ReadLimits};
use crate::prometheus;
use crate::routes;
use crate::runbook;
use crate::state::{RefusedBy, ServerState};
use crate::ui::base;
use crate::ui::{self, Ui};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse as _, Response};
use std::sync::{Arc, OnceLock};
use tacho_api::error::ErrorKind;
use tacho_ingest::ingest::Ingest;
use tacho_ingest::refusal::{Refusal, RefusalKind};
use tower::ServiceExt as _;
use tower_http::compression::CompressionLayer;
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

/// Routers of all listeners, for before and after the log is replayed.
pub struct Apps {
    ui: Ui,
    early: Router,
    /// The same with the UI, for the HTTP listener.
    early_http: Router,
    ready: OnceLock<Ready>,
}

struct Ready {
    http: Router,
    otlp_grpc: Router,
    otlp_http: Router,
    prometheus: Router,
}

impl Apps {
    /// Routers for while the log is replayed.
    pub fn new(state: &Arc<ServerState>) -> Self {
        let http = &state.changeable().config.http;
        let ui = Ui {
            random: rustls::crypto::ring::default_provider().secure_random,
            on: http.ui,
            base_path: http.base_path.as_str().into(),
        };
        let router = routes::early(Arc::clone(state))
            .fallback_service(axum::routing::any(starting).with_state(Arc::clone(state)));
        let (page, starts) = (ui.clone(), Arc::clone(state));
        let with_ui = routes::early(Arc::clone(state))
            .merge(ui::routes(&ui))
            .merge(runbook::routes(&ui))
            .fallback(
                async move |request: Request| match ui::unknown(&page, &request) {
                    Some(page) => page,
                    None => starting(State(starts)).await,
                },
            );
        Self {
            early: around(router, state),
            early_http: below(&ui, around(with_ui, state)),
            ready: OnceLock::new(),
            ui,
        }
    }

    /// Adds the routes that need the store.
    pub fn open(&self, state: &Arc<ServerState>, ingest: &Arc<Ingest>) {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let idle = state.changeable().config.http.body_timeout;
        let reading = ReadLimits {
            idle,
            ..ReadLimits::default()
        };
        let otlp = OtlpState::new(
            Arc::clone(ingest),
            authorize(Arc::clone(state)),
            PoolLimits::for_cores(cores),
            reading,
        );
        let page = self.ui.clone();
        let api = routes::early(Arc::clone(state))
            .merge(routes::api(Arc::clone(state)))
            .nest("/prometheus", prometheus::routes(Arc::clone(state)))
            .nest("/alertmanager", alertmanager::routes(Arc::clone(state)))
            .method_not_allowed_fallback(routes::wrong_method)
            .layer(CompressionLayer::new().gzip(true))
            .merge(otlp::import_routes(otlp.clone()))
            .merge(otlp::routes(otlp.clone()))
            .nest("/prometheus", otlp::prometheus_routes(otlp.clone()))
            .merge(ui::routes(&self.ui))
            .merge(runbook::routes(&self.ui))
            .fallback(
                async move |request: Request| match ui::unknown(&page, &request) {
                    Some(page) => page,
                    None => routes::not_found(request.uri().clone())
                        .await
                        .into_response(),
                },
            );
        let grpc = otlp::routes(otlp.clone()).fallback(otlp::unknown_service);
        let http = otlp::routes(otlp.clone()).fallback(routes::not_found);
        let prometheus = routes::early(Arc::clone(state))
            .merge(prometheus::routes(Arc::clone(state)))
            .layer(CompressionLayer::new().gzip(true))
            .merge(otlp::prometheus_routes(otlp))
            .fallback(routes::not_found);
        let _ = self.ready.set(Ready {
            http: below(&self.ui, around(api, state)),
            otlp_grpc: around(grpc, state),
            otlp_http: around(http, state),
            prometheus: around(prometheus, state),
        });
    }

    /// The router that stands for a listener now.
    pub fn router(&self, kind: Kind) -> Router {
        match (self.ready.get(), kind) {
            (None, Kind::Http) => self.early_http.clone(),
            (None, _) => self.early.clone(),
            (Some(ready), Kind::Http) => ready.http.clone(),
            (Some(ready), Kind::OtlpGrpc) => ready.otlp_grpc.clone(),
            (Some(ready), Kind::OtlpHttp) => ready.otlp_http.clone(),
            (Some(ready), Kind::Prometheus) => ready.prometheus.clone(),
        }
    }
}

/// Takes requests below the base path, too. It stands outside, for routes are chosen by the path.
fn below(ui: &Ui, router: Router) -> Router {
    if ui.base_path.is_empty() {
        return router;
    }
    let base_path = Arc::clone(&ui.base_path);
    let strip = move |request| base::strip(request, &base_path);
    Router::new().fallback_service(router.map_request(strip))
}

fn around(router: Router, state: &Arc<ServerState>) -> Router {
    let gated = router.layer(from_fn_with_state(Arc::clone(state), gate::pass));
    match cors(&state.changeable().config.http) {
        Some(layer) => gated.layer(layer),
        None => gated,
    }
}

async fn starting(State(state): State<Arc<ServerState>>) -> Response {
    state.refused.count(RefusedBy::NotReady);
    let message = "the server is starting: it replays its log";
    ApiError::new(ErrorKind::Unavailable, message)
        .hint("see /ready")
        .into_response()
}

/// Lets pages of these origins call; nothing if there are none.
fn cors(http: &Http) -> Option<CorsLayer> {
    if http.cors_origins.is_empty() {
        return None;
    }
    let origins = http
        .cors_origins
        .iter()
        .filter_map(|origin| HeaderValue::from_str(origin).ok());
    let headers = http
        .cors_headers
        .iter()
        .filter_map(|name| name.parse::<HeaderName>().ok());
    Some(
        CorsLayer::new()
            .allow_origin(AllowOrigin::list(origins))
            .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE])
            .allow_headers(AllowHeaders::list(headers))
            .expose_headers([HeaderName::from_static("x-next-cursor")])
            .max_age(http.cors_max_age),
    )
}

/// Whose data a sender brings: everybody's is the default tenant, if the token allows it.
fn authorize(state: Arc<ServerState>) -> Authorize {
    Arc::new(move |headers| {
        let needed = headers.contains_key(TOKEN_NEEDED);
        match state
            .changeable()
            .tokens
            .check(headers, Right::Ingest, needed)
        {
            Ok(()) => Ok(state.tenant.clone()),
            Err(denial) => {
                state.refused.count(RefusedBy::Token);
                let kind = match denial {
                    Denial::Missing | Denial::Unknown => RefusalKind::Unauthenticated,
                    Denial::Scope => RefusalKind::Forbidden,
                };
                Err(Refusal::new(kind, denial.message(Right::Ingest)))
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::Apps;
    use crate::config::load::{Sources, load};
    use crate::listener::{Arrival, Kind};
    use crate::pool::Pool;
    use crate::reload::Reloader;
    use crate::state::{Parts, ServerState};
    use axum::body::Body;
    use axum::http::{Request, Response};
    use http_body_util::BodyExt as _;
    use std::sync::Arc;
    use tacho_stdx::clock::ManualClock;
    use tacho_storage::io::std_io::StdIo;
    use tower::ServiceExt as _;

    fn state() -> Arc<ServerState> {
        let reload = Reloader {
            io: Arc::new(StdIo),
            path: None,
            env: [].into(),
            flags: Vec::new(),
            bound: Vec::new(),
        };
        let config = load(&Sources::default()).unwrap().config;
        Arc::new(ServerState::new(Parts {
            version: "0",
            clock: Arc::new(ManualClock::at(0)),
            changeable: reload.changeable(config, None),
            pool: Pool::start(1, 1).unwrap(),
            log: crate::telemetry::log::LogControl::default(),
            own_spans: false,
            tokens_needed: true,
            stopping: tokio::sync::watch::channel(false).1,
            reload,
        }))
    }

    async fn get(apps: &Apps, kind: Kind, path: &str) -> Response<Body> {
        let local = "127.0.0.1".parse().unwrap();
        let request = Request::get(path)
            .header("host", "localhost")
            .extension(Arrival {
                kind,
                local,
                exposed: false,
            })
            .body(Body::empty())
            .unwrap();
        apps.router(kind).oneshot(request).await.unwrap()
    }

    #[tokio::test]
    async fn while_the_log_is_replayed_only_the_server_itself_answers() {
        let state = state();
        let apps = Apps::new(&state);
        state.readiness.set_progress(0.4);
        let ready = get(&apps, Kind::Http, "/ready").await;
        assert_eq!(ready.status(), 503);
        assert!(ready.headers().contains_key("retry-after"));
        let body = ready.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(&body[..], b"{\"status\":\"replaying\",\"progress\":0.4}\n");
        let early = [
            "/health",
            "/api/health",
            "/metrics",
            "/api/v1/openapi.json",
            "/",
        ];
        for path in early {
            assert_eq!(get(&apps, Kind::Http, path).await.status(), 200, "{path}");
        }
        for (kind, path) in [
            (Kind::Http, "/api/v1/traces"),
            (Kind::Http, "/api/v1/status"),
            (Kind::Http, "/nowhere"),
            (Kind::OtlpHttp, "/v1/traces"),
            (Kind::OtlpHttp, "/"),
            (
                Kind::OtlpGrpc,
                "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
            ),
        ] {
            let response = get(&apps, kind, path).await;
            assert_eq!(response.status(), 503, "{path}");
            assert_eq!(response.headers()["retry-after"], "5");
        }
    }
}
