//! OTLP: traces, logs and metrics, as protobuf and as JSON.
//!
//! Decoding hands items to the sinks of `tacho_model::sink` while it walks over the bytes
//! (`decode_traces.rs`, `decode_logs.rs`, `decode_metrics.rs`, `json_decode.rs`); encoding takes the
//! grouped structures below and in `metrics.rs` (`encode.rs`). Source: opentelemetry-proto 1.x and the OTLP specification.

pub mod decode_logs;
pub mod decode_metrics;
pub mod decode_traces;
pub mod encode;
mod entity;
mod envelope;
pub mod json_decode;
pub mod metrics;
mod room;
mod value;

use crate::error::Error;
use crate::otlp::room::Room;
use std::borrow::Cow;
use tacho_model::log::LogRecord;
use tacho_model::resource::{Resource, Scope};
use tacho_model::span::Span;
use tacho_model::time::Timestamp;

/// Deepest nesting of arrays and maps that is decoded at all; below it stands `Value::Empty`.
pub const NESTING_DECODED_MAX: usize = 100;

/// Reserved resource attribute that carries the field `entity_refs` of a resource, which the
/// model has no place for: an array of maps. The encoder turns it back into the field.
pub const ENTITY_REFS_KEY: &str = "tacho.entity_refs";

/// What decoding keeps. A span's or record's own attributes are not counted here: the sink does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DecodeOptions {
    /// Levels of arrays and maps that are kept as such; deeper ones become JSON text. At most
    /// [`NESTING_DECODED_MAX`].
    pub nesting_max: usize,
    /// Attributes kept of a resource, scope, event or link; the rest is added to its dropped
    /// count.
    pub attributes_max: usize,
    /// Encoded bytes of one array or map; a larger one becomes `Value::Empty`. Decoded, all of one
    /// resource, scope, event, link, or of a span's or record's own may together take eight times
    /// as much memory, at least 32 MiB; the one that would go beyond becomes `Value::Empty` too.
    pub nested_bytes_max: usize,
}

impl Default for DecodeOptions {
    fn default() -> Self {
        Self {
            nesting_max: 64,
            attributes_max: 1024,
            nested_bytes_max: 4 << 20,
        }
    }
}

/// What was decoded, and what was changed on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DecodeStats {
    /// Spans, log records or data points that were offered to the sink, refused ones included.
    pub items: u64,
    /// Texts with invalid UTF-8 (or lone surrogates in JSON), replaced by U+FFFD.
    pub invalid_utf8: u64,
    /// Values nested beyond [`NESTING_DECODED_MAX`] levels, replaced by `Value::Empty`.
    pub too_deep: u64,
    /// Arrays and maps over `nested_bytes_max`, or over what it allows in memory, replaced by
    /// `Value::Empty`.
    pub too_large: u64,
    /// Attributes of resources, scopes, events and links over `attributes_max`, and keys of entity
    /// references over that or over the memory of their resource.
    pub attributes_dropped: u64,
    /// Ids of links that were no ids, replaced by zero.
    pub invalid_link_ids: u64,
}

/// Spans of one resource.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ResourceSpans {
    /// Who emitted them.
    pub resource: Resource,
    /// The spans by scope.
    pub scopes: Vec<ScopeSpans>,
}

/// Spans of one scope.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ScopeSpans {
    /// Library that emitted them.
    pub scope: Scope,
    /// The spans.
    pub spans: Vec<Span>,
}

/// Log records of one resource.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ResourceLogs {
    /// Who emitted them.
    pub resource: Resource,
    /// The records by scope.
    pub scopes: Vec<ScopeLogs>,
}

/// Log records of one scope.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ScopeLogs {
    /// Library that emitted them.
    pub scope: Scope,
    /// The records.
    pub records: Vec<LogRecord>,
}

/// Counts the spans or log records of a protobuf request without decoding them: the envelopes of
/// both have the same field numbers.
///
/// # Errors
/// `Invalid` if the envelope is malformed; the items themselves are not looked into.
pub fn count_items(body: &[u8]) -> Result<u64, Error> {
    envelope::count(body).map_err(Error::protobuf)
}

/// A time as OTLP sends it; what lies beyond 2262-04-11 becomes the last point that can be told.
pub(crate) fn timestamp(ns: u64) -> Timestamp {
    Timestamp::from_unsigned_ns(ns).unwrap_or(Timestamp::MAX)
}

/// What the walks carry along.
pub(crate) struct Context<'o> {
    pub(crate) options: &'o DecodeOptions,
    pub(crate) stats: DecodeStats,
    pub(crate) room: Room,
}

impl<'o> Context<'o> {
    pub(crate) fn new(options: &'o DecodeOptions) -> Self {
        Self {
            options,
            stats: DecodeStats::default(),
            room: Room::new(options),
        }
    }

    /// Text out of bytes; what is not UTF-8 is replaced and counted.
    #[inline]
    pub(crate) fn text<'a>(&mut self, bytes: &'a [u8]) -> Cow<'a, str> {
        match std::str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => self.lossy(bytes),
        }
    }

    #[cold]
    fn lossy<'a>(&mut self, bytes: &'a [u8]) -> Cow<'a, str> {
        self.stats.invalid_utf8 += 1;
        String::from_utf8_lossy(bytes)
    }
}
