//! Requests of samples: judged, logged, applied; and applied again at replay.

use super::{SampleStore, Tenant};
use crate::error::{Error, ErrorKind, Result};
use crate::options::Config;
use crate::samples::batch::{
    Judgement, PointValue, RefusedPoints, RefusedReason, SampleBatch, VerdictWriter,
};
use crate::samples::head::judge::{Rules, judge};
use crate::samples::head::series::LateSample;
use crate::wal::Appended;
use crate::wal::frame::{Frame, FrameHeader, FrameKind, WalPosition};
use crate::write::SampleWrite;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tacho_model::id::{RecordId, TenantId};
use tacho_model::labels::Labels;
use tacho_model::sample::SampleValue;
use tacho_model::time::Timestamp;

/// Kinds of frames that hold samples.
const KINDS: [FrameKind; 5] = [
    FrameKind::OtlpMetrics,
    FrameKind::RemoteWrite,
    FrameKind::Scrape,
    FrameKind::Derived,
    FrameKind::Import,
];

/// Whether frames of a kind hold samples.
pub(crate) fn holds_samples(kind: FrameKind) -> bool {
    KINDS.contains(&kind)
}

fn seconds(time: Timestamp) -> i64 {
    time.0.div_euclid(1_000_000_000)
}

/// The limits of a request.
fn rules(store: &SampleStore, config: &Config, received: Timestamp) -> Rules {
    let series_max = config.series_max as u64;
    Rules {
        window_ms: i64::try_from(config.out_of_order.as_millis()).unwrap_or(i64::MAX),
        series_per_metric_max: config.series_per_metric_max as u64,
        series_left: series_max.saturating_sub(store.series_count()),
        now_s: seconds(received),
    }
}

impl SampleStore {
    /// Judges a request, logs it if anything of it is new, and applies it.
    pub(crate) fn write(
        &self,
        write: &SampleWrite<'_>,
        config: &Config,
        verdict: &mut VerdictWriter<'_>,
    ) -> Result<(Judgement, Option<Appended>)> {
        if !holds_samples(write.kind) {
            return Err(Error::invalid(format!(
                "write samples: frames of kind {:?} hold none",
                write.kind
            )));
        }
        let rules = rules(self, config, write.receive_time);
        let result = self.with_tenant(write.tenant, |tenant| {
            if write.kind == FrameKind::Import {
                self.import(tenant, write, verdict)
            } else {
                self.judge_and_apply(tenant, write, &rules, verdict)
            }
        });
        if let Ok((judgement, Some(_))) = &result {
            self.note(judgement);
        }
        result
    }

    fn note(&self, judgement: &Judgement) {
        self.appended
            .fetch_add(judgement.accepted, Ordering::Relaxed);
        self.repeated
            .fetch_add(judgement.repeated, Ordering::Relaxed);
        if judgement.accepted > 0 && self.since_ns.load(Ordering::Relaxed) < 0 {
            let now = self.clock.monotonic_ns();
            self.since_ns.store(now, Ordering::Relaxed);
        }
    }

    fn judge_and_apply(
        &self,
        tenant: &mut Tenant,
        write: &SampleWrite<'_>,
        rules: &Rules,
        verdict: &mut VerdictWriter<'_>,
    ) -> Result<(Judgement, Option<Appended>)> {
        let Tenant { head, plan, .. } = tenant;
        plan.clear();
        let judgement = judge(head, &write.batch, rules, plan)?;
        if judgement.accepted == 0 && !head.has_news(&write.batch, plan) {
            head.take_back(plan);
            // What is there already may not be durable yet.
            let end = self.wal.end();
            let there = (judgement.repeated > 0).then_some(Appended { position: end, end });
            return Ok((judgement, there));
        }
        let appended = verdict(&judgement)
            .and_then(|verdict| self.wal.append(&header(write), &verdict, write.body));
        match appended {
            Ok(appended) => {
                head.apply(&write.batch, plan);
                Ok((judgement, Some(appended)))
            }
            Err(error) => {
                head.take_back(plan);
                Err(error)
            }
        }
    }

    /// Takes a request in whatever order and of whatever age.
    fn import(
        &self,
        tenant: &mut Tenant,
        write: &SampleWrite<'_>,
        verdict: &mut VerdictWriter<'_>,
    ) -> Result<(Judgement, Option<Appended>)> {
        let (taken, judgement) = imported(&write.batch)?;
        let told = write
            .batch
            .metadata
            .iter()
            .any(|(family, record)| tenant.head.families().is_new(family, record));
        if judgement.accepted == 0 && !told {
            return Ok((judgement, None));
        }
        let verdict = verdict(&judgement)?;
        let appended = self.wal.append(&header(write), &verdict, write.body)?;
        apply_import(tenant, &write.batch, taken);
        Ok((judgement, Some(appended)))
    }

