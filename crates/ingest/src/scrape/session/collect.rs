//! Takes an exposition line by line.

use super::convert::Drafts;
use super::output::{Output, alias_of};
use super::{AHEAD_MS_MAX, Counts, Failure, FailureKind, Known, Live, Session, labels, shrink};
use std::collections::hash_map::Entry;
use std::ops::ControlFlow;
use tacho_model::labels::Labels;
use tacho_model::metric::MetricKind;
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
    hash: u128,
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
    /// Classic histograms that are to become native ones.
    drafts: Drafts,
    /// The one that the last line was about.
    last_draft: Option<Labels>,
}

/// Sets the texts of converted histograms apart from those of series.
const CONVERTED: u128 = 1 << 127 | 1;

fn labels_of(series: &SeriesRef<'_>) -> Result<Labels, Failure> {
    series.labels().map_err(|problem| {
        let message = format!("line {}: {problem}", series.line());
        Failure::new(FailureKind::Format, message)
    })
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
            drafts: Drafts::default(),
            last_draft: None,
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
    fn find(
        &mut self,
        hash: u128,
        given: impl FnOnce() -> Result<Labels, Failure>,
    ) -> Result<Option<Found>, Failure> {
        let round = self.session.round;
        let entry = match self.session.known.entry(hash) {
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
                            hash,
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
        let given = given()?;
        let (job, target) = (&self.session.job, &self.session.target);
        let Some(labels) = labels::of_sample(&given, job, target)? else {
            entry.insert(Known::Dropped { seen: round });
            return Ok(None);
        };
        Ok(Some(Found {
            hash,
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

    fn add(&mut self, found: Found, sample: Sample) {
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
            self.session.known.insert(found.hash, known);
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

    /// Takes a native histogram, made smaller if it has to be.
    fn add_histogram(&mut self, found: Found, mut point: HistogramPoint) {
        let job = &self.session.job;
        let (factor, buckets_max) = (job.histogram_factor_min, job.histogram_buckets_max);
        if !shrink(&mut point.histogram, factor, buckets_max) {
            self.over_buckets = true;
            self.counts.kept += 1;
            return;
        }
        let (time_ms, explicit) = self.time_of(point.time_ms);
        let sample = Sample {
            value: self.output.keep(point.histogram),
            time_ms,
            start_ms: point.start_ms.unwrap_or(0),
            explicit,
        };
        self.add(found, sample);
    }

    /// Keeps a series of a classic histogram that is to become a native one; true if it is not wanted
    /// beside that.
    fn draft(&mut self, series: &SeriesRef<'_>, point: &Point) -> Result<bool, Failure> {
        let labels = labels_of(series)?;
        let drafts = &mut self.drafts;
        self.last_draft = drafts.take(&labels, point.value, point.time_ms, point.start_ms);
        let classic = self.session.target.always_classic_histograms;
        Ok(self.last_draft.is_some() && !classic)
    }

    /// Takes the histograms that were made of classic ones.
    pub(super) fn add_converted(&mut self) {
        if self.failure.is_some() {
            return;
        }
        for converted in std::mem::take(&mut self.drafts).finish() {
            self.counts.scraped += 1;
            self.last = None;
            let hash = alias_of(&converted.labels) ^ CONVERTED;
            let found = match self.find(hash, || Ok(converted.labels)) {
                Ok(Some(found)) => found,
                Ok(None) => continue,
                Err(failure) => {
                    self.failure = Some(failure);
                    return;
                }
            };
            let point = HistogramPoint {
                histogram: converted.histogram,
                integer: false,
                time_ms: converted.time_ms,
                start_ms: converted.start_ms,
            };
            self.add_histogram(found, point);
            if let Some(last) = self.last {
                for exemplar in converted.exemplars {
                    self.output.push_exemplar(last.series, exemplar);
                }
            }
        }
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
        self.last_draft = None;
        if self.session.target.convert_classic_histograms && series.kind() == MetricKind::Histogram
        {
            match self.draft(series, point) {
                Ok(false) => {}
                Ok(true) => return ControlFlow::Continue(()),
                Err(failure) => return self.fail(failure),
            }
        }
        self.counts.scraped += 1;
        self.last = None;
        let found = match self.find(series.hash(), || labels_of(series)) {
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
        self.add(found, sample);
        ControlFlow::Continue(())
    }

    fn histogram(&mut self, series: &SeriesRef<'_>, point: HistogramPoint) -> Flow {
        self.last_draft = None;
        self.counts.scraped += 1;
        self.last = None;
        let found = match self.find(series.hash(), || labels_of(series)) {
            Ok(Some(found)) => found,
            Ok(None) => return ControlFlow::Continue(()),
            Err(failure) => return self.fail(failure),
        };
        self.add_histogram(found, point);
        ControlFlow::Continue(())
    }

    fn exemplar(&mut self, exemplar: &ExemplarRef<'_>) -> Flow {
        if let (Some(labels), Some(time_ms)) = (&self.last_draft, exemplar.time_ms())
            && let Ok(exemplar) = exemplar.to_exemplar(time_ms)
        {
            self.drafts.take_exemplar(labels, exemplar);
        }
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
