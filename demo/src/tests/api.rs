//! The HTTP side, the queue under load, and
//! stopping and starting again.

use std::fs;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::join_all;
use serde_json::Value;

use super::collector::{Collector, attributes, text};
use super::{Running, options};
use crate::plan::Workflow;
use crate::queue::Queue;
use crate::scheduler::{IdSource, own_run};

#[tokio::test(flavor = "multi_thread")]
async fn parallel_triggers_are_all_carried_out() {
    let (folder, collector) = (tempfile::tempdir().unwrap(), Collector::start());
    let running = Running::start(options(folder.path(), &collector)).await;
    let triggers = (0..60).map(|_| running.trigger("test-failure", ""));
    let mut wanted = join_all(triggers).await;
    let runs = running.ended("test-failure", 60).await;
    assert!(
        runs.iter()
            .all(|run| run["status"] == "FAILED" && run["error"].is_string())
    );
    let mut ids: Vec<_> = runs
        .iter()
        .map(|run| run["id"].as_str().unwrap().to_owned())
        .collect();
    ids.sort();
    wanted.sort();
    assert_eq!(ids, wanted);
    let summary = running.stop().await;
    assert_eq!((summary.failed_count, summary.pending_count), (60, 0));
    let spans = collector.take().spans;
    let roots = spans
        .iter()
        .filter(|span| span.name == "orchestrator.execute_request");
    assert_eq!(roots.count(), 60);
    assert!(fs::read_dir(folder.path().join("runs")).unwrap().count() <= 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn trace_of_the_caller_is_continued() {
    let (folder, collector) = (tempfile::tempdir().unwrap(), Collector::start());
    let running = Running::start(options(folder.path(), &collector)).await;
    let trace = "0af7651916cd43dd8448eb211c80319c";
    let url = running.url("/api/workflows/alert-notification/trigger");
    let response = running
        .client
        .post(url)
        .header("traceparent", format!("00-{trace}-b7ad6b7169203331-01"))
        .header("x-correlation-id", "corr-mine")
        .json(&serde_json::json!({"alerts": [{"status": "firing"}]}))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 202);
    let runs = running.ended("alert-notification", 1).await;
    assert_eq!(runs[0]["status"], "SUCCESS");
    assert_eq!(runs[0]["traceId"], trace);
    assert_eq!(runs[0]["correlationId"], "corr-mine");
    assert!(runs[0]["durationMs"].is_number());
    running.stop().await;
    let spans = collector.take().spans;
    let root = spans
        .iter()
        .find(|span| span.name == "orchestrator.execute_request")
        .unwrap();
    assert_eq!(
        root.parent_span_id,
        [0xb7, 0xad, 0x6b, 0x71, 0x69, 0x20, 0x33, 0x31]
    );
    assert_eq!(
        text(&attributes(&root.attributes), "correlation_id"),
        "corr-mine"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_requests_get_clear_answers() {
    let (folder, collector) = (tempfile::tempdir().unwrap(), Collector::start());
    let running = Running::start(options(folder.path(), &collector)).await;
    let post = |path: &str, body: String| running.client.post(running.url(path)).body(body).send();
    let unknown = post("/api/workflows/nope/trigger", String::new())
        .await
        .unwrap();
    assert_eq!(unknown.status(), 404);
    let body: Value = unknown.json().await.unwrap();
    assert!(
        body["error"]["message"]
            .as_str()
            .unwrap()
            .contains("fix-and-test")
    );
    let broken = post("/api/workflows/fix-and-test/trigger", "{".to_owned())
        .await
        .unwrap();
    assert_eq!(broken.status(), 400);
    let large = post("/api/workflows/fix-and-test/trigger", "x".repeat(100_000))
        .await
        .unwrap();
    assert_eq!(large.status(), 413);
    let get = |path: &str| running.client.get(running.url(path)).send();
    assert_eq!(get("/api/workflows/nope/runs").await.unwrap().status(), 404);
    assert_eq!(
        get("/api/workflows/fix-and-test/runs?limit=x")
            .await
            .unwrap()
            .status(),
        400
    );
    assert_eq!(get("/nowhere").await.unwrap().status(), 404);
    let health: Value = get("/health").await.unwrap().json().await.unwrap();
    assert_eq!(health["status"], "ok");
    let foreign = running
        .client
        .get(running.url("/health"))
        .header("host", "evil.example");
    assert_eq!(foreign.send().await.unwrap().status(), 403);
    running.stop().await;
    let spans = collector.take().spans;
    let health = spans
        .iter()
        .filter(|span| span.name == "GET /health")
        .count();
    assert!(health >= 1, "requests are spans too");
}

#[tokio::test(flavor = "multi_thread")]
async fn restart_resumes_what_was_waiting() {
    let (folder, collector) = (tempfile::tempdir().unwrap(), Collector::start());
    let ids = IdSource::new(1);
    let queue = Queue::open(&folder.path().join("queue.db")).unwrap();
    for _ in 0..3 {
        let run = own_run(&ids, Workflow::AlertNotification, "check", "http");
        assert!(queue.push(run).await.unwrap());
    }
    queue.claim(None).await.unwrap().unwrap();
    drop(queue);
    let running = Running::start(options(folder.path(), &collector)).await;
    let runs = running.ended("alert-notification", 3).await;
    let statuses: Vec<_> = runs
        .iter()
        .map(|run| run["status"].as_str().unwrap())
        .collect();
    assert_eq!(statuses, ["SUCCESS", "SUCCESS", "FAILED"]);
    assert!(
        runs[2]["error"]
            .as_str()
            .unwrap()
            .starts_with("interrupted")
    );
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stop_ends_runs_in_progress_soon_and_keeps_waiting_ones() {
    let (folder, collector) = (tempfile::tempdir().unwrap(), Collector::start());
    let mut slow = options(folder.path(), &collector);
    slow.speed = 1.0;
    slow.concurrency = 1;
    let running = Running::start(slow).await;
    running.trigger("fix-and-test", "").await;
    running.trigger("fix-and-test", "").await;
    super::eventually("a run to start", || async {
        let runs = running.runs("fix-and-test").await;
        (runs[1]["traceId"].is_string()).then_some(())
    })
    .await;
    let summary = tokio::time::timeout(Duration::from_secs(20), running.stop())
        .await
        .unwrap();
    assert_eq!((summary.failed_count, summary.pending_count), (1, 1));
    let spans = collector.take().spans;
    let root = spans
        .iter()
        .find(|span| span.name == "orchestrator.execute_request")
        .unwrap();
    assert_eq!(
        text(&attributes(&root.attributes), "error.type"),
        "cancelled"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn own_requests_are_made_at_the_given_rate() {
    let (folder, collector) = (tempfile::tempdir().unwrap(), Collector::start());
    let mut options = options(folder.path(), &collector);
    options.rate = 60.0;
    let running = Running::start(options).await;
    let runs = running.ended("scan-and-notify", 2).await;
    assert_eq!(runs[0]["trigger"], "schedule");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn options_out_of_range_are_refused() {
    let (folder, collector) = (tempfile::tempdir().unwrap(), Collector::start());
    for (speed, rate, concurrency) in [
        (0.0, 1.0, 1),
        (f64::NAN, 1.0, 1),
        (1.0, -1.0, 1),
        (1.0, 1.0, 0),
    ] {
        let mut options = options(folder.path(), &collector);
        options.speed = speed;
        options.rate = rate;
        options.concurrency = concurrency;
        assert!(crate::run(options, std::future::pending()).await.is_err());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn absent_collector_does_not_stop_the_work() {
    let (folder, collector) = (tempfile::tempdir().unwrap(), Collector::start());
    let mut options = options(folder.path(), &collector);
    options.otlp_endpoint = "http://127.0.0.1:9".to_owned();
    options.once = true;
    let messages = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&messages);
    options.on_message = Some(Box::new(move |text| {
        heard.lock().unwrap().push(text.to_owned());
    }));
    let summary = crate::run(options, std::future::pending()).await.unwrap();
    assert_eq!(summary.succeeded_count, 1);
    let messages = messages.lock().unwrap();
    assert_eq!(
        *messages,
        [
            "[OpenTelemetry] Instrumentation started",
            "Shutdown complete"
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn repo_is_worked_on_as_a_copy_and_never_changed() {
    let (folder, collector) = (tempfile::tempdir().unwrap(), Collector::start());
    let repo = tempfile::tempdir().unwrap();
    let original = "fn main() {\n    a().unwrap();\n    b().unwrap();\n}\n";
    fs::write(repo.path().join("main.rs"), original).unwrap();
    let mut options = options(folder.path(), &collector);
    options.repo = Some(repo.path().to_owned());
    options.once = true;
    let summary = crate::run(options, std::future::pending()).await.unwrap();
    assert_eq!(summary.succeeded_count, 1);
    assert_eq!(
        fs::read_to_string(repo.path().join("main.rs")).unwrap(),
        original
    );
    let copy = folder
        .path()
        .join("runs")
        .join(&summary.run_ids[0])
        .join("main.rs");
    assert!(!fs::read_to_string(copy).unwrap().contains(".unwrap()"));
}
