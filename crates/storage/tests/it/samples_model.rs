//! What is true of samples, as plainly as it can be written: what is taken, what it becomes, which of
//! two counts, what a cut and a deletion do.

use crate::engine_support::NOW;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tacho_model::histogram::{BucketSpan, Buckets, Histogram};
use tacho_model::labels::Labels;
use tacho_model::sample::{SampleValue, stale_nan};
use tacho_storage::error::Result;
use tacho_storage::samples::batch::{
    Judgement, LabelSource, Point, PointValue, RefusedPoints, RefusedReason, RunKind, SampleBatch,
    SeriesRun,
};
use tacho_storage::samples::matcher::LabelMatcher;
use tacho_testkit::oracle::series::{OracleSample, OracleSeries};

const HOUR_MS: i64 = 3_600_000;
const IDLE_S: i64 = 3600;

/// The middle of all times.
pub(crate) fn base_ms() -> i64 {
    // Close to midnight, so that samples fall into two days.
    NOW / 1_000_000 / 86_400_000 * 86_400_000
}

/// A value.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) enum Value {
    /// A number.
    Float(i8),
    /// The end of a series.
    Stale,
    /// A histogram.
    Histogram(u8),
}

/// Points of a series by minute, and whether they are increases.
pub(crate) type Run = (u8, bool, Vec<(i32, Value)>);

/// A request.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Request {
    pub(crate) runs: Vec<Run>,
}

/// The labels of a series.
pub(crate) fn labels_of(series: u8) -> Labels {
    let even = if series.is_multiple_of(2) { "yes" } else { "" };
    Labels::from_pairs([
        ("__name__", format!("m{}", series % 2)),
        ("id", series.to_string()),
        ("even", even.to_owned()),
    ])
}

fn histogram(count: u8) -> Histogram {
    let count = f64::from(count);
    Histogram {
        count,
        sum: count * 2.0,
        positive: Buckets {
            spans: vec![BucketSpan {
                offset: 1,
                length: 1,
            }],
            counts: vec![count],
        },
        ..Histogram::default()
    }
}

fn time_of(minute: i32) -> i64 {
    base_ms() + i64::from(minute) * 60_000
}

impl Value {
    fn sample(self) -> SampleValue {
        match self {
            Value::Float(value) => SampleValue::Float(f64::from(value)),
            Value::Stale => SampleValue::Float(stale_nan()),
            Value::Histogram(count) => SampleValue::Histogram(Arc::new(histogram(count))),
        }
    }
}

struct Series(Vec<u8>);

impl LabelSource for Series {
    fn labels(&self, series: usize) -> Result<Labels> {
        Ok(labels_of(self.0[series]))
    }
}

impl Request {
    /// The request without the points at these positions.
    pub(crate) fn batch(&self, refused: &BTreeSet<u32>) -> SampleBatch {
        let mut batch = SampleBatch {
            series: Vec::new(),
            points: Vec::new(),
            histograms: Vec::new(),
            exemplars: Vec::new(),
            metadata: Vec::new(),
            labels: Box::new(Series(self.runs.iter().map(|run| run.0).collect())),
        };
        let mut position = 0;
        for (series, is_delta, points) in &self.runs {
            let before = batch.points.len();
            for (minute, value) in points {
                position += 1;
                if refused.contains(&(position - 1)) {
                    continue;
                }
                let value = match value.sample() {
                    SampleValue::Float(value) => PointValue::Float(value),
                    SampleValue::Histogram(histogram) => {
                        batch.histograms.push(histogram);
                        PointValue::Histogram(batch.histograms.len() as u32 - 1)
                    }
                };
                batch.points.push(Point {
                    time_ms: time_of(*minute),
                    start_ms: time_of(*minute) - 60_000,
                    value,
                });
            }
            batch.series.push(SeriesRun {
                // Every third series is always asked for.
                alias: if series % 3 == 0 {
                    0
                } else {
                    u128::from(*series)
                },
                points: (batch.points.len() - before) as u32,
                kind: if *is_delta {
                    RunKind::Delta
                } else {
                    RunKind::Plain
                },
            });
        }
        batch
    }
}

/// What is known of a series beside its samples.
#[derive(Debug, Clone, Default)]
struct State {
    newest: Option<(i64, SampleValue)>,
    /// Start, end and total.
    delta: Option<(i64, i64, SampleValue)>,
    active_s: i64,
}

type Samples = BTreeMap<(u8, i64), OracleSample>;

/// Everything that was written, and what became of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Model {
    states: BTreeMap<u8, State>,
    disk: Samples,
    imports: Samples,
    head: Samples,
    /// Something was logged since the last cut.
    is_dirty: bool,
}

fn same(a: &SampleValue, b: &SampleValue) -> bool {
    match (a, b) {
        (SampleValue::Float(a), SampleValue::Float(b)) => a.to_bits() == b.to_bits(),
        (SampleValue::Histogram(a), SampleValue::Histogram(b)) => a == b,
        _ => false,
    }
}

