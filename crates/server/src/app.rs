//! Puts routes and what stands before them together: one router a listener and phase.

use crate::answer::ApiError;
use crate::auth::{Denial, Right};
use crate::config::settings::Http;
use crate::gate::{self, TOKEN_NEEDED};
use crate::listener::Kind;
use crate::otlp::{self, Authorize, OtlpState, PoolLimits, ReadLimits};
use crate::routes;
use crate::state::{RefusedBy, ServerState};
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse as _, Response};
use std::sync::{Arc, OnceLock};
use tacho_api::error::ErrorKind;
use tacho_ingest::ingest::Ingest;
use tacho_ingest::refusal::{Refusal, RefusalKind};
use tower_http::compression::CompressionLayer;
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

/// Routers of all listeners, for before and after the log is replayed.
pub struct Apps {
    early: Router,
    ready: OnceLock<Ready>,
}

struct Ready {
    http: Router,
    otlp_grpc: Router,
    otlp_http: Router,
}

impl Apps {
    /// Routers for while the log is replayed.
    pub fn new(state: &Arc<ServerState>) -> Self {
        let router = routes::early(Arc::clone(state))
            .fallback_service(axum::routing::any(starting).with_state(Arc::clone(state)));
        Self {
            early: around(router, state),
            ready: OnceLock::new(),
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
        let api = routes::early(Arc::clone(state))
            .merge(routes::api(Arc::clone(state)))
            .method_not_allowed_fallback(routes::wrong_method)
            .layer(CompressionLayer::new().gzip(true))
            .merge(otlp::routes(otlp.clone()))
            .fallback(routes::not_found);
        let grpc = otlp::routes(otlp.clone()).fallback(otlp::unknown_service);
        let http = otlp::routes(otlp).fallback(routes::not_found);
        let _ = self.ready.set(Ready {
            http: around(api, state),
            otlp_grpc: around(grpc, state),
            otlp_http: around(http, state),
        });
    }

    /// The router that stands for a listener now.
    pub fn router(&self, kind: Kind) -> Router {
        match (self.ready.get(), kind) {
            (None, _) => self.early.clone(),
            (Some(ready), Kind::Http) => ready.http.clone(),
            (Some(ready), Kind::OtlpGrpc) => ready.otlp_grpc.clone(),
            (Some(ready), Kind::OtlpHttp) => ready.otlp_http.clone(),
        }
    }
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
            .allow_methods([Method::GET, Method::POST, Method::DELETE])
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
