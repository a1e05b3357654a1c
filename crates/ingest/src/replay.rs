//! Decodes frames of the WAL again: same bytes, same verdict, same items.

use crate::body::{BodyError, ContentEncoding, decompress};
use crate::ingest::decode;
use crate::judge::{Judged, Ruling};
use crate::meter::Meter;
use crate::metrics;
use crate::request::ContentKind;
use crate::verdict::Verdict;
use tacho_model::signal::Signal;
use tacho_storage::error::{Error, Result};
use tacho_storage::wal::frame::{Frame, FrameKind};
use tacho_storage::write::{FrameDecoder, Items};

/// The decoder that the store is opened with. It has no settings on purpose: everything that
/// decides stands in the frame.
#[derive(Debug, Clone, Copy, Default)]
pub struct ReplayDecoder;

impl FrameDecoder for ReplayDecoder {
    fn decode(&self, frame: &Frame<'_>) -> Result<Items> {
        match frame.header.kind {
            FrameKind::OtlpMetrics
            | FrameKind::RemoteWrite
            | FrameKind::Scrape
            | FrameKind::Import
            | FrameKind::Derived => metrics::replay::batch(frame).map(Items::Samples),
            _ => replay(frame).map(|judged| judged.items),
        }
    }
}

fn replay(frame: &Frame<'_>) -> Result<Judged> {
    let header = &frame.header;
    let signal = match header.kind {
        FrameKind::Traces => Signal::Spans,
        FrameKind::Logs => Signal::Logs,
        other => {
            return Err(Error::invalid(format!(
                "replay a frame of kind {other:?}: this program does not decode it"
            )));
        }
    };
    let encoding = ContentEncoding::from_code(header.encoding).ok_or_else(|| {
        Error::invalid(format!(
            "frame has the unknown encoding {}",
            header.encoding
        ))
    })?;
    let content = ContentKind::from_code(header.content).ok_or_else(|| {
        Error::invalid(format!("frame has the unknown content {}", header.content))
    })?;
    let verdict = Verdict::decode(frame.verdict)?;
    let limit = usize::try_from(verdict.decoded_bytes).unwrap_or(usize::MAX - 1);
    let mut meter = Meter::counting();
    let body = decompress(encoding, frame.body, limit, &mut meter).map_err(corrupt_body)?;
    if body.len() != limit {
        return Err(Error::corrupt(format!(
            "body of a frame has {} bytes, its verdict says {limit}",
            body.len()
        )));
    }
    let judging = decode::Judging {
        limits: &verdict.limits,
        receive_time: header.received,
        ruling: Ruling::Replay {
            refused: &verdict.refused,
        },
    };
    let (judged, _) = decode::decode(signal, content, &body, judging, &mut meter)
        .map_err(|error| Error::corrupt(format!("body of a frame: {error}")))?;
    if judged.seen != verdict.items || judged.refused.len() != verdict.refused.len() {
        return Err(Error::corrupt(format!(
            "frame has {} items of which {} ranges are refused, its verdict says {} and {}",
            judged.seen,
            judged.refused.len(),
            verdict.items,
            verdict.refused.len()
        )));
    }
    Ok(judged)
}

fn corrupt_body(error: BodyError) -> Error {
    Error::corrupt(format!("frame: {error}")).with_source(error)
}

#[cfg(test)]
mod tests;
