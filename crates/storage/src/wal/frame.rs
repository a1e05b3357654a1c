//! One frame of the WAL: what is logged about one request, and its bytes.
//!
//! The layout is `docs/formats/wal.md`, section "Frame". Encoding appends to a buffer, decoding
//! borrows from one; neither knows files.

use crate::error::{Error, ErrorKind, Result};
use std::fmt;
use tacho_model::id::{RecordId, TenantId};
use tacho_model::time::Timestamp;

/// The first four bytes of every frame.
pub const MAGIC: [u8; 4] = *b"\xF7tfr";
/// The version that this code writes.
pub const VERSION: u8 = 1;
/// Length of the fixed part of a frame.
pub const FIXED_BYTES: usize = 64;
/// Longest tenant name in a frame.
const TENANT_BYTES_MAX: usize = 64;

/// A place in the WAL of one signal: bytes of frames written before it since the data folder was
/// made. Never goes back, not even over restarts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct WalPosition(pub u64);

impl WalPosition {
    /// The place this many bytes further on.
    #[must_use]
    pub fn plus(self, bytes: u64) -> Self {
        Self(self.0.saturating_add(bytes))
    }
}

impl fmt::Display for WalPosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What kind of request a frame holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FrameKind {
    /// OTLP traces.
    Traces,
    /// OTLP logs.
    Logs,
    /// OTLP metrics.
    OtlpMetrics,
    /// Prometheus remote write.
    RemoteWrite,
    /// Samples of a scrape.
    Scrape,
    /// An import or a back-fill.
    Import,
    /// Samples derived from other signals.
    Derived,
    /// A deletion.
    Delete,
    /// A checkpoint of state that is kept beside the data.
    State,
}

impl FrameKind {
    /// All kinds, by code from 1.
    pub const ALL: [FrameKind; 9] = [
        FrameKind::Traces,
        FrameKind::Logs,
        FrameKind::OtlpMetrics,
        FrameKind::RemoteWrite,
        FrameKind::Scrape,
        FrameKind::Import,
        FrameKind::Derived,
        FrameKind::Delete,
        FrameKind::State,
    ];

    /// The byte in the frame.
    pub fn code(self) -> u8 {
        match self {
            FrameKind::Traces => 1,
            FrameKind::Logs => 2,
            FrameKind::OtlpMetrics => 3,
            FrameKind::RemoteWrite => 4,
            FrameKind::Scrape => 5,
            FrameKind::Import => 6,
            FrameKind::Derived => 7,
            FrameKind::Delete => 8,
            FrameKind::State => 9,
        }
    }

    /// The kind of a byte.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// What is known of a request beside its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrameHeader {
    /// What the body is.
    pub kind: FrameKind,
    /// Whose data it is.
    pub tenant: TenantId,
    /// When it was received.
    pub received: Timestamp,
    /// Id of its first accepted record; the rest count up.
    pub first_record_id: RecordId,
    /// How the body is compressed; a code of `ingest`.
    pub encoding: u8,
    /// How the body is written (protobuf, JSON, …); a code of `ingest`.
    pub content: u8,
    /// Which configuration it was judged by.
    pub config_epoch: u32,
}

/// A frame as replay gives it out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame<'a> {
    /// What is known beside the bytes.
    pub header: FrameHeader,
    /// What was decided about the request at receipt; opaque here.
    pub verdict: &'a [u8],
    /// The request as it came; opaque here.
    pub body: &'a [u8],
}

impl FrameHeader {
    /// Bytes that a frame with this header takes in the WAL.
    pub fn frame_bytes(&self, verdict: &[u8], body: &[u8]) -> u64 {
        (FIXED_BYTES + self.tenant.as_str().len()) as u64 + verdict.len() as u64 + body.len() as u64
    }
}

/// Where a frame stands; part of the frame, so that a copy of it elsewhere is no frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FramePlace {
    /// The frame's own position.
    pub position: WalPosition,
    /// Everything before this position was durable when the frame was appended.
    pub durable: WalPosition,
}

/// The fixed part of a frame after its checksum was found right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FixedPart {
    version: u8,
    kind: u8,
    encoding: u8,
    content: u8,
    tenant_bytes: usize,
    config_epoch: u32,
    /// Where the frame says it stands.
    pub place: FramePlace,
    received: i64,
    first_record_id: u64,
    verdict_bytes: usize,
    body_bytes: usize,
    payload_crc: u32,
}

impl FixedPart {
    /// Bytes after the fixed part.
    pub fn payload_bytes(&self) -> u64 {
        self.tenant_bytes as u64 + self.verdict_bytes as u64 + self.body_bytes as u64
    }

    /// Bytes of the whole frame.
    pub fn frame_bytes(&self) -> u64 {
        FIXED_BYTES as u64 + self.payload_bytes()
    }

