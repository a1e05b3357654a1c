//! A request as a receiver hands it over, and what became of it.

use crate::body::ContentEncoding;
use bytes::Bytes;
use tacho_model::id::TenantId;
use tacho_model::signal::Signal;
use tacho_storage::wal::Appended;

/// How the content of a body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentKind {
    /// OTLP as protobuf.
    Protobuf,
    /// OTLP as JSON.
    Json,
}

impl ContentKind {
    /// The byte in the WAL.
    pub fn code(self) -> u8 {
        match self {
            ContentKind::Protobuf => 0,
            ContentKind::Json => 1,
        }
    }

    /// The kind of a byte.
    pub fn from_code(code: u8) -> Option<Self> {
        [ContentKind::Protobuf, ContentKind::Json]
            .into_iter()
            .find(|kind| kind.code() == code)
    }
}

/// The way a request came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// OTLP/gRPC.
    Grpc,
    /// OTLP/HTTP, remote write.
    Http,
    /// Not sent but fetched: scrapes.
    Scrape,
    /// Imports and what is derived from other signals.
    Import,
}

impl Transport {
    /// All of them.
    pub const ALL: [Transport; 4] = [
        Transport::Grpc,
        Transport::Http,
        Transport::Scrape,
        Transport::Import,
    ];

    /// The value of the label `transport` on `/metrics`.
    pub fn as_str(self) -> &'static str {
        match self {
            Transport::Grpc => "grpc",
            Transport::Http => "http",
            Transport::Scrape => "scrape",
            Transport::Import => "import",
        }
    }
}

/// A request whose body was read completely and is still compressed.
#[derive(Debug, Clone)]
pub struct Request {
    /// Whose data it is.
    pub tenant: TenantId,
    /// What it holds.
    pub signal: Signal,
    /// The way it came.
    pub transport: Transport,
    /// How it is written.
    pub content: ContentKind,
    /// How it is compressed.
    pub encoding: ContentEncoding,
    /// The body as it came.
    pub body: Bytes,
}

/// A request that was taken, wholly or in part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// What the sender has to know, if anything.
    pub partial: Option<Partial>,
    /// Where it lies in the WAL; it may be acknowledged when this is durable. `None` if nothing
    /// had to be written.
    pub appended: Option<Appended>,
}

/// OTLP's `partial_success`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partial {
    /// Items refused; 0 makes the message a warning.
    pub rejected: u64,
    /// Counts and reasons.
    pub message: String,
}
