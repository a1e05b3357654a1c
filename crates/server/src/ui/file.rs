//! Files of the UI: the table that `build.rs` wrote, and answers with the encoding that the client
//! takes. Compressible files are kept compressed only; who takes neither form gets them unpacked.

use super::ASSETS;
use super::negotiate::{self, Encoding};
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use flate2::read::GzDecoder;
use std::io::Read as _;

/// All files but the page, sorted by path.
pub(super) static FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/ui_files.rs"));

/// Names below `assets/` carry a hash of their content.
const FOREVER: &str = "public, max-age=31536000, immutable";
const SHORT: &str = "public, max-age=300";
/// Holds for workers, which take their policy from the answer with their script.
const POLICY: &str =
    "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

/// One file.
pub(super) struct File {
    /// From the root, as in a request.
    pub(super) path: &'static str,
    /// Of its content, hexadecimal.
    hash: &'static str,
    /// Of its content.
    length: usize,
    content: Content,
}

/// What the binary holds of it.
enum Content {
    /// As it is.
    Plain(&'static [u8]),
    /// In two compressed forms.
    Compressed {
        gzip: &'static [u8],
        brotli: &'static [u8],
    },
}

/// The file at a path.
pub(super) fn find(path: &str) -> Option<&'static File> {
    let at = FILES.binary_search_by(|file| file.path.cmp(path)).ok()?;
    FILES.get(at)
}

/// The file, or 304 if the client has it.
pub(super) fn answer(file: &File, headers: &HeaderMap) -> Response {
    let encoding = match file.content {
        Content::Plain(_) => Encoding::Identity,
        Content::Compressed { .. } => negotiate::encoding(headers),
    };
    let cache = if file.path.starts_with(ASSETS) {
        FOREVER
    } else {
        SHORT
    };
    let fixed = [
        (header::CACHE_CONTROL, cache),
        (header::VARY, "accept-encoding"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "same-origin"),
    ];
    let mut response = if is_known(file, headers) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        with_body(file, encoding)
    };
    let out = response.headers_mut();
    for (name, value) in fixed {
        out.insert(name, HeaderValue::from_static(value));
    }
    set(out, header::ETAG, &tag(file, encoding));
    response
}

/// Whether the client names any form of this content in If-None-Match.
fn is_known(file: &File, headers: &HeaderMap) -> bool {
    headers
        .get_all(header::IF_NONE_MATCH)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|tag| tag.trim().trim_start_matches("W/").trim_matches('"'))
        .any(|tag| tag == "*" || tag.split('-').next() == Some(file.hash))
}

/// Each encoding is another representation and has another tag.
fn tag(file: &File, encoding: Encoding) -> String {
    let end = match encoding {
        Encoding::Brotli => "-br",
        Encoding::Gzip => "-gzip",
        Encoding::Identity => "",
    };
    format!("\"{}{end}\"", file.hash)
}

fn with_body(file: &File, encoding: Encoding) -> Response {
    let (bytes, coding) = match (&file.content, encoding) {
        (Content::Plain(bytes), _) => (Bytes::from_static(bytes), None),
        (Content::Compressed { brotli, .. }, Encoding::Brotli) => {
            (Bytes::from_static(brotli), Some("br"))
        }
        (Content::Compressed { gzip, .. }, Encoding::Gzip) => {
            (Bytes::from_static(gzip), Some("gzip"))
        }
        (Content::Compressed { gzip, .. }, Encoding::Identity) => {
            (unpacked(gzip, file.length), None)
        }
    };
    let length = bytes.len();
    let mut response = Response::new(Body::from(bytes));
    let out = response.headers_mut();
    out.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(content_type(file.path)),
    );
    out.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    if let Some(coding) = coding {
        out.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    response
}

/// What `build.rs` packed; the length is known, so nothing can grow beyond it.
fn unpacked(gzip: &'static [u8], length: usize) -> Bytes {
    let mut bytes = vec![0; length];
    match GzDecoder::new(gzip).read_exact(&mut bytes) {
        Ok(()) => Bytes::from(bytes),
        Err(_) => Bytes::new(),
    }
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "txt" => "text/plain; charset=utf-8",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "woff2" => "font/woff2",
        "png" => "image/png",
        "ico" => "image/x-icon",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::{Content, FILES, content_type, find, unpacked};
    use sha2::{Digest as _, Sha256};

    #[test]
    fn the_table_is_sorted_and_what_was_packed_is_whole() {
        assert!(FILES.is_sorted_by(|left, right| left.path < right.path));
        for file in FILES {
            assert!(find(file.path).is_some(), "{}", file.path);
            assert_ne!(
                content_type(file.path),
                "application/octet-stream",
                "{}",
                file.path
            );
            let bytes = match &file.content {
                Content::Plain(bytes) => bytes.to_vec(),
                Content::Compressed { gzip, .. } => unpacked(gzip, file.length).to_vec(),
            };
            let hash: String = Sha256::digest(&bytes)
                .iter()
                .take(12)
                .map(|byte| format!("{byte:02x}"))
                .collect();
            assert_eq!(hash, file.hash, "{}", file.path);
        }
    }
}