    /// Reads the fixed part; `None` if these bytes are none (magic or checksum wrong).
    pub fn decode(bytes: &[u8; FIXED_BYTES]) -> Option<Self> {
        let (checked, crc) = bytes.split_at(FIXED_BYTES - 4);
        if bytes[..4] != MAGIC || crc32c::crc32c(checked) != le_u32(crc, 0) {
            return None;
        }
        Some(Self {
            version: bytes[4],
            kind: bytes[5],
            encoding: bytes[6],
            content: bytes[7],
            tenant_bytes: usize::from(bytes[8]),
            config_epoch: le_u32(bytes, 12),
            place: FramePlace {
                position: WalPosition(le_u64(bytes, 16)),
                durable: WalPosition(le_u64(bytes, 24)),
            },
            received: le_u64(bytes, 32).cast_signed(),
            first_record_id: le_u64(bytes, 40),
            verdict_bytes: le_u32(bytes, 48) as usize,
            body_bytes: le_u32(bytes, 52) as usize,
            payload_crc: le_u32(bytes, 56),
        })
    }

    /// Whether these bytes are the ones that were written after the fixed part.
    pub fn payload_matches(&self, payload: &[u8]) -> bool {
        payload.len() as u64 == self.payload_bytes() && crc32c::crc32c(payload) == self.payload_crc
    }

    /// Splits a checked payload. `Invalid` for a version or kind that this code does not know:
    /// replay must stop there, an older program may not drop what a newer one wrote. `Corrupt` for
    /// a tenant that no frame can have.
    pub fn frame<'a>(&self, payload: &'a [u8]) -> Result<Frame<'a>> {
        let position = self.place.position;
        if self.version != VERSION {
            return Err(Error::new(
                ErrorKind::Invalid,
                format!(
                    "frame at position {position} has version {}, this program knows {VERSION}",
                    self.version
                ),
            ));
        }
        let kind = FrameKind::from_code(self.kind).ok_or_else(|| {
            Error::invalid(format!(
                "frame at position {position} has the unknown kind {}, was it written by a newer version",
                self.kind
            ))
        })?;
        let (tenant, rest) = payload
            .split_at_checked(self.tenant_bytes)
            .unwrap_or_default();
        let (verdict, body) = rest
            .split_at_checked(self.verdict_bytes)
            .unwrap_or_default();
        let tenant = std::str::from_utf8(tenant)
            .ok()
            .and_then(|name| TenantId::new(name).ok())
            .ok_or_else(|| {
                Error::corrupt(format!("frame at position {position} has no valid tenant"))
            })?;
        let header = FrameHeader {
            kind,
            tenant,
            received: Timestamp(self.received),
            first_record_id: RecordId(self.first_record_id),
            encoding: self.encoding,
            content: self.content,
            config_epoch: self.config_epoch,
        };
        Ok(Frame {
            header,
            verdict,
            body,
        })
    }
}

/// Appends the bytes of a frame. `LimitExceeded` if a part is longer than 32 bits can tell.
pub fn encode(
    header: &FrameHeader,
    place: FramePlace,
    verdict: &[u8],
    body: &[u8],
    out: &mut Vec<u8>,
) -> Result<()> {
    let too_long = |_| Error::limit("append a frame: a part has more than 4 GiB");
    let tenant = header.tenant.as_str().as_bytes();
    debug_assert!(
        tenant.len() <= TENANT_BYTES_MAX,
        "the type keeps names short"
    );
    let tenant_bytes = u8::try_from(tenant.len())
        .map_err(|_| Error::limit("append a frame: the tenant's name has more than 255 bytes"))?;
    let verdict_bytes = u32::try_from(verdict.len()).map_err(too_long)?;
    let body_bytes = u32::try_from(body.len()).map_err(too_long)?;
    let crc = crc32c::crc32c_append(crc32c::crc32c(tenant), verdict);
    let crc = crc32c::crc32c_append(crc, body);

    let mut fixed = [0u8; FIXED_BYTES];
    fixed[..4].copy_from_slice(&MAGIC);
    fixed[4] = VERSION;
    fixed[5] = header.kind.code();
    fixed[6] = header.encoding;
    fixed[7] = header.content;
    fixed[8] = tenant_bytes;
    fixed[12..16].copy_from_slice(&header.config_epoch.to_le_bytes());
    fixed[16..24].copy_from_slice(&place.position.0.to_le_bytes());
    fixed[24..32].copy_from_slice(&place.durable.0.to_le_bytes());
    fixed[32..40].copy_from_slice(&header.received.0.to_le_bytes());
    fixed[40..48].copy_from_slice(&header.first_record_id.0.to_le_bytes());
    fixed[48..52].copy_from_slice(&verdict_bytes.to_le_bytes());
    fixed[52..56].copy_from_slice(&body_bytes.to_le_bytes());
    fixed[56..60].copy_from_slice(&crc.to_le_bytes());
    let fixed_crc = crc32c::crc32c(&fixed[..60]);
    fixed[60..].copy_from_slice(&fixed_crc.to_le_bytes());

    out.reserve(FIXED_BYTES + tenant.len() + verdict.len() + body.len());
    out.extend_from_slice(&fixed);
    out.extend_from_slice(tenant);
    out.extend_from_slice(verdict);
    out.extend_from_slice(body);
    Ok(())
}

/// The little-endian number at an offset; 0 where the bytes end before.
pub(super) fn le_u32(bytes: &[u8], at: usize) -> u32 {
    let found = bytes.get(at..).and_then(|rest| rest.first_chunk::<4>());
    found.copied().map_or(0, u32::from_le_bytes)
}

/// The little-endian number at an offset; 0 where the bytes end before.
pub(super) fn le_u64(bytes: &[u8], at: usize) -> u64 {
    let found = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>());
    found.copied().map_or(0, u64::from_le_bytes)
}
