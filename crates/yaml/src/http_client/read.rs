//! Reads the fields of an HTTP client, and checks which go together.

use super::{Credentials, Header, HttpClient, OAuth2, Origin, Proxy, Secret, Tls, TlsVersion};
use crate::node::Node;
use crate::problem::Wrong;
use crate::scalar::parse_url;
use crate::section::{Read, Section, items_of, text_of};

/// Headers that cannot be set so.
const RESERVED_HEADERS: [&str; 18] = [
    "Authorization",
    "Host",
    "Content-Encoding",
    "Content-Length",
    "Content-Type",
    "User-Agent",
    "Connection",
    "Keep-Alive",
    "Proxy-Authenticate",
    "Proxy-Authorization",
    "Www-Authenticate",
    "Accept-Encoding",
    "X-Prometheus-Remote-Write-Version",
    "X-Prometheus-Remote-Read-Version",
    "X-Prometheus-Scrape-Timeout-Seconds",
    "X-Amz-Date",
    "X-Amz-Security-Token",
    "X-Amz-Content-Sha256",
];

impl HttpClient {
    /// Reads the inline fields of a section.
    pub fn read(section: &mut Section<'_>) -> Read<Self> {
        let client = Self {
            credentials: read_credentials(section)?,
            tls: match section.entry("tls_config") {
                Some(node) => read_tls(node)?,
                None => Tls::default(),
            },
            follow_redirects: section.flag("follow_redirects")?.unwrap_or(true),
            enable_http2: section.flag("enable_http2")?.unwrap_or(true),
            proxy: read_proxy(section)?,
            headers: read_headers(section)?,
        };
        Ok(client)
    }
}

