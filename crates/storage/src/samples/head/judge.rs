//! Judging: which samples of a request are taken, before anything is logged or stored.

use super::TenantHead;
use super::delta::Delta;
use super::plan::{Action, Before, NO_SERIES, Plan, Step};
use super::seen::{same_histogram, same_value, seen};
use super::series::{NONE_YET, Newest};
use crate::error::{Error, ErrorKind, Result};
use crate::samples::batch::{
    Judgement, Point, PointValue, RefusedPoints, RefusedReason, RunKind, SampleBatch, SeriesRun,
};
use crate::samples::chunk::histograms::{COUNTS_MAX, columns};
use std::sync::Arc;
use tacho_model::histogram::Histogram;
use tacho_model::sample::{SampleValue, is_stale};

/// What requests are judged by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rules {
    /// How much older than the newest sample of its series a sample may be, milliseconds.
    pub(crate) window_ms: i64,
    /// Series of one metric.
    pub(crate) series_per_metric_max: u64,
    /// Series that may still be added.
    pub(crate) series_left: u64,
    /// When the request came, seconds.
    pub(crate) now_s: i64,
}

impl Rules {
    /// The rules of replay: everything was judged already.
    pub(crate) fn replay(now_s: i64) -> Self {
        Self {
            window_ms: i64::MAX,
            series_per_metric_max: u64::MAX,
            series_left: u64::MAX,
            now_s,
        }
    }
}

/// Points of one series in a request.
#[derive(Clone, Copy)]
struct Run<'a> {
    position: u32,
    first: u32,
    kind: RunKind,
    points: &'a [Point],
}

/// A value on its way in.
#[derive(Clone)]
enum Given<'a> {
    Float(f64),
    Histogram(&'a Arc<Histogram>),
}

/// What comes of a point.
enum Outcome {
    Taken,
    Repeated,
    Refused(RefusedReason),
}

/// A series that is not taken.
type Refusal = (RefusedReason, Option<String>);

/// Judges a request against a head. `plan` says afterwards what to do; series that are new exist
/// already and states are those after the request, until `TenantHead::take_back`.
pub(crate) fn judge(
    head: &mut TenantHead,
    batch: &SampleBatch,
    rules: &Rules,
    plan: &mut Plan,
) -> Result<Judgement> {
    let mut judge = Judge {
        head,
        batch,
        rules,
        plan,
        judgement: Judgement::default(),
    };
    match judge.all() {
        Ok(()) => Ok(judge.judgement),
        Err(error) => {
            judge.head.take_back(judge.plan);
            Err(error)
        }
    }
}

/// True for a histogram that no block can hold.
fn is_too_large(histogram: &Histogram) -> bool {
    columns(histogram) > COUNTS_MAX
}

struct Judge<'a> {
    head: &'a mut TenantHead,
    batch: &'a SampleBatch,
    rules: &'a Rules,
    plan: &'a mut Plan,
    judgement: Judgement,
}

impl<'a> Judge<'a> {
    fn all(&mut self) -> Result<()> {
        let batch = self.batch;
        let mut first = 0usize;
        for (position, run) in batch.series.iter().enumerate() {
            let end = first + run.points as usize;
            let points = batch.points.get(first..end).ok_or_else(|| {
                Error::internal("judge samples: runs name more points than there are")
            })?;
            let at = Run {
                position: position as u32,
                first: first as u32,
                kind: run.kind,
                points,
            };
            first = end;
            match self.resolve(position, run)? {
                Ok(number) => {
                    self.plan.runs.push(number);
                    if !points.is_empty() && number != NO_SERIES {
                        self.run(number, at);
                    }
                }
                Err((reason, detail)) => {
                    self.plan.runs.push(NO_SERIES);
                    self.refuse(at.position, at.first, run.points, reason, detail);
                }
            }
        }
        Ok(())
    }

