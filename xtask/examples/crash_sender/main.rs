//! Feeds a server until its input is closed or the server is gone, eight lanes at a time, and prints a
//! ledger: `sent LANE NUMBER ITEMS` before each request, `ack LANE NUMBER` after the server said that
//! it has it. `cargo xtask crash` kills the server meanwhile and compares.

mod payload;
mod write;

use anyhow::{Context, Result, bail, ensure};
use clap::Parser;
use opentelemetry_proto::tonic::collector::logs::v1::logs_service_client::LogsServiceClient;
use opentelemetry_proto::tonic::collector::logs::v1::{
    ExportLogsServiceRequest, ExportLogsServiceResponse,
};
use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsServiceRequest, ExportMetricsServiceResponse,
};
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_client::TraceServiceClient;
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use payload::{Request, Signal};
use prost::Message;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tonic::transport::Channel;

const REQUESTS_MAX: u64 = 300;
const TIMEOUT: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_millis(4);
const LANES: [&str; 8] = [
    "spans-grpc",
    "spans-protobuf",
    "spans-json",
    "logs-grpc",
    "logs-protobuf",
    "logs-json",
    "samples-write",
    "sums-protobuf",
];

/// Where to send to, and what
#[derive(Parser, Clone)]
struct Arguments {
    /// host:port of OTLP/gRPC
    #[arg(long)]
    grpc: String,
    /// host:port of OTLP/HTTP
    #[arg(long)]
    http: String,
    /// host:port of the HTTP API
    #[arg(long)]
    api: String,
    /// Goes into ids and names
    #[arg(long)]
    seed: u64,
    /// Goes into ids and names
    #[arg(long)]
    round: u32,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    rustls::crypto::ring::default_provider()
        .install_default()
        .map_err(|_| anyhow::anyhow!("a TLS provider was installed before"))?;
    let stop = Arc::new(AtomicBool::new(false));
    let mut lanes = tokio::task::JoinSet::new();
    for (position, name) in LANES.into_iter().enumerate() {
        let lane = Lane {
            arguments: arguments.clone(),
            position,
            name,
            stop: Arc::clone(&stop),
        };
        lanes.spawn(lane.run());
    }
    tokio::task::spawn_blocking(|| std::io::read_to_string(std::io::stdin())).await??;
    stop.store(true, Ordering::Relaxed);
    while let Some(ended) = lanes.join_next().await {
        ended??;
    }
    Ok(())
}

/// What became of a request.
enum Answer {
    /// The server has it.
    Acknowledged,
    /// The server asked to come again later.
    Later,
    /// No answer: nobody knows.
    Gone,
}

struct Lane {
    arguments: Arguments,
    position: usize,
    name: &'static str,
    stop: Arc<AtomicBool>,
}

impl Lane {
    async fn run(self) -> Result<()> {
        let Ok(mut transport) = Transport::connect(&self).await else {
            return Ok(());
        };
        let begun = payload::now();
        for number in 1..=REQUESTS_MAX {
            if self.stop.load(Ordering::Relaxed) {
                return Ok(());
            }
            let request = Request {
                seed: self.arguments.seed,
                round: self.arguments.round,
                lane: self.position,
                lane_name: self.name,
                number,
                begun,
            };
            say(&format!("sent {} {number} {}", self.name, request.items()))?;
            let answer = transport.send(&request).await;
            match answer.with_context(|| format!("{} request {number}", self.name))? {
                Answer::Acknowledged => say(&format!("ack {} {number}", self.name))?,
                Answer::Later => tokio::time::sleep(PAUSE * 20).await,
                Answer::Gone => return Ok(()),
            }
            tokio::time::sleep(PAUSE).await;
        }
        Ok(())
    }
}

/// One line, whole, at once: the lanes share the output.
fn say(line: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}

enum Transport {
    SpansGrpc(TraceServiceClient<Channel>),
    LogsGrpc(LogsServiceClient<Channel>),
    Http {
        client: reqwest::Client,
        url: String,
    },
}

impl Transport {
    async fn connect(lane: &Lane) -> Result<Self> {
        let grpc = format!("http://{}", lane.arguments.grpc);
        let gzip = tonic::codec::CompressionEncoding::Gzip;
        match lane.name {
            "spans-grpc" => Ok(Self::SpansGrpc(TraceServiceClient::connect(grpc).await?)),
            "logs-grpc" => {
                let client = LogsServiceClient::connect(grpc).await?;
                Ok(Self::LogsGrpc(client.send_compressed(gzip)))
            }
            name => {
                let client = reqwest::Client::builder().timeout(TIMEOUT).build()?;
                let (signal, _) = name.split_once('-').context("a lane without a dash")?;
                let url = match signal {
                    "spans" => format!("http://{}/v1/traces", lane.arguments.http),
                    "logs" => format!("http://{}/v1/logs", lane.arguments.http),
                    "sums" => format!("http://{}/v1/metrics", lane.arguments.http),
                    _ => format!("http://{}/prometheus/api/v1/write", lane.arguments.api),
                };
                Ok(Self::Http { client, url })
            }
        }
    }

