//! OTLP/HTTP: encodings, compressions, answers in kind, partial success.

use super::{JSON, PROTOBUF, Server, Setup, gzip, record, records, span, spans};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use std::sync::Arc;
use tacho_ingest::refusal::{Refusal, RefusalKind};
use tacho_model::signal::Signal;

#[tokio::test]
async fn protobuf_and_json_are_taken_and_answered_in_kind() {
    let server = Server::start(Setup::default()).await;
    let answer = server.post_traces(&spans(vec![span(1), span(2)])).await;
    assert_eq!((answer.status, answer.body.len()), (200, 0));
    assert_eq!(answer.header("content-type"), PROTOBUF);
    assert_eq!(server.items(Signal::Spans), 2);

    let now = super::now_ns();
    let text = format!(
        r#"{{"resourceLogs":[{{"scopeLogs":[{{"logRecords":[
            {{"timeUnixNano":"{now}","body":{{"stringValue":"hello"}}}}]}}]}}]}}"#
    );
    let headers = [("content-type", "application/json; charset=utf-8")];
    let answer = server.post("/v1/logs", &headers, text).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json(), serde_json::json!({}));
    assert_eq!(server.items(Signal::Logs), 1);
    let labels = [("signal", "logs"), ("transport", "http")];
    assert_eq!(
        server.counter("tacho_ingest_accepted_items_total", &labels),
        1
    );
}

#[tokio::test]
async fn every_compression_is_taken() {
    let server = Server::start(Setup::default()).await;
    let plain = |seed: u8| spans(vec![span(seed)]).encode_to_vec();
    let zlib = {
        use std::io::Write as _;
        let level = flate2::Compression::default();
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), level);
        encoder.write_all(&plain(3)).unwrap();
        encoder.finish().unwrap()
    };
    for (encoding, body) in [
        ("gzip", gzip(&plain(1))),
        ("zstd", zstd::bulk::compress(&plain(2), 3).unwrap()),
        ("deflate", zlib),
        ("identity", plain(4)),
    ] {
        let headers = [("content-type", PROTOBUF), ("content-encoding", encoding)];
        let answer = server.post("/v1/traces", &headers, body).await;
        assert_eq!(answer.status, 200, "{encoding}");
    }
    assert_eq!(server.items(Signal::Spans), 4);
}

#[tokio::test]
async fn an_empty_body_is_an_empty_request() {
    let server = Server::start(Setup::default()).await;
    let answer = server
        .post("/v1/traces", &[("content-type", PROTOBUF)], "")
        .await;
    assert_eq!((answer.status, answer.body.len()), (200, 0));
    let answer = server.post("/v1/logs", &[("content-type", JSON)], "").await;
    assert_eq!((answer.status, answer.json()), (200, serde_json::json!({})));
    let headers = [("content-type", JSON), ("content-encoding", "gzip")];
    let answer = server.post("/v1/logs", &headers, "").await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn a_chunked_body_in_many_pieces_is_one_request() {
    let server = Server::start(Setup::default()).await;
    let body = records(
        (0..500)
            .map(|index| record(&format!("line {index}")))
            .collect(),
    );
    let pieces: Vec<Result<Vec<u8>, std::io::Error>> = body
        .encode_to_vec()
        .chunks(100)
        .map(|piece| Ok(piece.to_vec()))
        .collect();
    let stream = reqwest::Body::wrap_stream(futures::stream::iter(pieces));
    let answer = server
        .post("/v1/logs", &[("content-type", PROTOBUF)], stream)
        .await;
    assert_eq!(answer.status, 200);
    assert_eq!(server.items(Signal::Logs), 500);
}

#[tokio::test]
async fn partial_success_tells_counts_and_reasons() {
    let server = Server::start(Setup::default()).await;
    let future = super::now_ns() + 3_600_000_000_000;
    let request = spans(vec![
        span(1),
        Span {
            trace_id: vec![0; 16],
            ..span(2)
        },
        Span {
            trace_id: vec![1; 15],
            ..span(3)
        },
        Span {
            span_id: Vec::new(),
            ..span(4)
        },
        Span {
            parent_span_id: vec![1; 3],
            ..span(5)
        },
        Span {
            start_time_unix_nano: 0,
            ..span(6)
        },
        Span {
            end_time_unix_nano: 0,
            ..span(7)
        },
        Span {
            end_time_unix_nano: u64::MAX,
            ..span(8)
        },
        Span {
            end_time_unix_nano: future,
            ..span(9)
        },
        span(10),
    ]);
    let answer = server.post_traces(&request).await;
    assert_eq!(answer.status, 200);
    let response = ExportTraceServiceResponse::decode(answer.body.as_slice()).unwrap();
    let partial = response.partial_success.unwrap();
    assert_eq!(partial.rejected_spans, 8);
    for expected in [
        "8 of 10 spans refused",
        "trace id is all zero (1, first: item 1)",
        "trace id has not 16 bytes (1, first: item 2)",
        "span id is missing (1, first: item 3)",
        "parent span id has not 8 bytes (1, first: item 4)",
        "start time is unset (1, first: item 5)",
        "end time is unset (1, first: item 6)",
        "time lies beyond 2262-04-11 (1, first: item 7)",
        "time lies too far in the future (1, first: item 8)",
    ] {
        assert!(
            partial.error_message.contains(expected),
            "{}",
            partial.error_message
        );
    }
    assert_eq!(server.items(Signal::Spans), 2);
    let labels = [("reason", "trace_id_zero")];
    assert_eq!(
        server.counter("tacho_ingest_refused_items_total", &labels),
        1
    );
}

#[tokio::test]
async fn partial_success_in_json_names_the_signals_own_count() {
    let server = Server::start(Setup::default()).await;
    let text = r#"{"resourceLogs":[{"scopeLogs":[{"logRecords":[
        {"timeUnixNano":"18446744073709551615","body":{"stringValue":"beyond"}}]}]}]}"#;
    let answer = server
        .post("/v1/logs", &[("content-type", JSON)], text)
        .await;
    assert_eq!(answer.status, 200);
    let partial = &answer.json()["partialSuccess"];
    assert_eq!(partial["rejectedLogRecords"], "1");
    assert_eq!(server.items(Signal::Logs), 0);
}

