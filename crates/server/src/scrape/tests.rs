//! Scraping of real HTTP targets in this process. `support.rs` has the targets and keeps the samples.

mod discovery;
mod support;

use crate::scrape::status::Health;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use support::{Bench, Site, bench, site, text};

#[tokio::test(flavor = "multi_thread")]
async fn samples_of_a_target_are_kept_with_its_labels() {
    let site = site(|_, _| text("a{x=\"1\"} 5\n")).await;
    let fields = "    metrics_path: /probe\n    params: {module: [http]}\n    honor_labels: true\n";
    let bench = bench(&site.job("j", fields)).await;
    bench.until(|bench| bench.last("up", 1.0)).await;
    let labels = format!("a{{instance=\"{}\", job=\"j\", x=\"1\"}}", site.address);
    assert!(
        bench.has(&labels, |value| value == 5.0),
        "{:?}",
        bench.samples()
    );
    let request = site.last_request();
    assert_eq!(request.uri.to_string(), "/probe?module=http");
    let header = |name: &str| request.headers[name].to_str().unwrap().to_owned();
    assert!(header("accept").starts_with("application/openmetrics-text;version=1.0.0;"));
    assert_eq!(header("accept-encoding"), "gzip");
    assert_eq!(header("x-prometheus-scrape-timeout-seconds"), "0.2");
    let targets = bench.scraper.targets(None);
    let [target] = targets.active_targets.as_slice() else {
        panic!("one target was expected: {targets:?}");
    };
    assert_eq!(
        (target.health, target.last_error.as_str()),
        (Health::Up, "")
    );
    assert_eq!(
        target.scrape_url,
        format!("http://{}/probe?module=http", site.address)
    );
    assert_eq!(target.discovered_labels["__param_module"], "http");
    assert_eq!(target.labels["instance"], site.address);
    assert_eq!(target.scrape_interval, "200ms");
    assert!(target.last_scrape.starts_with("20"), "{target:?}");
    assert!(
        bench
            .scraper
            .targets(Some("other"))
            .active_targets
            .is_empty()
    );
    assert_eq!(bench.scraper.pools(), ["j"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_fails_is_down_and_its_series_end() {
    let broken = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&broken);
    let site = site(move |_, _| {
        if flag.load(Ordering::Relaxed) {
            (StatusCode::INTERNAL_SERVER_ERROR, "no").into_response()
        } else {
            text("# HELP a What it is.\n# TYPE a gauge\na 1\nb 2\n")
        }
    })
    .await;
    let bench = bench(&site.job("j", "")).await;
    bench.until(|bench| bench.last("up", 1.0)).await;
    let metadata = bench.scraper.metadata(&|_| true, None, 10);
    assert_eq!(
        (metadata[0].metric.as_str(), metadata[0].kind),
        ("a", "gauge")
    );
    broken.store(true, Ordering::Relaxed);
    bench.until(|bench| bench.last("up", 0.0)).await;
    for name in ["a", "b"] {
        assert!(bench.is_stale(name), "{:?}", bench.samples());
    }
    assert_eq!(
        bench.error(),
        "server returned HTTP status 500 Internal Server Error"
    );
    broken.store(false, Ordering::Relaxed);
    bench.until(|bench| bench.last("up", 1.0)).await;
    assert!(bench.last("a", 1.0));
}

/// Expects the target to be down for this reason.
async fn check_down(site: &Site, fields: &str, reason: &str) -> Bench {
    let bench = bench(&site.job("j", fields)).await;
    bench.until(|bench| bench.last("up", 0.0)).await;
    let error = bench.error();
    assert!(error.contains(reason), "{error:?} does not tell {reason:?}");
    bench
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_does_not_listen_is_down() {
    let mut site = site(|_, _| text("a 1\n")).await;
    site.stop().await;
    check_down(&site, "", "onnection refused").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_hangs_is_given_up() {
    let site = support::site_async(|_, _| async {
        tokio::time::sleep(Duration::from_secs(60)).await;
        text("a 1\n")
    })
    .await;
    check_down(&site, "", "context deadline exceeded").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_streams_for_ever_is_cut_off() {
    let slow = site(|_, _| {
        let line = || async {
            tokio::time::sleep(Duration::from_millis(5)).await;
            Some((Ok::<_, std::io::Error>("a 1\n"), ()))
        };
        let lines = futures::stream::unfold((), move |()| line());
        (
            [(header::CONTENT_TYPE, "text/plain")],
            axum::body::Body::from_stream(lines),
        )
            .into_response()
    })
    .await;
    check_down(&slow, "", "context deadline exceeded").await;
    let fast = site(|_, _| {
        let part = "x".repeat(1 << 16);
        let parts = futures::stream::repeat_with(move || Ok::<_, std::io::Error>(part.clone()));
        (
            [(header::CONTENT_TYPE, "text/plain")],
            axum::body::Body::from_stream(parts),
        )
            .into_response()
    })
    .await;
    let fields = "    body_size_limit: 1MB\n    scrape_interval: 5s\n    scrape_timeout: 5s\n    extra_scrape_metrics: true\n";
    let bench = check_down(&fast, fields, "body size limit exceeded").await;
    assert!(bench.last("scrape_body_size_bytes", -1.0));
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn gzipped(bytes: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/plain"),
        (header::CONTENT_ENCODING, "gzip"),
    ];
    (headers, bytes).into_response()
}

#[tokio::test(flavor = "multi_thread")]
async fn compressed_answers_are_read_up_to_the_limit() {
    let good = site(|_, _| gzipped(gzip(b"a 7\n"))).await;
    let bench = bench(&good.job("j", "")).await;
    bench.until(|bench| bench.last("a", 7.0)).await;
    let bomb = gzip(&vec![b'#'; 32 << 20]);
    assert!(bomb.len() < 100_000);
    let bad = site(move |_, _| gzipped(bomb.clone())).await;
    let fields = "    scrape_interval: 5s\n    scrape_timeout: 5s\n";
    // the bench takes answers of 8 MiB where a job does not say
    check_down(&bad, fields, "body size limit exceeded").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_content_type_has_to_fit() {
    let site = site(|_, _| ([(header::CONTENT_TYPE, "text/html")], "a 1\n").into_response()).await;
    check_down(&site, "", "received unsupported Content-Type \"text/html\"").await;
    let bench = bench(&site.job("j", "    fallback_scrape_protocol: PrometheusText0.0.4\n")).await;
    bench.until(|bench| bench.last("a", 1.0)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_fail_the_scrape() {
    let site = site(|_, _| text("a 1\nb 1\nc 1\n")).await;
    let bench = check_down(&site, "    sample_limit: 2\n", "sample limit exceeded").await;
    assert!(bench.last("scrape_samples_scraped", 3.0));
    assert!(
        bench
            .samples()
            .iter()
            .all(|(labels, ..)| !labels.starts_with("a{"))
    );
    let two = format!(
        "  - job_name: j\n    target_limit: 1\n    static_configs:\n      - targets: ['{}', 'other:1']\n",
        site.address
    );
    let bench = support::bench(&two).await;
    bench.until(|bench| bench.last("up", 0.0)).await;
    assert_eq!(
        bench.error(),
        "target_limit exceeded (number of targets: 2, limit: 1)"
    );
}

#[tokio::test(flavor = "multi_thread")]
#[expect(
    clippy::disallowed_methods,
    reason = "the test writes the file with the credentials"
)]
async fn credentials_are_sent_and_files_read_again() {
    let authorized = |headers: &HeaderMap, wanted: &str| {
        headers
            .get("authorization")
            .is_some_and(|value| value == wanted)
    };
    let basic = site(move |_, headers| {
        if authorized(headers, "Basic dTpw") {
            text("a 1\n")
        } else {
            StatusCode::UNAUTHORIZED.into_response()
        }
    })
    .await;
    check_down(&basic, "", "401 Unauthorized").await;
    let bench =
        support::bench(&basic.job("j", "    basic_auth: {username: u, password: p}\n")).await;
    bench.until(|bench| bench.last("up", 1.0)).await;

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    std::fs::write(&file, "old\n").unwrap();
    let bearer = site(move |_, headers| {
        if authorized(headers, "Bearer new") {
            text("a 1\n")
        } else {
            StatusCode::UNAUTHORIZED.into_response()
        }
    })
    .await;
    let fields = format!(
        "    authorization: {{credentials_file: '{}'}}\n    http_headers: {{x-team: {{values: [a]}}}}\n",
        file.display()
    );
    let bench = check_down(&bearer, &fields, "401 Unauthorized").await;
    assert_eq!(bearer.last_request().headers["x-team"], "a");
    std::fs::write(&file, "new").unwrap();
    bench.until(|bench| bench.last("up", 1.0)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_are_fetched_once_and_sent() {
    let asked = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&asked);
    let tokens = site(move |_, headers| {
        count.fetch_add(1, Ordering::Relaxed);
        // this server takes credentials in the body only
        if headers.contains_key("authorization") {
            return StatusCode::UNAUTHORIZED.into_response();
        }
        let json = [(header::CONTENT_TYPE, "application/json")];
        (
            json,
            r#"{"access_token":"abc","token_type":"bearer","expires_in":3600}"#,
        )
            .into_response()
    })
    .await;
    let site = site(|_, headers| {
        if headers
            .get("authorization")
            .is_some_and(|value| value == "Bearer abc")
        {
            text("a 1\n")
        } else {
            StatusCode::UNAUTHORIZED.into_response()
        }
    })
    .await;
    let fields = format!(
        "    oauth2: {{client_id: me, client_secret: s, token_url: 'http://{}/token', scopes: [x, y]}}\n",
        tokens.address
    );
    let bench = bench(&site.job("j", &fields)).await;
    bench.until(|bench| bench.count("a") >= 3).await;
    assert!(bench.last("up", 1.0));
    assert_eq!(
        asked.load(Ordering::Relaxed),
        2,
        "once with each way of credentials"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn redirects_are_followed_if_wanted_and_never_to_link_local_addresses() {
    let site = site(|uri, _| match uri.path() {
        "/metrics" => (StatusCode::FOUND, [(header::LOCATION, "/other")]).into_response(),
        "/evil" => {
            let there = [(header::LOCATION, "http://169.254.169.254/latest")];
            (StatusCode::FOUND, there).into_response()
        }
        _ => text("a 1\n"),
    })
    .await;
    let bench = bench(&site.job("j", "")).await;
    bench.until(|bench| bench.last("up", 1.0)).await;
    check_down(&site, "    follow_redirects: false\n", "302 Found").await;
    check_down(
        &site,
        "    metrics_path: /evil\n",
        "169.254.169.254 is a link-local address",
    )
    .await;
    let text = "  - job_name: j\n    static_configs:\n      - targets: ['169.254.169.254']\n";
    let bench = support::bench(text).await;
    bench.until(|bench| bench.last("up", 0.0)).await;
    assert!(
        bench.error().contains("is a link-local address"),
        "{}",
        bench.error()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn another_configuration_keeps_targets_and_ends_those_that_are_gone() {
    let site = site(|_, _| text("a 1\nb 1\n")).await;
    let bench = bench(&(site.job("one", "") + &site.job("two", ""))).await;
    let of = |job: &str, metric: &str| {
        format!("{metric}{{instance=\"{}\", job=\"{job}\"}}", site.address)
    };
    let both = |bench: &Bench| {
        ["one", "two"]
            .iter()
            .all(|job| bench.has(&of(job, "up"), |value| value == 1.0))
    };
    bench.until(both).await;
    // one: other rules; two: gone
    let rules =
        "    metric_relabel_configs: [{source_labels: [__name__], regex: b, action: drop}]\n";
    bench.apply(&site.job("one", rules)).await;
    assert_eq!(bench.scraper.pools(), ["one"]);
    let is_stale = |bench: &Bench, labels: &str| {
        let is_stale = |value: f64| tacho_model::sample::is_stale(value);
        bench.has_last(labels, is_stale)
    };
    bench.until(|bench| is_stale(bench, &of("one", "b"))).await;
    bench.until(|bench| is_stale(bench, &of("two", "up"))).await;
    assert!(is_stale(&bench, &of("two", "a")));
    assert!(bench.has_last(&of("one", "up"), |value| value == 1.0));
    bench.scraper.stop().await;
    let count = bench.samples().len();
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(
        bench.samples().len(),
        count,
        "nothing is written after the end"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn scrapes_keep_their_times_over_a_reload() {
    let site = site(|_, _| text("a 1\n")).await;
    let bench = bench(&site.job("j", "")).await;
    bench.until(|bench| bench.count("up") >= 3).await;
    bench
        .apply(&site.job("j", "    honor_labels: true\n"))
        .await;
    bench.until(|bench| bench.count("up") >= 8).await;
    let samples = bench.samples();
    let times: Vec<i64> = samples
        .iter()
        .filter(|(labels, ..)| labels.starts_with("up{"))
        .map(|(_, time, _)| *time)
        .collect();
    let first = times[0];
    // A busy machine may delay some of them; they come back to their times.
    let kept = times.iter().filter(|time| {
        let off = (**time - first).rem_euclid(200);
        off <= 60 || off >= 140
    });
    assert!(kept.count() * 3 >= times.len() * 2, "{times:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn dropped_targets_are_remembered_up_to_the_limit() {
    let text = "  - job_name: j
    keep_dropped_targets: 2
    static_configs: [{targets: ['a:1', 'b:1', 'c:1']}]
    relabel_configs: [{source_labels: [__address__], regex: '.*:1', action: drop}]
";
    let bench = bench(text).await;
    let targets = bench.scraper.targets(None);
    assert_eq!(targets.dropped_targets.len(), 2);
    assert_eq!(targets.dropped_target_counts["j"], 3);
    assert_eq!(
        targets.dropped_targets[0].discovered_labels["__address__"],
        "a:1"
    );
    assert!(targets.active_targets.is_empty());
}
