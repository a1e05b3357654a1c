//! Bodies out of their compression, with the decoded size limited while it grows.
//!
//! The one reader for HTTP, gRPC and replay. A zip bomb costs the limit and not more: nothing is
//! decompressed beyond it, and memory is charged before it is taken.

use crate::meter::Meter;
use crate::refusal::{Refusal, RefusalKind};
use flate2::bufread::{MultiGzDecoder, ZlibDecoder};
use std::borrow::Cow;
use std::io::{ErrorKind, Read};

/// Largest window of a zstd frame, as RFC 9659 asks of `Content-Encoding: zstd`: 8 MiB.
const ZSTD_WINDOW_LOG_MAX: u32 = 23;
/// Capacity that a body starts with when it does not say how long it is.
const START_BYTES: usize = 8 << 10;
/// Deflate cannot shrink more than this, so a hint beyond it is a lie.
const DEFLATE_RATIO_MAX: usize = 1032;

/// Snappy cannot shrink more than this: a copy stands for 64 bytes at most.
const SNAPPY_RATIO_MAX: usize = 64;

/// How a body is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentEncoding {
    /// Not at all.
    Identity,
    /// gzip, RFC 1952; several members one after another are one body.
    Gzip,
    /// zstd, RFC 8878.
    Zstd,
    /// zlib, RFC 1950, which HTTP calls `deflate`.
    Deflate,
    /// The block format of snappy, which remote write uses. `parse` does not give it: elsewhere the word stands
    /// for another format.
    Snappy,
}

impl ContentEncoding {
    /// All of them.
    pub const ALL: [ContentEncoding; 5] = [
        ContentEncoding::Identity,
        ContentEncoding::Gzip,
        ContentEncoding::Zstd,
        ContentEncoding::Deflate,
        ContentEncoding::Snappy,
    ];

    /// The encoding of a header's value, of either case; `None` if it is not known here.
    pub fn parse(name: &str) -> Option<Self> {
        let name = name.trim();
        let is = |known: &str| name.eq_ignore_ascii_case(known);
        if name.is_empty() || is("identity") {
            Some(ContentEncoding::Identity)
        } else if is("gzip") || is("x-gzip") {
            Some(ContentEncoding::Gzip)
        } else if is("zstd") {
            Some(ContentEncoding::Zstd)
        } else if is("deflate") {
            Some(ContentEncoding::Deflate)
        } else {
            None
        }
    }

    /// The byte in the WAL.
    pub fn code(self) -> u8 {
        match self {
            ContentEncoding::Identity => 0,
            ContentEncoding::Gzip => 1,
            ContentEncoding::Zstd => 2,
            ContentEncoding::Deflate => 3,
            ContentEncoding::Snappy => 4,
        }
    }

    /// The encoding of a byte.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.code() == code)
    }
}

/// Why a body could not be decompressed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// It has more bytes than this, sent or decoded.
    #[error("body has more than {limit} bytes {what}")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
        /// `as sent` or `after decompression`.
        what: &'static str,
    },
    /// The compressed bytes are broken or end too early.
    #[error("body is no valid {encoding}: {message}")]
    Malformed {
        /// Name of the compression.
        encoding: &'static str,
        /// What the decompressor says.
        message: String,
    },
    /// There is no memory for it now.
    #[error("memory for requests is used up")]
    OverMemory,
}

impl From<BodyError> for Refusal {
    fn from(error: BodyError) -> Self {
        let kind = match &error {
            BodyError::TooLarge { .. } => RefusalKind::TooLarge,
            BodyError::Malformed { .. } => RefusalKind::Malformed,
            BodyError::OverMemory => RefusalKind::Overloaded,
        };
        Refusal::new(kind, error.to_string())
    }
}

