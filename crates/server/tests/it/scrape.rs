//! A server with a `prometheus.yml`: targets, their samples, reload, files that are wrong.

use crate::harness::{Server, Setup, options};
use axum::Router;
use axum::http::header;
use axum::routing::get;
use reqwest::Method;
use serde_json::Value;
use std::path::Path;
use std::time::Duration;
use tacho_server::run::run;

/// A program with metrics; its address.
async fn program() -> String {
    let answer = || async {
        let text = "# HELP jobs_total What was done.\n# TYPE jobs_total counter\njobs_total{kind=\"a\"} 7\n";
        ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text)
    };
    let app = Router::new().route("/metrics", get(answer));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    address
}

fn config(jobs: &str, address: &str) -> String {
    let mut text =
        String::from("global: {scrape_interval: 200ms, scrape_timeout: 200ms}\nscrape_configs:\n");
    for job in jobs.split_whitespace() {
        text.push_str(&format!(
            "- job_name: {job}\n  basic_auth: {{username: u, password: hidden}}\n  static_configs: [{{targets: ['{address}']}}]\n"
        ));
    }
    text
}

#[expect(clippy::disallowed_methods, reason = "tests write files of their own")]
fn write(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
}

/// Waits until a query has as many results; gives them.
async fn until(server: &Server, query: &str, count: usize) -> Vec<Value> {
    let mut last = Value::Null;
    for _ in 0..200 {
        let path = format!("/prometheus/api/v1/query?query={query}");
        last = server.ok(&path).await;
        let found = last["data"]["result"].as_array().unwrap();
        if found.len() == count {
            return found.clone();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{query} does not have {count} results: {last}");
}

#[tokio::test(flavor = "multi_thread")]
async fn targets_are_scraped_and_a_reload_changes_them() {
    let address = program().await;
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("prometheus.yml");
    write(&file, &config("one", &address));
    let setup = Setup {
        config: format!("scrape:\n  prometheus_config: {}", file.display()),
        ..Setup::default()
    };
    let server = Server::on(dir, &setup).await.unwrap();
    let found = until(&server, "jobs_total", 1).await;
    assert_eq!(found[0]["metric"]["job"], "one");
    assert_eq!(found[0]["metric"]["instance"], address);
    assert_eq!(found[0]["value"][1], "7");
    until(&server, "up%20==%201", 1).await;

    let targets = server.ok("/prometheus/api/v1/targets").await;
    let target = &targets["data"]["activeTargets"][0];
    assert_eq!(target["health"], "up");
    assert_eq!(target["scrapeUrl"], format!("http://{address}/metrics"));
    let metadata = server.ok("/prometheus/api/v1/targets/metadata").await;
    assert_eq!(metadata["data"][0]["metric"], "jobs_total");
    assert_eq!(metadata["data"][0]["type"], "counter");
    let yaml = server
        .ok("/prometheus/api/v1/status/config")
        .await
        .to_string();
    assert!(
        yaml.contains("job_name: one") && !yaml.contains("hidden"),
        "{yaml}"
    );
    let text = server
        .client
        .get(server.url("/metrics"))
        .send()
        .await
        .unwrap();
    let text = text.text().await.unwrap();
    assert!(
        text.contains("tacho_scrape_targets{health=\"up\"} 1\n"),
        "{text}"
    );

    write(&file, &config("one two", &address));
    let (status, report) = server.admin(Method::POST, "/api/v1/reload").await;
    assert_eq!(status, 200, "{report}");
    assert_eq!(
        report["applied"],
        serde_json::json!(["scrape.prometheus_config"])
    );
    until(&server, "jobs_total", 2).await;

    write(&file, "scrape_configs:\n- job_nam: x\n");
    let (status, report) = server.admin(Method::POST, "/api/v1/reload").await;
    assert_eq!(status, 400, "{report}");
    let report = report.to_string();
    let reason = "prometheus.yml:2:1: field job_nam not found in scrape_config";
    assert!(report.contains(reason), "{report}");
    let pools = server.ok("/prometheus/api/v1/scrape_pools").await;
    assert_eq!(
        pools["data"]["scrapePools"],
        serde_json::json!(["one", "two"])
    );

    // series end when their job is gone
    write(&file, &config("two", &address));
    server.admin(Method::POST, "/api/v1/reload").await;
    let found = until(&server, "jobs_total", 1).await;
    assert_eq!(found[0]["metric"]["job"], "two");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_file_stops_the_start() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("prometheus.yml");
    write(&file, "global:\n  scrape_interval: 15\n");
    let setup = Setup {
        config: format!("scrape:\n  prometheus_config: {}", file.display()),
        ..Setup::default()
    };
    let error = run(options(dir.path(), &setup)).await.unwrap_err();
    let text = format!("{error:?}");
    assert!(text.contains("not a valid duration string"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_are_proved_as_configured() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let file = |name: &str| data.join(name).display().to_string();
    let target = Server::with(Setup {
        flags: vec![
            ("http.tls.cert", file("cert.pem")),
            ("http.tls.key", file("key.pem")),
        ],
        ..Setup::default()
    })
    .await;
    let port = target.http().port();
    let ca = file("cert.pem");
    // the certificate is for localhost and 127.0.0.1, and proves itself
    let jobs = [
        ("unknown", "{}".to_owned(), "localhost"),
        ("ca", format!("{{ca_file: '{ca}'}}"), "localhost"),
        (
            "insecure",
            "{insecure_skip_verify: true}".to_owned(),
            "127.0.0.1",
        ),
        (
            "named",
            format!("{{ca_file: '{ca}', server_name: localhost}}"),
            "127.0.0.1",
        ),
        (
            "misnamed",
            format!("{{ca_file: '{ca}', server_name: example.org}}"),
            "127.0.0.1",
        ),
    ];
    let mut text =
        String::from("global: {scrape_interval: 1s, scrape_timeout: 1s}\nscrape_configs:\n");
    for (job, tls, host) in &jobs {
        text.push_str(&format!(
            "- job_name: {job}\n  scheme: https\n  tls_config: {tls}\n  static_configs: [{{targets: ['{host}:{port}']}}]\n"
        ));
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("prometheus.yml");
    write(&path, &text);
    let setup = Setup {
        config: format!("scrape:\n  prometheus_config: {}", path.display()),
        ..Setup::default()
    };
    let server = Server::on(dir, &setup).await.unwrap();
    until(&server, "up", 5).await;
    let targets = server.ok("/prometheus/api/v1/targets").await;
    let found = targets["data"]["activeTargets"].as_array().unwrap();
    let of = |job: &str| {
        let target = found
            .iter()
            .find(|target| target["scrapePool"] == job)
            .unwrap();
        (
            target["health"].as_str().unwrap(),
            target["lastError"].as_str().unwrap(),
        )
    };
    for job in ["ca", "insecure", "named"] {
        assert_eq!(of(job), ("up", ""), "{job}");
    }
    for job in ["unknown", "misnamed"] {
        let (health, error) = of(job);
        assert_eq!(health, "down", "{job}");
        assert!(error.contains("certificate"), "{job}: {error}");
    }
}
