//! What each address gives, without a server around it.

use super::{PAGES, Ui, is_page, is_public, routes, unknown};
use crate::listener::{Arrival, Kind};
use axum::body::Body;
use axum::extract::Request;
#[cfg(feature = "ui")]
use axum::http::Response;
use http_body_util::BodyExt as _;
use rustls::crypto::{GetRandomFailed, SecureRandom};
use tower::ServiceExt as _;

/// Gives the same bytes always, or none.
#[derive(Debug)]
struct Fixed(bool);

impl SecureRandom for Fixed {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), GetRandomFailed> {
        bytes.fill(7);
        if self.0 { Ok(()) } else { Err(GetRandomFailed) }
    }
}

fn ui(random: &'static Fixed) -> Ui {
    Ui {
        random,
        on: true,
        base_path: "/tacho".into(),
    }
}

fn request(kind: Kind, method: &str, path: &str, headers: &[(&str, &str)]) -> Request {
    let mut builder = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    let local = "127.0.0.1".parse().unwrap();
    let arrival = Arrival {
        kind,
        local,
        exposed: true,
    };
    builder.extension(arrival).body(Body::empty()).unwrap()
}

const BROWSER: (&str, &str) = ("accept", "text/html,*/*;q=0.8");

#[cfg(feature = "ui")]
async fn get(path: &str, headers: &[(&str, &str)]) -> Response<Body> {
    let router = routes(&ui(&Fixed(true)));
    let request = request(Kind::Http, "GET", path, headers);
    router.oneshot(request).await.unwrap()
}