    async fn send(&mut self, request: &Request) -> Result<Answer> {
        match self {
            Self::SpansGrpc(client) => {
                let call = client.export(request.spans());
                let Ok(result) = tokio::time::timeout(TIMEOUT, call).await else {
                    return Ok(Answer::Gone);
                };
                judge_grpc(result.map(|response| rejected_spans(response.get_ref())))
            }
            Self::LogsGrpc(client) => {
                let call = client.export(request.logs());
                let Ok(result) = tokio::time::timeout(TIMEOUT, call).await else {
                    return Ok(Answer::Gone);
                };
                judge_grpc(result.map(|response| rejected_records(response.get_ref())))
            }
            Self::Http { client, url } => {
                let (body, kind) = encode(request);
                let mut sending = client.post(url.as_str()).header("content-type", kind);
                if request.signal() == Signal::Samples {
                    sending = sending.header("content-encoding", "snappy");
                }
                let sending = sending.body(body);
                let Ok(response) = sending.send().await else {
                    return Ok(Answer::Gone);
                };
                let status = response.status().as_u16();
                let Ok(body) = response.bytes().await else {
                    return Ok(Answer::Gone);
                };
                judge_http(status, &body, request)
            }
        }
    }
}

fn encode(request: &Request) -> (Vec<u8>, &'static str) {
    if request.is_json() {
        return (request.json().to_string().into_bytes(), "application/json");
    }
    let body = match request.signal() {
        Signal::Spans => ExportTraceServiceRequest::encode_to_vec(&request.spans()),
        Signal::Logs => ExportLogsServiceRequest::encode_to_vec(&request.logs()),
        Signal::Sums => ExportMetricsServiceRequest::encode_to_vec(&request.sums()),
        Signal::Samples => write::body(request),
    };
    (body, "application/x-protobuf")
}

fn judge_grpc(result: Result<i64, tonic::Status>) -> Result<Answer> {
    match result {
        Ok(rejected) => acknowledged(rejected),
        Err(status) => match status.code() {
            tonic::Code::ResourceExhausted => Ok(Answer::Later),
            // A dead peer shows as one of these.
            tonic::Code::Unavailable | tonic::Code::Unknown | tonic::Code::Cancelled => {
                Ok(Answer::Gone)
            }
            tonic::Code::Internal if status.message().contains("h2 protocol error") => {
                Ok(Answer::Gone)
            }
            _ => bail!("the server answered {status}"),
        },
    }
}

fn judge_http(status: u16, body: &[u8], request: &Request) -> Result<Answer> {
    if matches!(status, 429 | 502..=504) {
        return Ok(Answer::Later);
    }
    let done = match request.signal() {
        Signal::Samples => 204,
        Signal::Spans | Signal::Logs | Signal::Sums => 200,
    };
    ensure!(
        status == done,
        "the server answered {status}: {}",
        String::from_utf8_lossy(body)
    );
    if request.is_json() {
        let answer: serde_json::Value = serde_json::from_slice(body)?;
        let empty = answer.get("partialSuccess").is_none_or(|partial| {
            partial.as_object().is_some_and(serde_json::Map::is_empty) || partial.is_null()
        });
        ensure!(empty, "something was refused: {answer}");
        return Ok(Answer::Acknowledged);
    }
    acknowledged(match request.signal() {
        Signal::Spans => rejected_spans(&ExportTraceServiceResponse::decode(body)?),
        Signal::Logs => rejected_records(&ExportLogsServiceResponse::decode(body)?),
        Signal::Sums => rejected_points(&ExportMetricsServiceResponse::decode(body)?),
        Signal::Samples => 0,
    })
}

fn acknowledged(rejected: i64) -> Result<Answer> {
    ensure!(
        rejected == 0,
        "{rejected} items of a good request were refused"
    );
    Ok(Answer::Acknowledged)
}

fn rejected_spans(response: &ExportTraceServiceResponse) -> i64 {
    response
        .partial_success
        .as_ref()
        .map_or(0, |partial| partial.rejected_spans)
}

fn rejected_records(response: &ExportLogsServiceResponse) -> i64 {
    response
        .partial_success
        .as_ref()
        .map_or(0, |partial| partial.rejected_log_records)
}

fn rejected_points(response: &ExportMetricsServiceResponse) -> i64 {
    response
        .partial_success
        .as_ref()
        .map_or(0, |partial| partial.rejected_data_points)
}
