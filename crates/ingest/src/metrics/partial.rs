//! What a sender of OTLP metrics is told about a request that was taken in part.

use crate::judge::Counts;
use crate::limits::ItemLimits;
use crate::metrics::labels::OtlpLabels;
use crate::metrics::labels::origin::Part;
use crate::partial::write_reasons;
use crate::reason::Reason;
use crate::request::Partial;
use std::fmt::Write as _;
use tacho_storage::samples::batch::{Judgement, LabelSource as _, RefusedPoints, RefusedReason};
use tacho_wire::otlp::DecodeStats;

/// The reason of the store as one of ours.
pub(crate) fn reason_of(reason: RefusedReason) -> Reason {
    match reason {
        RefusedReason::TooOld => Reason::TooOld,
        RefusedReason::DuplicateTime => Reason::DuplicateTime,
        RefusedReason::InvalidLabels => Reason::LabelsInvalid,
        RefusedReason::SeriesOfMetric => Reason::SeriesOfMetric,
        RefusedReason::SeriesTotal => Reason::SeriesTotal,
        RefusedReason::DeltaOverlap => Reason::DeltaOverlap,
        RefusedReason::HistogramTooLarge => Reason::HistogramInvalid,
    }
}

/// Counts what the store refused, by reason, in samples.
pub(crate) fn count_refused(counts: &mut Counts, judgement: &Judgement) {
    for range in &judgement.refused {
        let index = reason_of(range.reason).index();
        if let Some(count) = counts.refused.get_mut(index) {
            *count += u64::from(range.count);
        }
    }
}

/// Everything that is known about a judged request.
pub(crate) struct Outcome<'a> {
    /// Data points of the request.
    pub(crate) seen: u64,
    /// What was refused before samples were made, in data points.
    pub(crate) counts: &'a Counts,
    pub(crate) judgement: &'a Judgement,
    pub(crate) labels: &'a OtlpLabels,
    pub(crate) stats: &'a DecodeStats,
    pub(crate) empty_exemplars: u64,
    pub(crate) limits: &'a ItemLimits,
}

impl Outcome<'_> {
    /// The partial success; `None` if everything was taken as it came.
    pub(crate) fn describe(&self) -> Option<Partial> {
        let refused = self.counts.refused_total();
        let (lost, samples) = self.lost();
        let mut message = String::new();
        // Writing to a String cannot fail.
        if refused > 0 {
            let _ = write!(message, "{refused} of {} data points refused: ", self.seen);
            write_reasons(&mut message, self.counts);
        }
        if samples > 0 {
            let separator = if message.is_empty() { "" } else { "; " };
            let _ = write!(
                message,
                "{separator}{samples} samples of {lost} data points refused: "
            );
            self.write_store_reasons(&mut message);
        }
        for (count, what) in self.warnings() {
            if count > 0 {
                let separator = if message.is_empty() { "" } else { "; " };
                let _ = write!(message, "{separator}{count} {what}");
            }
        }
        let rejected = refused + lost;
        (!message.is_empty()).then_some(Partial { rejected, message })
    }

    /// Data points of which the store refused a sample, and how many samples it refused.
    fn lost(&self) -> (u64, u64) {
        let mut points = 0;
        let mut samples = 0;
        let mut before = None;
        for range in &self.judgement.refused {
            samples += u64::from(range.count);
            let origin = self.labels.origins.series.get(range.series as usize);
            let Some(origin) = origin else { continue };
            if matches!(origin.part, Part::TargetInfo) || range.count == 0 {
                continue;
            }
            let place = Some((origin.owner, origin.place.offset));
            if before != place {
                points += 1;
                before = place;
            }
        }
        (points, samples)
    }

    fn write_store_reasons(&self, message: &mut String) {
        let mut separator = "";
        for reason in Reason::ALL {
            let of_reason = |range: &&RefusedPoints| reason_of(range.reason) == reason;
            let ranges = self.judgement.refused.iter().filter(of_reason);
            let count: u64 = ranges.clone().map(|range| u64::from(range.count)).sum();
            let Some(first) = ranges.clone().next() else {
                continue;
            };
            let series = match self.labels.labels(first.series as usize) {
                Ok(labels) => labels.to_string(),
                Err(error) => error.message().to_owned(),
            };
            let text = reason.message();
            let _ = write!(message, "{separator}{text} ({count}, first: {series})");
            separator = ", ";
        }
    }

    fn warnings(&self) -> [(u64, String); 6] {
        let stats = self.stats;
        [
            (
                stats.attributes_dropped,
                format!(
                    "attributes over the limit of {} dropped",
                    self.limits.attributes
                ),
            ),
            (
                stats.too_large,
                format!(
                    "values over {} bytes or lists of buckets too long emptied",
                    self.limits.value_bytes
                ),
            ),
            (
                stats.too_deep,
                "values nested too deeply emptied".to_owned(),
            ),
            (
                stats.invalid_utf8,
                "texts with invalid UTF-8 repaired".to_owned(),
            ),
            (
                stats.invalid_link_ids,
                "ids of exemplars were no ids and were emptied".to_owned(),
            ),
            (
                self.empty_exemplars,
                "exemplars without a value dropped".to_owned(),
            ),
        ]
    }
}