#[cfg(feature = "ui")]
async fn text(response: Response<Body>) -> String {
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn pages_are_known_by_their_address() {
    for page in [
        "/",
        "/traces",
        "/traces/4bf92f3577b34da6a3ce929d0e0e4736",
        "/status",
    ] {
        assert!(is_page(page), "{page}");
    }
    for other in ["/traces/", "/traces/a/b", "/nowhere", "/api", ""] {
        assert!(!is_page(other), "{other}");
    }
}

#[test]
fn only_what_the_ui_alone_can_answer_is_public() {
    let check = |kind, method, path| is_public(&request(kind, method, path, &[]));
    assert!(check(Kind::Http, "GET", "/nowhere"));
    assert!(check(Kind::Http, "HEAD", "/traces/"));
    for (kind, method, path) in [
        (Kind::Http, "POST", "/nowhere"),
        (Kind::Http, "GET", "/api/v1/nowhere"),
        (Kind::Http, "GET", "/prometheus/nowhere"),
        (Kind::Http, "GET", "/metrics"),
        (Kind::Http, "GET", "/v1/traces"),
        (
            Kind::Http,
            "GET",
            "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
        ),
        (Kind::Prometheus, "GET", "/nowhere"),
        (Kind::OtlpHttp, "GET", "/"),
    ] {
        assert!(!check(kind, method, path), "{method} {path}");
    }
}

#[test]
fn unknown_addresses_get_the_page_only_where_a_person_asks() {
    let ui = ui(&Fixed(true));
    let status = |kind, method, path, headers: &[(&str, &str)]| {
        unknown(&ui, &request(kind, method, path, headers)).map(|page| page.status().as_u16())
    };
    let page = |status: u16| cfg!(feature = "ui").then_some(status);
    assert_eq!(status(Kind::Http, "GET", "/nowhere", &[BROWSER]), page(404));
    assert_eq!(status(Kind::Http, "GET", "/traces/", &[BROWSER]), page(200));
    assert_eq!(status(Kind::Http, "GET", "/traces/", &[]), page(200));
    for (kind, method, path, headers) in [
        (Kind::Http, "GET", "/nowhere", &[("accept", "*/*")][..]),
        (Kind::Http, "GET", "/nowhere", &[]),
        (Kind::Http, "POST", "/nowhere", &[BROWSER]),
        (Kind::Http, "GET", "/api/nowhere", &[BROWSER]),
        (Kind::Http, "GET", "/assets/gone.js", &[BROWSER]),
        (Kind::OtlpHttp, "GET", "/nowhere", &[BROWSER]),
    ] {
        assert_eq!(status(kind, method, path, headers), None, "{method} {path}");
    }
}

#[cfg(feature = "ui")]
#[tokio::test]
async fn the_page_has_its_nonce_and_base_in_text_and_header() {
    for path in PAGES.map(|page| page.replace("{trace_id}", "ab").replace("{id}", "ab")) {
        let response = get(&path, &[BROWSER, ("x-forwarded-prefix", "/ops")]).await;
        assert_eq!(response.status(), 200, "{path}");
        let headers = response.headers().clone();
        assert_eq!(headers["content-type"], "text/html; charset=utf-8");
        assert_eq!(headers["cache-control"], "no-store");
        assert_eq!(headers["referrer-policy"], "same-origin");
        assert!(!headers.contains_key("etag"));
        let policy = headers["content-security-policy"].to_str().unwrap();
        let nonce = "BwcHBwcHBwcHBwcHBwcHBw==";
        assert_eq!(
            policy,
            format!(
                "default-src 'self'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; \
                 img-src 'self' data:; connect-src 'self'; worker-src 'self'; font-src 'self'; \
                 object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
            )
        );
        let html = text(response).await;
        assert!(
            html.contains(nonce) && html.contains("href=\"/ops/\""),
            "{html}"
        );
        assert!(!html.contains("%NONCE%") && !html.contains("%BASE%"));
    }
}

#[cfg(feature = "ui")]
#[tokio::test]
async fn without_randomness_there_is_no_page() {
    let router = routes(&ui(&Fixed(false)));
    let request = request(Kind::Http, "GET", "/", &[BROWSER]);
    assert_eq!(router.oneshot(request).await.unwrap().status(), 500);
}

#[tokio::test]
async fn programs_get_no_page() {
    let router = routes(&ui(&Fixed(true)));
    for (kind, headers) in [
        (Kind::Http, &[("accept", "application/json")][..]),
        (Kind::Prometheus, &[BROWSER]),
    ] {
        let request = request(kind, "GET", "/", headers);
        assert_eq!(router.clone().oneshot(request).await.unwrap().status(), 404);
    }
}

#[cfg(not(feature = "ui"))]
#[tokio::test]
async fn a_build_without_the_ui_says_so() {
    let answer = |path| routes(&ui(&Fixed(true))).oneshot(request(Kind::Http, "GET", path, &[]));
    let root = answer("/").await.unwrap();
    assert_eq!(root.status(), 200);
    let body = root.into_body().collect().await.unwrap().to_bytes();
    assert!(body.starts_with(b"This tacho was built without its web interface"));
    assert_eq!(answer("/traces").await.unwrap().status(), 404);
    assert!(PAGES.contains(&"/traces"));
}

#[cfg(feature = "ui")]
mod files {
    use super::super::file::FILES;
    use super::{Kind, Ui, get, request, routes, text};
    use tower::ServiceExt as _;

    fn script() -> &'static str {
        let script = FILES.iter().find(|file| file.path.ends_with(".js"));
        script.expect("the UI has a script").path
    }

    #[tokio::test]
    async fn each_encoding_is_the_same_text() {
        let plain = get(script(), &[]).await;
        assert!(!plain.headers().contains_key("content-encoding"));
        let plain_tag = plain.headers()["etag"].clone();
        let plain = text(plain).await;
        assert!(!plain.is_empty());
        for (accepted, encoding) in [("gzip, deflate, br, zstd", "br"), ("gzip, deflate", "gzip")] {
            let packed = get(script(), &[("accept-encoding", accepted)]).await;
            let headers = packed.headers();
            assert_eq!(headers["content-encoding"], encoding);
            assert_eq!(headers["content-type"], "text/javascript; charset=utf-8");
            assert_eq!(headers["vary"], "accept-encoding");
            assert_eq!(
                headers["cache-control"],
                "public, max-age=31536000, immutable"
            );
            assert_ne!(headers["etag"], plain_tag);
            let length: usize = headers["content-length"].to_str().unwrap().parse().unwrap();
            assert!(length < plain.len());
        }
    }

    #[tokio::test]
    async fn who_has_a_file_is_told_so() {
        let first = get(script(), &[("accept-encoding", "gzip")]).await;
        let tag = first.headers()["etag"].to_str().unwrap().to_owned();
        for known in [
            tag.clone(),
            format!("W/{tag}"),
            format!("\"other\", {tag}"),
            "*".to_owned(),
        ] {
            let headers = [
                ("accept-encoding", "gzip"),
                ("if-none-match", known.as_str()),
            ];
            let again = get(script(), &headers).await;
            assert_eq!(again.status(), 304, "{known}");
            assert_eq!(again.headers()["etag"], tag.as_str());
            assert!(again.headers().contains_key("cache-control"));
            assert_eq!(text(again).await, "");
        }
        let other = get(script(), &[("if-none-match", "\"other\"")]).await;
        assert_eq!(other.status(), 200);
    }

    #[tokio::test]
    async fn missing_files_are_404_and_no_page() {
        for path in ["/assets/gone.js", "/assets/", "/assets/../index.html"] {
            let response = get(path, &[super::BROWSER]).await;
            assert_eq!(response.status(), 404, "{path}");
        }
    }

    #[tokio::test]
    async fn files_besides_assets_are_kept_shortly() {
        let outside = FILES
            .iter()
            .filter(|file| !file.path.starts_with("/assets/"));
        for file in outside {
            let response = get(file.path, &[]).await;
            assert_eq!(response.status(), 200, "{}", file.path);
            assert_eq!(response.headers()["cache-control"], "public, max-age=300");
        }
    }

    #[tokio::test]
    async fn files_are_on_the_http_listener_only() {
        let ui = Ui {
            random: &super::Fixed(true),
            on: true,
            base_path: "".into(),
        };
        let request = request(Kind::Prometheus, "GET", script(), &[]);
        let response = routes(&ui).oneshot(request).await.unwrap();
        assert_eq!(response.status(), 404);
    }
}
