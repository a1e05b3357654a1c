//! The web UI over a real socket: who gets it, under which headers, below which path.

use crate::harness::{Server, Setup};
use reqwest::header::HeaderMap;

const BROWSER: &str = "text/html,application/xhtml+xml,*/*;q=0.8";

/// Status, headers and text of what a browser gets.
async fn browse(server: &Server, path: &str, headers: &[(&str, &str)]) -> (u16, HeaderMap, String) {
    let url = format!("http://127.0.0.1:{}{path}", server.http().port());
    let mut request = server.client.get(url).header("accept", BROWSER);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    (status, headers, response.text().await.unwrap())
}

/// Addresses of the scripts and styles that a page names, as they stand there.
fn named_assets(html: &str) -> Vec<&str> {
    html.split(['"', '\''])
        .filter(|text| text.starts_with("./assets/") || text.starts_with("assets/"))
        .map(|text| text.trim_start_matches("./"))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_and_what_it_names_is_there() {
    let server = Server::start().await;
    let mut nonces = Vec::new();
    for path in [
        "/",
        "/traces",
        "/traces/00ff",
        "/logs?q=x",
        "/explore",
        "/services",
        "/status",
    ] {
        let (status, headers, html) = browse(&server, path, &[]).await;
        assert_eq!(status, 200, "{path}");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["x-frame-options"], "DENY");
        assert_eq!(headers["referrer-policy"], "same-origin");
        assert_eq!(headers["cache-control"], "no-store");
        let policy = headers["content-security-policy"].to_str().unwrap();
        let nonce = policy.split("'nonce-").nth(1).unwrap();
        let nonce = nonce.split('\'').next().unwrap();
        assert!(
            html.contains(nonce) && html.contains("<base href=\"/\""),
            "{html}"
        );
        nonces.push(nonce.to_owned());
        assert!(!named_assets(&html).is_empty(), "{html}");
        for asset in named_assets(&html) {
            let (status, headers, _) = browse(&server, &format!("/{asset}"), &[]).await;
            assert_eq!(status, 200, "{asset}");
            assert_eq!(
                headers["cache-control"],
                "public, max-age=31536000, immutable"
            );
        }
    }
    let all = nonces.len();
    nonces.sort();
    nonces.dedup();
    assert_eq!(nonces.len(), all, "each page has a nonce of its own");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_says_so() {
    let server = Server::start().await;
    let (status, headers, html) = browse(&server, "/nowhere", &[]).await;
    assert_eq!(status, 404);
    assert_eq!(headers["content-type"], "text/html; charset=utf-8");
    assert!(html.contains("<base href="));
    for path in [
        "/assets/gone.js",
        "/api/v1/nowhere",
        "/api/nowhere",
        "/prometheus/graph",
    ] {
        let (status, headers, _) = browse(&server, path, &[]).await;
        assert_eq!(status, 404, "{path}");
        assert_eq!(headers["content-type"], "application/json", "{path}");
    }
    let (status, error) = server.get("/nowhere").await;
    assert_eq!(
        (status, error["error"]["kind"].as_str()),
        (404, Some("not_found"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn head_has_the_headers_of_get() {
    let server = Server::start().await;
    for path in ["/", "/traces/ab", "/nowhere"] {
        let request = server
            .client
            .head(server.url(path))
            .header("accept", BROWSER);
        let response = request.send().await.unwrap();
        let wanted = if path == "/nowhere" { 404 } else { 200 };
        assert_eq!(response.status(), wanted, "{path}");
        assert_eq!(
            response.headers()["content-type"],
            "text/html; charset=utf-8"
        );
        assert_eq!(response.text().await.unwrap(), "");
    }
    let post = server.client.post(server.url("/")).send().await.unwrap();
    assert_eq!(post.status(), 401, "only GET is open");
}

#[tokio::test(flavor = "multi_thread")]
async fn beyond_loopback_the_ui_is_open_and_the_data_are_not() {
    let config =
        "auth:\n  tokens:\n    - {name: out, token: reader-reader-1234567, scopes: [read]}";
    let server = Server::with(Setup {
        config: config.to_owned(),
        flags: vec![("http.listen", "0.0.0.0:0".to_owned())],
        ..Setup::default()
    })
    .await;
    let (status, _, html) = browse(&server, "/traces", &[]).await;
    assert_eq!(status, 200);
    for asset in named_assets(&html) {
        assert_eq!(
            browse(&server, &format!("/{asset}"), &[]).await.0,
            200,
            "{asset}"
        );
    }
    assert_eq!(browse(&server, "/nowhere", &[]).await.0, 404);
    for path in [
        "/api/v1/traces",
        "/api/v1/nowhere",
        "/metrics",
        "/prometheus/nowhere",
    ] {
        assert_eq!(browse(&server, path, &[]).await.0, 401, "{path}");
    }
    let foreign = [("host", "evil.example.com")];
    assert_eq!(browse(&server, "/", &foreign).await.0, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn switched_off_only_the_apis_answer() {
    let server = Server::with(Setup {
        config: "enable_observability_dashboards: false".to_owned(),
        ..Setup::default()
    })
    .await;
    for path in ["/", "/traces", "/nowhere"] {
        let (status, headers, _) = browse(&server, path, &[]).await;
        assert_eq!(status, 404, "{path}");
        assert_eq!(headers["content-type"], "application/json", "{path}");
    }
    assert_eq!(server.get("/api/v1/traces").await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn below_a_base_path_everything_answers_with_it_and_without() {
    let server = Server::with(Setup {
        config: "http:\n  base_path: /ops/tacho".to_owned(),
        ..Setup::default()
    })
    .await;
    for (path, base) in [
        ("/ops/tacho", "/ops/tacho/"),
        ("/ops/tacho/", "/ops/tacho/"),
        ("/ops/tacho/traces/ab?span=1", "/ops/tacho/"),
        ("/traces/ab", "/"),
    ] {
        let (status, _, html) = browse(&server, path, &[]).await;
        assert_eq!(status, 200, "{path}");
        assert!(
            html.contains(&format!("<base href=\"{base}\"")),
            "{path}: {html}"
        );
        for asset in named_assets(&html) {
            let (status, _, _) = browse(&server, &format!("{base}{asset}"), &[]).await;
            assert_eq!(status, 200, "{base}{asset}");
        }
    }
    for path in [
        "/ops/tacho/api/v1/traces",
        "/api/v1/traces",
        "/ops/tacho/ready",
        "/ops/tacho/prometheus/-/ready",
    ] {
        assert_eq!(server.get(path).await.0, 200, "{path}");
    }
    assert_eq!(server.get("/ops/tachograph/api/v1/traces").await.0, 404);
    let change = server
        .client
        .post(server.url("/ops/tacho/api/v1/admin/flush"));
    assert_eq!(
        change.send().await.unwrap().status(),
        401,
        "the gate sees the path without it"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_strips_names_the_prefix() {
    let server = Server::start().await;
    let base = async |prefix: &str| {
        let (_, _, html) = browse(&server, "/logs", &[("x-forwarded-prefix", prefix)]).await;
        let text = html.split("<base href=\"").nth(1).unwrap();
        text.split('"').next().unwrap().to_owned()
    };
    assert_eq!(base("/tacho").await, "/tacho/");
    assert_eq!(base("/tacho/").await, "/tacho/");
    for bad in [
        "//evil.example.com",
        "/a/../b",
        "/a\"b",
        "https://evil.example.com",
        "a",
    ] {
        assert_eq!(base(bad).await, "/", "{bad}");
    }
}

#[test]
fn a_base_path_that_is_no_path_is_refused() {
    for bad in ["tacho", "//tacho", "/a/../b", "/a b", "/a?b"] {
        let setup = Setup {
            flags: vec![("http.base_path", bad.to_owned())],
            ..Setup::default()
        };
        let dir = tempfile::tempdir().unwrap();
        let options = crate::harness::options(dir.path(), &setup);
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let error = runtime
            .block_on(tacho_server::run::run(options))
            .unwrap_err();
        assert!(
            error.to_string().contains("http.base_path"),
            "{bad}: {error}"
        );
    }
}
