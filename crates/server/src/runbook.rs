//! Runbooks: `/runbooks` lists them, `/runbooks/{slug}` shows one. The pages are Markdown from
//! `docs/runbooks`, compiled in; they hold no data, need no token and no script, and are there while
//! the log is replayed and without the web UI.
//!
//! `runbook/pages.rs` has the texts, `runbook/render.rs` makes HTML of them.

mod pages;
mod render;
#[cfg(test)]
mod tests;

use crate::answer::ApiError;
use crate::listener::{Arrival, Kind};
use crate::ui::base::{self, Stripped};
use crate::ui::{Ui, negotiate};
use axum::Router;
use axum::extract::{MatchedPath, Path, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pages::{COMMON, GROUPS, Runbook};
use render::{actions, escape, html_of, outline_of, rules_of};
use std::fmt::Write as _;
use tacho_api::error::ErrorKind;

/// Where they lie; rules name them so in `runbook_url`.
pub const PATH: &str = "/runbooks";
const INDEX: &str = "/runbooks/";
const ONE: &str = "/runbooks/{slug}";
const STYLE: &str = include_str!("runbook/style.css");

/// Whether there is a page of this name.
pub fn exists(slug: &str) -> bool {
    find(slug).is_some()
}

/// Routes of the list and of the pages.
pub fn routes(ui: &Ui) -> Router {
    Router::new()
        .route(PATH, get(index))
        .route(INDEX, get(index))
        .route(ONE, get(page))
        .with_state(ui.clone())
}

/// Whether a request needs no token because it asks for a runbook.
pub fn is_public(request: &Request) -> bool {
    let route = request.extensions().get::<MatchedPath>();
    let ours = route.is_some_and(|route| [PATH, INDEX, ONE].contains(&route.as_str()));
    let arrival = request.extensions().get::<Arrival>();
    ours && arrival.is_some_and(|arrival| arrival.kind == Kind::Http)
        && matches!(*request.method(), Method::GET | Method::HEAD)
}

fn find(slug: &str) -> Option<&'static Runbook> {
    GROUPS
        .iter()
        .flat_map(|group| group.pages)
        .find(|page| page.slug == slug)
}

async fn index(State(ui): State<Ui>, request: Request) -> Response {
    if wants_markdown(&request) {
        return markdown(StatusCode::OK, list_as_markdown());
    }
    let body = format!(
        "<h1>Runbooks</h1><p>What to do when a rule fires that comes with tacho.</p>{}",
        list()
    );
    html(&ui, &request, StatusCode::OK, "Runbooks", &body)
}

async fn page(State(ui): State<Ui>, Path(slug): Path<String>, request: Request) -> Response {
    let Some(found) = find(&slug) else {
        return unknown(&ui, &request, &slug);
    };
    if wants_markdown(&request) {
        return markdown(StatusCode::OK, format!("{}\n{COMMON}", found.text));
    }
    let mut body = html_of(&format!("{}\n{COMMON}", found.text), found.slug);
    // Below the table of rules, which is the first thing that ends so.
    if let Some(at) = body.find("</div>") {
        body.insert_str(at + "</div>".len(), &actions(&rules_of(found.text)));
    }
    let title = outline_of(found.text).title;
    html(&ui, &request, StatusCode::OK, title, &body)
}

/// Says what there is instead.
fn unknown(ui: &Ui, request: &Request, slug: &str) -> Response {
    let name: String = slug.chars().take(80).collect();
    if wants_markdown(request) {
        let text = format!("There is no runbook `{name}`.\n\n{}", list_as_markdown());
        return markdown(StatusCode::NOT_FOUND, text);
    }
    let body = format!(
        "<h1>There is no runbook <code>{}</code></h1><p>These come with tacho. Rules of your own name \
         theirs in <code>runbook_url</code>.</p>{}",
        escape(&name),
        list()
    );
    html(ui, request, StatusCode::NOT_FOUND, "No such runbook", &body)
}

fn list() -> String {
    let mut text = String::new();
    for group in GROUPS {
        let _ = write!(text, "<h2>{}</h2><ul class=\"list\">", escape(group.name));
        for page in group.pages {
            let outline = outline_of(page.text);
            let _ = write!(
                text,
                "<li><a href=\"runbooks/{}\"><b>{}</b><span>{}</span></a></li>",
                page.slug,
                escape(outline.title),
                escape(&outline.lead.replace(['`', '*'], ""))
            );
        }
        text.push_str("</ul>");
    }
    text
}

fn list_as_markdown() -> String {
    let mut text = "# Runbooks\n".to_owned();
    for group in GROUPS {
        let _ = write!(text, "\n## {}\n\n", group.name);
        for page in group.pages {
            let outline = outline_of(page.text);
            let _ = writeln!(
                text,
                "- [{}](/runbooks/{}): {}",
                outline.title, page.slug, outline.lead
            );
        }
    }
    text
}

/// `?format=markdown`, or an Accept that takes no HTML.
fn wants_markdown(request: &Request) -> bool {
    let query = request.uri().query().unwrap_or_default();
    query
        .split('&')
        .any(|part| matches!(part, "format=markdown" | "format=md"))
        || negotiate::html(request.headers()) == negotiate::Html::No
}

fn markdown(status: StatusCode, text: String) -> Response {
    let mut response = (status, text).into_response();
    let kind = HeaderValue::from_static("text/markdown; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    let policy = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
    response
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

fn html(ui: &Ui, request: &Request, status: StatusCode, title: &str, body: &str) -> Response {
    let mut bytes = [0; 16];
    if ui.random.fill(&mut bytes).is_err() {
        let message = "the system gave no random bytes";
        return ApiError::new(ErrorKind::Internal, message).into_response();
    }
    let nonce = STANDARD.encode(bytes);
    let stripped = request.extensions().get::<Stripped>().is_some();
    let base = base::href(request.headers(), stripped, &ui.base_path);
    let title = escape(title);
    let text = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <base href=\"{base}\"><title>{title} · tacho</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"dark light\">\
         <style nonce=\"{nonce}\">{STYLE}</style></head><body>\
         <header><nav aria-label=\"Pages\"><a class=\"mark\" href=\"./\">tacho</a>\
         <a href=\"alerts\">Alerts</a><a href=\"runbooks\">Runbooks</a></nav></header>\
         <main>{body}</main></body></html>\n"
    );
    let policy = format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; base-uri 'self'; form-action 'none'; \
         frame-ancestors 'none'"
    );
    let mut response = (status, text).into_response();
    let fixed = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "same-origin"),
    ];
    for (name, value) in fixed {
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response
            .headers_mut()
            .insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}