/// Decompresses a body to at most `limit` bytes.
///
/// # Errors
/// `TooLarge` as soon as the limit is passed, `Malformed` for broken or truncated bytes,
/// `OverMemory` if the meter refuses.
pub fn decompress<'a>(
    encoding: ContentEncoding,
    sent: &'a [u8],
    limit: usize,
    meter: &mut Meter<'_>,
) -> Result<Cow<'a, [u8]>, BodyError> {
    if encoding == ContentEncoding::Snappy {
        return decompress_snappy(sent, limit, meter).map(Cow::Owned);
    }
    // An empty body is an empty message, however else it says it is compressed.
    if encoding == ContentEncoding::Identity || sent.is_empty() {
        if sent.len() > limit {
            return Err(too_large(limit));
        }
        return Ok(Cow::Borrowed(sent));
    }
    let hint = hint(encoding, sent).min(limit);
    let malformed = |encoding| {
        move |error: std::io::Error| BodyError::Malformed {
            encoding,
            message: describe(&error),
        }
    };
    let target = Target { hint, limit, meter };
    match encoding {
        ContentEncoding::Gzip => target.read(MultiGzDecoder::new(sent), &malformed("gzip")),
        ContentEncoding::Deflate => target.read(ZlibDecoder::new(sent), &malformed("deflate")),
        ContentEncoding::Identity | ContentEncoding::Zstd | ContentEncoding::Snappy => {
            let mut decoder =
                zstd::stream::read::Decoder::with_buffer(sent).map_err(malformed("zstd"))?;
            decoder
                .window_log_max(ZSTD_WINDOW_LOG_MAX)
                .map_err(malformed("zstd"))?;
            target.read(decoder, &malformed("zstd"))
        }
    }
    .map(Cow::Owned)
}

/// A block says how long it is, so that is looked at before anything is taken.
fn decompress_snappy(
    sent: &[u8],
    limit: usize,
    meter: &mut Meter<'_>,
) -> Result<Vec<u8>, BodyError> {
    let malformed = |error: snap::Error| BodyError::Malformed {
        encoding: "snappy",
        message: error.to_string(),
    };
    if sent.is_empty() {
        return Err(malformed(snap::Error::Empty));
    }
    let length = snap::raw::decompress_len(sent).map_err(malformed)?;
    if length > limit {
        return Err(too_large(limit));
    }
    if length > sent.len().saturating_mul(SNAPPY_RATIO_MAX) {
        return Err(BodyError::Malformed {
            encoding: "snappy",
            message: format!("it cannot have the {length} bytes that it declares"),
        });
    }
    if !meter.charge(length) {
        return Err(BodyError::OverMemory);
    }
    let mut out = vec![0; length];
    let written = snap::raw::Decoder::new()
        .decompress(sent, &mut out)
        .map_err(malformed)?;
    out.truncate(written);
    Ok(out)
}

fn too_large(limit: usize) -> BodyError {
    BodyError::TooLarge {
        limit,
        what: "after decompression",
    }
}

fn describe(error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::UnexpectedEof => "it ends too early".to_owned(),
        _ => error.to_string(),
    }
}

/// How long the decoded body says it is. Only a capacity to start with; it may be a lie.
fn hint(encoding: ContentEncoding, sent: &[u8]) -> usize {
    match encoding {
        // The last four bytes of gzip: length modulo 2^32 of the last member.
        ContentEncoding::Gzip => sent
            .last_chunk::<4>()
            .map(|bytes| u32::from_le_bytes(*bytes) as usize)
            .filter(|length| *length <= sent.len().saturating_mul(DEFLATE_RATIO_MAX))
            .unwrap_or(START_BYTES),
        ContentEncoding::Zstd => zstd::zstd_safe::get_frame_content_size(sent)
            .ok()
            .flatten()
            .and_then(|length| usize::try_from(length).ok())
            .filter(|length| *length <= sent.len().saturating_mul(64))
            .unwrap_or(START_BYTES),
        ContentEncoding::Identity | ContentEncoding::Snappy => sent.len(),
        ContentEncoding::Deflate => sent.len().saturating_mul(4),
    }
}

/// Where decoded bytes go, and how many of them may.
struct Target<'m, 'r> {
    hint: usize,
    limit: usize,
    meter: &'m mut Meter<'r>,
}

impl Target<'_, '_> {
    fn read(
        self,
        mut reader: impl Read,
        malformed: &dyn Fn(std::io::Error) -> BodyError,
    ) -> Result<Vec<u8>, BodyError> {
        let mut out = Vec::new();
        let mut filled = 0;
        loop {
            if filled == out.len() {
                if filled > self.limit {
                    return Err(too_large(self.limit));
                }
                // One byte more than expected, so that the end is seen without growing again.
                let wanted = if out.is_empty() {
                    self.hint + 1
                } else {
                    filled * 2
                };
                let length = wanted.min(self.limit + 1);
                if !self.meter.charge(length - filled) {
                    return Err(BodyError::OverMemory);
                }
                out.resize(length, 0);
            }
            match reader.read(out.get_mut(filled..).unwrap_or_default()) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(malformed(error)),
            }
        }
        if filled > self.limit {
            return Err(too_large(self.limit));
        }
        out.truncate(filled);
        Ok(out)
    }
}

#[cfg(test)]
mod tests;
