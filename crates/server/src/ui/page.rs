//! The page: `index.html` with the address of its `<base>` and a nonce of its own, under a policy
//! that allows nothing else. It is never kept, so that a nonce never meets another policy.

use super::Ui;
use super::base::{self, Stripped};
use crate::answer::ApiError;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tacho_api::error::ErrorKind;

const INDEX: &str = include_str!(concat!(env!("OUT_DIR"), "/index.html"));

/// The page for a request; status 404 if its address is none that the UI knows.
pub(super) fn answer(ui: &Ui, request: &Request, known: bool) -> Response {
    let mut bytes = [0; 16];
    if ui.random.fill(&mut bytes).is_err() {
        let message = "the system gave no random bytes";
        return ApiError::new(ErrorKind::Internal, message).into_response();
    }
    let nonce = STANDARD.encode(bytes);
    let stripped = request.extensions().get::<Stripped>().is_some();
    let base = base::href(request.headers(), stripped, &ui.base_path);
    let html = INDEX.replace("%NONCE%", &nonce).replace("%BASE%", &base);
    let status = if known {
        StatusCode::OK
    } else {
        StatusCode::NOT_FOUND
    };
    let fixed = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "same-origin"),
    ];
    let mut response = (status, html).into_response();
    for (name, value) in fixed {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    if let Ok(policy) = HeaderValue::from_str(&policy(&nonce)) {
        response
            .headers_mut()
            .insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// Styles may also be written by scripts that know the nonce: Mantine and CodeMirror do.
fn policy(nonce: &str) -> String {
    format!(
        "default-src 'self'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; \
         img-src 'self' data:; connect-src 'self'; worker-src 'self'; font-src 'self'; \
         object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    )
}