/// The total of two increases; none if they do not fit.
fn sum(a: &SampleValue, b: &SampleValue) -> Option<SampleValue> {
    match (a, b) {
        (SampleValue::Float(a), SampleValue::Float(b)) => Some(SampleValue::Float(a + b)),
        (SampleValue::Histogram(a), SampleValue::Histogram(b)) => {
            let mut total = a.as_ref().clone();
            total.count += b.count;
            total.sum += b.sum;
            total.positive.counts[0] += b.positive.counts[0];
            Some(SampleValue::Histogram(Arc::new(total)))
        }
        _ => None,
    }
}

impl Model {
    /// Takes a request in.
    pub(crate) fn write(&mut self, request: &Request, now_s: i64) -> Judgement {
        let mut judgement = Judgement::default();
        let mut position = 0;
        for (run, (series, is_delta, points)) in request.runs.iter().enumerate() {
            judgement.created_series += u64::from(!self.states.contains_key(series));
            self.states.entry(*series).or_insert_with(|| State {
                active_s: now_s,
                ..State::default()
            });
            for (minute, value) in points {
                let outcome = self.point((*series, *is_delta), *minute, *value, now_s);
                match outcome {
                    Ok(true) => judgement.accepted += 1,
                    Ok(false) => judgement.repeated += 1,
                    Err(reason) => refuse(&mut judgement, run as u32, position, reason),
                }
                position += 1;
            }
        }
        self.is_dirty |= judgement.accepted > 0;
        judgement
    }

    /// True if the point is stored, false if it is there.
    fn point(
        &mut self,
        (series, is_delta): (u8, bool),
        minute: i32,
        value: Value,
        now_s: i64,
    ) -> std::result::Result<bool, RefusedReason> {
        let (time, mut start) = (time_of(minute), time_of(minute) - 60_000);
        let mut sample = value.sample();
        let state = self.states.entry(series).or_default();
        let newest = state.newest.as_ref().map(|newest| newest.0);
        if is_delta && value != Value::Stale {
            let until = state.delta.as_ref().map(|delta| delta.1).max(newest);
            if until.is_some_and(|until| time <= until) {
                return Err(RefusedReason::DeltaOverlap);
            }
            if let Some((first, _, total)) = &state.delta
                && let Some(total) = sum(total, &sample)
            {
                (start, sample) = (*first, total);
            }
            state.delta = Some((start, time, sample.clone()));
        }
        match newest {
            Some(newest) if time < newest => {
                if newest - time > HOUR_MS {
                    return Err(RefusedReason::TooOld);
                }
                match self.head.get(&(series, time)) {
                    Some(known) if same(&known.value, &sample) => return Ok(false),
                    Some(_) => return Err(RefusedReason::DuplicateTime),
                    None => {}
                }
            }
            Some(newest) if time == newest => {
                let known = state.newest.as_ref().is_some_and(|it| same(&it.1, &sample));
                return if known {
                    Ok(false)
                } else {
                    Err(RefusedReason::DuplicateTime)
                };
            }
            _ => {
                state.newest = Some((time, sample.clone()));
                state.active_s = state.active_s.max(now_s);
            }
        }
        let stored = OracleSample {
            value: sample,
            start_ms: start,
        };
        self.head.insert((series, time), stored);
        Ok(true)
    }

    /// Takes an import in.
    pub(crate) fn import(&mut self, request: &Request) {
        for (series, _, points) in &request.runs {
            for (minute, value) in points {
                let sample = OracleSample {
                    value: value.sample(),
                    start_ms: time_of(*minute) - 60_000,
                };
                self.imports.insert((*series, time_of(*minute)), sample);
            }
        }
        self.is_dirty = true;
    }

    /// Everything goes to disk, and idle series begin anew.
    pub(crate) fn cut(&mut self, now_s: i64, anyway: bool) {
        if !self.is_dirty && !anyway {
            return;
        }
        self.is_dirty = false;
        self.disk.append(&mut self.imports);
        self.disk.append(&mut self.head);
        self.states
            .retain(|_, state| state.newest.is_some() && state.active_s >= now_s - IDLE_S);
    }

    /// Deletes samples that are on disk, in a closed range or altogether.
    pub(crate) fn delete(&mut self, matcher: &LabelMatcher, range_ms: Option<(i64, i64)>) {
        let fits = |series: u8| matcher.matches_labels(&labels_of(series));
        let (first, last) = range_ms.unwrap_or((i64::MIN, i64::MAX));
        self.disk
            .retain(|(series, time), _| !(fits(*series) && (first..=last).contains(time)));
        if range_ms.is_none() {
            for (series, state) in &mut self.states {
                if fits(*series) {
                    (state.newest, state.delta) = (None, None);
                }
            }
        }
    }

    /// What can be read.
    pub(crate) fn answers(&self) -> OracleSeries {
        let series = OracleSeries::default();
        for samples in [&self.disk, &self.imports, &self.head] {
            for ((number, time), sample) in samples {
                series.add(&labels_of(*number), *time, sample.clone());
            }
        }
        series
    }
}

fn refuse(judgement: &mut Judgement, series: u32, position: u32, reason: RefusedReason) {
    if let Some(last) = judgement.refused.last_mut()
        && (last.series, last.reason) == (series, reason)
        && last.first + last.count == position
    {
        last.count += 1;
        return;
    }
    judgement.refused.push(RefusedPoints {
        first: position,
        count: 1,
        series,
        reason,
        detail: None,
    });
}
