//! Sends the calls of a plan over HTTP.

use crate::channel::{Answer, ChannelRequest, Method, Plan, Verdict};
use crate::dial::{Dialer, causes};
use reqwest::Url;
use reqwest::header::{HeaderName, HeaderValue};
use std::sync::Arc;

/// Bytes of an answer that are looked at.
const BODY_BYTES_MAX: usize = 64 << 10;

/// A call that got no answer.
pub(super) struct Failure {
    pub(super) error: String,
    /// Whether it can never get one.
    pub(super) is_final: bool,
}

/// What came back.
struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// Sends a plan: the main call, the plainer one if the first cannot be read, then what comes after,
/// whose failures do not count.
pub(super) async fn send(
    dialer: &Arc<Dialer>,
    plan: &Plan,
    judge: &(dyn Fn(&Answer<'_>) -> Verdict + Sync),
) -> Verdict {
    let mut verdict = ask(dialer, &plan.main, judge).await;
    if let (Verdict::Unreadable { .. }, Some(plainer)) = (&verdict, &plan.plainer) {
        verdict = ask(dialer, plainer, judge).await;
    }
    if matches!(verdict, Verdict::Sent { .. }) {
        for request in &plan.after {
            let after = ask(dialer, request, &|answer| answer.verdict()).await;
            if !matches!(after, Verdict::Sent { .. }) {
                tracing::debug!(?after, "an earlier message could not be brought up to date");
            }
        }
    }
    verdict
}

async fn ask(
    dialer: &Arc<Dialer>,
    request: &ChannelRequest,
    judge: &(dyn Fn(&Answer<'_>) -> Verdict + Sync),
) -> Verdict {
    match call(dialer, request).await {
        Ok(reply) => judge(&Answer {
            status: reply.status,
            headers: &reply.headers,
            body: &reply.body,
        }),
        Err(failure) => failure.into(),
    }
}

async fn call(dialer: &Arc<Dialer>, request: &ChannelRequest) -> Result<Reply, Failure> {
    let never = |error: String| Failure {
        error,
        is_final: true,
    };
    let later = |error: String| Failure {
        // such an address stays what it is
        is_final: error.contains("is a link-local address"),
        error,
    };
    let mut url: Url = request
        .url
        .parse()
        .map_err(|_| never("the address is no URL".to_owned()))?;
    dialer.check(&url).map_err(never)?;
    let prepared = dialer.prepare_for(&mut url).await.map_err(later)?;
    let method = match request.method {
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Patch => reqwest::Method::PATCH,
    };
    let mut headers = prepared.headers;
    for (name, value) in &request.headers {
        let mut value = HeaderValue::from_str(value)
            .map_err(|_| never(format!("the header {name} has characters it cannot have")))?;
        value.set_sensitive(*name == "authorization");
        headers.insert(HeaderName::from_static(name), value);
    }
    let call = prepared
        .client
        .request(method, url)
        .headers(headers)
        .body(request.body.clone());
    let response = call.send().await.map_err(|error| {
        let is_redirect = error.is_redirect();
        let mut failure = later(causes(&error.without_url()));
        failure.is_final |= is_redirect;
        failure
    })?;
    read(response).await.map_err(later)
}

async fn read(mut response: reqwest::Response) -> Result<Reply, String> {
    let headers = response.headers().iter().take(100);
    let headers = headers.map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        (name.as_str().to_owned(), value.into_owned())
    });
    let mut reply = Reply {
        status: response.status().as_u16(),
        headers: headers.collect(),
        body: Vec::new(),
    };
    loop {
        match response.chunk().await {
            Ok(Some(part)) => {
                let room = BODY_BYTES_MAX - reply.body.len();
                reply.body.extend(part.iter().take(room));
                if part.len() >= room {
                    return Ok(reply);
                }
            }
            Ok(None) => return Ok(reply),
            Err(error) => {
                let status = reply.status;
                let reason = causes(&error.without_url());
                return Err(format!(
                    "the answer with status {status} broke off: {reason}"
                ));
            }
        }
    }
}
