//! Asks the HTTP side for its health, over the network as a load balancer would. Its requests are
//! counted like all others, but are no spans: nobody wants to see them in a list of requests.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, header};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::metrics::Metrics;
use crate::pace::Pace;

const INTERVAL: Duration = Duration::from_secs(10);
const TIMEOUT: Duration = Duration::from_secs(2);
const ANSWER_BYTES_MAX: u64 = 4_096;
const USER_AGENT: &str = "tacho-demo-probe";

/// Asks again and again until stopped; time is not compressed for it.
pub(crate) async fn watch(
    address: SocketAddr,
    pace: Pace,
    metrics: Arc<Metrics>,
) -> anyhow::Result<()> {
    loop {
        let answer = tokio::time::timeout(TIMEOUT, ask(address)).await;
        metrics.http_side_asked(matches!(answer, Ok(Ok(true))));
        tokio::select! {
            () = tokio::time::sleep(INTERVAL) => {}
            () = pace.stopped() => return Ok(()),
        }
    }
}

/// Whether the answer is 200.
async fn ask(address: SocketAddr) -> io::Result<bool> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!(
        "GET /health HTTP/1.1\r\nhost: {address}\r\nuser-agent: {USER_AGENT}\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream
        .take(ANSWER_BYTES_MAX)
        .read_to_end(&mut answer)
        .await?;
    Ok(answer.starts_with(b"HTTP/1.1 200 "))
}

/// Whether a request is one of these.
pub(crate) fn is_probe(headers: &HeaderMap) -> bool {
    let agent = headers.get(header::USER_AGENT);
    agent.is_some_and(|agent| agent.as_bytes() == USER_AGENT.as_bytes())
}
