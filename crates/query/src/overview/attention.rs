//! What needs a look: the rules, with their thresholds. All of them are deterministic.

use super::books::{Sender, Times};
use super::operations::Operation;
use super::scan::Sums;
use super::words::{percent, span_of_time};
use super::{ATTENTION_MAX, Attention, AttentionKind};
use crate::error::Result;
use crate::run::Run;
use crate::tally::{Group, Groups, share};
use crate::trace::TraceSummary;
use std::collections::BTreeMap;
use tacho_model::time::{SECOND_NS, Timestamp};

/// Fewer failures are no rule.
const FAILURES_MIN: u64 = 3;
/// Share of failures from which on an operation is told.
const FAILING: f64 = 0.05;
/// Share from which on it is critical, if it was less before.
const FAILING_BADLY: f64 = 0.20;
/// Requests that both times must have to be compared.
const COMPARED_MIN: u64 = 20;
/// So many times as long as before is slow.
const SLOWER: f64 = 2.0;
/// Shorter requests are quick whatever they were before.
const SLOW_NS: i64 = 100_000_000;
/// A service that sent fewer spans a minute is not missed.
const STEADY_PER_MINUTE: f64 = 1.0;
/// Shorter silence is none.
const SILENT_NS: i64 = 5 * 60 * SECOND_NS;
/// Silence is longer than so many usual gaps.
const SILENT_GAPS: i64 = 10;
/// Who worked for less than this is done, not silent.
const STEADY_NS: i64 = 10 * 60 * SECOND_NS;

/// What needs a look, the worst first.
pub(crate) fn of(run: &Run<'_>, sums: &mut Sums) -> Result<Vec<Attention>> {
    let operations = std::mem::replace(&mut sums.operations, Groups::new(2));
    let mut found = Vec::new();
    for group in operations.busiest() {
        let service = sums.services.names.name(group.number);
        let total = sums.requests.tally.count;
        found.extend(failing(&group, service, &sums.times, total));
        found.extend(slow(&group, service, &sums.times, total));
    }
    let all: u64 = sums.services.sums.iter().map(|sender| sender.spans).sum();
    for (number, sender) in sums.services.sums.iter().enumerate() {
        let service = sums.services.names.name(number as u32);
        found.extend(silent(sender, service, &sums.times, all));
    }
    let stuck = sums.traces.stuck(run, &sums.times)?;
    found.extend(stuck_by_origin(&stuck, all, &sums.times));
    sort(&mut found);
    found.truncate(ATTENTION_MAX);
    Ok(found)
}

/// The worst first: critical ones, then by the share of requests they concern.
fn sort(found: &mut [Attention]) {
    found.sort_by(|a, b| {
        b.critical
            .cmp(&a.critical)
            .then_with(|| b.weight.total_cmp(&a.weight))
            .then_with(|| a.kind.cmp(&b.kind))
            .then_with(|| (&a.service, &a.operation).cmp(&(&b.service, &b.operation)))
    });
}

fn failing(
    group: &Group<Operation>,
    service: &str,
    times: &Times,
    total: u64,
) -> Option<Attention> {
    let (now, operation) = (&group.value.now, &group.value);
    let rate = now.error_rate();
    if now.errors < FAILURES_MIN || rate < FAILING {
        return None;
    }
    let before = share(operation.before_errors, operation.before);
    let known = operation.before > 0;
    let compared = if known {
        format!("{} before", percent(before))
    } else {
        "no requests before".to_owned()
    };
    let (errors, count) = (now.errors, now.count);
    let first = now.failed.iter().position(|count| *count > 0);
    Some(Attention {
        kind: AttentionKind::Failing,
        critical: rate >= FAILING_BADLY && before < FAILING_BADLY,
        weight: share(errors, total),
        message: format!(
            "{errors} of {count} requests failed ({}), {compared}",
            percent(rate)
        ),
        service: service.to_owned(),
        operation: Some(group.name.as_ref().to_owned()),
        since: first.map(|bucket| times.buckets.time(bucket)),
        value: Some(rate),
        usual: known.then_some(before),
        example: operation.failure.map(|(_, trace, span)| (trace, span)),
        trend: (0..times.buckets.count)
            .map(|bucket| share(at(&now.failed, bucket), at(&now.counts, bucket)))
            .collect(),
    })
}

fn at(counts: &[u32], bucket: usize) -> u64 {
    counts.get(bucket).copied().unwrap_or_default().into()
}

