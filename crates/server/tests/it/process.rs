//! Start and stop: ready file, health, second server on a folder, restart, what is not there.

use crate::harness::{Server, Setup, answer, options, span, spans_of};
use serde_json::{Value, json};
use tacho_server::error::ErrorKind;
use tacho_server::run::run;

const A: &str = "5b8efff798038103d269b633813fc60c";

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::disallowed_methods, reason = "tests read files of their own")]
async fn the_ready_file_is_there_while_the_server_answers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ready.json");
    std::fs::write(&path, "old").unwrap();
    let server = Server::with(Setup {
        ready_file: Some(path.clone()),
        ..Setup::default()
    })
    .await;
    let ready: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(
        ready,
        json!({
            "http": server.http().to_string(),
            "otlp_grpc": server.addresses.otlp_grpc.unwrap().to_string(),
            "otlp_http": server.addresses.otlp_http.unwrap().to_string(),
            "pid": std::process::id(),
            "version": env!("CARGO_PKG_VERSION"),
        })
    );
    assert_eq!(server.ok("/health").await, json!({ "status": "ok" }));
    assert_eq!(server.ok("/ready").await, json!({ "status": "ready" }));
    assert_eq!(server.ok("/api/health").await, json!({ "database": "ok" }));
    server.stop().await;
    assert!(!path.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn listeners_that_are_off_are_null() {
    let flags = vec![
        ("otlp.grpc.listen", "off".to_owned()),
        ("otlp.http.listen", "off".to_owned()),
    ];
    let server = Server::with(Setup {
        flags,
        ..Setup::default()
    })
    .await;
    let line = server.addresses.line();
    assert_eq!(
        line,
        format!(
            "listening http={} otlp_grpc=off otlp_http=off",
            server.http()
        )
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_server_on_the_folder_is_told_who_has_it() {
    let server = Server::start().await;
    let error = run(options(server.dir.path(), &Setup::default()))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    let message = error.to_string();
    assert!(
        message.contains(&format!("in use by process {}", std::process::id())),
        "{message}"
    );
    assert_eq!(server.get("/health").await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_address_is_a_clear_error() {
    let server = Server::start().await;
    let dir = tempfile::tempdir().unwrap();
    let flags = vec![("http.listen", server.http().to_string())];
    let error = run(options(
        dir.path(),
        &Setup {
            flags,
            ..Setup::default()
        },
    ))
    .await
    .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert!(
        error.to_string().contains("the address is taken"),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_is_there_after_a_restart() {
    let server = Server::start().await;
    let token = server.token();
    server
        .send(
            "/v1/traces",
            &spans_of("a", vec![span(A, "00f067aa0ba902b7", 0, 1, json!({}))]),
        )
        .await;
    let dir = server.stop().await;
    let server = Server::on(dir, &Setup::default()).await.unwrap();
    assert_eq!(
        server.ok(&format!("/api/v1/traces/{A}")).await["spanCount"],
        1
    );
    assert_eq!(server.token(), token);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_told_in_our_shape() {
    let server = Server::start().await;
    let error = server.fails("/api/v1/nothing", 404).await;
    assert_eq!(error["kind"], "not_found");
    let (status, body) = answer(
        server
            .client
            .put(server.url("/api/v1/traces"))
            .bearer_auth(server.token()),
    )
    .await;
    assert_eq!(
        (status, body["error"]["kind"].as_str()),
        (405, Some("invalid"))
    );
    let document = server.ok("/api/v1/openapi.json").await;
    assert_eq!(document["openapi"], "3.1.0");
}

#[tokio::test(flavor = "multi_thread")]
async fn own_metrics_are_valid_text_and_count_what_happens() {
    let server = Server::start().await;
    server.get("/api/v1/traces").await;
    server
        .send(
            "/v1/traces",
            &spans_of("a", vec![span(A, "00f067aa0ba902b7", 0, 1, json!({}))]),
        )
        .await;
    let foreign = server
        .client
        .get(server.url("/health"))
        .header("host", "evil.example.com");
    assert_eq!(foreign.send().await.unwrap().status(), 403);
    let response = server
        .client
        .get(server.url("/metrics"))
        .send()
        .await
        .unwrap();
    assert_eq!(
        response.headers()["content-type"],
        "text/plain; version=0.0.4; charset=utf-8"
    );
    let text = response.text().await.unwrap();
    for line in [
        "tacho_server_http_requests_answered_total{route=\"/api/v1/traces\",method=\"GET\",status=\"200\"} 1",
        "tacho_server_requests_refused_total{reason=\"host\"} 1",
        "tacho_ingest_accepted_items_total{signal=\"spans\",transport=\"http\"} 1",
        "tacho_storage_items_stored{signal=\"spans\"} 1",
        "tacho_query_queries_started_total 1",
        "tacho_server_ready 1",
    ] {
        assert!(
            text.lines().any(|found| found == line),
            "{line} is not in\n{text}"
        );
    }
    let mut families = std::collections::BTreeSet::new();
    let mut current = String::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            current = rest.split(' ').next().unwrap().to_owned();
            assert!(families.insert(current.clone()), "{current} twice");
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            assert!(rest.starts_with(&current), "{line}");
        } else {
            assert!(line.starts_with(&current), "{line} is not of {current}");
            assert!(
                line.rsplit(' ').next().unwrap().parse::<f64>().is_ok(),
                "{line}"
            );
        }
    }
    assert!(
        families
            .iter()
            .any(|name| name == "process_resident_memory_bytes")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn both_versions_of_http_are_spoken_on_one_port() {
    use http_body_util::{BodyExt as _, Empty};
    use hyper_util::rt::{TokioExecutor, TokioIo};
    let server = Server::start().await;
    let stream = tokio::net::TcpStream::connect(server.http()).await.unwrap();
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
            .await
            .unwrap();
    tokio::spawn(connection);
    for path in ["/health", "/api/v1/traces"] {
        let request = hyper::Request::get(server.url(path)).body(Empty::<bytes::Bytes>::new());
        let response = sender.send_request(request.unwrap()).await.unwrap();
        assert_eq!(response.version(), hyper::Version::HTTP_2);
        assert_eq!(response.status(), 200, "{path}");
        assert!(
            !response
                .into_body()
                .collect()
                .await
                .unwrap()
                .to_bytes()
                .is_empty()
        );
    }
    assert_eq!(server.get("/health").await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_comes_byte_by_byte_is_given_up() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let config = "http:\n  header_timeout: 1s".to_owned();
    let server = Server::with(Setup {
        config,
        ..Setup::default()
    })
    .await;
    let mut stream = tokio::net::TcpStream::connect(server.http()).await.unwrap();
    stream.write_all(b"GET /health HT").await.unwrap();
    let mut rest = Vec::new();
    let closed = tokio::time::timeout(
        std::time::Duration::from_secs(10),
        stream.read_to_end(&mut rest),
    );
    let _ = closed.await.expect("the connection is closed in time");
    assert!(rest.is_empty());
    let text = server
        .client
        .get(server.url("/metrics"))
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(
        text.contains(
            "tacho_server_connections_refused_total{listener=\"http\",reason=\"slow\"} 1"
        )
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_sync_ends_the_server_without_delay() {
    use crate::harness::logs_of;
    use tacho_testkit::fault_fs::{Fault, FaultIo, Operation};
    let io = FaultIo::new(1);
    let setup = Setup {
        io: Some(std::sync::Arc::new(io.clone())),
        ..Setup::default()
    };
    let server = Server::with(setup).await;
    let body = logs_of("a", vec![crate::harness::record(0, 9, "a", &[])]);
    server.send("/v1/logs", &body).await;
    io.fail_per_mille(Operation::SyncFile, 1000, Fault::Eio);
    let url = format!("http://{}/v1/logs", server.addresses.otlp_http.unwrap());
    // Not acknowledged; the server may be gone before it can say so.
    let refused = server.client.post(url).json(&body).send().await;
    assert!(refused.map_or(true, |response| response.status() == 503));
    let error = server.ended().await;
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(
        error.to_string().starts_with("the store has failed: "),
        "{error}"
    );
}
