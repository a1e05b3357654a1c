//! What bad input gets: a clear answer, a counter, and nothing else lost.

use super::{
    JSON, PROTOBUF, Server, Setup, attribute, gzip, now_ns, record, records, soon, span, spans,
};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
use opentelemetry_proto::tonic::common::v1::{AnyValue, ArrayValue, any_value::Value};
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use std::time::Duration;
use tacho_model::signal::Signal;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::Instant;

#[tokio::test]
async fn wrong_bytes_are_told_with_their_place() {
    let server = Server::start(Setup::default()).await;
    let headers = [("content-type", PROTOBUF)];
    let answer = server
        .post("/v1/traces", &headers, &b"\x0a\xff\xff\xff\x7f"[..])
        .await;
    let status = answer.rpc_status();
    assert_eq!((answer.status, status.code), (400, 3));
    assert!(status.message.contains("at byte"), "{}", status.message);
    assert_eq!(status.retry_seconds(), None);
    let headers = [("content-type", JSON)];
    let answer = server
        .post("/v1/traces", &headers, "{\n  \"resourceSpans\": [}")
        .await;
    assert_eq!(answer.status, 400);
    let message = answer.json()["message"].as_str().unwrap().to_owned();
    assert!(message.contains("line 2"), "{message}");
    let labels = [("kind", "malformed")];
    assert_eq!(
        server.counter("tacho_ingest_refused_requests_total", &labels),
        2
    );
}

#[tokio::test]
async fn nothing_of_a_request_that_breaks_off_is_kept() {
    let server = Server::start(Setup::default()).await;
    let mut bytes = spans(vec![span(1), span(2), span(3)]).encode_to_vec();
    bytes.truncate(bytes.len() - 2);
    let answer = server
        .post("/v1/traces", &[("content-type", PROTOBUF)], bytes)
        .await;
    assert_eq!((answer.status, server.items(Signal::Spans)), (400, 0));
}

#[tokio::test]
async fn truncated_compression_is_malformed_and_a_bomb_too_large() {
    let server = Server::start(Setup::default()).await;
    let sent = gzip(&records(vec![record(&"text ".repeat(1000))]).encode_to_vec());
    let headers = [("content-type", PROTOBUF), ("content-encoding", "gzip")];
    let answer = server
        .post("/v1/logs", &headers, sent[..sent.len() / 2].to_vec())
        .await;
    assert_eq!((answer.status, answer.rpc_status().code), (400, 3));

    // A gigabyte of zeros in a megabyte.
    let bomb = gzip(&vec![0u8; 1 << 30]);
    assert!(bomb.len() < 2 << 20);
    let before = server.ingest.store().memory().used();
    let answer = server.post("/v1/logs", &headers, bomb).await;
    assert_eq!(answer.status, 413);
    let message = answer.rpc_status().message;
    assert!(
        message.contains("67108864 bytes after decompression"),
        "{message}"
    );
    // All that was counted for it is given back.
    assert_eq!(server.ingest.store().memory().used(), before);
}

