//! Asks the server over HTTP and turns what is no success into failures with exit code and advice.

mod problem;
pub(crate) mod sse;
mod token;
pub(crate) mod upload;

use crate::args::Global;
use crate::failure::Failure;
use problem::{Asked, from_status, unreachable};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Method, Response, StatusCode, Url};
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::time::Duration;
use token::Tokens;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// The server's own limit for queries is 60 s unless it is configured otherwise.
const QUERY_TIMEOUT: Duration = Duration::from_secs(600);
/// Longest answer; pages of traces end at about 64 MiB.
const ANSWER_BYTES_MAX: usize = 1 << 30;
/// Header that names the next page of an answer that is not JSON of ours.
const NEXT_CURSOR: &str = "x-next-cursor";

/// Parameters of a query; absent ones are left out.
#[derive(Debug, Default)]
pub(crate) struct Query {
    pairs: Vec<(&'static str, String)>,
}

impl Query {
    /// Adds a parameter if there is a value.
    #[must_use]
    pub(crate) fn with(mut self, name: &'static str, value: Option<impl ToString>) -> Self {
        self.pairs
            .extend(value.map(|value| (name, value.to_string())));
        self
    }

    /// Adds a parameter for each value.
    #[must_use]
    pub(crate) fn with_all(mut self, name: &'static str, values: &[String]) -> Self {
        self.pairs
            .extend(values.iter().map(|value| (name, value.clone())));
        self
    }

    /// The text of a query language that is asked with, for pointing into it.
    fn text(&self) -> Option<&str> {
        self.pairs
            .iter()
            .find(|(name, _)| *name == "q")
            .map(|(_, text)| text.as_str())
    }
}

/// A successful answer.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The body as it came.
    pub body: Vec<u8>,
    /// The cursor of the next page, for answers that cannot carry it in the body.
    pub next_cursor: Option<String>,
}

impl Answer {
    /// The body as a shape of the API.
    pub(crate) fn parse<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        serde_json::from_slice(&self.body).map_err(|error| {
            Failure::failed(format!(
                "the answer of the server is not understood: {error}"
            ))
            .hint("is it a tacho server of this version? `tacho status` shows its version")
        })
    }
}

/// A client of one server.
#[derive(Debug)]
pub(crate) struct Client {
    http: reqwest::Client,
    base: Url,
    tokens: Tokens,
}

/// What a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// Asks: a token is only sent where one is wanted.
    Read,
    /// Changes: a token is always wanted.
    Change,
}

impl Client {
    /// A client of the server that the options name. Fails if the address is none.
    pub(crate) fn new(global: &Global, env: &BTreeMap<String, String>) -> anyhow::Result<Self> {
        let base = base_url(&global.server)?;
        // An error means that a provider is installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .user_agent(concat!("tacho/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let tokens = Tokens::find(&base, global.data_dir.as_deref(), env);
        Ok(Self { http, base, tokens })
    }

