//! Tokens that are fetched with client credentials (RFC 6749, section 4.4), and kept until shortly
//! before they expire.

use super::{Dialer, Surroundings, causes, header_value};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Response, Url};
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;
use tacho_stdx::clock::Clock;
use tacho_yaml::http_client::{HttpClient, OAuth2};
use tokio::sync::Mutex;

/// Longest answer of a token server.
const BODY_BYTES_MAX: usize = 1 << 20;
/// How long before its end a token is not used any more.
const EARLY: Duration = Duration::from_secs(10);

/// Fetches and keeps the token of one configuration.
pub(super) struct TokenSource {
    config: OAuth2,
    /// Asks the token server.
    dialer: Arc<Dialer>,
    clock: Arc<dyn Clock>,
    /// The value of the header, and until when it is good.
    kept: Mutex<Option<(HeaderValue, i64)>>,
}

#[derive(Deserialize)]
struct Token {
    access_token: String,
    #[serde(default)]
    token_type: String,
    #[serde(default)]
    expires_in: Option<f64>,
}

impl TokenSource {
    pub(super) fn new(config: &OAuth2, surroundings: &Surroundings) -> Self {
        let client = HttpClient {
            tls: config.tls.clone(),
            proxy: config.proxy.clone(),
            ..HttpClient::default()
        };
        Self {
            config: config.clone(),
            dialer: Arc::new(Dialer::new(client, surroundings.clone())),
            clock: Arc::clone(&surroundings.clock),
            kept: Mutex::new(None),
        }
    }

    /// The value of the header `Authorization`.
    pub(super) async fn header(&self) -> Result<HeaderValue, String> {
        if !self.config.by_client_credentials {
            return Err("oauth2: only the grant client_credentials is in force".to_owned());
        }
        // those who come meanwhile wait for the one that asks
        let mut kept = self.kept.lock().await;
        let now = self.clock.monotonic_ns();
        if let Some((header, until)) = &*kept
            && now < *until
        {
            return Ok(header.clone());
        }
        let token = self
            .fetch()
            .await
            .map_err(|reason| format!("oauth2: cannot fetch token: {reason}"))?;
        let kind = match token.token_type.as_str() {
            kind if kind.is_empty() || kind.eq_ignore_ascii_case("bearer") => "Bearer",
            kind => kind,
        };
        let header = header_value(&format!("{kind} {}", token.access_token), "Authorization")?;
        let until = match token.expires_in {
            Some(seconds) if seconds > 0.0 => {
                let left = (seconds - EARLY.as_secs_f64()).max(0.0);
                now.saturating_add((left * 1e9) as i64)
            }
            _ => i64::MAX,
        };
        *kept = Some((header.clone(), until));
        Ok(header)
    }

    /// Asks with the credentials in the header, and if that is refused with them in the body: servers
    /// take the one or the other.
    async fn fetch(&self) -> Result<Token, String> {
        let dialer = Arc::clone(&self.dialer);
        let origin = self.config.client_secret.clone();
        let secret = tokio::task::spawn_blocking(move || dialer.text(&origin))
            .await
            .map_err(|_| "the secret could not be read".to_owned())??
            .unwrap_or_default();
        let mut response = self.ask(&secret, true).await?;
        if response.status().is_client_error() {
            response = self.ask(&secret, false).await?;
        }
        if !response.status().is_success() {
            return Err(format!("server returned HTTP status {}", response.status()));
        }
        let mut body = Vec::new();
        let wrong = |error: reqwest::Error| causes(&error.without_url());
        while let Some(part) = response.chunk().await.map_err(wrong)? {
            if body.len() + part.len() > BODY_BYTES_MAX {
                return Err(format!("the answer is longer than {BODY_BYTES_MAX} bytes"));
            }
            body.extend_from_slice(&part);
        }
        serde_json::from_slice(&body).map_err(|_| "the answer holds no token".to_owned())
    }

    async fn ask(&self, secret: &str, in_header: bool) -> Result<Response, String> {
        let url: Url = self
            .config
            .token_url
            .parse()
            .map_err(|error| format!("token_url: {error}"))?;
        self.dialer.check(&url)?;
        let id = &self.config.client_id;
        // a URL is at hand to encode the form
        let mut form = url.clone();
        {
            let mut pairs = form.query_pairs_mut();
            pairs
                .clear()
                .append_pair("grant_type", "client_credentials");
            if !self.config.scopes.is_empty() {
                pairs.append_pair("scope", &self.config.scopes.join(" "));
            }
            if !in_header {
                pairs.append_pair("client_id", id);
                pairs.append_pair("client_secret", secret);
            }
            for (name, value) in &self.config.endpoint_params {
                pairs.append_pair(name, value);
            }
        }
        let prepared = Box::pin(self.dialer.prepare(None)).await?;
        let mut request = prepared
            .client
            .post(url)
            .headers(prepared.headers)
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form.query().unwrap_or_default().to_owned());
        if in_header {
            let pair = BASE64_STANDARD.encode(format!("{id}:{secret}"));
            request = request.header(
                AUTHORIZATION,
                header_value(&format!("Basic {pair}"), "Authorization")?,
            );
        }
        let sent = request.send().await;
        sent.map_err(|error| causes(&error.without_url()))
    }
}
