//! What stands before every route: which Host and Origin may call, whether a token is needed,
//! which content type a body must have, and the headers that every answer carries.

use crate::answer::ApiError;
use crate::auth::Right;
use crate::listener::Kind;
use axum::http::header::{self, HeaderName};
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Uri};
use std::net::IpAddr;
use tacho_api::error::ErrorKind;
use tacho_api::operation::{self, Scope};

/// Names that may stand in Host and Origin.
#[derive(Debug, Clone, Default)]
pub struct AllowedHosts {
    names: Vec<String>,
    all: bool,
    origins: Vec<String>,
}

impl AllowedHosts {
    /// The usual names, those of the configuration, and the origins that CORS lets in.
    pub fn new(configured: &[String], bound: &[String], origins: &[String]) -> Self {
        let mut names: Vec<String> = ["localhost", "127.0.0.1", "::1"]
            .iter()
            .map(|name| (*name).to_owned())
            .collect();
        for address in bound {
            names.push(host_of(address).to_ascii_lowercase());
        }
        names.extend(
            configured
                .iter()
                .map(|name| host_of(name).to_ascii_lowercase()),
        );
        Self {
            names,
            all: configured.iter().any(|name| name == "*"),
            origins: origins
                .iter()
                .map(|origin| origin.to_ascii_lowercase())
                .collect(),
        }
    }

    /// Whether a request may come in that was accepted on this address.
    ///
    /// # Errors
    /// 403 naming the foreign Host or Origin; 400 for a request without a host.
    pub fn check(&self, uri: &Uri, headers: &HeaderMap, local: IpAddr) -> Result<(), ApiError> {
        let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
        let host = uri
            .authority()
            .map(axum::http::uri::Authority::as_str)
            .or_else(|| text(header::HOST));
        let Some(host) = host else {
            return Err(ApiError::new(ErrorKind::Invalid, "the request has no host").field("Host"));
        };
        if !self.allows(host, local) {
            return Err(foreign("Host", host));
        }
        if let Some(named) = text(header::HOST)
            && !self.allows(named, local)
        {
            return Err(foreign("Host", named));
        }
        let Some(origin) = text(header::ORIGIN) else {
            return Ok(());
        };
        let lower = origin.to_ascii_lowercase();
        let known = self.all
            || self.origins.contains(&lower)
            || lower
                .split_once("://")
                .is_some_and(|(_, host)| self.allows(host, local));
        if known {
            Ok(())
        } else {
            Err(foreign("Origin", origin))
        }
    }

    fn allows(&self, host: &str, local: IpAddr) -> bool {
        if self.all {
            return true;
        }
        let name = host_of(host).to_ascii_lowercase();
        let name = name.strip_suffix('.').unwrap_or(&name);
        self.names.iter().any(|known| known == name)
            || name
                .parse::<IpAddr>()
                .is_ok_and(|ip| ip.to_canonical() == local.to_canonical())
    }
}

fn foreign(field: &str, value: &str) -> ApiError {
    let short: String = value.chars().take(100).collect();
    ApiError::new(
        ErrorKind::Forbidden,
        format!("{field} {short:?} is not allowed"),
    )
    .field(field)
    .hint("add it to http.allowed_hosts")
}

/// The host of `HOST`, `HOST:PORT`, `[IPV6]:PORT` or `IPV6`.
fn host_of(text: &str) -> &str {
    let text = text.rsplit_once('@').map_or(text, |(_, host)| host);
    if let Some(rest) = text.strip_prefix('[') {
        return rest.split(']').next().unwrap_or(rest);
    }
    match text.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') && port.bytes().all(|b| b.is_ascii_digit()) => {
            host
        }
        _ => text,
    }
}

/// What a request to a path of the Prometheus API needs.
fn needed_right_prometheus(path: &str) -> Option<(Right, bool)> {
    match path {
        "/-/healthy" | "/-/ready" => None,
        "/api/v1/write" | "/api/v1/otlp/v1/metrics" => Some((Right::Ingest, false)),
        "/-/reload" => Some((Right::Admin, true)),
        path if path.starts_with("/api/v1/admin/") => Some((Right::Admin, true)),
        // Queries may come as POST.
        _ => Some((Right::Read, false)),
    }
}

