//! Feeds a server until its input is closed or the server is gone, six lanes at a time, and prints a
//! ledger: `sent LANE NUMBER ITEMS` before each request, `ack LANE NUMBER` after the server said that
//! it has it. `cargo xtask crash` kills the server meanwhile and compares.

mod payload;

use anyhow::{Context, Result, bail, ensure};
use clap::Parser;
use opentelemetry_proto::tonic::collector::logs::v1::logs_service_client::LogsServiceClient;
use opentelemetry_proto::tonic::collector::logs::v1::{
    ExportLogsServiceRequest, ExportLogsServiceResponse,
};
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_client::TraceServiceClient;
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use payload::Request;
use prost::Message;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tonic::transport::Channel;

const REQUESTS_MAX: u64 = 300;
const TIMEOUT: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_millis(4);
const LANES: [&str; 6] = [
    "spans-grpc",
    "spans-protobuf",
    "spans-json",
    "logs-grpc",
    "logs-protobuf",
    "logs-json",
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
        json: bool,
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
                let signal = if name.starts_with("spans") {
                    "traces"
                } else {
                    "logs"
                };
                let client = reqwest::Client::builder().timeout(TIMEOUT).build()?;
                let url = format!("http://{}/v1/{signal}", lane.arguments.http);
                Ok(Self::Http {
                    client,
                    url,
                    json: name.ends_with("json"),
                })
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
            Self::Http { client, url, json } => {
                let (body, kind) = encode(request, *json);
                let sending = client
                    .post(url.as_str())
                    .header("content-type", kind)
                    .body(body);
                let Ok(response) = sending.send().await else {
                    return Ok(Answer::Gone);
                };
                let status = response.status().as_u16();
                let Ok(body) = response.bytes().await else {
                    return Ok(Answer::Gone);
                };
                judge_http(status, &body, request, *json)
            }
        }
    }
}

fn encode(request: &Request, json: bool) -> (Vec<u8>, &'static str) {
    if json {
        return (request.json().to_string().into_bytes(), "application/json");
    }
    let body = if request.has_spans() {
        ExportTraceServiceRequest::encode_to_vec(&request.spans())
    } else {
        ExportLogsServiceRequest::encode_to_vec(&request.logs())
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

fn judge_http(status: u16, body: &[u8], request: &Request, json: bool) -> Result<Answer> {
    if matches!(status, 429 | 502..=504) {
        return Ok(Answer::Later);
    }
    ensure!(
        status == 200,
        "the server answered {status}: {}",
        String::from_utf8_lossy(body)
    );
    if json {
        let answer: serde_json::Value = serde_json::from_slice(body)?;
        let empty = answer.get("partialSuccess").is_none_or(|partial| {
            partial.as_object().is_some_and(serde_json::Map::is_empty) || partial.is_null()
        });
        ensure!(empty, "something was refused: {answer}");
        return Ok(Answer::Acknowledged);
    }
    acknowledged(if request.has_spans() {
        rejected_spans(&ExportTraceServiceResponse::decode(body)?)
    } else {
        rejected_records(&ExportLogsServiceResponse::decode(body)?)
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