    /// The address as people write it.
    pub(crate) fn address(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    /// Whether the server runs on this machine.
    pub(crate) fn is_local(&self) -> bool {
        token::is_loopback(&self.base)
    }

    /// Asks.
    pub(crate) async fn get(&self, path: &[&str], query: Query) -> Result<Answer, Failure> {
        self.exchange(Method::GET, path, &query, None).await
    }

    /// Does something, with a JSON body if there is one.
    pub(crate) async fn post(
        &self,
        path: &[&str],
        query: Query,
        body: Option<String>,
    ) -> Result<Answer, Failure> {
        self.exchange(Method::POST, path, &query, body).await
    }

    /// Removes something.
    pub(crate) async fn delete(&self, path: &[&str]) -> Result<Answer, Failure> {
        self.exchange(Method::DELETE, path, &Query::default(), None)
            .await
    }

    /// Opens a stream of server-sent events.
    pub(crate) async fn stream(
        &self,
        path: &[&str],
        query: Query,
        last_event_id: Option<&str>,
    ) -> Result<Response, Failure> {
        let headers: Vec<(&'static str, String)> = last_event_id
            .map(|id| ("last-event-id", id.to_owned()))
            .into_iter()
            .collect();
        self.send(
            Method::GET,
            path,
            &query,
            &Sent {
                body: None,
                headers,
                timeout: None,
            },
        )
        .await
    }

    async fn exchange(
        &self,
        method: Method,
        path: &[&str],
        query: &Query,
        body: Option<String>,
    ) -> Result<Answer, Failure> {
        // Changes such as a flush of much data take as long as they take.
        let timeout = (method == Method::GET).then_some(QUERY_TIMEOUT);
        let sent = Sent {
            body,
            headers: Vec::new(),
            timeout,
        };
        let response = self.send(method, path, query, &sent).await?;
        let next_cursor = response
            .headers()
            .get(NEXT_CURSOR)
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        let body = self.body(response).await?;
        Ok(Answer { body, next_cursor })
    }

    /// Sends with the first token that is taken; what is no success is a failure.
    async fn send(
        &self,
        method: Method,
        path: &[&str],
        query: &Query,
        sent: &Sent,
    ) -> Result<Response, Failure> {
        let url = self.url(path, query)?;
        let purpose = if method == Method::GET {
            Purpose::Read
        } else {
            Purpose::Change
        };
        let mut refused = None;
        for token in self.tokens.candidates(purpose == Purpose::Change) {
            let mut request = self.http.request(method.clone(), url.clone());
            if let Some(token) = token {
                let mut value = HeaderValue::from_str(&format!("Bearer {token}"))
                    .map_err(|_| Failure::usage("the token has characters that no token has"))?;
                value.set_sensitive(true);
                request = request.header(AUTHORIZATION, value);
            }
            for (name, value) in &sent.headers {
                request = request.header(*name, value);
            }
            if let Some(timeout) = sent.timeout {
                request = request.timeout(timeout);
            }
            if let Some(body) = &sent.body {
                request = request
                    .header(CONTENT_TYPE, "application/json")
                    .body(body.clone());
            }
            let response = request
                .header(
                    ACCEPT,
                    "application/json, text/event-stream;q=0.9, */*;q=0.1",
                )
                .send()
                .await
                .map_err(|error| unreachable(self.address(), &error))?;
            let status = response.status();
            if status.is_success() {
                return Ok(response);
            }
            let unauthorized = status == StatusCode::UNAUTHORIZED;
            let body = self.body(response).await?;
            let asked = Asked {
                address: self.address(),
                query: query.text(),
            };
            let failure = from_status(status, &body, asked);
            if !unauthorized {
                return Err(failure);
            }
            refused.get_or_insert(failure);
        }
        Err(refused.unwrap_or_else(|| Failure::failed("no token is known")))
    }

    fn url(&self, path: &[&str], query: &Query) -> Result<Url, Failure> {
        let mut url = self.base.clone();
        {
            let mut segments = url.path_segments_mut().map_err(|()| {
                Failure::usage(format!("{:?} is no address of a server", self.address()))
            })?;
            segments.pop_if_empty();
            for segment in path {
                // The URL standard drops these two even when they are escaped.
                if matches!(*segment, "." | ".." | "") {
                    return Err(Failure::usage(format!(
                        "{segment:?} cannot be asked for by path"
                    )));
                }
                segments.push(segment);
            }
        }
        if !query.pairs.is_empty() {
            url.query_pairs_mut().extend_pairs(&query.pairs);
        }
        Ok(url)
    }

    async fn body(&self, mut response: Response) -> Result<Vec<u8>, Failure> {
        let mut body = Vec::new();
        while let Some(part) = response
            .chunk()
            .await
            .map_err(|error| unreachable(self.address(), &error))?
        {
            if body.len() + part.len() > ANSWER_BYTES_MAX {
                return Err(Failure::failed(format!(
                    "the answer has more than {ANSWER_BYTES_MAX} bytes"
                ))
                .hint("ask for less with --limit"));
            }
            body.extend_from_slice(&part);
        }
        Ok(body)
    }
}

/// What is sent beside method and address.
struct Sent {
    body: Option<String>,
    headers: Vec<(&'static str, String)>,
    timeout: Option<Duration>,
}

/// The address with `http://` where no scheme is written.
fn base_url(server: &str) -> Result<Url, Failure> {
    let server = server.trim();
    let text = if server.contains("://") {
        server.to_owned()
    } else {
        format!("http://{server}")
    };
    let wrong = |why: String| {
        Failure::usage(format!("{server:?} is no address of a server: {why}"))
            .hint("write --server http://HOST:PORT")
    };
    let url = Url::parse(&text).map_err(|error| wrong(error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(wrong(format!("{} is not spoken", url.scheme())));
    }
    if url.host_str().is_none_or(str::is_empty) || url.query().is_some() || url.fragment().is_some()
    {
        return Err(wrong("it must be scheme, host and port".to_owned()));
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::{Client, Query, base_url};
    use crate::args::{Color, Global};
    use std::collections::BTreeMap;

    #[test]
    fn addresses_are_read_with_and_without_scheme() {
        assert_eq!(
            base_url("localhost:3000").unwrap().as_str(),
            "http://localhost:3000/"
        );
        assert_eq!(
            base_url("https://x/tacho/").unwrap().as_str(),
            "https://x/tacho/"
        );
        for bad in ["", "ftp://x", "http://", "http://x/?a=b", "no way"] {
            assert!(base_url(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn paths_and_parameters_are_escaped() {
        let global = Global {
            server: "http://x:1/base".to_owned(),
            data_dir: None,
            color: Color::Never,
        };
        let client = Client::new(&global, &BTreeMap::new()).unwrap();
        let query = Query::default()
            .with("q", Some("{ a = \"1&2\" }"))
            .with("limit", None::<u8>);
        let url = client
            .url(&["api", "v1", "traces", "a/b ?"], &query)
            .unwrap();
        assert_eq!(
            url.as_str(),
            "http://x:1/base/api/v1/traces/a%2Fb%20%3F?q=%7B+a+%3D+%221%262%22+%7D"
        );
        assert!(client.url(&["api", ".."], &Query::default()).is_err());
    }
}
