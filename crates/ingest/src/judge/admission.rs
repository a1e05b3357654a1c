//! Whether a single item may come in at all: its ids, times and text fields.

use crate::limits::ItemLimits;
use crate::reason::Reason;
use tacho_model::id::{IdError, SpanId, TraceId};
use tacho_model::sink::{LogFields, SpanFields};
use tacho_model::time::Timestamp;

/// Why a span is refused, if it is.
pub(super) fn refuse_span(
    fields: &SpanFields<'_>,
    limits: &ItemLimits,
    latest: Timestamp,
) -> Option<Reason> {
    trace_id(&fields.trace_id)
        .or_else(|| span_id(&fields.span_id))
        .or_else(|| {
            let invalid = fields.parent_span_id.is_err();
            invalid.then_some(Reason::ParentSpanIdInvalid)
        })
        .or_else(|| (fields.start_ns == 0).then_some(Reason::StartTimeUnset))
        .or_else(|| (fields.end_ns == 0).then_some(Reason::EndTimeUnset))
        .or_else(|| time(fields.start_ns, latest))
        .or_else(|| time(fields.end_ns, latest))
        .or_else(|| {
            let texts = [fields.name, fields.status_message, fields.trace_state];
            texts_fit(&texts, limits)
        })
}

/// Why a log record is refused, if it is. Its ids may be missing, not wrong.
pub(super) fn refuse_log(
    fields: &LogFields<'_>,
    body_bytes: usize,
    limits: &ItemLimits,
    latest: Timestamp,
) -> Option<Reason> {
    let trace_id = fields.trace_id.is_err().then_some(Reason::TraceIdInvalid);
    trace_id
        .or_else(|| fields.span_id.is_err().then_some(Reason::SpanIdInvalid))
        .or_else(|| log_time(fields, latest))
        .or_else(|| texts_fit(&[fields.severity_text, fields.event_name], limits))
        .or_else(|| {
            let too_large = body_bytes > limits.value_bytes as usize;
            too_large.then_some(Reason::BodyTooLarge)
        })
}

fn trace_id(id: &Result<TraceId, IdError>) -> Option<Reason> {
    match id {
        Ok(id) => id.is_zero().then_some(Reason::TraceIdZero),
        Err(IdError::Missing) => Some(Reason::TraceIdMissing),
        Err(IdError::Zero) => Some(Reason::TraceIdZero),
        Err(IdError::Length(_) | IdError::Text) => Some(Reason::TraceIdInvalid),
    }
}

fn span_id(id: &Result<SpanId, IdError>) -> Option<Reason> {
    match id {
        Ok(id) => id.is_zero().then_some(Reason::SpanIdZero),
        Err(IdError::Missing) => Some(Reason::SpanIdMissing),
        Err(IdError::Zero) => Some(Reason::SpanIdZero),
        Err(IdError::Length(_) | IdError::Text) => Some(Reason::SpanIdInvalid),
    }
}

fn time(ns: u64, latest: Timestamp) -> Option<Reason> {
    match Timestamp::from_unsigned_ns(ns) {
        None => Some(Reason::TimeOutOfRange),
        Some(time) => (time > latest).then_some(Reason::TimeInFuture),
    }
}

/// Only the time that counts must not lie in the future; both must be tellable.
fn log_time(fields: &LogFields<'_>, latest: Timestamp) -> Option<Reason> {
    if Timestamp::from_unsigned_ns(fields.observed_time_ns).is_none() {
        return Some(Reason::TimeOutOfRange);
    }
    time(first_time(fields), latest)
}

/// The time of a record, or when it was observed; 0 if neither was said.
pub(super) fn first_time(fields: &LogFields<'_>) -> u64 {
    if fields.time_ns == 0 {
        fields.observed_time_ns
    } else {
        fields.time_ns
    }
}

fn texts_fit(texts: &[&str], limits: &ItemLimits) -> Option<Reason> {
    let too_large = texts
        .iter()
        .any(|text| text.len() > limits.value_bytes as usize);
    too_large.then_some(Reason::FieldTooLarge)
}