#[tokio::test]
async fn signals_that_are_not_built_answer_501_and_no_retry() {
    let server = Server::start(Setup::default()).await;
    let path = "/v1development/profiles";
    let answer = server
        .post(path, &[("content-type", PROTOBUF)], vec![0; 100])
        .await;
    assert_eq!((answer.status, answer.header("retry-after")), (501, ""));
    let status = answer.rpc_status();
    assert_eq!((status.code, status.retry_seconds()), (12, None));
    let answer = server.post(path, &[("content-type", JSON)], "{}").await;
    assert_eq!(
        (answer.status, &answer.json()["code"]),
        (501, &serde_json::json!(12))
    );
}

#[tokio::test]
async fn metrics_that_are_refused_are_counted_as_data_points() {
    let server = Server::start(Setup::default()).await;
    let text = r#"{"resourceMetrics":[{"scopeMetrics":[{"metrics":[
        {"name":"good","gauge":{"dataPoints":[{"asDouble":1}]}},
        {"name":"","gauge":{"dataPoints":[{"asDouble":1}]}}]}]}]}"#;
    let answer = server
        .post("/v1/metrics", &[("content-type", JSON)], text)
        .await;
    assert_eq!(answer.status, 200);
    let partial = &answer.json()["partialSuccess"];
    assert_eq!(partial["rejectedDataPoints"], "1", "{partial}");
    let broken = server
        .post("/v1/metrics", &[("content-type", PROTOBUF)], vec![0xff; 9])
        .await;
    assert_eq!(broken.status, 400);
}

#[tokio::test]
async fn other_methods_and_types_are_told_what_is_expected() {
    let server = Server::start(Setup::default()).await;
    let url = format!("http://{}/v1/traces", server.address);
    let response = server.client.get(url).send().await.unwrap();
    assert_eq!(response.status().as_u16(), 405);
    assert_eq!(response.headers()["allow"], "POST");
    for headers in [&[][..], &[("content-type", "text/plain")]] {
        let answer = server.post("/v1/traces", headers, "{}").await;
        assert_eq!(answer.status, 415);
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        assert!(
            message.contains("expected application/x-protobuf"),
            "{message}"
        );
    }
    let headers = [("content-type", PROTOBUF), ("content-encoding", "br")];
    let answer = server.post("/v1/traces", &headers, "x").await;
    assert_eq!(answer.status, 415);
    assert!(answer.rpc_status().message.contains("\"br\""));
}

#[tokio::test]
async fn without_a_token_nothing_comes_in() {
    let server = Server::start(Setup {
        authorize: Arc::new(|_| {
            let kind = RefusalKind::Unauthenticated;
            Err(Refusal::new(
                kind,
                "a token with the scope ingest is needed",
            ))
        }),
        ..Setup::default()
    })
    .await;
    let answer = server.post_traces(&spans(vec![span(1)])).await;
    assert_eq!((answer.status, answer.rpc_status().code), (401, 16));
    assert_eq!(server.items(Signal::Spans), 0);
}
