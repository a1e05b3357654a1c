//! Batches that did not come as a request: scrapes, imports, derived samples. They are logged in a body of
//! their own (`sample_body.rs`).

use crate::body::ContentEncoding;
use crate::ingest::Ingest;
use crate::ingest::samples::{Frame, Received};
use crate::judge::Counts;
use crate::limits::ItemLimits;
use crate::metrics::batch::{PointRange, remove_points};
use crate::metrics::decode::known_labels;
use crate::metrics::partial::reason_of;
use crate::metrics::replay::CONTENT_SAMPLE_BATCH;
use crate::metrics::sample_body::{self, KnownLabels};
use crate::metrics::settings::SampleSettings;
use crate::metrics::verdict::SampleVerdict;
use crate::reason::Reason;
use crate::refusal::{Refusal, RefusalKind};
use crate::request::Transport;
use bytes::Bytes;
use tacho_model::id::TenantId;
use tacho_model::labels::Labels;
use tacho_model::signal::Signal;
use tacho_model::time::Timestamp;
use tacho_storage::samples::batch::SampleBatch;
use tacho_storage::wal::Appended;
use tacho_storage::wal::frame::FrameKind;
use tacho_wire::otlp::DecodeStats;

/// Fast and good enough: labels repeat from series to series.
const ZSTD_LEVEL: i32 = 1;
const MS_NS: i64 = 1_000_000;

/// Where a batch comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SampleOrigin {
    /// A scrape.
    Scrape,
    /// An import: its points are taken in any order and of any age.
    Import,
    /// Samples derived from other signals.
    Derived,
}

impl SampleOrigin {
    fn frame_kind(self) -> FrameKind {
        match self {
            SampleOrigin::Scrape => FrameKind::Scrape,
            SampleOrigin::Import => FrameKind::Import,
            SampleOrigin::Derived => FrameKind::Derived,
        }
    }

    fn transport(self) -> Transport {
        match self {
            SampleOrigin::Scrape => Transport::Scrape,
            SampleOrigin::Import | SampleOrigin::Derived => Transport::Import,
        }
    }
}

/// What became of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SamplesTaken {
    /// Where it lies in the WAL. `None` if nothing had to be written.
    pub appended: Option<Appended>,
    /// Points taken, repeated ones included.
    pub accepted: u64,
    /// Points that were there already.
    pub repeated: u64,
    /// Series that were not known before.
    pub created_series: u64,
    /// What was refused.
    pub refused: Vec<RefusedSamples>,
}

/// Points of one series that were refused for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedSamples {
    /// Position of the series in the batch.
    pub series: u32,
    /// How many points.
    pub count: u32,
    /// Why.
    pub reason: Reason,
    /// What is wrong with the labels, if that is the reason.
    pub detail: Option<String>,
}

/// A batch before it is given to the store.
struct Prepared {
    labels: Vec<Labels>,
    refused: Vec<RefusedSamples>,
    ranges: Vec<PointRange>,
}

