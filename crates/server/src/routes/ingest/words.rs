//! Why things are refused, in words, and what to do about it.

use tacho_ingest::reason::Reason;

/// Why, and what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Words {
    pub(super) reason: &'static str,
    pub(super) hint: &'static str,
}

const fn words(reason: &'static str, hint: &'static str) -> Words {
    Words { reason, hint }
}

const UNKNOWN: Words = words("another reason", "see the log of the server");

/// Of a span, log record or sample, by the label on `/metrics`.
pub(super) fn of_item(label: &str) -> Words {
    let reason = Reason::ALL.into_iter().find(|of| of.as_str() == label);
    reason.map_or(UNKNOWN, |reason| words(reason.message(), hint(reason)))
}

fn hint(reason: Reason) -> &'static str {
    match reason {
        Reason::TraceIdMissing
        | Reason::TraceIdZero
        | Reason::TraceIdInvalid
        | Reason::SpanIdMissing
        | Reason::SpanIdZero
        | Reason::SpanIdInvalid
        | Reason::ParentSpanIdInvalid => {
            "mend the sender: trace ids have 32 hexadecimal digits, span ids 16, or a text of at most 128 bytes"
        }
        Reason::StartTimeUnset | Reason::EndTimeUnset => {
            "end spans before they are exported, and set both times"
        }
        Reason::TimeOutOfRange => "send times in nanoseconds since 1970",
        Reason::TimeInFuture => {
            "set the sender's clock, or raise ingest.limits.future; times are nanoseconds since 1970"
        }
        Reason::FieldTooLarge | Reason::BodyTooLarge => {
            "shorten it at the sender, or raise ingest.limits.value_bytes"
        }
        Reason::TemporalityUnspecified => {
            "set the temporality of the exporter to cumulative or delta"
        }
        Reason::MetricNameInvalid | Reason::LabelsInvalid | Reason::SeriesInvalid => {
            "mend names and labels at the sender"
        }
        Reason::BucketsInvalid | Reason::HistogramInvalid | Reason::ValueMissing => {
            "mend the instrument at the sender"
        }
        Reason::ScaleTooCoarse => "give the exponential histogram a scale of at least -4",
        Reason::TooOld => "send sooner, or widen storage.out_of_order",
        Reason::DuplicateTime => {
            "look for two senders of one series: give each its own service.instance.id"
        }
        Reason::SeriesOfMetric => {
            "take labels with many values off the metric, or raise ingest.limits.series_per_metric"
        }
        Reason::SeriesTotal => {
            "find what makes the series at /api/v1/metrics/cardinality, or raise ingest.limits.series"
        }
        Reason::DeltaOverlap => "look for two senders of one series, or for one that sends twice",
    }
}

/// Of a request of telemetry, by the label on `/metrics`.
pub(super) fn of_request(label: &str) -> Words {
    match label {
        "malformed" => words(
            "the body is not what it is said to be",
            "check the protocol of the exporter: grpc, http/protobuf or http/json",
        ),
        "unauthenticated" => words(
            "no token, or an unknown one",
            "give the sender a token of auth.tokens with the scope ingest",
        ),
        "forbidden" => words(
            "the token may not send, or the host is foreign",
            "give the token the scope ingest, or add the host to http.allowed_hosts",
        ),
        "method_not_allowed" => words("the method is not POST", "check the exporter's address"),
        "timeout" => words(
            "the body came too slowly",
            "look at the network, or raise http.body_timeout",
        ),
        "too_large" => words(
            "the body is too large",
            "make the exporter's batches smaller, or raise ingest.limits.request_bytes",
        ),
        "unsupported_type" => words(
            "unknown content type",
            "use application/x-protobuf or application/json",
        ),
        "unsupported_encoding" => words("unknown compression", "use gzip, zstd, snappy or none"),
        "overloaded" => words(
            "there was too much to do",
            "senders try again; give the server more memory or a faster disk if it lasts",
        ),
        "unimplemented" => words(
            "a signal or service that is not taken here",
            "traces, logs and metrics are taken; switch the exporter of the rest off",
        ),
        "unavailable" => words(
            "nothing could be written",
            "free disk space: see storage.min_free and /api/v1/status",
        ),
        "internal" => words("a fault of the server", "see the log of the server"),
        _ => UNKNOWN,
    }
}

/// Of a request before it reached a route, of queries and streams.
pub(super) fn of_refused(label: &str) -> Words {
    match label {
        "host" => words(
            "a foreign Host or Origin",
            "add the name to http.allowed_hosts",
        ),
        "token" => words(
            "no token, or one that may not do this",
            "send a token of auth.tokens, or the admin token of the data folder",
        ),
        "content_type" => words(
            "a body that is not declared as JSON",
            "send content-type: application/json",
        ),
        "not_ready" => words(
            "the server was starting or stopping",
            "ask again; /ready tells when",
        ),
        "panic" => words("a fault of the server", "see the log of the server"),
        "queries" => words(
            "too many queries waited",
            "ask less at a time, or raise query.max_concurrent and query.max_waiting",
        ),
        "queries_late" => words(
            "a query took too long",
            "narrow its time range or filters, or raise query.timeout",
        ),
        "streams" => words(
            "too many live streams were open",
            "close pages that follow, or raise stream.max_streams",
        ),
        _ => UNKNOWN,
    }
}

#[cfg(test)]
mod tests {
    use super::{UNKNOWN, of_item, of_refused, of_request};
    use crate::state::RefusedRequests;
    use tacho_ingest::reason::Reason;
    use tacho_ingest::refusal::RefusalKind;

    #[test]
    fn every_reason_has_words() {
        for reason in Reason::ALL {
            assert_ne!(of_item(reason.as_str()), UNKNOWN);
        }
        for kind in RefusalKind::ALL {
            assert_ne!(of_request(kind.as_str()), UNKNOWN, "{kind:?}");
        }
        for (reason, _) in RefusedRequests::default().all() {
            assert_ne!(of_refused(reason), UNKNOWN, "{reason}");
        }
    }
}
