//! Start times of OpenMetrics: the `_created` lines of an exposition, found before its samples are
//! read, because such a line comes after the samples it is about.

use super::number::seconds_value_to_ms;
use super::series::{ExemplarRef, SeriesRef};
use super::{
    CreatedLines, ExpositionSink, FamilyRef, Flow, HistogramPoint, Options, Point, openmetrics,
};
use memchr::memmem;
use std::collections::HashMap;
use tacho_model::labels::{BUCKET_LABEL, QUANTILE_LABEL};
use tacho_model::metric::MetricKind;
use xxhash_rust::xxh3::xxh3_128;

const SUFFIX: &str = "_created";

/// Start times in milliseconds by family and labels.
#[derive(Debug, Default)]
pub(super) struct StartTimes {
    by_metric: HashMap<u128, i64>,
}

fn has_start(kind: MetricKind) -> bool {
    matches!(
        kind,
        MetricKind::Counter | MetricKind::Histogram | MetricKind::Summary
    )
}

/// True for a line that tells a start time.
pub(super) fn is_created_line(series: &SeriesRef<'_>) -> bool {
    has_start(series.kind) && series.metric_name().ends_with(SUFFIX)
}

/// What the samples of one metric have in common: family and labels as written, without those that
/// tell buckets and quantiles apart.
fn key(series: &SeriesRef<'_>, family: &str) -> u128 {
    let mut bytes = Vec::with_capacity(series.raw().len());
    bytes.extend_from_slice(family.as_bytes());
    for label in series.labels {
        let name = label.name.of(series.text);
        let skipped = match series.kind {
            MetricKind::Histogram => name == BUCKET_LABEL.as_bytes(),
            MetricKind::Summary => name == QUANTILE_LABEL.as_bytes(),
            _ => false,
        };
        if !skipped {
            for part in [name, label.value.of(series.text)] {
                // No valid text has this byte.
                bytes.push(0xff);
                bytes.extend_from_slice(part);
            }
        }
    }
    xxh3_128(&bytes)
}

impl StartTimes {
    /// Reads all of them. What is wrong with the exposition is found when it is parsed.
    pub(super) fn collect(body: &[u8], options: &Options) -> Self {
        let mut starts = Self::default();
        if memmem::find(body, SUFFIX.as_bytes()).is_some() {
            let options = Options {
                created: CreatedLines::Series,
                ..*options
            };
            // The same error comes again when the samples are read.
            let _ = openmetrics::parse(body, &options, &mut starts);
        }
        starts
    }

    /// Since when the series counts.
    pub(super) fn of(&self, series: &SeriesRef<'_>, family: &str) -> Option<i64> {
        let known = !self.by_metric.is_empty() && has_start(series.kind);
        if !known || !series.metric_name().starts_with(family) {
            return None;
        }
        self.by_metric.get(&key(series, family)).copied()
    }
}

impl ExpositionSink for StartTimes {
    fn family(&mut self, _: &FamilyRef<'_>) -> Flow {
        Flow::Continue(())
    }

    fn sample(&mut self, series: &SeriesRef<'_>, point: &Point) -> Flow {
        if is_created_line(series) && point.value.is_finite() {
            let name = series.metric_name();
            let family = name.strip_suffix(SUFFIX).unwrap_or(&name);
            self.by_metric
                .insert(key(series, family), seconds_value_to_ms(point.value));
        }
        Flow::Continue(())
    }

    fn histogram(&mut self, _: &SeriesRef<'_>, _: HistogramPoint) -> Flow {
        Flow::Continue(())
    }

    fn exemplar(&mut self, _: &ExemplarRef<'_>) -> Flow {
        Flow::Continue(())
    }
}