impl Ingest {
    /// Takes a batch of samples of a tenant. It is kept once `SamplesTaken::appended` is durable. Points whose
    /// labels are not acceptable or that lie too far in the future are refused, as is what the store
    /// refuses; the rest is taken.
    ///
    /// # Errors
    /// The batch as a whole is refused and nothing of it was written.
    pub fn accept_samples(
        &self,
        tenant: &TenantId,
        origin: SampleOrigin,
        mut batch: SampleBatch,
    ) -> Result<SamplesTaken, Refusal> {
        let settings = self.sample_settings();
        let receive_time = Timestamp(self.clock.now_ns());
        let Prepared {
            labels,
            mut refused,
            ranges,
        } = prepare(&batch, &settings, receive_time);
        if !remove_points(&mut batch, &ranges) {
            let what = "ranges of refused points lie beyond their batch";
            return Err(Refusal::new(RefusalKind::Internal, what));
        }
        let encoded = sample_body::encode(&batch, &labels);
        self.store
            .admission(Signal::Samples, encoded.len() as u64)?;
        let compressed = zstd::bulk::compress(&encoded, ZSTD_LEVEL)
            .map_err(|error| Refusal::new(RefusalKind::Internal, error.to_string()))?;
        let body = Bytes::from(compressed);
        let received = Received {
            tenant,
            receive_time,
            encoding: ContentEncoding::Zstd,
            body: &body,
        };
        let frame = Frame {
            request: &received,
            kind: origin.frame_kind(),
            content: CONTENT_SAMPLE_BATCH,
            verdict: SampleVerdict {
                decoded_bytes: encoded.len() as u64,
                items: batch.points.len() as u64,
                limits: ItemLimits::default(),
                translation: None,
                refused: Vec::new(),
                dropped: Vec::new(),
            },
        };
        let decoded_bytes = encoded.len();
        batch.labels = Box::new(KnownLabels(labels));
        let (judgement, appended) = self.write_batch(frame, batch)?;
        refused.extend(judgement.refused.iter().map(|range| RefusedSamples {
            series: range.series,
            count: range.count,
            reason: reason_of(range.reason),
            detail: range.detail.clone(),
        }));
        let accepted = judgement.accepted + judgement.repeated;
        self.count_batch(origin, decoded_bytes, accepted, &refused);
        Ok(SamplesTaken {
            appended,
            accepted,
            repeated: judgement.repeated,
            created_series: judgement.created_series,
            refused,
        })
    }

    fn count_batch(
        &self,
        origin: SampleOrigin,
        decoded_bytes: usize,
        accepted: u64,
        refused: &[RefusedSamples],
    ) {
        let mut counts = Counts::default();
        for range in refused {
            if let Some(count) = counts.refused.get_mut(range.reason.index()) {
                *count += u64::from(range.count);
            }
        }
        let transport = origin.transport();
        self.telemetry
            .judged(Signal::Samples, transport, decoded_bytes, accepted);
        self.telemetry
            .counted(Signal::Samples, &counts, &DecodeStats::default());
    }
}

/// Asks for all labels, and finds the points that cannot be taken.
fn prepare(batch: &SampleBatch, settings: &SampleSettings, receive_time: Timestamp) -> Prepared {
    let future = i64::try_from(settings.future.as_nanos()).unwrap_or(i64::MAX);
    let latest_ms = receive_time.0.saturating_add(future).div_euclid(MS_NS);
    let mut prepared = Prepared {
        labels: Vec::with_capacity(batch.series.len()),
        refused: Vec::new(),
        ranges: Vec::new(),
    };
    let mut first = 0u32;
    for (position, run) in batch.series.iter().enumerate() {
        let series = position as u32;
        let labels = known_labels(batch.labels.as_ref(), position, &settings.labels);
        let points = batch.points.get(first as usize..);
        let points = points.unwrap_or_default().iter().take(run.points as usize);
        match labels {
            Ok(labels) => {
                prepared.labels.push(labels);
                for (place, point) in (first..).zip(points) {
                    let reason = time_refusal(point.time_ms, latest_ms);
                    if let Some(reason) = reason {
                        prepared.refuse(series, (place, 1), reason, None);
                    }
                }
            }
            Err(error) => {
                prepared.labels.push(Labels::default());
                let detail = Some(error.message().to_owned());
                let range = (first, run.points);
                prepared.refuse(series, range, Reason::LabelsInvalid, detail);
            }
        }
        first = first.saturating_add(run.points);
    }
    prepared
}

fn time_refusal(time_ms: i64, latest_ms: i64) -> Option<Reason> {
    if time_ms.unsigned_abs() > (i64::MAX / MS_NS) as u64 {
        Some(Reason::TimeOutOfRange)
    } else if time_ms > latest_ms {
        Some(Reason::TimeInFuture)
    } else {
        None
    }
}

impl Prepared {
    fn refuse(
        &mut self,
        series: u32,
        (first, count): PointRange,
        reason: Reason,
        detail: Option<String>,
    ) {
        if count > 0 {
            self.ranges.push((first, count));
        }
        match self.refused.last_mut() {
            Some(last) if last.series == series && last.reason == reason => last.count += count,
            _ => self.refused.push(RefusedSamples {
                series,
                count,
                reason,
                detail,
            }),
        }
    }
}