    /// The series of a run; made if it has points and is new.
    fn resolve(
        &mut self,
        position: usize,
        run: &SeriesRun,
    ) -> Result<std::result::Result<u32, Refusal>> {
        if let Some(number) = self.head.index.by_alias(run.alias) {
            return Ok(Ok(number));
        }
        let labels = match self.batch.labels.labels(position) {
            Ok(labels) if labels.is_empty() => {
                let words = "the series has no labels".to_owned();
                return Ok(Err((RefusedReason::InvalidLabels, Some(words))));
            }
            Ok(labels) => labels,
            Err(error) if error.kind() == ErrorKind::Invalid => {
                let words = error.message().to_owned();
                return Ok(Err((RefusedReason::InvalidLabels, Some(words))));
            }
            Err(error) => return Err(error),
        };
        if let Some(number) = self.head.index.by_labels(&labels, &self.head.slots) {
            self.plan.aliases.push((run.alias, number));
            return Ok(Ok(number));
        }
        if run.points == 0 {
            return Ok(Ok(NO_SERIES));
        }
        if self.judgement.created_series >= self.rules.series_left {
            return Ok(Err((RefusedReason::SeriesTotal, None)));
        }
        let of_metric = self
            .head
            .index
            .count(tacho_model::labels::METRIC_NAME, labels.metric_name());
        if of_metric >= self.rules.series_per_metric_max {
            return Ok(Err((RefusedReason::SeriesOfMetric, None)));
        }
        let Some(number) = self.head.slots.insert(labels.clone(), self.rules.now_s) else {
            return Ok(Err((RefusedReason::SeriesTotal, None)));
        };
        self.head.index.insert(number, &labels);
        self.head.label_bytes += labels.memory();
        self.plan.created.push(number);
        self.plan.aliases.push((run.alias, number));
        self.judgement.created_series += 1;
        Ok(Ok(number))
    }

    fn run(&mut self, number: u32, run: Run<'_>) {
        let series = self.head.slots.get(number);
        self.plan.before.push(Before {
            number,
            newest: series.newest,
            rare: series.rare.as_deref().cloned(),
        });
        for (index, point) in run.points.iter().enumerate() {
            let given = match point.value {
                PointValue::Float(value) => Given::Float(value),
                PointValue::Histogram(at) => match self.batch.histograms.get(at as usize) {
                    Some(histogram) => Given::Histogram(histogram),
                    None => continue,
                },
            };
            if matches!(given, Given::Histogram(value) if is_too_large(value)) {
                let reason = RefusedReason::HistogramTooLarge;
                self.refuse(run.position, run.first + index as u32, 1, reason, None);
                continue;
            }
            let stale = matches!(given, Given::Float(value) if is_stale(value));
            let outcome = match run.kind {
                RunKind::Delta if !stale => self.delta(number, point, given),
                _ => self.plain(number, point, given),
            };
            match outcome {
                Outcome::Taken => self.judgement.accepted += 1,
                Outcome::Repeated => self.judgement.repeated += 1,
                Outcome::Refused(reason) => {
                    self.refuse(run.position, run.first + index as u32, 1, reason, None);
                }
            }
        }
    }

    fn plain(&mut self, number: u32, point: &Point, given: Given<'_>) -> Outcome {
        let series = self.head.slots.get_mut(number);
        let newest = series.newest;
        if point.time_ms > newest.time_ms || newest.time_ms == NONE_YET {
            self.take(number, point.time_ms, point.start_ms, given);
            return Outcome::Taken;
        }
        if point.time_ms == newest.time_ms {
            let same = match given {
                Given::Float(value) => !newest.is_histogram && value.to_bits() == newest.bits,
                Given::Histogram(value) => {
                    newest.is_histogram
                        && series
                            .rare
                            .as_ref()
                            .and_then(|rare| rare.newest.as_ref())
                            .is_some_and(|known| same_histogram(known, value))
                }
            };
            return if same {
                Outcome::Repeated
            } else {
                Outcome::Refused(RefusedReason::DuplicateTime)
            };
        }
        if newest.time_ms.saturating_sub(point.time_ms) > self.rules.window_ms {
            return Outcome::Refused(RefusedReason::TooOld);
        }
        self.late(number, point, &given)
    }

