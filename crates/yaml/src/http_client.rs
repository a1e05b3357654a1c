//! How an HTTP client is to be set up: credentials, TLS, proxy, headers; inline fields of scrape
//! configurations and of most discoveries, `http_config` of receivers.

pub mod read;

use std::fmt;
use std::path::Path;

/// Text that is not printed.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<secret>")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<secret>")
    }
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Origin {
    /// It is not given.
    #[default]
    Absent,
    /// It stands in the configuration.
    Given(Secret),
    /// It is read from a file at every use.
    File(String),
    /// It comes from a secret manager, which we have none of.
    Manager(String),
}

impl Origin {
    /// Whether nothing is given.
    pub fn is_absent(&self) -> bool {
        *self == Self::Absent
    }

    /// Makes the path of a file relative to a folder.
    pub fn set_folder(&mut self, folder: &Path) {
        if let Self::File(path) = self {
            join(path, folder);
        }
    }
}

/// Credentials of a request.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Credentials {
    /// None.
    #[default]
    None,
    /// User name and password.
    Basic {
        /// The user.
        username: Origin,
        /// The password.
        password: Origin,
    },
    /// `Authorization: KIND CREDENTIALS`.
    Authorization {
        /// `Bearer`, unless another is named.
        kind: String,
        /// What follows.
        credentials: Origin,
    },
    /// A token that is fetched with client credentials.
    OAuth2(Box<OAuth2>),
}

/// How a token is fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OAuth2 {
    /// Name of the client.
    pub client_id: String,
    /// Its secret.
    pub client_secret: Origin,
    /// Whether the grant is `client_credentials`.
    pub by_client_credentials: bool,
    /// Scopes asked for.
    pub scopes: Vec<String>,
    /// Where it is fetched.
    pub token_url: String,
    /// More parameters of the request.
    pub endpoint_params: Vec<(String, String)>,
    /// TLS of that request.
    pub tls: Tls,
    /// Proxy of that request.
    pub proxy: Proxy,
}

/// TLS of a client.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tls {
    /// Certificates of authorities that are trusted; the machine's without.
    pub ca: Origin,
    /// The client's certificate.
    pub cert: Origin,
    /// Its key.
    pub key: Origin,
    /// The name that the server has to prove.
    pub server_name: String,
    /// Whether the server has to prove nothing.
    pub insecure_skip_verify: bool,
    /// Lowest version.
    pub min_version: Option<TlsVersion>,
    /// Highest version.
    pub max_version: Option<TlsVersion>,
}

/// A version of TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TlsVersion {
    /// 1.0; we speak 1.2 and later only.
    Tls10,
    /// 1.1; we speak 1.2 and later only.
    Tls11,
    /// 1.2
    Tls12,
    /// 1.3
    Tls13,
}

/// The way through a proxy.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Proxy {
    /// Its address; empty for none.
    pub url: String,
    /// Hosts that are reached without, separated by commas.
    pub no_proxy: String,
    /// Whether the environment says.
    pub from_environment: bool,
    /// Headers for the proxy.
    pub connect_headers: Vec<(String, Vec<Secret>)>,
}

/// A header that is added to requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Its name.
    pub name: String,
    /// Its values.
    pub values: Vec<Secret>,
    /// Files with more values.
    pub files: Vec<String>,
}

/// An HTTP client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpClient {
    /// Credentials.
    pub credentials: Credentials,
    /// TLS.
    pub tls: Tls,
    /// Whether 3xx answers are followed.
    pub follow_redirects: bool,
    /// Whether HTTP/2 is offered.
    pub enable_http2: bool,
    /// Proxy.
    pub proxy: Proxy,
    /// More headers.
    pub headers: Vec<Header>,
}

impl Default for HttpClient {
    fn default() -> Self {
        Self {
            credentials: Credentials::None,
            tls: Tls::default(),
            follow_redirects: true,
            enable_http2: true,
            proxy: Proxy::default(),
            headers: Vec::new(),
        }
    }
}

impl HttpClient {
    /// Makes the paths of its files relative to a folder.
    pub fn set_folder(&mut self, folder: &Path) {
        self.tls.set_folder(folder);
        match &mut self.credentials {
            Credentials::None => {}
            Credentials::Basic { username, password } => {
                username.set_folder(folder);
                password.set_folder(folder);
            }
            Credentials::Authorization { credentials, .. } => credentials.set_folder(folder),
            Credentials::OAuth2(oauth2) => {
                oauth2.client_secret.set_folder(folder);
                oauth2.tls.set_folder(folder);
            }
        }
        for header in &mut self.headers {
            header.files.iter_mut().for_each(|path| join(path, folder));
        }
    }
}

impl Tls {
    /// Makes the paths of its files relative to a folder.
    pub fn set_folder(&mut self, folder: &Path) {
        for origin in [&mut self.ca, &mut self.cert, &mut self.key] {
            origin.set_folder(folder);
        }
    }
}

fn join(path: &mut String, folder: &Path) {
    if !path.is_empty() {
        *path = folder.join(&*path).to_string_lossy().into_owned();
    }
}
