//! Answers of gRPC: a message and trailers, or trailers alone.

use super::super::status::status;
use super::ACCEPTED_ENCODINGS;
use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use bytes::{BufMut as _, Bytes, BytesMut};
use http_body_util::{BodyExt as _, Full};
use std::convert::Infallible;
use tacho_ingest::refusal::Refusal;
use tacho_ingest::request::Partial;
use tacho_wire::status::{PartialSuccess, encode_response};

/// The response of a call that was taken.
pub(super) fn success(partial: Option<Partial>) -> Response<Body> {
    let partial = partial.map(|partial| PartialSuccess {
        rejected_count: partial.rejected,
        message: partial.message,
    });
    let message = encode_response(partial.as_ref());
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", HeaderValue::from_static("0"));
    let body = Full::new(framed(&message))
        .with_trailers(std::future::ready(Some(Ok::<_, Infallible>(trailers))));
    response(Body::new(body))
}

/// A failed call: trailers that come as headers.
pub(super) fn failure(refusal: &Refusal) -> Response<Body> {
    let status = status(refusal);
    let mut response = response(Body::empty());
    let headers = response.headers_mut();
    headers.insert("grpc-status", HeaderValue::from(status.code));
    let details = STANDARD_NO_PAD.encode(status.encode());
    for (name, text) in [
        ("grpc-message", percent_encoded(&status.message)),
        ("grpc-status-details-bin", details),
    ] {
        if let Ok(value) = HeaderValue::from_str(&text) {
            headers.insert(name, value);
        }
    }
    response
}

/// An answer to what is no gRPC call.
pub(super) fn plain(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let value = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, value);
    response
}

fn response(body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    let accepted = HeaderValue::from_static(ACCEPTED_ENCODINGS);
    headers.insert("grpc-accept-encoding", accepted);
    response
}

fn framed(message: &[u8]) -> Bytes {
    let mut out = BytesMut::with_capacity(5 + message.len());
    out.put_u8(0);
    // Our own messages are a few hundred bytes.
    out.put_u32(u32::try_from(message.len()).unwrap_or(u32::MAX));
    out.put_slice(message);
    out.freeze()
}

/// Text as `grpc-message` wants it: printable ASCII but the percent sign as it is, the rest as
/// `%XX` of its UTF-8 bytes.
fn percent_encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if (b' '..=b'~').contains(&byte) && byte != b'%' {
            out.push(char::from(byte));
        } else {
            const DIGITS: [char; 16] = [
                '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F',
            ];
            out.push('%');
            out.push(DIGITS[usize::from(byte >> 4)]);
            out.push(DIGITS[usize::from(byte & 15)]);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{framed, percent_encoded};

    #[test]
    fn messages_are_printable_ascii() {
        assert_eq!(
            percent_encoded("50 % of \"ä\"\n"),
            "50 %25 of \"%C3%A4\"%0A"
        );
    }

    #[test]
    fn the_prefix_tells_the_length() {
        assert_eq!(&framed(b"ab")[..], b"\0\0\0\0\x02ab");
    }
}
