//! Frames of samples back to the batch that the store took.

use crate::body::{BodyError, ContentEncoding, decompress};
use crate::judge::Ruling;
use crate::meter::Meter;
use crate::metrics::batch::remove_points;
use crate::metrics::decode::{self, Judging, Otlp, SharedOtlp};
use crate::metrics::remote_write::SharedLabels;
use crate::metrics::sample_body;
use crate::metrics::verdict::SampleVerdict;
use crate::request::ContentKind;
use bytes::Bytes;
use std::borrow::Cow;
use std::sync::Arc;
use tacho_storage::error::{Error, Result};
use tacho_storage::samples::batch::SampleBatch;
use tacho_storage::wal::frame::{Frame, FrameKind};
use tacho_wire::remote_write::Version;

/// The content of frames that `ContentKind` does not know.
pub(crate) const CONTENT_REMOTE_WRITE_1: u8 = 2;
pub(crate) const CONTENT_REMOTE_WRITE_2: u8 = 3;
pub(crate) const CONTENT_SAMPLE_BATCH: u8 = 4;

/// The byte for the content of a remote-write request.
pub(crate) fn content_of(version: Version) -> u8 {
    match version {
        Version::V1 => CONTENT_REMOTE_WRITE_1,
        Version::V2 => CONTENT_REMOTE_WRITE_2,
    }
}

/// The batch of a frame, without the points that were refused.
///
/// # Errors
/// `Corrupt` if body and verdict do not fit, `Invalid` for what a newer program wrote.
pub(crate) fn batch(frame: &Frame<'_>) -> Result<SampleBatch> {
    let verdict = SampleVerdict::decode(frame.verdict)?;
    let body = body(frame, verdict.decoded_bytes)?;
    let judging = Judging {
        receive_time: frame.header.received,
        ruling: Ruling::Replay {
            refused: &verdict.refused,
        },
        label_limits: None,
    };
    let header = &frame.header;
    let content = header.content;
    let (mut batch, items) = match (header.kind, content) {
        (FrameKind::OtlpMetrics, _) => otlp(&body, content, &verdict, &judging)?,
        (FrameKind::RemoteWrite, CONTENT_REMOTE_WRITE_1) => {
            remote_write(body, Version::V1, &judging)?
        }
        (FrameKind::RemoteWrite, CONTENT_REMOTE_WRITE_2) => {
            remote_write(body, Version::V2, &judging)?
        }
        (FrameKind::Scrape | FrameKind::Import | FrameKind::Derived, CONTENT_SAMPLE_BATCH) => {
            let batch = sample_body::decode(&body)?;
            let items = batch.points.len() as u64;
            (batch, items)
        }
        (kind, content) => {
            return Err(Error::invalid(format!(
                "replay a frame of kind {kind:?} with content {content}: this program does not decode it"
            )));
        }
    };
    if items != verdict.items {
        return Err(Error::corrupt(format!(
            "frame has {items} items, its verdict says {}",
            verdict.items
        )));
    }
    if !remove_points(&mut batch, &verdict.dropped) {
        return Err(Error::corrupt(
            "verdict of a frame refuses points that its batch does not have",
        ));
    }
    Ok(batch)
}

fn body(frame: &Frame<'_>, decoded_bytes: u64) -> Result<Bytes> {
    let code = frame.header.encoding;
    let encoding = ContentEncoding::from_code(code)
        .ok_or_else(|| Error::invalid(format!("frame has the unknown encoding {code}")))?;
    let limit = usize::try_from(decoded_bytes).unwrap_or(usize::MAX - 1);
    let corrupt = |error: BodyError| Error::corrupt(format!("frame: {error}")).with_source(error);
    let body = decompress(encoding, frame.body, limit, &mut Meter::counting()).map_err(corrupt)?;
    if body.len() != limit {
        return Err(Error::corrupt(format!(
            "body of a frame has {} bytes, its verdict says {limit}",
            body.len()
        )));
    }
    Ok(match body {
        Cow::Borrowed(bytes) => Bytes::copy_from_slice(bytes),
        Cow::Owned(bytes) => Bytes::from(bytes),
    })
}

fn corrupt(error: &tacho_wire::error::Error) -> Error {
    Error::corrupt(format!("body of a frame: {error}"))
}

fn otlp(
    body: &Bytes,
    content: u8,
    verdict: &SampleVerdict,
    judging: &Judging<'_>,
) -> Result<(SampleBatch, u64)> {
    let content = ContentKind::from_code(content)
        .ok_or_else(|| Error::invalid(format!("frame has the unknown content {content}")))?;
    let settings = verdict.translation.clone().ok_or_else(|| {
        Error::corrupt("verdict of a frame of metrics has no translation settings")
    })?;
    let request = Otlp {
        content,
        limits: &verdict.limits,
        settings: Arc::new(settings),
    };
    let (translated, labels, _) =
        decode::otlp(body, &request, judging, &mut Meter::counting()).map_err(|e| corrupt(&e))?;
    let seen = translated.seen;
    let batch = translated.builder.finish(Box::new(SharedOtlp(labels)));
    Ok((batch, seen))
}

fn remote_write(
    body: Bytes,
    version: Version,
    judging: &Judging<'_>,
) -> Result<(SampleBatch, u64)> {
    let written = decode::remote_write(body, version, judging, &mut Meter::counting())
        .map_err(|error| corrupt(&error))?;
    let seen = written.seen;
    let labels = SharedLabels(written.labels);
    Ok((written.builder.finish(Box::new(labels)), seen))
}

#[cfg(test)]
mod tests;
