//! Why a single span, log record, data point or sample is refused.

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
    /// A sum or histogram without temporality.
    TemporalityUnspecified,
    /// A metric without a name, or with one that nothing is left of.
    MetricNameInvalid,
    /// A histogram whose bounds, buckets and count do not fit together.
    BucketsInvalid,
    /// An exponential histogram that is coarser than what is stored.
    ScaleTooCoarse,
    /// A data point without a value.
    ValueMissing,
    /// A native histogram that cannot be.
    HistogramInvalid,
    /// A series that is wrong as a whole.
    SeriesInvalid,
    /// A sample older than the out-of-order window of its series.
    TooOld,
    /// A sample with another value for the same time.
    DuplicateTime,
    /// A series whose labels are not acceptable.
    LabelsInvalid,
    /// A new series of a metric that has too many.
    SeriesOfMetric,
    /// A new series when there are too many.
    SeriesTotal,
    /// A delta that overlaps what was received before.
    DeltaOverlap,
}

impl Reason {
    /// All reasons, by code from 1.
    pub const ALL: [Reason; 26] = [
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
        Reason::TemporalityUnspecified,
        Reason::MetricNameInvalid,
        Reason::BucketsInvalid,
        Reason::ScaleTooCoarse,
        Reason::ValueMissing,
        Reason::HistogramInvalid,
        Reason::SeriesInvalid,
        Reason::TooOld,
        Reason::DuplicateTime,
        Reason::LabelsInvalid,
        Reason::SeriesOfMetric,
        Reason::SeriesTotal,
        Reason::DeltaOverlap,
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
            Reason::TemporalityUnspecified => "temporality_unspecified",
            Reason::MetricNameInvalid => "metric_name_invalid",
            Reason::BucketsInvalid => "buckets_invalid",
            Reason::ScaleTooCoarse => "scale_too_coarse",
            Reason::ValueMissing => "value_missing",
            Reason::HistogramInvalid => "histogram_invalid",
            Reason::SeriesInvalid => "series_invalid",
            Reason::TooOld => "too_old",
            Reason::DuplicateTime => "duplicate_time",
            Reason::LabelsInvalid => "labels_invalid",
            Reason::SeriesOfMetric => "series_of_metric",
            Reason::SeriesTotal => "series_total",
            Reason::DeltaOverlap => "delta_overlap",
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
            Reason::TemporalityUnspecified => "temporality is unspecified",
            Reason::MetricNameInvalid => "name of the metric is empty or has no usable character",
            Reason::BucketsInvalid => "buckets and bounds do not fit",
            Reason::ScaleTooCoarse => "scale is below -4",
            Reason::ValueMissing => "value is missing",
            Reason::HistogramInvalid => "histogram is not possible",
            Reason::SeriesInvalid => "series cannot be used",
            Reason::TooOld => "older than the out-of-order window of the series",
            Reason::DuplicateTime => "another value for the same time",
            Reason::LabelsInvalid => "labels are not acceptable",
            Reason::SeriesOfMetric => {
                "too many active series of the metric (ingest.limits.series_per_metric)"
            }
            Reason::SeriesTotal => "too many active series (ingest.limits.series)",
            Reason::DeltaOverlap => "overlaps what was received before",
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
        assert_eq!(Reason::from_code(27), None);
    }
}
