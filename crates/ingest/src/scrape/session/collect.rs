//! Takes an exposition line by line.

use super::output::{Output, alias_of};
use super::{AHEAD_MS_MAX, Counts, Failure, FailureKind, Known, Live, Session, labels, shrink};
use std::collections::hash_map::Entry;
use std::ops::ControlFlow;
use tacho_model::labels::Labels;
use tacho_storage::samples::batch::{self, PointValue};
use tacho_wire::exposition::series::{ExemplarRef, SeriesRef};
use tacho_wire::exposition::{ExpositionSink, FamilyRef, Flow, HistogramPoint, Point};

/// What was written last, for its exemplars.
#[derive(Clone, Copy)]
struct Last {
    series: u32,
    time_ms: i64,
    is_histogram: bool,
}

/// A series of the answer.
struct Found {
    labels: Labels,
    alias: u128,
    /// Whether an earlier answer had it.
    cached: bool,
    /// Whether this answer had it before.
    again: bool,
}

/// A sample with the time that counts for it.
struct Sample {
    value: PointValue,
    time_ms: i64,
    start_ms: i64,
    /// Whether the time is the answer's own.
    explicit: bool,
}

pub(super) struct Collector<'a> {
    session: &'a mut Session,
    now_ms: i64,
    output: Output,
    counts: Counts,
    failure: Option<Failure>,
    /// Samples that count for `sample_limit`.
    taken: u64,
    over_samples: bool,
    over_buckets: bool,
    last: Option<Last>,
}

impl<'a> Collector<'a> {
    pub(super) fn new(session: &'a mut Session, now_ms: i64) -> Self {
        Self {
            session,
            now_ms,
            output: Output::default(),
            counts: Counts::default(),
            failure: None,
            taken: 0,
            over_samples: false,
            over_buckets: false,
            last: None,
        }
    }

    pub(super) fn finish(self) -> (Output, Counts, Option<Failure>) {
        let limit = if self.over_samples {
            let message = "sample limit exceeded";
            Some(Failure::new(FailureKind::Samples, message))
        } else if self.over_buckets {
            let message = "histogram bucket limit exceeded";
            Some(Failure::new(FailureKind::Buckets, message))
        } else {
            None
        };
        (self.output, self.counts, self.failure.or(limit))
    }

    fn fail(&mut self, failure: Failure) -> Flow {
        self.failure = Some(failure);
        ControlFlow::Break(())
    }

    /// The series, unless the rules drop it.
    fn find(&mut self, series: &SeriesRef<'_>) -> Result<Option<Found>, Failure> {
        let round = self.session.round;
        let entry = match self.session.known.entry(series.hash()) {
            Entry::Occupied(entry) => {
                return Ok(match entry.into_mut() {
                    Known::Dropped { seen } => {
                        *seen = round;
                        None
                    }
                    Known::Series {
                        labels,
                        alias,
                        seen,
                    } => {
                        let again = std::mem::replace(seen, round) == round;
                        Some(Found {
                            labels: labels.clone(),
                            alias: *alias,
                            cached: true,
                            again,
                        })
                    }
                });
            }
            Entry::Vacant(entry) => entry,
        };
        let given = series.labels().map_err(|problem| {
            let message = format!("line {}: {problem}", series.line());
            Failure::new(FailureKind::Format, message)
        })?;
        let (job, target) = (&self.session.job, &self.session.target);
        let Some(labels) = labels::of_sample(&given, job, target)? else {
            entry.insert(Known::Dropped { seen: round });
            return Ok(None);
        };
        Ok(Some(Found {
            alias: alias_of(&labels),
            labels,
            cached: false,
            again: false,
        }))
    }

    /// The time of a sample: its own if it has one that counts.
    fn time_of(&self, own: Option<i64>) -> (i64, bool) {
        match own.filter(|_| self.session.job.honor_timestamps) {
            Some(own) => (own, true),
            None => (self.now_ms, false),
        }
    }

