//! Live streams: what arrives comes, with ids to come back with.

use crate::harness::{Server, Setup, logs_of, record, span, spans_of};
use serde_json::{Value, json};
use std::time::Duration;

struct Messages {
    response: reqwest::Response,
    text: String,
}

/// Id, name and data of a message.
type Message = (String, String, Value);

impl Messages {
    async fn open(server: &Server, topics: &str, last: Option<&str>) -> Self {
        let escaped: String = topics.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let url = server.url(&format!("/api/v1/stream?topics={escaped}"));
        let request = server.client.get(url);
        let request = match last {
            Some(last) => request.header("last-event-id", last),
            None => request,
        };
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let mut messages = Self {
            response,
            text: String::new(),
        };
        while !messages.text.contains("retry: ") {
            messages.more().await;
        }
        messages
    }

    async fn more(&mut self) {
        let chunk = tokio::time::timeout(Duration::from_secs(20), self.response.chunk());
        let chunk = chunk
            .await
            .expect("something comes in time")
            .unwrap()
            .expect("no end");
        self.text.push_str(std::str::from_utf8(&chunk).unwrap());
    }

    async fn next(&mut self) -> Message {
        loop {
            while let Some(end) = self.text.find("\n\n") {
                let block: String = self.text.drain(..end + 2).collect();
                let field = |name: &str| {
                    let line = block.lines().find_map(|line| line.strip_prefix(name));
                    line.unwrap_or_default().trim().to_owned()
                };
                if block.contains("data:") {
                    let data = serde_json::from_str(&field("data:")).unwrap();
                    return (field("id:"), field("event:"), data);
                }
            }
            self.more().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_arrives_and_matches_comes_and_can_be_resumed() {
    let server = Server::start().await;
    let topics = "logs:{service_name=\"planner\"},traces:{ status = error }";
    let mut stream = Messages::open(&server, topics, None).await;
    let send_log = |service: &'static str, text: &'static str| {
        let body = logs_of(service, vec![record(0, 9, text, &[])]);
        let server = &server;
        async move { server.send("/v1/logs", &body).await }
    };
    send_log("api", "not this").await;
    send_log("planner", "one").await;
    let (first, event, data) = stream.next().await;
    assert_eq!(
        (event.as_str(), data["body"].as_str()),
        ("log", Some("one"))
    );
    assert_eq!(data["resource"]["attributes"]["service.name"], "planner");
    let failed = span(
        "5b8efff798038103d269b633813fc60c",
        "00f067aa0ba902b7",
        0,
        5,
        json!({ "status": { "code": 2 } }),
    );
    server
        .send("/v1/traces", &spans_of("planner", vec![failed]))
        .await;
    let (_, event, data) = stream.next().await;
    assert_eq!(event, "trace");
    assert_eq!(data["traceId"], "5b8efff798038103d269b633813fc60c");
    assert_eq!(data["span"]["status"], "ERROR");
    drop(stream);
    send_log("planner", "two").await;
    let mut again = Messages::open(&server, topics, Some(&first)).await;
    assert_eq!(again.next().await.1, "trace");
    assert_eq!(again.next().await.2["body"], "two");
    let mut stranger = Messages::open(&server, topics, Some("1-1")).await;
    let (id, event, data) = stranger.next().await;
    assert_eq!(
        (id.as_str(), event.as_str(), data),
        ("", "lost", json!({ "topic": "all" }))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_topics_and_too_many_streams_are_refused() {
    let setup = Setup {
        config: "stream:\n  max_streams: 1".to_owned(),
        ..Setup::default()
    };
    let server = Server::with(setup).await;
    assert_eq!(server.fails("/api/v1/stream", 400).await["field"], "topics");
    assert_eq!(
        server.fails("/api/v1/stream?topics=metrics:up", 400).await["field"],
        "topics"
    );
    assert_eq!(
        server.fails("/api/v1/stream?topics=logs:%7B", 400).await["kind"],
        "invalid"
    );
    server.fails("/api/v1/stream?topics=alerts:x", 400).await;
    let stream = Messages::open(&server, "logs", None).await;
    server.fails("/api/v1/stream?topics=logs", 429).await;
    drop(stream);
    // The server notices that the client is gone, and the place is free again.
    let begun = tokio::time::Instant::now();
    while begun.elapsed() < Duration::from_secs(20) {
        let request = server.client.get(server.url("/api/v1/stream?topics=logs"));
        if request.send().await.unwrap().status() == 200 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the place stayed taken");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopping_server_ends_its_streams() {
    let server = Server::start().await;
    let mut stream = Messages::open(&server, "logs", None).await;
    let begun = tokio::time::Instant::now();
    server.stop().await;
    assert!(
        begun.elapsed() < Duration::from_secs(10),
        "it did not wait for the stream"
    );
    assert!(matches!(stream.response.chunk().await, Ok(None) | Err(_)));
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_are_told_once_an_interval_beside_other_topics() {
    let setup = Setup {
        config: "dashboard:\n  refresh_interval_ms: 600".to_owned(),
        ..Setup::default()
    };
    let server = Server::with(setup).await;
    let log = |text: &'static str| logs_of("planner", vec![record(0, 9, text, &[])]);
    server.send("/v1/logs", &log("before")).await;
    let mut stream = Messages::open(&server, "changes,logs:{} |= \"this\"", None).await;
    let mut other = Messages::open(&server, "changes", None).await;
    server.send("/v1/logs", &log("not that")).await;
    let begun = tokio::time::Instant::now();
    let (id, event, data) = stream.next().await;
    assert!(!id.is_empty());
    assert_eq!(event, "change");
    assert_eq!(data, json!({ "signals": ["logs"], "intervalMs": 600 }));
    assert_eq!(other.next().await.1, "change");
    // Both are told together, one interval later.
    let lone = span(
        "5b8efff798038103d269b633813fc60c",
        "00f067aa0ba902b7",
        0,
        5,
        json!({}),
    );
    server
        .send("/v1/traces", &spans_of("planner", vec![lone]))
        .await;
    server.send("/v1/logs", &log("this one")).await;
    let (_, event, data) = stream.next().await;
    assert_eq!((event.as_str(), &data["body"]), ("log", &json!("this one")));
    let (_, event, data) = stream.next().await;
    assert_eq!(event, "change");
    assert_eq!(data["signals"], json!(["spans", "logs"]));
    assert!(
        begun.elapsed() >= Duration::from_millis(550),
        "not before its time"
    );
    server.fails("/api/v1/stream?topics=changes:x", 400).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn alerts_are_counted_at_once_and_whenever_they_change() {
    use crate::alert_world::Changes as _;
    let (server, _) = crate::alert_world::server().await;
    let mut stream = Messages::open(&server, "alerts", None).await;
    let (_, event, data) = stream.next().await;
    assert_eq!(
        (event.as_str(), &data["counts"]["firing"]),
        ("alerts", &json!(0))
    );
    server
        .fire(&json!({ "alertname": "A", "severity": "critical" }))
        .await;
    let first = data["revision"].as_u64().unwrap();
    loop {
        let (_, event, data) = stream.next().await;
        assert_eq!(event, "alerts");
        assert!(data["revision"].as_u64().unwrap() > first);
        if data["counts"]["critical"] == json!(1) {
            break;
        }
    }
    server.stop().await;
}