fn slow(group: &Group<Operation>, service: &str, times: &Times, total: u64) -> Option<Attention> {
    let operation = &group.value;
    let (newest, past) = (&operation.newest, &operation.past);
    if newest.count() < COMPARED_MIN || past.count() < COMPARED_MIN {
        return None;
    }
    let (now, usual) = (newest.quantile(0.95), past.quantile(0.95));
    if now < SLOW_NS || (now as f64) < SLOWER * usual as f64 {
        return None;
    }
    let took = operation.took.iter().enumerate();
    let mut trend: Vec<f64> = took
        .map(|(bucket, ns)| match at(&operation.now.counts, bucket) {
            0 => 0.0,
            count => *ns as f64 / 1e6 / count as f64,
        })
        .collect();
    trend.resize(times.buckets.count, 0.0);
    Some(Attention {
        kind: AttentionKind::Slow,
        critical: false,
        weight: share(newest.count(), total),
        message: format!(
            "95 % of requests took up to {} in the last {}, up to {} before",
            span_of_time(now),
            span_of_time(times.end() - times.newest),
            span_of_time(usual),
        ),
        service: service.to_owned(),
        operation: Some(group.name.as_ref().to_owned()),
        since: Some(Timestamp(times.newest)),
        value: Some(now as f64 / 1e6),
        usual: Some(usual as f64 / 1e6),
        example: operation.longest.map(|(_, trace, span)| (trace, span)),
        trend,
    })
}

fn silent(sender: &Sender, service: &str, times: &Times, all: u64) -> Option<Attention> {
    let worked = sender.last.saturating_sub(sender.first);
    if sender.spans < 2 || worked < STEADY_NS {
        return None;
    }
    let per_minute = sender.spans as f64 / (worked as f64 / 60e9);
    let usual_gap = worked / i64::try_from(sender.spans - 1).unwrap_or(i64::MAX);
    let quiet = times.end().saturating_sub(sender.last);
    let pause = longest_pause(&sender.activity, times.buckets.step_ns);
    let limit = SILENT_NS
        .max(usual_gap.saturating_mul(SILENT_GAPS))
        .max(pause);
    if per_minute < STEADY_PER_MINUTE || quiet <= limit {
        return None;
    }
    let counts = sender.activity.iter().skip(times.offset);
    let mut trend: Vec<f64> = counts.map(|count| f64::from(*count)).collect();
    trend.resize(times.buckets.count, 0.0);
    let rate = if per_minute < 9.95 {
        format!("{per_minute:.1}")
    } else {
        format!("{per_minute:.0}")
    };
    Some(Attention {
        kind: AttentionKind::Silent,
        critical: false,
        weight: share(sender.spans, all),
        message: format!(
            "nothing for {}, {rate} spans a minute before",
            span_of_time(quiet)
        ),
        service: service.to_owned(),
        operation: None,
        since: Some(Timestamp(sender.last)),
        value: Some(quiet as f64 / 60e9),
        usual: Some(usual_gap as f64 / 60e9),
        example: None,
        trend,
    })
}

/// The longest time without a span between two with spans, from buckets: it may have been almost
/// two buckets longer than the empty ones.
fn longest_pause(activity: &[u32], step_ns: i64) -> i64 {
    let (mut longest, mut pause, mut begun) = (0, 0, false);
    for count in activity {
        if *count == 0 {
            pause += i64::from(begun);
        } else {
            longest = longest.max(pause);
            (pause, begun) = (0, true);
        }
    }
    match longest {
        0 => 0,
        empty => (empty + 2) * step_ns,
    }
}

/// One entry for all stuck traces that began with the same operation of the same service.
fn stuck_by_origin(stuck: &[TraceSummary], spans: u64, times: &Times) -> Vec<Attention> {
    let mut origins: BTreeMap<(&str, &str), Vec<&TraceSummary>> = BTreeMap::new();
    for trace in stuck {
        let origin = (trace.root_service.as_str(), trace.root_name.as_str());
        origins.entry(origin).or_default().push(trace);
    }
    let told = origins.into_iter().filter_map(|((service, name), traces)| {
        let newest = traces.first()?;
        let quiet = times.end().saturating_sub(newest.end.0);
        let message = match traces.len() {
            1 => format!(
                "began {} ago and has not ended, nothing for {}",
                span_of_time(times.end().saturating_sub(newest.start.0)),
                span_of_time(quiet)
            ),
            count => format!(
                "{count} traces began and have not ended, nothing for {} in the newest",
                span_of_time(quiet)
            ),
        };
        Some(Attention {
            kind: AttentionKind::Stuck,
            critical: false,
            weight: share(traces.iter().map(|trace| trace.span_count).sum(), spans),
            message,
            service: service.to_owned(),
            operation: Some(name.to_owned()),
            since: Some(newest.end),
            value: Some(quiet as f64 / 60e9),
            usual: None,
            example: Some((newest.trace_id, newest.root_span)),
            trend: Vec::new(),
        })
    });
    told.collect()
}

#[cfg(test)]
mod tests {
    use super::longest_pause;

    #[test]
    fn pauses_lie_between_spans() {
        assert_eq!(longest_pause(&[0, 0, 1, 0, 0, 2, 0, 1, 0, 0, 0], 60), 240);
        assert_eq!(longest_pause(&[0, 3, 4, 0, 0, 0], 60), 0);
        assert_eq!(longest_pause(&[], 60), 0);
    }
}