    fn add(&mut self, series: &SeriesRef<'_>, found: Found, sample: Sample) {
        self.counts.kept += 1;
        self.last = None;
        if found.again && !sample.explicit {
            self.counts.duplicates += 1;
            return;
        }
        let limit = self.session.job.limits.samples;
        self.taken += 1;
        if limit > 0 && self.taken > limit {
            self.over_samples = true;
            return;
        }
        if sample.time_ms > self.now_ms.saturating_add(AHEAD_MS_MAX) {
            self.counts.out_of_bounds += 1;
            return;
        }
        let is_histogram = matches!(sample.value, PointValue::Histogram(_));
        if !sample.explicit || self.session.job.track_timestamps_staleness {
            self.keep_alive(&found, is_histogram);
        }
        if !found.cached {
            let known = Known::Series {
                labels: found.labels.clone(),
                alias: found.alias,
                seen: self.session.round,
            };
            self.session.known.insert(series.hash(), known);
            self.counts.added += u64::from(!self.over_samples && !self.over_buckets);
        }
        let point = batch::Point {
            time_ms: sample.time_ms,
            start_ms: sample.start_ms,
            value: sample.value,
        };
        self.last = Some(Last {
            series: self.output.push(found.alias, found.labels, point),
            time_ms: sample.time_ms,
            is_histogram,
        });
    }

    fn keep_alive(&mut self, found: &Found, is_histogram: bool) {
        let round = self.session.round;
        let live = self
            .session
            .live
            .entry(found.alias)
            .or_insert_with(|| Live {
                labels: found.labels.clone(),
                first: round,
                seen: round,
                is_histogram,
            });
        live.seen = round;
        live.is_histogram = is_histogram;
    }
}

impl ExpositionSink for Collector<'_> {
    fn family(&mut self, family: &FamilyRef<'_>) -> Flow {
        let round = self.session.round;
        self.session.metadata.note(family, round);
        ControlFlow::Continue(())
    }

    fn sample(&mut self, series: &SeriesRef<'_>, point: &Point) -> Flow {
        self.counts.scraped += 1;
        self.last = None;
        let found = match self.find(series) {
            Ok(Some(found)) => found,
            Ok(None) => return ControlFlow::Continue(()),
            Err(failure) => return self.fail(failure),
        };
        let (time_ms, explicit) = self.time_of(point.time_ms);
        let sample = Sample {
            value: PointValue::Float(point.value),
            time_ms,
            start_ms: point.start_ms.unwrap_or(0),
            explicit,
        };
        self.add(series, found, sample);
        ControlFlow::Continue(())
    }

    fn histogram(&mut self, series: &SeriesRef<'_>, mut point: HistogramPoint) -> Flow {
        self.counts.scraped += 1;
        self.last = None;
        let found = match self.find(series) {
            Ok(Some(found)) => found,
            Ok(None) => return ControlFlow::Continue(()),
            Err(failure) => return self.fail(failure),
        };
        let job = &self.session.job;
        let (factor, buckets_max) = (job.histogram_factor_min, job.histogram_buckets_max);
        if !shrink(&mut point.histogram, factor, buckets_max) {
            self.over_buckets = true;
            self.counts.kept += 1;
            return ControlFlow::Continue(());
        }
        let (time_ms, explicit) = self.time_of(point.time_ms);
        let sample = Sample {
            value: self.output.keep(point.histogram),
            time_ms,
            start_ms: point.start_ms.unwrap_or(0),
            explicit,
        };
        self.add(series, found, sample);
        ControlFlow::Continue(())
    }

    fn exemplar(&mut self, exemplar: &ExemplarRef<'_>) -> Flow {
        let Some(last) = self.last else {
            return ControlFlow::Continue(());
        };
        // exemplars of native histograms need a time of their own to be told apart
        if last.is_histogram && exemplar.time_ms().is_none() {
            return ControlFlow::Continue(());
        }
        // one that cannot be read is no reason to lose the sample
        if let Ok(exemplar) = exemplar.to_exemplar(last.time_ms) {
            self.output.push_exemplar(last.series, exemplar);
        }
        ControlFlow::Continue(())
    }
}
