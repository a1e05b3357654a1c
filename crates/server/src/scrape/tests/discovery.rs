//! Targets that are found in files and by HTTP.

use super::support::{bench, site, text};
use axum::http::header;
use axum::response::IntoResponse as _;
use parking_lot::Mutex;
use std::sync::Arc;

#[tokio::test(flavor = "multi_thread")]
#[expect(
    clippy::disallowed_methods,
    reason = "the test writes the files with the targets"
)]
async fn targets_in_files_come_and_go() {
    let site = site(|_, _| text("a 1\n")).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("targets.yml");
    let list = |team: &str| {
        format!(
            "- targets: ['{}']\n  labels: {{team: {team}}}\n",
            site.address
        )
    };
    std::fs::write(&file, list("x")).unwrap();
    let pattern = folder.path().join("*.yml");
    let job = format!(
        "  - job_name: j\n    file_sd_configs: [{{files: ['{}'], refresh_interval: 1s}}]\n",
        pattern.display()
    );
    let bench = bench(&job).await;
    let up = |team: &str| {
        format!(
            "up{{instance=\"{}\", job=\"j\", team=\"{team}\"}}",
            site.address
        )
    };
    bench
        .until(|bench| bench.has(&up("x"), |value| value == 1.0))
        .await;
    let target = &bench.scraper.targets(None).active_targets[0];
    assert!(target.discovered_labels["__meta_filepath"].ends_with("targets.yml"));
    assert!(!target.labels.contains_key("__meta_filepath"));
    std::fs::write(&file, list("y")).unwrap();
    bench
        .until(|bench| bench.has(&up("y"), |value| value == 1.0))
        .await;
    let is_stale = |value: f64| tacho_model::sample::is_stale(value);
    bench
        .until(|bench| bench.has_last(&up("x"), is_stale))
        .await;
    std::fs::remove_file(&file).unwrap();
    bench
        .until(|bench| bench.scraper.targets(None).active_targets.is_empty())
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn targets_from_http_are_asked_for_and_kept_when_the_server_fails() {
    let site = site(|_, _| text("a 1\n")).await;
    let answer = Arc::new(Mutex::new(format!(
        "[{{\"targets\": [\"{}\"]}}]",
        site.address
    )));
    let given = Arc::clone(&answer);
    let server = super::support::site(move |_, _| {
        let body = given.lock().clone();
        ([(header::CONTENT_TYPE, "application/json")], body).into_response()
    })
    .await;
    let job = format!(
        "  - job_name: j\n    http_sd_configs: [{{url: 'http://{}/sd', refresh_interval: 1s, authorization: {{credentials: t}}}}]\n",
        server.address
    );
    let bench = bench(&job).await;
    bench.until(|bench| bench.last("up", 1.0)).await;
    let request = server.last_request();
    assert_eq!(request.headers["authorization"], "Bearer t");
    assert_eq!(
        request.headers["x-prometheus-refresh-interval-seconds"],
        "1"
    );
    "no json".clone_into(&mut answer.lock());
    let failures = || {
        let counters = bench.scraper.counters();
        counters
            .discovery_failures
            .load(std::sync::atomic::Ordering::Relaxed)
    };
    bench.until(|_| failures() > 0).await;
    assert_eq!(bench.scraper.targets(None).active_targets.len(), 1);
    "[]".clone_into(&mut answer.lock());
    bench
        .until(|bench| bench.scraper.targets(None).active_targets.is_empty())
        .await;
}
