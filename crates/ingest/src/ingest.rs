//! The way in: one request from its compressed body to the WAL and the head.
//!
//! Synchronous and bound by CPU; the server runs it on a bounded pool. Memory is reserved from the
//! store's budget while it grows, so overload is refused before it hurts.

pub mod decode;
pub mod samples;

use crate::body::{BodyError, decompress};
use crate::judge::{Judged, Ruling};
use crate::limits::Limits;
use crate::meter::Meter;
use crate::metrics::settings::SampleSettings;
use crate::partial;
use crate::refusal::{Refusal, RefusalKind};
use crate::request::{Accepted, Request};
use crate::telemetry::{Target, Telemetry};
use crate::verdict::Verdict;
use std::cell::RefCell;
use std::sync::{Arc, OnceLock, RwLock};
use tacho_model::signal::Signal;
use tacho_model::time::Timestamp;
use tacho_stdx::clock::Clock;
use tacho_storage::engine::budget::{Part, Reservation};
use tacho_storage::store::Store;
use tacho_storage::wal::Appended;
use tacho_storage::write::Write;
use tacho_wire::otlp::DecodeStats;

/// Settings of the way in.
#[derive(Debug, Clone, Copy)]
pub struct Config {
    /// What is taken.
    pub limits: Limits,
    /// Number of the configuration, noted in every frame.
    pub config_epoch: u32,
}

/// Takes requests in. Shared by all receivers; all methods may be called from any thread.
pub struct Ingest {
    store: Arc<Store>,
    config: Config,
    clock: Arc<dyn Clock>,
    telemetry: Arc<Telemetry>,
    samples: RwLock<Arc<SampleSettings>>,
    arrivals: OnceLock<ArrivalNotice>,
}

/// Told that something of a signal was taken and can be read. Called often, from any thread: must be
/// cheap and must not call back. What was derived by ourselves is not told.
pub type ArrivalNotice = Box<dyn Fn(Signal) + Send + Sync>;

impl std::fmt::Debug for Ingest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ingest")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

impl Ingest {
    /// A way into this store.
    pub fn new(store: Arc<Store>, config: Config, clock: Arc<dyn Clock>) -> Self {
        Self {
            store,
            config,
            clock,
            telemetry: Arc::default(),
            samples: RwLock::default(),
            arrivals: OnceLock::new(),
        }
    }

    /// Asks to be told of everything that arrives from now on. The first one to ask is told.
    pub fn set_arrival_notice(&self, notice: ArrivalNotice) {
        let _ = self.arrivals.set(notice);
    }

    fn arrived(&self, signal: Signal) {
        if let Some(notice) = self.arrivals.get() {
            notice(signal);
        }
    }

    /// The limits in force.
    pub fn limits(&self) -> &Limits {
        &self.config.limits
    }

    /// The counters.
    pub fn telemetry(&self) -> &Arc<Telemetry> {
        &self.telemetry
    }

    /// The store that requests go into.
    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// Whether a body of so many bytes may come in; cheap, asked before it is read.
    ///
    /// # Errors
    /// `TooLarge`.
    pub fn check_length(&self, sent_bytes: u64) -> Result<(), Refusal> {
        let limit = self.config.limits.sent_bytes;
        if sent_bytes > limit as u64 {
            let what = "as sent";
            return Err(BodyError::TooLarge { limit, what }.into());
        }
        Ok(())
    }

    /// Decodes, judges, logs and appends a request. On success it may be acknowledged once
    /// `Accepted::appended` is durable, not before. May block for a moment while the store makes
    /// room.
    ///
    /// # Errors
    /// The request as a whole is refused and nothing of it was written. The receiver counts it
    /// (`Telemetry::refused`) as it answers, because receivers refuse requests as well.
    pub fn accept(&self, request: &Request) -> Result<Accepted, Refusal> {
        if request.signal == Signal::Samples {
            return self.accept_metrics(request);
        }
        let target = Target::Signal(request.signal);
        self.telemetry
            .received(target, request.transport, request.body.len());
        let sent_bytes = request.body.len() as u64;
        self.check_length(sent_bytes)?;
        self.store.admission(request.signal, sent_bytes)?;
        let receive_time = Timestamp(self.clock.now_ns());
        let limits = &self.config.limits;
        let reservations = RefCell::new(Vec::new());
        let mut meter = self.meter(&reservations);
        let decoded = decompress(
            request.encoding,
            &request.body,
            limits.decoded_bytes,
            &mut meter,
        )?;
        let future = i64::try_from(limits.future.as_nanos()).unwrap_or(i64::MAX);
        let judging = decode::Judging {
            limits: &limits.items,
            receive_time,
            ruling: Ruling::Live {
                latest: Timestamp(receive_time.0.saturating_add(future)),
            },
        };
        let (judged, stats) = decode::decode(
            request.signal,
            request.content,
            &decoded,
            judging,
            &mut meter,
        )
        .map_err(|error| Refusal::new(RefusalKind::Malformed, error.to_string()))?;
        if judged.out_of_memory {
            return Err(BodyError::OverMemory.into());
        }
        self.write(request, receive_time, decoded.len(), judged, &stats)
    }

    /// Memory of a request counts for as long as it is at work.
    fn meter<'r>(&'r self, reservations: &'r RefCell<Vec<Reservation>>) -> Meter<'r> {
        Meter::new(Box::new(move |bytes| {
            match self.store.memory().try_reserve(Part::Requests, bytes) {
                Ok(reservation) => {
                    reservations.borrow_mut().push(reservation);
                    true
                }
                Err(_) => false,
            }
        }))
    }

    fn write(
        &self,
        request: &Request,
        receive_time: Timestamp,
        decoded_bytes: usize,
        judged: Judged,
        stats: &DecodeStats,
    ) -> Result<Accepted, Refusal> {
        let limits = &self.config.limits.items;
        let (counts, seen, accepted) = (judged.counts, judged.seen, judged.accepted);
        let appended = if accepted == 0 {
            None
        } else {
            Some(self.append(request, receive_time, decoded_bytes, judged)?)
        };
        let (signal, transport) = (request.signal, request.transport);
        self.telemetry
            .judged(signal, transport, decoded_bytes, accepted);
        self.telemetry.counted(signal, &counts, stats);
        Ok(Accepted {
            partial: partial::describe(signal, seen, &counts, stats, limits),
            appended,
        })
    }

    fn append(
        &self,
        request: &Request,
        receive_time: Timestamp,
        decoded_bytes: usize,
        judged: Judged,
    ) -> Result<Appended, Refusal> {
        let verdict = Verdict {
            decoded_bytes: decoded_bytes as u64,
            items: judged.seen,
            limits: self.config.limits.items,
            refused: judged.refused,
        };
        let write = Write {
            tenant: &request.tenant,
            receive_time,
            encoding: request.encoding.code(),
            content: request.content.code(),
            config_epoch: self.config.config_epoch,
            verdict: &verdict.encode(),
            body: &request.body,
            items: judged.items,
        };
        let appended = self.store.write(write)?;
        self.arrived(request.signal);
        Ok(appended)
    }
}

#[cfg(test)]
mod tests;
