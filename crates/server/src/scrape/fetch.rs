//! One request of a target: what is asked for, and how much of the answer is taken.

use flate2::write::MultiGzDecoder;
use reqwest::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap};
use reqwest::{Response, StatusCode, Url};
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tacho_export::dial::{Dialer, causes};
use tacho_ingest::scrape::config::job::Job;
use tacho_ingest::scrape::config::protocol::{Escaping, Protocol};
use tacho_ingest::scrape::session::{Failure, FailureKind};
use tacho_ingest::scrape::target::Target;

/// Bytes of answers that all scrapes together may hold.
const HELD_BYTES_MAX: u64 = 1 << 30;

/// An answer.
pub(crate) struct Answer {
    pub(crate) body: Body,
    pub(crate) content_type: String,
}

/// Bytes of an answer, counted while they are held.
pub(crate) struct Body {
    bytes: Vec<u8>,
    limit: u64,
    held: Arc<AtomicU64>,
}

impl Body {
    /// An empty body that takes fewer bytes than the limit.
    pub(crate) fn new(limit: u64, held: &Arc<AtomicU64>) -> Self {
        Self {
            bytes: Vec::new(),
            limit,
            held: Arc::clone(held),
        }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl Write for Body {
    fn write(&mut self, part: &[u8]) -> io::Result<usize> {
        let added = part.len() as u64;
        if self.bytes.len() as u64 + added >= self.limit {
            return Err(io::Error::new(
                io::ErrorKind::FileTooLarge,
                "body size limit exceeded",
            ));
        }
        if self.held.fetch_add(added, Ordering::Relaxed) + added > HELD_BYTES_MAX {
            self.held.fetch_sub(added, Ordering::Relaxed);
            let message = "the answers of all targets together take too much memory";
            return Err(io::Error::new(io::ErrorKind::OutOfMemory, message));
        }
        self.bytes.extend_from_slice(part);
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        let held = self.bytes.len() as u64;
        self.held.fetch_sub(held, Ordering::Relaxed);
    }
}

/// What is asked for, the most wanted first.
pub(crate) fn accept_header(protocols: &[Protocol], escaping: Escaping) -> String {
    let mut weight = Protocol::ALL.len() + 1;
    let mut header = String::new();
    for protocol in protocols {
        header.push_str(protocol.media_type());
        if matches!(
            protocol,
            Protocol::PrometheusText100 | Protocol::OpenMetricsText100
        ) {
            header.push_str(";escaping=");
            header.push_str(escaping.as_str());
        }
        header.push_str(&format!(";q=0.{weight},"));
        weight -= 1;
    }
    header + &format!("*/*;q=0.{weight}")
}

/// Asks a target. Takes no time limit of its own.
pub(crate) async fn fetch(
    dialer: &Arc<Dialer>,
    job: &Job,
    target: &Target,
    body: Body,
) -> Result<Answer, Failure> {
    let failed = |message: String| {
        let message = format!("Get {:?}: {message}", target.url);
        Failure::new(FailureKind::Target, message)
    };
    let mut url: Url = target
        .url
        .parse()
        .map_err(|error| failed(format!("{error}")))?;
    dialer.check(&url).map_err(&failed)?;
    let mut prepared = dialer.prepare_for(&mut url).await.map_err(&failed)?;
    let headers = &mut prepared.headers;
    let wanted = accept_header(&job.protocols, job.escaping);
    let encoding = if job.enable_compression {
        "gzip"
    } else {
        "identity"
    };
    let timeout = target.timeout.as_secs_f64().to_string();
    for (name, value) in [
        (ACCEPT.as_str(), wanted.as_str()),
        (ACCEPT_ENCODING.as_str(), encoding),
        ("x-prometheus-scrape-timeout-seconds", timeout.as_str()),
    ] {
        // a header that the configuration sets itself stays
        if let (false, Ok(value)) = (headers.contains_key(name), value.parse())
            && let Ok(name) = name.parse::<reqwest::header::HeaderName>()
        {
            headers.insert(name, value);
        }
    }
    let request = prepared.client.get(url).headers(prepared.headers);
    let response = request
        .send()
        .await
        .map_err(|error| failed(causes(&error.without_url())))?;
    read(response, body, failed).await
}

async fn read(
    mut response: Response,
    mut body: Body,
    failed: impl Fn(String) -> Failure,
) -> Result<Answer, Failure> {
    if response.status() != StatusCode::OK {
        let message = format!("server returned HTTP status {}", response.status());
        return Err(Failure::new(FailureKind::Target, message));
    }
    let content_type = header(response.headers(), CONTENT_TYPE.as_str());
    if header(response.headers(), CONTENT_ENCODING.as_str()) == "gzip" {
        let mut decoder = MultiGzDecoder::new(body);
        while let Some(part) = chunk(&mut response, &failed).await? {
            decoder.write_all(&part).map_err(refused)?;
        }
        body = decoder.finish().map_err(refused)?;
    } else {
        while let Some(part) = chunk(&mut response, &failed).await? {
            body.write_all(&part).map_err(refused)?;
        }
    }
    Ok(Answer { body, content_type })
}

fn header(headers: &HeaderMap, name: &str) -> String {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    value.unwrap_or_default().to_owned()
}

async fn chunk(
    response: &mut Response,
    failed: &impl Fn(String) -> Failure,
) -> Result<Option<bytes::Bytes>, Failure> {
    let part = response.chunk().await;
    part.map_err(|error| failed(causes(&error.without_url())))
}

fn refused(error: io::Error) -> Failure {
    let kind = match error.kind() {
        io::ErrorKind::FileTooLarge => FailureKind::BodySize,
        io::ErrorKind::OutOfMemory => FailureKind::Target,
        _ => FailureKind::Format,
    };
    Failure::new(kind, error.to_string())
}

#[cfg(test)]
mod tests {
    use super::{Body, accept_header};
    use std::io::Write as _;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};
    use tacho_ingest::scrape::config::protocol::{Escaping, Protocol};

    #[test]
    fn the_accept_header_is_that_of_prometheus() {
        assert_eq!(
            accept_header(&Protocol::DEFAULT, Escaping::AllowUtf8),
            "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,\
             application/openmetrics-text;version=0.0.1;q=0.5,\
             text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
        );
    }

    #[test]
    fn bodies_are_cut_off_and_give_their_memory_back() {
        let held = Arc::new(AtomicU64::new(0));
        let mut body = Body::new(10, &held);
        assert!(body.write_all(&[0; 9]).is_ok());
        assert_eq!(held.load(Ordering::Relaxed), 9);
        assert!(body.write_all(&[0; 1]).is_err());
        drop(body);
        assert_eq!(held.load(Ordering::Relaxed), 0);
    }
}
