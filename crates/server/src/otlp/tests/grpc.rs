//! OTLP/gRPC with the generated clients of tonic, and by hand where they would not go.

use super::{RpcStatus, Server, Setup, record, records, span, spans};
use bytes::Bytes;
use http::{HeaderMap, Request};
use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::{TokioExecutor, TokioIo};
use opentelemetry_proto::tonic::collector::logs::v1::logs_service_client::LogsServiceClient;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::metrics_service_client::MetricsServiceClient;
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_client::TraceServiceClient;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use std::sync::Arc;
use tacho_ingest::limits::Limits;
use tacho_ingest::refusal::{Refusal, RefusalKind};
use tacho_model::signal::Signal;
use tonic::Code;
use tonic::codec::CompressionEncoding;
use tonic::transport::Channel;

async fn channel(server: &Server) -> Channel {
    let endpoint = Channel::from_shared(format!("http://{}", server.address)).unwrap();
    endpoint.connect().await.unwrap()
}

#[tokio::test]
async fn spans_and_records_are_taken_plain_and_compressed() {
    let server = Server::start(Setup::default()).await;
    let channel = channel(&server).await;
    let mut traces = TraceServiceClient::new(channel.clone());
    let response = traces.export(spans(vec![span(1), span(2)])).await.unwrap();
    assert_eq!(response.into_inner().partial_success, None);
    let mut traces = traces.send_compressed(CompressionEncoding::Gzip);
    traces.export(spans(vec![span(3)])).await.unwrap();
    let mut logs = LogsServiceClient::new(channel)
        .send_compressed(CompressionEncoding::Gzip)
        .accept_compressed(CompressionEncoding::Gzip);
    logs.export(records(vec![record("hello")])).await.unwrap();
    assert_eq!(server.items(Signal::Spans), 3);
    assert_eq!(server.items(Signal::Logs), 1);
    let labels = [("transport", "grpc")];
    assert_eq!(
        server.counter("tacho_ingest_accepted_items_total", &labels),
        4
    );
}

#[tokio::test]
async fn an_empty_request_succeeds() {
    let server = Server::start(Setup::default()).await;
    let mut traces = TraceServiceClient::new(channel(&server).await);
    let response = traces
        .export(super::ExportTraceServiceRequest::default())
        .await
        .unwrap();
    assert_eq!(response.into_inner().partial_success, None);
}

#[tokio::test]
async fn a_large_request_comes_in_many_frames() {
    let server = Server::start(Setup::default()).await;
    let mut logs = LogsServiceClient::new(channel(&server).await);
    let text = "x".repeat(10_000);
    let request = records((0..300).map(|_| record(&text)).collect());
    logs.export(request).await.unwrap();
    assert_eq!(server.items(Signal::Logs), 300);
}

#[tokio::test]
async fn partial_success_tells_counts_and_reasons() {
    let server = Server::start(Setup::default()).await;
    let mut traces = TraceServiceClient::new(channel(&server).await);
    let zero = Span {
        trace_id: vec![0; 16],
        ..span(2)
    };
    let response = traces.export(spans(vec![span(1), zero])).await.unwrap();
    let partial = response.into_inner().partial_success.unwrap();
    assert_eq!(partial.rejected_spans, 1);
    assert!(
        partial
            .error_message
            .contains("trace id is all zero (1, first: item 1)")
    );
    assert_eq!(server.items(Signal::Spans), 1);
}

#[tokio::test]
async fn metrics_are_taken() {
    let server = Server::start(Setup::default()).await;
    let mut metrics = MetricsServiceClient::new(channel(&server).await);
    let answer = metrics
        .export(ExportMetricsServiceRequest::default())
        .await
        .unwrap();
    assert_eq!(answer.into_inner().partial_success, None);
}

#[tokio::test]
async fn what_does_not_exist_is_unimplemented() {
    let server = Server::start(Setup::default()).await;
    for path in [
        "/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export",
        "/some.other.Service/Call",
        "/opentelemetry.proto.collector.trace.v1.TraceService/Get",
    ] {
        let request = Request::post(path).header("content-type", "application/grpc");
        let reply = call(&server, request, vec![0; 5]).await;
        assert_eq!((reply.status, reply.grpc_status.as_str()), (200, "12"));
    }
}

#[tokio::test]
async fn too_much_is_told_by_the_limits_name() {
    let server = Server::start(Setup {
        limits: Limits {
            sent_bytes: 10_000,
            decoded_bytes: 20_000,
            ..Limits::default()
        },
        ..Setup::default()
    })
    .await;
    let channel = channel(&server).await;
    let mut logs = LogsServiceClient::new(channel);
    let status = logs
        .export(records(vec![record(&"x".repeat(11_000))]))
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
    assert!(
        status.message().contains("the limit is 10000"),
        "{}",
        status.message()
    );
    let mut logs = logs.send_compressed(CompressionEncoding::Gzip);
    let status = logs
        .export(records(vec![record(&"x".repeat(30_000))]))
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
    assert!(
        status.message().contains("after decompression"),
        "{}",
        status.message()
    );
    assert_eq!(server.items(Signal::Logs), 0);
}

