//! Asks a Prometheus for all that it holds, slice by slice and metric by metric.

use super::matrix::{Catalog, Series};
use super::slice::Slice;
use crate::failure::Failure;
use reqwest::{Client, Response, StatusCode, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::VecDeque;
use std::time::Duration;

/// An answer may take this long.
const TIMEOUT: Duration = Duration::from_secs(300);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Longest answer; a longer one is asked for in halves.
const ANSWER_BYTES_MAX: usize = 64 << 20;
/// Tries of a question that is not answered.
const TRIES: u32 = 5;

/// An answer of the API of Prometheus.
#[derive(Deserialize)]
struct Envelope<T> {
    data: Option<T>,
    error: Option<String>,
    #[serde(rename = "errorType")]
    error_type: Option<String>,
}

#[derive(Deserialize)]
struct QueryData {
    result: Vec<Series>,
}

/// Why there is no answer.
#[derive(Debug)]
enum Trouble {
    /// It would be too much at once.
    TooLarge(Failure),
    /// It may be answered later.
    Later(Failure),
    /// It will not be answered.
    Never(Failure),
}

/// A Prometheus, or what speaks like one.
#[derive(Debug)]
pub(super) struct Prometheus {
    http: Client,
    base: Url,
    token: Option<String>,
}

/// What is left to ask of a selector in a slice.
#[derive(Debug)]
pub(super) struct Questions {
    selector: String,
    left: VecDeque<Slice>,
}

impl Questions {
    /// All of a slice.
    pub(super) fn new(selector: String, slice: Slice) -> Self {
        Self {
            selector,
            left: VecDeque::from([slice]),
        }
    }
}

impl Prometheus {
    /// One at this address, asked with a bearer token if there is one. User and password may stand in
    /// the address.
    pub(super) fn new(url: &str, token: Option<String>) -> anyhow::Result<Self> {
        let base = Url::parse(url)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https") && !url.cannot_be_a_base());
        let Some(base) = base else {
            return Err(
                Failure::usage(format!("{url:?} is no address of a Prometheus"))
                    .hint("write --prometheus http://HOST:PORT")
                    .into(),
            );
        };
        // An error means that a provider is installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TIMEOUT)
            .user_agent(concat!("tacho/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Self { http, base, token })
    }

    /// The address without user and password.
    pub(super) fn address(&self) -> String {
        let mut url = self.base.clone();
        // Fails only for addresses without a host.
        let _ = url.set_username("").and_then(|()| url.set_password(None));
        url.as_str().trim_end_matches('/').to_owned()
    }

    /// What is known about metrics; nothing if it cannot tell.
    pub(super) async fn catalog(&self) -> Catalog {
        self.ask(&["metadata"], &[]).await.unwrap_or_default()
    }

    /// Selectors of all metrics that have samples in the slice, one a metric.
    pub(super) async fn selectors(&self, slice: Slice) -> Result<Vec<String>, Failure> {
        let params = [
            ("start", seconds(slice.start_ms)),
            ("end", seconds(slice.end_ms)),
        ];
        let mut names: Vec<String> = self
            .patiently(&["label", "__name__", "values"], &params)
            .await
            .map_err(Trouble::into_failure)?;
        names.sort();
        names.dedup();
        Ok(names.iter().map(|name| selector(name)).collect())
    }

    /// The next samples of a selector; `None` when all is asked.
    pub(super) async fn next(
        &self,
        questions: &mut Questions,
    ) -> Result<Option<Vec<Series>>, Failure> {
        while let Some(slice) = questions.left.pop_front() {
            let query = format!("{}[{}ms]", questions.selector, slice.width_ms());
            let params = [("query", query), ("time", seconds(slice.end_ms))];
            match self.patiently::<QueryData>(&["query"], &params).await {
                Ok(data) => return Ok(Some(data.result)),
                Err(Trouble::TooLarge(failure)) => match slice.halves() {
                    Some((earlier, later)) => {
                        questions.left.push_front(later);
                        questions.left.push_front(earlier);
                    }
                    None => return Err(failure),
                },
                Err(trouble) => return Err(trouble.into_failure()),
            }
        }
        Ok(None)
    }

    /// Asks again while it is away for a moment.
    async fn patiently<T: DeserializeOwned>(
        &self,
        path: &[&str],
        params: &[(&str, String)],
    ) -> Result<T, Trouble> {
        for attempt in 1..TRIES {
            match self.ask(path, params).await {
                Err(Trouble::Later(_)) => {
                    tokio::time::sleep(Duration::from_secs(1 << attempt)).await;
                }
                outcome => return outcome,
            }
        }
        self.ask(path, params).await
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        path: &[&str],
        params: &[(&str, String)],
    ) -> Result<T, Trouble> {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(["api", "v1"]).extend(path);
        }
        // Only queries are long enough to need a form, and only they may be asked by POST.
        let mut request = if path == ["query"] {
            let mut form = Url::parse("http://form").map_err(|_| self.never("no form"))?;
            form.query_pairs_mut().extend_pairs(params);
            self.http
                .post(url)
                .header("content-type", "application/x-www-form-urlencoded")
                .body(form.query().unwrap_or_default().to_owned())
        } else {
            url.query_pairs_mut().extend_pairs(params);
            self.http.get(url)
        };
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await.map_err(|error| {
            let message = format!("no answer from {}: {}", self.address(), cause(&error));
            Trouble::Later(Failure::unreachable(message))
        })?;
        let status = response.status();
        let body = self.body(response).await?;
        let envelope: Envelope<T> = match serde_json::from_slice(&body) {
            Ok(envelope) => envelope,
            Err(_) if !status.is_success() => return Err(self.refused(status, None, "")),
            Err(error) => return Err(self.never(&format!("its answer is not understood: {error}"))),
        };
        match envelope.data {
            Some(data) if status.is_success() => Ok(data),
            _ => {
                let kind = envelope.error_type.unwrap_or_default();
                Err(self.refused(status, envelope.error, &kind))
            }
        }
    }

    fn refused(&self, status: StatusCode, message: Option<String>, kind: &str) -> Trouble {
        let message = message.unwrap_or_else(|| status.to_string());
        let failure = Failure::failed(format!("{} answered: {message}", self.address()));
        // Prometheus refuses a query that loads too many samples as one that it could not carry out.
        if matches!(kind, "execution" | "timeout") {
            return Trouble::TooLarge(failure);
        }
        if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
            return Trouble::Later(failure);
        }
        Trouble::Never(failure)
    }

    fn never(&self, why: &str) -> Trouble {
        Trouble::Never(Failure::failed(format!("{}: {why}", self.address())))
    }

    async fn body(&self, mut response: Response) -> Result<Vec<u8>, Trouble> {
        let mut body = Vec::new();
        loop {
            let part = response.chunk().await.map_err(|error| {
                let message = format!("{} stopped answering: {}", self.address(), cause(&error));
                Trouble::Later(Failure::unreachable(message))
            })?;
            let Some(part) = part else {
                return Ok(body);
            };
            if body.len() + part.len() > ANSWER_BYTES_MAX {
                let message = format!(
                    "an answer of {} has more than {ANSWER_BYTES_MAX} bytes",
                    self.address()
                );
                return Err(Trouble::TooLarge(Failure::failed(message)));
            }
            body.extend_from_slice(&part);
        }
    }
}

impl Trouble {
    fn into_failure(self) -> Failure {
        match self {
            Trouble::TooLarge(failure) | Trouble::Later(failure) | Trouble::Never(failure) => {
                failure
            }
        }
    }
}

fn cause(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        text = inner.to_string();
        source = inner.source();
    }
    text
}

fn seconds(ms: i64) -> String {
    format!("{}.{:03}", ms.div_euclid(1000), ms.rem_euclid(1000))
}

/// The selector of a metric by its name, which may be any text.
fn selector(name: &str) -> String {
    let mut out = String::from("{__name__=\"");
    for c in name.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            c => out.push(c),
        }
    }
    out + "\"}"
}

#[cfg(test)]
mod tests {
    use super::{Prometheus, seconds, selector};

    #[test]
    fn addresses_hide_passwords() {
        let prometheus = Prometheus::new("http://user:secret@h:9090/prom/", None).unwrap();
        assert_eq!(prometheus.address(), "http://h:9090/prom");
        for bad in ["h:9090", "ftp://h", "mailto:x"] {
            assert!(Prometheus::new(bad, None).is_err(), "{bad}");
        }
    }

    #[test]
    fn names_and_times_are_written_for_queries() {
        assert_eq!(selector("a\"b\\c"), r#"{__name__="a\"b\\c"}"#);
        assert_eq!(seconds(1500), "1.500");
        assert_eq!(seconds(-1), "-1.999");
    }
}
