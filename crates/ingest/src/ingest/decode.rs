//! From decompressed bytes to judged items: the part that a live request and replay share.

use crate::judge::log_judge::LogJudge;
use crate::judge::span_judge::SpanJudge;
use crate::judge::{Judged, Ruling};
use crate::limits::ItemLimits;
use crate::meter::Meter;
use crate::request::ContentKind;
use tacho_model::signal::Signal;
use tacho_model::time::Timestamp;
use tacho_wire::error::Error;
use tacho_wire::otlp::{DecodeStats, decode_logs, decode_traces, json_decode};

/// How a request is judged.
#[derive(Debug, Clone, Copy)]
pub struct Judging<'a> {
    /// What is kept of each item.
    pub limits: &'a ItemLimits,
    /// When the request arrived.
    pub receive_time: Timestamp,
    /// Who decides.
    pub ruling: Ruling<'a>,
}

/// Decodes a body and judges its items.
///
/// # Errors
/// If the bytes are no such message, with the place; nothing of it may be used then.
pub fn decode(
    signal: Signal,
    content: ContentKind,
    body: &[u8],
    judging: Judging<'_>,
    meter: &mut Meter<'_>,
) -> Result<(Judged, DecodeStats), Error> {
    let options = judging.limits.decode_options();
    let Judging {
        limits,
        receive_time,
        ruling,
    } = judging;
    // Some senders mean the empty message when they send no JSON at all.
    let is_empty = body.is_empty();
    match signal {
        // Metrics have a way of their own; nothing is taken here.
        Signal::Samples => {
            let judge = LogJudge::new(limits, receive_time, ruling, meter);
            Ok((judge.finish(), DecodeStats::default()))
        }
        Signal::Spans => {
            let mut judge = SpanJudge::new(limits, receive_time, ruling, meter);
            let stats = match content {
                _ if is_empty => DecodeStats::default(),
                ContentKind::Protobuf => decode_traces::decode_traces(body, &options, &mut judge)?,
                ContentKind::Json => json_decode::decode_traces(body, &options, &mut judge)?,
            };
            Ok((judge.finish(), stats))
        }
        Signal::Logs => {
            let mut judge = LogJudge::new(limits, receive_time, ruling, meter);
            let stats = match content {
                _ if is_empty => DecodeStats::default(),
                ContentKind::Protobuf => decode_logs::decode_logs(body, &options, &mut judge)?,
                ContentKind::Json => json_decode::decode_logs(body, &options, &mut judge)?,
            };
            Ok((judge.finish(), stats))
        }
    }
}
