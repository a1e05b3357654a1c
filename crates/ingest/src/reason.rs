//! Why a single span or log record is refused.

/// The reasons. Their codes are part of the WAL (`docs/formats/verdict.md`) and never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// A span without a trace id.
    TraceIdMissing,
    /// A trace id of zeros only.
    TraceIdZero,
    /// A trace id of the wrong length, or a text that is too long for an alias.
    TraceIdInvalid,
    /// A span without a span id.
    SpanIdMissing,
    /// A span id of zeros only.
    SpanIdZero,
    /// A span id of the wrong length, or a text that is too long for an alias.
    SpanIdInvalid,
    /// A parent span id of the wrong length, or a text that is too long for an alias.
    ParentSpanIdInvalid,
    /// A span without a start time.
    StartTimeUnset,
    /// A span without an end time.
    EndTimeUnset,
    /// A time beyond 2262-04-11.
    TimeOutOfRange,
    /// A time further in the future than the limit.
    TimeInFuture,
    /// A name or another text field over the limit of a value.
    FieldTooLarge,
    /// A body of a log record over the limit of a value.
    BodyTooLarge,
}

impl Reason {
    /// All reasons, by code from 1.
    pub const ALL: [Reason; 13] = [
        Reason::TraceIdMissing,
        Reason::TraceIdZero,
        Reason::TraceIdInvalid,
        Reason::SpanIdMissing,
        Reason::SpanIdZero,
        Reason::SpanIdInvalid,
        Reason::ParentSpanIdInvalid,
        Reason::StartTimeUnset,
        Reason::EndTimeUnset,
        Reason::TimeOutOfRange,
        Reason::TimeInFuture,
        Reason::FieldTooLarge,
        Reason::BodyTooLarge,
    ];

    /// Place in `ALL`.
    pub fn index(self) -> usize {
        self as usize
    }

    /// The byte in the verdict.
    pub fn code(self) -> u8 {
        self as u8 + 1
    }

    /// The reason of a byte.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code).checked_sub(1)?).copied()
    }

    /// The value of the label `reason` on `/metrics`.
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::TraceIdMissing => "trace_id_missing",
            Reason::TraceIdZero => "trace_id_zero",
            Reason::TraceIdInvalid => "trace_id_invalid",
            Reason::SpanIdMissing => "span_id_missing",
            Reason::SpanIdZero => "span_id_zero",
            Reason::SpanIdInvalid => "span_id_invalid",
            Reason::ParentSpanIdInvalid => "parent_span_id_invalid",
            Reason::StartTimeUnset => "start_time_unset",
            Reason::EndTimeUnset => "end_time_unset",
            Reason::TimeOutOfRange => "time_out_of_range",
            Reason::TimeInFuture => "time_in_future",
            Reason::FieldTooLarge => "field_too_large",
            Reason::BodyTooLarge => "body_too_large",
        }
    }

    /// What the sender is told.
    pub fn message(self) -> &'static str {
        match self {
            Reason::TraceIdMissing => "trace id is missing",
            Reason::TraceIdZero => "trace id is all zero",
            Reason::TraceIdInvalid => "trace id has not 16 bytes",
            Reason::SpanIdMissing => "span id is missing",
            Reason::SpanIdZero => "span id is all zero",
            Reason::SpanIdInvalid => "span id has not 8 bytes",
            Reason::ParentSpanIdInvalid => "parent span id has not 8 bytes",
            Reason::StartTimeUnset => "start time is unset",
            Reason::EndTimeUnset => "end time is unset",
            Reason::TimeOutOfRange => "time lies beyond 2262-04-11",
            Reason::TimeInFuture => "time lies too far in the future",
            Reason::FieldTooLarge => "a text field is over the limit of a value",
            Reason::BodyTooLarge => "body is over the limit of a value",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Reason;

    #[test]
    fn codes_and_reasons_match() {
        for (index, reason) in Reason::ALL.into_iter().enumerate() {
            assert_eq!(reason.index(), index);
            assert_eq!(Reason::from_code(reason.code()), Some(reason));
        }
        assert_eq!(Reason::from_code(0), None);
        assert_eq!(Reason::from_code(14), None);
    }
}
