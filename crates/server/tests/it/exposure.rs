//! Who may: hosts, origins, tokens, content types, TLS, CORS, headers of answers.

use crate::harness::{Server, Setup, answer, options, spans_of};
use serde_json::json;
use std::path::Path;
use tacho_server::error::ErrorKind;
use tacho_server::run::run;

async fn status_with(server: &Server, header: &str, value: &str) -> u16 {
    let request = server
        .client
        .get(server.url("/api/v1/traces"))
        .header(header, value);
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn foreign_hosts_and_origins_get_403_everywhere() {
    let server = Server::start().await;
    assert_eq!(status_with(&server, "host", "localhost:1").await, 200);
    assert_eq!(status_with(&server, "host", "evil.example.com").await, 403);
    assert_eq!(
        status_with(&server, "origin", "http://evil.example.com").await,
        403
    );
    assert_eq!(
        status_with(&server, "origin", "http://localhost:5173").await,
        200
    );
    for path in ["/health", "/metrics", "/v1/traces", "/nowhere"] {
        let request = server
            .client
            .get(server.url(path))
            .header("host", "evil.example.com");
        let (status, body) = answer(request).await;
        assert_eq!(
            (status, body["error"]["kind"].as_str()),
            (403, Some("forbidden")),
            "{path}"
        );
    }
    let url = format!("http://{}/v1/traces", server.addresses.otlp_http.unwrap());
    let post = server.client.post(url).header("host", "evil.example.com");
    assert_eq!(
        post.json(&spans_of("a", vec![]))
            .send()
            .await
            .unwrap()
            .status(),
        403
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_are_needed_on_loopback_for_changes_only() {
    let server = Server::start().await;
    for path in [
        "/api/v1/admin/flush",
        "/api/v1/admin/files",
        "/api/v1/admin/backup",
        "/api/v1/reload",
    ] {
        let (status, body) = answer(server.client.post(server.url(path))).await;
        assert_eq!(
            (status, body["error"]["kind"].as_str()),
            (401, Some("unauthorized")),
            "{path}"
        );
    }
    assert_eq!(
        status_with(&server, "authorization", "Bearer wrong").await,
        401
    );
    let token = format!("Bearer {}", server.token());
    assert_eq!(status_with(&server, "authorization", &token).await, 200);
    assert_eq!(server.get("/api/v1/traces").await.0, 200);
}

const TOKENS: &str = "auth:\n  tokens:\n    - {name: in, token: ingest-ingest-1, scopes: [ingest]}\n    - {name: out, token: reader-reader-1, scopes: [read]}";

#[tokio::test(flavor = "multi_thread")]
async fn beyond_loopback_everything_needs_a_token_with_its_scope() {
    let config = TOKENS.replace("-1,", "-1234567,");
    let any = |path| (path, "0.0.0.0:0".to_owned());
    let flags = vec![any("http.listen"), any("otlp.http.listen")];
    let server = Server::with(Setup {
        config,
        flags,
        ..Setup::default()
    })
    .await;
    let url = |port: u16, path: &str| format!("http://127.0.0.1:{port}{path}");
    let port = server.http().port();
    let ask = |token: &'static str, path: &'static str| {
        let request = server.client.get(url(port, path));
        answer(if token.is_empty() {
            request
        } else {
            request.bearer_auth(token)
        })
    };
    assert_eq!(ask("", "/health").await.0, 200);
    assert_eq!(ask("", "/api/v1/traces").await.0, 401);
    assert_eq!(ask("", "/metrics").await.0, 401);
    assert_eq!(ask("ingest-ingest-1234567", "/api/v1/traces").await.0, 403);
    assert_eq!(ask("reader-reader-1234567", "/api/v1/traces").await.0, 200);
    let send = |token: &'static str| {
        let request = server.client.post(url(
            server.addresses.otlp_http.unwrap().port(),
            "/v1/traces",
        ));
        let request = if token.is_empty() {
            request
        } else {
            request.bearer_auth(token)
        };
        answer(request.json(&json!({ "resourceSpans": [] })))
    };
    assert_eq!(send("").await.0, 401);
    assert_eq!(send("reader-reader-1234567").await.0, 403);
    assert_eq!(send("ingest-ingest-1234567").await.0, 200);
    // The marker that asks for tokens cannot be taken away from outside, nor does it help.
    let spoofed = server
        .client
        .post(url(port, "/v1/traces"))
        .header("x-tacho-token-needed", "");
    assert_eq!(
        answer(spoofed.json(&json!({ "resourceSpans": [] })))
            .await
            .0,
        401
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn binding_wide_without_tokens_is_refused_unless_insecure() {
    let wide = || vec![("otlp.grpc.listen", "0.0.0.0:0".to_owned())];
    let dir = tempfile::tempdir().unwrap();
    let setup = Setup {
        flags: wide(),
        ..Setup::default()
    };
    let error = run(options(dir.path(), &setup)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert!(
        error.to_string().contains("0.0.0.0:0 can be reached"),
        "{error}"
    );
    assert!(error.hint().unwrap().contains("--insecure"));
    Server::with(Setup {
        flags: wide(),
        insecure: true,
        ..Setup::default()
    })
    .await
    .stop()
    .await;
    let env = [("TACHO_TOKEN".to_owned(), "given-given-given".to_owned())].into();
    let server = Server::with(Setup {
        flags: wide(),
        env,
        ..Setup::default()
    })
    .await;
    let request = server.client.post(server.url("/api/v1/admin/flush"));
    assert_eq!(
        answer(request.bearer_auth("given-given-given")).await.0,
        200
    );
    assert!(!server.dir.path().join("data/token").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_other_origins_may_call_only_if_configured() {
    let preflight = |server: &Server| {
        server
            .client
            .request(reqwest::Method::OPTIONS, server.url("/api/v1/traces"))
            .header("origin", "https://ops.example.com")
            .header("access-control-request-method", "GET")
            .header("access-control-request-headers", "authorization")
            .send()
    };
    let closed = Server::start().await;
    let response = preflight(&closed).await.unwrap();
    assert_eq!(response.status(), 403);
    assert!(
        !response
            .headers()
            .contains_key("access-control-allow-origin")
    );
    let config = "http:\n  cors:\n    allowed_origins: [https://ops.example.com]".to_owned();
    let open = Server::with(Setup {
        config,
        ..Setup::default()
    })
    .await;
    let response = preflight(&open).await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(
        response.headers()["access-control-allow-origin"],
        "https://ops.example.com"
    );
    let get = open
        .client
        .get(open.url("/api/v1/traces"))
        .header("origin", "https://ops.example.com");
    let response = get.send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(
        response.headers()["access-control-allow-origin"],
        "https://ops.example.com"
    );
    let foreign = open
        .client
        .get(open.url("/api/v1/traces"))
        .header("origin", "https://evil.example.com");
    assert_eq!(foreign.send().await.unwrap().status(), 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_carry_the_security_headers_and_are_compressed_on_request() {
    let server = Server::start().await;
    let response = server
        .client
        .get(server.url("/api/v1/openapi.json"))
        .send()
        .await
        .unwrap();
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(response.headers()[name], value);
    }
    let plain = response.bytes().await.unwrap();
    let request = server.client.get(server.url("/api/v1/openapi.json"));
    let packed = request
        .header("accept-encoding", "gzip")
        .send()
        .await
        .unwrap();
    assert_eq!(packed.headers()["content-encoding"], "gzip");
    assert!(packed.bytes().await.unwrap().len() < plain.len() / 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_turn_tls_on_for_all_listeners() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let file = |name: &str| data.join(name).display().to_string();
    let flags = vec![
        ("http.tls.cert", file("cert.pem")),
        ("http.tls.key", file("key.pem")),
    ];
    let server = Server::with(Setup {
        flags,
        ..Setup::default()
    })
    .await;
    let client = reqwest::Client::builder()
        .tls_danger_accept_invalid_certs(true)
        .no_proxy()
        .build()
        .unwrap();
    for address in [
        server.addresses.http,
        server.addresses.otlp_http,
        server.addresses.otlp_grpc,
    ] {
        let port = address.unwrap().port();
        let url = format!("https://localhost:{port}/v1/traces");
        let response = client
            .post(url)
            .json(&json!({ "resourceSpans": [] }))
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 200, "{port}");
    }
    assert!(
        server
            .client
            .get(server.url("/health"))
            .send()
            .await
            .is_err(),
        "no plain HTTP"
    );
    let dir = tempfile::tempdir().unwrap();
    let wrong = vec![
        ("http.tls.cert", file("key.pem")),
        ("http.tls.key", file("cert.pem")),
    ];
    let error = run(options(
        dir.path(),
        &Setup {
            flags: wrong,
            ..Setup::default()
        },
    ))
    .await
    .unwrap_err();
    assert!(
        error.to_string().contains("key.pem: no certificate in it"),
        "{error}"
    );
}
