//! Counters of connections by listener.

use crate::listener::Kind;
use crate::telemetry::exposition::{Exposition, Type};
use std::sync::atomic::{AtomicU64, Ordering};

/// Why a connection was not taken or was closed by us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The system did not hand it over.
    Accept,
    /// Too many are open.
    Limit,
    /// The handshake of TLS failed.
    Tls,
    /// A head or handshake came too slowly.
    Slow,
    /// The client did not fetch its answer.
    Stuck,
}

const KINDS: [Kind; 4] = [Kind::Http, Kind::OtlpGrpc, Kind::OtlpHttp, Kind::Prometheus];
const REASONS: [(Refused, &str); 5] = [
    (Refused::Accept, "accept"),
    (Refused::Limit, "limit"),
    (Refused::Tls, "tls"),
    (Refused::Slow, "slow"),
    (Refused::Stuck, "stuck"),
];

/// Counters of connections.
#[derive(Debug, Default)]
pub struct Connections {
    opened: [AtomicU64; KINDS.len()],
    closed: [AtomicU64; KINDS.len()],
    refused: [[AtomicU64; REASONS.len()]; KINDS.len()],
}

impl Connections {
    pub(crate) fn opened(&self, kind: Kind) {
        self.opened[kind as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn closed(&self, kind: Kind) {
        self.closed[kind as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn refused(&self, kind: Kind, reason: Refused) {
        self.refused[kind as usize][reason as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// Connections that are open, of all listeners.
    pub fn open(&self) -> u64 {
        let sum = |counters: &[AtomicU64]| -> u64 {
            counters
                .iter()
                .map(|count| count.load(Ordering::Relaxed))
                .sum()
        };
        sum(&self.opened).saturating_sub(sum(&self.closed))
    }

    /// Prints the counters.
    pub fn write(&self, out: &mut Exposition) {
        let name = "tacho_server_connections_opened";
        out.family(name, Type::Counter, "Connections that were taken.");
        for kind in KINDS {
            let count = self.opened[kind as usize].load(Ordering::Relaxed);
            out.sample(name, &[("listener", kind.as_str())], count as f64);
        }
        let name = "tacho_server_connections_open";
        out.family(name, Type::Gauge, "Connections that are open.");
        for kind in KINDS {
            let closed = self.closed[kind as usize].load(Ordering::Relaxed);
            let opened = self.opened[kind as usize].load(Ordering::Relaxed);
            out.sample(
                name,
                &[("listener", kind.as_str())],
                opened.saturating_sub(closed) as f64,
            );
        }
        let name = "tacho_server_connections_refused";
        out.family(
            name,
            Type::Counter,
            "Connections that were not taken or were closed by us, by reason.",
        );
        for kind in KINDS {
            for (reason, label) in REASONS {
                let count = self.refused[kind as usize][reason as usize].load(Ordering::Relaxed);
                out.sample(
                    name,
                    &[("listener", kind.as_str()), ("reason", label)],
                    count as f64,
                );
            }
        }
    }
}