#[tokio::test]
async fn errors_carry_their_details_and_survive_odd_characters() {
    let server = Server::start(Setup {
        authorize: Arc::new(|_| {
            Err(Refusal::new(
                RefusalKind::Overloaded,
                "100 % of \"ümlauts\"\nare used up",
            ))
        }),
        ..Setup::default()
    })
    .await;
    let mut traces = TraceServiceClient::new(channel(&server).await);
    let status = traces.export(spans(vec![span(1)])).await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted);
    assert_eq!(status.message(), "100 % of \"ümlauts\"\nare used up");
    let details = RpcStatus::decode(status.details()).unwrap();
    assert_eq!((details.code, details.retry_seconds()), (8, Some(1)));
    assert_eq!(details.message, status.message());
}

#[tokio::test]
async fn the_clients_deadline_ends_a_call() {
    let server = Server::start(Setup::default()).await;
    // By hand, because tonic's own timer would answer first.
    let request = Request::post(LOGS)
        .header("content-type", "application/grpc")
        .header("grpc-timeout", "0n");
    let reply = call(
        &server,
        request,
        message(0, &records(vec![record("late")]).encode_to_vec()),
    )
    .await;
    assert_eq!((reply.status, reply.grpc_status.as_str()), (200, "4"));
    assert_eq!(
        reply.headers["grpc-accept-encoding"],
        "identity,gzip,zstd,deflate"
    );
}

#[tokio::test]
async fn zstd_and_broken_messages_by_hand() {
    let server = Server::start(Setup::default()).await;
    let status = async |encoding: &str, body: Vec<u8>| {
        let request = Request::post(LOGS)
            .header("content-type", "application/grpc+proto")
            .header("grpc-encoding", encoding);
        call(&server, request, body).await.grpc_status
    };
    let plain = records(vec![record("by zstd")]).encode_to_vec();
    let packed = zstd::bulk::compress(&plain, 3).unwrap();
    let good = message(1, &packed);
    assert_eq!(status("zstd", good.clone()).await, "0");
    assert_eq!(server.items(Signal::Logs), 1);

    let mut longer = good.clone();
    longer.push(0);
    let shorter = good[..good.len() - 1].to_vec();
    let mut huge = good.clone();
    huge[1] = 0x40;
    for broken in [
        longer,
        shorter,
        huge,
        message(7, &packed),
        message(1, b"no zstd"),
        vec![0; 4],
    ] {
        assert_eq!(status("zstd", broken).await, "3");
    }
    assert_eq!(status("identity", good.clone()).await, "3");
    assert_eq!(status("identity", message(0, b"\xff\xff\xff")).await, "3");
    assert_eq!(status("snappy", good).await, "12");
    assert_eq!(server.items(Signal::Logs), 1);
}

#[tokio::test]
async fn what_is_no_grpc_gets_an_answer_of_http() {
    let server = Server::start(Setup::default()).await;
    let headers = [("content-type", "application/grpc")];
    assert_eq!(server.post(LOGS, &headers, "").await.status, 505);
    let text = Request::post(LOGS).header("content-type", "text/plain");
    assert_eq!(call(&server, text, Vec::new()).await.status, 415);
    assert_eq!(
        call(&server, Request::get(LOGS), Vec::new()).await.status,
        405
    );
    assert_eq!(
        call(&server, Request::get("/"), Vec::new()).await.status,
        404
    );
}

const LOGS: &str = "/opentelemetry.proto.collector.logs.v1.LogsService/Export";

fn message(flag: u8, bytes: &[u8]) -> Vec<u8> {
    let mut body = vec![flag];
    body.extend(u32::try_from(bytes.len()).unwrap().to_be_bytes());
    body.extend(bytes);
    body
}

struct Reply {
    status: u16,
    headers: HeaderMap,
    /// From the trailers, else from the headers.
    grpc_status: String,
}

/// One request on an HTTP/2 connection of its own, as no gRPC library would send it.
async fn call(server: &Server, request: http::request::Builder, body: Vec<u8>) -> Reply {
    let socket = tokio::net::TcpStream::connect(server.address)
        .await
        .unwrap();
    let handshake =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(socket));
    let (mut sender, connection) = handshake.await.unwrap();
    tokio::spawn(connection);
    let mut request = request.body(Full::new(Bytes::from(body))).unwrap();
    let uri = format!("http://{}{}", server.address, request.uri());
    *request.uri_mut() = uri.parse().unwrap();
    let (head, body) = sender.send_request(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap();
    let trailers = body
        .trailers()
        .and_then(|trailers| trailers.get("grpc-status"));
    let grpc_status = trailers.or_else(|| head.headers.get("grpc-status"));
    Reply {
        status: head.status.as_u16(),
        grpc_status: grpc_status
            .map(|value| value.to_str().unwrap().to_owned())
            .unwrap_or_default(),
        headers: head.headers,
    }
}