/// What a request to a path of Alertmanager's API needs.
fn needed_right_alertmanager(method: &Method, path: &str) -> Option<(Right, bool)> {
    match path {
        "/-/healthy" | "/-/ready" => None,
        "/-/reload" => Some((Right::Admin, true)),
        // Whoever may send telemetry may send alerts.
        "/api/v2/alerts" if *method == Method::POST => Some((Right::Ingest, false)),
        _ if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) => {
            Some((Right::Read, false))
        }
        _ => Some((Right::Admin, false)),
    }
}

/// The path below the prefix of the Prometheus API, if it is one of its paths.
fn prometheus_path(kind: Kind, path: &str) -> Option<&str> {
    match kind {
        Kind::Prometheus => Some(path),
        _ => path
            .strip_prefix("/prometheus")
            .filter(|rest| rest.starts_with('/')),
    }
}

/// What a request to this path of a listener needs, and whether it needs it on loopback too.
pub fn needed_right(kind: Kind, method: &Method, path: &str) -> Option<(Right, bool)> {
    if let Some(path) = prometheus_path(kind, path) {
        return needed_right_prometheus(path);
    }
    if let Some(path) = path.strip_prefix("/alertmanager")
        && path.starts_with('/')
    {
        return needed_right_alertmanager(method, path);
    }
    if matches!(
        path,
        "/health" | "/ready" | "/api/health" | "/api/v1/openapi.json"
    ) {
        return None;
    }
    let otlp = path.starts_with("/v1/")
        || path.starts_with("/v1development/")
        || path.starts_with("/opentelemetry.proto.collector.");
    if otlp {
        return Some((Right::Ingest, false));
    }
    if is_operating(method, path) {
        return Some((Right::Admin, false));
    }
    if path == "/api/v1/metrics/query" {
        return Some((Right::Read, false));
    }
    let import = path.starts_with("/api/v1/import");
    let admin = path.starts_with("/api/v1/admin/") || path == "/api/v1/reload" || import;
    if admin || !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return Some((Right::Admin, true));
    }
    Some((Right::Read, false))
}

/// Whether a request is one of those that people who are on call make: it needs no token on loopback.
fn is_operating(method: &Method, path: &str) -> bool {
    let fits = |template: &str| {
        let (wanted, given) = (template.split('/'), path.split('/'));
        wanted.clone().count() == given.clone().count()
            && wanted
                .zip(given)
                .all(|(wanted, given)| wanted.starts_with('{') || wanted == given)
    };
    operation::all().any(|one| {
        one.scope == Scope::Operate && one.method.as_str() == method.as_str() && fits(one.path)
    })
}

/// A body of our own API must be declared as JSON; without a body nothing is needed.
///
/// # Errors
/// 415.
pub fn check_content_type<B: http_body::Body>(
    kind: Kind,
    request: &Request<B>,
) -> Result<(), ApiError> {
    let path = request.uri().path();
    let ours = kind != Kind::Prometheus && path.starts_with("/api/");
    if request.body().is_end_stream() || !ours || path.starts_with("/api/v1/import") {
        return Ok(());
    }
    let kind = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let essence = kind.and_then(|kind| kind.split(';').next()).map(str::trim);
    if essence.is_some_and(|essence| essence.eq_ignore_ascii_case("application/json")) {
        return Ok(());
    }
    let message = match kind {
        Some(kind) => format!("a body of type {kind:?} is not taken"),
        None => "the body has no content type".to_owned(),
    };
    Err(ApiError::new(ErrorKind::Invalid, message)
        .field("Content-Type")
        .hint("send application/json")
        .status(StatusCode::UNSUPPORTED_MEDIA_TYPE))
}

/// Headers that every answer carries.
const SECURITY_HEADERS: [(&str, &str); 6] = [
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    (
        "content-security-policy",
        "default-src 'none'; frame-ancestors 'none'",
    ),
];

