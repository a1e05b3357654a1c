//! What changes the server: deletion, flush, files, backup, reload; and the status.

use crate::harness::{Server, Setup, attributes, logs_of, record, span, spans_of, write_config};
use reqwest::Method;
use serde_json::json;

const A: &str = "5b8efff798038103d269b633813fc60c";

#[tokio::test(flavor = "multi_thread")]
async fn traces_and_runs_are_deleted_with_a_token_only() {
    let server = Server::start().await;
    let run = |id: &str| json!({ "attributes": attributes(&[("run_id", json!(id))]) });
    let spans = vec![
        span(A, "00f067aa0ba902b7", 0, 10, json!({})),
        span(
            "0af7651916cd43dd8448eb211c80319c",
            "00f067aa0ba902b8",
            0,
            10,
            run("run/1"),
        ),
    ];
    server.send("/v1/traces", &spans_of("planner", spans)).await;
    let request = server
        .client
        .delete(server.url(&format!("/api/v1/traces/{A}")));
    assert_eq!(request.send().await.unwrap().status(), 401);
    let (status, report) = server
        .admin(Method::DELETE, &format!("/api/v1/traces/{A}"))
        .await;
    assert_eq!((status, report), (200, json!({ "spans": 1, "logs": 0 })));
    server.fails(&format!("/api/v1/traces/{A}"), 404).await;
    let (status, _) = server
        .admin(Method::DELETE, &format!("/api/v1/traces/{A}"))
        .await;
    assert_eq!(status, 404);
    let (status, report) = server.admin(Method::DELETE, "/api/v1/runs/run%2F1").await;
    assert_eq!((status, report["spans"].clone()), (200, json!(1)));
    assert_eq!(server.ok("/api/v1/traces").await["traces"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn flush_empties_the_log_and_the_status_tells_all() {
    let server = Server::start().await;
    server
        .send(
            "/v1/logs",
            &logs_of(
                "planner",
                vec![record(0, 9, "a", &[]), record(1, 9, "b", &[])],
            ),
        )
        .await;
    let before = server.ok("/api/v1/status").await;
    assert_eq!(before["signals"]["logs"]["items"], 2);
    assert!(before["wal"]["bytes"].as_u64().unwrap() > 0);
    let (status, report) = server
        .admin(Method::POST, "/api/v1/admin/flush?compact=true")
        .await;
    assert_eq!(status, 200, "{report}");
    assert_eq!(report["walBytes"], 0);
    let after = server.ok("/api/v1/status").await;
    let logs = &after["signals"]["logs"];
    assert_eq!(
        (
            logs["items"].clone(),
            logs["blocks"].clone(),
            logs["refused"].clone()
        ),
        (json!(2), json!(1), json!(0))
    );
    assert_eq!(logs["oldest"], "2026-11-20T10:15:20.000000000Z");
    assert_eq!(after["signals"]["samples"]["series"], 0);
    assert_eq!(after["wal"]["bytes"], 0);
    for pointer in [
        "/version",
        "/uptimeSeconds",
        "/disk/free",
        "/memory/used",
        "/memory/limit",
        "/quarantined",
    ] {
        assert!(after.pointer(pointer).is_some(), "{pointer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_listed_by_signal_and_lie_where_it_says() {
    let server = Server::start().await;
    let spans = vec![span(A, "00f067aa0ba902b7", 0, 10, json!({}))];
    server.send("/v1/traces", &spans_of("planner", spans)).await;
    let records = vec![record(0, 9, "a", &[]), record(1, 9, "b", &[])];
    server.send("/v1/logs", &logs_of("planner", records)).await;
    let (status, all) = server.admin(Method::POST, "/api/v1/admin/files").await;
    assert_eq!(status, 200, "{all}");
    let dir = std::path::PathBuf::from(all["dir"].as_str().unwrap());
    assert!(dir.is_absolute());
    let (spans, logs) = (&all["files"][0], &all["files"][1]);
    assert_eq!(
        (spans["signal"].clone(), spans["rows"].clone()),
        (json!("spans"), json!(1))
    );
    assert_eq!(
        (logs["signal"].clone(), logs["rows"].clone()),
        (json!("logs"), json!(2))
    );
    assert_eq!(logs["timeMin"], "2026-11-20T10:15:20.000000000Z");
    for file in [spans, logs] {
        let path = std::path::Path::new(file["path"].as_str().unwrap());
        assert!(path.starts_with(&dir));
        assert_eq!(
            std::fs::metadata(path).unwrap().len(),
            file["bytes"].as_u64().unwrap()
        );
    }
    let path = "/api/v1/admin/files?signal=logs";
    let (_, logs) = server.admin(Method::POST, path).await;
    assert_eq!(logs["files"].as_array().unwrap().len(), 1);
    assert_eq!(logs["files"][0]["signal"], "logs");
    let path = "/api/v1/admin/files?signal=samples";
    assert_eq!(server.admin(Method::POST, path).await.0, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_written_where_it_is_asked_for() {
    let server = Server::start().await;
    server
        .send(
            "/v1/logs",
            &logs_of("planner", vec![record(0, 9, "a", &[])]),
        )
        .await;
    let target = server.dir.path().join("backup");
    let post = |body: &str, kind: &str| {
        let request = server.client.post(server.url("/api/v1/admin/backup"));
        let request = request.bearer_auth(server.token()).body(body.to_owned());
        let request = if kind.is_empty() {
            request
        } else {
            request.header("content-type", kind)
        };
        crate::harness::answer(request)
    };
    let body = json!({ "dir": target }).to_string();
    assert_eq!(post(&body, "").await.0, 415);
    assert_eq!(post(&body, "text/plain").await.0, 415);
    assert_eq!(
        post("{\"dir\":\"relative\"}", "application/json").await.1["error"]["field"],
        "dir"
    );
    assert_eq!(post("{\"dri\":\"/x\"}", "application/json").await.0, 400);
    let (status, report) = post(&body, "application/json; charset=utf-8").await;
    assert_eq!(status, 200, "{report}");
    assert!(report["files"].as_u64().unwrap() > 0 && target.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reload_applies_what_it_can_and_refuses_what_is_wrong() {
    let setup = Setup {
        config: "query:\n  timeout: 10s".to_owned(),
        ..Setup::default()
    };
    let server = Server::with(setup).await;
    let path = server.dir.path().join("tacho.yaml");
    write_config(
        &path,
        "query:\n  timeout: 20s\n  max_concurrent: 3\nauth:\n  tokens:\n    - {name: ci, token: ci-token-ci-token, scopes: [admin]}\nmetrics:\n  enabled: true",
    );
    let (status, report) = server.admin(Method::POST, "/api/v1/reload").await;
    assert_eq!(status, 200, "{report}");
    assert_eq!(report["applied"], json!(["auth.tokens", "query.timeout"]));
    assert_eq!(report["restartNeeded"], json!(["query"]));
    assert!(
        report["warnings"][0]
            .as_str()
            .unwrap()
            .contains("read but not in force yet")
    );
    write_config(&path, "query:\n  timeuot: 20s");
    let request = server
        .client
        .post(server.url("/api/v1/reload"))
        .bearer_auth("ci-token-ci-token");
    let (status, body) = crate::harness::answer(request).await;
    assert_eq!(status, 400);
    assert!(
        body["error"]["message"]
            .as_str()
            .unwrap()
            .contains("tacho.yaml:3:5: query.timeuot: unknown key")
    );
}
