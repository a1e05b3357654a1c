//! HTTP clients for targets and discovery: credentials, TLS, proxy, headers; and addresses that are
//! not dialled.
//!
//! Files with credentials and certificates are read again at every use, so that they can be
//! exchanged while the server runs; a client is built anew only if they changed.

pub mod address;
mod oauth2;
mod resolve;

use crate::secret::{SecretReader, text_of};
use address::check_url;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use oauth2::TokenSource;
use parking_lot::Mutex;
use reqwest::header::{AUTHORIZATION, HOST, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Certificate, Client, ClientBuilder, Identity, NoProxy, Proxy, Url, redirect, tls};
use resolve::Resolver;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;
use tacho_stdx::clock::Clock;
use tacho_yaml::http_client::{Credentials, HttpClient, Origin, Secret, TlsVersion};

/// Clients that are kept.
const CLIENTS_MAX: usize = 256;
/// Most hops of a redirect.
const HOPS_MAX: usize = 10;
/// How long connections wait for their next use.
const IDLE: Duration = Duration::from_secs(300);

/// What dialling needs from outside.
#[derive(Clone)]
pub struct Surroundings {
    /// Reads files with credentials and certificates.
    pub files: Arc<dyn SecretReader>,
    /// Proxies, where the configuration leaves them to the environment.
    pub env: Arc<BTreeMap<String, String>>,
    /// Tells when tokens expire.
    pub clock: Arc<dyn Clock>,
    /// Whether link-local addresses may be dialled.
    pub allow_link_local: bool,
    /// Whether an answer may lead to another host.
    pub other_hosts: bool,
}

/// Makes clients of one configuration.
pub struct Dialer {
    config: HttpClient,
    surroundings: Surroundings,
    tokens: Option<Box<TokenSource>>,
    /// Clients by the host that they resolve another name as; empty for the usual one.
    built: Mutex<HashMap<String, Built>>,
}

/// A client, and the certificates and key that it was made of.
struct Built {
    parts: Vec<Vec<u8>>,
    client: Client,
}

/// A client, and what goes with each of its requests.
pub struct Prepared {
    /// Sends requests.
    pub client: Client,
    /// Credentials and headers of each of them.
    pub headers: HeaderMap,
}

impl Dialer {
    /// Makes clients of a configuration.
    pub fn new(config: HttpClient, surroundings: Surroundings) -> Self {
        let tokens = match &config.credentials {
            Credentials::OAuth2(oauth2) => Some(Box::new(TokenSource::new(oauth2, &surroundings))),
            _ => None,
        };
        Self {
            config,
            surroundings,
            tokens,
            built: Mutex::default(),
        }
    }

    /// The name that servers have to prove instead of that of the URL, if there is one.
    fn server_name(&self) -> Option<&str> {
        let name = self.config.tls.server_name.as_str();
        (!name.is_empty()).then_some(name)
    }

    /// Whether a URL may be asked. Names are judged when they are resolved.
    pub fn check(&self, url: &Url) -> Result<(), String> {
        check_url(url, self.surroundings.allow_link_local)
    }

    /// A client with the credentials of this moment. With `host` the URL has to carry `server_name`,
    /// whose certificate is proved, and which is resolved as that host.
    pub async fn prepare(self: &Arc<Self>, host: Option<String>) -> Result<Prepared, String> {
        let dialer = Arc::clone(self);
        // files are read
        let prepared = tokio::task::spawn_blocking(move || {
            Ok::<_, String>(Prepared {
                headers: dialer.headers()?,
                client: dialer.client(host.as_deref())?,
            })
        });
        let mut prepared = prepared
            .await
            .map_err(|_| "the request could not be prepared".to_owned())??;
        if let Some(tokens) = &self.tokens {
            let token = tokens.header().await?;
            prepared.headers.insert(AUTHORIZATION, token);
        }
        Ok(prepared)
    }

