//! The ways in for samples: OTLP metrics, remote write, and batches of scrapes and imports.
//!
//! The store judges samples too (age, duplicates, number of series), so the verdict is written while it holds
//! what it decided, and the sender is told about both.

pub mod batch;
pub mod remote;

use crate::body::{BodyError, ContentEncoding, decompress};
use crate::ingest::Ingest;
use crate::judge::Ruling;
use crate::meter::Meter;
use crate::metrics::decode::{self, Judging, Otlp, SharedOtlp};
use crate::metrics::labels::OtlpLabels;
use crate::metrics::partial::{Outcome, count_refused};
use crate::metrics::settings::SampleSettings;
use crate::metrics::translate::Translated;
use crate::metrics::verdict::SampleVerdict;
use crate::refusal::{Refusal, RefusalKind};
use crate::request::{Accepted, Request};
use crate::telemetry::Target;
use bytes::Bytes;
use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::{Arc, PoisonError};
use tacho_model::signal::Signal;
use tacho_model::time::Timestamp;
use tacho_storage::samples::batch::{Judgement, SampleBatch};
use tacho_storage::wal::Appended;
use tacho_storage::wal::frame::FrameKind;
use tacho_storage::write::SampleWrite;
use tacho_wire::error::{Error as WireError, ErrorKind as WireErrorKind};
use tacho_wire::otlp::DecodeStats;

/// What of a request the store is given beside its batch.
struct Frame<'a> {
    request: &'a Received<'a>,
    kind: FrameKind,
    content: u8,
    verdict: SampleVerdict,
}

/// A request as it came.
struct Received<'a> {
    tenant: &'a tacho_model::id::TenantId,
    receive_time: Timestamp,
    encoding: ContentEncoding,
    body: &'a Bytes,
}

impl Ingest {
    /// How samples are taken.
    pub fn sample_settings(&self) -> Arc<SampleSettings> {
        let settings = self.samples.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&settings)
    }

    /// Changes how samples are taken, for requests that come from now on.
    pub fn set_sample_settings(&self, settings: SampleSettings) {
        let mut current = self.samples.write().unwrap_or_else(PoisonError::into_inner);
        *current = Arc::new(settings);
    }

    /// Takes a request of OTLP metrics; `accept` comes here for samples. On success it may be acknowledged
    /// once `Accepted::appended` is durable, not before.
    ///
    /// # Errors
    /// As `accept`.
    pub fn accept_metrics(&self, request: &Request) -> Result<Accepted, Refusal> {
        let target = Target::Signal(Signal::Samples);
        let bytes = request.body.len();
        self.telemetry.received(target, request.transport, bytes);
        self.admit(bytes)?;
        let received = Received {
            tenant: &request.tenant,
            receive_time: Timestamp(self.clock.now_ns()),
            encoding: request.encoding,
            body: &request.body,
        };
        let settings = self.sample_settings();
        let reservations = RefCell::new(Vec::new());
        let mut meter = self.meter(&reservations);
        let body = self.decoded(&received, &mut meter)?;
        let limits = self.config.limits.items;
        let otlp = Otlp {
            content: request.content,
            limits: &limits,
            settings: Arc::new(settings.translation.clone()),
        };
        let judging = live(&received, &settings);
        let (translated, labels, stats) =
            decode::otlp(&body, &otlp, &judging, &mut meter).map_err(refusal_of)?;
        if translated.out_of_memory {
            return Err(BodyError::OverMemory.into());
        }
        let verdict = SampleVerdict {
            decoded_bytes: body.len() as u64,
            items: translated.seen,
            limits,
            translation: Some(settings.translation.clone()),
            refused: translated.refused.clone(),
            dropped: Vec::new(),
        };
        let frame = Frame {
            request: &received,
            kind: FrameKind::OtlpMetrics,
            content: request.content.code(),
            verdict,
        };
        self.write_metrics(request, frame, (translated, labels), &stats)
    }

    fn write_metrics(
        &self,
        request: &Request,
        frame: Frame<'_>,
        (translated, labels): (Translated, Arc<OtlpLabels>),
        stats: &DecodeStats,
    ) -> Result<Accepted, Refusal> {
        let decoded_bytes = frame.verdict.decoded_bytes as usize;
        let Translated {
            builder,
            seen,
            mut counts,
            empty_exemplars,
            ..
        } = translated;
        let batch = builder.finish(Box::new(SharedOtlp(Arc::clone(&labels))));
        let (judgement, appended) = self.write_batch(frame, batch)?;
        let partial = Outcome {
            seen,
            counts: &counts,
            judgement: &judgement,
            labels: &labels,
            stats,
            empty_exemplars,
            limits: &self.config.limits.items,
        }
        .describe();
        count_refused(&mut counts, &judgement);
        let accepted = judgement.accepted + judgement.repeated;
        self.telemetry
            .judged(Signal::Samples, request.transport, decoded_bytes, accepted);
        self.telemetry.counted(Signal::Samples, &counts, stats);
        Ok(Accepted { partial, appended })
    }

    /// Gives a batch to the store; nothing is written if there is nothing in it.
    fn write_batch(
        &self,
        frame: Frame<'_>,
        batch: SampleBatch,
    ) -> Result<(Judgement, Option<Appended>), Refusal> {
        if batch.points.is_empty() && batch.metadata.is_empty() && batch.exemplars.is_empty() {
            return Ok((Judgement::default(), None));
        }
        let Frame {
            request,
            kind,
            content,
            mut verdict,
        } = frame;
        let write = SampleWrite {
            tenant: request.tenant,
            receive_time: request.receive_time,
            kind,
            encoding: request.encoding.code(),
            content,
            config_epoch: self.config.config_epoch,
            body: request.body,
            batch,
        };
        let mut encode = |judgement: &Judgement| {
            verdict.judged(judgement);
            Ok(verdict.encode())
        };
        let written = self.store.write_samples(write, &mut encode)?;
        if kind != FrameKind::Derived {
            self.arrived(Signal::Samples);
        }
        Ok(written)
    }

    /// Whether a body of so many bytes may come in.
    fn admit(&self, sent_bytes: usize) -> Result<(), Refusal> {
        self.check_length(sent_bytes as u64)?;
        Ok(self.store.admission(Signal::Samples, sent_bytes as u64)?)
    }

    fn decoded(&self, received: &Received<'_>, meter: &mut Meter<'_>) -> Result<Bytes, Refusal> {
        let limit = self.config.limits.decoded_bytes;
        let body = decompress(received.encoding, received.body, limit, meter)?;
        Ok(match body {
            Cow::Borrowed(_) => received.body.clone(),
            Cow::Owned(bytes) => Bytes::from(bytes),
        })
    }
}

/// A live request's judge.
fn live<'a>(received: &Received<'_>, settings: &SampleSettings) -> Judging<'a> {
    let future = i64::try_from(settings.future.as_nanos()).unwrap_or(i64::MAX);
    Judging {
        receive_time: received.receive_time,
        ruling: Ruling::Live {
            latest: Timestamp(received.receive_time.0.saturating_add(future)),
        },
        label_limits: Some(settings.labels),
    }
}

fn refusal_of(error: WireError) -> Refusal {
    match error.kind() {
        WireErrorKind::Invalid => Refusal::new(RefusalKind::Malformed, error.to_string()),
        WireErrorKind::LimitExceeded => BodyError::OverMemory.into(),
    }
}

#[cfg(test)]
mod tests;