    fn late(&mut self, number: u32, point: &Point, given: &Given<'_>) -> Outcome {
        let value = match given {
            Given::Float(value) => SampleValue::Float(*value),
            Given::Histogram(value) => SampleValue::Histogram(Arc::clone(value)),
        };
        if !self.plan.seen.contains_key(&number) {
            let seen = seen(self.head, self.plan, number);
            self.plan.seen.insert(number, seen);
        }
        let Some(seen) = self.plan.seen.get_mut(&number) else {
            return Outcome::Refused(RefusedReason::TooOld);
        };
        match seen.get(&point.time_ms) {
            Some(known) if same_value(known, &value) => return Outcome::Repeated,
            Some(_) => return Outcome::Refused(RefusedReason::DuplicateTime),
            None => {}
        }
        seen.insert(point.time_ms, value);
        let bits = self.keep(given);
        self.plan.steps.push(Step {
            number,
            action: Action::Late,
            is_histogram: matches!(given, Given::Histogram(_)),
            time_ms: point.time_ms,
            start_ms: point.start_ms,
            value: bits,
        });
        Outcome::Taken
    }

    fn delta(&mut self, number: u32, point: &Point, given: Given<'_>) -> Outcome {
        let series = self.head.slots.get(number);
        let before = series.rare.as_ref().and_then(|rare| rare.delta.as_ref());
        let until = before.map_or(NONE_YET, |delta| delta.until_ms);
        if point.time_ms <= until.max(series.newest.time_ms) {
            return Outcome::Refused(RefusedReason::DeltaOverlap);
        }
        let times = (point.start_ms, point.time_ms);
        let (delta, float, histogram) = match &given {
            Given::Float(value) => {
                let (delta, sum) = Delta::with_float(before, times, *value);
                (delta, sum, None)
            }
            Given::Histogram(value) => {
                let (delta, sum) = Delta::with_histogram(before, times, value);
                (delta, 0.0, Some(sum))
            }
        };
        if histogram.as_deref().is_some_and(is_too_large) {
            return Outcome::Refused(RefusedReason::HistogramTooLarge);
        }
        let start_ms = delta.start_ms;
        let series = self.head.slots.get_mut(number);
        series.rare.get_or_insert_default().delta = Some(delta);
        let total = match &histogram {
            Some(histogram) => Given::Histogram(histogram),
            None => Given::Float(float),
        };
        self.take(number, point.time_ms, start_ms, total);
        Outcome::Taken
    }

    /// Puts a sample at the end of its series.
    fn take(&mut self, number: u32, time_ms: i64, start_ms: i64, given: Given<'_>) {
        let value = self.keep(&given);
        let series = self.head.slots.get_mut(number);
        let (bits, is_histogram) = match &given {
            Given::Float(value) => {
                if let Some(rare) = &mut series.rare {
                    rare.newest = None;
                }
                (value.to_bits(), false)
            }
            Given::Histogram(value) => {
                series.rare.get_or_insert_default().newest = Some(Arc::clone(value));
                (value.sum.to_bits(), true)
            }
        };
        series.newest = Newest {
            time_ms,
            bits,
            start_ms,
            is_histogram,
        };
        series.active_s = series.active_s.max(self.rules.now_s);
        let step = Step {
            number,
            action: Action::Append,
            is_histogram,
            time_ms,
            start_ms,
            value,
        };
        self.plan.steps.push(step);
        if !self.plan.seen.is_empty() && self.plan.seen.contains_key(&number) {
            let value = self.plan.value(&step);
            if let Some(seen) = self.plan.seen.get_mut(&number) {
                seen.insert(time_ms, value);
            }
        }
    }

    /// The bits of a value in a step.
    fn keep(&mut self, given: &Given<'_>) -> u64 {
        match given {
            Given::Float(value) => value.to_bits(),
            Given::Histogram(value) => {
                self.plan.histograms.push(Arc::clone(value));
                (self.plan.histograms.len() - 1) as u64
            }
        }
    }

    fn refuse(
        &mut self,
        series: u32,
        first: u32,
        count: u32,
        reason: RefusedReason,
        detail: Option<String>,
    ) {
        if count == 0 {
            return;
        }
        if let Some(last) = self.judgement.refused.last_mut()
            && last.series == series
            && last.reason == reason
            && last.first + last.count == first
        {
            last.count += count;
            return;
        }
        self.judgement.refused.push(RefusedPoints {
            first,
            count,
            series,
            reason,
            detail,
        });
    }
}
