//! Delimited protobuf: messages `io.prometheus.client.MetricFamily`, each with its length before it.
//! Summaries and classic histograms become the series that text would show; native histograms stay.

mod histogram;
mod message;
mod output;

use super::error::Error;
use super::{ExpositionSink, Options, Outcome};
use crate::pb::Reader;

pub(super) fn parse(
    body: &[u8],
    options: &Options,
    sink: &mut dyn ExpositionSink,
) -> Result<Outcome, Error> {
    let mut out = output::Output::new(options, sink);
    let mut rest = body;
    let mut number = 0;
    while !rest.is_empty() {
        number += 1;
        let (message, after) = split(rest, number, options.limits.line_bytes_max)?;
        rest = after;
        if out.family(Reader::new(message), number)?.is_break() {
            out.outcome.stopped = true;
            break;
        }
    }
    Ok(out.outcome)
}

/// The next message and what follows it.
fn split(bytes: &[u8], number: usize, limit: usize) -> Result<(&[u8], &[u8]), Error> {
    let mut length = 0u64;
    let mut used = 0;
    for (index, byte) in bytes.iter().take(10).enumerate() {
        if index == 9 && *byte > 1 {
            return Err(Error::invalid(number, "a length has more than 64 bits"));
        }
        length |= u64::from(byte & 0x7f) << (7 * index);
        if *byte < 0x80 {
            used = index + 1;
            break;
        }
    }
    if used == 0 {
        return Err(Error::invalid(number, "a length is cut off"));
    }
    let rest = bytes.get(used..).unwrap_or_default();
    if length > limit as u64 {
        let message = format!("the metric family has {length} bytes, {limit} are taken");
        return Err(Error::limit(number, message));
    }
    let split = usize::try_from(length)
        .ok()
        .and_then(|length| rest.split_at_checked(length));
    split.ok_or_else(|| {
        let message = format!(
            "the metric family has {length} bytes, {} are there",
            rest.len()
        );
        Error::invalid(number, message)
    })
}
