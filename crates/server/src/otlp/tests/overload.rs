//! Memory used up, disk nearly full: retryable answers with their hints.

use super::{PROTOBUF, RpcStatus, Server, Setup, gzip, record, records, span, spans};
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_client::TraceServiceClient;
use prost::Message as _;
use tacho_model::signal::Signal;
use tacho_storage::engine::budget::Part;
use tonic::Code;

#[tokio::test]
async fn used_up_memory_is_429_with_a_hint_and_passes() {
    let mut setup = Setup::default();
    setup.store.memory_limit = 64 << 20;
    let server = Server::start(setup).await;
    let hold = server
        .ingest
        .store()
        .memory()
        .reserve(Part::Queries, 63 << 20);
    let request = spans(vec![span(1)]);
    let answer = server.post_traces(&request).await;
    assert_eq!((answer.status, answer.header("retry-after")), (429, "1"));
    let status = answer.rpc_status();
    assert_eq!((status.code, status.retry_seconds()), (8, Some(1)));

    let url = format!("http://{}", server.address);
    let mut traces = TraceServiceClient::connect(url).await.unwrap();
    let status = traces.export(request.clone()).await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted);
    let details = RpcStatus::decode(status.details()).unwrap();
    assert_eq!(details.retry_seconds(), Some(1));

    drop(hold);
    assert_eq!(server.post_traces(&request).await.status, 200);
    assert_eq!(server.items(Signal::Spans), 1);
}

#[tokio::test]
async fn a_request_that_needs_more_memory_than_there_is_leaves_the_others_alone() {
    let mut setup = Setup::default();
    setup.store.memory_limit = 8 << 20;
    let server = Server::start(setup).await;
    let body = gzip(&records(vec![record(&"x".repeat(3 << 20)); 10]).encode_to_vec());
    let headers = [("content-type", PROTOBUF), ("content-encoding", "gzip")];
    let answer = server.post("/v1/logs", &headers, body).await;
    assert_eq!((answer.status, answer.rpc_status().code), (429, 8));
    assert_eq!(server.items(Signal::Logs), 0);
    assert_eq!(server.post_traces(&spans(vec![span(1)])).await.status, 200);
}

#[tokio::test]
async fn a_nearly_full_disk_is_503_with_a_hint() {
    let mut setup = Setup::default();
    setup.store.min_free_bytes = u64::MAX / 2;
    let server = Server::start(setup).await;
    let request = spans(vec![span(1)]);
    let answer = server.post_traces(&request).await;
    assert_eq!((answer.status, answer.header("retry-after")), (503, "10"));
    let status = answer.rpc_status();
    assert_eq!((status.code, status.retry_seconds()), (14, Some(10)));

    let url = format!("http://{}", server.address);
    let mut traces = TraceServiceClient::connect(url).await.unwrap();
    let status = traces.export(request).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    let details = RpcStatus::decode(status.details()).unwrap();
    assert_eq!(details.retry_seconds(), Some(10));
    let labels = [("kind", "unavailable")];
    assert_eq!(
        server.counter("tacho_ingest_refused_requests_total", &labels),
        2
    );
}
