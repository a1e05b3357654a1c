//! Every counter of this crate, in one place. The server shows them on `/metrics`.

use crate::judge::Counts;
use crate::reason::Reason;
use crate::refusal::RefusalKind;
use crate::request::Transport;
use std::sync::atomic::{AtomicU64, Ordering};
use tacho_model::signal::Signal;
use tacho_wire::otlp::DecodeStats;

/// What a request was sent for, as far as counting goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A signal that is taken.
    Signal(Signal),
    /// Anything else: profiles, unknown services.
    Other,
}

const TARGETS: [Target; 4] = [
    Target::Signal(Signal::Spans),
    Target::Signal(Signal::Logs),
    Target::Signal(Signal::Samples),
    Target::Other,
];

impl Target {
    fn as_str(self) -> &'static str {
        match self {
            Target::Signal(signal) => signal.as_str(),
            Target::Other => "other",
        }
    }

    fn index(self) -> usize {
        match self {
            Target::Signal(Signal::Spans) => 0,
            Target::Signal(Signal::Logs) => 1,
            Target::Signal(Signal::Samples) => 2,
            Target::Other => 3,
        }
    }
}

/// What is dropped from items that are kept, and what is noticed about them.
#[derive(Debug, Clone, Copy)]
enum Noticed {
    AttributesOverLimit,
    ValuesOverLimit,
    ReservedKeys,
    EventsOverLimit,
    LinksOverLimit,
    NestedOverLimit,
    NestedTooDeep,
    InvalidUtf8,
    InvalidLinkIds,
    NegativeDurations,
}

impl Noticed {
    const ALL: [(Noticed, &'static str); 10] = [
        (Noticed::AttributesOverLimit, "attribute_over_limit"),
        (Noticed::ValuesOverLimit, "value_over_limit"),
        (Noticed::ReservedKeys, "reserved_key"),
        (Noticed::EventsOverLimit, "event_over_limit"),
        (Noticed::LinksOverLimit, "link_over_limit"),
        (Noticed::NestedOverLimit, "nested_over_limit"),
        (Noticed::NestedTooDeep, "nested_too_deep"),
        (Noticed::InvalidUtf8, "invalid_utf8"),
        (Noticed::InvalidLinkIds, "invalid_link_id"),
        (Noticed::NegativeDurations, "negative_duration"),
    ];
}

type ByTarget<T> = [T; TARGETS.len()];
type ByTransport<T> = [T; Transport::ALL.len()];

/// The counters. All grow only.
#[derive(Debug, Default)]
pub struct Telemetry {
    requests: ByTarget<ByTransport<AtomicU64>>,
    received_bytes: ByTarget<ByTransport<AtomicU64>>,
    decoded_bytes: ByTarget<ByTransport<AtomicU64>>,
    accepted_items: ByTarget<ByTransport<AtomicU64>>,
    refused_items: ByTarget<[AtomicU64; Reason::ALL.len()]>,
    refused_requests: ByTarget<ByTransport<[AtomicU64; RefusalKind::ALL.len()]>>,
    noticed: ByTarget<[AtomicU64; Noticed::ALL.len()]>,
}

/// A counter with its samples, ready to be printed.
#[derive(Debug, Clone)]
pub struct Family {
    /// Name, with unit and `_total`.
    pub name: &'static str,
    /// What it counts.
    pub help: &'static str,
    /// Label pairs and value.
    pub samples: Vec<(Vec<(&'static str, &'static str)>, u64)>,
}

fn add(counter: Option<&AtomicU64>, by: u64) {
    if let Some(counter) = counter {
        counter.fetch_add(by, Ordering::Relaxed);
    }
}

fn of<T>(table: &ByTarget<ByTransport<T>>, target: Target, transport: Transport) -> Option<&T> {
    table.get(target.index())?.get(transport as usize)
}

impl Telemetry {
    /// A request whose body was received, of so many bytes as sent.
    pub fn received(&self, target: Target, transport: Transport, bytes: usize) {
        add(of(&self.requests, target, transport), 1);
        add(of(&self.received_bytes, target, transport), bytes as u64);
    }

    /// A request of which nothing was taken.
    pub fn refused(&self, target: Target, transport: Transport, kind: RefusalKind) {
        let kinds = of(&self.refused_requests, target, transport);
        add(kinds.and_then(|kinds| kinds.get(kind.index())), 1);
    }

    /// A request that was judged and, if anything was accepted, written.
    pub(crate) fn judged(
        &self,
        signal: Signal,
        transport: Transport,
        decoded_bytes: usize,
        accepted: u64,
    ) {
        let target = Target::Signal(signal);
        add(
            of(&self.decoded_bytes, target, transport),
            decoded_bytes as u64,
        );
        add(of(&self.accepted_items, target, transport), accepted);
    }

    /// What was refused and noticed in a request.
    pub(crate) fn counted(&self, signal: Signal, counts: &Counts, stats: &DecodeStats) {
        let index = Target::Signal(signal).index();
        for (reason, count) in counts.refused.iter().enumerate() {
            if *count > 0 {
                let reasons = self.refused_items.get(index);
                add(reasons.and_then(|reasons| reasons.get(reason)), *count);
            }
        }
        for (what, _) in Noticed::ALL {
            let count = match what {
                Noticed::AttributesOverLimit => {
                    counts.attributes_over_limit + stats.attributes_dropped
                }
                Noticed::ValuesOverLimit => counts.values_over_limit,
                Noticed::ReservedKeys => counts.reserved_keys,
                Noticed::EventsOverLimit => counts.events_over_limit,
                Noticed::LinksOverLimit => counts.links_over_limit,
                Noticed::NestedOverLimit => stats.too_large,
                Noticed::NestedTooDeep => stats.too_deep,
                Noticed::InvalidUtf8 => stats.invalid_utf8,
                Noticed::InvalidLinkIds => stats.invalid_link_ids,
                Noticed::NegativeDurations => counts.negative_durations,
            };
            if count > 0 {
                let row = self.noticed.get(index);
                add(row.and_then(|row| row.get(what as usize)), count);
            }
        }
    }

