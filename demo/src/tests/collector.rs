//! An OTLP/gRPC collector that keeps everything in
//! memory, flattened for assertions.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use opentelemetry_proto::tonic::collector::logs::v1::logs_service_server::{
    LogsService, LogsServiceServer,
};
use opentelemetry_proto::tonic::collector::logs::v1::{
    ExportLogsServiceRequest, ExportLogsServiceResponse,
};
use opentelemetry_proto::tonic::collector::metrics::v1::metrics_service_server::{
    MetricsService, MetricsServiceServer,
};
use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsServiceRequest, ExportMetricsServiceResponse,
};
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use opentelemetry_proto::tonic::metrics::v1::Metric;
use opentelemetry_proto::tonic::trace::v1::Span;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};

pub(super) type Attributes = HashMap<String, Value>;

#[derive(Debug, Default)]
pub(super) struct Received {
    pub(super) spans: Vec<Span>,
    pub(super) logs: Vec<LogRecord>,
    /// One entry a request, in the order of arrival.
    pub(super) metrics: Vec<Vec<Metric>>,
    pub(super) resources: Vec<Attributes>,
    pub(super) request_bytes_max: usize,
}

#[derive(Debug, Clone)]
pub(super) struct Collector {
    address: SocketAddr,
    received: Arc<Mutex<Received>>,
}

struct Service(Arc<Mutex<Received>>);

pub(super) fn attributes(list: &[KeyValue]) -> Attributes {
    let pairs = list.iter().filter_map(|pair| {
        let AnyValue { value } = pair.value.clone()?;
        Some((pair.key.clone(), value?))
    });
    pairs.collect()
}

pub(super) fn text<'a>(attributes: &'a Attributes, key: &str) -> &'a str {
    match attributes.get(key) {
        Some(Value::StringValue(text)) => text,
        other => panic!("attribute {key} is {other:?}, not text"),
    }
}

pub(super) fn number(attributes: &Attributes, key: &str) -> i64 {
    match attributes.get(key) {
        Some(Value::IntValue(number)) => *number,
        other => panic!("attribute {key} is {other:?}, not a number"),
    }
}

#[tonic::async_trait]
impl TraceService for Service {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        let request = request.into_inner();
        let mut received = self.0.lock().unwrap();
        let size = prost_size(&request);
        received.request_bytes_max = received.request_bytes_max.max(size);
        for group in request.resource_spans {
            received
                .resources
                .push(attributes(&group.resource.unwrap_or_default().attributes));
            received
                .spans
                .extend(group.scope_spans.into_iter().flat_map(|scope| scope.spans));
        }
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

#[tonic::async_trait]
impl LogsService for Service {
    async fn export(
        &self,
        request: Request<ExportLogsServiceRequest>,
    ) -> Result<Response<ExportLogsServiceResponse>, Status> {
        let mut received = self.0.lock().unwrap();
        for group in request.into_inner().resource_logs {
            received
                .resources
                .push(attributes(&group.resource.unwrap_or_default().attributes));
            received.logs.extend(
                group
                    .scope_logs
                    .into_iter()
                    .flat_map(|scope| scope.log_records),
            );
        }
        Ok(Response::new(ExportLogsServiceResponse::default()))
    }
}

#[tonic::async_trait]
impl MetricsService for Service {
    async fn export(
        &self,
        request: Request<ExportMetricsServiceRequest>,
    ) -> Result<Response<ExportMetricsServiceResponse>, Status> {
        let mut received = self.0.lock().unwrap();
        let mut metrics = Vec::new();
        for group in request.into_inner().resource_metrics {
            received
                .resources
                .push(attributes(&group.resource.unwrap_or_default().attributes));
            let scopes = group.scope_metrics.into_iter();
            metrics.extend(scopes.flat_map(|scope| scope.metrics));
        }
        received.metrics.push(metrics);
        Ok(Response::new(ExportMetricsServiceResponse::default()))
    }
}

fn prost_size(request: &ExportTraceServiceRequest) -> usize {
    prost::Message::encoded_len(request)
}

impl Collector {
    pub(super) fn start() -> Self {
        let received = Arc::new(Mutex::new(Received::default()));
        let incoming = TcpIncoming::bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let address = incoming.local_addr().unwrap();
        let server = Server::builder()
            .add_service(TraceServiceServer::new(Service(Arc::clone(&received))))
            .add_service(LogsServiceServer::new(Service(Arc::clone(&received))))
            .add_service(MetricsServiceServer::new(Service(Arc::clone(&received))));
        tokio::spawn(server.serve_with_incoming(incoming));
        Self { address, received }
    }

    pub(super) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Everything that has come in so far.
    pub(super) fn take(&self) -> Received {
        std::mem::take(&mut self.received.lock().unwrap())
    }
}
