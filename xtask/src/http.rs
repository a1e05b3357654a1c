//! A small HTTP/1.1 client for our own server on loopback: one request a connection, no TLS, no
//! redirects. Kept here so that `cargo xtask` builds without an HTTP stack.

use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

const BODY_BYTES_MAX: u64 = 512 * 1024 * 1024;

/// Speaks to one address.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    address: SocketAddr,
    token: Option<String>,
    timeout: Duration,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Response {
    /// The HTTP status.
    pub status: u16,
    /// Without transfer coding.
    pub body: Vec<u8>,
}

impl Client {
    /// A client for `host:port`, given as numbers.
    ///
    /// # Errors
    /// It is no address.
    pub(crate) fn new(address: &str) -> Result<Self> {
        let address = address
            .parse()
            .with_context(|| format!("no address: `{address}`"))?;
        Ok(Self {
            address,
            token: None,
            timeout: Duration::from_secs(60),
        })
    }

    /// The same, with a bearer token.
    pub(crate) fn with_token(mut self, token: &str) -> Self {
        self.token = Some(token.trim().to_owned());
        self
    }

    /// Asks and reads JSON.
    ///
    /// # Errors
    /// No answer, a status other than 200, or no JSON.
    pub(crate) fn json(&self, path: &str) -> Result<Value> {
        let response = self.send("GET", path)?;
        let text = String::from_utf8_lossy(&response.body);
        if response.status != 200 {
            let start: String = text.chars().take(300).collect();
            bail!("GET {path} answered {}: {start}", response.status);
        }
        serde_json::from_str(&text).with_context(|| format!("GET {path} answered no JSON"))
    }

    /// Sends a request without a body.
    ///
    /// # Errors
    /// No whole answer came.
    pub(crate) fn send(&self, method: &str, path: &str) -> Result<Response> {
        self.request(method, path, &[], &[])
    }

    /// Sends a request with these headers and this body.
    ///
    /// # Errors
    /// No whole answer came.
    pub(crate) fn request(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Response> {
        let mut stream = TcpStream::connect_timeout(&self.address, self.timeout)?;
        stream.set_read_timeout(Some(self.timeout))?;
        stream.set_write_timeout(Some(self.timeout))?;
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n",
            self.address
        );
        if method != "GET" {
            head.push_str(&format!("content-length: {}\r\n", body.len()));
        }
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if let Some(token) = &self.token {
            head.push_str("authorization: Bearer ");
            head.push_str(token);
            head.push_str("\r\n");
        }
        head.push_str("\r\n");
        stream.write_all(head.as_bytes())?;
        stream.write_all(body)?;
        let mut bytes = Vec::new();
        stream.take(BODY_BYTES_MAX).read_to_end(&mut bytes)?;
        parse(&bytes).with_context(|| format!("{method} {path}"))
    }
}

/// Percent-encodes a value for a query string.
pub(crate) fn escape(text: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

fn parse(bytes: &[u8]) -> Result<Response> {
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
        bail!("the answer ended inside its head");
    };
    let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
    let status = head
        .split_whitespace()
        .nth(1)
        .and_then(|text| text.parse().ok());
    let Some(status) = status else {
        bail!("no status line")
    };
    let body = &bytes[end + 4..];
    let header = |name: &str| {
        head.lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
            .map(str::trim)
    };
    let body = if header("transfer-encoding").is_some_and(|coding| coding.contains("chunked")) {
        join_chunks(body)?
    } else {
        let length = header("content-length").and_then(|text| text.parse().ok());
        if length.is_some_and(|length: usize| length != body.len()) {
            bail!("the answer ended inside its body");
        }
        body.to_vec()
    };
    Ok(Response { status, body })
}

fn join_chunks(mut rest: &[u8]) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let Some(end) = rest.windows(2).position(|two| two == b"\r\n") else {
            bail!("the answer ended inside a chunk head");
        };
        let size = String::from_utf8_lossy(&rest[..end]);
        let size = usize::from_str_radix(size.split(';').next().unwrap_or("").trim(), 16)?;
        if size == 0 {
            return Ok(body);
        }
        let start = end + 2;
        if rest.len() < start.saturating_add(size).saturating_add(2) {
            bail!("the answer ended inside a chunk");
        }
        body.extend_from_slice(&rest[start..start + size]);
        rest = &rest[start + size + 2..];
    }
}

#[cfg(test)]
mod tests {
    use super::{escape, parse};

    #[test]
    fn a_body_has_the_length_it_says() {
        let whole = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
        assert_eq!(parse(whole).expect("a response").body, b"hi");
        assert!(parse(b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nhi").is_err());
        assert!(parse(b"HTTP/1.1 200 OK\r\n").is_err());
    }

    #[test]
    fn chunks_are_joined() {
        let bytes =
            b"HTTP/1.1 404 X\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1;x\r\nc\r\n0\r\n\r\n";
        let response = parse(bytes).expect("a response");
        assert_eq!(
            (response.status, response.body.as_slice()),
            (404, &b"abc"[..])
        );
        assert!(parse(&bytes[..bytes.len() - 9]).is_err());
    }

    #[test]
    fn query_values_are_escaped() {
        assert_eq!(
            escape("{a=\"b\"} |= é"),
            "%7Ba%3D%22b%22%7D%20%7C%3D%20%C3%A9"
        );
    }
}
