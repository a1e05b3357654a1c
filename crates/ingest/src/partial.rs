//! What a sender is told about a request that was taken in part, or changed: one line with counts,
//! reasons and the place of the first example of each.

use crate::judge::Counts;
use crate::limits::ItemLimits;
use crate::reason::Reason;
use crate::request::Partial;
use std::fmt::Write as _;
use tacho_model::signal::Signal;
use tacho_wire::otlp::DecodeStats;

/// The partial success of a request; `None` if everything was taken as it came.
pub fn describe(
    signal: Signal,
    seen: u64,
    counts: &Counts,
    stats: &DecodeStats,
    limits: &ItemLimits,
) -> Option<Partial> {
    let rejected = counts.refused_total();
    let mut message = String::new();
    if rejected > 0 {
        let noun = match signal {
            Signal::Spans => "spans",
            Signal::Logs => "log records",
            Signal::Samples => "data points",
        };
        // Writing to a String cannot fail.
        let _ = write!(message, "{rejected} of {seen} {noun} refused: ");
        write_reasons(&mut message, counts);
    }
    for (count, what) in warnings(counts, stats, limits) {
        if count > 0 {
            if !message.is_empty() {
                message.push_str("; ");
            }
            let _ = write!(message, "{count} {what}");
        }
    }
    (!message.is_empty()).then_some(Partial { rejected, message })
}

/// The reasons with their counts and first items.
pub(crate) fn write_reasons(message: &mut String, counts: &Counts) {
    let mut separator = "";
    for reason in Reason::ALL {
        let index = reason.index();
        let (Some(count), Some(first)) =
            (counts.refused.get(index), counts.first_refused.get(index))
        else {
            continue;
        };
        if *count > 0 {
            let text = reason.message();
            let _ = write!(message, "{separator}{text} ({count}, first: item {first})");
            separator = ", ";
        }
    }
}

fn warnings(counts: &Counts, stats: &DecodeStats, limits: &ItemLimits) -> [(u64, String); 9] {
    let of = |what: &str, limit: u32| format!("{what} over the limit of {limit} dropped");
    [
        (
            counts.attributes_over_limit + stats.attributes_dropped,
            of("attributes", limits.attributes),
        ),
        (
            counts.values_over_limit,
            format!(
                "attributes with a value over {} bytes or a key over {} bytes dropped",
                limits.value_bytes, limits.key_bytes
            ),
        ),
        (
            counts.reserved_keys,
            "attributes with a reserved key (tacho.alias.*) dropped".to_owned(),
        ),
        (counts.events_over_limit, of("events", limits.events)),
        (counts.links_over_limit, of("links", limits.links)),
        (
            stats.too_large,
            format!("arrays or maps over {} bytes emptied", limits.value_bytes),
        ),
        (
            stats.too_deep,
            "values nested too deeply emptied".to_owned(),
        ),
        (
            stats.invalid_utf8,
            "texts with invalid UTF-8 repaired".to_owned(),
        ),
        (
            stats.invalid_link_ids,
            "ids of links were no ids and were emptied".to_owned(),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::describe;
    use crate::judge::Counts;
    use crate::limits::ItemLimits;
    use crate::reason::Reason;
    use tacho_model::signal::Signal;
    use tacho_wire::otlp::DecodeStats;

    fn message(counts: &Counts, stats: &DecodeStats) -> Option<(u64, String)> {
        describe(Signal::Spans, 10, counts, stats, &ItemLimits::default())
            .map(|partial| (partial.rejected, partial.message))
    }

    #[test]
    fn refused_items_are_counted_by_reason_with_an_example() {
        let mut counts = Counts::default();
        counts.refused[Reason::TraceIdZero.index()] = 2;
        counts.first_refused[Reason::TraceIdZero.index()] = 4;
        counts.refused[Reason::TimeInFuture.index()] = 1;
        let expected = "3 of 10 spans refused: trace id is all zero (2, first: item 4), \
            time lies too far in the future (1, first: item 0)";
        assert_eq!(
            message(&counts, &DecodeStats::default()),
            Some((3, expected.to_owned()))
        );
    }

    #[test]
    fn a_warning_rejects_nothing() {
        let counts = Counts {
            attributes_over_limit: 5,
            ..Counts::default()
        };
        let stats = DecodeStats {
            invalid_utf8: 1,
            ..DecodeStats::default()
        };
        let expected = "5 attributes over the limit of 1024 dropped; \
            1 texts with invalid UTF-8 repaired";
        assert_eq!(message(&counts, &stats), Some((0, expected.to_owned())));
        assert_eq!(message(&Counts::default(), &DecodeStats::default()), None);
    }
}