    /// Applies what replay decoded: it was judged when it came.
    pub(crate) fn replay(&self, frame: &Frame<'_>, batch: &SampleBatch) -> Result<()> {
        let received = seconds(frame.header.received);
        let judgement = self.with_tenant(&frame.header.tenant, |tenant| {
            if frame.header.kind == FrameKind::Import {
                let (taken, judgement) = imported(batch)?;
                apply_import(tenant, batch, taken);
                return Ok::<Judgement, Error>(judgement);
            }
            let Tenant { head, plan, .. } = tenant;
            plan.clear();
            let judgement = judge(head, batch, &Rules::replay(received), plan)?;
            head.apply(batch, plan);
            Ok(judgement)
        });
        // What cannot be judged now was not judged when it came: these are not its bytes.
        let judgement = judgement.map_err(|error| Error::corrupt(error.message()))?;
        self.note(&judgement);
        Ok(())
    }

    /// Applies a frame that says which series began anew.
    pub(crate) fn replay_state(
        &self,
        tenant: &TenantId,
        at: WalPosition,
        body: &[u8],
    ) -> Result<()> {
        let Ok(bytes) = <[u8; 8]>::try_from(body) else {
            return Err(Error::corrupt(format!(
                "replay the log of samples at {at}: a frame of state has {} bytes",
                body.len()
            )));
        };
        self.with_tenant(tenant, |tenant| {
            tenant.head.forget_idle(i64::from_le_bytes(bytes));
        });
        Ok(())
    }
}

fn header(write: &SampleWrite<'_>) -> FrameHeader {
    FrameHeader {
        kind: write.kind,
        tenant: write.tenant.clone(),
        received: write.receive_time,
        first_record_id: RecordId(0),
        encoding: write.encoding,
        content: write.content,
        config_epoch: write.config_epoch,
    }
}

/// Series of an import, by position of their run; `None` where the labels are not acceptable.
type Taken = Vec<Option<Labels>>;

fn imported(batch: &SampleBatch) -> Result<(Taken, Judgement)> {
    let mut taken = Vec::with_capacity(batch.series.len());
    let mut judgement = Judgement::default();
    let mut first = 0u32;
    for (position, run) in batch.series.iter().enumerate() {
        let words = match batch.labels.labels(position) {
            Ok(labels) if labels.is_empty() => "the series has no labels".to_owned(),
            Ok(labels) => {
                judgement.accepted += u64::from(run.points);
                taken.push(Some(labels));
                first += run.points;
                continue;
            }
            Err(error) if error.kind() == ErrorKind::Invalid => error.message().to_owned(),
            Err(error) => return Err(error),
        };
        taken.push(None);
        if run.points > 0 {
            judgement.refused.push(RefusedPoints {
                first,
                count: run.points,
                series: position as u32,
                reason: RefusedReason::InvalidLabels,
                detail: Some(words),
            });
        }
        first += run.points;
    }
    if first as usize > batch.points.len() {
        return Err(Error::internal(
            "import samples: runs name more points than there are",
        ));
    }
    Ok((taken, judgement))
}

fn apply_import(tenant: &mut Tenant, batch: &SampleBatch, taken: Taken) {
    let mut points = batch.points.iter();
    let backfill = tenant.head.backfill_mut();
    for (run, labels) in batch.series.iter().zip(&taken) {
        let own = points.by_ref().take(run.points as usize);
        let Some(labels) = labels else {
            own.for_each(drop);
            continue;
        };
        for point in own {
            let value = match point.value {
                PointValue::Float(value) => SampleValue::Float(value),
                PointValue::Histogram(at) => match batch.histograms.get(at as usize) {
                    Some(histogram) => SampleValue::Histogram(Arc::clone(histogram)),
                    None => continue,
                },
            };
            let sample = LateSample {
                time_ms: point.time_ms,
                start_ms: point.start_ms,
                value,
            };
            backfill.add(labels, sample);
        }
    }
    for (position, exemplar) in &batch.exemplars {
        if let Some(Some(labels)) = taken.get(*position as usize) {
            backfill.add_exemplar(labels, exemplar);
        }
    }
    for (family, record) in &batch.metadata {
        tenant.head.families_mut().add(family, record);
    }
}