/// The one of `KEY`, `KEY_file` and `KEY_ref` that is given, or a refusal in these words if several
/// are.
fn origin(
    section: &mut Section<'_>,
    [given, file, manager]: [&'static str; 3],
    several: &str,
) -> Read<Origin> {
    let values = [
        section.text_or_empty(given)?,
        section.text_or_empty(file)?,
        section.text_or_empty(manager)?,
    ];
    if values.iter().filter(|value| !value.is_empty()).count() > 1 {
        return Err(section.wrong(file, several));
    }
    let [given, file, manager] = values;
    Ok(if !given.is_empty() {
        Origin::Given(Secret(given))
    } else if !file.is_empty() {
        Origin::File(file)
    } else if !manager.is_empty() {
        Origin::Manager(manager)
    } else {
        Origin::Absent
    })
}

fn read_credentials(section: &mut Section<'_>) -> Read<Credentials> {
    let bearer = section.text_or_empty("bearer_token")?;
    let bearer_file = section.text_or_empty("bearer_token_file")?;
    let basic = section.node("basic_auth").map(read_basic).transpose()?;
    let authorization = section
        .node("authorization")
        .map(read_authorization)
        .transpose()?;
    let oauth2 = section.node("oauth2").map(read_oauth2).transpose()?;
    if !bearer.is_empty() && !bearer_file.is_empty() {
        let message = "at most one of bearer_token & bearer_token_file must be configured";
        return Err(section.wrong("bearer_token_file", message));
    }
    let has_bearer = !bearer.is_empty() || !bearer_file.is_empty();
    if has_bearer && (basic.is_some() || oauth2.is_some()) {
        let message = "at most one of basic_auth, oauth2, bearer_token & bearer_token_file must be configured";
        return Err(section.wrong("bearer_token", message));
    }
    if has_bearer && authorization.is_some() {
        let message = "authorization is not compatible with bearer_token & bearer_token_file";
        return Err(section.wrong("authorization", message));
    }
    let given = [&basic, &authorization, &oauth2];
    if given.iter().filter(|one| one.is_some()).count() > 1 {
        let message = "at most one of basic_auth, oauth2 & authorization must be configured";
        return Err(Wrong::new(section.line, message));
    }
    let bearer_of = |credentials| Credentials::Authorization {
        kind: "Bearer".to_owned(),
        credentials,
    };
    Ok(if !bearer_file.is_empty() {
        bearer_of(Origin::File(bearer_file))
    } else if has_bearer {
        bearer_of(Origin::Given(Secret(bearer)))
    } else {
        basic.or(authorization).or(oauth2).unwrap_or_default()
    })
}

fn read_basic(node: &Node) -> Read<Credentials> {
    let mut section = Section::open(node, "basic_auth")?;
    let username = origin(
        &mut section,
        ["username", "username_file", "username_ref"],
        "at most one of basic_auth username, username_file & username_ref must be configured",
    )?;
    let password = origin(
        &mut section,
        ["password", "password_file", "password_ref"],
        "at most one of basic_auth password, password_file & password_ref must be configured",
    )?;
    section.finish()?;
    Ok(Credentials::Basic { username, password })
}

fn read_authorization(node: &Node) -> Read<Credentials> {
    let mut section = Section::open(node, "authorization")?;
    let kind = section.text_or_empty("type")?;
    let credentials = origin(
        &mut section,
        ["credentials", "credentials_file", "credentials_ref"],
        "at most one of authorization credentials & credentials_file must be configured",
    )?;
    let kind = match kind.trim() {
        "" => "Bearer",
        kind if kind.eq_ignore_ascii_case("basic") => {
            let message =
                "authorization type cannot be set to \"basic\", use \"basic_auth\" instead";
            return Err(section.wrong("type", message));
        }
        kind => kind,
    };
    let kind = kind.to_owned();
    section.finish()?;
    Ok(Credentials::Authorization { kind, credentials })
}

/// The grant that signs its own token.
const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

fn read_oauth2(node: &Node) -> Read<Credentials> {
    let mut section = Section::open(node, "oauth2")?;
    let grant = section.text_or_empty("grant_type")?;
    let by_client_credentials = grant != JWT_BEARER;
    let several_keys = "at most one of oauth2 client_certificate_key, client_certificate_key_file & client_certificate_key_ref must be configured using grant-type=urn:ietf:params:oauth:grant-type:jwt-bearer";
    let several_secrets = "at most one of oauth2 client_secret, client_secret_file & client_secret_ref must be configured using grant-type=client_credentials";
    let key = origin(
        &mut section,
        [
            "client_certificate_key",
            "client_certificate_key_file",
            "client_certificate_key_ref",
        ],
        several_keys,
    );
    let secret = origin(
        &mut section,
        ["client_secret", "client_secret_file", "client_secret_ref"],
        several_secrets,
    );
    // Only what the grant uses is judged.
    let client_secret = if by_client_credentials { secret? } else { key? };
    let algorithm = section.text_or_empty("signature_algorithm")?;
    if !by_client_credentials && !["", "RS256", "RS384", "RS512"].contains(&algorithm.as_str()) {
        let message = "valid signature algorithms are RS256, RS384 and RS512";
        return Err(section.wrong("signature_algorithm", message));
    }
    for key in ["client_certificate_key_id", "iss", "audience"] {
        section.text(key)?;
    }
    section.entry("claims");
    let oauth2 = OAuth2 {
        client_id: section.text_or_empty("client_id")?,
        client_secret,
        by_client_credentials,
        scopes: section.texts("scopes")?.unwrap_or_default(),
        token_url: section.text_or_empty("token_url")?,
        endpoint_params: section.text_map("endpoint_params")?.unwrap_or_default(),
        tls: match section.entry("tls_config") {
            Some(node) => read_tls(node)?,
            None => Tls::default(),
        },
        proxy: read_proxy(&mut section)?,
    };
    let line = section.line;
    section.finish()?;
    if oauth2.client_id.is_empty() {
        return Err(Wrong::new(line, "oauth2 client_id must be configured"));
    }
    if oauth2.token_url.is_empty() {
        return Err(Wrong::new(line, "oauth2 token_url must be configured"));
    }
    Ok(Credentials::OAuth2(Box::new(oauth2)))
}

/// Reads a `tls_config`.
pub fn read_tls(node: &Node) -> Read<Tls> {
    let mut section = Section::open(node, "tls_config")?;
    let tls = Tls {
        ca: origin(
            &mut section,
            ["ca", "ca_file", "ca_ref"],
            "at most one of ca, ca_file & ca_ref must be configured",
        )?,
        cert: origin(
            &mut section,
            ["cert", "cert_file", "cert_ref"],
            "at most one of cert, cert_file & cert_ref must be configured",
        )?,
        key: origin(
            &mut section,
            ["key", "key_file", "key_ref"],
            "at most one of key and key_file must be configured",
        )?,
        server_name: section.text_or_empty("server_name")?,
        insecure_skip_verify: section.flag("insecure_skip_verify")?.unwrap_or(false),
        min_version: read_version(&mut section, "min_version")?,
        max_version: read_version(&mut section, "max_version")?,
    };
    let line = section.line;
    section.finish()?;
    match (&tls.cert, &tls.key) {
        (Origin::Absent, Origin::Absent) => Ok(tls),
        (Origin::Absent, _) => Err(Wrong::new(
            line,
            "exactly one of cert or cert_file must be configured when a client key is configured",
        )),
        (_, Origin::Absent) => Err(Wrong::new(
            line,
            "exactly one of key or key_file must be configured when a client certificate is configured",
        )),
        _ => Ok(tls),
    }
}

fn read_version(section: &mut Section<'_>, key: &'static str) -> Read<Option<TlsVersion>> {
    let Some(text) = section.text(key)? else {
        return Ok(None);
    };
    Ok(Some(match text.as_str() {
        "TLS10" => TlsVersion::Tls10,
        "TLS11" => TlsVersion::Tls11,
        "TLS12" => TlsVersion::Tls12,
        "TLS13" => TlsVersion::Tls13,
        _ => return Err(section.wrong(key, format!("unknown TLS version: {text}"))),
    }))
}

fn read_proxy(section: &mut Section<'_>) -> Read<Proxy> {
    let url = section.text("proxy_url")?;
    if let Some(Err(message)) = url.as_deref().map(parse_url) {
        return Err(section.wrong("proxy_url", format!("proxy_url: parse URL: {message}")));
    }
    let has_url = url.is_some();
    let mut proxy = Proxy {
        url: url.unwrap_or_default(),
        no_proxy: section.text_or_empty("no_proxy")?,
        from_environment: section.flag("proxy_from_environment")?.unwrap_or(false),
        connect_headers: Vec::new(),
    };
    if let Some(node) = section.node("proxy_connect_header") {
        let headers = Section::open(node, "proxy_connect_header")?;
        for entry in headers.entries() {
            let values = items_of(&entry.value, "proxy_connect_header")?
                .iter()
                .map(|value| text_of(value, &entry.key).map(Secret))
                .collect::<Read<_>>()?;
            proxy.connect_headers.push((entry.key.clone(), values));
        }
    }
    if !proxy.connect_headers.is_empty() && !proxy.from_environment && proxy.url.is_empty() {
        let message = "if proxy_connect_header is configured, proxy_url or proxy_from_environment must also be configured";
        return Err(section.wrong("proxy_connect_header", message));
    }
    if proxy.from_environment && !proxy.url.is_empty() {
        let message = "if proxy_from_environment is configured, proxy_url must not be configured";
        return Err(section.wrong("proxy_url", message));
    }
    if proxy.from_environment && !proxy.no_proxy.is_empty() {
        let message = "if proxy_from_environment is configured, no_proxy must not be configured";
        return Err(section.wrong("no_proxy", message));
    }
    if !has_url && !proxy.no_proxy.is_empty() {
        let message = "if no_proxy is configured, proxy_url must also be configured";
        return Err(section.wrong("no_proxy", message));
    }
    Ok(proxy)
}

fn read_headers(section: &mut Section<'_>) -> Read<Vec<Header>> {
    let Some(node) = section.node("http_headers") else {
        return Ok(Vec::new());
    };
    let mut headers = Vec::new();
    for entry in Section::open(node, "http_headers")?.entries() {
        let reserved = RESERVED_HEADERS
            .iter()
            .find(|name| name.eq_ignore_ascii_case(&entry.key));
        if let Some(name) = reserved {
            let message = format!("setting header {name:?} is not allowed");
            return Err(Wrong::new(entry.line, message));
        }
        let mut header = Section::open(&entry.value, "http header")?;
        let mut values = header.texts("values")?.unwrap_or_default();
        values.extend(header.texts("secrets")?.unwrap_or_default());
        headers.push(Header {
            name: entry.key.clone(),
            values: values.into_iter().map(Secret).collect(),
            files: header.texts("files")?.unwrap_or_default(),
        });
        header.finish()?;
    }
    Ok(headers)
}