#[tokio::test]
async fn a_declared_gigabyte_is_refused_before_it_is_sent() {
    let server = Server::start(Setup::default()).await;
    let mut socket = TcpStream::connect(server.address).await.unwrap();
    let head = format!(
        "POST /v1/traces HTTP/1.1\r\nhost: {}\r\ncontent-type: {PROTOBUF}\r\n\
         content-length: 1073741824\r\n\r\n",
        server.address
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    let answer = read_to_end(&mut socket).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert!(answer.contains("connection: close"), "{answer}");
}

#[tokio::test]
async fn a_declared_gigabyte_inside_the_message_is_malformed() {
    let server = Server::start(Setup::default()).await;
    // Field 1, 2^30 bytes announced, none there.
    let body = &b"\x0a\x80\x80\x80\x80\x04"[..];
    let answer = server
        .post("/v1/traces", &[("content-type", PROTOBUF)], body)
        .await;
    assert_eq!(answer.status, 400);
    let message = answer.rpc_status().message;
    assert!(message.contains("got 1073741824"), "{message}");
}

#[tokio::test]
async fn more_than_the_limit_without_a_declared_length_is_refused() {
    let server = Server::start(Setup {
        limits: tacho_ingest::limits::Limits {
            sent_bytes: 1000,
            ..Default::default()
        },
        ..Setup::default()
    })
    .await;
    let pieces = (0..3).map(|_| Ok::<_, std::io::Error>(vec![0u8; 500]));
    let stream = reqwest::Body::wrap_stream(futures::stream::iter(pieces));
    let answer = server
        .post("/v1/traces", &[("content-type", PROTOBUF)], stream)
        .await;
    assert_eq!(answer.status, 413);
}

#[tokio::test]
async fn a_client_that_sends_everything_before_it_looks_gets_its_answer() {
    let server = Server::start(Setup {
        limits: tacho_ingest::limits::Limits {
            sent_bytes: 1 << 20,
            ..Default::default()
        },
        ..Setup::default()
    })
    .await;
    let length = 8 << 20;
    let sized = format!("content-length: {length}\r\n\r\n");
    let chunked = format!("transfer-encoding: chunked\r\n\r\n{length:x}\r\n");
    for framing in [sized, chunked] {
        let mut socket = TcpStream::connect(server.address).await.unwrap();
        let head = format!(
            "POST /v1/traces HTTP/1.1\r\nhost: {}\r\ncontent-type: {PROTOBUF}\r\n{framing}",
            server.address
        );
        socket.write_all(head.as_bytes()).await.unwrap();
        socket.write_all(&vec![0; length]).await.unwrap();
        socket.write_all(b"\r\n0\r\n\r\n").await.unwrap();
        let answer = read_to_end(&mut socket).await;
        assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    }
}

#[tokio::test]
async fn a_client_that_pauses_or_trickles_is_cut_off() {
    let server = Server::start(Setup {
        reading: soon(),
        ..Setup::default()
    })
    .await;
    for trickle in [false, true] {
        let started = Instant::now();
        let mut socket = TcpStream::connect(server.address).await.unwrap();
        let head = format!(
            "POST /v1/traces HTTP/1.1\r\nhost: {}\r\ncontent-type: {PROTOBUF}\r\n\
             content-length: 1000\r\n\r\n\n",
            server.address
        );
        socket.write_all(head.as_bytes()).await.unwrap();
        let (mut reader, mut writer) = socket.into_split();
        let sender = tokio::spawn(async move {
            let mut sending = trickle;
            while sending {
                tokio::time::sleep(Duration::from_millis(100)).await;
                sending = writer.write_all(b"\n").await.is_ok();
            }
            writer
        });
        let mut answer = vec![0; 500];
        let read = reader.read(&mut answer).await.unwrap();
        let answer = String::from_utf8_lossy(&answer[..read]).into_owned();
        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
        assert!(started.elapsed() < Duration::from_secs(10));
        sender.abort();
    }
    let labels = [("kind", "timeout")];
    assert_eq!(
        server.counter("tacho_ingest_refused_requests_total", &labels),
        2
    );
}

#[tokio::test]
async fn odd_but_legal_values_are_kept() {
    let server = Server::start(Setup::default()).await;
    let now = now_ns();
    let mut odd = span(1);
    odd.attributes = vec![
        attribute("nan", Value::DoubleValue(f64::NAN)),
        attribute("inf", Value::DoubleValue(f64::INFINITY)),
        attribute("-inf", Value::DoubleValue(f64::NEG_INFINITY)),
    ];
    let request = spans(vec![
        odd,
        Span {
            start_time_unix_nano: now,
            end_time_unix_nano: now - 5_000,
            ..span(2)
        },
        Span {
            start_time_unix_nano: 1,
            end_time_unix_nano: 2,
            ..span(3)
        },
    ]);
    let answer = server.post_traces(&request).await;
    assert_eq!((answer.status, answer.body.len()), (200, 0));
    assert_eq!(server.items(Signal::Spans), 3);
    let labels = [("reason", "negative_duration")];
    assert_eq!(
        server.counter("tacho_ingest_irregularities_total", &labels),
        1
    );
}

#[tokio::test]
async fn invalid_utf8_is_repaired_and_told() {
    let server = Server::start(Setup::default()).await;
    let mut bytes = spans(vec![Span {
        name: "NAME".to_owned(),
        ..span(1)
    }])
    .encode_to_vec();
    let at = bytes
        .windows(4)
        .position(|window| window == b"NAME")
        .unwrap();
    bytes[at] = 0xff;
    let answer = server
        .post("/v1/traces", &[("content-type", PROTOBUF)], bytes)
        .await;
    let partial = partial(&answer.body);
    assert_eq!(
        partial,
        (0, "1 texts with invalid UTF-8 repaired".to_owned())
    );
    assert_eq!(server.items(Signal::Spans), 1);
}

#[tokio::test]
async fn a_million_attributes_are_cut_and_told() {
    let server = Server::start(Setup::default()).await;
    let mut large = span(1);
    large.attributes = (0..1_000_000)
        .map(|index| attribute(&format!("key.{index}"), Value::IntValue(index)))
        .collect();
    let answer = server.post_traces(&spans(vec![large, span(2)])).await;
    assert_eq!(answer.status, 200);
    let expected = "998976 attributes over the limit of 1024 dropped";
    assert_eq!(partial(&answer.body), (0, expected.to_owned()));
    assert_eq!(server.items(Signal::Spans), 2);
}

#[tokio::test]
async fn ten_megabytes_in_one_attribute_lose_that_attribute_alone() {
    let server = Server::start(Setup::default()).await;
    let mut large = span(1);
    large.attributes = vec![
        attribute("prompt", Value::StringValue("x".repeat(10 << 20))),
        attribute("kept", Value::BoolValue(true)),
    ];
    let answer = server.post_traces(&spans(vec![large, span(2)])).await;
    assert_eq!(answer.status, 200);
    let (rejected, message) = partial(&answer.body);
    assert_eq!(rejected, 0);
    assert!(
        message.starts_with("1 attributes with a value over 4194304 bytes"),
        "{message}"
    );
    assert_eq!(server.items(Signal::Spans), 2);
}

#[tokio::test]
async fn nesting_a_thousand_deep_is_taken_without_a_crash() {
    let server = Server::start(Setup::default()).await;
    let mut value = Value::IntValue(1);
    for _ in 0..1000 {
        let values = vec![AnyValue { value: Some(value) }];
        value = Value::ArrayValue(ArrayValue { values });
    }
    let mut deep = span(1);
    deep.attributes = vec![attribute("deep", value)];
    let answer = server.post_traces(&spans(vec![deep, span(2)])).await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        partial(&answer.body),
        (0, "1 values nested too deeply emptied".to_owned())
    );
    assert_eq!(server.items(Signal::Spans), 2);

    let text = format!(
        r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{"traceId":"{}","spanId":"{}",
        "startTimeUnixNano":"1","endTimeUnixNano":"2","attributes":[{{"key":"deep","value":{}{}}}]}}]}}]}}]}}"#,
        "0a".repeat(16),
        "0b".repeat(8),
        r#"{"arrayValue":{"values":["#.repeat(1000),
        "]}}".repeat(1000),
    );
    let answer = server
        .post("/v1/traces", &[("content-type", JSON)], text)
        .await;
    assert_eq!(
        answer.status,
        200,
        "{}",
        String::from_utf8_lossy(&answer.body)
    );
    assert_eq!(server.items(Signal::Spans), 3);
}

fn partial(body: &[u8]) -> (i64, String) {
    let response = ExportTraceServiceResponse::decode(body).unwrap();
    let partial = response.partial_success.unwrap();
    (partial.rejected_spans, partial.error_message)
}

async fn read_to_end(socket: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let mut piece = [0; 1024];
    loop {
        match socket.read(&mut piece).await {
            Ok(0) | Err(_) => break,
            Ok(read) => answer.extend_from_slice(&piece[..read]),
        }
    }
    String::from_utf8_lossy(&answer).into_owned()
}
