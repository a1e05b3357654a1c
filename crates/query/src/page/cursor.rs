//! Cursors as text: base64url of a version, a kind and the place.

use crate::error::{Error, Result};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tacho_model::id::{RecordId, SpanId, TraceId};
use tacho_model::time::Timestamp;
use tacho_storage::read::Cursor;

/// The list that a cursor belongs to, so that one of another list is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// The list of traces.
    Traces = 1,
    /// The spans of a trace.
    Trace = 2,
    /// Log records, newest first.
    LogsNewest = 3,
    /// Log records, oldest first.
    LogsOldest = 4,
}

/// The first byte of every cursor; another version is refused.
const VERSION: u8 = 1;

/// The text of a place in a list.
pub(crate) fn encode(mark: Mark, cursor: Cursor) -> String {
    let mut bytes = vec![VERSION, mark as u8];
    match cursor {
        Cursor::Span(start, trace_id, span_id) => {
            bytes.extend(start.0.to_be_bytes());
            bytes.extend(trace_id.0);
            bytes.extend(span_id.0);
        }
        Cursor::Log(time, id) => {
            bytes.extend(time.0.to_be_bytes());
            bytes.extend(id.0.to_be_bytes());
        }
    }
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The place of a text; `Invalid` if it is not a cursor of this list.
pub(crate) fn decode(mark: Mark, text: &str) -> Result<Cursor> {
    parse(mark, text).ok_or_else(|| {
        Error::invalid("cursor", "the cursor is not one of this list")
            .with_hint("give `nextCursor` of the page before unchanged, with the same parameters")
    })
}

fn parse(mark: Mark, text: &str) -> Option<Cursor> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let rest = bytes.strip_prefix(&[VERSION, mark as u8])?;
    let (time, ids) = rest.split_first_chunk::<8>()?;
    let time = Timestamp(i64::from_be_bytes(*time));
    match mark {
        Mark::Traces | Mark::Trace => {
            let (trace_id, span_id) = ids.split_first_chunk::<16>()?;
            let span_id: [u8; 8] = span_id.try_into().ok()?;
            Some(Cursor::Span(time, TraceId(*trace_id), SpanId(span_id)))
        }
        Mark::LogsNewest | Mark::LogsOldest => {
            let id: [u8; 8] = ids.try_into().ok()?;
            Some(Cursor::Log(time, RecordId(u64::from_be_bytes(id))))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Mark, decode, encode};
    use tacho_model::id::{RecordId, SpanId, TraceId};
    use tacho_model::time::Timestamp;
    use tacho_storage::read::Cursor;

    #[test]
    fn cursors_round_trip() {
        let span = Cursor::Span(Timestamp(-5), TraceId([7; 16]), SpanId([9; 8]));
        assert_eq!(
            decode(Mark::Trace, &encode(Mark::Trace, span)).unwrap(),
            span
        );
        let log = Cursor::Log(Timestamp(i64::MAX), RecordId(3));
        assert_eq!(
            decode(Mark::LogsOldest, &encode(Mark::LogsOldest, log)).unwrap(),
            log
        );
    }

    #[test]
    fn cursors_of_other_lists_and_broken_ones_are_refused() {
        let log = encode(Mark::LogsNewest, Cursor::Log(Timestamp(1), RecordId(1)));
        for (mark, text) in [
            (Mark::LogsOldest, log.as_str()),
            (Mark::Traces, log.as_str()),
            (Mark::LogsNewest, &log[..log.len() - 2]),
            (Mark::LogsNewest, "not base64!"),
            (Mark::LogsNewest, ""),
        ] {
            assert_eq!(decode(mark, text).unwrap_err().field(), Some("cursor"));
        }
    }
}