/// Adds the headers that every answer carries, and forbids caches to keep answers of APIs.
pub fn add_headers(headers: &mut HeaderMap, cors: bool) {
    for (name, value) in SECURITY_HEADERS {
        // Pages that CORS lets in must be able to read the answer.
        if cors && name == "cross-origin-resource-policy" {
            continue;
        }
        let name = HeaderName::from_static(name);
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

/// Whether an address that is to be bound is on loopback.
pub fn is_loopback(address: &str) -> bool {
    let host = host_of(address);
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse::<IpAddr>()
            .is_ok_and(|ip| ip.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::{AllowedHosts, Right, is_loopback, needed_right};
    use crate::listener::Kind;
    use axum::http::{HeaderMap, HeaderValue, Method, Uri, header};
    use std::net::IpAddr;

    fn check(hosts: &AllowedHosts, host: &str, origin: Option<&str>) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_str(host).unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, HeaderValue::from_str(origin).unwrap());
        }
        let local: IpAddr = "192.168.1.5".parse().unwrap();
        hosts
            .check(&Uri::from_static("/api/v1/traces"), &headers, local)
            .is_ok()
    }

    #[test]
    fn foreign_hosts_and_origins_are_refused() {
        let bound = ["192.168.1.5:3000".to_owned()];
        let origins = ["https://ops.example.com".to_owned()];
        let hosts = AllowedHosts::new(&["Tacho.internal".to_owned()], &bound, &origins);
        for good in [
            "localhost:3000",
            "127.0.0.1",
            "[::1]:3000",
            "192.168.1.5:80",
            "tacho.internal:1",
            "LOCALHOST.",
        ] {
            assert!(check(&hosts, good, None), "{good}");
        }
        for bad in [
            "evil.example.com",
            "localhost.evil.com",
            "10.0.0.1:3000",
            "",
            "127.0.0.1.nip.io",
        ] {
            assert!(!check(&hosts, bad, None), "{bad}");
        }
        for good in [
            "http://localhost:5173",
            "http://127.0.0.1:3000",
            "https://OPS.example.com",
        ] {
            assert!(check(&hosts, "localhost", Some(good)), "{good}");
        }
        for bad in [
            "http://evil.example.com",
            "null",
            "https://ops.example.com.evil.com",
        ] {
            assert!(!check(&hosts, "localhost", Some(bad)), "{bad}");
        }
        let all = AllowedHosts::new(&["*".to_owned()], &[], &[]);
        assert!(check(&all, "anything", Some("http://anything")));
    }

    #[test]
    fn what_changes_needs_a_token_on_loopback_too() {
        let needs = |method, path| needed_right(Kind::Http, &method, path);
        assert_eq!(needs(Method::GET, "/health"), None);
        assert_eq!(
            needs(Method::GET, "/api/v1/traces"),
            Some((Right::Read, false))
        );
        assert_eq!(
            needs(Method::POST, "/v1/traces"),
            Some((Right::Ingest, false))
        );
        assert_eq!(
            needs(Method::DELETE, "/api/v1/traces/ab"),
            Some((Right::Admin, true))
        );
        assert_eq!(
            needs(Method::POST, "/api/v1/admin/flush"),
            Some((Right::Admin, true))
        );
        assert_eq!(
            needs(Method::GET, "/api/v1/admin/x"),
            Some((Right::Admin, true))
        );
        // What people on call do needs a token beyond loopback only.
        for (method, path) in [
            (Method::POST, "/api/v1/alerts/alert-1/acknowledge"),
            (Method::DELETE, "/api/v1/alerts/alert-1/acknowledge"),
            (Method::PUT, "/api/v1/rules/default%2FX"),
            (Method::POST, "/api/v1/webhooks/grafana"),
        ] {
            assert_eq!(needs(method, path), Some((Right::Admin, false)), "{path}");
        }
        assert_eq!(
            needs(Method::PUT, "/api/v1/alerts/alert-1/acknowledge"),
            Some((Right::Admin, true))
        );
        assert_eq!(
            needs(Method::POST, "/api/v1/reload"),
            Some((Right::Admin, true))
        );
    }

    #[test]
    fn loopback_addresses_are_known() {
        for yes in [
            "127.0.0.1:3000",
            "127.8.0.1:0",
            "[::1]:3000",
            "localhost:1",
            "[::ffff:127.0.0.1]:1",
        ] {
            assert!(is_loopback(yes), "{yes}");
        }
        for no in ["0.0.0.0:3000", "[::]:3000", "192.168.0.1:1", "tacho:3000"] {
            assert!(!is_loopback(no), "{no}");
        }
    }
}
