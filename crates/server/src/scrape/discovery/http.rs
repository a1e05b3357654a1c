//! Targets from an HTTP server: a JSON list of groups.

use super::{Outlet, pause};
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::{StatusCode, Url};
use std::sync::Arc;
use std::time::Duration;
use tacho_export::dial::{Dialer, causes};
use tacho_ingest::scrape::config::discovery::targets::{TargetGroup, parse_groups};

/// Longest answer.
const BODY_BYTES_MAX: usize = 8 << 20;
/// Longest time of a request.
const TIMEOUT: Duration = Duration::from_secs(60);
/// The label with the URL.
const ORIGIN_LABEL: &str = "__meta_url";

/// Asks again and again.
pub(super) async fn run(url: String, refresh: Duration, dialer: Arc<Dialer>, outlet: Outlet) {
    let mut before: Option<Vec<TargetGroup>> = None;
    loop {
        let timeout = refresh.clamp(Duration::from_secs(1), TIMEOUT);
        let asked = tokio::time::timeout(timeout, ask(&url, refresh, &dialer));
        match asked
            .await
            .unwrap_or_else(|_| Err("no answer in time".to_owned()))
        {
            Err(reason) => outlet.failed(&url, &reason),
            Ok(groups) if before.as_ref() == Some(&groups) => {}
            Ok(groups) => {
                before = Some(groups.clone());
                if !outlet.give(groups).await {
                    return;
                }
            }
        }
        pause(refresh).await;
    }
}

async fn ask(
    url: &str,
    refresh: Duration,
    dialer: &Arc<Dialer>,
) -> Result<Vec<TargetGroup>, String> {
    let mut address: Url = url.parse().map_err(|error| format!("{error}"))?;
    dialer.check(&address)?;
    let prepared = dialer.prepare_for(&mut address).await?;
    let request = prepared
        .client
        .get(address)
        .headers(prepared.headers)
        .header(ACCEPT, "application/json")
        .header(
            "X-Prometheus-Refresh-Interval-Seconds",
            refresh.as_secs_f64().to_string(),
        );
    let wrong = |error: reqwest::Error| causes(&error.without_url());
    let mut response = request.send().await.map_err(wrong)?;
    if response.status() != StatusCode::OK {
        return Err(format!("server returned HTTP status {}", response.status()));
    }
    let content_type = response.headers().get(CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok());
    let media = content_type.unwrap_or_default().split(';').next();
    if !media.is_some_and(|media| media.trim().eq_ignore_ascii_case("application/json")) {
        let shown = content_type.unwrap_or_default();
        return Err(format!("unsupported content type {shown:?}"));
    }
    let mut body = Vec::new();
    while let Some(part) = response.chunk().await.map_err(wrong)? {
        if body.len() + part.len() > BODY_BYTES_MAX {
            return Err(format!("the answer is longer than {BODY_BYTES_MAX} bytes"));
        }
        body.extend_from_slice(&part);
    }
    let text = String::from_utf8(body).map_err(|_| "the answer is no UTF-8 text".to_owned())?;
    // JSON is a part of YAML, but not everything that is YAML is meant to pass here
    serde_json::from_str::<serde::de::IgnoredAny>(&text).map_err(|error| error.to_string())?;
    parse_groups(&text, url, ORIGIN_LABEL)
        .map_err(|wrong| format!("line {}: {}", wrong.line, wrong.message))
}
