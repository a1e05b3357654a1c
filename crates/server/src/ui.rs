//! The web UI on the HTTP listener: its page for every address that it knows, its files, and what
//! stands there in a build without it. It holds no data, so it asks for no token.
//!
//! `ui/file.rs` has the files that `build.rs` packed, `ui/page.rs` the page with its headers,
//! `ui/negotiate.rs` reads Accept and Accept-Encoding, `ui/base.rs` deals with sub paths.

pub mod base;
#[cfg(feature = "ui")]
mod file;
pub mod negotiate;
#[cfg(feature = "ui")]
mod page;

use crate::listener::{Arrival, Kind};
use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use rustls::crypto::SecureRandom;
use std::sync::Arc;

/// Addresses of pages, as routes. The router of the UI knows the same ones.
pub const PAGES: [&str; 15] = [
    "/",
    "/traces",
    "/traces/{trace_id}",
    "/logs",
    "/explore",
    "/services",
    "/status",
    "/alerts",
    "/alerts/{id}",
    "/rules",
    "/rules/{id}",
    "/silences",
    "/routes",
    "/on-call",
    "/deliveries",
];

/// Where the built files are.
const ASSETS: &str = "/assets/";

/// First parts of paths that belong to programs; nothing below them is a page.
const FOREIGN: [&str; 8] = [
    "api",
    "prometheus",
    "v1",
    "v1development",
    "metrics",
    "health",
    "ready",
    "-",
];

/// What the page needs to be written.
#[derive(Clone)]
pub struct Ui {
    /// Gives the bytes of nonces.
    pub random: &'static dyn SecureRandom,
    /// Whether it is served at all.
    pub on: bool,
    /// The sub path under which requests come unstripped, without a slash at its end; empty if
    /// there is none.
    pub base_path: Arc<str>,
}

/// Routes of pages and files; none if it is off.
pub fn routes(ui: &Ui) -> Router {
    let mut router = Router::new();
    if !ui.on {
        return router.with_state(ui.clone());
    }
    for page in PAGES {
        router = router.route(page, get(known_page));
    }
    #[cfg(feature = "ui")]
    {
        router = router.route("/assets/{*file}", get(file_or_404));
        for file in file::FILES {
            if !file.path.starts_with(ASSETS) {
                router = router.route(file.path, get(file_or_404));
            }
        }
    }
    router.with_state(ui.clone())
}

/// The answer to a request that no route takes: the page with status 404 where a person asked,
/// otherwise nothing.
pub fn unknown(ui: &Ui, request: &Request) -> Option<Response> {
    if !ui.on || !is_for_people(request) {
        return None;
    }
    let path = request.uri().path();
    // A known page with a slash behind it is the same page.
    let known = path.len() > 1 && path.ends_with('/') && is_page(path.trim_end_matches('/'));
    let explicit = negotiate::html(request.headers()) == negotiate::Html::Named;
    if !(explicit || known) {
        return None;
    }
    page_answer(ui, request, known)
}

/// Whether a request needs no token because only the UI can answer it.
pub fn is_public(request: &Request) -> bool {
    match request.extensions().get::<MatchedPath>() {
        Some(route) => is_route(route.as_str()) && is_read(request.method()) && is_http(request),
        None => is_for_people(request),
    }
}

/// Whether this is a route of `routes`.
fn is_route(route: &str) -> bool {
    #[cfg(feature = "ui")]
    if route.starts_with(ASSETS) || file::find(route).is_some() {
        return true;
    }
    PAGES.contains(&route)
}

/// A GET on the HTTP listener whose path belongs to no program.
fn is_for_people(request: &Request) -> bool {
    let path = request.uri().path();
    let first = path
        .strip_prefix('/')
        .and_then(|rest| rest.split('/').next());
    let foreign = first.is_none_or(|first| {
        FOREIGN.contains(&first) || first.starts_with("opentelemetry.proto.collector.")
    });
    is_http(request) && is_read(request.method()) && !foreign && !path.starts_with(ASSETS)
}

fn is_http(request: &Request) -> bool {
    let arrival = request.extensions().get::<Arrival>();
    arrival.is_some_and(|arrival| arrival.kind == Kind::Http)
}

fn is_read(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

fn is_page(path: &str) -> bool {
    PAGES.iter().any(|page| match page.split_once('{') {
        Some((before, _)) => path
            .strip_prefix(before)
            .is_some_and(|rest| !rest.is_empty() && !rest.contains('/')),
        None => path == *page,
    })
}

async fn known_page(State(ui): State<Ui>, request: Request) -> Response {
    let html = negotiate::html(request.headers()) != negotiate::Html::No;
    let answer = if html && is_http(&request) {
        page_answer(&ui, &request, true)
    } else {
        None
    };
    match answer {
        Some(answer) => answer,
        None => crate::routes::not_found(request.uri().clone())
            .await
            .into_response(),
    }
}

#[cfg(feature = "ui")]
fn page_answer(ui: &Ui, request: &Request, known: bool) -> Option<Response> {
    Some(page::answer(ui, request, known))
}

/// Says that there is no UI, where people look first.
#[cfg(not(feature = "ui"))]
fn page_answer(_ui: &Ui, request: &Request, _known: bool) -> Option<Response> {
    const TEXT: &str = "This tacho was built without its web interface (feature `ui`).\n\
        The command line and the HTTP API (api/v1/openapi.json) have everything that it shows.\n";
    let root = request.uri().path() == "/";
    root.then(|| TEXT.into_response())
}

#[cfg(feature = "ui")]
async fn file_or_404(request: Request) -> Response {
    match file::find(request.uri().path()).filter(|_| is_http(&request)) {
        Some(file) => file::answer(file, request.headers()),
        None => crate::routes::not_found(request.uri().clone())
            .await
            .into_response(),
    }
}

#[cfg(test)]
mod tests;