    /// Items of a signal accepted since the start, whichever way they came.
    pub fn accepted_items(&self, signal: Signal) -> u64 {
        let row = self.accepted_items.get(Target::Signal(signal).index());
        let counts = row.into_iter().flatten();
        counts.map(|count| count.load(Ordering::Relaxed)).sum()
    }

    /// Items of a signal refused since the start, for any reason.
    pub fn refused_items(&self, signal: Signal) -> u64 {
        let row = self.refused_items.get(Target::Signal(signal).index());
        let counts = row.into_iter().flatten();
        counts.map(|count| count.load(Ordering::Relaxed)).sum()
    }

    /// All counters.
    pub fn families(&self) -> Vec<Family> {
        vec![
            by_transport(
                "tacho_ingest_requests_total",
                "Requests whose body was received.",
                &self.requests,
            ),
            by_transport(
                "tacho_ingest_received_bytes_total",
                "Bytes of bodies as sent.",
                &self.received_bytes,
            ),
            by_transport(
                "tacho_ingest_decoded_bytes_total",
                "Bytes of bodies after decompression, of requests that were judged.",
                &self.decoded_bytes,
            ),
            by_transport(
                "tacho_ingest_accepted_items_total",
                "Spans, log records and samples taken.",
                &self.accepted_items,
            ),
            self.refused_requests_family(),
            by_name(
                "tacho_ingest_refused_items_total",
                "Spans, log records and samples refused, by reason.",
                &self.refused_items,
                &Reason::ALL.map(Reason::as_str),
            ),
            by_name(
                "tacho_ingest_irregularities_total",
                "What was dropped from items that were kept, or noticed about them, by reason.",
                &self.noticed,
                &Noticed::ALL.map(|(_, name)| name),
            ),
        ]
    }

    fn refused_requests_family(&self) -> Family {
        let mut samples = Vec::new();
        for target in TARGETS {
            for transport in Transport::ALL {
                for kind in RefusalKind::ALL {
                    let kinds = of(&self.refused_requests, target, transport);
                    let count = kinds.and_then(|kinds| kinds.get(kind.index()));
                    let labels = vec![
                        ("signal", target.as_str()),
                        ("transport", transport.as_str()),
                        ("kind", kind.as_str()),
                    ];
                    samples.push((
                        labels,
                        count.map_or(0, |count| count.load(Ordering::Relaxed)),
                    ));
                }
            }
        }
        Family {
            name: "tacho_ingest_refused_requests_total",
            help: "Requests of which nothing was taken, by kind of refusal.",
            samples,
        }
    }
}

fn by_transport(
    name: &'static str,
    help: &'static str,
    table: &ByTarget<ByTransport<AtomicU64>>,
) -> Family {
    let mut samples = Vec::new();
    for target in TARGETS {
        for transport in Transport::ALL {
            if let Some(count) = of(table, target, transport) {
                let labels = vec![
                    ("signal", target.as_str()),
                    ("transport", transport.as_str()),
                ];
                samples.push((labels, count.load(Ordering::Relaxed)));
            }
        }
    }
    Family {
        name,
        help,
        samples,
    }
}

fn by_name<const N: usize>(
    name: &'static str,
    help: &'static str,
    table: &ByTarget<[AtomicU64; N]>,
    names: &[&'static str; N],
) -> Family {
    let mut samples = Vec::new();
    for (target, row) in TARGETS.into_iter().zip(table) {
        if target == Target::Other {
            continue;
        }
        for (reason, count) in names.iter().zip(row) {
            let labels = vec![("signal", target.as_str()), ("reason", *reason)];
            samples.push((labels, count.load(Ordering::Relaxed)));
        }
    }
    Family {
        name,
        help,
        samples,
    }
}

#[cfg(test)]
mod tests {
    use super::{Noticed, Target, Telemetry};
    use crate::refusal::RefusalKind;
    use crate::request::Transport;
    use tacho_model::signal::Signal;

    #[test]
    fn each_counter_has_a_sample_per_combination_of_labels() {
        let telemetry = Telemetry::default();
        let target = Target::Signal(Signal::Logs);
        telemetry.received(target, Transport::Http, 120);
        telemetry.refused(Target::Other, Transport::Grpc, RefusalKind::Unimplemented);
        let families = telemetry.families();
        let value = |name: &str, wanted: &[(&str, &str)]| {
            let family = families.iter().find(|family| family.name == name).unwrap();
            let sample = family.samples.iter().find(|(labels, _)| labels == wanted);
            sample.map(|(_, value)| *value)
        };
        let labels = [("signal", "logs"), ("transport", "http")];
        assert_eq!(
            value("tacho_ingest_received_bytes_total", &labels),
            Some(120)
        );
        let labels = [
            ("signal", "other"),
            ("transport", "grpc"),
            ("kind", "unimplemented"),
        ];
        assert_eq!(
            value("tacho_ingest_refused_requests_total", &labels),
            Some(1)
        );
        let labels = [("signal", "spans"), ("reason", "trace_id_zero")];
        assert_eq!(value("tacho_ingest_refused_items_total", &labels), Some(0));
    }

    #[test]
    fn places_in_the_table_of_irregularities_match() {
        for (index, (what, _)) in Noticed::ALL.into_iter().enumerate() {
            assert_eq!(what as usize, index);
        }
    }
}