    /// A client for the URL. If the server has to prove another name, the URL gets that name.
    ///
    /// # Errors
    /// If the URL may not be asked, a file cannot be read or a token not be fetched.
    pub async fn prepare_for(self: &Arc<Self>, url: &mut Url) -> Result<Prepared, String> {
        let host = url.host_str().unwrap_or_default().to_owned();
        let authority = match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.clone(),
        };
        let name = self.server_name().filter(|name| *name != host);
        let rename = name.is_some() && url.scheme() == "https";
        if let (true, Some(name)) = (rename, name) {
            url.set_host(Some(name))
                .map_err(|error| format!("tls_config.server_name: {error}"))?;
        }
        if !rename {
            return self.prepare(None).await;
        }
        let host = host.trim_matches(['[', ']']).to_owned();
        let mut prepared = self.prepare(Some(host)).await?;
        let value = authority
            .parse()
            .map_err(|_| format!("{authority:?} is no host"))?;
        prepared.headers.insert(HOST, value);
        Ok(prepared)
    }

    fn headers(&self) -> Result<HeaderMap, String> {
        let mut headers = HeaderMap::new();
        if let Some(value) = self.authorization()? {
            headers.insert(AUTHORIZATION, value);
        }
        for header in &self.config.headers {
            let name = HeaderName::from_bytes(header.name.as_bytes())
                .map_err(|_| format!("{:?} is no name of a header", header.name))?;
            for Secret(value) in &header.values {
                headers.append(name.clone(), header_value(value, &header.name)?);
            }
            for file in &header.files {
                let value = self.text(&Origin::File(file.clone()))?.unwrap_or_default();
                headers.append(name.clone(), header_value(&value, &header.name)?);
            }
        }
        Ok(headers)
    }

    fn authorization(&self) -> Result<Option<HeaderValue>, String> {
        match &self.config.credentials {
            // tokens are fetched, which is not done here
            Credentials::None | Credentials::OAuth2(_) => Ok(None),
            Credentials::Basic { username, password } => {
                let username = self.text(username)?.unwrap_or_default();
                let password = self.text(password)?.unwrap_or_default();
                let pair = BASE64_STANDARD.encode(format!("{username}:{password}"));
                header_value(&format!("Basic {pair}"), "Authorization").map(Some)
            }
            Credentials::Authorization { kind, credentials } => match self.text(credentials)? {
                Some(text) => header_value(&format!("{kind} {text}"), "Authorization").map(Some),
                None => Ok(None),
            },
        }
    }

    /// The text of a value; files without the blanks around.
    fn text(&self, origin: &Origin) -> Result<Option<String>, String> {
        text_of(origin, self.surroundings.files.as_ref())
    }

    /// The client; the one before if nothing changed.
    fn client(&self, host: Option<&str>) -> Result<Client, String> {
        let tls = &self.config.tls;
        let mut parts = Vec::with_capacity(3);
        for origin in [&tls.ca, &tls.cert, &tls.key] {
            parts.push(match origin {
                Origin::File(path) => self.surroundings.files.read(path)?,
                other => self.text(other)?.unwrap_or_default().into_bytes(),
            });
        }
        let key = host.unwrap_or_default();
        if let Some(built) = self.built.lock().get(key)
            && built.parts == parts
        {
            return Ok(built.client.clone());
        }
        let client = self.build(&parts, host)?;
        let mut built = self.built.lock();
        if built.len() >= CLIENTS_MAX {
            built.clear();
        }
        let made = client.clone();
        built.insert(key.to_owned(), Built { parts, client });
        Ok(made)
    }

    fn build(&self, parts: &[Vec<u8>], host: Option<&str>) -> Result<Client, String> {
        // reqwest asks for a process-wide provider; a second installation changes nothing
        let _ = rustls::crypto::ring::default_provider().install_default();
        let allow = self.surroundings.allow_link_local;
        let renamed = host.zip(self.server_name());
        let mut builder = Client::builder()
            .user_agent(concat!("tachograph/", env!("CARGO_PKG_VERSION")))
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(1)
            .redirect(self.redirects())
            .referer(false)
            .dns_resolver(Arc::new(Resolver::new(allow, renamed)));
        if !self.config.enable_http2 {
            builder = builder.http1_only();
        }
        builder = self.with_tls(builder, parts)?;
        builder = self.with_proxy(builder)?;
        builder
            .build()
            .map_err(|error| format!("cannot make an HTTP client: {}", causes(&error)))
    }

    fn redirects(&self) -> redirect::Policy {
        if !self.config.follow_redirects {
            return redirect::Policy::none();
        }
        let allow = self.surroundings.allow_link_local;
        let other_hosts = self.surroundings.other_hosts;
        redirect::Policy::custom(move |attempt| {
            if attempt.previous().len() >= HOPS_MAX {
                return attempt.error(format!("stopped after {HOPS_MAX} redirects"));
            }
            // other answers make a GET of a POST, which tells nothing
            if !other_hosts && ![307, 308].contains(&attempt.status().as_u16()) {
                return attempt.stop();
            }
            let first = attempt.previous().first();
            if !other_hosts && first.is_some_and(|url| url.origin() != attempt.url().origin()) {
                return attempt.error("the answer leads to another host, which is not followed");
            }
            match check_url(attempt.url(), allow) {
                Ok(()) => attempt.follow(),
                Err(reason) => attempt.error(reason),
            }
        })
    }

    fn with_tls(
        &self,
        mut builder: ClientBuilder,
        parts: &[Vec<u8>],
    ) -> Result<ClientBuilder, String> {
        let tls = &self.config.tls;
        let [ca, cert, key] = parts else {
            return Ok(builder);
        };
        if !ca.is_empty() {
            let certificates = Certificate::from_pem_bundle(ca)
                .map_err(|error| format!("tls_config.ca: {}", causes(&error)))?;
            if certificates.is_empty() {
                return Err("tls_config.ca holds no certificate".to_owned());
            }
            builder = builder.tls_certs_only(certificates);
        }
        if !cert.is_empty() {
            let pem = [cert.as_slice(), b"\n", key.as_slice()].concat();
            let identity = Identity::from_pem(&pem)
                .map_err(|error| format!("tls_config.cert: {}", causes(&error)))?;
            builder = builder.identity(identity);
        }
        if tls.insecure_skip_verify {
            builder = builder.tls_danger_accept_invalid_certs(true);
        }
        if tls.min_version == Some(TlsVersion::Tls13) {
            builder = builder.tls_version_min(tls::Version::TLS_1_3);
        }
        match tls.max_version {
            Some(TlsVersion::Tls12) => builder = builder.tls_version_max(tls::Version::TLS_1_2),
            Some(TlsVersion::Tls10 | TlsVersion::Tls11) => {
                return Err(
                    "tls_config.max_version is below TLS 1.2, the oldest that is spoken".to_owned(),
                );
            }
            Some(TlsVersion::Tls13) | None => {}
        }
        Ok(builder)
    }

    fn with_proxy(&self, builder: ClientBuilder) -> Result<ClientBuilder, String> {
        let config = &self.config.proxy;
        // without this reqwest would look into the environment of the process
        let mut builder = builder.no_proxy();
        let wrong = |error: reqwest::Error| format!("proxy_url: {}", causes(&error));
        if config.from_environment {
            let variable = |name: &str| {
                let env = &self.surroundings.env;
                let value = env.get(name).or_else(|| env.get(&name.to_lowercase()));
                value.filter(|value| !value.is_empty())
            };
            let none = variable("NO_PROXY").and_then(|list| NoProxy::from_string(list));
            if let Some(url) = variable("HTTP_PROXY") {
                builder = builder.proxy(Proxy::http(url).map_err(wrong)?.no_proxy(none.clone()));
            }
            if let Some(url) = variable("HTTPS_PROXY") {
                builder = builder.proxy(Proxy::https(url).map_err(wrong)?.no_proxy(none));
            }
            return Ok(builder);
        }
        if config.url.is_empty() {
            return Ok(builder);
        }
        let mut headers = HeaderMap::new();
        for (name, values) in &config.connect_headers {
            let header = HeaderName::from_bytes(name.as_bytes())
                .map_err(|_| format!("{name:?} is no name of a header"))?;
            for Secret(value) in values {
                headers.append(header.clone(), header_value(value, name)?);
            }
        }
        let proxy = Proxy::all(&config.url)
            .map_err(wrong)?
            .headers(headers)
            .no_proxy(NoProxy::from_string(&config.no_proxy));
        Ok(builder.proxy(proxy))
    }
}

fn header_value(text: &str, name: &str) -> Result<HeaderValue, String> {
    let mut value = HeaderValue::from_str(text).map_err(|_| {
        format!("the value of header {name} has characters that headers cannot have")
    })?;
    value.set_sensitive(true);
    Ok(value)
}

/// An error with all its causes, in one line.
pub fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let part = cause.to_string();
        if !text.contains(&part) {
            text.push_str(": ");
            text.push_str(&part);
        }
        source = cause.source();
    }
    text
}
