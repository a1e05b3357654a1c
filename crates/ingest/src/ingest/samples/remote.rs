//! Remote write. Good series of a request are taken whatever is wrong with others; the sender gets status 400
//! with the problems then, and sends nothing of it again.

use crate::body::{BodyError, ContentEncoding};
use crate::ingest::Ingest;
use crate::ingest::samples::{Frame, Received, live, refusal_of};
use crate::limits::ItemLimits;
use crate::metrics::decode;
use crate::metrics::partial::count_refused;
use crate::metrics::remote_write::{Lines, SharedLabels, WriteLabels, Written};
use crate::metrics::replay::content_of;
use crate::metrics::verdict::SampleVerdict;
use crate::refusal::Refusal;
use crate::request::Transport;
use crate::telemetry::Target;
use bytes::Bytes;
use std::cell::RefCell;
use std::sync::Arc;
use tacho_model::id::TenantId;
use tacho_model::signal::Signal;
use tacho_model::time::Timestamp;
use tacho_storage::samples::batch::{Judgement, PointValue, RefusedPoints, RefusedReason};
use tacho_storage::wal::Appended;
use tacho_storage::wal::frame::FrameKind;
use tacho_wire::otlp::DecodeStats;
use tacho_wire::remote_write::Version;

/// A request of remote write whose body was read completely and is still compressed.
#[derive(Debug, Clone)]
pub struct RemoteWriteRequest {
    /// Whose data it is.
    pub tenant: TenantId,
    /// Which message it is, by its content type.
    pub version: Version,
    /// How it is compressed; senders use snappy.
    pub encoding: ContentEncoding,
    /// The body as it came.
    pub body: Bytes,
}

/// What became of a request of remote write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteWritten {
    /// Where it lies in the WAL; it may be answered when this is durable. `None` if nothing had to be
    /// written.
    pub appended: Option<Appended>,
    /// Float samples taken: `X-Prometheus-Remote-Write-Samples-Written`.
    pub samples: u64,
    /// Histograms taken: `X-Prometheus-Remote-Write-Histograms-Written`.
    pub histograms: u64,
    /// Exemplars taken: `X-Prometheus-Remote-Write-Exemplars-Written`.
    pub exemplars: u64,
    /// What was not taken and why, a line each: then the answer is 400 with this text.
    pub problem: Option<String>,
}

impl Ingest {
    /// Takes a request of remote write. It may be answered once `RemoteWritten::appended` is durable.
    ///
    /// # Errors
    /// The request as a whole is refused and nothing of it was written. The receiver counts it
    /// (`Telemetry::refused`) as it answers.
    pub fn accept_remote_write(
        &self,
        request: &RemoteWriteRequest,
    ) -> Result<RemoteWritten, Refusal> {
        let target = Target::Signal(Signal::Samples);
        let bytes = request.body.len();
        self.telemetry.received(target, Transport::Http, bytes);
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
        let decoded_bytes = body.len();
        let judging = live(&received, &settings);
        let written = decode::remote_write(body, request.version, &judging, &mut meter)
            .map_err(refusal_of)?;
        if written.out_of_memory {
            return Err(BodyError::OverMemory.into());
        }
        let frame = Frame {
            request: &received,
            kind: FrameKind::RemoteWrite,
            content: content_of(request.version),
            verdict: SampleVerdict {
                decoded_bytes: decoded_bytes as u64,
                items: written.seen,
                limits: ItemLimits::default(),
                translation: None,
                refused: written.refused.clone(),
                dropped: Vec::new(),
            },
        };
        self.write_remote(frame, written, decoded_bytes)
    }

    fn write_remote(
        &self,
        frame: Frame<'_>,
        written: Written,
        decoded_bytes: usize,
    ) -> Result<RemoteWritten, Refusal> {
        let Written {
            builder,
            labels,
            mut counts,
            mut lines,
            ..
        } = written;
        let is_histogram: Vec<bool> = if builder.histograms.is_empty() {
            Vec::new()
        } else {
            let points = builder.points.iter();
            points
                .map(|point| matches!(point.value, PointValue::Histogram(_)))
                .collect()
        };
        let total = builder.points.len() as u64;
        let all_histograms = builder.histograms.len() as u64;
        let exemplars: Vec<u32> = builder
            .exemplars
            .iter()
            .map(|(series, _)| *series)
            .collect();
        let runs: Vec<u32> = match exemplars.is_empty() {
            true => Vec::new(),
            false => builder.series.iter().map(|run| run.points).collect(),
        };
        let batch = builder.finish(Box::new(SharedLabels(Arc::clone(&labels))));
        let (judgement, appended) = self.write_batch(frame, batch)?;
        let lost = lost(&judgement, &is_histogram);
        for range in &judgement.refused {
            lines.add(u64::from(range.count), || line(range, &labels));
        }
        count_refused(&mut counts, &judgement);
        let accepted = judgement.accepted + judgement.repeated;
        self.telemetry
            .judged(Signal::Samples, Transport::Http, decoded_bytes, accepted);
        self.telemetry
            .counted(Signal::Samples, &counts, &DecodeStats::default());
        Ok(RemoteWritten {
            appended,
            samples: (total - all_histograms).saturating_sub(lost.0),
            histograms: all_histograms.saturating_sub(lost.1),
            exemplars: kept_exemplars(&exemplars, &runs, &judgement),
            problem: Lines::into_text(lines),
        })
    }
}

/// Floats and histograms that the store refused.
fn lost(judgement: &Judgement, is_histogram: &[bool]) -> (u64, u64) {
    let mut lost = (0, 0);
    for range in &judgement.refused {
        let first = range.first as usize;
        let own = is_histogram.get(first..first + range.count as usize);
        let own = own.unwrap_or_default();
        let histograms = own.iter().filter(|is_histogram| **is_histogram).count() as u64;
        lost.0 += u64::from(range.count) - histograms;
        lost.1 += histograms;
    }
    lost
}

/// Exemplars of series of which the store took anything.
fn kept_exemplars(exemplars: &[u32], runs: &[u32], judgement: &Judgement) -> u64 {
    if exemplars.is_empty() {
        return 0;
    }
    let mut left: Vec<u32> = runs.to_vec();
    for range in &judgement.refused {
        if let Some(left) = left.get_mut(range.series as usize) {
            *left = left.saturating_sub(range.count);
        }
    }
    let is_lost = |series: u32| {
        let series = series as usize;
        runs.get(series).is_some_and(|run| *run > 0) && left.get(series) == Some(&0)
    };
    let kept = exemplars.iter().filter(|series| !is_lost(**series));
    kept.count() as u64
}

/// What is wrong with samples, in the words of Prometheus where it has some.
fn line(range: &RefusedPoints, labels: &WriteLabels) -> String {
    let series = || labels.text(range.series as usize);
    let problem = match range.reason {
        RefusedReason::TooOld => "too old sample",
        RefusedReason::DuplicateTime => "duplicate sample for timestamp",
        RefusedReason::InvalidLabels => {
            return match &range.detail {
                Some(detail) => detail.clone(),
                None => format!("invalid labels for series {}", series()),
            };
        }
        RefusedReason::SeriesOfMetric => {
            "too many active series of the metric (ingest.limits.series_per_metric)"
        }
        RefusedReason::SeriesTotal => "too many active series (ingest.limits.series)",
        RefusedReason::DeltaOverlap => "delta overlaps what was received before",
        RefusedReason::HistogramTooLarge => "more buckets than can be stored in a histogram",
    };
    format!("{problem} for series {}", series())
}
